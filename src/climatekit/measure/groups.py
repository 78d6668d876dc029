"""Groups: rows numbered by wave, school and the like, so that no loop runs over schools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from climatekit.ingest.responses import Responses

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.signedinteger[Any]]
Flags = npt.NDArray[np.bool_]

_AT_ONCE = 2**16


def number_values(values: pd.Series, first: Sequence[str] = ()) -> tuple[Ints, list[str]]:
    """Give each distinct value of one column a number.

    Parameters
    ----------
    values : Series
        One value per row; a missing one counts as empty text.
    first : sequence of str
        Values whose order is given (waves in time order); the others follow, sorted.

    Returns
    -------
    numbers : ndarray of int, one per row
    names : list of str
        Name of each number; of `first`, only those that occur.
    """
    # Four bytes a row, and a slice at a time: numbering takes ten times that while it runs.
    numbers = np.empty(len(values), dtype=np.int32)
    met: dict[str, int] = {}
    for start in range(0, len(values), _AT_ONCE):
        here = slice(start, start + _AT_ONCE)
        raw, found = pd.factorize(values.array[here], use_na_sentinel=False)
        texts = ["" if pd.isna(name) else str(name) for name in found]
        places = [met.setdefault(text, len(met)) for text in texts]
        numbers[here] = np.array(places, dtype=np.int32)[raw]
    known = {name: position for position, name in enumerate(first)}
    names = sorted(met, key=lambda name: (known.get(name, len(known)), name))
    order = np.empty(len(names), dtype=np.int32)
    order[[met[name] for name in names]] = np.arange(len(names))
    return order[numbers], names


def number_rows(responses: Responses, column: str) -> tuple[Ints, list[str]]:
    """Give each distinct value of a key column of the responses a number.

    As `number_values` does, waves in time order. Each column is numbered once, since every
    statistic asks.
    """
    numbered: dict[str, tuple[Ints, list[str]]] = responses._numbered  # noqa: SLF001
    if column not in numbered:
        first = responses.waves if column == "wave" else ()
        numbered[column] = number_values(responses._frame[column], first)  # noqa: SLF001
    return numbered[column]


def number_groups(responses: Responses, by: Sequence[str]) -> tuple[Ints, pd.DataFrame]:
    """Give each group that `by` makes of the rows of the responses a number.

    Returns
    -------
    numbers : ndarray of int, one per row
    groups : DataFrame
        One row per group that occurs, in order of its number: the `by` columns as text,
        waves in time order, everything else sorted.
    """
    parts = {column: number_rows(responses, column) for column in by}
    size = int(np.prod([len(names) for _, names in parts.values()], dtype=np.int64))
    everything = np.zeros(len(responses._frame), np.min_scalar_type(-size))  # noqa: SLF001
    for own, names in parts.values():
        everything *= len(names)
        everything += own.astype(everything.dtype)
    present = np.zeros(max(size, 1), dtype=np.bool_)
    present[everything] = True
    numbers = (np.cumsum(present, dtype=np.int32) - np.int32(1))[everything]
    rest = np.flatnonzero(present)
    groups: dict[str, list[str]] = {}
    for column in reversed(by):
        names = parts[column][1]
        groups[column] = [names[position] for position in rest % len(names)]
        rest = rest // len(names)
    count = int(present.sum())
    table = pd.DataFrame({column: groups[column] for column in by}, index=range(count))
    return numbers, table


def describe(values: Floats, groups: Ints, count: int) -> tuple[Ints, Floats, Floats]:
    """Count, average and spread the values of each group, missing values left out.

    Each group is measured from its own smallest value, so that equal values give a
    standard deviation of exactly 0.

    Parameters
    ----------
    values : ndarray of float
        One value per row, NaN where missing.
    groups : ndarray of int
        Group number per row, 0 to `count` - 1.

    Returns
    -------
    n : ndarray of int, values per group
    mean : ndarray of float, NaN where n is 0
    sd : ndarray of float
        Standard deviation with n - 1 below, NaN where n is under 2.
    """
    there = ~np.isnan(values)
    values, groups = values[there], groups[there]
    n = np.bincount(groups, minlength=count)
    least = np.full(count, np.inf)
    np.minimum.at(least, groups, values)
    above = values - least[groups]
    with np.errstate(invalid="ignore", divide="ignore"):
        rise = np.bincount(groups, weights=above, minlength=count) / n
        squares = np.bincount(groups, weights=(above - rise[groups]) ** 2, minlength=count)
        sd = np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)
        mean = np.where(n > 0, least + rise, np.nan)
    return n.astype(np.intp), mean, sd
