"""One release: what each school's figures become at the gate, and the district line."""

from dataclasses import replace

from climatekit.knowledge.settings import DisclosureSettings
from climatekit.measure.change import Change
from climatekit.release.assembly import (
    SchoolFigures,
    ScoreFacts,
    release_benchmark,
    release_school,
)
from climatekit.release.gate import Gate
from climatekit.release.released import Released
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


def test_there_is_no_district_line_from_four_shown_schools():
    shown = {str(n): release(school(str(n))) for n in range(4)}
    hidden = {str(n): release(school(str(n), after=(50, 9))) for n in range(4, 8)}

    lines = release_benchmark({**shown, **hidden}, waves=("w2",), scores=["s.total"])

    assert lines == {}
