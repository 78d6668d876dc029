"""Weights: how much each person counts, for the scales that allow it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from climatekit.errors import Problem, count_of
from climatekit.ingest.tables import Table
from climatekit.knowledge.scales import Scale, list_rules

# No thousands signs: whether 1,234 is one or a thousand is not for us to say.
_NUMBER = re.compile(r"\d{1,12}(?:([.,])\d{1,15})?(?:[eE][-+]?\d{1,2})?")

Rows = npt.NDArray[np.intp]


@dataclass(slots=True, kw_only=True)
class Weighed:
    """One weight per row, NaN where there is none, which cells are blank, and what is wrong.

    No problem repeats a weight: it may be one person's alone.
    """

    weights: npt.NDArray[np.float64]
    blank: npt.NDArray[np.bool_]
    problems: list[Problem] = field(default_factory=list)


def read_weights(table: Table, column: int, rows: Rows, *, heading: str) -> Weighed:
    """Return the weight of each row; blank cells are NaN, everything else is above 0.

    Parameters
    ----------
    rows : ndarray of int
        Indices of the records that count.
    heading : str
        The column's, for problems.
    """
    texts = table.columns[column]
    codes = texts.codes[rows]
    values = np.full(len(texts.values), np.nan)
    bad = np.zeros(len(texts.values), dtype=np.bool_)
    blank = np.array([not text.strip() for text in texts.values], dtype=np.bool_)
    marks: set[str] = set()
    for index in np.unique(codes).tolist():
        text = texts.values[index].strip()
        found = _NUMBER.fullmatch(text)
        if found:
            values[index] = float(text.replace(",", "."))
            marks |= {found[1]} - {None}
        bad[index] = not blank[index] and not (found and 0 < values[index] < np.inf)
    problems = []
    wrong = bad[codes]
    if wrong.any():
        problems.append(
            _report(
                table,
                rows[wrong],
                heading,
                message="a weight is not a number above 0",
                expected="a plain number above 0, such as 1.25",
            )
        )
    elif len(marks) > 1:
        problems.append(
            _report(
                table,
                rows[:1],
                heading,
                message="some weights have a decimal comma and some a point",
                expected="one decimal mark in the whole column",
            )
        )
    return Weighed(weights=values[codes], blank=blank[codes], problems=problems)


def refuse_blank(table: Table, rows: Rows, *, heading: str) -> list[Problem]:
    """Return the problem that people without a weight are, by the rule of the settings."""
    if not len(rows):
        return []
    return [
        Problem(
            code="CK242",
            file=table.name,
            line=int(table.lines[rows[0]]),
            column=heading,
            message=f"{count_of(len(rows), 'person', 'people')} with answers but no weight",
            found="a blank cell",
            expected="a weight for each person with answers",
            mend='fill the weights in, or write missing_weight = "drop" under [reading] '
            "(--missing-weight drop)",
            count=len(rows),
        )
    ]


def list_weighted_scores(scales: Sequence[Scale]) -> list[str]:
    """Return the scores in which people are weighted."""
    return [rule.id for rule in list_rules(scales) if rule.weighted]


def check_allowed(scales: Sequence[Scale], heading: str) -> list[Problem]:
    """Return a problem when weights are named and no scale lets people be weighted."""
    if list_weighted_scores(scales):
        return []
    return [
        Problem(
            code="CK238",
            column=heading,
            message="people cannot be weighted: no scale that was asked allows it",
            found=", ".join(scale.title for scale in scales),
            expected='a scale whose scores have person_weights = "allowed"',
            mend="take weight away under [columns] (--weight-column); each person then counts once",
        )
    ]


def _report(table: Table, rows: Rows, heading: str, *, message: str, expected: str) -> Problem:
    return Problem(
        code="CK239",
        file=table.name,
        line=int(table.lines[rows[0]]),
        column=heading,
        message=message,
        found="another text",
        expected=expected,
        mend="correct the weights in the export",
        count=len(rows),
    )
