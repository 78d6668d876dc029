"""Demo answers: what each made-up member of staff answers to each item.

Only ``random.Random(seed).random()`` is drawn and only added, subtracted, multiplied and
compared, so every Python on every machine gives the same answers.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from climatekit.knowledge.scales import Scale
from climatekit.run.demo.schools import FACETS, ROLES, WINDOWS, DemoSchool, Turn

# Standard deviations on 0 to 100, chosen so that alpha comes to .85 to .9.
_PERSON_SD = 10.0  # a person's general mood, the same for all facets
_FACET_SD = 12.0  # a person's view of one facet, lasting
_MOOD_SD = 6.0  # a person's view of one facet, this wave only
_ERROR_SD = 19.0  # one answer
_WORDING_SD = 5.0  # a person's way with items that are worded the other way round
_ITEM_SPREAD = 16.0  # easiest item minus hardest
_SKEW = 0.20  # a tail of unhappy staff
_BLANK = 0.03  # share of single items left blank
_LEAVES = 0.12  # share of staff who are gone a year later

T = TypeVar("T")


class Dice:
    """A stable source of chance; the same seed gives the same draws everywhere."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)  # noqa: S311 (made-up answers, not secrets)

    def share(self) -> float:
        """Draw evenly from 0 up to 1."""
        return self._source.random()

    def normal(self) -> float:
        """Draw with mean 0 and variance 1: twelve even draws less six (Irwin, 1927)."""
        return sum(self._source.random() for _ in range(12)) - 6.0

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 up to `limit`, the limit left out."""
        return int(self._source.random() * limit)

    def pick(self, choices: Sequence[T]) -> T:
        """Draw one of `choices`."""
        return choices[self.below(len(choices))]

    def mix(self, things: Sequence[T]) -> list[T]:
        """Return `things` in a drawn order (Fisher and Yates, 1938)."""
        mixed = list(things)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One person's answers in one wave: item id to declared code, blanks left out."""

    school: DemoSchool
    role: str
    codes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Person:
    general: float
    facets: tuple[float, ...]
    wording: float


@dataclass(frozen=True, slots=True)
class _Question:
    item: str
    facet: int
    sign: int
    low: int
    high: int
    offset: float


@dataclass(slots=True)
class _Staff:
    people: dict[str, list[_Person]] = field(default_factory=lambda: {role: [] for role in ROLES})


def answer_waves(
    schools: Sequence[DemoSchool], scales: Sequence[Scale], *, seed: int
) -> dict[str, list[Sheet]]:
    """Return everybody's answers by wave id.

    Most people answer in each wave; about one in eight has left a year later.

    Parameters
    ----------
    schools : sequence of DemoSchool
    scales : sequence of Scale
        Must hold the scores that `FACETS` names.
    seed : int
    """
    questions = _list_questions(scales)
    waves: dict[str, list[Sheet]] = {window.id: [] for window in WINDOWS}
    for number, school in enumerate(schools):
        dice = Dice(seed * 1000 + number)
        staff = _Staff()
        for wave, turn in school.turns.items():
            waves[wave].extend(_answer_school(dice, school, turn, staff, questions))
    return waves


def _list_questions(scales: Sequence[Scale]) -> list[_Question]:
    by_id = {scale.id: scale for scale in scales}
    questions = []
    for number, facet in enumerate(FACETS):
        scale = by_id[facet.split(".", maxsplit=1)[0]]
        items = scale.scores[facet].items
        step = _ITEM_SPREAD / (len(items) - 1)
        for place, (item, sign) in enumerate(items.items()):
            answers = scale.response_set_of(item)
            # Easy and hard items alternate, so that neighbours differ as real items do.
            rank = place // 2 if place % 2 == 0 else len(items) - 1 - place // 2
            questions.append(
                _Question(
                    item, number, sign, answers.low, answers.high, rank * step - _ITEM_SPREAD / 2
                )
            )
    return questions


def _answer_school(
    dice: Dice,
    school: DemoSchool,
    turn: Turn,
    staff: _Staff,
    questions: Sequence[_Question],
) -> list[Sheet]:
    sheets = []
    for role, eligible, answered in zip(ROLES, turn.eligible, turn.answered, strict=True):
        stay = [person for person in staff.people[role] if dice.share() >= _LEAVES][:eligible]
        stay += [_hire(dice) for _ in range(eligible - len(stay))]
        staff.people[role] = stay
        # The same people mostly answer again: those who stayed longest come first.
        willing = dice.mix(stay[: answered + 1]) if answered < eligible else stay
        sheets += [
            Sheet(school=school, role=role, codes=_fill_in(dice, person, turn, questions))
            for person in willing[:answered]
        ]
    return sheets


def _hire(dice: Dice) -> _Person:
    return _Person(
        general=_skewed(dice) * _PERSON_SD,
        facets=tuple(_skewed(dice) * _FACET_SD for _ in FACETS),
        wording=dice.normal() * _WORDING_SD,
    )


def _skewed(dice: Dice) -> float:
    draw = dice.normal()
    return draw - _SKEW * (draw * draw - 1.0)


def _fill_in(
    dice: Dice, person: _Person, turn: Turn, questions: Sequence[_Question]
) -> dict[str, int]:
    moods = [dice.normal() * _MOOD_SD for _ in FACETS]
    codes = {}
    for question in questions:
        view = (
            turn.climate[question.facet]
            + person.general
            + person.facets[question.facet]
            + moods[question.facet]
            + question.offset
            + dice.normal() * _ERROR_SD
        )
        if question.sign < 0:
            view += person.wording
        blank = dice.share() < _BLANK
        options = question.high - question.low + 1
        step = min(max(int(view * options / 100.0), 0), options - 1)
        if not blank:
            codes[question.item] = (
                question.low + step if question.sign > 0 else question.high - step
            )
    return codes
