"""Item moments: how items vary together between and within schools."""

from __future__ import annotations

import numpy as np

from climatekit.measure.groups import Floats, Ints
from climatekit.measure.stacks import GroupMoments


def work_item_reliability(between: Floats, within: Floats, n: Ints) -> Floats:
    """Return the reliability of a mean of `n` people's scores, over people and over items.

    ``J / (J - 1) x off-diagonal sum of B / (sum of B + sum of W / n)``, the shared-construct
    reliability of Lai (2021, Psychological Methods 26, eq. 22, alpha form), B and W the
    between- and within-school covariances of the J items by analysis of variance:
    ``B = (MSB - MSW) / n0`` for each pair, over the people who answered both.

    Parameters
    ----------
    between, within : ndarray of float, items by items
        As `find_item_moments` gives them.
    n : ndarray of int
        Sizes to give the reliability for.

    Returns
    -------
    ndarray of float
        0 to 1, one per size; 0 where schools do not differ, NaN with fewer than two items
        or where a pair leaves nothing to estimate.
    """
    items = len(between)
    if items < 2:  # noqa: PLR2004 - two items make a pair
        return np.full(len(n), np.nan)
    shared = float(between.sum() - np.trace(between))
    spread = float(between.sum()) + float(within.sum()) / n
    if np.isnan(shared) or shared <= 0:
        return np.full(len(n), shared * 0.0)
    reliability: Floats = np.minimum(items / (items - 1) * shared / spread, 1.0)
    return reliability


def find_item_moments(moments: GroupMoments) -> tuple[Floats, Floats]:
    """Return the between- and within-school covariances of the items, pair by pair.

    Analysis of variance (Searle, Casella and McCulloch 1992): mean cross-products between
    and within, over the people who answered both items; n0 corrects for unequal schools.
    NaN where a pair is shared in fewer than two schools, or by nobody beside a colleague.
    """
    n, total = moments.shared, moments.shared.sum(axis=0)
    k = (n > 0).sum(axis=0)
    sums = moments.sums.sum(axis=0)
    apart = moments.between.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        within = (moments.products.sum(axis=0) - apart) / (total - k)
        outside = (apart - sums * sums.T / total) / (k - 1)
        between = (outside - within) / ((total - (n**2).sum(axis=0) / total) / (k - 1))
    known = (k > 1) & (total > k)
    return np.where(known, between, np.nan), np.where(known, within, np.nan)
