import numpy as np
import pytest
from measure_builders import make_scale

from climatekit.measure.alphas import (
    alpha,
    alpha_within,
    count_people,
)
from climatekit.measure.consistency import check_reliability
from climatekit.measure.matrices import list_matrices
from climatekit.values import Estimate, Withheld

CLOSE = 1e-10
SCALES = ["trust", "ce"]


@pytest.fixture
def pooled(survey):
    """Return the pooled matrix of each scale, in scale points."""
    return {
        part.score.removesuffix(".s"): 1 + part.matrix / 20
        for part in list_matrices(*survey)
        if part.wave is None
    }


def complete(matrix):
    return matrix[~np.isnan(matrix).any(axis=1)]


def test_the_report_covers_each_wave_and_all_of_them(survey, pooled):
    reports = {(one.score, one.wave): one for one in check_reliability(*survey)}

    assert list(reports) == [(f"{s}.s", w) for s in SCALES for w in ("w1", "w2", None)]
    whole = reports["trust.s", None]
    assert whole.alpha.value == pytest.approx(alpha(pooled["trust"]).value, abs=CLOSE)
    assert whole.alpha_complete.n == len(complete(pooled["trust"]))
    assert whole.n == whole.alpha.n == count_people(pooled["trust"]) < 646
    assert list(whole.item_rest) == [f"T{n}" for n in range(1, 9)]
    assert not whole.negative
    assert whole.suspects == ()


def test_within_school_alpha_of_complete_answers_is_alpha_of_deviations_from_school_means():
    generator = np.random.default_rng(5)
    schools = np.repeat(np.arange(6), [3, 40, 30, 20, 1, 26])
    matrix = (
        generator.normal(size=(120, 1)) + generator.normal(size=(120, 4)) + 5.0 * schools[:, None]
    )
    shuffled = generator.permutation(120)
    deviations = matrix.copy()
    for school in range(6):
        deviations[schools == school] -= matrix[schools == school].mean(axis=0)
    cov = deviations.T @ deviations / (120 - 6)

    found = alpha_within(matrix[shuffled], schools[shuffled])

    assert found.value == pytest.approx(4 / 3 * (1 - np.trace(cov) / cov.sum()), abs=CLOSE)
    assert found.value < alpha(matrix).value - 0.1


def test_within_school_alpha_uses_the_people_whom_each_pair_shares():
    # Items a, b, c of two schools; the last person left out c.
    answers = np.tile([[1, 2, 2], [2, 1, 3], [3, 4, 4], [5, 3, np.nan]], (6, 1))
    answers[::5, 0] += 1.0
    schools = np.tile([0, 0, 1, 1], 6)
    expected = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            left = 0
            for school in (0, 1):
                both = answers[schools == school][:, [i, j]]
                both = both[~np.isnan(both).any(axis=1)]
                expected[i, j] += ((both - both.mean(axis=0)).prod(axis=1)).sum()
                left += len(both) - 1
            expected[i, j] /= left
            if i == j:
                column = answers[:, i]
                squares = sum(
                    np.nansum((column[schools == s] - np.nanmean(column[schools == s])) ** 2)
                    for s in (0, 1)
                )
                expected[i, j] = squares / ((~np.isnan(column)).sum() - 2)

    found = alpha_within(answers, schools)

    total = expected.sum()
    assert found.value == pytest.approx(1.5 * (1 - np.trace(expected) / total), abs=CLOSE)


def test_under_a_hundred_people_nothing_is_estimated(survey):
    responses, scales = survey
    frame = responses.frame[responses.frame["school"].isin(["14", "15"])]
    few = type(responses)(
        _frame=frame, waves=responses.waves, items=responses.items, asked=responses.asked
    )

    reports = check_reliability(few, scales)

    first = reports[0]
    assert first.n < 100
    assert first.alpha == first.alpha_within == first.alpha_complete
    assert first.alpha.rule == "min-n"
    assert first.item_rest == {}


def test_items_that_share_under_ten_answers_make_alpha_inestimable():
    matrix = np.full((40, 2), np.nan)
    matrix[:24, 0] = np.arange(24) % 6
    matrix[15:, 1] = np.arange(25) % 5

    assert alpha(matrix) == Withheld(
        "not-estimable", "two of the items share fewer than ten answers"
    )
    matrix[24, 0] = 3.0
    assert isinstance(alpha(matrix), Estimate)


def test_a_constant_item_is_dropped_and_named(survey):
    responses, scales = survey
    frame = responses.frame
    frame["T3"] = frame["T3"].where(frame["T3"].isna(), 4)
    flat = type(responses)(
        _frame=frame, waves=responses.waves, items=responses.items, asked=responses.asked
    )

    report = check_reliability(flat, scales)[0]

    assert report.constant == ("T3",)
    assert "T3" not in report.items
    assert len(report.item_rest) == 7


def test_a_forgotten_reversal_shows_as_a_suspect_and_a_negative_alpha_is_flagged(survey):
    responses, _ = survey
    forgotten = make_scale("one", signs=dict.fromkeys((f"T{n}" for n in range(1, 9)), 1))
    opposed = make_scale("two", signs={"T1": 1, "T2": -1})

    reports = {one.score: one for one in check_reliability(responses, [forgotten, opposed])}

    assert reports["one.s"].suspects == ("T7", "T8")
    assert not reports["one.s"].negative
    assert reports["two.s"].negative
    assert reports["two.s"].alpha.value < 0


def test_items_without_any_spread_have_no_alpha():
    assert alpha(np.full((200, 3), 4.0)).rule == "not-estimable"
    assert alpha_within(np.full((200, 3), 4.0), np.zeros(200, dtype=int)).rule == "not-estimable"
