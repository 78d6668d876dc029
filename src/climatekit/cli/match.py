"""``climatekit match``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from climatekit.cli._asking import Flags, Prompts, may_ask
from climatekit.cli._context import answer_option, config_option, load_study_settings
from climatekit.cli._messages import list_names, say
from climatekit.cli._problem_file import keeping_problems, problems_option
from climatekit.cli.init import map_option, split_maps
from climatekit.errors import count_of

if TYPE_CHECKING:
    from climatekit.ingest.responses import Responses
    from climatekit.ingest.roster import Roster


@click.command("match")
@config_option
@map_option
@answer_option
@problems_option
def command(
    config: Path | None,
    maps: tuple[str, ...],
    problem_file: Path | None,
    **flags: Any,  # noqa: ANN401 (what may be taken, and whether to ask)
) -> None:
    """Match the columns of a new wave to items.

    Reads every wave of climatekit.toml. What headings and codebook do not say is looked for
    in the other waves, by import id and question text, and asked on a terminal, as are
    answers that no response set holds; with flags alone each open question is refused with
    the flag that answers it.

    What you confirm is written to the codebook, a CSV or an .xlsx workbook: rows are added
    below those that are there, which stay as they are, notes and order included. The roster
    is not written to: the rows that it lacks are named.

    \b
    Examples:
      climatekit match --accept import-id
      climatekit match --answer "agree6:Agreee=5"
    """
    from climatekit.errors import DefinitionError, Problem
    from climatekit.ingest.codebook import read_codebook
    from climatekit.ingest.roster import read_roster
    from climatekit.knowledge.settings_file import read_answer_flags
    from climatekit.run.draft.codebook_file import add_rows
    from climatekit.run.draft.drafting import draft_study

    with keeping_problems(problem_file):
        settings = load_study_settings(config)
        if settings.codebook is None:
            raise DefinitionError(
                Problem(
                    code="CK438",
                    file=settings.place,
                    column="codebook",
                    message="the configuration names no codebook to write to",
                    expected='a file, e.g. codebook = "codebook.csv"',
                    mend="make one with the headings column,item,wave_id,flags,note and name it",
                )
            )
        asks = may_ask() and not flags["no_input"]
        waves = [wave.id for wave in settings.waves]
        roster = read_roster(settings.roster, waves=waves) if settings.roster else None
        draft = draft_study(
            settings,
            Prompts() if asks else Flags(frozenset(flags["accept"])),
            scales=settings.scales,
            columns=split_maps(maps),
            answers=read_answer_flags(flags["answers"]),
            codebook=read_codebook(settings.codebook),
            roster=roster,
            say=say,
        )
        new = draft.confirmed
        if new:
            add_rows(settings.codebook, new)
        for item, before, after in draft.reworded:
            say(f"{item} reads otherwise in {after} than in {before}; not compared")
        if roster is not None:
            _say_missing_rows(str(settings.roster), roster, draft.intake.responses)
        rows = count_of(len(new), "row")
        say(f"climatekit: {rows} added to {settings.codebook}; next: climatekit check; exit 0")


def _say_missing_rows(file: str, roster: Roster, responses: Responses) -> None:
    """Say of which schools a wave has answers and the roster no row: their staff is not known."""
    schools = responses.frame.groupby("wave")["school"].unique()
    for wave in responses.waves:
        names = roster.name_unlisted(wave, set(schools[wave]))
        if names:
            say(
                f"{file} has no row of {wave} for {count_of(len(names), 'school')}: "
                f"{list_names(names)}; add them with eligible, the number of staff: without it "
                "the response rate cannot be told"
            )
