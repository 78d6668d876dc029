"""Roster: which schools there are, and how many staff could have answered each wave."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from climatekit.errors import InputError, Problem
from climatekit.ingest.records import Record, parse_count, read_records
from climatekit.ingest.school_names import SchoolNames
from climatekit.ingest.text import closest
from climatekit.knowledge.wording import list_languages

HEADINGS = (
    "school_id", "school_name", "wave_id", "staff_group", "eligible", "new_staff", "grades",
    "school_level", "language", "also_named",
)  # fmt: skip
LEVELS = ("elementary", "middle", "high", "other")
_NEEDED = ("school_id", "school_name", "wave_id", "eligible")
_MOST_STAFF = 100_000
_BETWEEN_NAMES = ";"


@dataclass(frozen=True, slots=True)
class School:
    """One school: its id and name; its grades, level and the brief's language may be empty."""

    id: str
    name: str
    grades: str = ""
    level: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Schools and their eligible staff.

    Attributes
    ----------
    schools : mapping of str to School
        By id, in the order of the file.
    totals : mapping of (school, wave) to int
        Eligible staff of the whole school, where a row gives it.
    group_sizes : mapping of (school, wave) to mapping of str to int
        Eligible staff by staff group.
    newcomers : mapping of (school, wave) to int
        Of the eligible staff, those who were not there in the wave before; only where the
        roster says so.
    names : SchoolNames
        What exports may call the schools.
    listed : tuple of (school, wave)
        Those that have a row, counted or not, in the order of the file.
    """

    schools: Mapping[str, School]
    names: SchoolNames
    totals: Mapping[tuple[str, str], int] = field(default_factory=dict)
    group_sizes: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    newcomers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    listed: tuple[tuple[str, str], ...] = ()

    def eligible(self, school: str, wave: str) -> int | None:
        """Return how many staff could have answered; None where it is not on file.

        A school without a row of its own has the sum of its staff groups.
        """
        total = self.totals.get((school, wave))
        if total is not None:
            return total
        groups = self.groups(school, wave)
        return sum(groups.values()) if groups else None

    def groups(self, school: str, wave: str) -> Mapping[str, int]:
        """Return eligible staff by staff group; empty where only the total is known."""
        return self.group_sizes.get((school, wave), {})

    def name_unlisted(self, wave: str, schools: Collection[str]) -> list[str]:
        """Return the names of those of these schools, by id, that have no row of a wave."""
        listed = {school for school, of in self.listed if of == wave}
        return [
            one.name for one in self.schools.values() if one.id in schools and one.id not in listed
        ]


def read_roster(path: Path, *, waves: Sequence[str] | None) -> Roster:
    """Read a roster.

    Parameters
    ----------
    path : Path
        CSV with the columns school_id, school_name, wave_id, staff_group, eligible,
        new_staff, grades, school_level, language and also_named (the last five optional);
        one row per school, wave and staff group, where a blank staff_group is the whole
        school, and a blank eligible is not known yet.
    waves : sequence of str, optional
        The wave ids that there are; None where no survey is configured yet: any will do.

    Raises
    ------
    InputError
        With every fault at once.
    """
    records = read_records(path, HEADINGS, needed=_NEEDED, code="CK301", what="roster")
    known = _list_waves(records) if waves is None else waves
    languages = list_languages()
    faults = [
        fault for record in records for fault in _check_record(record, path.name, known, languages)
    ]
    faults += [*_check_together(records, path.name), *_check_names_apart(records, path.name)]
    if not records:
        faults.append(
            Problem(
                code="CK303",
                file=path.name,
                message="the roster holds no school",
                mend="add a row for each school and wave",
            )
        )
    if faults:
        raise InputError(faults)
    schools: dict[str, School] = {}
    totals: dict[tuple[str, str], int] = {}
    groups: dict[tuple[str, str], dict[str, int]] = {}
    newcomers: dict[tuple[str, str], int] = {}
    for record in records:
        cells = record.cells
        school, wave = cells["school_id"], cells["wave_id"]
        # The newest row has the name and grades that are in force.
        schools[school] = School(
            school,
            cells["school_name"],
            cells["grades"],
            cells["school_level"].casefold(),
            cells["language"],
        )
        if not cells["eligible"]:
            continue
        count = int(cells["eligible"])
        if cells["staff_group"]:
            groups.setdefault((school, wave), {})[cells["staff_group"]] = count
        else:
            totals[school, wave] = count
            if cells["new_staff"]:
                newcomers[school, wave] = int(cells["new_staff"])
    return Roster(
        schools=schools,
        names=SchoolNames(schools, _list_names(records)),
        totals=totals,
        group_sizes=groups,
        newcomers=newcomers,
        listed=tuple(dict.fromkeys(_list_places(records))),
    )


def _list_places(records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    for record in records:
        yield record.cells["school_id"], record.cells["wave_id"]


def _list_names(records: Sequence[Record]) -> Iterator[tuple[str, str, str]]:
    """Yield each name that a row gives its school, with the row's wave."""
    for record in records:
        cells = record.cells
        for name in (cells["school_name"], *_split_names(cells["also_named"])):
            yield cells["wave_id"], name, cells["school_id"]


def _split_names(text: str) -> list[str]:
    """Return the names in a cell, and the whole cell: a name may hold what stands between two."""
    parts = (part.strip() for part in (text, *text.split(_BETWEEN_NAMES)))
    return list(dict.fromkeys(filter(None, parts)))


