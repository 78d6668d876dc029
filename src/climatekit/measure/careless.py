"""Careless: signs that somebody answered without reading, one number per person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from climatekit.measure.covariances import drop_constant, find_correlation, find_covariance
from climatekit.measure.groups import Flags, Floats, Ints

# People whose answers are laid out in pairs at once, so that many people need no more memory.
_AT_ONCE = 20_000
_LEAST_PAIRS = 3


def find_runs(codes: Floats) -> tuple[Floats, Floats]:
    """Return the longest and the mean run of equal answers of each person.

    On raw answers, in the order asked: somebody who read would turn at a reversed item. A
    missing answer breaks a run and is a run of its own (Johnson 2005). In items; never NaN.

    Parameters
    ----------
    codes : ndarray of float, people by items
        Answers as given, none reversed, NaN where missing.
    """
    people, items = codes.shape
    run, longest = np.ones(people), np.ones(people)
    runs = np.ones(people)
    for item in range(1, items):
        same = codes[:, item] == codes[:, item - 1]
        run = np.where(same, run + 1, 1.0)
        longest = np.maximum(longest, run)
        runs += ~same
    return longest, items / runs


def find_spread(codes: Floats) -> Floats:
    """Return each person's intra-individual response variability (Dunn et al. 2018).

    The standard deviation (n - 1 below) over the answers given, in their unit, on raw
    answers; missing ones are left out. NaN under two answers.
    """
    there = ~np.isnan(codes)
    n = there.sum(axis=1)
    known = np.where(there, codes, 0.0)
    # From the person's own smallest answer, so that equal answers give exactly 0.
    least = np.where(there, codes, np.inf).min(axis=1, initial=np.inf)
    above = np.where(there, known - np.where(n > 0, least, 0.0)[:, None], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.where(there, above - (above.sum(axis=1) / n)[:, None], 0.0)
        spread: Floats = np.where(n > 1, np.sqrt((apart**2).sum(axis=1) / (n - 1)), np.nan)
    return spread


def find_distance(codes: Floats) -> tuple[Floats, int]:
    """Return each person's squared Mahalanobis distance, and how many items it is from.

    ``(x - m)' S^-1 (x - m)`` with the pairwise covariances S of the items that vary
    (Mahalanobis 1936); a missing answer counts as the item's mean, so that people who skip
    look less unusual. Reversing items changes nothing. NaN for nobody's answers, and for
    everybody where S cannot be inverted; chi-square with that many df under normality.
    """
    kept, _ = drop_constant(codes)
    there = ~np.isnan(kept)
    kept, there = kept[:, there.any(axis=0)], there[:, there.any(axis=0)]
    nothing = np.full(len(codes), np.nan)
    covariance = find_covariance(kept).covariance
    if not kept.shape[1] or np.isnan(covariance).any():
        return nothing, kept.shape[1]
    if np.linalg.matrix_rank(covariance, hermitian=True) < len(covariance):
        return nothing, kept.shape[1]
    mean = np.where(there, kept, 0.0).sum(axis=0) / there.sum(axis=0)
    apart = np.where(there, kept - mean, 0.0)
    distance = ((apart @ np.linalg.inv(covariance)) * apart).sum(axis=1)
    return np.where(there.any(axis=1), distance, nothing), kept.shape[1]


def find_even_odd(scales: Sequence[Floats]) -> Floats:
    """Return each person's even-odd inconsistency, -1 (of one mind) to 1.

    On keyed answers: the correlation over the scales of a person's mean of the even with
    that of the odd items, stepped up to full length by ``2 r / (1 + r)`` and held at -1,
    sign turned, so that more is more careless (Johnson 2005; Jackson 1977). NaN where fewer
    than two scales have both halves, or a half does not vary over them. Of two scales it
    can only be -1 or 1.

    Parameters
    ----------
    scales : sequence of ndarray of float, people by items
        Keyed answers of each scale on one range, NaN where missing.
    """
    halves = [[_average(matrix[:, start::2]) for matrix in scales] for start in (0, 1)]
    odd, even = (np.column_stack(half) for half in halves)
    r = correlate_rows(odd, even, least=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        stepped = np.where(r <= -1, -1.0, np.maximum(2 * r / (1 + r), -1.0))
    return np.where(np.isnan(r), np.nan, -stepped)


def find_pairs(codes: Floats, critical: float) -> Ints:
    """Return the pairs of items correlated beyond `critical`: psychometric synonyms.

    Parameters
    ----------
    critical : float
        Above 0: pairs that correlate more than this; below 0, pairs that correlate less
        (psychometric antonyms).

    Returns
    -------
    ndarray of int, pairs by 2
        The later item first.
    """
    r = find_correlation(codes)
    second, first = np.tril_indices(len(r), -1)
    with np.errstate(invalid="ignore"):
        wanted = (r > critical) if critical > 0 else (r < critical)
    chosen = wanted[second, first]
    return np.column_stack([second[chosen], first[chosen]])


def correlate_pairs(codes: Floats, pairs: Ints) -> Floats:
    """Return the correlation of each person's answers over pairs of items.

    On raw answers, so that there are antonyms at all (Meade and Craig 2012). -1 to 1, over the
    pairs without a missing answer; NaN where a person answered fewer than three of them, or
    did not vary over one side of them.
    """
    found = np.full(len(codes), np.nan)
    if len(pairs) < _LEAST_PAIRS:
        return found
    for start in range(0, len(codes), _AT_ONCE):
        part = codes[start : start + _AT_ONCE]
        sides = part[:, pairs[:, 0]], part[:, pairs[:, 1]]
        found[start : start + _AT_ONCE] = correlate_rows(*sides, least=_LEAST_PAIRS)
    return found


def correlate_rows(one: Floats, other: Floats, *, least: int) -> Floats:
    """Return the correlation of each row of one array with that row of the other.

    Over the places that both have, `least` of them; NaN too where one side does not vary.
    """
    there = ~(np.isnan(one) | np.isnan(other))
    n = there.sum(axis=1)
    x, y = (_set_apart(side, there, n) for side in (one, other))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    varies = np.minimum(np.abs(x).max(axis=1, initial=0), np.abs(y).max(axis=1, initial=0)) > 1e-9  # noqa: PLR2004
    return np.where((n >= least) & varies, np.clip(r, -1, 1), np.nan)


def _set_apart(values: Floats, there: Flags, n: Ints) -> Floats:
    mean = np.where(there, values, 0.0).sum(axis=1) / np.maximum(n, 1)
    apart: Floats = np.where(there, values - mean[:, None], 0.0)
    return apart


def _average(values: Floats) -> Floats:
    there = ~np.isnan(values)
    n = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    average: Floats = np.divide(total, n, out=np.full(len(values), np.nan), where=n > 0)
    return average
