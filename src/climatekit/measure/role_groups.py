"""Role groups: who belongs to which group of staff, the same in all schools and waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from climatekit.knowledge.settings import NO_GROUP, RoleGroup
from climatekit.knowledge.tidying import tidy_text


def assign_role_groups(roles: pd.Series, groups: Sequence[RoleGroup]) -> list[str]:
    """Return the id of each person's role group.

    Parameters
    ----------
    roles : Series
        Role of each person as the export has it; compared without regard to case, blanks
        and forms of quotes and hyphens.
    groups : sequence of RoleGroup
        Of them, one without roles takes everybody else.

    Returns
    -------
    list of str
        `NO_GROUP` for people in none.
    """
    by_role = {tidy_text(role): group.id for group in groups for role in group.roles}
    others = next((group.id for group in groups if not group.roles), NO_GROUP)
    found = {role: by_role.get(tidy_text(str(role)), others) for role in set(roles)}
    return [found[role] for role in roles]


def merge_single_holders(
    counts: Mapping[tuple[str, str, str], int],
) -> dict[tuple[str, str, str], int]:
    """Return the counts of (wave, school, group) without groups that one person holds.

    Rule D12: a group of one is merged with the others of its school before anything is
    counted. Of two groups that leaves the whole school, so all its groups go in that wave;
    and so does a group that is the whole school by itself: beside it, what it says would be
    that nobody else answered.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for (wave, school, _), people in counts.items():
        if people:
            groups.setdefault((wave, school), []).append(people)
    kept = {place for place, sizes in groups.items() if len(sizes) > 1 and 1 not in sizes}
    return {key: people for key, people in counts.items() if key[:2] in kept}
