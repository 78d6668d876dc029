"""The general attacker's arithmetic against every way in which few people can be counted."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from climatekit.release.head_counts import HeadCounts
from climatekit.release.open_shares import OpenShares, list_binding
from climatekit.release.readout import Crowd
from climatekit.release.relations import Group, Relation
from climatekit.release.sums import (
    Block,
    _is_recovered,
    attack_staff,
    attack_sums,
    bound_people,
    bound_shares,
    list_blocks,
)

T, A, B, C, U, D = (Group("w", "s", role) for role in ("t", "a", "b", "c", "u", "d"))
SUM = Relation(T, (A, B, C))
PAIR = Relation(T, (A, B))
OTHER = Relation(U, (B, C))

# People of each group as the files leave them open, and the sums that tie them.
CASES = {
    "a counted total": ({T: (10, 10), A: (1, 20), B: (2, 5), C: (3, 3)}, [SUM]),
    "an open total": ({T: (1, 8), A: (1, 4), B: (2, 5)}, [PAIR]),
    "an open total that is wide": ({T: (0, 30), A: (1, 4), B: (2, 5)}, [PAIR]),
    "a group beside the sum": ({T: (6, 6), A: (1, 9), B: (1, 9), D: (1, 4)}, [PAIR]),
    "two sums that share a part": (
        {T: (6, 6), U: (7, 7), A: (1, 9), B: (1, 9), C: (4, 9)},
        [PAIR, OTHER],
    ),
    "two sums that pin all": (
        {T: (6, 6), U: (3, 3), A: (1, 9), B: (1, 9), C: (2, 9)},
        [PAIR, OTHER],
    ),
    "two sums, one total open": (
        {T: (5, 6), U: (3, 9), A: (2, 2), B: (1, 9), C: (1, 9)},
        [PAIR, OTHER],
    ),
    "a sum of which all is counted": ({T: (5, 5), A: (2, 2), B: (3, 3), D: (1, 4)}, [PAIR]),
    "a sum within a sum": (
        {D: (9, 9), T: (4, 7), C: (1, 4), A: (1, 9), B: (2, 3)},
        [Relation(D, (C, T)), PAIR],
    ),
    "no sum": ({A: (1, 4), B: (2, 2)}, []),
}
TWO_SUMS = {T: (6, 6), U: (7, 7), A: (1, 9), B: (1, 9), C: (1, 9)}
NOT_SO = {
    "one sum": ({T: (3, 3), A: (2, 4), B: (2, 5)}, [PAIR]),
    "one sum, too large": ({T: (12, 12), A: (2, 4), B: (2, 5)}, [PAIR]),
    "two sums": ({T: (6, 6), U: (6, 6), A: (1, 2), B: (1, 9), C: (3, 9)}, [PAIR, OTHER]),
}


def list_ways(people, relations):
    """Every number of people of each group that agrees with all sums."""
    ends = [range(int(low), int(high) + 1) for low, high in people.values()]
    ways = (dict(zip(people, sizes, strict=True)) for sizes in itertools.product(*ends))
    return [
        way
        for way in ways
        if all(way[one.total] == sum(way[part] for part in one.parts) for one in relations)
    ]


def range_of(ways, group):
    sizes = [way[group] for way in ways]
    return min(sizes), max(sizes)


@pytest.mark.parametrize("case", CASES)
def test_head_counts_are_those_of_listing_every_way(case):
    people, relations = CASES[case]
    ways = list_ways(people, relations)
    counts = HeadCounts(people, relations)

    assert counts.agree
    assert counts.bound(list(people)) == {group: range_of(ways, group) for group in people}


@pytest.mark.parametrize("under", [1, 2, 3, 10])
@pytest.mark.parametrize("case", CASES)
def test_ends_that_are_not_wanted_exactly_are_part_of_the_true_ones(case, under):
    people, relations = CASES[case]
    ways = list_ways(people, relations)

    found = HeadCounts(people, relations).bound(list(people), under=under)

    for group, (low, high) in found.items():
        least, most = range_of(ways, group)
        assert least <= low <= high <= most
        assert (low < high) == (least < most)
        assert low < under or (low, high) == (least, most)


@pytest.mark.parametrize(
    ("seen", "under", "ends"),
    [([2], 10, (2, 6)), ([2, 3], 2, (2, 6)), ([2, 3], 3, (2, 3)), ([2, 3], np.inf, (2, 6))],
)
def test_what_was_seen_stands_for_the_ends_only_where_it_is_apart_and_under(seen, under, ends):
    counts = HeadCounts(TWO_SUMS, [PAIR, OTHER])
    # A and B are 6, B and C are 7: C has 2 to 6.
    counts._programme.found[:] = [np.array([c - 1, 7 - c, c], dtype=float) for c in seen]

    assert counts._bound(C, under=under) == ends


@pytest.mark.parametrize("case", CASES)
def test_the_counts_that_are_tried_agree_with_all_sums(case):
    people, relations = CASES[case]
    ways = list_ways(people, relations)
    counts = HeadCounts(people, relations)
    exact = counts.bound(list(people))

    for group in people:
        tried = counts.list_counts(group)
        assert all(one in ways for one in tried)
        assert (tried[0][group], tried[-1][group]) == exact[group]


@pytest.mark.parametrize("case", NOT_SO)
def test_sums_that_contradict_one_another_are_seen(case):
    people, relations = NOT_SO[case]

    counts = HeadCounts(people, relations)
    assert not counts.agree
    if len(relations) > 1:
        assert counts.bound([A]) == {A: (-np.inf, np.inf)}  # nothing is concluded
    block = Block(tuple(people), tuple(relations), people)
    assert bound_shares(block, {}, [A], whole=False, enough=200) == {}


def list_shares(people, relations, told, group, *, whole):
    """The least and the most percent of a group over every number of people, by force."""
    ends = []
    for way in list_ways(people, relations):
        within = {
            one: (low * way[one] / 100, high * way[one] / 100)
            for one in people
            for low, high in (told.get(one, (0, 100)),)
        }
        if whole:
            sums = list_ways(
                {one: (-(-low // 1), high // 1) for one, (low, high) in within.items()}, relations
            )
            ends += [100 * one[group] / way[group] for one in sums]
            continue
        order = list(people)
        rows = [[-(one == line.total) + (one in line.parts) for one in order] for line in relations]
        for sign in (1, -1):
            cost = [sign * (one == group) for one in order]
            bounds = [within[one] for one in order]
            found = linprog(cost, A_eq=rows, b_eq=[0] * len(rows), bounds=bounds)
            if found.success:
                ends.append(100 * sign * found.fun / way[group])
    return min(ends), max(ends)


TOLD = {
    "the total": {T: (59, 61)},
    "total and a part": {T: (59, 61), B: (45, 52)},
    "both totals": {T: (40, 60), U: (70, 90)},
    "the total, all of them": {T: (100, 100)},
    "a part alone": {A: (20, 55)},
    "the outer total": {D: (59, 61), C: (0, 20)},
}
TIED = [name for name, (_, sums) in CASES.items() if sums and name != "an open total that is wide"]


@pytest.mark.parametrize(
    ("case", "told", "whole"),
    [
        *itertools.product(TIED, TOLD, [True]),
        # Sums of any size want a solver to check by, and so fewer tries.
        *itertools.product(["two sums that share a part"], ["total and a part"], [False]),
        *itertools.product(["an open total"], ["the total", "total and a part"], [False]),
    ],
)
def test_the_ends_of_a_hidden_mean_are_those_of_listing_every_way(case, told, whole):
    people, relations = CASES[case]
    told = {group: ends for group, ends in TOLD[told].items() if group in people}
    block = Block(tuple(people), tuple(relations), people)
    shares = OpenShares(relations, told, whole=whole)
    counts = HeadCounts(people, relations)
    solved = bound_shares(block, told, [A, B], whole=whole, enough=200)
    for group in (A, B):
        try:
            low, high = list_shares(people, relations, told, group, whole=whole)
        except ValueError:  # nothing fits: whole people cannot have such a percent
            assert group not in solved
            continue
        assert solved[group] == pytest.approx((low, high), abs=0.02)
        near = bound_shares(block, told, [group], whole=whole, enough=0.5)[group]
        assert low - 0.02 <= near[0] <= near[1] <= high + 0.02
        assert (near[1] - near[0] <= 0.5) == (high - low <= 0.5 + 1e-3)
        quick = shares.find(group, counts.list_counts(group))
        if quick is not None:
            assert low - 0.02 <= quick[0] <= quick[1] <= high + 0.02


def test_a_share_of_whole_people_that_no_sum_binds_is_left_to_the_solver():
    # 20 to 55% of two people: one of them, 50%.
    assert OpenShares((), {A: (20, 55)}, whole=True).find(A, [{A: 2}]) is None
    assert OpenShares((), {A: (20, 55)}, whole=False).find(A, [{A: 2}]) == (20, 55)
    assert OpenShares((), {}, whole=True).find(A, [{A: 2}]) == (0, 100)


def test_a_share_in_one_sum_is_plain_arithmetic():
    people = {T: 10, A: 4, B: 6}

    def find(told, group=A, *, whole=False, relations=(PAIR,)):
        return OpenShares(relations, told, whole=whole).find(group, [people])

    # Six of ten, and of the six others at most and at least so many.
    assert find({T: (60, 60), B: (50, 50)}) == (75, 75)
    assert find({T: (60, 60)}) == (0, 100)
    assert find({T: (90, 90)}) == (75, 100)
    assert find({T: (20, 20)}) == (0, 50)
    assert find({T: (85, 95)}, whole=True) == (75, 100)
    assert find({T: (55, 65), B: (45, 55)}, whole=True) == (75, 75)
    assert find({T: (60, 60), B: (51, 52)}, whole=True) is None  # no whole number of six
    assert find({T: (90, 90), A: (0, 10)}) is None
    assert find({B: (50, 50)}) == (0, 100)
    assert find({T: (60, 60)}, T) is None
    assert find({T: (60, 60)}, D) == (0, 100)
    # Two numbers of people that fit: what is open under either is open.
    both = [{T: 10, A: 4, B: 6}, {T: 10, A: 2, B: 8}]
    assert OpenShares((PAIR,), {T: (90, 90)}, whole=False).find(A, both) == (50, 100)
    assert OpenShares((PAIR,), {T: (20, 20)}, whole=False).find(A, both) == (0, 100)
    assert OpenShares((PAIR,), {T: (20, 20)}, whole=False).find(A, both[:1]) == (0, 50)
    # Another part's percent that no whole number of people has, beside a total that is wide.
    assert find({T: (30, 90), B: (51, 52)}, whole=True) is None
    three = OpenShares((SUM,), {T: (30, 90), B: (50, 50), C: (51, 52)}, whole=True)
    assert three.find(A, [{T: 16, A: 4, B: 6, C: 6}]) is None
    assert find({T: (60, 60)}, whole=True) == (0, 100)
    assert find({T: (60, 60), B: (50, 50)}, whole=True) == (75, 75)
    nobody = OpenShares((PAIR,), {T: (60, 60)}, whole=False)
    assert nobody.find(A, [{T: 6, A: 0, B: 6}]) is None
    assert nobody.find(A, [{T: 7, A: 1, B: 6}]) == (0, 100)


def test_a_sum_binds_where_its_total_is_told_or_is_part_of_one_that_is():
    inner = Relation(A, (C, D))

    assert list_binding([PAIR, inner], {T}) == [PAIR, inner]
    assert list_binding([PAIR, inner], {A}) == [inner]
    assert list_binding([PAIR, inner], {C}) == []


def crowd(people, hidden, told=None):
    told = {("points", "x"): told} if told else {}
    return Crowd(wave="w", people=people, told=told, hidden=frozenset(hidden), eligible={})


SCHOOL, TEACHERS, NURSE, AIDES = (
    Group("w", "s", role) for role in ("", "teachers", "nurse", "aides")
)


def test_a_hidden_group_has_at_most_as_many_as_all_that_are_counted():
    people = {SCHOOL: (800, 800), TEACHERS: (600, 600), NURSE: (1, 1e5), AIDES: (1, 1e5)}

    def ceiling(**more):
        (block,) = list_blocks(crowd(people, {NURSE, AIDES}), **more)
        return block.people[NURSE][1]

    assert ceiling() == 2800  # twice as many as are counted beside it
    assert ceiling(most={NURSE: 7}) == 7
    people[SCHOOL] = people[TEACHERS] = (30, 30)
    assert ceiling() == 1000


@pytest.mark.parametrize(
    ("statistic", "blocks"), [("points", 1), ("favourable", 1), ("rate", 2), ("points_low", 2)]
)
def test_schools_hang_together_where_a_sum_over_them_is_told(statistic, blocks):
    people = {Group("w"): (60, 60)}
    for name in "ab":
        people[Group("w", name)] = (30, 30)
        people |= {Group("w", name, role): (1, 1e5) for role in ("nurse", "aides")}
    hidden = frozenset(group for group in people if group.role)
    told = {(statistic, "x"): {Group("w"): (60, 60)}}
    given = Crowd(wave="w", people=people, told=told, hidden=hidden, eligible={})

    assert len(list_blocks(given)) == blocks


def test_the_people_of_a_block_are_bounded_together():
    people = {SCHOOL: (40, 40), TEACHERS: (30, 30), NURSE: (1, 1e5), AIDES: (1, 1e5)}
    (block,) = list_blocks(crowd(people, {NURSE, AIDES}))

    assert bound_people(block, [NURSE, AIDES]) == {NURSE: (1, 9), AIDES: (1, 9)}


@pytest.mark.parametrize(
    ("people", "share", "whole", "enough", "found"),
    [
        ((3, 8), (40, 64.9), False, 25, True),
        ((3, 8), (40, 65), False, 25, False),
        ((8, 8), (40, 45), True, 25, True),  # 3.2 to 3.6 of eight
        ((8, 8), (40, 52.5), True, 25, False),  # 3.2 to 4.2
        ((7, 8), (40, 45), True, 25, False),
        ((3, 8), (100, 100), True, 25, True),
        ((3, 8), (99, 100), True, 25, False),
    ],
)
def test_what_counts_as_recovered(people, share, whole, enough, found):
    assert _is_recovered(people, share, whole=whole, enough=enough) is found


class Given:
    """What the attackers ask of a readout."""

    def __init__(self, shapes=None, min_n=10):
        self.shapes, self.min_n = shapes or {}, min_n


def found(attack, people, hidden, told, *more, min_n=10):
    given = crowd(people, hidden, told)
    return {(one.attacker, one.found, one.role) for one in attack(Given(min_n=min_n), given, *more)}


def test_a_group_that_has_enough_people_is_not_looked_into():
    # 30 less 20: one group of ten, whose mean is told, but ten may be told of.
    people = {SCHOOL: (30, 30), TEACHERS: (20, 20), NURSE: (10, 1e5)}
    told = {SCHOOL: (60, 60), TEACHERS: (60, 60)}

    assert found(attack_sums, people, {NURSE}, told) == {("general", "people", "nurse")}
    assert found(attack_sums, people, {NURSE}, told, min_n=11) == {
        ("general", "people", "nurse"),
        ("general", "mean", "nurse"),
    }


def test_a_size_that_may_be_one_of_two_is_open():
    people = {SCHOOL: (13, 13), TEACHERS: (10, 10), NURSE: (1, 1e5), AIDES: (1, 1e5)}

    assert found(attack_sums, people, {NURSE, AIDES}, {}) == set()
    people[SCHOOL] = (12, 12)
    assert found(attack_sums, people, {NURSE, AIDES}, {}) == {
        ("general", "people", "nurse"),
        ("general", "people", "aides"),
    }


def test_who_knows_the_staff_is_not_asked_of_ten_people_or_more():
    # Twenty are left with 1,995 points of 2,000; ten aides at most, and so ten nurses at least.
    people = {SCHOOL: (40, 40), TEACHERS: (20, 20), NURSE: (1, 1e5), AIDES: (1, 1e5)}
    told = {SCHOOL: (74.875, 74.875), TEACHERS: (50, 50)}
    staff = {NURSE: 19.0, AIDES: 10.0}

    assert found(attack_staff, people, {NURSE, AIDES}, told, staff) == {
        ("insider", "mean", "aides")
    }
    assert found(attack_staff, people, {NURSE, AIDES}, told, staff, min_n=11) == {
        ("insider", "mean", "aides"),
        ("insider", "mean", "nurse"),
    }


def test_a_group_that_may_be_small_is_looked_into_though_it_may_be_large():
    # Of twenty with 1,995 points of 2,000 nobody can have less than 95.
    people = {SCHOOL: (40, 40), TEACHERS: (20, 20), NURSE: (1, 1e5), AIDES: (1, 1e5)}
    told = {SCHOOL: (74.875, 74.875), TEACHERS: (50, 50)}

    assert found(attack_sums, people, {NURSE, AIDES}, told) == {
        ("general", "mean", "nurse"),
        ("general", "mean", "aides"),
    }
    staff = {NURSE: 19.0, AIDES: 19.0}
    assert found(attack_staff, people, {NURSE, AIDES}, told, staff) == {
        ("insider", "mean", "nurse"),
        ("insider", "mean", "aides"),
    }


@pytest.mark.parametrize(("left", "open_"), [(978, False), (974, True)])
def test_a_mean_of_unknown_answers_is_found_to_within_a_quarter_of_the_scale(left, open_):
    # Of ten with so many points of 1,000 one has at least so many less 900, and at most 100.
    people = {SCHOOL: (30, 30), TEACHERS: (20, 20), NURSE: (1, 1e5), AIDES: (1, 1e5)}
    mean = (20 * 50 + left) / 30

    given = found(attack_sums, people, {NURSE, AIDES}, {SCHOOL: (mean, mean), TEACHERS: (50, 50)})
    assert (given == set()) is open_


def test_one_sum_with_a_mean_is_enough_among_sums_that_hang_together():
    # All nurses of the district are counted and nothing else is told of them.
    nurses, other = Group("w", "", "nurse"), Group("w", "t", "nurse")
    hidden = {NURSE, AIDES, other}
    beside = {nurses: (30, 30), other: (1, 1e5), NURSE: (1, 1e5), AIDES: (1, 1e5)}
    people = {SCHOOL: (30, 30), TEACHERS: (20, 20), **beside}
    told = {SCHOOL: (66.5, 66.5), TEACHERS: (50, 50)}

    assert ("general", "mean", "nurse") in found(attack_sums, people, hidden, told)
    # Where something is told of them, however little, the sums are left to the solver.
    told[nurses] = (0, 100)
    assert ("general", "mean", "nurse") in found(attack_sums, people, hidden, told)
    told = {SCHOOL: (63, 63), TEACHERS: (50, 50)}
    staff = {NURSE: 9.0, AIDES: 2.0}
    assert found(attack_staff, people, hidden, told, staff) == {("insider", "mean", "nurse")}


def test_who_knows_the_staff_learns_a_mean_that_the_files_leave_open():
    # Ten are left, of a nurse and aides; in the files either may be nearly all of them.
    people = {SCHOOL: (30, 30), TEACHERS: (20, 20), NURSE: (1, 1e5), AIDES: (1, 1e5)}
    told = {SCHOOL: (66.5, 66.5), TEACHERS: (50, 50)}  # the ten have 995 of 1,000

    assert found(attack_sums, people, {NURSE, AIDES}, told) == {
        ("general", "mean", "nurse"),
        ("general", "mean", "aides"),
    }
    told = {SCHOOL: (63, 63), TEACHERS: (50, 50)}  # 890 of 1,000
    assert found(attack_sums, people, {NURSE, AIDES}, told) == set()
    assert found(attack_staff, people, {NURSE, AIDES}, told, {NURSE: 9.0, AIDES: 2.0}) == {
        ("insider", "mean", "nurse")
    }
    assert found(attack_staff, people, {NURSE, AIDES}, told, {NURSE: 9.0, AIDES: 8.0}) == set()
    # Without a total there is nothing to take away from.
    del people[SCHOOL]
    told = {TEACHERS: (50, 50)}
    assert found(attack_staff, people, {NURSE, AIDES}, told, {NURSE: 1.0}) == set()
    # Of favourable answers the staff's numbers tell no more than the files.
    told = {("favourable", "x"): {SCHOOL: (63, 63), TEACHERS: (50, 50)}}
    people[SCHOOL] = (30, 30)
    given = Crowd(wave="w", people=people, told=told, hidden=frozenset({NURSE, AIDES}), eligible={})
    assert not list(attack_staff(Given(), given, {NURSE: 9.0, AIDES: 2.0}))
