import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_builders import make_people, make_responses, make_scale

from climatekit.measure.agreement import check_agreement
from climatekit.measure.groups import describe
from climatekit.measure.item_moments import find_item_moments, work_item_reliability
from climatekit.measure.school_agreement import count_answers, find_agreement
from climatekit.measure.school_means import estimate_school_means, fit_described
from climatekit.measure.scoring import score
from climatekit.measure.stacks import find_group_moments, lay_out, stack_groups
from climatekit.values import Withheld


def fit(values, schools):
    return fit_described(*describe(np.array(values), np.array(schools), max(schools) + 1))


def find_item_reliability(matrix, schools, n):
    moments = find_group_moments(lay_out(matrix), stack_groups(schools))
    return work_item_reliability(*find_item_moments(moments), n)


@pytest.fixture(scope="module")
def means(survey):
    responses, scales = survey
    found = estimate_school_means(score(responses, scales), responses, scales)
    return {(one.score.removesuffix(".s"), int(one.wave[1:])): one for one in found}


def test_average_deviation_and_rwg_by_hand():
    # Answers 1 2 2 5 on five options: mean 2.5, deviations 1.5 .5 .5 2.5 = 5/4;
    # median 2, deviations 1 0 0 3 = 1; variance (2.25+.25+.25+6.25)/3 = 3.
    found = find_agreement(np.array([[0, 1, 1, 4]], dtype=np.int8), np.zeros(4, dtype=int), 1, [5])

    assert found.from_mean[0, 0] == pytest.approx(1.25)
    assert found.from_median[0, 0] == pytest.approx(1.0)
    assert found.variance[0, 0] == pytest.approx(3.0)
    assert found.rwg(found.even)[0, 0] == pytest.approx(1 - 3 / 2)
    assert found.rwg(found.slight)[0, 0] == pytest.approx(1 - 3 / 1.34)


def test_the_median_of_an_even_number_of_answers_lies_halfway():
    # 1 2 5 6: median 3.5, deviations 2.5 1.5 1.5 2.5 = 2.
    codes = np.array([[0, 1, 4, 5]], dtype=np.int8)

    found = find_agreement(codes, np.zeros(4, dtype=int), 1, [6])

    assert found.from_median[0, 0] == pytest.approx(2.0)


def test_answers_are_counted_by_item_school_and_option():
    steps = np.array([[0, 0], [2, -1]], dtype=np.int8)

    counts = count_answers(steps, np.array([1, 1]), 2, 3)

    # By option, item and school: nobody is in the first school.
    assert counts.tolist() == [[[0, 2], [0, 0]], [[0, 0], [0, 0]], [[0, 0], [0, 1]]]


def test_schools_that_differ_less_than_chance_have_a_between_variance_of_exactly_zero():
    values = np.array([10.0, 50.0, 90.0, 12.0, 50.0, 91.0])

    model = fit(values, [0, 0, 0, 1, 1, 1])

    assert model.between == 0
    assert model.reliability.tolist() == [0, 0]
    assert model.shrunken == pytest.approx(np.full(2, values.mean()))


def test_equal_schools_give_the_variance_tables_answer():
    # Equal n: REML equals the variance table. Schools 1 3 / 5 7: MSW 2, MSB 16, between 7.
    model = fit([1.0, 3.0, 5.0, 7.0], [0, 0, 1, 1])

    assert (model.between, model.within) == pytest.approx((7.0, 2.0))
    # r = 7 / (7 + 2/2); means 2 and 6 around 4.
    assert model.reliability == pytest.approx([7 / 8] * 2)
    assert model.shrunken == pytest.approx([4 - 2 * 7 / 8, 4 + 2 * 7 / 8])


def test_without_a_second_school_or_colleague_or_spread_there_is_no_model():
    one = fit([1.0, 2.0], [0, 0])
    alone = fit([1.0, 2.0], [0, 1])
    flat = fit([1.0, 1.0, 2.0, 2.0], [0, 0, 1, 1])

    assert all(isinstance(model, Withheld) for model in (one, alone, flat))


