"""Ordinal factor: one factor behind polychoric correlations, and the omega it gives."""

from __future__ import annotations

import numpy as np
from scipy.optimize import least_squares
from scipy.special import ndtr

from climatekit.measure.groups import Floats
from climatekit.measure.normal_pairs import find_joint_chance
from climatekit.values import Withheld

_CLOSE = 1e-12
# A loading beyond this leaves the item no variance of its own: a Heywood case.
_LARGEST = 0.9999


def fit_loadings(correlation: Floats, variance: Floats | None = None) -> Floats | Withheld:
    """Return the loadings of one factor, each item's normal variable having variance 1.

    Least squares over the correlations below the diagonal, each weighted by one over its
    variance: diagonally weighted least squares, the estimates of WLSMV (Muthen, du Toit
    and Spisic 1997). Without `variance` every correlation counts alike (minimum residual,
    Harman and Jones 1966).

    Returns
    -------
    ndarray of float or Withheld
        Summing to more than 0. Rule ``not-estimable`` with under three items or a missing
        correlation, where the search does not end, and where one item takes up the factor.
    """
    k = len(correlation)
    below = np.tril_indices(k, -1)
    target = correlation[below]
    weight = np.ones_like(target) if variance is None else 1 / np.sqrt(variance[below])
    if k < 3:  # noqa: PLR2004 - two loadings cannot be told apart
        return Withheld("not-estimable", "one factor needs three items that vary")
    if not np.isfinite(target).all() or not np.isfinite(weight).all():
        return Withheld("not-estimable", "two of the items have no polychoric correlation")
    weight = weight / weight.mean()
    rows = np.arange(len(target))

    def miss(load: Floats) -> Floats:
        missed: Floats = weight * (load[below[0]] * load[below[1]] - target)
        return missed

    def slope(load: Floats) -> Floats:
        steep = np.zeros((len(target), k))
        steep[rows, below[0]] = weight * load[below[1]]
        steep[rows, below[1]] = weight * load[below[0]]
        return steep

    values, vectors = np.linalg.eigh(correlation)
    start = vectors[:, -1] * np.sqrt(max(values[-1] - 0.5, 0.3))
    found = least_squares(
        miss, start, slope, method="trf", ftol=_CLOSE, xtol=_CLOSE, gtol=_CLOSE, x_scale="jac"
    )
    if not found.success:
        return Withheld("not-estimable", "the search for a factor did not end")
    load = np.asarray(found.x, dtype=np.float64)
    if np.abs(load).max() > _LARGEST:
        return Withheld(
            "not-estimable", "one item alone takes up the factor (its unique variance is 0)"
        )
    return load if load.sum() >= 0 else -load


def work_ordinal_omega(load: Floats, thresholds: Floats, correlation: Floats) -> float:
    """Return Green and Yang's omega: of the sum of the graded answers, not of what lies behind.

    Green and Yang (2009, Psychometrika 74, 155-167, eq. 21): the sum of the covariances of
    the graded answers as the factor alone gives them (a pair's correlation is the product of
    its loadings, on the diagonal too) over their sum as the polychoric correlations give
    them. Without unit; over people without a missing answer, which `ordinal.check_ordinal`
    sees to. NaN where a correlation is.

    Parameters
    ----------
    load : ndarray of float, one per item
    thresholds : ndarray of float, items by options - 1
    correlation : ndarray of float, items by items
        Polychoric.
    """
    shared = _sum_covariances(thresholds, np.outer(load, load))
    return shared / _sum_covariances(thresholds, correlation)


def _sum_covariances(thresholds: Floats, correlation: Floats) -> float:
    """Return the sum of the covariances of graded answers, in steps of 1."""
    cuts = thresholds[:, None, :, None], thresholds[None, :, None, :]
    together = find_joint_chance(*cuts, correlation[:, :, None, None])
    return float((together - ndtr(cuts[0]) * ndtr(cuts[1])).sum())
