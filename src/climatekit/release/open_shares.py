"""Open shares: what one printed total leaves open of its parts, found without a solver.

With the number of people of each group fixed at numbers that agree with all that is printed,
a total of which nothing is told says nothing of its parts. What is left falls into single
sums, whose ends are plain arithmetic. A range found so is part of the true one: where it is
wide already, no integer programme need be asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from climatekit.release.readout import FULL, Range
from climatekit.release.relations import Group, Relation

_EXACT = 1e-9


def find_open_shares(
    relations: Sequence[Relation],
    told: Mapping[Group, Range],
    wanted: Iterable[Group],
    counts: Sequence[Mapping[Group, float]],
    *,
    whole: bool,
) -> dict[Group, Range]:
    """Return two ends between which each wanted group's mean, or percent, surely may lie.

    Parameters
    ----------
    relations : sequence of Relation
        All sums of a block.
    told : mapping of Group to (low, high)
        Printed means of 0 to 100, or percents.
    wanted : iterable of Group
    counts : sequence of mapping of Group to float
        People of every group of the block, each agreeing with all printed counts.
    whole : bool
        Whether what is summed is a count: people who answered favourably.

    Returns
    -------
    mapping of Group to (low, high)
        Without the groups whose sums hang together with others: those want a solver.
    """
    binding = _drop_untold(relations, told)
    found = {}
    for group in wanted:
        own = [one for one in binding if group in (one.total, *one.parts)]
        if not own:
            found[group] = told.get(group, (0.0, FULL))
            continue
        if len(own) > 1 or group == own[0].total or _is_tied(own[0], binding):
            continue
        ranges = [_find_range(own[0], group, told, people, whole=whole) for people in counts]
        ends = [one for one in ranges if one is not None]
        if ends:
            found[group] = min(low for low, _ in ends), max(high for _, high in ends)
    return found


def _drop_untold(relations: Sequence[Relation], told: Mapping[Group, Range]) -> list[Relation]:
    """Return the sums that bind: those of a told total, and those that such a one is made of."""
    left = list(relations)
    while True:
        parts = {part for one in left for part in one.parts}
        kept = [one for one in left if one.total in told or one.total in parts]
        if len(kept) == len(left):
            return kept
        left = kept


def _is_tied(relation: Relation, others: Iterable[Relation]) -> bool:
    members = {relation.total, *relation.parts}
    return any(other is not relation and members & {other.total, *other.parts} for other in others)


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
