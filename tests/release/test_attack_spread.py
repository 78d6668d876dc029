"""What a mean and its interval tell of a person: distances by Samuelson's bound, by hand."""

import math

import pytest

from climatekit.release.readout import Crowd
from climatekit.release.relations import Group
from climatekit.release.spread import Weighing, attack_spread

GROUP, OTHER = Group("w", "s"), Group("w", "t")
T11 = 2.200985  # t of 0.975 with 11 degrees of freedom


def crowd(low, high, *, mean=60.0, n=12, staff=1e9, more=None, **changes):
    """Tell of a group of 12 of a great many staff, so that half an interval is t s / sqrt(12)."""
    told = {("points", "x"): {GROUP: mean if isinstance(mean, tuple) else (mean, mean)}}
    for name, end in (("points_low", low), ("points_high", high)):
        if end is not None:
            told[name, "x"] = {GROUP: end if isinstance(end, tuple) else (end, end)}
    given = {
        "wave": "w",
        "people": {GROUP: (n, n)},
        "told": told | (more or {}),
        "hidden": frozenset(),
        "eligible": {GROUP: staff} if staff else {},
    }
    return Crowd(**(given | changes))


def found(given, retest=0.6, **more):
    return {
        (one.attacker, one.rule, one.found, one.school, one.subject)
        for one in attack_spread(given, retest=retest, **more)
    }


SPREAD = {("spread", "D5", "person", "s", "x")}
INSIDER = {("insider", "D5", "person", "s", "x")}


def reach(half, n=12, quantile=T11):
    # s = half sqrt(n) / t; nobody is further off than s (n - 1) / sqrt(n).
    return half * (n - 1) / quantile


@pytest.mark.parametrize(("half", "placed"), [(1.0, SPREAD), (1.01, set())])
def test_a_person_is_recovered_to_within_ten_points(half, placed):
    assert (2 * reach(half) < 10) is bool(placed)
    assert found(crowd(60 - half, 60 + half)) == placed


@pytest.mark.parametrize(("half", "placed"), [(1.0, SPREAD), (1.01, set())])
def test_one_end_of_an_interval_is_enough(half, placed):
    assert found(crowd(60 - half, None)) == placed
    assert found(crowd(None, 60 + half)) == placed


def test_an_end_at_the_end_of_the_scale_tells_nothing():
    # Clipped: how far the interval reaches is told by its other end.
    assert found(crowd(59, 100)) == SPREAD
    assert found(crowd(0, 61)) == SPREAD
    assert found(crowd(0, 100)) == set()
    # Were they ends like others, a mean of 1.6 would be known to within 1.6 x 6.
    assert found(crowd((0, 5.5), None, mean=1.6)) == set()
    assert found(crowd(None, (94.5, 100), mean=98.4)) == set()
    assert found(crowd(0.5, None, mean=1.4)) == SPREAD
    assert found(crowd(None, 99.5, mean=98.6)) == SPREAD


def test_two_ends_tell_what_both_allow():
    # 58.5 alone leaves 15 points, 61 but 10; the interval is as far on either side.
    assert found(crowd(58.5, None)) == set()
    assert found(crowd(58.5, 61)) == SPREAD
    assert found(crowd(59, 61.5)) == SPREAD


def test_ends_and_mean_are_as_far_apart_as_their_rounding_allows():
    # The mean up to 60.2, the lower end from 59.2 on: half an interval of 1 at most, but the
    # mean itself is open by 0.4; 0.9 and 0.95 on either side of 10 points.
    def told(half):
        return crowd((60.2 - half, 60), None, mean=(59.8, 60.2))

    assert 2 * reach(0.95) + 0.4 < 10 < 2 * reach(0.97) + 0.4
    assert found(told(0.95)) == SPREAD
    assert found(told(0.97)) == set()


