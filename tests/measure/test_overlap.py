"""The comparison of linked respondents, against published and recomputed numbers."""

from dataclasses import replace

import numpy as np
import pytest

from climatekit.measure.overlap import Overlap, compare_overlapping
from climatekit.measure.two_samples import Samples, compare_samples

# Derrick, Toher and White (2017), The Quantitative Methods for Psychology 13(2), 120-126:
# eight people of each group alone, and eight pairs.
ALONE = ((20, 21, 16, 18, 14, 12, 14, 17), (10, 16, 18, 16, 15, 14, 13, 10))
PAIRED = ((14, 15, 18, 20, 11, 19, 14, 15), (15, 10, 15, 17, 13, 19, 12, 13))


def sample(values):
    values = np.array(values, dtype=float)
    return Samples(
        mean=np.array([values.mean()]),
        sd=np.array([values.std(ddof=1)]),
        n=np.array([float(len(values))]),
        covered=np.ones(1),
    )


def test_the_published_example_comes_out_as_r_gives_it():
    before, after = (sample(one + both) for one, both in zip(ALONE, PAIRED, strict=True))
    overlap = Overlap(n=np.array([8.0]), r=np.array([np.corrcoef(*PAIRED)[0, 1]]))

    welch = compare_overlapping(before, after, overlap)

    # R 4: the formulas of T_new2 over var(), sd() and cor(); the same script gives the printed
    # p = .026 for T_new1, the variant with equal variances.
    assert overlap.r[0] == pytest.approx(0.6867952957)
    assert welch.difference[0] == pytest.approx(-2.0)
    assert welch.error[0] == pytest.approx(0.8267545619)
    assert welch.df[0] == pytest.approx(18.4223322693)
    assert welch.find_p()[0] == pytest.approx(0.0261044449)


def test_with_nobody_shared_it_is_welch_without_a_census_correction():
    before, after = sample(ALONE[0]), sample(ALONE[1])
    nobody = Overlap(n=np.zeros(1), r=np.full(1, np.nan))

    welch, plain = compare_overlapping(before, after, nobody), compare_samples(before, after, 0.0)

    assert (welch.error[0], welch.df[0]) == pytest.approx((plain.error[0], plain.df[0]))


def test_with_everybody_shared_it_is_the_paired_test():
    before, after = sample(PAIRED[0]), sample(PAIRED[1])
    everybody = Overlap(n=np.array([8.0]), r=np.array([np.corrcoef(*PAIRED)[0, 1]]))

    welch = compare_overlapping(before, after, everybody)

    gaps = np.array(PAIRED[1]) - np.array(PAIRED[0])
    assert welch.error[0] == pytest.approx(gaps.std(ddof=1) / 8**0.5)
    assert welch.df[0] == pytest.approx(7.0)


def test_where_all_moved_alike_the_error_is_0_and_not_what_rounding_leaves():
    before = sample(PAIRED[0])
    moved = replace(before, mean=before.mean + 5)

    # One unit in the last place under 1, as a correlation worked out in floats comes.
    alike = Overlap(n=np.array([8.0]), r=np.array([1 - 2**-53]))

    assert compare_overlapping(before, moved, alike).error[0] == 0
