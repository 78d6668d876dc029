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
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from climatekit.release.open_shares import find_open_shares
from climatekit.release.readout import FULL, Breach, Crowd, Range, Readout
from climatekit.release.relations import Group, Relation, list_relations, split_blocks

_ROUNDS = 60
_MOST_UNTOLD = 1000.0  # people of a hidden group that no printed total holds
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Block:
    """Groups that hang together through sums, with what is known of how many they are."""

    groups: tuple[Group, ...]
    relations: tuple[Relation, ...]
    people: Mapping[Group, Range]


def list_blocks(crowd: Crowd, *, most: Mapping[Group, float] | None = None) -> tuple[Block, ...]:
    """Return the blocks of a crowd in which anything is hidden.

    Parameters
    ----------
    crowd : Crowd
    most : mapping of Group to float, optional
        Most people that a hidden group can have, as somebody knows who knows the staff.
    """
    known = dict.fromkeys(crowd.people, 1)
    relations = list_relations(known)
    blocks = []
    for groups in split_blocks(known, relations):
        if not groups & crowd.hidden:
            continue
        own = tuple(one for one in relations if one.total in groups)
        # Far ends that nothing needs would only make the solver less exact.
        told = sum(crowd.people[group][1] for group in groups if group not in crowd.hidden)
        ceiling = max(_MOST_UNTOLD, 2 * told)
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
    return _bound_people(_System.of_people(block), wanted, under)


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
    system = _System.of_sums(block, told, whole=whole)
    if system.start is None:
        return {}  # the rows contradict one another: nothing can be concluded
    return {group: system.bound_ratio(group, enough) for group in wanted}


class _System:
    """The rows of one block, and what has been found to satisfy them."""

    def __init__(
        self,
        block: Block,
        rows: list[tuple[dict[int, float], float, float]],
        bounds: Bounds,
        whole: np.ndarray,
    ) -> None:
        self.block = block
        self.place = {group: index for index, group in enumerate(block.groups)}
        counts = np.cumsum([0, *(len(row) for row, _, _ in rows)])
        columns = [column for row, _, _ in rows for column in row]
        values = [value for row, _, _ in rows for value in row.values()]
        matrix = csr_array(
            # HiGHS of scipy 1.14 takes 32-bit places only.
            (values, np.array(columns, dtype=np.int32), counts.astype(np.int32)),
            shape=(len(rows), len(whole)),
        )
        self._rows = (
            LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])
            if rows
            else ()
        )
        self._bounds, self._whole = bounds, whole
        self.found: list[np.ndarray] = []
        self.start = self.solve(np.zeros(len(whole)))

    @classmethod
    def of_people(cls, block: Block) -> _System:
        ends = np.array([block.people[group] for group in block.groups])
        place = {group: index for index, group in enumerate(block.groups)}
        rows = [
            ({place[one.total]: -1.0, **{place[part]: 1.0 for part in one.parts}}, 0.0, 0.0)
            for one in block.relations
        ]
        return cls(block, rows, Bounds(ends[:, 0], ends[:, 1]), np.ones(len(ends), dtype=np.int64))

    @classmethod
    def of_sums(cls, block: Block, told: Mapping[Group, Range], *, whole: bool) -> _System:
        size = len(block.groups)
        place = {group: index for index, group in enumerate(block.groups)}
        ends = np.array([block.people[group] for group in block.groups])
        rows = []
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
        integral = np.ones(2 * size, dtype=np.int64)
        integral[size:] = int(whole)
        bounds = Bounds(
            np.concatenate([ends[:, 0], np.zeros(size)]), np.concatenate([ends[:, 1], ends[:, 1]])
        )
        return cls(block, rows, bounds, integral)

    def solve(self, cost: np.ndarray) -> np.ndarray | None:
        solved = milp(
            cost,
            integrality=self._whole,
            bounds=self._bounds,
            constraints=self._rows,
            # Presolve may print lines of its own to standard output, and gains nothing here.
            options={"mip_rel_gap": 0.0, "presolve": False},
        )
        if solved.x is None:
            return None
        self.found.append(solved.x)
        return np.asarray(solved.x)

    def bound(self, column: int, under: float) -> Range:
        known = [float(round(one[column])) for one in self.found]
        if known and min(known) < max(known) and min(known) < under < math.inf:
            return min(known), max(known)
        cost = np.zeros(len(self._whole))
        ends = []
        for sign in (1.0, -1.0):
            cost[column] = sign
            best = self.solve(cost)
            ends.append(float(round(best[column])) if best is not None else sign * -np.inf)
        return ends[0], ends[1]

    def bound_ratio(self, group: Group, enough: float) -> Range:
        people, total = self.place[group], self.place[group] + len(self.block.groups)
        ratios = [FULL * one[total] / one[people] for one in self.found]
        low, high = min(ratios), max(ratios)
        if high - low <= enough:
            high = self._climb(people, total, high, 1.0)
        if high - low <= enough:
            low = self._climb(people, total, low, -1.0)
        return low, high

    def _climb(self, people: int, total: int, start: float, sign: float) -> float:
        ratio = start / FULL
        for _ in range(_ROUNDS):
            cost = np.zeros(len(self._whole))
            cost[total], cost[people] = -sign, sign * ratio
            best = self.solve(cost)
            if best is None or sign * (best[total] - ratio * best[people]) <= _CLOSE:
                break
            ratio = best[total] / best[people]
        return FULL * ratio


