"""Values: one number with what it rests on, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass


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
