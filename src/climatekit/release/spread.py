"""Spread: the attacker who works out from a mean and its interval where each person must be.

An interval hands over the standard deviation. In a group of n nobody is further from the
mean than ``s (n - 1) / sqrt(n)`` (Samuelson, 1968), so that where hardly anybody differs,
everybody's score is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from scipy.special import stdtrit

from climatekit.release.readout import FULL, Breach, Crowd, Range
from climatekit.release.relations import Group

PINNED = 10.0  # points: a person's score known more closely than this is recovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """How the weights of one group's people lie, for who knows them.

    Attributes
    ----------
    effective : float
        Kish's effective number of people.
    heaviest : float
        The largest share of the weight that one of them has.
    people : tuple of (score, share)
        Everybody's score, and their share of the weight.
    """

    effective: float
    heaviest: float
    people: tuple[tuple[float, float], ...]


def attack_spread(
    crowd: Crowd,
    *,
    retest: float,
    staff: Mapping[Group, float] | None = None,
    persons: Mapping[tuple[Group, str], Sequence[float]] | None = None,
    weighings: Mapping[tuple[Group, str], Weighing] | None = None,
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
    weighings : mapping of (Group, score) to Weighing, optional
        Where people are weighted, for who knows the weights. Who does not, can conclude no
        more than if all were equal.
    """
    for score in sorted({subject for statistic, subject in crowd.told if statistic == "points"}):
        for group, mean in sorted(crowd.told["points", score].items()):
            n = crowd.people.get(group, (0.0, 0.0))[0]
            if group in crowd.hidden or n < 2:  # noqa: PLR2004 (one alone has no spread)
                continue
            known = (weighings or {}).get((group, score)) if score in crowd.weighted else None
            own = (
                known.people if known else _share_evenly((persons or {}).get((group, score), ()), n)
            )
            heaviest = known.heaviest if known else 1 / n
            spread = bound_spread(
                crowd,
                group,
                score,
                retest=retest,
                staff=staff or {},
                size=known.effective if known else n,
            )
            if _width(heaviest, mean, spread) < PINNED:
                yield _breach(group, score, "spread")
            elif any(
                _width(min(1.0, heaviest / (1 - share)), *_without(value, share, mean, spread))
                < PINNED
                for value, share in set(own)
            ):
                yield _breach(group, score, "insider")


def _share_evenly(scores: Sequence[float], n: float) -> tuple[tuple[float, float], ...]:
    return tuple((score, 1 / n) for score in scores)


def bound_spread(
    crowd: Crowd,
    group: Group,
    score: str,
    *,
    retest: float,
    staff: Mapping[Group, float],
    size: float,
) -> Range:
    """Return between which ends the root mean square distance from the mean lies.

    Parameters
    ----------
    crowd : Crowd
        The group's mean of this score is told in it.
    group : Group
    score : str
    retest : float
    staff : mapping of Group to float
    size : float
        People that the printed interval goes by: Kish's number, where people are weighted.
    """
    mean = crowd.told["points", score][group]
    ends = [crowd.told.get((f"points_{side}", score), {}).get(group) for side in ("low", "high")]
    middle = min(max(FULL / 2, mean[0]), mean[1])
    most = math.sqrt(middle * (FULL - middle))
    known = crowd.spreads.get((group, score), (0.0, most))
    if ends[0] is None and ends[1] is None:
        # No interval where others have one of it: the score is capped, or nobody differs.
        told = score not in crowd.given and any(
            bool(other.role) == bool(group.role)
            for other in crowd.told.get(("points_low", score), ())
        )
        capped = mean[0] <= 0 or mean[1] >= FULL
        return (0.0, 0.0) if told and not capped else known
    reach = _find_reach(mean, ends[0], ends[1])
    if reach is None:
        return known
    # A standard deviation has n - 1 below.
    shrink = math.sqrt((size - 1) / size)
    least, most_of_it = (
        _find_t(size) * math.sqrt(share / size)
        for share in bound_chance(crowd, group, retest=retest, staff=staff)
    )
    own = shrink * reach[0] / most_of_it, shrink * reach[1] / least
    return max(own[0], known[0]), min(own[1], known[1], most)


def bound_chance(
    crowd: Crowd, group: Group, *, retest: float, staff: Mapping[Group, float]
) -> Range:
    """Return the least and the most that the census correction may leave of a variance."""
    n = crowd.people[group][0]
    known = crowd.eligible.get(group) or staff.get(group)
    if known is None:
        return 1 - retest, 1.0
    share = 1 - retest * (n / known if known >= n else 0.0)
    return share, share


@cache
def _find_t(size: float) -> float:
    return float(stdtrit(size - 1, 0.975))


def _find_reach(mean: Range, low: Range | None, high: Range | None) -> Range | None:
    """Return between which ends half the width of an interval lies; None where all is capped."""
    reaches = []
    left = low if low is not None and low[0] > 0 else None
    right = high if high is not None and high[1] < FULL else None
    if left is not None:
        reaches.append((mean[0] - left[1], mean[1] - left[0]))
    if right is not None:
        reaches.append((right[0] - mean[1], right[1] - mean[0]))
    if left is not None and right is not None:
        reaches.append(((right[0] - left[1]) / 2, (right[1] - left[0]) / 2))
    if not reaches:
        return None
    least, most = max(one[0] for one in reaches), min(one[1] for one in reaches)
    return max(least, 0.0), max(most, 0.0)


def _width(heaviest: float, mean: Range, spread: Range) -> float:
    """Return how closely the score of the person with the largest share is known.

    With share p of a group nobody is further from the mean than ``spread sqrt((1 - p) / p)``.
    """
    reach = spread[1] * math.sqrt((1 - heaviest) / heaviest)
    rest = FULL * (1 - heaviest)
    low = max(0.0, mean[0] - reach, (mean[0] - rest) / heaviest)
    high = min(FULL, mean[1] + reach, mean[1] / heaviest)
    return high - low


def _without(own: float, share: float, mean: Range, spread: Range) -> tuple[Range, Range]:
    """Return mean and spread of the others, once one's own score is taken away."""
    left = 1 - share
    others = (
        max(0.0, (mean[0] - share * own) / left),
        min(FULL, (mean[1] - share * own) / left),
    )
    far = max(0.0, mean[0] - own, own - mean[1])
    squares = spread[1] ** 2 / left - share * far**2 / left**2
    return others, (0.0, math.sqrt(max(squares, 0.0)))


def _breach(group: Group, score: str, attacker: str) -> Breach:
    return Breach.of(group, rule="D5", attacker=attacker, found="person", subject=score)
