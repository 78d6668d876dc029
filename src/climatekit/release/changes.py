"""Changes: the attacker who holds the interval of a change against those of its two waves.

An interval is symmetrical, so that the middle of its printed ends tells where the mean, or the
difference of two means, is; and the half of it hands over the spread of both waves together.
What that adds to what each wave tells of itself is found here, and every other attacker goes
on from it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from scipy.special import stdtrit

from climatekit.measure.change import LINKED_SHARE
from climatekit.release.readout import FULL, MOST_PEOPLE, Breach, Crowd, Range, Readout, narrow
from climatekit.release.relations import Group
from climatekit.release.spread import PINNED, Weighing, bound_chance, bound_spread

_INTERVAL = frozenset({"difference_low", "difference_high"})
_STATISTICS = _INTERVAL | {"detectable"}
_POWER, _CONFIDENCE = 0.80, 0.975
_ROUNDS = 8  # the ends hardly move any more
_SETTLED = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What is printed of one change besides the difference of two printed scores."""

    since: str
    wave: str
    school: str
    score: str
    exports: str
    told: Mapping[str, Range]
    linked: bool


@dataclass(slots=True)
class _Side:
    """One wave of a change: people, chance left by the census, and the variance of the mean."""

    people: float
    chance: Range
    variance: Range


def join_changes(
    readout: Readout,
    crowds: Sequence[Crowd],
    *,
    retest: float,
    staff: Mapping[Group, float] | None = None,
    weighings: Mapping[tuple[Group, str], Weighing] | None = None,
) -> tuple[Crowd, ...]:
    """Return the crowds with what intervals tell of means, and changes of means and spreads.

    Parameters
    ----------
    readout : Readout
    crowds : sequence of Crowd
        As `gather_crowds` returns them.
    retest : float
        Assumed re-test reliability in the printed intervals.
    staff, weighings : mapping, optional
        As `attack_spread` takes them.

    Notes
    -----
    With ``f = s1^2 / n1`` and ``g = s2^2 / n2`` the half of a change's interval is
    ``t(df) sqrt(f c1 + g c2)``, c being what the census correction leaves; df is
    Satterthwaite's (1946). The detectable change is the same with the t of the power added.
    Where people are linked (Derrick et al. 2017) a covariance that is told nowhere is taken
    off, which can be anything up to ``2 sqrt(f g)``.
    """
    drafts = [_center(crowd) for crowd in crowds]
    changes = list(_gather_changes(readout))
    for _ in range(2):  # two changes may share a wave
        for change in changes:
            ends = change.exports.split("+")
            for pair in _find_pairs(drafts, change, ends):
                _hold(
                    pair,
                    change,
                    retest=retest,
                    staff=staff or {},
                    weighings=weighings or {},
                )
    return tuple(draft.crowd for draft in drafts)


