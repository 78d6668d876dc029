"""Points per year over three or more waves, worked by hand."""

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from climatekit.knowledge.settings import ComparisonSettings
from climatekit.measure.slopes import fit_line, fit_slopes
from climatekit.values import Estimate, Withheld

WAVES = ("w1", "w2", "w3", "w4")
DATES = dict(zip(WAVES, (date(2023, 4, 1), date(2024, 4, 1), date(2025, 4, 1), date(2026, 4, 1)),
                 strict=True))  # fmt: skip
WHOLE = dict.fromkeys([(*pair, "t") for pair in pairwise(WAVES)])


def fit(means, *, n=20, sd=18.0, eligible=None, breaks=WHOLE, waves=WAVES, min_n=10):
    counts = [n] * len(means) if isinstance(n, int) else n
    frame = pd.DataFrame(
        [
            {"school": "a", "score": "t", "wave": wave, "mean": mean, "sd": sd, "n": count}
            for wave, mean, count in zip(waves, means, counts, strict=False)
        ]
    )
    (told,) = fit_slopes(
        frame, waves=waves, dates=DATES, eligible=eligible or {}, breaks=breaks,
        settings=ComparisonSettings(), min_n=min_n,
    )  # fmt: skip
    return told


def test_a_line_through_three_waves_of_one_size_is_the_end_points_apart():
    # Slope (70 - 60) / 2 = 5; error = 2 / sqrt(2); pulls -1/2, 0, 1/2, so df = (8)^2 / ... :
    # parts 1, 0, 1 -> (1 + 1)^2 / (1/10 + 1/10) = 20.
    slope, error, df = fit_line(
        np.array([0.0, 1.0, 2.0]), np.array([60.0, 68.0, 70.0]), np.full(3, 2.0), np.full(3, 10.0)
    )

    assert (slope, error, df) == pytest.approx((5.0, 2 / 2**0.5, 20.0))


def test_a_precise_wave_counts_for_more():
    # R: lm(c(60, 68, 70) ~ 0:2, weights = 1 / c(1, 2, 4)^2). By hand: weights 16, 4, 1 over 21,
    # mean time 6/21 = 2/7; sum w (x - 2/7)^2 = (16*4 + 4*25 + 144)/49 = 308/49;
    # sum w (x - 2/7) y = (-32*60 + 20*68 + 12*70)/7 = 280/7 = 40; slope 40 * 49 / 308 = 6.3636.
    slope, error, _ = fit_line(
        np.array([0.0, 1.0, 2.0]), np.array([60.0, 68.0, 70.0]), np.array([1.0, 2.0, 4.0]),
        np.full(3, 10.0),
    )  # fmt: skip

    assert slope == pytest.approx(6.363636)
    assert error == pytest.approx((16 * 49 / 308) ** 0.5)  # weights above are 16 times 1/error^2


def test_a_school_gets_points_a_year_with_the_census_correction():
    # Error of a wave 18 sqrt((1 - .6 * 20/25) / 20) = 2.9025; over three years to the day but
    # one leap day: 1096 days = 3.0007 years. Waves at 0, 1, 2, 3: slope error / sqrt(5).
    told = fit([60.0, 62.0, 64.0, 66.0], eligible=dict.fromkeys([("a", w) for w in WAVES], 25))

    assert told.waves == WAVES
    assert told.per_year.value == pytest.approx(2.0, abs=0.002)
    # df: pulls -.3, -.1, .1, .3: (.2)^2 / (.0164 / 19) = 46.34; t(.975) = 2.0125.
    assert told.per_year.high - told.per_year.value == pytest.approx(
        2.0125 * 2.9025 / 5**0.5, abs=0.003
    )


def test_a_break_starts_a_new_line():
    broken = {**WHOLE, ("w1", "w2", "t"): "form"}
    gone = {**WHOLE, ("w2", "w3", "t"): "form"}

    assert fit([90.0, 62.0, 64.0, 66.0], breaks=broken).waves == ("w2", "w3", "w4")
    assert fit([90.0, 62.0, 64.0, 66.0], breaks=broken).per_year.value == pytest.approx(2, abs=0.01)
    assert isinstance(fit([90.0, 62.0, 64.0, 66.0], breaks=gone).per_year, Withheld)


def test_waves_that_may_not_be_compared_do_not_bear_on_the_line():
    few = fit([60.0, 62.0, 99.0, 66.0], n=[20, 20, 9, 20],
              breaks={**WHOLE, ("w2", "w4", "t"): None})  # fmt: skip
    low = fit([60.0, 62.0, 64.0, 66.0], eligible={("a", "w1"): 60})

    assert few.waves == ("w1", "w2", "w4")
    assert few.per_year.value == pytest.approx(2.0, abs=0.01)
    assert low.waves == ("w2", "w3", "w4")


def test_two_waves_are_no_trend_and_no_spread_is_no_error():
    assert fit([60.0, 70.0]).per_year.rule == "few-waves"
    assert fit([60.0, 70.0, 80.0], sd=0.0).per_year.rule == "no-spread"
    assert isinstance(fit([60.0, 70.0, 75.0]).per_year, Estimate)
