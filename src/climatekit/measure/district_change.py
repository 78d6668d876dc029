"""District change: what the schools' changes say together, and which to look at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri, stdtrit

from climatekit.measure.change import Change
from climatekit.measure.groups import Floats
from climatekit.values import Estimate, Withheld

METHOD = "Paule-Mandel random effects, t interval"
LEAST_SCHOOLS = 8
FALSE_SHARE = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolChange:
    """One school's change beside those of its district.

    Attributes
    ----------
    difference : float
        As measured, points.
    shrunk : float, optional
        Best guess, pulled toward the district's mean because small schools bounce; for
        ordering schools alone. None under 8 schools.
    q : float
        p adjusted over the schools (Benjamini and Hochberg 1995).
    listed : bool
        On the screening list: of those listed, at most 10% are expected not to have moved.
    """

    school: str
    difference: float
    shrunk: float | None
    q: float
    listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictChange:
    """The change of one score between two waves, over the schools of a district.

    Attributes
    ----------
    mean : Estimate or Withheld
        Mean of the schools' true changes, points, with a 95% interval; `n` is schools.
    tau : Estimate or Withheld
        Standard deviation of the schools' true changes, points, with its 95% interval.
    i2 : float, optional
        Share of the spread in the measured changes that is not chance, 0 to 1.
    low, high : float, optional
        95% prediction interval for the true change of one more such school.
    schools : tuple of SchoolChange
        Largest shrunk change first; by the measured one where none is shrunk.
    """

    score: str
    before: str
    after: str
    mean: Estimate | Withheld
    tau: Estimate | Withheld
    i2: float | None
    low: float | None
    high: float | None
    schools: tuple[SchoolChange, ...]


def pool_changes(changes: Sequence[Change]) -> tuple[DistrictChange, ...]:
    """Pool the schools' changes by score and pair of waves, in the order of `changes`.

    Changes without a standard error are left out, and those with one of 0, where all people
    moved alike: they would outweigh all others. Never for a school's own brief: a
    shrunk change mixes in other schools.
    """
    groups: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        if change.standard_error and isinstance(change.difference, Estimate):
            groups.setdefault((change.score, change.before, change.after), []).append(change)
    return tuple(_pool(*key, members) for key, members in groups.items())


def find_tau2(values: Floats, errors: Floats) -> float:
    """Return the variance between the true values (Paule and Mandel 1982), 0 or more.

    The root of ``Q(tau2) = k - 1``, where Q is the sum of squares about the weighted mean
    with weights ``1 / (tau2 + error^2)``.
    """
    return _solve(values, errors, len(values) - 1)


def bound_tau2(values: Floats, errors: Floats) -> tuple[float, float]:
    """Return the 95% interval of that variance by Q-profile (Viechtbauer 2007)."""
    df = len(values) - 1
    return (
        _solve(values, errors, float(chdtri(df, 0.025))),
        _solve(values, errors, float(chdtri(df, 0.975))),
    )


def adjust_for_screening(p: Floats) -> Floats:
    """Return p adjusted for the share of false finds (Benjamini and Hochberg 1995)."""
    order = np.argsort(p)[::-1]
    raised = p[order] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(np.minimum(raised, 1.0))
    return adjusted


def weigh(values: Floats, errors: Floats, tau2: float) -> tuple[float, float]:
    """Return the mean with weights ``1 / (tau2 + error^2)``, and its standard error."""
    weights = 1 / (tau2 + errors**2)
    return float(weights @ values / weights.sum()), float(1 / np.sqrt(weights.sum()))


def _pool(score: str, before: str, after: str, members: Sequence[Change]) -> DistrictChange:
    values = np.array([_value(one) for one in members])
    errors = np.array([one.standard_error for one in members], dtype=np.float64)
    q = adjust_for_screening(np.array([one.p for one in members], dtype=np.float64))
    count = len(members)
    mean: Estimate | Withheld
    tau: Estimate | Withheld
    mean = tau = Withheld("few-schools", f"fewer than {LEAST_SCHOOLS} schools can be compared")
    shrunk: list[float] | list[None] = [None] * count
    i2 = low = high = None
    if count >= LEAST_SCHOOLS:
        tau2 = find_tau2(values, errors)
        centre, error = weigh(values, errors, tau2)
        # Knapp and Hartung's factor (2003) is 1 at this tau2, and not let under 1 at 0.
        reach = float(stdtrit(count - 1, 0.975)) * error
        mean = Estimate(
            value=centre, low=centre - reach, high=centre + reach, n=count, method=METHOD
        )
        ends = np.sqrt(bound_tau2(values, errors))
        tau = Estimate(
            value=float(np.sqrt(tau2)),
            low=float(ends[0]),
            high=float(ends[1]),
            n=count,
            method="Paule-Mandel (1982), Q-profile interval",
        )
        spread = _find_q(values, errors, 0.0)
        i2 = max(0.0, 1 - (count - 1) / spread) if spread > 0 else 0.0
        # Higgins, Thompson and Spiegelhalter (2009).
        further = float(stdtrit(count - 2, 0.975) * np.sqrt(tau2 + error**2))
        low, high = centre - further, centre + further
        shrunk = (centre + tau2 / (tau2 + errors**2) * (values - centre)).tolist()
    schools = [
        SchoolChange(
            school=one.school,
            difference=float(value),
            shrunk=pulled,
            q=float(adjusted),
            listed=bool(adjusted <= FALSE_SHARE),
        )
        for one, value, pulled, adjusted in zip(members, values, shrunk, q, strict=True)
    ]
    schools.sort(key=lambda one: -(one.difference if one.shrunk is None else one.shrunk))
    return DistrictChange(
        score=score,
        before=before,
        after=after,
        mean=mean,
        tau=tau,
        i2=i2,
        low=low,
        high=high,
        schools=tuple(schools),
    )


def _solve(values: Floats, errors: Floats, target: float) -> float:
    """Return the variance at which Q falls to `target`; 0 where it lies below from the start."""
    if _find_q(values, errors, 0.0) <= target:
        return 0.0
    top = float(np.ptp(values)) ** 2 + 1e-12
    while _find_q(values, errors, top) > target:
        top *= 2
    return float(brentq(lambda tau2: _find_q(values, errors, tau2) - target, 0.0, top, xtol=1e-12))


def _find_q(values: Floats, errors: Floats, tau2: float) -> float:
    centre, _ = weigh(values, errors, tau2)
    return float((((values - centre) ** 2) / (tau2 + errors**2)).sum())


def _value(change: Change) -> float:
    return change.difference.value if isinstance(change.difference, Estimate) else float("nan")
