"""The attacker with a pencil, at the bounds: by hand."""

import pytest

from climatekit.release.readout import Crowd, Readout
from climatekit.release.relations import Group
from climatekit.release.subtraction import subtract_parts, subtract_releases

SCHOOL, TEACHERS, NURSE, AIDES = (
    Group("w", "s", role) for role in ("", "teachers", "nurse", "aides")
)
HIDDEN = (1, 1e5)


def crowd(people, hidden=(), told=None, wave="w"):
    told = {("points", "x"): told} if told else {}
    return Crowd(wave=wave, people=people, told=told, hidden=frozenset(hidden), eligible={})


def parts(total, shown, hidden=(NURSE,), min_n=10):
    total = total if isinstance(total, tuple) else (total, total)
    people = {SCHOOL: total, TEACHERS: (shown, shown), **dict.fromkeys(hidden, HIDDEN)}
    given = Readout(entries=(), min_n=min_n)
    return {one.role for one in subtract_parts(given, crowd(people, hidden))}


def test_one_person_left_is_found_and_nobody_is_not():
    assert parts(30, 29) == {"nurse"}
    assert parts(30, 29, (NURSE, AIDES)) == {"nurse", "aides"}
    assert parts(30, 30) == set()  # there is nobody of whom anything could be told


def test_a_rest_of_one_fewer_than_the_least_group_is_found():
    assert parts(30, 20, (NURSE, AIDES)) == set()
    assert parts(30, 21, (NURSE, AIDES)) == {"nurse", "aides"}
    assert parts(30, 21, (NURSE, AIDES), min_n=9) == set()


@pytest.mark.parametrize(("total", "found"), [((60, 60), {"nurse"}), ((59, 60), set())])
def test_a_group_alone_is_found_where_the_total_is_one_number(total, found):
    assert parts(total, 30) == found


def test_a_hidden_total_is_no_total_to_subtract_from():
    people = {SCHOOL: HIDDEN, TEACHERS: (29, 29), NURSE: HIDDEN}

    assert not [*subtract_parts(Readout(entries=()), crowd(people, [SCHOOL, NURSE]))]


def releases(one, other, min_n=10):
    given = Readout(entries=(), min_n=min_n)
    both = [
        {found.school for found in subtract_releases(given, pair)}
        for pair in ((one, other), (other, one))
    ]
    assert both[0] == both[1]
    return both[0]


def test_two_releases_are_held_together_by_the_groups_that_both_count():
    one = crowd({SCHOOL: (20, 20), TEACHERS: (12, 12)})

    assert releases(one, crowd({SCHOOL: (20, 20), AIDES: (15, 15)})) == set()
    assert releases(one, crowd({SCHOOL: (29, 29), AIDES: (15, 15)})) == {"s"}
    assert releases(one, crowd({SCHOOL: (30, 30)})) == set()
    assert releases(one, crowd({SCHOOL: (29, 29)}, wave="v")) == set()


def test_a_group_that_one_of_two_releases_hides_is_not_counted_twice():
    hidden = crowd({SCHOOL: HIDDEN}, [SCHOOL])

    assert releases(hidden, crowd({SCHOOL: (20, 20)}), min_n=30) == set()


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ((59.5, 60.5), (60, 61), False),
        ((59.5, 60.5), (60.5, 61.5), True),  # rounded numbers next to one another
        ((59.5, 60.5), (60.5, 60.5), False),  # told exactly: the same number
        ((59.5, 60.5), (60.6, 60.6), True),
        ((60, 60), (60, 60), False),
        ((60, 60), (60.1, 60.1), True),
        ((50, 70), (59.5, 60.5), False),
    ],
)
def test_two_figures_of_as_many_people_are_apart_where_no_number_is_both(first, second, apart):
    one, other = (crowd({SCHOOL: (20, 20)}, told={SCHOOL: ends}) for ends in (first, second))

    assert releases(one, other) == ({"s"} if apart else set())
