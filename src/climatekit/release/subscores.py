"""Subscores: what a total, less its other parts, would tell of a part that is not shown.

A total's mean is made of its items' means, and so are those of its parts. Where one of two
halves is hidden, twice the total less the other half is the hidden one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from scipy.optimize import linprog

from climatekit.measure.scoring import FULL
from climatekit.release.gate import Shown
from climatekit.release.released import Released
from climatekit.release.rules import SCORE_CAP_LOW, withhold
from climatekit.release.score_facts import ScoreFacts, Shares
from climatekit.values import Withheld

_ROUNDING = 1.0
_NOTHING = 1e-6


def hide_subscores(
    points: Mapping[str, Shown], scores: Mapping[str, ScoreFacts]
) -> dict[str, Shown]:
    """Hide so many more scores of one group's wave that no hidden one can be worked out.

    Of the printed ones that tell of it the one with the fewest items, or the last of those,
    is hidden, again and again. What an end of the scale conceals counts as hidden.

    Parameters
    ----------
    points : mapping of str to Released or Withheld
        By score.
    scores : mapping of str to ScoreFacts

    Returns
    -------
    dict of str to Released or Withheld
        The same scores.
    """
    told = dict(points)
    made = {score: _spell_out(score, scores) for score in points}
    for score, shown in points.items():
        limit = _limit(shown, scores[score])
        while limit and (telling := _find_telling(score, told, made, limit)):
            told[min(reversed(telling), key=lambda one: len(made[one]))] = withhold("protected")
    return told


@cache
def bound_width(target: Shares, sources: tuple[tuple[Shares, float], ...]) -> tuple[float, ...]:
    """Return how closely printed scores place a hidden one, then how much of each that takes.

    Notes
    -----
    With p the target's shares of the items, s those of the sources and w the width of what
    each prints, the mean lies in a range of ``sum |c| w + 100 sum |p - c s|`` for any
    factors c: an item that nothing is known of is anywhere on its 100 points. The least of
    these is a linear programme.
    """
    items = sorted(
        {item for shares in (target, *(one for one, _ in sources)) for item, _ in shares}
    )
    place = {item: number for number, item in enumerate(items)}
    made = np.zeros((len(items), len(sources)))
    for column, (shares, _) in enumerate(sources):
        for item, share in shares:
            made[place[item], column] = share
    wanted = np.zeros(len(items))
    for item, share in target:
        wanted[place[item]] = share
    widths = np.array([width for _, width in sources])
    rest = np.eye(len(items))
    solved = linprog(
        np.concatenate([widths, widths, np.full(2 * len(items), FULL)]),
        A_eq=np.hstack([made, -made, rest, -rest]),
        b_eq=wanted,
    )
    many = len(sources)
    factors = np.asarray(solved.x)
    used = np.abs(factors[:many] - factors[many : 2 * many])
    return (float(solved.fun or 0.0), *map(float, used))


def _find_telling(
    score: str, told: Mapping[str, Shown], made: Mapping[str, Shares], limit: float
) -> list[str]:
    """Return the printed scores that place a hidden one within a limit; none where none do."""
    own = {item for item, _ in made[score]}
    sources = {
        one: _ROUNDING if not shown.capped else SCORE_CAP_LOW + _ROUNDING / 2
        for one, shown in told.items()
        if one != score and isinstance(shown, Released) and made[one]
    }
    if not any(own & {item for item, _ in made[one]} for one in sources):
        return []
    width, *used = bound_width(
        made[score], tuple((made[one], width) for one, width in sources.items())
    )
    if width >= limit:
        return []
    return [one for one, much in zip(sources, used, strict=True) if much > _NOTHING]


def _limit(shown: Shown, facts: ScoreFacts) -> float:
    """Return how closely a score may be placed; 0 where it is nobody's secret."""
    if isinstance(shown, Withheld):
        return facts.step if shown.rule == "protected" else 0.0
    return SCORE_CAP_LOW if shown.capped else 0.0


def _spell_out(score: str, scores: Mapping[str, ScoreFacts]) -> Shares:
    """Return the shares of items in a score, through the scores that it is made of."""
    found: dict[str, float] = {}
    for name, share in scores[score].shares:
        parts = _spell_out(name, scores) if name in scores else ((name, 1.0),)
        for item, part in parts:
            found[item] = found.get(item, 0.0) + share * part
    return tuple(sorted(found.items()))
