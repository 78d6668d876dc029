"""The pattern of a release over its waves, the pool of hidden schools, and role groups."""

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from climatekit.errors import DisclosureError
from climatekit.knowledge.settings import NO_GROUP, DisclosureSettings, RoleGroup
from climatekit.measure.role_groups import assign_role_groups, merge_single_holders
from climatekit.release.assembly import release_pools
from climatekit.release.gate import Gate
from climatekit.release.known import Known
from climatekit.release.pattern import find_pattern
from climatekit.release.relations import Group
from climatekit.release.released import Released
from climatekit.release.role_cells import RoleFigures, release_roles
from climatekit.release.score_facts import ScoreFacts
from climatekit.release.suppression import find_leaks
from climatekit.values import Estimate, Withheld

GATE = Gate(DisclosureSettings())
sizes = st.integers(0, 40)
schools = st.lists(st.tuples(sizes, sizes, st.integers(0, 12)), min_size=1, max_size=8)


def count(rows, wave="w"):
    people = {}
    for number, row in enumerate(rows):
        school = f"s{number}"
        people[Group(wave, school)] = sum(row)
        for role, size in zip(("a", "b", NO_GROUP), row, strict=False):
            people[Group(wave, school, role)] = size
    return people


def pattern_of(rows, **more):
    return find_pattern(count(rows), waves=("w",), min_n=10, **more)


def told(pool):
    return [isinstance(one, Released) for one in (pool.answered, pool.schools, pool.people)]


@settings(max_examples=60, deadline=None)
@given(rows=schools)
def test_a_district_total_never_hides_a_school_and_never_leaves_a_small_rest(rows):
    pattern = pattern_of(rows)

    small = {Group("w", f"s{n}") for n, row in enumerate(rows) if sum(row) < 10}
    whole = {g for g in pattern.hidden if g.school and not g.role}
    assert whole == small
    assert find_leaks(pattern.people, pattern.hidden, min_n=10) == ()


def test_rather_than_a_school_that_was_small_before_the_districts_total_is_left_out():
    before = {Group("v", "a"): 3, Group("v", "b"): 30, Group("v", "c"): 4}
    now = {Group("w", "a"): 6, Group("w", "b"): 30, Group("w", "c"): 4}

    pattern = find_pattern(before | now, waves=("v", "w"), min_n=5)

    assert pattern.hidden == {*(Group("v", one) for one in "ac"), Group("w", "c"), Group("w")}


@settings(max_examples=60, deadline=None)
@given(rows=schools)
def test_the_pool_never_pins_a_school(rows):
    """By trying: every hidden school could have more or fewer, all having under ten."""
    pattern = pattern_of(rows)
    pool = release_pools(pattern, gate=GATE, waves=("w",))["w"]

    assert told(pool)[1] == told(pool)[2]
    if isinstance(pool.people, Released):
        many, total = int(pool.schools.value), int(pool.people.value)
        possible = {
            one
            for one in range(1, 10)
            if (many - 1) <= total - one <= 9 * (many - 1)
        }  # fmt: skip
        assert total >= 10
        assert len(possible) > 1


def test_hidden_schools_are_told_together_where_they_are_two_with_ten_people():
    pool = release_pools(
        pattern_of([(30,), (25,), (7,), (5,)]), gate=GATE, waves=("w",)
    )["w"]  # fmt: skip

    assert [one.text for one in (pool.answered, pool.schools, pool.people)] == ["67", "2", "12"]


@pytest.mark.parametrize(
    "rows",
    [
        [(30,), (25,), (7,)],  # one alone
        [(30,), (25,), (4,), (5,)],  # nine people
        [(30,), (25,), (9,), (9,)],  # the most that two can have
    ],
)
def test_else_neither_they_nor_the_district_are_told(rows):
    pool = release_pools(pattern_of(rows), gate=GATE, waves=("w",))["w"]

    assert told(pool) == [False, False, False]


@settings(max_examples=30, deadline=None)
@given(rows=schools, seed=st.integers(0, 99))
def test_the_order_of_the_rows_changes_nothing(rows, seed):
    people = {**count(rows), **count(rows[::-1], wave="v")}
    shuffled = list(people.items())
    random.Random(seed).shuffle(shuffled)

    one, other = (find_pattern(p, waves=("v", "w"), min_n=10) for p in (people, dict(shuffled)))

    assert one.hidden == other.hidden


def test_what_an_earlier_release_printed_cannot_protect_anybody():
    """14 + 6: were the school and the 14 printed once, hiding the 14 now helps nobody."""
    rows = [(14, 6)]
    assert pattern_of(rows).hidden == {Group("w", "s0", "a"), Group("w", "s0", "b")}

    with pytest.raises(DisclosureError) as caught:
        pattern_of(rows, known=Known(groups=frozenset({Group("w", "s0"), Group("w", "s0", "a")})))

    (problem,) = caught.value.problems
    assert problem.code == "CK701"
    assert "earlier releases" in problem.message
    assert "another output folder" in problem.mend


def test_a_known_group_that_is_too_small_today_is_not_printed_again():
    known = Known(groups=frozenset({Group("w", "s0", "b")}))

    pattern = find_pattern(count([(22, 12)]), waves=("w",), min_n=15, known=known)

    assert not pattern.shows(Group("w", "s0", "b"))


