"""Factor analysis: one factor behind a score, and the omega that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from climatekit.measure.covariances import drop_constant
from climatekit.measure.factor_answers import fit_answers, refuse_answers
from climatekit.measure.factor_model import FactorFit, Layout, find_moments, is_definite
from climatekit.measure.groups import Flags, Floats
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
    if not is_definite(find_moments(whole)):
        return Withheld("not-estimable", "an item repeats others, so no factor can be fitted")
    (fit,) = fit_answers([whole], [_lay_out_alone(k)])
    return _conclude(replace(fit, covariance=_expect_covariance(fit), robust=None), stay)


def find_full_omega(matrix: Floats) -> OneFactor | Withheld:
    """Fit one factor to every answer and return McDonald's omega, as `find_omega` does.

    By full-information maximum likelihood (`fit_answers`): people who skipped items count with
    those they answered, so that answers may be missing by what other answers tell. The
    interval is the delta method's from the sandwich of Huber (1967) and White (1982), which
    does not take graded answers for normal ones: approximate all the same.

    Parameters
    ----------
    matrix : ndarray of float, people by items
        Keyed answers, NaN where not answered.

    Returns
    -------
    OneFactor or Withheld
        Over the people who answered any item that varies. ``not-estimable`` as `find_omega`,
        where two items share under ten answers, and where people skipped items in so many
        ways that the model to compare with is out of reach.
    """
    kept, stay = drop_constant(matrix)
    k = kept.shape[1]
    if k < LEAST_ITEMS:
        return Withheld("not-estimable", "one factor needs three items that vary")
    there = (~np.isnan(kept)).sum(axis=1)
    if int((there > 1).sum()) < 4 * k:
        return Withheld("not-estimable", "too few people answered two items for a factor")
    barred = refuse_answers(kept)
    if barred is not None:
        return barred
    (fit,) = fit_answers([kept[there > 0]], [_lay_out_alone(k)])
    return _conclude(fit, stay)


def _conclude(fit: FactorFit, stay: Flags) -> OneFactor | Withheld:
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
    spread = fit.covariance if fit.robust is None else fit.robust
    own_spread = spread[: len(slope), : len(slope)]
    error = float(np.sqrt(slope @ own_spread @ slope))
    value, margin = shared**2 / whole, float(ndtri(0.975)) * error
    return Estimate(
        value=value,
        low=value - margin,
        high=value + margin,
        n=fit.n,
        method="omega, one factor by full-information maximum likelihood, robust delta method"
        if fit.robust is not None
        else "omega, one factor by maximum likelihood, delta method",
    )


def _expect_covariance(fit: FactorFit) -> Floats:
    """Return the covariance of loadings and logarithms of uniques by the expected information.

    ``n / 2 tr(W dS W dS)``, W the inverse of the model's ``S = l l' + diag(u)``, which holds
    where nobody skipped an item.
    """
    load, unique = fit.loadings(), fit.uniques()
    k, at = len(load), np.arange(len(load))
    turns = np.zeros((2 * k, k, k))
    turns[at, at, :] += load
    turns[at, :, at] += load
    turns[k + at, at, at] = unique
    pressed = np.linalg.inv(np.outer(load, load) + np.diag(unique)) @ turns
    information = fit.n / 2 * np.einsum("aij,bji->ab", pressed, pressed)
    return np.linalg.inv(information)


def _lay_out_alone(k: int) -> Layout:
    """Return the layout of one group whose factor has mean 0 and variance 1."""
    places = np.full((1, 3 * k + 2), -1, dtype=np.intp)
    places[0, : 3 * k] = np.arange(3 * k)
    return Layout(places=places)
