"""Variance table: one-way analysis of variance by school, and the two ICCs from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri

from climatekit.measure.groups import Floats, Ints, describe
from climatekit.values import Estimate, Withheld


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
    return build_table(*describe(values, schools, int(schools.max(initial=-1)) + 1))


def build_table(n: Ints, mean: Floats, sd: Floats) -> VarianceTable:
    """Return the variance table of schools of which size, mean and SD are known."""
    n, mean, sd = n[n > 0], mean[n > 0], sd[n > 0]
    k = len(n)
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
    interval of MSB / MSW, which holds exactly for equal sizes. Rows are people who have the
    score, the missing left out; a share, negative where schools differ less than chance
    would have them. Withheld (``not-estimable``) with under two schools, nobody beside a
    colleague, or colleagues who do not differ at all.
    """
    bounds = _bound_ratio(table)
    if isinstance(bounds, Withheld):
        return bounds
    value, low, high = (_part(ratio, table.size) for ratio in bounds)
    return Estimate(value=value, low=low, high=high, n=table.people, method="ICC(1), n0, exact F")


def icc2(table: VarianceTable) -> Estimate | Withheld:
    """Return ICC(2), ``1 - MSW / MSB`` (Bliese 2000), with the exact F interval.

    The reliability of the mean of a school of usual size; rows, missing rule and reasons as
    for `icc1`, and withheld too where schools do not differ at all (MSB is 0).
    """
    bounds = _bound_ratio(table)
    if isinstance(bounds, Withheld):
        return bounds
    if min(bounds) <= 0:
        return Withheld("not-estimable", "schools do not differ at all")
    value, low, high = (1 - 1 / ratio for ratio in bounds)
    return Estimate(value=value, low=low, high=high, n=table.people, method="ICC(2), exact F")


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
