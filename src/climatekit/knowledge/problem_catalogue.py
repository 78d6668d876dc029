"""Problem catalogue: what each problem code means and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, RootModel, StringConstraints

from climatekit.knowledge.definitions import Table, read_definition

_FILE = Path(__file__).with_name("problems.toml")

_Code = Annotated[str, StringConstraints(pattern=r"^CK\d{3}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One problem: its code, a short title, its usual cause, and the mend."""

    code: str
    title: str
    cause: str
    mend: str


class _EntryTable(Table):
    title: str = Field(min_length=1, max_length=80)
    cause: str = Field(min_length=1)
    mend: str = Field(min_length=1)


_CatalogueFile = RootModel[dict[_Code, _EntryTable]]


def load_problem_catalogue() -> Mapping[str, CatalogueEntry]:
    """Return every problem that climatekit can raise, by its code, in order of codes.

    Raises
    ------
    DefinitionError
        When the shipped catalogue is faulty.
    """
    tables = read_definition(_FILE, _CatalogueFile).root
    return {
        code: CatalogueEntry(
            code=code, title=table.title, cause=table.cause.strip(), mend=table.mend.strip()
        )
        for code, table in sorted(tables.items())
    }
