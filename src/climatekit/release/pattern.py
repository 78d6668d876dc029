"""Pattern: which groups of a release are hidden, chosen once, from counts of people alone.

Rule D8 of the privacy page: the one pattern holds for every score, item, chart and file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from climatekit.knowledge.settings import NO_GROUP
from climatekit.release.known import Known
from climatekit.release.relations import Group, list_relations
from climatekit.release.rules import may_pool
from climatekit.release.suppression import choose_hidden


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is hidden.

    Attributes
    ----------
    people : mapping of Group to int
        People who answered, for each group that might be printed.
    hidden : frozenset of Group
        Groups of which nothing may be printed.
    """

    people: Mapping[Group, int]
    hidden: frozenset[Group]

    def shows(self, group: Group) -> bool:
        """Return whether a group may be spoken of."""
        return bool(self.people.get(group)) and group not in self.hidden

    def list_hidden_schools(self, wave: str) -> tuple[int, ...]:
        """Return the sizes of a wave's hidden schools; for the gate alone."""
        return tuple(
            self.people[group]
            for group in sorted(self.hidden)
            if group == Group(wave, group.school) and group.school and self.people[group]
        )


def find_pattern(
    people: Mapping[Group, int],
    *,
    waves: Sequence[str],
    min_n: int,
    known: Known | None = None,
) -> Pattern:
    """Choose the hidden groups of all waves, oldest first.

    Parameters
    ----------
    people : mapping of Group to int
        Schools, and their role groups; the district's total of each wave is added here.
        People in no role group are the group `NO_GROUP` of their school: never printed,
        but part of its sum.
    waves : sequence of str
        In time order: what was hidden in one wave is hidden in the next at lower cost.
    min_n : int
    known : Known, optional
        What earlier releases printed of the same people. Where `min_n` was raised since, a
        wave is hidden as if it were told for the first time, and what was hidden then as well.

    Returns
    -------
    Pattern
        The same for any order of `people`.
    """
    whole = dict(people)
    for group, size in people.items():
        if group == Group(group.wave, group.school):
            total = Group(group.wave)
            whole[total] = whole.get(total, 0) + size
    known = known or Known()
    hidden: set[Group] = set()
    before: frozenset[Group] = frozenset()
    for wave in waves:
        own = {group: size for group, size in whole.items() if group.wave == wave}
        total, raised = Group(wave), wave in known.raised
        unprinted = {group for group in own if group.role != NO_GROUP} - known.groups
        chosen = choose_hidden(
            own,
            min_n=min_n,
            hidden_before={group._replace(wave=wave) for group in before},
            known=frozenset() if raised else known.groups,
            closed=unprinted - {total} if raised else frozenset(),
            spare={total},
        )
        hidden |= _drop_pinning_total(own, chosen, wave, min_n)
        if raised:
            hidden |= unprinted
        before = chosen
    return Pattern(people=whole, hidden=frozenset(hidden))


def _drop_pinning_total(
    people: Mapping[Group, int], hidden: frozenset[Group], wave: str, min_n: int
) -> set[Group]:
    """Hide the district's total as well where it would pin the size of hidden schools."""
    total = Group(wave)
    for relation in list_relations({g: n for g, n in people.items() if not g.role}):
        rest = [people[part] for part in relation.parts if part in hidden]
        if relation.total == total and rest and not may_pool(rest, min_n):
            return {*hidden, total}
    return set(hidden)
