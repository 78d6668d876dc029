"""What must not change any statistic on a score's quality, over all of them at once."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from measure_builders import make_responses

from climatekit.measure.agreement import check_agreement
from climatekit.measure.coding import check_coding
from climatekit.measure.consistency import check_reliability
from climatekit.measure.drift import find_drifts
from climatekit.measure.group_alphas import check_groups
from climatekit.measure.ordinal import check_ordinal
from climatekit.measure.quality_figures import (
    list_agreement,
    list_consistency,
    list_invariance,
    list_ordinal,
)
from climatekit.measure.school_means import estimate_school_means
from climatekit.measure.scoring import score
from climatekit.measure.screening import screen
from climatekit.values import Estimate

PAIR = [("w1", "w2")]


def measure(responses, scales):
    """Return every statistic by its name, and what the coding check says."""
    scores = score(responses, scales)
    found = {}

    def take(figures, *where):
        for one in figures:
            key = (*where, one.statistic, one.item)
            value = one.value
            found[key] = (
                (value.value, value.low or 0.0, value.high or 0.0, value.n)
                if isinstance(value, Estimate)
                else value
            )

    for one in check_reliability(responses, scales):
        take(list_consistency(one), one.score, one.wave)
    for one in check_ordinal(responses, scales):
        take(list_ordinal(one), one.score, one.wave)
    for one in check_agreement(scores, responses, scales):
        take(list_agreement(one), one.score, one.wave)
    for one in find_drifts(responses, scales, PAIR):
        take(list_invariance(one), one.score, one.before)
        found[one.score, "moves"] = tuple(sorted(one.moves))
    for one in check_coding(responses, scales):
        found["coding", one.item] = (one.finding, one.waves)
    found["flags"] = int(screen(responses, scales).frame["flags"].sum())
    return found


def same(one, other):
    assert one.keys() == other.keys()
    for key, value in one.items():
        if isinstance(value, tuple) and value and isinstance(value[0], float):
            assert other[key] == pytest.approx(value, abs=1e-7), key
        else:
            assert other[key] == value, key


@pytest.fixture(scope="module")
def figures(survey):
    return measure(*survey)


def remake(responses, frame, items=None):
    return make_responses(frame, items=items or responses.items, waves=responses.waves)


def test_the_order_of_rows_and_columns_and_the_names_of_schools_change_nothing(survey, figures):
    responses, scales = survey
    frame = responses.frame
    order = np.random.default_rng(5).permutation(len(frame))
    moved = frame.iloc[order].assign(school="x" + frame["school"])

    same(figures, measure(remake(responses, moved, responses.items[::-1]), scales))


def test_a_file_split_in_two_changes_nothing(survey, figures):
    responses, scales = survey
    frame = responses.frame
    half = np.arange(len(frame)) % 3 == 0

    same(figures, measure(remake(responses, pd.concat([frame[half], frame[~half]])), scales))


def test_somebody_who_answered_nothing_changes_nothing(survey, figures):
    responses, scales = survey
    frame = responses.frame
    silent = frame.iloc[[0]].assign(respondent="nobody", **dict.fromkeys(responses.items, pd.NA))
    silent = silent.astype(frame.dtypes.to_dict())

    found = measure(remake(responses, pd.concat([frame, silent])), scales)

    # Of screening one flag more: more than half of the questions not answered.
    assert found.pop("flags") - figures["flags"] in (0, 1)
    same({key: value for key, value in figures.items() if key != "flags"}, found)


def test_reversing_each_item_in_data_and_key_alike_changes_nothing(survey, figures):
    responses, scales = survey
    frame = responses.frame
    frame[list(responses.items)] = 7 - frame[list(responses.items)]
    turned = [
        replace(
            scale,
            scores={
                name: replace(rule, items={item: -sign for item, sign in rule.items.items()})
                for name, rule in scale.scores.items()
            },
        )
        for scale in scales
    ]

    found = measure(remake(responses, frame), turned)

    same(*({k: v for k, v in one.items() if k[0] != "coding"} for one in (figures, found)))


def test_an_export_in_two_files_scores_like_the_one(climatekit, study):
    whole = climatekit("score").out
    heading, *rows = (study / "exports" / "w1.csv").read_text("utf-8").splitlines(keepends=True)
    for name, part in (("a", rows[::2]), ("b", rows[1::2])):
        (study / "exports" / f"{name}.csv").write_text("".join([heading, *part]), "utf-8")
    config = study / "climatekit.toml"
    told = config.read_text("utf-8")
    config.write_text(told.replace('["exports/w1.csv"]', '["exports/a.csv", "exports/b.csv"]'))

    assert config.read_text("utf-8") != told
    assert climatekit("score").out == whole


def test_school_figures_do_not_depend_on_order(survey):
    responses, scales = survey
    frame = responses.frame.iloc[::-1]
    moved = remake(responses, frame)

    tables = [check_groups(one, scales, least=10) for one in (responses, moved)]
    pd.testing.assert_frame_equal(*tables)
    means = [
        pd.concat([part.frame for part in estimate_school_means(score(one, scales), one, scales)])
        for one in (responses, moved)
    ]
    pd.testing.assert_frame_equal(*means)
