"""Single items: the attacker who holds a score of one item, with its spread, against its answers.

A score of one item has no sum of others to hide in: its mean and its interval are those of
the answers themselves, and of few people hardly any way of answering fits both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache

from climatekit.release.histograms import MOST_LISTED, find_recovered, fit_histograms
from climatekit.release.readout import FULL, Breach, Crowd, Range, Readout, ScoreShape
from climatekit.release.relations import Group
from climatekit.release.spread import bound_spread

_MOST_WAYS = 300_000  # of answering that are listed; more people are told less of


def attack_single_items(
    readout: Readout,
    crowd: Crowd,
    *,
    retest: float,
    staff: Mapping[Group, float] | None = None,
) -> Iterator[Breach]:
    """Yield each score of one item of which an answer count is recovered.

    Parameters
    ----------
    readout : Readout
    crowd : Crowd
    retest : float
        Assumed re-test reliability in the printed intervals.
    staff : mapping of Group to float, optional
        How many work in each group, for who knows it where it is not printed.
    """
    for score, shape in readout.shapes.items():
        if len(shape.items) != 1 or score in crowd.weighted:
            continue
        for group, mean in crowd.told.get(("points", score), {}).items():
            least, most = crowd.people.get(group, (0.0, 0.0))
            n = int(least)
            if least != most or n < 2 or _count_ways(n, shape) > _MOST_WAYS:  # noqa: PLR2004
                continue
            spread = bound_spread(
                crowd, group, score, retest=retest, staff=staff or {}, size=float(n)
            )
            share = crowd.told.get(("favourable", shape.items[0]), {}).get(group, (0.0, FULL))
            if _recover(n, shape, mean, spread, share):
                yield Breach.of(
                    group, rule="D4", attacker="histogram", found="answers", subject=shape.items[0]
                )


def _count_ways(n: int, shape: ScoreShape) -> float:
    return math.comb(n + shape.options - 1, shape.options - 1) if n <= MOST_LISTED else math.inf


@lru_cache(1000)
def _recover(
    n: int, shape: ScoreShape, mean: Range, spread: Range, share: Range
) -> tuple[int, ...]:
    """Return the options whose counts are recovered; `spread` is a root mean square distance."""
    widen = math.sqrt(n / (n - 1)) / shape.step
    ways = fit_histograms(
        n,
        shape,
        {
            "mean": (1 + mean[0] / shape.step, 1 + mean[1] / shape.step),
            "sd": (spread[0] * widen, spread[1] * widen),
            "favourable": share,
        },
    )
    return find_recovered(ways)
