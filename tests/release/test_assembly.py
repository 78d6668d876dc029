"""One release: what each school's figures become at the gate, and the district line."""

from dataclasses import replace

import pytest

from climatekit.knowledge.settings import DisclosureSettings
from climatekit.measure.change import Change
from climatekit.release.assembly import (
    SchoolFigures,
    Share,
    release_benchmark,
    release_school,
)
from climatekit.release.gate import Gate
from climatekit.release.pattern import Pattern
from climatekit.release.relations import Group
from climatekit.release.released import Released
from climatekit.release.score_facts import ScoreFacts
from climatekit.values import Estimate, Withheld

GATE = Gate(DisclosureSettings())
WAVES = ("w1", "w2")
FACTS = {"s.total": ScoreFacts(score="s.total", items=8, low=1, high=6, options=6)}


def change(before, after, verdict="rose", **more):
    return Change(
        school="A",
        score="s.total",
        before="w1",
        after="w2",
        mean_before=before,
        mean_after=after,
        difference=Estimate(
            value=after.value - before.value, low=1.333, high=13.667, n=min(before.n, after.n)
        ),
        effect=Withheld("not-estimable", ""),
        detectable=8.78,
        verdict=verdict,
        verdict_as_answered=verdict,
        **more,
    )


def school(name="A", before=(68.4, 31), after=(75.9, 29), **more):
    means = {
        ("w1", "s.total"): Estimate(
            value=before[0], low=before[0] - 6, high=before[0] + 6, n=before[1]
        ),
        ("w2", "s.total"): Estimate(
            value=after[0], low=after[0] - 6, high=after[0] + 6, n=after[1]
        ),
    }
    told = {
        "school": name,
        "previous": "w1",
        "answered": {"w1": before[1], "w2": after[1]},
        "eligible": {"w1": 38, "w2": 36},
        "scores": means,
        "favourable": {},
        "changes": {"s.total": change(*means.values())},
    }
    return SchoolFigures(**(told | more))


def release(figures, **more):
    return release_school(figures, gate=GATE, waves=WAVES, scores=FACTS, **more)


def test_the_worked_example_leaves_in_whole_points():
    told = release(school()).scores["s.total"]

    assert [told.points[wave].text for wave in WAVES] == ["68", "76"]
    assert (told.change.difference.text, told.change.difference.low) == ("+8", 1)
    assert told.change.detectable.text == "9"
    # 8 points of a 20-point step: 4 in every 10 people.
    assert told.change.steps == 4


def test_the_change_of_a_score_of_two_items_leaves_without_what_hands_over_its_spread():
    facts = {"s.total": replace(FACTS["s.total"], items=2)}
    figures = school(before=(68.4, 31), after=(75.9, 29))
    told = release_school(figures, gate=GATE, waves=WAVES, scores=facts).scores["s.total"]

    assert (told.points["w2"].text, told.points["w2"].low) == ("76", None)
    assert (told.change.difference.text, told.change.difference.low) == ("+8", None)
    assert isinstance(told.change.detectable, Withheld)


@pytest.mark.parametrize(
    ("tags", "high", "shown"),
    # 21 of 29 are linked at least: 10 points within 20 / 2.78 are a range of 1.39.
    [(("linked",), 8.88, False), (("linked",), 8.92, True), ((), 8.88, True)],
)
def test_linked_people_who_moved_alike_are_told_without_the_interval(tags, high, shown):
    before, after = Estimate(value=68.4, n=31), Estimate(value=75.9, n=29)
    moved = change(before, after, tags=tags)
    moved = replace(moved, difference=replace(moved.difference, low=7.5, high=high))

    told = release(school(changes={"s.total": moved})).scores["s.total"].change

    assert told.difference.text == "+8"
    assert (told.difference.low is not None) is shown
    assert isinstance(told.detectable, Withheld) is not shown


def test_a_school_with_nine_answers_in_a_wave_has_no_number_of_that_wave_nor_a_change():
    told = release(school(after=(75.9, 9)))

    score = told.scores["s.total"]
    assert isinstance(score.points["w2"], Withheld)
    assert isinstance(score.change.difference, Withheld)
    assert isinstance(score.change.detectable, Withheld)
    assert score.change.verdict == "not_compared"
    assert score.change.tags == ()
    wave = told.waves["w2"]
    assert not wave.shown
    assert all(isinstance(one, Withheld) for one in (wave.answered, wave.eligible, wave.rate))


