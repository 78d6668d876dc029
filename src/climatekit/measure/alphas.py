"""Alphas: Cronbach's alpha and its kin, with the intervals of Feldt and of Duhachek."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtri

from climatekit.measure.covariances import (
    NO_SPREAD,
    Spread,
    drop_constant,
    find_covariance,
    find_covariance_within,
)
from climatekit.measure.groups import Floats, Ints
from climatekit.values import Estimate, Withheld

LEAST_SHARED = 10
# The paper's own multiplier, which other programs took over.
_DUHACHEK = 1.96


def alpha(matrix: Floats, *, n: int | None = None) -> Estimate | Withheld:
    """Return Cronbach's alpha with Feldt's 95% interval.

    ``k / (k - 1) (1 - tr V / 1'V1)`` (Cronbach 1951), V the pairwise covariances (n - 1 below)
    of the k items; constant items are dropped. Interval by Feldt (1965), F with n - 1 and
    (n - 1)(k - 1) degrees of freedom. Without unit. A missing answer leaves out the pairs that
    it belongs to, and nothing else.

    Parameters
    ----------
    matrix : ndarray of float, people by items
        Keyed answers, all on one range; NaN where not answered.
    n : int, optional
        People for the interval; those with at least two answered items if not given.

    Returns
    -------
    Estimate or Withheld
        Alpha, 1 at most and perhaps negative. Rule ``not-estimable`` with under two
        items that vary, or where two items share under ten answers.
    """
    people = count_people(matrix) if n is None else n
    return estimate_alpha(find_covariance(drop_constant(matrix)[0]), people, people - 1)


def alpha_within(matrix: Floats, schools: Ints) -> Estimate | Withheld:
    """Return alpha of the pooled within-school covariance, with Feldt's 95% interval.

    As `alpha` (formula, missing rule, reasons), from deviations from the school's mean with
    N - k degrees of freedom, k schools: what holds the items together among colleagues, free
    of what sets schools apart (Geldhof, Preacher and Zyphur 2014). `n` is people.

    Parameters
    ----------
    matrix : ndarray of float, people by items
    schools : ndarray of int
        School (or school and wave) per person.
    """
    spread = find_covariance_within(matrix, schools)
    # Alike within every school is as good as constant here; NaN is kept, and refused below.
    varying = ~(np.diag(spread.covariance) <= NO_SPREAD)
    spread = Spread(
        spread.covariance[np.ix_(varying, varying)], spread.shared[np.ix_(varying, varying)]
    )
    there = (~np.isnan(matrix)).sum(axis=1) > 1
    groups = len(np.unique(schools[there]))
    people = int(there.sum())
    return estimate_alpha(spread, people, people - groups, "alpha within schools, Feldt 1965")


def alpha_duhachek(matrix: Floats, *, n: int | None = None) -> Estimate | Withheld:
    """Return alpha with the interval of Duhachek and Iacobucci (2004).

    Value, missing rule and reasons as in `alpha`. The standard error is
    ``sqrt(Q / n)``, ``Q = 2 k^2 / ((k - 1)^2 s^3) (s (tr V^2 + (tr V)^2) - 2 tr V 1'V^2 1)``,
    V the covariance matrix of the k items and s its sum; the interval is the value plus and
    minus 1.96 of it. It rests on normal answers and a large n, so it is approximate.

    Parameters
    ----------
    matrix : ndarray of float, people by items
    n : int, optional
        People for the interval; those with at least two answered items if not given.
    """
    people = count_people(matrix) if n is None else n
    spread = find_covariance(drop_constant(matrix)[0])
    found = estimate_alpha(spread, people, people - 1)
    if isinstance(found, Withheld):
        return found
    # Items that are copies of one another leave a rounding error just below 0.
    margin = _DUHACHEK * float(np.sqrt(max(_spread_alpha(spread.covariance), 0.0) / people))
    return Estimate(
        value=found.value,
        low=found.value - margin,
        high=found.value + margin,
        n=people,
        method="alpha, Duhachek and Iacobucci 2004",
    )


def count_people(matrix: Floats) -> int:
    """Return how many people answered at least two of the items."""
    return int(((~np.isnan(matrix)).sum(axis=1) > 1).sum())


def work_alphas(own: Floats, total: Floats, items: Floats) -> Floats:
    """Return alpha of each covariance matrix: of its trace, its sum, and its number of items."""
    value: Floats = items / (items - 1) * (1 - own / total)
    return value


def bound_alphas(value: Floats, df: Floats, items: Floats) -> tuple[Floats, Floats]:
    """Return the ends of Feldt's 95% interval, for each alpha on `df` people less one."""
    low: Floats = 1 - (1 - value) * fdtri(df, df * (items - 1), 0.975)
    high: Floats = 1 - (1 - value) * fdtri(df, df * (items - 1), 0.025)
    return low, high


def estimate_alpha(
    spread: Spread, people: int, df: int, method: str = "alpha, Feldt 1965"
) -> Estimate | Withheld:
    """Return alpha of covariances, with Feldt's interval on `df` degrees of freedom."""
    cov, k = spread.covariance, spread.covariance.shape[0]
    if k < 2:  # noqa: PLR2004 - two items make a pair
        return Withheld("not-estimable", "fewer than two items vary")
    if spread.shared.min() < LEAST_SHARED or np.isnan(cov).any():
        return Withheld("not-estimable", "two of the items share fewer than ten answers")
    total = cov.sum()
    if float(total) <= NO_SPREAD or df < 1:
        return Withheld("not-estimable", "the sum of the items does not vary")
    items = np.array(float(k))
    value = work_alphas(np.trace(cov), total, items)
    low, high = bound_alphas(value, np.array(float(df)), items)
    return Estimate(value=float(value), low=float(low), high=float(high), n=people, method=method)


def standardize_alpha(r: Floats) -> float:
    """Return standardized alpha, ``k r / (1 + (k - 1) r)`` of the mean correlation r of k items.

    Every item counts alike, however widely it spreads (Cronbach 1951). The interval of Feldt
    does not hold for it, so it has none. NaN where a pair has no correlation.

    Parameters
    ----------
    r : ndarray of float, items by items
        Each pair by the people who answered both, constant items dropped.
    """
    k = len(r)
    mean = float(r.sum() - np.trace(r)) / (k * (k - 1))
    return k * mean / (1 + (k - 1) * mean)


def _spread_alpha(cov: Floats) -> float:
    """Return Duhachek's Q, n times the variance of alpha."""
    k, total, trace = len(cov), float(cov.sum()), float(np.trace(cov))
    square = cov @ cov
    inner = total * (float(np.trace(square)) + trace**2) - 2 * trace * float(square.sum())
    return 2 * k**2 / ((k - 1) ** 2 * total**3) * inner
