"""Numbered answers: which response sets an export tells by their numbers alone.

Nothing in such an export says that the survey tool numbers answers as the scale does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


def list_undirected(
    sets: Iterable[ResponseSet], said: Mapping[str, Mapping[str, int]]
) -> list[ResponseSet]:
    """Return the sets of which nobody has said both ends, and with them which way they count.

    Parameters
    ----------
    sets : iterable of ResponseSet
    said : mapping of str to mapping of str to int
        Response set to answers as the export has them, and their codes. Who says that 99 is
        no answer has not said a direction.
    """
    return [
        one
        for one in sets
        if not {str(min(one.labels)), str(max(one.labels))} <= said.get(one.id, {}).keys()
    ]
