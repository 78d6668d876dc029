"""District table: the schools' changes pooled, and the schools in order of their best guess."""

from __future__ import annotations

from dataclasses import replace

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
    return [
        row for one in pool_released_changes(study) for row in (_pooled(one), *_list(study, one))
    ]


def pool_released_changes(study: Study) -> tuple[DistrictChange, ...]:
    """Return the schools' changes pooled, of schools whose change is told with its interval.

    A best guess goes by the spread of a school's answers, as the interval does. The schools
    of a score are in order of what is printed of them: among hundreds that print the same
    number, an order by what was measured would tell each one's mean to a hundredth.
    """
    pooled = pool_changes(
        [
            change
            for (school, score), change in study.figures.changes.items()
            if _tells_interval(_find_released(study, school, score))
        ]
    )
    return tuple(replace(one, schools=_order(study, one)) for one in pooled)


def _order(study: Study, one: DistrictChange) -> tuple[SchoolChange, ...]:
    def find_place(own: SchoolChange) -> tuple[float, float, str]:
        shown = _find_released(study, own.school, one.score)
        told = shown.value if isinstance(shown, Released) else 0.0
        guess = told if own.shrunk is None else round(own.shrunk)
        return -guess, -told, own.school

    return tuple(sorted(one.schools, key=find_place))


def _tells_interval(shown: object) -> bool:
    return isinstance(shown, Released) and shown.low is not None and shown.high is not None


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


def _list(study: Study, one: DistrictChange) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for own in one.schools:
        shown = _find_released(study, own.school, one.score)
        if not isinstance(shown, Released):
            continue
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


def _find_released(study: Study, school: str, score: str) -> object:
    told = study.release.schools[school].scores.get(score)
    return told.change.difference if told and told.change else None


def _round(points: float | None) -> float | None:
    return None if points is None else round(points, 1)
