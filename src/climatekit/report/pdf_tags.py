"""PDF tags: what PDF/UA asks for and WeasyPrint leaves out, added before a file is written."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

UNSEEN = b"<034f>"  # combining grapheme joiner
PRINTED = 4  # an annotation that is on paper as on the screen (ISO 32000-1, 12.5.3)


def finish_tags(_document: object, pdf: Any) -> None:  # noqa: ANN401 - pydyf is untyped
    """Complete the tags of a document; WeasyPrint calls this with what it will write."""
    import pydyf  # type: ignore[import-untyped]

    for item in pdf.objects:
        if isinstance(item, pydyf.Stream):
            _name_marks(item)
        elif isinstance(item, pydyf.Dictionary) and item.get("S") == "/TH" and "ID" in item:
            _add_scope(item)
        elif isinstance(item, pydyf.Dictionary) and item.get("Subtype") == "/Link":
            item["F"] = PRINTED
    _mark_artifacts(pdf)


def _add_scope(cell: Any) -> None:  # noqa: ANN401
    """Say of a header cell whether it heads a column or a row.

    Its ID reads ``table-row-column``: row 0 holds the headings of columns.
    """
    name = cell["ID"].string
    row = (name.decode() if isinstance(name, bytes) else name).split("-")[1]
    cell["A"]["Scope"] = "/Column" if row == "0" else "/Row"


def _name_marks(stream: Any) -> None:  # noqa: ANN401
    """Give each glyph without a letter a character that is never drawn.

    The points of Hebrew and Arabic share the letter of the glyph that they stand on; an
    empty entry for them makes the font's table of letters malformed.
    """
    if b"begincmap" in stream.stream:
        stream.stream[:] = [
            entry.replace(b"<>", UNSEEN) if isinstance(entry, bytes) else entry
            for entry in stream.stream
        ]


def _mark_artifacts(pdf: Any) -> None:  # noqa: ANN401
    """Mark what no tag holds, the lines at the foot of each page, as an artifact.

    WeasyPrint numbers it like content and leaves it out of the tree; PDF/UA-1 (ISO 14289-1,
    7.1) wants each piece to be either content or artifact.
    """
    told = _list_tagged(pdf)
    numbers = _find(pdf, _find(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])["Nums"]
    for place, reference in enumerate(pdf.page_references):
        stream = _find(pdf, _find(pdf, reference)["Contents"]).stream
        parents = numbers[numbers.index(place) + 1]
        for index, entry in enumerate(stream):
            if entry != b"BDC" or stream[index - 1].get("MCID") in told[reference]:
                continue
            mark = stream[index - 1]
            parents[mark.pop("MCID")] = "null"
            mark.update({"Type": "/Pagination", "Subtype": "/Footer"})
            stream[index - 2] = "/Artifact"


def _list_tagged(pdf: Any) -> defaultdict[bytes, set[int]]:  # noqa: ANN401
    """Return the numbers of all content that the tree of tags holds, by page."""
    told: defaultdict[bytes, set[int]] = defaultdict(set)
    waiting = [_find(pdf, pdf.catalog["StructTreeRoot"])]
    while waiting:
        element = waiting.pop()
        for kid in element.get("K", ()):
            if isinstance(kid, int):
                told[element["Pg"]].add(kid)
            else:
                waiting.append(_find(pdf, kid))
    return told


def _find(pdf: Any, reference: bytes) -> Any:  # noqa: ANN401
    return pdf.objects[int(reference.split()[0])]
