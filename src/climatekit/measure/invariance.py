"""Invariance: whether the items of a score measure the same in two waves or more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from climatekit.measure.alphas import count_people
from climatekit.measure.factor_answers import fit_answers, refuse_answers
from climatekit.measure.factor_model import FactorFit, Layout
from climatekit.measure.groups import Floats, Ints
from climatekit.values import Withheld

STEPS = ("configural", "metric", "scalar", "strict")
LEAST_ITEMS = 3
LEAST_PEOPLE = 100
# Chen (2007): a step is too much when CFI falls by more than .01 and RMSEA rises by .015.
LARGEST_CFI_FALL = 0.01
LARGEST_RMSEA_RISE = 0.015


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Invariance:
    """One factor held ever more alike over groups.

    Attributes
    ----------
    n : tuple of int
        People with any item answered, by group.
    fits : tuple of FactorFit
        By step: ``configural`` (nothing alike but the factor), ``metric`` (loadings),
        ``scalar`` (and intercepts), ``strict`` (and unique variances).
    """

    n: tuple[int, ...]
    fits: tuple[FactorFit, ...]

    @property
    def cfi_changes(self) -> tuple[float, ...]:
        """Change in CFI at the metric, scalar and strict step."""
        return tuple(after.cfi - before.cfi for before, after in self._pairs)

    @property
    def rmsea_changes(self) -> tuple[float, ...]:
        """Change in RMSEA at the metric, scalar and strict step."""
        return tuple(after.rmsea - before.rmsea for before, after in self._pairs)

    @property
    def holds(self) -> str:
        """The last step that holds by Chen (2007): means compare from ``scalar`` on.

        A step fails when CFI falls by more than .01 and RMSEA rises by at least .015.
        """
        last = STEPS[0]
        for step, cfi, rmsea in zip(STEPS[1:], self.cfi_changes, self.rmsea_changes, strict=True):
            if cfi < -LARGEST_CFI_FALL and rmsea >= LARGEST_RMSEA_RISE:
                return last
            last = step
        return last

    @property
    def _pairs(self) -> list[tuple[FactorFit, FactorFit]]:
        return list(zip(self.fits, self.fits[1:], strict=False))


def check_invariance(matrix: Floats, groups: Ints) -> Invariance | Withheld:
    """Fit one factor to all groups at once, ever more of it alike.

    Full-information maximum likelihood (Joreskog 1971, Arbuckle 1996) over everybody's own
    answers, so that nobody who skipped an item is lost; missing answers may hang on others.
    Groups are taken as independent: the same person in two waves counts as two people, which
    makes chi-square approximate and leaves CFI and RMSEA as they are meant here, as guides.

    Parameters
    ----------
    matrix : ndarray of float, people by items
        Keyed answers, NaN where not answered.
    groups : ndarray of int
        Wave (or role) of each person.

    Returns
    -------
    Invariance or Withheld
        ``min-n`` where a group has under 100 people with two answered items; ``not-estimable``
        with under three items, an item that is constant or repeats others in a group, two
        items that share under ten answers, a unique variance of 0, or a search that does not
        end.
    """
    answered = ~np.isnan(matrix).all(axis=1)
    parts = [matrix[answered & (groups == group)] for group in np.unique(groups)]
    barred = _refuse(parts, matrix.shape[1])
    if barred is not None:
        return barred
    k = matrix.shape[1]
    fits = fit_answers(parts, [lay_out_step(len(parts), k, step) for step in range(len(STEPS))])
    if not all(fit.converged for fit in fits):
        return Withheld("not-estimable", "the search for a factor did not end")
    if not all(fit.proper for fit in fits):
        return Withheld("not-estimable", "one item alone takes up the factor")
    return Invariance(n=tuple(len(part) for part in parts), fits=fits)


def _refuse(parts: Sequence[Floats], items: int) -> Withheld | None:
    """Return why no model is fitted, or None where one can be."""
    if len(parts) < 2:  # noqa: PLR2004 - something to be alike
        return Withheld("not-estimable", "only one group")
    if items < LEAST_ITEMS:
        return Withheld("not-estimable", "one factor needs three items")
    if min(count_people(part) for part in parts) < LEAST_PEOPLE:
        return Withheld("min-n", f"fewer than {LEAST_PEOPLE} people answered two of the items")
    barred = (refuse_answers(part) for part in parts)
    found = next((one for one in barred if one is not None), None)
    return found if found is None else Withheld(found.rule, f"in one group {found.reason}")


def lay_out_step(groups: int, k: int, step: int) -> Layout:
    """Return the layout of a step: 0 configural, 1 metric, 2 scalar, 3 strict.

    The factor has variance 1 in the first group, and in each as long as loadings are free;
    its mean is 0 in the first group, and in each as long as intercepts are free.
    """
    free = 0
    places = np.full((groups, 3 * k + 2), -1, dtype=np.intp)
    # Loadings, unique variances, intercepts, with the step from which they are alike.
    for start, alike_from in ((0, 1), (k, 3), (2 * k, 2)):
        for group in range(groups):
            if group and step >= alike_from:
                places[group, start : start + k] = places[0, start : start + k]
                continue
            places[group, start : start + k] = np.arange(free, free + k)
            free += k
    for column, freed_from in ((3 * k, 1), (3 * k + 1, 2)):
        if step >= freed_from:
            places[1:, column] = np.arange(free, free + groups - 1)
            free += groups - 1
    return Layout(places=places)