def test_a_score_held_back_for_its_coding_leaves_in_no_form():
    told = release(school(), held_back=frozenset({("w2", "s.total")})).scores["s.total"]

    assert told.points["w2"].rule == "incoherent"
    assert isinstance(told.native["w2"], Withheld)
    assert told.change.verdict == "not_compared"


def test_a_change_that_is_not_compared_prints_no_difference_and_no_interval():
    before, after = Estimate(value=68.4, n=31), Estimate(value=75.9, n=29)
    figures = school(changes={"s.total": change(before, after, "not_compared", reason="form")})

    told = release(figures).scores["s.total"].change

    assert isinstance(told.difference, Withheld)
    assert isinstance(told.detectable, Withheld)
    assert told.reason == "form"


def test_the_district_line_is_made_of_printed_scores_only():
    values = [50.4, 60.4, 70.4, 80.4, 90.4]
    shown = {str(n): release(school(str(n), after=(value, 20))) for n, value in enumerate(values)}
    hidden = release(school("hidden", after=(1.0, 9)))

    with_hidden = release_benchmark({**shown, "hidden": hidden}, waves=WAVES, scores=["s.total"])

    # (50 + 60 + 70 + 80 + 90) / 5; the hidden school moves nothing.
    assert with_hidden["w2", "s.total"] == Released(value=70, text="70", unit="points")


def test_a_district_line_between_two_points_is_told_as_the_upper_one():
    values = [50.4, 60.4, 70.4, 80.4, 90.4, 73.0]
    shown = {str(n): release(school(str(n), after=(value, 20))) for n, value in enumerate(values)}

    line = release_benchmark(shown, waves=WAVES, scores=["s.total"])["w2", "s.total"]

    assert line.text == "71"  # 423 / 6 = 70.5


def test_there_is_no_district_line_from_four_shown_schools():
    shown = {str(n): release(school(str(n))) for n in range(4)}
    hidden = {str(n): release(school(str(n), after=(50, 9))) for n in range(4, 8)}

    lines = release_benchmark({**shown, **hidden}, waves=("w2",), scores=["s.total"])

    assert lines == {}


def estimate(value=68.4, n=31, half=6.0):
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def points(figures=None, facts=None, **more):
    facts = facts or FACTS["s.total"]
    given = release_school(
        figures or school(), gate=GATE, waves=WAVES, scores={facts.score: facts}, **more
    )
    return {
        wave: shown.text if isinstance(shown, Released) else shown.rule
        for wave, shown in given.scores[facts.score].points.items()
    }


def facts(**more):
    return replace(FACTS["s.total"], **more)


def test_why_a_score_is_withheld_is_said_by_its_rule():
    assert points() == {"w1": "68", "w2": "76"}
    assert points(facts=facts(told=False)) == {"w1": "level", "w2": "level"}
    later = {("w2", "s.total"): estimate(75.9, 29)}
    assert points(school(scores=later)) == {"w1": "not-asked", "w2": "76"}
    nobody = school(scores=later, answered={"w2": 29})
    assert points(nobody) == {"w1": "no-answers", "w2": "76"}


def test_a_scale_may_ask_for_more_people_or_a_larger_share_of_the_staff():
    assert points(facts=facts(least=30)) == {"w1": "68", "w2": "protected"}
    assert points(facts=facts(least=31)) == {"w1": "68", "w2": "protected"}
    assert points(facts=facts(least=32)) == {"w1": "protected", "w2": "protected"}
    # 31 of 38 and 29 of 36 are 81.6% and 80.6%.
    assert points(facts=facts(least_rate=0.81)) == {"w1": "68", "w2": "low-response"}
    half = school(eligible={"w1": 62, "w2": 59})
    assert points(half, facts(least_rate=0.5)) == {"w1": "68", "w2": "low-response"}
    unknown = school(eligible={"w1": None, "w2": 0})
    assert points(unknown, facts(least_rate=0.5)) == {"w1": "68", "w2": "76"}


def test_a_score_without_interval_leaves_only_where_somebody_else_computed_it():
    bare = school(scores={("w1", "s.total"): Estimate(value=68.4, n=31)})

    assert points(bare)["w1"] == "protected"
    assert points(bare, facts(imported=True))["w1"] == "68"


