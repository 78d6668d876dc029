"""``climatekit rate``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from climatekit.cli._context import (
    as_of_option,
    config_option,
    load_study_settings,
    school_option,
)
from climatekit.cli._messages import say, show_problems
from climatekit.cli._output import echo_text, format_option, takes_table, write_table
from climatekit.cli._table import Look
from climatekit.errors import count_of

if TYPE_CHECKING:
    from climatekit.knowledge.settings import Settings
    from climatekit.run.study import Study

_LOOK = Look(
    columns={"school": "school", "evidenced": "level", "possible": "may be"}
    | {
        f"{strand}{number}": f"{strand}{number}"
        for strand, most in (("C", 5), ("U", 6))
        for number in range(1, most + 1)
    },
)
_SIGNS = {
    r"\d-\d": "2-4: level 2 is evidenced, level 4 possible",
    r"\?": "?: not on file",
    ">": ">: not yet due",
    "x": "x: not shown, to protect the people who answered",
}
_MORE = "climatekit rate --explain tells what decided each, and what one record would change"


@click.command("rate")
@config_option
@as_of_option
@school_option
@click.option(
    "--explain",
    is_flag=True,
    help="Tell what decided each indicator and what one more record would change.",
)
@click.option(
    "--district",
    is_flag=True,
    help="Count the schools at each level, and tell what blocks most of them.",
)
@click.option(
    "--include-notes",
    is_flag=True,
    help="With --explain: also print the log's free text, which may hold names.",
)
@click.option(
    "--blank-log",
    type=click.Path(path_type=Path),
    help="Write an evidence log to fill in, one row per school and wave, and stop.",
)
@format_option
def command(
    config: Path | None,
    as_of: date | None,
    schools: tuple[str, ...],
    explain: bool,  # noqa: FBT001 (click's own way)
    district: bool,  # noqa: FBT001
    include_notes: bool,  # noqa: FBT001
    blank_log: Path | None,
    format_: str | None,
) -> None:
    """Rate from evidence how the survey's results are used.

    One row per school: the level evidenced, the level possible if the missing records
    exist, and each indicator's level with its status. This is climatekit's working
    reading of CASEL's criterion, not an official rating.

    With --as-of a past day, what the evidence log holds of later days is left out.

    With --blank-log, an evidence log is written in which only days have to be filled in;
    a row without a day and a status says nothing. An existing file is never overwritten.

    \b
    Examples:
      climatekit rate --as-of today
      climatekit rate --explain --school 101
      climatekit rate --district
      climatekit rate --blank-log evidence_log.csv
    """
    if include_notes and not explain:
        raise click.UsageError("--include-notes goes with --explain")
    if district and (schools or explain):
        raise click.UsageError("--district goes with neither --school nor --explain")
    if blank_log is not None:
        _write_blank_log(load_study_settings(config, as_of=as_of), blank_log)
        return
    from climatekit.run.study import load_study
    from climatekit.run.tables.tables import RATING_COLUMNS, list_ratings

    study = load_study(load_study_settings(config, as_of=as_of))
    chosen = study.choose_schools(schools)
    if district:
        _show_roll_up(study, format_)
        return
    if explain:
        _show_explanations(study, chosen, format_, include_notes=include_notes)
        return
    on_terminal = takes_table(format_)
    rows = list_ratings(study, chosen, short=on_terminal)
    signs = {str(cell) for row in rows for cell in row}
    told = [text for sign, text in _SIGNS.items() if any(map(re.compile(sign).fullmatch, signs))]
    write_table(
        RATING_COLUMNS,
        rows,
        format=format_,
        title=f"Data use, level 1 to 4, as of {study.require_as_of().isoformat()}",
        schema="rate",
        look=replace(_LOOK, legend=(*(["; ".join(told)] if told else []), _MORE)),
    )
    show_problems(study.warnings)
    say(study.last_line("rated", len(chosen)))


def _show_roll_up(study: Study, format_: str | None) -> None:
    from climatekit.run.tables.roll_up_table import ROLL_UP_COLUMNS, list_roll_up

    write_table(
        ROLL_UP_COLUMNS,
        list_roll_up(study),
        format=format_,
        title="Data use of the district's schools: a distribution, never a mean",
        schema="rate-district",
        notes=_say_which_rating(study),
    )
    show_problems(study.warnings)
    say(study.last_line("rated"))


def _write_blank_log(settings: Settings, path: Path) -> None:
    from climatekit.run.draft.blank_log import write_blank_log

    rows = write_blank_log(settings, path)
    say(f"climatekit: wrote {path.name}, {count_of(rows, 'row')} to fill in; exit 0")


def _show_explanations(
    study: Study, schools: Sequence[str], format_: str | None, *, include_notes: bool
) -> None:
    from climatekit.run.tables.explanations import (
        EXPLANATION_COLUMNS,
        NOTES_COLUMN,
        list_explanations,
        write_explanations,
    )

    if format_ in (None, "table"):
        echo_text(write_explanations(study, schools, include_notes=include_notes))
    else:
        write_table(
            (*EXPLANATION_COLUMNS, *([NOTES_COLUMN] if include_notes else [])),
            list_explanations(study, schools, include_notes=include_notes),
            format=format_,
            schema="rate-explain",
            notes=_say_which_rating(study),
        )
    show_problems(study.warnings)
    say(study.last_line("explained", len(schools)))


def _say_which_rating(study: Study) -> dict[str, str]:
    return {
        "as_of": study.require_as_of().isoformat(),
        "rubric_version": study.rubric.version,
    }
