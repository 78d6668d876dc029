"""Days: when people answered, by the times that the platform writes, in a zone that is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np
import numpy.typing as npt

from climatekit.errors import InputError, Problem
from climatekit.ingest.decisions import Decision
from climatekit.ingest.layouts import Layout
from climatekit.ingest.tables import Table
from climatekit.ingest.text import closest

_DAY = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})\b")
_MOMENT = re.compile(
    r"(\d{4})[-/](\d{2})[-/](\d{2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s?([AP]M)?(.*)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:GMT|UTC)?(?:([+-])(\d{1,2})(?::?(\d{2}))?)?|Z", re.IGNORECASE)
_LENGTH = len("2026-04-24")
_NOON = 12

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day on which somebody answered."""

    first: date
    last: date


def find_days(
    table: Table, layout: Layout, kept: Rows, time_zone: str | None
) -> tuple[Days | None, list[Decision]]:
    """Return when people answered, and the zone in which the days are counted.

    Only days that begin with the year are taken: 03/04/2026 is never guessed at.

    Parameters
    ----------
    table, layout : Table, Layout
    kept : ndarray of int
        Indices of the records that count.
    time_zone : str, optional
        Zone to count days in; times are moved there from the zone that the file names.

    Raises
    ------
    InputError
        If there is no such zone.
    """
    wanted = _open_zone(table.name, time_zone) if time_zone else None
    source = _read_zone(layout.zones[0]) if len(layout.zones) == 1 else None
    found = []
    for place in layout.metadata_columns:
        column = table.columns[place]
        cells = [column.values[code].strip() for code in np.unique(column.codes[kept]).tolist()]
        if wanted is not None:
            cells = [_move(cell, source, wanted) for cell in cells]
        days = [_read_day(cell) for cell in {cell[:_LENGTH] for cell in cells if cell}]
        real = [day for day in days if day is not None and str(day) not in layout.no_days]
        if real and None not in days:
            found.append(Days(min(real), max(real)))
    decisions = _say_zone(layout, time_zone, moved=source is not None or len(layout.zones) > 1)
    if not found:
        return None, decisions
    whole = Days(min(one.first for one in found), max(one.last for one in found))
    value = f"{whole.first} to {whole.last}" if whole.first != whole.last else str(whole.first)
    return whole, [*decisions, Decision("answered", value, "the platform's own times")]


def _say_zone(layout: Layout, asked: str | None, *, moved: bool) -> list[Decision]:
    named = ", ".join(layout.zones)
    if asked:
        sign = "asked for; the file names none"
        if named:
            sign = f"asked for; times moved from {named}" if moved else f"asked for, not {named}"
        return [Decision("time zone", asked, sign)]
    return [Decision("time zone", named, layout.zone_sign)] if named else []


def _read_day(cell: str) -> date | None:
    begins = _DAY.match(cell)
    if begins is None:
        return None
    try:
        return date(*map(int, begins.groups()))
    except ValueError:
        return None


def _move(cell: str, source: tzinfo | None, wanted: tzinfo) -> str:
    """Return a time in another zone, from its own offset or the file's zone; else as it is."""
    found = _MOMENT.fullmatch(cell)
    if found is None:
        return cell
    *parts, half, rest = found.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    if half:
        hour = hour % _NOON + (_NOON if half.upper() == "PM" else 0)
    zone = _read_zone(rest.strip()) if rest.strip() else source
    if zone is None:
        return cell
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(wanted)
    except (ValueError, OverflowError):  # no such time, or one before the year 1
        return cell
    return moment.strftime("%Y-%m-%d %H:%M:%S")


@cache
def _read_zone(text: str) -> tzinfo | None:
    """Return the zone of a text such as ``UTC``, ``GMT+2``, ``+05:30`` or ``America/Denver``."""
    offset = _OFFSET.fullmatch(text)
    if text and offset is not None:
        sign, hours, minutes = offset.groups()
        away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        if away >= timedelta(hours=24):
            return None
        return timezone(-away if sign == "-" else away)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _open_zone(file: str, name: str) -> tzinfo:
    zone = _read_zone(name)
    if zone is None:
        raise InputError(
            Problem(
                code="CK140",
                file=file,
                message=f"there is no time zone called {name!r}",
                expected="a zone such as America/Denver, UTC or UTC-06:00",
                closest=closest(name, available_timezones()),
                mend="correct time_zone under [reading] (--time-zone)",
            )
        )
    return zone
