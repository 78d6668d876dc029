"""What a reader takes from the files: which numbers are of the same people, and how exact."""

from dataclasses import replace

import pytest

from climatekit.knowledge.scales import load_scale
from climatekit.release.audit import attack
from climatekit.release.ledger import Entry
from climatekit.release.readout import (
    MOST_PEOPLE,
    Readout,
    describe_shapes,
    gather_crowds,
    list_weighted,
)
from climatekit.release.relations import Group

S = Group("w", "s")


def entry(statistic, low, high=None, **more):
    given = {"release": "r1", "exports": "e", "wave": "w", "school": "s"} | more
    high = low if high is None else high
    return Entry(statistic=statistic, low=low, high=high, text="", **given)


def crowds(*entries, hidden=(), **more):
    return gather_crowds(Readout(entries=entries, hidden=frozenset(hidden), **more))


def open_(statistic, low, high, **more):
    return entry(statistic, 0, **more)._replace(low=low, high=high)


def test_what_is_told_is_sorted_by_what_it_is_of():
    (one,) = crowds(
        entry("answered", 20),
        entry("answered", 12, role="a"),
        entry("eligible", 30),
        entry("points", 59.5, 60.5, subject="x"),
    )

    assert one.people == {S: (20, 20), S._replace(role="a"): (12, 12)}
    assert one.eligible == {S: 30}
    assert dict(one.told) == {("points", "x"): {S: (59.5, 60.5)}}
    assert (one.wave, one.exports, one.hidden, one.weighted) == ("w", "e", frozenset(), frozenset())


def test_an_open_side_is_the_end_of_what_there_can_be():
    (one,) = crowds(
        open_("answered", None, None),
        open_("eligible", None, 5),
        open_("points_low", None, 5.5, subject="x"),
        open_("points_high", 94.5, None, subject="x"),
    )

    assert one.people == {S: (0, MOST_PEOPLE)}
    assert one.eligible == {S: 0}
    assert one.told["points_low", "x"] == {S: (0, 5.5)}
    assert one.told["points_high", "x"] == {S: (94.5, 100)}


def test_each_wave_is_of_its_own_people_and_a_change_of_none():
    given = crowds(
        entry("answered", 20),
        entry("answered", 25, wave="v", exports="d"),
        entry("difference", 3, since="v", exports="d+e"),
    )

    assert [(one.wave, one.exports) for one in given] == [("v", "d"), ("w", "e")]
    assert all(not one.told for one in given)


def test_all_releases_keep_to_the_lowest_number_and_the_new_one_by_itself_to_its_own():
    """24 of 30 were printed with five: that leaves six, which the new release may not."""
    before = (
        entry("answered", 30, release="r0"),
        entry("answered", 24, role="a", release="r0"),
    )
    hidden = [S._replace(role=role) for role in "bc"]

    def find(*now, **more):
        given = Readout(entries=(*now, *before), hidden=frozenset(hidden), min_n=10, **more)
        return {(one.rule, one.role) for one in attack(given, retest=0.6) if one.rule == "D2"}

    school, group = entry("answered", 30), entry("answered", 24, role="a")
    assert [one.min_n for one in crowds(school, *before, lowest={"w": {"e": 5}})] == [5, 10]
    assert [one.min_n for one in crowds(school, *before, lowest={"w": {"e": 12}})] == [10]
    assert [one.min_n for one in crowds(*before[:1], school, lowest={"w": {"d": 5}})] == [10]
    assert find(school, lowest={"w": {"e": 5}}) == set()
    assert find(school, lowest={"w": {"d": 5}}) == find(school, group, lowest={"w": {"e": 5}})
    assert find(school, group, lowest={"w": {"e": 5}}) == {("D2", "b"), ("D2", "c")}


