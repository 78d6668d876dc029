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


def test_where_the_printed_means_account_for_everything_nothing_is_left():
    # 40 and 60: 2,000 squares, more than there are. The hidden mean is theirs, 50 exactly.
    apart = replace(CROWD, told=CROWD.told | {("points", "x"): {A: (40, 40), B: (60, 60)}})

    assert found(apart, options=101) == {("D16", "mean", "h")}


def points(first, second):
    return replace(CROWD, told=CROWD.told | {("points", "x"): {A: first, B: second}})


@pytest.mark.parametrize(("sem", "placed"), [(9.51, True), (9.53, False)])
def test_the_step_within_which_a_mean_is_placed_is_reckoned_exactly(sem, placed):
    # 2 sqrt(23 sem^2 / 0.64 x 4 / 25 x (1/4 + 1/20)) = 2.6268 sem is 25 at 9.517.
    assert (found(tell("sem", sem, sem)) != set()) is placed


def test_a_mean_that_is_placed_within_exactly_a_step_is_not_recovered():
    # 39.5 to 40.5 and 59.5 to 60.5 account for all: the hidden one is in 49.5 to 50.5.
    apart = points((39.5, 40.5), (59.5, 60.5))

    assert found(apart, options=100) == {("D16", "mean", "h")}
    assert found(apart, options=101) == set()


@pytest.mark.parametrize(("mean", "placed"), [(4, False), (3.5, True), (96, False), (96.5, True)])
def test_no_mean_is_beyond_the_ends_of_the_scale(mean, placed):
    # At most 10.51 from theirs, and a step of 14.29.
    assert (found(points((mean, mean), (mean, mean)), options=8) != set()) is placed


def test_printed_means_account_for_as_little_as_their_rounding_allows():
    # 46 and 54 at least: 320 of the 465.75 squares; 47 to 53, and 6.61 either way.
    apart = points((40, 46), (54, 60))
    apart = replace(apart, told=apart.told | {("sem", "x"): {ALL: (9, 9)}})

    assert found(apart, options=6) == {("D16", "mean", "h")}
    assert found(apart, options=7) == set()


def test_who_knows_the_staff_knows_how_few_can_have_answered():
    people = {**CROWD.people, H: (1, 1e5)}
    del people[ALL]
    unknown = replace(CROWD, people=people)

    assert found(unknown) == set()
    assert found(unknown, staff={H: 4.0}) == set()  # one to four: one may be far away
    assert found(unknown, options=4, staff={H: 4.0}) == set()  # 19.7 points, and a step of 33
    assert found(CROWD, staff={H: 30.0}) == {("D16", "mean", "h")}


def test_who_knows_the_staff_knows_how_many_are_spread():
    # N of 24, of 368 squares, or of any number, of up to 400: 24.6 and 25.6 points for a SEM of 10.
    people = {A: (10, 10), B: (10, 10), H: (1, 1e5)}
    unknown = replace(tell("sem", 10, 10), people=people)

    assert found(unknown, options=3) == set()
    assert found(unknown, options=3, staff={H: 4.0}) == {("D16", "mean", "h")}


def test_a_total_told_in_a_range_leaves_as_few_as_it_can():
    # 4 to 14 are left; N of 34: 3,300 x 4 / 35 squares, and 10.6 points either way.
    wide = replace(CROWD, people={**CROWD.people, ALL: (24, 34)})

    assert found(wide, options=5) == {("D16", "mean", "h")}
    assert found(wide, options=6) == set()


@pytest.mark.parametrize(("sem", "placed"), [(7.6, True), (7.7, False)])
def test_means_at_the_end_of_the_scale_account_for_nothing(sem, placed):
    # sqrt(1.725) sem above nought, where a step is 10.
    lowest = points((0, 0), (0, 0))
    lowest = replace(lowest, told=lowest.told | {("sem", "x"): {ALL: (sem, sem)}})

    assert (found(lowest, options=11) != set()) is placed


def test_what_rests_on_the_printed_schools_alone_tells_nothing():
    assert found(tell("schools", 2, 2)) == set()
    assert found(tell("schools", 3, 3)) == {("D16", "mean", "h")}


def test_without_a_coefficient_there_is_nothing_to_take_apart():
    for name in ("sem", "alpha_total", "icc2"):
        told = {about: ends for about, ends in CROWD.told.items() if about[0] != name}
        assert found(replace(CROWD, told=told)) == set()
