import numpy as np
import pandas as pd
import pytest
from measure_builders import make_responses, make_scale

from climatekit.measure.coding import check_coding
from climatekit.measure.item_analysis import item_rest
from climatekit.measure.matrices import list_matrices

TRUST = [f"T{n}" for n in range(1, 9)]
SIGNS = {item: -1 if item in {"T7", "T8"} else 1 for item in TRUST}


def judge(survey, change=None, signs=SIGNS, columns=None):
    """Return the finding of each trust item after `change` has altered the answers."""
    frame = survey[0].frame
    for item in TRUST:
        frame[item] = frame[item].astype("float")
    if change:
        change(frame)
    frame[TRUST] = frame[TRUST].astype("Int8")
    scale = make_scale("trust", signs=signs)
    responses = make_responses(frame, items=columns or TRUST, waves=("w1", "w2"))
    return {one.item: one for one in check_coding(responses, [scale])}


def reverse(*items, wave=None):
    def change(frame):
        rows = slice(None) if wave is None else frame["wave"] == wave
        for item in items:
            frame.loc[rows, item] = 7 - frame.loc[rows, item]

    return change


def list_suspects(found):
    return {item: one.finding for item, one in found.items() if one.suspect}


def test_a_clean_survey_is_as_declared(survey):
    responses, scales = survey

    found = check_coding(responses, scales)

    assert {one.finding for one in found} == {"as_declared"}
    assert [one.item for one in found] == list(responses.items)
    assert found[0].waves == ("w1", "w2")
    whole = next(part.matrix for part in list_matrices(*survey) if part.wave is None)
    assert found[0].item_rest.value == pytest.approx(item_rest(whole)[0], abs=1e-10)


def test_an_export_that_reversed_an_item_already_shows_as_reversed_twice(survey):
    found = judge(survey, reverse("T7"))

    assert list_suspects(found) == {"T7": "looks_reversed_twice"}
    assert found["T7"].item_rest.high < 0
    assert "already" in found["T7"].evidence
    assert "item-rest correlation" in found["T7"].evidence


def test_an_item_that_the_key_forgot_to_reverse_shows_as_unreversed(survey):
    found = judge(survey, signs=SIGNS | {"T8": 1})

    assert list_suspects(found) == {"T8": "looks_unreversed"}


def test_a_reversal_in_one_wave_only_names_that_wave(survey):
    found = judge(survey, reverse("T7", "T8", wave="w2"))

    assert list_suspects(found) == dict.fromkeys(("T7", "T8"), "looks_reversed_twice")
    assert found["T7"].waves == ("w2",)


def test_where_as_many_items_run_each_way_those_declared_as_asked_are_believed(survey):
    signs = {item: 1 if n % 2 else -1 for n, item in enumerate(TRUST)}
    change = reverse("T7", "T8")  # now all eight run one way

    found = judge(survey, change, signs=signs)

    reversed_items = {item for item, sign in signs.items() if sign < 0}
    assert list_suspects(found) == dict.fromkeys(reversed_items, "looks_reversed_twice")


def test_neither_the_order_of_columns_nor_of_the_key_matters(survey):
    generator = np.random.default_rng(3)
    change = reverse("T2", "T7")
    straight = judge(survey, change)

    for _ in range(5):
        order = generator.permutation(TRUST).tolist()
        turned = judge(survey, change, signs={i: SIGNS[i] for i in order}, columns=order[::-1])
        assert {i: one.finding for i, one in turned.items()} == {
            i: one.finding for i, one in straight.items()
        }
        assert turned["T2"].item_rest.value == pytest.approx(straight["T2"].item_rest.value)


def test_codes_that_start_at_nought_in_one_wave_are_off_by_one(survey):
    def change(frame):
        frame.loc[frame["wave"] == "w2", "T3"] -= 1

    found = judge(survey, change)

    assert list_suspects(found) == {"T3": "off_by_one"}
    assert found["T3"].waves == ("w2",)
    assert "w2: 0 to 5" in found["T3"].evidence


def test_a_shift_that_stays_in_the_range_is_found_by_the_options_nobody_used(survey):
    def change(frame):
        rows = frame["wave"] == "w2"
        frame.loc[rows, "T3"] = (frame.loc[rows, "T3"] - 1).clip(lower=1)

    found = judge(survey, change)

    assert list_suspects(found) == {"T3": "off_by_one"}
    assert "one below" in found["T3"].evidence


def test_a_district_that_really_fell_is_not_taken_for_a_shift(survey):
    def change(frame):
        rows = (frame["wave"] == "w2") & (frame.index % 2 == 0)
        for item in TRUST:
            frame.loc[rows, item] = (frame.loc[rows, item] - 1).clip(lower=1)

    assert list_suspects(judge(survey, change)) == {}


def test_codes_outside_the_range_in_one_wave_only_are_told_apart_from_those_in_all(survey):
    def once(frame):
        frame.loc[frame.index[frame["wave"] == "w1"][7], "T4"] = 9

    def always(frame):
        for wave in ("w1", "w2"):
            frame.loc[frame.index[frame["wave"] == wave][7], "T4"] = 9

    assert list_suspects(judge(survey, once)) == {"T4": "out_of_range_in_one_wave"}
    assert judge(survey, once)["T4"].waves == ("w1",)
    assert list_suspects(judge(survey, always)) == {"T4": "out_of_range"}


def test_an_item_that_everybody_answers_alike_is_constant(survey):
    def change(frame):
        frame["T1"] = frame["T1"].where(frame["T1"].isna(), 4)

    found = judge(survey, change)

    assert list_suspects(found) == {"T1": "constant"}
    assert found["T1"].item_rest is None


def test_an_item_unrelated_to_the_others_is_not_called_reversed():
    generator = np.random.default_rng(12)
    common = generator.normal(size=400)
    frame = pd.DataFrame({"wave": "w1", "school": "a", "respondent": map(str, range(400))})
    frame["role"] = ""
    for item in "abcd":
        noise = generator.normal(size=400)
        value = noise if item == "d" else common + 0.5 * noise
        frame[item] = np.clip(np.round(3.5 + value), 1, 6).astype(int)

    found = check_coding(
        make_responses(frame, items=list("abcd"), waves=("w1",)),
        [make_scale(signs=dict.fromkeys("abcd", 1))],
    )

    assert [one.finding for one in found] == ["as_declared"] * 4


def test_under_thirty_people_nothing_can_be_told(survey):
    frame = survey[0].frame.head(20)

    found = check_coding(
        make_responses(frame, items=TRUST, waves=("w1", "w2")), [make_scale(signs=SIGNS)]
    )

    assert {one.finding for one in found} == {"too_few"}
    assert not any(one.suspect for one in found)
