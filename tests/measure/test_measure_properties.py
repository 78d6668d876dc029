import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_builders import SIX, make_people, make_responses, make_scale

from climatekit.knowledge.settings import ComparisonSettings
from climatekit.measure.agreement import check_agreement
from climatekit.measure.alphas import alpha, alpha_within
from climatekit.measure.change import compare
from climatekit.measure.consistency import check_reliability
from climatekit.measure.item_analysis import item_rest
from climatekit.measure.scoring import score
from climatekit.measure.summaries import summarize, summarize_items

ITEMS = ("a", "b", "c")
SIGNS = {"a": 1, "b": -1, "c": 1}
SCALE = make_scale(signs=SIGNS, min_answered=2)
FIRST_ORDER = make_scale("y", signs=SIGNS, min_answered=2, order="items_first")

answer = st.one_of(st.none(), st.integers(1, 6))
person = st.tuples(st.sampled_from(["w1", "w2"]), st.sampled_from("ABC"), answer, answer, answer)
people = st.lists(person, min_size=1, max_size=40)
quick = settings(max_examples=25, deadline=None)


def everything(responses, scales=(SCALE, FIRST_ORDER)):
    """Return all tables of a survey, in one dictionary of numbers."""
    scores = score(responses, scales)
    numbers = {}
    for table in (
        summarize(scores, scales).rename(columns={"score": "what"}),
        summarize_items(scores, responses, scales).rename(columns={"item": "what"}),
    ):
        for row in table.to_dict("records"):
            where = (row.pop("wave"), row.pop("school"), row.pop("what"))
            numbers |= {(*where, name): value for name, value in row.items()}
    for one in check_agreement(scores, responses, scales):
        for name in ("schools", "people", "smallest", "largest", "rwg_mean", "rwg_slight_mean"):
            numbers[one.score, one.wave, name] = getattr(one, name) or 0.0
        for icc in ("icc1", "icc2"):
            numbers[one.score, one.wave, icc] = getattr(getattr(one, icc), "value", -9.0)
    return numbers


def same(first, second):
    assert first.keys() == second.keys()
    for key, value in first.items():
        assert second[key] == pytest.approx(value, abs=1e-9, nan_ok=True), key


@quick
@given(people, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_nothing(answers, random):
    responses = make_people(*answers, items=ITEMS, waves=("w1", "w2"))
    order = list(range(len(answers)))
    random.shuffle(order)
    turned = make_responses(
        responses.frame.iloc[order][["role", "respondent", "c", "school", "a", "wave", "b"]],
        items=("c", "a", "b"),
        waves=("w1", "w2"),
    )

    same(everything(responses), everything(turned))


@quick
@given(people)
def test_school_means_do_not_depend_on_the_order_of_rows_in_any_digit(answers):
    responses = make_people(*answers, items=ITEMS, waves=("w1", "w2"))
    turned = make_responses(responses.frame.iloc[::-1], items=ITEMS, waves=("w1", "w2"))

    one, two = (summarize(score(r, [SCALE]), [SCALE]) for r in (responses, turned))

    pd.testing.assert_series_equal(one["mean"], two["mean"], check_exact=True)


@quick
@given(people)
def test_other_names_for_the_schools_change_only_the_names(answers):
    names = {"A": "zebra", "B": "00123", "C": "None"}
    responses = make_people(*answers, items=ITEMS, waves=("w1", "w2"))
    renamed = make_people(
        *[(wave, names[school], *codes) for wave, school, *codes in answers],
        items=ITEMS,
        waves=("w1", "w2"),
    )

    expected = {
        (key[0], names[key[1]], *key[2:]) if len(key) == 4 else key: value
        for key, value in everything(responses).items()
    }
    same(expected, everything(renamed))


@quick
@given(people)
def test_somebody_who_answered_nothing_changes_nothing(answers):
    silent = (*answers[0][:2], None, None, None)
    before = make_people(*answers, items=ITEMS, waves=("w1", "w2"))
    after = make_people(*answers, silent, items=ITEMS, waves=("w1", "w2"))

    same(everything(before), everything(after))


@quick
@given(people)
def test_reversing_a_reversed_item_gives_the_answer_back(answers):
    plain = make_scale(signs=dict.fromkeys(ITEMS, 1))
    opposed = make_scale(signs=dict.fromkeys(ITEMS, -1))
    responses = make_people(*answers, items=ITEMS, waves=("w1", "w2"))
    frame = responses.frame
    frame[list(ITEMS)] = SIX.low + SIX.high - frame[list(ITEMS)]
    mirrored = make_responses(frame, items=ITEMS, waves=("w1", "w2"))

    once = score(responses, [plain]).keyed
    twice = score(mirrored, [opposed]).keyed

    pd.testing.assert_frame_equal(once, twice)


@quick
@given(st.integers(0, 10_000), st.floats(-1000, 1000))
def test_a_constant_shift_leaves_alpha_unchanged(seed, shift):
    generator = np.random.default_rng(seed)
    matrix = np.round(generator.normal(size=(60, 1)) + generator.normal(size=(60, 4)), 1)
    matrix[generator.random(matrix.shape) < 0.1] = np.nan
    schools = generator.integers(0, 5, 60)
    moved = matrix + np.array([shift, 0.0, 0.0, -shift])

    assert alpha(moved).value == pytest.approx(alpha(matrix).value, abs=1e-9)
    assert item_rest(moved) == pytest.approx(item_rest(matrix), abs=1e-9)
    within = alpha_within(matrix, schools)
    assert alpha_within(moved, schools).value == pytest.approx(within.value, abs=1e-9)


@quick
@given(st.integers(0, 10_000))
def test_a_shift_of_whole_schools_leaves_within_school_alpha_unchanged(seed):
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(60, 1)) + generator.normal(size=(60, 4))
    matrix[generator.random(matrix.shape) < 0.1] = np.nan
    schools = generator.integers(0, 5, 60)
    moved = matrix + 10.0 * schools[:, None]

    within = alpha_within(matrix, schools)
    assert alpha_within(moved, schools).value == pytest.approx(within.value, abs=1e-9)