def _bound_people(system: _System, wanted: Sequence[Group], under: float) -> dict[Group, Range]:
    if wanted and system.start is not None and under < math.inf:
        # Two answers in which neighbours are small and large by turns show most ranges wide.
        for first in (1.0, -1.0):
            cost = np.zeros(len(system.start))
            cost[[system.place[group] for group in wanted]] = np.resize(
                (first, -first), len(wanted)
            )
            system.solve(cost)
    return {group: system.bound(system.place[group], under) for group in wanted}


def _list_counts(system: _System, group: Group) -> list[dict[Group, float]]:
    """Return numbers of people that agree with all rows: with few, and with many, of a group."""
    column = system.place[group]
    by_size = sorted(system.found, key=lambda one: float(one[column]))
    return [
        dict(zip(system.block.groups, map(round, one), strict=True))
        for one in (by_size[0], by_size[-1])
    ]


def _find_means(
    system: _System,
    told: Mapping[Group, Range],
    people: Mapping[Group, Range],
    *,
    whole: bool,
    enough: float,
) -> Iterator[Group]:
    """Yield the groups whose mean, or favourable answers, are recovered of one subject."""
    block = system.block
    if system.start is None:
        return  # the counts contradict one another: nothing can be concluded
    tight = []
    for group in people:
        known = find_open_shares(
            block.relations, told, [group], _list_counts(system, group), whole=whole
        )
        if group not in known or _is_recovered(
            people[group], known[group], whole=whole, enough=enough
        ):
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
    for block in list_blocks(crowd):
        hidden = [group for group in block.groups if group in crowd.hidden]
        system = _System.of_people(block)
        people = _bound_people(system, hidden, readout.min_n)
        for group, (least, most) in people.items():
            if most - least < 1:
                yield _breach(group, "people")
        small = {group: ends for group, ends in people.items() if ends[0] < readout.min_n}
        for (statistic, subject), enough in _list_subjects(readout, crowd):
            told = crowd.told[statistic, subject]
            if not any(one.total in told for one in block.relations):
                continue
            whole = statistic == "favourable"
            for group in _find_means(system, told, small, whole=whole, enough=enough):
                yield _breach(group, "answers" if whole else "mean", subject)


def attack_staff(readout: Readout, crowd: Crowd, staff: Mapping[Group, float]) -> Iterator[Breach]:
    """Yield what somebody recovers who also knows how many work there, by role.

    Sizes are no secret to such a reader; means are.
    """
    for block in list_blocks(crowd, most=staff):
        if not block.relations:
            continue  # no total holds any of them
        hidden = [group for group in block.groups if group in crowd.hidden]
        system = _System.of_people(block)
        people = _bound_people(system, hidden, readout.min_n)
        small = {group: ends for group, ends in people.items() if ends[0] < readout.min_n}
        for (statistic, subject), enough in _list_subjects(readout, crowd):
            told = crowd.told[statistic, subject]
            if statistic == "points" and any(one.total in told for one in block.relations):
                for group in _find_means(system, told, small, whole=False, enough=enough):
                    yield _breach(group, "mean", subject, attacker="insider")


def _list_subjects(readout: Readout, crowd: Crowd) -> Iterator[tuple[tuple[str, str], float]]:
    steps: dict[str, float] = {}
    for score, shape in readout.shapes.items():
        steps[score] = shape.step
        steps |= dict.fromkeys(shape.items, shape.step)
    for statistic, subject in sorted(crowd.told):
        if statistic in {"points", "favourable"}:
            yield (statistic, subject), steps.get(subject, FULL / 4)


def _is_recovered(people: Range, share: Range, *, whole: bool, enough: float) -> bool:
    if not whole:
        return share[1] - share[0] < enough
    # All or none of a group are favourable: then each one's side is known.
    sure = people[1] - people[0] < 1
    count = [people[1] * end / FULL for end in share]
    return share[1] - share[0] < _CLOSE or (sure and count[1] - count[0] < 1 - _CLOSE)


def _breach(group: Group, found: str, subject: str = "", attacker: str = "general") -> Breach:
    return Breach(
        rule="D2",
        attacker=attacker,
        found=found,
        wave=group.wave,
        school=group.school,
        role=group.role,
        subject=subject,
    )
