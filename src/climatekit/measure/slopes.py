"""Slopes: how many points a year a school's score moved over three or more waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from climatekit.knowledge.settings import ComparisonSettings
from climatekit.measure.groups import Floats
from climatekit.measure.sides import NO_SPREAD
from climatekit.measure.verdicts import LEAST_RESPONSE
from climatekit.values import Estimate, Withheld

METHOD = "precision-weighted straight line"
LEAST_WAVES = 3
_YEAR = 365.25

_WHY = {
    "few-waves": "fewer than three waves that can be compared",
    "no-spread": "everybody gave the same answers in one of the waves",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """The trend of one score of one school.

    Attributes
    ----------
    waves : tuple of str
        Ids of the waves that the line runs through, oldest first.
    per_year : Estimate or Withheld
        Points per year, with a 95% interval; `n` is the smallest wave's.
    """

    school: str
    score: str
    waves: tuple[str, ...]
    per_year: Estimate | Withheld


def fit_slopes(
    summaries: pd.DataFrame,
    *,
    waves: Sequence[str],
    dates: Mapping[str, date],
    eligible: Mapping[tuple[str, str], int],
    breaks: Mapping[tuple[str, str, str], str | None],
    settings: ComparisonSettings,
    min_n: int,
) -> tuple[Slope, ...]:
    """Fit a straight line through each school's latest unbroken run of waves.

    A wave takes part with `min_n` people or more, a known last day, and at least 40% of
    staff where the roster tells; the run begins after the latest break, and the line
    needs three waves.

    Parameters
    ----------
    summaries : DataFrame
        As `summarize` makes it by wave and school.
    waves : sequence of str
        Wave ids, oldest first.
    dates : mapping of str to date
        Day on which each wave closed.
    eligible : mapping of (school, wave) to int
    breaks : mapping of (before, after, score) to str or None
        Rule that forbids a comparison; a pair without an entry was never checked, and
        breaks the run too.

    Returns
    -------
    tuple of Slope
        One per school and score.
    """
    place = {wave: order for order, wave in enumerate(waves)}
    columns = ("school", "score", "wave", "mean", "sd", "n")
    cells: dict[tuple[str, str], list[tuple[str, float, float, int]]] = {}
    for school, score, wave, mean, sd, n in zip(
        *(summaries[name].tolist() for name in columns), strict=True
    ):
        own = cells.setdefault((school, score), [])
        staff = eligible.get((school, wave))
        enough = not staff or n > staff or n >= LEAST_RESPONSE * staff
        if n >= max(min_n, 2) and wave in dates and enough:
            own.append((wave, mean, sd, int(n)))
    slopes = []
    for (school, score), own in cells.items():
        own.sort(key=lambda cell: place[cell[0]])
        run = _find_run(own, score, breaks)
        per_year = _fit(run, school, dates, eligible, settings)
        slopes.append(
            Slope(
                school=school,
                score=score,
                waves=tuple(cell[0] for cell in run),
                per_year=per_year,
            )
        )
    return tuple(slopes)


def fit_line(times: Floats, means: Floats, errors: Floats, dfs: Floats) -> tuple[float, ...]:
    """Return slope, its standard error and its df.

    Least squares with weights ``1 / error^2``; the slope is a weighted sum of the means,
    so that its variance and Satterthwaite's df (1946) follow from theirs.
    """
    weights = 1 / errors**2
    apart = times - weights @ times / weights.sum()
    pull = weights * apart / (weights @ apart**2)
    parts = (pull * errors) ** 2
    variance = parts.sum()
    return (
        float(pull @ means),
        float(np.sqrt(variance)),
        float(variance**2 / (parts**2 / dfs).sum()),
    )


def _find_run(
    own: Sequence[tuple[str, float, float, int]],
    score: str,
    breaks: Mapping[tuple[str, str, str], str | None],
) -> list[tuple[str, float, float, int]]:
    run = list(own[-1:])
    for cell in reversed(own[:-1]):
        if breaks.get((cell[0], run[0][0], score), "unchecked") is not None:
            break
        run.insert(0, cell)
    return run


def _fit(
    run: Sequence[tuple[str, float, float, int]],
    school: str,
    dates: Mapping[str, date],
    eligible: Mapping[tuple[str, str], int],
    settings: ComparisonSettings,
) -> Estimate | Withheld:
    if len(run) < LEAST_WAVES:
        return Withheld("few-waves", _WHY["few-waves"])
    means = np.array([cell[1] for cell in run])
    sds = np.array([cell[2] for cell in run])
    counts = np.array([float(cell[3]) for cell in run])
    if sds.min() < NO_SPREAD:
        return Withheld("no-spread", _WHY["no-spread"])
    staff = np.array([float(eligible.get((school, cell[0]), 0)) for cell in run])
    covered = np.where(staff >= counts, counts / np.maximum(staff, 1.0), 0.0)
    errors = sds * np.sqrt((1 - settings.retest_reliability * covered) / counts)
    first = dates[run[0][0]]
    times = np.array([(dates[cell[0]] - first).days / _YEAR for cell in run])
    slope, error, df = fit_line(times, means, errors, counts - 1)
    reach = float(stdtrit(df, 0.975)) * error
    return Estimate(
        value=slope, low=slope - reach, high=slope + reach, n=int(counts.min()), method=METHOD
    )
