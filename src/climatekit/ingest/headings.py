"""Headings: names that are doubled, nearly equal, hidden or missing."""

from __future__ import annotations

from collections import defaultdict

from climatekit.errors import Problem
from climatekit.ingest.dialects import Layout
from climatekit.ingest.tables import Table
from climatekit.ingest.text import has_hidden, show_hidden


def check_headings(table: Table, layout: Layout) -> list[Problem]:
    """Return what is wrong with the headings of `table`, warnings among them."""
    line = int(table.lines[0])
    return [
        *_doubled(table.name, line, layout),
        *_hidden(table.name, line, table),
        *_empty(table, layout),
    ]


def _doubled(name: str, line: int, layout: Layout) -> list[Problem]:
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
        numbers = " and ".join(str(place + 1) for place in twins)
        problems.append(
            Problem(
                code="CK123" if equal else "CK124",
                file=name,
                line=line,
                column=" / ".join(dict.fromkeys(headings)),
                message=f"columns {numbers} have the same heading"
                if equal
                else f"the headings of columns {numbers} differ only in case or blanks",
                expected="a heading of its own for each column",
                mend="rename one of them in the survey or the file, or delete a copy",
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
        if heading:
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
