from datetime import date

import numpy as np
import pandas as pd
import pytest

from climatekit.knowledge.settings import ComparisonSettings
from climatekit.measure.change import compare, wave_intervals
from climatekit.values import Estimate, Withheld

SETTINGS = ComparisonSettings()
FIRST, SECOND = "w1", "w2"


def rows(*cells, ceiling=0.1):
    """Return summaries; a cell is wave, school, score, n, mean, sd."""
    frame = pd.DataFrame(cells, columns=["wave", "school", "score", "n", "mean", "sd"])
    return frame.assign(native_mean=0.0, ceiling=ceiling, respondents=frame["n"])


def one(before, after, *, staff=(None, None), answered=None, **changed):
    """Compare one school on one score; before and after are n, mean, sd."""
    answered = (before[0], after[0]) if answered is None else answered
    waves = (FIRST, SECOND)
    arguments = {
        "eligible": {("A", w): N for w, N in zip(waves, staff, strict=True) if N is not None},
        "pairs": [(FIRST, SECOND)],
        "comparable": {},
        "family": ["x.s"],
        "settings": SETTINGS,
        "min_n": 10,
        "dates": {},
        "responded": {("A", w): n for w, n in zip(waves, answered, strict=True)},
    } | changed
    ceiling = arguments.pop("ceiling", 0.1)
    table = rows((FIRST, "A", "x.s", *before), (SECOND, "A", "x.s", *after), ceiling=ceiling)
    (change,) = compare(table, **arguments)
    return change


def test_the_worked_example_of_the_method_comes_out_to_the_printed_digits():
    change = one((31, 68.4, 17.2), (29, 75.9, 16.1), staff=(38, 36))

    assert change.difference.value == pytest.approx(7.50, abs=5e-3)
    assert change.standard_error == pytest.approx(3.0806, abs=5e-5)
    assert change.df == pytest.approx(58.000, abs=5e-4)
    assert change.difference.low == pytest.approx(1.333, abs=5e-4)
    assert change.difference.high == pytest.approx(13.667, abs=5e-4)
    assert change.low90 == pytest.approx(2.351, abs=5e-4)
    assert change.high90 == pytest.approx(12.649, abs=5e-4)
    assert change.p == pytest.approx(0.0180, abs=5e-5)
    assert change.effect.value == pytest.approx(0.444, abs=5e-4)
    assert change.effect.low == pytest.approx(0.073, abs=5e-4)
    assert change.effect.high == pytest.approx(0.816, abs=5e-4)
    assert change.detectable == pytest.approx(8.78, abs=5e-3)
    assert change.verdict == "rose"
    assert not change.clearly
    assert change.tags == ()


@pytest.mark.parametrize(("retest", "low", "high"), [(0.0, -1.11, 16.11), (1.0, 3.76, 11.24)])
def test_without_retest_it_is_plain_welch_and_with_full_retest_the_full_correction(
    retest, low, high
):
    change = one(
        (31, 68.4, 17.2),
        (29, 75.9, 16.1),
        staff=(38, 36),
        settings=ComparisonSettings(retest_reliability=retest),
    )

    assert change.difference.low == pytest.approx(low, abs=5e-3)
    assert change.difference.high == pytest.approx(high, abs=5e-3)


def test_without_a_roster_it_is_plain_welch_and_the_response_is_unknown():
    change = one((31, 68.4, 17.2), (29, 75.9, 16.1))

    assert change.difference.low == pytest.approx(-1.11, abs=5e-3)
    assert change.response_before is None
    assert change.tipping is None
    assert change.verdict == "too_close"


