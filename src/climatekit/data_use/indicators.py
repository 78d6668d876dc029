"""Indicators: all eleven judged for one school, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from climatekit.data_use.collecting import (
    judge_comparability,
    judge_constructs,
    judge_regularity,
    judge_reliability,
    judge_response,
)
from climatekit.data_use.facts import SchoolFacts, WaveFacts
from climatekit.data_use.findings import Finding, make_open_finding
from climatekit.data_use.goals import (
    find_wave_of,
    judge_action,
    judge_decision,
    judge_goals,
)
from climatekit.data_use.using import judge_reviews, judge_sense_making, judge_sharing
from climatekit.data_use.windows import Window, decide, list_windows
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.rubric import INDICATORS, IndicatorId, Rubric


def judge_indicators(
    facts: SchoolFacts,
    log: Sequence[EvidenceRow],
    rubric: Rubric,
    *,
    as_of: date,
    log_start: date | None,
) -> tuple[Finding, ...]:
    """Judge every indicator for one school.

    Parameters
    ----------
    facts : SchoolFacts
        Waves that closed after `as_of` are passed over.
    log : sequence of EvidenceRow
        This school's rows.

    Returns
    -------
    tuple of Finding
        C1 to C5 and U1 to U6, in this order.
    """
    waves = [wave for wave in facts.waves if wave.closed is None or wave.closed <= as_of]
    answered = [wave for wave in waves if wave.answered > 0]
    if waves and is_too_small(waves[-1], rubric):
        return tuple(make_open_finding(name, "not_applicable", "few_staff") for name in INDICATORS)
    findings = (
        judge_regularity(answered, log, rubric, as_of=as_of),
        judge_response(waves, rubric),
        judge_constructs(answered, rubric),
        judge_reliability(answered, rubric),
        judge_comparability(answered, rubric, as_of=as_of),
        *_judge_use(answered, log, rubric, as_of=as_of, log_start=log_start),
    )
    if findings[0].status == "not_done":
        # No survey took place, as a person says: what a survey was like does not apply.
        return tuple(_set_aside(finding) for finding in findings)
    return findings


def is_too_small(wave: WaveFacts, rubric: Rubric) -> bool:
    """Return whether the school has too few staff for scores of its own."""
    return wave.eligible is not None and wave.eligible < rubric.usable.least_eligible


def _judge_use(
    waves: Sequence[WaveFacts],
    log: Sequence[EvidenceRow],
    rubric: Rubric,
    *,
    as_of: date,
    log_start: date | None,
) -> tuple[Finding, ...]:
    def windows(indicator: IndicatorId) -> list[Window]:
        return list_windows(
            waves, due_days=rubric.due_days(indicator), log_start=log_start, as_of=as_of
        )

    wave_of = find_wave_of(log)
    goal_windows = [_wait_for_next(window, rubric) for window in windows("U6")]
    return (
        decide("U1", windows("U1"), partial(judge_sharing, log=log, rubric=rubric)),
        decide("U2", windows("U2"), partial(judge_sense_making, log=log, rubric=rubric)),
        decide("U3", windows("U3"), partial(judge_goals, log=log, rubric=rubric)),
        decide("U4", windows("U4"), partial(judge_action, log=log, rubric=rubric)),
        decide(
            "U5", windows("U5"), partial(judge_reviews, log=log, rubric=rubric, wave_of=wave_of)
        ),
        decide("U6", goal_windows, partial(judge_decision, log=log, rubric=rubric)),
    )


def _wait_for_next(window: Window, rubric: Rubric) -> Window:
    """Return the window with its deadline counted from the close of the next wave."""
    closed = window.after.closed if window.after else None
    due = None if closed is None else closed + timedelta(days=rubric.due_days("U6"))
    return replace(window, due=due)


def _set_aside(finding: Finding) -> Finding:
    if finding.status == "not_evidenced" and finding.indicator.startswith("C"):
        return make_open_finding(finding.indicator, "not_applicable", "no_survey")
    return finding
