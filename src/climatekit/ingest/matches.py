"""Matches: what was found out about the columns of one export."""

from __future__ import annotations

from dataclasses import dataclass, field

from climatekit.errors import Problem
from climatekit.ingest.codebook import CodebookRow
from climatekit.ingest.decisions import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One item and the column that holds it.

    Attributes
    ----------
    item : str
        Item id.
    column : int
        Column index, from 0.
    heading, wording : str
        As the export has them; `wording` is empty where it holds none.
    how : str
        By what the column was matched.
    flags : frozenset of str
        Of the codebook, such as ``already_reversed`` and ``edited``.
    """

    item: str
    column: int
    heading: str
    wording: str
    how: str
    flags: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Columns:
    """How the columns of one export were matched, and what is wrong with that.

    Attributes
    ----------
    special : dict of str to int
        ``school``, ``role``, ``respondent``, ``link`` and ``weight`` to column index,
        where found.
    not_asked : frozenset of str
        Items that the codebook says were not asked in this wave.
    unused_rows : list of CodebookRow
        Rows of the codebook that fit no column here.
    """

    matches: list[Match] = field(default_factory=list)
    special: dict[str, int] = field(default_factory=dict)
    not_asked: frozenset[str] = frozenset()
    ignored: list[int] = field(default_factory=list)
    unused_rows: list[CodebookRow] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
