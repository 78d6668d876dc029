"""Shifts: waves in which the codes of an item lie one above or below what is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from climatekit.knowledge.scales import ResponseSet
from climatekit.measure.groups import Floats

LEAST_PEOPLE = 30
# Expected choices of an option, by the other waves, whose absence is then no chance.
_EXPECTED = 10.0
# How unlike two waves must be at least, 0 to 1, and by how much a shift must mend it.
_UNLIKE = 0.15
_MENDED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A wave whose codes lie `by` (+1 or -1) beside the declared ones; what it held."""

    wave: str
    by: int
    low: int
    high: int


def find_shifts(codes: Mapping[str, Floats], answers: ResponseSet) -> tuple[Shift, ...]:
    """Return the waves in which an item's codes look off by one.

    A wave does when its codes leave the declared range by exactly one at one end and never
    use the other end. It also does, inside the range, when an end that the other waves lead
    to expect at least 10 times is not used once and the distribution, unlike that of the
    other waves (total variation distance 0.15 or more), is at most half as unlike once
    shifted by one.

    Parameters
    ----------
    codes : mapping of str to ndarray of float
        Wave id to the codes of everybody who answered.
    """
    found = []
    for wave, own in codes.items():
        others = [
            other for name, other in codes.items() if name != wave and _is_inside(other, answers)
        ]
        by = _leave_range(own, answers) or _shift_inside(
            own, np.concatenate(others) if others else np.empty(0), answers
        )
        if by:
            found.append(Shift(wave=wave, by=by, low=int(own.min()), high=int(own.max())))
    return tuple(found)


def _leave_range(codes: Floats, answers: ResponseSet) -> int:
    if not len(codes):
        return 0
    low, high = codes.min(), codes.max()
    if low == answers.low - 1 and high < answers.high:
        return -1
    if high == answers.high + 1 and low > answers.low:
        return 1
    return 0


def _shift_inside(own: Floats, others: Floats, answers: ResponseSet) -> int:
    if min(len(own), len(others)) < LEAST_PEOPLE or not _is_inside(own, answers):
        return 0
    mine, theirs = _share(own, answers), _share(others, answers)
    apart = _distance(mine, theirs)
    if apart < _UNLIKE:
        return 0
    for by, unused, last in ((-1, -1, 0), (1, 0, -1)):
        moved = np.roll(theirs, by)
        # What the shift pushes out of the range can only have been put at its end.
        moved[unused], moved[last] = 0.0, moved[last] + theirs[last]
        empty = mine[unused] == 0 and theirs[unused] * len(own) >= _EXPECTED
        if empty and _distance(mine, moved) <= _MENDED * apart:
            return by
    return 0


def _is_inside(codes: Floats, answers: ResponseSet) -> bool:
    return bool(((codes >= answers.low) & (codes <= answers.high)).all())


def _share(codes: Floats, answers: ResponseSet) -> Floats:
    places = (codes - answers.low).astype(np.intp)
    return np.bincount(places, minlength=answers.options) / len(codes)


def _distance(one: Floats, other: Floats) -> float:
    return float(np.abs(one - other).sum() / 2)
