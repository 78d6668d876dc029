"""Rows: which rows of an export are no answers of a person, by named rules."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from climatekit.errors import Problem
from climatekit.ingest.dialects import DropRule, Layout
from climatekit.ingest.tables import Table, TextColumn
from climatekit.ingest.text import clean

_MOST_NAMED = 5

Mask = npt.NDArray[np.bool_]


def find_drops(table: Table, layout: Layout, *, keep_unfinished: bool) -> dict[str, Mask]:
    """Return the rows to leave out, by the rule that leaves them out.

    Returns
    -------
    dict of str to ndarray of bool, shape (n_records,)
        In the order in which the rules are used: ``blank``, ``repeated heading``, then
        the platform's (``preview``, ``test``, ``spam``, ``unfinished``). A row that an
        earlier rule took is not counted again. Heading rows are in none.
    """
    data = np.zeros(len(table), dtype=np.bool_)
    data[layout.first_data_record :] = True
    rules: dict[str, Mask] = {
        "blank": _all_blank(table),
        "repeated heading": _repeats_heading(table, layout),
    }
    for rule in layout.drop:
        if rule.rule == "unfinished" and keep_unfinished:
            continue
        if rule.column in layout.metadata and rule.unless not in layout.metadata:
            found = _fits(table.columns[layout.metadata[rule.column]], rule)
            rules[rule.rule] = rules.get(rule.rule, np.zeros_like(data)) | found
    drops = {}
    for name, mask in rules.items():
        drops[name] = mask & data
        data &= ~mask
    return drops


def check_statuses(table: Table, layout: Layout) -> list[Problem]:
    """Return a warning for each metadata column with values that no rule knows."""
    problems = []
    for kind, kept in layout.kept.items():
        if kind not in layout.metadata:
            continue
        place = layout.metadata[kind]
        known = {value.casefold() for value in kept}
        known |= {value for rule in layout.drop if rule.column == kind for value in rule.values}
        column = table.columns[place]
        strange = [value for value in column.values if clean(value).casefold() not in known | {""}]
        rows = column.where([value in strange for value in column.values])
        rows[: layout.first_data_record] = False
        if rows.any():
            first = int(rows.argmax())
            problems.append(
                Problem(
                    code="CK127",
                    severity="warning",
                    file=table.name,
                    line=int(table.lines[first]),
                    column=layout.title(place),
                    message=f"{int(rows.sum())} rows have a {kind} that climatekit does not "
                    "know; they were kept as real answers",
                    mend="look at these rows; delete those of nobody",
                    count=int(rows.sum()),
                )
            )
    return problems


def _fits(column: TextColumn, rule: DropRule) -> Mask:
    return column.where([_value_fits(clean(value).casefold(), rule) for value in column.values])


def _value_fits(value: str, rule: DropRule) -> bool:
    if value in rule.values:
        return True
    if rule.below is None:
        return False
    return value.isdecimal() and int(value[:9]) < rule.below


def _all_blank(table: Table) -> Mask:
    blank = np.ones(len(table), dtype=np.bool_)
    for column in table.columns:
        blank &= column.blank()
        if not blank.any():
            break
    return blank


def _repeats_heading(table: Table, layout: Layout) -> Mask:
    repeats = np.zeros(len(table), dtype=np.bool_)
    for heading in range(layout.first_data_record):
        same = np.ones(len(table), dtype=np.bool_)
        for column in table.columns:
            same &= column.codes == column.codes[heading]
            if int(same.sum()) == 1:
                break
        repeats |= same
    return repeats
