"""Draft files: a drafted study as its four files, written together or not at all."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from climatekit.errors import OutputError, Problem
from climatekit.ingest.evidence_log import HEADINGS as LOG_HEADINGS
from climatekit.ingest.roster import HEADINGS as ROSTER_HEADINGS
from climatekit.ingest.text import clean
from climatekit.knowledge.settings import Settings, WaveSettings
from climatekit.knowledge.settings_file import read_settings
from climatekit.knowledge.tidying import tidy_text
from climatekit.run.draft.drafting import Draft
from climatekit.run.figures.inputs import read_inputs
from climatekit.run.files.refusals import make_write_error
from climatekit.run.files.spreadsheet import write_csv

CONFIG, CODEBOOK, ROSTER, LOG = FILES = (
    "climatekit.toml", "codebook.csv", "roster.csv", "evidence_log.csv",
)  # fmt: skip
BOOK_HEADINGS = ("column", "item", "wave_id", "flags", "note")
# What a school does first with its results; each line waits for its day.
_FIRST_EVENTS = ("shared_back", "sense_making", "goal")
_READING = (
    "encoding", "delimiter", "platform", "heading_rows", "first_row", "sheet", "event",
    "time_zone",
)  # fmt: skip


def check_free(folder: Path, names: Sequence[str] = FILES) -> None:
    """Refuse a folder in which one of the files is there already.

    Raises
    ------
    OutputError
        That names every file that is in the way.
    """
    there = [folder / name for name in names if os.path.lexists(folder / name)]
    if there:
        raise OutputError(
            [
                Problem(
                    code="CK526",
                    file=str(path),
                    message=f"{path.name} is there already, and nothing is overwritten",
                    expected="a folder without a study",
                    mend="name another folder with --out, or move the file away",
                )
                for path in there
            ]
        )


def write_study(folder: Path, draft: Draft, *, roster: Path | None = None) -> tuple[Path, ...]:
    """Write the configuration, codebook, roster and evidence log of a draft.

    The files are read back as `climatekit run` reads them; where that is refused, they
    are taken away again.

    Parameters
    ----------
    folder : Path
    draft : Draft
    roster : Path, optional
        A roster that there is already; none is written then.

    Raises
    ------
    OutputError
        If a file is there already, or cannot be written.
    """
    files = {
        CONFIG: write_config(folder, draft, roster=roster),
        CODEBOOK: write_book(draft),
        ROSTER: write_csv(ROSTER_HEADINGS, _list_schools(draft)),
        LOG: write_csv(LOG_HEADINGS, _list_events(draft)),
    }
    if roster is not None:
        del files[ROSTER]
    check_free(folder, tuple(files))
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = folder / name
            with path.open("x", encoding="utf-8", newline="") as stream:
                written.append(path)
                stream.write(text)
        read_inputs(read_settings(folder / CONFIG))
    except OSError as error:
        _take_away(written)
        mend = "free some space, or name a folder that you may write to with --out"
        raise make_write_error(
            "CK527", "the study cannot be written", error, folder, mend=mend
        ) from error
    except BaseException:
        _take_away(written)
        raise
    return tuple(written)


def _take_away(written: Sequence[Path]) -> None:
    for path in written:
        path.unlink(missing_ok=True)


def write_book(draft: Draft) -> str:
    """Return the codebook's text."""
    return write_csv(BOOK_HEADINGS, list_rows(draft))


def list_rows(draft: Draft) -> list[tuple[str, str, str, str, str]]:
    """Return the codebook's rows as cells, in the order of `BOOK_HEADINGS`."""
    return [
        (row.column, row.item, row.wave_id, " ".join(sorted(row.flags)), note)
        for row, note in draft.rows
    ]


def write_config(folder: Path, draft: Draft, *, roster: Path | None = None) -> str:
    """Return the text of ``climatekit.toml``; paths start from `folder`."""
    settings = draft.settings
    lines = [
        "# Written by climatekit init. Every key: docs/configuration.md, or",
        "# climatekit config show --origin. Paths start from this folder.",
        "config_version = 1",
        f"district = {_quote(settings.district)}",
        f"language = {_quote(settings.language)}  # the roster may name another for a school",
        '# also_in = ["es"]  # every page in further languages too',
        f"as_of = {settings.as_of}  # the day as of which the use of the data is rated"
        if settings.as_of
        else "# as_of = 2026-11-01  # the day as of which the use of the data is rated",
        "",
        f"scales = [{', '.join(_quote(scale) for scale in settings.scales)}]",
        f"codebook = {_quote(CODEBOOK)}  # which column is which item",
        (
            f"roster = {_quote(_relative(folder, roster) if roster else ROSTER)}"
            "  # fill in eligible: the staff who could answer"
        ),
        f"evidence_log = {_quote(LOG)}  # what was done with the results, one event a row",
        'output = "briefs"',
        *(line for wave in settings.waves for line in _wave_lines(folder, wave)),
        *_column_lines(settings),
        *_reading_lines(draft),
    ]
    if settings.look.templates is not None:
        lines += ["", "[look]", f"templates = {_quote(_relative(folder, settings.look.templates))}"]
    return "\n".join(lines) + "\n"


