"""Numbered answers: which response sets an export tells by their numbers alone.

Nothing in such an export says that the survey tool numbers answers as the scale does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from climatekit.ingest.parts import FileReport
    from climatekit.knowledge.scale_model import ResponseSet, Scale

_NUMERIC = frozenset({"numbers", "words and numbers mixed"})


def list_numbered_sets(reports: Iterable[FileReport], scales: Sequence[Scale]) -> list[ResponseSet]:
    """Return the response sets with labels whose answers stand as numbers in any of the files."""
    numbered = {
        item for report in reports for item, style in report.styles.items() if style in _NUMERIC
    }
    sets = {
        answers.id: answers
        for scale in scales
        for item in scale.items
        if item in numbered
        for answers in [scale.response_set_of(item)]
    }
    return [answers for answers in sets.values() if answers.labels]
