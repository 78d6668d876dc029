"""``climatekit score``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from climatekit.cli._context import config_option, load_study_settings, reading_options
from climatekit.cli._messages import say, show_problems
from climatekit.cli._output import format_option, write_table
from climatekit.cli._table import Look
from climatekit.ingest.numbered_answers import list_numbered_sets, list_undirected

_LOOK = Look(
    columns={
        "title": "score",
        "role": "staff group",
        "answered": "n",
        "points": "points",
        "low": "low",
        "high": "high",
        "native": "native",
    },
    heads=("school", "name", "wave"),
    optional=("role",),
    reason="withheld",
    legend=("low, high: 95% interval; native: the whole points on the scale's own range",),
)


@click.command("score")
@click.argument(
    "exports", nargs=-1, type=click.Path(path_type=Path), help="Survey exports, one wave each."
)
@config_option
@reading_options
@click.option(
    "--respondents",
    type=click.Path(path_type=Path),
    help="Also write one row per respondent to this file (mode 0600). Personal data.",
)
@format_option
def command(
    exports: tuple[Path, ...],
    config: Path | None,
    respondents: Path | None,
    format_: str | None,
    **flags: Any,  # noqa: ANN401 (the reader's flags, by name)
) -> None:
    """Score exports: one row per school, wave and score.

    Points run from 0 to 100 and are whole; `native` is worked out from them, on the range
    of the scale's own answers. Groups of fewer than 10 people are withheld.

    \b
    Examples:
      climatekit score export.csv
      climatekit score export.csv --school-column "Q1" > scores.csv
    """
    from climatekit.run.study import load_study
    from climatekit.run.tables.tables import (
        SCORE_COLUMNS,
        list_scores,
        stamp_scales,
        write_respondents,
    )

    settings = load_study_settings(config, exports, **flags)
    study = load_study(settings)
    rows = list_scores(study)
    if respondents is not None:
        left_out = write_respondents(study, respondents)
        if left_out:
            say(
                f"note: {', '.join(left_out)} describe a team or a school and are never scored "
                f"for one person; {respondents} has no rows of them"
            )
        say(f"warning: {respondents} holds one row per person; it is personal data (mode 0600)")
    write_table(
        SCORE_COLUMNS,
        rows,
        format=format_,
        title="Scores, 0 to 100",
        schema="score",
        look=_LOOK,
        notes={"scales": stamp_scales(study)},
    )
    drafts = [scale for scale in study.scales if scale.status == "draft"]
    if drafts:
        names = ", ".join(f"{scale.id} {scale.version}" for scale in drafts)
        say(
            f"note: not yet verified against the author's form (draft): {names}; "
            f"climatekit scales show {drafts[0].id} tells what a key rests on"
        )
    numbered = list_numbered_sets(study.inputs.intake.reports, study.scales)
    for answers in list_undirected(numbered, settings.answers):
        least, most = min(answers.labels), max(answers.labels)
        say(
            f"note: numbers were taken as {least} {answers.labels[least]} to "
            f"{most} {answers.labels[most]}; where your survey counts the other way, say so: "
            f"--answer {answers.id}:{least}={most} and so on"
        )
    show_problems(study.warnings)
    say(study.last_line("scored"))
