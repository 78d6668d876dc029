"""``climatekit reliability``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from climatekit.cli._context import config_option, load_study_settings, reading_options
from climatekit.cli._messages import say, show_problems
from climatekit.cli._output import format_option, write_table

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


@click.command("reliability")
@click.argument(
    "exports", nargs=-1, type=click.Path(path_type=Path), help="Survey exports, one wave each."
)
@config_option
@reading_options
@format_option
def command(
    exports: tuple[Path, ...],
    config: Path | None,
    format_: str | None,
    **flags: Any,  # noqa: ANN401 (the reader's flags, by name)
) -> None:
    """Say how far each score can be trusted, over the whole district.

    Alpha (within schools) with its Feldt interval, ICC(1), ICC(2) and rwg(j), per score
    and wave, for scores of three items or more, from 100 people in 5 schools on.
    Alpha, Welch's test and Hedges' g are worked out a second time by pingouin; the
    largest difference is told.

    \b
    Example:
      climatekit reliability
    """
    from climatekit.run.reliability_words import tell_agreement
    from climatekit.run.study import load_study
    from climatekit.run.tables import RELIABILITY_COLUMNS, list_reliability

    study = load_study(load_study_settings(config, exports, **flags))
    write_table(
        RELIABILITY_COLUMNS,
        list_reliability(study),
        format=format_,
        title="Reliability and agreement, whole district",
        schema="reliability",
        narrow=_NARROW,
    )
    for sentence in tell_agreement(study):
        say(sentence)
    opinion = study.ask_second_opinion()
    show_problems((*study.warnings, *([opinion.warning] if opinion.warning else [])))
    say(
        f"second opinion: pingouin {opinion.version} recomputed {opinion.compared} numbers; "
        f"the largest difference is {opinion.largest:.1g}"
    )
    say(study.last_line("checked"))
