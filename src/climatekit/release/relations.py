"""Relations: which groups of people add up to which, over all that is printed.

A group is people who answered. Whoever reads a printed total and all its printed parts
but one can work out that one; the relations are all the ways to do so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

# A matched panel beside everybody is a total with two parts like any other (rule D10).
DIMENSIONS = ("school", "role", "panel")


class Group(NamedTuple):
    """People who answered: of one wave, one school, one role; empty text means all.

    ``Group("w2", "101", "")`` is a whole school, ``Group("w2", "", "")`` the district.
    `panel` is ``matched`` for those who answered the wave before as well, ``unmatched``
    for the others.
    """

    wave: str
    school: str = ""
    role: str = ""
    panel: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """One printed total and the groups that it is the sum of."""

    total: Group
    parts: tuple[Group, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The total and its parts."""
        return (self.total, *self.parts)


def list_relations(people: Mapping[Group, int]) -> tuple[Relation, ...]:
    """Return every way in which the given groups add up.

    Parameters
    ----------
    people : mapping of Group to int
        People who answered, for each group that may be printed. A total is related to
        its parts only when it is given itself.

    Returns
    -------
    tuple of Relation
        District = its schools; school = its roles; a role in the district = that role in
        the schools; everybody = matched and unmatched people; in a fixed order. Groups of
        nobody are left out: a reader who sees neither them nor that they are empty gains
        nothing from them.
    """
    parts: dict[Group, set[Group]] = defaultdict(set)
    for group, count in people.items():
        if count:
            for total in _totals_of(group):
                if people.get(total):
                    parts[total].add(group)
    relations: list[Relation] = []
    for total in sorted(parts):
        for dimension in DIMENSIONS:
            own = tuple(sorted(one for one in parts[total] if splits(total, one, dimension)))
            if own:
                relations.append(Relation(total, own))
    return tuple(relations)


def split_blocks(
    groups: Iterable[Group], ties: Iterable[Collection[Group]]
) -> tuple[frozenset[Group], ...]:
    """Return the groups that hang together, block by block.

    What is hidden in one block cannot matter to another, so that each is solved alone.

    Parameters
    ----------
    groups : iterable of Group
    ties : iterable of collection of Group
        Groups that hang together, such as a total and its parts.
    """
    parent = {group: group for group in groups}

    def find(group: Group) -> Group:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for tie in ties:
        for one, other in pairwise(sorted(tie)):
            parent[find(other)] = find(one)
    blocks: dict[Group, set[Group]] = defaultdict(set)
    for group in parent:
        blocks[find(group)].add(group)
    return tuple(frozenset(blocks[root]) for root in sorted(blocks))


def splits(total: Group, part: Group, dimension: str) -> bool:
    """Return whether `part` is one of the groups that a dimension splits `total` into."""
    return not getattr(total, dimension) and part._replace(**{dimension: ""}) == total != part


def _totals_of(group: Group) -> list[Group]:
    return [
        group._replace(**{dimension: ""})
        for dimension in DIMENSIONS
        if getattr(group, dimension)
    ]  # fmt: skip
