"""Goals: the indicators U3, U4 and U6, which stand on the goals of the evidence log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from climatekit.data_use.facts import is_remeasured
from climatekit.data_use.findings import (
    Fact,
    Finding,
    make_finding,
    make_open_finding,
)
from climatekit.data_use.windows import (
    Conditions,
    Reading,
    Window,
    cite,
    find_denial,
    has_happened,
    judge_denied,
    read_conditions,
    tell_day,
)
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.rubric import Rubric

DECISIONS = ("continue", "adapt", "stop", "spread")
_MET = 3


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: its id (may be empty) and the rows that tell of it."""

    id: str
    rows: tuple[EvidenceRow, ...]

    @property
    def constructs(self) -> frozenset[str]:
        """The constructs that it names."""
        return frozenset(row.construct for row in self.rows if row.construct)

    @property
    def is_documented(self) -> bool:
        """Whether one of its rows names a document."""
        return any(row.doc_ref for row in self.rows)

    @property
    def set_on(self) -> date | None:
        """The first day that a row gives."""
        return min((row.date for row in self.rows if row.date), default=None)


def find_wave_of(log: Sequence[EvidenceRow]) -> Callable[[EvidenceRow], str]:
    """Return what tells the wave that a row is about: its goal's where that is one."""
    waves: dict[str, set[str]] = {}
    for row in log:
        if row.event == "goal" and row.goal_id:
            waves.setdefault(row.goal_id, set()).add(row.wave)

    def wave_of(row: EvidenceRow) -> str:
        own = waves.get(row.goal_id, set())
        return next(iter(own)) if len(own) == 1 else row.wave

    return wave_of


def list_goals(window: Window, log: Sequence[EvidenceRow]) -> list[Goal]:
    """Return the goals that were set on a wave's results; rows of one id are one goal."""
    rows = [
        row
        for row in log
        if row.event == "goal" and row.wave == window.wave.wave and has_happened(row, window)
    ]
    named: dict[str, list[EvidenceRow]] = {}
    for row in rows:
        named.setdefault(row.goal_id or f"line {row.line}", []).append(row)
    return [Goal(own[0].goal_id, tuple(own)) for own in named.values()]


def judge_goals(window: Window, log: Sequence[EvidenceRow], rubric: Rubric) -> Finding | None:
    """Judge U3 for one wave, whether a goal was set on what was measured; None without a record."""
    waves = (window.wave.wave,)
    goals = list_goals(window, log)
    rows = [row for row in log if row.event == "goal" and row.wave == window.wave.wave]
    if not goals:
        return judge_denied("U3", window, rows)
    readings = {goal: _read_goal(goal, window, rubric) for goal in goals}
    best = max(readings, key=lambda goal: (readings[goal].low, readings[goal].high))
    low = readings[best].low
    high = max(reading.high for reading in readings.values())
    # A late goal beside one with blanks: it is the blanks that leave the level open.
    missing = readings[best].missing or max(readings.values(), key=_highest).missing
    sure = [goal for goal in goals if readings[goal].low >= _MET]
    maybe = [goal for goal in goals if readings[goal].high >= _MET]
    needed = window.wave.fell | ({window.wave.lowest} if window.wave.lowest else frozenset())
    waiting = _list_waiting(rows)
    few = len(goals) <= rubric.goals.most_goals
    uncovered = needed - waiting - frozenset().union(*(goal.constructs for goal in sure))
    if few and high >= _MET and _covers(maybe, needed - waiting):
        high = 4
        if low == _MET and not uncovered:
            documented = all(goal.is_documented for goal in goals)
            low, missing = (4, ()) if documented else (3, ("document",))
        elif low == _MET:
            # Another goal, whose blanks are still open, would have to cover what is left.
            missing = next(one.missing for one in readings.values() if one.missing)
    day = best.set_on
    facts = tell_day(day, window) | {
        "count": len(goals),
        "constructs": " ".join(sorted(frozenset().union(*(goal.constructs for goal in goals)))),
        "uncovered": " ".join(sorted(uncovered)),
    }
    return make_finding(
        "U3",
        (low, high),
        _tell(day, window, low, "goal"),
        waves=waves,
        sources=cite([row for goal in goals for row in goal.rows]),
        missing=missing,
        due=window.due,
        facts=facts,
    )


