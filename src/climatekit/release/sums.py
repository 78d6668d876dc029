"""Sums: the general attacker, an integer programme over all that is printed at once.

Each printed number is one linear row over the counts of people, and over the sums of their
scores or favourable answers. What is hidden is minimised and maximised under them; where
the two ends meet, it is recovered. Linear programming alone would miss a third of what the
integers give away.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from climatekit.release.head_counts import HeadCounts
from climatekit.release.open_shares import OpenShares, list_binding
from climatekit.release.programmes import Programme, Row
from climatekit.release.readout import FULL, Breach, Crowd, Range, Readout
from climatekit.release.relations import Group, Relation, list_relations, split_blocks

_ROUNDS = 60
_MOST_UNTOLD = 1000.0  # people of a hidden group that no printed total holds
_CLOSE = 1e-6
_SUMMED = frozenset({"points", "favourable"})


@dataclass(frozen=True, slots=True)
class Block:
    """Groups that hang together through sums, with what is known of how many they are."""

    groups: tuple[Group, ...]
    relations: tuple[Relation, ...]
    people: Mapping[Group, Range]


def list_blocks(crowd: Crowd, *, most: Mapping[Group, float] | None = None) -> tuple[Block, ...]:
    """Return the blocks of a crowd in which anything is hidden.

    A sum ties only what is not known of its groups: where all people are counted and no
    mean of the total is told, it ties nothing, so that a district's total beside many
    schools does not make one block of them.

    Parameters
    ----------
    crowd : Crowd
    most : mapping of Group to float, optional
        Most people that a hidden group can have, as somebody knows who knows the staff.
    """
    relations = list_relations(dict.fromkeys(crowd.people, 1))
    told = {
        group
        for (statistic, _), shown in crowd.told.items()
        if statistic in _SUMMED
        for group in shown
    }
    binding = set(list_binding(relations, told))
    open_groups = {group for group, (low, high) in crowd.people.items() if low < high}
    ties = {
        one: set(one.groups) if one in binding else open_groups.intersection(one.groups)
        for one in relations
    }
    blocks = []
    for members in split_blocks(crowd.people, ties.values()):
        if not members & crowd.hidden:
            continue
        own = tuple(one for one in relations if ties[one] & members)
        groups = members.union(*(one.groups for one in own))
        # Far ends that nothing needs would only make the solver less exact.
        counted = sum(crowd.people[group][1] for group in groups if group not in crowd.hidden)
        ceiling = max(_MOST_UNTOLD, 2 * counted)
        people = {
            group: (least, min(upper, ceiling, (most or {}).get(group, upper)))
            for group in sorted(groups)
            for least, upper in (crowd.people[group],)
        }
        blocks.append(Block(tuple(sorted(groups)), own, people))
    return tuple(blocks)


def bound_people(
    block: Block, wanted: Sequence[Group], *, under: float = math.inf
) -> dict[Group, Range]:
    """Return between which two numbers of people each wanted group must lie.

    Ends that lie apart, the lower of them below `under`, need not be found exactly: then
    the range is part of the true one.
    """
    return HeadCounts(block.people, block.relations).bound(wanted, under=under)


def bound_shares(
    block: Block,
    told: Mapping[Group, Range],
    wanted: Sequence[Group],
    *,
    whole: bool,
    enough: float,
) -> dict[Group, Range]:
    """Return between which two ends the mean, or the percent, of each wanted group must lie.

    Parameters
    ----------
    block : Block
    told : mapping of Group to (low, high)
        Printed means of 0 to 100, or percents.
    wanted : sequence of Group
    whole : bool
        Whether what is summed is a count: people who answered favourably.
    enough : float
        Ends further apart than this need not be found exactly.

    Notes
    -----
    The mean of a hidden group is a sum over an unknown number of people, a ratio of two
    linear forms; it is maximised by Dinkelbach's iteration (1967), each step of which is
    one integer programme.
    """
    sums = _Sums(block, told, whole=whole)
    if not sums.agree:
        return {}  # the rows contradict one another: nothing can be concluded
    return {group: sums.bound_ratio(group, enough) for group in wanted}


class _Sums:
    """People, and the sums of what is told of them, of one block and one subject."""

    def __init__(self, block: Block, told: Mapping[Group, Range], *, whole: bool) -> None:
        self._size = len(block.groups)
        self._place = {group: index for index, group in enumerate(block.groups)}
        place, size = self._place, self._size
        rows: list[Row] = []
        for one in block.relations:
            for shift in (0, size):
                parts = {place[part] + shift: 1.0 for part in one.parts}
                rows.append(({place[one.total] + shift: -1.0, **parts}, 0.0, 0.0))
        for group in block.groups:
            low, high = told.get(group, (0.0, FULL))
            people, total = place[group], place[group] + size
            # Sums are of shares: percents would make the solver's tolerance count for more.
            rows.append(({total: 1.0, people: -low / FULL}, 0.0, np.inf))
            rows.append(({total: 1.0, people: -high / FULL}, -np.inf, 0.0))
        ends = [block.people[group] for group in block.groups]
        self._programme = Programme(
            rows,
            [*ends, *((0.0, most) for _, most in ends)],
            [1] * size + [int(whole)] * size,
        )
        self.agree = self._programme.solve({}) is not None

    def bound_ratio(self, group: Group, enough: float) -> Range:
        people, total = self._place[group], self._place[group] + self._size
        ratios = [FULL * one[total] / one[people] for one in self._programme.found]
        low, high = min(ratios), max(ratios)
        if high - low <= enough:
            high = self._climb(people, total, high, 1.0)
        if high - low <= enough:
            low = self._climb(people, total, low, -1.0)
        return low, high

    def _climb(self, people: int, total: int, start: float, sign: float) -> float:
        ratio = start / FULL
        for _ in range(_ROUNDS):
            best = self._programme.solve({total: -sign, people: sign * ratio})
            if best is None or sign * (best[total] - ratio * best[people]) <= _CLOSE:
                break
            ratio = best[total] / best[people]
        return FULL * ratio


def _find_means(
    block: Block,
    counts: HeadCounts,
    told: Mapping[Group, Range],
    people: Mapping[Group, Range],
    *,
    whole: bool,
    enough: float,
) -> Iterator[Group]:
    """Yield the groups whose mean, or favourable answers, are recovered of one subject."""
    if not counts.agree:
        return  # they contradict one another: nothing can be concluded
    shares = OpenShares(block.relations, told, whole=whole)
    tight = []
    for group in people:
        known = shares.find(group, counts.list_counts(group))
        if known is None or _is_recovered(people[group], known, whole=whole, enough=enough):
            tight.append(group)
    if not tight:
        return
    found = bound_shares(block, told, tight, whole=whole, enough=enough)
    for group, ends in found.items():
        if _is_recovered(people[group], ends, whole=whole, enough=enough):
            yield group


def attack_sums(readout: Readout, crowd: Crowd) -> Iterator[Breach]:
    """Yield each hidden group whose size, mean or favourable answers are recovered.

    *Recovered* is a number of people that can be one number only, a mean of a group that
    may be under the least size known to within one answer step, or a count of favourable
    answers that is known exactly.
    """
    subjects = tuple(_list_subjects(readout, crowd))
    for block in list_blocks(crowd):
        hidden = [group for group in block.groups if group in crowd.hidden]
        counts = HeadCounts(block.people, block.relations)
        people = counts.bound(hidden, under=readout.min_n) if counts.agree else {}
        for group, (least, most) in people.items():
            if most - least < 1:
                yield _breach(group, "people")
        small = {group: ends for group, ends in people.items() if ends[0] < readout.min_n}
        for (statistic, subject), enough in subjects:
            told = crowd.told[statistic, subject]
            if not any(one.total in told for one in block.relations):
                continue
            whole = statistic == "favourable"
            for group in _find_means(block, counts, told, small, whole=whole, enough=enough):
                yield _breach(group, "answers" if whole else "mean", subject)


def attack_staff(readout: Readout, crowd: Crowd, staff: Mapping[Group, float]) -> Iterator[Breach]:
    """Yield what somebody recovers who also knows how many work there, by role.

    Sizes are no secret to such a reader; means are.
    """
    subjects = tuple(_list_subjects(readout, crowd))
    for block in list_blocks(crowd, most=staff):
        if not block.relations:
            continue  # no total holds any of them
        hidden = [group for group in block.groups if group in crowd.hidden]
        counts = HeadCounts(block.people, block.relations)
        people = counts.bound(hidden, under=readout.min_n)
        small = {group: ends for group, ends in people.items() if ends[0] < readout.min_n}
        for (statistic, subject), enough in subjects:
            told = crowd.told[statistic, subject]
            if statistic == "points" and any(one.total in told for one in block.relations):
                for group in _find_means(block, counts, told, small, whole=False, enough=enough):
                    yield _breach(group, "mean", subject, attacker="insider")


def _list_subjects(readout: Readout, crowd: Crowd) -> Iterator[tuple[tuple[str, str], float]]:
    steps: dict[str, float] = {}
    for score, shape in readout.shapes.items():
        steps[score] = shape.step
        steps |= dict.fromkeys(shape.items, shape.step)
    for statistic, subject in sorted(crowd.told):
        if statistic in _SUMMED and subject not in crowd.weighted:
            yield (statistic, subject), steps.get(subject, FULL / 4)


def _is_recovered(people: Range, share: Range, *, whole: bool, enough: float) -> bool:
    if not whole:
        return share[1] - share[0] < enough
    # All or none of a group are favourable: then each one's side is known.
    sure = people[1] - people[0] < 1
    count = [people[1] * end / FULL for end in share]
    return share[1] - share[0] < _CLOSE or (sure and count[1] - count[0] < 1 - _CLOSE)


def _breach(group: Group, found: str, subject: str = "", attacker: str = "general") -> Breach:
    return Breach.of(group, rule="D2", attacker=attacker, found=found, subject=subject)
