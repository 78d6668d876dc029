"""Rules: the thresholds of the gate, by name, and the words that stand for a withheld number."""

from __future__ import annotations

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

SCORE_CAP_LOW, SCORE_CAP_HIGH = 5, 95
SHORT_SCORE_ITEMS = 3
DISTRICT_PEOPLE, DISTRICT_SCHOOLS = 100, 5
BENCHMARK_SCHOOLS = 5
AGREEMENT_SCHOOLS = 8


def withhold(rule: str, **facts: object) -> Withheld:
    """Return the `Withheld` of a rule, its reason in plain English."""
    return Withheld(rule, REASONS[rule].format(**facts))


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
