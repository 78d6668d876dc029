"""Counted people: exports in which a row is not a person, told apart by record id."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from climatekit.errors import Problem
from climatekit.ingest.layouts import Layout
from climatekit.ingest.tables import Table

Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


def find_spare_rows(table: Table, layout: Layout, kept: Rows, answered: Mask) -> Mask:
    """Return which kept rows are no person of their own.

    A row without an answer is one when its record has answers in another row, or an
    earlier row: a person's other event or repeat.

    Parameters
    ----------
    kept : ndarray of int, shape (n_kept,)
        Indices of the records that count.
    answered : ndarray of bool, shape (n_kept,)
        Whether the row answers any item.
    """
    if not layout.people or "respondent" not in layout.metadata:
        return np.zeros(len(kept), dtype=np.bool_)
    records = table.columns[layout.metadata["respondent"]].codes[kept]
    has_answers = np.isin(records, records[answered])
    again = pd.Series(records).duplicated(keep="first").to_numpy()
    return ~answered & (has_answers | again)


def check_events(table: Table, layout: Layout, people: Rows) -> list[Problem]:
    """Refuse records with answers in more than one event or repeat; none is guessed.

    Parameters
    ----------
    people : ndarray of int, shape (n_people,)
        Indices of the rows with answers.
    """
    if not layout.people or "respondent" not in layout.metadata:
        return []
    records = pd.Series(table.columns[layout.metadata["respondent"]].codes[people])
    twice = records.duplicated(keep=False).to_numpy()
    if not twice.any():
        return []
    kinds = [kind for kind in ("event", "repeat") if kind in layout.metadata]
    told = [_count(table, layout.metadata[kind], people[twice]) for kind in kinds]
    by_event = "event" in kinds and len(told[0]) > 1
    return [
        Problem(
            code="CK136",
            file=table.name,
            line=int(table.lines[people[int(twice.argmax())]]),
            column=layout.title(layout.metadata["event" if by_event else "respondent"]),
            message=f"{len(people)} rows with answers are of {records.nunique()} records: "
            "a row is not a person",
            found="; ".join(_tell(one) for one in told if one) or "records that repeat",
            expected="one row with answers for each record",
            mend="choose one event with event under [reading] (--event), and make each its own wave"
            if by_event
            else "keep the first or last repeat with duplicates under [reading] (--duplicates)",
            count=int(twice.sum()),
        )
    ]


def _count(table: Table, place: int, rows: Rows) -> list[tuple[str, int]]:
    column = table.columns[place]
    codes, counts = np.unique(column.codes[rows], return_counts=True)
    return [
        (column.values[code], int(count))  # noqa: PD011 (texts, no pandas)
        for code, count in zip(codes, counts, strict=True)
    ]


def _tell(counted: Sequence[tuple[str, int]], most: int = 8) -> str:
    said = ", ".join(text or "none" for text, _ in counted[:most])
    return f"events or repeats {said}" + (" and more" if len(counted) > most else "")
