"""Notes: methods, limits, and the list of everything that was withheld."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from climatekit.knowledge.scales import Scale, ScoreRule
from climatekit.knowledge.settings import Settings, WaveSettings
from climatekit.knowledge.wording import Messages
from climatekit.release.assembly import Release, ScaleQuality, SchoolRelease
from climatekit.report.amounts import write_points, write_shown
from climatekit.report.brief import Note, RoleTable
from climatekit.report.phrases import join_names
from climatekit.report.role_words import list_hidden
from climatekit.values import Withheld

# A first name's letters after a surname: ", W. K." of "Hoy, W. K., & Tschannen-Moran, M."
_INITIALS = re.compile(r",(?: [^\W\d_]\.-?)+")


def write_notes(
    settings: Settings,
    scales: Sequence[Scale],
    release: Release,
    wave: WaveSettings,
    messages: Messages,
    *,
    lined: bool,
    linked: bool,
    several: bool = False,
) -> tuple[Note, ...]:
    """Return the brief's methods and limits, short paragraphs in a fixed order.

    `lined` says that some chart has the district's line, `linked` that some change of the
    brief was judged on linked people, `several` that some change is too close to call though
    its printed range leaves out 0: what is judged together asks for more.
    """
    say = messages.say
    disclosure = settings.disclosure
    privacy = say("note.privacy.text", min_n=disclosure.min_n)
    if disclosure.reason:
        privacy += " " + say(
            "note.privacy.lowered", min_n=disclosure.min_n, reason=disclosure.reason
        )
    if disclosure.republish:
        privacy += " " + say("note.privacy.republished", reason=disclosure.republish)
    change = say(
        "note.change.text", smallest=write_points(settings.comparison.smallest_change, messages)
    )
    if several:
        change += " " + say("note.change.several")
    if lined:
        change += " " + say("note.change.line")
    if linked:
        change += " " + say("note.change.linked")
    notes = [
        Note(title=say("note.limits.title"), text=say("note.limits.text")),
        Note(title=say("note.change.title"), text=change),
        Note(
            title=say("note.measures.title"),
            text=_write_measures(
                scales, release, wave, messages, weighted=settings.columns.weight is not None
            ),
        ),
        Note(title=say("note.privacy.title"), text=privacy),
    ]
    return tuple(note for note in notes if note.text)


def write_caution(scale: Scale, rule: ScoreRule, messages: Messages) -> str | None:
    """Return what a score's panel says of its key: imported, own questions, draft, or nothing."""
    if rule.imported:
        return messages.say("caution.imported", title=scale.title)
    if scale.status in ("draft", "local"):
        return messages.say(f"caution.{scale.status}")
    return None


def list_withheld(
    school: SchoolRelease,
    scores: Sequence[str],
    titles: Mapping[str, str],
    waves: Mapping[str, str],
    *,
    messages: Messages,
) -> tuple[str, ...]:
    """Return one sentence for each thing that the brief does not show, and why.

    Waves hidden as a whole for one reason are one sentence, not one for each score; so are
    the same scores of several waves.
    """
    say = messages.say
    hidden: dict[str, list[str]] = {}
    partly: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for wave, label in waves.items():
        shown = school.waves.get(wave)
        if shown is not None and not shown.shown:
            rule = shown.answered.rule if isinstance(shown.answered, Withheld) else "protected"
            hidden.setdefault(rule, []).append(label)
            continue
        by_rule: dict[str, list[str]] = {}
        for score in scores:
            point = school.scores[score].points.get(wave) if score in school.scores else None
            if isinstance(point, Withheld):
                by_rule.setdefault(point.rule, []).append(titles[score])
        for rule, names in by_rule.items():
            partly.setdefault((rule, tuple(names)), []).append(label)
    return (
        *(
            say("hidden.wave", wave=join_names(labels, messages), reason=say(f"withheld.{rule}"))
            for rule, labels in hidden.items()
        ),
        *(
            say(
                "hidden.scores",
                wave=join_names(labels, messages),
                names=join_names(names, messages),
                reason=say(f"withheld.{rule}"),
            )
            for (rule, names), labels in partly.items()
        ),
    )


def list_withheld_roles(
    table: RoleTable | None, wave: str, *, messages: Messages
) -> tuple[str, ...]:
    """Return a sentence on the groups of staff that are not shown, in the one form of words."""
    names = list_hidden(table) if table is not None else ()
    if not names:
        return ()
    say = messages.say
    reason = say("withheld.protected")
    return (say("hidden.roles", wave=wave, names=join_names(names, messages), reason=reason),)


def _write_measures(
    scales: Sequence[Scale],
    release: Release,
    wave: WaveSettings,
    messages: Messages,
    *,
    weighted: bool,
) -> str:
    say = messages.say
    sentences = []
    for scale in scales:
        shown = [
            (rule.title, release.quality[wave.id, rule.id])
            for rule in scale.scores.values()
            if rule.in_brief and (wave.id, rule.id) in release.quality
        ]
        if any(rule.imported and rule.in_brief for rule in scale.scores.values()):
            sentences.append(
                say("note.measures.imported", title=scale.title, version=scale.version)
            )
        if not shown:
            continue
        sentences.append(
            say(
                "note.measures.scale",
                title=scale.title,
                version=scale.version,
                source=_shorten_citation(scale.citations[0]) if scale.citations else "",
                values="; ".join(
                    _write_quality(title, quality, messages) for title, quality in shown
                ),
            )
        )
        if weighted and scale.weighted:
            sentences.append(say("note.measures.weighted", title=scale.title))
        if scale.adapted_referent:
            sentences.append(say("caution.adapted", referent=scale.referent))
        if scale.edited:
            sentences.append(say("caution.edited", items=_list_numbers(scale)))
        if not any(rule.lead for rule in scale.scores.values()) and scale.status == "draft":
            sentences.append(say("caution.draft"))
    return " ".join([say("note.measures.lead"), *sentences]) if sentences else ""


def _list_numbers(scale: Scale) -> str:
    return ", ".join(str(scale.items[item].number) for item in scale.edited)


def _write_quality(title: str, quality: ScaleQuality, messages: Messages) -> str:
    say = messages.say
    if isinstance(quality.alpha, Withheld):
        return say("note.measures.unknown", title=title)
    alpha = write_shown(quality.alpha, messages)
    if isinstance(quality.icc2, Withheld):
        return say("note.measures.alpha", title=title, alpha=alpha)
    icc2 = write_shown(quality.icc2, messages)
    return say("note.measures.both", title=title, alpha=alpha, icc2=icc2)


def _shorten_citation(citation: str) -> str:
    """Return surnames and year, from what stands before the title."""
    names = _INITIALS.sub("", citation.split(").", maxsplit=1)[0])
    return names.replace(", &", " &") + ")"
