"""Headings: names that are doubled, nearly equal, hidden or missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from itertools import pairwise

from climatekit.errors import InputError, Problem
from climatekit.ingest.layouts import Layout
from climatekit.ingest.tables import Table
from climatekit.ingest.text import has_hidden, show_hidden
from climatekit.knowledge.tidying import tidy_text

_ROW_NUMBER_HEADINGS = frozenset({"", "X", "Unnamed: 0", "...1"})
_MOST_NAMED = 8
_FEW_UNNAMED = 3
_ROWS_LOOKED_AT = 12
_MOST_OF = 0.8


def check_headings(table: Table, layout: Layout, used: Collection[int]) -> list[Problem]:
    """Return what is wrong with the headings of `table`, warnings among them.

    Parameters
    ----------
    used : collection of int
        Columns that are items, school, role or respondent: only there does a heading
        that stands twice leave open what is meant.
    """
    if not layout.first_data_record:
        return []
    line = int(table.lines[0])
    return [
        *_doubled(table.name, line, layout, used),
        *_hidden(table.name, line, table),
        *_empty(table, layout),
    ]


def refuse_title_row(table: Table, layout: Layout) -> None:
    """Refuse a table whose headings stand further down than the row taken for them.

    In a file made by hand that row may hold a title and a date, or the names of sections
    above the headings. What else would be found wrong, column by column, is all due to it.

    Raises
    ------
    InputError
        If most columns that hold something have no heading, and a row below names them.
    """
    first = layout.first_data_record
    filled = [place for place, one in enumerate(table.columns) if not one.blank()[first:].all()]
    unnamed = [place for place in filled if not layout.names[place]]
    if not first or len(unnamed) < max(_FEW_UNNAMED, (len(filled) + 1) // 2):
        return
    for record in range(first, min(first + _ROWS_LOOKED_AT, len(table))):
        cells = [cell for place in filled if (cell := table.columns[place][record].strip())]
        words = {tidy_text(cell) for cell in cells if any(map(str.isalpha, cell))}
        if len(words) >= _MOST_OF * len(filled):
            line, below = int(table.lines[0]), int(table.lines[record])
            raise InputError(
                Problem(
                    code="CK142",
                    file=table.name,
                    line=line,
                    message=f"{len(unnamed)} of {len(filled)} columns have no heading in the "
                    f"row that was taken for the headings; they seem to stand in line {below}",
                    found=", ".join(name for name in layout.names if name)[:120],
                    expected="the line in which each column has its heading",
                    mend=f"name the line: --first-row {below}, or first_row = {below} under "
                    "[reading]; or delete the rows above it",
                )
            )


def find_row_numbers(table: Table, layout: Layout) -> frozenset[int]:
    """Return the column that only numbers the rows, as R and pandas write one.

    It is the first, without a heading (or ``X``, ``Unnamed: 0``), and holds 1, 2, 3 ...
    or 0, 1, 2 ...
    """
    if not layout.first_data_record or layout.names[0] not in _ROW_NUMBER_HEADINGS:
        return frozenset()
    column = table.columns[0]
    cells = [column.values[code] for code in column.codes[layout.first_data_record :]]
    numbers = [int(cell) for cell in cells if cell.isascii() and cell.isdecimal()]
    blanks = sum(1 for cell in cells if not cell.strip())
    rising = all(before < after for before, after in pairwise(numbers))
    good = numbers and len(numbers) + blanks == len(cells) and rising
    return frozenset({0}) if good else frozenset()


def _doubled(name: str, line: int, layout: Layout, used: Collection[int]) -> list[Problem]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, heading in enumerate(layout.names):
        if heading:
            places[heading.casefold()].append(place)
    problems = []
    for twins in places.values():
        if len(twins) == 1:
            continue
        headings = [layout.names[place] for place in twins]
        equal = len(set(headings)) == 1
        numbers = " and ".join(str(place + 1) for place in twins[:_MOST_NAMED])
        open_question = any(place in used for place in twins)
        problems.append(
            Problem(
                code="CK123" if equal else "CK124",
                severity="error" if open_question else "warning",
                file=name,
                line=line,
                column=" / ".join(dict.fromkeys(headings)),
                message=f"columns {numbers} have the same heading"
                if equal
                else f"the headings of columns {numbers} differ only in case or blanks",
                expected="a heading of its own for each column",
                mend="rename one of them in the survey or the file, or delete a copy"
                if open_question
                else "nothing, unless one is an item: its codebook row then names it as "
                f"{headings[0]} (column {twins[0] + 1})",
            )
        )
    return problems


def _hidden(name: str, line: int, table: Table) -> list[Problem]:
    raw = table.record(0)
    return [
        Problem(
            code="CK125",
            severity="warning",
            file=name,
            line=line,
            column=f"number {place}",
            message="the heading holds hidden characters; it was read without them",
            found=show_hidden(heading)[:120],
        )
        for place, heading in enumerate(raw, start=1)
        if has_hidden(heading)
    ]


def _empty(table: Table, layout: Layout) -> list[Problem]:
    problems = []
    for place, heading in enumerate(layout.names):
        if heading or place in layout.row_numbers:
            continue
        filled = ~table.columns[place].blank()[layout.first_data_record :]
        if filled.any():
            first = layout.first_data_record + int(filled.argmax())
            problems.append(
                Problem(
                    code="CK126",
                    file=table.name,
                    line=int(table.lines[first]),
                    column=f"number {place + 1}",
                    message=f"column {place + 1} has answers but no heading",
                    expected="a heading for each column that holds something",
                    mend="give the column a heading, or delete it",
                    count=int(filled.sum()),
                )
            )
        else:
            problems.append(
                Problem(
                    code="CK117",
                    severity="warning",
                    file=table.name,
                    line=int(table.lines[0]),
                    column=f"number {place + 1}",
                    message=f"column {place + 1} has no heading and is empty; it was left out",
                    mend="a comma at the end of each line makes such a column",
                )
            )
    return problems