def _highest(reading: Reading) -> int:
    return reading.high


def judge_action(window: Window, log: Sequence[EvidenceRow], rubric: Rubric) -> Finding | None:
    """Judge U4 for one wave, whether action started; None without a record.

    A row ``started`` has the day of the start; a row ``done`` the day of the end, so that
    the start lies on that day or before.
    """
    waves = (window.wave.wave,)
    wave_of = find_wave_of(log)
    rows = [row for row in log if row.event == "action" and wave_of(row) == window.wave.wave]
    goals = list_goals(window, log)
    listed = [row for row in rows if row.status == "planned" or has_happened(row, window)]
    if not listed:
        return judge_denied("U4", window, rows)
    owners = {row.goal_id for row in rows if row.owner_role}
    readings = [(_read_action(row, window, rubric, owners), row) for row in listed]
    best, row = max(readings, key=lambda pair: (pair[0].low, pair[0].high))
    high = max(reading.high for reading, _ in readings)
    low = best.low
    missing = best.missing or max((one for one, _ in readings), key=_highest).missing
    happened = [one for one in rows if has_happened(one, window)]
    if high >= _MET and _is_carried_through(goals, happened, sure=False):
        high = 4
        if low == _MET:
            documented = [one for one in happened if one.doc_ref]
            if goals and _is_carried_through(goals, documented, sure=True):
                low = 4
            else:
                known = goals and _is_carried_through(goals, happened, sure=True)
                missing = ("document",) if known else ("goal",)
    if any(one.status != "planned" for one in listed):
        reason = _tell(row.date, window, low, "started")
    else:
        reason = "planned"
    return make_finding(
        "U4",
        (low, high),
        reason,
        waves=waves,
        sources=cite(listed),
        missing=missing,
        due=window.due,
        facts=tell_day(row.date, window) | {"count": len(listed)},
    )


def judge_decision(window: Window, log: Sequence[EvidenceRow], rubric: Rubric) -> Finding | None:
    """Judge U6 for the goals of one wave, whether they were measured again and decided on.

    None while there is no next wave, or where no goal is on file.
    """
    after = window.after
    if after is None or after.closed is None:
        return None
    waves = (window.wave.wave, after.wave)
    goals = list_goals(window, log)
    facts: dict[str, Fact] = {"wave": after.label, "before": window.wave.label}
    if not goals:
        rows = [row for row in log if row.event == "goal" and row.wave == window.wave.wave]
        if find_denial(rows) is None:
            return None
        return make_open_finding("U6", "not_applicable", "no_goal", waves=waves, facts=facts)
    measured = [_is_measured(goal, window, rubric) for goal in goals]
    decisions = [row for row in log if row.event == "decision"]
    readings = [_read_decision(goal, goals, decisions, window) for goal in goals]
    low, high, missing = _grade_decisions(measured, readings)
    decided = [row for row in decisions if row.goal_id in {goal.id for goal in goals}]
    reason = "decided" if high > _MET else "measured" if low >= _MET else "not_measured"
    return make_finding(
        "U6",
        (low, high),
        reason,
        waves=waves,
        sources=("answers", *cite([*(row for goal in goals for row in goal.rows), *decided])),
        missing=missing,
        due=window.due,
        facts=facts | {"count": len(goals)},
    )


def _grade_decisions(
    measured: Sequence[bool | None], decided: Sequence[Reading | None]
) -> tuple[int, int, tuple[str, ...]]:
    """Return the lowest and the highest level of all goals, and what would tell which it is.

    Measured again, one goal or more makes level 3; all of them, each decided on, level 4.
    """
    low = _MET if True in measured else 2
    high = _MET if any(one is not False for one in measured) else 2
    missing: tuple[str, ...] = ("construct",) if low < high else ()
    known = [one for one in decided if one is not None]
    if False in measured or len(known) < len(decided):
        return low, high, missing
    high = max(high, min(one.high for one in known))
    if all(measured):
        low = max(low, min(one.low for one in known))
        missing = next((one.missing for one in known if one.low < high), missing)
    return low, high, missing


