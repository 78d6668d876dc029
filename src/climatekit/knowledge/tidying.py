"""Tidying: the one way in which wordings are made comparable."""

from __future__ import annotations

import unicodedata

_QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"'}
_DASHES = {"\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-"}
_STRAIGHT = str.maketrans(_QUOTES | _DASHES)


def straighten(text: str) -> str:
    """Return `text` with straight quotes and plain hyphens."""
    return text.translate(_STRAIGHT)


def tidy_text(text: str) -> str:
    """Return `text` as wordings are compared: never for showing.

    Unicode NFKC (a no-break space becomes a blank), straight quotes and hyphens, blanks
    collapsed and trimmed, case folded.
    """
    straight = straighten(unicodedata.normalize("NFKC", text))
    return " ".join(straight.split()).casefold()
