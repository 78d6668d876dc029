"""Relations: which groups of people add up to which, over all that is printed.

A group is people who answered. Whoever reads a printed total and all its printed parts
but one can work out that one; the relations are all the ways to do so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    people: Mapping[Group, int], relations: Iterable[Relation]
) -> tuple[frozenset[Group], ...]:
    """Return the groups that hang together through relations, block by block.

    What is hidden in one block cannot matter to another, so that each is solved alone.
    """
    parent = {group: group for group in people}

    def find(group: Group) -> Group:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for relation in relations:
        for part in relation.parts:
            parent[find(part)] = find(relation.total)
    blocks: dict[Group, set[Group]] = defaultdict(set)
    for group in people:
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
