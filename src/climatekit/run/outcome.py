"""Outcome: how a run ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from climatekit.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended.

    Attributes
    ----------
    path : Path, optional
        The release folder that is now the latest; None where there is nothing to publish yet.
    problems : tuple of Problem
        Warnings, the missing PDF engine, schools without a brief.
    exit_code : {0, 1}
        1 when some brief or form is missing; the rest is published.
    idle : bool
        True when there was nothing to do, and nothing was written.
    schools, unchanged : int
        Briefs published, and those of them that were taken over.
    failed : mapping of str to str
        Id of each school without a brief to the code of its problem.
    """

    path: Path | None
    problems: tuple[Problem, ...]
    last_line: str
    exit_code: int
    idle: bool = False
    schools: int = 0
    unchanged: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
