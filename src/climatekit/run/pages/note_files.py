"""Note files: the technical note of a release, as a web page and a PDF."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from climatekit.knowledge.scales import Scale, title_scores
from climatekit.knowledge.wording import Messages
from climatekit.measure.second_opinion import TOLERANCE, SecondOpinion
from climatekit.release.rules import REASONS
from climatekit.report.builder import BriefContext
from climatekit.report.look import Look
from climatekit.report.pdf import check_pdf_engine
from climatekit.report.technical_note import (
    NoteSection,
    TechnicalNote,
    render_note_html,
    render_note_pdf,
    write_rows,
)
from climatekit.run.files.spreadsheet import Cell
from climatekit.run.pages.note_quality import tell_quality
from climatekit.run.publishing.manifest import Digest
from climatekit.run.study import Study, make_brief_context
from climatekit.run.tables import tables
from climatekit.run.tables.cautions import list_cautions
from climatekit.run.tables.workbook import list_settings

NAME = "technical_note"
PARTS = ("html", "pdf")
DEFINITIONS = (
    "points", "range", "change", "verdict", "detectable", "alpha", "intervals", "omega", "lambda6",
    "halves", "sem", "ordinal", "item_rest", "icc", "school_mean", "rwgj", "ad", "invariance",
    "screening", "pooled",
)  # fmt: skip

_SHOWN_DIGITS = 16
_ADDRESS = re.compile(r"https?://")
# The words of reliability.csv, which are the same in every language, and their messages.
_READINGS = {
    "good": "good",
    "fair": "fair",
    "weak": "weak",
    "schools do not differ reliably": "alike",
    "questions do not hang together: check the coding": "incoherent",
    REASONS["district-reliability"]: "few",
    "fewer than two items vary": "unvaried",
    "two of the items share fewer than ten answers": "unshared",
    "the sum of the items does not vary": "constant",
}

# Two decimals each, so that the figures of a column stand below each other.
_COEFFICIENTS = ("alpha", "alpha_low", "alpha_high", "icc1", "icc2", "rwgj")


def build_note(
    study: Study,
    versions: Mapping[str, str],
    inputs: Mapping[str, Digest],
    *,
    opinion: SecondOpinion | None = None,
    language: str | None = None,
) -> TechnicalNote:
    """Return the technical note of a study: released numbers, settings and definitions.

    pingouin is asked for its `opinion` where none is given.

    `language` is the settings' own where none is given.
    """
    context = make_brief_context(study, language)
    words = context.messages.under("technical")
    say = words.say
    latest = context.settings.waves[-1]
    district = study.settings.district
    opinion = opinion or study.ask_second_opinion()
    gate = study.settings.disclosure
    return TechnicalNote(
        language=words.language,
        kind=say("kind"),
        title=say("title", district=district or say("kind"), wave=latest.label),
        description=say("description"),
        district=district,
        wave_label=latest.label,
        created=(latest.closed or context.as_of).isoformat(),
        lead=say("lead"),
        sections=(
            _tell_scales(context.scales, words),
            _tell_reliability(study, context, words),
            *tell_quality(study, context, words),
            NoteSection(
                title=say("second"),
                kind="plain",
                texts=(
                    say(
                        "second_text",
                        version=opinion.version,
                        compared=opinion.compared,
                        # Its last digits differ from machine to machine.
                        largest=f"{opinion.largest:.1g}"
                        if opinion.warning
                        else say("under", bound=f"{TOLERANCE:g}"),
                    ),
                ),
            ),
            NoteSection(
                title=say("definition_heading"),
                kind="definitions",
                columns=(say("term"), say("meaning"), say("sources")),
                rows=tuple(
                    tuple(say(f"definitions.{name}.{part}") for part in ("term", "text", "source"))
                    for name in DEFINITIONS
                ),
            ),
            _tell_cautions(study, context.scales, words),
            *([_tell_published(context.scales, words)] if _has_published(context.scales) else []),
            NoteSection(
                title=say("disclosure"),
                kind="settings",
                columns=(say("rule"), say("value")),
                rows=write_rows(
                    [
                        (say(f"rules.{name}"), getattr(gate, name))
                        for name in (
                            "min_n",
                            "min_n_detail",
                            "min_n_reliability",
                            "reason",
                            "republish",
                        )
                    ]
                ),
            ),
            NoteSection(
                title=say("data_use"),
                kind="plain",
                texts=(
                    say(
                        "data_use_text",
                        version=study.rubric.version,
                        disclaimer=context.messages.say(
                            "data_use.disclaimer", version=study.rubric.version
                        ),
                    ),
                ),
            ),
            NoteSection(
                title=say("settings"),
                kind="settings",
                columns=(say("key"), say("value")),
                rows=write_rows(
                    # A whole hash breaks over two lines, and its end reads like a number.
                    [
                        (
                            key,
                            f"{str(value)[:_SHOWN_DIGITS]}…"
                            if str(key).endswith("sha256")
                            else value,
                        )
                        for key, value in list_settings(study, versions)
                    ]
                ),
            ),
            NoteSection(
                title=say("inputs"),
                kind="settings",
                columns=(say("file"), say("sha256")),
                rows=tuple(
                    (name, digest.sha256[:_SHOWN_DIGITS] + "…")
                    for name, digest in sorted(inputs.items())
                ),
            ),
        ),
        footer=f"climatekit {context.version} · {context.fingerprint[:12]}",
        english=tuple(dict.fromkeys(_list_english(study.scales, words.language))),
    )


def _list_english(scales: Sequence[Scale], language: str) -> Iterator[str]:
    """List what a scale file that speaks a note's language as well has in its own alone.

    A file without words in that language may be in it itself.
    """
    for scale in scales:
        if language in scale.languages:
            yield scale.title
            yield from (one.removesuffix(".") for one in scale.citations)
            yield from (source for _, source in scale.evidence.values())
            yield from (caution.text for caution in scale.cautions)
            for value in scale.published:
                yield from (value.sample, _drop_protocol(value.source))


def _drop_protocol(source: str) -> str:
    # The page calls nowhere: an address of a source is told without its protocol.
    return _ADDRESS.sub("", source)


def render_note(
    note: TechnicalNote,
    formats: Sequence[str],
    look: Look | None = None,
    *,
    name: str = NAME,
    parts: Collection[str] = PARTS,
) -> dict[str, bytes]:
    """Return ``technical_note.html`` and, with a PDF engine, ``technical_note.pdf``.

    `parts` are those to make, ``html`` and ``pdf``; both when not given.
    """
    made: dict[str, bytes] = {}
    if "html" in parts:
        made[f"{name}.html"] = render_note_html(note, look=look).encode()
    if "pdf" in parts and "pdf" in formats and check_pdf_engine() is None:
        made[f"{name}.pdf"] = render_note_pdf(note, look)
    return made


def _tell_scales(scales: Sequence[Scale], words: Messages) -> NoteSection:
    say = words.say
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
                    say(f"scale_status.{scale.status}"),
                    len(rule.items) or say("imported" if rule.imported else "composite"),
                    ", ".join(map(str, turned)) or say("none"),
                    say("needed", least=rule.needed, items=len(rule.items))
                    if rule.items
                    else say("none"),
                    ", ".join(
                        say("option_range", low=one.low, high=one.high) for one in sets.values()
                    )
                    or say("option_range", low=f"{low:g}", high=f"{high:g}"),
                )
            )
    return NoteSection(
        title=say("scales"),
        kind="scales",
        texts=tuple(_tell_scale(scale, words) for scale in scales),
        columns=tuple(
            say(name)
            for name in ("scale", "version", "status", "items", "reversed", "least", "options")
        ),
        rows=write_rows(rows),
    )


def _tell_scale(scale: Scale, words: Messages) -> str:
    """Return where a scale comes from, which file scored it, and how sure its key is."""
    say = words.say
    confidence, source = scale.evidence.get("key", ("low", say("none")))
    return say(
        "scale_text",
        title=scale.title,
        stamp=scale.stamp,
        status=say(f"scale_status.{scale.status}"),
        confidence=say(f"confidence.{confidence}"),
        source=source,
        referent=scale.referent + (say("adapted") if scale.adapted_referent else ""),
        citations=_join_citations(scale.citations),
    )


def _join_citations(citations: Sequence[str]) -> str:
    """Return sources in a row; the stop that ends one would stand before the next one's mark."""
    *others, last = citations or ("",)
    return "; ".join([*(one.removesuffix(".") for one in others), last])


