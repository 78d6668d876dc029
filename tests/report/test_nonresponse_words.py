"""The nonresponse check: worked out from printed numbers."""

import pytest

from climatekit.release.assembly import ReleasedChange
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.report.nonresponse_words import find_supposed, find_tipping


def change(points, **more):
    difference = Released(value=points, text=str(points), unit="points")
    told = {
        "score": "s.total", "before": "w1", "after": "w2", "difference": difference,
        "detectable": withhold("protected"), "verdict": "rose", "clearly": False, "tags": (),
        "reason": "", "steps": None,
    }  # fmt: skip
    return ReleasedChange(**(told | more))


def rates(before, after):
    return tuple(Released(value=one, text=f"{one}%", unit="percent") for one in (before, after))


@pytest.mark.parametrize(
    ("points", "before", "after", "tipping"),
    # -100 x 33 / (53 - 93) = 82.5, and so on
    [(33, 53, 93, 83), (10, 74, 90, 63), (-6, 60, 44, 38), (17, 44, 60, None)],
)
def test_the_tipping_point_between_two_points_is_told_as_the_upper_one(
    points, before, after, tipping
):
    assert find_tipping(change(points), rates(before, after)) == tipping


def test_half_a_point_of_what_is_left_of_a_change_goes_up():
    # Ten points among 55% of the staff are 5.5: of 8 points 2.5 are left.
    assert find_supposed(change(8), rates(95, 40)) == 3
