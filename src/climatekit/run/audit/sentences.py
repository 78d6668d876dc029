"""Sentences: the numbers in a finished sentence, by the places of the message it was made from.

A message is public: whoever reads a page can lay it over a sentence, and so tell which number
is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from climatekit.knowledge.wording import load_messages

_PLACE = re.compile(r"\{(\w+)[^}]*\}")
_NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?\d+(?:[.,]\d+)?%?")
_ONE = re.compile(r"(?<!\w)1(?!\w)")


def read_sentence(
    language: str, key: str, text: str, labels: Iterable[str] = ()
) -> dict[str, str] | None:
    """Return what stands in the places of a message where a text holds it; else None.

    Parameters
    ----------
    language : str
    key : str
        Of the message.
    text : str
    labels : iterable of str
        Of waves, which may hold stops and commas.

    Returns
    -------
    dict of str to str or None
        A plural form that says a number itself, such as "1 in every 10", has it as `count`.
    """
    for pattern, own in _compile(language, key, frozenset(labels)):
        found = pattern.search(text)
        if found:
            return {**own, **found.groupdict()}
    return None


def read_one_of(language: str, table: str, text: str, labels: Iterable[str] = ()) -> dict[str, str]:
    """Return what stands in the places of the longest message of a table that a text holds."""
    for key in _list_keys(language, table):
        found = read_sentence(language, key, text, labels)
        if found is not None:
            return found
    return {}


def find_number(text: str) -> str:
    """Return the first number of a text; empty where it holds none."""
    found = _NUMBER.search(text)
    return found[0] if found else ""


@cache
def _list_keys(language: str, table: str) -> tuple[str, ...]:
    messages = load_messages(language)
    own = [(max(map(len, messages.forms(key).values())), key) for key in messages.keys()]  # noqa: SIM118
    return tuple(key for _, key in sorted(own, reverse=True) if key.startswith(f"{table}."))


@cache
def _compile(
    language: str, key: str, labels: frozenset[str]
) -> tuple[tuple[re.Pattern[str], Mapping[str, str]], ...]:
    forms = load_messages(language).forms(key)
    made = []
    for text in sorted(forms.values(), key=len, reverse=True):
        names = set(_PLACE.findall(text))
        if not names:
            continue
        own = {"count": "1"} if "count" not in names and _ONE.search(_PLACE.sub("", text)) else {}
        made.append((re.compile(_write_pattern(text, labels)), own))
    return tuple(made)


def _write_pattern(text: str, labels: Iterable[str]) -> str:
    whole = "|".join([*map(re.escape, sorted(labels, key=len, reverse=True)), ".+?"])
    parts = _PLACE.split(text)
    seen: set[str] = set()
    pattern = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            pattern.append(re.escape(part))
        elif part in seen:
            pattern.append(f"(?P={part})")
        else:
            seen.add(part)
            pattern.append(f"(?P<{part}>{whole})")
    return "".join(pattern)
