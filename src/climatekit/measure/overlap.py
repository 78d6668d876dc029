"""Overlap: a comparison of two waves in which many people are known to be the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from climatekit.measure.groups import Floats
from climatekit.measure.scoring import Scores
from climatekit.measure.two_samples import Samples, Welch

_ROUNDING = 1e-12
# Keys: before, after, school, score.
Overlaps = Mapping[tuple[str, str, str, str], tuple[int, float]]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Overlap:
    """People with the score in both waves, one element per comparison.

    Attributes
    ----------
    n : ndarray of float
        How many they are, 0 where nobody could be linked.
    r : ndarray of float
        Pearson's correlation of their two scores, NaN where it cannot be had.
    """

    n: Floats
    r: Floats


def compare_overlapping(before: Samples, after: Samples, overlap: Overlap) -> Welch:
    """Compare two samples that share some people.

    The t test for partially overlapping samples with unequal variances, ``T_new2`` of
    Derrick, Russ, Toher and White (2017), Journal of Modern Applied Statistical Methods
    16(1), 137-157: all answers count, and twice the shared people's covariance is taken
    off the variance of the difference. With nobody shared it is Welch's, with everybody
    nearly the paired test.

    There is no census correction: those who answered twice cancel out of the chance in
    who was asked. Without turnover the error is that of the change of the whole staff list;
    with turnover it is a little wide.
    """
    first, second = before.sd**2 / before.n, after.sd**2 / after.n
    shared = 2 * overlap.r * before.sd * after.sd * overlap.n / (before.n * after.n)
    alone = before.n + after.n - 2 * overlap.n
    with np.errstate(invalid="ignore", divide="ignore"):
        welch = (first + second) ** 2 / (first**2 / (before.n - 1) + second**2 / (after.n - 1))
    left = first + second - np.nan_to_num(shared)
    few = overlap.n - 1
    df = few + (welch - few) / (before.n + after.n) * alone
    return Welch(
        difference=after.mean - before.mean,
        # Where all moved alike nothing is left but what rounding makes of it.
        error=np.sqrt(np.where(left <= _ROUNDING * (first + second), 0.0, left)),
        df=np.where(overlap.n > 1, df, welch),
    )


def find_overlaps(
    scores: Scores, links: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str, str, str], tuple[int, float]]:
    """Return how many people of a school have a score in both waves, and its correlation.

    A code that stands twice in one school and wave is nobody's: two people gave the same.

    Parameters
    ----------
    scores : Scores
    links : sequence of str
        Scrambled code per row of the responses, blank where there is none; may be empty.
    pairs : sequence of (before, after), wave ids

    Returns
    -------
    mapping of (before, after, school, score) to (people, correlation)
        Where anybody is linked; the correlation is NaN under two people or without spread.
    """
    if not any(links):
        return {}
    people = scores.keys[["wave", "school"]].astype(str).assign(link=list(links))
    people = people[people["link"] != ""]
    people = people[~people.duplicated(["wave", "school", "link"], keep=False)]
    frame = scores.frame[["score", "points"]].join(people, how="inner").dropna(subset=["points"])
    frame["score"] = frame["score"].astype(str)
    found: dict[tuple[str, str, str, str], tuple[int, float]] = {}
    for before, after in pairs:
        sides = [frame[frame["wave"] == wave] for wave in (before, after)]
        both = sides[0].merge(sides[1], on=["school", "score", "link"], suffixes=("_1", "_2"))
        for (school, score), cell in both.groupby(["school", "score"], sort=True):
            first, second = (cell[f"points_{side}"].to_numpy(dtype=float) for side in (1, 2))
            found[before, after, str(school), str(score)] = (len(cell), _correlate(first, second))
    return found


def align_overlaps(cells: pd.DataFrame, waves: tuple[str, str], overlaps: Overlaps) -> Overlap:
    """Lay the overlaps beside aligned comparisons, one row of `cells` each."""
    found = [
        overlaps.get((*waves, school, score), (0, np.nan))
        for school, score in zip(cells["school"].tolist(), cells["score"].tolist(), strict=True)
    ]
    return Overlap(
        n=np.array([float(n) for n, _ in found]), r=np.array([float(r) for _, r in found])
    )


def _correlate(first: Floats, second: Floats) -> float:
    x, y = first - first.mean(), second - second.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else float("nan")
