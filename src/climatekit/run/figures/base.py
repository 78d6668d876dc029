"""Base: on whose answers the figures of a district about the quality of a score may rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from climatekit.ingest.responses import Responses
from climatekit.measure.among import mark_among
from climatekit.measure.groups import Flags
from climatekit.release.assembly import release_points
from climatekit.release.gate import Gate, Shown
from climatekit.release.known import Known
from climatekit.release.released import Released
from climatekit.release.score_facts import ScoreFacts
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
    facts = {one.score: one for one in scores}
    told: dict[tuple[str, str], dict[str, Shown]] = {}
    for wave, schools in shown.items():
        for school, answered in schools.items():
            own = estimates.get(school, {})
            told[school, wave] = release_points(
                {score: one for (when, score), one in own.items() if when == wave},
                facts,
                gate,
                answered=answered,
                eligible=eligible.get((school, wave)),
            )
    return {
        score: {
            wave: {
                school: answered
                for school, answered in schools.items()
                if not one.told or isinstance(told[school, wave].get(score), Released)
            }
            for wave, schools in shown.items()
        }
        for score, one in facts.items()
    }


def leave_out_changed(shown: ShownSchools, score: str, known: Known) -> ShownSchools:
    """Return the waves of whose schools together figures of a score, or of all, may be told."""
    return {
        wave: schools
        for wave, schools in shown.items()
        if known.may_tell_together(wave, score, schools)
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
