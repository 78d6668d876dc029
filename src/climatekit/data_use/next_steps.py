"""Next steps: what would lift a school to the next level, each with a day and a role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from climatekit.data_use.calendar_days import add_months
from climatekit.data_use.facts import SchoolFacts
from climatekit.data_use.findings import HIGHEST, Fact, Finding
from climatekit.knowledge.rubric import IndicatorId, Role, Rubric

Kind = Literal["records", "before_next", "next_wave"]

KINDS: tuple[Kind, ...] = ("records", "before_next", "next_wave")
_MET = 3
_SETTLED_BY_THE_WAVE = frozenset({"C1", "C2", "C3", "C4", "C5", "U6"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step towards the next level.

    Attributes
    ----------
    kind : {"records", "before_next", "next_wave"}
        Whether a record is all that is missing, or something to do before the next wave,
        or only the next wave can settle it.
    key : str
        Which words tell it: ``step.<key>`` in the messages.
    by : date, optional
        Last day for it.
    role : str
        ``role.<role>`` in the messages: data_lead, principal or team.
    facts : mapping of str to str, int or date
    """

    kind: Kind
    indicator: IndicatorId
    key: str
    by: date | None
    role: Role
    facts: Mapping[str, Fact] = field(default_factory=dict)


def choose_steps(
    facts: SchoolFacts, findings: Sequence[Finding], rubric: Rubric, *, evidenced: int, as_of: date
) -> tuple[Step, ...]:
    """Return up to three steps towards the level above `evidenced`.

    Records come first, then what can be done before the next wave, then what needs the
    next wave; the first of each kind is taken before a second of any, so that a school
    sees what to write down, what to do and what to plan for.
    """
    blockers = _list_blockers(findings, rubric, evidenced=evidenced)
    steps = [_make_step(one, facts, rubric, as_of=as_of) for one in blockers]
    # The order is stable: within a day, the core indicators stand first.
    steps.sort(key=lambda step: (step.by or date.max, step.indicator not in rubric.core))
    # C1 and C2 both ask for the number of staff, which is added once.
    counts = [step for step in steps if step.facts.get("what") == "eligible"]
    steps = [step for step in steps if step not in counts[:-1]]
    by_kind = {kind: [step for step in steps if step.kind == kind] for kind in KINDS}
    chosen = [own.pop(0) for own in by_kind.values() if own]
    rest = [step for own in by_kind.values() for step in own]
    chosen = [*chosen, *rest][: rubric.steps.most]
    return tuple(sorted(chosen, key=lambda step: KINDS.index(step.kind)))


def _list_blockers(findings: Sequence[Finding], rubric: Rubric, *, evidenced: int) -> list[Finding]:
    """Return the findings that keep the school from the level above."""
    if evidenced == HIGHEST:
        return []
    if evidenced < 2:  # noqa: PLR2004
        return [one for one in findings if one.indicator == "C1" and one.low < 2]  # noqa: PLR2004
    if evidenced == _MET:
        return [
            one
            for one in findings
            if one.status == "not_yet_due" or (one.counts and one.low < HIGHEST)
        ]
    counted = [one for one in findings if one.counts]
    core = [one for one in counted if one.indicator in rubric.core and one.low < _MET]
    waiting = [
        one
        for one in findings
        if one.indicator == rubric.levels.always_needed and one.status == "not_yet_due"
    ]
    others = [one for one in counted if one.indicator not in rubric.core and one.low < _MET]
    enough = 100 * (len(counted) - len(others)) >= rubric.levels.level_3_share * len(counted)
    return [*core, *waiting, *(others if not enough else [])]


def _make_step(finding: Finding, facts: SchoolFacts, rubric: Rubric, *, as_of: date) -> Step:
    kind = _kind_of(finding)
    name = finding.indicator
    indicator = rubric.indicators[name]
    next_wave = expect_next_wave(facts, rubric, as_of=as_of)
    by: date | None
    more: dict[str, Fact] = {"due": finding.due} if finding.due else {}
    if kind == "records":
        what = finding.missing[0] if finding.missing else "record"
        key = f"{name}.{what}" if name.startswith("C") or what == "record" else "add"
        more["what"] = what
        # One of several blanks alone would not lift the indicator: all are asked for.
        more["missing"] = " ".join(finding.missing)
        by = as_of + timedelta(days=rubric.steps.record_days)
    elif kind == "before_next":
        key = f"{name}.do"
        by = finding.due if finding.status == "not_yet_due" else _find_open_day(finding)
        if by is None or by < as_of:
            by = min(as_of + timedelta(days=rubric.steps.soon_days), next_wave)
    else:
        key = f"{name}.next"
        by = next_wave + timedelta(days=indicator.due_days or 0)
    if name == "U3":
        more |= _name_topic(facts)
    return Step(
        kind=kind,
        indicator=name,
        key=key,
        by=by,
        role="data_lead" if kind == "records" else indicator.role,
        facts={**finding.facts, **more, "level": min(max(finding.low + 1, _MET), HIGHEST)},
    )


def _kind_of(finding: Finding) -> Kind:
    # Of the survey before nothing is on file, and the newest one's day is still ahead: doing
    # it now serves more than looking for a record of last year.
    open_day = finding.indicator not in _SETTLED_BY_THE_WAVE and _find_open_day(finding)
    if open_day and finding.status == "not_evidenced":
        return "before_next"
    if finding.status in ("not_evidenced", "partly_evidenced"):
        return "records"
    if finding.indicator in _SETTLED_BY_THE_WAVE:
        return "next_wave"
    if finding.status == "not_yet_due":
        return "next_wave" if finding.due is None else "before_next"
    if open_day:
        return "before_next"
    # What was late or left out cannot be made good for this wave; only U4 and U5 grow on.
    grows = finding.indicator in ("U4", "U5") and finding.low >= _MET
    return "before_next" if grows else "next_wave"


def _find_open_day(finding: Finding) -> date | None:
    """Return the last day for the newest wave, where an earlier wave decided the finding."""
    day = finding.facts.get("next_due")
    return day if isinstance(day, date) else None


def _name_topic(facts: SchoolFacts) -> dict[str, Fact]:
    """Return the construct that a goal should be on: what fell, else what is lowest."""
    answered = [wave for wave in facts.waves if wave.answered]
    if not answered:
        return {}
    latest = answered[-1]
    if latest.fell:
        return {"topic": min(latest.fell), "topic_wave": latest.wave, "topic_fell": 1}
    return {"topic": latest.lowest, "topic_wave": latest.wave} if latest.lowest else {}


def expect_next_wave(facts: SchoolFacts, rubric: Rubric, *, as_of: date) -> date:
    """Return the last day on which a next wave would still keep the rhythm of C1."""
    closed = [wave.closed for wave in facts.waves if wave.closed and wave.closed <= as_of]
    if closed:
        latest = add_months(max(closed), rubric.regular.longest_gap_months)
        if latest > as_of:
            return latest
    return add_months(as_of, rubric.levels.schedule_months)