def attack_moves(readout: Readout, crowds: Sequence[Crowd]) -> Iterator[Breach]:
    """Yield each change from which every linked person's own move is recovered.

    Were all people linked, the interval would be that of the mean of their moves, none of which
    is further from it than ``s (n - 1) / sqrt(n)`` (Samuelson, 1968); with fewer it is less.
    """
    for change in _gather_changes(readout):
        if not change.linked or not change.told.keys() >= _INTERVAL:
            continue
        sizes = [
            crowd.people[group][1]
            for group in (Group(wave, change.school) for wave in (change.since, change.wave))
            for crowd in crowds
            if crowd.exports in change.exports.split("+") and group in crowd.people
        ]
        n = min(sizes, default=MOST_PEOPLE)
        width = change.told["difference_high"][1] - change.told["difference_low"][0]
        if width * (n - 1) / float(stdtrit(n - 1, _CONFIDENCE)) < PINNED:
            whom = Group(change.wave, change.school)
            yield Breach.of(
                whom, rule="D5", attacker="spread", found="person", subject=change.score
            )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A crowd, and its means by score and its spreads, which may still be narrowed."""

    crowd: Crowd
    means: Mapping[str, dict[Group, Range]]
    spreads: dict[tuple[Group, str], Range]


def _center(crowd: Crowd) -> _Draft:
    """Return a crowd whose means lie where the middle of each printed interval says as well."""
    told = dict(crowd.told)
    drafts: dict[str, dict[Group, Range]] = {}
    for statistic, score in crowd.told:
        if statistic != "points":
            continue
        lows, highs = (crowd.told.get((f"points_{side}", score), {}) for side in ("low", "high"))
        means = dict(crowd.told[statistic, score])
        for group in means.keys() & lows.keys() & highs.keys():
            low, high = lows[group], highs[group]
            if low[0] > 0 and high[1] < FULL:  # else the end was capped
                means[group] = narrow(means[group], _find_middle(low, high))
        told[statistic, score] = drafts[score] = means
    spreads = dict(crowd.spreads)
    return _Draft(replace(crowd, told=told, spreads=spreads), drafts, spreads)


def _find_middle(low: Range, high: Range) -> Range:
    return (low[0] + high[0]) / 2, (low[1] + high[1]) / 2


def _gather_changes(readout: Readout) -> Iterator[_Change]:
    """Yield each change whose interval, or detectable move, is printed."""
    told: dict[tuple[str, str, str, str, str], dict[str, Range]] = defaultdict(dict)
    newest = readout.entries[0].release if readout.entries else ""
    releases: dict[tuple[str, ...], str] = {}
    for entry in readout.entries:
        if not entry.since or entry.role or entry.statistic not in _STATISTICS:
            continue
        if entry.low is None or entry.high is None:
            continue
        key = (entry.since, entry.wave, entry.school, entry.subject, entry.exports)
        known = told[key].get(entry.statistic)
        told[key][entry.statistic] = narrow(known, (entry.low, entry.high))
        releases.setdefault(key, entry.release)
    for key, own in told.items():
        since, wave, school, score, exports = key
        unlinked = readout.unlinked is None or (
            releases[key] == newest and (since, wave, school, score) in readout.unlinked
        )
        yield _Change(
            since=since,
            wave=wave,
            school=school,
            score=score,
            exports=exports,
            told=own,
            linked=not unlinked,
        )


def _find_pairs(
    drafts: Sequence[_Draft], change: _Change, exports: Sequence[str]
) -> Iterator[tuple[_Draft, _Draft]]:
    """Yield each two crowds that a change can be of."""
    sides = [
        [
            draft
            for draft in drafts
            if draft.crowd.wave == wave
            and draft.crowd.exports in exports
            and Group(wave, change.school) in draft.means.get(change.score, {})
        ]
        for wave in (change.since, change.wave)
    ]
    yield from product(*sides)


def _hold(
    pair: tuple[_Draft, _Draft],
    change: _Change,
    *,
    retest: float,
    staff: Mapping[Group, float],
    weighings: Mapping[tuple[Group, str], Weighing],
) -> None:
    """Hold a change against its two waves, and put what follows into their crowds."""
    groups = [Group(draft.crowd.wave, change.school) for draft in pair]
    places = list(zip(pair, groups, strict=True))
    means = [draft.means[change.score][group] for draft, group in places]
    means, gap = _hold_means(means, change.told)
    for (draft, group), mean in zip(places, means, strict=True):
        draft.means[change.score][group] = mean
    sides = []
    for draft, group in places:
        crowd = draft.crowd
        least, most = crowd.people.get(group, (0.0, 0.0))
        size = least
        if change.score in crowd.weighted:
            weighing = weighings.get((group, change.score))
            size = 0.0 if weighing is None else weighing.effective
        if least != most or size <= 1:
            return  # nothing is known of how many stand behind it
        chance = bound_chance(crowd, group, retest=retest, staff=staff)
        low, high = bound_spread(crowd, group, change.score, retest=retest, staff=staff, size=size)
        variance = low**2 / (size - 1), high**2 / (size - 1)
        sides.append(_Side(size, chance, variance))
    _share_out(sides[0], sides[1], change, gap)
    for (draft, group), side in zip(places, sides, strict=True):
        low, high = (math.sqrt(end * (side.people - 1)) for end in side.variance)
        draft.spreads[group, change.score] = low, high


def _hold_means(means: Sequence[Range], told: Mapping[str, Range]) -> tuple[list[Range], Range]:
    """Return both means, and their difference, as the middle of the interval has them."""
    first, second = means
    gap = second[0] - first[1], second[1] - first[0]
    if told.keys() >= _INTERVAL:
        gap = narrow(gap, _find_middle(told["difference_low"], told["difference_high"]))
    after = narrow(second, (first[0] + gap[0], first[1] + gap[1]))
    before = narrow(first, (after[0] - gap[1], after[1] - gap[0]))
    return [before, after], gap


def _share_out(first: _Side, second: _Side, change: _Change, gap: Range) -> None:
    """Narrow the variances of both means to what the chance in their difference leaves."""
    for _ in range(_ROUNDS):
        error = _find_error(first, second, change, gap)
        if error is None:
            return
        before = (*first.variance, *second.variance)
        for one, other in ((first, second), (second, first)):
            if change.linked:
                roots = [math.sqrt(end) for end in other.variance]
                apart = max(0.0, roots[0] - error[1], error[0] - roots[1]), roots[1] + error[1]
                found = apart[0] ** 2, apart[1] ** 2
            else:
                low, high = (
                    (error[side] ** 2 - other.chance[1 - side] * other.variance[1 - side])
                    / one.chance[1 - side]
                    if one.chance[1 - side] > 0
                    else (0.0, math.inf)[side]
                    for side in (0, 1)
                )
                found = max(low, 0.0), max(high, 0.0)
            one.variance = narrow(one.variance, found)
        after = (*first.variance, *second.variance)
        if all(math.isclose(*ends, rel_tol=_SETTLED) for ends in zip(before, after, strict=True)):
            return


def _find_error(first: _Side, second: _Side, change: _Change, gap: Range) -> Range | None:
    """Return between which ends the standard error of a difference lies."""
    df = _bound_df(first, second, linked=change.linked)
    t = [float(stdtrit(end, _CONFIDENCE)) for end in df]
    error: Range | None = None
    if change.told.keys() >= _INTERVAL:
        low, high = change.told["difference_low"], change.told["difference_high"]
        reach = narrow(
            ((high[0] - low[1]) / 2, (high[1] - low[0]) / 2),
            (max(gap[0] - low[1], high[0] - gap[1]), min(gap[1] - low[0], high[1] - gap[0])),
        )
        error = max(reach[0], 0.0) / t[0], reach[1] / t[1]
    if "detectable" in change.told:
        move = change.told["detectable"]
        both = [one + float(stdtrit(end, _POWER)) for one, end in zip(t, df, strict=True)]
        error = narrow(error, (move[0] / both[0], move[1] / both[1]))
    return error


def _bound_df(first: _Side, second: _Side, *, linked: bool) -> Range:
    """Return the fewest and the most degrees of freedom, ``1 / (r^2 / d1 + (1 - r)^2 / d2)``.

    r is the share of the first wave in the variance of the difference.
    """
    d1, d2 = first.people - 1, second.people - 1
    most = d1 + d2
    if linked:
        return max(1.0, LINKED_SHARE * min(first.people, second.people) - 1), most

    def find(share: float) -> float:
        return 1 / (share**2 / d1 + (1 - share) ** 2 / d2)

    f, g = first.variance, second.variance
    ends = (
        f[0] / (f[0] + g[1]) if f[0] + g[1] > 0 else 0.0,
        f[1] / (f[1] + g[0]) if f[1] + g[0] > 0 else 1.0,
    )
    best = min(max(d1 / most, ends[0]), ends[1])
    return min(find(end) for end in ends), find(best)
