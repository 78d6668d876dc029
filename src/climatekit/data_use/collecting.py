"""Collecting: the indicators C1 to C5, judged from the survey files and the roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations, pairwise

from climatekit.data_use.calendar_days import add_months
from climatekit.data_use.facts import WaveFacts, count_identical, is_identical
from climatekit.data_use.findings import (
    HIGHEST,
    LOWEST,
    Finding,
    make_denial,
    make_finding,
    make_open_finding,
)
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.rubric import Rubric
from climatekit.measure.verdicts import count_season_days
from climatekit.values import Estimate

_DAYS_A_WEEK = 7


def judge_regularity(
    waves: Sequence[WaveFacts], log: Sequence[EvidenceRow], rubric: Rubric, *, as_of: date
) -> Finding:
    """Judge C1, whether the survey is regular.

    Parameters
    ----------
    waves : sequence of WaveFacts
        The school's waves with answers, oldest first, closed by `as_of`.
    """
    rule = rubric.regular
    since = add_months(as_of, -rule.recent_months)
    recent = [wave for wave in waves if wave.closed is not None and wave.closed >= since]
    undated = [wave for wave in waves if wave.closed is None]
    ids = [wave.wave for wave in waves]
    if not recent and undated:
        return make_open_finding(
            "C1", "not_evidenced", "undated", waves=ids, missing=("close_date",)
        )
    if not recent:
        return _judge_absence(log, rubric, as_of=as_of, waves=ids)
    sure = [day for wave in waves if (day := wave.closed) and is_usable(wave, rubric)]
    maybe = [day for wave in waves if (day := wave.closed) and is_usable(wave, rubric) is not False]
    low = _rhythm_level(sure, rubric, as_of=as_of)
    counted = _rhythm_level(maybe, rubric, as_of=as_of)
    high = HIGHEST if undated else counted
    if low > 2:  # noqa: PLR2004
        reason = "regular"
    elif low < counted or (maybe and not sure):
        reason = "unknown_response"
    elif undated and low < high:
        reason = "undated_too"
    else:
        reason = {0: "below_floor", 1: "single"}.get(len(sure), "gap")
    return make_finding(
        "C1",
        (low, high),
        reason,
        waves=ids,
        sources=("answers", "roster"),
        missing=("close_date",) if undated else ("eligible",),
        facts={"count": len(sure), "last": max(recent, key=_closed).closed or as_of},
    )


def judge_response(waves: Sequence[WaveFacts], rubric: Rubric) -> Finding:
    """Judge C2, whether enough staff answered."""
    if not waves:
        return make_open_finding("C2", "not_evidenced", "no_wave", missing=("answers",))
    latest = waves[-1]
    before = waves[-2] if len(waves) > 1 else None
    ids = [wave.wave for wave in waves[-2:]]
    if latest.eligible is None:
        return make_open_finding(
            "C2",
            "not_evidenced",
            "no_roster",
            waves=ids,
            missing=("eligible",),
            facts={"wave": latest.label},
        )
    low, high, missing = _response_levels(latest, before, rubric)
    facts: dict[str, str | int | date] = {"wave": latest.label, "rate": _rate(latest)}
    reason = "single"
    if before is not None and before.eligible:
        reason = "two"
        facts |= {"before": before.label, "rate_before": _rate(before)}
    return make_finding(
        "C2",
        (low, high),
        reason,
        waves=ids,
        sources=("answers", "roster"),
        missing=missing,
        facts=facts,
    )


def judge_constructs(waves: Sequence[WaveFacts], rubric: Rubric) -> Finding:
    """Judge C3, whether all the constructs are asked."""
    if not waves:
        return make_open_finding("C3", "not_evidenced", "no_wave", missing=("answers",))
    wanted = frozenset(rubric.constructs)
    asked = [len(wave.constructs & wanted) for wave in waves[-2:]]
    latest = asked[-1]
    if latest == len(wanted):
        level = HIGHEST if len(asked) > 1 and asked[0] == latest else HIGHEST - 1
        reason = "all_twice" if level == HIGHEST else "all_once"
    else:
        level = LOWEST + min(latest, 2)
        reason = "some" if latest else "none"
    return make_finding(
        "C3",
        (level, level),
        reason,
        waves=[wave.wave for wave in waves[-2:]],
        sources=("answers",),
        facts={"count": latest, "wanted": len(wanted), "wave": waves[-1].label},
    )


def judge_reliability(waves: Sequence[WaveFacts], rubric: Rubric) -> Finding:
    """Judge C4, whether the scales are dependable.

    Where the district has too few complete rows and the school too few answers, the
    reliability cannot be estimated; that is level 2, not a failure.
    """
    if not waves:
        return make_open_finding("C4", "not_evidenced", "no_wave", missing=("answers",))
    latest = waves[-1]
    rule = rubric.reliability
    scored = latest.constructs & frozenset(rubric.constructs)
    known = {construct: _choose_reliability(latest, construct, rubric) for construct in scored}
    values = [estimate.value for estimate in known.values() if estimate is not None]
    if not scored:
        level, reason = LOWEST, "no_scale"
    elif any(value < rule.level_2 for value in values):
        level, reason = LOWEST, "weak"
    elif any(value < rule.level_3 for value in values):
        level, reason = 2, "fair"
    elif len(values) < len(scored):
        level, reason = 2, "not_estimable"
    elif (
        scored == frozenset(rubric.constructs)
        and all(_is_sure(one, rule.level_4_bound) for one in known.values())
        and (latest.icc2_reported or not latest.icc2_possible)
    ):
        level, reason = HIGHEST, "sure"
    else:
        level, reason = 3, "good"
    return make_finding(
        "C4",
        (level, level),
        reason,
        waves=(latest.wave,),
        sources=("answers",),
        facts={"count": len(scored), "wave": latest.label},
    )


def judge_comparability(waves: Sequence[WaveFacts], rubric: Rubric, *, as_of: date) -> Finding:
    """Judge C5, whether the waves can be compared."""
    if len(waves) < 2:  # noqa: PLR2004
        return make_open_finding("C5", "not_yet_due", "one_wave")
    before, after = waves[-2:]
    wanted = frozenset(rubric.constructs)
    shared = before.constructs & after.constructs & wanted
    same = [
        construct
        for construct in shared
        if count_identical(before, after, construct) >= rubric.comparable.least_items
    ]
    missing: tuple[str, ...] = ()
    if len(same) >= rubric.comparable.level_3_constructs:
        low, high, reason = _identity_levels(_counted_waves(waves, rubric, as_of=as_of), rubric)
        missing = ("close_date",) if low < high else ()
    else:
        low = high = 2 if shared else LOWEST
        reason = "reworded" if shared else "different"
    return make_finding(
        "C5",
        (low, high),
        reason,
        waves=(before.wave, after.wave),
        sources=("answers",),
        missing=missing,
        facts={"count": len(same), "wave": after.label, "before": before.label},
    )


def is_usable(wave: WaveFacts, rubric: Rubric) -> bool | None:
    """Return whether enough people answered for a wave to count; None if not known."""
    if wave.answered < rubric.usable.least_answers:
        return False
    return wave.has_response(rubric.usable.least_response)


def _closed(wave: WaveFacts) -> date:
    return wave.closed or date.min


def _judge_absence(
    log: Sequence[EvidenceRow], rubric: Rubric, *, as_of: date, waves: Sequence[str]
) -> Finding:
    since = add_months(as_of, -rubric.regular.recent_months)
    stated = [
        row
        for row in log
        if row.event == "no_survey"
        and row.status != "planned"
        and row.date is not None
        and since <= row.date <= as_of
    ]
    if not stated:
        return make_open_finding(
            "C1",
            "not_evidenced",
            "none_recent",
            waves=waves,
            missing=("answers",),
            facts={"months": rubric.regular.recent_months},
        )
    newest = max(stated, key=lambda row: row.date or date.min)
    facts = {"date": newest.date or as_of}
    sources = [f"log:{newest.line}"]
    if find_schedule(log, as_of=as_of) is not None:
        # No survey so far, yet one is planned: level 1, but nobody has given up on it.
        return make_finding("C1", (1, 1), "planned_only", sources=sources, facts=facts)
    return make_denial("C1", "no_survey", sources=sources, facts=facts)


def find_schedule(log: Sequence[EvidenceRow], *, as_of: date) -> date | None:
    """Return the next day after `as_of` for which the log schedules a survey."""
    days = [
        row.date
        for row in log
        if row.event == "schedule"
        and row.status != "did_not_happen"
        and row.date is not None
        and row.date > as_of
    ]
    return min(days, default=None)


def _rhythm_level(days: Sequence[date], rubric: Rubric, *, as_of: date) -> int:
    rule = rubric.regular
    months = rule.longest_gap_months
    if not days or as_of > add_months(days[-1], months):
        return 2
    run = 1
    for earlier, later in reversed(list(pairwise(days))):
        if later > add_months(earlier, months):
            break
        run += 1
    if run >= rule.waves_level_4:
        return 4
    return 3 if run >= rule.waves_level_3 else 2


def _counted_waves(
    waves: Sequence[WaveFacts], rubric: Rubric, *, as_of: date
) -> Sequence[WaveFacts]:
    """Return the waves that carry C1's level; at least the last two."""
    usable = [wave for wave in waves if is_usable(wave, rubric) and wave.closed is not None]
    days = [wave.closed for wave in usable if wave.closed is not None]
    level = _rhythm_level(days, rubric, as_of=as_of)
    if level == HIGHEST:
        return usable[-rubric.regular.waves_level_4 :]
    return usable[-2:] if level == HIGHEST - 1 else waves[-2:]


