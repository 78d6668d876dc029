"""Item words: what a brief prints for each question.

The district's own text, as its newest export has it, or climatekit's topic label. No text of
an instrument is shipped: what an export holds is the district's to print.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from climatekit.ingest.naming import last_part, stem_of
from climatekit.ingest.parts import FileReport
from climatekit.knowledge.scales import Scale
from climatekit.knowledge.settings import Settings
from climatekit.knowledge.tidying import tidy_text
from climatekit.knowledge.wording import Messages
from climatekit.report.strings import clean_text, shorten_text

LONGEST_QUESTION = 160


def word_items(
    reports: Sequence[FileReport],
    settings: Settings,
    scales: Sequence[Scale],
    messages: Messages,
    *,
    asked: Sequence[Scale],
) -> dict[str, str]:
    """Return what is printed for each item; a reverse-scored one says which way it is counted.

    Parameters
    ----------
    reports : sequence of FileReport
        Of all exports, in any order; the newest wave that has a question's text gives it.
    settings : Settings
    scales : sequence of Scale
        Their labels in the language of `messages`.
    messages : Messages
    asked : sequence of Scale
        The same scales as their files have them. An export that asks in our topic labels
        has no words of its own: they are printed in the language of the brief.
    """
    labels = {item.id: item.label for scale in scales for item in scale.items.values()}
    if settings.look.question_words == "export" and messages.language == settings.language:
        topics = {
            item.id: tidy_text(item.label) for scale in asked for item in scale.items.values()
        }
        labels |= {
            item: text
            for item, text in read_questions(reports, settings).items()
            if item in labels and tidy_text(text) != topics.get(item)
        }
    turned = {
        item for scale in scales for rule in scale.scores.values() for item in rule.reversed_items
    }
    return labels | {item: messages.say("movers.reversed", label=labels[item]) for item in turned}


def read_questions(reports: Sequence[FileReport], settings: Settings) -> Mapping[str, str]:
    """Return the text of each question as the newest wave's exports have it, where they do.

    Of a matrix only the row is taken: what stands before it is the same for all its rows.
    """
    order = {wave.id: place for place, wave in enumerate(settings.waves)}
    texts: dict[str, str] = {}
    for report in sorted(reports, key=lambda report: order.get(report.wave, len(order))):
        stems = Counter(stem_of(match.wording) for match in report.matches)
        for match in report.matches:
            stem = stem_of(match.wording)
            row = last_part(match.wording) if stem and stems[stem] > 1 else match.wording
            text = " ".join(clean_text(row).split())
            if text:
                texts[match.item] = shorten_text(text, LONGEST_QUESTION)
    return texts
