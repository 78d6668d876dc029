"""Polychoric correlations, ordinal alpha and ordinal omega, against R and closed forms."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_builders import make_responses, make_scale
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from climatekit.knowledge.scales import ResponseSet
from climatekit.measure.matrices import list_matrices
from climatekit.measure.normal_pairs import find_joint_chance
from climatekit.measure.ordinal import check_ordinal
from climatekit.measure.ordinal_factor import work_ordinal_omega
from climatekit.measure.polychoric import find_polychoric
from climatekit.values import Estimate, Withheld

SCALES = ("trust", "ce")
SEVEN = ResponseSet(id="seven", kind="agreement", low=1, high=7, labels={}, favourable=(6, 7))
HUNDRED = ResponseSet(id="hundred", kind="slider", low=0, high=100, labels={}, favourable=())


@pytest.fixture(scope="module")
def codes(survey):
    """Return the answers of each scale, both waves, in steps above the lowest code."""
    return {
        part.score.removesuffix(".s"): np.round(part.matrix / 20)
        for part in list_matrices(*survey)
        if part.wave is None
    }


def below(square):
    return np.concatenate([square[place + 1 :, place] for place in range(len(square))])


def answer_grades(seed, people=400, items=4, options=6):
    """Return graded answers that one factor with loadings of .8 gave."""
    generator = np.random.default_rng(seed)
    behind = 0.8 * generator.normal(size=(people, 1)) + 0.6 * generator.normal(size=(people, items))
    cuts = np.linspace(-1.5, 1.5, options - 1)
    return (behind[:, :, None] > cuts).sum(axis=2).astype(float)


def test_two_items_split_at_their_medians_have_the_correlation_of_a_closed_form():
    # With cuts of 0, r = sin(2 pi (p11 - 1/4)) (Sheppard 1899).
    pairs = [(0, 0)] * 70 + [(1, 1)] * 70 + [(0, 1)] * 30 + [(1, 0)] * 30

    found = find_polychoric(np.array(pairs, dtype=float), [2, 2])

    assert found.correlation[0, 1] == pytest.approx(np.sin(2 * np.pi * (0.35 - 0.25)), abs=1e-9)
    assert found.thresholds == pytest.approx(np.zeros((2, 1)), abs=1e-12)


def test_chances_of_two_normal_variables_agree_with_closed_forms():
    r = np.linspace(-0.99, 0.99, 23)

    assert find_joint_chance(np.zeros(1), np.zeros(1), r) == pytest.approx(
        0.25 + np.arcsin(r) / (2 * np.pi), abs=1e-14
    )
    # F2(x, x, 1/2) at 0 is a third; at infinity only the other variable is left.
    assert find_joint_chance(0.0, 0.0, 0.5) == pytest.approx(1 / 3, abs=1e-14)
    assert find_joint_chance(np.inf, 1.0, 0.7) == pytest.approx(0.841344746068543, abs=1e-14)
    assert find_joint_chance(-np.inf, 1.0, 0.7) == 0.0
    assert find_joint_chance(0.3, 1.0, 1.0) == pytest.approx(0.617911422188953, abs=1e-14)


@settings(max_examples=25, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-0.98, 0.98))
def test_chances_of_two_normal_variables_agree_with_scipy_s_integral(x, y, r):
    expected = multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([x, y])

    assert float(find_joint_chance(x, y, r)) == pytest.approx(expected, abs=1e-6)


def test_an_option_that_nobody_chose_is_kept_and_changes_no_correlation():
    codes = answer_grades(3)
    # The same answers on seven declared options, of which one in the middle was never chosen,
    # and on eight, of which the lowest was not either.
    wider = codes + (codes > 2)
    six = find_polychoric(codes, [6] * 4)

    seven = find_polychoric(wider, [7] * 4)
    eight = find_polychoric(wider + 1, [8] * 4)

    assert seven.thresholds.shape == (4, 6)
    assert (seven.thresholds[:, 2] == seven.thresholds[:, 3]).all()
    assert np.isneginf(eight.thresholds[:, 0]).all()
    for other in (seven, eight):
        assert below(other.correlation) == pytest.approx(below(six.correlation), abs=1e-9)


def test_the_report_names_unused_options_and_still_gives_every_number():
    codes = answer_grades(3)
    scale = make_scale(signs=dict.fromkeys("abcd", 1), answers=dict.fromkeys("abcd", SEVEN))

    (report, _) = check_ordinal(make_survey(1 + codes + (codes > 2)), [scale])

    assert report.unused == dict.fromkeys("abcd", 1)
    assert isinstance(report.alpha, Estimate)
    assert isinstance(report.omega, Estimate)
    assert report.omega.n == 400
    assert report.definite


def test_green_and_yang_s_omega_is_the_share_of_the_sum_that_the_factor_tells():
    # By numerical integration over the factor: the variance of the expected sum over that of
    # the sum, whose own part is what is left of each item given the factor.
    load = np.array([0.8, 0.7, 0.6, 0.5])
    cuts = np.array([[-1.2, 0.1, 0.9], [-np.inf, 0.0, 0.5], [-0.4, -0.4, 1.0], [-1, 0, np.inf]])
    factor, weight = np.polynomial.hermite_e.hermegauss(80)
    weight = weight / weight.sum()
    above = ndtr((load * factor[:, None] - cuts.T[:, None, :]) / np.sqrt(1 - load**2))
    steps = np.arange(1, 6, 2)[:, None, None]
    mean, square = above.sum(axis=0), (above * steps).sum(axis=0)
    told = weight @ mean.sum(axis=1) ** 2 - (weight @ mean.sum(axis=1)) ** 2
    left = weight @ (square - mean**2).sum(axis=1)
    model = np.outer(load, load) + np.diag(1 - load**2)

    omega = work_ordinal_omega(load, cuts, model)

    assert omega == pytest.approx(told / (told + left), abs=1e-6)


def make_survey(answers):
    names = [*"abcd"]
    frame = pd.DataFrame(answers, columns=names).assign(
        wave="w1", school="A", respondent=[f"p{place}" for place in range(len(answers))], role=""
    )
    return make_responses(frame, items=names, waves=("w1",))


def test_where_it_cannot_be_had_the_reason_is_said_and_pearson_stands_beside_it():
    codes = answer_grades(5)
    codes[:, 1] = codes[:, 0]
    scale = make_scale(signs=dict.fromkeys("abcd", 1))

    (alike, _) = check_ordinal(make_survey(1 + codes), [scale])

    assert alike.alpha == Withheld(
        "not-estimable", "two of the items are answered so alike that no correlation is found"
    )
    assert alike.omega.rule == "not-estimable"
    assert alike.alpha_pearson.method == "standardized alpha, Pearson"
    assert alike.alpha_pearson.value > 0.8


def test_many_options_are_no_grades():
    scale = make_scale(signs=dict.fromkeys("abcd", 1), answers=dict.fromkeys("abcd", HUNDRED))

    (report, _) = check_ordinal(make_survey(answer_grades(5) * 17), [scale])

    assert "more than 10 answer options" in report.alpha.reason
    assert isinstance(report.alpha_pearson, Estimate)


def test_few_people_have_neither():
    scale = make_scale(signs=dict.fromkeys("abcd", 1))

    (report, _) = check_ordinal(make_survey(1 + answer_grades(5, people=99)), [scale])

    assert report.alpha.rule == report.omega.rule == report.alpha_pearson.rule == "min-n"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_order_and_reversal_of_all_items_change_nothing(seed):
    codes = answer_grades(seed, people=150)
    generator = np.random.default_rng(seed)
    codes[generator.random(codes.shape) < 0.1] = np.nan
    rows, columns = generator.permutation(150), generator.permutation(4)

    plain = find_polychoric(codes, [6] * 4)
    mixed = find_polychoric(codes[rows][:, columns], [6] * 4)
    turned = find_polychoric(5 - codes, [6] * 4)

    expected = plain.correlation[np.ix_(columns, columns)]
    assert mixed.correlation == pytest.approx(expected, abs=1e-8, nan_ok=True)
    assert turned.correlation == pytest.approx(plain.correlation, abs=1e-8, nan_ok=True)
    assert turned.thresholds == pytest.approx(-plain.thresholds[:, ::-1], abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_correlation_has_the_highest_likelihood(seed):
    codes = answer_grades(seed, people=80, items=2, options=4)
    found = find_polychoric(codes, [4, 4])
    if np.isnan(found.correlation[0, 1]):
        pytest.skip("answered all alike")

    def deviance(r):
        edges = np.concatenate([np.full((2, 1), -9.0), found.thresholds, np.full((2, 1), 9.0)], 1)
        corners = find_joint_chance(edges[0][:, None], edges[1][None, :], np.array(r))
        cells = np.diff(np.diff(corners, axis=0), axis=1)
        chosen = cells[codes[:, 0].astype(int), codes[:, 1].astype(int)]
        return -np.log(chosen).sum()

    top = found.correlation[0, 1]
    assert deviance(top) <= min(deviance(top - 0.001), deviance(top + 0.001))