def _read_goal(goal: Goal, window: Window, rubric: Rubric) -> Reading:
    measured = frozenset(rubric.constructs) | window.wave.constructs
    conditions: Conditions = {
        "date:next": window.is_in_time_for_next(goal.set_on),
        "date:due": window.is_within(goal.set_on, rubric.due_days("U3")),
        "construct": bool(goal.constructs & measured) if goal.constructs else None,
        "target": True if any(row.target for row in goal.rows) else None,
        "target_date": True if any(row.target_date for row in goal.rows) else None,
    }
    return read_conditions(conditions, _level_of_three)


def _read_action(
    row: EvidenceRow, window: Window, rubric: Rubric, owners: frozenset[str] | set[str]
) -> Reading:
    day = row.date
    if row.status == "planned" and (day is None or day > window.as_of):
        return Reading(2, 2)
    in_time = window.is_within(day, rubric.due_days("U4"))
    if row.status == "planned" or (row.status == "done" and not in_time):
        # A plan whose day has passed, or an end after the deadline: the start is not said.
        in_time = None
    owned = bool(row.owner_role) or (bool(row.goal_id) and row.goal_id in owners)
    conditions: Conditions = {
        "date:next": True if row.status == "planned" else window.is_in_time_for_next(day),
        "date:due": in_time,
        "owner_role": owned or None,
    }
    return read_conditions(conditions, _level_of_three)


def _level_of_three(holds: Mapping[str, bool]) -> int:
    if not holds["date:next"]:
        return 1
    return _MET if all(holds.values()) else 2


def _is_carried_through(
    goals: Sequence[Goal], happened: Sequence[EvidenceRow], *, sure: bool
) -> bool:
    """Return whether every goal has an action, and one was finished.

    With `sure`, an action without a goal_id counts only where there is a single goal.
    """
    if not any(row.status == "done" for row in happened):
        return False
    loose = sum(1 for row in happened if not row.goal_id)
    named = {row.goal_id for row in happened if row.goal_id}
    without = sum(1 for goal in goals if not goal.id or goal.id not in named)
    if without == 0 or (len(goals) == 1 and loose):
        return True
    return not sure and loose >= without


def _covers(goals: Sequence[Goal], needed: frozenset[str]) -> bool:
    named = frozenset().union(*(goal.constructs for goal in goals))
    nameless = sum(1 for goal in goals if not goal.constructs)
    return len(needed - named) <= nameless


def _list_waiting(rows: Sequence[EvidenceRow]) -> frozenset[str]:
    """Return the constructs for which the log gives a written reason to wait."""
    return frozenset(
        row.construct
        for row in rows
        if row.status in ("planned", "did_not_happen") and (row.note or row.doc_ref)
    )


def _is_measured(goal: Goal, window: Window, rubric: Rubric) -> bool | None:
    """Return whether the next wave asked about the goal's construct in the same way."""
    if not goal.constructs:
        return None
    after = window.after
    return after is not None and any(
        construct in after.constructs
        and is_remeasured(window.wave, after, construct, items=rubric.comparable.least_items)
        for construct in goal.constructs
    )


def _read_decision(
    goal: Goal, goals: Sequence[Goal], decisions: Sequence[EvidenceRow], window: Window
) -> Reading | None:
    """Return what the log tells of the decision on one goal; None where it has no row."""
    after, due = window.after, window.due
    if after is None or after.closed is None or due is None:
        return None
    known = {one.id for one in goals if one.id}
    readings = []
    for row in decisions:
        if row.goal_id != goal.id and (
            goal.id or len(goals) > 1 or row.goal_id in known or row.wave not in _ids(window)
        ):
            continue
        if row.status in ("planned", "did_not_happen"):
            continue
        if row.date is not None and not after.closed <= row.date <= min(due, window.as_of):
            continue
        conditions: Conditions = {
            "date": True if row.date else None,
            "decision": row.target.strip().casefold() in DECISIONS or None,
            "document": True if row.doc_ref else None,
        }
        readings.append(read_conditions(conditions, lambda holds: 4 if all(holds.values()) else 3))
    return max(readings, key=lambda one: (one.low, one.high), default=None)


def _ids(window: Window) -> tuple[str, ...]:
    return (window.wave.wave, *([window.after.wave] if window.after else []))


def _tell(day: date | None, window: Window, low: int, usual: str) -> str:
    if day is None:
        return "undated"
    if window.due is not None and day > window.due and low < _MET:
        return "late"
    return usual
