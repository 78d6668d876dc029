"""Covariances of items, pair by pair, over everybody or within schools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from climatekit.measure.groups import Flags, Floats, Ints

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
    there, values = _fill(matrix)
    shared = there.T @ there
    between, k = np.zeros_like(shared), np.zeros_like(shared)
    for rows in stack_groups(schools):
        # Row number -1 is a person without answers, who fills up the smaller schools.
        on, value = (np.vstack([part, np.zeros(part.shape[1])])[rows] for part in (there, values))
        counts = np.matmul(on.transpose(0, 2, 1), on)
        sums = np.matmul(value.transpose(0, 2, 1), on)
        k += (counts > 0).sum(axis=0)
        between += (sums * sums.transpose(0, 2, 1) / np.maximum(counts, 1)).sum(axis=0)
    left = shared - k
    with np.errstate(invalid="ignore", divide="ignore"):
        cov = (values.T @ values - between) / left
    return Spread(np.where(left > 0, cov, np.nan), shared.astype(np.intp))


def drop_constant(matrix: Floats) -> tuple[Floats, Flags]:
    """Drop the columns whose answers are all alike; return the rest, and which stayed."""
    if not matrix.size:
        return matrix, np.ones(matrix.shape[1], dtype=np.bool_)
    # An item that nobody answered is not constant: NaN is unlike itself, so it stays, and
    # makes alpha inestimable.
    low, high = (reduce(matrix, axis=0) for reduce in (np.fmin.reduce, np.fmax.reduce))
    stay: Flags = low != high
    return matrix[:, stay], stay


def stack_groups(groups: Ints) -> Iterator[Ints]:
    """Yield blocks of row numbers, groups by people, -1 where a group has no more.

    A block holds groups of like size, none more than twice another, so that it is
    little padded however much the largest group exceeds the smallest.
    """
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    sizes = np.diff(starts, append=len(order))
    classes = np.ceil(np.log2(np.maximum(sizes, 1))).astype(np.intp)
    for size_class in np.unique(classes):
        mine = classes == size_class
        across = np.arange(sizes[mine].max())
        places = starts[mine][:, None] + across
        yield np.where(across < sizes[mine][:, None], order[places % len(order)], -1)


def _fill(matrix: Floats) -> tuple[Floats, Floats]:
    """Return who answered, as 0 and 1, and the centred answers with 0 for none."""
    there = ~np.isnan(matrix)
    n = np.maximum(there.sum(axis=0), 1)
    # Centring first keeps the sums of squares small, and alpha blind to a constant shift.
    centre = np.where(there, matrix, 0.0).sum(axis=0) / n
    return there.astype(np.float64), np.where(there, matrix - centre, 0.0)