@pytest.mark.parametrize(("staff", "half", "placed"), [(15, 0.8, set()), (15, 0.7, SPREAD)])
def test_the_share_of_the_staff_that_answered_widens_the_spread(staff, half, placed):
    # t sqrt((1 - 0.6 x 0.8) / 12) for a deviation of one: 1.387 times as far.
    assert (2 * reach(half) / math.sqrt(1 - 0.6 * 12 / staff) < 10) is bool(placed)
    assert found(crowd(60 - half, 60 + half, staff=staff)) == placed
    assert found(crowd(60 - half, 60 + half, staff=None), staff={GROUP: staff}) == placed


@pytest.mark.parametrize("staff", [None, 12, 11])
@pytest.mark.parametrize(("half", "placed"), [(0.63, SPREAD), (0.64, set())])
def test_who_does_not_know_the_staff_takes_all_to_have_answered(staff, half, placed):
    # All of them, and it is 1 / sqrt(0.4) = 1.58 times as far; more than all cannot be.
    if staff == 11:
        placed = SPREAD
    assert (2 * reach(half) / math.sqrt(0.4) < 10) is (half < 0.635)
    assert found(crowd(60 - half, 60 + half, staff=staff)) == placed


def test_a_group_of_which_nothing_is_shown_or_of_one_is_passed_over():
    assert found(crowd(60, 60)) == SPREAD
    assert found(crowd(60, 60, hidden=frozenset({GROUP}))) == set()
    assert found(crowd(60, 60, n=1)) == set()
    assert found(crowd(60, 60, people={})) == set()
    # Two people at 60 exactly, each of them.
    assert found(crowd(60, 60, n=2)) == SPREAD


OF_OTHERS = {("points_low", "x"): {OTHER: (40, 41)}}
OF_ROLES = {("points_low", "x"): {Group("w", "t", "r"): (40, 41)}}


@pytest.mark.parametrize(
    ("mean", "more", "placed"),
    [
        (60, {}, set()),
        (60, OF_OTHERS, SPREAD),  # others have an interval: here nobody differs
        (60, OF_ROLES, set()),  # role groups alone have one
        (60, {("points_high", "x"): {OTHER: (40, 41)}}, set()),
        ((0, 5.5), OF_OTHERS, set()),  # capped
        ((94.5, 100), OF_OTHERS, set()),
        ((0.5, 1.5), OF_OTHERS, SPREAD),
        ((98.5, 99.5), OF_OTHERS, SPREAD),
        ((50, 60), OF_OTHERS, set()),  # ten points exactly
        ((50, 59), OF_OTHERS, SPREAD),
    ],
)
def test_a_score_without_interval_tells_that_nobody_differs_where_others_have_one(
    mean, more, placed
):
    # A capped mean alone is as close as ten points for nobody of many.
    assert found(crowd(None, None, mean=mean, more=more, n=12)) == placed


def test_a_mean_near_the_end_leaves_little_room():
    # Twelve people at 0.8 on average: one has 9.6 at most; at 0.9 one may have 10.8.
    assert found(crowd(None, None, mean=0.8)) == SPREAD
    assert found(crowd(None, None, mean=0.9)) == set()
    assert found(crowd(None, None, mean=99.2)) == SPREAD
    assert found(crowd(None, None, mean=99.1)) == set()
    # What the rounding leaves of them counts.
    assert found(crowd(None, None, mean=(0.7, 0.9))) == set()
    assert found(crowd(None, None, mean=(99.1, 99.3))) == set()


@pytest.mark.parametrize(("own", "placed"), [(0.0, INSIDER), (60.0, set())])
def test_an_insider_takes_their_own_away(own, placed):
    # Eleven of 60 and one of 0: the mean is 55, and their spread all the insider's.
    scores = [60.0] * 11 + [0.0]
    mean = sum(scores) / 12
    deviation = math.sqrt(sum((one - mean) ** 2 for one in scores) / 11)
    half = T11 * deviation / math.sqrt(12)
    given = crowd(mean - half, mean + half, mean=mean)

    assert found(given) == set()
    assert found(given, persons={(GROUP, "x"): [own]}) == placed
    assert found(given, persons={(GROUP, "y"): [own]}) == set()
    assert found(given, persons={(OTHER, "x"): [own]}) == set()


