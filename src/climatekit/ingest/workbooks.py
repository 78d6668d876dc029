"""Workbooks: one sheet of an .xlsx file as records of text, within limits."""

from __future__ import annotations

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from climatekit.errors import InputError, LimitError, Problem
from climatekit.ingest.decisions import Decision
from climatekit.ingest.raw import RawFile
from climatekit.ingest.text import closest, write_number
from climatekit.knowledge.settings import ReadingSettings

_MOST_UNPACKED = 4
# What zipfile lets out where a package is not as its directory says.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, ValueError, RuntimeError, EOFError, OSError
)  # fmt: skip
_PIECE = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]+)(\d+)")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br\s*=\s*[\"'](\d+)")
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_TAIL = 4096
_LONGEST_ROW, _LONGEST_COLUMN = 8, 4  # digits and letters: more are more than any limit
_MOST_CELLS = 20_000_000  # empty ones too: the reader makes room for each, or dies of it
_SPARSE = 20


def read_sheet(
    raw: RawFile,
    reading: ReadingSettings,
    recognised: Callable[[Sequence[Sequence[str]]], bool],
) -> tuple[list[list[str]], Decision]:
    """Return the cells of the one sheet that holds the answers, as text.

    Whole numbers are written without their ``.0``, times as ``YYYY-MM-DD HH:MM:SS``.

    Parameters
    ----------
    raw : RawFile
    reading : ReadingSettings
        ``sheet`` names the sheet where there are several.
    recognised : callable
        Whether the first rows of a sheet are a survey platform's.

    Raises
    ------
    InputError
        If it is no sound workbook, holds macros, or several sheets could be meant.
    LimitError
        If it would unpack to more than the limits allow; found before unpacking.
    """
    import python_calamine as calamine

    _check_package(raw, reading)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw.content))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names
        }
    except (calamine.CalamineError, ValueError, KeyError, OSError) as error:
        raise InputError(_damaged(raw.name)) from error
    texts = {
        name: [[_as_text(cell) for cell in row] for row in rows] for name, rows in sheets.items()
    }
    name, sign = _choose(raw.name, texts, reading.sheet, recognised)
    return texts[name], Decision("sheet", name, sign)


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV bytes, one line end a record."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return stream.getvalue().encode("utf-8", "surrogatepass")


