"""The ledger: what each printed text reveals, and that no earlier one is forgotten."""

from dataclasses import replace

import pytest

from climatekit.release.assembly import (
    Release,
    ReleasedChange,
    ReleasedItem,
    ReleasedPool,
    ReleasedScore,
    ReleasedWave,
    ScaleQuality,
    SchoolRelease,
)
from climatekit.release.ledger import (
    COLUMNS,
    Entry,
    find_known,
    is_weighted,
    list_entries,
    mark_weighted,
    merge_entries,
    read_entries,
    read_says,
    stamp_entries,
)
from climatekit.release.relations import Group
from climatekit.release.released import Released
from climatekit.release.role_cells import ReleasedRole
from climatekit.release.rules import withhold
from climatekit.release.score_facts import ScoreFacts

FACTS = {"s": ScoreFacts(score="s", items=8, low=1, high=6, options=6)}


def number(value, unit="points", **more):
    return Released(value=value, text=str(value), unit=unit, **more)


def release(answered=30, points=None, rate=81, favourable=None, change=None, eligible=None, **more):
    points = points or number(68, low=62, high=75)
    native = number(round(1 + points.value / 20, 1), "native", capped=points.capped)
    share = {"i": ReleasedItem(item="i", favourable={"w": favourable})} if favourable else {}
    school = SchoolRelease(
        school="101",
        waves={
            "w": ReleasedWave(
                wave="w",
                answered=number(answered, "people"),
                eligible=eligible or withhold("no-roster"),
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


def roles(points=None):
    return ReleasedRole(
        role="teachers",
        answered={"v": withhold("protected"), "w": number(15, "people")},
        points=points or {("v", "s"): withhold("protected"), ("w", "s"): number(60)},
    )


def test_every_kind_of_number_of_a_school_is_entered_with_its_place():
    given = release(eligible=number(36, "people"))
    school = replace(given.schools["101"], roles={"teachers": roles()})

    told = list_entries(replace(given, schools={"101": school}), FACTS)

    places = [
        (one.statistic, one.role, one.subject, one.low, one.high) for one in told
        if one.statistic in {"eligible", "answered"} or one.role
    ]  # fmt: skip
    assert places == [
        ("answered", "", "", 30, 30),
        ("eligible", "", "", 36, 36),
        ("answered", "teachers", "", 15, 15),
        ("points", "teachers", "s", 59.5, 60.5),
    ]
    assert {(one.wave, one.school) for one in told} == {("w", "101")}


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        (5, 95, ((None, 5.5), (94.5, None))),  # clipped: open to either end
        (6, 94, ((5.5, 6.5), (93.5, 94.5))),
        (4, 96, ((None, 4.5), (95.5, None))),
    ],
)
def test_an_end_of_an_interval_at_a_cap_is_open(low, high, ends):
    told = list_entries(release(points=number(50, low=low, high=high)), FACTS)

    assert [(one.low, one.high) for one in told if one.statistic[:7] == "points_"] == list(ends)
    assert [one.text for one in told if one.statistic[:7] == "points_"] == [str(low), str(high)]


def test_a_percentage_of_weighted_people_has_the_widest_step():
    share = ReleasedItem(item="i", favourable={"w": number(50, "percent")}, weighted=True)
    given = release(answered=400)
    school = replace(given.schools["101"], items={"i": share})

    told = ends(replace(given, schools={"101": school}))

    assert told["favourable", "i"] == (45, 55)


@pytest.mark.parametrize(("rate", "high"), [(99, 99.5), (100, None)])
def test_a_rate_under_100_is_closed(rate, high):
    assert ends(release(rate=rate))["rate", ""] == (rate - 0.5, high)


def told_change(**more):
    given = {
        "score": "s", "before": "v", "after": "w", "difference": withhold("protected"),
        "detectable": withhold("protected"), "verdict": "rose", "clearly": False, "tags": (),
        "reason": "",
    }  # fmt: skip
    told = list_entries(release(change=ReleasedChange(**(given | more))), FACTS)
    return {one.statistic: (one.low, one.high, one.text) for one in told if one.since}


def test_of_a_change_only_what_is_printed_is_entered():
    assert told_change() == {}
    assert told_change(difference=number(8)) == {"difference": (7, 9, "8")}
    assert told_change(steps=0) == {"steps": (0, 0, "0")}
    for move, low in ((1, 0), (2, 1)):
        assert told_change(detectable=number(move)) == {"detectable": (low, move, str(move))}


def test_what_is_of_the_district_is_of_no_school():
    pools = {
        "w": ReleasedPool(
            answered=number(300, "people"), schools=number(2, "count"), people=number(14, "people")
        ),
        "v": ReleasedPool(
            **dict.fromkeys(("answered", "schools", "people"), withhold("protected"))
        ),
    }
    given = Release(schools={}, quality={}, benchmark={("w", "s"): number(61)}, pools=pools)

    assert [
        (one.wave, one.school, one.statistic, one.subject, one.low, one.high)
        for one in list_entries(given, FACTS)
    ] == [
        ("w", "", "benchmark", "s", 60.5, 61.5),
        ("w", "", "answered", "", 300, 300),
        ("w", "", "pooled_schools", "", 2, 2),
        ("w", "", "pooled_people", "", 14, 14),
    ]


def test_of_alpha_alone_an_interval_is_printed():
    one = number(0.4, "coefficient", low=0.3, high=0.5)
    quality = ScaleQuality(score="s", wave="w", alpha=one, icc1=one, icc2=one, rwgj=one)
    told = list_entries(Release(schools={}, quality={("w", "s"): quality}, benchmark={}), FACTS)

    assert [one.statistic for one in told] == [
        "alpha", "alpha_low", "alpha_high", "icc1", "icc2", "rwgj",
    ]  # fmt: skip
    assert (told[1].low, told[1].high, told[1].text) == (
        pytest.approx(0.295), pytest.approx(0.305), "0.3",
    )  # fmt: skip
    bare = replace(quality, alpha=number(0.4, "coefficient"))
    told = list_entries(Release(schools={}, quality={("w", "s"): bare}, benchmark={}), FACTS)
    assert [one.statistic for one in told] == ["alpha", "icc1", "icc2", "rwgj"]


def test_a_hash_is_of_the_waves_and_the_grouping_that_a_number_rests_on():
    places = [{"wave": "w"}, {"wave": "w", "since": "v"}, {"wave": "w", "role": "a"}, {"wave": "u"}]
    given = [Entry(statistic="points", low=1, high=2, text="", **place) for place in places]

    told = stamp_entries(given, release="r", exports={"v": "x", "w": "y"}, roles="g")

    assert [one.exports for one in told] == ["y", "x+y", "y/g", ""]
    assert {one.release for one in told} == {"r"}


def test_known_groups_are_those_that_were_counted_of_the_same_people_in_the_same_groups():
    def entry(exports, statistic="answered", **place):
        return Entry("w", statistic, 1, 1, "", exports=exports, **place)

    earlier = [
        entry("y", school="a"),
        entry("x", school="b"),  # other people
        entry("y", "points", school="c", subject="s"),
        entry("y/g", school="d", role="r"),
        entry("y/h", school="e", role="r"),  # grouped otherwise
        entry("y", school="f", role="r"),
    ]

    known = find_known(earlier, exports={"w": "y"}, roles="g")

    assert known.groups == {
        Group("w", "a"), Group("w", "d", "r"),
    }  # fmt: skip
    assert known.schools == {("w", "s"): {"c"}}
    assert find_known(earlier, exports={"v": "y"}).groups == frozenset()


def test_a_hash_of_weighted_people_is_marked():
    told = mark_weighted({"w": "0f"})

    assert told == {"w": "w0f"}
    assert is_weighted(told["w"])
    assert not is_weighted("0f")


def test_a_row_of_text_is_an_entry_again_whatever_the_order_of_its_columns():
    row = dict.fromkeys(COLUMNS, "") | {"wave": "w", "statistic": "points", "low": "1.5"}

    (told,) = read_entries(COLUMNS[::-1], [list(row.values())[::-1]])

    assert told == Entry("w", "points", 1.5, None, "")
    (told,) = read_entries(COLUMNS, [list((row | {"low": "", "high": "0"}).values())])
    assert (told.low, told.high) == (None, 0)


@pytest.mark.parametrize("column", COLUMNS)
def test_an_entry_knows_the_same_number_and_the_same_told_again(column):
    one = Entry("w", "points", 59.5, 60.5, "60", school="a", subject="s", release="r", exports="x")
    other = one._replace(**{column: 59.9 if column in {"low", "high"} else "other"})

    assert (read_says(other) == read_says(one)) is (column in {"release", "low", "high"})
    assert (other.about == one.about) is (column in {"release", "exports", "low", "high", "text"})
