"""Verdicts: what may be said of each difference, what forbids saying it, what to add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from climatekit.knowledge.settings import ComparisonSettings
from climatekit.measure.groups import Flags, Floats, Ints
from climatekit.measure.sides import Side
from climatekit.measure.two_samples import Welch, adjust_p
from climatekit.values import RESPONSE_FLOOR

Verdict = Literal["rose", "fell", "moved_slightly", "held_steady", "too_close", "not_compared"]

ALPHA = 0.05
LEAST_RESPONSE = RESPONSE_FLOOR / 100
SEASON_DAYS = 56
YEAR_DAYS = 365
_COMMON_YEAR = 2001
# Of the eligible staff: with more who are new, it is hardly the same staff.
NEW_SHARE = 0.25
CEILING_MEAN = 90.0
CEILING_SHARE = 0.40


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Judgement:
    """Verdicts of all comparisons side by side, under one assumption on nonresponse."""

    p: Floats
    p_holm: Floats
    verdicts: list[Verdict]


def judge(
    welch: Welch, judged: Flags, families: Ints, shift: Floats, settings: ComparisonSettings
) -> Judgement:
    """Give the verdict on each difference moved by `shift` points."""
    p = welch.find_p(shift)
    p_holm = adjust_p(np.where(judged, p, np.nan), families)
    moved = welch.difference + shift
    small = np.abs(moved) + welch.reach(0.90) < settings.smallest_change
    sure = p_holm < ALPHA
    codes = np.select(
        [~judged, sure & small, sure & (moved > 0), sure, small],
        [0, 1, 2, 3, 4],
        default=5,
    )
    words: tuple[Verdict, ...] = (
        "not_compared", "moved_slightly", "rose", "fell", "held_steady", "too_close",
    )  # fmt: skip
    return Judgement(p=p, p_holm=p_holm, verdicts=[words[code] for code in codes.tolist()])


def find_reasons(first: Side, second: Side, barred: Sequence[str | None], min_n: int) -> list[str]:
    """Return for each comparison the first rule that forbids it, or empty text."""
    least = max(min_n, 2)
    few = (first.counted < least) | (second.counted < least)
    low = (first.answered < LEAST_RESPONSE) | (second.answered < LEAST_RESPONSE)
    flat = (first.samples.sd == 0) & (second.samples.sd == 0)
    # Two people have a spread; without one the score came ready-made and without its error.
    blank = np.isnan(first.samples.sd) | np.isnan(second.samples.sd)
    why = np.select([low, blank, flat], ["response", "no-error", "no-spread"], default="")
    return [
        "min-n" if f else bar or reason
        for f, bar, reason in zip(few.tolist(), barred, why.tolist(), strict=True)
    ]


def season_differs(before: date | None, after: date | None) -> bool:
    """Tell whether two waves closed over eight weeks apart in the course of a year."""
    if before is None or after is None:
        return False
    return count_season_days(before, after) > SEASON_DAYS


def count_season_days(one: date, other: date) -> int:
    """Return how far apart two days lie in the year, 0 to 182, whatever their years.

    Leap days do not count: from March 1 to April 26 it is 56 days in every year.
    """
    places = (_set_in_common_year(day).timetuple().tm_yday for day in (one, other))
    apart = abs(next(places) - next(places))
    return min(apart, YEAR_DAYS - apart)


def _set_in_common_year(day: date) -> date:
    last = 28 if day.month == 2 else day.day  # noqa: PLR2004
    return date(_COMMON_YEAR, day.month, min(day.day, last))


def find_tags(
    sides: tuple[Side, Side], *, fragile: Flags, open_: Flags, season: bool, linked: Flags
) -> list[tuple[str, ...]]:
    """Return what to add to each verdict; see `Change.tags`."""
    first, second = sides
    high = np.zeros(len(fragile), dtype=np.bool_)
    for side in sides:
        high |= (side.samples.mean > CEILING_MEAN) | (side.ceiling > CEILING_SHARE)
    flags = {
        "fragile": fragile,
        "staff_changed": open_ & (second.renewed > NEW_SHARE),
        "season_differs": open_ & season,
        "ceiling": open_ & high,
        "roster": first.overfull | second.overfull,
        "linked": open_ & linked,
    }
    names = tuple(flags)
    table = np.column_stack(list(flags.values())).tolist()
    return [tuple(name for name, on in zip(names, row, strict=True) if on) for row in table]
