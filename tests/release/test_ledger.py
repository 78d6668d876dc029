"""The ledger: what each printed text reveals, and that no earlier one is forgotten."""

import pytest

from climatekit.release.assembly import (
    Release,
    ReleasedChange,
    ReleasedItem,
    ReleasedScore,
    ReleasedWave,
    ScaleQuality,
    SchoolRelease,
    ScoreFacts,
)
from climatekit.release.ledger import COLUMNS, list_entries, merge_entries, stamp_entries
from climatekit.release.released import Released
from climatekit.release.rules import withhold

FACTS = {"s": ScoreFacts(score="s", items=8, low=1, high=6, options=6)}


def number(value, unit="points", **more):
    return Released(value=value, text=str(value), unit=unit, **more)


def release(answered=30, points=None, rate=81, favourable=None, change=None, **more):
    points = points or number(68, low=62, high=75)
    native = number(round(1 + points.value / 20, 1), "native", capped=points.capped)
    share = {"i": ReleasedItem(item="i", favourable={"w": favourable})} if favourable else {}
    school = SchoolRelease(
        school="101",
        waves={
            "w": ReleasedWave(
                wave="w",
                answered=number(answered, "people"),
                eligible=withhold("no-roster"),
                rate=number(rate, "percent"),
                shown=True,
            )
        },
        scores={
            "s": ReleasedScore(score="s", points={"w": points}, native={"w": native}, change=change)
        },
        items=share,
    )
    return Release(schools={"101": school}, quality={}, benchmark={}, **more)


def ends(told):
    return {
        (one.statistic, one.subject): (one.low, one.high)
        for one in list_entries(told, FACTS)
    }  # fmt: skip


def test_a_printed_number_tells_the_range_that_rounds_to_it():
    told = ends(release())

    assert told["answered", ""] == (30, 30)
    assert told["rate", ""] == (80.5, 81.5)
    assert told["points", "s"] == (67.5, 68.5)
    assert (told["points_low", "s"], told["points_high", "s"]) == ((61.5, 62.5), (74.5, 75.5))
    # 1 + 0.675 x 5 and 1 + 0.685 x 5: the native score says what the points do.
    assert told["native", "s"] == pytest.approx((4.375, 4.425))
    assert ("eligible", "") not in told


@pytest.mark.parametrize(
    ("points", "low", "high"),
    [
        (number(5, capped="low"), 0, 5.5),
        (number(95, capped="high"), 94.5, 100),
    ],
)
def test_a_capped_number_is_open_to_the_end_of_the_scale(points, low, high):
    assert ends(release(points=points))["points", "s"] == (low, high)


def test_the_clipped_end_of_an_interval_tells_one_side_only():
    told = ends(release(points=number(92, low=84, high=95)))

    assert told["points_high", "s"] == (94.5, None)


def test_a_rate_of_100_may_be_of_more_answers_than_staff():
    assert ends(release(rate=100))["rate", ""] == (99.5, None)


@pytest.mark.parametrize(
    ("answered", "share", "low", "high"),
    [
        (20, number(50, "percent"), 45, 55),
        (30, number(55, "percent"), 52.5, 57.5),
        (30, number(90, "percent", capped="high"), 87.5, 100),
        (20, number(20, "percent", capped="low"), 0, 25),
    ],
)
def test_a_percentage_tells_its_whole_step(answered, share, low, high):
    told = ends(release(answered=answered, favourable=share))

    assert told["favourable", "i"] == (low, high)


def test_a_change_tells_what_two_rounded_scores_can_differ_by():
    change = ReleasedChange(
        score="s",
        before="v",
        after="w",
        difference=number(8, low=1, high=14),
        detectable=number(9),
        verdict="rose",
        clearly=False,
        tags=(),
        reason="",
        steps=4,
    )

    told = [one for one in list_entries(release(change=change), FACTS) if one.since]

    assert {one.statistic: (one.low, one.high) for one in told} == {
        "difference": (7, 9),
        "difference_low": (0.5, 1.5),
        "difference_high": (13.5, 14.5),
        "steps": (4, 4),
        "detectable": (8, 9),
    }
    assert {(one.since, one.wave) for one in told} == {("v", "w")}


def test_a_coefficient_of_the_district_is_of_nobody_in_particular():
    alpha = number(0.87, "coefficient", low=0.85, high=0.89)
    none = withhold("not-estimable")
    quality = ScaleQuality(score="s", wave="w", alpha=alpha, icc1=none, icc2=none, rwgj=none)
    told = list_entries(Release(schools={}, quality={("w", "s"): quality}, benchmark={}), FACTS)

    assert [(one.statistic, one.school) for one in told] == [
        ("alpha", ""),
        ("alpha_low", ""),
        ("alpha_high", ""),
    ]
    assert (told[0].low, told[0].high) == pytest.approx((0.865, 0.875))


def test_nothing_withheld_is_in_the_ledger():
    hidden = SchoolRelease(
        school="102",
        waves={
            "w": ReleasedWave(
                wave="w", **dict.fromkeys(("answered", "eligible", "rate"), withhold("protected")),
                shown=False,
            )
        },
        scores={
            "s": ReleasedScore(
                score="s", points={"w": withhold("protected")}, native={"w": withhold("protected")}
            )
        },
    )  # fmt: skip

    assert list_entries(Release(schools={"102": hidden}, quality={}, benchmark={}), FACTS) == ()


def test_what_is_printed_again_is_kept_once_and_all_else_for_ever():
    def stamped(exports, key, answered=30):
        return stamp_entries(
            list_entries(release(answered=answered), FACTS), release=key, exports={"w": exports}
        )

    first, again = stamped("x", "r1"), stamped("x", "r2")
    other = stamped("y", "r3", answered=42)

    assert merge_entries(again, first) == again
    merged = merge_entries(other, merge_entries(again, first))
    assert merged == (*other, *again)
    assert {one.release for one in merged} == {"r3", "r2"}


def test_the_columns_are_a_promise():
    assert COLUMNS == (
        "release", "exports", "wave", "since", "school", "role",
        "statistic", "subject", "low", "high", "text",
    )  # fmt: skip
