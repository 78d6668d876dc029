"""Item words: what a brief prints for each question.

The district's own text, as its exports have it, or climatekit's topic label. No text of
an instrument is shipped: what an export holds is the district's to print.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from climatekit.ingest.naming import last_part, stem_of
from climatekit.ingest.parts import FileReport
from climatekit.knowledge.scales import Scale
from climatekit.knowledge.settings import Settings
from climatekit.knowledge.tidying import tidy_text
from climatekit.knowledge.wording import Messages
from climatekit.report.fonts import find_missing_glyphs
from climatekit.report.strings import clean_text, shorten_text

LONGEST_QUESTION = 160
# Symbols and skin tones, and the marks that ask for an emoji; letters of any script stay.
_PICTURES = frozenset({"So", "Sk"})
_PICTURE_MARKS = "\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"


def word_items(
    reports: Sequence[FileReport],
    settings: Settings,
    scales: Sequence[Scale],
    messages: Messages,
    *,
    asked: Sequence[Scale],
) -> dict[str, dict[str, str]]:
    """Return by wave what is printed for each item; a reverse-scored one says how it is counted.

    Parameters
    ----------
    reports : sequence of FileReport
        Of all exports, in any order.
    settings : Settings
    scales : sequence of Scale
        Their labels in the language of `messages`.
    messages : Messages
    asked : sequence of Scale
        The same scales as their files have them. An export that asks in our topic labels
        has no words of its own: they are printed in the language of the brief.
    """
    labels = {item.id: item.label for scale in scales for item in scale.items.values()}
    topics = {item.id: tidy_text(item.label) for scale in asked for item in scale.items.values()}
    turned = {
        item for scale in scales for rule in scale.scores.values() for item in rule.reversed_items
    }
    own = settings.look.question_words == "export" and messages.language == settings.language
    told = {}
    for wave, texts in read_questions(reports, settings).items():
        words = labels | {
            item: text
            for item, text in texts.items()
            if own and item in labels and tidy_text(text) != topics.get(item)
        }
        reverse = {item: messages.say("movers.reversed", label=words[item]) for item in turned}
        told[wave] = words | reverse
    return told


def read_questions(reports: Sequence[FileReport], settings: Settings) -> dict[str, dict[str, str]]:
    """Return by wave the text of each question, where an export has one.

    It is the wave's own, since a question may be reworded later; without one that of the
    newest wave before, and then of the first one after.
    """
    told: dict[str, dict[str, str]] = {}
    for number, wave in enumerate(settings.waves):
        nearest = [*settings.waves[number + 1 :][::-1], *settings.waves[: number + 1]]
        told[wave.id] = {}
        for other in nearest:
            for report in reports:
                if report.wave == other.id:
                    told[wave.id] |= _read_texts(report)
    return told


def _read_texts(report: FileReport) -> dict[str, str]:
    """Return an export's question texts; of a matrix its rows, as all share what stands before."""
    stems = Counter(stem_of(match.wording) for match in report.matches)
    texts = {}
    for match in report.matches:
        stem = stem_of(match.wording)
        row = last_part(match.wording) if stem and stems[stem] > 1 else match.wording
        text = " ".join(_drop_pictures(clean_text(row)).split())
        if text:
            texts[match.item] = shorten_text(text, LONGEST_QUESTION)
    return texts


def _drop_pictures(text: str) -> str:
    """Leave out emoji and their kind: our fonts have none, and print would show a box."""
    pictures = {
        letter
        for letter in find_missing_glyphs(text)
        if unicodedata.category(letter) in _PICTURES or letter in _PICTURE_MARKS
    }
    return "".join("" if letter in pictures else letter for letter in text)
