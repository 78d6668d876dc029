"""The change attacker: what a change's interval adds to what its two waves tell of themselves."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from climatekit.measure.two_samples import Samples, compare_samples
from climatekit.release import audit
from climatekit.release.audit import attack
from climatekit.release.changes import attack_moves, join_changes
from climatekit.release.ledger import Entry
from climatekit.release.readout import Readout, ScoreShape, gather_crowds
from climatekit.release.relations import Group
from climatekit.release.spread import Weighing

RETEST = 0.6
ONE = ScoreShape(items=("i",), options=5, favourable=2)
PINNED = {("histogram", "D4", "answers", "b")}


def enter(statistic, value, half, wave, since=""):
    return Entry(
        release="r",
        exports={"a": "e", "b": "f"}[wave] if not since else "e+f",
        wave=wave,
        since=since,
        school="s",
        statistic=statistic,
        subject="" if statistic in {"answered", "eligible"} else "x",
        low=value - half,
        high=value + half,
        text=f"{value:g}",
    )


def publish(before, after, half=0.005, *, own="ab", own_half=0.5, staff=(10**9, 10**9)):
    """Return what is printed of two waves: `own` ones' intervals, and a change's to `half`."""
    entries, sides = [], []
    for wave, listed, answers in zip("ab", staff, (before, after), strict=True):
        scores = np.asarray(answers, dtype=float)
        n, sd = len(scores), scores.std(ddof=1)
        sides.append((scores.mean(), sd, n, n / listed))
        entries += [enter("answered", n, 0, wave), enter("eligible", listed, 0, wave)]
        entries.append(enter("points", round(scores.mean()), 0.5, wave))
        reach = t.ppf(0.975, n - 1) * sd * math.sqrt((1 - RETEST * n / listed) / n)
        ends = (scores.mean() - reach, scores.mean() + reach)
        if wave in own:
            names = ("points_low", "points_high")
            entries += [
                enter(name, _cut(end, own_half), own_half, wave)
                for name, end in zip(names, ends, strict=True)
            ]
    welch = compare_samples(
        *(
            Samples(**{
                name: np.array([float(value)])
                for name, value in zip(("mean", "sd", "n", "covered"), side, strict=True)
            })
            for side in sides
        ),
        RETEST,
    )  # fmt: skip
    gap, reach = float(welch.difference[0]), float(welch.reach(0.95)[0])
    move = math.ceil(float(welch.find_detectable()[0]))
    entries += [
        enter("difference_low", _cut(gap - reach, half), half, "b", "a"),
        enter("difference_high", _cut(gap + reach, half), half, "b", "a"),
        enter("detectable", move - 0.5, 0.5, "b", "a"),
    ]
    return Readout(entries=tuple(entries), shapes={"x": ONE}), sides


def _cut(value, half):
    return round(value / (2 * half)) * 2 * half


def attacked(readout, **more):
    return {
        (one.attacker, one.rule, one.found, one.wave)
        for one in attack(readout, retest=RETEST, **more)
    }


def without_changes(readout):
    own = tuple(one for one in readout.entries if not one.since)
    return replace(readout, entries=own)


# Sixty people whose spread is small, then ten.
SIXTY = [50] * 30 + [75] * 30
TEN = [25, *[50] * 6, 75, 75, 75]
SEVERAL = ScoreShape(items=("i", "j", "k"), options=5, favourable=2)


def test_an_exact_interval_of_a_change_gives_the_answers_of_ten_people_away():
    told, _ = publish(SIXTY, TEN, own="a")

    assert attacked(told) == PINNED
    assert attacked(without_changes(told)) == set()
    # As it is printed: whole points, and nothing of the kind of a score of one item.
    whole, _ = publish(SIXTY, TEN, 0.5)
    assert attacked(replace(whole, shapes={"x": SEVERAL})) == set()


def test_it_is_the_change_attacker_who_finds_it(monkeypatch):
    told, _ = publish(SIXTY, TEN, own="a")
    monkeypatch.setattr(audit, "join_changes", lambda _readout, crowds, **_: crowds)

    assert attacked(told) == set()


@pytest.mark.parametrize("own", ["ab", "a", ""])
@pytest.mark.parametrize("half", [0.005, 0.5])
@pytest.mark.parametrize("staff", [(10**9, 10**9), (30, 12), (10, 10)])
def test_what_is_worked_out_is_never_wrong(half, own, staff):
    dice = np.random.default_rng(5)
    for _ in range(15):
        sizes = dice.integers(10, min(staff[0], 30) + 1), dice.integers(10, min(staff[1], 30) + 1)
        before, after = (np.clip(dice.normal(60, 15, size), 0, 100) for size in sizes)
        told, sides = publish(before, after, half, own=own, staff=staff)
        crowds = join_changes(told, gather_crowds(told), retest=RETEST)

        for crowd, (mean, sd, n, _) in zip(crowds, sides, strict=True):
            group = Group(crowd.wave, "s")
            low, high = crowd.told["points", "x"][group]
            assert low - 1e-6 <= mean <= high + 1e-6
            low, high = crowd.spreads[group, "x"]
            assert low - 1e-6 <= sd * math.sqrt((n - 1) / n) <= high + 1e-6


def test_the_middle_of_an_interval_places_a_mean_within_half_a_point():
    told, (_, (mean, *_)) = publish(SIXTY, [*TEN[:-1], 90], 0.5)
    (_, after) = join_changes(told, gather_crowds(told), retest=RETEST)

    low, high = after.told["points", "x"][Group("b", "s")]
    assert low <= mean <= high
    assert high - low == pytest.approx(0.5)


def test_of_linked_people_no_covariance_is_known_and_no_more_is_concluded():
    told, _ = publish(SIXTY, TEN, own="a")
    linked = replace(told, unlinked=frozenset())

    assert attacked(linked) == set()
    assert attacked(replace(told, unlinked=frozenset({("a", "b", "s", "x")}))) == PINNED
    # Twenty linked people who all moved alike: the spread before is that after.
    still = tuple(
        one._replace(low=-0.01, high=0.01) if one.statistic.startswith("difference_") else one
        for one in told.entries
        if one.statistic != "detectable" and not (one.wave == "b" and "points_" in one.statistic)
    )
    crowds = join_changes(replace(linked, entries=still), gather_crowds(told), retest=RETEST)
    root = [crowd.spreads[Group(crowd.wave, "s"), "x"][1] for crowd in crowds]
    assert root[1] / math.sqrt(9) == pytest.approx(root[0] / math.sqrt(59), rel=0.3)


def test_weights_that_nobody_knows_keep_the_spread_unknown():
    told, _ = publish(SIXTY, TEN, own="a")
    entries = tuple(
        one._replace(exports="+".join(f"w{part}" for part in one.exports.split("+")))
        for one in told.entries
    )
    weighted = replace(told, entries=entries, weighted=frozenset({"x"}))
    known = {
        (Group(wave, "s"), "x"): Weighing(effective=n, heaviest=1 / n, people=())
        for wave, n in (("a", 60), ("b", 10))
    }

    crowds = gather_crowds(weighted)
    assert not any(one.spreads for one in join_changes(weighted, crowds, retest=RETEST))
    joined = join_changes(weighted, crowds, retest=RETEST, weighings=known)
    plain = join_changes(told, gather_crowds(told), retest=RETEST)
    assert [one.spreads for one in joined] == [one.spreads for one in plain]


def test_an_insider_learns_the_others_scores_from_an_exact_change():
    # Nine at 60, one at 44, who knows it: all of the spread is theirs.
    after = [60.0] * 9 + [44.0]
    told, _ = publish([58.0, 62.0] * 100, after, own="a")
    persons = {(Group("b", "s"), "x"): after}
    told = replace(told, shapes={})

    assert attacked(told) == set()
    assert attacked(without_changes(told), persons=persons) == set()
    assert attacked(told, persons=persons) == {("insider", "D5", "person", "b")}


def test_a_change_of_other_exports_says_nothing_of_these_people():
    told, _ = publish(SIXTY, TEN, own="a")
    other = tuple(one._replace(exports="e+g") if one.since else one for one in told.entries)

    assert attacked(replace(told, entries=other)) == set()


@pytest.mark.parametrize(
    ("half", "blur", "linked", "found"),
    # 2.262 is t of nine: 18 halves over it are 10 points at 1.257, counted from the outer ends.
    [
        (1, 0, True, True),
        (2, 0, True, False),
        (1, 0, False, False),
        (1, 0.24, True, True),
        (1, 0.27, True, False),
    ],
)
def test_people_who_all_moved_alike_are_found_where_they_are_linked(half, blur, linked, found):
    told, _ = publish(SIXTY, TEN, 0.5)
    ends = {"difference_low": 5 - half, "difference_high": 5 + half}
    entries = tuple(
        one._replace(low=ends[one.statistic] - blur, high=ends[one.statistic] + blur)
        if one.statistic in ends
        else one
        for one in told.entries
        if one.statistic != "detectable" and not one.statistic.startswith("points_")
    )
    moved = replace(told, entries=entries, shapes={}, unlinked=frozenset() if linked else None)

    # Of ten people each is within 9 halves of the interval over t of it: 4 points, or 8.
    assert (("spread", "D5", "person", "b") in attacked(moved)) is found
    # Those who answered in other exports are not whom the change is of.
    other = replace(moved, entries=(*entries, enter("answered", 5, 0, "b")._replace(exports="g")))
    assert bool(list(attack_moves(other, gather_crowds(other)))) is found


@pytest.mark.parametrize("end", ["difference_low", "difference_high"])
def test_half_an_interval_tells_nothing_of_linked_people(end):
    told, _ = publish(SIXTY, TEN, own="a")
    cut = tuple(
        one._replace(low=None) if one.statistic == end else one
        for one in told.entries
        if one.statistic != "detectable"
    )
    kept = tuple(one for one in cut if one.statistic != end)

    crowds = gather_crowds(told)
    alone = join_changes(without_changes(told), crowds, retest=RETEST)
    for entries in (cut, kept):
        linked = replace(told, entries=entries, unlinked=frozenset())
        assert attacked(linked) == set()
        joined = join_changes(linked, crowds, retest=RETEST)
        assert [one.told for one in joined] == [one.told for one in alone]


def test_a_role_groups_change_is_not_the_schools():
    told, _ = publish(SIXTY, TEN, own="a")
    roles = tuple(
        one._replace(role="teacher", low=one.low + 0.004, high=one.high + 0.004)
        for one in told.entries
        if one.since
    )

    crowds = gather_crowds(told)
    both = replace(told, entries=(*told.entries, *roles))
    assert join_changes(both, crowds, retest=RETEST) == join_changes(told, crowds, retest=RETEST)


def test_a_spread_that_is_known_leaves_the_other_waves():
    told, (_, (_, sd, n, _)) = publish(TEN, SIXTY, 0.0005, own="a", own_half=0.0005)
    (_, after) = join_changes(told, gather_crowds(told), retest=RETEST)

    spread = sd * math.sqrt((n - 1) / n)
    assert after.spreads[Group("b", "s"), "x"] == pytest.approx((spread, spread), rel=0.02)


def test_who_knows_the_staff_knows_what_a_census_leaves():
    told, _ = publish(SIXTY, TEN, own="a", staff=(60, 10))
    unsaid = tuple(one for one in told.entries if one.statistic != "eligible")
    staff = {Group("a", "s"): 60.0, Group("b", "s"): 10.0}

    def join(readout, **more):
        joined = join_changes(readout, gather_crowds(readout), retest=RETEST, **more)
        return [one.spreads for one in joined]

    assert join(replace(told, entries=unsaid), staff=staff) == join(told)
    assert join(replace(told, entries=unsaid)) != join(told)


@pytest.mark.parametrize(
    ("mean", "low", "high", "known"),
    [
        (8, (None, 5.5), (8.5, 9.5), (7.5, 8.5)),
        (92, (90.5, 91.5), (94.5, None), (91.5, 92.5)),
        (8, (0.5, 1.5), (13.5, 14.5), (7.5, 8)),
    ],
    ids=["or less", "or more", "whole"],
)
def test_only_an_interval_that_was_not_cut_off_has_a_middle(mean, low, high, known):
    entries = [enter("answered", 30, 0, "a"), enter("points", mean, 0.5, "a")]
    entries += [
        enter(f"points_{side}", mean, 0.5, "a")._replace(low=ends[0], high=ends[1])
        for side, ends in (("low", low), ("high", high))
    ]
    told = Readout(entries=tuple(entries))

    (joined,) = join_changes(told, gather_crowds(told), retest=RETEST)

    assert joined.told["points", "x"][Group("a", "s")] == known
