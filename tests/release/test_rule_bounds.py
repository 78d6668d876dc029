"""The rules at their very bounds: one person more or fewer, one item, one point."""

import numpy as np
import pytest
from scipy.stats import t

from climatekit.knowledge.settings import DisclosureSettings
from climatekit.release import rules
from climatekit.release.gate import Gate
from climatekit.values import Estimate

GATE = Gate(DisclosureSettings())


def score(n, items, value=60.0):
    estimate = Estimate(value=value, low=value - 8, high=value + 8, n=n)
    return GATE.release_score(estimate, items=items)


def test_a_score_of_three_items_needs_ten_people_and_a_shorter_one_twenty():
    assert score(10, 3).text == "60"
    assert score(9, 3).rule == "protected"
    assert score(20, 2).text == "60"
    assert score(19, 2).rule == "protected"


def test_nobody_is_told_apart_from_too_few():
    assert score(0, 8).rule == "no-answers"
    assert score(1, 8).rule == "protected"


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ((6, 6, 6, 6, 6), True),  # 30 people in 5 schools
        ((6, 6, 6, 6, 5), False),
        ((15, 4, 4, 4, 3), True),  # one has half of them, and not more
        ((16, 4, 4, 3, 3), False),
        ((15, 15, 15, 15), False),
    ],
)
def test_a_line_to_compare_with_at_its_bounds(sizes, told):
    assert rules.may_compare(sizes) == told


@pytest.mark.parametrize(
    ("people", "schools", "told"), [(100, 5, True), (99, 5, False), (100, 4, False)]
)
def test_a_coefficient_at_its_bounds(people, schools, told):
    assert rules.may_tell_coefficient(people, schools) == told


def test_a_range_tells_a_person_where_samuelsons_bound_is_under_ten_points():
    # Of 12 people, half a range of r over t (2.78 at most) times 11 is under 5 for r under 1.264.
    assert rules.tells_a_person(60 - 1.25, 60 + 1.25, 12)
    assert not rules.tells_a_person(60 - 1.27, 60 + 1.27, 12)


def test_without_both_ends_a_person_is_told_and_at_ten_points_exactly_none_is():
    assert rules.tells_a_person(None, 60.0, 30)
    assert rules.tells_a_person(40.0, None, 30)
    assert not rules.tells_a_person(0.0, 2 * rules.MOST_T, 6)


@pytest.mark.parametrize("n", [5, 6, 10, 20, 41])
def test_a_range_that_passes_places_nobody_however_exactly_the_spread_is_known(n):
    half = next(r / 1000 for r in range(1, 10**6) if not rules.tells_a_person(0, r / 500, n))
    spread = half / t.ppf(0.975, n - 1) * np.sqrt(n)  # without a census correction: the least

    assert 2 * spread * (n - 1) / np.sqrt(n) >= 10


@pytest.mark.parametrize(
    ("n", "form"),
    [
        (19, None), (20, (10, 20, 80)), (21, (10, 10, 90)), (29, (10, 10, 90)),
        (30, (5, 10, 90)), (40, (5, 10, 90)), (41, (5, 5, 95)), (500, (5, 5, 95)),
    ],
)  # fmt: skip
def test_the_form_of_a_percentage_at_its_bounds(n, form):
    assert rules.percent_step(n) == form


@pytest.mark.parametrize(
    ("hidden", "safe"),
    [((), True), ((0,), True), ((10,), False), ((5, 5), True), ((5, 4), False), ((0, 10), False)],
)
def test_a_hidden_rest_at_its_bounds(hidden, safe):
    assert rules.is_rest_safe(hidden, 10) == safe


@pytest.mark.parametrize(
    ("hidden", "told"),
    [
        ((9, 9), False),
        ((9, 8), True),
        ((1, 9), True),
        ((10,), False),
        ((4, 5), False),
        ((1,) * 10, False),
        ((1,) * 9 + (2,), True),  # ten schools of ten people: one in each
    ],
)
def test_schools_told_together_at_their_bounds(hidden, told):
    assert rules.may_pool(hidden, 10) == told


@pytest.mark.parametrize(
    ("value", "cap"), [(4, "low"), (5, "low"), (6, ""), (94, ""), (95, "high"), (96, "high")]
)
def test_the_caps_of_a_score(value, cap):
    assert rules.cap_score(value) == cap


@pytest.mark.parametrize(("item_n", "people"), [(45, 50), (44, 0), (50, 50)])
def test_an_item_that_one_in_ten_passed_over(item_n, people):
    assert rules.count_asked(50, item_n) == people


def test_a_rate_is_whole_percent_and_never_over_a_hundred():
    assert GATE.release_rate(15, 30).text == "50%"
    assert GATE.release_rate(31, 30).text == "100%"
    assert GATE.release_rate(9, 30).rule == "protected"
    assert GATE.release_rate(15, 0).rule == "no-roster"
