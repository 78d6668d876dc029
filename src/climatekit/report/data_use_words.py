"""Data-use words: the rating of one school in sentences, chosen by rule.

Of a wave that is withheld no response rate, count or finding about a score is told.
Free text of the evidence log is never printed; it may hold names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from climatekit.data_use.facts import SchoolFacts
from climatekit.data_use.findings import HIGHEST, LOWEST, Finding
from climatekit.data_use.next_steps import Step
from climatekit.data_use.rating import DataUse
from climatekit.knowledge.rubric import Rubric
from climatekit.knowledge.settings import RubricSettings
from climatekit.knowledge.wording import Messages
from climatekit.report.brief import DataUsePage, EvidenceRow, LevelBox, NextStep
from climatekit.report.phrases import join_names, write_date

_MET = 3
# These reasons read the same for every indicator.
_COMMON = frozenset(
    {
        "few_staff",
        "no_wave",
        "not_on_file",
        "plan_overdue",
        "denied",
        "denied_undated",
        "waiting",
        "no_window",
    }
)
# The facts that are a wave's label.
_WAVE_FACTS = frozenset({"wave", "before", "next_wave"})
_MARKS = {
    "not_evidenced": "open",
    "not_done": "no",
    "not_yet_due": "later",
    "not_applicable": "none",
}


def describe_data_use(
    result: DataUse,
    facts: SchoolFacts,
    rubric: Rubric,
    messages: Messages,
    *,
    hidden_waves: Collection[str] = frozenset(),
    labels: Mapping[str, str] | None = None,
    wording: RubricSettings | None = None,
) -> DataUsePage:
    """Return the data-use check of one school, every sentence finished.

    Parameters
    ----------
    result : DataUse
    facts : SchoolFacts
        What the rating was made from.
    rubric : Rubric
    messages : Messages
    hidden_waves : collection of str
        Ids of the waves of which nothing may be told.
    labels : mapping of str to str, optional
        Wave label to the label in the language of the messages, where they differ.
    wording : RubricSettings, optional
        The district's own wording of the levels, and where it comes from.
    """
    findings = [_translate_waves(finding, labels or {}) for finding in result.findings]
    have, of = result.complete
    return DataUsePage(
        headline=_write_headline(result, messages),
        disclaimer=_write_disclaimer(rubric, wording, messages),
        completeness=messages.say("data_use.completeness", count=have, of=of)
        if of
        else messages.say("data_use.complete_none"),
        levels=tuple(
            _make_box(level, result, messages, wording) for level in range(LOWEST, HIGHEST + 1)
        ),
        own=_write_own(result, messages),
        evidence=tuple(_make_row(finding, facts, messages, hidden_waves) for finding in findings),
        next_steps=tuple(
            _make_step(step, rubric, messages, hidden_waves) for step in result.next_steps
        ),
    )


def _translate_waves(finding: Finding, labels: Mapping[str, str]) -> Finding:
    told = {
        name: labels.get(str(value), value) if name in _WAVE_FACTS else value
        for name, value in finding.facts.items()
    }
    return replace(finding, facts=told)


def _write_headline(result: DataUse, messages: Messages) -> str:
    levels = {"evidenced": result.evidenced, "possible": result.possible}
    if not result.rated:
        small = all(finding.reason == "few_staff" for finding in result.findings)
        return messages.say("data_use.small" if small else "data_use.unrated")
    if not result.is_stated:
        form = "open" if result.possible > LOWEST else "open_low"
        return messages.say(f"data_use.{form}", **levels)
    form = "level" if result.evidenced == result.possible else "range"
    return messages.say(f"data_use.{form}", **levels)


def _write_disclaimer(rubric: Rubric, wording: RubricSettings | None, messages: Messages) -> str:
    ours = messages.say("data_use.disclaimer", version=rubric.version)
    if wording is None or not wording.levels:
        return ours
    own = messages.say("data_use.own_wording", source=wording.wording_source or "")
    return f"{ours} {own}"


def _write_own(result: DataUse, messages: Messages) -> str:
    """Return the team's own rating, and a question where it is not what we find on file."""
    if result.own is None:
        return ""
    level = result.own.level
    told = messages.say("data_use.own", level=level, day=write_date(result.own.day, messages))
    if not result.rated or level == result.evidenced:
        return told
    gap = "own_higher" if level > result.evidenced else "own_lower"
    return f"{told} {messages.say(f'data_use.{gap}', evidenced=result.evidenced)}"


def _make_box(
    level: int, result: DataUse, messages: Messages, wording: RubricSettings | None
) -> LevelBox:
    stated = result.is_stated
    if stated and level <= result.evidenced:
        state = "here" if level == result.evidenced else "reached"
    elif not stated and level == LOWEST:
        state = "later"
    else:
        state = "possible" if result.rated and level <= result.possible else "later"
    return LevelBox(
        level=level,
        title=messages.say(f"level.{level}.title"),
        text=(wording.levels.get(level) if wording else None)
        or messages.say(f"level.{level}.text"),
        state=state,
        state_label="" if state == "later" else messages.say(f"level_state.{state}"),
    )


