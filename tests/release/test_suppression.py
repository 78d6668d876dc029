"""The pattern of hidden groups: small, steady, and not to be undone by subtraction."""

import random
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from climatekit.release.relations import Group, Relation, list_relations, split_blocks
from climatekit.release.suppression import choose_hidden, find_leaks


def school(name, *roles, wave="w"):
    """The groups of one school from the sizes of its roles."""
    own = {Group(wave, name, f"r{number}"): size for number, size in enumerate(roles)}
    return {**own, Group(wave, name): sum(roles)}


def district(*schools):
    people = dict(chain.from_iterable(one.items() for one in schools))
    totals = {}
    for group, size in people.items():
        total = group._replace(school="")
        totals[total] = totals.get(total, 0) + size
    return {**people, **totals}


sizes = st.integers(0, 45)
districts = st.lists(st.tuples(sizes, sizes), min_size=1, max_size=6).map(
    lambda rows: district(*(school(f"s{n}", *row) for n, row in enumerate(rows)))
)


def test_a_school_of_thirteen_hides_its_teachers_with_its_two_lone_people():
    people = school("101", 11, 1, 1)

    hidden = choose_hidden(people, min_n=10)

    assert hidden == {Group("w", "101", f"r{number}") for number in range(3)}


def test_two_large_role_groups_are_both_shown():
    assert choose_hidden(school("101", 22, 12), min_n=10) == frozenset()


def test_one_hidden_school_is_never_alone():
    """30 + 25 + 7: without the 7 the district's total would tell them."""
    people = district(school("a", 30), school("b", 25), school("c", 7))
    people = {group: size for group, size in people.items() if not group.role}

    hidden = choose_hidden(people, min_n=10)

    assert hidden == {Group("w", "b"), Group("w", "c")}


def test_without_a_district_total_nothing_else_is_hidden():
    people = {Group("w", "a"): 30, Group("w", "b"): 25, Group("w", "c"): 7}

    assert choose_hidden(people, min_n=10) == {Group("w", "c")}


def test_the_one_school_of_a_district_is_hidden_with_the_district():
    assert choose_hidden({Group("w", "a"): 7, Group("w"): 7}, min_n=10) == {
        Group("w", "a"),
        Group("w"),
    }


def test_what_was_hidden_before_is_hidden_again_where_that_costs_little_more():
    people = {Group("w", "a"): 30, Group("w", "b"): 25, Group("w", "c"): 7, Group("w"): 62}

    hidden = choose_hidden(people, min_n=10, hidden_before={Group("w", "a")})

    assert hidden == {Group("w", "a"), Group("w", "c")}


def test_to_hide_again_costs_half():
    # Half of log(400) is more than log(12), and half of log(100) less.
    for before, hidden in ((399, "b"), (99, "a")):
        people = {Group("w", "a"): before, Group("w", "b"): 11, Group("w", "c"): 7}
        people[Group("w")] = sum(people.values())

        again = choose_hidden(people, min_n=10, hidden_before={Group("w", "a")})
        assert again == {Group("w", hidden), Group("w", "c")}


@settings(max_examples=80, deadline=None)
@given(people=districts, least=st.sampled_from([5, 10]))
def test_no_rest_of_a_printed_total_is_small(people, least):
    hidden = choose_hidden(people, min_n=least)

    assert {group for group, size in people.items() if 0 < size < least} <= hidden
    assert find_leaks(people, hidden, min_n=least) == ()


@settings(max_examples=40, deadline=None)
@given(people=districts, seed=st.integers(0, 99))
def test_the_pattern_does_not_depend_on_the_order_of_the_groups(people, seed):
    shuffled = list(people.items())
    random.Random(seed).shuffle(shuffled)

    assert choose_hidden(dict(shuffled), min_n=10) == choose_hidden(people, min_n=10)


@settings(max_examples=60, deadline=None)
@given(people=districts)
def test_no_hidden_size_can_be_solved_from_the_printed_ones(people):
    """The linear attacker: every hidden size between the least and most that fit."""
    hidden = choose_hidden(people, min_n=10)
    unknown = sorted(group for group in hidden if people[group])
    place = {group: number for number, group in enumerate(unknown)}
    rows, sums = [], []
    for relation in list_relations(people):
        row = np.zeros(len(unknown))
        known = 0
        for group, sign in ((relation.total, -1), *((part, 1) for part in relation.parts)):
            if group in place:
                row[place[group]] += sign
            else:
                known -= sign * people[group]
        if row.any():
            rows.append(row)
            sums.append(known)
    for group, number in place.items():
        aim = np.eye(len(unknown))[number]
        ends = [
            linprog(sign * aim, A_eq=rows or None, b_eq=sums or None, bounds=(0, 500)).fun
            for sign in (1, -1)
        ]

        assert -ends[1] - ends[0] >= 1, (group, people[group])


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(sizes, sizes), min_size=1, max_size=2))
def test_no_cheaper_pattern_is_safe(rows):
    """Every pattern of a small district tried: none that is safe loses less."""
    people = district(*(school(f"s{n}", *row) for n, row in enumerate(rows)))
    groups = sorted(group for group, size in people.items() if size)
    must = {group for group in groups if people[group] < 10}
    totals = {relation.total for relation in list_relations(people)}
    free = [group for group in groups if group not in must]

    def cost(hidden):
        return sum(np.log1p(people[one]) + 6 * (one in totals) for one in hidden if people[one])

    def is_safe(hidden):
        open_sums = any(
            relation.total in hidden and not set(relation.parts) & hidden
            for relation in list_relations(people)
        )
        return not open_sums and not find_leaks(people, hidden, min_n=10)

    patterns = chain.from_iterable(combinations(free, count) for count in range(len(free) + 1))
    cheapest = min(cost(must | set(one)) for one in patterns if is_safe(must | set(one)))

    assert cost(choose_hidden(people, min_n=10)) == pytest.approx(cheapest, abs=1e-4)


def test_waves_are_blocks_of_their_own():
    people = {**district(school("a", 12, 20)), **district(school("a", 3, 30, wave="v"))}

    blocks = split_blocks(people, (one.groups for one in list_relations(people)))

    assert [{group.wave for group in block} for block in blocks] == [{"v"}, {"w"}]


def test_relations_are_those_of_the_printed_totals_alone():
    people = {Group("w", "a"): 30, Group("w", "a", "r0"): 30, Group("w", "a", "r1"): 0}

    assert list_relations(people) == (Relation(Group("w", "a"), (Group("w", "a", "r0"),)),)
