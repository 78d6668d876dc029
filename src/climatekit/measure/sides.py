"""Sides: the two waves of all comparisons, laid side by side as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from climatekit.knowledge.settings import ComparisonSettings
from climatekit.measure.groups import Flags, Floats
from climatekit.measure.two_samples import Samples
from climatekit.values import Estimate, Withheld

METHOD = "census-limited t interval"
# A standard deviation under this, in points, is rounding.
NO_SPREAD = 1e-9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Side:
    """One wave of all comparisons side by side; `answered`, `renewed` are shares or NaN.

    `samples` are as large as their standard errors say, `counted` is what thresholds count;
    both are the people but where these are weighted.
    """

    samples: Samples
    counted: Floats
    ceiling: Floats
    answered: Floats
    renewed: Floats
    overfull: Flags
    means: list[Estimate | Withheld]


def align_waves(summaries: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """Put both waves of each school and score in one row, in a fixed order."""
    columns = ["school", "score", "n", "mean", "sd", "effective", "counted", "ceiling"]
    # A table without them has nobody weighted.
    usual = {one: summaries["n"] for one in ("effective", "counted") if one not in summaries}
    summaries = summaries.assign(**usual)
    place = {score: order for order, score in enumerate(dict.fromkeys(summaries["score"]))}
    sides = [summaries.loc[summaries["wave"] == wave, columns] for wave in (before, after)]
    cells = sides[0].merge(
        sides[1], on=["school", "score"], how="outer", suffixes=("_1", "_2"), validate="1:1"
    )
    cells["place"] = [place[score] for score in cells["score"]]
    return cells.sort_values(["school", "place"], kind="stable").reset_index(drop=True)


def gather_side(
    cells: pd.DataFrame,
    suffix: str,
    wave: str,
    *,
    eligible: Mapping[tuple[str, str], int],
    responded: Mapping[tuple[str, str], int],
    newcomers: Mapping[tuple[str, str], int],
    settings: ComparisonSettings,
    min_n: int,
) -> Side:
    """Read one wave of the aligned comparisons, with the staff list's share where known.

    Nothing is known of it for a row that is ``as_given``.
    """
    schools = cells["school"].tolist()
    n, effective, counted = (
        cells[name + suffix].fillna(0).to_numpy(dtype=np.float64)
        for name in ("n", "effective", "counted")
    )
    staff = np.array([eligible.get((school, wave), np.nan) for school in schools], dtype=np.float64)
    staff[cells["as_given"].to_numpy(dtype=np.bool_)] = np.nan
    people = np.array(
        [responded.get((school, wave), np.nan) for school in schools], dtype=np.float64
    )
    fresh = np.array(
        [newcomers.get((school, wave), np.nan) for school in schools], dtype=np.float64
    )
    overfull = (n > staff) | (people > staff)
    known = ~overfull & (staff > 0)
    sd = cells["sd" + suffix].to_numpy(dtype=np.float64)
    blank = np.zeros(len(n))
    covered = np.divide(n, staff, out=blank.copy(), where=known)
    samples = Samples(
        mean=cells["mean" + suffix].to_numpy(dtype=np.float64),
        sd=np.where(sd < NO_SPREAD, 0.0, sd),
        n=effective,
        covered=covered,
    )
    few = Withheld("min-n", "too few people answered")
    means: list[Estimate | Withheld] = [
        bound(mean, reach, int(count)) if count >= max(min_n, 1) else few
        for mean, reach, count in zip(
            samples.mean.tolist(),
            find_reach(samples, settings).tolist(),
            counted.tolist(),
            strict=True,
        )
    ]
    return Side(
        samples=samples,
        counted=counted,
        ceiling=cells["ceiling" + suffix].to_numpy(dtype=np.float64),
        answered=np.divide(people, staff, out=blank + np.nan, where=known),
        renewed=np.divide(fresh, staff, out=blank + np.nan, where=staff > 0),
        overfull=overfull,
        means=means,
    )


def bound(mean: float, reach: float, n: int) -> Estimate:
    """Return a mean with its interval, or without one where `reach` is 0 or missing."""
    if not reach > 0:
        return Estimate(value=mean, n=n, method=METHOD)
    return Estimate(value=mean, low=mean - reach, high=mean + reach, n=n, method=METHOD)


def find_reach(samples: Samples, settings: ComparisonSettings) -> Floats:
    """Return half the width of the 95% interval of each wave's mean, NaN under two people."""
    share = (1 - settings.retest_reliability * samples.covered) / np.maximum(samples.n, 1)
    reach: Floats = stdtrit(np.maximum(samples.n - 1, 1), 0.975) * samples.sd * np.sqrt(share)
    return np.where(samples.n > 1, reach, np.nan)
