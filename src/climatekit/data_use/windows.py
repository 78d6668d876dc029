"""Windows: the time in which a wave's results can be used, and how its records are read.

A Use indicator is judged on the newest wave for which it is decided: its deadline has
passed, or a record already shows level 3 or that it did not happen. Until then the wave
before stands, and the newest is named as due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from climatekit.data_use.facts import WaveFacts
from climatekit.data_use.findings import Fact, Finding, make_denial, make_open_finding
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.rubric import IndicatorId

_DECIDED_EARLY = 3

# A fact of a record: True, False, or None where its cell is blank. Keys that share the
# part before the colon rest on one cell.
Conditions = Mapping[str, bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One wave and the time until the next.

    Attributes
    ----------
    closed : date
        Last day of the survey; deadlines count from here.
    ends : date, optional
        First day of the next wave: what happens from here on is too late for this one.
    due : date, optional
        Deadline of the indicator; None where it cannot be known yet.
    """

    wave: WaveFacts
    closed: date
    after: WaveFacts | None
    ends: date | None
    due: date | None
    as_of: date

    def holds(self, day: date) -> bool:
        """Return whether `day` lies in the window and not after `as_of`."""
        return self.closed <= day <= self.as_of and (self.ends is None or day < self.ends)

    def is_within(self, day: date | None, days: int) -> bool | None:
        """Return whether something happened within `days` of the close.

        A blank day lies somewhere between the close and `as_of`.
        """
        limit = self.closed + timedelta(days=days)
        if day is None:
            return True if self.as_of <= limit else None
        return day <= limit

    def is_in_time_for_next(self, day: date | None) -> bool | None:
        """Return whether something happened before the next wave began."""
        if self.ends is None or (day is None and self.as_of < self.ends):
            return True
        return None if day is None else day < self.ends


@dataclass(frozen=True, slots=True)
class Reading:
    """The levels that one record shows, and the cells that would settle them."""

    low: int
    high: int
    missing: tuple[str, ...] = ()


def list_windows(
    waves: Sequence[WaveFacts], *, due_days: int, log_start: date | None, as_of: date
) -> list[Window]:
    """Return the windows that may be searched for records, newest first.

    Parameters
    ----------
    waves : sequence of WaveFacts
        Waves with answers, oldest first, closed by `as_of`.
    log_start : date, optional
        Waves that closed before it are never searched.
    """
    windows = []
    for place, wave in enumerate(waves):
        if wave.closed is None or (log_start is not None and wave.closed < log_start):
            continue
        after = waves[place + 1] if place + 1 < len(waves) else None
        windows.append(
            Window(
                wave=wave,
                closed=wave.closed,
                after=after,
                ends=None if after is None else after.opened or after.closed,
                due=wave.closed + timedelta(days=due_days),
                as_of=as_of,
            )
        )
    return windows[::-1]


def decide(
    indicator: IndicatorId, windows: Sequence[Window], judge: Callable[[Window], Finding | None]
) -> Finding:
    """Return the finding of the newest window for which the matter is decided.

    Parameters
    ----------
    judge : callable
        Returns the finding of one window, or None where there is no record.

    Notes
    -----
    A record before the deadline replaces the earlier wave's result only if it is no
    lower, so that a good start never costs a school what it has shown before.
    """
    early: list[Finding] = []
    settled: Finding | None = None
    for window in windows:
        finding = judge(window)
        if window.due is not None and window.as_of > window.due:
            settled = finding or make_open_finding(
                indicator,
                "not_evidenced",
                "not_on_file",
                waves=(window.wave.wave,),
                missing=("record",),
                due=window.due,
                facts={"wave": window.wave.label},
            )
            break
        if finding is not None:
            early.append(finding)
    for finding in early:
        if finding.status == "not_done" or finding.low >= _DECIDED_EARLY:
            if finding.status == "not_done" or settled is None or finding.low >= settled.low:
                return finding
            break
    if settled is None:
        return _wait(indicator, windows, early)
    newest = windows[0]
    if newest.due is not None and newest.as_of <= newest.due:
        facts = {**settled.facts, "next_due": newest.due, "next_wave": newest.wave.label}
        return replace(settled, facts=facts)
    return settled


