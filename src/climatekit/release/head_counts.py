"""Head counts: between which numbers of people each group of a block must have.

What is counted exactly ties nothing and is taken out; what a single sum leaves open is plain
arithmetic; an integer programme is asked for the rest alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from climatekit.release.programmes import Programme, Row
from climatekit.release.readout import Range
from climatekit.release.relations import Group, Relation

Counts = dict[Group, float]

# Signs by turns: neighbours small and large together, in runs of one, two, three.
_RUNS = (1, 2, 3)


class HeadCounts:
    """People of each group of one block, as the printed counts leave them open.

    Parameters
    ----------
    people : mapping of Group to (least, most)
        Of every group of the block.
    relations : sequence of Relation
    """

    def __init__(self, people: Mapping[Group, Range], relations: Sequence[Relation]) -> None:
        self._people = people
        self._known = {group: low for group, (low, high) in people.items() if low == high}
        self._open = [group for group in people if group not in self._known]
        self._found: list[Counts] = []
        tying = [one for one in relations if not self._known.keys() >= set(one.groups)]
        self._sum = tying[0] if len(tying) == 1 else None
        self._programme = self._write_programme(tying) if len(tying) > 1 else None
        self.agree = self._try_out()

    def bound(self, wanted: Sequence[Group], *, under: float = math.inf) -> dict[Group, Range]:
        """Return between which two numbers of people each wanted group must lie.

        Ends that lie apart, the lower of them below `under`, need not be found exactly:
        then the range is part of the true one.
        """
        if self._programme is not None and under < math.inf:
            self._show_most_open(self._programme, wanted)
        return {group: self._bound(group, under) for group in wanted}

    def list_counts(self, group: Group) -> list[Counts]:
        """Return numbers of people that agree with all sums: with few, and with many, of a group.

        Parameters
        ----------
        group : Group

        Returns
        -------
        list of dict
            Every group of the block in each.
        """
        if self._sum is not None:
            return [self._fill_sum(self._sum, group, most=most) for most in (False, True)]
        if self._programme is None:
            return [{one: ends[side] for one, ends in self._people.items()} for side in (0, 1)]
        self._read_found()
        sizes = [counts[group] for counts in self._found]
        return [self._found[sizes.index(end)] for end in (min(sizes), max(sizes))]

    def _write_programme(self, relations: Iterable[Relation]) -> Programme:
        place = {group: index for index, group in enumerate(self._open)}
        rows: list[Row] = []
        for one in relations:
            row = {place[part]: 1.0 for part in one.parts if part in place}
            rest = -sum(self._known.get(part, 0.0) for part in one.parts)
            if one.total in place:
                row[place[one.total]] = -1.0
            else:
                rest += self._known[one.total]
            rows.append((row, rest, rest))
        ends = [self._people[group] for group in self._open]
        return Programme(rows, ends, [1] * len(ends))

    def _try_out(self) -> bool:
        """Return whether any numbers of people agree with all that is printed."""
        if self._sum is not None:
            low, high = self._bound_in_sum(self._sum, self._sum.total)
            return low <= high
        return self._programme is None or self._programme.solve({}) is not None

    def _show_most_open(self, programme: Programme, wanted: Sequence[Group]) -> None:
        place = {group: index for index, group in enumerate(self._open)}
        columns = [place[group] for group in wanted if group in place]
        for run in _RUNS:
            for first in (1.0, -1.0):
                signs = (first * (-1.0) ** (number // run) for number in range(len(columns)))
                programme.solve(dict(zip(columns, signs, strict=True)))

    def _bound(self, group: Group, under: float) -> Range:
        if group in self._known:
            return self._people[group]
        if self._sum is not None:
            return self._bound_in_sum(self._sum, group)
        if self._programme is None:
            return self._people[group]
        self._read_found()
        seen = [counts[group] for counts in self._found]
        if seen and min(seen) < max(seen) and min(seen) < under < math.inf:
            return min(seen), max(seen)
        ends = []
        column = self._open.index(group)
        for sign in (1.0, -1.0):
            best = self._programme.solve({column: sign})
            ends.append(sign * -math.inf if best is None else float(round(best[column])))
        return ends[0], ends[1]

    def _bound_in_sum(self, relation: Relation, group: Group) -> Range:
        low, high = self._people[group]
        others = [self._people[part] for part in relation.parts if part != group]
        least, most = sum(one[0] for one in others), sum(one[1] for one in others)
        if group == relation.total:
            return max(low, least), min(high, most)
        if group not in relation.parts:
            return low, high
        total = self._people[relation.total]
        return max(low, total[0] - most), min(high, total[1] - least)

    def _fill_sum(self, relation: Relation, group: Group, *, most: bool) -> Counts:
        """Return counts that satisfy the one sum, with few or many of `group`."""
        counts = {one: ends[0] for one, ends in self._people.items()}
        ends = self._bound_in_sum(relation, group)
        counts[group] = ends[1] if most else ends[0]
        others = [part for part in relation.parts if part != group]
        if group != relation.total:
            least = counts.get(group, 0.0) + sum(self._people[part][0] for part in others)
            counts[relation.total] = max(self._people[relation.total][0], least)
        left = counts[relation.total] - sum(counts[part] for part in relation.parts)
        for part in others:
            added = min(left, self._people[part][1] - counts[part])
            counts[part] += added
            left -= added
        return counts

    def _read_found(self) -> None:
        solutions = self._programme.found if self._programme is not None else []
        for one in solutions[len(self._found) :]:
            counts = {
                group: float(round(size)) for group, size in zip(self._open, one, strict=True)
            }
            self._found.append(self._known | counts)
