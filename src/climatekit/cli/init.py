"""``climatekit init``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from climatekit.cli._asking import ACCEPTS, Flags, Prompts, ask_text, may_ask
from climatekit.cli._context import DayType, as_of_option, reading_options
from climatekit.cli._messages import put, say, show_problems
from climatekit.cli._problem_file import keeping_problems, problems_option
from climatekit.errors import count_of

if TYPE_CHECKING:
    from climatekit.ingest.people import SchoolList
    from climatekit.knowledge.settings import Settings
    from climatekit.run.draft.drafting import Draft


def map_option(function: Any) -> Any:  # noqa: ANN401 (a decorator)
    """Add ``--map``, ``--accept`` and ``--no-input`` to a verb."""
    for option in (
        click.option(
            "--map", "maps", multiple=True, metavar="COLUMN=ITEM",
            help='Which column is which item, e.g. "Q14_1=ots_1"; repeatable.',
        ),
        click.option(
            "--accept", multiple=True, type=click.Choice(ACCEPTS),
            help="Take what was found by this sign without asking; repeatable.",
        ),
        click.option("--no-input", is_flag=True, help="Ask nothing, even on a terminal."),
    ):  # fmt: skip
        function = option(function)
    return function


@click.command("init")
@click.argument(
    "exports", nargs=-1, type=click.Path(path_type=Path), help="Exports, the oldest wave first."
)
@click.option(
    "--out", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(),
    help="Folder of the new study. Default: here.",
)  # fmt: skip
@click.option("--wave", "waves", multiple=True, metavar="ID", help="Wave of each export, in order.")
@click.option("--label", "labels", multiple=True, help="Name of each wave in the briefs, in order.")
@click.option(
    "--closed", "closed", multiple=True, type=DayType(), help="Last day of each wave, in order."
)
@click.option("--district", default="", help="Name of the district.")
@click.option("--language", default="en", help="Language of the briefs, e.g. es.")
@click.option(
    "--copy-template", "template", type=click.Path(path_type=Path, file_okay=False),
    help="Copy the brief's templates to this new folder too, and use them.",
)  # fmt: skip
@as_of_option
@map_option
@reading_options
@problems_option
def command(
    exports: tuple[Path, ...],
    folder: Path,
    template: Path | None,
    problem_file: Path | None,
    **flags: Any,  # noqa: ANN401 (the flags of the study and of the reader, by name)
) -> None:
    """Start a study from your exports.

    Writes its configuration, codebook, roster and evidence log.

    Asks on a terminal what the exports do not say, and takes nothing without a yes; with
    flags alone it asks nothing and names the flag that answers each open question.
    Overwrites nothing. What it writes works at once with check and run.

    \b
    Examples:
      climatekit init spring_2025.csv spring_2026.csv
      climatekit init w1.csv w2.csv --wave 2025 --wave 2026 --accept import-id
      climatekit init --copy-template templates
    """
    from climatekit.ingest.codebook import read_codebook
    from climatekit.ingest.roster import read_roster
    from climatekit.knowledge.settings_file import read_answer_flags
    from climatekit.run.draft.draft_files import check_free, write_study
    from climatekit.run.draft.drafting import draft_study
    from climatekit.run.pages.own_templates import copy_templates

    if not exports:
        _copy_only(template)
        return
    with keeping_problems(problem_file):
        check_free(folder)
        asks = may_ask() and not flags.pop("no_input")
        person = Prompts() if asks else Flags(frozenset(flags["accept"]))
        maps, scales = split_maps(flags.pop("maps")), flags.pop("scales")
        answers = read_answer_flags(flags.pop("answers"))
        settings = _make_settings(exports, flags)
        settings = _date_waves(settings, flags["closed"], asks=asks)
        if asks:
            settings = _ask_names(settings)
        roster: SchoolList | None = None
        if settings.roster is not None:
            roster = read_roster(settings.roster, waves=[wave.id for wave in settings.waves])
        draft = draft_study(
            settings,
            person,
            scales=scales,
            columns=maps,
            answers=answers,
            codebook=read_codebook(settings.codebook) if settings.codebook else None,
            roster=roster,
            say=say,
        )
        if template is not None:
            copy_templates(template)
            look = replace(draft.settings.look, templates=template)
            draft = replace(draft, settings=replace(draft.settings, look=look))
        for path in write_study(folder, draft, roster=settings.roster):
            put(path)
        _say_end(folder, draft)


def _copy_only(template: Path | None) -> None:
    from climatekit.run.pages.own_templates import copy_templates

    if template is None:
        raise click.UsageError(
            "name the exports to start from: climatekit init spring_2025.csv spring_2026.csv"
        )
    for path in copy_templates(template):
        put(path)
    say(f'climatekit: copied; add templates = "{template}" under [look]; exit 0')


def split_maps(maps: Sequence[str]) -> list[tuple[str, str]]:
    """Return columns and items of flags such as ``Q14_1=ots_1``."""
    pairs = []
    for one in maps:
        column, equals, item = one.rpartition("=")
        if not (equals and column.strip() and item.strip()):
            raise click.UsageError(f'--map {one!r} is not of the form "COLUMN=ITEM"')
        pairs.append((column.strip(), item.strip()))
    return pairs


def _make_settings(exports: Sequence[Path], flags: dict[str, Any]) -> Settings:
    from climatekit.knowledge.settings_file import settings_from_flags
    from climatekit.run.draft.wave_names import make_waves, name_waves

    ids, labels = flags["waves"], flags["labels"]
    own = {"waves", "labels", "closed", "district", "language", "accept", "no_input"}
    reading = {name: value for name, value in flags.items() if name not in own}
    if ids and len(ids) != len(exports):
        raise click.UsageError(f"{len(exports)} exports but {len(ids)} --wave: one for each")
    settings = settings_from_flags(None, exports, **reading)
    waves = make_waves(exports, list(ids) or name_waves(exports))
    if labels and len(labels) != len(waves):
        raise click.UsageError(f"{len(waves)} waves but {len(labels)} --label: one for each")
    if len(set(labels)) < len(labels):
        raise click.UsageError("two --label are the same: each wave needs a name of its own")
    named = zip(waves, labels or [one.label for one in waves], strict=True)
    return replace(
        settings,
        district=flags["district"],
        language=flags["language"],
        waves=tuple(replace(wave, label=label) for wave, label in named),
    )


def _date_waves(settings: Settings, closed: Sequence[date], *, asks: bool) -> Settings:
    """Give each wave its days: the flag's last one, or the first and last in its exports."""
    from climatekit.run.draft.wave_names import date_waves, find_days

    if closed and len(closed) != len(settings.waves):
        raise click.UsageError(f"{len(settings.waves)} waves but {len(closed)} --closed")
    days = []
    for number, wave in enumerate(settings.waves):
        first, last = find_days(wave, settings.reading)
        day = closed[number] if closed else last
        if asks and not closed:
            day = _ask_day(f"Last day of the survey in wave {wave.id} (YYYY-MM-DD, or none)", day)
        elif day is not None and not closed:
            say(f"{wave.id}: closed {day}, the last day in its exports  [--closed or waves.closed]")
        days.append((first, day))
    return replace(settings, waves=date_waves(settings.waves, days))


