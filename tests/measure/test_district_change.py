"""The district's pooled change, against published numbers and by hand."""

from dataclasses import replace

import numpy as np
import pytest

from climatekit.measure.change import Change
from climatekit.measure.district_change import (
    adjust_for_screening,
    bound_tau2,
    find_tau2,
    pool_changes,
    weigh,
)
from climatekit.values import Estimate, Withheld

# Thirteen trials of BCG vaccine (Colditz et al. 1994): cases and others, treated, control.
BCG = np.array([
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
    (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
    (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
], dtype=float)  # fmt: skip
A, B, C, D = BCG.T
LOG_RISK = np.log(A / (A + B)) - np.log(C / (C + D))
ERRORS = np.sqrt(1 / A - 1 / (A + B) + 1 / C - 1 / (C + D))


def change(school, value, error=2.0, p=0.5, **more):
    estimate = Estimate(value=value, low=value - 4, high=value + 4, n=20)
    return Change(
        school=school, score="ots.tco", before="w1", after="w2", mean_before=estimate,
        mean_after=estimate, difference=estimate, effect=estimate, standard_error=error, df=38.0,
        p=p, verdict="too_close", verdict_as_answered="too_close", **more,
    )  # fmt: skip


def test_the_trials_of_bcg_give_the_published_variance_and_mean():
    tau2 = find_tau2(LOG_RISK, ERRORS)
    mean, error = weigh(LOG_RISK, ERRORS, tau2)

    # R metafor 4, rma(method = "PM") and confint() on dat.bcg.
    assert tau2 == pytest.approx(0.3181, abs=0.00006)
    assert mean == pytest.approx(-0.7150, abs=0.0002)
    assert error == pytest.approx(0.1808, abs=0.0003)
    assert bound_tau2(LOG_RISK, ERRORS) == pytest.approx((0.1197, 1.1115), abs=0.0001)


def test_equal_schools_are_pooled_as_by_hand():
    # Eight changes, 0 and 8 by turns, each with error 2: mean 4, sample variance 128/7, and
    # Q = 128 / (tau2 + 4) = 7 gives tau2 = 128/7 - 4 = 14.286; error = sqrt(128/7 / 8) = 1.5119;
    # t(.975, 7) = 2.3646; Q(0) = 32, so I2 = 1 - 7/32; shrunk = 4 +- 4 * 14.286 / 18.286.
    (told,) = pool_changes([change(f"s{n}", 8.0 * (n % 2)) for n in range(8)])

    assert told.mean.value == pytest.approx(4.0)
    assert told.mean.high - 4.0 == pytest.approx(2.3646 * 1.5119, abs=0.001)
    assert told.tau.value == pytest.approx(14.2857**0.5, abs=0.0001)
    assert told.tau.low < told.tau.value < told.tau.high
    assert told.i2 == pytest.approx(1 - 7 / 32)
    assert [one.shrunk for one in told.schools[::4]] == pytest.approx([7.125, 0.875])
    assert told.high > told.mean.high


def test_schools_that_differ_by_chance_alone_all_have_the_mean_for_best_guess():
    (told,) = pool_changes([change(f"s{n}", 3.0 + 0.1 * n) for n in range(9)])

    assert told.tau.value == 0.0
    assert told.i2 == 0.0
    assert {round(one.shrunk, 9) for one in told.schools} == {3.4}


def test_the_small_school_is_pulled_further_so_that_it_does_not_top_the_list():
    steady = [change(f"s{n}", 2.0 * (n % 5) - 4, error=1.0) for n in range(10)]

    (told,) = pool_changes([*steady, change("tiny", 6.0, error=9.0)])

    assert told.schools[0].school != "tiny"
    assert max(told.schools, key=lambda one: one.difference).school == "tiny"


def test_under_eight_schools_nothing_is_pooled_but_the_list_is_made():
    (told,) = pool_changes([change("a", 9.0, p=0.001), change("b", 1.0, p=0.6)])

    assert isinstance(told.mean, Withheld)
    assert isinstance(told.tau, Withheld)
    assert [(one.school, one.shrunk, one.listed) for one in told.schools] == [
        ("a", None, True), ("b", None, False),
    ]  # fmt: skip


def test_a_change_that_was_not_compared_is_left_out():
    hidden = Withheld("min-n", "too few")
    barred = replace(change("c", 1.0), difference=hidden, standard_error=None, p=None)

    (told,) = pool_changes([change("a", 9.0), barred])

    assert [one.school for one in told.schools] == ["a"]
    assert pool_changes([barred]) == ()


def test_a_change_without_any_error_does_not_outweigh_all_others():
    others = [change(f"s{n}", 8.0 * (n % 2)) for n in range(8)]

    assert pool_changes([*others, change("sure", 40.0, error=0.0)]) == pool_changes(others)


def test_p_values_are_adjusted_as_benjamini_and_hochberg_do():
    # By hand: .01*4/1 = .04, .02*4/2 = .04, .03*4/3 = .04, .9; R's p.adjust agrees.
    assert adjust_for_screening(np.array([0.03, 0.9, 0.01, 0.02])) == pytest.approx(
        [0.04, 0.9, 0.04, 0.04]
    )
    # .01*3 = .03; .30*3/2 = .45 but no more than .40*3/3 = .40.
    assert adjust_for_screening(np.array([0.3, 0.01, 0.4])) == pytest.approx([0.4, 0.03, 0.4])
