"""Factor analysis: one factor behind a score, and the omega that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from climatekit.measure.covariances import drop_constant
from climatekit.measure.factor_fit import (
    FactorFit,
    Layout,
    find_moments,
    fit_one_factor,
    is_definite,
)
from climatekit.measure.groups import Floats
from climatekit.values import Estimate, Withheld

LEAST_ITEMS = 3


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OneFactor:
    """One factor fitted to the items of a score, and how well it fits.

    Attributes
    ----------
    omega : Estimate
        McDonald's omega with the delta method's 95% interval.
    loadings, uniques : ndarray of float, one per item
        For a factor of variance 1, in the unit of the answers; NaN for a constant item.
    fit : FactorFit
        Chi-square, df, CFI and RMSEA among others.
    """

    omega: Estimate
    loadings: Floats
    uniques: Floats
    fit: FactorFit


def find_omega(matrix: Floats) -> OneFactor | Withheld:
    """Fit one factor by maximum likelihood and return McDonald's omega.

    ``omega = (sum l)^2 / ((sum l)^2 + sum u)`` of loadings l and unique variances u
    (McDonald 1999), over the people who answered every item that varies. Its interval is
    the value plus and minus 1.96 standard errors by the delta method from the expected
    information (Raykov 2002): approximate.

    Parameters
    ----------
    matrix : ndarray of float, people by items
        Keyed answers, NaN where not answered.

    Returns
    -------
    OneFactor or Withheld
        ``not-estimable`` with under three items that vary, with fewer people than twice
        the parameters, where an item repeats others, where a unique variance falls to 0
        (a Heywood case), or where the search does not end.
    """
    kept, stay = drop_constant(matrix)
    k = kept.shape[1]
    if k < LEAST_ITEMS:
        return Withheld("not-estimable", "one factor needs three items that vary")
    whole = kept[~np.isnan(kept).any(axis=1)]
    if len(whole) < 4 * k:
        return Withheld("not-estimable", "too few people answered every item for a factor")
    moments = find_moments(whole)
    if not is_definite(moments):
        return Withheld("not-estimable", "an item repeats others, so no factor can be fitted")
    fit = fit_one_factor([moments], _lay_out_alone(moments.mean))
    if not fit.converged:
        return Withheld("not-estimable", "the search for a factor did not end")
    if not fit.proper:
        return Withheld(
            "not-estimable", "one item alone takes up the factor (its unique variance is 0)"
        )
    loadings, uniques = np.full(len(stay), np.nan), np.full(len(stay), np.nan)
    loadings[stay], uniques[stay] = fit.loadings(), fit.uniques()
    return OneFactor(omega=_work_omega(fit), loadings=loadings, uniques=uniques, fit=fit)


def _work_omega(fit: FactorFit) -> Estimate:
    unique = fit.uniques()
    shared, own = float(fit.loadings().sum()), float(unique.sum())
    whole = shared**2 + own
    # Second half: by the logarithm of each unique variance.
    slope = np.concatenate([np.full(len(unique), 2 * shared * own), -(shared**2) * unique]) / (
        whole**2
    )
    error = float(np.sqrt(slope @ fit.covariance @ slope))
    value, margin = shared**2 / whole, float(ndtri(0.975)) * error
    return Estimate(
        value=value,
        low=value - margin,
        high=value + margin,
        n=fit.n,
        method="omega, one factor by maximum likelihood, delta method",
    )


def _lay_out_alone(mean: Floats) -> Layout:
    """Return the layout of one group: variance 1, and the means as they are."""
    k = len(mean)
    places = np.full((1, 3 * k + 2), -1, dtype=np.intp)
    places[0, : 2 * k] = np.arange(2 * k)
    fixed = np.zeros((1, 3 * k + 2))
    fixed[0, 2 * k : 3 * k] = mean
    return Layout(places=places, fixed=fixed)
