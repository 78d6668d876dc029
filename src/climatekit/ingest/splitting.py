"""Splitting: where each record of a text table starts, its width and its line, by bytes.

The bytes are looked at whole columns of them at a time, so that a large export costs
little more than reading it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_QUOTE = 0x22
_NEWLINE = 0x0A
_CHUNK = 1 << 24
_LONGEST_FIELD = (1 << 31) - 1

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Records:
    """The records of a text table that are not blank lines.

    Attributes
    ----------
    text : bytes
        UTF-8 with ``\\n`` line ends, the last one included.
    starts, ends : ndarray of int64, shape (n_records,)
        Byte positions; an end is behind the record's line end.
    widths : ndarray of int32, shape (n_records,)
        Number of fields.
    lines : ndarray of int32, shape (n_records,)
        Line in the file, from 1, where each record starts.
    """

    text: bytes
    mark: str
    starts: Places
    ends: Places
    widths: npt.NDArray[np.int32]
    lines: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts)

    def slice(self, index: int) -> bytes:
        """Return one record's bytes, its line end included."""
        return self.text[int(self.starts[index]) : int(self.ends[index])]

    def parse(self, index: int) -> list[str]:
        """Return the cells of one record."""
        return parse_record(self.slice(index), self.mark)

    def where(self, kept: npt.NDArray[np.bool_]) -> Records:
        """Return only the records that are `kept`."""
        return Records(
            text=self.text,
            mark=self.mark,
            starts=self.starts[kept],
            ends=self.ends[kept],
            widths=self.widths[kept],
            lines=self.lines[kept],
        )

    def after(self, lines: int) -> Records:
        """Return only the records that start behind so many lines."""
        return self if not lines else self.where(self.lines > lines)

    def content(self) -> bytes:
        """Return the bytes of these records, one after the other."""
        if not len(self):
            return b""
        if (self.starts[1:] == self.ends[:-1]).all():
            return self.text[int(self.starts[0]) : int(self.ends[-1])]
        return b"".join(self.slice(index) for index in range(len(self)))


def parse_record(piece: bytes, mark: str) -> list[str]:
    """Return the cells of one record's bytes."""
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(piece.decode("utf-8"), newline=""), delimiter=mark)
    return next(reader, [])


def split_records(content: bytes, mark: str) -> Records:
    """Find the records of a text whose quotes are sound.

    Parameters
    ----------
    content : bytes
        UTF-8 text with ``\\n`` line ends.
    mark : str
        The delimiter, one ASCII character.
    """
    text = content if content.endswith(b"\n") else content + b"\n"
    data = np.frombuffer(text, dtype=np.uint8)
    quoted = b'"' in text
    ends, line_ends, marks = [], [], []
    opened = marks_before = lines_before = 0
    for start in range(0, data.size, _CHUNK):
        chunk = data[start : start + _CHUNK]
        newlines = np.flatnonzero(chunk == _NEWLINE)
        lines_before_next = lines_before + int(newlines.size)
        all_lines = np.arange(newlines.size)
        delimiters = np.flatnonzero(chunk == ord(mark))
        if quoted:
            quotes = np.flatnonzero(chunk == _QUOTE)
            outside = _stand_outside(newlines, quotes, opened)
            newlines, all_lines = newlines[outside], all_lines[outside]
            delimiters = delimiters[_stand_outside(delimiters, quotes, opened)]
            opened += int(quotes.size)
        ends.append(newlines + start + 1)
        line_ends.append(all_lines + lines_before + 1)
        marks.append(np.searchsorted(delimiters, newlines) + marks_before)
        marks_before += int(delimiters.size)
        lines_before = lines_before_next
    return _as_records(
        text, mark, np.concatenate(ends), np.concatenate(line_ends), np.concatenate(marks)
    )


def _stand_outside(places: Places, quotes: Places, opened: int) -> npt.NDArray[np.bool_]:
    """Return which places have an even number of quotes before them: those outside quotes."""
    turns = np.zeros(places.size + 1, dtype=np.uint8)
    # Far fewer quotes than places: each is looked up once, and turns all behind it.
    at, often = np.unique(np.searchsorted(places, quotes), return_counts=True)
    turns[at] = often & 1
    outside: npt.NDArray[np.bool_] = (np.cumsum(turns[:-1], dtype=np.uint8) + opened % 2) % 2 == 0
    return outside


def _as_records(text: bytes, mark: str, ends: Places, line_ends: Places, marks: Places) -> Records:
    starts = np.concatenate([[0], ends[:-1]])
    records = Records(
        text=text,
        mark=mark,
        starts=starts,
        ends=ends,
        widths=(np.diff(marks, prepend=0) + 1).astype(np.int32),
        lines=(np.concatenate([[0], line_ends[:-1]]) + 1).astype(np.int32),
    )
    filled = ends - starts > 1
    return records if filled.all() else records.where(filled)