def test_of_a_wave_published_with_a_lower_number_no_group_is_shown_anew():
    """14 + 12 + 3: all but the three may be told with ten, but only the school was."""
    rows = [(14, 12, 3), (30, 20), (7,)]
    groups = frozenset(
        {Group("w", "s0"), Group("w", "s1"), Group("w", "s1", "a"), Group("w", "s2")}
    )
    known = Known(groups=groups, raised=frozenset({"w"}))

    pattern = pattern_of(rows, known=known)

    shown = {one for one in pattern.people if pattern.shows(one) and one.role != NO_GROUP}
    assert shown < groups
    assert {Group("w", "s0"), Group("w", "s1")} <= shown
    assert Group("w") in pattern.hidden
    assert find_leaks(pattern.people, pattern.hidden, min_n=10) == ()


@settings(max_examples=60, deadline=None)
@given(rows=schools, lower=st.integers(5, 9), raised=st.integers(10, 20))
def test_whatever_was_published_a_raised_number_has_a_pattern_that_holds_by_itself(
    rows, lower, raised
):
    people = count(rows)
    before = find_pattern(people, waves=("w",), min_n=lower)
    groups = frozenset(one for one in before.people if before.shows(one) and one.role != NO_GROUP)

    pattern = find_pattern(
        people, waves=("w",), min_n=raised, known=Known(groups=groups, raised=frozenset({"w"}))
    )

    shown = {one for one in pattern.people if pattern.shows(one) and one.role != NO_GROUP}
    assert shown <= groups
    assert all(pattern.people[one] >= raised for one in shown)
    assert find_leaks(pattern.people, pattern.hidden, min_n=raised) == ()


# Role groups

GROUPS = (
    RoleGroup(id="a", roles=("Teacher", "Teacher\N{RIGHT SINGLE QUOTATION MARK}s aide")),
    RoleGroup(id="b"),
)


def test_roles_are_matched_as_wordings_are_and_one_group_takes_the_rest():
    roles = pd.Series(["teacher", " TEACHER ", "Teacher's aide", "Nurse", ""])

    assert assign_role_groups(roles, GROUPS) == ["a", "a", "a", "b", "b"]
    assert assign_role_groups(roles, GROUPS[:1]) == ["a", "a", "a", NO_GROUP, NO_GROUP]


def test_a_group_that_one_person_holds_takes_its_school_s_groups_with_it():
    counts = {("w", "x", "a"): 40, ("w", "x", "b"): 1, ("w", "y", "a"): 1}
    others = {("v", "x", "a"): 20, ("v", "x", "b"): 12}

    assert merge_single_holders(counts | others) == others


def test_a_group_that_is_the_whole_school_says_nothing_but_that_nobody_else_answered():
    assert merge_single_holders({("w", "x", "a"): 40, ("w", "x", "b"): 0}) == {}
    assert merge_single_holders({("w", "x", "a"): 40}) == {}


def figures(answered, scored=None, mean=60.0):
    n = answered if scored is None else scored
    return RoleFigures(
        answered={"w": answered},
        scores={("w", "s"): Estimate(value=mean, low=mean - 8, high=mean + 8, n=n)},
    )


def release(rows, *, items=8, scored=(None, None, None), points=None, least=1, decided=True):
    own = {
        role: figures(size, n)
        for role, size, n in zip(("a", "b", NO_GROUP), rows, scored, strict=False)
    }
    return release_roles(
        "s0",
        own,
        gate=GATE,
        pattern=pattern_of([rows]) if decided else None,
        points={("w", "s"): points or Released(value=60, text="60", unit="points")},
        scores={"s": ScoreFacts(score="s", items=items, low=1, high=5, options=5, least=least)},
    )


def cells(*args, **more):
    return [
        isinstance(one.points["w", "s"], Released) for one in release(*args, **more).values()
    ]  # fmt: skip


def test_both_groups_are_told_where_each_has_ten():
    shown = release((22, 12))

    assert [one.answered["w"].text for one in shown.values()] == ["22", "12"]
    cell = shown["a"].points["w", "s"]
    assert (cell.text, cell.low, cell.high) == ("60", None, None)


def test_a_small_group_takes_the_large_one_with_it():
    shown = release((22, 6))

    reasons = {
        one.reason for role in shown.values() for one in (role.answered["w"], role.points["w", "s"])
    }
    assert reasons == {"not shown, to protect the people who answered"}


def test_people_in_no_group_are_never_printed_but_count():
    assert set(release((22, 12, 14))) == {"a", "b"}
    assert cells((22, 12, 14)) == [True, True]
    assert cells((22, 12, 3)) != [True, True]


def test_a_score_that_a_few_of_a_group_lack_is_hidden_for_both():
    """Twelve answered, eight have the score: it would be the difference of the other two."""
    assert cells((22, 12), scored=(22, 8, None)) == [False, False]


def test_a_group_is_not_told_of_a_score_that_its_school_is_not():
    assert cells((22, 12), points=Withheld("incoherent", "")) == [False, False]


def test_two_items_wait_for_twenty_people_in_every_group():
    assert cells((22, 12), items=2) == [False, False]
    assert cells((22, 21), items=2) == [True, True]


def test_a_scale_that_asks_for_more_people_than_the_gate_gets_them_in_every_group():
    assert cells((22, 15), least=15) == [True, True]
    assert cells((22, 14), least=15) == [False, False]


def test_nothing_is_told_of_groups_that_no_pattern_was_decided_for():
    assert cells((22, 12), decided=False) == [False, False]


def test_a_few_in_no_group_who_have_the_score_hide_it_for_all():
    """Everybody's mean, and the two groups', would leave the mean of three people."""
    assert cells((22, 12, 14), scored=(22, 12, 3)) == [False, False]
    assert cells((22, 12, 14), scored=(22, 12, 10)) == [True, True]
