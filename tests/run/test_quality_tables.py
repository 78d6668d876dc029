"""How far scores can be trusted: the detailed table, each school's own, and the sentences."""

from dataclasses import replace

import pandas as pd
import pytest

from climatekit.knowledge.settings import DisclosureSettings, RoleGroup
from climatekit.knowledge.settings_file import read_settings
from climatekit.knowledge.wording import load_messages
from climatekit.measure.among import keep_among, mark_among
from climatekit.measure.quality_figures import QualityFigure
from climatekit.measure.school_means import estimate_school_means
from climatekit.measure.scoring import score
from climatekit.release.assembly import ScaleQuality
from climatekit.release.coefficients import Basis, release_coefficients
from climatekit.release.gate import Gate
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.run.demo.district import write_district
from climatekit.run.figures.base import keep_shown
from climatekit.run.figures.coefficients import gather_coefficients, gather_pooled
from climatekit.run.figures.figures import measure_study, release_study
from climatekit.run.figures.screened import gather_screening
from climatekit.run.publishing.ledger_file import list_printed
from climatekit.run.study import load_study
from climatekit.run.tables.quality_tables import (
    DETAIL_COLUMNS,
    SCHOOL_COLUMNS,
    list_detail,
    list_own_reliability,
)
from climatekit.run.tables.reliability_words import _judge, tell_agreement
from climatekit.values import Estimate, Withheld

GATE = Gate(DisclosureSettings())


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quality")
    write_district(folder)
    return load_study(read_settings(folder / "climatekit.toml"))


def rows_of(columns, rows):
    return [dict(zip(columns, row, strict=True)) for row in rows]


def test_every_statistic_is_a_row_with_the_people_that_it_rests_on(study):
    rows = rows_of(DETAIL_COLUMNS, list_detail(study))
    wave = study.waves[-1]
    report = next(
        one
        for one in study.figures.reliability
        if one.wave == wave and one.score == study.scales[0].id + ".tp"
    )
    own = {
        row["statistic"]: row
        for row in rows
        if (row["score"], row["wave"], row["since"]) == (report.score, wave, None)
        and row["withheld"] is None
    }

    assert own["alpha_total"]["value"] == pytest.approx(report.alpha.value, abs=0.005)
    assert own["omega"]["low"] == pytest.approx(report.omega.low, abs=0.005)
    assert own["alpha_complete"]["people"] == report.alpha_complete.n // 10 * 10
    assert own["sem"]["value"] == pytest.approx(report.error, abs=0.005)
    assert {"ordinal_alpha", "ordinal_omega", "pearson_alpha", "lambda6", "icc1_reml"} <= set(own)
    assert {"rwgj_even", "rwgj_slight", "rwgj_star", "ad_mean", "mean_reliability"} <= set(own)
    shown = sum(study.release.shown[wave].values())
    assert all(row["people"] % 10 == 0 and row["people"] <= shown for row in own.values())


def test_all_waves_pooled_are_told_on_request_where_each_wave_may_be(study):
    plain, pooled = list_detail(study), list_detail(study, pooled=True)

    extra = rows_of(DETAIL_COLUMNS, [row for row in pooled if row not in plain])
    assert {row["wave"] for row in extra} == {"all"}
    most = max(row["people"] or 0 for row in rows_of(DETAIL_COLUMNS, plain) if not row["since"])
    assert max(row["people"] or 0 for row in extra) > 2 * most
    small = {wave: dict.fromkeys(own, 1) for wave, own in study.release.shown.items()}
    few = replace(study.figures, bases=dict.fromkeys(study.figures.bases, small))
    told = gather_pooled(few, study.scales, GATE)
    assert all(isinstance(one.shown, Withheld) for one in told)


def test_a_score_of_two_items_is_told_by_its_halves_alone(study):
    two = next(r.id for s in study.scales for r in s.scores.values() if len(r.items) == 2)

    told = {one.statistic for one in study.coefficients if one.score == two and not one.since}

    assert "spearman_brown" in told
    assert not told & {"alpha_within", "alpha_total", "omega", "item_rest", "ordinal_alpha"}


