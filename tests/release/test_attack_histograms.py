"""The histogram attacker against listing every way in which two items can be answered."""

import itertools

import numpy as np
import pytest

from climatekit.release.histograms import (
    attack_histograms,
    find_recovered,
    fit_histograms,
    list_histograms,
)
from climatekit.release.readout import Crowd, Readout, ScoreShape
from climatekit.release.relations import Group

S = Group("w", "s")
FREE = (0, 100)


def found(n, shape, shares, points, weighted=(), **changes):
    told = {
        ("favourable", item): {S: share}
        for item, share in zip(shape.items, shares, strict=True)
        if share is not None
    }
    if points is not None:
        told["points", "x"] = {S: points}
    given = {"wave": "w", "people": {S: (n, n)}, "told": told, "hidden": frozenset()}
    crowd = Crowd(**(given | {"eligible": {}, "weighted": frozenset(weighted)} | changes))
    readout = Readout(entries=(), shapes={"x": shape})
    return {one.subject for one in attack_histograms(readout, crowd)}


def fit(people, shape, shares, points):
    """List the ways of each item that fit its percentage, and the score with some of the other."""
    every = list_histograms(people, shape.options)
    percent = 100 * every[:, shape.options - shape.favourable :].sum(axis=1) / people
    own = [every[(percent >= low - 1e-9) & (percent <= high + 1e-9)] for low, high in shares]
    sums = [ways @ np.arange(shape.options) for ways in own]
    if points is None:
        return own
    ends = [end / shape.step * people * len(own) for end in points]
    kept = []
    for number, ways in enumerate(own):
        rest = [0]
        for other, more in enumerate(sums):
            if other != number:
                rest = np.unique(np.add.outer(rest, more))
        whole = np.add.outer(sums[number], rest)
        kept.append(ways[((whole >= ends[0] - 1e-9) & (whole <= ends[1] + 1e-9)).any(axis=1)])
    return kept


SHAPES = [(3, 1), (3, 2), (4, 2), (5, 2)]
SHARES = [(0, 20), (45, 55), (30, 70), (80, 100), (100, 100)]
POINTS = [None, (0, 5.5), (30, 31), (49.5, 50.5), (94.5, 100), (0, 100)]


@pytest.mark.parametrize(("options", "favourable"), SHAPES)
@pytest.mark.parametrize("people", [4, 7])
def test_two_items_give_away_what_listing_all_gives_away(people, options, favourable):
    shape = ScoreShape(items=("i", "j"), options=options, favourable=favourable)
    for first, second, points in itertools.product(SHARES, SHARES, POINTS):
        kept = fit(people, shape, (first, second), points)
        if not all(map(len, kept)):
            continue  # no answers are such
        listed = {
            item for item, ways in zip("ij", kept, strict=True) if find_recovered(np.array(ways))
        }
        assert found(people, shape, (first, second), points) == listed, (first, second, points)


@pytest.mark.parametrize(
    ("share", "item"),
    [((14, 29), {"i"}), ((14, 43), set()), ((0, 29), set()), ((28, 43), set()), ((42, 43), {"i"})],
)
def test_a_single_favourable_answer_that_one_or_two_chose_is_found(share, item):
    # Of seven: one to two, one to three, none to two, two to three, three.
    shape = ScoreShape(items=("i",), options=5, favourable=1)

    assert found(7, shape, (share,), None) == item
    assert found(6, shape, ((16, 51),), None) == set()  # one to three of six


def test_a_score_at_its_most_tells_who_is_at_the_top():
    # Two of seven favourable: 18 steps at most, and with 17 at least one of them is at the top.
    shape = ScoreShape(items=("i",), options=5, favourable=2)

    assert found(7, shape, ((28, 29),), (17 * 25 / 7, 18 * 25 / 7)) == {"i"}
    assert found(7, shape, ((28, 29),), (16 * 25 / 7, 18 * 25 / 7)) == set()


def test_an_item_that_is_not_printed_is_free_and_not_spoken_of():
    shape = ScoreShape(items=("i", "j"), options=3, favourable=1)

    # All favourable on one: of the other anything.
    assert found(6, shape, ((100, 100), None), None) == {"i"}
    assert found(6, shape, (None, None), (94.5, 100)) == set()
    # With the score at 50 nobody is at anything but the bottom on the other.
    assert found(6, shape, ((100, 100), FREE), (50, 50)) == {"i", "j"}
    assert found(6, shape, ((50, 50), None), (25, 25)) == {"i"}


def test_it_is_not_asked_of_a_hidden_group_nor_of_an_unknown_number_nor_of_nobody():
    shape = ScoreShape(items=("i",), options=3, favourable=1)

    assert found(1, shape, ((100, 100),), None) == {"i"}
    assert found(6, shape, ((100, 100),), None, hidden=frozenset({S})) == set()
    assert found(6, shape, ((100, 100),), None, people={S: (5, 6)}) == set()
    assert found(0, shape, ((100, 100),), None) == set()


def recovers_weight(ways):
    """A twentieth of the weight is ten of 200 parts."""
    for option in range(ways.shape[1]):
        counts = ways[:, option]
        if not len(counts):
            return False
        if counts.max() < 10 if counts.min() == 0 else counts.max() <= 20:
            return True
    return False


@pytest.mark.parametrize("points", [None, (2, 3), (4.5, 5.5), (48, 49), (60, 60), (97, 98)])
@pytest.mark.parametrize(
    "share",
    [
        (0, 4),
        (0.5, 8),
        (0.5, 0.5),
        (0, 4.6),
        (0, 5),
        (4, 10),
        (5, 10.4),
        (5, 10.6),
        (45, 55),
        (95.1, 100),
        (90, 95),
    ],
)
@pytest.mark.parametrize("favourable", [1, 2])
def test_weights_give_away_what_listing_all_gives_away(share, points, favourable):
    shape = ScoreShape(items=("i",), options=3, favourable=favourable)
    (ways,) = fit(200, shape, (share,), points)

    given = found(24, shape, (share,), points, ["x", "i"])

    assert given == ({"i"} if recovers_weight(ways) else set())


def test_the_spread_of_a_histogram_has_one_less_below():
    shape = ScoreShape(items=("i",), options=3, favourable=1)
    spread = np.sqrt(2)  # one at 1 and one at 3

    ways = fit_histograms(2, shape, {"sd": (spread, spread)}).tolist()
    assert ways == [[1, 0, 1]]
    assert fit_histograms(2, shape, {"mean": (3, 3)}, least_option=2).tolist() == [
        [0, 2, 0],
        [1, 0, 1],
    ]
    assert fit_histograms(1, shape, {"sd": (0, 0)}).tolist() == np.eye(3, dtype=int)[::-1].tolist()


@pytest.mark.parametrize(
    ("ways", "options"),
    [
        ([], ()),
        ([[1, 5], [2, 4]], (0,)),
        ([[0, 5], [1, 4]], ()),
        ([[1, 5], [3, 3]], ()),
        ([[3, 3], [3, 3]], (0, 1)),
        ([[2, 4], [1, 5], [2, 4]], (0,)),
        ([[0, 6]], (0, 1)),
    ],
)
def test_a_count_is_recovered_that_is_one_number_or_surely_one_or_two(ways, options):
    assert find_recovered(np.array(ways, dtype=np.int64).reshape(-1, 2)) == options
