"""Delimiters: what separates the fields, by the most even and widest records."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass

from climatekit.errors import InputError, Problem
from climatekit.ingest.decisions import Decision
from climatekit.ingest.preambles import MOST_TITLES

_TITLES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_ASKED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_SAMPLE = 1 << 18


@dataclass(frozen=True, slots=True)
class Delimiter:
    """The character between fields, and how many lines stand before the headings."""

    mark: str
    decision: Decision
    skipped_lines: int = 0
    warnings: tuple[Problem, ...] = ()


def find_delimiter(name: str, content: bytes, asked: str | None = None) -> Delimiter:
    """Find the delimiter of a text table.

    Parameters
    ----------
    name : str
        The file's name, for problems.
    content : bytes
        UTF-8 text with ``\\n`` line ends.
    asked : str, optional
        The delimiter, or its name, when it is known.

    Raises
    ------
    InputError
        If `asked` is not comma, semicolon, tab or pipe, or separates nothing where another does.
    """
    declared, skipped = _declared(content)
    if asked is not None:
        mark = _ASKED.get(asked.casefold(), asked)
        if mark not in _TITLES:
            raise InputError(
                Problem(
                    code="CK129",
                    file=name,
                    message=f"{asked!r} is not a delimiter that climatekit reads",
                    expected="comma, semicolon, tab or pipe",
                    mend="correct --delimiter, or leave it out",
                )
            )
        _refuse_unfit(name, content, mark)
        return Delimiter(mark, Decision("delimiter", _TITLES[mark], "asked for"), skipped)
    if declared is not None:
        return Delimiter(declared, Decision("delimiter", _TITLES[declared], "a sep= line"), skipped)
    mark, sign = _most_even(content)
    decision = Decision("delimiter", _TITLES[mark], sign)
    if mark == ",":
        return Delimiter(mark, decision)
    shown = "tab" if mark == "\t" else mark
    warning = Problem(
        code="CK112",
        severity="warning",
        file=name,
        message=f"the fields are separated by {_TITLES[mark]}, not by comma; it was read so",
        expected="comma",
        mend=f'nothing, if it was read right; delimiter = "{shown}" (--delimiter "{shown}") '
        "settles it where all exports are so",
    )
    return Delimiter(mark, decision, 0, (warning,))


def _refuse_unfit(name: str, content: bytes, asked: str) -> None:
    """Refuse a delimiter that leaves one column of a table that another one separates.

    It is said once for all exports of a study, which may be of several platforms.
    """
    mark, _ = _most_even(content)
    sample = content[:_SAMPLE].decode("utf-8", "ignore")
    widths = {one: _rank(sample, one, cut=len(content) > _SAMPLE)[2] for one in (asked, mark)}
    if widths[asked] < 2 <= widths[mark]:  # noqa: PLR2004
        raise InputError(
            Problem(
                code="CK129",
                file=name,
                message=f"no fields are separated by {_TITLES[asked]}, the delimiter that was said",
                found=f"{widths[mark]} fields separated by {_TITLES[mark]}",
                expected="one delimiter for all exports, or none said",
                mend="leave out delimiter under [reading] (--delimiter): each export's is found",
            )
        )


def _declared(content: bytes) -> tuple[str | None, int]:
    """Return the delimiter of an Excel ``sep=`` line, and the lines to pass over."""
    end = content.find(b"\n", 0, 64)
    first = content[: end if end >= 0 else 64].decode("utf-8", "replace").strip('" ')
    if first[:4].casefold() != "sep=":
        return None, 0
    mark = first[4:5]
    return (mark if mark in _TITLES else None), 1


def _most_even(content: bytes) -> tuple[str, str]:
    sample = content[:_SAMPLE].decode("utf-8", "ignore")
    cut = len(content) > _SAMPLE
    ranks = {mark: _rank(sample, mark, cut=cut) for mark in _TITLES}
    # Comma comes first among equals.
    best = max(ranks, key=lambda mark: ranks[mark])
    header_agrees, even, width = ranks[best]
    if width < 2:  # noqa: PLR2004 (one field: nothing is separated)
        return ",", "nothing separates fields; one column"
    sign = f"{width} fields in {'all' if even >= 1 else 'most'} rows looked at"
    return best, sign if header_agrees else sign + ", though not in the heading"


def _rank(sample: str, mark: str, *, cut: bool) -> tuple[bool, float, int]:
    try:
        rows = [row for row in csv.reader(sample.split("\n"), delimiter=mark) if row]
    except csv.Error:
        return False, 0.0, 0
    if cut and len(rows) > 1:
        rows.pop()
    # What separates the fields need not stand in the title lines above the headings.
    heading = next((row for row in rows[: MOST_TITLES + 1] if len(row) > 1), None)
    if heading is None:
        return False, 0.0, 0
    widths = Counter(len(row) for row in rows)
    width, number = widths.most_common(1)[0]
    if width < 2:  # noqa: PLR2004
        return False, 0.0, 0
    return width == len(heading), round(number / len(rows), 1), width
