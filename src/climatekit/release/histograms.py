"""Histograms: the attacker who lists every way in which a group can have answered an item.

Where all ways that fit what is printed agree on how many people chose an answer, or prove
that one or two did, their answers are recovered.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from climatekit.release.readout import FULL, Breach, Crowd, Range, Readout, ScoreShape
from climatekit.release.relations import Group
from climatekit.release.rules import WEIGHTED_PEOPLE

Counts = npt.NDArray[np.int64]

MOST_LISTED = 40  # people; above, there are too many ways to list
PARTS = 200  # equal parts that the weight of a group is cut into
_FEW = 2
_CLOSE = 1e-9
_KNOWN = 100_000  # rooms that are remembered


def list_histograms(people: int, options: int) -> Counts:
    """Return every way in which `people` can choose among `options`, one row each."""
    bars = np.array(list(combinations(range(people + options - 1), options - 1)), dtype=np.int64)
    edges = np.column_stack(
        [
            np.full(len(bars), -1, dtype=np.int64),
            bars,
            np.full(len(bars), people + options - 1, dtype=np.int64),
        ]
    )
    return np.asarray(np.diff(edges, axis=1) - 1)


def fit_histograms(
    people: int, shape: ScoreShape, told: Mapping[str, Range], *, least_option: float = 1.0
) -> Counts:
    """Return the histograms of one item that fit all that is told of it.

    Parameters
    ----------
    people : int
        At most 40.
    shape : ScoreShape
    told : mapping of str to (low, high)
        ``favourable`` in percent; ``mean`` and ``sd`` (with n - 1) of the answer codes.
    least_option : float
        Code of the lowest answer.
    """
    ways = list_histograms(people, shape.options)
    codes = least_option + np.arange(shape.options)
    means = ways @ codes / people
    fits = np.ones(len(ways), dtype=np.bool_)
    values = {
        "mean": means,
        "favourable": FULL * ways[:, shape.options - shape.favourable :].sum(axis=1) / people,
        "sd": np.sqrt(np.maximum(ways @ codes**2 - people * means**2, 0.0) / max(people - 1, 1)),
    }
    for statistic, (low, high) in told.items():
        fits &= (values[statistic] >= low - _CLOSE) & (values[statistic] <= high + _CLOSE)
    return np.asarray(ways[fits])


def find_recovered(ways: Counts) -> tuple[int, ...]:
    """Return the options whose count is the same in all ways, or surely one or two."""
    if not len(ways):
        return ()
    least, most = ways.min(axis=0), ways.max(axis=0)
    return tuple(
        option
        for option, (low, high) in enumerate(zip(least, most, strict=True))
        if low == high or 0 < low <= high <= _FEW
    )


def attack_histograms(readout: Readout, crowd: Crowd) -> Iterator[Breach]:
    """Yield each item of a shown group of which an answer count is recovered.

    An item's favourable answers and the score that it is part of are held together: with
    everybody's answers to the other items free within what is printed of those, the
    item's own sum lies in a range, and so does each of its counts. Ranges overlap exactly
    where some set of answers fits, but for gaps of one step.

    Where people are weighted nothing is known of how many they are, of their weight alone:
    what is recovered is that nobody chose an answer who has a twentieth of the weight, or
    that somebody did, all of them together no more than two such people.
    """
    for score, shape in readout.shapes.items():
        points = crowd.told.get(("points", score), {})
        for group, (least, most) in crowd.people.items():
            if group in crowd.hidden or least != most or least < 1:
                continue
            yield from _attack_score(crowd, group, shape, points.get(group), score=score)


def _attack_score(
    crowd: Crowd, group: Group, shape: ScoreShape, points: Range | None, *, score: str
) -> Iterator[Breach]:
    weighted = score in crowd.weighted
    people = PARTS if weighted else int(crowd.people[group][0])
    shares = [crowd.told.get(("favourable", item), {}).get(group) for item in shape.items]
    if not any(shares):
        return
    sides = [_count_favourable(share, people) for share in shares]
    sums = [_sum_steps(people, side, shape) for side in sides]
    whole: Range = (0.0, math.inf)
    if points is not None:
        scale = people * len(shape.items) / shape.step
        whole = math.ceil(points[0] * scale - _CLOSE), math.floor(points[1] * scale + _CLOSE)
    total = sum(low for low, _ in sums), sum(high for _, high in sums)
    for item, share, side, own in zip(shape.items, shares, sides, sums, strict=True):
        rest = total[0] - own[0], total[1] - own[1]
        room = max(own[0], whole[0] - rest[1]), min(own[1], whole[1] - rest[0])
        if share is None or side[0] > side[1] or room[0] > room[1]:
            continue  # an item not printed, or rows that contradict: somebody left one out
        likes = shape.options, shape.favourable
        if _is_any_recovered(people, side, likes, room, weighted=weighted):
            yield Breach.of(group, rule="D4", attacker="histogram", found="answers", subject=item)


def _count_favourable(share: Range | None, people: int) -> tuple[int, int]:
    if share is None:
        return 0, people
    low = math.ceil(share[0] * people / FULL - _CLOSE)
    high = math.floor(share[1] * people / FULL + _CLOSE)
    return max(low, 0), min(high, people)


def _sum_steps(people: int, side: tuple[int, int], shape: ScoreShape) -> Range:
    top, first = shape.options - 1, shape.options - shape.favourable
    low, high = side
    return float(low * first), float(high * top + (people - high) * (first - 1))


@lru_cache(_KNOWN)
def _is_any_recovered(
    people: int, side: tuple[int, int], likes: tuple[int, int], room: Range, *, weighted: bool
) -> bool:
    """Return whether the count of any option says it of somebody; groups of like size often ask.

    `likes` holds how many options an item has, and how many of them are favourable.
    """
    is_recovered = _is_weight_recovered if weighted else _is_recovered
    return any(is_recovered(option, people, side, likes, room) for option in range(likes[0]))


def _is_recovered(
    option: int, people: int, side: tuple[int, int], likes: tuple[int, int], room: Range
) -> bool:
    """Return whether the count of `option` is one number only, or surely one or two."""

    def fits(counts: range) -> Iterator[int]:
        return (count for count in counts if _fits(option, count, people, side, likes, room))

    least = next(fits(range(people + 1)), None)
    if least is None:
        return False
    # Most often nobody need have chosen it, and one can have: two looks are enough.
    other = next(fits(range(least + 1, people + 1)), None)
    if other is None or not 0 < least <= _FEW:
        return other is None
    return next(fits(range(people, least, -1)), least) <= _FEW


def _is_weight_recovered(
    option: int, parts: int, side: tuple[int, int], likes: tuple[int, int], room: Range
) -> bool:
    """Return whether the weight of those who chose `option` says it of somebody."""
    one = parts // WEIGHTED_PEOPLE

    def can_be(counts: range) -> bool:
        return any(_fits(option, count, parts, side, likes, room) for count in counts)

    if can_be(range(1)):
        return not can_be(range(one, parts + 1))
    return not can_be(range(_FEW * one + 1, parts + 1)) and can_be(range(1, parts + 1))


def _fits(
    option: int,
    count: int,
    people: int,
    side: tuple[int, int],
    likes: tuple[int, int],
    room: Range,
) -> bool:
    """Return whether `count` people can have chosen `option`, the item's sum being in `room`."""
    options, first = likes[0], likes[0] - likes[1]
    liked = option >= first
    # The lowest and the highest other answer on either side of the line.
    below = int(option == 0), first - 1 - int(option == first - 1)
    above = first + int(option == first), options - 1 - int(option == options - 1)
    for favourable in range(side[0], side[1] + 1):
        some = favourable - count * liked
        rest = people - favourable - count * (not liked)
        if some < 0 or rest < 0 or (some and above[0] > above[1]) or (rest and below[0] > below[1]):
            continue
        low = option * count + some * above[0] + rest * below[0]
        high = option * count + some * above[1] + rest * below[1]
        if low <= room[1] and high >= room[0]:
            return True
    return False
