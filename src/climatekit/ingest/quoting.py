"""Quoting: every quote of a CSV file checked, so that a fault is named where it began."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from climatekit.errors import Problem

_QUOTE = 0x22
_NEWLINE = 0x0A
_CHUNK = 1 << 24


def find_quote_fault(name: str, content: bytes, delimiter: str) -> Problem | None:
    """Return the first quoting fault of a CSV text, or None.

    In sound CSV the quotes alternate: an opening one stands at the start of a field, a
    closing one at its end, and a doubled one is a closing one followed by an opening
    one. The first quote that breaks this, or an odd number of quotes, is the fault.

    Parameters
    ----------
    name : str
        The file's name, for the problem.
    content : bytes
        UTF-8 text with ``\\n`` line ends.
    delimiter : str
        One ASCII character.
    """
    if b'"' not in content:
        return None
    edge = np.zeros(256, dtype=np.bool_)
    edge[[ord(delimiter), _NEWLINE, _QUOTE]] = True
    data = np.frombuffer(content, dtype=np.uint8)
    seen = 0
    for start in range(0, data.size, _CHUNK):
        quotes = np.flatnonzero(data[start : start + _CHUNK] == _QUOTE) + start
        opens = (np.arange(quotes.size) + seen) % 2 == 0
        bad = _misplaced(data, quotes, opens, edge)
        if bad is not None:
            at, opening = bad
            return _stray(name, content, at) if opening else _early_close(name, content, at)
        seen += int(quotes.size)
    return _unclosed(name, content, delimiter) if seen % 2 else None


def _misplaced(
    data: npt.NDArray[np.uint8],
    quotes: npt.NDArray[np.intp],
    opens: npt.NDArray[np.bool_],
    edge: npt.NDArray[np.bool_],
) -> tuple[int, bool] | None:
    last = data.size - 1
    before = edge[data[np.maximum(quotes - 1, 0)]] | (quotes == 0)
    after = edge[data[np.minimum(quotes + 1, last)]] | (quotes == last)
    faults = np.flatnonzero(np.where(opens, ~before, ~after))
    if not faults.size:
        return None
    first = int(faults[0])
    return int(quotes[first]), bool(opens[first])


def quote_bare_fields(content: bytes, delimiter: str) -> bytes | None:
    """Return a table in which no field is quoted with each that holds a quote quoted, or None.

    Programs that write tabs often quote nothing: there a quote is a sign like any other, as
    long as no field begins with one. None where some field does.
    """
    mark = re.escape(delimiter.encode())
    if re.search(rb'(?:^|[\n%s])"' % mark, content):
        return None
    return re.sub(rb"[^\n%s]+" % mark, _quote_if_needed, content)


def _quote_if_needed(field: re.Match[bytes]) -> bytes:
    text = field.group()
    return b'"' + text.replace(b'"', b'""') + b'"' if b'"' in text else text


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _stray(name: str, content: bytes, position: int) -> Problem:
    return Problem(
        code="CK114",
        file=name,
        line=_line(content, position),
        message="a quote stands inside a field that is not quoted",
        expected="the whole field in quotes and each quote inside it doubled",
        mend="export the file again, or correct this line by hand",
    )


def _early_close(name: str, content: bytes, position: int) -> Problem:
    opened = _opening_of(content, position)
    if content.find(b"\n", opened, position) < 0:
        return Problem(
            code="CK114",
            file=name,
            line=_line(content, position),
            message="text follows a closing quote",
            expected="a delimiter or the end of the line after a closing quote",
            mend="double the quotes that belong to the text, or export the file again",
        )
    return _never_closed(name, content, opened)


def _unclosed(name: str, content: bytes, delimiter: str) -> Problem:
    last = content.rindex(b'"')
    mark = delimiter.encode()
    starts_field = last == 0 or content[last - 1 : last] in {mark, b"\n"}
    return _never_closed(name, content, last if starts_field else _opening_of(content, last))


def _never_closed(name: str, content: bytes, opened: int) -> Problem:
    return Problem(
        code="CK113",
        file=name,
        line=_line(content, opened),
        message="a quote is opened on this line and not closed",
        expected="a closing quote before the field ends",
        mend="close the quote on this line, or export the file again",
    )


def _opening_of(content: bytes, position: int) -> int:
    """Return where the quoted field that holds the quote at `position` was opened."""
    quote = content.rfind(b'"', 0, position)
    while quote > 0 and content[quote - 1] == _QUOTE:
        # A doubled quote belongs to the text; a field that starts with one is rare and
        # then the same line is named.
        quote = content.rfind(b'"', 0, quote - 1)
    return max(quote, 0)
