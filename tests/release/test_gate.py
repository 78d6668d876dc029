"""The gate: what may be said, in what form, and what may not."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from climatekit.knowledge.settings import DisclosureSettings
from climatekit.release.gate import Gate
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.values import Estimate, Withheld

GATE = Gate(DisclosureSettings())


def score(value, n, low=None, high=None, items=8):
    low, high = value - 6 if low is None else low, value + 6 if high is None else high
    return GATE.release_score(Estimate(value=value, low=low, high=high, n=n), items=items)


def test_a_score_leaves_as_whole_points_from_ten_people_on():
    shown = score(68.4, 10, 61.7, 75.2)

    assert isinstance(shown, Released)
    assert (shown.value, shown.text, shown.low, shown.high) == (68, "68", 62, 75)


@given(
    value=st.floats(0, 100),
    n=st.integers(0, 9),
    items=st.integers(1, 30),
)
def test_nothing_about_fewer_than_ten_people_leaves(value, n, items):
    shown = score(value, n, items=items)

    assert isinstance(shown, Withheld)
    assert not any(char.isdigit() for char in shown.reason)
    assert isinstance(GATE.release_people(n, answered=n), Withheld)
    assert isinstance(GATE.release_rate(n, 40), Withheld)
    assert isinstance(GATE.release_favourable(0.5, n=n), Withheld)
    assert isinstance(GATE.release_move(value, n=n), Withheld)


@pytest.mark.parametrize(
    ("value", "text", "capped"),
    [
        (100.0, "95 or more", "high"),
        (95.2, "95 or more", "high"),
        (94.4, "94", ""),
        (5.4, "5 or less", "low"),
        (0.0, "5 or less", "low"),
        (5.5, "6", ""),
    ],
)
def test_the_ends_of_the_scale_are_capped_so_that_unanimity_is_not_told(value, text, capped):
    shown = score(value, 50)

    assert (shown.text, shown.capped) == (text, capped)


def test_a_score_of_two_items_waits_for_the_detail_threshold():
    assert isinstance(score(60, 19, items=2), Withheld)
    assert isinstance(score(60, 20, items=2), Released)


def test_a_score_of_two_items_leaves_without_its_interval():
    assert (score(60, 20, 52, 68, items=2).low, score(60, 20, 52, 68, items=2).high) == (None, None)
    assert (score(60, 20, 52, 68, items=3).low, score(60, 20, 52, 68, items=3).high) == (52, 68)


@given(value=st.floats(0, 100), n=st.integers(10, 200))
def test_the_native_score_says_no_more_than_the_printed_points(value, n):
    points = score(value, n)

    native = GATE.release_native(points, low=1, high=6)

    tenths = 10 + Fraction(int(points.value), 2)  # of 1 to 6, a point is half a tenth
    assert native.value == math.floor(tenths + Fraction(1, 2)) / 10


@pytest.mark.parametrize(("points", "native"), [(61, "4.1"), (63, "4.2"), (60, "4.0"), (9, "1.5")])
def test_half_a_tenth_of_a_native_score_goes_up_however_it_is_stored(points, native):
    # 1 + .61 x 5 = 4.05, 1 + .63 x 5 = 4.15, 1 + .09 x 5 = 1.45
    assert GATE.release_native(score(points, 30), low=1, high=6).text == native


@pytest.mark.parametrize(("favourable", "n"), [(23, 40), (46, 80), (69, 120), (27, 120)])
def test_a_percentage_in_the_middle_of_two_fives_is_the_upper_one(favourable, n):
    # 57.5% and 22.5%; the first is 57.49999999999999 to a computer.
    upper = {0.575: "60%", 0.225: "25%"}[favourable / n]
    assert GATE.release_favourable(favourable / n, n=n).text == upper


def test_a_difference_is_that_of_the_printed_scores():
    before, after = score(68.4, 31), score(75.9, 29)

    shown = GATE.release_difference(before, after, (1.333, 13.667))

    assert (shown.value, shown.text, shown.low, shown.high) == (8, "+8", 1, 14)


def test_a_fall_is_written_with_a_minus_sign_and_no_change_without_sign():
    assert GATE.release_difference(score(60, 20), score(50, 20), None).text == "\N{MINUS SIGN}10"
    assert GATE.release_difference(score(60, 20), score(60, 20), None).text == "0"


def test_a_capped_score_has_no_difference():
    assert isinstance(GATE.release_difference(score(60, 20), score(99, 20), None), Withheld)


@pytest.mark.parametrize(
    ("share", "n", "text"),
    [
        (0.50, 19, None),
        (0.54, 20, "50%"),
        (0.95, 20, "80% or more"),
        (0.03, 20, "20% or less"),
        (0.10, 29, "10% or less"),
        (0.90, 29, "90% or more"),
        (0.84, 21, "80%"),
        (0.99, 29, "90% or more"),
        (0.52, 30, "50%"),
        (0.53, 30, "55%"),
        (0.98, 41, "95% or more"),
        (0.02, 200, "5% or less"),
    ],
)
def test_item_percentages_are_stepped_and_capped_by_group_size(share, n, text):
    shown = GATE.release_favourable(share, n=n)

    assert (None if isinstance(shown, Withheld) else shown.text) == text


@pytest.mark.parametrize(
    ("n", "answered", "counted", "told"),
    [
        (20, 20, None, True),
        (19, 20, None, False),  # twenty answered, but one of them not this
        (30, 30, 20, True),
        (30, 30, 19, False),  # thirty people whose weights count for nineteen
        (19, 19, 30, False),
    ],
)
def test_a_percentage_goes_by_the_fewest_people_that_can_be_meant(n, answered, counted, told):
    shown = GATE.release_favourable(0.5, n=n, answered=answered, counted=counted)

    assert isinstance(shown, Released) is told


def test_a_move_is_rounded_up_and_never_nothing():
    assert [GATE.release_move(points, n=10).text for points in (0.3, 1, 1.1)] == ["1", "1", "2"]
    assert isinstance(GATE.release_move(math.inf, n=10), Withheld)


def test_a_rate_needs_a_roster():
    assert GATE.release_rate(30, None).rule == "no-roster"
    assert GATE.release_rate(29, 36).text == "81%"


def test_a_coefficient_needs_a_hundred_people_in_five_schools():
    alpha = Estimate(value=0.874, low=0.85, high=0.89, n=420)

    assert isinstance(GATE.release_coefficient(alpha, people=99, schools=24), Withheld)
    assert isinstance(GATE.release_coefficient(alpha, people=420, schools=4), Withheld)
    assert GATE.release_coefficient(alpha, people=420, schools=5).text == "0.87"


def test_a_district_may_raise_the_threshold():
    strict = Gate(DisclosureSettings(min_n=15))

    assert isinstance(strict.release_score(Estimate(value=50, n=14), items=8), Withheld)


def test_a_coefficient_that_rounds_to_nought_has_no_sign_and_an_open_end_is_none():
    told = GATE.release_coefficient(
        Estimate(value=-0.001, low=-0.004, n=300), people=300, schools=5
    )

    assert (told.text, str(told.low), told.high) == ("0.00", "0.0", None)
    wide = Estimate(value=0.5, low=-math.inf, high=0.777, n=300)
    told = GATE.release_coefficient(wide, people=300, schools=5)
    assert (told.low, told.high) == (None, 0.78)


@pytest.mark.parametrize(
    ("value", "rule"), [(60, ""), (97, "protected"), (3, "protected"), (None, "protected")]
)
def test_no_alpha_of_a_school_tells_that_everybody_answered_alike(value, rule):
    points = withhold("protected") if value is None else score(value, 31)
    alpha, none = Estimate(value=0.8), Withheld("not-estimable", "fewer than two items vary")

    told = [GATE.release_own_coefficient(one, answered=31, points=points) for one in (alpha, none)]

    if rule:
        assert {one.rule for one in told} == {rule}
    else:
        assert (told[0].text, told[1].rule) == ("0.80", "not-estimable")


def test_another_reason_for_withholding_a_score_does_not_withhold_its_alpha():
    told = GATE.release_own_coefficient(
        Estimate(value=0.8), answered=31, points=withhold("low-response")
    )
    assert told.text == "0.80"
