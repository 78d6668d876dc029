"""District table: the schools' changes pooled, and the schools in order of their best guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from climatekit.measure.district_change import DistrictChange, SchoolChange, pool_changes
from climatekit.release.released import Released
from climatekit.run.files.spreadsheet import Cell
from climatekit.run.study import Study
from climatekit.values import Estimate, Withheld

DISTRICT_COLUMNS = (
    "score", "before", "after", "school", "name", "schools", "difference", "low", "high",
    "shrunk", "q", "listed", "tau", "tau_low", "tau_high", "i2", "predicted_low",
    "predicted_high", "withheld",
)  # fmt: skip


def list_district_changes(study: Study) -> list[tuple[Cell, ...]]:
    """Return for each score one row of the district, then one per school.

    Of schools whose change may be told, and no others: from the pooled change and those
    of all schools but one, that one's could be worked out.
    """
    told = _list_told(study)
    return [
        row
        for one in pool_released_changes(study)
        for row in (_pooled(one), *_list(study, one, told))
    ]


def pool_released_changes(study: Study) -> tuple[DistrictChange, ...]:
    """Return the schools' changes pooled, of schools whose change is told with its interval.

    A best guess goes by the spread of a school's answers, as the interval does. The schools
    of a score are in order of what is printed of them: among hundreds that print the same
    number, an order by what was measured would tell each one's mean to a hundredth.
    """
    told = _list_told(study)
    pooled = pool_changes([study.figures.changes[place] for place in told])

    def find_place(own: SchoolChange, score: str) -> tuple[float, float, str]:
        difference = told[own.school, score].value
        guess = difference if own.shrunk is None else round(own.shrunk)
        return -guess, -difference, own.school

    return tuple(
        replace(one, schools=tuple(sorted(one.schools, key=partial(find_place, score=one.score))))
        for one in pooled
    )


def _list_told(study: Study) -> dict[tuple[str, str], Released]:
    """Return each difference that is told with its interval, by school and score."""
    told = {}
    for school, score in study.figures.changes:
        released = study.release.schools[school].scores.get(score)
        shown = released.change.difference if released and released.change else None
        if isinstance(shown, Released) and shown.low is not None:
            told[school, score] = shown
    return told


def _pooled(one: DistrictChange) -> tuple[Cell, ...]:
    return (
        one.score,
        one.before,
        one.after,
        "",
        "District",
        len(one.schools),
        *_spread(one.mean),
        None,
        None,
        None,
        *_spread(one.tau),
        None if one.i2 is None else round(one.i2, 2),
        _round(one.low),
        _round(one.high),
        one.mean.reason if isinstance(one.mean, Withheld) else None,
    )


def _spread(shown: Estimate | Withheld) -> tuple[Cell, Cell, Cell]:
    if isinstance(shown, Withheld):
        return None, None, None
    return _round(shown.value), _round(shown.low), _round(shown.high)


def _list(
    study: Study, one: DistrictChange, told: Mapping[tuple[str, str], Released]
) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for own in one.schools:
        shown = told[own.school, one.score]
        rows.append(
            (
                one.score,
                one.before,
                one.after,
                own.school,
                study.names[own.school],
                None,
                shown.value,
                shown.low,
                shown.high,
                None if own.shrunk is None else round(own.shrunk),
                round(own.q, 2),
                own.listed,
                *(None,) * 7,
            )
        )
    return rows


def _round(points: float | None) -> float | None:
    return None if points is None else round(points, 1)
