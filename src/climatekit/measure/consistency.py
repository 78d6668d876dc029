"""Consistency: how far the items of a score hang together, over people and within schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.alphas import (
    alpha,
    alpha_duhachek,
    alpha_within,
    count_people,
    standardize_alpha,
)
from climatekit.measure.among import Among
from climatekit.measure.covariances import drop_constant, find_correlation
from climatekit.measure.factor_analysis import OneFactor, find_full_omega, find_omega
from climatekit.measure.item_analysis import (
    Halves,
    alpha_if_dropped,
    find_lambda6,
    item_rest,
    split_halves,
    standard_error,
)
from climatekit.measure.matrices import ItemMatrix, list_matrices
from climatekit.values import Estimate, Withheld

LEAST_PEOPLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleReliability:
    """How far the items of one score hang together in one wave, over the whole district.

    Attributes
    ----------
    wave : str, optional
        Wave id; None for all waves pooled, where the intervals take the answers of a
        person in two waves as those of two people.
    n : int
        People with at least two answered items of the score.
    items : tuple of str
        Items that entered: asked, and not answered alike by everybody.
    constant : tuple of str
        Items left out because everybody answered them alike.
    alpha_within : Estimate or Withheld
        The headline: alpha of the pooled within-school covariance.
    alpha : Estimate or Withheld
        Alpha over all people, schools ignored; pairwise covariances.
    alpha_complete : Estimate or Withheld
        The same over people who answered every item.
    alpha_standardized : float, optional
        From pairwise correlations; on `n` people like all that follows.
    alpha_duhachek : Estimate or Withheld
        `alpha` with the interval of Duhachek and Iacobucci.
    omega : Estimate or Withheld
        McDonald's omega of one factor, on the people who answered every item.
    omega_full : Estimate or Withheld
        The same from every answer, with an interval that does not rest on normal answers.
    factor : OneFactor, optional
        The factor behind `omega_full`, and how well it fits; None where that is withheld.
    mean_correlation : float, optional
        Mean of the correlations between the items, pair by pair.
    lambda6 : float, optional
        Guttman's lambda-6; None where the correlations cannot be inverted.
    halves : Halves, optional
        Odd and even items, stepped up by Spearman and Brown; all there is to say of a
        score of two items.
    error : float, optional
        Standard error of measurement of one person's score, in points of 0 to 100, over
        the `error_n` people who have the score.
    item_rest : mapping of str to float
        Correlation of each item with the sum of the others; empty where alpha is withheld.
    alpha_if_dropped : mapping of str to float
        Alpha without the item; empty with two items or where alpha is withheld.
    """

    score: str
    wave: str | None
    n: int
    items: tuple[str, ...]
    constant: tuple[str, ...]
    alpha_within: Estimate | Withheld
    alpha: Estimate | Withheld
    alpha_complete: Estimate | Withheld
    alpha_duhachek: Estimate | Withheld
    omega: Estimate | Withheld
    omega_full: Estimate | Withheld
    factor: OneFactor | None = None
    mean_correlation: float | None = None
    alpha_standardized: float | None = None
    lambda6: float | None = None
    halves: Halves | None = None
    error: float | None = None
    error_n: int = 0
    item_rest: Mapping[str, float] = field(default_factory=dict)
    alpha_if_dropped: Mapping[str, float] = field(default_factory=dict)

    @property
    def negative(self) -> bool:
        """Whether an alpha is below 0, so that the score must not be used."""
        return any(
            isinstance(alpha, Estimate) and alpha.value < 0
            for alpha in (self.alpha, self.alpha_within)
        )

    @property
    def suspects(self) -> tuple[str, ...]:
        """Items that run against the others; a forgotten reversal looks like this."""
        return tuple(item for item, r in self.item_rest.items() if r < 0)


def check_reliability(
    responses: Responses,
    scales: Sequence[Scale],
    *,
    pooled: bool = True,
    among: Among | None = None,
) -> tuple[ScaleReliability, ...]:
    """Check how far the items of each score hang together.

    Parameters
    ----------
    pooled : bool
        Whether all waves pooled are checked as well.
    among : mapping of str to mapping of str to collection of str, optional
        Score to wave to the schools whose people are looked at; all when not given.

    Returns
    -------
    tuple of ScaleReliability
        By score, then wave (those that asked at least two of its items), then, where
        `pooled`, all waves as wave None. District level only; withheld under 100 people.
    """
    parts = list_matrices(responses, scales, pooled=pooled, among=among)
    return tuple(_check_score(part) for part in parts)


def _check_score(part: ItemMatrix) -> ScaleReliability:
    matrix, items = part.matrix, part.items
    people = count_people(matrix)
    kept, stay = drop_constant(matrix)
    names = [item for item, on in zip(items, stay, strict=True) if on]
    few = Withheld("min-n", f"fewer than {LEAST_PEOPLE} people answered the scale")
    report = ScaleReliability(
        score=part.score,
        wave=part.wave,
        n=people,
        items=tuple(names),
        constant=tuple(item for item in items if item not in names),
        alpha_within=few,
        alpha=few,
        alpha_complete=few,
        alpha_duhachek=few,
        omega=few,
        omega_full=few,
    )
    if people < LEAST_PEOPLE:
        return report
    total = alpha(kept, n=people)
    whole = kept[~np.isnan(kept).any(axis=1)]
    report = replace(
        report,
        alpha_within=alpha_within(matrix, part.cells),
        alpha=total,
        alpha_complete=alpha(whole) if len(whole) >= LEAST_PEOPLE else few,
        alpha_duhachek=alpha_duhachek(kept, n=people),
    )
    if isinstance(total, Withheld):
        return report
    complete = find_omega(kept) if len(whole) >= LEAST_PEOPLE else few
    factor, r = find_full_omega(kept), find_correlation(kept)
    lambda6 = find_lambda6(kept)
    error, error_n = standard_error(matrix, total.value, least=part.least)
    dropped = alpha_if_dropped(kept) if len(names) > 2 else ()  # noqa: PLR2004
    return replace(
        report,
        alpha_standardized=standardize_alpha(r),
        mean_correlation=float(r[np.tril_indices(len(r), -1)].mean()),
        omega=complete if isinstance(complete, Withheld) else complete.omega,
        omega_full=factor if isinstance(factor, Withheld) else factor.omega,
        factor=None if isinstance(factor, Withheld) else factor,
        lambda6=None if np.isnan(lambda6) else lambda6,
        halves=split_halves(kept),
        error=None if np.isnan(error) else error,
        error_n=error_n,
        item_rest=dict(zip(names, item_rest(kept).tolist(), strict=True)),
        alpha_if_dropped=dict(zip(names, map(float, dropped), strict=False)),
    )
