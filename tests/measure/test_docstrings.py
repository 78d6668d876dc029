"""Each statistic says its formula's source, what a missing answer does, and when there is none."""

import re
from pathlib import Path

import pytest

from climatekit.measure import (
    alphas,
    careless,
    coding,
    factor_analysis,
    invariance,
    item_analysis,
    item_moments,
    ordinal_factor,
    polychoric,
    school_agreement,
    school_means,
    variance_table,
)
from climatekit.measure.agreement import check_agreement
from climatekit.measure.consistency import check_reliability
from climatekit.measure.drift import find_drifts
from climatekit.measure.ordinal import check_ordinal
from climatekit.measure.quality_figures import (
    list_agreement,
    list_consistency,
    list_invariance,
    list_ordinal,
)
from climatekit.measure.scoring import score

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"

STATISTICS = (
    alphas.alpha, alphas.alpha_within, alphas.alpha_duhachek, alphas.standardize_alpha,
    item_analysis.item_rest, item_analysis.alpha_if_dropped, item_analysis.find_lambda6,
    item_analysis.split_halves, item_analysis.standard_error, factor_analysis.find_omega,
    factor_analysis.find_full_omega,
    polychoric.find_polychoric, ordinal_factor.work_ordinal_omega, variance_table.icc1,
    variance_table.icc2, school_agreement.find_rwgj, school_agreement.find_agreement,
    school_means.fit_described, item_moments.work_item_reliability, invariance.check_invariance,
    careless.find_runs, careless.find_spread, careless.find_distance, careless.find_even_odd,
    careless.correlate_pairs,
)  # fmt: skip


@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda one: one.__name__)
def test_a_statistic_tells_its_source_its_missing_rule_and_when_there_is_none(statistic):
    told = statistic.__doc__

    assert re.search(r"\b(?:18|19|20)\d\d\b", told)
    assert re.search(r"missing|not answered|answered both|answered every|pairwise", told)
    assert re.search(r"NaN|Withheld|[Ww]ithheld|not-estimable|reasons", told)


def test_the_coding_check_tells_when_it_says_nothing():
    assert "too_few" in coding.check_coding.__doc__


def test_the_methods_name_every_statistic_of_the_detail_table(survey):
    responses, scales = survey
    drifts = find_drifts(responses, scales, [("w1", "w2")])
    figures = [
        *(one for own in check_reliability(*survey) for one in list_consistency(own)),
        *(one for own in check_ordinal(*survey, pooled=False) for one in list_ordinal(own)),
        *(
            one
            for own in check_agreement(score(responses, scales), responses, scales)
            for one in list_agreement(own)
        ),
        *(one for own in drifts for one in list_invariance(own)),
    ]
    told = METHODS.read_text("utf-8")
    steps = {"configural", "metric", "scalar", "strict"}

    names = {one.statistic for one in figures}

    parts = {
        part
        for name in names
        for head, _, rest in [name.partition("_")]
        for part in ((f"{head}_", rest) if head in steps else (name,))
    }
    assert {part for part in parts if f"`{part}`" not in told} == set()
    assert len(names) > 50
