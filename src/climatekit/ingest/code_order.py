"""Code order: whether numeric answers run in the order of their codes.

A survey tool numbers answers in the order in which they were written: where "somewhat
disagree" was added last, the numbers 1 to 6 may stand for 1, 6, 2, 3, 4, 5 in order. Each
lies within the answer set, so only how people answered the other questions can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_LEAST_CODES = 5
_LEAST_ITEMS = 4
_LEAST_PEOPLE = 60
_MOST_PEOPLE = 5_000
_LEAST_JUMPED = 2
# How much more the items have to have in common once the last code has moved.
_LEAST_GAIN = 1.3
_NOISE = 2.0  # standard errors


@dataclass(frozen=True, slots=True)
class _Positions:
    """Where each code lies on what the items have in common, with its standard error."""

    values: Floats
    errors: Floats
    used: Floats


def find_code_order(answers: Sequence[npt.NDArray[np.int8]], low: int, high: int) -> list[int]:
    """Return the order in which codes seem to run, where one of them is clearly out of place.

    Parameters
    ----------
    answers : sequence of ndarray of int8, shape (n_people,)
        One array an item; a code outside `low` to `high` is no answer.
    low, high : int
        Ends of the declared codes.

    Returns
    -------
    list of int
        All codes in rising order, the last one where it belongs; empty where it is not
        clearly out of place, or too little is known.

    Notes
    -----
    The answer that was written last has the last number, so no other is looked at. The first
    axis of a multiple correspondence analysis places people without any order of the codes;
    a code lies where those who chose it lie by their other answers, each item turned the way
    in which most of them run. The last code is out of place where the others rise (or fall)
    along that axis, it lies beyond two of them, and the first eigenvalue of the items'
    correlations is 1.3 times as large once it has moved. An axis of how strongly people
    answer puts the codes of both ends together, so that the others do not rise.
    """
    codes = range(low, high + 1)
    if len(codes) < _LEAST_CODES or len(answers) < _LEAST_ITEMS:
        return []
    table = np.column_stack(answers).astype(np.int64) - low
    table[(table < 0) | (table >= len(codes))] = -1
    table = table[(table >= 0).sum(axis=1) > len(answers) / 2]
    table = table[:: 1 + len(table) // _MOST_PEOPLE]
    if len(table) < _LEAST_PEOPLE:
        return []
    order = _find_order(_place_codes(table, len(codes)))
    if not order:
        return []
    places = np.empty(len(codes))
    places[order] = np.arange(len(codes))
    before = _find_common(np.where(table >= 0, table, np.nan))
    after = _find_common(np.where(table >= 0, places[table], np.nan))
    return [low + place for place in order] if after >= _LEAST_GAIN * before else []


def _place_codes(table: npt.NDArray[np.int64], count: int) -> _Positions:
    people, items = table.shape
    chosen = (table[:, :, np.newaxis] == np.arange(count)).astype(np.float64)
    shares = chosen.mean(axis=0)
    weights = np.divide(1.0, np.sqrt(shares), out=np.zeros_like(shares), where=shares > 0)
    there = (table >= 0).astype(np.float64)
    # What is missing lies at the middle of its item.
    laid = ((chosen - shares * there[:, :, np.newaxis]) * weights).reshape(people, -1)
    axis = np.linalg.eigh(laid.T @ laid)[1][:, -1].reshape(items, count) * weights
    own = (chosen * axis).sum(axis=2)
    others = np.maximum(there.sum(axis=1, keepdims=True) - there, 1.0)
    rest = (own.sum(axis=1, keepdims=True) - own) / others
    rest = np.where(there > 0, rest - rest.mean(axis=0), 0.0)
    used = chosen.sum(axis=0)
    sums = np.einsum("ij,ijc->jc", rest, chosen)
    means = np.divide(sums, np.sqrt(used), out=np.zeros_like(sums), where=used > 0)
    turn = np.where(np.linalg.svd(means, full_matrices=False)[0][:, 0] < 0, -1.0, 1.0)
    total = used.sum(axis=0)
    values = np.divide(
        (sums * turn[:, np.newaxis]).sum(axis=0), total, out=np.zeros(count), where=total > 0
    )
    # Answers of one person are alike: people, not answers, are what was sampled.
    off = np.einsum("ijc,ijc->ic", (rest * turn)[:, :, np.newaxis] - values, chosen)
    errors = np.divide(np.sqrt((off**2).sum(axis=0)), total, out=np.zeros(count), where=total > 0)
    return _Positions(values, errors, total)


def _find_order(positions: _Positions) -> list[int]:
    """Return the places in order once the last one has moved, or nothing."""
    if positions.used.min() == 0:
        return []
    *rest, last = range(len(positions.values))
    for way in (1.0, -1.0):
        values = positions.values * way
        target = int((values[rest] < values[last]).sum())
        if _rises(values[rest], positions.errors[rest]) and len(rest) - target >= _LEAST_JUMPED:
            return [*rest[:target], last, *rest[target:]]
    return []


def _rises(values: Floats, errors: Floats) -> bool:
    noise = _NOISE * np.hypot(errors[1:], errors[:-1])
    return bool((np.diff(values) > -noise).all() and values[-1] > values[0])


def _find_common(answers: Floats) -> float:
    """Return the first eigenvalue of the items' correlations; an item all alike adds nothing."""
    centred = np.nan_to_num(answers - np.nanmean(answers, axis=0))
    spread = np.sqrt((centred**2).sum(axis=0))
    scaled = centred / np.where(spread > 0, spread, 1.0)
    return float(np.linalg.eigvalsh(scaled.T @ scaled)[-1])