def _ask_day(question: str, default: date | None) -> date | None:
    while True:
        said = ask_text(question, default=str(default or "none"))
        if said == "none":
            return None
        try:
            return date.fromisoformat(said)
        except ValueError:
            say(f"{said!r} is not a day such as 2026-04-24")


def _ask_names(settings: Settings) -> Settings:
    district = settings.district or ask_text("Name of the district", default="")
    waves = tuple(
        replace(wave, label=ask_text(f"Name of wave {wave.id} in the briefs", default=wave.label))
        for wave in settings.waves
    )
    as_of = settings.as_of
    if as_of is None:
        today = DayType().convert("today", None, None)
        as_of = _ask_day("Day as of which the use of the data is rated", today)
    return replace(settings, district=district, waves=waves, as_of=as_of)


def _say_end(folder: Path, draft: Draft) -> None:
    from climatekit.ingest.people import find_mistyped

    show_problems(draft.intake.warnings)
    by_waves: dict[tuple[str, str], list[str]] = {}
    for item, before, after in draft.reworded:
        by_waves.setdefault((before, after), []).append(item)
    for (before, after), items in by_waves.items():
        say(
            f"reworded between {before} and {after}: {', '.join(items)}; scores that hold "
            "them are not compared"
        )
    schools = draft.intake.responses.frame.groupby("school", observed=True)["wave"].nunique()
    names = [str(name) for name in schools.index]
    some = [name for name in names if schools[name] < len(draft.settings.waves)]
    if some:
        say(
            f"{len(some)} of {len(names)} schools have answers in some waves only; give a school "
            "that was renamed one school_id in the roster and the log, and put mistyped names "
            "under also_named"
        )
    for name in some:
        if like := find_mistyped(name, names):
            say(f"{name} may be {like}, mistyped")
    where = "" if folder == Path() else f" --config {folder / 'climatekit.toml'}"
    say(
        f"climatekit: a study of {count_of(len(draft.settings.waves), 'wave')} and "
        f"{count_of(len(schools), 'school')}, "
        f"scales {', '.join(draft.settings.scales)}; fill in eligible in the roster; next: "
        f"climatekit check{where}, then climatekit run{where}; exit 0"
    )
