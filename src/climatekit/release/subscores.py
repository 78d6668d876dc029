"""Subscores: what a total, less its other parts, would tell of a part that is not shown.

A total's mean is made of its items' means, and so are those of its parts. Where one of two
halves is hidden, twice the total less the other half is the hidden one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from climatekit.measure.scoring import FULL
from climatekit.release.gate import Shown
from climatekit.release.released import Released
from climatekit.release.rules import SCORE_CAP_HIGH, SCORE_CAP_LOW, withhold
from climatekit.release.score_facts import ScoreFacts, Shares
from climatekit.values import Withheld

Sources = tuple[tuple[Shares, tuple[float, float]], ...]
"""What printed scores are made of, each with the ends between which its mean lies."""

_HALF = 0.5
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

    Whatever is printed of them: somebody may have left out an item of theirs.

    Notes
    -----
    With p the target's shares of the items, s those of the sources and w the width of what
    each prints, the mean lies in a range of ``sum |c| w + 100 sum |p - c s|`` for any
    factors c: an item that nothing is known of is anywhere on its 100 points. The least of
    these is a linear programme.
    """
    wanted, made = _lay_out(target, [one for one, _ in sources])
    widths = np.array([width for _, width in sources])
    rest = np.eye(len(wanted))
    solved = linprog(
        np.concatenate([widths, widths, np.full(2 * len(wanted), FULL)]),
        A_eq=np.hstack([made.T, -made.T, rest, -rest]),
        b_eq=wanted,
    )
    many = len(sources)
    factors = np.asarray(solved.x)
    used = np.abs(factors[:many] - factors[many : 2 * many])
    return (float(solved.fun or 0.0), *map(float, used))


@cache
def bound_mean(target: Shares, sources: Sources) -> tuple[float, ...]:
    """Return between which ends printed scores place another one, then how much each does it.

    Near an end of the scale what is printed says more than its width: nobody is beyond it.
    """
    wanted, made = _lay_out(target, [one for one, _ in sources])
    # An item that is reverse-scored takes away from its whole share.
    least = np.array([low for _, (low, _) in sources]) + FULL * np.minimum(made, 0.0).sum(axis=1)
    most = np.array([high for _, (_, high) in sources]) + FULL * np.minimum(made, 0.0).sum(axis=1)
    ends, used = [], np.zeros(len(sources))
    for sign in (1.0, -1.0):
        solved = linprog(
            sign * wanted,
            A_ub=np.vstack([made, -made]),
            b_ub=np.concatenate([most, -least]),
            bounds=(0.0, FULL),
        )
        if solved.x is None:
            return (0.0, FULL)  # they contradict one another
        ends.append(float(wanted @ solved.x - FULL * np.minimum(wanted, 0.0).sum()))
        used += np.abs(solved.ineqlin.marginals).reshape(2, -1).sum(axis=0)
    return (*ends, *map(float, used))


def _lay_out(
    target: Shares, sources: Sequence[Shares]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the shares of the items in a score, and those in others, one row each."""
    items = sorted({item for shares in (target, *sources) for item, _ in shares})
    place = {item: number for number, item in enumerate(items)}
    made = np.zeros((1 + len(sources), len(items)))
    for row, shares in enumerate((target, *sources)):
        for item, share in shares:
            made[row, place[item]] = share
    return made[0], made[1:]


def _find_telling(
    score: str, told: Mapping[str, Shown], made: Mapping[str, Shares], limit: float
) -> list[str]:
    """Return the printed scores that place a hidden one within a limit; none where none do."""
    own = {item for item, _ in made[score]}
    ends = {
        one: _list_ends(shown)
        for one, shown in told.items()
        if one != score and isinstance(shown, Released) and made[one]
    }
    if not any(own & {item for item, _ in made[one]} for one in ends):
        return []
    width, *used = bound_width(
        made[score], tuple((made[one], high - low) for one, (low, high) in ends.items())
    )
    if width >= limit:
        low, high, *used = bound_mean(
            made[score], tuple((made[one], own_ends) for one, own_ends in ends.items())
        )
        if not _is_told(told[score], low, high, limit):
            return []
        if isinstance(told[score], Withheld) and any(
            _is_all_said(made[score], (made[one], ends[one]), high - low)
            for one, shown in told.items()
            if one in ends and isinstance(shown, Released) and shown.capped
        ):
            return []
    return [one for one, much in zip(ends, used, strict=True) if much > _NOTHING]


def _is_all_said(target: Shares, capped: tuple[Shares, tuple[float, float]], width: float) -> bool:
    """Return whether one score at an end of the scale says by itself all that is known.

    That everybody's answers are near that end is what its text is for.
    """
    low, high, *_ = bound_mean(target, (capped,))
    return high - low < width + 2 * _HALF


def _is_told(shown: Shown, low: float, high: float, limit: float) -> bool:
    """Return whether these ends tell of a score that is hidden, or more of one at an end."""
    if isinstance(shown, Withheld):
        return high - low < limit
    return low > SCORE_CAP_HIGH + _HALF if shown.capped == "high" else high < SCORE_CAP_LOW - _HALF


def _list_ends(shown: Released) -> tuple[float, float]:
    low, high = shown.value - _HALF, shown.value + _HALF
    return (0.0 if shown.capped == "low" else low), (FULL if shown.capped == "high" else high)


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
