"""``climatekit compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from climatekit.cli._context import (
    config_option,
    load_study_settings,
    reading_options,
    school_option,
)
from climatekit.cli._messages import say, show_problems
from climatekit.cli._output import format_option, write_table

_NARROW = {
    "school": "school",
    "title": "score",
    "points_before": "from",
    "points_after": "to",
    "difference": "change",
    "low": "low",
    "high": "high",
    "detectable": "detects",
    "verdict": "verdict",
}


@click.command("compare")
@click.argument(
    "exports", nargs=-1, type=click.Path(path_type=Path), help="Survey exports, one wave each."
)
@config_option
@reading_options
@school_option
@format_option
def command(
    exports: tuple[Path, ...],
    config: Path | None,
    schools: tuple[str, ...],
    format_: str | None,
    **flags: Any,  # noqa: ANN401 (the reader's flags, by name)
) -> None:
    """Compare each school's latest wave with the one before.

    One row per school and score: the two scores, their difference with its 95% interval,
    the change that a school of this size can reliably spot, and a verdict.

    \b
    Example:
      climatekit compare --school 101
    """
    from climatekit.run.study import load_study
    from climatekit.run.tables import CHANGE_COLUMNS, list_changes

    study = load_study(load_study_settings(config, exports, **flags))
    rows = list_changes(study, study.choose_schools(schools))
    write_table(
        CHANGE_COLUMNS,
        rows,
        format=format_,
        title="Change since the wave before",
        schema="compare",
        narrow=_NARROW,
    )
    show_problems(study.warnings)
    say(study.last_line("compared"))