@pytest.mark.parametrize(
    ("staff", "n", "half", "detectable", "plain", "full"),
    [
        (10, 8, 13.9, 19.6, 19.3, 8.6),
        (15, 13, 10.1, 14.3, 14.6, 5.3),
        (20, 17, 8.8, 12.5, 12.6, 4.9),
        (30, 26, 6.9, 9.9, 10.0, 3.7),
        (40, 34, 6.1, 8.7, 8.7, 3.4),
        (60, 51, 5.0, 7.1, 7.1, 2.7),
        (80, 68, 4.3, 6.1, 6.1, 2.4),
        (120, 102, 3.5, 5.0, 5.0, 1.9),
    ],
)
def test_the_table_of_detectable_changes_comes_out(staff, n, half, detectable, plain, full):
    def width(retest):
        return one(
            (n, 60.0, 18.0),
            (n, 60.0, 18.0),
            staff=(staff, staff),
            min_n=5,
            settings=ComparisonSettings(retest_reliability=retest),
        )

    change = width(0.6)

    assert change.difference.high == pytest.approx(half, abs=0.051)
    assert change.detectable == pytest.approx(detectable, abs=0.051)
    assert width(0.0).difference.high == pytest.approx(plain, abs=0.051)
    assert width(1.0).difference.high == pytest.approx(full, abs=0.051)


@pytest.mark.parametrize(
    ("before", "after", "staff", "verdict", "clearly"),
    [
        ((30, 50.0, 16.0), (30, 60.0, 16.0), 35, "rose", False),
        ((30, 50.0, 16.0), (30, 70.0, 16.0), 35, "rose", True),
        ((30, 60.0, 16.0), (30, 50.0, 16.0), 35, "fell", False),
        ((30, 70.0, 16.0), (30, 50.0, 16.0), 35, "fell", True),
        ((200, 60.0, 16.0), (200, 63.0, 16.0), 210, "moved_slightly", False),
        ((200, 60.0, 16.0), (200, 61.0, 16.0), 210, "held_steady", False),
        ((30, 60.0, 16.0), (30, 61.0, 16.0), 35, "too_close", False),
    ],
)
def test_each_verdict_can_be_reached(before, after, staff, verdict, clearly):
    change = one(before, after, staff=(staff, staff))

    assert change.verdict == verdict
    assert change.verdict_as_answered == verdict
    assert change.clearly is clearly
    assert change.reason == ""


def test_under_ten_people_in_either_wave_nothing_is_compared_and_the_mean_is_withheld():
    change = one((9, 60.0, 16.0), (30, 61.0, 16.0))

    assert (change.verdict, change.reason) == ("not_compared", "min-n")
    assert isinstance(change.mean_before, Withheld)
    assert isinstance(change.mean_after, Estimate)
    assert isinstance(change.difference, Withheld)
    assert change.p is None


def test_a_school_new_in_the_second_wave_is_not_compared():
    table = rows((SECOND, "A", "x.s", 30, 61.0, 16.0))

    (change,) = compare(
        table,
        eligible={},
        pairs=[(FIRST, SECOND)],
        comparable={},
        family=["x.s"],
        settings=SETTINGS,
        min_n=10,
        dates={},
        responded={},
    )

    assert (change.verdict, change.reason) == ("not_compared", "min-n")
    assert change.mean_before == Withheld("min-n", "too few people answered")


def test_a_score_whose_items_changed_is_not_compared_and_keeps_both_means():
    barred = {(FIRST, SECOND, "x.s"): "form"}

    change = one((30, 60.0, 16.0), (30, 90.0, 16.0), comparable=barred)

    assert (change.verdict, change.reason) == ("not_compared", "form")
    assert change.mean_before.value == 60.0
    assert isinstance(change.difference, Withheld)


def test_a_response_under_forty_percent_forbids_the_comparison():
    low = one((39, 50.0, 16.0), (60, 80.0, 16.0), staff=(100, 100))
    enough = one((40, 50.0, 16.0), (60, 80.0, 16.0), staff=(100, 100))

    assert (low.verdict, low.reason) == ("not_compared", "response")
    assert low.response_before == 0.39
    assert enough.reason == ""


def test_no_spread_at_all_gives_no_interval_and_no_verdict():
    change = one((30, 60.0, 0.0), (30, 80.0, 0.0), staff=(30, 30))

    assert (change.verdict, change.reason) == ("not_compared", "no-spread")
    assert change.difference == Estimate(value=20.0, n=30, method="census-limited Welch")
    assert change.mean_before.low is None


def test_spread_in_one_wave_only_is_enough():
    change = one((30, 60.0, 0.0), (30, 80.0, 16.0))

    assert change.verdict == "rose"
    assert change.df == pytest.approx(29)


