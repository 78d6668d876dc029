"""Worked out: numbers that are made from printed ones or from the records, for the ledger.

They reveal nothing that the others do not; each has its row all the same, so that nothing
stands in a file that the ledger does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from climatekit.data_use.findings import Finding
from climatekit.knowledge.constructs import find_lead_scores, list_brief_scores
from climatekit.knowledge.wording import load_messages
from climatekit.release.assembly import ReleasedChange
from climatekit.release.ledger import Entry
from climatekit.release.released import Released
from climatekit.report.builder import find_rates
from climatekit.report.data_use_words import choose_detail
from climatekit.report.nonresponse_words import find_supposed
from climatekit.report.trend_words import write_trend
from climatekit.run.study import Study, list_hidden_waves, make_brief_context
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
    for school, change in _list_brief_changes(study):
        left = find_supposed(change, find_rates(study.release.schools[school], change))
        if left:
            place = {"wave": change.after, "since": change.before}
            yield _enter("supposed", left, **place, school=school, subject=change.score)


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
            points = study.release.schools[school].scores[rule.id].points
            # A reader sees the waves of the whole line, and not which of them the slope is over.
            told = [wave for wave, one in points.items() if isinstance(one, Released)]
            place = {"school": school, "subject": rule.id, "wave": told[-1], "since": told[0]}
            for side, value in (("", shown.value), ("_low", shown.low), ("_high", shown.high)):
                if value is not None:
                    yield _enter(f"slope{side}", value, **place)


def prints_briefs(study: Study) -> bool:
    """Return whether briefs are printed, and not the staff's sheet alone."""
    return bool(set(study.settings.formats) - {"staff"})


def list_worded(study: Study) -> frozenset[str]:
    """Return the scores of which a page tells in words what became of them."""
    if prints_briefs(study):
        return frozenset(rule.id for rule in list_brief_scores(study.scales))
    leads = find_lead_scores(study.scales, study.settings.lead_scores)
    return frozenset(rule.id for rule in leads.values())


def list_told_rates(study: Study) -> Iterator[tuple[str, str]]:
    """Yield the (school, wave) whose response rates the release prints.

    Of the latest wave; of the one before in the sentence on who answered, and where the
    nonresponse check has a say; and of those that the data-use check judges.
    """
    for name, school in study.release.schools.items():
        latest, previous = study.figures.latest.get(name), study.figures.previous.get(name)
        if latest is not None:
            yield name, latest
            if previous is not None and isinstance(school.waves[latest].rate, Released):
                yield name, previous
    for name, change in _list_brief_changes(study):
        rates = find_rates(study.release.schools[name], change)
        if find_supposed(change, rates) is not None:
            yield from ((name, change.before), (name, change.after))
    for name, finding, facts in _list_details(study):
        if finding.indicator == "C2":
            newest_first = zip(("rate", "rate_before"), reversed(finding.waves), strict=False)
            yield from ((name, wave) for fact, wave in newest_first if fact in facts)


def _list_brief_changes(study: Study) -> Iterator[tuple[str, ReleasedChange]]:
    worded = list_worded(study)
    for name, school in study.release.schools.items():
        for score, told in school.scores.items():
            if told.change is not None and score in worded:
                yield name, told.change


def _list_details(study: Study) -> Iterator[tuple[str, Finding, frozenset[str]]]:
    """Yield each finding with the names of the facts that its sentences hold."""
    if study.settings.as_of is None or not prints_briefs(study):
        return
    languages = (study.settings.language, *study.settings.also_in)
    for school, rating in study.ratings.items():
        hidden = list_hidden_waves(study.release.schools[school])
        for finding in rating.findings:
            told: frozenset[str] = frozenset()
            for messages in map(load_messages, languages):
                chosen = choose_detail(finding, study.facts[school], messages, hidden)
                told = told.union(*(messages.tells(key, **facts) for key, facts in chosen))
            yield school, finding, told


def _list_records(study: Study) -> Iterator[Entry]:
    """List the counts that the data-use check tells; of a hidden wave's response none is."""
    latest = study.waves[-1] if study.waves else ""
    for school, finding, told in _list_details(study):
        if finding.indicator == "C2":
            continue  # response rates: they have rows of their own
        for name, value in finding.facts.items():
            if isinstance(value, int) and name in told:
                subject = f"{finding.indicator} {name}"
                yield _enter("record", value, wave=latest, school=school, subject=subject)


def _enter(statistic: str, value: float, **place: str) -> Entry:
    return Entry(
        statistic=statistic, low=value - _HALF, high=value + _HALF, text=f"{value:g}", **place
    )
