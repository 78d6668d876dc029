"""Stacks: groups of people laid out side by side, so that one matrix product serves each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from climatekit.measure.groups import Flags, Floats, Ints

Steps = npt.NDArray[np.int8]
NOT_ANSWERED = -1

# People laid out at once: their products stay in the processor's cache.
_AT_ONCE = 8192
# Whole numbers are exact in single precision up to here.
_EXACT = 2**24


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stack:
    """People sorted into groups.

    Attributes
    ----------
    groups : ndarray of int
        Number of each person's group.
    count : int
        Groups, of which some may be empty.
    blocks : tuple of ndarray of int, groups by people
        Row numbers, -1 where a group has no more. A block holds groups of like size, none
        more than twice another, so that it is little padded.
    """

    groups: Ints
    count: int
    blocks: tuple[Ints, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GroupMoments:
    """Sums over the people of each group, for every pair of items, groups by items by items.

    Attributes
    ----------
    shared : ndarray of float
        People who answered both items.
    sums : ndarray of float
        Their sum on the first item; the transpose holds that on the second.
    products : ndarray of float
        Their sum of products.
    people : ndarray of int
        People of each group who answered two items or more.
    """

    people: Ints
    shared: Floats
    sums: Floats
    products: Floats

    @property
    def covariance(self) -> Floats:
        """Pairwise covariances of each group, n - 1 below; NaN under two people."""
        # Divided once, so that whole steps stay whole until then; under two people 0 / 0.
        found: Floats = self.shared * self.products
        found -= self.sums * self.sums.transpose(0, 2, 1)
        pairs = self.shared * (self.shared - 1)
        with np.errstate(invalid="ignore"):
            found /= pairs
        return found

    @property
    def between(self) -> Floats:
        """What the products would be if all people of a group answered like its mean."""
        crossed: Floats = self.sums * self.sums.transpose(0, 2, 1)
        crossed /= np.maximum(self.shared, 1)
        return crossed


def stack_groups(groups: Ints, count: int | None = None, some: Flags | None = None) -> Stack:
    """Sort people into groups, in blocks of groups of like size.

    Parameters
    ----------
    groups : ndarray of int
        Group number per person, 0 to `count` - 1.
    count : int, optional
        The largest number plus one if not given.
    some : ndarray of bool, optional
        Whom to sort; everybody if not given.
    """
    total = int(groups.max(initial=-1)) + 1 if count is None else count
    # Sorting sixteen-bit numbers takes one pass over them.
    small = groups.astype(np.uint16) if total < 2**16 else groups
    if some is None:
        order = np.argsort(small, kind="stable").astype(np.int32)
    else:
        chosen = np.flatnonzero(some).astype(np.int32)
        order = chosen[np.argsort(small[chosen], kind="stable")]
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    sizes = np.diff(starts, append=len(order))
    classes = np.ceil(np.log2(np.maximum(sizes, 1))).astype(np.intp)
    blocks: list[Ints] = []
    for size_class in np.unique(classes):
        mine = np.flatnonzero(classes == size_class)
        across = np.arange(sizes[mine].max())
        step = max(1, _AT_ONCE // len(across))
        for first in range(0, len(mine), step):
            part = mine[first : first + step]
            places = starts[part][:, None] + across
            own = order[np.minimum(places, len(order) - 1)]
            blocks.append(np.where(across < sizes[part][:, None], own, np.int32(-1)))
    return Stack(groups=groups, count=total, blocks=tuple(blocks))


def find_group_moments(columns: Steps | Floats, stack: Stack) -> GroupMoments:
    """Sum up every pair of items in every group; see `list_group_moments`."""
    k = len(columns)
    shared, sums, products = (np.zeros((stack.count, k, k)) for _ in range(3))
    people = np.zeros(stack.count, dtype=np.intp)
    for places, own in list_group_moments(columns, stack):
        shared[places], sums[places], products[places] = own.shared, own.sums, own.products
        people[places] = own.people
    return GroupMoments(people=people, shared=shared, sums=sums, products=products)


def list_group_moments(
    columns: Steps | Floats, stack: Stack
) -> Iterator[tuple[Ints, GroupMoments]]:
    """Yield the numbers of some groups and the sums of their pairs of items, block by block.

    One matrix product per group: people by items and flags of who answered, times itself,
    holds counts, sums and products at once. Whole steps stay whole, so that the order of
    people changes no digit. Groups without people are never yielded.

    Parameters
    ----------
    columns : ndarray of int8 or float, items by people and one
        Steps above the lowest answer with -1 for a missing one, or numbers with NaN. The
        last column is a person without answers, who fills up the smaller groups.
    """
    k = len(columns)
    whole = np.issubdtype(columns.dtype, np.integer)
    largest = max((block.shape[1] for block in stack.blocks), default=1)
    top = int(columns.max(initial=1)) if whole else 0
    narrow = whole and top**2 * largest < _EXACT
    for rows in stack.blocks:
        picked = columns.take(rows, axis=1)
        both = np.empty((2 * k, *rows.shape), np.float32 if narrow else np.float64)
        if whole:
            np.maximum(picked, 0, out=both[:k])
            np.greater_equal(picked, 0, out=both[k:])
        else:
            np.isfinite(picked, out=both[k:])
            both[:k] = np.where(both[k:] > 0, picked, 0.0)
        # A copy, since multiplying so small a matrix by itself takes longer than by another.
        product = np.matmul(both.transpose(1, 0, 2), both.transpose(1, 2, 0).copy())
        # A block's rows all begin with somebody.
        yield (
            stack.groups[rows[:, 0]],
            GroupMoments(
                people=(both[k:].sum(axis=0) > 1).sum(axis=1),
                shared=product[:, k:, k:].astype(np.float64),
                sums=product[:, :k, k:].astype(np.float64),
                products=product[:, :k, :k].astype(np.float64),
            ),
        )


def lay_out(matrix: Floats) -> Floats:
    """Return a matrix of people by items as `find_group_moments` takes it, centred.

    Centring keeps the sums of squares small.
    """
    there = ~np.isnan(matrix)
    middle = np.where(there, matrix, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    columns = np.full((matrix.shape[1], len(matrix) + 1), np.nan)
    columns[:, :-1] = (matrix - middle).T
    return columns
