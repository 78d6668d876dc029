"""Group alphas: the alpha of every school, or of every role, by array operations at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.alphas import LEAST_SHARED, bound_alphas, work_alphas
from climatekit.measure.covariances import NO_SPREAD
from climatekit.measure.groups import Floats, Ints, number_groups
from climatekit.measure.matrices import ItemMatrix, list_matrices
from climatekit.measure.stacks import Stack, Steps, lay_out, list_group_moments, stack_groups
from climatekit.values import Estimate, Withheld

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
    people = np.bincount(groups[(~np.isnan(matrix)).sum(axis=1) > 1], minlength=count)
    return _work_blocks(lay_out(matrix), stack_groups(groups, count), people)


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
    _, table = number_groups(responses, by)
    groups, names = [], []
    found: list[GroupAlphas] = []
    for part in list_matrices(responses, scales, by=by, pooled=False):
        groups.append(part.groups)
        names += [part.score] * len(part.groups)
        found.append(_find_part(part))
    places = np.concatenate(groups) if groups else np.empty(0, dtype=np.intp)
    columns: dict[str, object] = {name: table[name].array.take(places) for name in by}
    columns["score"] = names
    for name in ("n", "items", "alpha", "low", "high"):
        own = [getattr(one, name) for one in found]
        columns[name] = np.concatenate(own) if own else np.empty(0)
    told = pd.DataFrame(columns, copy=False)
    few = (told["n"] < least).to_numpy()
    told.loc[few, ["alpha", "low", "high"]] = np.nan
    none = told["alpha"].isna().to_numpy()
    return told.assign(reason=np.where(few, "min-n", np.where(none, "not-estimable", "")))


def list_school_alphas(table: pd.DataFrame) -> dict[tuple[str, str, str], Estimate | Withheld]:
    """Return the alphas of `check_groups` by wave, school and score, each with Feldt's interval."""
    columns = ("wave", "school", "score", "n", "alpha", "low", "high", "reason")
    return {
        (str(wave), str(school), str(score)): Withheld(
            str(reason), "too little to estimate it from"
        )
        if reason
        else Estimate(value=float(alpha), low=float(low), high=float(high), n=int(n))
        for wave, school, score, n, alpha, low, high, reason in zip(
            *(table[name] for name in columns), strict=True
        )
    }


def _find_part(part: ItemMatrix) -> GroupAlphas:
    there = (part.steps[:, :-1] >= 0).sum(axis=0, dtype=np.int16)
    people = np.bincount(part.stack.groups[there > 1], minlength=part.stack.count)
    weights = part.weights if len(set(part.ranges.tolist())) > 1 else None
    return _work_blocks(part.steps, part.stack, people, weights)


def _work_blocks(
    columns: Steps | Floats, stack: Stack, n: Ints, weights: Floats | None = None
) -> GroupAlphas:
    """Return the alphas block by block, so that many groups need no more memory than some."""
    items, value = np.zeros(stack.count, dtype=np.intp), np.full(stack.count, np.nan)
    for places, moments in list_group_moments(columns, stack):
        covariance = moments.covariance
        if weights is not None:
            covariance *= np.outer(weights, weights)
        items[places], value[places] = _work(covariance, moments.shared, n[places])
    k, df = np.maximum(items, 2).astype(np.float64), np.maximum(n - 1, 1).astype(np.float64)
    low, high = _bound(value, df, k)
    return GroupAlphas(n=n.astype(np.intp), items=items, alpha=value, low=low, high=high)


def _work(covariance: Floats, shared: Floats, n: Ints) -> tuple[Ints, Floats]:
    """Return how many items vary in each group, and its alpha."""
    varying = ~(np.diagonal(covariance, axis1=1, axis2=2) <= NO_SPREAD)
    items, cov = varying.sum(axis=1), covariance
    if not varying.all():
        pairs = varying[:, :, None] & varying[:, None, :]
        cov, shared = np.where(pairs, cov, 0.0), np.where(pairs, shared, np.inf)
    fit = (items > 1) & (n > 1) & (cov.sum(axis=(1, 2)) > NO_SPREAD)  # NaN is over nothing
    fit &= shared.min(axis=(1, 2)) >= LEAST_SHARED
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(fit, work_alphas(cov, np.maximum(items, 2).astype(np.float64)), np.nan)
    return items, value


def _bound(value: Floats, df: Floats, items: Floats) -> tuple[Floats, Floats]:
    """Return the ends of Feldt's interval; its F only once for each size that occurs."""
    sizes, which = np.unique(df * (items.max(initial=0) + 1) + items, return_inverse=True)
    first = np.zeros(len(sizes), dtype=np.intp)
    first[which] = np.arange(len(which))
    low, high = bound_alphas(np.zeros(len(sizes)), df[first], items[first])
    return 1 - (1 - value) * (1 - low[which]), 1 - (1 - value) * (1 - high[which])
