import numpy as np
import pandas as pd
import pytest
from measure_builders import make_people, make_responses, make_scale

from climatekit.measure.alphas import alpha
from climatekit.measure.consistency import check_reliability
from climatekit.measure.group_alphas import check_groups
from climatekit.measure.item_analysis import (
    alpha_if_dropped,
    find_lambda6,
    split_halves,
)
from climatekit.measure.matrices import list_matrices
from climatekit.values import Withheld

CLOSE = 1e-10


def complete(matrix):
    return matrix[~np.isnan(matrix).any(axis=1)]


def test_two_items_have_a_stepped_up_correlation_and_nothing_to_drop():
    # r = 0.8 by hand: squares 10 and 10, products 8. Fisher: atanh(.8) = 1.0986, se 1/sqrt(2).
    matrix = np.array([[1, 2], [2, 1], [3, 3], [4, 5], [5, 4]], dtype=float)

    halves = split_halves(matrix)

    assert halves.correlation.value == pytest.approx(0.8)
    assert halves.spearman_brown.value == pytest.approx(1.6 / 1.8)
    assert halves.correlation.low == pytest.approx(np.tanh(np.log(3) - 1.959963985 / np.sqrt(2)))
    assert np.isnan(alpha_if_dropped(matrix)).all()


def test_halves_of_items_that_do_not_vary_are_withheld():
    assert split_halves(np.full((20, 4), 3.0)).spearman_brown == Withheld(
        "not-estimable", "fewer than two items vary"
    )


def test_items_that_repeat_each_other_have_no_lambda6():
    one = np.arange(20.0) % 7
    assert np.isnan(find_lambda6(np.column_stack([one, one, one[::-1]])))


def test_a_constant_item_has_no_alpha_without_it():
    generator = np.random.default_rng(1)
    matrix = generator.normal(size=(50, 1)) + generator.normal(size=(50, 4))
    matrix[:, 2] = 3.0

    dropped = alpha_if_dropped(matrix)

    assert np.isnan(dropped[2])
    assert dropped[0] == pytest.approx(alpha(matrix[:, [1, 3]]).value)


def test_the_report_carries_each_statistic_with_the_people_it_rests_on(survey):
    report = next(one for one in check_reliability(*survey) if one.wave is None)

    assert report.alpha_duhachek.value == report.alpha.value
    assert report.halves.spearman_brown.n == report.n
    assert list(report.alpha_if_dropped) == list(report.item_rest)
    # Points of 0 to 100 over six options are 20 times the scale's points; 638 have the score.
    assert report.error == pytest.approx(
        20 * 0.904534403889 * np.sqrt(1 - report.alpha.value), abs=1e-9
    )
    assert report.error_n == 638


def test_the_alpha_of_each_school_is_that_of_its_own_rows_however_they_are_ordered(survey):
    responses, scales = survey
    frame = responses.frame.sample(frac=1, random_state=8)
    mixed = make_responses(frame, items=responses.items, waves=responses.waves)

    found = check_groups(mixed, scales, least=0).set_index(["score", "wave", "school"])

    estimated = 0
    for part in list_matrices(responses, scales, pooled=False):
        schools = responses.frame["school"].to_numpy()[part.rows]
        for school in set(schools):
            row, own = (
                found.loc[part.score, part.wave, school],
                alpha(part.matrix[schools == school]),
            )
            if isinstance(own, Withheld):
                assert np.isnan(row["alpha"])
                assert row["reason"] == "not-estimable"
                continue
            estimated += 1
            assert row["n"] == own.n
            assert [row["alpha"], row["low"], row["high"]] == pytest.approx(
                [own.value, own.low, own.high], abs=CLOSE
            )
    assert estimated > 40
    assert len(found) == 96


def test_a_wave_that_left_items_out_has_the_alphas_of_those_it_asked(survey):
    responses, scales = survey
    frame = responses.frame
    frame.loc[frame["wave"] == "w2", ["T7", "T8"]] = pd.NA
    asked = {"w1": frozenset(responses.items), "w2": frozenset(responses.items) - {"T7", "T8"}}
    own = make_responses(frame, items=responses.items, waves=responses.waves, asked=asked)
    shorter = make_scale("trust", signs={f"T{n}": 1 for n in range(1, 7)})

    found = check_groups(own, scales, least=10)

    wanted = [check_groups(own, [scale], least=10) for scale in (scales[0], shorter)]
    first, second = (table[table["wave"] == f"w{n}"] for n, table in enumerate(wanted, start=1))
    trust = found[found["score"] == "trust.s"]
    pd.testing.assert_frame_equal(trust[trust["wave"] == "w1"], first)
    pd.testing.assert_frame_equal(
        trust[trust["wave"] == "w2"].reset_index(drop=True), second.reset_index(drop=True)
    )
    assert second["alpha"].notna().sum() > 10


def test_schools_under_thirty_people_have_no_alpha_of_their_own(survey):
    table = check_groups(*survey)

    few = table[table["n"] < 30]
    enough = table[table["n"] >= 30]
    assert set(few["reason"]) == {"min-n"}
    assert few["alpha"].isna().all()
    assert not enough.empty
    assert enough["alpha"].notna().all()
    assert (enough["low"] < enough["alpha"]).all()


def test_roles_have_an_alpha_of_their_own(survey):
    responses, scales = survey
    frame = responses.frame
    frame["role"] = np.where(np.arange(len(frame)) % 3, "teacher", "")
    split = make_responses(frame, items=responses.items, waves=responses.waves)

    table = check_groups(split, scales, by=("wave", "role")).set_index(["wave", "role", "score"])

    own = next(p for p in list_matrices(split, scales) if p.wave == "w1")
    teachers = (frame["role"].to_numpy() == "teacher")[own.rows]
    assert table.loc[("w1", "teacher", "trust.s"), "alpha"] == pytest.approx(
        alpha(own.matrix[teachers]).value, abs=CLOSE
    )
    assert len(table) == 8


def test_an_item_that_a_school_answers_alike_is_left_out_of_its_alpha_only():
    generator = np.random.default_rng(2)
    codes = np.clip(generator.integers(1, 6, (80, 1)) + generator.integers(0, 2, (80, 3)), 1, 6)
    codes[:40, 1] = 4
    people = [("w1", "ab"[place // 40], *row) for place, row in enumerate(codes.tolist())]
    items = ("i", "j", "k")
    responses = make_people(*people, items=items)

    found = check_groups(responses, [make_scale(signs=dict.fromkeys(items, 1))])

    assert found["items"].tolist() == [2, 3]
    assert found["alpha"][0] == pytest.approx(alpha(codes[:40, [0, 2]].astype(float)).value)


def test_a_score_of_one_item_has_no_alphas():
    responses = make_people(("w1", "a", 1), ("w1", "a", 2), items=("i",))

    assert check_groups(responses, [make_scale(signs={"i": 1})]).empty
