"""Coefficients: what may be told of a score's quality over the district, number by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from climatekit.measure.quality_figures import QualityFigure
from climatekit.release.gate import PEOPLE_STEP, Gate, Shown, in_tens
from climatekit.release.ledger import Entry
from climatekit.release.released import Released
from climatekit.values import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One statistic of one score, as it may be told.

    Attributes
    ----------
    wave, since : str
        Its wave; of a comparison of two waves the earlier one as well.
    role : str
        Role group; empty for all staff.
    people : int, optional
        People that it rests on, rounded down to tens; None where it is withheld.
    schools : int, optional
        Schools that are shown and that it is a figure over.
    """

    wave: str
    since: str = ""
    role: str = ""
    score: str
    statistic: str
    item: str = ""
    shown: Shown
    people: int | None = None
    schools: int | None = None
    method: str = ""

    @property
    def subject(self) -> str:
        """Score, and item where it is of one."""
        return f"{self.score} {self.item}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Whose answers figures rest on, and how many are of schools that print the score."""

    wave: str
    since: str = ""
    role: str = ""
    score: str
    people: int
    schools: int


def release_coefficients(
    figures: Iterable[QualityFigure], gate: Gate, basis: Basis
) -> Iterator[Coefficient]:
    """Release the figures of one score: rule D16, each by the people whom it rests on.

    The count of people goes by the schools that are shown: a count of all, less these,
    would tell of the hidden.
    """
    for one in figures:
        value = one.value
        own = value.n if isinstance(value, Estimate) and value.n else basis.people
        people = min(own, basis.people)
        shown = gate.release_coefficient(
            value, people=people, schools=basis.schools, digits=one.digits
        )
        told = isinstance(shown, Released)
        yield Coefficient(
            wave=basis.wave,
            since=basis.since,
            role=basis.role,
            score=basis.score,
            statistic=one.statistic,
            item=one.item,
            shown=shown,
            people=in_tens(people) if told else None,
            schools=basis.schools if told else None,
            method=value.method if isinstance(value, Estimate) else "",
        )


def list_coefficient_entries(coefficients: Iterable[Coefficient]) -> Iterator[Entry]:
    """Yield the ledger's rows for the released coefficients: ends, people and schools too."""
    for one in coefficients:
        shown = one.shown
        if not isinstance(shown, Released) or one.people is None or one.schools is None:
            continue
        place = {"wave": one.wave, "since": one.since, "role": one.role, "subject": one.subject}
        half = 0.5 * 10.0 ** -len(shown.text.partition(".")[2])
        # A count is rounded down to tens, everything else to the nearest.
        under, over = (0, PEOPLE_STEP - 1) if shown.unit == "count" else (half, half)
        for side, value in (("", shown.value), ("_low", shown.low), ("_high", shown.high)):
            if value is not None:
                yield Entry(
                    statistic=one.statistic + side,
                    low=value - under,
                    high=value + over,
                    text=shown.text if shown.capped else f"{value:g}",
                    **place,
                )
        yield Entry(
            statistic=f"{one.statistic}_people",
            low=one.people,
            high=one.people + PEOPLE_STEP - 1,
            text=str(one.people),
            **place,
        )
        yield Entry(
            statistic=f"{one.statistic}_schools",
            low=one.schools,
            high=one.schools,
            text=str(one.schools),
            **place,
        )
