"""People: the school, role and respondent of each row; raw ids never leave this module."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from climatekit.errors import LimitError, Problem, count_of
from climatekit.ingest.decisions import Decision
from climatekit.ingest.joined_names import MEND, find_joined, key_names
from climatekit.ingest.platform_facts import total_words
from climatekit.ingest.school_names import SchoolNames
from climatekit.ingest.tables import Table, TextColumn
from climatekit.ingest.text import closest, name_key, show_hidden, trim
from climatekit.knowledge.tidying import tidy_text

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?")
_MISTYPED = 90  # of 100 alike: one or two letters of a name of twenty
_ROUNDED = re.compile(r"\s*\d(?:[.,]\d+)?[eE]\+\d+\s*")
_LONGEST_NAME = 300
_CANNOT_PRINT = frozenset({"Cs", "Co", "Cn"})

Rows = npt.NDArray[np.intp]


class SchoolList(Protocol):
    """What is needed of a roster: its schools, their names and their staff."""

    @property
    def schools(self) -> Mapping[str, object]:
        """School id to school."""

    @property
    def names(self) -> SchoolNames:
        """What exports may call the schools."""

    def eligible(self, school: str, wave: str) -> int | None:
        """Return how many of a school could answer in a wave, or None where it is not known."""


@dataclass(slots=True, kw_only=True)
class Named:
    """One name per row and what was seen on the way.

    Attributes
    ----------
    names : ndarray of object (str), shape (n_rows,)
    """

    names: npt.NDArray[np.object_]
    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_schools(
    table: Table,
    column: int,
    rows: Rows,
    *,
    heading: str,
    first_data_record: int,
    roster: SchoolList | None,
    wave: str,
    most: int,
) -> Named:
    """Return the school id of each row: the roster's, or the name itself.

    Names are never cleaned: ``None``, ``00123`` and ``<script>`` are schools like any
    other. Unicode spellings of one name (NFC and NFD) are one school.

    Raises
    ------
    LimitError
        If a name is longer than 300 characters, or there are more than `most` schools.
    """
    texts = table.columns[column]
    codes = texts.codes[rows]
    place = _Place(table, heading, first_data_record)
    named = Named(names=np.full(len(rows), "", dtype=object))
    ids = np.full(len(texts.values), "", dtype=object)
    spellings: dict[str, set[str]] = defaultdict(set)
    seats: dict[str, _Seat] = {}
    held = np.unique(codes, return_index=True, return_counts=True)
    for index, first, people in zip(*(one.tolist() for one in held), strict=True):
        raw = texts.values[index]
        name = ids[index] = trim(raw)
        spellings[name].add(raw.strip())
        seats[name] = _Seat(int(rows[first]), people).beside(seats.get(name))
        if len(name) > _LONGEST_NAME:
            raise LimitError(place.long_name(seats[name]))
    blank = seats.pop("", None)
    found = {name: roster.names.find(name, wave) if roster else name for name in seats}
    if len({school or name for name, school in found.items()}) > most:
        raise LimitError(tell_many_schools(most))
    named.problems += [place.blank(blank)] if blank else []
    if roster is None:
        named.problems += place.totals(seats)
    named.problems += place.unprintable(seats)
    named.decisions += [
        Decision("school", name, f"{len(spellings[name])} Unicode spellings are one school")
        for name in seats
        if len(spellings[name]) > 1
    ]
    if roster is not None:
        unknown = {name: seat for name, seat in seats.items() if found[name] is None}
        named.problems += place.unknown(unknown, roster)
        for index in held[0]:
            ids[index] = found.get(ids[index]) or ids[index]
    named.names = ids[codes]
    return named


def tell_many_schools(most: int) -> Problem:
    """Return the problem of exports that name more schools than a study may have."""
    return Problem(
        code="CK607",
        message=f"the exports name more schools than the limit of {most:,}",
        expected=f"at most {most:,} schools (max_schools)",
        mend="check the school column, or raise max_schools under [reading]",
    )


def find_near_names(names: Iterable[str]) -> list[Problem]:
    """Return a warning for each group of names that differ in case, accents or punctuation."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        groups[name_key(name)].append(name)
    return [
        Problem(
            code="CK234",
            severity="warning",
            message="these names are nearly equal and were taken as different schools: "
            + " / ".join(show_hidden(name) for name in twins),
            mend="if they are one school, give it one spelling, or a row in a roster with the "
            "others under also_named",
        )
        for twins in groups.values()
        if len(twins) > 1
    ]


def find_mistyped(name: str, names: Iterable[str]) -> str | None:
    """Return the other name that a school's name may be a misspelling of; its digits are equal."""
    digits = [letter for letter in name if letter.isdigit()]
    others = [
        other
        for other in names
        if other != name and [letter for letter in other if letter.isdigit()] == digits
    ]
    return closest(name, others, least=_MISTYPED)


def read_roles(table: Table, column: int, rows: Rows) -> npt.NDArray[np.object_]:
    """Return the role of each row as it stands, trimmed, in NFC."""
    texts = table.columns[column]
    names = np.array([trim(value) for value in texts.values], dtype=object)
    return names[texts.codes[rows]]


def read_seconds(table: Table, column: int, rows: Rows) -> npt.NDArray[np.float64]:
    """Return how many seconds each row took; NaN where that is no number above 0."""
    texts = table.columns[column]
    seconds = np.array([_read_number(value) for value in texts.values], dtype=np.float64)
    return seconds[texts.codes[rows]]


def _read_number(text: str) -> float:
    plain = trim(text).replace(",", ".", 1)
    return float(plain) if _NUMBER.fullmatch(plain) and float(plain) > 0 else float("nan")


