"""Strings: text that came from files, made safe and fit to be printed."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

# Marks, embeddings, overrides and isolates: they could turn printed text around.
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_DROPPED = frozenset({"Cc", "Cs"})

T = TypeVar("T")


def clean_text(text: str) -> str:
    """Return `text` without control characters and without bidirectional controls.

    Tabs, line breaks and line separators become spaces; other control characters
    and lone surrogates go. Joiners stay: Persian and Hindi
    words need them.
    """
    kept = []
    for letter in unicodedata.normalize("NFC", text):
        category = unicodedata.category(letter)
        if letter in "\t\n\r\x0b\x0c\x85" or category in ("Zl", "Zp"):
            kept.append(" ")
        elif letter not in _BIDI_CONTROLS and category not in _DROPPED and letter != "\ufeff":
            kept.append(letter)
    return "".join(kept)


def clean_fields(value: T) -> T:
    """Return a copy of a dataclass with every string in it, however deep, cleaned."""
    return cast("T", _clean(value))


def _clean(value: object) -> object:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, tuple):
        return tuple(_clean(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: _clean(getattr(value, field.name)) for field in fields(value)}
        return replace(value, **changed)
    return value


def find_direction(text: str) -> str:
    """Return ``rtl`` if the first strong letter of `text` runs right to left, else ``ltr``."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in _RIGHT_TO_LEFT:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def capitalize_first(text: str) -> str:
    """Return `text` with a capital at its beginning, as a sentence has it."""
    return f"{text[:1].upper()}{text[1:]}"


def shorten_text(text: str, longest: int) -> str:
    """Return `text`, cut after `longest` letters with an ellipsis."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 1].rstrip()}…"
