"""Trends: points a year of each school's scores, worked out from the printed numbers alone.

A line through numbers that are printed anyway tells nothing more than they do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
from scipy.special import stdtrit

from climatekit.knowledge.settings import Settings
from climatekit.measure.slopes import Slope, fit_slopes
from climatekit.release.assembly import Release, SchoolRelease
from climatekit.release.released import Released
from climatekit.values import RESPONSE_FLOOR

Breaks = Mapping[tuple[str, str, str], str | None]


def find_trends(
    release: Release,
    *,
    waves: Sequence[str],
    breaks: Breaks,
    settings: Settings,
    leave_out: Collection[str] = (),
) -> dict[tuple[str, str], Slope]:
    """Fit a straight line through the printed scores of each school.

    Each wave counts by the width of its printed interval; see `fit_slopes`. Of a capped
    score, or one without an interval, the true place is not known: there the run ends.
    Scores to `leave_out` are those whose standard errors are not ours to pool.

    Returns
    -------
    mapping of (school, score) to Slope
        For the scores that some wave shows.
    """
    cells = [
        cell
        for school in release.schools.values()
        for score in school.scores
        if score not in leave_out
        for cell in _list_cells(school, score)
    ]
    if not cells:
        return {}
    summaries = pd.DataFrame(cells, columns=["school", "score", "wave", "mean", "sd", "n"])
    slopes = fit_slopes(
        summaries,
        waves=waves,
        dates={wave.id: wave.closed for wave in settings.waves if wave.closed is not None},
        eligible={},  # the printed intervals hold the census correction already
        breaks=breaks,
        settings=settings.comparison,
        min_n=settings.disclosure.min_n,
    )
    return {(one.school, one.score): one for one in slopes}


def _list_cells(school: SchoolRelease, score: str) -> list[tuple[str, str, str, float, float, int]]:
    """Return the waves with enough answers, after the last whose place is not known."""
    cells: list[tuple[str, str, str, float, float, int]] = []
    for wave, shown in school.scores[score].points.items():
        who = school.waves[wave].answered
        if not isinstance(shown, Released) or not isinstance(who, Released):
            continue
        if school.waves[wave].has_response(RESPONSE_FLOOR) is False:
            continue
        if shown.capped or shown.low is None or shown.high is None or shown.high <= shown.low:
            cells = []
            continue
        n = int(who.value)
        error = (shown.high - shown.low) / 2 / float(stdtrit(max(n - 1, 1), 0.975))
        # The spread from which `fit_slopes` comes to this error again.
        cells.append((school.school, score, wave, float(shown.value), error * n**0.5, n))
    return cells
