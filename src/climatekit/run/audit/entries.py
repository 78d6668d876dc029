"""Entries: what each printed number says, worked out again from its text.

What is printed says between which two numbers the true one lies, as the privacy page has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from climatekit.release.gate import PEOPLE_STEP
from climatekit.release.ledger import Entry
from climatekit.release.readout import FULL, Range
from climatekit.release.rules import SCORE_CAP_HIGH, SCORE_CAP_LOW, WEIGHTED_PEOPLE, percent_step

_NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?\d+(?:\.\d+)?")
_OPEN = {"or less": "low", "or more": "high"}
_HALF = 0.5
_EXACT = re.compile(r"answered|eligible|steps|pooled_people|(?:.*_)?schools")
# Rounded down to tens: whom a coefficient rests on, and on whom a flag is raised.
_IN_TENS = re.compile(r"(?:.*_)?people|flagged|flag_.*")
_TEXTS = 10_000  # a release says the same few thousand things of many groups


@dataclass(frozen=True, slots=True)
class People:
    """How many answered by wave, school and role; the items whose percentages are weighted."""

    answered: Mapping[tuple[str, str, str], float]
    weighted: frozenset[str]

    def find(self, item: str, group: tuple[str, str, str]) -> float | None:
        """Return the number of people that the form of an item's percentage goes by."""
        return WEIGHTED_PEOPLE if item in self.weighted else self.answered.get(group)


def enter_share(
    item: str,
    text: str,
    place: Mapping[str, str],
    people: People,
) -> Iterator[Entry]:
    """Enter a percentage, whose rounding depends on how many people answered."""
    group = place["wave"], place["school"], place.get("role", "")
    if _holds_number(text):
        ends = _reveal_share(text, people.find(item, group))
        yield _make_entry("favourable", item, text, ends, place)


@lru_cache(_TEXTS)
def _reveal_share(text: str, n: float | None) -> Range:
    value, capped = _split(text)
    step = percent_step(int(n)) if n else None
    return _clip(value, step[0] / 2 if step else _HALF, capped)


def enter_shown(
    statistic: str, subject: str, shown: Mapping[str, Any] | None, **place: str
) -> Iterator[Entry]:
    """Enter a number and the ends of its interval."""
    if shown is None or not read_shown(shown):
        return
    yield from enter_told(statistic, subject, shown, **place)
    for side in ("low", "high"):
        if shown.get(side) is not None:
            yield from enter(f"{statistic}_{side}", subject, f"{shown[side]:g}", **place)


def enter_told(statistic: str, subject: str, shown: object, **place: str) -> Iterator[Entry]:
    """Enter a number of a page's record: as its text, and as its value has it."""
    for text in list_shown(shown):
        yield from enter(statistic, subject, text, **place)


def enter(
    statistic: str,
    subject: str,
    text: str,
    **place: str,
) -> Iterator[Entry]:
    """Enter one number by what it is of; nothing where the text holds none."""
    if text and _holds_number(text):  # most cells of a table are empty
        yield _make_entry(statistic, subject, text, _reveal(statistic, text), place)


@lru_cache(_TEXTS)
def _holds_number(text: str) -> bool:
    return bool(_NUMBER.search(text))


def _make_entry(
    statistic: str,
    subject: str,
    text: str,
    ends: tuple[float | None, float | None],
    place: Mapping[str, str],
) -> Entry:
    find = place.get
    return Entry(  # by place: a district has hundreds of thousands of them
        place["wave"], statistic, *ends, text,
        find("since", ""), find("school", ""), find("role", ""), subject,
    )  # fmt: skip


@lru_cache(_TEXTS)
def _reveal(statistic: str, text: str) -> tuple[float | None, float | None]:
    """Return between which two numbers the true one lies, as the privacy page says."""
    value, capped = _split(text)
    coefficient = statistic.startswith(("alpha", "icc", "rwg"))
    # A table drops the last noughts of a coefficient, which has two decimals at least.
    decimals = max(2 * coefficient, len(_NUMBER.findall(text)[0].partition(".")[2]))
    half = _HALF * 10**-decimals
    if _EXACT.fullmatch(statistic):
        return value, value
    if _IN_TENS.fullmatch(statistic):
        return value, value + PEOPLE_STEP - 1
    ends: dict[str, tuple[float | None, float | None]] = {
        "native": (None, None),  # worked out from the points, it says what they do
        "points": _clip(value, half, capped),
        "benchmark": _clip(value, half, capped),
        "points_low": (None if value <= SCORE_CAP_LOW else value - half, value + half),
        "points_high": (value - half, None if value >= SCORE_CAP_HIGH else value + half),
        "rate": (value - half, None if value >= FULL else value + half),
        "difference": (value - 1, value + 1),  # of two rounded numbers
        "detectable": (0.0 if value <= 1 else value - 1, value),  # rounded up
    }
    return ends.get(statistic, (value - half, value + half))


def _clip(value: float, half: float, capped: str) -> Range:
    low = 0.0 if capped == "low" else value - half
    high = FULL if capped == "high" else value + half
    return low, high


def read_shown(shown: object) -> str:
    """Return the text of a number of a page's record; empty where there is none."""
    return str(shown.get("text") or "") if isinstance(shown, Mapping) else ""


def list_shown(shown: object) -> tuple[str, ...]:
    """Return the text of a number of a page's record, and its value where that is another."""
    text = read_shown(shown)
    if not text or not isinstance(shown, Mapping):
        return ()
    value = shown.get("value")
    if value is None or not _holds_number(text) or _split(text)[0] == float(value):
        return (text,)
    return text, f"{value:g}"


@lru_cache(_TEXTS)
def _split(text: str) -> tuple[float, str]:
    """Return the number in a text, and on which side it is open."""
    number = float(_NUMBER.findall(text)[0].replace("\N{MINUS SIGN}", "-"))
    return number, next((side for words, side in _OPEN.items() if words in text), "")


def read_plain(text: str) -> tuple[float, str] | str:
    """Return a text so that two ways of writing one number are equal."""
    return _split(text) if _NUMBER.search(text) else text
