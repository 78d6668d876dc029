"""Number reader: every number in the tables, workbooks and records of a release, as an entry.

Each is worked out again from the text as it stands.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any

from climatekit.knowledge.scales import Scale
from climatekit.release.ledger import LEVEL, Entry, stamp_entry
from climatekit.release.rules import REASONS
from climatekit.run.audit.entries import (
    People,
    enter,
    enter_share,
    enter_shown,
    enter_told,
    list_shown,
    read_shown,
)
from climatekit.run.audit.output_reader import Files, Output, read_raw, read_text, read_told
from climatekit.run.audit.sentence_entries import (
    enter_brief_sentences,
    enter_district_sentences,
)

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
_RATED = re.compile(r"(\d)(?:-(\d))?(?:\s|$)")


def read_output(files: Files, scales: Iterable[Scale] | None = None) -> Output:
    """Rebuild the list of printed numbers from the files of a release.

    Every number becomes an entry like those of the ledger, worked out again from the text
    as it stands: in the tables, the workbook, the briefs and the district's page. The
    parameters are those of `read_told`.
    """
    told = read_told(files, scales)
    read = _read_numbers(files, told)
    entries = tuple(dict.fromkeys((*read, *told.ledger)))
    return replace(told, read=read, readout=replace(told.readout, entries=entries))


def _read_numbers(files: Files, output: Output) -> tuple[Entry, ...]:
    tables, settings = output.tables, output.settings
    exports = {
        (entry.wave, bool(entry.role)): entry.exports
        for entry in sorted(output.ledger, key=lambda entry: not entry.since)
        if entry.release == output.release
    }
    weighted = bool(settings.get("columns", {}).get("weight"))
    people = People(
        {
            (row["wave"], row["school"], row.get("role", "")): float(row["answered"])
            for row in tables["scores"]
            if row["answered"]
        },
        output.readout.weighted if weighted else frozenset(),
    )
    newest = _find_newest(tables["scores"], settings)
    found = [
        *_list_table_entries(tables, people, newest),
        *_list_table_entries(_read_workbooks(files, tables), people, newest),
        *_list_page_entries(files, people, settings, newest),
    ]
    # Most numbers stand in several files.
    return tuple(_stamp(dict.fromkeys(found), output.release, exports))


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


def _read_workbooks(
    files: Files, tables: Mapping[str, list[dict[str, str]]]
) -> dict[str, list[dict[str, str]]]:
    """Return the rows of all workbooks, hidden sheets too, by the table whose columns they have.

    A row that stands in the table itself says nothing more, and is left out.
    """
    found: dict[str, list[dict[str, str]]] = {name: [] for name in tables}
    import python_calamine

    by_columns = {tuple(rows[0]): name for name, rows in tables.items() if rows}
    known = {name: {tuple(row.values()) for row in rows} for name, rows in tables.items()}
    for file in files:
        if not file.endswith(".xlsx"):
            continue
        book = python_calamine.load_workbook(io.BytesIO(read_raw(files[file])))
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
            statistic=LEVEL,
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
