"""Polychoric correlations: of the normal variables that lie behind graded answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from climatekit.measure.groups import Floats, Ints
from climatekit.measure.normal_pairs import (
    find_density,
    find_joint_chance,
    find_joint_density,
)

# A correlation nearer to 1 than this has run to the end: the likelihood has no top.
END = 0.9995
_MOST_STEPS = 60
_CLOSE = 1e-11
_PEOPLE_AT_ONCE = 20_000
_LEAST_CHANCE = 1e-15


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Polychoric:
    """Polychoric correlations of the items of a score.

    Attributes
    ----------
    thresholds : ndarray of float, items by options - 1
        Cuts of each item's normal variable, from all of its answers. An option that was
        declared and never chosen is kept: its two cuts are equal, or infinite at an end.
        An item of fewer options than the others has infinite cuts for the rest.
    correlation : ndarray of float, items by items
        1 on the diagonal; NaN for a pair in which an item does not vary, or that runs to
        plus or minus 1.
    variance : ndarray of float, items by items
        Of each correlation times the people of its pair, large-sample, with the cuts
        estimated as well; NaN on the diagonal.
    shared : ndarray of int, items by items
        People who answered both items.
    """

    thresholds: Floats
    correlation: Floats
    variance: Floats
    shared: Ints


def find_polychoric(codes: Floats, options: Sequence[int]) -> Polychoric:
    """Return the polychoric correlations of all pairs of items at once.

    Two steps (Olsson 1979, Psychometrika 44, 443-460): cuts from each item's own answers,
    then each correlation by maximum likelihood over the table of the people who answered
    both items. The variance is Muthen's (1984, Psychometrika 49, 115-132). Empty cells of
    the table stay empty. A missing answer is left out of its item's cuts and of its pairs; a
    correlation that cannot be had is NaN.

    Parameters
    ----------
    codes : ndarray of float, people by items
        Steps above the lowest declared code, NaN where not answered.
    options : sequence of int
        Declared answer options of each item.
    """
    k, most = len(options), max(options, default=2)
    tables = count_together(codes, most)
    own = np.array([np.diag(tables[item, item]) for item in range(k)]).reshape(k, most)
    with np.errstate(invalid="ignore", divide="ignore"):
        reached = np.cumsum(own, axis=1)[:, :-1] / own.sum(axis=1, keepdims=True)
    thresholds = ndtri(reached)
    first, second = np.tril_indices(k, -1)
    counts = tables[first, second]
    shared = counts.sum(axis=(1, 2))
    fit = np.flatnonzero(
        ((own > 0).sum(axis=1) > 1)[first]
        & ((own > 0).sum(axis=1) > 1)[second]
        & (counts.any(axis=2).sum(axis=1) > 1)
        & (counts.any(axis=1).sum(axis=1) > 1)
    )
    r, variance = np.full(len(first), np.nan), np.full(len(first), np.nan)
    if len(fit):
        lines, columns = thresholds[first[fit]], thresholds[second[fit]]
        r[fit] = _search(counts[fit], lines, columns)
        ended = np.abs(r) >= END
        r[ended] = np.nan
        known = ~np.isnan(r[fit])
        variance[fit[known]] = _find_variance(
            counts[fit[known]], lines[known], columns[known], r[fit[known]]
        )
    return Polychoric(
        thresholds=thresholds,
        correlation=_square(r, k, 1.0),
        variance=_square(variance, k, np.nan),
        shared=_square(shared, k, 0.0).astype(np.intp) + np.diag(own.sum(axis=1)).astype(np.intp),
    )


def count_together(codes: Floats, options: int) -> Floats:
    """Count for each pair of items how often each pair of options was chosen.

    Returns
    -------
    ndarray of float, items by items by options by options
    """
    k = codes.shape[1]
    total = np.zeros((k * options, k * options))
    for start in range(0, len(codes), _PEOPLE_AT_ONCE):
        part = codes[start : start + _PEOPLE_AT_ONCE]
        # One column per item and option; counts this small are exact in single precision.
        chosen = (part[:, :, None] == np.arange(options)).astype(np.float32)
        flat = chosen.reshape(len(part), k * options)
        total += flat.T @ flat
    return total.reshape(k, options, k, options).transpose(0, 2, 1, 3)


def _search(counts: Floats, lines: Floats, columns: Floats) -> Floats:
    """Return the correlation of each table where its likelihood is highest.

    Fisher's scoring, held between the ends that the slope's sign leaves open.
    """
    low, high = np.full(len(counts), -END), np.full(len(counts), END)
    r = np.zeros(len(counts))
    for _ in range(_MOST_STEPS):
        chance, lift = _spread_chance(lines, columns, r)
        pull = (counts * lift / chance).sum(axis=(1, 2))
        weight = counts.sum(axis=(1, 2)) * (lift**2 / chance).sum(axis=(1, 2))
        low, high = np.where(pull > 0, r, low), np.where(pull <= 0, r, high)
        with np.errstate(invalid="ignore", divide="ignore"):
            step = r + pull / weight
        after = np.where((step > low) & (step < high), step, (low + high) / 2)
        moved = np.abs(after - r).max(initial=0.0)
        r = after
        if moved < _CLOSE:
            break
    return np.where(np.minimum(END - r, r + END) < 2 * _CLOSE, END, r)


def _spread_chance(lines: Floats, columns: Floats, r: Floats) -> tuple[Floats, Floats]:
    """Return each cell's chance, and how fast it grows with the correlation."""
    x, y, own = _close(lines)[:, :, None], _close(columns)[:, None, :], r[:, None, None]
    chance = _cut(find_joint_chance(x, y, own))
    return np.maximum(chance, _LEAST_CHANCE), _cut(find_joint_density(x, y, own))


