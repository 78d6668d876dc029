"""Person: who answers the questions of a draft, and what there is to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from climatekit.errors import Problem
from climatekit.ingest.linking import Link
from climatekit.knowledge.scales import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownAnswer:
    """An answer that no answer set holds, and the one that it may mean."""

    response_set: str
    text: str
    export: str
    count: int
    low: int
    high: int
    labels: Mapping[int, str]
    closest: str | None
    code: int | None


class Person(Protocol):
    """Who confirms: somebody at a terminal, or flags."""

    def take_links(self, export: str, links: Sequence[Link]) -> Sequence[Link]:
        """Return those links that are right."""

    def name_scales(self, usual: Sequence[str]) -> tuple[str, ...]:
        """Return the ids of the scales that were asked, where no heading tells."""

    def choose_column(self, kind: str, export: str, headings: Sequence[str]) -> str | None:
        """Return the heading of the column that holds the `kind`, or None."""

    def begin_scale(self, export: str, scale: Scale, headings: Sequence[str]) -> str | None:
        """Return the heading of the column where a scale's items begin, or None."""

    def find_item(
        self, export: str, scale: Scale, item: str, headings: Sequence[str]
    ) -> str | None:
        """Return the heading of the column that holds one item of a scale, or None."""

    def leave_out(self, export: str, scale: Scale, items: Sequence[str]) -> bool:
        """Return whether these items of a scale were not asked."""

    def read_answers(self, unknown: Sequence[UnknownAnswer]) -> Mapping[tuple[str, str], int]:
        """Return response set and text to code, for those that are known now."""

    @property
    def problems(self) -> Sequence[Problem]:
        """Questions that nobody has answered."""
