"""Coefficients of a study: every statistic on a score's quality, brought to the gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.knowledge.settings import RoleGroup
from climatekit.measure.among import mark_among
from climatekit.measure.consistency import check_reliability
from climatekit.measure.ordinal import check_ordinal
from climatekit.measure.quality_figures import (
    QualityFigure,
    list_agreement,
    list_consistency,
    list_invariance,
    list_ordinal,
)
from climatekit.measure.role_groups import assign_role_groups
from climatekit.release.coefficients import Basis, Coefficient, release_coefficients
from climatekit.release.gate import Gate
from climatekit.release.rules import DISTRICT_PEOPLE, may_tell_coefficient
from climatekit.run.figures.base import Bases, keep_rows, keep_shown
from climatekit.run.figures.figures import Figures

ALL_WAVES = "all"


def gather_coefficients(
    figures: Figures,
    scales: Sequence[Scale],
    gate: Gate,
    roles: Sequence[RoleGroup] = (),
) -> tuple[Coefficient, ...]:
    """Work out and release every statistic on the scores' quality, of the whole district.

    Parameters
    ----------
    roles : sequence of RoleGroup
        Role groups, whose consistency is told as well, where both they and everybody else
        are 100 people in 5 schools that print the score.
    """
    bases = figures.told_bases
    told = keep_shown(figures.scores.responses, figures.shown)
    named: dict[tuple[str, str], list[QualityFigure]] = {}
    for one in figures.reliability:
        named[str(one.wave), one.score] = list(list_consistency(one))
    for graded in check_ordinal(told, scales, pooled=False, among=bases):
        named[str(graded.wave), graded.score] += list_ordinal(graded)
    for agreed in figures.agreement:
        if (agreed.wave, agreed.score) in named:
            named[agreed.wave, agreed.score] += list_agreement(agreed)
    found = [
        coefficient
        for (wave, score), own in named.items()
        for coefficient in release_coefficients(own, gate, _count(bases, wave, score))
    ]
    for drift in figures.drifts:
        first, second = (_count(bases, wave, drift.score) for wave in (drift.before, drift.after))
        basis = replace(
            second,
            since=drift.before,
            people=first.people + second.people
            if min(first.people, second.people) >= DISTRICT_PEOPLE
            else 0,
            schools=min(first.schools, second.schools),
        )
        found += release_coefficients(list_invariance(drift), gate, basis)
    return (*found, *_list_roles(told, bases, scales, gate, roles))


def gather_pooled(figures: Figures, scales: Sequence[Scale], gate: Gate) -> tuple[Coefficient, ...]:
    """Work out and release each score's consistency over all waves pooled, as wave ``all``.

    Only where each wave may be told alone: all waves, less the others, would tell of it. A
    person who answered in two waves counts as two.
    """
    told = keep_shown(figures.scores.responses, figures.shown)
    named = {
        one.score: list(list_consistency(one))
        for one in check_reliability(told, scales, among=figures.bases)
        if one.wave is None
    }
    for graded in check_ordinal(told, scales, among=figures.bases):
        if graded.wave is None:
            named[graded.score] += list_ordinal(graded)
    return tuple(
        coefficient
        for score, own in named.items()
        for coefficient in release_coefficients(own, gate, _count_all(figures.bases, score))
    )


def _count_all(bases: Bases, score: str) -> Basis:
    sizes = [(sum(own.values()), len(own)) for own in bases[score].values()]
    alone = bool(sizes) and all(may_tell_coefficient(*size) for size in sizes)
    return Basis(
        wave=ALL_WAVES,
        score=score,
        people=sum(size for size, _ in sizes) if alone else 0,
        schools=min((schools for _, schools in sizes), default=0),
    )


def _count(bases: Bases, wave: str, score: str) -> Basis:
    own = bases[score].get(wave, {})
    return Basis(wave=wave, score=score, people=sum(own.values()), schools=len(own))


def _list_roles(
    responses: Responses,
    bases: Bases,
    scales: Sequence[Scale],
    gate: Gate,
    roles: Sequence[RoleGroup],
) -> Iterator[Coefficient]:
    if not roles:
        return
    frame = responses.frame
    groups = np.array(assign_role_groups(frame["role"], roles))
    for role in roles:
        mine = groups == role.id
        own = keep_rows(responses, mine)
        for one in check_reliability(own, scales, pooled=False, among=bases):
            wave = str(one.wave)
            here = mark_among(responses, {wave: bases[one.score].get(wave, {})})
            both = [here & mine, here & ~mine]
            people = min(int(part.sum()) for part in both)
            schools = min(int(frame["school"][part].nunique()) for part in both)
            basis = Basis(
                wave=wave,
                role=role.id,
                score=one.score,
                people=int(both[0].sum()) if people >= DISTRICT_PEOPLE else 0,
                schools=schools,
            )
            yield from release_coefficients(list_consistency(one), gate, basis)
