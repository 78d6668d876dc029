"""Role cells: what may be told of the role groups of a school beside the whole school."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from climatekit.knowledge.settings import NO_GROUP
from climatekit.release.gate import Gate, Shown
from climatekit.release.pattern import Pattern
from climatekit.release.relations import Group
from climatekit.release.released import Released
from climatekit.release.rules import is_rest_safe, withhold
from climatekit.release.score_facts import ScoreFacts
from climatekit.release.subscores import hide_subscores
from climatekit.values import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFigures:
    """The statistics of one role group of one school before the gate.

    Attributes
    ----------
    answered : mapping of str to int
        People who answered, by wave.
    scores : mapping of (wave, score) to Estimate
        As in the figures of a whole school.
    """

    answered: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[tuple[str, str], Estimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedRole:
    """One role group of one school: who answered by wave, and points by (wave, score)."""

    role: str
    answered: Mapping[str, Shown]
    points: Mapping[tuple[str, str], Shown]


def release_roles(
    school: str,
    figures: Mapping[str, RoleFigures],
    *,
    gate: Gate,
    pattern: Pattern | None,
    points: Mapping[tuple[str, str], Shown],
    scores: Mapping[str, ScoreFacts],
) -> dict[str, ReleasedRole]:
    """Gate the role groups of one school.

    A score of a role group leaves without its interval, and only beside the school's own.

    Parameters
    ----------
    school : str
    figures : mapping of str to RoleFigures
        By role group; people in none are `NO_GROUP`, of whom nothing is ever printed.
    points : mapping of (wave, score) to Released or Withheld
        The whole school's.
    scores : mapping of str to ScoreFacts
    """
    waves = tuple(dict.fromkeys(wave for wave, _ in points))
    cells = {
        (role, *key): _release_cell(Group(key[0], school, role), own, scores[key[1]], gate, pattern)
        if own.scores.get(key) is not None and own.scores[key].n >= scores[key[1]].least
        else withhold("protected")
        for key, whole in points.items()
        for role, own in figures.items()
        if role != NO_GROUP and isinstance(whole, Released)
    }
    before: dict[tuple[str, str, str], Shown] = {}
    while cells != before:
        before = dict(cells)
        for role in figures.keys() - {NO_GROUP}:
            for wave in waves:
                cells |= _hide_subscores(role, wave, cells, points, scores)
        for key in points:
            if not _is_safe(school, key, cells, figures, gate, pattern):
                cells |= {(role, *key): withhold("protected") for role in figures}
    return {
        role: ReleasedRole(
            role=role,
            answered={
                wave: _release_people(Group(wave, school, role), own, gate, pattern)
                for wave in waves
            },
            points={key: cells.get((role, *key), withhold("protected")) for key in points},
        )
        for role, own in figures.items()
        if role != NO_GROUP
    }


def _hide_subscores(
    role: str,
    wave: str,
    cells: Mapping[tuple[str, str, str], Shown],
    points: Mapping[tuple[str, str], Shown],
    scores: Mapping[str, ScoreFacts],
) -> dict[tuple[str, str, str], Shown]:
    """Return a role group's cells of a wave, none of which tells of one that is hidden.

    One that is hidden of the whole school is hidden of the group.
    """
    own = {
        score: cells.get((role, when, score), whole)
        for (when, score), whole in points.items()
        if when == wave
    }
    return {(role, wave, score): one for score, one in hide_subscores(own, scores).items()}


def _release_cell(
    group: Group,
    own: RoleFigures,
    facts: ScoreFacts,
    gate: Gate,
    pattern: Pattern | None,
) -> Shown:
    estimate = own.scores.get((group.wave, facts.score))
    if pattern is None or not pattern.shows(group) or estimate is None:
        return withhold("protected")
    shown = gate.release_score(estimate, items=facts.items)
    if isinstance(shown, Released):
        return replace(shown, low=None, high=None)
    # One form of words: an empty group is told of no more than a small one.
    return withhold("protected")


def _is_safe(
    school: str,
    key: tuple[str, str],
    cells: Mapping[tuple[str, str, str], Shown],
    figures: Mapping[str, RoleFigures],
    gate: Gate,
    pattern: Pattern | None,
) -> bool:
    """Return whether what a score leaves hidden of the school is safe (rule D2).

    Fewer people may have a score than answered, so that the pattern alone does not say.
    """
    wave, _ = key
    hidden = []
    for role, own in figures.items():
        estimate = own.scores.get(key)
        size = estimate.n if estimate is not None else 0
        # Who is in no group is not hidden where they are many: only not printed.
        many = (
            role == NO_GROUP
            and pattern is not None
            and pattern.shows(Group(wave, school, role))
            and gate.is_open(size)
        )
        if not many and not isinstance(cells.get((role, *key)), Released):
            hidden.append(size)
    told = any(isinstance(cells.get((role, *key)), Released) for role in figures)
    return not told or is_rest_safe(hidden, gate.thresholds.min_n)


def _release_people(group: Group, own: RoleFigures, gate: Gate, pattern: Pattern | None) -> Shown:
    if pattern is None or not pattern.shows(group):
        return withhold("protected")
    people = own.answered.get(group.wave, 0)
    return gate.release_people(people, answered=people)