def _list_waves(records: Sequence[Record]) -> list[str]:
    named = (record.cells["wave_id"] for record in records)
    return list(dict.fromkeys(wave for wave in named if wave))


def _check_record(
    record: Record, file: str, waves: Sequence[str], languages: Sequence[str]
) -> Iterator[Problem]:
    cells = record.cells
    for heading in ("school_id", "school_name", "wave_id"):
        if not cells[heading]:
            yield Problem(
                code="CK304",
                file=file,
                line=record.line,
                column=heading,
                message=f"{heading} is blank",
                mend="fill it in, or delete the row",
            )
    if cells["wave_id"] and cells["wave_id"] not in waves:
        yield Problem(
            code="CK305",
            file=file,
            line=record.line,
            column="wave_id",
            message=f"there is no wave {cells['wave_id']!r}",
            expected=", ".join(waves),
            closest=closest(cells["wave_id"], waves),
            mend="use an id of a [[waves]] table of the configuration",
        )
    if cells["school_level"] and cells["school_level"].casefold() not in LEVELS:
        yield Problem(
            code="CK334",
            file=file,
            line=record.line,
            column="school_level",
            message="the school level is none that norms are given for",
            found=cells["school_level"][:20],
            expected=", ".join(LEVELS),
            closest=closest(cells["school_level"], LEVELS),
            mend="use one of these words, or leave the cell blank",
        )
    if cells["language"] and cells["language"] not in languages:
        yield Problem(
            code="CK335",
            file=file,
            line=record.line,
            column="language",
            message="there are no messages in the language of the school's brief",
            found=cells["language"][:20],
            expected=f"one of {', '.join(languages)}",
            closest=closest(cells["language"], languages),
            mend="use one of these tags, or leave the cell blank for the district's language",
        )
    eligible = parse_count(cells["eligible"], _MOST_STAFF)
    if cells["eligible"] and eligible is None:
        yield Problem(
            code="CK306",
            file=file,
            line=record.line,
            column="eligible",
            message="eligible is not a count of people",
            found=cells["eligible"][:20],
            expected="a whole number, 0 or more; blank where it is not known",
            mend="give the number of staff who could answer, or leave it blank",
        )
    fresh = cells["new_staff"]
    if fresh and (eligible is None or parse_count(fresh, eligible) is None):
        yield Problem(
            code="CK311",
            file=file,
            line=record.line,
            column="new_staff",
            message="new_staff is not a count of some of the eligible staff",
            found=fresh[:20],
            expected="a whole number, at most that of the column eligible",
            mend="give the number of eligible staff who were not there in the wave before, "
            "or leave it blank",
        )


def _check_together(records: Sequence[Record], file: str) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], int] = {}
    names: dict[tuple[str, str], str] = {}
    sums: dict[tuple[str, str], int] = {}
    totals: dict[tuple[str, str], tuple[int, int]] = {}
    for record in records:
        cells = record.cells
        school, wave, group = cells["school_id"], cells["wave_id"], cells["staff_group"]
        if (school, wave, group) in seen:
            yield Problem(
                code="CK307",
                file=file,
                line=record.line,
                message=f"school {school!r}, wave {wave!r} and this staff group stand twice",
                expected=f"one row; the other is line {seen[school, wave, group]}",
                mend="delete one of the two rows",
            )
        seen[school, wave, group] = record.line
        name = cells["school_name"]
        if names.setdefault((school, wave), name) != name:
            yield Problem(
                code="CK308",
                file=file,
                line=record.line,
                column="school_name",
                message=f"school {school!r} has two names in wave {wave!r}",
                found=name,
                expected=names[school, wave],
                mend="give it one name and put the other under also_named, or give each school "
                "its own id",
            )
        count = parse_count(cells["eligible"], _MOST_STAFF)
        if count is None:
            continue
        if group:
            sums[school, wave] = sums.get((school, wave), 0) + count
        else:
            totals[school, wave] = (count, record.line)
    for key, (total, line) in totals.items():
        if sums.get(key, 0) > total:
            yield Problem(
                code="CK309",
                file=file,
                line=line,
                column="eligible",
                message=f"the staff groups of school {key[0]!r} add up to more than the school",
                found=str(sums[key]),
                expected=f"at most {total}",
                mend="mend the total or the groups",
            )


def _check_names_apart(records: Sequence[Record], file: str) -> Iterator[Problem]:
    """Yield where another name of a school is that of a second one, by a name or an id."""
    ids = {record.cells["school_id"] for record in records}
    named: dict[tuple[str, str], set[str]] = {}
    for wave, name, school in _list_names(records):
        named.setdefault((wave, name), set()).add(school)
    for record in records:
        school, wave = record.cells["school_id"], record.cells["wave_id"]
        for name in _split_names(record.cells["also_named"]):
            owners = named[wave, name] | ({name} & ids)
            if len(owners) > 1:
                yield Problem(
                    code="CK312",
                    file=file,
                    line=record.line,
                    column="also_named",
                    message=f"{name!r} is a name of more than one school in wave {wave!r}",
                    found=", ".join(sorted(owners)),
                    expected="a name of one school only",
                    mend=f"take it out of the row of {school!r}, or out of the others",
                )
