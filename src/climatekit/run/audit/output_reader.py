"""Output reader: what a stranger takes from the files of a release, and nothing but the files.

Every printed number becomes an entry like those of the ledger, worked out again from the
text as it stands: from the tables, the workbook, the briefs and the district's page.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from climatekit.errors import InputError, Problem
from climatekit.knowledge.scales import Scale, load_scales
from climatekit.measure.role_groups import NO_GROUP
from climatekit.release.ledger import COLUMNS, Entry, read_entries, read_printed, stamp_entry
from climatekit.release.readout import (
    Readout,
    describe_makeups,
    describe_shapes,
    list_weighted,
)
from climatekit.release.relations import Group
from climatekit.release.rules import (
    REASONS,
)
from climatekit.run.audit.entries import (
    People,
    enter,
    enter_share,
    enter_shown,
    enter_told,
    list_shown,
    read_plain,
    read_shown,
)
from climatekit.run.audit.sentence_entries import (
    enter_brief_sentences,
    enter_district_sentences,
)
from climatekit.run.figures.imports import list_imported
from climatekit.run.files.spreadsheet import unguard_rows

LEDGER = "ledger.csv"
_COEFFICIENTS = (
    "people", "schools", "alpha", "alpha_low", "alpha_high", "icc1", "icc2", "rwgj",
)  # fmt: skip
_OF_SCORES = (
    ("points", "points"), ("points_low", "low"), ("points_high", "high"), ("native", "native"),
    ("standard", "standard"),
)  # fmt: skip
_OF_COEFFICIENTS = (
    ("", "value"), ("_low", "low"), ("_high", "high"),
    ("_people", "people"), ("_schools", "schools"),
)  # fmt: skip
_TABLES = ("scores", "changes", "items", "reliability", "reliability_detail", "data_use")
_RATED = re.compile(r"(\d)(?:-(\d))?(?:\s|$)")

Files = Mapping[str, bytes | Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the files of one release say.

    Attributes
    ----------
    release : str
        First 8 digits of its run key.
    read : tuple of Entry
        One per number that stands in a table, brief or page.
    ledger : tuple of Entry
        The rows of its ledger, those of earlier releases as well.
    readout : Readout
        All of it, as an attacker holds it.
    retest : float
        Assumed re-test reliability in the printed intervals.
    labels : mapping of str to str
        Wave id to its label.
    tables : mapping of str to list of dict
        The rows of each CSV file, by its name without ending.
    """

    release: str
    read: tuple[Entry, ...]
    ledger: tuple[Entry, ...]
    readout: Readout
    retest: float
    labels: Mapping[str, str]
    tables: Mapping[str, list[dict[str, str]]]


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


