"""``climatekit compare``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from climatekit.cli._context import (
    config_option,
    load_study_settings,
    reading_options,
    school_option,
)
from climatekit.cli._messages import list_names, say, show_problems
from climatekit.cli._output import echo_prose, format_option, takes_table, write_table
from climatekit.cli._table import Look

_LOOK = Look(
    columns={
        "title": "score",
        "points_before": "from",
        "points_after": "to",
        "difference": "change",
        "low": "low",
        "high": "high",
        "detectable": "detects",
        "verdict": "verdict",
    },
    heads=("school", "name", "before", "after"),
    words=("verdict",),
    reason="withheld",
    legend=(
        "low, high: 95% interval; detects: the change that a school this size can reliably spot",
    ),
)
_LOOK_DISTRICT = Look(
    columns={
        "name": "school",
        "difference": "change",
        "low": "low",
        "high": "high",
        "shrunk": "shrunk",
        "listed": "listed",
        "tau": "tau",
    },
    heads=("score", "before", "after"),
    optional=("tau",),
    reason="withheld",
    legend=("shrunk: pulled toward the district's change",),
)
_TAU = "tau: how far the schools' true changes lie apart"
_LOOK_TREND = Look(
    columns={
        "title": "score",
        "waves": "waves",
        "first": "first",
        "last": "last",
        "per_year": "a year",
        "low": "low",
        "high": "high",
    },
    heads=("school", "name"),
    reason="withheld",
)


@click.command("compare")
@click.argument(
    "exports", nargs=-1, type=click.Path(path_type=Path), help="Survey exports, one wave each."
)
@config_option
@reading_options
@school_option
@click.option(
    "--district",
    is_flag=True,
    help="Pool the schools' changes, and list the schools by their best guess.",
)
@click.option("--trend", is_flag=True, help="Points a year, from three comparable waves on.")
@format_option
def command(
    exports: tuple[Path, ...],
    config: Path | None,
    schools: tuple[str, ...],
    district: bool,  # noqa: FBT001 (click's own way)
    trend: bool,  # noqa: FBT001
    format_: str | None,
    **flags: Any,  # noqa: ANN401 (the reader's flags, by name)
) -> None:
    """Compare each school's latest wave with the one before.

    One row per school and score: the two scores, their difference with its 95% interval,
    the change that a school of this size can reliably spot, and a verdict.

    With --district: for each score the schools' mean change, how far their true changes
    lie apart (tau), and the schools in order of their shrunk change, pulled toward the
    district's because small schools bounce. That order is for the district's screening,
    never for a school's own brief. At least 8 schools.

    With --trend: points a year of a straight line through all waves since the questions
    last changed, where there are three or more.

    \b
    Examples:
      climatekit compare --school 101
      climatekit compare --district
      climatekit compare --trend
    """
    if district and (schools or trend):
        raise click.UsageError("--district goes with neither --school nor --trend")
    from climatekit.knowledge.scales import title_scores
    from climatekit.run.study import load_study
    from climatekit.run.tables.district_table import DISTRICT_COLUMNS, list_district_changes
    from climatekit.run.tables.tables import CHANGE_COLUMNS, list_changes
    from climatekit.run.tables.trend_table import TREND_COLUMNS, list_trends

    study = load_study(load_study_settings(config, exports, **flags))
    chosen = study.choose_schools(schools)
    if district:
        rows = list_district_changes(study)
        look = _LOOK_DISTRICT
        if takes_table(format_):
            titles = title_scores(study.scales)
            rows = [(titles[str(row[0])], *row[1:]) for row in rows]
            if any(row[DISTRICT_COLUMNS.index("tau")] is not None for row in rows):
                look = replace(look, legend=(*look.legend, _TAU))
        write_table(
            DISTRICT_COLUMNS,
            rows,
            format=format_,
            title="The schools' changes, pooled; points",
            schema="compare-district",
            look=look,
        )
    elif trend:
        rows = list_trends(study, chosen)
        told = {row[0] for row in rows if row[TREND_COLUMNS.index("per_year")] is not None}
        title = "Trend, points a year"
        if not takes_table(format_) or told:
            # A person is spared the rows of dashes; a file has every row with its reason.
            write_table(
                TREND_COLUMNS,
                [row for row in rows if row[0] in told] if takes_table(format_) else rows,
                format=format_,
                title=title,
                schema="compare-trend",
                look=_LOOK_TREND,
            )
        else:
            echo_prose(f"{title}: none can be told")
        _say_left_out("three", [study.names[one] for one in chosen if one not in told])
    else:
        changes = list_changes(study, chosen)
        write_table(
            CHANGE_COLUMNS,
            changes,
            format=format_,
            title="Change since the wave before",
            schema="compare",
            look=_LOOK,
        )
        compared = {row[0] for row in changes}
        _say_left_out("two", [study.names[school] for school in chosen if school not in compared])
    show_problems(study.warnings)
    say(study.last_line("compared", len(chosen)))


def _say_left_out(waves: str, names: Sequence[str]) -> None:
    """Say in one form of words which schools have nothing to tell, whyever that is."""
    if names:
        say(f"without {waves} waves that can be shown and compared: {list_names(names)}")
