import numpy as np
import pytest

from climatekit.measure.scoring import score
from climatekit.measure.two_samples import Samples, adjust_p, compare_samples, standardize


def sample(mean, sd, n):
    numbers = (np.array([float(number)]) for number in (mean, sd, n))
    return Samples(**dict(zip(("mean", "sd", "n"), numbers, strict=True)), covered=np.zeros(1))


def from_survey(survey, scale, school=None):
    frame = score(*survey).frame
    frame = frame[(frame["score"] == f"{scale}.s") & frame["native"].notna()]
    if school is not None:
        frame = frame[frame["school"] == school]
    waves = [frame.loc[frame["wave"] == wave, "native"].to_numpy() for wave in ("w1", "w2")]
    return tuple(sample(values.mean(), values.std(ddof=1), len(values)) for values in waves)


@pytest.fixture(params=["trust", "ce", "trust_school14"])
def case(request, survey, reference):
    scale, _, school = request.param.partition("_school")
    expected = reference("waves")["welch"][request.param]
    return from_survey(survey, scale, school or None), expected


def test_welch_agrees_with_r(case):
    (before, after), expected = case

    welch = compare_samples(before, after, 0.0)

    wanted = expected["welch"]
    assert [after.n[0], before.n[0]] == expected["n"]
    assert welch.difference[0] == pytest.approx(wanted["diff"], abs=1e-10)
    assert welch.error[0] == pytest.approx(wanted["se"], abs=1e-10)
    assert (welch.difference / welch.error)[0] == pytest.approx(wanted["t"], rel=1e-10)
    assert welch.df[0] == pytest.approx(wanted["df"], rel=1e-10)
    assert welch.find_p()[0] == pytest.approx(wanted["p"], abs=1e-10)
    reach = welch.reach(0.95)[0]
    interval = [welch.difference[0] - reach, welch.difference[0] + reach]
    assert interval == pytest.approx(wanted["ci95"], abs=1e-10)


def test_the_ninety_percent_interval_is_that_of_two_one_sided_tests(case):
    (before, after), expected = case

    welch = compare_samples(before, after, 0.0)

    reach = welch.reach(0.90)[0]
    interval = [welch.difference[0] - reach, welch.difference[0] + reach]
    assert interval == pytest.approx(expected["tost_ci90"], abs=1e-10)


def test_hedges_g_with_the_exact_correction_agrees_with_r(case):
    (before, after), expected = case

    pooled, _ = standardize(before, after, standardizer="pooled", correction="exact")

    assert pooled[0] == pytest.approx(expected["hedges_g_pooled"]["g"], abs=1e-10)


def test_the_two_bias_corrections_hardly_differ():
    before, after = sample(50, 16, 12), sample(60, 18, 10)

    exact, _ = standardize(before, after, correction="exact")
    approximate, _ = standardize(before, after)

    assert exact[0] == pytest.approx(approximate[0], rel=5e-4)


def test_holm_agrees_with_r_in_each_of_two_families_shuffled_together(reference):
    expected = reference("waves")["p_adjust"]
    order = np.random.default_rng(3).permutation(22)
    p = np.array(expected["p"] + [np.nan] + [0.01, 0.2] + expected["p"][:9])[order]
    families = np.array([0] * 11 + [1] * 2 + [2] * 9)[order]

    adjusted = adjust_p(p, families)

    back = np.empty(22)
    back[order] = adjusted
    assert back[:10] == pytest.approx(expected["holm"], abs=1e-12)
    assert np.isnan(back[10])
    assert back[11:13] == pytest.approx([0.02, 0.2])


def test_without_any_error_a_difference_is_certain():
    before = Samples(
        mean=np.array([1.0, 1.0]), sd=np.full(2, 2.0), n=np.full(2, 9.0), covered=np.ones(2)
    )
    after = Samples(
        mean=np.array([1.0, 2.0]), sd=np.full(2, 2.0), n=np.full(2, 9.0), covered=np.ones(2)
    )

    assert compare_samples(before, after, 1.0).find_p().tolist() == [1.0, 0.0]
