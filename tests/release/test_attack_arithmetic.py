"""The attackers' arithmetic, by hand: an attacker that reckons wrongly would find too little."""

import math

import pytest

from climatekit.knowledge.scales import load_scale
from climatekit.release.readout import Crowd, describe_shapes, narrow
from climatekit.release.relations import Group
from climatekit.release.spread import _width, _without, bound_spread

GROUP = Group("w", "s")


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (None, (3, 4), (3, 4)),
        ((59.5, 60.5), (60, 62), (60, 60.5)),
        ((60, 62), (59.5, 60.5), (60, 60.5)),
        ((59.5, 60.5), (60.5, 62), (60.5, 60.5)),
        ((1, 2), (3, 4), (1, 2)),  # two methods: the newer
    ],
)
def test_two_ranges_of_one_number_are_what_they_share(one, other, both):
    assert narrow(one, other) == both


def test_everybody_lies_within_the_greatest_distance_from_the_mean():
    # Two people either side of their mean, 10 off it: each is known to be one of them.
    assert _width(1 / 2, (50, 50), (0, 10)) == pytest.approx(2 * 10)
    # Two people whose mean is 1 have 0 to 2.
    assert _width(1 / 2, (1, 1), (0, 50)) == pytest.approx(2)
    assert _width(1 / 3, (0, 0), (0, 0)) == 0
    # Who has nine tenths of the weight at a mean of 90, with the rest at 0 or at 100.
    assert _width(0.9, (90, 90), (0, 50)) == pytest.approx(100 - 80 / 0.9)
    # One tenth of the weight at 30 off the mean, nine tenths at 30 / 9 the other way.
    spread = math.sqrt(0.1 * 30**2 + 0.9 * (30 / 9) ** 2)
    assert _width(0.1, (50, 50), (0, spread)) == pytest.approx(2 * 30)


def test_taking_ones_own_score_away_leaves_the_others():
    # 40, 60 and 80: without the 80, 40 and 60 are 10 off their mean of 50.
    spread = math.sqrt(800 / 3)
    assert _without(80, 1 / 3, (60, 60), (0, spread)) == (
        (pytest.approx(50), pytest.approx(50)),
        (0, pytest.approx(10)),
    )
    # Of two people the other is known.
    others, left = _without(40, 1 / 2, (50, 50), (0, 10))
    assert (others, left[1]) == ((60, 60), pytest.approx(0, abs=1e-6))
    # A half of the weight at 80, a quarter each at 40 and 60: those are 10 off their 50.
    others, left = _without(80, 0.5, (65, 65), (0, math.sqrt(275)))
    assert (others, left[1]) == ((50, 50), pytest.approx(10))
    # What cannot be is cut off.
    assert _without(0, 1 / 2, (50, 51), (0, 0))[0] == (100, 100)


def make_crowd(told, n=2, eligible=4):
    ends = {"points": (50, 50)} | told
    return Crowd(
        wave="w",
        people={GROUP: (n, n)},
        told={(statistic, "x"): {GROUP: end} for statistic, end in ends.items()},
        hidden=frozenset(),
        eligible={GROUP: float(eligible)},
    )


@pytest.mark.parametrize("ends", [("points_low",), ("points_low", "points_high")])
def test_a_printed_range_is_so_many_standard_deviations_wide(ends):
    # t with one degree of freedom is 12.706; half of the staff answered.
    half = 12.7062 * math.sqrt((1 - 0.6 * 0.5) / 2)
    told = {"points_low": (50 - 2 * half,) * 2, "points_high": (50 + 2 * half,) * 2}
    crowd = make_crowd({name: told[name] for name in ends}, n=2)
    # Two people with a standard deviation of 2 are 1.41 off their mean each.
    found = bound_spread(crowd, GROUP, "x", retest=0.6, staff={}, size=2)

    assert found == pytest.approx((math.sqrt(2),) * 2, rel=1e-4)


def test_the_width_of_a_range_is_known_better_than_the_distance_of_its_ends_from_the_mean():
    crowd = make_crowd({"points": (49.5, 50.5), "points_low": (44.5, 45.5),
                        "points_high": (54.5, 55.5)}, n=10, eligible=10**9)  # fmt: skip
    # Half of it is 4.5 to 5.5: t with 9 degrees of freedom is 2.2622, shrunk by sqrt(9 / 10).
    unit = 2.2622 / 3
    found = bound_spread(crowd, GROUP, "x", retest=0.6, staff={}, size=10)

    assert found == pytest.approx((4.5 / unit, 5.5 / unit), rel=1e-4)


def test_a_score_of_one_kind_of_answers_has_a_shape_and_one_of_several_has_none():
    shapes = describe_shapes([load_scale("bscs")])

    assert (shapes["bscs.total"].options, shapes["bscs.total"].favourable) == (5, 2)
    assert len(shapes["bscs.total"].items) == 8