def test_a_rise_that_a_fall_in_response_could_explain_is_too_close_to_call():
    change = one((90, 60.0, 16.0), (60, 66.0, 16.0), staff=(100, 100))

    # 6 points of rise, 30 points of response lost: 3 points remain if delta is -10.
    assert change.verdict_as_answered == "rose"
    assert change.verdict == "too_close"
    assert change.tags == ("fragile",)
    assert change.tipping == pytest.approx(-20.0)


def test_equal_response_rates_cancel_the_nonresponse_check():
    change = one((50, 60.0, 16.0), (50, 68.0, 16.0), staff=(100, 100))

    assert change.verdict == "rose"
    assert change.tipping is None


def test_more_answers_than_staff_leaves_the_roster_unused_and_says_so():
    change = one((31, 68.4, 17.2), (29, 75.9, 16.1), staff=(30, 36))

    assert "roster" in change.tags
    assert change.response_before is None
    plain = one((31, 68.4, 17.2), (29, 75.9, 16.1), staff=(None, 36))
    assert change.difference == plain.difference


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        (date(2025, 5, 1), date(2026, 6, 26), False),
        (date(2025, 5, 1), date(2026, 6, 27), True),
        (date(2024, 12, 20), date(2026, 1, 20), False),
        # Eight weeks from March 1 to April 26, in a leap year too.
        (date(2024, 4, 26), date(2025, 3, 1), False),
        (date(2024, 4, 27), date(2025, 3, 1), True),
        (date(2024, 2, 29), date(2025, 4, 25), False),
        (date(2025, 10, 15), date(2026, 3, 15), True),
    ],
)
def test_seasons_differ_over_eight_weeks_by_day_of_the_year(before, after, differs):
    change = one((30, 60.0, 16.0), (30, 61.0, 16.0), dates={FIRST: before, SECOND: after})

    assert ("season_differs" in change.tags) is differs


@pytest.mark.parametrize(
    ("mean", "share", "tagged"), [(90.1, 0.1, True), (90.0, 0.41, True), (90.0, 0.40, False)]
)
def test_a_ceiling_is_tagged_above_ninety_or_with_over_forty_percent_at_the_top(
    mean, share, tagged
):
    change = one((30, 80.0, 16.0), (30, mean, 8.0), ceiling=share)

    assert ("ceiling" in change.tags) is tagged


def test_holm_is_worked_within_a_school_over_the_family_only():
    table = rows(
        *[(FIRST, s, f"x.{k}", 30, 60.0, 16.0) for s in ("A", "B") for k in ("a", "b", "c", "d")],
        *[
            (SECOND, s, f"x.{k}", 30, 60.0 + up, 16.0)
            for s in ("A", "B")
            for k, up in (("a", 12.0), ("b", 9.0), ("c", 9.0), ("d", 30.0))
        ],
    )

    changes = compare(
        table,
        eligible={},
        pairs=[(FIRST, SECOND)],
        comparable={(FIRST, SECOND, "x.c"): "reworded"},
        family=["x.a", "x.b", "x.c"],
        settings=SETTINGS,
        min_n=10,
        dates={},
        responded={},
    )

    assert [(c.school, c.score) for c in changes] == [
        (s, f"x.{k}") for s in ("A", "B") for k in ("a", "b", "c", "d")
    ]
    a, b, c, d = changes[:4]
    assert a.p_holm == pytest.approx(2 * a.p)
    assert b.p_holm == pytest.approx(b.p)
    assert (c.reason, c.p_holm) == ("reworded", None)
    assert (d.reason, d.verdict, d.p_holm) == ("not-in-family", "not_compared", None)
    assert d.difference.value == 30.0


def test_a_wave_interval_is_the_mean_and_its_t_reach():
    # t(.975, 24) = 2.0639; SE = 15 sqrt((1 - .6 * 25/30) / 25) = 2.1213
    (interval,) = wave_intervals([70.0], [15.0], [25], [30], SETTINGS)

    assert interval.low == pytest.approx(70 - 2.0639 * 2.12132, abs=1e-3)
    assert interval.high == pytest.approx(70 + 2.0639 * 2.12132, abs=1e-3)


@pytest.mark.parametrize("n", [0, 1])
def test_a_wave_of_one_has_no_interval(n):
    assert wave_intervals([70.0], [np.nan], [n], [np.nan], SETTINGS)[0].low is None
