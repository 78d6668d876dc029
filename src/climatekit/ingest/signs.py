"""Signs: by what a platform's export is known; each kind is one test of its first rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from climatekit.ingest.text import clean, key

_TIME = re.compile(r"^\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}\b")
_PERCENT = re.compile(r"^(?:\d{1,3}(?:[.,]\d+)?\s?%|Confidentiality protected|--?)$")
_NUMBER = re.compile(r"^[\d.,%/: -]+$")
_MOSTLY = 0.8

Sign = Mapping[str, Any]
Head = Sequence[Sequence[str]]


def shows(sign: Sign, head: Head, kind: str = "text") -> bool:
    """Return whether the first rows of a table show a sign.

    Parameters
    ----------
    sign : mapping
        As it stands in ``platforms/``: ``kind``, ``row`` and what that kind needs.
    head : sequence of sequence of str
        The first rows, all cells.
    kind : str
        What kind of file they come from: ``text``, ``workbook`` or ``spss``.

    Raises
    ------
    ValueError
        If the sign is of no known kind.
    """
    if sign["kind"] == "file":
        return bool(sign["is"] == kind)
    row = sign.get("row", 0)
    if row >= len(head):
        return False
    if sign["kind"] not in _KINDS:
        message = f"unknown sign {sign['kind']!r}"
        raise ValueError(message)
    return _KINDS[sign["kind"]](sign, [clean(cell) for cell in head[row]], head[row + 1 :], head)


def name_key(text: str) -> str:
    """Return a heading as headings are compared: letters and digits, or itself if none."""
    return key(text) or text.strip()


def looks_like_time(text: str) -> bool:
    """Return whether a cell begins with a date of three parts."""
    return bool(_TIME.match(text.strip()))


def _pattern(sign: Sign, row: Sequence[str], _below: Head, _head: Head) -> bool:
    filled = [cell for cell in row if cell]
    fitting = sum(1 for cell in filled if re.match(sign["pattern"], cell))
    return bool(filled) and fitting > sign["share"] * len(filled)


def _some(sign: Sign, row: Sequence[str], _below: Head, _head: Head) -> bool:
    return any(re.search(sign["pattern"], cell) for cell in row)


def _names(sign: Sign, row: Sequence[str], _below: Head, _head: Head) -> bool:
    keys = {name_key(cell) for cell in row}
    some = sign.get("any", ())
    return all(name_key(name) in keys for name in sign["all"]) and (
        not some or any(name_key(name) in keys for name in some)
    )


def _names_of(sign: Sign, row: Sequence[str], _below: Head, _head: Head) -> bool:
    keys = {name_key(cell) for cell in row}
    return any(
        sum(name_key(name) in keys for name in names) >= sign["least"] for names in sign["sets"]
    )


def _no_digits(sign: Sign, row: Sequence[str], _below: Head, head: Head) -> bool:
    wanted = {name_key(name) for name in sign["columns"]}
    cells = [cell for name, cell in zip(head[0], row, strict=True) if name_key(name) in wanted]
    return any(cells) and not any(re.search(r"\d", cell) for cell in cells)


def _cells(sign: Sign, row: Sequence[str], _below: Head, _head: Head) -> bool:
    return any(cell in sign["any"] for cell in row)


def _first(sign: Sign, row: Sequence[str], _below: Head, _head: Head) -> bool:
    wanted = {name_key(name) for name in sign["any"]}
    first = next((cell for cell in row if cell), "")
    return name_key(first) in wanted


def _starts(sign: Sign, row: Sequence[str], _below: Head, _head: Head) -> bool:
    folded = [cell.casefold() for cell in row]
    return all(any(cell.startswith(one.casefold()) for cell in folded) for one in sign["all"])


def _adjacent(sign: Sign, row: Sequence[str], _below: Head, _head: Head) -> bool:
    pairs = {(name_key(first), name_key(second)) for first, second in sign["pairs"]}
    return any(pair in pairs for pair in pairwise(map(name_key, row)))


def _times(sign: Sign, row: Sequence[str], below: Head, _head: Head) -> bool:
    first = next((place for place, cell in enumerate(row) if cell), sign["column"])
    cells = [one[first] for one in below if one[first].strip()]
    fitting = sum(1 for cell in cells if looks_like_time(cell))
    return bool(cells) and fitting >= _MOSTLY * len(cells)


def _blank_under(sign: Sign, row: Sequence[str], below: Head, _head: Head) -> bool:
    wanted = {name_key(name) for name in sign["names"]}
    places = [place for place, cell in enumerate(row) if name_key(cell) in wanted]
    return (
        bool(places)
        and bool(below)
        and not any(below[0][place].strip() for place in places)
        and any(cell.strip() for cell in below[0])
    )


def _blanks_above(sign: Sign, row: Sequence[str], below: Head, _head: Head) -> bool:
    """Return whether headings are lacking over texts that look like items or options."""
    if len(below) < 2:  # noqa: PLR2004 (a second heading row and an answer)
        return False
    under = [clean(cell) for cell in below[0]]
    places = [place for place, cell in enumerate(row) if place and not cell and under[place]]
    texts = [under[place] for place in places]
    return (
        len(places) >= sign["least"]
        and any(row[: places[0]])
        and not any(_NUMBER.match(text) or looks_like_time(text) for text in under if text)
        and all(under[place] or row[place] for place in range(min(places), max(places)))
        and len(set(texts)) > len(texts) / 2
    )


def _anywhere(sign: Sign, _row: Sequence[str], below: Head, _head: Head) -> bool:
    wanted = {key(one) for one in sign["any"]}
    return any(key(cell) in wanted for one in below for cell in one if cell)


def _percents(sign: Sign, _row: Sequence[str], below: Head, _head: Head) -> bool:
    filled = [cell.strip() for one in below for cell in one if cell.strip()]
    fitting = sum(1 for cell in filled if _PERCENT.match(cell))
    return bool(filled) and fitting >= sign["share"] * len(filled)


_KINDS: Mapping[str, Callable[[Sign, Sequence[str], Head, Head], bool]] = {
    "pattern": _pattern,
    "some": _some,
    "names": _names,
    "names_of": _names_of,
    "no_digits": _no_digits,
    "cells": _cells,
    "first": _first,
    "starts": _starts,
    "adjacent": _adjacent,
    "times": _times,
    "blank_under": _blank_under,
    "blanks_above": _blanks_above,
    "anywhere": _anywhere,
    "percents": _percents,
}
