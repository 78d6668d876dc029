"""Role words: what a page tells of the groups of staff, as far as the gate lets it."""

from __future__ import annotations

from collections.abc import Sequence

from climatekit.knowledge.scales import ScoreRule
from climatekit.knowledge.settings import RoleGroup
from climatekit.release.assembly import SchoolRelease
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.report.brief import RoleRow, RoleTable


def describe_roles(
    school: SchoolRelease,
    rules: Sequence[ScoreRule],
    wave: str,
    groups: Sequence[RoleGroup],
    language: str,
) -> RoleTable | None:
    """Return a school's groups of staff in one wave, named in a language.

    None where the configuration names no groups, or the whole wave is not shown.
    """
    whole = school.waves.get(wave)
    if not school.roles or whole is None or not whole.shown:
        return None
    nothing = withhold("protected")
    names = {group.id: group.label_in(language) for group in groups}
    return RoleTable(
        scores=tuple(rule.id for rule in rules),
        titles=tuple(rule.title for rule in rules),
        rows=tuple(
            RoleRow(
                role=role,
                name=names[role],
                answered=told.answered.get(wave, nothing),
                scores=tuple(told.points.get((wave, rule.id), nothing) for rule in rules),
            )
            for role, told in school.roles.items()
        ),
    )


def list_hidden(table: RoleTable) -> tuple[str, ...]:
    """Return the names of the groups of which nothing is shown."""
    return tuple(
        row.name
        for row in table.rows
        if not any(isinstance(one, Released) for one in (row.answered, *row.scores))
    )
