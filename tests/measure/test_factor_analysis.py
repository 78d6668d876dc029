import numpy as np
import pytest

from climatekit.measure import factor_answers
from climatekit.measure.consistency import check_reliability
from climatekit.measure.factor_analysis import find_full_omega, find_omega
from climatekit.values import Estimate, Withheld


def test_three_items_fit_exactly_and_omega_follows_from_the_three_covariances():
    # Of three items the loadings are sqrt(c12 c13 / c23) and so on (Spearman 1904).
    generator = np.random.default_rng(4)
    matrix = generator.normal(size=(300, 1)) + generator.normal(size=(300, 3))
    c = np.cov(matrix.T, ddof=0)
    expected = np.sqrt(
        [c[0, 1] * c[0, 2] / c[1, 2], c[0, 1] * c[1, 2] / c[0, 2], c[0, 2] * c[1, 2] / c[0, 1]]
    )

    found = find_omega(matrix)

    assert found.loadings == pytest.approx(expected, abs=1e-6)
    assert found.fit.df == 0
    assert found.fit.chi_square == pytest.approx(0, abs=1e-8)
    assert found.omega.value == pytest.approx(expected.sum() ** 2 / c.sum(), abs=1e-7)


def test_an_item_that_runs_against_the_others_has_a_negative_loading():
    generator = np.random.default_rng(6)
    matrix = generator.normal(size=(400, 1)) * [1, 1, 1, -1] + generator.normal(size=(400, 4))

    found = find_omega(matrix)

    assert found.loadings[3] < -0.5
    assert (found.loadings[:3] > 0.5).all()


def make_noise(items, n=60, seed=1):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(n, 1)) + generator.normal(size=(n, items))


def test_omega_is_withheld_with_its_reason():
    pair = make_noise(2)
    repeated = make_noise(4)
    repeated[:, 3] = repeated[:, 0] + repeated[:, 1]
    sparse = make_noise(4)
    sparse[10:, 0] = np.nan

    reasons = [find_omega(matrix).reason for matrix in (pair, repeated, sparse)]

    assert reasons == [
        "one factor needs three items that vary",
        "an item repeats others, so no factor can be fitted",
        "too few people answered every item for a factor",
    ]


def test_full_omega_is_omega_where_nobody_skipped_an_item_and_is_withheld_with_its_reason(
    monkeypatch,
):
    matrix = make_noise(4, n=200)
    apart = make_noise(4, n=200)
    apart[:100, 0], apart[100:, 1] = np.nan, np.nan
    repeated = make_noise(4)
    repeated[:, 3] = repeated[:, 0] + repeated[:, 1]

    full = find_full_omega(matrix)

    assert full.omega.value == pytest.approx(find_omega(matrix).omega.value, abs=1e-8)
    assert [find_full_omega(one).reason for one in (make_noise(2), apart, repeated)] == [
        "one factor needs three items that vary",
        "two of the items share fewer than ten answers",
        "an item is constant or repeats others",
    ]
    monkeypatch.setattr(factor_answers, "_MOST_CELLS", 15)
    assert find_full_omega(matrix).reason == "too many patterns of items that people skipped"


def test_answers_missing_by_what_others_told_leave_full_omega_unmoved():
    # Whoever scores low on the first item skips the last two: complete cases are all high.
    generator = np.random.default_rng(12)
    matrix = 1.2 * generator.normal(size=(4000, 1)) + generator.normal(size=(4000, 4))
    skipped = matrix.copy()
    skipped[matrix[:, 0] < 0, 2:] = np.nan

    whole, full, complete = find_omega(matrix), find_full_omega(skipped), find_omega(skipped)

    assert full.omega.n == 4000 > complete.omega.n
    assert full.omega.value == pytest.approx(whole.omega.value, abs=0.01)
    assert complete.omega.value < whole.omega.value - 0.03


def test_a_heywood_case_is_withheld_and_said():
    # Item 1 shares more with 2 and with 3 than these share: a loading above its own spread.
    generator = np.random.default_rng(3)
    one, two = generator.normal(size=(2, 500))
    noise = generator.normal(size=(500, 3))
    matrix = np.column_stack([one + two, one, two]) + 0.3 * noise

    found = find_omega(matrix)

    assert isinstance(found, Withheld)
    assert "unique variance" in found.reason or "did not end" in found.reason


def test_a_constant_item_has_no_loading():
    matrix = make_noise(4, n=200)
    matrix[:, 1] = 2.0

    found = find_omega(matrix)

    assert np.isnan(found.loadings[1])
    assert found.omega.value == pytest.approx(find_omega(matrix[:, [0, 2, 3]]).omega.value)


def test_the_report_carries_omega_for_each_wave(survey):
    reports = check_reliability(*survey)

    assert all(isinstance(report.omega, Estimate) for report in reports)
    assert all(report.omega.n == report.alpha_complete.n for report in reports)
    assert all(report.omega_full.n >= report.n for report in reports)
    assert all(report.factor.fit.rmsea_low <= report.factor.fit.rmsea for report in reports)
