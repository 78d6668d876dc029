"""Likely columns: which column could name the school, the role or the respondent.

A guess to be shown, never taken: only somebody who knows the survey can say what a column
means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from climatekit.errors import Problem
from climatekit.ingest.labels import AnswerKey, make_answer_key
from climatekit.ingest.linking import share_of_answers
from climatekit.ingest.matches import Columns
from climatekit.ingest.sheets import Sheet
from climatekit.knowledge.scales import Scale

_MOST_SCHOOLS = 400
_MOST_ROLES = 30
_MOSTLY = 0.95  # of the people, with a text of their own
_HALF = 0.5  # of a column's texts, answers to a question
_MOST_NAMED = 12
_WIDTH = 44


def list_likely(
    kind: str, sheet: Sheet, columns: Columns, answer_keys: Sequence[AnswerKey]
) -> list[str]:
    """Return the headings of the unused columns that could name the `kind` of each row.

    Parameters
    ----------
    kind : {"school", "role", "respondent"}
    sheet : Sheet
    columns : Columns
        What has been matched already.
    answer_keys : sequence of AnswerKey
        A column that holds answers to a scale's questions names nothing.
    """
    return [
        sheet.layout.title(place)
        for place in columns.ignored
        if _could_be(kind, sheet, place)
        and not any(share_of_answers(sheet, place, one) >= _HALF for one in answer_keys)
    ]


def name_likely(headings: Sequence[str]) -> str | None:
    """Return what a problem says of the columns that a person may have meant."""
    names = ", ".join(heading[:_WIDTH] for heading in headings[:_MOST_NAMED])
    return f"perhaps one of: {names}" if names else None


def suggest_school(
    problems: Iterable[Problem], sheet: Sheet, columns: Columns, scales: Sequence[Scale]
) -> list[Problem]:
    """Return problems; one of a missing school column names those that it could be."""
    told = list(problems)
    if not any(problem.code == "CK210" for problem in told):
        return told
    sets = {
        (scale.id, one.id): one
        for scale in scales
        for one in map(scale.response_set_of, scale.items)
    }
    found = name_likely(
        list_likely("school", sheet, columns, [make_answer_key(one) for one in sets.values()])
    )
    return [replace(one, found=found) if one.code == "CK210" else one for one in told]


def _could_be(kind: str, sheet: Sheet, place: int) -> bool:
    """Return whether a column holds names of groups, or (respondent) one text a person."""
    column, people = sheet.table.columns[place], len(sheet.kept)
    held = {column.values[code].strip() for code in set(column.codes[sheet.kept].tolist())} - {""}
    if kind == "respondent":
        return len(held) >= _MOSTLY * people > 1
    most = _MOST_SCHOOLS if kind == "school" else _MOST_ROLES
    return 1 < len(held) <= min(most, people // 2 + 1)
