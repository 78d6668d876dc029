"""Evidence log: what was done with the results, one event a row, no names of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from climatekit.errors import InputError, Problem
from climatekit.ingest.records import Record, parse_day, read_records
from climatekit.ingest.text import closest

HEADINGS = (
    "school_id",
    "wave_id",
    "event",
    "date",
    "construct",
    "audience",
    "staff_groups",
    "owner_role",
    "goal_id",
    "target",
    "target_date",
    "status",
    "protocol",
    "doc_ref",
    "note",
)
EVENTS = (
    "schedule",
    "shared_back",
    "sense_making",
    "goal",
    "action",
    "review",
    "staff_update",
    "decision",
    "no_survey",
    "context",
    "self_rating",
)
STATUSES = ("planned", "started", "done", "did_not_happen")
AUDIENCES = ("all_staff", "leaders", "some_staff")
CONSTRUCTS = ("trust", "community", "collective_efficacy", "related")
_CHOICES = {
    "event": EVENTS,
    "status": STATUSES,
    "audience": AUDIENCES,
    "construct": CONSTRUCTS,
}
_WITHOUT_WAVE = ("no_survey", "context", "schedule", "self_rating")
_OWN_LEVELS = ("1", "2", "3", "4")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One event.

    Attributes
    ----------
    wave : str
        The wave whose results it is about; empty where it is about none.
    date, target_date : date, optional
    target : str
        Free text, printed only when asked for; of a ``self_rating`` the level, 1 to 4.
    status : str
        ``planned``, ``started``, ``done``, ``did_not_happen``, or empty: it happened.
    protocol, owner_role, note : str
        Free text; never printed unless asked for.
    """

    line: int
    school: str
    wave: str
    event: str
    date: dt.date | None
    construct: str = ""
    audience: str = ""
    staff_groups: tuple[str, ...] = ()
    owner_role: str = ""
    goal_id: str = ""
    target: str = ""
    target_date: dt.date | None = None
    status: str = ""
    protocol: str = ""
    doc_ref: str = ""
    note: str = ""


def read_evidence_log(
    path: Path,
    *,
    schools: Sequence[str],
    waves: Mapping[str, dt.date | None],
    as_of: dt.date,
    until: dt.date | None = None,
) -> tuple[EvidenceRow, ...]:
    """Read an evidence log.

    A row with neither a date nor a status is a line waiting to be filled in: it says
    nothing, and is left out.

    Parameters
    ----------
    schools : sequence of str
        The school ids that there are.
    waves : mapping of str to date or None
        Wave id to the day that it closed.
    as_of : date
        Day of the rating; what happened later is left out, for that day could not know
        of it.
    until : date, optional
        A day later than both this and `as_of` is right only for what is planned.

    Raises
    ------
    InputError
        With every fault at once.
    """
    records = read_records(path, HEADINGS, needed=HEADINGS[:4], code="CK321", what="evidence log")
    known = dict.fromkeys(schools)
    faults = [
        fault
        for record in records
        for fault in (
            *_check_names(record, path.name, known, waves),
            *_check_choices(record, path.name),
            *_check_own_rating(record, path.name),
            *_check_days(record, path.name, waves, max(as_of, until or as_of)),
        )
    ]
    if faults:
        raise InputError(faults)
    rows = [_make_row(record) for record in records]
    return tuple(
        row for row in rows if (row.date is not None or row.status) and _is_known(row, as_of)
    )


def _is_known(row: EvidenceRow, as_of: dt.date) -> bool:
    """Return whether a row could have been in the log of that day."""
    if row.date is None or row.date <= as_of:
        return True
    return row.status == "planned" or row.event == "schedule"


def _make_row(record: Record) -> EvidenceRow:
    cells = record.cells
    return EvidenceRow(
        line=record.line,
        school=cells["school_id"],
        wave=cells["wave_id"],
        event=cells["event"],
        date=parse_day(cells["date"]),
        construct=cells["construct"],
        audience=cells["audience"],
        staff_groups=tuple(
            group.strip() for group in cells["staff_groups"].split(";") if group.strip()
        ),
        owner_role=cells["owner_role"],
        goal_id=cells["goal_id"],
        target=cells["target"],
        target_date=parse_day(cells["target_date"]),
        status=cells["status"],
        protocol=cells["protocol"],
        doc_ref=cells["doc_ref"],
        note=cells["note"],
    )


