"""Signs of careless answering: against R, and on answers that are careless by design."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_builders import make_people, make_responses, make_scale

from climatekit.measure.careless import (
    find_distance,
    find_runs,
    find_spread,
)
from climatekit.measure.flagged import compare_flagged
from climatekit.measure.scoring import score
from climatekit.measure.screening import FLAGS, screen
from climatekit.values import Estimate

TWELVE = tuple(f"i{n}" for n in range(1, 13))
SIGNS = {item: -1 if place % 4 == 3 else 1 for place, item in enumerate(TWELVE)}


@pytest.fixture(scope="module")
def raw(survey):
    responses, _ = survey
    return responses.frame[list(responses.items)].to_numpy(dtype=float, na_value=np.nan)


def check(values, expected, close=1e-10):
    first = np.array([np.nan if one is None else one for one in expected["first10"]])
    assert int(np.isnan(values).sum()) == expected["n_na"]
    assert values[:10] == pytest.approx(first, abs=close, nan_ok=True)
    told = [np.nanmean(values), np.nanstd(values, ddof=1), np.nanmin(values), np.nanmax(values)]
    assert told == pytest.approx([expected[n] for n in ("mean", "sd", "min", "max")], abs=close)


def make_survey(*, people=300, careless=(), seconds=None, seed=7):
    """Return a survey of twelve items on three scores; `careless` replaces the last people."""
    generator = np.random.default_rng(seed)
    scales = [
        make_scale(f"s{block}", signs={item: SIGNS[item] for item in TWELVE[4 * block :][:4]})
        for block in range(3)
    ]
    behind = np.repeat(generator.normal(size=(people, 3)), 4, axis=1)
    behind = 0.9 * behind + 0.44 * generator.normal(size=(people, 12))
    keyed = 1 + (behind[:, :, None] > np.array([-1.5, -0.75, 0, 0.75, 1.5])).sum(axis=2)
    signs = np.array([SIGNS[item] for item in TWELVE])
    codes = pd.DataFrame(np.where(signs < 0, 7 - keyed, keyed), columns=TWELVE).astype("Int8")
    for place, answers in enumerate(careless):
        codes.iloc[people - 1 - place] = answers
    frame = codes.assign(
        wave="w1",
        school=[f"S{place % 10}" for place in range(people)],
        respondent=[f"p{place}" for place in range(people)],
        role="",
    )
    responses = make_responses(frame, items=TWELVE, waves=("w1",))
    return replace(responses, seconds=seconds), scales


def test_somebody_who_ticked_one_option_throughout_is_flagged_and_stays():
    responses, scales = make_survey(careless=[[4] * 12])

    found = screen(responses, scales)

    last = found.frame.iloc[-1]
    assert last["longest_run"] == 12
    assert last["spread"] == 0
    assert last["flag_long_run"]
    assert last["flag_no_spread"]
    assert found.flagged[-1]
    assert len(found.frame) == len(responses.frame) == 300


def test_somebody_who_zigzags_or_never_turns_runs_against_synonyms_or_antonyms():
    blocks = [1] * 4 + [6] * 4 + [1] * 4
    responses, scales = make_survey(careless=[[1, 6] * 6, blocks])

    table = screen(responses, scales).frame
    zigzag, block = table.iloc[-1], table.iloc[-2]

    assert zigzag["flag_unusual"]
    assert zigzag["flag_synonyms"]
    assert not zigzag["flag_long_run"]
    assert block["antonyms"] == pytest.approx(1)
    assert block["flag_antonyms"]
    assert not block["flag_synonyms"]


def test_honest_answers_raise_two_flags_for_few():
    responses, scales = make_survey()

    found = screen(responses, scales)

    assert found.flagged.mean() < 0.05


def test_half_an_answer_sheet_and_a_copy_are_told():
    some = [None] * 7 + [3, 4, 3, 5, 2]
    twin = [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]
    responses, scales = make_survey(careless=[some, twin, *([None] * 12,) * 9, twin])

    table = screen(responses, scales).frame

    assert table["flag_missing"].iloc[-1]
    assert not table["flag_duplicate"].iloc[-1]
    # The twins are ten people, so one school, apart.
    assert table["flag_duplicate"].iloc[-2]
    assert table["alike"].iloc[-12] == 1


def test_the_same_answers_in_another_school_are_no_copy():
    twin = [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]
    responses, scales = make_survey(careless=[twin, twin])

    assert not screen(responses, scales).frame["flag_duplicate"].any()


def test_under_two_seconds_an_answered_item_is_too_fast_and_no_clock_flags_nobody():
    clock = np.full(300, 120.0)
    clock[-1], clock[-2] = 23.0, np.nan
    responses, scales = make_survey(seconds=clock)

    timed, untimed = screen(responses, scales), screen(*make_survey())

    assert timed.frame["flag_fast"].tolist() == [False] * 299 + [True]
    assert timed.frame["seconds"].iloc[0] == 10.0
    assert untimed.frame["seconds"].isna().all()
    assert not untimed.frame["flag_fast"].any()


def test_one_view_on_items_that_all_run_one_way_is_no_careless_answer():
    scale = make_scale(signs=dict.fromkeys(TWELVE, 1))
    responses = make_people(("w1", "A", *[5] * 12), items=TWELVE)

    found = screen(responses, [scale])

    assert not found.frame["flag_no_spread"].any()
    assert not found.flagged.any()


def test_few_people_get_no_index_that_rests_on_the_others():
    found = screen(*make_survey(people=99)).frame

    assert found[["distance", "chance", "synonyms", "antonyms"]].isna().all(axis=None)
    assert found["even_odd"].notna().any()


def test_the_district_with_and_without_the_flagged_stands_side_by_side():
    responses, scales = make_survey(careless=[[6] * 12] * 20)
    found = screen(responses, scales)

    rows = compare_flagged(found, score(responses, scales), responses, scales)

    assert [one.score for one in rows] == ["s0.s", "s1.s", "s2.s"]
    assert found.flagged[-20:].all()
    people = responses.frame[~found.flagged]
    left = make_responses(people, items=TWELVE, waves=("w1",))
    points = score(left, scales).frame
    for one in rows:
        own = points[points["score"] == one.score]["points"]
        assert one.flagged == one.mean.n - one.mean_without.n == found.flagged.sum()
        assert one.mean_without.value == pytest.approx(own.mean(), abs=1e-9)
        assert one.alpha_without.value > one.alpha.value
        assert isinstance(one.alpha_without, Estimate)
        assert one.schools == 10


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_order_of_rows_and_columns_and_names_of_schools_change_nothing(seed):
    responses, scales = make_survey(people=120, careless=[[4] * 12, [1, 6] * 6], seed=seed)
    order = np.random.default_rng(seed).permutation(120)
    frame = responses.frame.iloc[order][["role", *TWELVE[::-1], "respondent", "wave", "school"]]
    mixed = make_responses(
        frame.assign(school="x" + frame["school"]), items=TWELVE[::-1], waves=("w1",)
    )

    plain = screen(responses, scales).frame.iloc[order].reset_index(drop=True)
    moved = screen(mixed, scales).frame

    flags = [f"flag_{name}" for name in FLAGS]
    pd.testing.assert_frame_equal(plain[flags], moved[flags])
    for name in ("longest_run", "spread", "distance", "even_odd", "synonyms", "alike"):
        assert moved[name].to_numpy() == pytest.approx(
            plain[name].to_numpy(), abs=1e-7, nan_ok=True
        )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_reversing_items_changes_no_distance_and_reversing_all_no_run(seed):
    generator = np.random.default_rng(seed)
    codes = generator.integers(1, 7, size=(60, 6)).astype(float)
    codes[generator.random(codes.shape) < 0.1] = np.nan
    some = codes.copy()
    some[:, ::2] = 7 - some[:, ::2]

    assert find_distance(some)[0] == pytest.approx(find_distance(codes)[0], abs=1e-8, nan_ok=True)
    assert find_runs(7 - codes)[0].tolist() == find_runs(codes)[0].tolist()
    assert find_spread(7 - codes) == pytest.approx(find_spread(codes), abs=1e-9, nan_ok=True)
