"""Group alphas: the alpha of every school, or of every role, by array operations at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.alphas import LEAST_SHARED, bound_alphas, work_alphas
from climatekit.measure.covariances import NO_SPREAD, stack_groups
from climatekit.measure.groups import Floats, Ints, number_groups
from climatekit.measure.matrices import list_matrices

LEAST_IN_GROUP = 30


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GroupAlphas:
    """One alpha per group.

    Attributes
    ----------
    n : ndarray of int
        People of the group with at least two answered items.
    items : ndarray of int
        Items that vary in the group; the others are left out of its alpha.
    alpha, low, high : ndarray of float
        With Feldt's 95% interval; NaN under two such items, or where two of them share
        under ten answers, or where their sum does not vary.
    """

    n: Ints
    items: Ints
    alpha: Floats
    low: Floats
    high: Floats


def find_alphas(matrix: Floats, groups: Ints, count: int) -> GroupAlphas:
    """Return the alpha of each group, as `alphas.alpha` gives it for the group's own rows.

    Parameters
    ----------
    matrix : ndarray of float, people by items
        Keyed answers on one range, NaN where not answered.
    groups : ndarray of int
        Group number per person, 0 to `count` - 1; a group may be empty.
    """
    k = matrix.shape[1]
    covariance = np.full((count, k, k), np.nan)
    shared = np.zeros((count, k, k))
    there = ~np.isnan(matrix)
    n = np.bincount(groups[there.sum(axis=1) > 1], minlength=count)
    middle = np.where(there, matrix, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    both = np.concatenate([np.where(there, matrix - middle, 0.0), there], axis=1)
    # Row number -1 is a person without answers, who fills up the smaller groups.
    both = np.vstack([both, np.zeros(2 * k)])
    for rows in stack_groups(groups):
        stacked = both[rows]
        product = np.matmul(stacked.transpose(0, 2, 1), stacked)
        on, sums = product[:, k:, k:], product[:, :k, k:]
        with np.errstate(invalid="ignore", divide="ignore"):
            cov = (product[:, :k, :k] - sums * sums.transpose(0, 2, 1) / on) / (on - 1)
        places = groups[rows[:, 0]]
        covariance[places], shared[places] = cov, on
    return _work(covariance, shared, n)


def check_groups(
    responses: Responses,
    scales: Sequence[Scale],
    *,
    by: Sequence[str] = ("wave", "school"),
    least: int = LEAST_IN_GROUP,
) -> pd.DataFrame:
    """Check how far the items of each score hang together within each group.

    A diagnostic: the alpha of one school rests on few people, and is not the reliability
    of the school's mean.

    Parameters
    ----------
    by : sequence of str
        ``wave`` and one or more of ``school`` and ``role``.
    least : int
        Groups under this many people (with two answered items or more) get no alpha.

    Returns
    -------
    DataFrame
        One row per group and score that its wave asked for: the `by` columns, ``score``,
        ``n``, ``items`` (that vary), ``alpha``, ``low``, ``high`` (Feldt) and ``reason``:
        ``min-n`` or ``not-estimable`` where alpha is NaN, empty otherwise.
    """
    _, table = number_groups(responses._frame, by, responses.waves)  # noqa: SLF001
    pieces = []
    for part in list_matrices(responses, scales, by=by):
        if part.wave is None:
            continue
        present, cells = np.unique(part.cells, return_inverse=True)
        found = find_alphas(part.matrix, cells, len(present))
        few = found.n < least
        numbers = {
            name: np.where(few, np.nan, getattr(found, name)) for name in ("alpha", "low", "high")
        }
        reason = np.where(few, "min-n", np.where(np.isnan(found.alpha), "not-estimable", ""))
        piece = table.iloc[present].reset_index(drop=True)
        pieces.append(
            piece.assign(score=part.score, n=found.n, items=found.items, **numbers, reason=reason)
        )
    if not pieces:
        names = [*by, "score", "n", "items", "alpha", "low", "high", "reason"]
        return pd.DataFrame(columns=names)
    return pd.concat(pieces, ignore_index=True)


def _work(covariance: Floats, shared: Floats, n: Ints) -> GroupAlphas:
    varying = ~(np.diagonal(covariance, axis1=1, axis2=2) <= NO_SPREAD)
    pairs = varying[:, :, None] & varying[:, None, :]
    cov = np.where(pairs, covariance, 0.0)
    items = varying.sum(axis=1).astype(np.intp)
    k, df = np.maximum(items, 2).astype(np.float64), np.maximum(n - 1, 1).astype(np.float64)
    total = cov.sum(axis=(1, 2))
    fit = (items > 1) & (n > 1) & (total > NO_SPREAD)  # NaN is over nothing
    fit &= np.where(pairs, shared, np.inf).min(axis=(1, 2)) >= LEAST_SHARED
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(fit, work_alphas(cov, k), np.nan)
    low, high = bound_alphas(value, df, k)
    return GroupAlphas(n=n.astype(np.intp), items=items, alpha=value, low=low, high=high)
