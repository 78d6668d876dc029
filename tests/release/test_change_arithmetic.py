"""The change attacker's arithmetic, by hand and by Student's t of scipy."""

import math

import pytest
from scipy.stats import t

from climatekit.release.changes import (
    _bound_df,
    _Change,
    _find_error,
    _hold_means,
    _share_out,
    _Side,
)

DIFFERENCE = {"difference_low": (-1.5, -0.5), "difference_high": (2.5, 3.5)}


def side(people, low, high=None, chance=(1.0, 1.0)):
    return _Side(people, chance, (low, low if high is None else high))


def change(told, *, linked=False):
    place = {"since": "a", "wave": "b", "school": "s", "score": "x", "exports": "e+f"}
    return _Change(**place, told=told, linked=linked)


@pytest.mark.parametrize("unit", [1, 0.01])
def test_degrees_of_freedom_are_satterthwaites(unit):
    def bound(first, second):
        sides = (
            side(people, *(end * unit for end in ends))
            for people, ends in zip((11, 21), (first, second), strict=True)
        )
        return _bound_df(*sides, linked=False)

    # Equal shares of 10 and 20: 1 / (0.25 / 10 + 0.25 / 20).
    assert bound((3, 3), (3, 3)) == pytest.approx((80 / 3, 80 / 3))
    # A share of a third has most, 30; shares of 0 and of 0.8 are the ends.
    least = 1 / (0.8**2 / 10 + 0.2**2 / 20)
    assert bound((0, 4), (1, 1)) == pytest.approx((least, 30))
    assert bound((4, 8), (1, 1))[1] == pytest.approx(least)


def test_degrees_of_freedom_of_what_is_unknown_are_of_any_share():
    # One wave may have no variance at all, or neither: the smaller alone, or both together.
    for sizes in ((11, 21), (21, 11)):
        for most in ((0, 0), (4, 0), (0, 4)):
            sides = (side(size, 0, high) for size, high in zip(sizes, most, strict=True))
            assert _bound_df(*sides, linked=False) == pytest.approx((10, 30))
    assert _bound_df(side(11, 3), side(21, 3), linked=True) == pytest.approx((0.7 * 11 - 1, 30))
    assert _bound_df(side(2, 3), side(21, 3), linked=True)[0] == 1


@pytest.mark.parametrize(
    ("told", "gap", "ends"),
    [
        (DIFFERENCE, (1, 1), (1.5, 2.5)),
        (DIFFERENCE, (1.4, 1.4), (1.9, 2.1)),  # as far from it on either side
        (DIFFERENCE, (0.5, 0.6), (1.9, 2.1)),
        (DIFFERENCE, (-9, 9), (1.5, 2.5)),
        ({"difference_low": (0, 1), "difference_high": (0.5, 1.5)}, (-9, 9), (0, 0.75)),
    ],
)
def test_half_an_interval_over_t_is_the_error(told, gap, ends):
    # A third of the variance of the first wave: 30 degrees of freedom.
    quantile = t.ppf(0.975, 30)
    found = _find_error(side(11, 1), side(21, 2), change(told), gap)

    assert found == pytest.approx((ends[0] / quantile, ends[1] / quantile), abs=1e-3)


def test_a_detectable_change_is_the_error_times_both_quantiles():
    both = t.ppf(0.975, 30) + t.ppf(0.8, 30)
    found = _find_error(side(11, 1), side(21, 2), change({"detectable": (8, 9)}), (0, 0))

    assert found == pytest.approx((8 / both, 9 / both))
    # Beside an interval both hold: 1.5 / 2.042 = 0.734 to 1.224, and 1 to 1.5.
    told = DIFFERENCE | {"detectable": (both, 1.5 * both)}
    found = _find_error(side(11, 1), side(21, 2), change(told), (1, 1))
    assert found == pytest.approx((1, 2.5 / t.ppf(0.975, 30)))
    assert _find_error(side(11, 1), side(21, 2), change({}), (0, 0)) is None
    half = {"difference_low": (0, 1)}
    assert _find_error(side(11, 1), side(21, 2), change(half), (0, 0)) is None


