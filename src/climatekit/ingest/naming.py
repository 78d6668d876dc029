"""Naming: by what a column can be called, and the hash of what it asked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator

from climatekit.ingest.dialects import Layout
from climatekit.ingest.text import clean
from climatekit.knowledge.tidying import tidy_text

BY_PLACE = "heading and place"
_HASH_LENGTH = 16
_WORDY = 3


def columns_called(layout: Layout, text: str) -> tuple[list[int], str]:
    """Return the columns that are called `text`, and by what: heading, import id, text.

    A heading that stands twice is called by its place too: ``Agree (column 5)``.
    """
    names: Iterable[str]
    for how, names in (
        ("heading", layout.names),
        ("import id", layout.import_ids),
        ("question text", layout.wordings),
        (BY_PLACE, _list_titles(layout, text)),
    ):
        exact = [place for place, one in enumerate(names) if one == text]
        if exact:
            return exact, how
    wanted = tidy_text(clean(text))
    for how, names in (
        ("heading", layout.names),
        ("import id", layout.import_ids),
        ("question text", layout.wordings),
        ("last part of the question text", map(last_part, layout.wordings)),
        ("last part of the heading", map(last_part, layout.names)),
    ):
        near = [place for place, one in enumerate(names) if one and tidy_text(one) == wanted]
        if near:
            return near, how
    return [], ""


def _list_titles(layout: Layout, text: str) -> Iterator[str]:
    """Yield each column's title, or nothing of one that cannot be `text`: to count costs."""
    for place, name in enumerate(layout.names):
        yield layout.title(place) if text.startswith(name) else ""


def hash_wording(wording: str, *, changes: Collection[str] = ()) -> str:
    """Return a short hash of a tidied question text; empty text for none.

    The stem of a matrix is left out. A text that is marked as changed, such as ``edited``,
    has a hash of its own, so that it equals no other wave's unless that is marked too.
    """
    part = last_part(wording) or wording
    tidied = tidy_text(part)
    if not tidied and not changes:
        return ""
    text = "\n".join([*sorted(changes), tidied])
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]


def stem_of(wording: str) -> str:
    """Return the tidied text above an item of a matrix or grid, or empty text."""
    return tidy_text(_split_row(wording)[0])


def grid_of(heading: str) -> str:
    """Return the tidied text before the square brackets of a grid's heading, or empty text."""
    return (
        tidy_text(heading[: heading.rindex("[")])
        if heading.endswith("]") and "[" in heading
        else ""
    )


def last_part(text: str) -> str:
    """Return what follows the last `` - ``, or stands in the last square brackets."""
    return _split_row(text)[1]


def _split_row(text: str) -> tuple[str, str]:
    """Return the question and the row of ``question - row`` or ``question [row]``."""
    bracket = text.rindex("[") if text.endswith("]") and "[" in text else -1
    dash = text.rfind(" - ")
    # A dash inside the brackets is part of the row.
    if dash >= 0 and not 0 <= bracket < dash:
        return text[:dash], text[dash + len(" - ") :]
    return (text[:bracket], text[bracket + 1 : -1]) if bracket >= 0 else ("", "")


def asked_in(layout: Layout, place: int) -> str:
    """Return what a column asks: its question text, or a heading that is one; else nothing.

    A code such as ``Q14_1`` asks nothing, wherever it stands.
    """
    heading, text = layout.names[place], layout.wordings[place]
    if not text or (tidy_text(text) == tidy_text(heading) and not is_wordy(text)):
        text = heading if is_wordy(heading) or last_part(heading) else ""
    return last_part(text) or text


def is_wordy(text: str) -> bool:
    """Return whether a heading has so many words that it is a question, not a name."""
    return len(text.split()) >= _WORDY
