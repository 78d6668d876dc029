"""``climatekit rate``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from climatekit.cli._context import (
    as_of_option,
    config_option,
    load_study_settings,
    school_option,
)
from climatekit.cli._messages import say, show_problems
from climatekit.cli._output import format_option, takes_table, write_table

_NARROW = {"school": "school", "evidenced": "level", "possible": "may be"} | {
    f"{strand}{number}": f"{strand}{number}"
    for strand, most in (("C", 5), ("U", 6))
    for number in range(1, most + 1)
}


@click.command("rate")
@config_option
@as_of_option
@school_option
@format_option
def command(
    config: Path | None, as_of: date | None, schools: tuple[str, ...], format_: str | None
) -> None:
    """Rate from evidence how the survey's results are used.

    One row per school: the level evidenced, the level possible if the missing records
    exist, and each indicator's level with its status. This is climatekit's working
    reading of CASEL's criterion, not an official rating.

    \b
    Example:
      climatekit rate --as-of today
    """
    from climatekit.run.study import load_study
    from climatekit.run.tables import RATING_COLUMNS, list_ratings

    study = load_study(load_study_settings(config, as_of=as_of))
    chosen = study.choose_schools(schools)
    on_terminal = takes_table(format_)
    rows = list_ratings(study, chosen, short=on_terminal)
    write_table(
        RATING_COLUMNS,
        rows,
        format=format_,
        title=f"Data use, level 1 to 4, as of {study.require_as_of().isoformat()}",
        schema="rate",
        narrow=_NARROW,
    )
    show_problems(study.warnings)
    say(study.last_line("rated"))
