"""Fit: how much a brief prints, and how tightly, so that it fills exactly two pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from climatekit.release.released import Released
from climatekit.report.brief import Brief

STEPS = 6  # tightest step of either page; 0 is the roomy, usual layout
MOST_MOVERS = (4, 4, 3, 3, 3, 2, 0)
MOST_RANKED = (2, 2, 2, 2, 2, 1, 0)  # highest questions, and lowest
MOST_NEWS = (6, 6, 6, 5, 4, 3, 2)
CHART_HEIGHTS = (158, 146, 132, 120, 116, 112, 112)  # pixels
TALLEST_CHART = 250
TALLEST_GROWN = 180  # where charts share the page with tables
POINTS_A_PIXEL = 0.75
ONE_WAVE_HEIGHT = 176
LONGEST_NAME = 160

# About how many points each step takes less than the roomy layout, measured on briefs of
# both languages; only the count of layouts rests on them, never whether a brief fits.
_SAVED_FIRST = (0, 40, 82, 116, 140, 184, 270)
_SAVED_SECOND = (0, 20, 52, 95, 117, 157, 180)
_GIVEN_BACK = 4  # pixels more than a page ran over by


@dataclass(frozen=True, slots=True)
class Fit:
    """The step of tightness of each page, 0 (roomy) to `STEPS` (tightest).

    The list of questions has the steps of `LISTS`, the last of which may take more than one
    page; `lines` to write on stand under it where it leaves room. The charts are taller by
    `chart` pixels than the first page's step has them.
    """

    first: int = 0
    second: int = 0
    third: int = 0
    lines: int = 0
    chart: int = 0


@dataclass(frozen=True, slots=True)
class ListStep:
    """How the list of questions is set: columns, and padding of a row in points."""

    columns: int
    padding: float


LISTS = (
    ListStep(1, 4.6),
    ListStep(1, 2.6),
    ListStep(2, 3.4),
    ListStep(2, 1.6),
    ListStep(2, 0.6),
    ListStep(1, 3.4),
)


def tighten(fit: Fit, *, first: float, second: float, third: float = 0.0) -> Fit:
    """Return the step for each page that ran over: the first that saves enough.

    Parameters
    ----------
    first, second, third : float
        By how many points each page ran over at `fit`; 0 where it did not.
    """
    if first > 0 and fit.chart:
        # Charts that were grown too far give back what they took, before anything is tightened.
        chart = max(0, fit.chart - math.ceil(first / POINTS_A_PIXEL) - _GIVEN_BACK)
        return tighten(replace(fit, chart=chart), first=0, second=second, third=third)
    # The last step of the list may take more than one page.
    over = third > 0 and fit.third < len(LISTS) - 1
    return Fit(
        _choose_step(fit.first, first, _SAVED_FIRST),
        _choose_step(fit.second, second, _SAVED_SECOND),
        fit.third + over,
        0 if over else fit.lines,
        fit.chart,
    )


def grow_charts(fit: Fit, *, over: float) -> Fit:
    """Return the fit with charts as tall as the room that its first page's step leaves over.

    Parameters
    ----------
    over : float
        By how many points the page ran over at the roomiest step.
    """
    if not fit.first:
        return fit
    spare = int((_SAVED_FIRST[fit.first] - over) / POINTS_A_PIXEL)
    most = TALLEST_GROWN - CHART_HEIGHTS[fit.first]
    return replace(fit, chart=max(0, min(spare, most)))


def _choose_step(step: int, over: float, saved: Sequence[int]) -> int:
    if over <= 0:
        return step
    needed = saved[step] + over
    # The last step leaves sentences out: it is tried only where all others were too long.
    enough = [later for later in range(step + 1, STEPS) if saved[later] >= needed]
    return min([*enough, max(min(step + 1, STEPS), STEPS - 1)])


def trim(brief: Brief, fit: Fit) -> Brief:
    """Return the brief with as many rows as its step has room for; sentences stay whole."""
    asked, ranked = brief.questions, MOST_RANKED[fit.first]
    if asked is not None:
        asked = replace(asked, highest=asked.highest[:ranked], lowest=asked.lowest[:ranked])
    movers = brief.movers[: MOST_MOVERS[fit.first]]
    # A sentence on rows that are all left out would stand under a heading of nothing.
    bare = brief.movers and not movers and not ranked
    return replace(
        brief,
        questions=asked,
        movers=movers,
        movers_note=None if bare else brief.movers_note,
        since_last_time=brief.since_last_time[: MOST_NEWS[fit.second]],
    )


def choose_chart_height(brief: Brief, fit: Fit) -> int:
    """Return the trend charts' height in pixels: taller where little else is on the page."""
    points = [point for panel in brief.panels for point in panel.points]
    if not any(isinstance(point.score, Released) for point in points):
        return CHART_HEIGHTS[STEPS]
    if fit.first:
        return CHART_HEIGHTS[fit.first] + fit.chart
    if len(points) <= len(brief.panels):
        return ONE_WAVE_HEIGHT
    longest = max((len(panel.sentence) for panel in brief.panels), default=0)
    spare = 470 - 27 * len(brief.movers) - 28 * len(brief.changes) - longest * 0.42
    spare -= 40 if brief.movers else 0
    return int(max(CHART_HEIGHTS[0], min(TALLEST_CHART, CHART_HEIGHTS[0] + (spare - 175) * 0.8)))
