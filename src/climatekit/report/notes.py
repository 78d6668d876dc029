"""Notes: methods, limits, and the list of everything that was withheld."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from climatekit.knowledge.scales import Scale
from climatekit.knowledge.settings import Settings, WaveSettings
from climatekit.release.assembly import Release, SchoolRelease
from climatekit.release.released import Released
from climatekit.report.brief import Note
from climatekit.values import Withheld

Say = Callable[..., str]


def write_notes(
    settings: Settings,
    scales: Sequence[Scale],
    release: Release,
    wave: WaveSettings,
    *,
    say: Say,
) -> tuple[Note, ...]:
    """Return the brief's methods and limits, short paragraphs in a fixed order."""
    disclosure = settings.disclosure
    privacy = say("note.privacy.text", min_n=disclosure.min_n)
    if disclosure.reason:
        privacy += " " + say(
            "note.privacy.lowered", min_n=disclosure.min_n, reason=disclosure.reason
        )
    notes = [
        Note(title=say("note.limits.title"), text=say("note.limits.text")),
        Note(
            title=say("note.change.title"),
            text=say("note.change.text", smallest=f"{settings.comparison.smallest_change:g}"),
        ),
        Note(title=say("note.measures.title"), text=_write_measures(scales, release, wave, say)),
        Note(title=say("note.privacy.title"), text=privacy),
    ]
    return tuple(notes)


def list_withheld(
    school: SchoolRelease,
    scores: Sequence[str],
    titles: Mapping[str, str],
    waves: Mapping[str, str],
    *,
    say: Say,
) -> tuple[str, ...]:
    """Return one sentence for each thing that the brief does not show, and why.

    A wave hidden as a whole is one sentence, not one for each score.
    """
    sentences = []
    for wave, label in waves.items():
        shown = school.waves.get(wave)
        if shown is not None and not shown.shown:
            rule = shown.answered.rule if isinstance(shown.answered, Withheld) else "protected"
            sentences.append(say("hidden.wave", wave=label, reason=say(f"withheld.{rule}")))
            continue
        by_rule: dict[str, list[str]] = {}
        for score in scores:
            point = school.scores[score].points.get(wave) if score in school.scores else None
            if isinstance(point, Withheld):
                by_rule.setdefault(point.rule, []).append(titles[score])
        for rule, names in by_rule.items():
            sentences.append(
                say(
                    "hidden.scores",
                    wave=label,
                    names=", ".join(names),
                    reason=say(f"withheld.{rule}"),
                )
            )
    return tuple(sentences)


def _write_measures(scales: Sequence[Scale], release: Release, wave: WaveSettings, say: Say) -> str:
    sentences = []
    for scale in scales:
        shown = []
        for rule in scale.scores.values():
            quality = release.quality.get((wave.id, rule.id))
            if rule.in_brief and quality is not None:
                shown.append((rule.title, quality))
        if not shown:
            continue
        alphas = [
            say("note.measures.alpha", title=title, alpha=quality.alpha.text)
            for title, quality in shown
            if isinstance(quality.alpha, Released)
        ]
        agreement = [
            say("note.measures.icc2", title=title, icc2=quality.icc2.text)
            for title, quality in shown
            if isinstance(quality.icc2, Released)
        ]
        text = say(
            "note.measures.scale",
            title=scale.title,
            version=scale.version,
            source=scale.citations[0].split(").")[0] + ")" if scale.citations else "",
        )
        if alphas:
            text += " " + say("note.measures.alphas", alphas="; ".join(alphas))
        if agreement:
            text += " " + say("note.measures.icc2s", values="; ".join(agreement))
        if scale.status == "draft":
            text += " " + say("caution.draft")
        if scale.adapted_referent:
            text += " " + say("caution.adapted")
        sentences.append(text)
    return " ".join(sentences)
