"""The integer programme that the attackers ask, against listing every solution."""

import itertools

import numpy as np
import pytest

from climatekit.release.programmes import Programme

# A knapsack in which a solver that may stop early does stop early.
WEIGHTS, VALUES, ROOM, MOST = (24, 10, 14, 23, 4, 9), (4, 14, 29, 4, 12, 12), 67, 3


@pytest.mark.parametrize("sign", [1, -1])
def test_the_least_cost_is_found_exactly(sign):
    rows = [(dict(enumerate(map(float, WEIGHTS))), ROOM, ROOM)]
    programme = Programme(rows, [(0, MOST)] * 6, [1] * 6)

    best = programme.solve({column: float(sign * value) for column, value in enumerate(VALUES)})

    every = itertools.product(range(MOST + 1), repeat=6)
    fitting = [way for way in every if np.dot(way, WEIGHTS) == ROOM]
    least = min(sign * np.dot(way, VALUES) for way in fitting)
    assert sign * np.dot(best, VALUES) == pytest.approx(least)
    assert programme.found[-1] is best


def test_nothing_is_found_where_nothing_fits():
    programme = Programme([({0: 2.0}, 3.0, 3.0)], [(0, 9)], [1])

    assert programme.solve({}) is None
    assert programme.found == []
    assert Programme([({0: 2.0}, 3.0, 3.0)], [(0, 9)], [0]).solve({}) == pytest.approx([1.5])


def test_without_rows_the_bounds_alone_hold():
    assert Programme([], [(2, 5), (1, 4)], [1, 1]).solve({0: 1.0, 1: -1.0}) == pytest.approx([2, 4])