def test_a_school_that_the_pattern_hides_has_neither_wave_nor_score_nor_item():
    people = {Group("w1", "A"): 31, Group("w2", "A"): 29}
    pattern = Pattern(people=people, hidden=frozenset({Group("w1", "A")}))
    figures = school(favourable={("w1", "i"): Share(0.5, 31), ("w2", "i"): Share(0.5, 29)})

    told = release(figures, pattern=pattern)

    assert [told.waves[wave].shown for wave in WAVES] == [False, True]
    assert points(figures, pattern=pattern) == {"w1": "protected", "w2": "76"}
    assert set(told.items["i"].favourable) == {"w2"}
    assert told.scores["s.total"].change.verdict == "not_compared"


def test_a_wave_of_nobody_is_told_of_where_somebody_was_asked():
    told = release(school(answered={"w2": 29}, eligible={"w1": 38, "w2": None}))

    assert {wave: one.answered.rule for wave, one in told.waves.items() if not one.shown} == {
        "w1": "no-answers"
    }
    assert told.waves["w2"].answered.text == "29"
    assert (told.waves["w2"].eligible.rule, told.waves["w2"].rate.rule) == ("no-roster",) * 2
    assert set(release(school(answered={"w2": 29}, eligible={})).waves) == {"w2"}
    both = release(school()).waves["w1"]
    assert (both.answered.text, both.eligible.text, both.rate.text) == ("31", "38", "82%")
    one = release(school(answered={"w1": 1, "w2": 29})).waves["w1"]
    assert one.answered.rule == "protected"


def changed(before=None, after=None, facts=None, figures=None, **more):
    told = change(before or estimate(), after or estimate(75.9, 29), **more)
    given = figures or school(changes={"s.total": told})
    return release_school(
        given, gate=GATE, waves=WAVES, scores={"s.total": facts or FACTS["s.total"]}
    ).scores["s.total"].change  # fmt: skip


@pytest.mark.parametrize(
    ("items", "low", "move", "verdict"),
    [(2, None, None, ("not_compared", "short", ())), (3, 1, "9", ("rose", "", ("ceiling",)))],
)
def test_a_short_score_tells_nothing_of_its_change_but_the_difference(items, low, move, verdict):
    told = changed(facts=facts(items=items), clearly=True, tags=("ceiling",))

    assert (told.difference.text, told.difference.low) == ("+8", low)
    assert (told.detectable.text if move else None) == move
    assert isinstance(told.detectable, Released) is bool(move)
    assert (told.verdict, told.reason, told.tags) == verdict
    assert told.clearly is bool(move)


def test_why_a_short_score_is_not_compared_is_said_first_and_its_size_last():
    two = facts(items=2)
    assert changed(facts=two, verdict="not_compared", reason="form").reason == "form"
    assert changed(facts=two, verdict="not_compared", reason="no-spread").reason == "short"
    small = change(estimate(), estimate(75.9, 9))
    hidden = school(after=(75.9, 9), changes={"s.total": small})
    assert changed(facts=two, figures=hidden).reason == "min-n"


@pytest.mark.parametrize(
    ("before", "after", "verdict", "reason"),
    [
        (96, 98, "not_compared", "capped"),
        (2, 3, "not_compared", "capped"),
        (2, 97, "not_compared", "capped"),
        (75, 97, "rose", ""),
        (3, 70, "rose", ""),
    ],
)
def test_at_the_ends_of_the_scale_a_change_does_not_hand_over_the_spread(
    before, after, verdict, reason
):
    ends = estimate(before), estimate(after)
    given = school(
        before=(before, 31), after=(after, 31), changes={"s.total": change(*ends, clearly=True)}
    )
    told = changed(figures=given)

    assert (told.verdict, told.reason, told.clearly) == (verdict, reason, verdict == "rose")
    assert isinstance(told.detectable, Withheld)
    assert isinstance(told.difference, Withheld)
    flat = change(*ends, verdict="not_compared", reason="no-spread")
    silent = changed(figures=replace(given, changes={"s.total": flat}))
    assert silent.reason == (reason or "min-n")


def test_a_change_keeps_its_verdict_tags_and_reason_unless_a_wave_is_withheld():
    more = {"clearly": True, "tags": ("small",), "reason": "form"}
    told = changed(**more)

    assert (told.verdict, told.clearly, told.tags, told.reason) == (
        "rose",
        True,
        ("small",),
        "form",
    )
    for reason, left in (("form", "form"), ("", "min-n"), ("no-spread", "min-n")):
        given = change(estimate(), estimate(75.9, 9), clearly=True, reason=reason)
        hidden = changed(figures=school(after=(75.9, 9), changes={"s.total": given}))
        assert (hidden.verdict, hidden.clearly, hidden.reason) == ("not_compared", False, left)
    assert changed(verdict="not_compared", reason="no-spread").reason == "min-n"


