"""``climatekit power``."""

from __future__ import annotations

from pathlib import Path

import click

from climatekit.cli._context import config_option, find_config, load_study_settings
from climatekit.cli._messages import list_names, say
from climatekit.cli._output import format_option, write_table
from climatekit.cli._table import Look
from climatekit.errors import count_of

_LOOK = Look(
    columns={
        "school": "school",
        "name": "name",
        "eligible": "staff",
        "answers": "answers",
        "detectable": "can show",
        "pace": "pace",
        "advice": "advice",
    },
    words=("advice",),
)


@click.command("power")
@config_option
@click.option("--roster", type=click.Path(path_type=Path), help="Roster, CSV or .xlsx.")
@click.option(
    "--response",
    type=click.FloatRange(1, 100),
    default=80.0,
    show_default=True,
    help="Planned response, percent of staff.",
)
@click.option(
    "--sd",
    type=click.FloatRange(1, 50),
    default=18.0,
    show_default=True,
    help="Spread of one school's staff: standard deviation, points of 0 to 100.",
)
@format_option
def command(
    config: Path | None, roster: Path | None, response: float, sd: float, format_: str | None
) -> None:
    """Tell before a survey what change each school could show.

    One row per school of the roster's newest wave: the smallest change between two waves
    that would be found 4 times in 5, the same as a steady change per wave seen over three
    waves, and whether the school needs a third wave or the district's pooled change.
    Counted for one score alone; with several, each needs a little more.

    Where eligible is blank in that wave, the number of the wave before counts; for a merged
    school, the sum of those whose names stand in its row.

    \b
    Examples:
      climatekit power --response 70
      climatekit power --roster roster.csv
    """
    from climatekit.knowledge.settings_file import settings_from_flags
    from climatekit.run.tables.power_plan import POWER_COLUMNS, plan_power

    if roster is not None and find_config(config) is None:
        settings = settings_from_flags(None, (), roster=roster)
    else:
        settings = load_study_settings(config, roster=roster)
    plan = plan_power(settings, response=response / 100, sd=sd)
    write_table(
        POWER_COLUMNS,
        plan.rows,
        format=format_,
        title=f"Change that a school could show, points, if {response:g}% answer",
        schema="power",
        notes={"response": response, "sd": sd},
        look=_LOOK,
    )
    schools = sum(1 for row in plan.rows if row[0])
    if plan.gone:
        wave = f"wave {plan.newest}, the roster's newest"
        say(f"left out, without a row in {wave}: {list_names(plan.gone)}")
    if schools and plan.uncounted:
        say(f"left out, with eligible left blank: {list_names(plan.uncounted)}")
    known = "" if schools else ": the roster's eligible, the number of staff, is blank throughout"
    say(f"climatekit: planned {count_of(schools, 'school')}{known}; exit 0")
