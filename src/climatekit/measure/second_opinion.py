"""Second opinion: the district's headline statistics once more, by pingouin."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from climatekit.errors import Problem
from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.alphas import alpha
from climatekit.measure.among import Among, keep_among
from climatekit.measure.covariances import drop_constant
from climatekit.measure.groups import Floats, number_rows
from climatekit.measure.matrices import list_matrices
from climatekit.measure.scoring import Scores
from climatekit.measure.two_samples import Samples, compare_samples, standardize
from climatekit.values import Estimate

TOLERANCE = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """How far pingouin's numbers lie from ours.

    Attributes
    ----------
    largest : float
        Largest absolute difference; 0 where nothing could be compared.
    name : str
        The number it was found in, such as ``"Welch t of ots.tco, 2025 to 2026"``.
    compared : int
        How many numbers were compared.
    version : str
        pingouin's version.
    """

    largest: float
    name: str
    compared: int
    version: str

    @property
    def warning(self) -> Problem | None:
        """The warning to give when a number differs by more than 1e-8."""
        if self.largest <= TOLERANCE:
            return None
        return Problem(
            code="CK990",
            message=f"pingouin {self.version} gives another value for {self.name}: "
            f"they lie {self.largest:.2g} apart.",
            severity="warning",
        )


def ask_second_opinion(
    responses: Responses,
    scores: Scores,
    scales: Sequence[Scale],
    *,
    pairs: Sequence[tuple[str, str]],
    among: Among | None = None,
) -> SecondOpinion:
    """Work out alpha, Welch's test and Hedges' g with pingouin, and compare with ours.

    District level: alpha per score and wave over the people who answered every item;
    t, df, p (Welch) and g (pooled SD, approximate correction) per score and pair of
    waves, without the census correction, which pingouin does not know. Missing answers
    and constant items are taken out first, since pingouin treats them by other rules.
    `among` is score to wave to the schools whose people are looked at; all when not given.
    """
    import pingouin

    worst, name, compared = 0.0, "", 0
    with warnings.catch_warnings():
        # Its Bayes factors and power, which nobody reads here, warn on extreme t.
        warnings.simplefilter("ignore")
        for label, ours, theirs in (
            *_compare_alphas(responses, scales, among),
            *_compare_waves(scores if among is None else keep_among(scores, among), pairs),
        ):
            compared += 1
            apart = abs(ours - theirs)
            if not apart <= worst:
                worst, name = apart, label
    return SecondOpinion(
        largest=worst, name=name, compared=compared, version=str(pingouin.__version__)
    )


def _compare_alphas(
    responses: Responses, scales: Sequence[Scale], among: Among | None
) -> Iterator[tuple[str, float, float]]:
    import pingouin

    for part in list_matrices(responses, scales, pooled=False, among=among):
        kept, _ = drop_constant(part.matrix)
        whole, _ = drop_constant(kept[~np.isnan(kept).any(axis=1)])
        ours = alpha(whole)
        if isinstance(ours, Estimate):
            theirs = pingouin.cronbach_alpha(data=pd.DataFrame(whole))[0]
            yield f"alpha of {part.score}, {part.wave}", ours.value, float(theirs)


def _compare_waves(
    scores: Scores, pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, float, float]]:
    import pingouin

    waves, names = number_rows(scores.responses, "wave")
    people = {
        (score, wave): own.points[(waves == number) & ~np.isnan(own.points)]
        for score, own in scores.rules.items()
        for number, wave in enumerate(names)
        if (~np.isnan(own.points[waves == number])).any()
    }
    for score in dict.fromkeys(score for score, _ in people):
        for before, after in pairs:
            first, second = people.get((score, before)), people.get((score, after))
            if first is None or second is None or not _varies(first, second):
                continue
            one, two = _sum_up(first), _sum_up(second)
            welch = compare_samples(one, two, 0.0)
            g, _ = standardize(one, two, standardizer="pooled")
            table = pingouin.ttest(second, first, correction=True).iloc[0]
            effect = pingouin.compute_effsize(second, first, eftype="hedges")
            where = f"of {score}, {before} to {after}"
            t = float((welch.difference / welch.error)[0])
            p = next(float(table[name]) for name in ("p_val", "p-val") if name in table.index)
            yield f"Welch t {where}", t, float(table["T"])
            yield f"Welch df {where}", float(welch.df[0]), float(table["dof"])
            yield f"Welch p {where}", float(welch.find_p()[0]), p
            yield f"Hedges g {where}", float(g[0]), float(effect)


def _varies(first: Floats, second: Floats) -> bool:
    return min(len(first), len(second)) > 1 and float(np.ptp(first) + np.ptp(second)) > 0


def _sum_up(values: Floats) -> Samples:
    return Samples(
        mean=np.array([values.mean()]),
        sd=np.array([values.std(ddof=1)]),
        n=np.array([float(len(values))]),
        covered=np.zeros(1),
    )