def read_output(files: Files, scales: Iterable[Scale] | None = None) -> Output:
    """Rebuild the list of printed numbers from the files of a release.

    Parameters
    ----------
    files : mapping of str to (bytes or Path)
        Name inside the release to content, or to where it lies.
    scales : iterable of Scale, optional
        The scales that were asked; else those of the manifest that climatekit ships.
    """
    manifest = json.loads(read_text(files["manifest.json"]))
    settings = manifest["settings"]
    release = str(manifest["run_key"])[:8]
    ledger = _read_ledger(files)
    exports = {
        (entry.wave, bool(entry.role)): entry.exports
        for entry in sorted(ledger, key=lambda entry: not entry.since)
        if entry.release == release
    }
    tables = {name: read_table(files, f"{name}.csv") for name in _TABLES}
    known = tuple(scales if scales is not None else _load_known(settings))
    weighted = list_weighted(known) if settings.get("columns", {}).get("weight") else frozenset()
    people = People(
        {
            (row["wave"], row["school"], row.get("role", "")): float(row["answered"])
            for row in tables["scores"]
            if row["answered"]
        },
        weighted,
    )
    newest = _find_newest(tables["scores"], settings)
    found = [
        *_list_table_entries(tables, people, newest),
        *_list_table_entries(_read_workbook(files, tables), people, newest),
        *_list_page_entries(files, people, settings, newest),
    ]
    # Most numbers stand in several files.
    read = tuple(_stamp(dict.fromkeys(found), release, exports))
    return Output(
        release=release,
        read=read,
        ledger=ledger,
        readout=Readout(
            entries=tuple(dict.fromkeys((*read, *ledger))),
            hidden=frozenset(_list_hidden(tables["scores"], manifest)),
            unsaid=frozenset(_list_unsaid(tables["scores"])),
            min_n=int(settings["disclosure"]["min_n"]),
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


def find_unlisted(output: Output) -> tuple[Entry, ...]:
    """Return the numbers that were read and that the ledger does not hold, or holds otherwise."""
    as_printed = set(map(read_printed, output.ledger))
    others = [entry for entry in output.read if read_printed(entry) not in as_printed]
    listed = {(*about, read_plain(text)) for *about, text in as_printed} if others else set()
    return tuple(entry for entry in others if (*entry.about, read_plain(entry.text)) not in listed)


def find_unread(output: Output) -> tuple[Entry, ...]:
    """Return the ledger's rows of this release that stand in none of the files read here."""
    seen = {entry.about for entry in output.read}
    return tuple(
        entry
        for entry in output.ledger
        if entry.release == output.release and entry.about not in seen
    )


def _load_known(settings: Mapping[str, Any]) -> Iterator[Scale]:
    if not settings.get("scale_folder"):
        yield from load_scales(settings["scales"])


def read_text(content: bytes | Path) -> str:
    """Return a file's text."""
    raw = content.read_bytes() if isinstance(content, Path) else content
    return raw.decode("utf-8-sig")


def read_table(files: Files, name: str) -> list[dict[str, str]]:
    """Return the rows of one CSV file of a release; none where there is no such file."""
    heading, rows = _read_rows(files, name)
    return [dict(zip(heading, row, strict=False)) for row in rows]


def _read_rows(files: Files, name: str) -> tuple[list[str], list[list[str]]]:
    """Return the columns of a table, and its rows, each as long as those."""
    if name not in files:
        return [], []
    text = read_text(files[name])
    heading, *rows = [*csv.reader(io.StringIO(text, newline=""))] or [[]]
    width = len(heading)
    # A school may be called -rf or =1+1: its name is guarded in each table.
    whole = [
        row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows if row
    ]
    return heading, unguard_rows(whole)


def _read_ledger(files: Files) -> tuple[Entry, ...]:
    heading, rows = _read_rows(files, LEDGER)
    return tuple(read_entries(heading or COLUMNS, rows))


def _stamp(
    entries: Iterable[Entry], release: str, exports: Mapping[tuple[str, bool], str]
) -> Iterator[Entry]:
    """Yield entries with the release and the hash of the exports that they are of."""

    @cache
    def hash_of(since: str, wave: str, *, role: bool) -> str:
        whole = [(exports.get((one, False), ""), one) for one in (since, wave) if one]
        return "+".join(exports.get((one, role), other) for other, one in whole)

    for entry in entries:
        own = hash_of(entry.since, entry.wave, role=bool(entry.role))
        yield stamp_entry(entry, release=release, exports=own)


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


def _read_workbook(
    files: Files, tables: Mapping[str, list[dict[str, str]]]
) -> dict[str, list[dict[str, str]]]:
    """Return the rows of all workbooks, hidden sheets too, by the table whose columns they have.

    A row that stands in the table itself says nothing more, and is left out.
    """
    found: dict[str, list[dict[str, str]]] = {name: [] for name in _TABLES}
    import python_calamine

    by_columns = {tuple(rows[0]): name for name, rows in tables.items() if rows}
    known = {name: {tuple(row.values()) for row in rows} for name, rows in tables.items()}
    for file in files:
        if not file.endswith(".xlsx"):
            continue
        content = files[file]
        raw = content.read_bytes() if isinstance(content, Path) else content
        book = python_calamine.load_workbook(io.BytesIO(raw))
        for title in book.sheet_names:
            heading, *rows = book.get_sheet_by_name(title).to_python() or [[]]
            columns = tuple(map(str, heading))
            name = by_columns.get(columns)
            if name is not None:
                told = (
                    tuple([cell if type(cell) is str else _write_cell(cell) for cell in row])
                    for row in rows
                )
                found[name] += [
                    dict(zip(columns, row, strict=False)) for row in told if row not in known[name]
                ]
    return found


def _write_cell(cell: object) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _list_table_entries(
    tables: Mapping[str, list[dict[str, str]]],
    people: People,
    newest: str,
) -> Iterator[Entry]:
    for row in tables["scores"]:
        yield from _enter_score(row)
    for row in tables["changes"]:
        yield from _enter_change(row)
    for row in tables["items"]:
        if row["favourable"]:
            place = {name: row.get(name, "") for name in ("wave", "school", "role")}
            yield from enter_share(row["item"], row["favourable"], place, people)
    for row in tables["reliability"]:
        for name in _COEFFICIENTS:
            yield from enter(name, row["score"], row.get(name) or "", wave=row["wave"])
    for row in tables["reliability_detail"]:
        yield from _enter_coefficient(row)
    for row in tables["data_use"]:
        yield from _enter_rating(row, newest)


def _list_page_entries(
    files: Files,
    people: People,
    settings: Mapping[str, Any],
    newest: str,
) -> Iterator[Entry]:
    labels = {
        label: wave["id"]
        for wave in settings["waves"]
        for label in (wave["label"], *(wave.get("labels") or {}).values())
    }
    for name in sorted(files):
        if name.endswith(".json") and name != "manifest.json":
            page = json.loads(read_text(files[name]))
            if str(page.get("schema", "")).startswith("climatekit/brief/"):
                yield from _enter_brief(page, labels, people)
                yield from enter_brief_sentences(page, labels, newest)
            elif str(page.get("schema", "")).startswith("climatekit/district/"):
                yield from _enter_district(page, labels)
                yield from enter_district_sentences(page, labels, newest)


def _find_newest(rows: Iterable[Mapping[str, str]], settings: Mapping[str, Any]) -> str:
    """Return the newest wave that anybody answered, be it told of or hidden."""
    answered = {
        row["wave"] for row in rows if row["answered"] or row["withheld"] != REASONS["no-answers"]
    }
    waves = [wave["id"] for wave in settings["waves"]]
    return str(([wave for wave in waves if wave in answered] or waves)[-1])


def _enter_rating(row: Mapping[str, str], wave: str) -> Iterator[Entry]:
    for name, text in row.items():
        if name in {"school", "name"} or not text or text == "withheld":
            continue
        told = _RATED.match(text)
        ends = (float(told[1]), float(told[2] or told[1])) if told else (None, None)
        if name == "complete":
            ends = (float(text.split()[0]),) * 2
        yield Entry(
            wave=wave,
            school=row["school"],
            statistic="data_use",
            subject=name,
            low=ends[0],
            high=ends[1],
            text=text,
        )


def _enter_score(row: Mapping[str, str]) -> Iterator[Entry]:
    place = {name: row.get(name, "") for name in ("wave", "school", "role")}
    yield from enter("answered", "", row["answered"], **place)
    for statistic, column in _OF_SCORES:
        yield from enter(statistic, row["score"], row.get(column) or "", **place)


def _enter_coefficient(row: Mapping[str, str]) -> Iterator[Entry]:
    place = {name: row[name] for name in ("wave", "since", "role")}
    subject, statistic = f"{row['score']} {row['item']}".strip(), row["statistic"]
    for side, column in _OF_COEFFICIENTS:
        yield from enter(statistic + side, subject, row.get(column) or "", **place)


def _enter_change(row: Mapping[str, str]) -> Iterator[Entry]:
    place = {"wave": row["after"], "since": row["before"]}
    place |= {name: row.get(name, "") for name in ("school", "role")}
    for name, column in (
        ("difference", "difference"),
        ("difference_low", "low"),
        ("difference_high", "high"),
        ("detectable", "detectable"),
        ("tipping", "tipping"),
    ):
        yield from enter(name, row["score"], row.get(column) or "", **place)
    for side in ("before", "after"):
        own = {"wave": row[side], "school": row["school"]}
        yield from enter("points", row["score"], row.get(f"points_{side}") or "", **own)


def _enter_brief(
    page: Mapping[str, Any],
    labels: Mapping[str, str],
    people: People,
) -> Iterator[Entry]:
    place = {"school": page["school_id"], "wave": page["wave"]}
    for name in ("answered", "eligible", "rate"):
        yield from enter_told(name, "", page["participation"].get(name), **place)
    for panel in page["panels"]:
        for point in panel["points"]:
            own = place | {"wave": point["wave"]}
            yield from enter_shown("points", panel["score"], point["score"], **own)
            yield from enter_told(
                "benchmark", panel["score"], point["district"], wave=point["wave"]
            )
        if panel.get("slope"):
            told = [point["wave"] for point in panel["points"] if read_shown(point["score"])]
            own = place | {"wave": told[-1], "since": told[0]}
            yield from enter_shown("slope", panel["score"], panel["slope"], **own)
    table = page.get("roles") or {"rows": [], "scores": []}
    for row in table["rows"]:
        yield from _enter_role(row, table["scores"], place)
    before = labels.get(page.get("previous_label", ""), "")
    for row in page["changes"]:
        yield from enter_shown("difference", row["score"], row["difference"], since=before, **place)
    for row in _list_questions(page):
        for side, wave in (("before", before), ("after", page["wave"])):
            for text in list_shown(row[side]):
                yield from enter_share(row["item"], text, place | {"wave": wave}, people)


def _list_questions(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield each row of a brief that tells of a single question."""
    asked = page.get("questions") or {"highest": [], "lowest": [], "groups": []}
    groups = (page["movers"], asked["highest"], asked["lowest"])
    yield from chain(*groups, *(one["rows"] for one in asked["groups"]))


def _enter_district(page: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[Entry]:
    for panel in page["panels"]:
        for point in panel["points"]:
            yield from enter_told("benchmark", panel["score"], point["score"], wave=point["wave"])
    waves = [point["wave"] for panel in page["panels"][:1] for point in panel["points"]]
    latest = labels.get(page["wave_label"], "")
    scores = [panel["score"] for panel in page["panels"]]
    for one in page.get("roles") or ():
        yield from _enter_role(one["row"], scores, {"school": one["school"], "wave": latest})
    for row in page["schools"]:
        place = {"school": row["school"]}
        yield from enter_told("rate", "", row["answered"], wave=latest, **place)
        for cell in row["cells"]:
            for wave, shown in zip(waves, cell["history"], strict=True):
                yield from enter_shown("points", cell["score"], shown, wave=wave, **place)


def _enter_role(
    row: Mapping[str, Any], scores: Sequence[str], place: Mapping[str, str]
) -> Iterator[Entry]:
    own = {**place, "role": row["role"]}
    yield from enter_told("answered", "", row["answered"], **own)
    for score, shown in zip(scores, row["scores"], strict=True):
        yield from enter_told("points", score, shown, **own)
