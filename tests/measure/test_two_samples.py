import numpy as np
import pytest

from climatekit.measure.two_samples import Samples, adjust_p, compare_samples, standardize


def sample(mean, sd, n):
    numbers = (np.array([float(number)]) for number in (mean, sd, n))
    return Samples(**dict(zip(("mean", "sd", "n"), numbers, strict=True)), covered=np.zeros(1))


def test_the_two_bias_corrections_hardly_differ():
    before, after = sample(50, 16, 12), sample(60, 18, 10)

    exact, _ = standardize(before, after, correction="exact")
    approximate, _ = standardize(before, after)

    assert exact[0] == pytest.approx(approximate[0], rel=5e-4)


def test_holm_keeps_families_apart_however_they_are_shuffled():
    # By hand: 3 x .01, then 2 x .02, then .04 held at the one before; 2 x .01, then .2.
    p = np.array([0.04, 0.01, np.nan, 0.2, 0.02, 0.01])
    families = np.array([0, 0, 0, 1, 0, 1])

    adjusted = adjust_p(p, families)

    assert adjusted == pytest.approx([0.04, 0.03, np.nan, 0.2, 0.04, 0.02], nan_ok=True)


def test_without_any_error_a_difference_is_certain():
    before = Samples(
        mean=np.array([1.0, 1.0]), sd=np.full(2, 2.0), n=np.full(2, 9.0), covered=np.ones(2)
    )
    after = Samples(
        mean=np.array([1.0, 2.0]), sd=np.full(2, 2.0), n=np.full(2, 9.0), covered=np.ones(2)
    )

    assert compare_samples(before, after, 1.0).find_p().tolist() == [1.0, 0.0]
