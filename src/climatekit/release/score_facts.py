"""Score facts: what the gate needs to know of a score, from its scale's file."""

from __future__ import annotations

from dataclasses import dataclass

from climatekit.measure.scoring import FULL

_NO_STEP = 25.0  # of a score without items of its own

Shares = tuple[tuple[str, float], ...]
"""Item, or score that a score is made of, with its share of the mean; signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFacts:
    """What the gate needs to know of a score.

    Its items, native range and answer options; the fewest people (`least`) and the
    smallest share of staff (`least_rate`) that the scale asks for; whether it may be
    `told` of a school at all; whether it was `imported`, computed by somebody else; the
    `shares` that items, or other scores, have in its mean.
    """

    score: str
    items: int
    low: float
    high: float
    options: int
    least: int = 1
    least_rate: float = 0.0
    told: bool = True
    imported: bool = False
    shares: Shares = ()

    @property
    def step(self) -> float:
        """Points of 0 to 100 between two neighbouring answers."""
        return FULL / (self.options - 1) if self.options > 1 else _NO_STEP
