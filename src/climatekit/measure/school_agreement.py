"""School agreement: how far colleagues agree, school by school, from counts of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from climatekit.measure.groups import Floats, Ints
from climatekit.measure.stacks import Steps

# Variance of answers with a slight lean, by number of answer options: LeBreton and
# Senter (2008), Organizational Research Methods 11, table 2.
SLIGHT_SKEW = {5: 1.34, 6: 1.85, 7: 2.90}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SchoolAgreement:
    """Agreement within each school on each item of a score.

    Attributes
    ----------
    people : ndarray of int, one per school
        People who answered any of the items.
    n : ndarray of int, items by schools
        People who answered the item.
    variance : ndarray of float, items by schools
        Variance in squared scale points, n - 1 below; NaN under two answers.
    from_mean, from_median : ndarray of float, items by schools
        Average deviation from the school's mean and median, in scale points; NaN under two
        answers.
    even, slight : ndarray of float, one per item
        Variance expected without agreement: even answers, and answers with a slight lean
        (NaN where the published table has none for the number of options).
    """

    people: Ints
    n: Ints
    variance: Floats
    from_mean: Floats
    from_median: Floats
    even: Floats
    slight: Floats

    @property
    def items(self) -> Ints:
        """Items with at least two answers in each school: j."""
        items: Ints = (self.n > 1).sum(axis=0).astype(np.intp)
        return items

    def ratio(self, null: Floats) -> Floats:
        """Return per school the mean over its items of variance over null variance."""
        return mean_over_items(self.variance / null[:, None])

    def rwg(self, null: Floats) -> Floats:
        """Return rwg per item and school, ``1 - variance / null``, not yet held at 0.

        James, Demaree and Wolf (1984), eq. 1.
        """
        return 1 - self.variance / null[:, None]

    def rwgj(self, null: Floats) -> Floats:
        """Return rwg(j) per school, not yet held at 0; see `find_rwgj`."""
        return find_rwgj(self.ratio(null), self.items)

    def rwgj_star(self, null: Floats) -> Floats:
        """Return r*wg(j) per school, ``1 - mean variance / null``.

        Lindell, Brandt and Whitney (1999), eq. 6. It does not grow with the number of items,
        and below 0 is told as it is.
        """
        return 1 - self.ratio(null)


def count_answers(columns: Steps, schools: Ints, count: int, options: int) -> Ints:
    """Count the answers of each option, for each item and school.

    Parameters
    ----------
    columns : ndarray of int8, items by people
        Steps above the lowest declared code (0 to options - 1), -1 where not answered.
    schools : ndarray of int
        School number per person, 0 to `count` - 1.

    Returns
    -------
    ndarray of int, options by items by schools
    """
    counts = np.empty((options, len(columns), count), dtype=np.intp)
    # One place before the options takes those who did not answer.
    first = schools.astype(np.intp) * (options + 1) + 1
    for item, steps in enumerate(columns):
        found = np.bincount(first + steps, minlength=count * (options + 1))
        counts[:, item] = found.reshape(count, options + 1)[:, 1:].T
    return counts


def find_agreement(
    columns: Steps,
    schools: Ints,
    count: int,
    options: Sequence[int],
    null_options: int | None = None,
) -> SchoolAgreement:
    """Find how far colleagues agree in every school at once.

    Rows are people. Missing answers: each item by those who answered it; NaN under two
    answers. Average deviation from the mean or
    median is ``mean |answer - centre|`` (Burke, Finkelstein and Dusig 1999). The null
    variances rest on the *declared* number of options A, even answers ``(A^2 - 1) / 12``;
    on `null_options` instead where they are given, evenly over the same range.

    Parameters
    ----------
    columns : ndarray of int8, items by people
        Steps above the lowest declared code, -1 where not answered.
    schools : ndarray of int
        School number per person, 0 to `count` - 1.
    options : sequence of int
        Declared answer options of each item.
    null_options : int, optional
        Answer options that people without agreement are thought to choose among.
    """
    most = max(options, default=2)
    counts = count_answers(columns, schools, count, most).astype(np.float64)
    steps = np.arange(most, dtype=np.float64)[:, None, None]
    n = counts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (counts * steps).sum(axis=0) / n
        apart = np.abs(steps - mean)
        from_mean = (counts * apart).sum(axis=0) / n
        variance = (counts * apart**2).sum(axis=0) / (n - 1)
        np.abs(steps - _find_medians(counts, n), out=apart)
        from_median = (counts * apart).sum(axis=0) / n
    nulls = [null_options or one for one in options]
    # A step of the null, in scale points: its options lie evenly over the item's range.
    wide = np.array([(own - 1) / (null - 1) for own, null in zip(options, nulls, strict=True)])
    known = n > 1
    answering = (columns >= 0).any(axis=0)
    return SchoolAgreement(
        people=np.bincount(schools[answering], minlength=count).astype(np.intp),
        n=n.astype(np.intp),
        variance=np.where(known, variance, np.nan),
        from_mean=np.where(known, from_mean, np.nan),
        from_median=np.where(known, from_median, np.nan),
        even=np.array([(one**2 - 1) / 12 for one in nulls]) * wide**2,
        slight=np.array([SLIGHT_SKEW.get(one, np.nan) for one in nulls]) * wide**2,
    )


def _find_medians(counts: Floats, n: Floats) -> Floats:
    """Return the median step of each item and school, of its counts by option."""
    below = counts.cumsum(axis=0)
    below *= 2
    # The lower and the upper middle answer: as many options lie wholly below it.
    median: Floats = ((below < n).sum(axis=0) + (below <= n).sum(axis=0)) / 2
    return median


def find_rwgj(ratio: Floats, items: Ints) -> Floats:
    """Return rwg(j) of each school, not yet held at 0.

    James, Demaree and Wolf (1984), eq. 2: ``j (1 - r) / (j (1 - r) + r)``.

    Parameters
    ----------
    ratio : ndarray of float
        Mean over items of variance over null variance, r.
    items : ndarray of int
        Items that entered, j.

    Returns
    -------
    ndarray of float
        At most 1, without unit; negative wherever colleagues differ more than the null, NaN
        in a school without an item of two answers (missing ones are left out item by item).
    """
    agreed = items * (1 - ratio)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Past the null the published ratio turns over its own pole; only its sign is used.
        return np.where(ratio > 1, -1.0, agreed / (agreed + ratio))


def mean_over_items(values: Floats) -> Floats:
    """Return the mean over items (rows) of what is known; NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    mean: Floats = np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)
    return mean
