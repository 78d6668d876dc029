"""Agreement: how far schools differ, and how far colleagues agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale, ScoreRule
from climatekit.measure.groups import Flags, Floats, Ints, describe, number_values
from climatekit.measure.scoring import FULL, Scores
from climatekit.values import Estimate, Withheld

RWG_PEOPLE = 5
RWG_HIGH = 0.70
# Variance of answers with a slight lean, by number of answer options: LeBreton and
# Senter (2008), Organizational Research Methods 11.
SLIGHT_SKEW = {5: 1.34, 6: 1.85, 7: 2.90}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleAgreement:
    """How far schools differ and colleagues agree on one score in one wave.

    Attributes
    ----------
    schools, people : int
        Schools with anybody who has the score, and those people.
    smallest, largest : int
        Range of people per school.
    icc1 : Estimate or Withheld
        Share of the spread that lies between schools; `n` is people.
    icc2 : Estimate or Withheld
        Reliability of schools' means; negative: schools do not differ reliably.
    rwg_schools : int
        Schools with at least five people who answered any item of the score.
    rwg_mean, rwg_median, rwg_above : float, optional
        rwg(j) over those schools against even answers (uniform null), and the share of
        schools above .70; None where there is no such school.
    rwg_negative : int
        Schools where it was negative and was set to 0.
    rwg_slight_mean : float, optional
        Mean rwg(j) against slightly leaning answers; None where the published table has
        no variance for this number of answer options.
    """

    score: str
    wave: str
    schools: int
    people: int
    smallest: int
    largest: int
    icc1: Estimate | Withheld
    icc2: Estimate | Withheld
    rwg_schools: int
    rwg_mean: float | None
    rwg_median: float | None
    rwg_above: float | None
    rwg_negative: int
    rwg_slight_mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceTable:
    """One-way analysis of variance of persons' scores by school.

    Attributes
    ----------
    between, within : float
        Mean squares.
    size : float
        n0, the average school size corrected for unequal sizes.
    """

    schools: int
    people: int
    smallest: int
    largest: int
    between: float
    within: float
    size: float


def check_agreement(
    scores: Scores, responses: Responses, scales: Sequence[Scale]
) -> tuple[ScaleAgreement, ...]:
    """Check how far schools differ and colleagues agree.

    Returns
    -------
    tuple of ScaleAgreement
        By score, then wave (those that asked for the score).
    """
    keyed = scores.keyed
    schools, _ = number_values(keyed["school"])
    waves, names = number_values(keyed["wave"], scores.waves)
    frame = scores._frame  # noqa: SLF001
    owner, points = frame["score"].to_numpy(), frame["points"].to_numpy(dtype=np.float64)
    places = frame.index.to_numpy()
    found: list[ScaleAgreement] = []
    for scale in scales:
        for rule in scale.scores.values():
            mine = owner == rule.id
            rows, values = places[mine], points[mine]
            for number, wave in enumerate(names):
                here = waves[rows] == number
                if not here.any():
                    continue
                items = [
                    item
                    for item in rule.items
                    if item in keyed and item in responses.asked.get(wave, responses.items)
                ]
                ratio, people = _find_ratio(
                    {item: keyed[item].to_numpy(dtype=np.float64) for item in items},
                    scale,
                    schools,
                    waves == number,
                )
                table = analyse_variance(values[here], schools[rows[here]])
                found.append(_report(rule, wave, table, ratio, people))
    return tuple(found)


def analyse_variance(values: Floats, schools: Ints) -> VarianceTable:
    """Return the one-way variance table of `values` by school.

    Parameters
    ----------
    values : ndarray of float
        One per person, NaN where missing.
    schools : ndarray of int
        School number per person.

    Returns
    -------
    VarianceTable
        Mean squares are NaN without a degree of freedom. n0 is
        ``(N - sum n^2 / N) / (k - 1)`` (Snedecor and Cochran 1967).
    """
    there = ~np.isnan(values)
    _, groups = np.unique(schools[there], return_inverse=True)
    k = int(groups.max(initial=-1)) + 1
    n, mean, sd = describe(values[there], groups.astype(np.intp), k)
    total = int(n.sum())
    grand = float((n * mean).sum() / total) if total else np.nan
    between = float((n * (mean - grand) ** 2).sum()) / (k - 1) if k > 1 else np.nan
    inside = float((np.nan_to_num(sd) ** 2 * (n - 1)).sum())
    return VarianceTable(
        schools=k,
        people=total,
        smallest=int(n.min(initial=total)),
        largest=int(n.max(initial=0)),
        between=between,
        within=inside / (total - k) if total > k else np.nan,
        size=float(total - (n**2).sum() / total) / (k - 1) if k > 1 else np.nan,
    )


def icc1(table: VarianceTable) -> Estimate | Withheld:
    """Return ICC(1): ``(MSB - MSW) / (MSB + (n0 - 1) MSW)``.

    Shrout and Fleiss (1979), with n0 for unequal schools; 95% interval from the exact F
    interval of MSB / MSW, which holds exactly for equal sizes.
    """
    bounds = _bound_ratio(table)
    if isinstance(bounds, Withheld):
        return bounds
    value, low, high = (_part(ratio, table.size) for ratio in bounds)
    return Estimate(value=value, low=low, high=high, n=table.people, method="ICC(1), n0, exact F")


def icc2(table: VarianceTable) -> Estimate | Withheld:
    """Return ICC(2), ``1 - MSW / MSB`` (Bliese 2000), with the exact F interval."""
    bounds = _bound_ratio(table)
    if isinstance(bounds, Withheld):
        return bounds
    if min(bounds) <= 0:
        return Withheld("not-estimable", "schools do not differ at all")
    value, low, high = (1 - 1 / ratio for ratio in bounds)
    return Estimate(value=value, low=low, high=high, n=table.people, method="ICC(2), exact F")


def find_rwgj(ratio: Floats, items: Ints) -> Floats:
    """Return rwg(j) of each school, not yet held at 0.

    James, Demaree and Wolf (1984): ``j (1 - r) / (j (1 - r) + r)``.

    Parameters
    ----------
    ratio : ndarray of float
        Mean over items of variance over null variance, r.
    items : ndarray of int
        Items that entered, j.

    Returns
    -------
    ndarray of float
        Negative wherever colleagues differ more than the null.
    """
    agreed = items * (1 - ratio)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Past the null the published ratio turns over its own pole; only its sign is used.
        return np.where(ratio > 1, -1.0, agreed / (agreed + ratio))


def _bound_ratio(table: VarianceTable) -> tuple[float, float, float] | Withheld:
    """Return MSB / MSW with the ends of its 95% interval."""
    if table.schools < 2 or table.people <= table.schools:  # noqa: PLR2004
        return Withheld("not-estimable", "too few schools with two people who answered")
    if not table.within > 0:
        return Withheld("not-estimable", "colleagues do not differ in any school")
    ratio = table.between / table.within
    k, rest = table.schools - 1, table.people - table.schools
    return (
        ratio,
        ratio / float(fdtri(k, rest, 0.975)),
        ratio / float(fdtri(k, rest, 0.025)),
    )


def _part(ratio: float, size: float) -> float:
    return (ratio - 1) / (ratio + size - 1)


def _find_ratio(
    items: Mapping[str, Floats], scale: Scale, schools: Ints, rows: Flags
) -> tuple[dict[str, tuple[Floats, Ints]], Ints]:
    """Return per null and school the mean variance ratio and its items; and the people."""
    cells, count = schools[rows], int(schools.max(initial=-1)) + 1
    ratios = {null: np.zeros(count) for null in ("uniform", "slight")}
    used = np.zeros(count, dtype=np.intp)
    answering = np.zeros(len(cells), dtype=np.bool_)
    for item, column in items.items():
        answers = scale.response_set_of(item)
        values = column[rows]
        answering |= ~np.isnan(values)
        n, _, sd = describe(values, cells, count)
        variance = np.nan_to_num(sd / FULL * (answers.high - answers.low)) ** 2
        used += n > 1
        ratios["uniform"] += variance / ((answers.options**2 - 1) / 12)
        ratios["slight"] += variance / SLIGHT_SKEW.get(answers.options, np.nan)
    mean = {
        null: (np.divide(total, used, out=np.full(count, np.nan), where=used > 0), used)
        for null, total in ratios.items()
    }
    return mean, np.bincount(cells[answering], minlength=count).astype(np.intp)


def _report(
    rule: ScoreRule,
    wave: str,
    table: VarianceTable,
    ratios: Mapping[str, tuple[Floats, Ints]],
    people: Ints,
) -> ScaleAgreement:
    enough = people >= RWG_PEOPLE
    raw = find_rwgj(*ratios["uniform"])[enough]
    raw = raw[~np.isnan(raw)]
    slight = find_rwgj(*ratios["slight"])[enough]
    slight = slight[~np.isnan(slight)]
    held = np.maximum(raw, 0.0)
    return ScaleAgreement(
        score=rule.id,
        wave=wave,
        schools=table.schools,
        people=table.people,
        smallest=table.smallest,
        largest=table.largest,
        icc1=icc1(table),
        icc2=icc2(table),
        rwg_schools=len(raw),
        rwg_mean=float(held.mean()) if len(raw) else None,
        rwg_median=float(np.median(held)) if len(raw) else None,
        rwg_above=float((held > RWG_HIGH).mean()) if len(raw) else None,
        rwg_negative=int((raw < 0).sum()),
        rwg_slight_mean=float(np.maximum(slight, 0.0).mean()) if len(slight) else None,
    )
