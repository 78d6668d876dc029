"""The codebook file: new rows put below those that are there, which stay as they are."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from climatekit.errors import OutputError, Problem
from climatekit.ingest.codebook import CodebookRow
from climatekit.ingest.export_files import read_table
from climatekit.ingest.guarding import guard
from climatekit.ingest.tables import Table
from climatekit.ingest.text import clean
from climatekit.knowledge.settings import ReadingSettings
from climatekit.run.draft.codebook_workbook import append_rows
from climatekit.run.files.refusals import make_write_error
from climatekit.run.files.staging import replace_file


def add_rows(path: Path, rows: Sequence[tuple[CodebookRow, str]]) -> None:
    """Write rows below those of a codebook; its own lines, order and notes stay as they are.

    Parameters
    ----------
    path : Path
        A codebook that can be read: delimited text or an ``.xlsx`` workbook.
    rows : sequence of (CodebookRow, str)
        Each with its note.

    Raises
    ------
    OutputError
        If the codebook lacks a column that a row needs, or cannot be written. Nothing is
        changed then.
    """
    table = read_table(path, ReadingSettings())
    headings = [clean(cell).casefold() for cell in table.record(0)]
    cells = [_list_cells(row, note) for row, note in rows]
    lacking = sorted(
        {name for one in cells for name, cell in one.items() if cell and name not in headings}
        - {"note"}
    )
    if lacking:
        raise OutputError(_cannot_grow(path, f"lacks the column {', '.join(lacking)}"))
    added = [[one.get(name, "") for name in headings] for one in cells]
    if table.kind == "text":
        grown = _append_text(path.read_bytes(), table, added)
        lacks = f"is in {table.encoding}, which lacks a letter of what is to be added"
    else:
        grown = _append_to_sheet(path, table, added)
        lacks = "is no text file and no plain workbook"
    if grown is None:
        raise OutputError(_cannot_grow(path, lacks))
    try:
        replace_file(path.resolve(), grown)
    except OSError as error:
        mend = "free some space, or ask for the right to write to it"
        raise make_write_error(
            "CK527", "the file cannot be written", error, path, mend=mend
        ) from error


def _append_text(before: bytes, table: Table, added: Sequence[Sequence[str]]) -> bytes | None:
    """Return the text with the rows, or None where its encoding cannot hold them."""
    ends = [end.encode(table.encoding) for end in ("\r\n", "\n", "\r")]
    end = "\r\n" if ends[0] in before else "\n"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=table.delimiter or ",", lineterminator=end)
    writer.writerows([map(guard, cells) for cells in added])
    join = b"" if before.endswith(tuple(ends)) else end.encode(table.encoding)
    try:
        return before + join + out.getvalue().encode(table.encoding)
    except UnicodeEncodeError:
        return None


def _append_to_sheet(path: Path, table: Table, added: Sequence[Sequence[str]]) -> bytes | None:
    """Return the workbook with the rows, or None unless it reads back as rows and rows."""
    if table.kind != "workbook":
        return None
    sheet = next(one.value for one in table.decisions if one.what == "sheet")
    grown = append_rows(path.read_bytes(), sheet, added)
    if grown is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(grown)
        after = read_table(copy, ReadingSettings(sheet=sheet)).records
    old = [record for record in table.records if any(record)]
    sound = [record for record in after if any(record)] == [*old, *map(list, added)]
    return grown if sound else None


def _cannot_grow(path: Path, what: str) -> Problem:
    return Problem(
        code="CK528",
        file=str(path),
        message=f"the codebook {what}, so that nothing could be added to it",
        expected="a CSV or .xlsx sheet with the columns column, item, wave_id, flags and note",
        mend="add the heading, or save the sheet as CSV UTF-8",
    )


def _list_cells(row: CodebookRow, note: str) -> dict[str, str]:
    return {
        "column": row.column,
        "item": row.item,
        "wave_id": row.wave_id,
        "flags": " ".join(sorted(row.flags)),
        "note": note,
    }
