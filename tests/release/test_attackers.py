"""The attackers, each against something that it must break and something that it must not."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from climatekit.release.audit import attack
from climatekit.release.histograms import (
    attack_histograms,
    find_recovered,
    fit_histograms,
    list_histograms,
)
from climatekit.release.ledger import Entry
from climatekit.release.open_shares import OpenShares
from climatekit.release.readout import Makeup, Readout, ScoreShape, gather_crowds
from climatekit.release.relations import Group, Relation
from climatekit.release.spread import Weighing
from climatekit.release.sums import bound_people, bound_shares, list_blocks

WAVE = "w"
FIVE = ScoreShape(items=("i1",), options=5, favourable=2)


def entry(group, statistic, value, subject="", half=0.0, **more):
    school, role = group
    return Entry(
        **{"release": "r1", "exports": "e", "wave": WAVE} | more,
        school=school,
        role=role,
        statistic=statistic,
        subject=subject,
        low=value - half,
        high=value + half,
        text=str(value),
    )


def readout(entries, hidden=(), **more):
    hidden = frozenset(Group(WAVE, school, role) for school, role in hidden)
    return Readout(entries=tuple(entries), hidden=hidden, **more)


def found_by(readout, **more):
    return {
        (one.attacker, one.rule, one.found, one.school, one.role)
        for one in attack(readout, retest=0.6, **more)
    }


# sdcTable, tests/testthat/test-simpleheuristic.R: two or more hidden cells in every row
# and column, and yet the cell w, b can be worked out.
TABLE = {
    "w": {"a": 30, "b": 47, "c": 64, "d": 89},
    "x": {"a": 90, "b": 124, "c": 5, "d": 31},
    "y": {"a": 92, "b": 100, "c": 59, "d": 85},
    "z": {"a": 800, "b": 991, "c": 651, "d": 685},
}
HIDDEN = ["wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"]


def table(hidden):
    entries = [entry(("", ""), "answered", 3943)]
    for row, cells in TABLE.items():
        entries.append(entry((row, ""), "answered", sum(cells.values())))
        entries += [
            entry((row, column), "answered", count)
            for column, count in cells.items()
            if row + column not in hidden
        ]
    for column in "abcd":
        total = sum(cells[column] for cells in TABLE.values())
        entries.append(entry(("", column), "answered", total))
    return readout(entries, [tuple(cell) for cell in hidden])


def test_the_general_attacker_finds_the_cell_that_two_hidden_in_every_line_do_not_protect():
    assert found_by(table(HIDDEN)) == {("general", "D2", "people", "w", "b")}


def test_one_more_hidden_cell_protects_it_as_sdctable_says():
    assert found_by(table([*HIDDEN, "xb"])) == set()


def test_bounds_of_a_hidden_size_are_those_of_plain_arithmetic():
    (crowd,) = gather_crowds(table([*HIDDEN, "xb"]))
    (block,) = list_blocks(crowd)

    # Of 230 in row w 89 are shown; the other two hidden cells have at least one each.
    assert bound_people(block, [Group(WAVE, "w", "b")]) == {Group(WAVE, "w", "b"): (1, 139)}


def school(people, shown, hidden, **points):
    entries = [entry(("s", ""), "answered", people)]
    entries += [entry(("s", role), "answered", count) for role, count in shown.items()]
    entries += [
        entry(("s", role.replace("all", "")), "points", mean, "x", 0.5)
        for role, mean in points.items()
    ]
    return readout(entries, [("s", role) for role in hidden])


def test_two_single_holders_beside_eleven_teachers_are_found():
    found = found_by(school(13, {"teachers": 11}, ["nurse", "principal"]))

    assert {"subtractor", "general"} == {one[0] for one in found}
    assert {one[-1] for one in found} == {"nurse", "principal"}


def test_a_hidden_rest_of_ten_in_two_groups_is_not_found():
    hidden = school(40, {"teachers": 30}, ["nurse", "aides"], all=60, teachers=62)

    assert found_by(hidden) == set()


def test_a_rest_that_no_file_names_is_found():
    assert found_by(school(30, {"teachers": 25}, [])) == {("subtractor", "D2", "people", "s", "")}


def test_a_rest_of_one_person_whom_no_file_names_is_found():
    given = school(30, {"teachers": 20, "aides": 9}, [])

    assert given.hidden == frozenset()
    assert ("subtractor", "D2", "people", "s", "") in found_by(given)
    assert found_by(school(30, {"teachers": 20, "aides": 10}, [])) == set()


def test_one_hidden_group_alone_is_found_however_large_it_is():
    found = found_by(school(60, {"teachers": 30}, ["others"]))

    assert ("subtractor", "D2", "people", "s", "others") in found


def test_the_mean_of_a_small_hidden_group_is_found_from_means_alone():
    entries = [
        entry(("s", ""), "answered", 14),
        entry(("s", "teachers"), "answered", 11),
        entry(("s", ""), "points", 60.0, "x", 0.05),
        entry(("s", "teachers"), "points", 63.0, "x", 0.05),
    ]

    found = found_by(readout(entries, [("s", "others")], shapes={"x": FIVE}))

    assert ("general", "D2", "mean", "s", "others") in found


def test_bounds_of_a_hidden_mean_are_those_of_plain_arithmetic():
    # 40 people, 60 points to within half; 30 of them 70 to within half. The others' sum:
    # from 40 x 59.5 - 30 x 70.5 = 265 to 40 x 60.5 - 30 x 69.5 = 335. One group may be of
    # 1 to 9: alone it can have 0 to 100; nine of ten people at most 335 / 9.
    (crowd,) = gather_crowds(
        school(40, {"teachers": 30}, ["a", "b"], all=60, teachers=70),
    )
    (block,) = list_blocks(crowd)
    group = Group(WAVE, "s", "a")

    people = bound_people(block, [group])[group]
    told = crowd.told["points", "x"]
    share = bound_shares(block, told, [group], whole=False, enough=200)[group]

    assert people == (1, 9)
    assert share == pytest.approx((0, 100), abs=1e-3)
    fixed = {**block.people, group: (9.0, 9.0)}
    block = type(block)(block.groups, block.relations, fixed)
    share = bound_shares(block, told, [group], whole=False, enough=200)[group]
    assert share == pytest.approx(((265 - 100) / 9, 335 / 9), abs=1e-3)


def test_who_knows_the_staff_attacks_as_well_and_only_who_does():
    # Ten are left with 890 points of 1,000; of eight or nine nurses' mean little is open.
    entries = [
        entry(("s", ""), "answered", 30),
        entry(("s", "teachers"), "answered", 20),
        entry(("s", ""), "points", 63.0, "x"),
        entry(("s", "teachers"), "points", 50.0, "x"),
    ]
    given = readout(entries, [("s", "nurse"), ("s", "aides")])
    staff = {Group(WAVE, "s", "nurse"): 9.0, Group(WAVE, "s", "aides"): 2.0}

    assert found_by(given) == set()
    assert found_by(given, staff=staff) == {("insider", "D2", "mean", "s", "nurse")}


def test_the_coefficients_of_a_district_are_taken_apart_as_well():
    # The district of test_moments: all that lies between schools leaves the hidden one near.
    entries = [entry(("", ""), "answered", 24), entry(("", ""), "sem", 8, "x")]
    entries += [entry(("", ""), "alpha_total", 0.36, "x"), entry(("", ""), "icc2", 0.5, "x")]
    for name in "ab":
        entries += [entry((name, ""), "answered", 10), entry((name, ""), "points", 50, "x")]
    given = readout(entries, [("h", "")], shapes={"x": FIVE})

    assert ("moments", "D16", "mean", "h", "") in found_by(given)


def test_all_of_a_hidden_group_favourable_is_found():
    # 23 of 23 and 20 of 20 are favourable: so are the other three.
    entries = [
        entry(("s", ""), "answered", 23),
        entry(("s", "teachers"), "answered", 20),
        entry(("s", ""), "favourable", 100.0, "i1"),
        entry(("s", "teachers"), "favourable", 100.0, "i1"),
    ]

    found = found_by(readout(entries, [("s", "others")]))

    assert ("general", "D2", "answers", "s", "others") in found


@pytest.mark.parametrize(("people", "options"), [(1, 2), (3, 4), (6, 5)])
def test_every_histogram_is_listed_once(people, options):
    ways = {tuple(way) for way in list_histograms(people, options).tolist()}

    every = itertools.product(range(people + 1), repeat=options)
    assert ways == {way for way in every if sum(way) == people}
    assert len(list_histograms(people, options)) == math.comb(people + options - 1, options - 1)


def test_mean_sd_and_percent_at_the_usual_rounding_give_answers_away():
    # Ten answers: 1 2 3 3 4 4 4 5 5 5; mean 3.60, SD 1.35, 60% favourable.
    told = {"mean": (3.595, 3.605), "sd": (1.345, 1.355), "favourable": (59.5, 60.5)}

    assert find_recovered(fit_histograms(10, FIVE, told)) != ()
    assert find_recovered(fit_histograms(10, FIVE, {"mean": (3.55, 3.65)})) == ()


SHARES = [(0, 25), (35, 45), (55, 65), (75, 100), (95, 100), (100, 100), (0, 0)]


@pytest.mark.parametrize("points", [None, (0, 0.5), (20, 21), (49.5, 50.5), (94.5, 100), (99, 100)])
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("people", [4, 11])
def test_the_quick_histogram_attacker_finds_what_listing_all_finds(people, share, points):
    group = ("s", "")
    middle, half = sum(share) / 2, (share[1] - share[0]) / 2
    entries = [
        entry(group, "answered", people),
        entry(group, "favourable", middle, "i1", half),
    ]
    told = {"favourable": share}
    if points is not None:
        mean, reach = sum(points) / 2, (points[1] - points[0]) / 2
        entries.append(entry(group, "points", mean, "x", reach))
        told["mean"] = tuple(1 + end / 25 for end in points)
    given = readout(entries, shapes={"x": FIVE})

    found = list(attack_histograms(given, gather_crowds(given)[0]))

    assert bool(found) == bool(find_recovered(fit_histograms(people, FIVE, told)))


def spread(n, mean, low, high, staff=None):
    group = ("s", "")
    entries = [entry(group, "answered", n), entry(group, "points", mean, "x", 0.5)]
    if low is not None:
        entries += [
            entry(group, "points_low", low, "x", 0.5),
            entry(group, "points_high", high, "x", 0.5),
        ]
    if staff:
        entries.append(entry(group, "eligible", staff))
    return readout(entries)


INTERVALS_OF_OTHERS = (
    entry(("t", ""), "points_low", 40, "x", 0.5),
    entry(("t", ""), "points_high", 60, "x", 0.5),
)


def test_a_score_without_its_interval_tells_that_nobody_differs():
    given = spread(12, 60, None, None)

    assert found_by(given) == set()  # nothing has an interval here
    found = found_by(readout((*given.entries, *INTERVALS_OF_OTHERS)))
    assert found == {("spread", "D5", "person", "s", "")}


def test_the_narrowest_interval_in_whole_points_pins_a_few_people_only():
    # s of at most 0.5 / (t sqrt(0.4 / n)); everybody within s (n - 1) / sqrt(n) of 60 +/- 0.5:
    # of 12 people within 4.4 of it, of 14 within 5.3.
    assert found_by(spread(12, 60, 60, 60)) == {("spread", "D5", "person", "s", "")}
    assert found_by(spread(14, 60, 60, 60)) == set()


def test_an_ordinary_interval_pins_nobody():
    assert found_by(spread(12, 60, 50, 70, staff=15)) == set()


def test_an_insider_who_alone_differs_learns_of_all_the_others():
    # Eleven people at 60 and one at 0: their own answers explain all of the spread.
    scores = np.array([60.0] * 11 + [0.0])
    mean, sd = scores.mean(), scores.std(ddof=1)
    reach = 2.200985 * sd / math.sqrt(12)  # t of 0.975 with 11 degrees of freedom
    given = spread(12, mean, mean - reach, mean + reach)
    exact = readout(
        [
            Entry(
                **{name: getattr(one, name) for name in ("release", "exports", "wave", "school")},
                statistic=one.statistic,
                subject=one.subject,
                low=(one.low + one.high) / 2 - 0.005,
                high=(one.low + one.high) / 2 + 0.005,
                text=one.text,
            )
            for one in given.entries
        ]
    )
    persons = {(Group(WAVE, "s"), "x"): scores.tolist()}
    staff = {Group(WAVE, "s"): 1e6}  # next to nobody was asked: no census correction

    assert found_by(exact, staff=staff) == set()
    assert found_by(exact, persons=persons, staff=staff) == {("insider", "D5", "person", "s", "")}
    # Without knowing how many work there the spread is not known as closely.
    assert found_by(exact, persons=persons) == set()


@pytest.mark.parametrize(
    ("later", "mean", "found"), [(21, 60, True), (29, 60, True), (30, 60, False), (20, 61, True)]
)
def test_a_wave_told_of_again_with_a_few_people_more_is_found(later, mean, found):
    first = [entry(("s", ""), "answered", 20), entry(("s", ""), "points", 60, "x", 0.5)]
    second = [
        entry(("s", ""), "answered", later, release="r2", exports="f"),
        entry(("s", ""), "points", mean, "x", 0.5, release="r2", exports="f"),
    ]

    given = readout([*second, *first])

    assert (("subtractor", "D9", "people", "s", "") in found_by(given)) is found


@pytest.mark.parametrize("exactly", ["r1", "r2"])
@pytest.mark.parametrize(("number", "found"), [(60.5, False), (60.6, True)])
def test_one_number_told_in_a_range_and_exactly_at_its_end_is_one_number(number, found, exactly):
    entries = []
    for release in ("r1", "r2"):
        place = {"release": release, "exports": release}
        told = (number, 0.0) if release == exactly else (60, 0.5)
        entries.append(entry(("s", ""), "answered", 20, **place))
        entries.append(entry(("s", ""), "points", told[0], "x", told[1], **place))
    given = readout(entries)

    assert (("subtractor", "D9", "people", "s", "") in found_by(given)) is found


def test_a_hidden_group_of_which_an_earlier_release_told_is_known():
    first = [entry(("s", "teachers"), "answered", 25), entry(("s", ""), "answered", 30)]
    second = [entry(("s", ""), "answered", 30, release="r2")]

    assert found_by(readout([*second, *first], [("s", "teachers"), ("s", "others")]))
    assert not found_by(readout(second, [("s", "teachers"), ("s", "others")]))


def test_a_role_group_that_an_earlier_release_told_is_held_against_the_school_of_this_one():
    now = [entry(("s", ""), "answered", 30, release="r2")]
    earlier = entry(("s", "teachers"), "answered", 25, exports="e/g", release="r1")
    other = entry(("s", "teachers"), "answered", 12, exports="e/h", release="r0")

    assert found_by(readout(now)) == set()
    assert ("subtractor", "D2", "people", "s", "") in found_by(readout([*now, earlier]))
    # Two ways to group the same people are two sums, not one of all their parts.
    assert found_by(readout([*now, other])) == set()
    assert found_by(readout([*now, other, earlier])) == found_by(readout([*now, earlier]))


def test_each_block_is_attacked_alone():
    entries, hidden = [], []
    for number in range(40):
        entries += [
            entry((f"s{number}", ""), "answered", 40),
            entry((f"s{number}", "teachers"), "answered", 25),
        ]
        hidden += [(f"s{number}", "nurse"), (f"s{number}", "aides")]
    (crowd,) = gather_crowds(readout(entries, hidden))

    blocks = list_blocks(crowd)

    assert len(blocks) == 40
    assert {len(block.groups) for block in blocks} == {4}


def test_sums_that_hang_together_are_left_to_the_solver():
    school_total, district = Group(WAVE, "s", ""), Group(WAVE, "", "")
    parts = Group(WAVE, "s", "a"), Group(WAVE, "s", "b")
    relations = (Relation(district, (school_total,)), Relation(school_total, parts))
    people = {district: 20, school_total: 20, parts[0]: 5, parts[1]: 15}

    def open_of(told):
        return OpenShares(relations, told, whole=False).find(parts[0], [people])

    assert open_of({}) == (0, 100)
    assert open_of({school_total: (90, 90)}) == (60, 100)
    assert open_of({school_total: (90, 90), district: (90, 90)}) is None


# Weighted people: the hash of their exports begins with w.


def weigh(given, subjects):
    entries = [one._replace(exports="w" + one.exports) for one in given.entries]
    return replace(given, entries=tuple(entries), weighted=frozenset(subjects))


def test_a_school_is_not_taken_for_the_sum_of_its_roles_where_people_are_weighted():
    # 30 people at 60, 20 of them at 50: each counting once, the ten hidden ones are at 80.
    groups = [("s", ""), ("s", "a"), ("s", "b")]
    entries = [entry(groups[0], "answered", 15), entry(groups[1], "answered", 10)]
    entries += [entry(groups[0], "points", 60, "x", 0.1), entry(groups[1], "points", 50, "x", 0.1)]
    plain = readout(entries, hidden=[groups[2]])

    assert ("general", "D2", "mean", "s", "b") in found_by(plain)
    weighted = found_by(weigh(plain, ["x"]))
    assert ("general", "D2", "mean", "s", "b") not in weighted
    # How many people they are is as open as ever.
    assert ("subtractor", "D2", "people", "s", "b") in weighted


def test_one_wave_told_with_weights_and_without_is_told_of_twice():
    plain = readout([entry(("s", ""), "answered", 30), entry(("s", ""), "points", 60, "x", 0.5)])
    other = weigh(
        readout([entry(("s", ""), "answered", 30), entry(("s", ""), "points", 63, "x", 0.5)]), ["x"]
    )
    both = replace(other, entries=(*other.entries, *plain.entries))

    assert found_by(both) == {("subtractor", "D9", "people", "s", "")}


def test_who_knows_the_weights_finds_whoever_outweighs_the_rest():
    given = weigh(spread(12, 60, 58, 62, staff=1_000_000), ["x"])
    even = Weighing(effective=12, heaviest=1 / 12, people=((60.0, 1 / 12),) * 12)
    heavy = Weighing(effective=3, heaviest=0.5, people=((60.0, 0.5), *((60.0, 0.5 / 11),) * 11))
    group = Group(WAVE, "s"), "x"

    assert found_by(given) == set()  # nobody knows them
    assert found_by(given, weighings={group: even}) == set()
    # Half the weight is as far from the mean as all others together, at most the spread:
    # 2.5 * sqrt(3) / 4.3 * sqrt(2 / 3) = 0.8 points.
    assert found_by(given, weighings={group: heavy}) == {("spread", "D5", "person", "s", "")}


@pytest.mark.parametrize(
    ("favourable", "points", "found"),
    [
        # A quarter at most favourable and the score at the most that leaves: the others all
        # chose the middle, and nobody who has a twentieth of the weight the lowest answer.
        (20, 62, True),
        (20, 50, False),
        (50, 50, False),
    ],
)
def test_where_people_are_weighted_it_is_their_weight_that_an_answer_can_have(
    favourable, points, found
):
    group = ("s", "")
    entries = [
        entry(group, "answered", 24),
        entry(group, "favourable", favourable, "i1", 5),
        entry(group, "points", points, "x", 0.5),
    ]
    given = weigh(readout(entries, shapes={"x": FIVE}), ["x", "i1"])

    assert (("histogram", "D4", "answers", "s", "") in found_by(given)) == found


HALVES = {
    name: Makeup(shares=tuple((item, sign / len(items)) for item, sign in items), step=20.0)
    for name, items in {
        "all": [("a", 1), ("b", -1), ("c", 1), ("d", 1)],
        "one": [("a", 1), ("b", -1)],
        "two": [("c", 1), ("d", 1)],
    }.items()
}


def tell_parts(unsaid=(), **told):
    """Return what is read where these means are printed; a capped one is 95 or more."""
    school = ("s", "")
    entries = [entry(school, "answered", 12)]
    for score, mean in told.items():
        half = 2.75 if mean > 95 else 0.5
        entries.append(entry(school, "points", mean, score, half=half))
    secret = frozenset((Group(WAVE, "s"), score) for score in unsaid)
    return readout(entries, makeups=HALVES, unsaid=secret)


PART_FOUND = {("parts", "D2", "part", "s", "")}


@pytest.mark.parametrize(
    ("unsaid", "told", "found"),
    [
        (["two"], {"all": 60, "one": 50}, PART_FOUND),
        (["all"], {"one": 50, "two": 70}, PART_FOUND),
        (["one", "two"], {"all": 60}, set()),
        (["one"], {"two": 70}, set()),
        # The total and one half put the other nearer to the end than "95 or more".
        ([], {"all": 90, "one": 82, "two": 97.25}, PART_FOUND),
        # One half is hidden for the sake of the other, which the two would tell of.
        (["one"], {"all": 90, "two": 97.25}, set()),
        ([], {"all": 86, "one": 75, "two": 97.25}, set()),
    ],
)
def test_a_total_is_set_against_its_parts(unsaid, told, found):
    assert found_by(tell_parts(unsaid, **told)) == found


def test_parts_that_contradict_their_total_tell_nothing():
    assert found_by(tell_parts(["two"], all=90, one=20)) == set()


def test_what_an_earlier_release_told_of_parts_does_not_hold_up_this_one():
    now = tell_parts(["one", "two"], all=60)
    before = entry(("s", ""), "points", 50, "one", half=0.5, release="r0")

    assert found_by(replace(now, entries=(*now.entries, before))) == set()
