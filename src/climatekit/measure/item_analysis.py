"""Item analysis: what each item adds to a score, and what the halves of a score share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from scipy.special import ndtri

from climatekit.measure.alphas import count_people
from climatekit.measure.covariances import (
    NO_SPREAD,
    drop_constant,
    find_correlation,
    find_covariance,
)
from climatekit.measure.groups import Floats
from climatekit.values import Estimate, Withheld

MOST_SPLIT = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """What two halves of a score have in common.

    Attributes
    ----------
    correlation : Estimate or Withheld
        Of the items in odd places with those in even places, interval by Fisher's z.
    spearman_brown : Estimate or Withheld
        The same stepped up to the full length, ``2 r / (1 + r)`` (Spearman 1910, Brown
        1910), its interval stepped up likewise: approximate. For a score of two items it is
        the one coefficient to report (Eisinga, te Grotenhuis and Pelzer 2013).
    best, worst : float, optional
        The largest and smallest Guttman coefficient of any split into halves (lambda-4
        and Revelle's beta), from correlations; None beyond 14 items.
    """

    correlation: Estimate | Withheld
    spearman_brown: Estimate | Withheld
    best: float | None = None
    worst: float | None = None


def item_rest(matrix: Floats) -> Floats:
    """Return the correlation of each item with the sum of the other items.

    ``(v_i - V_ii) / sqrt(V_ii (v - 2 v_i + V_ii))``, V the pairwise covariances, v_i the sums
    of its rows and v that of all of it (corrected correlation, Cureton 1966). Rows are people;
    worked from pairs, so that missing answers do not change what "the others" are. One value
    per item, -1 to 1; NaN for a constant one, or where a pair shares under two answers.
    """
    return correlate_rest(find_covariance(matrix).covariance)


def correlate_rest(cov: Floats) -> Floats:
    """Return the corrected item-rest correlations of covariance matrices, ... by items."""
    own = np.diagonal(cov, axis1=-2, axis2=-1)
    row, total = cov.sum(axis=-1), cov.sum(axis=(-2, -1))[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        r: Floats = (row - own) / np.sqrt(own * (total - 2 * row + own))
    return r


def alpha_if_dropped(matrix: Floats) -> Floats:
    """Return the alpha that is left without each item, from pairwise covariances.

    As `alphas.alpha` (Cronbach 1951) of the other items, missing answers by pairs too. One
    value per item of the matrix, NaN for a constant item (which alpha leaves out anyhow) and
    where fewer than three items vary.
    """
    kept, stay = drop_constant(matrix)
    found = np.full(matrix.shape[1], np.nan)
    k = kept.shape[1]
    if k < 3:  # noqa: PLR2004 - two items must be left
        return found
    cov = find_covariance(kept).covariance
    own, row = np.diag(cov), cov.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        left = 1 - (own.sum() - own) / (cov.sum() - 2 * row + own)
    found[stay] = (k - 1) / (k - 2) * left
    return found


def find_lambda6(matrix: Floats) -> float:
    """Return Guttman's (1945) lambda-6, ``1 - sum(1 - smc) / sum(R)``.

    R are the pairwise correlations of the items that vary and smc each item's squared
    multiple correlation with the others, ``1 - 1 / diag(R^-1)``. Rows are people, each pair by
    those who answered both; without unit. NaN with under two such items or where R cannot be
    inverted.
    """
    r = find_correlation(drop_constant(matrix)[0])
    if len(r) < 2 or np.isnan(r).any():  # noqa: PLR2004 - two items make a pair
        return float("nan")
    if np.linalg.matrix_rank(r, hermitian=True) < len(r):
        return float("nan")
    left = 1 / np.diag(np.linalg.inv(r))
    return 1 - float(left.sum()) / float(r.sum())


def standard_error(matrix: Floats, alpha: float, *, least: int = 1) -> tuple[float, int]:
    """Return the standard error of measurement of one person's score, and its n.

    ``SD sqrt(1 - alpha)`` (Lord and Novick 1968), in the unit of the matrix; SD (n - 1
    below) of the means of the answered items over the n people who answered `least` of
    them, the missing ones left out. NaN under two people; with a negative alpha it exceeds
    the SD.
    """
    there = ~np.isnan(matrix)
    answered = there.sum(axis=1)
    enough = answered >= max(least, 1)
    n = int(enough.sum())
    if n < 2:  # noqa: PLR2004 - a spread needs two people
        return float("nan"), n
    means = np.where(there, matrix, 0.0)[enough].sum(axis=1) / answered[enough]
    return float(np.std(means, ddof=1) * np.sqrt(1 - alpha)), n


def split_halves(matrix: Floats) -> Halves:
    """Return what the halves of a score share, from the items that vary.

    ``r = c / sqrt(a b)`` of the items in odd and in even places, c the sum of the covariances
    between and a, b those within the halves, then ``2 r / (1 + r)`` (Spearman 1910, Brown
    1910). Without unit; both are ``not-estimable`` with under two items that vary, or four
    people. Covariances are pairwise, so that nobody who left an item out is lost; over
    complete rows the correlation is that of the two half sums. With an odd number of items the
    halves differ by one item and the stepped-up value is a little low.

    Parameters
    ----------
    matrix : ndarray of float, people by items
        Keyed answers in the order of the scale's items, NaN where not answered.
    """
    kept, _ = drop_constant(matrix)
    spread, k = find_covariance(kept), kept.shape[1]
    if k < 2:  # noqa: PLR2004 - two items make a pair
        none = Withheld("not-estimable", "fewer than two items vary")
        return Halves(correlation=none, spearman_brown=none)
    cov, n = spread.covariance, count_people(kept)
    odd = np.arange(k) % 2 == 0
    spreads = float(cov[np.ix_(odd, odd)].sum()), float(cov[np.ix_(~odd, ~odd)].sum())
    if np.isnan(cov).any() or min(spreads) <= NO_SPREAD or n <= 3:  # noqa: PLR2004 - Fisher's z
        none = Withheld("not-estimable", "two of the items share too few answers")
        return Halves(correlation=none, spearman_brown=none)
    # Pairwise covariances need not fit together; a correlation stays one all the same.
    r = float(np.clip(cov[np.ix_(odd, ~odd)].sum() / np.sqrt(spreads[0] * spreads[1]), -1, 1))
    margin = float(ndtri(0.975)) / np.sqrt(n - 3)
    with np.errstate(divide="ignore"):
        low, high = np.tanh(np.arctanh(r) - margin), np.tanh(np.arctanh(r) + margin)
    best, worst = _find_extremes(find_correlation(kept)) if k <= MOST_SPLIT else (None, None)
    stepped = [_step_up(float(one)) for one in (r, low, high)]
    return Halves(
        correlation=Estimate(
            value=r, low=float(low), high=float(high), n=n, method="odd and even items, Fisher z"
        ),
        spearman_brown=Estimate(
            value=stepped[0], low=stepped[1], high=stepped[2], n=n, method="Spearman-Brown"
        ),
        best=best,
        worst=worst,
    )


def _step_up(r: float) -> float:
    return 2 * r / (1 + r) if r > -1 else float("-inf")


def _find_extremes(r: Floats) -> tuple[float, float]:
    """Return the largest and the smallest of 4 C / sum(R), C what two halves share."""
    one = _list_halves(len(r))
    shared = ((one @ r) * (1 - one)).sum(axis=1)
    coefficients = 4 * shared / float(r.sum())
    return float(coefficients.max()), float(coefficients.min())


@cache
def _list_halves(k: int) -> Floats:
    """Return every choice of half the items, one per row, as 0 and 1."""
    chosen = list(combinations(range(k), k // 2))
    rows = np.zeros((len(chosen), k))
    rows[np.arange(len(chosen))[:, None], np.array(chosen)] = 1.0
    return rows
