"""The worked example of the study: every level, status, day and next step by hand."""

from datetime import date

import pytest
from data_use_builders import WORKED, find, rate

EXPECTED = {
    "C1": (3, 3, "evidenced"),
    "C2": (4, 4, "evidenced"),
    "C3": (4, 4, "evidenced"),
    "C4": (4, 4, "evidenced"),
    "C5": (4, 4, "evidenced"),
    "U1": (4, 4, "evidenced"),
    "U2": (3, 4, "partly_evidenced"),
    "U3": (3, 3, "evidenced"),
    "U4": (3, 3, "evidenced"),
}


@pytest.mark.parametrize("indicator", EXPECTED)
def test_each_indicator_has_the_stated_level(indicator):
    finding = find(rate(log=WORKED), indicator)

    assert (finding.low, finding.high, finding.status) == EXPECTED[indicator]


@pytest.mark.parametrize(("indicator", "due"), [("U5", date(2026, 11, 20)), ("U6", None)])
def test_what_is_not_yet_due_is_left_out(indicator, due):
    finding = find(rate(log=WORKED), indicator)

    assert finding.status == "not_yet_due"
    assert finding.due == due


def test_both_levels_are_three_and_nine_indicators_count():
    rating = rate(log=WORKED)

    assert (rating.evidenced, rating.possible, rating.rated) == (3, 3, True)
    assert rating.complete == (9, 9)


def test_the_next_steps_are_the_protocol_a_review_and_a_third_wave():
    steps = rate(log=WORKED).next_steps

    assert [(step.kind, step.indicator) for step in steps] == [
        ("records", "U2"),
        ("before_next", "U5"),
        ("next_wave", "C1"),
    ]
    assert steps[0].facts["what"] == "protocol"
    assert steps[1].by == date(2026, 11, 20)
    assert (steps[2].by.year, steps[2].by.month) == (2027, 7)  # 15 months after April 2026
