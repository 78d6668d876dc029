"""``climatekit reliability``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from climatekit.cli._context import config_option, load_study_settings, reading_options
from climatekit.cli._messages import say, show_problems
from climatekit.cli._output import echo_prose, format_option, takes_table, write_table
from climatekit.cli._table import Cell, Look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from climatekit.run.study import Study

_LONG = 200  # rows; a table that nobody reads on a terminal

_LOOK = Look(
    columns={
        "wave": "wave",
        "people": "n",
        "alpha": "alpha",
        "alpha_low": "low",
        "alpha_high": "high",
        "icc1": "ICC(1)",
        "icc2": "ICC(2)",
        "rwgj": "rwg(j)",
        "reading": "reading",
    },
    heads=("title",),
    legend=("alpha is that within schools, with its Feldt 95% interval",),
)
_LOOK_DETAIL = Look(
    columns={
        "statistic": "statistic",
        "wave": "wave",
        "role": "staff group",
        "item": "item",
        "value": "value",
        "low": "low",
        "high": "high",
        "people": "n",
    },
    heads=("title",),
    optional=("role", "item"),
    ragged=("value", "low", "high"),
    reason="withheld",
)
_LOOK_SCHOOLS = Look(
    columns={
        "school": "school",
        "name": "name",
        "answered": "n",
        "alpha": "alpha",
        "reliability": "mean",
        "reliability_over_items": "items",
        "points": "points",
        "best_estimate": "best",
    },
    heads=("title", "wave"),
    reason="withheld",
    legend=(
        "mean, items: reliability of the school's mean over people, and over people and items",
        "best: the mean pulled toward the district's (empirical Bayes)",
    ),
)
_LOOK_SCREENING = Look(
    columns={
        "wave": "wave",
        "people": "n",
        "people_unflagged": "kept",
        "points": "points",
        "points_unflagged": "without",
        "alpha": "alpha",
        "alpha_unflagged": "without",
    },
    heads=("title",),
    reason="withheld",
)


@click.command("reliability")
@click.argument(
    "exports", nargs=-1, type=click.Path(path_type=Path), help="Survey exports, one wave each."
)
@config_option
@reading_options
@click.option(
    "--detail",
    is_flag=True,
    help="Every statistic with its interval and its n, one a row: by wave, over all waves, "
    "by role group, by item.",
)
@click.option(
    "--schools",
    is_flag=True,
    help="Each school's own alpha and the reliability of its mean, from 30 people on.",
)
@click.option(
    "--screening",
    is_flag=True,
    help="Signs of careless answers, and each score with and without the flagged people.",
)
@click.option(
    "--score",
    "scores",
    multiple=True,
    metavar="ID",
    help="Only rows of this score, e.g. ots.tp; may be given again.",
)
@click.option(
    "--wave",
    "waves",
    multiple=True,
    metavar="ID",
    help="Only rows of this wave, or all for the waves taken together; may be given again.",
)
@click.option(
    "--flags",
    "flag_file",
    type=click.Path(path_type=Path),
    help="Also write one row per respondent with every flag to this file (mode 0600). "
    "Personal data.",
)
@click.option("--language", help="Language of the sentences. Default: that of the configuration.")
@format_option
def command(
    exports: tuple[Path, ...],
    config: Path | None,
    format_: str | None,
    *,
    detail: bool,
    schools: bool,
    screening: bool,
    flag_file: Path | None,
    language: str | None,
    **flags: Any,  # noqa: ANN401 (the reader's flags, by name, and what rows are wanted)
) -> None:
    """Say in words and numbers how far each score can be trusted.

    Per score and wave over the whole district: alpha (within schools) with its Feldt
    interval, ICC(1), ICC(2) and rwg(j), for scores of three items or more, from 100 people
    in 5 schools on; then a sentence per score. Alpha, Welch's test and Hedges' g are worked
    out a second time by pingouin; the largest difference is told.

    \b
    Examples:
      climatekit reliability
      climatekit reliability --detail --format csv > detail.csv
      climatekit reliability --detail --score ots.tp --wave 2026-spring
      climatekit reliability --schools
      climatekit reliability --screening
    """
    from climatekit.run.figures.screened import write_flags
    from climatekit.run.study import load_study
    from climatekit.run.tables.reliability_words import tell_agreement, tell_screening

    asked = {"detail": detail, "schools": schools, "screening": screening}
    if sum(asked.values()) > 1:
        raise click.UsageError(
            "--detail, --schools and --screening are tables of their own: ask for one at a time"
        )
    only = {"score": flags.pop("scores"), "wave": flags.pop("waves")}
    study = load_study(load_study_settings(config, exports, **flags))
    sentences = list(
        tell_screening(study, language, waves=only["wave"])
        if screening
        else tell_agreement(study, language, scores=only["score"], waves=only["wave"])
    )
    if flag_file is not None:
        write_flags(study.inputs.intake.responses, study.scales, flag_file)
        say(f"warning: {flag_file} holds one row per person; it is personal data (mode 0600)")
    _write(
        study,
        next((name for name, on in asked.items() if on), ""),
        sentences,
        format_,
        only=only,
    )
    for sentence in sentences:
        say(sentence)
    opinion = study.ask_second_opinion()
    show_problems((*study.warnings, *([opinion.warning] if opinion.warning else [])))
    say(
        f"second opinion: pingouin {opinion.version} recomputed {opinion.compared} numbers; "
        f"the largest difference is {opinion.largest:.1g}"
    )
    say(study.last_line("checked"))


def _write(
    study: Study,
    table: str,
    sentences: list[str],
    format_: str | None,
    *,
    only: Mapping[str, Sequence[str]],
) -> None:
    from climatekit.run.tables import quality_tables, tables

    choices: dict[str, tuple[tuple[str, ...], Callable[[Study], list[Any]], Any, str]] = {
        "": (
            tables.RELIABILITY_COLUMNS,
            tables.list_reliability,
            _LOOK,
            "Reliability and agreement, whole district",
        ),
        "detail": (
            quality_tables.DETAIL_COLUMNS,
            partial(quality_tables.list_detail, pooled=True),
            _LOOK_DETAIL,
            "Every statistic, whole district",
        ),
        "schools": (
            quality_tables.SCHOOL_COLUMNS,
            quality_tables.list_own_reliability,
            _LOOK_SCHOOLS,
            "Each school's own reliability",
        ),
        "screening": (
            quality_tables.SCREENING_COLUMNS,
            quality_tables.list_screening,
            _LOOK_SCREENING,
            "With and without the flagged, whole district",
        ),
    }
    columns, list_rows, look, title = choices[table]
    rows: Sequence[Sequence[Cell]] = list_rows(study)
    for column, wanted in only.items():
        rows = _keep(rows, columns.index(column), wanted)
    if table == "screening" and takes_table(format_):
        # A person is spared the rows of dashes; the sentences below tell why there are none.
        told = [columns.index(name) for name in ("people", "points", "alpha")]
        rows = [row for row in rows if any(row[place] is not None for place in told)]
        if not rows:
            echo_prose(f"{title}: nothing can be told")
            return
    write_table(
        columns,
        rows,
        format=format_,
        title=title,
        schema=f"reliability-{table}" if table else "reliability",
        look=look,
        notes={"sentences": sentences},
    )
    if takes_table(format_) and len(rows) > _LONG and not any(only.values()):
        say(f"note: {len(rows):,} rows; --score and --wave show those of one score or wave alone")


def _keep(
    rows: Sequence[Sequence[Cell]], place: int, wanted: Sequence[str]
) -> Sequence[Sequence[Cell]]:
    """Return the rows that hold what is wanted in one column; all where nothing is."""
    there = dict.fromkeys(str(row[place]) for row in rows if row[place])
    missing = [one for one in wanted if one not in there]
    if missing:
        raise click.UsageError(
            f"the table has no {', '.join(missing)}; it has {', '.join(there) or 'no rows'}"
        )
    return [row for row in rows if row[place] in wanted] if wanted else rows