@pytest.mark.parametrize(("squares", "placed"), [(14.45, INSIDER), (14.55, set())])
def test_what_is_left_of_the_spread_is_the_others(squares, placed):
    # 12 / 11 of the mean square, less 12 / 121 of the square of 11 points: 2.5 at 14.5, and
    # sqrt(2.5 x 10) for one of eleven.
    half = T11 * math.sqrt(squares / 12)
    given = crowd(60 - half, 60 + half)

    assert found(given) == set()
    assert found(given, persons={(GROUP, "x"): [49.0]}) == placed
    assert found(given, persons={(GROUP, "x"): [71.0]}) == placed


@pytest.mark.parametrize(("most", "placed"), [(55, set()), (54.9, INSIDER)])
def test_one_of_two_knows_the_other_to_within_twice_the_rounding(most, placed):
    # A mean of 50 to 55 and 50 of one's own: the other has 50 to 60, ten points exactly.
    given = crowd(None, None, mean=(50, most), n=2)

    assert found(given, persons={(GROUP, "x"): [50.0]}) == placed


def test_an_insider_who_may_be_the_mean_explains_nothing():
    # Of 59 to 61, and 1.6 as the square: 2.18 and twice sqrt(1.6 x 10) for the others.
    half = T11 * math.sqrt(1.6 / 12)
    given = crowd(61 - half, None, mean=(59, 61))

    assert found(given) == set()
    assert found(given, persons={(GROUP, "x"): [60.0]}) == set()


def test_no_others_are_under_the_scale():
    # All alike, or an insider at 12: eleven others are at 0 to 10.04.
    given = crowd(None, None, mean=(0.1, 10.2), more=OF_OTHERS)

    assert found(given, persons={(GROUP, "x"): [12.0]}) == set()


def weighing(heaviest, effective, people):
    return {(GROUP, "x"): Weighing(effective=effective, heaviest=heaviest, people=people)}


def test_the_heaviest_of_weighted_people_is_the_nearest():
    # Half the weight is as far from the mean as the rest together: at most the spread,
    # sqrt(2 / 3) times the deviation, which is half sqrt(3) / 4.3027 (two degrees of freedom).
    def told(half):
        return crowd(60 - half, 60 + half, weighted=frozenset({"x"}))

    def far(half):
        return half * math.sqrt(2 / 3) * math.sqrt(3) / 4.302653

    for half, placed in ((15, SPREAD), (15.3, set())):
        assert (2 * far(half) < 10) is bool(placed)
        assert found(told(half), weighings=weighing(0.5, 3, ())) == placed
    # Who does not know the weights takes them to be even.
    assert found(told(1.0), weighings={}) == SPREAD
    assert found(told(1.01), weighings={}) == set()
    # Weights of a score that is not weighted are of no use.
    assert found(crowd(55, 65), weighings=weighing(0.5, 3, ())) == set()


def test_a_weighted_insider_learns_of_the_heaviest_of_the_others():
    # A quarter of the weight at 52 and all others at 60: without that one nobody differs.
    mean = 0.25 * 52 + 0.75 * 60
    spread = math.sqrt(0.25 * 6**2 + 0.75 * 2**2)
    half = spread / math.sqrt(2 / 3) * 4.302653 / math.sqrt(3)
    given = crowd(mean - half, mean + half, mean=mean, weighted=frozenset({"x"}))

    assert found(given, weighings=weighing(0.3, 3, ((60.0, 0.1),))) == set()
    assert found(given, weighings=weighing(0.3, 3, ((60.0, 0.1), (52.0, 0.25)))) == INSIDER


def test_who_has_more_weight_than_all_others_knows_their_mean():
    # Six tenths of the weight at 60 of a mean of 60: one of the others may have all that is left.
    given = crowd(30, 90, weighted=frozenset({"x"}))

    assert found(given, weighings=weighing(0.6, 3, ())) == set()
    assert found(given, weighings=weighing(0.6, 3, ((60.0, 0.6),))) == INSIDER
