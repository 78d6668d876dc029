"""Subtraction: the attacker with a pencil. Every printed total less what is printed of it.

No solver: what is found here can be explained to anybody in one sentence. Totals are taken
over roles and schools within a release, and between releases of the same wave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from climatekit.release.readout import Breach, Crowd, Range, Readout
from climatekit.release.relations import Group, Relation, list_relations

_LEAST_PARTS = 2
_NOTHING = 1e-9


def subtract_parts(readout: Readout, crowd: Crowd) -> Iterator[Breach]:
    """Yield each printed total whose hidden rest is too few people, or one group alone.

    The rest is counted from the printed numbers; a rest that can only be told to lie in a
    range is a breach when all of the range is under the least group. A rest that no file
    names is one too: of a school of 30 with 25 teachers five others are left.
    """
    for relation in list_relations(dict.fromkeys(crowd.people, 1)):
        if relation.total in crowd.hidden:
            continue
        hidden = [part for part in relation.parts if part in crowd.hidden]
        least, most = _count_rest(relation, crowd)
        if hidden and most <= 0:
            continue  # nobody is left whom anything could be told of
        few = most < readout.min_n
        # A total told in a range only leaves nothing exact of a group that stands alone.
        alone = len(hidden) < _LEAST_PARTS and most - least < 1
        if hidden and (few or alone):
            for group in hidden:
                yield _breach("D2", group, "people")
        elif not hidden and few and least > 0:
            yield _breach("D2", relation.total, "people")


def subtract_releases(readout: Readout, crowds: Sequence[Crowd]) -> Iterator[Breach]:
    """Yield each group that two releases of a wave count differently, by too few people.

    As many people but other figures, from other answers, tell that a few were exchanged.
    """
    for one, other in combinations(crowds, 2):
        if one.wave != other.wave:
            continue
        for group in sorted(one.people.keys() & other.people.keys()):
            if group in one.hidden or group in other.hidden:
                continue
            apart = abs(one.people[group][0] - other.people[group][0])
            if 0 < apart < readout.min_n or (apart == 0 and _differ(one, other, group)):
                yield _breach("D9", group, "people")


def _count_rest(relation: Relation, crowd: Crowd) -> Range:
    least, most = crowd.people[relation.total]
    for part in relation.parts:
        if part not in crowd.hidden:
            low, high = crowd.people[part]
            least, most = least - high, most - low
    return max(least, 0.0), most


def _differ(one: Crowd, other: Crowd, group: Group) -> bool:
    return any(
        _lie_apart(told[group], other.told.get(about, {}).get(group, told[group]))
        for about, told in one.told.items()
        if group in told
    )


def _lie_apart(one: Range, other: Range) -> bool:
    # One number told twice may lie in two ranges, the narrower drawn from more of what is printed.
    shared = min(one[1], other[1]) - max(one[0], other[0])
    both_wide = min(one[1] - one[0], other[1] - other[0]) > _NOTHING
    return shared <= _NOTHING if both_wide else shared < -_NOTHING


def _breach(rule: str, group: Group, found: str) -> Breach:
    return Breach.of(group, rule=rule, attacker="subtractor", found=found)
