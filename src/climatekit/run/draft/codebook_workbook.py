"""A codebook that is an .xlsx workbook: rows put below those of its sheet, all else kept.

The sheet's XML gets further rows; styles, cell comments and other sheets stay byte for byte
(ECMA-376 part 1, 18.3.1: ``sheetData`` holds rows, an ``inlineStr`` cell its own text).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b[^>]*?(/?)>")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_DIMENSION = re.compile(rb'(<(?:\w+:)?dimension ref="[A-Z]+\d+:[A-Z]+)\d+"')
# What XML 1.0 can hold of a cell's text.
_CANNOT_STAND = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def append_rows(content: bytes, sheet: str, rows: Sequence[Sequence[str]]) -> bytes | None:
    """Return a workbook with rows added below the last one of a sheet.

    Parameters
    ----------
    content : bytes
        Of a workbook that `read_table` has read.
    sheet : str
        Name of the sheet.
    rows : sequence of sequence of str
        Cells from column A on; an empty one is left out.

    Returns
    -------
    bytes or None
        None where the sheet is not laid out as expected; nothing may be written then.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        part = _find_part(package, sheet)
        if part is None:
            return None
        grown = _grow(package.read(part), rows)
        if grown is None:
            return None
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            for member in package.infolist():
                told = grown if member.filename == part else package.read(member)
                made.writestr(member, told, compress_type=member.compress_type)
    return out.getvalue()


def _find_part(package: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the member that holds a sheet, by the workbook and its relationships."""
    book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314 (refused on reading if it declares entities)
    links = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 (as above)
    wanted = {
        value
        for one in book.iter()
        if one.tag.endswith("}sheet") and one.get("name") == sheet
        for key, value in one.attrib.items()
        if key.endswith("}id")
    }
    for link in links:
        if link.get("Id") in wanted:
            part = posixpath.normpath(posixpath.join("/xl", link.get("Target", "")))[1:]
            return part if part in package.namelist() else None
    return None


def _grow(xml: bytes, rows: Sequence[Sequence[str]]) -> bytes | None:
    data = _DATA.search(xml)
    end = -1 if data is None else xml.find(b"</%ssheetData>" % data.group(1), data.end())
    if data is None or data.group(2) or end < 0:
        return None
    last = 0
    for row in _ROW.finditer(xml, data.end(), end):
        number = _NUMBER.search(row.group())
        last = int(number.group(1)) if number else last + 1
    prefix = data.group(1).decode()
    made = "".join(
        _write_row(prefix, number, cells) for number, cells in enumerate(rows, start=last + 1)
    )
    head = _DIMENSION.sub(rb'\g<1>%d"' % (last + len(rows)), xml[: data.end()])
    return head + xml[data.end() : end] + made.encode() + xml[end:]


def _write_row(prefix: str, number: int, cells: Sequence[str]) -> str:
    made = "".join(
        f'<{prefix}c r="{xl_col_to_name(place)}{number}" t="inlineStr"><{prefix}is>'
        f'<{prefix}t xml:space="preserve">{escape(_CANNOT_STAND.sub("", cell))}</{prefix}t>'
        f"</{prefix}is></{prefix}c>"
        for place, cell in enumerate(cells)
        if cell
    )
    return f'<{prefix}row r="{number}">{made}</{prefix}row>'
