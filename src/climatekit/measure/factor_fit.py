"""Factor fit: maximum likelihood for one factor in one group or several at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import chdtrc

from climatekit.measure.groups import Floats, Ints

# A unique variance below this share of the item's own is at its bound: a Heywood case.
_HEYWOOD = 1e-4
_FLAT = 1e-7
_MOST_STEPS = 500


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Moments:
    """Mean and covariance (n below) of the people of one group who answered every item."""

    mean: Floats
    covariance: Floats
    n: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Layout:
    """Which parameters of a group are free, and which groups share them.

    Attributes
    ----------
    places : ndarray of int, groups by parameters
        Place of each parameter among the free ones; -1 where it is fixed. The parameters
        of a group of p items: p loadings, p logarithms of unique variances, p intercepts,
        the logarithm of the factor's variance, the factor's mean.
    fixed : ndarray of float, groups by parameters
        Value of each fixed parameter.
    """

    places: Ints
    fixed: Floats

    @property
    def size(self) -> int:
        """How many parameters are free."""
        return int(self.places.max()) + 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FactorFit:
    """One factor fitted by maximum likelihood.

    Attributes
    ----------
    parameters : ndarray of float, groups by parameters
        In the order of `Layout`.
    covariance : ndarray of float, free by free
        Of the free parameters, from the expected information.
    chi_square, df, p : float
        Likelihood ratio against the saturated model, N of all groups as multiplier.
    cfi, rmsea : float
        Bentler (1990) against independent items with free means; Steiger (1990), times the
        root of the number of groups (Steiger 1998).
    n : int
        People over all groups.
    converged : bool
        Whether the gradient came to nothing.
    proper : bool
        Whether every unique variance is clear of 0.
    """

    parameters: Floats
    covariance: Floats
    chi_square: float
    df: int
    p: float
    cfi: float
    rmsea: float
    n: int
    converged: bool
    proper: bool

    def loadings(self, group: int = 0) -> Floats:
        """Return the loadings of a group, for a factor of variance 1 in the first group."""
        return self.parameters[group, : self._items]

    def uniques(self, group: int = 0) -> Floats:
        """Return the unique variances of a group."""
        unique: Floats = np.exp(self.parameters[group, self._items : 2 * self._items])
        return unique

    def intercepts(self, group: int = 0) -> Floats:
        """Return the intercepts of a group."""
        return self.parameters[group, 2 * self._items : 3 * self._items]

    @property
    def _items(self) -> int:
        return (int(self.parameters.shape[1]) - 2) // 3


def find_moments(matrix: Floats) -> Moments:
    """Return the moments of the rows without a missing answer (n, not n - 1, below)."""
    whole = matrix[~np.isnan(matrix).any(axis=1)]
    mean = whole.sum(axis=0) / max(len(whole), 1)
    apart = whole - mean
    return Moments(mean=mean, covariance=apart.T @ apart / max(len(whole), 1), n=len(whole))


def is_definite(moments: Moments) -> bool:
    """Say whether no item is a sum of others, so that a model can be fitted."""
    spread = np.sqrt(np.diag(moments.covariance))
    if not (spread > 0).all():
        return False
    smallest = np.linalg.eigvalsh(moments.covariance / np.outer(spread, spread))[0]
    return bool(smallest > 1e-8)  # noqa: PLR2004 - of a correlation matrix, whose mean is 1


def fit_one_factor(groups: Sequence[Moments], layout: Layout) -> FactorFit:
    """Fit one factor by maximum likelihood.

    The discrepancy (Joreskog 1969, 1971) is, over the groups, the sum of
    ``n (log|S*| + tr(S S*^-1) - log|S| - p + (m - m*)' S*^-1 (m - m*))`` with the model's
    ``S* = l l' v + diag(u)`` and ``m* = intercepts + l k``; it is brought down by a trust
    region with its analytic gradient and expected second derivatives.

    Parameters
    ----------
    groups : sequence of Moments
        One per group, the same items in each; covariances positive definite.
    """
    largest = sum(group.n for group in groups)
    start = _start(groups, layout)

    def lose(free: Floats) -> float:
        return _sum_up(groups, _spread_out(free, layout), layout)[0] / largest

    def slope(free: Floats) -> Floats:
        return _sum_up(groups, _spread_out(free, layout), layout)[1] / largest

    def bend(free: Floats) -> Floats:
        return _sum_up(groups, _spread_out(free, layout), layout)[2] / largest

    found = minimize(
        lose,
        start,
        jac=slope,
        hess=bend,
        method="trust-exact",
        options={"gtol": _FLAT / 100, "maxiter": _MOST_STEPS},
    )
    parameters = _spread_out(found.x, layout)
    chi_square, gradient, curvature = _sum_up(groups, parameters, layout)
    p = len(groups[0].mean)
    uniques = np.exp(parameters[:, p : 2 * p])
    own = np.array([np.diag(group.covariance) for group in groups])
    df = len(groups) * p * (p + 3) // 2 - layout.size - _count_saturated(layout, p)
    base, base_df = _fit_baseline(groups)
    excess, base_excess = max(chi_square - df, 0.0), max(base - base_df, 0.0)
    return FactorFit(
        parameters=parameters,
        covariance=np.asarray(np.linalg.pinv(curvature / 2, hermitian=True), dtype=np.float64),
        chi_square=float(chi_square),
        df=df,
        p=float(chdtrc(df, chi_square)) if df else float("nan"),
        cfi=1.0 if excess == 0 else 1 - excess / max(base_excess, excess),
        rmsea=float(np.sqrt(excess / (largest * df) * len(groups))) if df else 0.0,
        n=largest,
        converged=bool(np.abs(gradient).max() / largest < _FLAT),
        proper=bool((uniques > _HEYWOOD * own).all()),
    )


def _count_saturated(layout: Layout, p: int) -> int:
    """Return how many means are fitted as they are, fixed intercepts that use up a mean."""
    return int((layout.places[:, 2 * p : 3 * p] < 0).sum())


def _start(groups: Sequence[Moments], layout: Layout) -> Floats:
    p = len(groups[0].mean)
    n = np.array([float(group.n) for group in groups])
    pooled = np.tensordot(n / n.sum(), np.array([g.covariance for g in groups]), axes=1)
    own = np.diag(pooled)
    values, vectors = np.linalg.eigh(pooled / np.sqrt(np.outer(own, own)))
    first = vectors[:, -1] * np.sqrt(max(values[-1] - 0.5, 0.3))
    first = np.clip(first if first.sum() >= 0 else -first, -0.9, 0.9)
    means = n @ np.array([group.mean for group in groups]) / n.sum()
    one = np.concatenate([first * np.sqrt(own), np.log(own * (1 - first**2)), means, np.zeros(2)])
    start = np.zeros(layout.size)
    for group, places in zip(groups, layout.places, strict=True):
        mine = one.copy()
        if layout.places[0, 2 * p] != layout.places[-1, 2 * p]:
            mine[2 * p : 3 * p] = group.mean
        start[places[places >= 0]] = mine[places >= 0]
    return start


def _spread_out(free: Floats, layout: Layout) -> Floats:
    full: Floats = np.where(layout.places >= 0, free[layout.places], layout.fixed)
    return full


def _sum_up(
    groups: Sequence[Moments], parameters: Floats, layout: Layout
) -> tuple[float, Floats, Floats]:
    """Return the discrepancy, its gradient and expected second derivatives, times n."""
    total, gradient = 0.0, np.zeros(layout.size)
    curvature = np.zeros((layout.size, layout.size))
    for group, own, places in zip(groups, parameters, layout.places, strict=True):
        value, slope, bend = _measure_group(group, own)
        free = places >= 0
        at = places[free]
        total += group.n * value
        np.add.at(gradient, at, group.n * slope[free])
        np.add.at(curvature, np.ix_(at, at), group.n * bend[np.ix_(free, free)])
    return total, gradient, curvature


def _measure_group(group: Moments, own: Floats) -> tuple[float, Floats, Floats]:
    p = len(group.mean)
    load, unique, variance, mean = own[:p], np.exp(own[p : 2 * p]), np.exp(own[-2]), own[-1]
    apart = group.mean - own[2 * p : 3 * p] - load * mean
    inverse, log_det = _invert(load, unique, float(variance))
    moved = group.covariance + np.outer(apart, apart)
    value = log_det + float((inverse * moved).sum()) - p
    value -= float(np.linalg.slogdet(group.covariance)[1])
    pull, weighted = inverse @ apart, inverse @ load
    strain = inverse - inverse @ moved @ inverse
    strained = strain @ load
    slope = np.concatenate(
        [
            2 * variance * strained - 2 * mean * pull,
            unique * np.diag(strain),
            -2 * pull,
            [variance * float(load @ strained), -2 * float(load @ pull)],
        ]
    )
    c = float(load @ weighted)
    size = 3 * p + 2
    bend = np.zeros((size, size))
    bend[:p, :p] = 2 * variance**2 * (np.outer(weighted, weighted) + c * inverse)
    bend[:p, p : 2 * p] = 2 * variance * inverse * (weighted * unique)
    bend[p : 2 * p, p : 2 * p] = np.outer(unique, unique) * inverse**2
    bend[:p, -2] = 2 * variance**2 * c * weighted
    bend[p : 2 * p, -2] = variance * unique * weighted**2
    bend[-2, -2] = (variance * c) ** 2
    bend = np.triu(bend) + np.triu(bend, 1).T
    lift = np.hstack(
        [mean * np.eye(p), np.zeros((p, p)), np.eye(p), np.zeros((p, 1)), load[:, None]]
    )
    return value, slope, bend + 2 * lift.T @ inverse @ lift


def _invert(load: Floats, unique: Floats, variance: float) -> tuple[Floats, float]:
    """Return the inverse and the log determinant of ``v l l' + diag(u)``."""
    scaled = load / unique
    inside = 1 + variance * float(load @ scaled)
    inverse = np.diag(1 / unique) - np.outer(scaled, scaled) * (variance / inside)
    return inverse, float(np.log(unique).sum() + np.log(inside))


def _fit_baseline(groups: Sequence[Moments]) -> tuple[float, int]:
    """Return chi-square and df of independent items with free means and variances."""
    p = len(groups[0].mean)
    chi_square = sum(
        group.n * (np.log(np.diag(group.covariance)).sum() - np.linalg.slogdet(group.covariance)[1])
        for group in groups
    )
    return float(chi_square), len(groups) * p * (p - 1) // 2
