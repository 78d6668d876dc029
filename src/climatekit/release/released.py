"""Released: the only kind of number that a template, table, chart or file is given."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Literal, TypeVar

from climatekit.values import Estimate, Withheld

Unit = Literal["points", "native", "percent", "people", "coefficient", "count"]

T = TypeVar("T")


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


def require_released(page: T) -> T:
    """Rule D18: return a page as it is, if every number in it passed the gate.

    A page is made of texts, of whole numbers that lay it out, and of `Released`; an
    estimate, a frame, or any number with a fraction has no way into a template.

    Raises
    ------
    TypeError
        Naming the field, never its content.
    """
    _check_part(page, type(page).__name__)
    return page


def _check_part(part: object, place: str) -> None:
    if part is None or isinstance(part, str | int | Released | Withheld):
        return
    if isinstance(part, tuple):
        for one in part:
            _check_part(one, place)
    elif is_dataclass(part) and not isinstance(part, Estimate | type):
        for field in fields(part):
            _check_part(getattr(part, field.name), f"{place}.{field.name}")
    else:
        raise TypeError(f"{place}: {type(part).__name__} is no released value")
