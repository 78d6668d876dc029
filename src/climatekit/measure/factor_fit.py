"""Factor fit: maximum likelihood for one factor in one group or several at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc

from climatekit.measure.groups import Floats, Ints

# A unique variance below this share of the item's own is at its bound: a Heywood case.
_HEYWOOD = 1e-4
# Of the discrepancy per person.
_FLAT = 1e-15
_ROUNDING = 1e-11
_MOST_STEPS = 200
# How much a step is shortened where the full one leads uphill.
_FIRST_DAMPING = 1e-3
_RIDGE = 1e-11


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
        Whether the search came to its end.
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


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Model:
    """A layout, and the moments of its groups with every item brought to one spread.

    `centre` and `spread` are the items' pooled mean and standard deviation; `lift` is 1
    where a group's parameter is a free one, groups by parameters by free ones.
    """

    n: Floats
    mean: Floats
    covariance: Floats
    log_det: Floats
    layout: Layout
    lift: Floats
    centre: Floats
    spread: Floats

    @property
    def own(self) -> Floats:
        """Variance of each item in each group."""
        return np.diagonal(self.covariance, axis1=1, axis2=2)

    @property
    def unit(self) -> Floats:
        """What one of each parameter is in the items' own units; 1 for a logarithm."""
        p = len(self.spread)
        return np.concatenate([self.spread, np.ones(p), self.spread, np.ones(2)])

    @property
    def shift(self) -> Floats:
        """What is added to each parameter to have it in the items' own units."""
        p = len(self.spread)
        return np.concatenate([np.zeros(p), 2 * np.log(self.spread), self.centre, np.zeros(2)])

    def spread_out(self, free: Floats) -> Floats:
        """Return the parameters of each group."""
        full: Floats = np.where(self.layout.places >= 0, self.lift @ free, self.layout.fixed)
        return full


def fit_one_factor(groups: Sequence[Moments], layout: Layout) -> FactorFit:
    """Fit one factor by maximum likelihood.

    The discrepancy (Joreskog 1969, 1971) is, over the groups, the sum of
    ``n (log|S*| + tr(S S*^-1) - log|S| - p + (m - m*)' S*^-1 (m - m*))`` with the model's
    ``S* = l l' v + diag(u)`` and ``m* = intercepts + l k``; it is brought down by
    Newton's method (analytic slope and second derivatives, the expected ones where the
    observed bend downwards), the step shortened after Marquardt (1963) where a full one
    leads uphill. Items are brought to one spread for the
    search, and the result back to their own.

    Parameters
    ----------
    groups : sequence of Moments
        One per group, the same items in each; covariances positive definite.
    """
    people = sum(group.n for group in groups)
    model = _standardize(groups, layout)
    free, converged = _search(model, _start(model))
    found = _measure(model, free)
    value = found.value
    parameters = model.spread_out(free)
    p = len(model.spread)
    proper = np.exp(parameters[:, p : 2 * p]) > _HEYWOOD * model.own
    df = len(groups) * p * (p + 3) // 2 - layout.size - _count_saturated(layout, p)
    base, base_df = _fit_baseline(groups)
    excess, base_excess = max(value - df, 0.0), max(base - base_df, 0.0)
    back = (model.lift * model.unit[:, None]).max(axis=(0, 1))
    covariance = np.linalg.pinv(found.expected / 2, hermitian=True) * np.outer(back, back)
    return FactorFit(
        parameters=parameters * model.unit + model.shift,
        covariance=np.asarray(covariance, dtype=np.float64),
        chi_square=value,
        df=df,
        p=float(chdtrc(df, value)) if df else float("nan"),
        cfi=1.0 if excess == 0 else 1 - excess / max(base_excess, excess),
        rmsea=float(np.sqrt(excess / (people * df) * len(groups))) if df else 0.0,
        n=people,
        converged=converged,
        proper=bool(proper.all()),
    )


def _count_saturated(layout: Layout, p: int) -> int:
    """Return how many means are fitted as they are, fixed intercepts that use up a mean."""
    return int((layout.places[:, 2 * p : 3 * p] < 0).sum())