def _identity_levels(waves: Sequence[WaveFacts], rubric: Rubric) -> tuple[int, int, str]:
    first, *others = waves
    if not all(
        is_identical(first, other, construct) for other in others for construct in rubric.constructs
    ):
        return 3, 3, "mostly"
    if any(other.drift for other in others):
        return 3, 3, "drift"
    if any(other.mode != first.mode for other in others):
        return 3, 3, "mode"
    days = [wave.closed for wave in waves]
    longest = rubric.comparable.season_weeks * _DAYS_A_WEEK
    known = [day for day in days if day is not None]
    if any(count_season_days(one, other) > longest for one, other in combinations(known, 2)):
        return 3, 3, "season"
    return (4, 4, "identical") if len(known) == len(days) else (3, 4, "undated")


def _choose_reliability(wave: WaveFacts, construct: str, rubric: Rubric) -> Estimate | None:
    rule = rubric.reliability
    pooled, own = wave.reliability.get(construct), wave.own_reliability.get(construct)
    if isinstance(pooled, Estimate) and pooled.n >= rule.pooled_least_rows:
        return pooled
    if isinstance(own, Estimate) and own.n >= rule.own_least_answers:
        return own
    return None


def _is_sure(estimate: Estimate | None, bound: float) -> bool:
    return estimate is not None and estimate.low is not None and estimate.low >= bound


