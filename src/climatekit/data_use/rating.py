"""Rating: one school's data-use level, as evidenced and as possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from climatekit.data_use.calendar_days import add_months
from climatekit.data_use.collecting import find_schedule
from climatekit.data_use.facts import SchoolFacts
from climatekit.data_use.findings import HIGHEST, LOWEST, Finding
from climatekit.data_use.indicators import judge_indicators
from climatekit.data_use.next_steps import Step, choose_steps
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.rubric import Rubric

_MOSTLY = 3


# What is no record of collecting or using data.
_NO_EVIDENCE = frozenset({"context", "self_rating"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRating:
    """The level, 1 to 4, that a school's team gave itself, and the day."""

    level: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUse:
    """The data-use rating of one school.

    Attributes
    ----------
    findings : tuple of Finding
        The eleven indicators, C1 to C5 and U1 to U6.
    evidenced, possible : int
        Levels 1 to 4: what the records show, and what would be reached if every missing
        record existed; never the other way round.
    rated : bool
        False where nothing is on file, or the school is too small for scores: then the
        levels say nothing and are not printed.
    complete : tuple of (int, int)
        Indicators with evidence, of those that apply and are due.
    next_steps : tuple of Step
        Up to three.
    own : OwnRating, optional
        The team's own rating, the newest; it stands beside ours and never changes it.
    """

    school: str
    findings: tuple[Finding, ...]
    evidenced: int
    possible: int
    rated: bool
    complete: tuple[int, int]
    next_steps: tuple[Step, ...]
    own: OwnRating | None = None

    @property
    def is_stated(self) -> bool:
        """Whether the level evidenced may be told as a finding.

        Level 1 only where a person recorded that no survey takes place; else it is merely
        not yet evidenced.
        """
        denied = any(one.indicator == "C1" and one.status == "not_done" for one in self.findings)
        return self.rated and (self.evidenced > LOWEST or denied)


def rate_data_use(
    facts: SchoolFacts,
    log: Sequence[EvidenceRow],
    rubric: Rubric,
    *,
    as_of: date,
    log_start: date | None = None,
) -> DataUse:
    """Rate how one school collects and uses its staff data.

    This is climatekit's working reading of CASEL's criterion; it is not an official
    rating. The rules are in `report_templates/rubrics/data_use.toml` with their sources.

    Parameters
    ----------
    facts : SchoolFacts
        What the survey files tell.
    log : sequence of EvidenceRow
        The school's rows of the evidence log; absence of a row never counts as a "no".
    rubric : Rubric
        Thresholds, deadlines and level rules.
    as_of : date
        The day of the rating; nothing later is looked at.
    log_start : date, optional
        Waves that closed before it are not searched for use.

    Returns
    -------
    DataUse
        Levels by conjunction, never by average: level 4 asks for 4 everywhere, level 3
        for the core indicators and most of the others, level 2 for a survey.
    """
    findings = judge_indicators(facts, log, rubric, as_of=as_of, log_start=log_start)
    counted = [finding for finding in findings if finding.counts]
    surveyed = any(
        wave.answered for wave in facts.waves if wave.closed is None or wave.closed <= as_of
    )
    rated = bool(counted) and (surveyed or any(row.event not in _NO_EVIDENCE for row in log))
    own = find_own_rating(log, as_of=as_of)
    if not rated:
        return DataUse(
            school=facts.school,
            findings=findings,
            evidenced=LOWEST,
            possible=HIGHEST,
            rated=False,
            complete=(0, len(counted)),
            next_steps=choose_steps(facts, findings, rubric, evidenced=LOWEST, as_of=as_of)
            if counted
            else (),
            own=own,
        )
    evidenced, possible = find_levels(findings, log, rubric, as_of=as_of)
    return DataUse(
        school=facts.school,
        findings=findings,
        evidenced=evidenced,
        possible=possible,
        rated=True,
        complete=(sum(finding.has_evidence for finding in counted), len(counted)),
        next_steps=choose_steps(facts, findings, rubric, evidenced=evidenced, as_of=as_of),
        own=own,
    )


def find_own_rating(log: Sequence[EvidenceRow], *, as_of: date) -> OwnRating | None:
    """Return the newest rating that the team gave itself by `as_of`, or None."""
    own = [
        OwnRating(level=int(row.target), day=row.date)
        for row in log
        if row.event == "self_rating"
        and row.date is not None
        and row.date <= as_of
        and row.status not in ("planned", "did_not_happen")
    ]
    return max(own, key=lambda one: one.day, default=None)


def find_levels(
    findings: Sequence[Finding], log: Sequence[EvidenceRow], rubric: Rubric, *, as_of: date
) -> tuple[int, int]:
    """Return the level evidenced and the level possible, 1 to 4.

    Parameters
    ----------
    findings : sequence of Finding
        All eleven.
    log : sequence of EvidenceRow
        Read for a scheduled survey alone, which is enough for level 2.
    """
    scheduled = find_schedule(log, as_of=as_of)
    planned = scheduled is not None and scheduled <= add_months(
        as_of, rubric.levels.schedule_months
    )
    return (
        _find_level(findings, rubric, _low, planned=planned),
        _find_level(findings, rubric, _high, planned=planned),
    )


def _low(finding: Finding) -> int:
    return finding.low


def _high(finding: Finding) -> int:
    return finding.high


def _find_level(
    findings: Sequence[Finding],
    rubric: Rubric,
    level_of: Callable[[Finding], int],
    *,
    planned: bool,
) -> int:
    """Return the highest level whose rule is met.

    Level 4: every applicable indicator is 4 and none waits for its deadline. Level 3:
    every core indicator is at least 3, sharing back (U1) among them, and most of all
    indicators are. Level 2: C1 is at least 2, or a survey is scheduled.
    """
    counted = {one.indicator: level_of(one) for one in findings if one.counts}
    waiting = any(one.status == "not_yet_due" for one in findings)
    if counted and not waiting and all(level == HIGHEST for level in counted.values()):
        return HIGHEST
    met = sum(level >= _MOSTLY for level in counted.values())
    core = all(level >= _MOSTLY for name, level in counted.items() if name in rubric.core)
    mostly = 100 * met >= rubric.levels.level_3_share * len(counted)
    if core and mostly and rubric.levels.always_needed in counted:
        return _MOSTLY
    if planned or counted.get("C1", LOWEST) >= 2:  # noqa: PLR2004
        return 2
    return LOWEST
