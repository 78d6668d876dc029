"""``climatekit reliability``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from climatekit.cli._context import config_option, load_study_settings, reading_options
from climatekit.cli._messages import say, show_problems
from climatekit.cli._output import format_option, write_table

if TYPE_CHECKING:
    from climatekit.run.study import Study

_NARROW = {
    "wave": "wave",
    "score": "score",
    "people": "n",
    "alpha": "alpha",
    "alpha_low": "low",
    "alpha_high": "high",
    "icc1": "ICC1",
    "icc2": "ICC2",
    "rwgj": "rwgj",
    "reading": "reading",
}
_NARROW_DETAIL = {
    "score": "score",
    "statistic": "statistic",
    "wave": "wave",
    "item": "item",
    "value": "value",
    "low": "low",
    "high": "high",
    "people": "n",
}
_NARROW_SCHOOLS = {
    "school": "school",
    "score": "score",
    "wave": "wave",
    "answered": "n",
    "alpha": "alpha",
    "reliability": "mean",
    "reliability_over_items": "items",
    "points": "points",
    "best_estimate": "best",
}


@click.command("reliability")
@click.argument(
    "exports", nargs=-1, type=click.Path(path_type=Path), help="Survey exports, one wave each."
)
@config_option
@reading_options
@click.option(
    "--detail",
    is_flag=True,
    help="Every statistic with its interval and its n, one a row; role groups and items too.",
)
@click.option(
    "--schools",
    is_flag=True,
    help="Each school's own alpha and the reliability of its mean, from 30 people on.",
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
    language: str | None,
    **flags: Any,  # noqa: ANN401 (the reader's flags, by name)
) -> None:
    """Say how far each score can be trusted: in words, and in numbers.

    Per score and wave over the whole district: alpha (within schools) with its Feldt
    interval, ICC(1), ICC(2) and rwg(j), for scores of three items or more, from 100 people
    in 5 schools on; then a sentence per score. Alpha, Welch's test and Hedges' g are worked
    out a second time by pingouin; the largest difference is told.

    \b
    Example:
      climatekit reliability
      climatekit reliability --detail --format csv > detail.csv
      climatekit reliability --schools
    """
    from climatekit.run.reliability_words import tell_agreement
    from climatekit.run.study import load_study

    if detail and schools:
        raise click.UsageError("--detail and --schools are two tables: ask for one at a time")
    study = load_study(load_study_settings(config, exports, **flags))
    sentences = list(tell_agreement(study, language))
    if detail or schools:
        _write_closer(study, sentences, format_, detail=detail)
    else:
        _write_district(study, sentences, format_)
    for sentence in sentences:
        say(sentence)
    opinion = study.ask_second_opinion()
    show_problems((*study.warnings, *([opinion.warning] if opinion.warning else [])))
    say(
        f"second opinion: pingouin {opinion.version} recomputed {opinion.compared} numbers; "
        f"the largest difference is {opinion.largest:.1g}"
    )
    say(study.last_line("checked"))


def _write_district(study: Study, sentences: list[str], format_: str | None) -> None:
    from climatekit.run.tables import RELIABILITY_COLUMNS, list_reliability

    write_table(
        RELIABILITY_COLUMNS,
        list_reliability(study),
        format=format_,
        title="Reliability and agreement, whole district",
        schema="reliability",
        narrow=_NARROW,
        notes={"sentences": sentences},
    )


def _write_closer(study: Study, sentences: list[str], format_: str | None, *, detail: bool) -> None:
    from climatekit.run.quality_tables import (
        DETAIL_COLUMNS,
        SCHOOL_COLUMNS,
        list_detail,
        list_own_reliability,
    )

    write_table(
        DETAIL_COLUMNS if detail else SCHOOL_COLUMNS,
        list_detail(study) if detail else list_own_reliability(study),
        format=format_,
        title="Every statistic, whole district" if detail else "Each school's own reliability",
        schema="reliability-detail" if detail else "reliability-schools",
        narrow=_NARROW_DETAIL if detail else _NARROW_SCHOOLS,
        notes={"sentences": sentences},
    )
