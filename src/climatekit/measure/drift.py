"""Drift: items that moved between two waves otherwise than their score did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.among import Among
from climatekit.measure.groups import Floats, number_groups
from climatekit.measure.invariance import Invariance, check_invariance
from climatekit.measure.matrices import list_matrices
from climatekit.measure.two_samples import Samples, adjust_p, compare_samples, find_p
from climatekit.values import Withheld

# Of the item's own spread: less is no reason to stop comparing a whole score.
LEAST_MOVE = 0.5
LEAST_PEOPLE = 30
LEAST_ITEMS = 3
_LIKELY = 0.05


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ScoreDrift:
    """Whether a score measures the same in two waves of the district.

    Attributes
    ----------
    moves : mapping of str to float
        By how much each item moved beyond the mean of the others, in standard deviations
        of the item; only items that the screen flags. Empty too where it cannot judge.
    invariance : Invariance or Withheld
        Of the two waves, or why it could not be had.
    """

    before: str
    after: str
    score: str
    moves: Mapping[str, float]
    invariance: Invariance | Withheld

    @property
    def drifts(self) -> bool:
        """Whether the two waves must not be compared.

        Decided by the scalar step where the model could be fitted, else by the screen.
        """
        if isinstance(self.invariance, Invariance):
            return self.invariance.holds in {"configural", "metric"}
        return bool(self.moves)


def find_drifts(
    responses: Responses,
    scales: Sequence[Scale],
    pairs: Sequence[tuple[str, str]],
    *,
    among: Among | None = None,
) -> tuple[ScoreDrift, ...]:
    """Check each score of three items or more for drift between pairs of waves.

    Parameters
    ----------
    among : mapping of str to mapping of str to collection of str, optional
        Score to wave to the schools whose people are looked at; all when not given.

    Returns
    -------
    tuple of ScoreDrift
        By score, then pair, for the items that every wave asked.
    """
    _, table = number_groups(responses, ("wave",))
    number = {wave: place for place, wave in enumerate(table["wave"])}
    found = []
    for part in list_matrices(responses, scales, by=("wave",), among=among):
        if part.wave is not None or len(part.items) < LEAST_ITEMS:
            continue
        for before, after in pairs:
            first, second = (part.cells == number.get(wave, -1) for wave in (before, after))
            both = first | second
            found.append(
                ScoreDrift(
                    before=before,
                    after=after,
                    score=part.score,
                    moves=screen_items(part.items, part.matrix[first], part.matrix[second]),
                    invariance=check_invariance(part.matrix[both], part.cells[both]),
                )
            )
    return tuple(found)


def screen_items(items: Sequence[str], before: Floats, after: Floats) -> dict[str, float]:
    """Return the items that moved otherwise than the rest of their score.

    For each person the item less the mean of their other answers; the means of these
    differences in the two waves by Welch's test, adjusted over the items by Holm (1979).
    An item is returned when p is under .05 and it moved by half of its own standard
    deviation or more. It needs no model, so it serves districts too small for one; people
    who answered twice make it cautious, since they are taken as different people.

    Parameters
    ----------
    items : sequence of str
        Three or more.
    before, after : ndarray of float, people by items
        Keyed answers on one range, NaN where not answered.

    Returns
    -------
    dict of str to float
        Item to its move in standard deviations; empty under 30 people in either wave.
    """
    first, second = _sum_up(_set_apart(before)), _sum_up(_set_apart(after))
    if min(first.n.min(), second.n.min()) < LEAST_PEOPLE:
        return {}
    welch = compare_samples(first, second, 0.0)
    p = find_p(welch.difference, welch.error, welch.df)
    adjusted = adjust_p(p, np.zeros(len(p), dtype=np.intp))
    spread = np.sqrt((_sum_up(before).sd ** 2 + _sum_up(after).sd ** 2) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        moves = welch.difference / spread
    return {
        item: float(move)
        for item, move, chance in zip(items, moves, adjusted, strict=True)
        if chance < _LIKELY and abs(move) >= LEAST_MOVE
    }


def _set_apart(matrix: Floats) -> Floats:
    """Return each answer less the mean of the person's other answers."""
    there = ~np.isnan(matrix)
    total = np.where(there, matrix, 0.0).sum(axis=1, keepdims=True)
    others = there.sum(axis=1, keepdims=True) - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        apart: Floats = np.where(others > 0, matrix - (total - matrix) / others, np.nan)
    return apart


def _sum_up(values: Floats) -> Samples:
    there = ~np.isnan(values)
    n = there.sum(axis=0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=0) / n
        squares = np.where(there, values - mean, 0.0) ** 2
        sd = np.sqrt(squares.sum(axis=0) / (n - 1))
    return Samples(mean=mean, sd=sd, n=n, covered=np.zeros(len(n)))
