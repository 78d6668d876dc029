"""Spreadsheet: rows as CSV that Excel neither misreads nor runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

Cell = str | int | float | bool | None

# The last four are the full-width forms, which some spreadsheets take for the others.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


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
    writer.writerows([[_guard(cell) for cell in row] for row in rows])
    return buffer.getvalue()


def _guard(cell: Cell) -> Cell:
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
