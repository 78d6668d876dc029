"""Preambles: title lines that somebody wrote above the headings of a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from climatekit.errors import InputError, Problem
from climatekit.ingest.decisions import Decision
from climatekit.ingest.splitting import Records
from climatekit.knowledge.settings import ReadingSettings

MOST_TITLES = 12
_NARROW = 3
_COMMON = 0.5


@dataclass(frozen=True, slots=True)
class Start:
    """At which record a table's headings begin, and how that was seen."""

    record: int = 0
    decisions: tuple[Decision, ...] = ()


def find_start(name: str, records: Records, reading: ReadingSettings) -> Start:
    """Find the first heading row, past the title lines above it.

    A title line holds at most two texts in a table that is at least three columns wide,
    and is shorter than the table or all but empty.

    Raises
    ------
    InputError
        If `reading.first_row` is given and no record begins on that line.
    """
    if reading.first_row is not None:
        return _start_asked(name, records, reading.first_row)
    widths = np.bincount(records.widths)
    width = len(widths) - 1 - int(widths[::-1].argmax())
    if width < _NARROW or widths[width] < _COMMON * len(records):
        return Start()
    record = 0
    while record < min(MOST_TITLES, len(records) - 2) and _is_title(records, record, width):
        record += 1
    if not record:
        return Start()
    line = int(records.lines[record])
    sign = f"{record} title or empty lines above hold at most two texts"
    return Start(record, (Decision("first row", f"line {line}", sign),))


def _is_title(records: Records, record: int, width: int) -> bool:
    filled = _count_filled(records, record)
    if int(records.widths[record]) < width:
        return filled < _NARROW
    if filled > 1:
        return False
    below = range(record + 1, min(record + MOST_TITLES, len(records)))
    counts = (_count_filled(records, other) for other in below)
    # What stands under a title, blank lines apart, is the heading line of the table.
    under = next((count for count in counts if count), 0)
    return filled == 0 or (under > 1 and under >= _COMMON * width)


def _count_filled(records: Records, record: int) -> int:
    return sum(1 for cell in records.parse(record) if cell.strip())


def _start_asked(name: str, records: Records, line: int) -> Start:
    found = np.flatnonzero(records.lines == line)
    if not found.size:
        raise InputError(
            Problem(
                code="CK131",
                file=name,
                line=line,
                message="no row begins on the line that was named as the first row",
                expected="the line of the file where the headings begin, counted from 1",
                mend="correct --first-row (first_row under [reading]), or leave it out",
            )
        )
    return Start(int(found[0]), (Decision("first row", f"line {line}", "asked for"),))