def test_the_middle_of_an_interval_narrows_both_means():
    first, second = (50, 51), (60, 61)
    exact = {"difference_low": (5.5, 5.5), "difference_high": (16.5, 16.5)}

    assert _hold_means((first, second), {}) == ([first, second], (9, 11))
    # Eleven apart: the first at its least and the second at its most.
    assert _hold_means((first, second), exact) == ([(50, 50), (61, 61)], (11, 11))
    about = {"difference_low": (5, 6), "difference_high": (16, 17)}
    assert _hold_means((first, second), about) == ([(50, 50.5), (60.5, 61)], (10.5, 11))
    low = {"difference_low": (5.5, 5.5)}
    assert _hold_means((first, second), low) == ([first, second], (9, 11))


def told_error(error, df):
    reach = error * t.ppf(0.975, df)
    return {"difference_low": (-reach, -reach), "difference_high": (reach, reach)}


@pytest.mark.parametrize("unit", [1, 0.1])
@pytest.mark.parametrize("known", [0, 1])
def test_what_one_wave_leaves_of_the_error_is_the_others(known, unit):
    # 4 and 10 x 0.5 are 9, an error of 3; the share of the first is 4 / 14.
    share = 4 / 14
    df = 1 / (share**2 / 10 + (1 - share) ** 2 / 20)
    sides = [side(11, 0, 100), side(21, 0, 100, chance=(0.5, 0.5))]
    both = 4 * unit**2, 10 * unit**2
    sides[known].variance = (both[known], both[known])
    _share_out(*sides, change(told_error(3 * unit, df)), (0, 0))

    left = both[1 - known]
    assert sides[1 - known].variance == pytest.approx((left, left), rel=0.01)


@pytest.mark.parametrize(("variance", "chance"), [(5.0, 1.0), (12.5, 0.4)])
def test_a_chance_that_is_open_leaves_the_variance_open(variance, chance):
    share = 4 / (4 + variance)
    df = 1 / (share**2 / 10 + (1 - share) ** 2 / 20)
    sides = [side(11, 4), side(21, 0, 100, chance=(0.4, 1.0))]
    assert 4 + variance * chance == 9
    _share_out(*sides, change(told_error(3, df)), (0, 0))

    low, high = sides[1].variance
    assert 4.5 < low <= variance + 1e-6
    assert variance - 1e-6 <= high < 14


def test_where_chance_leaves_nothing_nothing_is_learned():
    nothing = [side(11, 4, chance=(0.0, 0.0)), side(21, 0, 100, chance=(0.0, 1.0))]
    _share_out(*nothing, change(told_error(3, 24)), (0, 0))
    assert nothing[1].variance[1] == 100
    neither = [side(one, 0.1, 100, chance=(0.0, 0.0)) for one in (11, 21)]
    _share_out(*neither, change(told_error(3, 24)), (0, 0))
    assert [one.variance for one in neither] == [(0.1, 100), (0.1, 100)]


def test_of_linked_people_an_error_is_the_difference_of_two_roots_or_more():
    # 2 and an error of 3: the other root is 1 to 5, t being that of 6.7 or of 30.
    sides = [side(11, 4), side(21, 0, 100)]
    reach = 3 * t.ppf(0.975, 30)
    most, least = 3.0, reach / t.ppf(0.975, 0.7 * 11 - 1)
    _share_out(*sides, change(told_error(3, 30), linked=True), (0, 0))

    assert sides[1].variance == pytest.approx(((least - 2) ** 2, (2 + most) ** 2))


def test_of_linked_people_a_small_error_keeps_both_roots_together():
    # Roots of 3 to 4 and an error of at most a half, which is t of 30: 2.5 to 4.5.
    sides = [side(11, 9, 16), side(21, 0, 100)]
    _share_out(*sides, change(told_error(0.5, 30), linked=True), (0, 0))

    assert sides[1].variance == pytest.approx((2.5**2, 4.5**2))


def test_without_an_interval_the_variances_stay():
    sides = [side(11, 1, 4), side(21, 0, 100)]
    _share_out(*sides, change({}), (0, 0))

    assert [one.variance for one in sides] == [(1, 4), (0, 100)]
    assert math.isclose(sides[0].people, 11)
