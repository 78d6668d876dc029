import numpy as np
import pytest
from measure_builders import make_responses

from climatekit.measure.comparability import find_breaks
from climatekit.measure.drift import find_drifts, screen_items
from climatekit.values import Withheld

PAIR = [("w1", "w2")]
ITEMS = ("a", "b", "c", "d")


def make_wave(seed, n=60, shift=0.0):
    generator = np.random.default_rng(seed)
    return 50 + shift + 15 * (generator.normal(size=(n, 1)) + generator.normal(size=(n, 4)))


def move(survey, item, by):
    """Return the survey with one item moved in the second wave, kept within 1 to 6."""
    frame = survey[0].frame
    values = frame[item].astype("float")
    rows = (frame["wave"] == "w2") & values.notna()
    values[rows] = (values[rows] + by).clip(1, 6)
    frame[item] = values.astype("Int8")
    return make_responses(frame, items=survey[0].items, waves=survey[0].waves)


def test_the_screen_names_the_item_that_moved_alone_and_by_how_much():
    before, after = make_wave(1), make_wave(2)
    after[:, 1] += 25

    found = screen_items(ITEMS, before, after)

    spread = np.sqrt((before[:, 1].var(ddof=1) + after[:, 1].var(ddof=1)) / 2)
    rest = [np.delete(wave, 1, axis=1).mean(axis=1) for wave in (before, after)]
    by = (after[:, 1] - rest[1]).mean() - (before[:, 1] - rest[0]).mean()
    assert max(found, key=lambda item: abs(found[item])) == "b"
    assert found["b"] == pytest.approx(by / spread)


def test_a_school_district_that_rose_as_a_whole_shows_no_drift():
    assert screen_items(ITEMS, make_wave(1), make_wave(2, shift=30)) == {}


def test_under_thirty_people_the_screen_says_nothing():
    after = make_wave(2, n=29)
    after[:, 1] += 60

    assert screen_items(ITEMS, make_wave(1), after) == {}


def test_the_survey_does_not_drift_and_may_be_compared(survey):
    responses, scales = survey

    assert not any(one.drifts for one in find_drifts(responses, scales, PAIR))
    assert set(find_breaks(responses, scales, PAIR).values()) == {None}


def test_a_drifting_item_stops_the_comparison_of_its_score_only(survey):
    moved = move(survey, "T3", -2)

    breaks = find_breaks(moved, survey[1], PAIR)

    assert breaks == {("w1", "w2", "trust.s"): "drift", ("w1", "w2", "ce.s"): None}


def test_a_district_too_small_for_the_model_is_judged_by_the_screen(survey):
    frame = move(survey, "T3", -2).frame
    small = make_responses(
        frame[frame["school"].isin(["14", "15", "16", "21"])],
        items=survey[0].items,
        waves=survey[0].waves,
    )

    found = next(one for one in find_drifts(small, survey[1], PAIR) if one.score == "trust.s")

    assert isinstance(found.invariance, Withheld)
    assert "T3" in found.moves
    assert found.drifts
