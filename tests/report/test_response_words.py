"""Words about who answered: worked out from printed numbers."""

import pytest

from climatekit.knowledge.wording import load_messages
from climatekit.release.assembly import ReleasedChange, ReleasedWave
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.report.nonresponse_words import find_supposed, find_tipping
from climatekit.report.phrases import write_participation


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


@pytest.mark.parametrize(
    ("answered", "eligible", "rate", "kind"),
    [(30, 50, 60, "enough"), (31, 52, 60, "care"), (20, 50, 40, "care"), (19, 48, 40, "few")],
)
def test_who_answered_is_judged_by_the_counts_not_by_the_printed_percent(
    answered, eligible, rate, kind
):
    people = [Released(value=one, text=str(one), unit="people") for one in (answered, eligible)]
    share = Released(value=rate, text=f"{rate}%", unit="percent")
    wave = ReleasedWave(wave="w", answered=people[0], eligible=people[1], rate=share, shown=True)
    messages = load_messages("en")

    assert write_participation(wave, None, None, messages) == messages.say(f"participation.{kind}")
