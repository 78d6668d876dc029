"""District page: everything that the district's page prints, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from climatekit.report.brief import Panel, RoleRow, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """How many schools are at one data-use level; `share` is percent of the rated ones."""

    level: int
    title: str
    text: str
    evidenced: int
    possible: int
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockerRow:
    """One indicator that keeps schools from their next level."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSchool:
    """One school in the order of its best guess; `name` as the roster has it.

    `shrunk` is the change pulled toward the district's, whole points; `listed` says that
    it is on the screening list.
    """

    school: str
    name: str
    difference: Shown
    shrunk: int
    listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledChange:
    """The schools' changes of one score, pooled, and the schools worth a look first."""

    score: str
    title: str
    sentence: str
    spread: str
    schools: tuple[ListedSchool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolCell:
    """One lead score of one school: the latest wave, over the waves, and the verdict."""

    score: str
    shown: Shown
    history: tuple[Shown, ...]
    verdict: str
    symbol: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRow:
    """One school of the table.

    Attributes
    ----------
    file : str
        File name of its brief without ending, in the page's own folder; empty where there
        is none.
    level : str
        Data-use level in words, such as ``3`` or ``2 to 4``.
    sort_level : int
        For sorting; 0 where it is not rated.
    """

    school: str
    name: str
    file: str
    answered: Shown
    cells: tuple[SchoolCell, ...]
    level: str
    sort_level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRoles:
    """One group of staff of one school; `name` is the school's."""

    school: str
    name: str
    row: RoleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictPage:
    """One district's page for one wave, as printed.

    `roles` are the groups of staff that can be shown; None where none are asked for.
    """

    schema: str
    language: str
    district: str
    wave_label: str
    previous_label: str
    created: str
    headline: str
    subline: str
    levels: tuple[LevelCount, ...]
    level_sentence: str
    blockers: tuple[BlockerRow, ...]
    panels: tuple[Panel, ...]
    changes: tuple[PooledChange, ...]
    schools: tuple[SchoolRow, ...]
    notes: tuple[str, ...]
    footer: str
    roles: tuple[SchoolRoles, ...] | None = None