def read_conditions(conditions: Conditions, level: Callable[[Mapping[str, bool]], int]) -> Reading:
    """Return the levels of a record, its blanks read as the worst and as the best case.

    Parameters
    ----------
    level : callable
        Level for known conditions; more that holds never gives a lower level.
    """
    worst = {name: value is True for name, value in conditions.items()}
    best = {name: value is not False for name, value in conditions.items()}
    low, high = level(worst), level(best)
    missing: list[str] = []
    for name, value in conditions.items():
        # Named is only what keeps the record from the next level up.
        if value is None and low < high and level({**best, name: False}) <= low:
            missing.append(name.partition(":")[0])
    return Reading(low, high, tuple(dict.fromkeys(missing)))


def has_happened(row: EvidenceRow, window: Window) -> bool:
    """Return whether a row tells of something that happened in the window, or may have."""
    if row.status in ("planned", "did_not_happen"):
        return False
    return row.date is None or window.holds(row.date)


def is_planned(row: EvidenceRow, window: Window) -> bool:
    """Return whether a row tells of something planned for a day still to come."""
    return row.status == "planned" and row.date is not None and row.date > window.as_of


def find_denial(rows: Sequence[EvidenceRow]) -> EvidenceRow | None:
    """Return the newest row that says that something did not happen."""
    denied = [row for row in rows if row.status == "did_not_happen"]
    return max(denied, key=lambda row: row.date or date.min, default=None)


def judge_denied(
    indicator: IndicatorId, window: Window, rows: Sequence[EvidenceRow]
) -> Finding | None:
    """Judge what no row tells of as done: denied where one says so, else planned, else None."""
    denied = find_denial(rows)
    if denied is None:
        return _judge_overdue_plan(indicator, window, rows)
    return make_denial(
        indicator,
        "denied" if denied.date else "denied_undated",
        waves=(window.wave.wave,),
        sources=cite([denied]),
        due=window.due,
        facts=tell_day(denied.date, window),
    )


def _judge_overdue_plan(
    indicator: IndicatorId, window: Window, rows: Sequence[EvidenceRow]
) -> Finding | None:
    """Judge a plan whose day is past: nothing is on file still, but for what was planned."""
    past = [
        row for row in rows if row.status == "planned" and row.date and row.date <= window.as_of
    ]
    if not past or window.due is None or window.as_of <= window.due:
        return None
    return make_open_finding(
        indicator,
        "not_evidenced",
        "plan_overdue",
        waves=(window.wave.wave,),
        missing=("record",),
        due=window.due,
        facts=tell_day(max(row.date for row in past if row.date), window),
    )


def tell_day(day: date | None, window: Window) -> dict[str, Fact]:
    """Return the facts of a wave and, where it is known, of a day after its close."""
    facts: dict[str, Fact] = {"wave": window.wave.label}
    if day is not None:
        facts |= {"date": day, "days": (day - window.closed).days}
    return facts


def cite(rows: Sequence[EvidenceRow]) -> tuple[str, ...]:
    """Return the rows as sources of a finding."""
    return tuple(f"log:{line}" for line in sorted({row.line for row in rows}))


def _wait(indicator: IndicatorId, windows: Sequence[Window], early: Sequence[Finding]) -> Finding:
    if not windows:
        return make_open_finding(indicator, "not_yet_due", "no_window")
    newest = windows[0]
    begun = early[0] if early else None
    return make_open_finding(
        indicator,
        "not_yet_due",
        "waiting",
        waves=(newest.wave.wave,),
        missing=begun.missing if begun else (),
        due=newest.due,
        facts={"wave": newest.wave.label},
    )
