"""Normal pairs: probabilities of two correlated normal variables, for arrays of them."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, owens_t

from climatekit.measure.groups import Floats

# Stands in for 0 and what is nearer to it, where the formula's slopes have no sign.
_TINY = 1e-300


def find_density(x: Floats) -> Floats:
    """Return the density of the standard normal distribution, 0 at infinity."""
    density: Floats = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return density


def find_joint_density(x: Floats, y: Floats, r: Floats) -> Floats:
    """Return the density at x and y of two standard normal variables of correlation r."""
    rest = 1 - r**2
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(finite, x, 0.0), np.where(finite, y, 0.0)
    power = -(x**2 - 2 * r * x * y + y**2) / (2 * rest)
    density: Floats = np.where(finite, np.exp(power) / (2 * np.pi * np.sqrt(rest)), 0.0)
    return density


def find_joint_chance(x: Floats, y: Floats, r: Floats) -> Floats:
    """Return the chance that two standard normal variables of correlation r lie under x, y.

    By Owen's T function (Owen 1956, Annals of Mathematical Statistics 27, 1075-1090):
    ``(F(x) + F(y)) / 2 - T(x, a) - T(y, b)``, less a half where x and y differ in sign,
    with ``a = (y - r x) / (x sqrt(1 - r^2))`` and b likewise. Infinite x and y are
    allowed, and a correlation of 1.

    Parameters
    ----------
    x, y, r : ndarray of float
        Of shapes that go together; r from above -1 to 1.
    """
    x, y, r = np.broadcast_arrays(x, y, r)
    finite = np.isfinite(x) & np.isfinite(y) & (r < 1)
    h = np.where(finite, _hold_off(x), 1.0)
    k = np.where(finite, _hold_off(y), 1.0)
    s = np.where(finite, r, 0.0)
    with np.errstate(over="ignore"):
        # Dividing twice, since the product of a tiny value and the root would vanish.
        first = (k - s * h) / np.sqrt(1 - s**2) / h
        second = (h - s * k) / np.sqrt(1 - s**2) / k
    inside = (ndtr(h) + ndtr(k)) / 2 - owens_t(h, first) - owens_t(k, second)
    inside = inside - np.where(np.signbit(h) != np.signbit(k), 0.5, 0.0)
    # At infinity, and at a correlation of 1, only the smaller of the two still binds.
    chance: Floats = np.where(finite, inside, np.minimum(ndtr(x), ndtr(y)))
    return chance


def _hold_off(x: Floats) -> Floats:
    """Keep clear of 0, on the side on which x lies."""
    held: Floats = np.where(np.abs(x) < _TINY, np.copysign(_TINY, x), x)
    return held
