"""A score of one item held against its answers: of whom it is asked, and how much is listed."""

import math
from dataclasses import replace

import pytest

from climatekit.release.readout import Crowd, Readout, ScoreShape
from climatekit.release.relations import Group
from climatekit.release.single_items import _count_ways, attack_single_items

S = Group("w", "s")
THREE = ScoreShape(items=("i",), options=3, favourable=1)


def crowd(n=(2, 2), mean=100.0, more=None, **changes):
    told = {("points", "x"): {S: (mean, mean)}} | (more or {})
    given = {"wave": "w", "people": {S: n}, "told": told, "hidden": frozenset()}
    return Crowd(**(given | {"eligible": {}} | changes))


def found(given, shape=THREE, **more):
    readout = Readout(entries=(), shapes={"x": shape})
    return {
        (one.rule, one.found, one.school, one.subject)
        for one in attack_single_items(readout, given, retest=0.6, **more)
    }


FOUND = {("D4", "answers", "s", "i")}


def test_two_people_at_the_top_have_both_chosen_it_and_at_the_middle_either():
    assert found(crowd()) == FOUND
    assert found(crowd(mean=50)) == set()
    assert found(crowd(mean=0)) == FOUND
    # One of two favourable: the other is at the bottom, as the mean is in the middle.
    share = {("favourable", "i"): {S: (50, 50)}}
    assert found(crowd(mean=50, more=share)) == FOUND


def test_a_mean_in_a_range_is_of_each_way_within_it():
    # Both at the bottom, or one and the other in the middle: one or two at the bottom.
    assert found(crowd(more={("points", "x"): {S: (0, 40)}})) == FOUND
    assert found(crowd(more={("points", "x"): {S: (0, 50)}})) == set()


def test_an_interval_tells_how_far_eight_are_apart():
    # Four at 0 and four at 100, all of the staff: t with seven degrees of freedom.
    half = 2.364624 * math.sqrt(8 * 50**2 / 7) * math.sqrt((1 - 0.6) / 8)
    ends = {
        ("points_low", "x"): {S: (50 - half - 1, 50 - half + 1)},
        ("points_high", "x"): {S: (50 + half - 1, 50 + half + 1)},
    }
    given = crowd((8, 8), mean=50, more=ends)

    assert found(replace(given, eligible={S: 8.0})) == FOUND
    assert found(given, staff={S: 8.0}) == FOUND
    assert found(given) == set()  # any share of the staff: two, three or four at either end


def test_the_fewest_that_can_be_apart_are_where_next_to_nobody_was_asked():
    # 47 off at least, if the interval knows nothing of the staff, and three either way are 43.
    half = 2.364624 * 47 * math.sqrt(8 / 7) / math.sqrt(8)
    ends = {("points_low", "x"): {S: (50 - half - 1, 50 - half + 1)}}

    assert found(crowd((8, 8), mean=50, more=ends)) == FOUND


def test_without_an_interval_where_others_have_one_all_have_chosen_alike():
    others = {("points_low", "x"): {Group("w", "t"): (40, 41)}}

    assert found(crowd(mean=50, more=others)) == FOUND


def test_it_is_not_asked_of_one_nor_of_an_unknown_number_nor_of_weights_nor_of_two_items():
    assert found(crowd((1, 1))) == set()
    assert found(crowd((2, 3))) == set()
    assert found(crowd(people={})) == set()
    assert found(crowd(weighted=frozenset({"x"}))) == set()
    assert found(crowd(), replace(THREE, items=("i", "j"))) == set()


@pytest.mark.parametrize(
    ("people", "options", "ways"), [(3, 3, 10), (2, 4, 10), (40, 2, 41), (41, 2, math.inf)]
)
def test_ways_to_answer_are_counted_as_choices_with_repetition(people, options, ways):
    assert _count_ways(people, replace(THREE, options=options)) == ways