def _make_row(
    finding: Finding, facts: SchoolFacts, messages: Messages, hidden: Collection[str]
) -> EvidenceRow:
    name = finding.indicator
    is_hidden = name.startswith("C") and _is_hidden(finding, hidden)
    # Of a hidden wave before, C2 is rated as if all had answered: no finding to print.
    is_hidden |= name == "C2" and _is_before_hidden(facts, finding, hidden)
    return EvidenceRow(
        indicator=name,
        question=messages.say(f"indicator.{name}.question"),
        # Of what is hidden a tick or a cross would tell the level.
        mark="none" if is_hidden and finding.status not in _MARKS else _mark(finding),
        status=_write_status(finding, messages, is_hidden=is_hidden),
        detail=_write_detail(finding, facts, messages, hidden),
    )


def _mark(finding: Finding) -> str:
    if finding.status in _MARKS:
        return _MARKS[finding.status]
    if finding.low >= _MET:
        return "yes"
    return "no" if finding.high == LOWEST else "part"


def _write_status(finding: Finding, messages: Messages, *, is_hidden: bool) -> str:
    if finding.status in _MARKS:
        return messages.say(f"status.{finding.status}")
    if is_hidden:
        return messages.say("status.evidenced_hidden")
    if finding.status == "evidenced" or finding.low >= _MET:
        return messages.say("status.evidenced", level=finding.low)
    return messages.say(
        "status.partly_evidenced", missing=_write_missing(finding.missing, messages)
    )


def _write_missing(missing: Iterable[str], messages: Messages) -> str:
    return join_names([messages.say(f"missing.{name}") for name in missing], messages)


def _write_detail(
    finding: Finding, facts: SchoolFacts, messages: Messages, hidden: Collection[str]
) -> str:
    chosen = choose_detail(finding, facts, messages, hidden)
    return " ".join(messages.say(key, **told) for key, told in chosen)


def choose_detail(
    finding: Finding, facts: SchoolFacts, messages: Messages, hidden: Collection[str]
) -> list[tuple[str, dict[str, object]]]:
    """Return the keys of the sentences that tell what a finding rests on, with their facts."""
    name, reason = finding.indicator, finding.reason
    told = _write_facts({**finding.facts, "due": finding.due or ""}, messages)
    if name.startswith("C") and _is_hidden(finding, hidden):
        if name == "C1" and "last" in finding.facts:
            return [("indicator.C1.last_only", told)]
        return [("indicator.any.hidden", {})] if finding.counts else []
    if name == "C2" and reason == "two" and _is_before_hidden(facts, finding, hidden):
        return [("indicator.C2.single", told), ("indicator.any.hidden", {})]
    if reason == "waiting" and finding.due is None:
        return [("indicator.any.waiting_next", {})]
    if name == "U3" and reason == "goal" and finding.facts.get("constructs"):
        reason = "named"
        constructs = str(finding.facts["constructs"]).split()
        told["topic"] = join_names(
            [messages.say(f"construct_name.{one}") for one in constructs], messages
        )
    common = reason in _COMMON or (reason == "no_survey" and name != "C1")
    chosen = [(f"indicator.{'any' if common else name}.{reason}", told)]
    if finding.status == "partly_evidenced" and finding.low >= _MET:
        missing = _write_missing(finding.missing, messages)
        chosen.append(("status.more", {"level": finding.high, "missing": missing}))
    if "next_due" in told:
        next_due = {"wave": told["next_wave"], "day": told["next_due"]}
        chosen.append(("data_use.next_due", next_due))
    return chosen


def _is_hidden(finding: Finding, hidden: Collection[str]) -> bool:
    """Return whether the newest wave that a finding is about is hidden."""
    return bool(finding.waves) and finding.waves[-1] in hidden


def _is_before_hidden(facts: SchoolFacts, finding: Finding, hidden: Collection[str]) -> bool:
    known = {wave.wave for wave in facts.waves}
    return any(wave in hidden and wave in known for wave in finding.waves[:-1])


def _make_step(step: Step, rubric: Rubric, messages: Messages, hidden: Collection[str]) -> NextStep:
    told = _write_facts(step.facts, messages)
    key = step.key
    level = int(str(step.facts.get("level", _MET)))
    told |= {
        "months": rubric.regular.longest_gap_months,
        "percent": rubric.response.level_4 if level == HIGHEST else rubric.response.level_3,
        "days": rubric.indicators[step.indicator].due_days,
        "days_sooner": rubric.sharing.level_4_days,
    }
    if key == "add":
        told["missing"] = _write_missing(str(step.facts["missing"]).split(), messages)
        told["topic"] = messages.say(f"indicator.{step.indicator}.topic")
    elif key == "U3.do" and "topic" in step.facts and step.facts.get("topic_wave") not in hidden:
        key = "U3.do_fell" if "topic_fell" in step.facts else "U3.do_lowest"
        told["topic"] = messages.say(f"construct_name.{step.facts['topic']}")
    elif key == "U4.do" and level == _MET:
        key = "U4.start"
    role = messages.say(f"role.{step.role}")
    return NextStep(
        lead=messages.say(f"step.{key}.lead", **told),
        text=messages.say(f"step.{key}.text", **told),
        who_when=role
        if step.by is None
        else messages.say("step.who_when", role=role, date=write_date(step.by, messages)),
    )


def _write_facts(facts: Mapping[str, str | int | date], messages: Messages) -> dict[str, object]:
    return {
        name: write_date(value, messages) if isinstance(value, date) else value
        for name, value in facts.items()
    }
