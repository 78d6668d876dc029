"""Findings: what is on file for one indicator, as an interval of levels and a status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from climatekit.knowledge.rubric import IndicatorId

LOWEST, HIGHEST = 1, 4

Status = Literal[
    "evidenced", "partly_evidenced", "not_evidenced", "not_done", "not_yet_due", "not_applicable"
]
Fact = str | int | date


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is on file for one indicator.

    Attributes
    ----------
    low, high : int
        Levels 1 to 4: what the records show, blanks read as the worst case and as the
        best. Of no meaning where the indicator does not count.
    reason : str
        Which sentence tells it, ``indicator.<indicator>.<reason>`` in the messages.
    waves : tuple of str
        Ids of the waves that it is about.
    sources : tuple of str
        What it rests on: ``answers``, ``roster``, or ``log:<line>``.
    missing : tuple of str
        What would settle it, ``missing.<name>`` in the messages.
    due : date, optional
        Last day for the event that the indicator asks for.
    facts : mapping of str to str, int or date
        For the sentences; a text is an id (wave label, construct), never free text.
    """

    indicator: IndicatorId
    low: int
    high: int
    status: Status
    reason: str
    waves: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    due: date | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether the indicator is applicable and due, so that it enters the level."""
        return self.status not in ("not_yet_due", "not_applicable")

    @property
    def has_evidence(self) -> bool:
        """Whether a record says something, be it that nothing was done."""
        return self.status in ("evidenced", "partly_evidenced", "not_done")


def make_finding(
    indicator: IndicatorId,
    levels: tuple[int, int],
    reason: str,
    *,
    waves: Sequence[str] = (),
    sources: Sequence[str] = (),
    missing: Sequence[str] = (),
    due: date | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> Finding:
    """Return a finding that rests on records: evidenced where both levels agree."""
    low, high = levels
    return Finding(
        indicator=indicator,
        low=low,
        high=high,
        status="evidenced" if low == high else "partly_evidenced",
        reason=reason,
        waves=tuple(waves),
        sources=tuple(sources),
        missing=tuple(missing) if low < high else (),
        due=due,
        facts=facts or {},
    )


def make_open_finding(
    indicator: IndicatorId,
    status: Literal["not_evidenced", "not_yet_due", "not_applicable"],
    reason: str,
    *,
    waves: Sequence[str] = (),
    missing: Sequence[str] = (),
    due: date | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> Finding:
    """Return a finding without a record: any level is possible, level 1 is shown."""
    return Finding(
        indicator=indicator,
        low=LOWEST,
        high=HIGHEST,
        status=status,
        reason=reason,
        waves=tuple(waves),
        missing=tuple(missing),
        due=due,
        facts=facts or {},
    )


def make_denial(
    indicator: IndicatorId,
    reason: str,
    *,
    waves: Sequence[str] = (),
    sources: Sequence[str] = (),
    due: date | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> Finding:
    """Return the finding that a person recorded that something did not happen."""
    return Finding(
        indicator=indicator,
        low=LOWEST,
        high=LOWEST,
        status="not_done",
        reason=reason,
        waves=tuple(waves),
        sources=tuple(sources),
        due=due,
        facts=facts or {},
    )
