"""Joined names: cells in which somebody named two schools, as a form with tick boxes lets them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from climatekit.errors import Problem
from climatekit.ingest.text import near_key, show_hidden

_BETWEEN = re.compile(r"\s*(?:[;,/|&+\n]|\b(?:and|y|et|und)\b)\s*")
_ENDS = " ;,/|&+"
_MOST_SIGNS = 12  # no form makes more, and each doubles the ways to split a name
MEND = (
    "leave one school in each cell: the one that the answers are about, or the one where the "
    "person works most"
)


def key_names(names: Iterable[str]) -> dict[str, str]:
    """Return each name by what is compared of it."""
    return {key: name for name in sorted(set(names)) if (key := _key(name))}


def find_joined(name: str, keys: Mapping[str, str]) -> list[str]:
    """Return the other names that `name` strings together, at least two; else nothing.

    A name may itself hold what stands between two, as ``P.S. 12, Annex`` does.
    """
    whole = _key(name)
    signs = list(_BETWEEN.finditer(whole))
    starts = [0, *(sign.end() for sign in signs)]
    ends = [*(sign.start() for sign in signs), len(whole)]
    found = _fill(whole, starts, ends, keys) if 0 < len(signs) <= _MOST_SIGNS else []
    return found if len(found) > 1 else []


def find_joined_schools(names: Iterable[str]) -> list[Problem]:
    """Return a warning for each school whose name strings together those of others."""
    every = sorted(set(names))
    keys = key_names(every)
    return [
        Problem(
            code="CK245",
            severity="warning",
            message=f"{show_hidden(name)!r} was taken for a school of its own; it seems to name "
            f"{len(parts)}: {' / '.join(map(show_hidden, parts))}",
            mend=MEND,
        )
        for name in every
        if (parts := find_joined(name, keys))
    ]


def _key(name: str) -> str:
    return near_key(name).strip(_ENDS)


def _fill(text: str, starts: list[int], ends: list[int], keys: Mapping[str, str]) -> list[str]:
    """Return names that fill a text from its first start on; nothing where none do."""
    whole = starts[0] == 0
    for place in reversed(range(len(ends))):
        known = keys.get(text[starts[0] : ends[place]])
        if known is None or (whole and place == len(ends) - 1):
            continue
        if place == len(ends) - 1:
            return [known]
        rest = _fill(text, starts[place + 1 :], ends[place + 1 :], keys)
        if rest:
            return [known, *rest]
    return []
