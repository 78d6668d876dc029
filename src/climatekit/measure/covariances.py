"""Covariances of items, pair by pair, over everybody or within schools."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from climatekit.measure.groups import Flags, Floats, Ints
from climatekit.measure.stacks import GroupMoments, find_group_moments, lay_out, stack_groups

# Variances under this, in points squared, are rounding and not spread.
NO_SPREAD = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Covariances of items, pair by pair.

    Attributes
    ----------
    covariance : ndarray of float, items by items
        NaN where a pair has no degree of freedom.
    shared : ndarray of int, items by items
        People who answered both items.
    """

    covariance: Floats
    shared: Ints


def find_covariance(matrix: Floats) -> Spread:
    """Return the pairwise covariances of the columns, n - 1 below, and the shared counts."""
    there, values = _fill(matrix)
    shared = there.T @ there
    sums = values.T @ there
    with np.errstate(invalid="ignore", divide="ignore"):
        cov = (values.T @ values - sums * sums.T / shared) / (shared - 1)
    return Spread(np.where(shared > 1, cov, np.nan), shared.astype(np.intp))


def find_correlation(matrix: Floats) -> Floats:
    """Return the pairwise correlations, each pair standardized over the answers it shares."""
    there, values = _fill(matrix)
    shared = there.T @ there
    sums, squares = values.T @ there, (values**2).T @ there
    with np.errstate(invalid="ignore", divide="ignore"):
        own = squares - sums**2 / shared
        r: Floats = (values.T @ values - sums * sums.T / shared) / np.sqrt(own * own.T)
    return r


def find_covariance_within(matrix: Floats, schools: Ints) -> Spread:
    """Return the pooled within-school covariances, pair by pair, over N - k.

    For each pair, N people share it in k schools; deviations are from the means of those
    people in their school.
    """
    return pool_within(find_group_moments(lay_out(matrix), stack_groups(schools)))


def pool_within(moments: GroupMoments) -> Spread:
    """Return the pooled within-group covariances of groups' moments, pair by pair."""
    shared = moments.shared.sum(axis=0)
    left = shared - (moments.shared > 0).sum(axis=0)
    inside = moments.products.sum(axis=0) - moments.between.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = np.where(left > 0, inside / left, np.nan)
    return Spread(covariance, shared.astype(np.intp))


def drop_constant(matrix: Floats) -> tuple[Floats, Flags]:
    """Drop the columns whose answers are all alike; return the rest, and which stayed."""
    if not matrix.size:
        return matrix, np.ones(matrix.shape[1], dtype=np.bool_)
    # An item that nobody answered is not constant: NaN is unlike itself, so it stays, and
    # makes alpha inestimable.
    low, high = (reduce(matrix, axis=0) for reduce in (np.fmin.reduce, np.fmax.reduce))
    stay: Flags = low != high
    return matrix[:, stay], stay


def _fill(matrix: Floats) -> tuple[Floats, Floats]:
    """Return who answered, as 0 and 1, and the centred answers with 0 for none."""
    there = ~np.isnan(matrix)
    n = np.maximum(there.sum(axis=0), 1)
    # Centring first keeps the sums of squares small, and alpha blind to a constant shift.
    centre = np.where(there, matrix, 0.0).sum(axis=0) / n
    return there.astype(np.float64), np.where(there, matrix - centre, 0.0)
