"""Records: a small table that people edit (roster, evidence log), one mapping a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from climatekit.errors import InputError, Problem
from climatekit.ingest.export_files import read_table
from climatekit.ingest.guarding import unguard
from climatekit.ingest.text import clean, closest
from climatekit.knowledge.settings import ReadingSettings

_LONGEST_COUNT = 9  # digits


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its line in the file and its cells by heading, trimmed."""

    line: int
    cells: Mapping[str, str]


def read_records(
    path: Path, headings: Sequence[str], *, needed: Sequence[str], code: str, what: str
) -> tuple[Record, ...]:
    """Read a CSV or workbook whose headings are known; wholly blank rows are skipped.

    Parameters
    ----------
    headings : sequence of str
        Every heading that the file may have.
    needed : sequence of str
        Those that it must have.
    code : str
        Problem code for a faulty heading.
    what : str
        The file's kind in words, e.g. ``"roster"``.

    Raises
    ------
    InputError
        With every faulty heading, or what `read_table` refuses.
    """
    table = read_table(path, ReadingSettings())
    found = [clean(cell).casefold() for cell in table.record(0)]
    faults = [
        Problem(
            code=code,
            file=table.name,
            line=int(table.lines[0]),
            column=heading,
            message=f"the {what} has no column of this name, or has it twice",
            expected=", ".join(headings),
            closest=None if heading in headings else closest(heading, headings),
            mend="rename or delete the column",
        )
        for heading in found
        if heading and (heading not in headings or found.count(heading) > 1)
    ]
    faults += [
        Problem(
            code=code,
            file=table.name,
            line=int(table.lines[0]),
            column=heading,
            message=f"the {what} lacks the column {heading!r}",
            expected=", ".join(headings),
            mend="add the heading",
        )
        for heading in needed
        if heading not in found
    ]
    if faults:
        raise InputError(faults)
    records = []
    for number in range(1, len(table)):
        cells = [clean(unguard(cell)) for cell in table.record(number)]
        if any(cells):
            by_heading = {
                heading: cell for heading, cell in zip(found, cells, strict=False) if heading
            }
            line = int(table.lines[number])
            records.append(
                Record(line, {heading: by_heading.get(heading, "") for heading in headings})
            )
    return tuple(records)


def parse_count(text: str, most: int) -> int | None:
    """Return a whole number from 0 to `most`, or None where `text` is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_COUNT):
        return None
    return count if (count := int(text)) <= most else None


def parse_day(text: str) -> date | None:
    """Return an ISO day, or None where `text` is none; 03/04/2026 is never guessed at."""
    if len(text) != len("2026-01-31"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
