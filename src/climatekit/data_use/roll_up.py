"""Roll-up: how the schools of a district stand in data use, as a distribution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from climatekit.data_use.findings import HIGHEST, LOWEST
from climatekit.data_use.rating import DataUse
from climatekit.knowledge.rubric import IndicatorId

MOST_BLOCKERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One indicator that keeps schools from their next level.

    Attributes
    ----------
    schools : int
        Schools of which a next step names it.
    not_on_file : int
        Of these, schools where nothing is on file: a record may be all that is missing.
    """

    indicator: IndicatorId
    schools: int
    not_on_file: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """The data-use levels of a district's schools.

    A distribution, never a mean: two schools at level 4 do not make up for two at 1.

    Attributes
    ----------
    rated, unrated : int
        Schools with a level, and schools without (nothing on file, or too small).
    evidenced, possible : mapping of int to int
        Level 1 to 4 to the number of rated schools.
    blockers : tuple of Blocker
        The commonest, at most three; among equals in the rubric's order.
    """

    rated: int
    unrated: int
    evidenced: Mapping[int, int]
    possible: Mapping[int, int]
    blockers: tuple[Blocker, ...]


def roll_up(ratings: Iterable[DataUse]) -> RollUp:
    """Count the schools at each level, and what blocks most of them.

    Parameters
    ----------
    ratings : iterable of DataUse
        One per school.
    """
    everyone = tuple(ratings)
    rated = [one for one in everyone if one.rated]
    named: Counter[IndicatorId] = Counter()
    missing: Counter[IndicatorId] = Counter()
    for one in rated:
        status = {finding.indicator: finding.status for finding in one.findings}
        for indicator in dict.fromkeys(step.indicator for step in one.next_steps):
            named[indicator] += 1
            missing[indicator] += status[indicator] == "not_evidenced"
    commonest = sorted(named, key=lambda indicator: (-named[indicator], indicator))
    return RollUp(
        rated=len(rated),
        unrated=len(everyone) - len(rated),
        evidenced=_count_levels(one.evidenced for one in rated),
        possible=_count_levels(one.possible for one in rated),
        blockers=tuple(
            Blocker(
                indicator=indicator, schools=named[indicator], not_on_file=missing[indicator]
            )
            for indicator in commonest[:MOST_BLOCKERS]
        ),
    )  # fmt: skip


def _count_levels(levels: Iterable[int]) -> dict[int, int]:
    counted = Counter(levels)
    return {level: counted[level] for level in range(LOWEST, HIGHEST + 1)}
