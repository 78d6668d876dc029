"""Factor model: what is free in one factor over groups, the search for it, and its fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtr, chdtrc, chndtrinc

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
    """Mean and covariance (n below) of the people of one group."""

    mean: Floats
    covariance: Floats
    n: int


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
class Layout:
    """Which parameters of a group are free, and which groups share them.

    Attributes
    ----------
    places : ndarray of int, groups by parameters
        Place of each parameter among the free ones; -1 where it is fixed, at 0. The
        parameters of a group of p items: p loadings, p logarithms of unique variances, p
        intercepts, the logarithm of the factor's variance, the factor's mean.
    """

    places: Ints

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
        Of the free parameters, from the information.
    robust : ndarray of float, free by free, optional
        The same by the sandwich of Huber (1967) and White (1982), which does not rest on
        normal answers; None where people's own answers were not at hand.
    chi_square, df, p : float
        Likelihood ratio against the saturated model, N of all groups as multiplier.
    cfi, tli : float
        Bentler (1990), and Tucker and Lewis (1973), against independent items with free
        means; the latter may leave 0 to 1.
    rmsea, rmsea_low, rmsea_high : float
        Steiger (1990) with its 90% interval from the noncentral chi-square, times the root
        of the number of groups (Steiger 1998).
    srmr : float
        Root of the mean squared residual in correlations and means (Bentler 1995); over
        groups the mean weighted by people.
    n : int
        People over all groups.
    converged : bool
        Whether the search came to its end.
    proper : bool
        Whether every unique variance is clear of 0.
    """

    parameters: Floats
    covariance: Floats
    robust: Floats | None = None
    chi_square: float
    df: int
    p: float
    cfi: float
    tli: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    srmr: float
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


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Frame:
    """A layout for items that are brought to one spread.

    `centre` and `spread` are the items' pooled mean and standard deviation; `lift` is 1
    where a group's parameter is a free one, groups by parameters by free ones.
    """

    layout: Layout
    lift: Floats
    centre: Floats
    spread: Floats

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

    @property
    def back(self) -> Floats:
        """What one of each free parameter is in the items' own units."""
        back: Floats = (self.lift * self.unit[:, None]).max(axis=(0, 1))
        return back

    def spread_out(self, free: Floats) -> Floats:
        """Return the parameters of each group."""
        full: Floats = self.lift @ free
        return full


def frame_items(layout: Layout, centre: Floats, spread: Floats) -> Frame:
    """Return the frame in which items of that mean and spread have mean 0 and spread 1."""
    lift = (layout.places[:, :, None] == np.arange(layout.size)).astype(np.float64)
    return Frame(layout=layout, lift=lift, centre=centre, spread=spread)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Discrepancy:
    """Minus twice the log likelihood, up to a constant, with its derivatives by free parameters.

    `observed` are the second derivatives as they are; `expected` works out ones that always
    bend upwards.
    """

    value: float
    slope: Floats
    observed: Floats
    expected: Callable[[], Floats]


def start_search(frame: Frame, groups: Sequence[Moments]) -> Floats:
    """Return where the search begins: the first axis of the pooled correlations.

    `groups` are moments within the frame.
    """
    p, layout = len(frame.spread), frame.layout
    n = np.array([float(group.n) for group in groups])
    pooled = np.tensordot(n / n.sum(), np.array([one.covariance for one in groups]), axes=1)
    values, vectors = np.linalg.eigh(pooled)
    first = vectors[:, -1] * np.sqrt(max(values[-1] - 0.5, 0.3))
    first = np.clip(first if first.sum() >= 0 else -first, -0.9, 0.9)
    start = np.zeros(layout.size)
    shared = len(n) > 1 and layout.places[0, 2 * p] == layout.places[-1, 2 * p]
    for group, places in zip(groups, layout.places, strict=True):
        own = np.zeros(p) if shared else group.mean
        mine = np.concatenate([first, np.log(1 - first**2), own, np.zeros(2)])
        start[places[places >= 0]] = mine[places >= 0]
    return start


