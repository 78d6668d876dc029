"""A year at level 4, and what each gap in it costs: worked by hand, one change at a time."""

from dataclasses import replace
from datetime import date

import pytest
from data_use_builders import FULL_YEAR, MAY, THREE, W24, W25, W26, find, rate

SHARED, SESSION, GOAL, ACTION, FIRST, SECOND, THIRD, DECISION = FULL_YEAR


def judged(log=FULL_YEAR, waves=THREE, as_of=MAY, log_start=None):
    return rate(waves, log, as_of=as_of, log_start=log_start)


def swap(old, **changes):
    return tuple(replace(row, **changes) if row is old else row for row in FULL_YEAR)


def without(*gone):
    return tuple(row for row in FULL_YEAR if row not in gone)


def test_the_full_year_is_level_four_all_through():
    told = judged()

    assert {
        one.indicator: (one.low, one.high, one.status) for one in told.findings
    } == dict.fromkeys(
        ("C1", "C2", "C3", "C4", "C5", "U1", "U2", "U3", "U4", "U5", "U6"), (4, 4, "evidenced")
    )
    assert (told.evidenced, told.possible, told.complete) == (4, 4, (11, 11))
    assert told.next_steps == ()


# What is changed; the indicator; its levels and status; the school's levels.
GAPS = [
    # U1: closed 2025-04-25. Due after 90 days, 2025-07-24; level 4 within 60, 2025-06-24.
    (without(SHARED), "U1", (1, 4, "not_evidenced"), (2, 4)),
    (swap(SHARED, date=date(2025, 6, 24)), "U1", (4, 4, "evidenced"), (4, 4)),
    (swap(SHARED, date=date(2025, 6, 25)), "U1", (3, 3, "evidenced"), (3, 3)),
    (swap(SHARED, date=date(2025, 7, 24)), "U1", (3, 3, "evidenced"), (3, 3)),
    (swap(SHARED, date=date(2025, 7, 25)), "U1", (2, 2, "evidenced"), (2, 2)),
    (swap(SHARED, date=None), "U1", (1, 4, "partly_evidenced"), (2, 4)),
    (swap(SHARED, doc_ref=""), "U1", (3, 4, "partly_evidenced"), (3, 4)),  # attested only
    (swap(SHARED, protocol="response rate shown"), "U1", (3, 4, "partly_evidenced"), (3, 4)),
    (swap(SHARED, staff_groups=("Teacher",)), "U1", (3, 3, "evidenced"), (3, 3)),
    (swap(SHARED, audience="some_staff"), "U1", (2, 2, "evidenced"), (2, 2)),
    (swap(SHARED, status="did_not_happen"), "U1", (1, 1, "not_done"), (2, 2)),
    # U2: due after 120 days, 2025-08-23.
    (without(SESSION), "U2", (1, 4, "not_evidenced"), (3, 4)),
    (swap(SESSION, date=date(2025, 8, 23)), "U2", (4, 4, "evidenced"), (4, 4)),
    (swap(SESSION, date=date(2025, 8, 24)), "U2", (2, 2, "evidenced"), (3, 3)),
    (swap(SESSION, protocol="data dialogue"), "U2", (3, 4, "partly_evidenced"), (3, 4)),
    (swap(SESSION, owner_role="principal"), "U2", (3, 4, "partly_evidenced"), (3, 4)),
    (swap(SESSION, owner_role=""), "U2", (3, 4, "partly_evidenced"), (3, 4)),
    (swap(SESSION, audience="leaders"), "U2", (2, 2, "evidenced"), (3, 3)),
    (swap(SESSION, doc_ref=""), "U2", (3, 4, "partly_evidenced"), (3, 4)),
    # U3: due after 120 days.
    (swap(GOAL, date=date(2025, 8, 24)), "U3", (2, 2, "evidenced"), (2, 2)),
    (swap(GOAL, doc_ref=""), "U3", (3, 4, "partly_evidenced"), (3, 4)),
    (swap(GOAL, target=""), "U3", (2, 4, "partly_evidenced"), (2, 4)),
    # U4: due after 150 days, 2025-09-22; finished before the next wave opened, 2026-04-06.
    (without(ACTION), "U4", (1, 4, "not_evidenced"), (2, 4)),
    (swap(ACTION, date=date(2025, 9, 23), status="started"), "U4", (2, 2, "evidenced"), (2, 2)),
    # Its one day may be that of the end: when it began is not on file.
    (swap(ACTION, date=date(2025, 9, 23)), "U4", (2, 4, "partly_evidenced"), (2, 4)),
    (swap(ACTION, status="started"), "U4", (3, 3, "evidenced"), (3, 3)),
    (swap(ACTION, owner_role=""), "U4", (2, 4, "partly_evidenced"), (2, 4)),
    (swap(ACTION, doc_ref=""), "U4", (3, 4, "partly_evidenced"), (3, 4)),
    # U5: due after 210 days, 2025-11-21; reviews at most 100 days of term apart.
    (without(FIRST, SECOND, THIRD), "U5", (1, 4, "not_evidenced"), (3, 4)),
    (without(THIRD), "U5", (3, 3, "evidenced"), (3, 3)),
    (without(FIRST, SECOND), "U5", (2, 2, "evidenced"), (3, 3)),  # the only one is late
    (swap(SECOND, doc_ref=""), "U5", (3, 4, "partly_evidenced"), (3, 4)),
    (swap(SECOND, date=date(2026, 1, 10)), "U5", (3, 3, "evidenced"), (3, 3)),  # 101 days
    # U6: the goal's theme was measured again; a decision due 90 days after, 2026-07-23.
    (without(DECISION), "U6", (3, 3, "evidenced"), (3, 3)),
    (swap(DECISION, doc_ref=""), "U6", (3, 4, "partly_evidenced"), (3, 4)),
    (swap(DECISION, target=""), "U6", (3, 4, "partly_evidenced"), (3, 4)),
]