def _tell_cautions(study: Study, scales: Sequence[Scale], words: Messages) -> NoteSection:
    say = words.say
    titles = {scale.id: scale.title for scale in scales}
    return NoteSection(
        title=say("cautions"),
        kind="cautions",
        columns=(say("scale"), say("caution"), say("when")),
        rows=write_rows(
            [
                (titles[scale], caution.text, say(f"called_by.{caution.when}"))
                for scale, called in list_cautions(study, scales).items()
                for caution in called
            ]
            + [
                (scale.title, say("weighted"), say("weighted_when"))
                for scale in scales
                if study.settings.columns.weight and scale.weighted
            ]
        ),
    )


def _has_published(scales: Sequence[Scale]) -> bool:
    return any(scale.published for scale in scales)


def _tell_published(scales: Sequence[Scale], words: Messages) -> NoteSection:
    say = words.say
    titles = title_scores(scales)
    rows = [
        (
            f"{scale.abbreviation}: {titles.get(value.score, scale.title)}",
            say(f"publication.{value.statistic}"),
            f"{value.low:g}"
            if value.low == value.high
            else say("option_range", low=f"{value.low:g}", high=f"{value.high:g}"),
            say(f"publication.{value.level}"),
            f"{value.sample} ({_drop_protocol(value.source)}; "
            + say(f"confidence.{value.confidence}")
            + ")",
        )
        for scale in scales
        for value in scale.published
    ]
    return NoteSection(
        title=say("published"),
        kind="published",
        texts=(say("published_text"),),
        columns=(say("scale"), say("term"), say("value"), say("level"), say("sources")),
        rows=write_rows(rows),
    )


