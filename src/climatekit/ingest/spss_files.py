"""SPSS files: names, column labels, value labels and declared missing codes, as text."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from climatekit.errors import InputError, LimitError, Problem
from climatekit.ingest.decisions import Decision
from climatekit.ingest.raw import RawFile
from climatekit.ingest.tables import Table, TextColumn
from climatekit.ingest.text import write_number
from climatekit.knowledge.settings import ReadingSettings


def read_spss(raw: RawFile, reading: ReadingSettings) -> Table:
    """Return an SPSS file as a table of two heading rows, names and column labels.

    A cell is its value label, or its number where it has none; ``answers_from = "codes"`` takes
    the numbers throughout. Codes that the file declares as missing become blank and are
    counted in a decision.

    Raises
    ------
    InputError
        If the extra ``climatekit[spss]`` is not installed, or the file is damaged.
    LimitError
        If it holds more rows or columns than `reading` allows.
    """
    try:
        import pyreadstat
    except ImportError as error:
        raise InputError(
            Problem(
                code="CK139",
                file=raw.name,
                message="this is an SPSS file; reading it needs an extra package",
                expected="pyreadstat, which climatekit[spss] brings",
                mend='install it with pip install "climatekit[spss]", or save the file as CSV',
            )
        ) from error
    try:
        frame, facts = pyreadstat.read_sav(
            io.BytesIO(raw.content), user_missing=True, disable_datetime_conversion=True
        )
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError) as error:
        raise InputError(
            Problem(
                code="CK137",
                file=raw.name,
                message="the SPSS file is damaged or of an unknown kind",
                expected="a .sav file as SPSS or the survey platform wrote it",
                mend="export it again, or save it as CSV UTF-8",
            )
        ) from error
    _check_size(raw.name, frame, reading)
    return _make_table(raw, frame, facts, reading)


def _check_size(name: str, frame: pd.DataFrame, reading: ReadingSettings) -> None:
    for code, what, count, most, key in (
        ("CK602", "rows", len(frame), reading.max_rows, "max_rows"),
        ("CK603", "columns", frame.shape[1], reading.max_columns, "max_columns"),
    ):
        if count > most:
            raise LimitError(
                Problem(
                    code=code,
                    file=name,
                    message=f"the file has more {what} than the limit of {most:,}",
                    expected=f"at most {most:,} {what} ({key})",
                    mend=f"raise {key} under [reading], or split the export",
                )
            )


def _make_table(
    raw: RawFile,
    frame: pd.DataFrame,
    facts: Any,  # noqa: ANN401 (pyreadstat ships no types)
    reading: ReadingSettings,
) -> Table:
    columns, missing = [], 0
    labelled = 0
    for name, title in zip(frame.columns, facts.column_labels, strict=True):
        labels = (
            facts.variable_value_labels.get(name, {}) if reading.answers_from == "labels" else {}
        )
        codes, uniques = pd.factorize(frame[name].to_numpy(dtype=object), use_na_sentinel=False)
        ranges = facts.missing_ranges.get(name, ())
        gone = np.array([_is_missing(value, ranges) for value in uniques], dtype=np.bool_)
        missing += int(gone[codes].sum()) if len(codes) else 0
        labelled += bool(labels)
        texts = [
            "" if absent else _as_text(value, labels)
            for value, absent in zip(uniques, gone, strict=True)
        ]
        columns.append(_column([str(name), str(title or ""), *texts], codes + 2))
    encoding = str(facts.file_encoding or "utf-8").casefold()
    sign = (
        f"value labels of {labelled} columns" if reading.answers_from == "labels" else "asked for"
    )
    return Table(
        name=raw.name,
        columns=tuple(columns),
        lines=np.arange(1, len(frame) + 3, dtype=np.int32),
        sha256=raw.sha256,
        encoding=encoding,
        delimiter="",
        kind="spss",
        decisions=(
            Decision("encoding", encoding, "named in the file"),
            Decision("answers from", reading.answers_from, sign),
            Decision(
                "declared missing", f"{missing} cells read as blank", "missing codes of the file"
            ),
        ),
    )


def _column(texts: Sequence[str], codes: np.ndarray[Any, Any]) -> TextColumn:
    places: dict[str, int] = {}
    index = np.array([places.setdefault(text, len(places)) for text in texts], dtype=np.int32)
    return TextColumn(tuple(places), np.concatenate([index[:2], index[codes]]).astype(np.int32))


def _is_missing(value: object, ranges: Sequence[Mapping[str, object]]) -> bool:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return False
    for one in ranges:
        low, high = one["lo"], one["hi"]
        if isinstance(value, str) != isinstance(low, str):
            continue
        if low <= value <= high:  # type: ignore[operator]
            return True
    return False


def _as_text(value: object, labels: Mapping[object, str]) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if value in labels:
        return str(labels[value])
    if isinstance(value, float):
        return write_number(value)
    return str(value)
