"""Sheets: one export opened as far as its own content tells, before any item is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from climatekit.errors import telling
from climatekit.ingest.days import Days, find_days
from climatekit.ingest.decisions import Decision
from climatekit.ingest.dialects import recognise
from climatekit.ingest.export_files import read_table
from climatekit.ingest.gathering import gather_ratings
from climatekit.ingest.headings import find_row_numbers, refuse_title_row
from climatekit.ingest.layouts import Layout
from climatekit.ingest.rows import Drops, find_drops
from climatekit.ingest.tables import Table
from climatekit.knowledge.settings import ReadingSettings

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sheet:
    """One export: its cells, what its columns are called, and which rows count.

    Attributes
    ----------
    table, layout : Table, Layout
    drops : Drops
        Rows that are left out, by rule.
    kept : ndarray of int
        Indices of the records that count.
    days : Days, optional
        When people answered, where the platform writes it.
    decisions : tuple of Decision
        What was found out on the way, each with its sign.
    """

    table: Table
    layout: Layout
    drops: Drops
    kept: Rows
    days: Days | None
    decisions: tuple[Decision, ...]


def open_sheet(path: Path, reading: ReadingSettings) -> Sheet:
    """Open one export: its table, platform, headings and the rows that count.

    Raises
    ------
    InputError
        If the file cannot be read as a table at all.
    LimitError
        If it is larger than a limit.
    """
    table = read_table(path, reading)
    with telling(table.warnings):
        layout = recognise(table, reading)
        layout = replace(layout, row_numbers=find_row_numbers(table, layout))
        refuse_title_row(table, layout)
        drops = find_drops(table, layout, reading)
        kept = _kept_rows(table, layout, drops.masks)
        days, dated = find_days(table, layout, kept, reading.time_zone)
    decisions = [*table.decisions, *layout.decisions, *dated, *_say_row_numbers(layout)]
    if reading.gather:
        table, layout, gathered = gather_ratings(table, layout, kept)
        decisions += gathered
    return Sheet(
        table=table,
        layout=layout,
        drops=drops,
        kept=kept,
        days=days,
        decisions=tuple(decisions),
    )


def _say_row_numbers(layout: Layout) -> list[Decision]:
    if not layout.row_numbers:
        return []
    return [Decision("row numbers", "column 1", "it holds rising numbers and no heading")]


def _kept_rows(table: Table, layout: Layout, drops: Mapping[str, npt.NDArray[np.bool_]]) -> Rows:
    kept = np.zeros(len(table), dtype=np.bool_)
    kept[layout.first_data_record :] = True
    for mask in drops.values():
        kept &= ~mask
    return np.flatnonzero(kept)
