"""Text: how names and headings are cleaned and compared, never changed silently."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from climatekit.knowledge.tidying import straighten

# Zero-width, joining and direction marks: they change what is compared, not what is seen.
_HIDDEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_BLANKS = re.compile(r"\s+")
_BLANKS_BESIDE_LETTERS = re.compile(r"(?<!\d) +| +(?!\d)")
_SIGNS = ("P", "Z", "Sk")  # punctuation, blanks, and accents that stand alone
_NEGATION = re.compile(r"\b(?:not?|never|dis\w+|un\w+|in\w+)\b")
_ALIKE = 70.0
_SUGGEST = 85.0
_LEAD = 8.0
_LARGEST_WHOLE = 1e15
_REMEMBERED = 4096  # headings that are compared again and again
_REMEMBERED_NAMES = 16_384  # of schools: each misspelt one is compared with all


def trim(text: str) -> str:
    """Return `text` in Unicode NFC without blanks at its ends."""
    return unicodedata.normalize("NFC", text).strip()


@lru_cache(_REMEMBERED)
def clean(text: str) -> str:
    """Return a heading without hidden characters, odd blanks and outer blanks, in NFC."""
    return _BLANKS.sub(" ", trim(_HIDDEN.sub("", text))).strip()


def has_hidden(text: str) -> bool:
    """Return whether `text` holds hidden characters or blanks other than the plain one."""
    if text.isascii():
        return False
    return bool(_HIDDEN.search(text)) or any(char.isspace() and char > "\x7f" for char in text)


def show_hidden(text: str) -> str:
    """Return `text` with hidden characters and odd blanks written out."""
    return "".join(
        char if char.isprintable() and not _HIDDEN.match(char) else f"\\u{ord(char):04x}"
        for char in text
    )


def write_number(number: float) -> str:
    """Return a number as a person writes it: 7.0 is ``7``."""
    whole = number.is_integer() and abs(number) < _LARGEST_WHOLE
    return str(int(number)) if whole else repr(number)


@lru_cache(_REMEMBERED)
def key(text: str) -> str:
    """Return the letters and digits of `text`, folded; numbers without leading zeros."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(char if char.isalnum() else " " for char in folded)
    return re.sub(r"(?<!\d)0+(?=\d)", "", letters).replace(" ", "")


@lru_cache(_REMEMBERED_NAMES)
def near_key(text: str) -> str:
    """Return `text` without case, accents and repeated blanks, to find near-equal names.

    Quotes and hyphens are the plain ones: a word processor makes them of its own.
    """
    plain = unicodedata.normalize("NFKD", straighten(text))
    flat = unicodedata.normalize("NFKD", plain.casefold())
    plain = "".join(char for char in flat if not unicodedata.combining(char))
    return _BLANKS.sub(" ", _HIDDEN.sub("", plain)).strip()


def name_key(name: str) -> str:
    """Return a school's name without case, accents, blanks and punctuation; ``&`` is ``and``.

    A name of signs alone is its own key. What stands between two digits keeps them apart:
    ``P.S. 1-12`` is not ``PS 112``.
    """
    near = near_key(name)
    plain = "".join(
        " " if unicodedata.category(char).startswith(_SIGNS) else char
        for char in near.replace("&", "and")
    )
    return _BLANKS_BESIDE_LETTERS.sub("", _BLANKS.sub(" ", plain)) or near


def closest(text: str, candidates: Iterable[str], *, least: float = _ALIKE) -> str | None:
    """Return the candidate most like `text`, or None; a suggestion, never taken by itself."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        text, list(candidates), scorer=fuzz.ratio, processor=near_key, score_cutoff=least
    )
    return None if found is None else str(found[0])


def closest_label(text: str, labels: Iterable[str]) -> str | None:
    """Return the answer label that `text` surely means, or None.

    It must be 85 of 100 alike, lead the next by 8, and agree in holding a negation:
    "important" and "unimportant" are 90 alike.
    """
    from rapidfuzz import fuzz, process

    ranked = process.extract(
        text, list(dict.fromkeys(labels)), scorer=fuzz.ratio, processor=near_key, limit=2
    )
    if not ranked or ranked[0][1] < _SUGGEST:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _LEAD:
        return None
    best = str(ranked[0][0])
    return best if holds_negation(text) == holds_negation(best) else None


def holds_negation(text: str) -> bool:
    """Return whether a text holds a word that turns its sense round: not, un-, dis-."""
    return bool(_NEGATION.search(near_key(text)))
