"""Parts: the attacker who sets a total against its parts.

A score's mean is made of its items' means, and so is that of any other with which it shares
some. Between which ends the printed ones leave one that is not shown, or what the end of the
scale conceals of one that is, is a linear programme over the items' means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from climatekit.release.programmes import Programme, Row
from climatekit.release.readout import FULL, Breach, Crowd, Makeup, Range, Readout
from climatekit.release.relations import Group
from climatekit.release.score_facts import Shares

Told = Mapping[str, Range]
"""Score to the ends between which its printed mean lies."""

_ROUNDING = 1.0
_END = 5.0  # points that an end of the scale conceals
_NOTHING_KNOWN: Range = (0.0, FULL)
_KNOWN = 100_000  # programmes that are remembered


def attack_parts(readout: Readout, crowd: Crowd) -> Iterator[Breach]:
    """Yield each score of a shown group that its total, or the other parts, tell of.

    Parameters
    ----------
    readout : Readout
    crowd : Crowd
        As it was gathered: means as they are printed.
    """
    makeups = readout.makeups
    told: dict[Group, dict[str, Range]] = defaultdict(dict)
    for (statistic, score), means in crowd.told.items():
        if statistic == "points" and score in makeups:
            for group, mean in means.items():
                told[group][score] = mean
    unsaid: dict[Group, list[str]] = defaultdict(list)
    for group, score in sorted(crowd.unsaid):
        if score in makeups and score not in told.get(group, {}):
            unsaid[group].append(score)
    for group, known in told.items():
        own = unsaid.get(group, [])
        for score in (*_find_unsaid(known, own, makeups), *_find_ends(known, makeups)):
            yield Breach.of(group, rule="D2", attacker="parts", found="part", subject=score)


def _find_unsaid(told: Told, unsaid: Sequence[str], makeups: Mapping[str, Makeup]) -> Iterator[str]:
    """Yield the scores that are not shown and are placed within one answer step.

    But for one that would tell of another, were it shown: it is hidden for that one's sake.
    """
    limits = {score: makeups[score].step for score in unsaid}
    limits |= {score: _END for score, ends in told.items() if _is_end(ends)}
    for score in unsaid:
        low, high = _place(score, told, makeups)
        if high - low >= makeups[score].step or _is_all_said(score, told, makeups, high - low):
            continue
        others = {other: limit for other, limit in limits.items() if other != score}
        if not any(
            _is_any_placed(others, {**told, score: shown}, makeups)
            for shown in ((low, low + _ROUNDING), (high - _ROUNDING, high))
        ):
            yield score


def _is_all_said(score: str, told: Told, makeups: Mapping[str, Makeup], width: float) -> bool:
    """Return whether one score at an end of the scale says by itself all that is known."""
    return any(
        most - least < width + _ROUNDING
        for one, ends in told.items()
        if _is_end(ends)
        for least, most in [_place(score, {one: ends}, makeups)]
    )


def _is_any_placed(limits: Mapping[str, float], told: Told, makeups: Mapping[str, Makeup]) -> bool:
    """Return whether any of these scores is placed more closely than its limit."""
    ends = ((_place(score, told, makeups), limit) for score, limit in limits.items())
    return any(high - low < limit for (low, high), limit in ends)


def _find_ends(told: Told, makeups: Mapping[str, Makeup]) -> Iterator[str]:
    """Yield the scores that are surely nearer to an end of the scale than is printed."""
    for score, (low, high) in told.items():
        if _is_end((low, high)):
            least, most = _place(score, told, makeups)
            if (high >= FULL and least > low + _ROUNDING) or (low <= 0 and most < high - _ROUNDING):
                yield score


def _is_end(ends: Range) -> bool:
    return ends[0] <= 0 or ends[1] >= FULL


def _place(score: str, told: Told, makeups: Mapping[str, Makeup]) -> Range:
    """Return between which ends the others that are told place a score."""
    items = _list_items(makeups[score])
    others = [one for one in told if one != score and items & _list_items(makeups[one])]
    # What is told of their other items narrows those as well.
    reached = items.union(*(_list_items(makeups[one]) for one in others))
    rows = (
        (makeups[one].shares, ends)
        for one, ends in told.items()
        if one != score and reached & _list_items(makeups[one])
    )
    return _bound(makeups[score].shares, tuple(rows)) if others else _NOTHING_KNOWN


def _list_items(makeup: Makeup) -> set[str]:
    return {item for item, _ in makeup.shares}


@lru_cache(_KNOWN)
def _bound(target: Shares, told: tuple[tuple[Shares, Range], ...]) -> Range:
    place: dict[str, int] = {}
    for shares in (target, *(one for one, _ in told)):
        for item, _ in shares:
            place.setdefault(item, len(place))
    rows: list[Row] = []
    for shares, (low, high) in told:
        # A reversed item takes away from its whole share.
        whole = sum(-FULL * share for _, share in shares if share < 0)
        rows.append(({place[item]: share for item, share in shares}, low - whole, high - whole))
    programme = Programme(rows, [_NOTHING_KNOWN] * len(place), [0] * len(place))
    ends = []
    for sign in (1.0, -1.0):
        best = programme.solve({place[item]: sign * share for item, share in target})
        if best is None:
            return _NOTHING_KNOWN  # they contradict one another: somebody left questions out
        ends.append(
            sum(share * best[place[item]] - min(0.0, share) * FULL for item, share in target)
        )
    return ends[0], ends[1]
