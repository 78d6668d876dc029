import math

import numpy as np
import pandas as pd
import pytest
from measure_builders import SIX, make_people, make_responses, make_scale

from climatekit.errors import InputError
from climatekit.knowledge.resources import shipped
from climatekit.knowledge.scale_files import read_test_vectors
from climatekit.knowledge.scales import ResponseSet, list_scales, load_scale
from climatekit.measure.scoring import score
from climatekit.measure.summaries import summarize, summarize_items

SHIPPED = list_scales()
EXAMPLES = [
    pytest.param(name, example, id=f"{name}: {example.name}")
    for name in SHIPPED
    for example in read_test_vectors(shipped("scales") / f"{name}.toml")
]


def as_responses(example, scale):
    items = tuple(scale.items)
    people = [("w1", "A", *(answers.get(item) for item in items)) for answers in example.answers]
    return make_people(*people, items=items)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_each_worked_example_of_a_scale_file_comes_out(name, example):
    scale = load_scale(name, form=example.form)

    scores = score(as_responses(example, scale), [scale])

    found = {
        (row["respondent"], row["score"]): row["native"] for row in scores.frame.to_dict("records")
    }
    for place, expected in enumerate(example.expected):
        for rule, native in expected.items():
            value = found[f"p{place}", rule]
            assert math.isnan(value) if native is None else value == pytest.approx(native)
    summary = summarize(scores, [scale]).set_index("score")
    for rule, native in example.school.items():
        assert summary.loc[rule, "native_mean"] == pytest.approx(native)


def test_six_everywhere_on_the_trust_scale_counts_reversed_items_as_one():
    scale = load_scale("ots")
    items = tuple(scale.items)

    summary = summarize(
        score(make_people(("w1", "A", *[6] * 26), items=items), [scale]), [scale]
    ).set_index("score")

    assert summary["native_mean"].to_dict() == {"ots.tp": 4.125, "ots.tco": 5.375, "ots.tcl": 5.5}
    assert summary["mean"].to_dict() == {"ots.tp": 62.5, "ots.tco": 87.5, "ots.tcl": 90.0}


def test_reversal_uses_the_declared_range_and_not_the_observed_one():
    scale = make_scale(signs={"a": 1, "b": -1})
    responses = make_people(("w1", "A", 3, 3), ("w1", "A", 4, 4), items=("a", "b"))

    keyed = score(responses, [scale]).keyed

    assert keyed["a"].tolist() == [40.0, 60.0]
    assert keyed["b"].tolist() == [60.0, 40.0]


def test_below_the_minimum_answered_a_person_has_no_score_but_keeps_the_counts():
    scale = make_scale(signs={"a": 1, "b": 1, "c": 1}, min_answered=2)
    responses = make_people(
        ("w1", "A", 6, 6, None), ("w1", "A", 6, None, None), items=("a", "b", "c")
    )

    frame = score(responses, [scale]).frame

    assert frame["points"].tolist()[0] == 100.0
    assert math.isnan(frame["points"].tolist()[1])
    assert frame["answered"].tolist() == [2, 1]
    assert frame["asked"].tolist() == [3, 3]


def test_nobody_who_answered_nothing_gets_a_score_even_with_a_minimum_of_nought():
    scale = make_scale(signs={"a": 1}, min_answered=0)

    frame = score(make_people(("w1", "A", None), items=("a",)), [scale]).frame

    assert frame["points"].isna().all()


def test_items_of_different_ranges_are_rescaled_before_they_are_averaged():
    four = ResponseSet(id="four", kind="agreement", low=0, high=4, labels={})
    scale = make_scale(signs={"a": 1, "b": -1}, answers={"a": SIX, "b": four})

    frame = score(make_people(("w1", "A", 6, 1), items=("a", "b")), [scale]).frame

    assert frame["points"].tolist() == [(100 + 75) / 2]


def test_a_sum_score_is_prorated_for_skipped_items():
    scale = make_scale(signs={"a": 1, "b": 1, "c": -1}, method="sum", min_answered=2)
    responses = make_people(("w1", "A", 2, 3, 1), ("w1", "A", 2, 3, None), items=("a", "b", "c"))

    frame = score(responses, [scale]).frame

    assert frame["native"].tolist() == [11.0, 7.5]


def test_answers_outside_the_declared_range_are_all_refused_at_once():
    scale = make_scale(signs={"a": 1, "b": -1, "c": 1})
    responses = make_people(
        ("w1", "A", 7, 1, 3), ("w1", "A", 7, 0, 3), ("w1", "A", 2, 2, 3), items=("a", "b", "c")
    )

    with pytest.raises(InputError) as refusal:
        score(responses, [scale])

    assert [(p.code, p.column, p.count) for p in refusal.value.problems] == [
        ("CK290", "a", 2),
        ("CK290", "b", 1),
    ]


def test_a_wave_that_asked_none_of_the_items_has_no_rows_for_the_score():
    scale = make_scale(signs={"a": 1})
    frame = pd.DataFrame(
        {
            "wave": ["w1", "w2"],
            "school": "A",
            "respondent": ["p", "q"],
            "role": "",
            "a": [6, pd.NA],
            "other": [1, 1],
        }
    )
    responses = make_responses(
        frame,
        items=("a", "other"),
        waves=("w1", "w2"),
        asked={"w1": frozenset({"a", "other"}), "w2": frozenset({"other"})},
    )

    scores = score(responses, [scale])

    assert scores.frame["wave"].tolist() == ["w1"]
    assert scores.responded.tolist() == [True, True]
    assert summarize(scores, [scale])["wave"].tolist() == ["w1"]


