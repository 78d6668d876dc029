"""Role figures: the statistics of a study by role group, and how many people there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from climatekit.knowledge.scales import Scale
from climatekit.knowledge.settings import NO_GROUP, Settings
from climatekit.measure.change import wave_intervals
from climatekit.measure.role_groups import assign_role_groups, merge_single_holders
from climatekit.measure.scoring import Scores
from climatekit.measure.summaries import summarize
from climatekit.release.relations import Group
from climatekit.release.role_cells import RoleFigures
from climatekit.values import Estimate


def summarize_roles(
    scores: Scores, scales: Sequence[Scale], settings: Settings
) -> pd.DataFrame | None:
    """Return one row per wave, school, role group and score; None without role groups."""
    if not settings.role_groups:
        return None
    groups = assign_role_groups(scores.keys["role"], settings.role_groups)
    grouped = scores.responses.frame.assign(role=groups)
    regrouped = replace(scores, responses=replace(scores.responses, _frame=grouped))
    return summarize(regrouped, scales, by=("wave", "school", "role"))


def count_people(
    answered: Mapping[tuple[str, str], int], roles: pd.DataFrame | None
) -> dict[Group, int]:
    """Return how many people answered, by school and by role group of each school.

    Parameters
    ----------
    answered : mapping of (school, wave) to int
    roles : DataFrame, optional
        As `summarize_roles` gives it.
    """
    people = {Group(wave, school): count for (school, wave), count in answered.items()}
    if roles is not None:
        counts: dict[tuple[str, str, str], int] = {}
        columns = ("wave", "school", "role", "respondents")
        for wave, school, role, count in zip(*(roles[name] for name in columns), strict=True):
            key = (str(wave), str(school), str(role))
            counts[key] = max(counts.get(key, 0), int(count))
        people |= {Group(*key): count for key, count in merge_single_holders(counts).items()}
    return people


def list_role_figures(
    roles: pd.DataFrame | None, schools: Sequence[str], settings: Settings
) -> dict[str, dict[str, RoleFigures]]:
    """Return each school's role groups, empty ones too, so that all schools read alike."""
    if roles is None:
        return {}
    people: dict[tuple[str, str], dict[str, int]] = {}
    scores: dict[tuple[str, str], dict[tuple[str, str], Estimate]] = {}
    told = wave_intervals(
        roles["mean"], roles["sd"], roles["n"], [float("nan")] * len(roles), settings.comparison
    )
    columns = (roles[name].tolist() for name in ("wave", "school", "role", "score", "respondents"))
    for wave, school, role, score, answered, interval in zip(*columns, told, strict=True):
        key = (str(school), str(role))
        own = people.setdefault(key, {})
        own[str(wave)] = max(own.get(str(wave), 0), int(answered))
        scores.setdefault(key, {})[str(wave), str(score)] = interval
    ids = [*(group.id for group in settings.role_groups), NO_GROUP]
    return {
        school: {
            role: RoleFigures(
                answered=people.get((school, role), {}), scores=scores.get((school, role), {})
            )
            for role in ids
        }
        for school in schools
    }
