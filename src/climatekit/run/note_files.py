"""Note files: the technical note of a release, as a web page and a PDF."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from climatekit.knowledge.scales import Scale
from climatekit.measure.second_opinion import TOLERANCE
from climatekit.report.look import Look
from climatekit.report.pdf import check_pdf_engine
from climatekit.report.technical_note import (
    NoteSection,
    TechnicalNote,
    read_note_words,
    render_note_html,
    render_note_pdf,
    write_rows,
)
from climatekit.run import tables
from climatekit.run.cautions import list_cautions
from climatekit.run.manifest import Digest
from climatekit.run.study import Study, make_brief_context
from climatekit.run.workbook import list_settings

_SHOWN_DIGITS = 16
# The page calls nowhere: an address of a source is told without its protocol.
_ADDRESS = re.compile(r"https?://")


def build_note(
    study: Study, versions: Mapping[str, str], inputs: Mapping[str, Digest]
) -> TechnicalNote:
    """Return the technical note of a study: released numbers, settings and definitions."""
    words = read_note_words()
    say = words["words"]
    context = make_brief_context(study)
    latest = study.settings.waves[-1]
    district = study.settings.district
    opinion = study.ask_second_opinion()
    gate = study.settings.disclosure
    return TechnicalNote(
        kind=say["kind"],
        title=say["title"].format(district=district or say["kind"], wave=latest.label),
        description=say["description"],
        district=district,
        wave_label=latest.label,
        created=(latest.closed or context.as_of).isoformat(),
        lead=say["lead"],
        sections=(
            _tell_scales(study.scales, say),
            _tell_reliability(study, words),
            NoteSection(
                title=say["second"],
                kind="plain",
                texts=(
                    say["second_text"].format(
                        version=opinion.version,
                        compared=opinion.compared,
                        # Its last digits differ from machine to machine.
                        largest=f"{opinion.largest:.1g}"
                        if opinion.warning
                        else f"under {TOLERANCE:g}",
                    ),
                ),
            ),
            NoteSection(
                title=say["definitions"],
                kind="definitions",
                columns=(say["term"], say["meaning"], say["sources"]),
                rows=tuple(
                    (one["term"], one["text"], one["source"]) for one in words["definitions"]
                ),
            ),
            _tell_cautions(study, say),
            *([_tell_published(study.scales, say)] if _has_published(study.scales) else []),
            NoteSection(
                title=say["disclosure"],
                kind="settings",
                columns=(say["rule"], say["value"]),
                rows=write_rows(
                    [
                        ("anything at all, from people who answered", gate.min_n),
                        ("single questions", gate.min_n_detail),
                        ("a school's own reliability", gate.min_n_reliability),
                        ("reason for less than 10", gate.reason),
                        ("reason to publish a wave again", gate.republish),
                    ]
                ),
            ),
            NoteSection(
                title=say["data_use"],
                kind="plain",
                texts=(
                    say["data_use_text"].format(
                        version=study.rubric.version, disclaimer=study.rubric.disclaimer
                    ),
                ),
            ),
            NoteSection(
                title=say["settings"],
                kind="settings",
                columns=(say["key"], say["value"]),
                rows=write_rows(list_settings(study, versions)),
            ),
            NoteSection(
                title=say["inputs"],
                kind="settings",
                columns=(say["file"], say["sha256"]),
                rows=tuple(
                    (name, digest.sha256[:_SHOWN_DIGITS] + "…")
                    for name, digest in sorted(inputs.items())
                ),
            ),
        ),
        footer=f"climatekit {context.version} · {context.fingerprint[:12]}",
    )


def render_note(
    note: TechnicalNote, formats: Sequence[str], look: Look | None = None
) -> dict[str, bytes]:
    """Return ``technical_note.html`` and, with a PDF engine, ``technical_note.pdf``."""
    made = {"technical_note.html": render_note_html(note, look=look).encode()}
    if "pdf" in formats and check_pdf_engine() is None:
        made["technical_note.pdf"] = render_note_pdf(note, look)
    return made


def _tell_scales(scales: Sequence[Scale], say: Mapping[str, str]) -> NoteSection:
    rows = []
    for scale in scales:
        for rule in scale.scores.values():
            low, high = scale.range_of(rule)
            sets = {one.id: one for one in map(scale.response_set_of, rule.items)}
            turned = sorted(scale.items[item].number for item in rule.reversed_items)
            rows.append(
                (
                    f"{scale.abbreviation}: {rule.title}",
                    scale.version,
                    scale.status,
                    len(rule.items) or (say["imported"] if rule.imported else say["composite"]),
                    ", ".join(map(str, turned)) or say["none"],
                    say["needed"].format(least=rule.needed, items=len(rule.items))
                    if rule.items
                    else say["none"],
                    ", ".join(f"{one.low} to {one.high}" for one in sets.values())
                    or f"{low:g} to {high:g}",
                )
            )
    return NoteSection(
        title=say["scales"],
        kind="scales",
        texts=tuple(_tell_scale(scale, say) for scale in scales),
        columns=tuple(
            say[name]
            for name in ("scale", "version", "status", "items", "reversed", "least", "options")
        ),
        rows=write_rows(rows),
    )


def _tell_scale(scale: Scale, say: Mapping[str, str]) -> str:
    """Return where a scale comes from, which file scored it, and how sure its key is."""
    confidence, source = scale.evidence.get("key", ("low", say["none"]))
    return say["scale_text"].format(
        title=scale.title,
        stamp=scale.stamp,
        status=scale.status,
        confidence=confidence,
        source=source,
        referent=scale.referent + (say["adapted"] if scale.adapted_referent else ""),
        citations="; ".join(scale.citations),
    )


def _tell_cautions(study: Study, say: Mapping[str, str]) -> NoteSection:
    titles = {scale.id: scale.title for scale in study.scales}
    return NoteSection(
        title=say["cautions"],
        kind="cautions",
        columns=(say["scale"], say["caution"], say["when"]),
        rows=write_rows(
            [
                (titles[scale], caution.text, caution.when.replace("_", " "))
                for scale, called in list_cautions(study).items()
                for caution in called
            ]
        ),
    )


def _has_published(scales: Sequence[Scale]) -> bool:
    return any(scale.published for scale in scales)


def _tell_published(scales: Sequence[Scale], say: Mapping[str, str]) -> NoteSection:
    titles = {rule.id: rule.title for scale in scales for rule in scale.scores.values()}
    rows = [
        (
            f"{scale.abbreviation}: {titles.get(value.score, scale.title)}",
            value.statistic,
            f"{value.low:g}" if value.low == value.high else f"{value.low:g} to {value.high:g}",
            value.level,
            f"{value.sample} ({_ADDRESS.sub('', value.source)}; {value.confidence})",
        )
        for scale in scales
        for value in scale.published
    ]
    return NoteSection(
        title=say["published"],
        kind="published",
        texts=(say["published_text"],),
        columns=(say["scale"], say["term"], say["value"], say["level"], say["sources"]),
        rows=write_rows(rows),
    )


def _tell_reliability(study: Study, words: Mapping[str, Any]) -> NoteSection:
    say, columns = words["words"], words["columns"]
    kept = [place for place, name in enumerate(tables.RELIABILITY_COLUMNS) if name in columns]
    return NoteSection(
        title=say["reliability"],
        kind="reliability",
        texts=(say["reliability_lead"],),
        columns=tuple(columns[tables.RELIABILITY_COLUMNS[place]] for place in kept),
        rows=write_rows([[row[place] for place in kept] for row in tables.list_reliability(study)]),
    )
