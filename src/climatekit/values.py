"""Values: one number with what it rests on, or why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

RESPONSE_FLOOR = 40  # percent of the eligible staff who answer; below it nothing is compared
_BINARY_DUST = 9  # decimals: 23 of 40 people are 57.5%, not 57.49999999999999


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number with its interval and its base.

    Attributes
    ----------
    value, low, high : float
        The number and the ends of its interval, in the unit its maker states;
        `low` and `high` are None where no interval exists.
    n : int
        How many people (or rows, as `method` says) it rests on.
    confidence : float
        Confidence of the interval, 0 to 1.
    method : str
        Name of the method, with author and year where there is one.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n: int = 0
    confidence: float = 0.95
    method: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why there is no number.

    It carries no count: the size of a hidden group is hidden as well.

    Attributes
    ----------
    rule : str
        Stable name of the rule, e.g. ``"min-n"``; the words for it are in the
        messages of the report templates under ``withheld.<rule>``.
    reason : str
        The reason in plain English, for tables and logs.
    """

    rule: str
    reason: str


def round_half_up(value: float, digits: int = 0) -> float:
    """Round to `digits` decimals as by hand: a half goes up, whatever binary fractions make of it.

    Examples
    --------
    >>> round_half_up(100 * (23 / 40)), round_half_up(4.05, 1), round_half_up(-2.5)
    (58.0, 4.1, -2.0)
    """
    unit = 10.0**digits
    return math.floor(round(value * unit, _BINARY_DUST) + 0.5) / unit