@pytest.mark.parametrize(
    ("how", "given", "reason"),
    [
        ({"held_back": {("w1", "s.total")}}, "", "held-back"),
        ({"scores": {"s.total": facts(told=False)}}, "", "held-back"),
        ({"scores": {"s.total": facts(least_rate=0.9)}}, "", "held-back"),
        ({"scores": {"s.total": facts(least=30)}, "held_back": {("w1", "s.total")}}, "", "min-n"),
        ({"held_back": {("w1", "s.total")}}, "form", "form"),
    ],
)
def test_a_change_of_a_score_held_back_for_another_reason_does_not_blame_the_group(
    how, given, reason
):
    moved = change(estimate(), estimate(75.9, 29), reason=given)

    told = release_school(
        school(changes={"s.total": moved}), gate=GATE, waves=WAVES, **{"scores": FACTS, **how}
    ).scores["s.total"].change  # fmt: skip

    assert (told.verdict, told.reason) == ("not_compared", reason)


def test_what_a_school_can_spot_goes_by_the_wave_with_fewer_people():
    assert changed(estimate(n=10), estimate(75.9, 40)).detectable.text == "9"
    assert isinstance(changed(estimate(n=9), estimate(75.9, 40)).detectable, Withheld)
    assert isinstance(changed(estimate(n=40), estimate(75.9, 9)).detectable, Withheld)


def test_half_an_interval_of_a_change_is_none():
    for side in ("low", "high"):
        told = change(estimate(), estimate(75.9, 29))
        told = replace(told, difference=replace(told.difference, **{side: None}))
        shown = changed(figures=school(changes={"s.total": told})).difference
        assert (shown.text, shown.low, shown.high) == ("+8", None, None)
    told = replace(told, difference=Withheld("not-estimable", ""))
    shown = changed(figures=school(changes={"s.total": told})).difference
    assert (shown.text, shown.low, shown.high) == ("+8", None, None)


@pytest.mark.parametrize(
    ("before", "after", "options", "steps"),
    [
        (60, 68, 6, 4),
        (68, 60, 6, 4),
        (60, 66, 6, 3),
        (60, 70, 6, 5),
        (60, 65, 6, 3),  # two and a half
        (60, 65, 4, 2),  # one and a half
        (60, 75, 4, 5),  # four and a half
        (60, 64, 6, 2),
        (60, 60, 6, 0),
        (30, 75, 6, 10),  # all of them, and further
        (60, 68, 2, 1),  # a step of 100
        (60, 68, 1, None),
        (60, 68, 0, None),
    ],
)
def test_a_change_is_so_many_in_ten_who_moved_a_step(before, after, options, steps):
    figures = school(before=(before, 31), after=(after, 29))

    assert changed(figures=figures, facts=facts(options=options)).steps == steps


def test_an_item_is_told_in_the_waves_where_it_may_be_and_says_where_people_are_weighted():
    favourable = {
        ("w1", "i"): Share(0.52, 31),
        ("w2", "i"): Share(0.52, 19),  # of 29: too few
        ("w1", "j"): Share(0.52, 31, 25),
        ("w2", "j"): Share(0.52, 29, 19),
        ("w0", "i"): Share(0.52, 31),  # no wave of this release
    }
    told = release(school(answered={"w0": 31, "w1": 31, "w2": 29}, favourable=favourable)).items

    assert {item: one.weighted for item, one in told.items()} == {"i": False, "j": True}
    assert {item: {w: s.text for w, s in one.favourable.items()} for item, one in told.items()} == {
        "i": {"w1": "50%"},
        "j": {"w1": "50%"},
    }


def test_the_district_line_is_of_one_wave_and_score_and_of_the_schools_that_have_it():
    shown = {str(n): release(school(str(n))) for n in range(5)}
    lines = release_benchmark(shown, waves=WAVES, scores=["s.total", "other"])
    assert {key: line.text for key, line in lines.items()} == {
        ("w1", "s.total"): "68",
        ("w2", "s.total"): "76",
    }
    del shown["0"]
    assert release_benchmark(shown, waves=WAVES, scores=["s.total"]) == {}