def test_every_released_coefficient_stands_in_the_ledger(study):
    told = {entry.about: entry.text for entry in list_printed(study, run_key="k" * 8, exports={})}

    for one in study.coefficients:
        about = (one.wave, one.since, "", one.role, one.statistic, one.subject)
        assert (about in told) == isinstance(one.shown, Released)
        if isinstance(one.shown, Released):
            counted = (*about[:4], f"{one.statistic}_schools", one.subject)
            assert told[counted] == str(one.schools)


@pytest.mark.parametrize(("people", "schools"), [(99, 24), (400, 4)])
def test_too_few_people_or_schools_withhold_everything_and_their_number(people, schools):
    figure = QualityFigure(statistic="omega", value=Estimate(value=0.8, low=0.7, high=0.9, n=400))
    basis = Basis(wave="w", score="s", people=people, schools=schools)

    (told,) = release_coefficients([figure], GATE, basis)

    assert told.shown == withhold("district-reliability")
    assert (told.people, told.schools) == (None, None)


def test_a_statistic_on_fewer_than_a_hundred_of_them_is_withheld():
    figure = QualityFigure(statistic="alpha_complete", value=Estimate(value=0.8, n=99))

    (told,) = release_coefficients(
        [figure], GATE, Basis(wave="w", score="s", people=400, schools=9)
    )

    assert isinstance(told.shown, Withheld)


def test_a_schools_own_figures_wait_for_thirty_people_and_shrink_what_is_printed(study):
    rows = rows_of(SCHOOL_COLUMNS, list_own_reliability(study))

    assert {row["school"] for row in rows} <= {s for w in study.release.shown.values() for s in w}
    for row in rows:
        small = row["answered"] < 30
        base = study.figures.bases[row["score"]][row["wave"]]
        apart = row["school"] in base and len(base) >= 5
        assert (row["alpha"] is None, row["reliability"] is None) == (small, small or not apart)
        assert not small or "shown" in row["withheld"]
    told = keep_shown(study.inputs.intake.responses, study.release.shown)
    scores = keep_among(score(told, study.scales), study.figures.bases)
    for means in estimate_school_means(scores, told, study.scales):
        middle = round(means.model.grand)
        for row in rows:
            if (row["wave"], row["score"]) == (means.wave, means.score) and row["best_estimate"]:
                shrunk = middle + row["reliability"] * (row["points"] - middle)
                assert row["best_estimate"] == pytest.approx(shrunk, abs=0.51)
    assert sum(row["best_estimate"] is not None for row in rows) > 10


def test_role_groups_are_told_only_where_both_sides_are_large_enough(study):
    def gather(*groups):
        return [
            one
            for one in gather_coefficients(study.figures, study.scales[:1], GATE, groups)
            if one.role and one.statistic == "alpha_within"
        ]

    roles = study.inputs.intake.responses.frame["role"].value_counts()
    teachers = gather(RoleGroup(id="t", roles=(roles.index[0],)))
    few = gather(RoleGroup(id="f", roles=(roles.index[-1],)))

    assert few
    assert all(isinstance(one.shown, Withheld) for one in few)
    responses = study.inputs.intake.responses.frame
    for one in teachers:
        mine = responses[(responses["wave"] == one.wave) & (responses["role"] == roles.index[0])]
        rest = responses[(responses["wave"] == one.wave) & (responses["role"] != roles.index[0])]
        enough = min(len(mine), len(rest)) >= 100
        assert enough or isinstance(one.shown, Withheld)


def coefficient(value, low=None):
    return Released(value=value, text=f"{value:.2f}", unit="coefficient", low=low, high=0.9)


