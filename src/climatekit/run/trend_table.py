"""Trend table: points per year of each school's scores, from three comparable waves on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from climatekit.measure.slopes import Slope, fit_slopes
from climatekit.release.released import Released
from climatekit.run.figures import find_breaks
from climatekit.run.imports import list_imported
from climatekit.run.spreadsheet import Cell
from climatekit.run.study import Study
from climatekit.values import Estimate

TREND_COLUMNS = (
    "school", "name", "score", "title", "waves", "first", "last", "per_year", "low", "high",
    "withheld",
)  # fmt: skip


def list_trends(study: Study, schools: Sequence[str]) -> list[tuple[Cell, ...]]:
    """Return one row per school and score that has a brief's panel.

    Whole points, and nothing where one wave of the line may not be told.
    """
    settings, figures = study.settings, study.figures
    rules = {
        rule.id: rule for scale in study.scales for rule in scale.scores.values() if rule.in_brief
    }
    # An owner's own scores have no answers here: their standard errors are not ours to pool.
    own = figures.summaries[~figures.summaries["score"].isin(list_imported(study.scales))]
    slopes = fit_slopes(
        own,
        waves=study.waves,
        dates={wave.id: wave.closed for wave in settings.waves if wave.closed is not None},
        eligible=figures.eligible,
        breaks=find_breaks(
            study.inputs.intake.responses, study.scales, tuple(combinations(study.waves, 2))
        ),
        settings=settings.comparison,
        min_n=settings.disclosure.min_n,
    )
    by_key = {(one.school, one.score): one for one in slopes}
    rows = []
    for school in schools:
        for score, rule in rules.items():
            one = by_key.get((school, score))
            if one is not None:
                head = (school, study.names[school], score, rule.title)
                rows.append((*head, *_tell(study, one)))
    return rows


def _tell(study: Study, one: Slope) -> tuple[Cell, ...]:
    points = study.release.schools[one.school].scores[one.score].points
    told = [wave for wave in one.waves if isinstance(points.get(wave), Released)]
    if told != list(one.waves):
        return None, None, None, None, None, None, "protected"
    ends = (one.waves[0], one.waves[-1]) if one.waves else (None, None)
    slope = one.per_year
    if not isinstance(slope, Estimate) or slope.low is None or slope.high is None:
        rule = slope.rule if not isinstance(slope, Estimate) else "not-estimable"
        return len(told), *ends, None, None, None, rule
    return len(told), *ends, round(slope.value), round(slope.low), round(slope.high), None
