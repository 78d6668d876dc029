"""Consistency: how far the items of a score hang together, over people and within schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import fdtri

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.covariances import (
    NO_SPREAD,
    Spread,
    drop_constant,
    find_correlation,
    find_covariance,
    find_covariance_within,
)
from climatekit.measure.groups import Floats, Ints
from climatekit.measure.matrices import ItemMatrix, list_matrices
from climatekit.values import Estimate, Withheld

LEAST_PEOPLE = 100
LEAST_SHARED = 10


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
        From pairwise correlations.
    item_rest : mapping of str to float
        Correlation of each item with the sum of the others; empty where alpha is withheld.
    """

    score: str
    wave: str | None
    n: int
    items: tuple[str, ...]
    constant: tuple[str, ...]
    alpha_within: Estimate | Withheld
    alpha: Estimate | Withheld
    alpha_complete: Estimate | Withheld
    alpha_standardized: float | None = None
    item_rest: Mapping[str, float] = field(default_factory=dict)

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
    responses: Responses, scales: Sequence[Scale]
) -> tuple[ScaleReliability, ...]:
    """Check how far the items of each score hang together.

    Returns
    -------
    tuple of ScaleReliability
        By score, then wave (those that asked at least two of its items), then all
        waves pooled as wave None. District level only; withheld under 100 people.
    """
    return tuple(_check_score(part) for part in list_matrices(responses, scales))


def alpha(matrix: Floats, *, n: int | None = None) -> Estimate | Withheld:
    """Return Cronbach's alpha with Feldt's 95% interval.

    Cronbach (1951) from pairwise covariances (n - 1 below); constant items are dropped.
    Interval by Feldt (1965), F with n - 1 and (n - 1)(k - 1) degrees of freedom.

    Parameters
    ----------
    matrix : ndarray of float, people by items
        Keyed answers, all on one range; NaN where not answered.
    n : int, optional
        People for the interval; those with at least two answered items if not given.

    Returns
    -------
    Estimate or Withheld
        Alpha, 1 at most and perhaps negative. Rule ``not-estimable`` with under two
        items that vary, or where two items share under ten answers.
    """
    people = count_people(matrix) if n is None else n
    return _find_alpha(find_covariance(drop_constant(matrix)[0]), people, people - 1)


def alpha_within(matrix: Floats, schools: Ints) -> Estimate | Withheld:
    """Return alpha of the pooled within-school covariance, with Feldt's 95% interval.

    As `alpha`, from deviations from the school's mean with N - k degrees of freedom,
    k schools: what holds the items together among colleagues, free of what sets
    schools apart (Geldhof, Preacher and Zyphur 2014).

    Parameters
    ----------
    matrix : ndarray of float, people by items
    schools : ndarray of int
        School (or school and wave) per person.
    """
    spread = find_covariance_within(matrix, schools)
    # Alike within every school is as good as constant here; NaN is kept, and refused below.
    varying = ~(np.diag(spread.covariance) <= NO_SPREAD)
    spread = Spread(
        spread.covariance[np.ix_(varying, varying)], spread.shared[np.ix_(varying, varying)]
    )
    there = (~np.isnan(matrix)).sum(axis=1) > 1
    groups = len(np.unique(schools[there]))
    people = int(there.sum())
    return _find_alpha(spread, people, people - groups, "alpha within schools, Feldt 1965")


def alpha_standardized(matrix: Floats) -> float:
    """Return standardized alpha, ``k r / (1 + (k - 1) r)`` of the mean pairwise correlation."""
    return _standardize_alpha(find_correlation(drop_constant(matrix)[0]))


def item_rest(matrix: Floats) -> Floats:
    """Return the correlation of each item with the sum of the other items.

    Worked from the pairwise covariance matrix, so that missing answers do not change
    what "the others" are. One value per item, NaN for a constant one.
    """
    return _correlate_rest(find_covariance(matrix).covariance)


def count_people(matrix: Floats) -> int:
    """Return how many people answered at least two of the items."""
    return int(((~np.isnan(matrix)).sum(axis=1) > 1).sum())


def _correlate_rest(cov: Floats) -> Floats:
    own, row = np.diag(cov), cov.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        r: Floats = (row - own) / np.sqrt(own * (cov.sum() - 2 * row + own))
    return r


def _find_alpha(
    spread: Spread, people: int, df: int, method: str = "alpha, Feldt 1965"
) -> Estimate | Withheld:
    cov, k = spread.covariance, spread.covariance.shape[0]
    if k < 2:  # noqa: PLR2004 - two items make a pair
        return Withheld("not-estimable", "fewer than two items vary")
    if spread.shared.min() < LEAST_SHARED or np.isnan(cov).any():
        return Withheld("not-estimable", "two of the items share fewer than ten answers")
    total = float(cov.sum())
    if total <= NO_SPREAD or df < 1:
        return Withheld("not-estimable", "the sum of the items does not vary")
    value = k / (k - 1) * (1 - float(np.trace(cov)) / total)
    low = 1 - (1 - value) * float(fdtri(df, df * (k - 1), 0.975))
    high = 1 - (1 - value) * float(fdtri(df, df * (k - 1), 0.025))
    return Estimate(value=value, low=low, high=high, n=people, method=method)


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
    )
    if people < LEAST_PEOPLE:
        return report
    spread = find_covariance(kept)
    total = _find_alpha(spread, people, people - 1)
    whole = kept[~np.isnan(kept).any(axis=1)]
    report = replace(
        report,
        alpha_within=alpha_within(matrix, part.cells),
        alpha=total,
        alpha_complete=alpha(whole) if len(whole) >= LEAST_PEOPLE else few,
    )
    if isinstance(total, Withheld):
        return report
    rest = _correlate_rest(spread.covariance).tolist()
    return replace(
        report,
        alpha_standardized=_standardize_alpha(find_correlation(kept)),
        item_rest=dict(zip(names, rest, strict=True)),
    )


def _standardize_alpha(r: Floats) -> float:
    k = len(r)
    mean = float(r.sum() - np.trace(r)) / (k * (k - 1))
    return k * mean / (1 + (k - 1) * mean)
