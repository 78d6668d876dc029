"""Moments: the attacker who takes the spread of everybody apart into that of each school.

A coefficient of a district hands over spread: SEM and alpha the standard deviation of all
people, ICC(2) how much of it lies between schools. What the printed schools account for is
known from their means; what is left over was made by the hidden ones, none of which can then
be further from the others than that allows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from scipy.optimize import minimize_scalar

from climatekit.release.readout import FULL, Breach, Crowd, Range, Readout
from climatekit.release.relations import Group

Schools = Mapping[Group, tuple[float, Range]]  # people and mean of each


def attack_moments(
    readout: Readout, crowd: Crowd, *, staff: Mapping[Group, float] | None = None
) -> Iterator[Breach]:
    """Yield each hidden school whose mean the district's coefficients place within a step.

    Parameters
    ----------
    readout : Readout
    crowd : Crowd
    staff : mapping of Group to float, optional
        How many work in each school: nobody else can have answered.

    Notes
    -----
    Of N people in k schools, with ``F = MSB / MSW = 1 / (1 - ICC(2))`` (Bliese 2000) and the
    variance of all ``v = SEM^2 / (1 - alpha)`` (Lord and Novick 1968), the squares between
    schools are ``(N - 1) v (k - 1) F / ((k - 1) F + N - k)``. Less those among the n people
    of the printed schools, they are at least ``m n / (m + n) d^2`` for a hidden school of m
    people at a distance d from the printed ones' mean.
    """
    people = _list_people(crowd, staff or {})
    for score, shape in readout.shapes.items():
        if score in crowd.weighted:
            continue  # the coefficients count each person once, and the printed means do not
        points = crowd.told.get(("points", score), {})
        shown = {
            group: (ends[0], points[group])
            for group, ends in people.items()
            if group in points and ends[0] == ends[1]
        }
        hidden = {group: ends for group, ends in people.items() if group not in shown}
        if not shown or not hidden or _rests_on(crowd, score, len(shown)):
            continue
        left = _bound_left(crowd, score, shown, hidden)
        if left is None:
            continue
        total = sum(size for size, _ in shown.values())
        middle = tuple(
            sum(size * mean[side] for size, mean in shown.values()) / total for side in (0, 1)
        )
        for group, (least, most) in hidden.items():
            reach = math.sqrt(left * (1 / max(least, 1) + 1 / total))
            width = min(FULL, middle[1] + reach) - max(0.0, middle[0] - reach)
            if least <= most and width < shape.step:
                yield Breach.of(group, rule="D16", attacker="moments", found="mean", subject=score)


def _list_people(crowd: Crowd, staff: Mapping[Group, float]) -> dict[Group, Range]:
    """Return the people of each school: of a hidden one as the total and the staff leave open."""
    schools = {
        group: (least, min(most, staff.get(group, most)))
        for group, (least, most) in crowd.people.items()
        if group == Group(crowd.wave, group.school) and group.school
    }
    whole = crowd.people.get(Group(crowd.wave))
    if whole is None:
        return schools
    sums = [sum(ends[side] for ends in schools.values()) for side in (0, 1)]
    return {
        group: (
            max(least, whole[0] - (sums[1] - most)),
            min(most, whole[1] - (sums[0] - least)),
        )
        for group, (least, most) in schools.items()
    }


def _rests_on(crowd: Crowd, score: str, shown: int) -> bool:
    """Return whether the files say that a score's coefficients are of the shown schools alone."""
    schools = crowd.told.get(("schools", score), {}).get(Group(crowd.wave))
    return schools is not None and schools[1] <= shown


def _bound_left(
    crowd: Crowd, score: str, shown: Schools, hidden: Mapping[Group, Range]
) -> float | None:
    """Return the most squares between schools that the printed ones leave to the hidden."""
    told = [
        crowd.told.get((name, score), {}).get(Group(crowd.wave))
        for name in ("sem", "alpha_total", "icc2")
    ]
    if None in told:
        return None
    error, alpha, icc2 = (one for one in told if one is not None)
    people = sum(size for size, _ in shown.values()) + sum(most for _, most in hidden.values())
    between = len(shown) + len(hidden) - 1
    if alpha[1] >= 1 or icc2[1] >= 1 or people <= between + 1:
        return None
    squares = (people - 1) * error[1] ** 2 / (1 - alpha[1])
    ratio = between / (1 - icc2[1])
    return max(0.0, squares * ratio / (ratio + people - between - 1) - _find_least(shown))


def _find_least(shown: Schools) -> float:
    """Return the fewest squares between schools that their printed means allow."""
    ends = tuple(shown.values())

    def add_up(middle: float) -> float:
        apart = ((size, max(0.0, low - middle, middle - high)) for size, (low, high) in ends)
        return sum(size * distance**2 for size, distance in apart)

    return float(minimize_scalar(add_up, bounds=(0.0, FULL), method="bounded").fun)