def _find_variance(counts: Floats, lines: Floats, columns: Floats, r: Floats) -> Floats:
    share = counts / counts.sum(axis=(1, 2), keepdims=True)
    chance, lift = _spread_chance(lines, columns, r)
    score = np.where(share > 0, lift / chance, 0.0)
    inside = (share * score**2).sum(axis=(1, 2))
    turned = (share.transpose(0, 2, 1), score.transpose(0, 2, 1), chance.transpose(0, 2, 1))
    by_line = _carry(share, score, chance, (lines, columns), r)
    by_column = _carry(*turned, (columns, lines), r)
    with np.errstate(invalid="ignore", divide="ignore"):
        influence = score - by_line[:, :, None] - by_column[:, None, :]
        variance: Floats = (share * influence**2).sum(axis=(1, 2)) / inside**2
    return variance


def _carry(
    share: Floats, score: Floats, chance: Floats, cuts: tuple[Floats, Floats], r: Floats
) -> Floats:
    """Return what the estimated cuts of the first item add to the score of each option."""
    own, other = cuts
    finite = np.isfinite(own)
    cut = np.where(finite, own, 0.0)
    density = np.where(finite, find_density(cut), 0.0)
    root, s = np.sqrt(1 - r**2)[:, None, None], r[:, None, None]
    slope = density[:, :, None] * np.diff(
        ndtr((_close(other)[:, None, :] - s * cut[:, :, None]) / root), axis=2
    )
    pressed = np.where(share > 0, share * score / chance, 0.0)
    crossed = (slope * (pressed[:, :-1] - pressed[:, 1:])).sum(axis=2)
    below = np.arange(own.shape[1] + 1) <= np.arange(own.shape[1])[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        influence = (below - ndtr(cut)[:, :, None]) / density[:, :, None]
    influence = np.where(density[:, :, None] > 0, influence, 0.0)
    carried: Floats = (crossed[:, :, None] * influence).sum(axis=1)
    return carried


def _close(cuts: Floats) -> Floats:
    """Return the cuts between minus and plus infinity."""
    ends = np.full((len(cuts), 1), np.inf)
    return np.concatenate([-ends, cuts, ends], axis=1)


def _cut(corner: Floats) -> Floats:
    """Return what lies in each cell, from what lies below each of its corners."""
    return np.diff(np.diff(corner, axis=1), axis=2)


def _square(values: Floats, k: int, own: float) -> Floats:
    square = np.full((k, k), own)
    first, second = np.tril_indices(k, -1)
    square[first, second] = square[second, first] = values
    return square
