"""Rows: which rows of an export are no answers of a person, by named rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from climatekit.errors import InputError, Problem, count_of
from climatekit.ingest.layouts import Layout
from climatekit.ingest.platform_facts import DropRule, known_platforms, total_words
from climatekit.ingest.tables import Table, TextColumn
from climatekit.ingest.text import clean, closest
from climatekit.knowledge.settings import ReadingSettings
from climatekit.knowledge.tidying import tidy_text

_MOST_TOTALS = 10
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)* ?%?")
_TAG = re.compile(r"^#\w+(?: ?\+\w+)*$")

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Drops:
    """Which rows are left out, and which would be if it were asked for.

    Attributes
    ----------
    masks : dict of str to ndarray of bool, shape (n_records,)
        By rule, in the order in which the rules are used. A row that an earlier rule
        took is not counted again. Heading rows are in none.
    noted : dict of str to int
        Rows that stay although a rule of that name fits them.
    """

    masks: dict[str, Mask]
    noted: dict[str, int]


def find_drops(table: Table, layout: Layout, reading: ReadingSettings) -> Drops:
    """Find the rows to leave out, by the rule that leaves them out.

    ``blank``, ``repeated heading``, ``tag row`` and ``totals row`` come first, then the platform's
    (``preview``, ``test``, ``spam``, ``partial``, ``unfinished`` ...).

    Raises
    ------
    InputError
        If `reading` names a rule that neither climatekit nor the platform has, or an event
        that the file does not hold.
    """
    data = np.zeros(len(table), dtype=np.bool_)
    data[layout.first_data_record :] = True
    rules: dict[str, Mask] = {
        "blank": _all_blank(table, layout),
        "repeated heading": _repeats_heading(table, layout),
        "tag row": _is_tag_row(table, layout),
        "totals row": _is_totals_row(table, layout),
    }
    on_request = set()
    for rule in layout.drop:
        if rule.column in layout.metadata and rule.unless not in layout.metadata:
            found = _fits(table.columns[layout.metadata[rule.column]], rule)
            rules[rule.rule] = rules.get(rule.rule, np.zeros_like(data)) | found
        if rule.on_request:
            on_request.add(rule.rule)
    if reading.event is not None and "event" in layout.metadata:
        rules["other event"] = _other_event(table, layout, reading.event)
    _check_rules(table.name, reading, rules)
    asked = {*reading.drop_rows, *(("unfinished",) if reading.unfinished == "drop" else ())}
    spared = (on_request - asked) | set(reading.keep_rows)
    masks, noted = {}, {}
    for name, mask in rules.items():
        if name not in spared:
            masks[name] = mask & data
            data &= ~mask
    for name in rules.keys() & spared:
        noted[name] = int((rules[name] & data).sum())
    return Drops(masks, noted)


def _check_rules(name: str, reading: ReadingSettings, rules: Mapping[str, Mask]) -> None:
    known = {*rules, *(one.rule for known in known_platforms().values() for one in known.drop)}
    problems = [
        Problem(
            code="CK134",
            file=name,
            message=f"there is no drop rule called {rule!r}",
            expected=", ".join(sorted(known)),
            closest=closest(rule, known),
            mend=f"correct {key} under [reading] (--{key.replace('_', '-')})",
        )
        for key, names in (("drop_rows", reading.drop_rows), ("keep_rows", reading.keep_rows))
        for rule in names
        if rule not in known
    ]
    if problems:
        raise InputError(problems)


def _other_event(table: Table, layout: Layout, event: str) -> Mask:
    column = table.columns[layout.metadata["event"]]
    events = list_events(table, layout)
    wanted = tidy_text(event)
    if wanted not in {tidy_text(one) for one in events}:
        raise InputError(
            Problem(
                code="CK135",
                file=table.name,
                column=layout.title(layout.metadata["event"]),
                message=f"no row is of the event {event!r}",
                expected=", ".join(events),
                closest=closest(event, events),
                mend="correct event under [reading] (--event)",
            )
        )
    return column.where([tidy_text(value) != wanted for value in column.values])


def list_events(table: Table, layout: Layout) -> list[str]:
    """Return the events that a longitudinal project's rows are of, in order."""
    column = table.columns[layout.metadata["event"]]
    held = np.unique(column.codes[layout.first_data_record :])
    return [column.values[index] for index in held if column.values[index].strip()]


