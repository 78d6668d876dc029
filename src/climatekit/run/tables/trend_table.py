"""Trend table: points per year of each school's scores, from three comparable waves on."""

from __future__ import annotations

from collections.abc import Sequence

from climatekit.knowledge.scales import list_imported, list_rules
from climatekit.measure.slopes import Slope
from climatekit.run.figures.trends import find_trends
from climatekit.run.files.spreadsheet import Cell
from climatekit.run.study import Study
from climatekit.values import Estimate

TREND_COLUMNS = (
    "school", "name", "score", "title", "waves", "first", "last", "per_year", "low", "high",
    "withheld",
)  # fmt: skip


def list_trends(study: Study, schools: Sequence[str]) -> list[tuple[Cell, ...]]:
    """Return one row per school and score that has a brief's panel, in whole points."""
    rules = {rule.id: rule for rule in list_rules(study.scales) if rule.in_brief}
    slopes = find_trends(
        study.release,
        waves=study.waves,
        breaks=study.figures.breaks,
        settings=study.settings,
        leave_out=list_imported(study.scales),
    )
    return [
        (school, study.names[school], score, rule.title, *_tell(slopes[school, score]))
        for school in schools
        for score, rule in rules.items()
        if (school, score) in slopes
    ]


def _tell(one: Slope) -> tuple[Cell, ...]:
    ends = (one.waves[0], one.waves[-1]) if one.waves else (None, None)
    slope = one.per_year
    if not isinstance(slope, Estimate) or slope.low is None or slope.high is None:
        why = "no range can be given" if isinstance(slope, Estimate) else slope.reason
        return len(one.waves), *ends, None, None, None, why
    return (
        len(one.waves), *ends, round(slope.value), round(slope.low), round(slope.high), None,
    )  # fmt: skip