QUALITY = ScaleQuality(
    score="s", wave="w", alpha=coefficient(0.8), icc1=coefficient(0.14, 0.08),
    icc2=coefficient(0.8), rwgj=coefficient(0.8), people=400, schools=24,
    agreement_schools=24, agreeing=(24, 22),
)  # fmt: skip
VERDICTS = {
    "yes": QUALITY,
    "yes, one null": replace(QUALITY, agreeing=(22, None)),
    "in_part": replace(QUALITY, agreeing=(20, 9)),
    "hardly": replace(QUALITY, agreeing=(9, 2)),
    "unclear": replace(QUALITY, icc1=coefficient(0.02, -0.01)),
    "alike": replace(QUALITY, icc1=coefficient(-0.01, -0.03)),
    "incoherent": replace(QUALITY, held_back=True),
    "unknown": replace(QUALITY, icc1=withhold("district-reliability")),
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_verdict_is_a_sentence_of_its_own(language):
    words = load_messages(language).under("quality")

    said = {name: _judge(quality, words) for name, quality in VERDICTS.items()}

    assert len(set(said.values())) == len(said)
    for name, sentence in said.items():
        opening = words.say(name.split(",")[0], numbers="|").partition("|")[0]
        assert sentence.startswith(opening)
        assert ("ICC(1)" in sentence) == (name not in ("incoherent", "unknown"))
    used = {"sentence", "numbers", "under_even", "under_both", *(n.split(",")[0] for n in VERDICTS)}
    assert used == set(words.keys())


def test_the_sentence_tells_icc_and_the_schools_that_agree():
    words = load_messages("en").under("quality")

    assert _judge(QUALITY, words) == (
        "staff agree enough for a school average to mean something: yes, ICC(1) 0.14, 22 of 24 "
        "schools above .70 rwg(j) under the skewed null, 24 under the even one"
    )


def test_sentences_are_of_the_latest_wave_and_name_the_score_in_their_language(study):
    english, spanish = (list(tell_agreement(study, language)) for language in ("en", "es"))

    longer = [r for s in study.scales for r in s.scores.values() if len(r.items) > 2]
    assert len(english) == len(spanish) == len(longer)
    assert english[0].startswith("Trust in the principal: ")
    assert spanish[0].startswith("Confianza en la dirección: ")


def measure_answers(study, frame):
    """Return all that is told of the quality of scores, were these the answers."""
    inputs, settings = study.inputs, study.settings
    others = replace(inputs.intake.responses, _frame=frame)
    figures = measure_study(others, study.scales, inputs.roster, settings)
    release = release_study(figures, study.scales, others.waves, settings)
    told = gather_coefficients(figures, study.scales, GATE, settings.role_groups)
    screened = gather_screening(others, study.scales, GATE, figures.shown, figures.bases)
    return release, told, screened


def test_no_coefficient_rests_on_a_hidden_school(study):
    """Rule D16: other answers there change no number of the whole district."""
    responses = study.inputs.intake.responses
    hidden = ~mark_among(responses, study.release.shown)
    frame = responses.frame
    for item in responses.items:
        frame[item] = frame[item].mask(frame[item].notna() & hidden, 1)

    release, told, screened = measure_answers(study, frame)

    assert hidden.any()
    assert not frame.equals(responses.frame)
    assert release.quality == study.release.quality
    assert told == study.coefficients
    assert screened == study.screening


def test_no_coefficient_rests_on_a_school_that_does_not_print_the_score(study):
    """Nine of a shown school have the score: other answers of theirs change nothing of it."""
    responses, scale = study.inputs.intake.responses, study.scales[0]
    rule = next(rule for rule in scale.scores.values() if len(rule.items) > 2)
    wave = study.waves[-1]
    school = next(iter(study.release.shown[wave]))
    frame = responses.frame
    rows = frame.index[(frame["wave"] == wave) & (frame["school"] == school)]
    frame.loc[rows[9:], list(rule.items)] = pd.NA
    frame.loc[rows[:9], list(rule.items)] = 3
    other = frame.copy()
    other.loc[rows[:9], list(rule.items)] = 1

    first, second = (measure_answers(study, answers) for answers in (frame, other))

    assert isinstance(first[0].schools[school].scores[rule.id].points[wave], Withheld)
    assert school in first[0].shown[wave]
    assert first[0].quality[wave, rule.id] == second[0].quality[wave, rule.id]
    for before, after in zip(first[1:], second[1:], strict=True):
        own = [[one for one in found if one.score == rule.id] for found in (before, after)]
        assert own[0] == own[1]
    assert isinstance(first[0].quality[wave, rule.id].icc2, Released)