def _wave_lines(folder: Path, wave: WaveSettings) -> list[str]:
    names = ", ".join(_quote(_relative(folder, path)) for path in wave.exports)
    lines = ["", "[[waves]]", f"id = {_quote(wave.id)}", f"label = {_quote(wave.label)}"]
    for key, day, like in (
        ("opened", wave.opened, "2026-04-06"),
        ("closed", wave.closed, "2026-04-24"),
    ):
        lines.append(f"{key} = {day}" if day else f"# {key} = {like}")
    return [*lines, f"exports = [{names}]"]


def _column_lines(settings: Settings) -> list[str]:
    """Return the columns that the codebook has no row for."""
    named = {key: getattr(settings.columns, key) for key in ("link", "weight")}
    lines = [f"{key} = {_quote(heading)}" for key, heading in named.items() if heading]
    return ["", "[columns]", *lines] if lines else []


def _reading_lines(draft: Draft) -> list[str]:
    reading, usual = draft.settings.reading, Settings().reading
    found, told = _find_unusual(draft)
    given = {
        key: value
        for key in _READING
        if (value := getattr(reading, key) or found.get(key)) is not None
    }
    for key in ("answers_from", "gather", "unfinished", "duplicates", "missing_weight",
                "skip_bad_rows", "strict"):  # fmt: skip
        if getattr(reading, key) != getattr(usual, key):
            given[key] = getattr(reading, key)
    for key in ("drop_rows", "keep_rows"):
        if getattr(reading, key):
            given[key] = list(getattr(reading, key))
    if not given and not told:
        return []
    values = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in given.items()]
    return ["", "[reading]", *told, *values]


def _find_unusual(draft: Draft) -> tuple[dict[str, str], list[str]]:
    """Return how all exports were found to be written where that is unusual, and comments.

    Where they differ, nothing is laid down: each goes on being looked at by itself, and a
    comment tells what was found.
    """
    texts = [one for one in draft.intake.reports if one.delimiter]
    found: dict[str, str] = {}
    told = []
    for key, usual in (("encoding", "utf-8"), ("delimiter", ",")):
        ways = {one.name: _name_found(getattr(one, key)) for one in texts}
        if set(ways.values()) <= {usual} or getattr(draft.settings.reading, key) is not None:
            continue
        if len(set(ways.values())) == 1:
            found[key] = next(iter(ways.values()))
        else:
            told += [
                f"# {key} of {Path(name).name}: {json.dumps(way)}, as found"
                for name, way in ways.items()
            ]
    return found, told


def _name_found(way: str) -> str:
    """Return an encoding's name as it may be asked for: a byte mark tells which UTF-16 it is."""
    return "utf-16" if way.startswith("utf-16") else way


def _quote(text: str) -> str:
    # A JSON string is a basic string of TOML.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _relative(folder: Path, path: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()


def _spell_schools(draft: Draft) -> dict[str, str]:
    """Return each school's name as it stands in the exports to the one most often written.

    Names are alike as the roster finds them.
    """
    names = Counter(draft.intake.responses.frame["school"].astype(str))
    alike: dict[str, list[str]] = defaultdict(list)
    for name, _ in names.most_common():
        alike[tidy_text(clean(name))].append(name)
    return {name: clean(spellings[0]) for spellings in alike.values() for name in spellings}


def _list_schools(draft: Draft) -> list[tuple[str, ...]]:
    frame = draft.intake.responses.frame
    spelling = _spell_schools(draft)
    pairs = set(zip(frame["school"].astype(str), frame["wave"].astype(str), strict=True))
    asked = {(spelling[school], wave) for school, wave in pairs}
    rest = ("",) * (len(ROSTER_HEADINGS) - 3)
    return [
        (school, school, wave.id, *rest)
        for school in sorted(set(spelling.values()))
        for wave in draft.settings.waves
        if (school, wave.id) in asked
    ]


def _list_events(draft: Draft) -> list[tuple[str, ...]]:
    last = draft.settings.waves[-1].id
    rest = ("",) * (len(LOG_HEADINGS) - 3)
    return [
        (school, last, event, *rest)
        for school, _, wave, *_ in _list_schools(draft)
        if wave == last
        for event in _FIRST_EVENTS
    ]
