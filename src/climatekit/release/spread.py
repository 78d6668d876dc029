"""Spread: the attacker who works out from a mean and its interval where each person must be.

An interval hands over the standard deviation. In a group of n nobody is further from the
mean than ``s (n - 1) / sqrt(n)`` (Samuelson, 1968), so that where hardly anybody differs,
everybody's score is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from scipy.stats import t

from climatekit.release.readout import FULL, Breach, Crowd, Range
from climatekit.release.relations import Group

PINNED = 10.0  # points: a person's score known more closely than this is recovered


def attack_spread(
    crowd: Crowd,
    *,
    retest: float,
    staff: Mapping[Group, float] | None = None,
    persons: Mapping[tuple[Group, str], Sequence[float]] | None = None,
) -> Iterator[Breach]:
    """Yield each shown score from which somebody's own score is recovered.

    Parameters
    ----------
    crowd : Crowd
    retest : float
        Assumed re-test reliability in the printed interval; each release prints it.
    staff : mapping of Group to float, optional
        How many work in each group, for who knows it where it is not printed: a range gets
        narrower with the share of them that answered.
    persons : mapping of (Group, score) to sequence of float, optional
        Everybody's scores: each of them in turn attacks as an insider, who takes away
        their own and learns of the others.
    """
    for score in sorted({subject for statistic, subject in crowd.told if statistic == "points"}):
        for group, mean in sorted(crowd.told["points", score].items()):
            n = crowd.people.get(group, (0.0, 0.0))[0]
            if group in crowd.hidden or n < 2:  # noqa: PLR2004 (one alone has no spread)
                continue
            sd = _find_sd(crowd, group, score, mean, _list_units(crowd, group, retest, staff or {}))
            if _width(n, mean, sd) < PINNED:
                yield _breach(group, score, "spread")
            elif any(
                _width(n - 1, *_without(own, n, mean, sd)) < PINNED
                for own in sorted(set((persons or {}).get((group, score), ())))
            ):
                yield _breach(group, score, "insider")


def _list_units(crowd: Crowd, group: Group, retest: float, staff: Mapping[Group, float]) -> Range:
    """Return the least and the most that half an interval may be, for a deviation of one."""
    n = crowd.people[group][0]
    known = crowd.eligible.get(group) or staff.get(group)
    shares = (1.0, 0.0) if known is None else (n / known if known >= n else 0.0,) * 2
    least, most = (_find_t(n) * math.sqrt((1 - retest * share) / n) for share in shares)
    return least, most


@cache
def _find_t(n: float) -> float:
    return float(t.ppf(0.975, n - 1))


def _find_sd(crowd: Crowd, group: Group, score: str, mean: Range, units: Range) -> Range:
    """Return between which ends the standard deviation lies."""
    n = crowd.people[group][0]
    ends = [crowd.told.get((f"points_{side}", score), {}).get(group) for side in ("low", "high")]
    most = _greatest_sd(n, mean)
    if ends[0] is None and ends[1] is None:
        # No interval where others of its kind have one: the score is capped, or nobody differs.
        told = any(
            bool(other.role) == bool(group.role)
            for (statistic, _), own in crowd.told.items()
            if statistic == "points_low"
            for other in own
        )
        capped = mean[0] <= 0 or mean[1] >= FULL
        return (0.0, 0.0) if told and not capped else (0.0, most)
    reaches = []
    for end, sign in zip(ends, (-1.0, 1.0), strict=True):
        if end is not None and end[0] > 0 and end[1] < FULL:
            reaches.append(sorted((sign * (end[0] - mean[1]), sign * (end[1] - mean[0]))))
    if not reaches:
        return 0.0, most
    low = max(0.0, *(one[0] for one in reaches))
    high = min(one[1] for one in reaches)
    return low / units[1], min(max(high, 0.0) / units[0], most)


def _greatest_sd(n: float, mean: Range) -> float:
    middle = min(max(FULL / 2, mean[0]), mean[1])
    return math.sqrt(middle * (FULL - middle) * n / (n - 1))


def _width(n: float, mean: Range, sd: Range) -> float:
    """Return how closely everybody's score is known."""
    if n < 1:
        return FULL
    reach = sd[1] * (n - 1) / math.sqrt(n)
    low = max(0.0, mean[0] - reach, n * mean[0] - FULL * (n - 1))
    high = min(FULL, mean[1] + reach, n * mean[1])
    return high - low


def _without(own: float, n: float, mean: Range, sd: Range) -> tuple[Range, Range]:
    """Return mean and standard deviation of the others, once one's own score is taken away."""
    others = (
        max(0.0, (n * mean[0] - own) / (n - 1)),
        min(FULL, (n * mean[1] - own) / (n - 1)),
    )
    far = max(0.0, mean[0] - own, own - mean[1])
    squares = (n - 1) * sd[1] ** 2 - far**2 * n / (n - 1)
    if n <= 2:  # noqa: PLR2004 (one other has no spread)
        return others, (0.0, 0.0)
    return others, (0.0, math.sqrt(max(squares, 0.0) / (n - 2)))


def _breach(group: Group, score: str, attacker: str) -> Breach:
    return Breach(
        rule="D5",
        attacker=attacker,
        found="person",
        wave=group.wave,
        school=group.school,
        role=group.role,
        subject=score,
    )
