"""Ordinal: consistency of graded answers, by way of the polychoric correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.alphas import LEAST_SHARED, count_people, standardize_alpha
from climatekit.measure.among import Among
from climatekit.measure.covariances import drop_constant, find_correlation
from climatekit.measure.groups import Floats
from climatekit.measure.matrices import ItemMatrix, list_matrices
from climatekit.measure.ordinal_factor import fit_loadings, work_ordinal_omega
from climatekit.measure.polychoric import Polychoric, find_polychoric
from climatekit.measure.scoring import FULL
from climatekit.values import Estimate, Withheld

LEAST_PEOPLE = 100
# Past this many options, grades are as good as a continuous answer.
MOST_OPTIONS = 10


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OrdinalReliability:
    """How far the items of one score hang together, their answers taken as grades.

    Attributes
    ----------
    wave : str, optional
        Wave id; None for all waves pooled.
    n : int
        People with at least two answered items of the score.
    items : tuple of str
        Items that entered: asked, and not answered alike by everybody.
    unused : mapping of str to int
        Declared answer options that nobody chose, by item, where there are any. They are
        kept: the item stays one of its declared options.
    alpha : Estimate or Withheld
        Ordinal alpha (Zumbo, Gadermann and Zeisser 2007): standardized alpha of the
        polychoric correlations. It is the consistency of what lies behind the answers, not
        of the printed score. No interval: Feldt's does not hold for it.
    omega : Estimate or Withheld
        Ordinal omega of Green and Yang (2009), of the printed sum, on the people who
        answered every item. No interval.
    alpha_pearson : Estimate or Withheld
        Standardized alpha of the Pearson correlations, beside the ordinal alpha and never
        in its place.
    polychoric : Polychoric or Withheld
        The correlations and cuts, or why there are none.
    pearson : ndarray of float, items by items
        Pearson correlations of the same items, from pairs.
    definite : bool
        Whether the polychoric correlations could all hold at once (no negative eigenvalue).
    """

    score: str
    wave: str | None
    n: int
    items: tuple[str, ...]
    unused: Mapping[str, int]
    alpha: Estimate | Withheld
    omega: Estimate | Withheld
    alpha_pearson: Estimate | Withheld
    polychoric: Polychoric | Withheld
    pearson: Floats
    definite: bool = True


def check_ordinal(
    responses: Responses,
    scales: Sequence[Scale],
    *,
    pooled: bool = True,
    among: Among | None = None,
) -> tuple[OrdinalReliability, ...]:
    """Check how far the items of each score hang together, their answers taken as grades.

    Parameters
    ----------
    pooled : bool
        Whether all waves pooled are checked as well.
    among : mapping of str to mapping of str to collection of str, optional
        Score to wave to the schools whose people are looked at; all when not given.

    Returns
    -------
    tuple of OrdinalReliability
        By score, then wave, then all waves pooled, as in `check_reliability`. District
        level only; everything is withheld under 100 people, and everything but
        `alpha_pearson` where two items share under ten answers, where an item has more
        than ten options, or where a correlation runs to plus or minus 1.
    """
    options = {
        item: scale.response_set_of(item).options for scale in scales for item in scale.items
    }
    return tuple(
        _check_score(part, [options[item] for item in part.items])
        for part in list_matrices(responses, scales, pooled=pooled, among=among)
    )


def _check_score(part: ItemMatrix, options: Sequence[int]) -> OrdinalReliability:
    kept, stay = drop_constant(part.matrix)
    items = tuple(item for item, on in zip(part.items, stay, strict=True) if on)
    own = [one for one, on in zip(options, stay, strict=True) if on]
    people = count_people(part.matrix)
    pearson = find_correlation(kept)
    codes = np.round(kept / FULL * (np.array(own) - 1))
    barred = _refuse(people, kept, own)
    found = barred if barred is not None else find_polychoric(codes, own)
    return OrdinalReliability(
        score=part.score,
        wave=part.wave,
        n=people,
        items=items,
        unused=_count_unused(items, codes, own),
        alpha=_find_alpha(found, people),
        omega=_find_omega(found, codes, own),
        alpha_pearson=_find_alpha_pearson(barred, pearson, people),
        polychoric=found,
        pearson=pearson,
        definite=isinstance(found, Withheld) or _is_definite(found.correlation),
    )


def _refuse(people: int, kept: Floats, options: Sequence[int]) -> Withheld | None:
    """Return why there are no polychoric correlations at all, or None where there may be."""
    if people < LEAST_PEOPLE:
        return Withheld("min-n", f"fewer than {LEAST_PEOPLE} people answered the scale")
    if len(options) < 2:  # noqa: PLR2004 - two items make a pair
        return Withheld("not-estimable", "fewer than two items vary")
    if max(options) > MOST_OPTIONS:
        return Withheld(
            "not-estimable", f"with more than {MOST_OPTIONS} answer options, answers are no grades"
        )
    there = (~np.isnan(kept)).astype(np.float64)
    if (there.T @ there).min() < LEAST_SHARED:
        return Withheld("not-estimable", "two of the items share fewer than ten answers")
    return None


def _find_alpha(found: Polychoric | Withheld, people: int) -> Estimate | Withheld:
    if isinstance(found, Withheld):
        return found
    if np.isnan(found.correlation).any():
        return Withheld(
            "not-estimable", "two of the items are answered so alike that no correlation is found"
        )
    return Estimate(
        value=standardize_alpha(found.correlation), n=people, method="ordinal alpha, polychoric"
    )


def _find_omega(
    found: Polychoric | Withheld, codes: Floats, options: Sequence[int]
) -> Estimate | Withheld:
    if isinstance(found, Withheld):
        return found
    whole = codes[~np.isnan(codes).any(axis=1)]
    if len(whole) < LEAST_PEOPLE:
        return Withheld("min-n", f"fewer than {LEAST_PEOPLE} people answered every item")
    complete = find_polychoric(whole, options)
    load = fit_loadings(complete.correlation, complete.variance)
    if isinstance(load, Withheld):
        return load
    return Estimate(
        value=work_ordinal_omega(load, complete.thresholds, complete.correlation),
        n=len(whole),
        method="ordinal omega, Green and Yang 2009, diagonally weighted least squares",
    )


def _find_alpha_pearson(
    barred: Withheld | None, pearson: Floats, people: int
) -> Estimate | Withheld:
    if barred is not None and barred.rule == "min-n":
        return barred
    if len(pearson) < 2 or np.isnan(pearson).any():  # noqa: PLR2004 - two items make a pair
        return Withheld("not-estimable", "two of the items have no correlation")
    return Estimate(
        value=standardize_alpha(pearson), n=people, method="standardized alpha, Pearson"
    )


def _count_unused(items: Sequence[str], codes: Floats, options: Sequence[int]) -> dict[str, int]:
    unused = {
        item: many - len(np.unique(column[~np.isnan(column)]))
        for item, column, many in zip(items, codes.T, options, strict=True)
    }
    return {item: count for item, count in unused.items() if count}


def _is_definite(correlation: Floats) -> bool:
    if np.isnan(correlation).any():
        return False
    return bool(np.linalg.eigvalsh(correlation)[0] > 0)