@pytest.mark.parametrize(("log", "indicator", "expected", "levels"), GAPS)
def test_what_one_gap_costs(log, indicator, expected, levels):
    told = judged(log)
    finding = find(told, indicator)

    assert (finding.low, finding.high, finding.status) == expected
    assert (told.evidenced, told.possible) == levels


SURVEYS = [
    # The waves; the indicator; its levels and status; the school's levels.
    ((W25, W26), "C1", (3, 3, "evidenced"), (3, 3)),
    ((W24, W25, replace(W26, eligible=None, groups={})), "C2", (1, 4, "not_evidenced"), (2, 4)),
    ((W24, W25, replace(W26, mode="paper")), "C5", (3, 3, "evidenced"), (3, 3)),
    ((W24, W25, replace(W26, drift=frozenset({"trust"}))), "C5", (3, 3, "evidenced"), (3, 3)),
    ((W24, W25, replace(W26, closed=date(2026, 4, 25))), "C5", (4, 4, "evidenced"), (4, 4)),
]


@pytest.mark.parametrize(("waves", "indicator", "expected", "levels"), SURVEYS)
def test_what_the_surveys_cost(waves, indicator, expected, levels):
    told = judged(waves=waves)
    finding = find(told, indicator)

    assert (finding.low, finding.high, finding.status) == expected
    assert (told.evidenced, told.possible) == levels


def test_before_the_log_began_nothing_is_looked_for_and_nothing_held_against_anybody():
    told = judged((), log_start=date(2025, 6, 1))

    assert {one.status for one in told.findings if one.indicator.startswith("U")} == {"not_yet_due"}
    assert told.evidenced == 2  # level 3 needs sharing back to be judged at all


def test_a_goal_not_yet_due_to_be_decided_on_waits():
    finding = find(judged(without(DECISION), as_of=date(2026, 4, 26)), "U6")

    assert finding.status in {"evidenced", "not_yet_due"}
    assert finding.due == date(2026, 7, 23)
