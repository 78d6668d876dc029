"""Using: the indicators U1, U2 and U5, judged from the evidence log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from climatekit.data_use.calendar_days import count_term_days
from climatekit.data_use.facts import WaveFacts
from climatekit.data_use.findings import Finding, make_finding
from climatekit.data_use.windows import (
    Conditions,
    Reading,
    Window,
    cite,
    has_happened,
    is_planned,
    judge_denied,
    read_conditions,
    tell_day,
)
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.rubric import IndicatorId, Rubric
from climatekit.knowledge.tidying import tidy_text

_EVERY_GROUP = "all"


def judge_sharing(window: Window, log: Sequence[EvidenceRow], rubric: Rubric) -> Finding | None:
    """Judge U1 for one wave, whether its results were shared back; None without a record."""
    rule = rubric.sharing
    due_days = rubric.due_days("U1")

    def condition(row: EvidenceRow) -> Conditions:
        protocol = row.protocol.casefold()
        shown = _mentions(protocol, rule.response_words) and _mentions(protocol, rule.limits_words)
        return {
            "audience": row.audience == "all_staff" if row.audience else None,
            "date:next": window.is_in_time_for_next(row.date),
            "date:due": window.is_within(row.date, due_days),
            "date:early": window.is_within(row.date, rule.level_4_days),
            "staff_groups": _covers_groups(row.staff_groups, window.wave),
            "shown": shown or None,
            "document": True if row.doc_ref else None,
        }

    rows = [row for row in log if row.event == "shared_back" and row.wave == window.wave.wave]
    return _judge_rows("U1", window, rows, condition, _grade_meeting)


def judge_sense_making(
    window: Window, log: Sequence[EvidenceRow], rubric: Rubric
) -> Finding | None:
    """Judge U2 for one wave, whether staff helped make sense of it; None without a record."""
    due_days = rubric.due_days("U2")

    def condition(row: EvidenceRow) -> Conditions:
        norms = _mentions(row.protocol.casefold(), rubric.sense_making.norms_words)
        return {
            "audience": _is_open(row, window.wave),
            "date:next": window.is_in_time_for_next(row.date),
            "date:due": window.is_within(row.date, due_days),
            "protocol": True if row.protocol else None,
            "norms": norms or None,
            "staff_groups": _heard_groups(row, window.wave, rubric),
            "leader": _is_led_by_other(row, window.wave, rubric),
            "document": True if row.doc_ref else None,
        }

    rows = [row for row in log if row.event == "sense_making" and row.wave == window.wave.wave]
    return _judge_rows("U2", window, rows, condition, _grade_meeting)


def _grade_meeting(holds: Mapping[str, bool]) -> int:
    """Return the level of results shared or talked about: who, when, and how well."""
    if not holds["date:next"]:
        return 1
    if not (holds["audience"] and holds["date:due"]):
        return 2
    return 4 if all(holds.values()) else 3


def judge_reviews(
    window: Window,
    log: Sequence[EvidenceRow],
    rubric: Rubric,
    *,
    wave_of: Callable[[EvidenceRow], str],
) -> Finding | None:
    """Judge U5 for one wave, whether progress was reviewed; None without a record.

    Parameters
    ----------
    wave_of : callable
        The wave that a row is about: that of its goal, or the row's own.
    """
    due_days = rubric.due_days("U5")
    own = [row for row in log if wave_of(row) == window.wave.wave]
    rows = [row for row in own if row.event == "review"]
    updates = [row for row in own if row.event == "staff_update" and row.audience != "leaders"]
    told = _is_told(window, rows, updates, rubric)

    def condition(row: EvidenceRow) -> Conditions:
        return {
            "date:next": window.is_in_time_for_next(row.date),
            "date:due": window.is_within(row.date, due_days),
            "staff_update": told,
        }

    def level(holds: Mapping[str, bool]) -> int:
        if not holds["date:next"]:
            return 1
        return 3 if all(holds.values()) else 2

    finding = _judge_rows("U5", window, rows, condition, level)
    if finding is None:
        return None
    if finding.reason == "reviewed" and told is False:
        return replace(finding, reason="untold")
    if finding.low < 3:  # noqa: PLR2004
        return finding
    noted = [row for row in rows if _is_noted(row, updates, window, rubric)]
    low = _has_rhythm([row for row in noted if row.doc_ref], rubric)
    high = _has_rhythm(noted, rubric)
    if not high:
        return finding
    return make_finding(
        "U5",
        (4 if low else 3, 4),
        "rhythm",
        waves=finding.waves,
        sources=cite([*noted, *updates]),
        missing=("document",),
        due=window.due,
        facts={**finding.facts, "count": len(noted)},
    )


def _judge_rows(
    indicator: IndicatorId,
    window: Window,
    rows: Sequence[EvidenceRow],
    condition: Callable[[EvidenceRow], Conditions],
    level: Callable[[Mapping[str, bool]], int],
) -> Finding | None:
    """Return what the best of the rows shows; a planned event is level 2, but for U1."""
    waves = (window.wave.wave,)
    happened = [row for row in rows if has_happened(row, window)]
    if happened:
        readings = [(read_conditions(condition(row), level), row) for row in happened]
        best, row = max(readings, key=lambda pair: (pair[0].low, pair[0].high))
        widest: Reading = max((one for one, _ in readings), key=lambda one: one.high)
        return make_finding(
            indicator,
            (best.low, max(best.high, widest.high)),
            _tell(indicator, row, window),
            waves=waves,
            sources=cite(happened),
            missing=best.missing if best.high == widest.high else widest.missing,
            due=window.due,
            facts=tell_day(row.date, window),
        )
    planned = [row for row in rows if is_planned(row, window)]
    if planned and indicator != "U1":
        row = min(planned, key=lambda one: one.date or date.max)
        return make_finding(
            indicator,
            (2, 2),
            "planned",
            waves=waves,
            sources=cite(planned),
            due=window.due,
            facts=tell_day(row.date, window),
        )
    return judge_denied(indicator, window, rows)


def _tell(indicator: str, row: EvidenceRow, window: Window) -> str:
    if row.date is None:
        return "undated"
    if window.due is not None and row.date > window.due:
        return "late"
    return "reviewed" if indicator == "U5" else row.audience or "no_audience"


def _mentions(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


def _fold(names: Sequence[str]) -> frozenset[str]:
    return frozenset(map(tidy_text, names))


def _covers_groups(named: Sequence[str], wave: WaveFacts) -> bool | None:
    """Return whether the named staff groups are all there are; None if not known."""
    listed, known = _fold(named), _fold(list(wave.groups))
    if _EVERY_GROUP in listed or len(known) == 1:
        return True
    if not listed or not known or listed - known:
        # Nothing named, nothing to compare with, or a group that the roster spells otherwise.
        return None
    return listed >= known


def _is_open(row: EvidenceRow, wave: WaveFacts) -> bool | None:
    if row.audience == "all_staff" or (row.staff_groups and _covers_groups(row.staff_groups, wave)):
        return row.audience != "leaders"
    return False if row.audience else None


def _heard_groups(row: EvidenceRow, wave: WaveFacts, rubric: Rubric) -> bool | None:
    listed = _fold(row.staff_groups)
    if len(wave.groups) == 1 or _EVERY_GROUP in listed:
        return True
    return len(listed) >= rubric.sense_making.least_groups if listed else None


def _is_led_by_other(row: EvidenceRow, wave: WaveFacts, rubric: Rubric) -> bool | None:
    """Return whether someone other than the leader led, where a scale about the leader asks it."""
    if not wave.asks_leadership or row.construct not in ("", "trust"):
        return True
    roles = _fold([role for role in row.owner_role.split(";") if role.strip()])
    if not roles:
        return None
    if roles - _fold(rubric.sense_making.leader_roles):
        return True
    # The leader led; whether the scale about the leader was on the table is not said.
    return False if row.construct else None


def _is_told(
    window: Window,
    reviews: Sequence[EvidenceRow],
    updates: Sequence[EvidenceRow],
    rubric: Rubric,
) -> bool | None:
    happened = [row for row in updates if has_happened(row, window)]
    days = rubric.reviews.year_days
    if any(row.date is not None and window.is_within(row.date, days) for row in happened):
        return True
    if any(has_happened(row, window) and row.audience == "all_staff" for row in reviews):
        return True
    return None if any(row.date is None for row in happened) else False


def _is_noted(
    review: EvidenceRow, updates: Sequence[EvidenceRow], window: Window, rubric: Rubric
) -> bool:
    if not has_happened(review, window) or review.date is None:
        return False
    if review.audience == "all_staff":
        return True
    last = review.date + timedelta(days=rubric.reviews.note_days)
    return any(
        row.date is not None and has_happened(row, window) and review.date <= row.date <= last
        for row in updates
    )


def _has_rhythm(reviews: Sequence[EvidenceRow], rubric: Rubric) -> bool:
    """Return whether enough reviews stand in a row, none too far apart in term time."""
    rule = rubric.reviews
    days = sorted({row.date for row in reviews if row.date is not None})
    run = longest = min(len(days), 1)
    for earlier, later in pairwise(days):
        apart = count_term_days(
            earlier, later, out_from=rule.out_of_term_from, out_to=rule.out_of_term_to
        )
        run = run + 1 if apart <= rule.longest_gap_days else 1
        longest = max(longest, run)
    return longest >= rule.least_reviews