def test_a_number_told_twice_of_the_same_people_lies_where_both_say():
    (one,) = crowds(
        entry("answered", 20),
        entry("points", 59.5, 60.5, subject="x"),
        entry("answered", 20, release="r0"),
        entry("points", 60, 61, subject="x", release="r0"),
        hidden=[Group("w", "h")],
    )

    assert one.told["points", "x"] == {S: (60, 60.5)}
    assert one.hidden == {Group("w", "h")}


def test_releases_that_count_the_same_exports_differently_are_held_apart():
    given = crowds(
        entry("answered", 20),
        entry("points", 60, subject="x"),
        entry("answered", 21, release="r0"),
        entry("points", 61, subject="x", release="r0"),
        entry("answered", 30, school="t"),
        entry("answered", 30, school="t", release="r0"),
        hidden=[Group("w", "h")],
    )

    assert [one.people[S] for one in given] == [(20, 20), (21, 21)]
    assert [one.told["points", "x"][S] for one in given] == [(60, 60), (61, 61)]
    # What the newest release hides, an older one of other people says nothing of.
    assert [one.hidden for one in given] == [{Group("w", "h")}, frozenset()]


def test_a_figure_that_two_releases_tell_differently_does_not_part_them():
    given = crowds(
        entry("answered", 20),
        entry("points", 60, subject="x"),
        entry("points", 61, subject="x", release="r0"),
        entry("answered", 20, release="r0"),
    )

    assert len(given) == 1
    assert given[0].told["points", "x"] == {S: (60, 60)}  # the newer


def test_a_hidden_group_is_of_its_wave_and_has_one_or_more_unless_it_is_told():
    groups = [Group("w", "h"), Group("v", "h"), Group("w", "s", "a")]
    (one,) = crowds(entry("answered", 20), entry("answered", 12, role="a"), hidden=groups)

    assert one.hidden == {Group("w", "h")}
    assert one.people[Group("w", "h")] == (1, MOST_PEOPLE)
    assert one.people[Group("w", "s", "a")] == (12, 12)
    assert Group("v", "h") not in one.people


def test_each_way_of_grouping_the_same_people_is_read_beside_the_whole():
    given = crowds(
        entry("answered", 20),
        entry("answered", 12, role="a", exports="e/g"),
        entry("answered", 15, role="b", exports="e/h"),
    )

    assert [{group.role for group in one.people} for one in given] == [{"", "a"}, {"", "b"}]
    assert [one.exports for one in given] == ["e", "e"]


@pytest.mark.parametrize(("exports", "weighted"), [("e", frozenset()), ("we", {"x", "i"})])
def test_weights_are_told_by_the_hash_of_the_exports(exports, weighted):
    (one,) = crowds(entry("answered", 20, exports=exports), weighted=frozenset({"x", "i"}))

    assert one.weighted == weighted


def test_a_score_of_several_kinds_of_answers_has_no_shape():
    scale = load_scale("bscs")
    rule = scale.scores["bscs.needs"]
    item = next(iter(rule.items))
    name = scale.items[item].response_set
    other = replace(scale.response_sets[name], favourable=())
    odd = replace(
        scale,
        response_sets=scale.response_sets | {"odd": other},
        items=scale.items | {item: replace(scale.items[item], response_set="odd")},
    )

    shapes = describe_shapes([odd])

    assert not {"bscs.needs", "bscs.total"} & shapes.keys()
    assert shapes["bscs.influence"] == describe_shapes([scale])["bscs.influence"]
    assert shapes["bscs.influence"].step == 25
    single = replace(rule, items={item: 1})
    (shape,) = describe_shapes([replace(scale, scores={rule.id: single})]).values()
    assert (shape.items, shape.options, shape.favourable) == ((item,), 5, 2)


def test_what_is_weighted_is_said_by_the_scale():
    scale = load_scale("talis_cooperation")

    every = {*scale.scores, *(item for rule in scale.scores.values() for item in rule.items)}
    assert list_weighted([scale, load_scale("bscs")]) == every
