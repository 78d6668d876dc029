"""Rules: the thresholds of the gate, by name, and the words that stand for a withheld number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from climatekit.values import Withheld

# One sentence for "too few" and for "hidden to protect others" alike: a reader who could
# tell them apart would learn the size of the hidden group.
_NOT_SHOWN = "not shown, to protect the people who answered"

REASONS = {
    "protected": _NOT_SHOWN,
    "no-answers": "no answers in this wave",
    "not-asked": "not asked in this wave",
    "no-roster": "the number of eligible staff is not on file",
    "unanimous": _NOT_SHOWN,
    "detail": "questions are shown one by one from {min_n_detail} answers on",
    "district-reliability": "estimated from at least 100 people in 5 schools",
    "own-reliability": "a school's own reliability is shown from {min_n_reliability} answers on",
    "not-estimable": "cannot be estimated from these answers",
    "incoherent": "held back: the questions do not hang together; check the coding",
    "level": "the scale is not made for telling a whole school's score",
    "low-response": "fewer of the staff answered than the scale asks for",
    "no-norm": "no norm for schools of this level",
    "benchmark": "a district line needs at least 5 schools",
}

LEAST_PARTS = 2
SCORE_CAP_LOW, SCORE_CAP_HIGH = 5, 95
SHORT_SCORE_ITEMS = 3
DISTRICT_PEOPLE, DISTRICT_SCHOOLS = 100, 5
BENCHMARK_SCHOOLS, BENCHMARK_PEOPLE, BENCHMARK_SHARE = 5, 30, 0.5
AGREEMENT_SCHOOLS = 8
ITEM_SHARE = 0.9
PERSON_POINTS = 10
MOST_T = 2.78  # Student's t, 97.5%, of 5 people: no group that may be told of is smaller
# A percentage of weighted people has the form of one of 20 people, however many there are:
# whatever the weights, two numbers of people at least can then stand behind it.
WEIGHTED_PEOPLE = 20


def withhold(rule: str, **facts: object) -> Withheld:
    """Return the `Withheld` of a rule, its reason in plain English."""
    return Withheld(rule, REASONS[rule].format(**facts))


def has_enough(n: int, min_n: int) -> bool:
    """Rule D1: nothing of a group of fewer than `min_n` people who answered."""
    return n >= min_n


def is_rest_safe(hidden: Sequence[int], min_n: int) -> bool:
    """Rule D2: what is hidden of a printed total is many people in two groups or more.

    Parameters
    ----------
    hidden : sequence of int
        Sizes of the hidden parts; those of nobody do not count.
    min_n : int
    """
    sizes = [size for size in hidden if size]
    return not sizes or (sum(sizes) >= min_n and len(sizes) >= LEAST_PARTS)


def may_pool(hidden: Sequence[int], min_n: int) -> bool:
    """Rule D3: whether hidden schools may be told together, as one number of people.

    Never one school alone. And when each of them is known to have fewer than `min_n`, the
    sum must not be the least or the most that so many schools can have.
    """
    count, people = len(hidden), sum(hidden)
    return is_rest_safe(hidden, min_n) and count < people < count * (min_n - 1)


def may_compare(sizes: Sequence[int]) -> bool:
    """Rule D11: a line to compare with rests on 5 schools and 30 people, none over half."""
    people = sum(sizes)
    return (
        len(sizes) >= BENCHMARK_SCHOOLS
        and people >= BENCHMARK_PEOPLE
        and max(sizes) <= BENCHMARK_SHARE * people
    )


def may_tell_coefficient(people: int, schools: int) -> bool:
    """Rule D16: alpha, ICC and the like hand over spread; of a whole district only."""
    return people >= DISTRICT_PEOPLE and schools >= DISTRICT_SCHOOLS


def cap_score(value: int) -> Literal["", "low", "high"]:
    """Rule D5: the ends of the scale are never printed, so that unanimity is not told."""
    if value <= SCORE_CAP_LOW:
        return "low"
    return "high" if value >= SCORE_CAP_HIGH else ""


def tells_a_person(low: float | None, high: float | None, n: int) -> bool:
    """Rule D5: whether an interval says that everybody answered nearly alike.

    It hands over the spread, and nobody lies further from the mean than the spread times
    ``(n - 1) / sqrt(n)`` (Samuelson 1968). Nobody may be placed within 10 points, even if the
    spread were known exactly; the half width times ``n - 1`` over t is at most that distance, t
    being 2.78 or less from 5 people on.
    """
    if low is None or high is None:
        return True
    return (high - low) / 2 * (n - 1) / MOST_T < PERSON_POINTS / 2


def count_asked(answered: int, item_n: int) -> int:
    """Rule D6: one number of people for the whole group, never one for each item.

    The form of a percentage goes by the people who answered anything. Where more than one
    in ten of them passed the item over, it is as if nobody had answered it.
    """
    return answered if item_n >= ITEM_SHARE * answered else 0


def percent_step(n: int) -> tuple[int, int, int] | None:
    """Return (step, lowest, highest) for a printed percentage of one item's answers.

    Rule D4 of the privacy page: nothing below 20 people; 20 people in tens, capped at 20
    and 80; 21 to 29 in tens, capped at 10 and 90; 30 to 40 in fives, capped at 10 and 90;
    above 40 in fives, capped at 5 and 95.
    """
    for least, rule in (
        (41, (5, 5, 95)),
        (30, (5, 10, 90)),
        (21, (10, 10, 90)),
        (20, (10, 20, 80)),
    ):
        if n >= least:
            return rule
    return None