def test_reliability_over_people_and_items_by_hand():
    # Both items: schools (1 3) and (5 7). Per pair MSB 16, MSW 2, n0 2: B 7, W 2 for the
    # variances. The second item's answers are swapped within schools, so across items the
    # within product is -2: MSB 16, B (16 + 2) / 2 = 9.
    matrix = np.array([[1.0, 3.0], [3.0, 1.0], [5.0, 7.0], [7.0, 5.0]])
    schools = np.array([0, 0, 1, 1])

    found = find_item_reliability(matrix, schools, np.array([1, 4]))

    # J/(J-1) = 2, off-diagonal 18, sum of B 32, sum of W 2+2-2-2 = 0: 36/32, held at 1.
    assert found.tolist() == [1.0, 1.0]
    apart = matrix + np.array([[0.0, 0.0], [0.0, 0.0], [0.0, -4.0], [0.0, -4.0]])
    # Now item two is alike in both schools: B2 (0 - 2) / 2 = -1; across items
    # MSB 0, B (0 + 2) / 2 = 1; sum of B 7 - 1 + 2 = 8, shared 2: 2 x 2 / 8.
    assert find_item_reliability(apart, schools, np.array([1, 9])) == pytest.approx([0.5, 0.5])


def test_reliability_over_items_falls_below_that_over_people_and_grows_with_n(means):
    one = means["trust", 1]
    large = one.n >= 10

    assert (one.item_reliability[large] < one.reliability[large]).all()
    order = np.argsort(one.n, kind="stable")
    assert (np.diff(one.item_reliability[order]) >= 0).all()


code = st.one_of(st.none(), st.integers(1, 6))
crowd = st.lists(
    st.tuples(st.sampled_from(["w1", "w2"]), st.sampled_from("ABC"), code, code, code),
    min_size=2,
    max_size=30,
)
SCALE = make_scale(signs={"a": 1, "b": -1, "c": 1}, min_answered=2)


def all_numbers(responses, rename=None):
    scores = score(responses, [SCALE])
    names = rename or {}
    numbers = {}
    for one in estimate_school_means(scores, responses, [SCALE]):
        for row in one.frame.to_dict("records"):
            where = (row.pop("wave"), row.pop("score"), names.get(row["school"], row["school"]))
            del row["school"]
            numbers |= {(*where, name): value for name, value in row.items()}
    for one in check_agreement(scores, responses, [SCALE]):
        for name in ("rwg_star_mean", "ad_mean", "ad_median", "rwg_score_mean", "rwg_slight_above"):
            numbers[one.wave, name] = -9.0 if getattr(one, name) is None else getattr(one, name)
    return numbers


def assert_same(first, second):
    assert first.keys() == second.keys()
    for key, value in first.items():
        assert second[key] == pytest.approx(value, abs=1e-7, nan_ok=True), key


@settings(max_examples=50, deadline=None)
@given(crowd, st.randoms(use_true_random=False))
def test_order_names_of_schools_and_somebody_silent_change_no_school_figure(people, random):
    items = ("a", "b", "c")
    responses = make_people(*people, items=items, waves=("w1", "w2"))
    base = all_numbers(responses)
    order = list(range(len(people)))
    random.shuffle(order)
    shuffled = make_responses(
        responses.frame.iloc[order][["wave", "c", "school", "b", "a", "role", "respondent"]],
        items=("c", "b", "a"),
        waves=("w1", "w2"),
    )
    renamed = {"A": "Z", "B": "Y", "C": "X"}
    other = [(wave, renamed[school], *codes) for wave, school, *codes in people]
    silent = make_people(
        *people, (people[0][0], "A", None, None, None), items=items, waves=("w1", "w2")
    )

    assert_same(base, all_numbers(shuffled))
    back = {new: old for old, new in renamed.items()}
    assert_same(
        base, all_numbers(make_people(*other, items=items, waves=("w1", "w2")), rename=back)
    )
    assert_same(base, all_numbers(silent))
