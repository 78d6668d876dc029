"""Item moments: how items vary together between and within schools."""

from __future__ import annotations

import numpy as np

from climatekit.measure.groups import Floats, Ints


def find_item_reliability(matrix: Floats, schools: Ints, n: Ints) -> Floats:
    """Return the reliability of a mean of `n` people's scores, over people and over items.

    ``J / (J - 1) x off-diagonal sum of B / (sum of B + sum of W / n)``, the shared-construct
    reliability of Lai (2021, Psychological Methods 26, eq. 22, alpha form), B and W the
    between- and within-school covariances of the J items by analysis of variance:
    ``B = (MSB - MSW) / n0`` for each pair, over the people who answered both.

    Parameters
    ----------
    matrix : ndarray of float, people by items
        Keyed answers on one range, NaN where not answered.
    schools : ndarray of int
        School number per person.
    n : ndarray of int
        Sizes to give the reliability for.

    Returns
    -------
    ndarray of float
        0 to 1, one per size; 0 where schools do not differ, NaN with fewer than two items
        or where a pair leaves nothing to estimate.
    """
    items = matrix.shape[1]
    if items < 2:  # noqa: PLR2004 - two items make a pair
        return np.full(len(n), np.nan)
    between, within = find_item_moments(matrix, schools)
    shared = float(between.sum() - np.trace(between))
    spread = float(between.sum()) + float(within.sum()) / n
    if np.isnan(shared) or shared <= 0:
        return np.full(len(n), shared * 0.0)
    reliability: Floats = np.minimum(items / (items - 1) * shared / spread, 1.0)
    return reliability


def find_item_moments(matrix: Floats, schools: Ints) -> tuple[Floats, Floats]:
    """Return the between- and within-school covariances of the items, pair by pair.

    Analysis of variance (Searle, Casella and McCulloch 1992): mean cross-products between
    and within, over the people who answered both items; n0 corrects for unequal schools.
    NaN where a pair is shared in fewer than two schools, or by nobody beside a colleague.
    """
    items = matrix.shape[1]
    there = ~np.isnan(matrix)
    centre = np.where(there, matrix, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    values = np.where(there, matrix - centre, 0.0)
    between, within = np.full((items, items), np.nan), np.full((items, items), np.nan)
    for one in range(items):
        for other in range(one + 1):
            both = there[:, one] & there[:, other]
            x, y, cells = values[both, one], values[both, other], schools[both]
            n = np.bincount(cells)
            sums = np.bincount(cells, weights=x) * np.bincount(cells, weights=y)
            kept = n > 0
            k, total = int(kept.sum()), int(n.sum())
            if k < 2 or total <= k:  # noqa: PLR2004 - two schools to differ
                continue
            apart = float((sums[kept] / n[kept]).sum())
            inside = (float(x @ y) - apart) / (total - k)
            outside = (apart - float(x.sum() * y.sum()) / total) / (k - 1)
            size = (total - float((n**2).sum()) / total) / (k - 1)
            between[one, other] = between[other, one] = (outside - inside) / size
            within[one, other] = within[other, one] = inside
    return between, within
