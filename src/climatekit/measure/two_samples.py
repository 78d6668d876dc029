"""Two samples: the t comparison, effect size and family of p values behind a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, stdtr, stdtrit

from climatekit.measure.groups import Flags, Floats, Ints

NORMAL_975 = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Samples:
    """Samples side by side, one element per comparison.

    Attributes
    ----------
    mean, sd : ndarray of float
        Mean and standard deviation (n - 1 below) of persons' scores, points.
    n : ndarray of float
        People with the score.
    covered : ndarray of float
        Share of the staff list that these people are, 0 (unknown, or a sample) to 1.
    """

    mean: Floats
    sd: Floats
    n: Floats
    covered: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Welch:
    """Census-limited Welch comparisons, one element per comparison; points throughout."""

    difference: Floats
    error: Floats
    df: Floats

    def reach(self, confidence: float) -> Floats:
        """Return half the width of the interval with this `confidence`, 0 to 1."""
        reach: Floats = stdtrit(self.df, 0.5 + confidence / 2) * self.error
        return reach

    def find_p(self, shift: Floats | float = 0.0) -> Floats:
        """Return the two-sided p of the difference moved by `shift` points."""
        return find_p(self.difference + shift, self.error, self.df)

    def find_detectable(self, power: float = 0.80) -> Floats:
        """Return the difference that would be found with this `power` at p below .05.

        Minimal detectable change, ``(t(.975, df) + t(power, df)) SE`` (Haley and
        Fragala-Pinkham 2006).
        """
        span: Floats = (stdtrit(self.df, 0.975) + stdtrit(self.df, power)) * self.error
        return span


def compare_samples(before: Samples, after: Samples, retest: float) -> Welch:
    """Compare two independent samples of persons' scores.

    Welch (1947) with Satterthwaite's df (1946). Each sample's variance of the mean is
    ``s^2 / n (1 - retest * covered)``: asking nearly everyone takes away the chance in
    *who* was asked (the finite population correction, Cochran 1977), but not the error
    in each answer (Hansen, Hurwitz and Bershad 1961), whose share is ``1 - retest``.

    Parameters
    ----------
    retest : float
        Assumed re-test reliability of one person's score, 0 to 1; 0 gives plain Welch,
        1 the full finite population correction.
    """
    first, second = before.sd**2 / before.n, after.sd**2 / after.n
    with np.errstate(invalid="ignore", divide="ignore"):
        df = (first + second) ** 2 / (first**2 / (before.n - 1) + second**2 / (after.n - 1))
    return Welch(
        difference=after.mean - before.mean,
        error=np.sqrt(
            first * (1 - retest * before.covered) + second * (1 - retest * after.covered)
        ),
        df=df,
    )


def choose_rows(wanted: Flags, one: Welch, other: Welch) -> Welch:
    """Return the comparisons of `one` where `wanted`, those of `other` elsewhere."""
    return Welch(
        difference=other.difference,
        error=np.where(wanted, one.error, other.error),
        df=np.where(wanted, one.df, other.df),
    )


def find_p(difference: Floats, error: Floats, df: Floats) -> Floats:
    """Return the two-sided p of Student's t; without any error, 1 for no difference else 0."""
    size = np.abs(difference)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * stdtr(df, -size / error)
    return np.where(error > 0, p, np.where(size > 0, 0.0, np.where(size == 0, 1.0, np.nan)))


def correct_bias(df: Floats, correction: Literal["approximate", "exact"]) -> Floats:
    """Return Hedges' factor J against the upward bias of a standardized difference.

    Hedges (1981): exactly by gamma functions, or approximately ``1 - 3 / (4 df - 1)``.
    """
    if correction == "approximate":
        return 1 - 3 / (4 * df - 1)
    exact: Floats = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2) - np.log(df / 2) / 2)
    return exact


def standardize(
    before: Samples,
    after: Samples,
    *,
    standardizer: Literal["average", "pooled"] = "average",
    correction: Literal["approximate", "exact"] = "approximate",
) -> tuple[Floats, Floats]:
    """Return Hedges' g and the standard deviation that it is measured in.

    Hedges (1981), over the root of the average variance (Bonett 2008) or of the pooled
    variance; the bias factor has n1 + n2 - 2 df.
    """
    df = before.n + after.n - 2
    if standardizer == "average":
        unit = np.sqrt((before.sd**2 + after.sd**2) / 2)
    else:
        unit = np.sqrt(((before.n - 1) * before.sd**2 + (after.n - 1) * after.sd**2) / df)
    with np.errstate(invalid="ignore", divide="ignore"):
        g = correct_bias(df, correction) * (after.mean - before.mean) / unit
    return g, unit


def adjust_p(p: Floats, families: Ints) -> Floats:
    """Adjust p values for the number of comparisons in each family.

    Holm (1979), step-down.

    Parameters
    ----------
    p : ndarray of float
        NaN is not a member of its family, and stays NaN.
    families : ndarray of int
        Family number per p value.

    Returns
    -------
    ndarray of float, 0 to 1
    """
    adjusted = np.full(p.shape, np.nan)
    members: npt.NDArray[np.intp] = np.flatnonzero(~np.isnan(p))
    order = members[np.lexsort((p[members], families[members]))]
    family = families[order]
    fresh = np.flatnonzero(np.diff(family, prepend=family[:1] - 1))
    sizes = np.diff(fresh, append=len(order))
    row = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(order)) - np.repeat(fresh, sizes)
    ladder = np.zeros((len(sizes), int(sizes.max(initial=0))))
    ladder[row, place] = np.minimum((sizes[row] - place) * p[order], 1.0)
    adjusted[order] = np.maximum.accumulate(ladder, axis=1)[row, place]
    return adjusted
