"""The attacker who takes the spread of everybody apart: by hand, and on weak coefficients."""

from dataclasses import replace

import pytest

from climatekit.release.moments import attack_moments
from climatekit.release.readout import Crowd, Readout, ScoreShape
from climatekit.release.relations import Group

A, B, H, ALL = Group("w", "a"), Group("w", "b"), Group("w", "h"), Group("w")


def shape(options):
    return {"x": ScoreShape(items=("i",), options=options, favourable=2)}


# N = 24, k = 3: v = 64 / (1 - 0.36) = 100, so 2,300 squares; F = 1 / (1 - 0.5) = 2, so that
# 4 in 25 of them, 368, lie between schools. The printed schools have the same mean: a hidden
# one of 4 is at most sqrt(368 (1/4 + 1/20)) = 10.5 away from it.
CROWD = Crowd(
    wave="w",
    people={A: (10, 10), B: (10, 10), H: (1, 1e5), ALL: (24, 24)},
    told={
        ("points", "x"): {A: (50, 50), B: (50, 50)},
        ("sem", "x"): {ALL: (8, 8)},
        ("alpha_total", "x"): {ALL: (0.36, 0.36)},
        ("icc2", "x"): {ALL: (0.5, 0.5)},
    },
    hidden=frozenset({H}),
    eligible={},
)


def found(crowd, options=5, **more):
    given = Readout(entries=(), shapes=shape(options))
    return {(one.rule, one.found, one.school) for one in attack_moments(given, crowd, **more)}


def tell(name, low, high):
    return replace(CROWD, told=CROWD.told | {(name, "x"): {ALL: (low, high)}})


def test_a_hidden_mean_that_little_is_left_for_is_placed_within_a_step():
    assert found(CROWD) == {("D16", "mean", "h")}
    assert found(CROWD, options=6) == set()  # 21 points, a step of 20


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("sem", 8, 9.6),  # v of up to 144: 25.2 points
        ("alpha_total", 0.36, 0.56),
        ("icc2", 0.5, 0.7),
        ("icc2", 0.5, 1.0),
        ("alpha_total", 0.3, 1.0),
    ],
)
def test_coefficients_told_more_coarsely_leave_it_open(name, low, high):
    assert found(tell(name, low, high)) == set()


def test_squares_that_the_printed_means_account_for_are_taken_off():
    # 44 and 56: 2 x 10 x 36 = 720 squares, more than there are; 54 and 46: 320 of the 368.
    apart = CROWD.told | {("points", "x"): {A: (46, 46), B: (54, 54)}, ("sem", "x"): {ALL: (9, 9)}}

    # 465.75 less 320 are 145.75: at most 6.6 from 50 either way.
    assert found(replace(CROWD, told=apart), options=8) == {("D16", "mean", "h")}
    assert found(replace(CROWD, told=apart), options=9) == set()


def test_who_knows_the_staff_knows_how_few_can_have_answered():
    people = {**CROWD.people, H: (1, 1e5)}
    del people[ALL]
    unknown = replace(CROWD, people=people)

    assert found(unknown) == set()
    assert found(unknown, staff={H: 4.0}) == set()  # one to four: one may be far away
    assert found(CROWD, staff={H: 30.0}) == {("D16", "mean", "h")}


def test_what_rests_on_the_printed_schools_alone_tells_nothing():
    assert found(tell("schools", 2, 2)) == set()
    assert found(tell("schools", 3, 3)) == {("D16", "mean", "h")}


def test_without_a_coefficient_there_is_nothing_to_take_apart():
    for name in ("sem", "alpha_total", "icc2"):
        told = {about: ends for about, ends in CROWD.told.items() if about[0] != name}
        assert found(replace(CROWD, told=told)) == set()