def search(
    measure: Callable[[Floats], Discrepancy], free: Floats, frame: Frame, people: float
) -> tuple[Floats, bool]:
    """Return the free parameters of least discrepancy, and whether they were found.

    Newton's method, with the expected second derivatives where the observed bend downwards,
    and the step shortened after Marquardt (1963) where a full one leads uphill. Found when a
    further step promises to bring the discrepancy down by less than rounding.
    """
    p, damping = len(frame.spread), 0.0
    now = measure(free)
    for _ in range(_MOST_STEPS):
        bend = now.observed if _is_valley(now.observed) else now.expected()
        held = (damping + _RIDGE) * (np.diag(bend) + np.trace(bend) / len(bend))
        step = -np.linalg.solve(bend + np.diag(held), now.slope)
        if damping < 1 and -float(now.slope @ step) < _FLAT * people:
            return free, True
        # Every parameter is of the order of 1: a longer step has left the bend behind.
        tried = free + step / max(1.0, float(np.abs(step).max()))
        after = measure(tried)
        if after.value <= now.value + _ROUNDING * people:
            free, now = tried, after
            damping = damping / 10 if damping > _FIRST_DAMPING else 0.0
        else:
            damping = max(10 * damping, _FIRST_DAMPING)
        if (np.exp(frame.spread_out(free)[:, p : 2 * p]) < _HEYWOOD / 100).any():
            break  # a unique variance on its way to 0, where the search has no end
    return free, False


def judge_fit(
    frame: Frame,
    free: Floats,
    groups: Sequence[Moments],
    chi_squares: tuple[float, float],
    *,
    converged: bool,
) -> FactorFit:
    """Return the fit of what a search found, without the covariance of the parameters.

    Parameters
    ----------
    groups : sequence of Moments
        Of the saturated model, in the frame.
    chi_squares : tuple of float
        Of the model, and of independent items with free means and variances.
    """
    chi_square, base = chi_squares
    parameters = frame.spread_out(free)
    p, people = len(frame.spread), sum(group.n for group in groups)
    own = np.array([np.diag(group.covariance) for group in groups])
    df = len(groups) * p * (p + 3) // 2 - frame.layout.size
    base_df = len(groups) * p * (p - 1) // 2
    excess, base_excess = max(chi_square - df, 0.0), max(base - base_df, 0.0)
    # The 95th and the 5th centile of a noncentral chi-square that the found one could be.
    ends = [
        float(chndtrinc(chi_square, df, level)) if df and chdtr(df, chi_square) > level else 0.0
        for level in (0.95, 0.05)
    ]
    rmsea, low, high = (
        float(np.sqrt(part / (people * df) * len(groups))) if df else 0.0
        for part in (excess, *ends)
    )
    return FactorFit(
        parameters=parameters * frame.unit + frame.shift,
        covariance=np.full((len(free), len(free)), np.nan),
        chi_square=chi_square,
        df=df,
        p=float(chdtrc(df, chi_square)) if df else float("nan"),
        cfi=1.0 if excess == 0 else 1 - excess / max(base_excess, excess),
        tli=1 - (chi_square - df) * base_df / ((base - base_df) * df) if df else 1.0,
        rmsea=rmsea,
        rmsea_low=low,
        rmsea_high=high,
        srmr=_find_srmr(frame, parameters, groups),
        n=people,
        converged=converged,
        proper=bool((np.exp(parameters[:, p : 2 * p]) > _HEYWOOD * own).all()),
    )


def _is_valley(bend: Floats) -> bool:
    """Say whether the discrepancy bends upwards every way."""
    try:
        np.linalg.cholesky(bend)
    except np.linalg.LinAlgError:
        return False
    return True


def _find_srmr(frame: Frame, parameters: Floats, groups: Sequence[Moments]) -> float:
    p, people = len(frame.spread), sum(group.n for group in groups)
    total = 0.0
    for own, group in zip(parameters, groups, strict=True):
        load, unique = own[:p], np.exp(own[p : 2 * p])
        spread = np.sqrt(np.diag(group.covariance))
        missed = group.covariance - np.exp(own[-2]) * np.outer(load, load) - np.diag(unique)
        residuals = (missed / np.outer(spread, spread))[np.tril_indices(p)]
        means = (group.mean - own[2 * p : 3 * p] - load * own[-1]) / spread
        every = np.concatenate([residuals, means])
        total += group.n / people * float(np.sqrt(np.mean(every**2)))
    return total
