"""Base: on whose answers the figures of a district about the quality of a score may rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from climatekit.ingest.responses import Responses
from climatekit.measure.among import mark_among
from climatekit.measure.groups import Flags
from climatekit.release.assembly import ScoreFacts, release_points
from climatekit.release.gate import Gate
from climatekit.release.released import Released
from climatekit.values import Estimate

ShownSchools = Mapping[str, Mapping[str, int]]
"""Wave to each school that the release shows, with how many people answered."""
Bases = Mapping[str, ShownSchools]
"""Score to the shown schools that its figures rest on."""


def list_bases(
    shown: ShownSchools,
    scores: Iterable[ScoreFacts],
    estimates: Mapping[str, Mapping[tuple[str, str], Estimate]],
    eligible: Mapping[tuple[str, str], int],
    gate: Gate,
) -> dict[str, dict[str, dict[str, int]]]:
    """Return by score the shown schools of each wave that its figures rest on (rule D16).

    Those where the score is printed: figures of more people, less what is printed, would
    tell of a school where it is not. Of a score that is told of no school, all of them.

    Parameters
    ----------
    estimates : mapping of str to mapping of (wave, score) to Estimate
        Each school's scores.
    eligible : mapping of (school, wave) to int
        People on the roster.
    """

    def prints(facts: ScoreFacts, school: str, wave: str, answered: int) -> bool:
        if not facts.told:
            return True
        estimate = estimates.get(school, {}).get((wave, facts.score))
        staff = eligible.get((school, wave))
        return estimate is not None and isinstance(
            release_points(estimate, facts, gate, answered=answered, eligible=staff), Released
        )

    return {
        facts.score: {
            wave: {
                school: answered
                for school, answered in schools.items()
                if prints(facts, school, wave, answered)
            }
            for wave, schools in shown.items()
        }
        for facts in scores
    }


def keep_shown(responses: Responses, shown: ShownSchools) -> Responses:
    """Return the rows of the schools that may be spoken of in their wave."""
    return keep_rows(responses, mark_among(responses, shown))


def keep_rows(responses: Responses, rows: Flags) -> Responses:
    """Return some rows of the responses, as far as figures of a district need them."""
    return replace(
        responses,
        _frame=responses.frame[rows].reset_index(drop=True),
        seconds=None if responses.seconds is None else responses.seconds[rows],
        links=(),
        weights=None,
    )
