"""Naming: by what a column can be called, and the hash of what it asked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from climatekit.ingest.dialects import Layout
from climatekit.ingest.text import clean
from climatekit.knowledge.tidying import tidy_text

_HASH_LENGTH = 16


def columns_called(layout: Layout, text: str) -> tuple[list[int], str]:
    """Return the columns that are called `text`, and by what: heading, import id, text."""
    for how, names in (
        ("heading", layout.names),
        ("import id", layout.import_ids),
        ("question text", layout.wordings),
    ):
        exact = [place for place, one in enumerate(names) if one == text]
        if exact:
            return exact, how
    wanted = tidy_text(clean(text))
    for how, names in (
        ("heading", layout.names),
        ("import id", layout.import_ids),
        ("question text", layout.wordings),
        ("last part of the question text", tuple(map(last_part, layout.wordings))),
        ("last part of the heading", tuple(map(last_part, layout.names))),
    ):
        near = [place for place, one in enumerate(names) if one and tidy_text(one) == wanted]
        if near:
            return near, how
    return [], ""


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
    """Return the tidied text above a matrix item, or empty text."""
    stem, dash, _ = wording.rpartition(" - ")
    return tidy_text(stem) if dash else ""


def last_part(text: str) -> str:
    """Return what follows the last `` - ``, or stands in the last square brackets."""
    _, dash, tail = text.rpartition(" - ")
    if dash:
        return tail
    if text.endswith("]") and "[" in text:
        return text[text.rindex("[") + 1 : -1]
    return ""