def test_the_frame_handed_out_can_be_changed_without_changing_the_scores():
    scale = make_scale(signs={"a": 1})
    scores = score(make_people(("w1", "A", 6), items=("a",)), [scale])

    frame = scores.frame
    frame["points"] = 0.0

    assert scores.frame["points"].tolist() == [100.0]


def test_a_school_called_none_and_one_with_leading_noughts_keep_their_names():
    scale = make_scale(signs={"a": 1})
    responses = make_people(("w1", "None", 6), ("w1", "00123", 1), items=("a",))

    summary = summarize(score(responses, [scale]), [scale])

    assert summary["school"].tolist() == ["00123", "None"]


def test_a_summary_has_counts_mean_spread_and_ceiling_per_group():
    scale = make_scale(signs={"a": 1, "b": 1}, min_answered=2)
    responses = make_people(
        ("w1", "A", 6, 6),
        ("w1", "A", 6, 1),
        ("w1", "A", 1, 1),
        ("w1", "A", 6, None),
        ("w1", "A", None, None),
        ("w2", "A", 2, 2),
        ("w1", "B", 3, 3),
        items=("a", "b"),
        waves=("w2", "w1"),
    )

    summary = summarize(score(responses, [scale]), [scale])

    rows = summary.to_dict("records")
    assert [(r["wave"], r["school"], r["n"], r["respondents"]) for r in rows] == [
        ("w2", "A", 1, 1),
        ("w1", "A", 3, 4),
        ("w1", "B", 1, 1),
    ]
    assert rows[1]["mean"] == 50.0
    assert rows[1]["sd"] == 50.0
    assert rows[1]["native_mean"] == 3.5
    assert rows[1]["ceiling"] == pytest.approx(1 / 3)
    assert math.isnan(rows[0]["sd"])


def test_answers_all_alike_have_no_spread_at_all():
    scale = make_scale(signs={"a": 1, "b": 1, "c": 1}, min_answered=3)
    responses = make_people(*[("w1", "A", 2, 3, 3)] * 31, items=("a", "b", "c"))

    summary = summarize(score(responses, [scale]), [scale])

    assert summary["sd"].tolist() == [0.0]


def test_items_first_averages_each_item_over_the_people_who_have_the_score():
    signs = {"a": 1, "b": 1, "c": 1}
    people = [("w1", "A", 6, None, 6), ("w1", "A", 1, 1, 1), ("w1", "A", None, None, 6)]
    scores = {}
    for order in ("items_first", "persons_first"):
        scale = make_scale(signs=signs, min_answered=2, order=order)
        found = summarize(score(make_people(*people, items=tuple(signs)), [scale]), [scale])
        scores[order] = found["native_mean"].tolist()

    # Items: a (6 + 1) / 2, b 1, c (6 + 1) / 2; the third person has no score.
    assert scores["items_first"] == [pytest.approx((3.5 + 1 + 3.5) / 3)]
    assert scores["persons_first"] == [3.5]


def test_summaries_can_be_made_by_wave_alone_by_role_and_over_everybody():
    scale = make_scale(signs={"a": 1})
    responses = make_people(
        ("w1", "A", 6), ("w1", "B", 1), ("w2", "B", 1), items=("a",), waves=("w1", "w2")
    )
    frame = responses.frame.assign(role=["teacher", "", "teacher"])
    scores = score(make_responses(frame, items=("a",), waves=("w1", "w2")), [scale])

    assert summarize(scores, [scale], by=("wave",))["mean"].tolist() == [50.0, 0.0]
    assert summarize(scores, [scale], by=("role",))["n"].tolist() == [1, 2]
    assert summarize(scores, [scale], by=())["n"].tolist() == [3]


def test_item_shares_count_in_the_keyed_direction():
    scale = make_scale(signs={"a": 1, "b": -1})
    responses = make_people(
        ("w1", "A", 6, 6),
        ("w1", "A", 5, 5),
        ("w1", "A", 3, 2),
        ("w1", "A", None, 4),
        items=("a", "b"),
    )

    table = summarize_items(score(responses, [scale]), responses, [scale]).set_index("item")

    assert table["n"].to_dict() == {"a": 3, "b": 4}
    assert table.loc["a", ["favourable", "neutral", "unfavourable"]].tolist() == pytest.approx(
        [2 / 3, 1 / 3, 0]
    )
    assert table.loc["b", ["favourable", "neutral", "unfavourable"]].tolist() == [0.25, 0.25, 0.5]


def test_item_shares_leave_out_items_not_asked_and_are_missing_where_nobody_answered():
    scale = make_scale(signs={"a": 1, "b": 1})
    frame = make_people(
        ("w1", "A", 6, None), ("w2", "A", 6, None), items=("a", "b"), waves=("w1", "w2")
    ).frame
    responses = make_responses(
        frame,
        items=("a", "b"),
        waves=("w1", "w2"),
        asked={"w1": frozenset({"a"}), "w2": frozenset({"a", "b"})},
    )

    table = summarize_items(score(responses, [scale]), responses, [scale])

    assert list(zip(table["wave"], table["item"], strict=True)) == [
        ("w1", "a"),
        ("w2", "a"),
        ("w2", "b"),
    ]
    assert table["n"].tolist() == [1, 1, 0]
    assert np.isnan(table["favourable"].tolist()[2])


def test_no_scales_give_empty_tables():
    responses = make_people(("w1", "A", 6), items=("a",))

    scores = score(responses, [])

    assert scores.frame.empty
    assert summarize(scores, []).empty
    assert summarize_items(scores, responses, []).empty


def test_no_respondents_give_empty_tables():
    scale = make_scale(signs={"a": 1})
    responses = make_people(items=("a",))

    scores = score(responses, [scale])

    assert summarize(scores, [scale]).empty
    assert summarize_items(scores, responses, [scale]).empty
