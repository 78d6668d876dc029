"""Worked out: numbers that are made from printed ones or from the records, for the ledger.

They reveal nothing that the others do not; each has its row all the same, so that nothing
stands in a file that the ledger does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from climatekit.data_use.findings import Finding
from climatekit.knowledge.constructs import find_lead_scores, list_brief_scores
from climatekit.knowledge.wording import Messages, load_messages
from climatekit.release.ledger import Entry
from climatekit.release.released import Released
from climatekit.report.builder import find_rates
from climatekit.report.nonresponse_words import find_supposed
from climatekit.report.trend_words import write_trend
from climatekit.run.study import Study, make_brief_context
from climatekit.run.tables import tables

_HALF = 0.5


def list_worked_out(study: Study) -> Iterator[Entry]:
    """Return slopes, standard scores, tipping points, and counts of what is on file."""
    yield from _list_tipping(study)
    yield from _list_supposed(study)
    yield from _list_standards(study)
    if study.settings.as_of is not None:
        yield from _list_slopes(study)
        yield from _list_records(study)


def _list_tipping(study: Study) -> Iterator[Entry]:
    for row in tables.list_changes(study, tuple(study.release.schools)):
        told = dict(zip(tables.CHANGE_COLUMNS, row, strict=True))
        if isinstance(told["tipping"], int):
            yield _enter(
                "tipping",
                told["tipping"],
                wave=str(told["after"]),
                since=str(told["before"]),
                school=str(told["school"]),
                subject=str(told["score"]),
            )


def _list_supposed(study: Study) -> Iterator[Entry]:
    """List what the nonresponse check says would be left of a change."""
    in_brief = {rule.id for rule in list_brief_scores(study.scales)}
    for school in study.release.schools.values():
        for score, told in school.scores.items():
            if told.change is None or score not in in_brief:
                continue
            left = find_supposed(told.change, find_rates(school, told.change))
            if left:
                place = {"wave": told.change.after, "since": told.change.before}
                yield _enter("supposed", left, **place, school=school.school, subject=score)


def _list_standards(study: Study) -> Iterator[Entry]:
    for school, standards in study.standards.items():
        for (wave, score), one in standards.items():
            if isinstance(one.shown, Released):
                yield Entry(
                    wave=wave,
                    school=school,
                    statistic="standard",
                    subject=score,
                    low=None if one.shown.capped == "low" else one.shown.value - _HALF,
                    high=None if one.shown.capped == "high" else one.shown.value + _HALF,
                    text=one.shown.text,
                )


def _list_slopes(study: Study) -> Iterator[Entry]:
    context = make_brief_context(study)
    leads = find_lead_scores(study.scales, study.settings.lead_scores).values()
    for rule in leads:
        for school in study.release.schools:
            slope = context.slopes.get((school, rule.id))
            shown = write_trend(slope, {}, context.messages)[1]
            if slope is None or shown is None:
                continue
            place = {"school": school, "subject": rule.id}
            place |= {"wave": slope.waves[-1], "since": slope.waves[0]}
            for side, value in (("", shown.value), ("_low", shown.low), ("_high", shown.high)):
                if value is not None:
                    yield _enter(f"slope{side}", value, **place)


def _list_records(study: Study) -> Iterator[Entry]:
    """List the counts that the data-use check tells; of a hidden wave's response none is."""
    latest = study.waves[-1] if study.waves else ""
    messages = load_messages(study.settings.language)
    for school, rating in study.ratings.items():
        for finding in rating.findings:
            if finding.indicator == "C2":
                continue  # response rates: they have rows of their own
            asked = _list_facts(messages, finding)
            for name, value in finding.facts.items():
                if isinstance(value, int) and name in asked:
                    subject = f"{finding.indicator} {name}"
                    yield _enter("record", value, wave=latest, school=school, subject=subject)


def _list_facts(messages: Messages, finding: Finding) -> frozenset[str]:
    """Return which facts the sentence of a finding holds."""
    key = f"indicator.{finding.indicator}.{finding.reason}"
    return messages.facts_of(key) if messages.name(key, "") else frozenset()


def _enter(statistic: str, value: float, **place: str) -> Entry:
    return Entry(
        statistic=statistic, low=value - _HALF, high=value + _HALF, text=f"{value:g}", **place
    )
