"""Explanations: what decided each school's data-use rating, as rows and as text."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from climatekit.data_use.what_if import find_what_ifs
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.wording import Messages, load_messages
from climatekit.report.explanation import Explanation, explain_rating
from climatekit.report.phrases import write_date
from climatekit.run.files.spreadsheet import Cell
from climatekit.run.study import Study, describe_rating, list_hidden_waves

EXPLANATION_COLUMNS = (
    "school", "name", "indicator", "question", "low", "high", "status", "detail", "due",
    "decided_by", "basis", "record", "record_day", "record_low", "record_high",
    "school_evidenced", "school_possible", "change",
)  # fmt: skip
_WIDTH = 78


NOTES_COLUMN = "notes"


def list_explanations(
    study: Study, schools: Sequence[str], *, include_notes: bool = False
) -> list[tuple[Cell, ...]]:
    """Return one row per school and indicator, in the columns of `EXPLANATION_COLUMNS`.

    With `include_notes` one more, `NOTES_COLUMN`: the free text of the log's rows.
    """
    messages = load_messages(study.settings.language)
    rows: list[tuple[Cell, ...]] = []
    for school in schools:
        whole = not _list_hidden(study, school)
        log = study.log_of(school)
        for one in _explain(study, school, messages):
            more = one.what_if
            rows.append(
                (
                    school,
                    study.names[school],
                    one.indicator,
                    one.question,
                    one.low,
                    one.high,
                    one.status,
                    one.detail,
                    one.due.isoformat() if one.due else None,
                    " ".join(one.decided_by),
                    one.basis,
                    (more.event or "cells") if more else None,
                    more.day.isoformat() if more and more.day else None,
                    more.low if more else None,
                    more.high if more else None,
                    more.evidenced if more and whole else None,
                    more.possible if more and whole else None,
                    one.change,
                    *([_join_notes(one, log)] if include_notes else []),
                )
            )
    return rows


def write_explanations(study: Study, schools: Sequence[str], *, include_notes: bool = False) -> str:
    """Return the same as text for people, in the language of the briefs."""
    messages = load_messages(study.settings.language)
    day = write_date(study.require_as_of(), messages)
    blocks = []
    for school in schools:
        lines = [
            messages.say("explain.heading", name=study.names[school], date=day),
            describe_rating(study, school, messages).headline,
        ]
        log = study.log_of(school)
        for one in _explain(study, school, messages):
            notes = _join_notes(one, log) if include_notes else ""
            lines += ["", f"{one.indicator}  {one.question}"]
            lines += [
                fill(text, _WIDTH, initial_indent="    ", subsequent_indent="    ")
                for text in (one.detail, one.basis, notes, one.change)
                if text
            ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _join_notes(one: Explanation, log: Sequence[EvidenceRow]) -> str:
    """Return what people wrote into the rows that decided an indicator; it may hold names."""
    told = []
    for row in log:
        texts = (row.owner_role, row.target, row.protocol, row.doc_ref, row.note)
        if f"log:{row.line}" in one.decided_by and any(texts):
            told.append(f"[{row.line}] " + "; ".join(text for text in texts if text))
    return " ".join(told)


def _explain(study: Study, school: str, messages: Messages) -> tuple[Explanation, ...]:
    log = study.log_of(school)
    rating = study.ratings[school]
    what_ifs = find_what_ifs(
        study.facts[school],
        log,
        rating.findings,
        study.rubric,
        as_of=study.require_as_of(),
        log_start=study.settings.rubric.log_start,
    )
    return explain_rating(
        rating,
        describe_rating(study, school, messages),
        what_ifs,
        log,
        messages,
        hidden=_list_hidden(study, school),
    )


def _list_hidden(study: Study, school: str) -> frozenset[str]:
    """Return the indicators whose level would tell of a hidden wave."""
    hidden = list_hidden_waves(study.release.schools[school])
    return frozenset(
        finding.indicator
        for finding in study.ratings[school].findings
        if finding.indicator.startswith("C") and hidden & set(finding.waves)
    )