def _check_names(
    record: Record, file: str, schools: Collection[str], waves: Mapping[str, dt.date | None]
) -> Iterator[Problem]:
    school, wave = record.cells["school_id"], record.cells["wave_id"]
    if school not in schools:
        yield Problem(
            code="CK322",
            file=file,
            line=record.line,
            column="school_id",
            message=f"there is no school {school!r}" if school else "school_id is blank",
            closest=closest(school, schools),
            mend="use the school's id as the roster has it",
        )
    needs_wave = record.cells["event"] not in _WITHOUT_WAVE
    if (wave or needs_wave) and wave not in waves:
        yield Problem(
            code="CK323",
            file=file,
            line=record.line,
            column="wave_id",
            message=f"there is no wave {wave!r}" if wave else "wave_id is blank",
            expected=", ".join(waves),
            closest=closest(wave, list(waves)),
            mend="name the wave whose results the event is about",
        )


def _check_choices(record: Record, file: str) -> Iterator[Problem]:
    for heading, choices in _CHOICES.items():
        found = record.cells[heading]
        if found in choices or (not found and heading != "event"):
            continue
        yield Problem(
            code="CK324",
            file=file,
            line=record.line,
            column=heading,
            message=f"{heading} is none of its words" if found else f"{heading} is blank",
            found=found[:20] or None,
            expected=", ".join(choices),
            closest=closest(found, choices),
            mend="use one of these words",
        )
    if record.cells["event"] == "decision" and not record.cells["goal_id"]:
        yield Problem(
            code="CK325",
            file=file,
            line=record.line,
            column="goal_id",
            message="a decision names no goal",
            expected="the goal_id of the goal that was decided on",
            mend="fill in goal_id",
        )


def _check_own_rating(record: Record, file: str) -> Iterator[Problem]:
    cells = record.cells
    if cells["event"] != "self_rating":
        return
    if cells["target"] not in _OWN_LEVELS:
        yield Problem(
            code="CK329",
            file=file,
            line=record.line,
            column="target",
            message="the team's own rating names no level",
            found=cells["target"][:20] or "blank",
            expected="1, 2, 3 or 4",
            mend="write the level that the team gave itself into target",
        )
    if not cells["date"]:
        yield Problem(
            code="CK329",
            file=file,
            line=record.line,
            column="date",
            message="the team's own rating has no day",
            expected="a day as YYYY-MM-DD",
            mend="write the day of the rating into date",
        )


def _check_days(
    record: Record, file: str, waves: Mapping[str, dt.date | None], as_of: dt.date
) -> Iterator[Problem]:
    cells = record.cells
    for heading in ("date", "target_date"):
        if cells[heading] and parse_day(cells[heading]) is None:
            yield Problem(
                code="CK326",
                file=file,
                line=record.line,
                column=heading,
                message=f"{heading} is not a day",
                found=cells[heading][:20],
                expected="a day as YYYY-MM-DD, such as 2026-04-24",
                mend="write the year first; 03/04/2026 could be two days",
            )
    day = parse_day(cells["date"])
    if day is None:
        return
    closed = waves.get(cells["wave_id"])
    if closed is not None and day < closed and cells["event"] not in _WITHOUT_WAVE:
        yield Problem(
            code="CK327",
            file=file,
            line=record.line,
            column="date",
            message="the event is dated before its wave closed",
            found=day.isoformat(),
            expected=f"{closed.isoformat()} or later",
            mend="mend the date or the wave_id",
        )
    if day > as_of and cells["status"] != "planned" and cells["event"] != "schedule":
        yield Problem(
            code="CK328",
            file=file,
            line=record.line,
            column="date",
            message=f"the event lies after {as_of.isoformat()} and is not marked as planned",
            found=day.isoformat(),
            expected="status planned, or an earlier day",
            mend="set status to planned, or rate as of a later day",
        )
