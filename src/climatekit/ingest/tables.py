"""Tables: an export as text cells, with the true file line of every record.

Nothing here knows what a column means and nothing becomes a number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from climatekit.errors import InputError, LimitError, Problem, telling
from climatekit.ingest.decisions import Decision
from climatekit.ingest.decoding import decode, tell_empty
from climatekit.ingest.delimiters import find_delimiter
from climatekit.ingest.preambles import Start, find_start
from climatekit.ingest.quoting import find_quote_fault, quote_bare_fields
from climatekit.ingest.raw import RawFile
from climatekit.ingest.splitting import Records, parse_record, split_records
from climatekit.knowledge.settings import ReadingSettings

_CHUNK = 12_000
_MOST_FAULTS = 20
_SHIFTED_SHARE = 0.9
_CHUNK_CELLS = 3_000_000
_MOST_HEADINGS = 3


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
    kind : str
        ``text``, ``workbook`` or ``spss``.
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
    kind: str = "text"
    decisions: tuple[Decision, ...] = ()
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


def read_text_table(raw: RawFile, reading: ReadingSettings) -> Table:
    """Read one delimited text file strictly.

    Parameters
    ----------
    raw : RawFile
    reading : ReadingSettings
        Encoding, delimiter and first row where they are known, and the limits.

    Returns
    -------
    Table
        One record per data or heading row; blank lines and title lines are left out but
        counted in the line numbers.

    Raises
    ------
    InputError
        If the file cannot be read as a table, or was read with doubt and
        `reading.strict` is set.
    LimitError
        If it is larger than a limit of `reading`.
    """
    decoded = decode(raw, reading.encoding)
    delimiter = find_delimiter(raw.name, decoded.content, reading.delimiter)
    warnings = (*decoded.warnings, *delimiter.warnings)
    with telling(warnings):
        content, quoted = _settle_quotes(raw.name, decoded.content, delimiter.mark)
    records = split_records(content, delimiter.mark).after(delimiter.skipped_lines)
    if not len(records):  # a sep= line and nothing else
        raise InputError(tell_empty(raw.name))
    return make_table(
        raw,
        records,
        reading,
        encoding=decoded.codec,
        decisions=(decoded.decision, delimiter.decision),
        warnings=(*warnings, *quoted),
    )


def _settle_quotes(name: str, content: bytes, mark: str) -> tuple[bytes, tuple[Problem, ...]]:
    """Refuse quotes that leave open where a field ends; tabs around them leave no doubt."""
    fault = find_quote_fault(name, content, mark)
    if fault is None:
        return content, ()
    plain = quote_bare_fields(content, mark) if mark == "\t" else None
    if plain is None:
        raise InputError(fault)
    told = replace(
        fault,
        severity="warning",
        message="quotes stand inside fields, and no field is quoted; they were read as they stand",
        expected=None,
        mend="export the file again if a text looks cut or joined",
    )
    return plain, (told,)


def make_table(
    raw: RawFile,
    records: Records,
    reading: ReadingSettings,
    *,
    encoding: str,
    decisions: tuple[Decision, ...],
    warnings: tuple[Problem, ...] = (),
) -> Table:
    """Make the table of a file's records.

    Raises
    ------
    InputError
        If rows are of wrong length, or something was read with doubt and
        `reading.strict` is set.
    LimitError
        If it is larger than a limit of `reading`.
    """
    body = _Body(raw.name, reading, records.mark)
    with telling(warnings):
        start = body.read(records)
    warnings = (*warnings, *body.warnings)
    if reading.strict and warnings:
        raise InputError([replace(one, severity="error") for one in warnings])
    return Table(
        name=raw.name,
        columns=body.columns(),
        lines=body.lines,
        sha256=raw.sha256,
        encoding=encoding,
        delimiter=records.mark if raw.kind == "text" else "",
        kind=raw.kind,
        decisions=(*decisions, *start.decisions),
        warnings=warnings,
        skipped=len(body.faults),
    )


@dataclass(slots=True)
class _Growing:
    """A column while it is being read: its distinct texts so far, and codes by chunk."""

    known: dict[str, int] = field(default_factory=dict)
    chunks: list[npt.NDArray[np.int32]] = field(default_factory=list)

    def add(self, texts: Sequence[str], codes: npt.NDArray[np.intp]) -> None:
        """Take one chunk of cells: its distinct texts as they appear, and which each holds."""
        known = self.known
        places = np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int32)
        self.chunks.append(places[codes])


@dataclass(slots=True)
class _Body:
    """The records of one file as they come in."""

    name: str
    reading: ReadingSettings
    mark: str
    width: int = 0
    heading: list[str] = field(default_factory=list)
    growing: list[_Growing] = field(default_factory=list)
    lines: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    faults: list[tuple[int, int]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def read(self, records: Records) -> Start:
        if len(records) > self.reading.max_rows + _MOST_HEADINGS:
            raise LimitError(self._limit("CK602", "rows", self.reading.max_rows, "max_rows"))
        start = find_start(self.name, records, self.reading)
        records = records.where(np.arange(len(records)) >= start.record)
        self._start(records)
        records, content, ends = self._set_right(records)
        self.lines = records.lines
        self._take(content, ends)
        return start

    def columns(self) -> tuple[TextColumn, ...]:
        return tuple(
            TextColumn(tuple(one.known), np.concatenate(one.chunks)) for one in self.growing
        )

    def _take(self, content: bytes, ends: npt.NDArray[np.int64]) -> None:
        """Split sound records into columns; every cell stays the text that it is."""
        step = max(1, min(_CHUNK, _CHUNK_CELLS // self.width))
        begin = 0
        for first in range(0, len(ends), step):
            end = int(ends[min(first + step, len(ends)) - 1])
            chunk = self._split(content[begin:end])
            begin = end
            for place, growing in enumerate(self.growing):
                codes, found = pd.factorize(chunk[place].to_numpy(), use_na_sentinel=False)
                texts = found.tolist()
                sizes = [len(text) for text in texts]
                if max(sizes) > self.reading.max_field:
                    at = int(np.array(sizes)[codes].argmax())
                    raise LimitError(self._long_field(int(self.lines[first + at])))
                growing.add(texts, codes)

    def _split(self, content: bytes) -> pd.DataFrame:
        """Return records as columns of texts, each as it stands: 007 stays 007."""
        return pd.read_csv(
            io.BytesIO(content),
            sep=self.mark,
            header=None,
            names=range(self.width),
            index_col=False,
            dtype=object,
            na_filter=False,
            keep_default_na=False,
            skip_blank_lines=False,
            lineterminator="\n",
            encoding="utf-8",
            low_memory=False,
        )

    def _start(self, records: Records) -> None:
        most = self.reading.max_columns
        width, line = int(records.widths[0]), int(records.lines[0])
        if width > most:
            raise LimitError(self._limit("CK603", "columns", most, "max_columns"))
        self.heading = records.parse(0)
        for place, cell in enumerate(self.heading, start=1):
            if len(cell) > self.reading.max_field:
                raise LimitError(self._long_field(line))
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
        self.width = width
        self.growing = [_Growing() for _ in self.heading]

    def _set_right(self, records: Records) -> tuple[Records, bytes, npt.NDArray[np.int64]]:
        """Keep rows of the right length, mend those that lack or add only blanks."""
        wrong = records.widths != self.width
        if not wrong.any():
            return records, records.content(), np.cumsum(records.ends - records.starts)
        named = max((n for n, cell in enumerate(self.heading, 1) if cell.strip()), default=0)
        pieces: list[bytes | None] = []
        mended = 0
        for index in range(len(records)):
            piece: bytes | None = records.slice(index)
            if wrong[index]:
                piece = self._mend(records, index, named)
                mended += piece is not None
                if piece is None:
                    self.faults.append((int(records.lines[index]), int(records.widths[index])))
            pieces.append(piece)
        self._judge_faults(len(records))
        if mended:
            self._say_mended(records, mended)
        kept = np.array([piece is not None for piece in pieces], dtype=np.bool_)
        sound = [piece for piece in pieces if piece is not None]
        ends = np.cumsum([len(piece) for piece in sound], dtype=np.int64)
        return records.where(kept), b"".join(sound), ends

    def _mend(self, records: Records, index: int, named: int) -> bytes | None:
        """Return a row of wrong length with only blanks added or cut, or None."""
        width, piece = int(records.widths[index]), records.slice(index)
        if named <= width < self.width:
            return piece.rstrip(b"\n") + self.mark.encode() * (self.width - width) + b"\n"
        if width > self.width:
            cells = parse_record(piece, self.mark)
            if not any(cell.strip() for cell in cells[self.width :]):
                return _write_record(cells[: self.width], self.mark)
        return None

    def _say_mended(self, records: Records, rows: int) -> None:
        first = int(np.flatnonzero(records.widths != self.width)[0])
        self.warnings.append(
            Problem(
                code="CK117",
                severity="warning",
                file=self.name,
                line=int(records.lines[first]),
                message=f"{rows} rows are longer or shorter than the headings by empty fields "
                "only; nothing is shifted, and they were read so",
                mend="export the file again if an answer is missing",
                count=rows,
            )
        )

    def _judge_faults(self, rows: int) -> None:
        faults = self.faults
        if not faults:
            return
        common = faults[0][1]
        alike = sum(1 for _, width in faults if width == common)
        if alike >= _SHIFTED_SHARE * (rows - 1) and rows > 2:  # noqa: PLR2004 (a pattern)
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


def _write_record(cells: Sequence[str], mark: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=mark, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(cells)
    return stream.getvalue().encode()
