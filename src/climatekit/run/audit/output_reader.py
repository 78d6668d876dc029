"""Output reader: what a release tells of itself, from its files and nothing but the files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from climatekit.errors import InputError, Problem
from climatekit.knowledge.scales import Scale, list_imported, load_scales
from climatekit.knowledge.settings import NO_GROUP
from climatekit.release.ledger import COLUMNS, Entry, read_entries
from climatekit.release.readout import Readout, describe_makeups, describe_shapes, list_weighted
from climatekit.release.relations import Group
from climatekit.release.rules import REASONS
from climatekit.run.files.spreadsheet import unguard_rows

LEDGER = "ledger.csv"
_TABLES = ("scores", "changes", "items", "reliability", "reliability_detail", "data_use")

Files = Mapping[str, bytes | Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the files of one release say.

    Attributes
    ----------
    release : str
        First 8 digits of its run key.
    settings : mapping
        As its manifest has them.
    ledger : tuple of Entry
        The rows of its ledger, those of earlier releases as well.
    readout : Readout
        All of it, as an attacker holds it.
    retest : float
        Assumed re-test reliability in the printed intervals.
    labels : mapping of str to str
        Wave id to its label.
    tables : Tables
    read : tuple of Entry
        One per number that stands in a table, brief or page, where those were read.
    """

    release: str
    settings: Mapping[str, Any]
    ledger: tuple[Entry, ...]
    readout: Readout
    retest: float
    labels: Mapping[str, str]
    tables: Tables
    read: tuple[Entry, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether scales or templates of the district's own stand between ledger and pages."""
        return bool(self.settings.get("scale_folder") or self.settings["look"]["templates"])


class Tables(Mapping[str, list[dict[str, str]]]):
    """The rows of each CSV file of a release by its name without ending, read when asked for."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._known: dict[str, list[dict[str, str]]] = {}

    def __getitem__(self, name: str) -> list[dict[str, str]]:
        if name not in _TABLES:
            raise KeyError(name)
        if name not in self._known:
            self._known[name] = read_table(self._files, f"{name}.csv")
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_TABLES)

    def __len__(self) -> int:
        return len(_TABLES)


def read_folder(release: Path) -> dict[str, bytes | Path]:
    """Return every file of a release folder by its name.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if not release.is_dir():
        raise InputError(
            Problem(
                code="CK513",
                message="the folder is not there",
                file=str(release),
                mend="name a release folder, such as briefs/release-1-0a1b2c3d",
            )
        )
    return {path.relative_to(release).as_posix(): path for path in sorted(release.rglob("*.*"))}


def read_told(
    files: Files,
    scales: Iterable[Scale] | None = None,
    ledger: tuple[Entry, ...] | None = None,
) -> Output:
    """Return what a release tells of itself: its ledger, its tables, whom it hides.

    The numbers in its files are not read again, and `read` is empty.

    Parameters
    ----------
    files : mapping of str to (bytes or Path)
        Name inside the release to content, or to where it lies.
    scales : iterable of Scale, optional
        The scales that were asked; else those of the manifest that climatekit ships.
    ledger : tuple of Entry, optional
        What the ledger's file was written from; else it is read.
    """
    manifest = json.loads(read_text(files["manifest.json"]))
    settings = manifest["settings"]
    ledger = _read_ledger(files) if ledger is None else ledger
    tables = Tables(files)
    known = tuple(scales if scales is not None else _load_known(settings))
    return Output(
        release=str(manifest["run_key"])[:8],
        settings=settings,
        ledger=ledger,
        readout=Readout(
            entries=ledger,
            hidden=frozenset(_list_hidden(tables["scores"], manifest)),
            unsaid=frozenset(_list_unsaid(tables["scores"])),
            min_n=int(settings["disclosure"]["min_n"]),
            lowest=manifest.get("lowest_min_n", {}),
            shapes=describe_shapes(known),
            makeups=describe_makeups(known),
            weighted=list_weighted(known),
            given=list_imported(known),
            unlinked=_list_unlinked(tables["changes"], settings),
        ),
        retest=float(settings["comparison"]["retest_reliability"]),
        labels={wave["id"]: wave["label"] for wave in settings["waves"]},
        tables=tables,
    )


def _load_known(settings: Mapping[str, Any]) -> Iterator[Scale]:
    if not settings.get("scale_folder"):
        yield from load_scales(settings["scales"])


def read_raw(content: bytes | Path) -> bytes:
    """Return a file's bytes."""
    return content.read_bytes() if isinstance(content, Path) else content


def read_text(content: bytes | Path) -> str:
    """Return a file's text."""
    return read_raw(content).decode("utf-8-sig")


def read_table(files: Files, name: str) -> list[dict[str, str]]:
    """Return the rows of one CSV file of a release; none where there is no such file."""
    heading, rows = _read_rows(files, name)
    return [dict(zip(heading, row, strict=False)) for row in rows]


def read_column(files: Files, name: str, column: str) -> set[str]:
    """Return what stands in a column of one CSV file of a release."""
    heading, *rows = _split_rows(files, name) or [[]]
    if column not in heading:
        return set()
    place = heading.index(column)
    cells = {row[place] for row in rows if len(row) > place}
    return {cell for row in unguard_rows([[*cells]]) for cell in row}


def _read_rows(files: Files, name: str) -> tuple[list[str], list[list[str]]]:
    """Return the columns of a table, and its rows, each as long as those."""
    heading, *rows = _split_rows(files, name) or [[]]
    width = len(heading)
    # A school may be called -rf or =1+1: its name is guarded in each table.
    whole = [
        row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows if row
    ]
    return heading, unguard_rows(whole)


def _split_rows(files: Files, name: str) -> list[list[str]]:
    if name not in files:
        return []
    return [*csv.reader(io.StringIO(read_text(files[name]), newline=""))]


def _read_ledger(files: Files) -> tuple[Entry, ...]:
    heading, rows = _read_rows(files, LEDGER)
    return tuple(read_entries(heading or COLUMNS, rows))


def _list_hidden(rows: Sequence[Mapping[str, str]], manifest: Mapping[str, Any]) -> Iterator[Group]:
    """Yield the groups that are named and of which nothing is told.

    Where the role groups leave people out, others may be hidden beside a role group that is.
    An only one that leaves nobody out is its school again, and no group of its own.
    """
    ungrouped = manifest.get("ungrouped")
    whole = not ungrouped and len({row["role"] for row in rows if row.get("role")}) == 1
    for row in rows:
        role = row.get("role", "")
        if (
            not row["answered"]
            and row["withheld"] not in {REASONS["no-answers"], REASONS["not-asked"]}
            and not (role and whole)
        ):
            yield Group(row["wave"], row["school"], role)
            if role and ungrouped:
                yield Group(row["wave"], row["school"], NO_GROUP)


def _list_unsaid(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[Group, str]]:
    """Yield the scores that are not shown, to protect people, of groups that are."""
    for row in rows:
        if row["answered"] and row["withheld"] == REASONS["protected"]:
            yield Group(row["wave"], row["school"], row.get("role", "")), row["score"]


def _list_unlinked(
    rows: Iterable[Mapping[str, str]], settings: Mapping[str, Any]
) -> frozenset[tuple[str, str, str, str]] | None:
    """Return the changes that rest on nobody's link; None where no link was asked for."""
    if not settings.get("columns", {}).get("link"):
        return None
    return frozenset(
        (row["before"], row["after"], row["school"], row["score"])
        for row in rows
        if "linked" not in row["tags"].split()
    )
