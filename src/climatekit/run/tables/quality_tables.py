"""Quality tables: how far scores can be trusted, number by number, and school by school."""

from __future__ import annotations

import math

from climatekit.knowledge.scales import title_scores
from climatekit.measure.among import keep_among
from climatekit.measure.group_alphas import check_groups, list_school_alphas
from climatekit.measure.school_means import SchoolMeans, estimate_school_means
from climatekit.measure.scoring import score
from climatekit.release.coefficients import Coefficient
from climatekit.release.gate import Gate, Shown, round_points
from climatekit.release.rules import may_tell_coefficient, withhold
from climatekit.run.figures.base import keep_shown
from climatekit.run.figures.coefficients import gather_pooled
from climatekit.run.files.spreadsheet import Cell
from climatekit.run.study import Study
from climatekit.values import Estimate, Withheld

Row = tuple[Cell, ...]

DETAIL_COLUMNS = (
    "wave", "since", "role", "score", "title", "statistic", "item",
    "value", "low", "high", "people", "schools", "method", "withheld",
)  # fmt: skip
SCREENING_COLUMNS = (
    "wave", "score", "title", "people", "people_unflagged",
    "points", "points_unflagged", "alpha", "alpha_unflagged", "withheld",
)  # fmt: skip
SCHOOL_COLUMNS = (
    "school", "name", "wave", "score", "title", "answered",
    "alpha", "alpha_low", "alpha_high", "reliability", "reliability_over_items",
    "points", "best_estimate", "withheld",
)  # fmt: skip


def list_detail(study: Study, *, pooled: bool = False) -> list[Row]:
    """Return one row per wave, score and statistic, of the whole district and its role groups.

    `pooled` adds the waves taken together; a release does without.
    """
    gate = Gate(study.settings.disclosure)
    extra = gather_pooled(study.figures, study.scales, gate) if pooled else ()
    titles = title_scores(study.scales)
    return [
        (
            one.wave,
            one.since or None,
            one.role or None,
            one.score or None,
            titles.get(one.score),
            one.statistic,
            one.item or None,
            *_tell_coefficient(one),
        )
        for one in (*study.coefficients, *extra, *study.screening)
    ]


def list_screening(study: Study) -> list[Row]:
    """Return one row per wave and score: the district with and without the flagged."""
    titles = title_scores(study.scales)
    told: dict[tuple[str, str], dict[str, Coefficient]] = {}
    for one in study.screening:
        if one.score:
            told.setdefault((one.wave, one.score), {})[one.statistic] = one
    rows = []
    for (wave, name), own in told.items():
        shown = own["mean_points"].shown
        rows.append(
            (
                wave,
                name,
                titles[name],
                own["mean_points"].people,
                own["mean_points_unflagged"].people,
                *(
                    _spell(own[part].shown)[0]
                    for part in (
                        "mean_points",
                        "mean_points_unflagged",
                        "alpha_screened",
                        "alpha_unflagged",
                    )
                ),
                shown.reason if isinstance(shown, Withheld) else None,
            )
        )
    return rows


def _tell_coefficient(one: Coefficient) -> Row:
    shown = one.shown
    if isinstance(shown, Withheld):
        return (None, None, None, None, None, None, shown.reason)
    return (
        *_spell(shown),
        one.people,
        one.schools,
        one.method,
        None,
    )


def list_own_reliability(study: Study) -> list[Row]:
    """Return one row per shown school, wave and score: alpha, and the reliability of its mean.

    From `min_n_reliability` people on who answered; the reliability of means waits for a
    district of 100 people in 5 schools that print the score as well, since it tells how far
    schools differ: of these alone, as the others could be worked out from a figure over all.
    The best estimate (empirical Bayes) is worked out from the printed score and the printed
    reliability, so that it says nothing more than these; it serves no ranking.
    """
    gate = Gate(study.settings.disclosure)
    responses = keep_shown(study.inputs.intake.responses, study.figures.shown)
    scores = keep_among(score(responses, study.scales), study.figures.bases)
    titles = title_scores(study.scales)
    table = check_groups(responses, study.scales, least=gate.thresholds.min_n_reliability)
    alphas = list_school_alphas(table)
    return [
        (
            school,
            study.names[school],
            means.wave,
            means.score,
            titles[means.score],
            study.release.shown[means.wave][school],
            *_tell_own(study, gate, means, school, alphas.get((means.wave, school, means.score))),
        )
        for means in estimate_school_means(scores, responses, study.scales)
        for school in study.release.shown[means.wave]
        if means.score in study.release.schools[school].scores
    ]


def _tell_own(
    study: Study, gate: Gate, means: SchoolMeans, school: str, alpha: Estimate | Withheld | None
) -> Row:
    shown = study.release.shown[means.wave]
    base = study.figures.bases[means.score][means.wave]
    points = study.release.schools[school].scores[means.score].points[means.wave]
    told = gate.release_own_coefficient(alpha or _NONE, answered=shown[school], points=points)
    over_people, over_items = (
        gate.release_own_coefficient(
            _make_estimate(own.get(school, math.nan)), answered=shown[school]
        )
        if may_tell_coefficient(sum(base.values()), len(base))
        else withhold("district-reliability")
        for own in (
            dict(zip(means.schools, values.tolist(), strict=True))
            for values in (means.reliability, means.item_reliability)
        )
    )
    reasons = [one.reason for one in (points, told, over_people) if isinstance(one, Withheld)]
    return (
        *_spell(told),
        _spell(over_people)[0],
        _spell(over_items)[0],
        _spell(points)[0],
        _shrink(means, points, over_people),
        reasons[0] if reasons else None,
    )


def _shrink(means: SchoolMeans, points: Shown, reliability: Shown) -> Cell:
    if isinstance(points, Withheld) or isinstance(reliability, Withheld) or points.capped:
        return None
    if isinstance(means.model, Withheld):
        return None
    middle = round_points(means.model.grand)
    return round_points(middle + reliability.value * (points.value - middle))


_NONE = Withheld("not-estimable", "fewer than two items vary")


def _make_estimate(value: float) -> Estimate | Withheld:
    return Estimate(value=value) if math.isfinite(value) else withhold("not-estimable")


def _spell(shown: Shown) -> Row:
    """Return a number as the tables have it, and the ends of its interval."""
    if isinstance(shown, Withheld):
        return None, None, None
    value = shown.text if shown.capped else _plain(shown.value)
    return value, _plain(shown.low), _plain(shown.high)


def _plain(value: float | None) -> Cell:
    if value is None:
        return None
    return int(value) if float(value).is_integer() else value
