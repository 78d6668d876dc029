"""Explanation: for one school, what decided each indicator and what would change it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from climatekit.data_use.findings import Finding
from climatekit.data_use.rating import DataUse
from climatekit.data_use.what_if import WhatIf
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.rubric import IndicatorId
from climatekit.knowledge.wording import Messages
from climatekit.report.brief import DataUsePage
from climatekit.report.phrases import join_names, write_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What decided one indicator of one school; sentences are finished.

    Attributes
    ----------
    low, high : int, optional
        Levels 1 to 4; None where the indicator does not count yet, or the level would
        tell something that is withheld.
    status : str
        As `Finding.status`.
    detail : str
        The finding, in the words of the brief.
    decided_by : tuple of str
        ``answers``, ``roster``, ``log:<line>``.
    basis : str
        The same in words; empty where nothing is on file.
    change : str
        What one more record would change; empty where none would.
    what_if : WhatIf, optional
        The numbers behind `change`.
    """

    indicator: IndicatorId
    question: str
    low: int | None
    high: int | None
    status: str
    detail: str
    due: date | None
    decided_by: tuple[str, ...]
    basis: str
    change: str
    what_if: WhatIf | None


def explain_rating(
    result: DataUse,
    page: DataUsePage,
    what_ifs: Mapping[IndicatorId, WhatIf],
    log: Sequence[EvidenceRow],
    messages: Messages,
    *,
    hidden: Collection[str] = frozenset(),
) -> tuple[Explanation, ...]:
    """Explain a rating, one element per indicator in their order.

    Parameters
    ----------
    result : DataUse
    page : DataUsePage
        The same rating in the brief's words.
    what_ifs : mapping of IndicatorId to WhatIf
        As `find_what_ifs` gives them.
    log : sequence of EvidenceRow
        The school's rows; only event, day and whether there is a document are told.
    hidden : collection of str
        Indicators whose level would tell what is withheld. With any, no level of the
        school is told that it would have, for the two together would tell it.
    """
    by_line = {f"log:{row.line}": row for row in log}
    told = {row.indicator: row for row in page.evidence}
    explained = []
    for finding in result.findings:
        name = finding.indicator
        covered = name in hidden
        what_if = None if covered else what_ifs.get(name)
        detail = f"{told[name].status} {told[name].detail}".strip()
        explained.append(
            Explanation(
                indicator=name,
                question=told[name].question,
                low=finding.low if finding.counts and not covered else None,
                high=finding.high if finding.counts and not covered else None,
                status=finding.status,
                detail=detail,
                due=finding.due,
                decided_by=finding.sources,
                basis=_write_basis(finding, by_line, messages),
                change=_write_change(
                    finding, what_if, messages, now=result.evidenced, whole=not hidden
                ),
                what_if=what_if,
            )
        )
    return tuple(explained)


def _write_basis(finding: Finding, by_line: Mapping[str, EvidenceRow], messages: Messages) -> str:
    names = []
    for source in finding.sources:
        row = by_line.get(source)
        if row is None:
            names.append(messages.say(f"explain.source.{source}"))
            continue
        event = messages.say(f"explain.event.{row.event}")
        facts = {"line": row.line, "event": event}
        kind = "documented" if row.doc_ref else "attested"
        tag = messages.say(f"explain.tag.{kind}")
        if row.date is None:
            names.append(messages.say("explain.source.undated", **facts, tag=tag))
        else:
            day = write_date(row.date, messages)
            names.append(messages.say("explain.source.row", **facts, tag=tag, date=day))
    if not names:
        return ""
    return messages.say("explain.basis", sources=join_names(names, messages))


def _write_change(
    finding: Finding, what_if: WhatIf | None, messages: Messages, *, now: int, whole: bool
) -> str:
    if what_if is None:
        return ""
    stays = "stays" if what_if.evidenced == now else None
    school = {"evidenced": what_if.evidenced}
    if what_if.kind == "cells":
        missing = [messages.say(f"missing.{name}") for name in finding.missing]
        facts = {"level": what_if.high, "missing": join_names(missing, messages)}
        sentence = messages.say("explain.cells.named", **facts)
        ending = messages.say(f"explain.school.{stays or 'up_to'}", **school)
    else:
        day = write_date(what_if.day, messages) if what_if.day else ""
        event = messages.say(f"explain.event.{what_if.event}")
        form = "level" if what_if.low == what_if.high else "range"
        facts = {"level": what_if.low, "high": what_if.high, "event": event, "date": day}
        sentence = messages.say(f"explain.record.{form}", **facts)
        ending = messages.say(f"explain.school.{stays or 'level'}", **school)
    return f"{sentence} {ending}" if whole else sentence