def check_ids(table: Table, column: int, rows: Rows, *, heading: str) -> list[Problem]:
    """Return what is wrong with a column of respondent ids, without any id."""
    texts = table.columns[column]
    codes = texts.codes[rows]
    values = [texts.values[index] for index in np.unique(codes)]
    problems = []
    rounded = texts.where([bool(_ROUNDED.fullmatch(value)) for value in texts.values])[rows]
    if rounded.any():
        problems.append(
            Problem(
                code="CK230",
                file=table.name,
                line=int(table.lines[rows[int(rounded.argmax())]]),
                column=heading,
                message="the respondent id looks rounded by a spreadsheet",
                found="a number with an exponent",
                expected="the id as the platform wrote it",
                mend="export again and do not save the file from a spreadsheet",
                count=int(rounded.sum()),
            )
        )
    plain: dict[str, int] = defaultdict(int)
    for value in {value.strip() for value in values}:
        if value.isdecimal():
            plain[value.lstrip("0")] += 1
    padded = sum(1 for number in plain.values() if number > 1)
    if padded:
        problems.append(
            Problem(
                code="CK231",
                severity="warning",
                file=table.name,
                column=heading,
                message=f"{padded} respondent ids differ from another only in leading zeros; "
                "they were taken as different people",
                mend="if a spreadsheet took the zeros away, export again",
                count=padded,
            )
        )
    return problems


def read_ids(texts: TextColumn, rows: Rows) -> npt.NDArray[np.object_]:
    """Return the trimmed raw id of each row; for finding doubles within this package only."""
    ids = np.array([value.strip() for value in texts.values], dtype=object)
    return ids[texts.codes[rows]]


def read_links(texts: TextColumn, rows: Rows, secret: bytes) -> npt.NDArray[np.object_]:
    """Return the linking code of each row, scrambled; blank where there is none.

    HMAC with SHA-256 (RFC 2104): without the secret nobody can try out all codes that
    there could be, as with a bare hash. Case, blanks and signs within a code do not count.
    """
    tokens = np.array([_scramble(value, secret) for value in texts.values], dtype=object)
    return tokens[texts.codes[rows]]


def _scramble(code: str, secret: bytes) -> str:
    folded = unicodedata.normalize("NFKC", code).casefold()
    plain = "".join(char for char in folded if char.isalnum())
    return hmac.new(secret, plain.encode(), hashlib.sha256).hexdigest() if plain else ""


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where a school's name stands first, by the index of its record, and for how many people."""

    first: int
    people: int

    def beside(self, other: _Seat | None) -> _Seat:
        """Return both as one: a name may be spelled in two ways."""
        if other is None:
            return self
        return _Seat(min(self.first, other.first), self.people + other.people)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a school column is, to make problems of it."""

    table: Table
    heading: str
    first_data_record: int

    def at(self, seat: _Seat) -> dict[str, object]:
        return {
            "file": self.table.name,
            "line": int(self.table.lines[seat.first]),
            "record": seat.first - self.first_data_record + 1,
            "column": self.heading,
        }

    def blank(self, seat: _Seat) -> Problem:
        return Problem(
            **self.at(seat),  # type: ignore[arg-type]
            code="CK232",
            message=f"{count_of(seat.people, 'person', 'people')} with answers but no school",
            found="a blank cell",
            expected="a school for each person with answers",
            mend="fill the school in, or delete the rows",
            count=seat.people,
        )

    def totals(self, seats: Mapping[str, _Seat]) -> list[Problem]:
        """Warn of schools that are called as a spreadsheet calls its own rows."""
        words = total_words()
        return [
            Problem(
                **self.at(seat),  # type: ignore[arg-type]
                code="CK243",
                severity="warning",
                message=f"rows of totals may stand among the answers: {show_hidden(name)!r} was "
                "taken for a school",
                mend="delete these rows if they are nobody's; a roster tells what is a school",
                count=seat.people,
            )
            for name, seat in seats.items()
            if tidy_text(name).strip(" :") in words
        ]

    def long_name(self, seat: _Seat) -> Problem:
        return Problem(
            **self.at(seat),  # type: ignore[arg-type]
            code="CK608",
            message=f"a school's name is longer than {_LONGEST_NAME} characters",
            expected=f"at most {_LONGEST_NAME} characters",
            mend="shorten the name, or name the right school column",
        )

    def unprintable(self, seats: Mapping[str, _Seat]) -> list[Problem]:
        return [
            Problem(
                **self.at(seat),  # type: ignore[arg-type]
                code="CK233",
                message="a school's name holds characters that stand for nothing",
                found=show_hidden(name),
                expected="letters, digits and signs",
                mend="correct the name",
                count=seat.people,
            )
            for name, seat in seats.items()
            if any(unicodedata.category(char) in _CANNOT_PRINT for char in name)
        ]

    def unknown(self, seats: Mapping[str, _Seat], roster: SchoolList) -> list[Problem]:
        if not seats:
            return []
        known = list(roster.names)
        problems, keys = [], key_names(known)
        for name, seat in seats.items():
            unknown = Problem(
                **self.at(seat),  # type: ignore[arg-type]
                code="CK235",
                message=f"the school {show_hidden(name)!r} is not in the roster",
                expected="a school id or name of the roster",
                closest=closest(name, known),
                mend="correct the name, or add the school to the roster; where it is another "
                "name of one of its schools, put it under also_named in that school's row",
                count=seat.people,
            )
            if parts := find_joined(name, keys):
                message = f"{show_hidden(name)!r} names {len(parts)} schools of the roster"
                unknown = replace(unknown, code="CK245", message=message, closest=None, mend=MEND)
            problems.append(unknown)
        return problems
