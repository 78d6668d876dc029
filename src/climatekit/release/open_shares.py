"""Open shares: what one printed total leaves open of its parts, found without a solver.

With the number of people of each group fixed at numbers that agree with all that is printed,
a total of which nothing is told says nothing of its parts. What is left falls into single
sums, whose ends are plain arithmetic. A range found so is part of the true one: where it is
wide already, no integer programme need be asked.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from climatekit.release.readout import FULL, Range
from climatekit.release.relations import Group, Relation

_EXACT = 1e-9


class OpenShares:
    """The sums of one block as they bind what is told of one subject.

    Parameters
    ----------
    relations : sequence of Relation
        All sums of the block.
    told : mapping of Group to (low, high)
        Printed means of 0 to 100, or percents.
    whole : bool
        Whether what is summed is a count: people who answered favourably.
    """

    def __init__(
        self, relations: Sequence[Relation], told: Mapping[Group, Range], *, whole: bool
    ) -> None:
        self._told, self._whole = told, whole
        self._own: dict[Group, list[Relation]] = defaultdict(list)
        for one in list_binding(relations, told):
            for group in one.groups:
                self._own[group].append(one)

    def find(self, group: Group, counts: Iterable[Mapping[Group, float]]) -> Range | None:
        """Return two ends between which a group's mean, or percent, surely may lie.

        Parameters
        ----------
        group : Group
        counts : iterable of mapping of Group to float
            People of every group of the block, each agreeing with all printed counts.

        Returns
        -------
        (low, high) or None
            None where the group's sums hang together with others, or where whole people
            may fit fewer numbers than are told: those want a solver.
        """
        own = self._own.get(group, ())
        if not own:
            known = group in self._told
            return None if known and self._whole else self._told.get(group, (0.0, FULL))
        if group == own[0].total or self._is_tied(own[0]):
            return None
        ranges = [
            _find_range(own[0], group, self._told, people, whole=self._whole) for people in counts
        ]
        ends = [one for one in ranges if one is not None]
        return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None

    def _is_tied(self, relation: Relation) -> bool:
        return any(len(self._own[one]) > 1 for one in relation.groups)


def list_binding(relations: Sequence[Relation], told: Container[Group]) -> list[Relation]:
    """Return the sums that bind: those of a told total, and those that such a one is made of."""
    left = list(relations)
    while True:
        parts = {part for one in left for part in one.parts}
        kept = [one for one in left if one.total in told or one.total in parts]
        if len(kept) == len(left):
            return kept
        left = kept


def _find_range(
    relation: Relation,
    group: Group,
    told: Mapping[Group, Range],
    people: Mapping[Group, float],
    *,
    whole: bool,
) -> Range | None:
    def list_ends(one: Group) -> Range:
        low, high = (end * people[one] / FULL for end in told.get(one, (0.0, FULL)))
        return (math.ceil(low - _EXACT), math.floor(high + _EXACT)) if whole else (low, high)

    rest = [list_ends(part) for part in relation.parts if part != group]
    least, most = list_ends(relation.total)
    own = list_ends(group)
    low = max(own[0], least - sum(high for _, high in rest))
    high = min(own[1], most - sum(low for low, _ in rest))
    if people[group] < 1 or high < low or any(one[1] < one[0] for one in rest):
        return None
    return FULL * low / people[group], FULL * high / people[group]