def _tell_reliability(study: Study, context: BriefContext, words: Messages) -> NoteSection:
    say = words.say
    columns = words.under("columns").keys()
    kept = [place for place, name in enumerate(tables.RELIABILITY_COLUMNS) if name in columns]
    return NoteSection(
        title=say("reliability"),
        kind="reliability",
        texts=(say("reliability_lead"),),
        columns=tuple(say(f"columns.{tables.RELIABILITY_COLUMNS[place]}") for place in kept),
        rows=write_rows(
            [
                [_translate(row, place, context, words) for place in kept]
                for row in tables.list_reliability(study)
            ]
        ),
    )


def _translate(row: Sequence[Cell], place: int, context: BriefContext, words: Messages) -> Cell:
    """Return one cell of the table of reliability in the note's language."""
    column, cell = tables.RELIABILITY_COLUMNS[place], row[place]
    if column == "title":
        score = str(row[tables.RELIABILITY_COLUMNS.index("score")])
        return next(one.scores[score].title for one in context.scales if score in one.scores)
    if column == "wave":
        return next(wave.label for wave in context.settings.waves if wave.id == cell)
    if column == "reading":
        parts = str(cell).split("; ")
        return "; ".join(
            words.say(f"reading.{_READINGS[part]}") if part in _READINGS else part for part in parts
        )
    if column in _COEFFICIENTS and cell is not None:
        return f"{cell:.2f}"
    return cell
