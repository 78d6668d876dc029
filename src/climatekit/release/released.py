"""Released: the only kind of number that a template, table, chart or file is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["points", "native", "percent", "people", "coefficient", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """One number that passed the gate, already rounded.

    Attributes
    ----------
    value : float
        The rounded number; for a capped one, the cap itself.
    text : str
        The number as printed in English, e.g. ``"76"`` or ``"95 or more"``.
    unit : str
        points (0 to 100), native (scale points), percent, people or coefficient.
    low, high : float or None
        Ends of the interval, rounded the same way.
    capped : {"", "low", "high"}
        Whether the true number lies at or beyond the cap.
    """

    value: float
    text: str
    unit: Unit
    low: float | None = None
    high: float | None = None
    capped: Literal["", "low", "high"] = ""
