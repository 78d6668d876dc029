import numpy as np
import pandas as pd
import pytest
from measure_builders import make_people, make_responses, make_scale

from climatekit.measure.agreement import check_agreement
from climatekit.measure.school_agreement import find_rwgj
from climatekit.measure.scoring import score
from climatekit.measure.variance_table import analyse_variance, icc1, icc2
from climatekit.values import Withheld

CLOSE = 1e-10
CELLS = [("trust", 1), ("trust", 2), ("ce", 1), ("ce", 2)]


@pytest.fixture(scope="module")
def reports(survey):
    responses, scales = survey
    found = check_agreement(score(responses, scales), responses, scales)
    return {(one.score.removesuffix(".s"), int(one.wave[1:])): one for one in found}


def test_rwgj_against_the_slight_skew_null_follows_from_that_against_even_answers(survey):
    responses, scales = survey
    frame = responses.frame

    for school in ("3", "7", "12", "14"):
        own = make_responses(
            frame[(frame["school"] == school) & (frame["wave"] == "w1")],
            items=responses.items,
            waves=responses.waves,
        )
        report = check_agreement(score(own, scales), own, scales)[0]
        # The value against even answers gives back the ratio of variances, over 8 items.
        ratio = 8 * (1 - report.rwg_mean) / (8 - 7 * report.rwg_mean)
        leaning = ratio * (35 / 12) / 1.85
        slight = max(8 * (1 - leaning) / (8 * (1 - leaning) + leaning), 0) if leaning < 1 else 0
        assert report.rwg_slight_mean == pytest.approx(slight, abs=1e-9)


def test_slight_skew_mean_and_share_above_seventy_agree_with_the_published_run(reports):
    report = reports["trust", 1]

    assert report.rwg_slight_mean == pytest.approx(0.623, abs=5e-4)
    assert report.rwg_above == pytest.approx(0.95, abs=5e-3)


def test_a_split_staff_has_its_negative_rwgj_set_to_zero_and_counted():
    items = ("a", "b")
    split = [("w1", "split", *codes) for codes in [(1, 1), (6, 6)] * 4]
    agreed = [("w1", "agreed", 4, 4)] * 8
    small = [("w1", "small", 1, 6)] * 4
    scale = make_scale(signs=dict.fromkeys(items, 1))
    responses = make_people(*split, *agreed, *small, items=items)

    (report,) = check_agreement(score(responses, [scale]), responses, [scale])

    assert (report.rwg_schools, report.rwg_negative) == (2, 1)
    assert report.rwg_mean == pytest.approx(0.5)
    assert report.rwg_above == pytest.approx(0.5)


def test_past_its_pole_rwgj_still_counts_as_negative():
    values = find_rwgj(np.array([0.5, 1.0, 1.05, 4.0]), np.array([8, 8, 8, 8]))

    assert values[0] == pytest.approx(4 / 4.5)
    assert values[1] == 0
    assert (values[2:] < 0).all()


def test_without_two_schools_or_any_spread_inside_there_is_no_icc():
    one = analyse_variance(np.array([1.0, 2.0, 3.0]), np.array([0, 0, 0]))
    flat = analyse_variance(np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1]))
    nobody = analyse_variance(np.array([]), np.array([], dtype=int))

    assert all(isinstance(icc1(table), Withheld) for table in (one, flat, nobody))
    assert all(isinstance(icc2(table), Withheld) for table in (one, flat, nobody))


def test_schools_that_differ_less_than_chance_give_a_negative_icc2():
    values = np.array([10.0, 50.0, 90.0, 12.0, 50.0, 91.0])
    table = analyse_variance(values, np.array([0, 0, 0, 1, 1, 1]))

    assert icc1(table).value < 0
    assert icc2(table).value < 0


def test_a_wave_that_did_not_ask_has_no_report(survey):
    responses, scales = survey
    frame = responses.frame
    frame.loc[frame["wave"] == "w2", [f"C{n}" for n in range(1, 7)]] = pd.NA
    asked = {"w1": frozenset(responses.items), "w2": frozenset(f"T{n}" for n in range(1, 9))}
    own = make_responses(frame, items=responses.items, waves=responses.waves, asked=asked)

    found = check_agreement(score(own, scales), own, scales)

    assert [(one.score, one.wave) for one in found] == [
        ("trust.s", "w1"),
        ("trust.s", "w2"),
        ("ce.s", "w1"),
    ]
