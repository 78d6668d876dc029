"""Overlap: a comparison of two waves in which many people are known to be the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from climatekit.measure.groups import Floats
from climatekit.measure.two_samples import Samples, Welch


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Overlap:
    """People with the score in both waves, one element per comparison.

    Attributes
    ----------
    n : ndarray of float
        How many they are, 0 where nobody could be linked.
    r : ndarray of float
        Pearson's correlation of their two scores, NaN where it cannot be had.
    """

    n: Floats
    r: Floats


def compare_overlapping(before: Samples, after: Samples, overlap: Overlap) -> Welch:
    """Compare two samples that share some people.

    The t test for partially overlapping samples with unequal variances, ``T_new2`` of
    Derrick, Russ, Toher and White (2017), Journal of Modern Applied Statistical Methods
    16(1), 137-157: all answers count, and twice the shared people's covariance is taken
    off the variance of the difference. With nobody shared it is Welch's, with everybody
    nearly the paired test.

    There is no census correction: those who answered twice cancel out of the chance in
    who was asked. Without turnover the error is that of the change of the whole staff list;
    with turnover it is a little wide.
    """
    first, second = before.sd**2 / before.n, after.sd**2 / after.n
    shared = 2 * overlap.r * before.sd * after.sd * overlap.n / (before.n * after.n)
    alone = before.n + after.n - 2 * overlap.n
    with np.errstate(invalid="ignore", divide="ignore"):
        welch = (first + second) ** 2 / (first**2 / (before.n - 1) + second**2 / (after.n - 1))
    few = overlap.n - 1
    df = few + (welch - few) / (before.n + after.n) * alone
    return Welch(
        difference=after.mean - before.mean,
        error=np.sqrt(np.maximum(first + second - np.nan_to_num(shared), 0.0)),
        df=np.where(overlap.n > 1, df, welch),
    )
