"""Columns: how the questions of the third page are set, so that one page holds most lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from climatekit.report.brief import Brief, QuestionGroup
from climatekit.report.environment import show_roles

MOST_ON_FIRST = 8  # as many questions or fewer need no page of their own


@dataclass(frozen=True, slots=True)
class QuestionTable:
    """One table of the list: a score's questions, or what of them stands in this column."""

    group: QuestionGroup
    continued: bool = False


def has_question_page(brief: Brief) -> bool:
    """Return whether the list of questions takes a page of its own in print."""
    return brief.questions is not None and count_rows(brief.questions.groups) > MOST_ON_FIRST


def has_third_page(brief: Brief) -> bool:
    """Return whether anything stands on a third page in print: groups of staff, the list."""
    return show_roles(brief.roles) or has_question_page(brief)


def count_rows(groups: Sequence[QuestionGroup]) -> int:
    """Return how many questions are listed."""
    return sum(len(group.rows) for group in groups)


def set_columns(
    groups: Sequence[QuestionGroup], columns: int
) -> tuple[tuple[QuestionTable, ...], ...]:
    """Return the tables of each of one or two columns, two about equally long.

    Where the first column ends inside a score's questions, their table goes on in the second.
    """
    whole = tuple(QuestionTable(group) for group in groups)
    if columns == 1:
        return (whole,)
    # A table's heading is about as high as two questions.
    heights = [len(group.rows) + 2 for group in groups]
    room = -(-sum(heights) // 2)
    left: list[QuestionTable] = []
    for place, (table, height) in enumerate(zip(whole, heights, strict=True)):
        if height <= room:
            left.append(table)
            room -= height
            continue
        rows, fits = table.group.rows, room - 2
        right = list(whole[place:])
        # No table is torn for a row or two on either side.
        if fits > 2 and len(rows) - fits > 2:  # noqa: PLR2004
            left.append(QuestionTable(replace(table.group, rows=rows[:fits])))
            right[0] = QuestionTable(replace(table.group, rows=rows[fits:]), continued=True)
        elif 2 * room > height or not left:
            left.append(right.pop(0))
        return tuple(left), tuple(right)
    return (tuple(left),)
