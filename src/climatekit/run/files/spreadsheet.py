"""Spreadsheet: rows as CSV that Excel neither misreads nor runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from climatekit.ingest.guarding import SUSPECT, guard, unguard

Cell = str | int | float | bool | None

_BREAK = "\0"  # in no cell, or at worst for a look in vain
_BREAK_MARK = "\0'"


def write_csv(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, line_end: str = "\n"
) -> str:
    """Return a table as CSV text; None is an empty cell.

    Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers
    stay numbers.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=line_end)
    writer.writerow(columns)
    # No call for a cell that one look clears: a large district's tables have millions.
    writer.writerows(
        [
            [guard(cell) if isinstance(cell, str) and cell[:1] in SUSPECT else cell for cell in row]
            for row in rows
        ]
    )
    return buffer.getvalue()


def read_csv(text: str) -> tuple[list[str], list[list[str]]]:
    """Return the columns and the rows of a table as `write_csv` wrote it.

    Raises
    ------
    csv.Error
        If a record is not as long as the heading, or the quoting is broken.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = next(reader, [])
    rows = list(reader)
    wrong = next((record for record in rows if len(record) != len(columns)), None)
    if wrong is not None:
        raise csv.Error(f"a record of {len(wrong)} cells under {len(columns)} headings")
    return columns, unguard_rows(rows)


def unguard_rows(rows: Iterable[list[str]]) -> list[list[str]]:
    """Return the rows of a table with every cell as it was before it was guarded."""
    # A look at the whole row clears most: they have no cell that begins with an apostrophe.
    return [
        list(map(unguard, row)) if _BREAK_MARK in _BREAK + _BREAK.join(row) else row for row in rows
    ]