def _standardize(groups: Sequence[Moments], layout: Layout) -> _Model:
    n = np.array([float(group.n) for group in groups])
    means = np.array([group.mean for group in groups])
    covariances = np.array([group.covariance for group in groups])
    centre = n @ means / n.sum()
    spread = np.sqrt(n @ np.diagonal(covariances, axis1=1, axis2=2) / n.sum())
    lift = (layout.places[:, :, None] == np.arange(layout.size)).astype(np.float64)
    model = _Model(
        n=n,
        mean=(means - centre) / spread,
        covariance=covariances / np.outer(spread, spread),
        log_det=np.linalg.slogdet(covariances / np.outer(spread, spread))[1],
        layout=layout,
        lift=lift,
        centre=centre,
        spread=spread,
    )
    fixed = (layout.fixed - model.shift) / model.unit
    return replace(model, layout=replace(layout, fixed=np.where(layout.places < 0, fixed, 0.0)))


def _start(model: _Model) -> Floats:
    """Return where the search begins: the first axis of the pooled correlations."""
    n, p = model.n, len(model.spread)
    values, vectors = np.linalg.eigh(np.tensordot(n / n.sum(), model.covariance, axes=1))
    first = vectors[:, -1] * np.sqrt(max(values[-1] - 0.5, 0.3))
    first = np.clip(first if first.sum() >= 0 else -first, -0.9, 0.9)
    start = np.zeros(model.layout.size)
    apart = model.layout.places[0, 2 * p] != model.layout.places[-1, 2 * p]
    for mean, places in zip(model.mean, model.layout.places, strict=True):
        own = mean if apart or len(n) == 1 else np.zeros(p)
        mine = np.concatenate([first, np.log(1 - first**2), own, np.zeros(2)])
        start[places[places >= 0]] = mine[places >= 0]
    return start


def _search(model: _Model, free: Floats) -> tuple[Floats, bool]:
    """Return the free parameters of least discrepancy, and whether they were found.

    Found when a further step promises to bring the discrepancy down by less than rounding.
    """
    people, p, damping = float(model.n.sum()), len(model.spread), 0.0
    now = _measure(model, free)
    for _ in range(_MOST_STEPS):
        bend = now.observed if _is_valley(now.observed) else now.expected
        held = (damping + _RIDGE) * (np.diag(bend) + np.trace(bend) / len(bend))
        step = -np.linalg.solve(bend + np.diag(held), now.slope)
        if damping < 1 and -float(now.slope @ step) < _FLAT * people:
            return free, True
        # Every parameter is of the order of 1: a longer step has left the bend behind.
        tried = free + step / max(1.0, float(np.abs(step).max()))
        after = _measure(model, tried)
        if after.value <= now.value + _ROUNDING * people:
            free, now = tried, after
            damping = damping / 10 if damping > _FIRST_DAMPING else 0.0
        else:
            damping = max(10 * damping, _FIRST_DAMPING)
        uniques = np.exp(model.spread_out(free)[:, p : 2 * p])
        if (uniques < _HEYWOOD / 100 * model.own).any():
            break  # a unique variance on its way to 0, where the search has no end
    return free, False


def _is_valley(bend: Floats) -> bool:
    """Say whether the discrepancy bends upwards every way."""
    try:
        np.linalg.cholesky(bend)
    except np.linalg.LinAlgError:
        return False
    return True


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Discrepancy:
    """The discrepancy times n, with its slope and its second derivatives by free parameters."""

    value: float
    slope: Floats
    observed: Floats
    expected: Floats


