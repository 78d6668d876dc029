"""Relations: which groups of people add up to which, over all that is printed.

A group is people who answered. Whoever reads a printed total and all its printed parts
but one can work out that one; the relations are all the ways to do so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Group(NamedTuple):
    """People who answered: of one wave, one school and one role; empty text means all.

    ``Group("w2", "101", "")`` is a whole school, ``Group("w2", "", "")`` the district.
    """

    wave: str
    school: str = ""
    role: str = ""


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
        the schools; in a fixed order. Groups of nobody are left out: a reader who sees
        neither them nor that they are empty gains nothing from them.
    """
    parts: dict[Group, set[Group]] = defaultdict(set)
    for group, count in people.items():
        if count:
            for total in _totals_of(group):
                if people.get(total):
                    parts[total].add(group)
    relations: list[Relation] = []
    for total in sorted(parts):
        for dimension in (_by_school, _by_role):
            own = tuple(sorted(one for one in parts[total] if dimension(total, one)))
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


def _totals_of(group: Group) -> list[Group]:
    totals = []
    if group.school:
        totals.append(group._replace(school=""))
    if group.role:
        totals.append(group._replace(role=""))
    return totals


def _by_school(total: Group, part: Group) -> bool:
    return not total.school and bool(part.school) and part.role == total.role


def _by_role(total: Group, part: Group) -> bool:
    return not total.role and bool(part.role) and part.school == total.school