def check_statuses(table: Table, layout: Layout) -> list[Problem]:
    """Return a warning for each metadata column with values that no rule knows."""
    problems = []
    for kind, kept in layout.kept.items():
        if kind not in layout.metadata:
            continue
        place = layout.metadata[kind]
        known = {"", *(value.casefold() for value in kept)}
        known |= {value for rule in layout.drop if rule.column == kind for value in rule.values}
        column = table.columns[place]
        rows = column.where([clean(value).casefold() not in known for value in column.values])
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
                    message=f"{count_of(int(rows.sum()), 'row')} of a {kind} that climatekit does "
                    "not know; kept as real answers",
                    mend="look at these rows; delete those of nobody",
                    count=int(rows.sum()),
                )
            )
    return problems


def _fits(column: TextColumn, rule: DropRule) -> Mask:
    return column.where([_value_fits(clean(value).casefold(), rule) for value in column.values])


def _value_fits(value: str, rule: DropRule) -> bool:
    if value in rule.values or (rule.blank and not value):
        return True
    if rule.below is None:
        return False
    return value.isdecimal() and int(value[:9]) < rule.below


def _all_blank(table: Table, layout: Layout) -> Mask:
    """Return which rows hold nothing, but for a row number without a heading."""
    blank = np.ones(len(table), dtype=np.bool_)
    for place, column in enumerate(table.columns):
        if place in layout.row_numbers:
            continue
        blank &= column.blank()
        if not blank.any():
            break
    return blank


def _repeats_heading(table: Table, layout: Layout) -> Mask:
    repeats = np.zeros(len(table), dtype=np.bool_)
    for heading in range(layout.first_data_record):
        same = np.ones(len(table), dtype=np.bool_)
        for place, column in enumerate(table.columns):
            if place in layout.row_numbers:
                continue
            same &= column.codes == column.codes[heading]
            if int(same.sum()) == 1:
                break
        # A heading row that holds nothing repeats in every blank row.
        if any(cell.strip() for cell in table.record(heading)):
            repeats |= same
    return repeats


def _is_tag_row(table: Table, layout: Layout) -> Mask:
    """Return whether the row under the headings holds tags such as ``#adm1+name``."""
    tags = np.zeros(len(table), dtype=np.bool_)
    first = layout.first_data_record
    filled = [cell for cell in map(clean, table.record(first)) if cell]
    tags[first] = bool(filled) and all(_TAG.match(cell) for cell in filled)
    return tags


def _is_totals_row(table: Table, layout: Layout) -> Mask:
    """Return which rows at the foot hold totals or means of those above, not a person's answers.

    Such a row begins with a word like Total, which its column has nowhere else, and holds
    nothing but numbers behind it.
    """
    totals = np.zeros(len(table), dtype=np.bool_)
    words = total_words()
    for row in range(len(table) - 1, layout.first_data_record - 1, -1):
        cells = [(place, cell) for place, cell in enumerate(map(clean, table.record(row))) if cell]
        if not cells:
            continue
        (first, word), *rest = cells
        fits = bool(rest) and tidy_text(word).strip(" :") in words
        if not fits or not all(_NUMBER.fullmatch(cell) for _, cell in rest):
            break
        column = table.columns[first]
        totals[row] = int((column.codes == column.codes[row]).sum()) == 1
        if not totals[row] or int(totals.sum()) == _MOST_TOTALS:
            break
    return totals
