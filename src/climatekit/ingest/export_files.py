"""Export files: text, Excel workbook or SPSS file, read to one kind of table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from climatekit.ingest.platform_facts import known_platforms
from climatekit.ingest.raw import RawFile, read_bytes
from climatekit.ingest.signs import shows
from climatekit.ingest.splitting import split_records
from climatekit.ingest.spss_files import read_spss
from climatekit.ingest.tables import Table, make_table, read_text_table
from climatekit.ingest.workbooks import as_csv, read_sheet
from climatekit.knowledge.settings import ReadingSettings

_MARK = ","


def read_table(path: Path, reading: ReadingSettings) -> Table:
    """Read one export, every cell as text.

    Parameters
    ----------
    path : Path
        Delimited text, an ``.xlsx`` workbook or an SPSS ``.sav`` file.
    reading : ReadingSettings
        What is known of the file, and the limits.

    Raises
    ------
    InputError
        If the file cannot be read as a table, or was read with doubt and
        `reading.strict` is set.
    LimitError
        If it is larger than a limit of `reading`.
    """
    raw = read_bytes(path, max_bytes=reading.max_bytes)
    if raw.kind == "spss":
        return read_spss(raw, reading)
    if raw.kind == "workbook":
        return _read_workbook(raw, reading)
    return read_text_table(raw, reading)


def _read_workbook(raw: RawFile, reading: ReadingSettings) -> Table:
    rows, decision = read_sheet(raw, reading, _is_recognised)
    records = split_records(as_csv(rows), _MARK)
    # A line is a row of the sheet, however many lines a cell holds.
    numbered = replace(records, lines=np.arange(1, len(records) + 1, dtype=np.int32))
    return make_table(raw, numbered, reading, encoding="xlsx", decisions=(decision,))


def _is_recognised(head: Sequence[Sequence[str]]) -> bool:
    return any(
        form.signs and all(shows(sign, head, "workbook") for sign in form.signs)
        for platform in known_platforms().values()
        for form in platform.forms
        if not platform.refuse
    )