@quick
@given(people)
def test_points_stay_between_nought_and_a_hundred(answers):
    responses = make_people(*answers, items=ITEMS, waves=("w1", "w2"))

    summary = summarize(score(responses, [SCALE, FIRST_ORDER]), [SCALE, FIRST_ORDER])

    assert summary["mean"].dropna().between(0, 100).all()
    assert (summary["n"] <= summary["respondents"]).all()


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_alpha_does_not_depend_on_names_or_order(survey, seed):
    responses, scales = survey
    order = np.random.default_rng(seed).permutation(len(responses.frame))
    turned = make_responses(
        responses.frame.iloc[order], items=responses.items[::-1], waves=responses.waves
    )

    for one, two in zip(
        check_reliability(responses, scales), check_reliability(turned, scales), strict=True
    ):
        assert two.alpha.value == pytest.approx(one.alpha.value, abs=1e-12)
        assert two.alpha_within.value == pytest.approx(one.alpha_within.value, abs=1e-12)
        assert two.item_rest == pytest.approx(one.item_rest, abs=1e-12)


numbers = st.tuples(st.integers(10, 200), st.floats(0, 100), st.floats(0, 40))


@settings(max_examples=200, deadline=None)
@given(numbers, numbers, st.integers(0, 60), st.integers(0, 60))
def test_verdicts_follow_their_definition(before, after, missing_before, missing_after):
    waves = {"w1": (before, missing_before), "w2": (after, missing_after)}
    table = pd.DataFrame(
        [
            {"wave": w, "school": "A", "score": "x.s", "n": n, "mean": m, "sd": s, "ceiling": 0.0}
            for w, ((n, m, s), _) in waves.items()
        ]
    )

    (change,) = compare(
        table,
        eligible={("A", w): one[0] + missing for w, (one, missing) in waves.items()},
        pairs=[("w1", "w2")],
        comparable={},
        family=["x.s"],
        settings=ComparisonSettings(),
        min_n=10,
        dates={},
        responded={("A", w): one[0] for w, (one, _) in waves.items()},
    )

    if change.reason:
        assert change.verdict == "not_compared"
        assert change.reason in {"response", "no-spread"}
        return
    d, small = change.difference, change.low90 > -5 and change.high90 < 5
    assert (d.low > 0 or d.high < 0) == (change.p < 0.05) or change.p == pytest.approx(0.05)
    expected = "held_steady" if small else "too_close"
    if change.p_holm < 0.05:
        expected = "moved_slightly" if small else ("rose" if d.value > 0 else "fell")
    assert change.verdict_as_answered == expected
    shaken = "fragile" in change.tags and expected in {"rose", "fell"}
    assert change.verdict == ("too_close" if shaken else expected)
    assert d.low <= change.low90 <= d.value <= change.high90 <= d.high
    assert not change.clearly or change.verdict in {"rose", "fell"}


def test_the_change_of_a_school_does_not_depend_on_the_other_schools(survey):
    responses, scales = survey
    summary = summarize(score(responses, scales), scales)
    arguments = {
        "eligible": {},
        "pairs": [("w1", "w2")],
        "comparable": {},
        "family": ["trust.s", "ce.s"],
        "settings": ComparisonSettings(),
        "min_n": 10,
        "dates": {},
        "responded": {},
    }

    together = compare(summary, **arguments)
    alone = compare(summary[summary["school"] == "14"], **arguments)

    assert [change for change in together if change.school == "14"] == list(alone)
