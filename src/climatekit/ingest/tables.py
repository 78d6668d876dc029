"""Tables: an export as text cells, with the true file line of every record.

Nothing here knows what a column means and nothing becomes a number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from climatekit.errors import InputError, LimitError, Problem
from climatekit.ingest.decoding import Decision, decode
from climatekit.ingest.delimiters import find_delimiter
from climatekit.ingest.quoting import find_quote_fault
from climatekit.ingest.raw import read_bytes
from climatekit.knowledge.settings import ReadingSettings

_CHUNK = 20_000
_MOST_FAULTS = 20
_SHIFTED_SHARE = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """One column as its distinct texts and, per record, which of them it holds.

    Attributes
    ----------
    values : tuple of str
        Distinct cell texts in order of appearance, exactly as in the file.
    codes : ndarray of int32, shape (n_records,)
        Index into `values` for each record.
    """

    values: tuple[str, ...]
    codes: npt.NDArray[np.int32]

    def __getitem__(self, record: int) -> str:
        return self.values[int(self.codes[record])]

    def blank(self) -> npt.NDArray[np.bool_]:
        """Return per record whether the cell holds nothing but blanks."""
        return self.where([not value.strip() for value in self.values])

    def where(self, wanted: Sequence[bool]) -> npt.NDArray[np.bool_]:
        """Return per record whether its value is among those `wanted` (one per value)."""
        return np.asarray(wanted, dtype=np.bool_)[self.codes]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Table:
    """One export, every cell as text, heading rows included.

    Attributes
    ----------
    name : str
        The path as given.
    columns : tuple of TextColumn
        All of equal length; record 0 is the first line that is not blank.
    lines : ndarray of int32, shape (n_records,)
        Line in the file, from 1, where each record starts.
    sha256 : str
        Of the file's bytes.
    decisions, warnings : tuple
        What was found out and by which sign; what was read with doubt.
    skipped : int
        Rows of wrong length left out because `skip_bad_rows` was set.
    """

    name: str
    columns: tuple[TextColumn, ...]
    lines: npt.NDArray[np.int32]
    sha256: str
    encoding: str
    delimiter: str
    decisions: tuple[Decision, ...]
    warnings: tuple[Problem, ...] = ()
    skipped: int = 0

    def __len__(self) -> int:
        return len(self.lines)

    def record(self, index: int) -> list[str]:
        """Return the cells of one record."""
        return [column[index] for column in self.columns]

    @property
    def records(self) -> list[list[str]]:
        """All cells, one list per record; for small tables and tests."""
        return [self.record(index) for index in range(len(self))]


def read_table(path: Path, reading: ReadingSettings) -> Table:
    """Read one delimited text file strictly.

    Parameters
    ----------
    path : Path
    reading : ReadingSettings
        Encoding and delimiter where they are known, and the limits.

    Returns
    -------
    Table
        One record per data or heading row; blank lines are left out but counted in
        the line numbers.

    Raises
    ------
    InputError
        If the file cannot be read as a table, or was read with doubt and
        `reading.strict` is set.
    LimitError
        If it is larger than a limit of `reading`.
    """
    raw = read_bytes(path, max_bytes=reading.max_bytes)
    decoded = decode(raw, reading.encoding)
    delimiter = find_delimiter(raw.name, decoded.content, reading.delimiter)
    fault = find_quote_fault(raw.name, decoded.content, delimiter.mark)
    if fault is not None:
        raise InputError(fault)
    body = _Body(raw.name, reading, skipped_lines=delimiter.skipped_lines)
    body.read(decoded.content, delimiter.mark)
    warnings = (*decoded.warnings, *delimiter.warnings, *body.warnings)
    if reading.strict and warnings:
        raise InputError([replace(one, severity="error") for one in warnings])
    return Table(
        name=raw.name,
        columns=body.columns(),
        lines=body.line_numbers(),
        sha256=raw.sha256,
        encoding=decoded.codec,
        delimiter=delimiter.mark,
        decisions=(decoded.decision, delimiter.decision),
        warnings=warnings,
        skipped=len(body.faults),
    )


@dataclass(slots=True)
class _Growing:
    """A column while it is being read: its distinct texts so far, and codes by chunk."""

    known: dict[str, int] = field(default_factory=dict)
    chunks: list[npt.NDArray[np.int32]] = field(default_factory=list)

    def add(self, cells: Sequence[str], most: int) -> bool:
        """Take one chunk of cells; False if a new text is longer than `most`."""
        codes, uniques = pd.factorize(np.array(cells, dtype=object))
        known = self.known
        fits = True
        places = np.empty(len(uniques), dtype=np.int32)
        for index, text in enumerate(uniques):
            fits = fits and len(text) <= most
            places[index] = known.setdefault(text, len(known))
        self.chunks.append(places[codes])
        return fits


@dataclass(slots=True)
class _Body:
    """The records of one file as they come in."""

    name: str
    reading: ReadingSettings
    skipped_lines: int
    width: int = 0
    rows: int = 0
    padded: bool = False
    growing: list[_Growing] = field(default_factory=list)
    lines: list[npt.NDArray[np.int32]] = field(default_factory=list)
    faults: list[tuple[int, int]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def read(self, content: bytes, delimiter: str) -> None:
        # A file may hold longer fields than csv's own limit; ours is checked below.
        csv.field_size_limit(max(csv.field_size_limit(), self.reading.max_field))
        stream = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="\n")
        for _ in range(self.skipped_lines):
            stream.readline()
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        for records, lines in self._chunks(reader, lambda: reader.line_num):
            self._take(records, lines)
        self._judge_faults()

    def columns(self) -> tuple[TextColumn, ...]:
        return tuple(
            TextColumn(tuple(one.known), np.concatenate(one.chunks)) for one in self.growing
        )

    def line_numbers(self) -> npt.NDArray[np.int32]:
        return np.concatenate(self.lines)

    def _chunks(
        self, reader: Iterator[list[str]], lines_read: Callable[[], int]
    ) -> Iterator[tuple[list[list[str]], npt.NDArray[np.int32]]]:
        line = self.skipped_lines + 1
        size = 1
        while True:
            try:
                # The heading comes alone, so that its width is checked before more is read.
                records = list(islice(reader, size))
            except csv.Error as error:
                at = self.skipped_lines + lines_read()
                raise self._csv_fault(max(at, line), str(error)) from error
            if not records:
                return
            size = _CHUNK
            heights = np.fromiter(
                (1 + sum(cell.count("\n") for cell in record if "\n" in cell) for record in records)
                if any("\n" in cell for record in records for cell in record)
                else (1 for _ in records),
                dtype=np.int32,
                count=len(records),
            )
            ends = np.cumsum(heights, dtype=np.int32)
            yield records, line + ends - heights
            line += int(ends[-1])

    def _csv_fault(self, line: int, reason: str) -> InputError | LimitError:
        if "field larger" in reason:
            return LimitError(self._long_field(line))
        return InputError(
            Problem(
                code="CK114",
                file=self.name,
                line=line,
                message=f"from this line on the table cannot be split into fields ({reason})",
                mend="export the file again",
            )
        )

    def _take(self, records: list[list[str]], lines: npt.NDArray[np.int32]) -> None:
        widths = np.fromiter(map(len, records), dtype=np.int32, count=len(records))
        if not widths.all():
            keep = widths > 0
            records = [record for record in records if record]
            lines, widths = lines[keep], widths[keep]
        if not records:
            return
        if not self.width:
            self._start(records[0], int(lines[0]))
        if (widths != self.width).any():
            records, lines = self._set_right(records, lines, widths)
        self.rows += len(records)
        if self.rows > self.reading.max_rows + 3:
            raise LimitError(self._limit("CK602", "rows", self.reading.max_rows, "max_rows"))
        if not records:
            return
        for place, cells in enumerate(zip(*records, strict=True)):
            if not self.growing[place].add(cells, self.reading.max_field):
                longest = max(range(len(cells)), key=lambda index: len(cells[index]))
                raise LimitError(self._long_field(int(lines[longest])))
        self.lines.append(lines)

    def _start(self, heading: list[str], line: int) -> None:
        most = self.reading.max_columns
        if len(heading) > most:
            raise LimitError(self._limit("CK603", "columns", most, "max_columns"))
        for place, cell in enumerate(heading, start=1):
            if len(cell) > self.reading.max_heading:
                raise LimitError(
                    Problem(
                        code="CK606",
                        file=self.name,
                        line=line,
                        column=f"number {place}",
                        message="a heading is longer than the limit of "
                        f"{self.reading.max_heading:,} characters",
                        found=f"{len(cell):,} characters",
                        expected=f"at most {self.reading.max_heading:,} (max_heading)",
                        mend="shorten the heading, or raise max_heading under [reading]",
                    )
                )
        self.width = len(heading)
        self.growing = [_Growing() for _ in heading]

    def _set_right(
        self,
        records: list[list[str]],
        lines: npt.NDArray[np.int32],
        widths: npt.NDArray[np.int32],
    ) -> tuple[list[list[str]], npt.NDArray[np.int32]]:
        """Keep rows of the right length; note the others."""
        last_heading = next(reversed(self.growing[-1].known), None) if self.growing else None
        if not self.faults and last_heading == "" and (widths == self.width - 1).all():
            # Only the heading line ends with a comma: one empty column, nothing shifted.
            self.padded = True
            return [[*record, ""] for record in records], lines
        right = widths == self.width
        self.faults += list(zip(lines[~right].tolist(), widths[~right].tolist(), strict=True))
        kept = [record for record, good in zip(records, right, strict=True) if good]
        return kept, lines[right]

    def _judge_faults(self) -> None:
        faults = self.faults
        if not faults:
            return
        data_rows = self.rows - 1 + len(faults)
        common = faults[0][1]
        alike = sum(1 for _, width in faults if width == common)
        if alike >= _SHIFTED_SHARE * data_rows and data_rows > 1:
            raise InputError(self._shifted(common, alike))
        severity = "warning" if self.reading.skip_bad_rows else "error"
        if severity == "error":
            problems = [self._wrong_length(line, width) for line, width in faults[:_MOST_FAULTS]]
            rest = len(faults) - len(problems)
            if rest:
                problems[-1] = replace(problems[-1], count=rest + 1)
            raise InputError(problems)
        self.warnings.append(
            replace(
                self._wrong_length(*faults[0]),
                severity="warning",
                message="rows of wrong length were left out, as asked for",
                mend=None,
                count=len(faults),
            )
        )

    def _shifted(self, width: int, rows: int) -> Problem:
        return Problem(
            code="CK116",
            file=self.name,
            line=self.faults[0][0],
            message=f"the heading has {self.width} fields but the rows below have {width}; "
            "read on, every answer would stand under the wrong heading",
            expected=f"{self.width} fields in every row",
            mend="export the file again, or give each column its heading",
            count=rows,
        )

    def _wrong_length(self, line: int, width: int) -> Problem:
        return Problem(
            code="CK115",
            file=self.name,
            line=line,
            message=f"the row has {width} fields, the heading has {self.width}",
            expected=f"{self.width} fields",
            mend="correct the row (a comma in a text needs quotes round the text), "
            "or leave such rows out with --skip-bad-rows",
        )

    def _long_field(self, line: int) -> Problem:
        most = self.reading.max_field
        return Problem(
            code="CK604",
            file=self.name,
            line=line,
            message=f"a field is longer than the limit of {most:,} characters",
            expected=f"at most {most:,} characters (max_field)",
            mend="shorten the text, or raise max_field under [reading]",
        )

    def _limit(self, code: str, what: str, most: int, key: str) -> Problem:
        return Problem(
            code=code,
            file=self.name,
            message=f"the file has more {what} than the limit of {most:,}",
            expected=f"at most {most:,} {what} ({key})",
            mend=f"raise {key} under [reading], or split the export",
        )
