"""Weighting: groups of people of whom some count more than others.

Thresholds never count weights. A weighted group counts as many people as would give the
heaviest of them the share that they have, so that no one weighs more in a figure than in the
plain mean of a group of that size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from climatekit.knowledge.scales import ScoreRule
from climatekit.measure.groups import Floats, Ints, describe
from climatekit.measure.scoring import Scores

_NEARLY = 1e-9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Described:
    """What is known of one score or item in each group.

    Attributes
    ----------
    n : ndarray of int
        People with a value.
    mean, sd : ndarray of float
        NaN where there are none, and under two.
    effective : ndarray of float
        Kish's effective number of people; `n` where nobody is weighted.
    counted : ndarray of int
        People that the thresholds count; `n` where nobody is weighted.
    """

    n: Ints
    mean: Floats
    sd: Floats
    effective: Floats
    counted: Ints


def find_weights(scores: Scores, rule: ScoreRule) -> Floats | None:
    """Return everybody's weight in a score; None where each counts once."""
    return scores.responses.weights if rule.weighted else None


def describe_groups(values: Floats, groups: Ints, count: int, weights: Floats | None) -> Described:
    """Count, average and spread the values of each group, with weights where there are any.

    With ``p = w / sum(w)``: mean ``sum(p x)``; variance ``sum(p (x - mean)^2) / (1 - sum(p^2))``,
    which is that with n - 1 below where all weights are equal; effective number of people
    ``1 / sum(p^2)`` (Kish 1965, section 11.7); the thresholds' people ``floor(1 / max(p))``.

    Parameters
    ----------
    values, weights : ndarray of float
        One per row; rows without a value (NaN) are left out.
    groups : ndarray of int
        Group number per row, 0 to `count` - 1.
    """
    n, mean, sd = describe(values, groups, count)
    if weights is None:
        return Described(n=n, mean=mean, sd=sd, effective=n.astype(np.float64), counted=n)
    there = ~np.isnan(values)
    values, groups, weights = values[there], groups[there], weights[there]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weights / np.bincount(groups, weights=weights, minlength=count)[groups]
        mean = np.where(n > 0, np.bincount(groups, weights=share * values, minlength=count), np.nan)
        apart = share * (values - mean[groups]) ** 2
        squares = np.bincount(groups, weights=share**2, minlength=count)
        spread = np.bincount(groups, weights=apart, minlength=count) / (1 - squares)
        heaviest = np.zeros(count)
        np.maximum.at(heaviest, groups, share)
        counted = np.where(n > 0, np.minimum(np.floor(1 / heaviest + _NEARLY), n), 0)
        return Described(
            n=n,
            mean=mean,
            # Equal answers have no spread, whatever rounding makes of their weighted mean.
            sd=np.where(sd > 0, np.sqrt(spread), sd),
            effective=np.where(n > 0, 1 / squares, 0.0),
            counted=counted.astype(np.intp),
        )