def _check_package(raw: RawFile, reading: ReadingSettings) -> None:
    """Refuse what is too large, or no plain workbook, by the zip directory and its parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw.content)) as package:
            members = package.infolist()
            most = _MOST_UNPACKED * reading.max_bytes
            if sum(member.file_size for member in members) > most:
                raise LimitError(_too_large(raw.name, f"{most:,} bytes unpacked"))
            _check_members(raw.name, [member.filename for member in members])
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with package.open(member) as part:
                        _check_part(raw.name, part, reading, most)
    except _BROKEN as error:
        raise InputError(_damaged(raw.name)) from error


def _check_members(name: str, members: Sequence[str]) -> None:
    if any(one.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", one) for one in members):
        raise InputError(_damaged(name))
    if any(one.casefold().endswith("vbaproject.bin") for one in members):
        raise InputError(
            Problem(
                code="CK106",
                file=name,
                message="this workbook holds macros; it was not opened",
                expected="a workbook without macros (.xlsx), or CSV",
                mend="save it as .xlsx or CSV UTF-8",
            )
        )
    if not any(one.startswith("xl/") for one in members):
        raise InputError(
            Problem(
                code="CK106",
                file=name,
                message="this is a zip file but no Excel workbook",
                expected="an .xlsx workbook, or CSV",
                mend="unpack it, and name the export inside",
            )
        )


def _check_part(name: str, part: Any, reading: ReadingSettings, most: int) -> None:  # noqa: ANN401
    """Read one part by pieces: its true size, its furthest cell, and no entities."""
    size = rows = columns = cells = 0
    before = b""
    while piece := part.read(_PIECE):
        size += len(piece)
        text = before + piece
        if size > most:
            raise LimitError(_too_large(name, f"{most:,} bytes unpacked"))
        if _ENTITY.search(text):
            raise InputError(_damaged(name))
        for found in _CELL.finditer(text):
            columns = max(columns, _column_number(found.group(1)))
            rows = max(rows, _row_number(found.group(2)))
            cells += 1
        rows = max([rows, *map(_row_number, _ROW.findall(text))])
        before = text[-_TAIL:]
    if rows > reading.max_rows + 50:
        raise LimitError(_too_large(name, f"{reading.max_rows:,} rows (max_rows)"))
    if columns > reading.max_columns:
        raise LimitError(_too_large(name, f"{reading.max_columns:,} columns (max_columns)"))
    if rows * columns > max(_MOST_CELLS, _SPARSE * cells):
        raise LimitError(_too_wide(name, rows, columns))


def _row_number(digits: bytes) -> int:
    return int(digits.lstrip(b"0")[:_LONGEST_ROW] or b"0")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:_LONGEST_COLUMN].upper():
        number = number * 26 + letter - 64
    return number


def _choose(
    file: str,
    sheets: dict[str, list[list[str]]],
    asked: str | None,
    recognised: Callable[[Sequence[Sequence[str]]], bool],
) -> tuple[str, str]:
    names = list(sheets)
    if asked is not None:
        if asked in sheets:
            return asked, "asked for"
        if asked.isdecimal() and 1 <= int(asked) <= len(names):
            return names[int(asked) - 1], "asked for, by number"
        raise InputError(_unclear(file, f"there is no sheet called {asked!r}", names, asked))
    filled = [name for name in names if _holds_table(sheets[name])]
    if len(filled) == 1:
        return filled[0], "the only sheet that holds a table"
    known = [name for name in filled if recognised(sheets[name][:9])]
    if len(known) == 1:
        return known[0], f"the only one of {len(filled)} sheets that a survey platform wrote"
    if not filled:
        raise InputError(
            Problem(
                code="CK105",
                file=file,
                message="no sheet of the workbook holds a table",
                expected="a heading row and at least one row of answers",
                mend="export it again",
            )
        )
    raise InputError(_unclear(file, f"{len(filled)} sheets hold a table", filled, None))


def _holds_table(rows: Sequence[Sequence[str]]) -> bool:
    filled = [row for row in rows if sum(1 for cell in row if cell.strip()) > 1]
    return len(filled) > 1


def _as_text(cell: object) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return write_number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).replace("\r\n", "\n").replace("\r", "\n")


def _damaged(name: str) -> Problem:
    return Problem(
        code="CK137",
        file=name,
        message="the workbook is damaged, locked or not made by a spreadsheet",
        expected="an .xlsx workbook as the survey platform wrote it",
        mend="export it again, or save the sheet as CSV UTF-8",
    )


def _too_large(name: str, limit: str) -> Problem:
    return Problem(
        code="CK609",
        file=name,
        message=f"the workbook holds more than the limit of {limit}",
        expected=f"at most {limit}",
        mend="save the sheet of the answers as CSV, or raise the limit under [reading]",
    )


def _too_wide(name: str, rows: int, columns: int) -> Problem:
    return Problem(
        code="CK609",
        file=name,
        message="a sheet of the workbook is nearly empty, but reaches very far",
        found=f"{rows:,} rows and {columns:,} columns",
        expected=f"at most {_MOST_CELLS:,} cells from the first to the furthest",
        mend="delete what stands far from the table, or save the sheet of the answers as CSV",
    )


def _unclear(file: str, message: str, names: Sequence[str], asked: str | None) -> Problem:
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")  # noqa: PLR2004
    return Problem(
        code="CK138",
        file=file,
        message=message,
        found=shown,
        expected="one sheet with the answers",
        closest=closest(asked, names) if asked else None,
        mend="name it with sheet under [reading] (--sheet)",
    )
