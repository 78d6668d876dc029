"""Table files: the CSV tables of a release."""

from __future__ import annotations

from collections.abc import Sequence

from climatekit.run.files.spreadsheet import Cell, write_csv
from climatekit.run.study import Study
from climatekit.run.tables import quality_tables, tables

_BYTE_MARK = "\ufeff"  # without it Excel reads a school's accents wrong


def write_tables(study: Study) -> dict[str, bytes]:
    """Return each table's file by its name."""
    schools = tuple(study.release.schools)
    return {
        "scores.csv": _write_csv(tables.SCORE_COLUMNS, tables.list_scores(study)),
        "changes.csv": _write_csv(tables.CHANGE_COLUMNS, tables.list_changes(study, schools)),
        "items.csv": _write_csv(tables.ITEM_COLUMNS, tables.list_items(study)),
        "reliability.csv": _write_csv(tables.RELIABILITY_COLUMNS, tables.list_reliability(study)),
        "reliability_detail.csv": _write_csv(
            quality_tables.DETAIL_COLUMNS, quality_tables.list_detail(study)
        ),
        "data_use.csv": _write_csv(tables.RATING_COLUMNS, tables.list_ratings(study, schools)),
    }


def _write_csv(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    return (_BYTE_MARK + write_csv(columns, rows, line_end="\r\n")).encode()
