"""Fit: how much a brief prints, and how tightly, so that it fills exactly two pages."""

from __future__ import annotations

from dataclasses import dataclass, replace

from climatekit.release.released import Released
from climatekit.report.brief import Brief

STEPS = 5  # tightest step of either page; 0 is the roomy, usual layout
MOST_MOVERS = (6, 5, 4, 3, 2, 0)
MOST_NEWS = (6, 6, 5, 4, 3, 2)
CHART_HEIGHTS = (158, 150, 138, 126, 112, 112)  # pixels
TALLEST_CHART = 250
ONE_WAVE_HEIGHT = 176
LONGEST_NAME = 160


@dataclass(frozen=True, slots=True)
class Fit:
    """The step of tightness of each page, 0 (roomy) to `STEPS` (tightest)."""

    first: int = 0
    second: int = 0


def tighten(fit: Fit, *, first: bool, second: bool) -> Fit:
    """Return the next step for the pages that ran over."""
    return Fit(
        min(STEPS, fit.first + first),
        min(STEPS, fit.second + second),
    )


def trim(brief: Brief, fit: Fit) -> Brief:
    """Return the brief with as many rows as its step has room for; sentences stay whole."""
    return replace(
        brief,
        movers=brief.movers[: MOST_MOVERS[fit.first]],
        since_last_time=brief.since_last_time[: MOST_NEWS[fit.second]],
    )


def choose_chart_height(brief: Brief, fit: Fit) -> int:
    """Return the trend charts' height in pixels: taller where little else is on the page."""
    points = [point for panel in brief.panels for point in panel.points]
    if not any(isinstance(point.score, Released) for point in points):
        return CHART_HEIGHTS[STEPS]
    if fit.first:
        return CHART_HEIGHTS[fit.first]
    if len(points) <= len(brief.panels):
        return ONE_WAVE_HEIGHT
    longest = max((len(panel.sentence) for panel in brief.panels), default=0)
    spare = 470 - 27 * len(brief.movers) - 28 * len(brief.changes) - longest * 0.42
    spare -= 40 if brief.movers else 0
    return int(max(CHART_HEIGHTS[0], min(TALLEST_CHART, CHART_HEIGHTS[0] + (spare - 175) * 0.8)))
