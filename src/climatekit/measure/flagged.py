"""Flagged: what a district's figures would be without the people whom screening flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.alphas import alpha_within
from climatekit.measure.among import Among, keep_among
from climatekit.measure.groups import Flags, number_rows
from climatekit.measure.matrices import list_matrices
from climatekit.measure.scoring import Scores
from climatekit.measure.screening import Screening
from climatekit.measure.summaries import summarize
from climatekit.values import Estimate, Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutFlagged:
    """One score of one wave over the whole district, with and without flagged people.

    Attributes
    ----------
    flagged : int
        People with the score whom two flags or more stand against.
    schools : int
        Schools with anybody left who has the score.
    mean, mean_without : Estimate or Withheld
        Mean points of everybody who has the score, and of those not flagged; no interval.
    alpha, alpha_without : Estimate or Withheld
        Alpha within schools, likewise.
    """

    score: str
    wave: str
    flagged: int
    schools: int
    mean: Estimate | Withheld
    mean_without: Estimate | Withheld
    alpha: Estimate | Withheld
    alpha_without: Estimate | Withheld


def compare_flagged(
    screening: Screening,
    scores: Scores,
    responses: Responses,
    scales: Sequence[Scale],
    *,
    among: Among | None = None,
) -> tuple[WithoutFlagged, ...]:
    """Set each score's district mean and alpha beside those without flagged people.

    Nobody is left out anywhere else. Not gated: the two means together tell that of the
    flagged, so it takes a group of them that may be spoken of.

    Parameters
    ----------
    among : mapping of str to mapping of str to collection of str, optional
        Score to wave to the schools whose people are looked at; all when not given.

    Returns
    -------
    tuple of WithoutFlagged
        By score, then wave, for the scores of two items or more.
    """
    stay = ~screening.flagged
    scores = scores if among is None else keep_among(scores, among)
    everybody, rest = _average(scores, scales), _average(_leave_out(scores, stay), scales)
    schools = _count_schools(scores, stay)
    none = Withheld("not-estimable", "nobody has the score")
    found = []
    for part in list_matrices(responses, scales, pooled=False, among=among):
        wave = str(part.wave)
        key, kept = (wave, part.score), stay[part.rows]
        whole, left = everybody.get(key, none), rest.get(key, none)
        found.append(
            WithoutFlagged(
                score=part.score,
                wave=wave,
                flagged=_count(whole) - _count(left),
                schools=schools.get(key, 0),
                mean=whole,
                mean_without=left,
                alpha=alpha_within(part.matrix, part.cells),
                alpha_without=alpha_within(part.matrix[kept], part.cells[kept]),
            )
        )
    return tuple(found)


def _leave_out(scores: Scores, stay: Flags) -> Scores:
    left = {
        score: replace(own, points=np.where(stay, own.points, np.nan))
        for score, own in scores.rules.items()
    }
    return replace(scores, rules=left)


def _average(scores: Scores, scales: Sequence[Scale]) -> dict[tuple[str, str], Estimate]:
    table = summarize(scores, scales, by=("wave",))
    return {
        (str(wave), str(score)): Estimate(value=float(mean), n=int(n), method="mean points")
        for wave, score, mean, n in zip(
            *(table[name] for name in ("wave", "score", "mean", "n")), strict=True
        )
        if n > 0
    }


def _count_schools(scores: Scores, stay: Flags) -> dict[tuple[str, str], int]:
    waves, names = number_rows(scores.responses, "wave")
    schools, _ = number_rows(scores.responses, "school")
    return {
        (wave, score): len(np.unique(schools[stay & (waves == number) & ~np.isnan(own.points)]))
        for score, own in scores.rules.items()
        for number, wave in enumerate(names)
    }


def _count(estimate: Estimate | Withheld) -> int:
    return estimate.n if isinstance(estimate, Estimate) else 0