def _response_levels(
    latest: WaveFacts, before: WaveFacts | None, rubric: Rubric
) -> tuple[int, int, tuple[str, ...]]:
    rule = rubric.response
    if latest.answered < rubric.usable.least_answers or not latest.has_response(rule.level_2):
        return 1, 1, ()
    if not latest.has_response(rule.level_3):
        return 2, 2, ()
    if before is None:
        return 3, 3, ()
    enough_before = before.has_response(rule.level_3_before)
    if enough_before is False:
        return 2, 2, ()
    groups = _are_groups_heard(latest, rubric)
    high = before.has_response(rule.level_4) is not False and latest.has_response(rule.level_4)
    best = 4 if high and groups is not False else 3
    if enough_before is None:
        return 2, best, ("eligible_before",)
    missing = "roles" if latest.ungrouped else "eligible_groups"
    return (3 if groups is None else best), best, (missing,)


def _are_groups_heard(wave: WaveFacts, rubric: Rubric) -> bool | None:
    """Return whether no staff group fell short; None where the records leave it open."""
    rule = rubric.response
    sizes = list(wave.groups.values())
    is_open = not sizes or any(eligible is None for _, eligible in sizes)
    for answered, eligible in sizes:
        if eligible is None or eligible < rule.group_least_eligible:
            continue
        if 100 * (answered + wave.ungrouped) < rule.group * eligible:
            return False
        is_open |= 100 * answered < rule.group * eligible
    return None if is_open else True


def _rate(wave: WaveFacts) -> int:
    """Return the response rate in whole percent, halves rounded up, at most 100."""
    if not wave.eligible:
        return 0
    return min(100, (200 * wave.answered + wave.eligible) // (2 * wave.eligible))