def _measure(model: _Model, free: Floats) -> _Discrepancy:
    own, p = model.spread_out(free), len(model.spread)
    load, unique, variance = own[:, :p], np.exp(own[:, p : 2 * p]), np.exp(own[:, -2])
    apart = model.mean - own[:, 2 * p : 3 * p] - load * own[:, -1:]
    inverse, log_det = _invert(load, unique, variance)
    moved = model.covariance + apart[:, :, None] * apart[:, None, :]
    values = log_det + (inverse * moved).sum(axis=(1, 2)) - p - model.log_det
    strain = inverse - inverse @ moved @ inverse
    pull = (inverse @ apart[:, :, None])[:, :, 0]
    turns, lifts = _differentiate(own, load, unique, variance)
    slopes = (turns * strain[:, None]).sum(axis=(2, 3)) - 2 * (lifts @ pull[:, :, None])[:, :, 0]
    # Groups by parameters by items squared: W dS, and dS W or dS (W - 2 A) beside it.
    groups, size = own.shape
    flat = (inverse[:, None] @ turns).reshape(groups, size, p * p)
    pressed = lifts @ inverse
    means = 2 * pressed @ lifts.transpose(0, 2, 1)
    expected = flat @ (turns @ inverse[:, None]).reshape(groups, size, -1).transpose(0, 2, 1)
    crossed = 2 * (turns @ pull[:, None, :, None])[:, :, :, 0] @ pressed.transpose(0, 2, 1)
    other = turns @ (inverse - 2 * strain)[:, None]
    observed = flat @ other.reshape(groups, size, -1).transpose(0, 2, 1)
    observed += crossed + crossed.transpose(0, 2, 1)
    observed += _bend_twice(turns, strain, pull, variance)
    lift, n = model.lift, model.n[:, None, None]
    lowered = lift.transpose(0, 2, 1)
    return _Discrepancy(
        value=float(model.n @ values),
        slope=(lowered @ (n * slopes[:, :, None])).sum(axis=(0, 2)),
        observed=(lowered @ (n * (observed + means)) @ lift).sum(axis=0),
        expected=(lowered @ (n * (expected + means)) @ lift).sum(axis=0),
    )


def _differentiate(
    own: Floats, load: Floats, unique: Floats, variance: Floats
) -> tuple[Floats, Floats]:
    """Return how each parameter turns the model's covariances and lifts its means."""
    (groups, p), size = load.shape, own.shape[1]
    at = np.arange(p)
    turns, lifts = np.zeros((groups, size, p, p)), np.zeros((groups, size, p))
    scaled = variance[:, None] * load
    turns[:, at, at, :] += scaled[:, None, :]
    turns[:, at, :, at] += scaled[None]
    turns[:, p + at, at, at] = unique
    turns[:, -2] = scaled[:, :, None] * load[:, None, :]
    lifts[:, at, at] = own[:, -1:]
    lifts[:, 2 * p + at, at] = 1.0
    lifts[:, -1] = load
    return turns, lifts


def _bend_twice(turns: Floats, strain: Floats, pull: Floats, variance: Floats) -> Floats:
    """Return what two parameters that turn or lift together add to the second derivatives."""
    groups, size, p, _ = turns.shape
    bend = np.zeros((groups, size, size))
    bend[:, :p, :p] = 2 * variance[:, None, None] * strain
    held = (turns * strain[:, None]).sum(axis=(2, 3))
    bend[:, np.arange(p, 2 * p), np.arange(p, 2 * p)] = held[:, p : 2 * p]
    bend[:, :p, -2] = bend[:, -2, :p] = held[:, :p]
    bend[:, -2, -2] = held[:, -2]
    bend[:, :p, -1] = bend[:, -1, :p] = -2 * pull
    return bend


def _invert(load: Floats, unique: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Return the inverse and the log determinant of each ``v l l' + diag(u)``."""
    scaled = load / unique
    inside = 1 + variance * (load * scaled).sum(axis=1)
    inverse = -(variance / inside)[:, None, None] * scaled[:, :, None] * scaled[:, None, :]
    places = np.arange(load.shape[1])
    inverse[:, places, places] += 1 / unique
    return inverse, np.log(unique).sum(axis=1) + np.log(inside)


def _fit_baseline(groups: Sequence[Moments]) -> tuple[float, int]:
    """Return chi-square and df of independent items with free means and variances."""
    p = len(groups[0].mean)
    chi_square = sum(
        group.n * (np.log(np.diag(group.covariance)).sum() - np.linalg.slogdet(group.covariance)[1])
        for group in groups
    )
    return float(chi_square), len(groups) * p * (p - 1) // 2
