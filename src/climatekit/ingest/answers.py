"""Answers: one item column of an export to declared codes, every text accounted for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from climatekit.errors import Problem
from climatekit.ingest.code_order import find_code_order
from climatekit.ingest.dialects import Layout
from climatekit.ingest.labels import (
    Answer,
    AnswerKey,
    Kind,
    name_style,
    read_answer,
    show_answer,
    suggest_label,
)
from climatekit.ingest.matches import Match
from climatekit.ingest.tables import Table
from climatekit.knowledge.tidying import tidy_text

MISSING = -128
FAULTY = -127
_FAULTY = frozenset({Kind.UNKNOWN, Kind.CONTRADICTION})
_MOST_DIFFERENT = 30
_LONGEST_SAID = 60
# Fewer answers may leave one out by chance.
_LEAST_ANSWERS = 300
_NUMBER = re.compile("-?[0-9]{1,9}")

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCount:
    """One text found in an item column, what it was read as, and how many rows hold it.

    `code` is None for a blank or for what is no answer; `kind` says which.
    """

    item: str
    found: str
    kind: str
    code: int | None
    count: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ItemColumn:
    """One item's answers in one export.

    Attributes
    ----------
    codes : ndarray of int8, shape (n_kept,)
        Declared codes, as answered; MISSING where there is no answer, FAULTY where the
        text is none of the answer set (such codes never leave ingest).
    style : str
        ``words``, ``numbers``, ``words with numbers``, ``words and numbers mixed``.
    """

    match: Match
    codes: Codes
    style: str
    counts: tuple[AnswerCount, ...]
    problems: tuple[Problem, ...]


def read_item_column(
    table: Table, layout: Layout, match: Match, kept: npt.NDArray[np.intp], answer_key: AnswerKey
) -> ItemColumn:
    """Read one item column.

    Parameters
    ----------
    table, layout : Table, Layout
    match : Match
        The item and its column.
    kept : ndarray of int, shape (n_kept,)
        Indices of the records that count.
    answer_key : AnswerKey
        Of the item's response set.
    """
    column = table.columns[match.column]
    codes = column.codes[kept]
    counts = np.bincount(codes, minlength=len(column.values))
    # Only texts that kept rows hold are read; a heading or a preview row has its own.
    present = np.flatnonzero(counts)
    answers = {
        int(index): _turn_back(read_answer(column.values[index], answer_key), match, answer_key)
        for index in present
    }
    answers = _question_numbers(answers)
    values = np.full(len(column.values), MISSING, dtype=np.int8)
    for index, answer in answers.items():
        if answer.kind in _FAULTY:
            values[index] = FAULTY
        elif answer.code is not None:
            values[index] = answer.code
    found = list(answers.values())
    return ItemColumn(
        match=match,
        codes=values[codes],
        style=name_style(found),
        counts=_count(match.item, answers, counts),
        problems=(
            *_find_faults(table, layout, match, kept, answers, answer_key),
            *_check_empty(table, match, found),
            *_check_reversal(table, match, found),
        ),
    )


def _question_numbers(answers: dict[int, Answer]) -> dict[int, Answer]:
    """Return the answers, each number unknown that another number was said to mean too.

    Where a district says that 6 means 2, a 2 in the same column means something else.
    """
    said = {
        one.code
        for one in answers.values()
        if one.kind is Kind.WORDS and _NUMBER.fullmatch(one.text.strip())
    }
    return {
        index: replace(one, kind=Kind.UNKNOWN, code=None, number=one.code)
        if one.kind is Kind.NUMBER and one.code in said
        else one
        for index, one in answers.items()
    }


def _turn_back(answer: Answer, match: Match, answer_key: AnswerKey) -> Answer:
    turned = "already_reversed" in match.flags and answer.kind is Kind.NUMBER
    if not turned or answer.code is None:
        return answer
    return replace(answer, code=answer_key.response_set.reverse(answer.code))


def _count(
    item: str, answers: dict[int, Answer], counts: npt.NDArray[np.intp]
) -> tuple[AnswerCount, ...]:
    # Texts that differ by blanks at their ends alone look the same to a reader: one row.
    people: Counter[tuple[str, str, int | None]] = Counter()
    for index, answer in answers.items():
        code = None if answer.kind in _FAULTY else answer.code
        people[show_answer(answer.text.strip()), answer.kind.value, code] += int(counts[index])
    rows = [
        AnswerCount(item=item, found=found, kind=kind, code=code, count=count)
        for (found, kind, code), count in people.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.code is None, row.code or 0, row.found)))


def _find_faults(
    table: Table,
    layout: Layout,
    match: Match,
    kept: npt.NDArray[np.intp],
    answers: dict[int, Answer],
    answer_key: AnswerKey,
) -> list[Problem]:
    faulty = {index: one for index, one in answers.items() if one.kind in _FAULTY}
    if not faulty:
        return []
    column = table.columns[match.column]
    if len(faulty) > _MOST_DIFFERENT:
        return [_too_many(table, match, len(faulty), answer_key)]
    recodes = _find_recodes(answers, answer_key)
    if recodes:
        rows = kept[np.isin(column.codes[kept], list(faulty))]
        return [_recoded(table, layout, match, rows, recodes, answer_key)]
    return [
        _fault(table, layout, match, kept[column.codes[kept] == index], answer, answer_key)
        for index, answer in faulty.items()
    ]


def _fault(
    table: Table,
    layout: Layout,
    match: Match,
    rows: npt.NDArray[np.intp],
    answer: Answer,
    answer_key: AnswerKey,
) -> Problem:
    first = int(rows[0])
    set_id = answer_key.response_set.id
    shown, text = show_answer(answer.text), answer.text.strip()
    if len(text) > _LONGEST_SAID:  # rather a remark than an answer
        text = "..."
    unknown = Problem(
        code="CK204",
        file=table.name,
        line=int(table.lines[first]),
        record=first - layout.first_data_record + 1,
        column=_place(match),
        # Which item it is stands in the place: what is wrong alike in many is said once.
        message="an answer is not in its answer set",
        found=shown,
        expected=answer_key.expected,
        mend=f"if it is an answer, say its code: {_say(set_id, text, 'CODE')}; a code outside "
        "the set, such as -1, says that it is none; else correct the file",
        count=len(rows),
    )
    if answer.kind is Kind.CONTRADICTION:
        return replace(
            unknown,
            code="CK205",
            # Not which two: a log keeps the message, and the line is one person's.
            message="an answer says another code in words than in its number",
            mend=f"say which is right, e.g. {_say(set_id, text, answer.code)}",
        )
    if answer.number is not None and answer.text.strip().lstrip("-").isdigit():
        return replace(
            unknown,
            code="CK206",
            message=f"an answer is outside {answer_key.response_set.low} to "
            f"{answer_key.response_set.high}",
            mend=f'if it means "no answer", say so: {_say(set_id, text, answer.number)}; else '
            "correct the file, or the recodes of the survey",
        )
    return replace(unknown, closest=suggest_label(answer, answer_key))


def _place(match: Match) -> str:
    return match.heading if match.heading == match.item else f"{match.heading} ({match.item})"


def _say(set_id: str, text: str, code: int | str | None) -> str:
    return f'"{text}" = {code} under [answers.{set_id}] (--answer "{set_id}:{text}={code}")'


def _find_recodes(answers: dict[int, Answer], answer_key: AnswerKey) -> list[int]:
    """Return the numbers of a column that holds as many as there are answers, but others.

    A survey tool numbers answers in the order in which they were written, so that 1, 6, 2,
    3, 4 may stand for five answers in order; nothing in the column tells which is which.
    """
    read = [one for one in answers.values() if one.kind not in (Kind.BLANK, Kind.NO_ANSWER)]
    texts = {one.text.strip() for one in read}
    if not all(_NUMBER.fullmatch(text) for text in texts):
        return []
    numbers = sorted({int(text) for text in texts})
    return numbers if len(numbers) == answer_key.response_set.options else []


def _recoded(
    table: Table,
    layout: Layout,
    match: Match,
    rows: npt.NDArray[np.intp],
    recodes: Sequence[int],
    answer_key: AnswerKey,
) -> Problem:
    first = int(rows[0])
    response_set = answer_key.response_set
    return Problem(
        code="CK206",
        file=table.name,
        line=int(table.lines[first]),
        record=first - layout.first_data_record + 1,
        column=_place(match),
        message="the answers are numbers of the survey tool's own: as many different ones as "
        f"the set has, but not {response_set.low} to {response_set.high}",
        found=", ".join(map(str, recodes)),
        expected=answer_key.expected,
        mend="export the answers in words; or look up in the survey which number is which, and "
        f"say all of them: {_say(response_set.id, str(recodes[0]), 'CODE')}",
        count=len(rows),
    )


def _too_many(table: Table, match: Match, different: int, answer_key: AnswerKey) -> Problem:
    return Problem(
        code="CK207",
        file=table.name,
        column=match.heading,
        message=f"the column holds {different} different texts that are no answers to "
        f"{match.item}; it may be another question",
        expected=answer_key.expected,
        mend="name the right column in the codebook",
    )


def _check_empty(table: Table, match: Match, answers: Sequence[Answer]) -> list[Problem]:
    if any(answer.kind is not Kind.BLANK for answer in answers):
        return []
    return [
        Problem(
            code="CK208",
            file=table.name,
            column=match.heading,
            message=f"nobody answered {match.item}: its column is empty",
            expected="answers, or the item declared as not asked",
            mend="if it was not asked, give its row in the codebook the flag not_asked and "
            "no column, and write ignore for this column",
        )
    ]


def _check_reversal(table: Table, match: Match, answers: Sequence[Answer]) -> list[Problem]:
    if "already_reversed" not in match.flags:
        return []
    if all(answer.kind in {Kind.NUMBER, Kind.BLANK, Kind.NO_ANSWER} for answer in answers):
        return []
    return [
        Problem(
            code="CK209",
            file=table.name,
            column=match.heading,
            message=f"{match.item} is declared already_reversed, but its answers are words",
            expected="numbers, which alone can have been turned round",
            mend="delete the flag: words are read as they are",
        )
    ]


def check_top_codes(name: str, items: Sequence[ItemColumn], answer_key: AnswerKey) -> list[Problem]:
    """Return a warning for each code of the answer set that numeric answers never use.

    Such a file may have been recoded, say to 0 to 5 or 1 to 5 instead of 1 to 6, or hold
    the survey tool's own numbers, such as 1, 6, 2, 3, 4 for five answers in order.
    """
    numeric = [item for item in items if item.style == "numbers"]
    response_set = answer_key.response_set
    used = _list_used(numeric)
    unused = [code for code in range(response_set.low, response_set.high + 1) if code not in used]
    return (
        []
        if not used
        else [
            Problem(
                code="CK217",
                severity="warning",
                file=name,
                message=f"no answer of {len(numeric)} numeric columns is {code}; the numbers may "
                "have been recoded",
                expected=answer_key.expected,
                mend="compare the numbers with the survey's answer options, or export words",
            )
            for code in unused
        ]
    )


def _list_wordings(item: ItemColumn, answer_key: AnswerKey) -> dict[int, list[str]]:
    """Return by code the wordings that one column has for it and nobody has said anything of."""
    found: dict[int, dict[str, str]] = {}
    for row in item.counts:
        text = tidy_text(row.found)
        known = row.kind == Kind.WORDS.value and text in answer_key.codes
        if known and row.code is not None and text not in answer_key.said:
            # "Strongly agree" and "agree strongly" are one wording.
            found.setdefault(row.code, {}).setdefault(" ".join(sorted(text.split())), row.found)
    return {code: [*texts.values()] for code, texts in found.items()}


def _list_used(items: Sequence[ItemColumn]) -> set[int]:
    """Return the codes that occur; none where so few answered that one may lack by chance."""
    answers = [item.codes[item.codes > FAULTY] for item in items]
    if sum(len(codes) for codes in answers) < _LEAST_ANSWERS:
        return set()
    return {int(code) for codes in answers for code in np.unique(codes)}


def check_middle(name: str, items: Sequence[ItemColumn], answer_key: AnswerKey) -> list[Problem]:
    """Return a warning where answers in words leave out some in the middle of the set.

    Such a form offered fewer answers, and "agree" of four is not "agree" of six.
    """
    worded = [item for item in items if item.style == "words"]
    used = _list_used(worded)
    labels = answer_key.response_set.labels
    unused = [code for code in range(min(used), max(used)) if code not in used] if used else []
    if not unused:
        return []
    return [
        Problem(
            code="CK217",
            severity="warning",
            file=name,
            message=f"no answer of {len(worded)} columns in words is one that lies in the middle "
            "of the set; the form may have offered fewer answers",
            found=f"none is {', '.join(labels.get(code, str(code)) for code in unused)}",
            expected=answer_key.expected,
            mend="compare the survey's answer options with those of the set; with fewer it is "
            "another form of the scale (form under [scale_use.ID]) or a scale of your own",
        )
    ]


def check_merged_answers(
    name: str, items: Sequence[ItemColumn], answer_key: AnswerKey
) -> list[Problem]:
    """Return a problem where two wordings of one form would be read as one answer.

    A set knows several wordings of an answer, as forms differ; one form that has two of them
    offered more answers than the set, such as "disagree" beside "somewhat disagree".
    """
    merged: dict[int, list[str]] = {}
    for item in items:  # a form may word its questions' answers a little otherwise
        for code, texts in _list_wordings(item, answer_key).items():
            if len(texts) > 1:
                merged.setdefault(code, texts)
    if not merged:
        return []
    response_set = answer_key.response_set
    code, texts = min(merged.items())
    return [
        Problem(
            code="CK247",
            file=name,
            message=f"different answers would be read as one of set {response_set.id}",
            found="; ".join(
                f"{' and '.join(one)} as {code}" for code, one in sorted(merged.items())
            ),
            expected=f"one wording for each of its {response_set.options} answers",
            mend="where the form offered more answers than the set, it is another form of the "
            "scale (form under [scale_use.ID]) or a scale of your own; where an answer was "
            f"reworded on the way, say what it means: {_say(response_set.id, texts[0], code)}",
        )
    ]


def check_code_order(
    name: str, items: Sequence[ItemColumn], answer_key: AnswerKey
) -> list[Problem]:
    """Return a warning where numeric answers seem to run in another order than their codes."""
    numeric = [item for item in items if item.style == "numbers"]
    response_set = answer_key.response_set
    order = find_code_order([item.codes for item in numeric], response_set.low, response_set.high)
    if not order:
        return []
    last = order.index(response_set.high)
    said = _say(response_set.id, str(response_set.high), response_set.low + last)
    return [
        Problem(
            code="CK244",
            severity="warning",
            file=name,
            message=f"the numbers of {len(numeric)} columns seem to be the survey tool's own: by "
            "how people answered the other questions they run in another order",
            found=", ".join(map(str, order)),
            expected=answer_key.expected,
            mend="export the answers in words; or look up in the survey which number is which, "
            f"and say all of them, e.g. {said}",
        )
    ]
