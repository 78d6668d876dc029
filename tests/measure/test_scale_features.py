"""What a scale file can say: one test for each of the format's 34 features."""

import json
import re
from dataclasses import replace

import pytest
from measure_builders import make_people, make_scale
from scale_texts import FULL

from climatekit.errors import DefinitionError, InputError
from climatekit.ingest.codebook import read_codebook
from climatekit.ingest.intake import read_export
from climatekit.ingest.labels import make_answer_key, read_answer
from climatekit.knowledge.scale_files import find_scale_files
from climatekit.knowledge.scale_model import find_band, find_norm
from climatekit.knowledge.scale_use import (
    adapt_scale,
    check_retest,
    check_trend_lines,
    digest_wording,
    find_by_heading,
    find_by_wording,
    find_cautions,
    speak_language,
)
from climatekit.knowledge.scales import load_scale, load_scales
from climatekit.knowledge.settings import ScaleUse, Settings
from climatekit.measure.agreement import check_agreement
from climatekit.measure.coding import check_coding
from climatekit.measure.comparability import find_breaks
from climatekit.measure.scoring import find_signs, score
from climatekit.measure.summaries import summarize
from climatekit.measure.worked_examples import check_worked_examples

TEXT = FULL.replace("HASH", digest_wording("pepper-and-salt", "How is the first?"))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("scales") / "whole.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def scale(file):
    return load_scale(file)


def refuse(tmp_path, *changes, name="whole"):
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = tmp_path / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_scale(path)
    return {(problem.code, problem.column) for problem in caught.value.problems}


def score_one(scale, *codes, asked=None):
    items = tuple(asked or scale.items)
    found = score(make_people(("w1", "A", *codes), items=items), [scale])
    return {row["score"]: row["native"] for row in found.frame.to_dict("records")}


def test_01_identity_version_status_and_fingerprint_are_stamped(scale):
    assert (scale.id, scale.version, scale.status) == ("whole", "2.1.0", "draft")
    assert scale.aliases == ("The Whole",)
    assert scale.stamp == f"whole 2.1.0 {scale.fingerprint[:12]}"
    assert re.fullmatch("[0-9a-f]{64}", scale.fingerprint)


def test_02_citations_have_roles_and_dois(scale):
    assert scale.citations[0] == "Author (2001). The whole. https://doi.org/10.1000/whole"
    assert len(scale.citations) == 2


def test_03_each_fact_has_confidence_and_source_and_an_unsure_key_is_no_checked_one(
    scale, tmp_path
):
    assert scale.evidence["key"] == ("medium", "a table")
    found = refuse(tmp_path, ('status = "draft"', 'status = "checked"'))
    assert ("CK428", "evidence.key") in found


def test_04_the_instruments_rights_stand_apart_from_the_files_licence(scale, tmp_path):
    assert scale.rights["kind"] == "register first"
    assert scale.rights["checked"] == "2026-01-31"
    assert scale.rights["allowed"] == "ask, score"
    assert scale.file_licence == "CC0-1.0"
    found = refuse(tmp_path, ("wording_included = false", "wording_included = true"))
    assert ("CK407", "rights.wording_included") in found


def test_05_response_sets_may_be_partly_labelled_and_begin_at_zero(scale):
    assert sorted(scale.response_sets["agree5"].labels) == [1, 3, 5]
    assert (scale.response_sets["often4"].low, scale.response_sets["often4"].kind) == (
        0,
        "frequency",
    )


def test_06_wordings_by_language_and_platform_and_codes_that_are_no_answer(scale):
    answers = scale.response_sets["agree5"]
    anywhere = make_answer_key(answers)

    assert read_answer("Muy de acuerdo", anywhere).code == 5
    assert read_answer("-99", anywhere).code is None
    assert read_answer("-99", anywhere).kind.value != "unknown"
    assert read_answer("Rather not", make_answer_key(answers, platform="qualtrics")).code == 2
    assert read_answer("Rather not", anywhere).kind.value == "unknown"


def test_07_different_ranges_in_one_score_need_a_declared_way_to_join_them(scale, tmp_path):
    assert score_one(scale, 5, 3, 3, 3, 0, 3, 3)["whole.mixed"] == pytest.approx(50.0)
    found = refuse(tmp_path, ('rescale = "percent_of_maximum"', 'rescale = "none"'))
    assert ("CK429", "scores.mixed.rescale") in found


def test_08_items_have_number_label_answers_tags_respondents_and_may_be_unscored(scale):
    item = scale.items["whole_3"]
    assert (item.number, item.label, item.respondents) == (3, "Third topic", "leaders")
    assert scale.items["whole_1"].tags == ("core", "positive")
    assert scale.items["whole_5"].response_set == "often4"
    assert scale.unscored == ("whole_7",)


def test_09_forms_have_their_own_order_answers_and_years_and_map_to_other_scales(scale):
    short = adapt_scale(scale, ScaleUse(form="seven"))

    assert list(short.items) == ["whole_3", "whole_1"]
    assert short.response_set_of("whole_1").high == 7
    assert scale.forms["seven"].years == (2024, 2025)
    assert set(short.scores) >= {"whole.heavy"}
    assert "whole.main" not in short.scores
    (link,) = scale.links
    assert (link.items["whole_1"], link.reworded) == ("other_9", {"whole_2"})


def test_10_headings_are_known_by_alias_pattern_wave_and_digest_of_the_wording(scale):
    assert scale.items["whole_1"].aliases == ("Q7",)
    spring = {"platform": "qualtrics", "wave": "2026-spring"}
    assert find_by_heading(scale, "qid12_4", **spring) == "whole_4"
    assert find_by_heading(scale, "QID12_4", platform="qualtrics", wave="2025-spring") is None
    assert find_by_heading(scale, "S1") == "whole_3"  # the first of the short form
    assert find_by_wording(scale, "  how is the FIRST? ") == "whole_1"
    assert find_by_wording(scale, "Something else?") is None


def test_10b_an_export_is_read_by_pattern_and_digest(scale, tmp_path):
    export = tmp_path / "export.csv"
    short = adapt_scale(scale, ScaleUse(form="seven"))
    rows = [f"A,{1 + place % 7},{7 - place % 7}" for place in range(14)]
    export.write_text("\n".join(["School,S1,How is the first?", *rows]), "utf-8")

    found = read_export(export, scales=[short], wave="w1", settings=Settings()).responses

    # S1 is the first of the short form, whose order is 3, 1.
    assert found.frame["whole_3"].tolist()[:2] == [1, 2]
    assert found.frame["whole_1"].tolist()[:2] == [7, 6]


def test_11_another_referent_is_an_adaptation_and_switches_off_norms(scale):
    other = adapt_scale(scale, ScaleUse(referent="the whole staff"))

    assert other.adapted_referent
    assert other.published == ()
    assert find_norm(scale, "whole.main", "high") is not None
    assert find_norm(other, "whole.main", "high") is None


def test_12_an_edited_item_switches_off_the_norms_of_its_scores(scale):
    changed = adapt_scale(scale, ScaleUse(edited_items=(2,)))

    assert scale.items["whole_6"].edited
    assert changed.edited == ("whole_2", "whole_6")
    assert find_norm(changed, "whole.main", "high") is None


def test_13_one_item_may_sit_in_scores_with_other_signs_and_circles_are_refused(scale, tmp_path):
    person = score_one(scale, 3, 1, 3, 1, 0, 3, 3)
    assert person["whole.main"] == pytest.approx(4.0)  # (3 + 5 + 3 + 5) / 4
    assert person["whole.again"] == pytest.approx(2.0)  # 1 + 1, as answered
    assert find_signs([scale])["whole_2"] == -1
    assert ("CK414", "items.2") in refuse(tmp_path, ("own_signs = true\n", ""))

    path = tmp_path / "whole.toml"
    circle = TEXT.replace('inputs = ["heavy", "mixed"]', 'inputs = ["heavy", "both"]')
    path.write_text(circle, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_scales(["whole"], tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["CK427"]


def test_14_every_method_has_its_number_and_external_scores_are_only_imported(scale):
    person = score_one(scale, 5, 3, 3, 3, 0, 3, 3)

    assert person["whole.heavy"] == pytest.approx(4.5)  # (3 x 5 + 3) / 4
    assert person["whole.heavy_sum"] == pytest.approx(18.0)
    assert person["whole.both"] == pytest.approx((87.5 + 50) / 2)
    assert "whole.standards" not in person  # of schools, never of one person
    assert load_scale("five_essentials").scores["five_essentials.teacher_trust"].imported
    assert score_one(load_scale("edscls"), 1, asked=("none",)) == {}


def test_15_reversal_uses_the_declared_range_alone(scale):
    # Nobody answered above 2; an observed range of 1 to 2 would reverse 2 to 1.
    assert score_one(scale, 2, 2, 2, 2, 0, 2, 2)["whole.main"] == pytest.approx(3.0)


def test_16_least_answers_by_share_and_sums_with_or_without_prorating(scale):
    assert scale.scores["whole.main"].min_answered == 3
    assert score_one(scale, 2, None, 2, 2, 0, 2, 2)["whole.main"] == pytest.approx(8 / 3)
    missing = score_one(scale, 2, None, 2, 2, 0, 2, 2)["whole.again"]
    assert missing != missing  # noqa: PLR0124 - not a number: a sum without prorating
    prorated = load_scale("tswq")
    answers = (3, 2, 4, 2, None, 2, 4, 2)
    # Scales study, fact 4.9: answers 3, 4, missing, 4 prorate to 14.67.
    assert score_one(prorated, *answers)["tswq.connectedness"] == pytest.approx(44 / 3)


def test_17_order_of_averaging_and_whether_people_may_be_weighted(scale):
    assert scale.scores["whole.main"].order == "items_first"
    assert scale.scores["whole.percent"].person_weights == "allowed"
    assert scale.scores["whole.main"].person_weights == "never"


def test_17_the_codebook_does_not_say_which_column_holds_weights(scale, tmp_path):
    (tmp_path / "codebook.csv").write_text("column,item\nW,weight\n", encoding="utf-8")
    heading = ",".join(["School", "W", *scale.items])
    codes = ",".join("1" for _ in scale.items)
    (tmp_path / "w.csv").write_text(f"{heading}\nA,1.5,{codes}\n", encoding="utf-8")

    with pytest.raises(InputError) as refused:
        read_export(
            tmp_path / "w.csv",
            wave="w",
            scales=[scale],
            settings=Settings(),
            codebook=read_codebook(tmp_path / "codebook.csv"),
        )

    (problem,) = refused.value.problems
    assert (problem.code, "--weight-column" in problem.expected) == ("CK238", True)


def test_18_linear_steps_are_taken_in_order_and_move_the_range_along(scale):
    rule = scale.scores["whole.moved"]

    assert score_one(scale, 5, 3, 3, 3, 0, 3, 3)["whole.moved"] == pytest.approx(12.0)
    assert scale.range_of(rule) == (2.0, 12.0)
    assert scale.print_native(rule, 50.0) == pytest.approx(7.0)
    assert scale.range_of(scale.scores["whole.percent"]) == (0.0, 100.0)


def test_19_a_score_says_which_way_is_better(scale):
    assert scale.scores["whole.main"].direction == "neutral"
    assert scale.scores["whole.percent"].direction == "lower_better"


def test_20_favourable_codes_are_declared_and_mirrored(scale):
    assert scale.response_sets["agree5"].favourable_codes(-1) == {1, 2}


def test_21_level_and_what_a_schools_score_needs(scale):
    assert (scale.level, scale.report_at) == ("team", ("team", "school"))
    assert (scale.min_respondents, scale.min_response_rate) == (12, 0.5)
    assert scale.split_sample


def test_22_norms_are_chosen_by_school_level_and_never_borrowed(scale):
    assert find_norm(scale, "whole.main", "elementary").mean == 3.0
    assert find_norm(scale, "whole.main", "high").sd == 0.4
    assert find_norm(scale, "whole.main", "middle") is None
    assert find_norm(scale, "whole.main", "") is None
    assert find_norm(scale, "whole.main", "high", country="CL") is None


def test_23_bands_are_closed_below_and_open_above_without_gaps(scale, tmp_path):
    rule = scale.scores["whole.main"]
    facts = {"native": 3.0, "points": 50.0}

    assert find_band(rule, **facts, standard=500.0) == "Upper"
    assert find_band(rule, **facts, standard=499.9) == "Low"
    assert find_band(rule, **facts, standard=None) == ""
    found = refuse(tmp_path, ('label = "Upper", low = 500.0', 'label = "Upper", low = 501.0'))
    assert ("CK429", "scores.main.bands[1].low") in found


def test_24_published_values_have_level_sample_and_source(scale):
    (value,) = scale.published
    assert (value.statistic, value.low, value.high, value.level) == ("icc1", 0.12, 0.2, "school")


def test_25_factor_structures_and_the_statistic_that_suits(scale):
    known = {one.id: one for one in scale.structures}
    assert known["wording"].factors["minus"] == ("whole_2", "whole_4")
    assert scale.scores["whole.main"].reliability == "omega"
    assert scale.scores["whole.again"].reliability == "spearman_brown"  # two items


def test_26_what_no_agreement_looks_like_is_chosen(scale):
    assert (scale.agreement_null, scale.agreement_options) == ("slight skew", 5)
    people = make_people(*(("w1", "A", code) for code in (1, 6, 1, 6, 3, 4)), items=("x_1",))

    def rwg(options):
        asked = replace(make_scale(signs={"x_1": 1}), agreement_options=options)
        (one,) = check_agreement(score(people, [asked]), people, [asked])
        return one.items[0].rwg_mean

    # The answers' variance is 25.5 / 5. Even answers of six options have (6^2 - 1) / 12; of two,
    # which are 1 and 6, 5^2 (2^2 - 1) / 12.
    assert rwg(None) == rwg(6) == 0.0  # 1 - 5.1 / 2.92 is negative, and held at 0
    assert rwg(2) == pytest.approx(1 - 5.1 / 6.25)


def test_27_what_may_share_a_trend_line(scale):
    assert scale.comparability["group"] == "whole_adults"
    assert scale.comparability["versions"] == ["2.0.0", "2.1.0"]
    assert scale.comparability["error_of_measurement"] == 0.3


def test_27_a_change_of_form_and_the_files_version_decide_whether_waves_are_compared(tmp_path):
    team = load_scale("tps")
    people = make_people(
        *((wave, "A", *(2 for _ in team.items)) for wave in ("w1", "w2") for _ in range(3)),
        items=tuple(team.items),
        waves=("w1", "w2"),
    )

    def find_reason(line, **use):
        told = replace(team, comparability={**team.comparability, "forms": line})
        asked = adapt_scale(told, ScaleUse(**use))
        (reason,) = find_breaks(people, [asked], [("w1", "w2")]).values()
        return reason

    assert find_reason([], form="agree5") is None  # one form in both waves
    assert find_reason(["accuracy7", "agree7"], form="agree7", form_since="w2") is None
    assert find_reason(["agree7"], form="agree7", form_since="w2") == "form"
    assert find_reason([], form="agree7", form_since="w1") is None
    with pytest.raises(DefinitionError, match="another range of answers"):
        adapt_scale(team, ScaleUse(form="agree5", form_since="w2"))
    both = adapt_scale(team, ScaleUse(form="agree7", form_since="w2"))
    answer_key = make_answer_key(both.response_set_of("tps_1"))
    assert read_answer("Very accurate", answer_key).code == 7
    assert read_answer("Strongly agree", answer_key).code == 7
    found = refuse(tmp_path, ('["2.0.0", "2.1.0"]', '["2.0.0"]'))
    assert ("CK462", "comparability.versions") in found
    found = refuse(tmp_path, ('forms = ["seven"]\nerror', 'forms = ["sevn"]\nerror'))
    assert ("CK411", "comparability.forms[0]") in found


def test_27_two_files_on_one_line_and_too_much_reliability_are_refused(scale, tmp_path):
    assert scale.retest_reliability == pytest.approx(1 - 0.3**2 / 0.5**2)
    (problem,) = check_retest([scale], 0.7, file="climatekit.toml")
    assert (problem.code, problem.mend) == (
        "CK464",
        "write retest_reliability = 0.64 under [comparison]",
    )
    assert check_retest([scale], 0.64, file=None) == []
    twin = replace(scale, id="twin")
    assert [one.code for one in check_trend_lines([scale, twin])] == ["CK463"]
    assert check_trend_lines([scale, load_scale("ots")]) == []
    found = refuse(tmp_path, ("persons_sd = 0.5\n", ""))
    assert ("CK462", "comparability.error_of_measurement") in found


def test_28_constructs_and_the_criterions_page(scale, tmp_path):
    assert scale.constructs == ("trust", "related")
    assert scale.criterion == "https://example.org/criterion"
    found = refuse(tmp_path, ('constructs = ["trust", "related"]', 'constructs = ["related"]'))
    assert ("CK420", "scores.main.construct") in found


def test_29_cautions_come_when_something_calls_them_up(scale):
    def called(**what):
        return {caution.when for caution in find_cautions(scale, **what)}

    assert called() == {"always"}
    assert called(people=14) == {"always", "small"}
    assert called(people=15) == {"always"}
    assert called(norms=True, reversed_apart=True) == {"always", "norms", "reversed_apart"}
    other = adapt_scale(scale, ScaleUse(referent="the whole staff"))
    assert {one.when for one in find_cautions(other)} == {"always", "adapted"}


def test_30_every_shown_word_may_be_had_in_another_language(scale):
    spoken = speak_language(scale, "es")

    assert spoken.title == "Escala Entera"
    assert spoken.scores["whole.main"].title == "Principal"
    assert spoken.scores["whole.main"].bands[0].label == "Bajo"
    assert spoken.items["whole_1"].label == "Primer tema"
    assert spoken.items["whole_2"].label == "Second topic"
    assert spoken.cautions[0].text == "Con cuidado."
    assert speak_language(scale, "fr") is scale


def test_31_worked_examples_are_scored_and_a_wrong_one_is_told(file, tmp_path):
    assert check_worked_examples(file) == ()

    path = tmp_path / "whole.toml"
    path.write_text(TEXT.replace("main = 4.0", "main = 4.1").replace("540.0", "541.0"), "utf-8")
    found = check_worked_examples(path)
    assert {one.code for one in found} == {"CK408"}
    assert {one.expected for one in found} == {"4.1", "541.0, upper"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("item_count = 7", "item_count = 8", "CK413"),
        ("reversed_count = 2", "reversed_count = 3", "CK413"),
        (", unscored = true", "", "CK412"),
        ("First topic", "What the very first topic is about", "CK415"),
        ("split_sample = true", "split_sampel = true", "CK404"),
        ("missing_codes = [-99]", "missing_codes = [5]", "CK416"),
        ("weights = { 1 = 3.0, 3 = 1.0 }", "weights = { 1 = -3.0, 3 = 1.0 }", "CK429"),
        ('title = "Mixed"\n', 'title = "Mixed"\nperson_weights = "allowed"\n', "CK429"),
        ("weights = { 1 = 3.0, 3 = 1.0 }", "weights = { 1 = 3.0 }", "CK429"),
        ("{ divide = 4.0 }", "{ divide = 0.0 }", "CK429"),
        ('confidence = "high"\nsource = "Author (2003), table 2"',
         'confidence = "low"\nsource = "Author (2003), table 2"', "CK407"),
        ('score = "main"\nschool_level', 'score = "mian"\nschool_level', "CK411"),
        ("items = [3, 1]", "items = [3, 11]", "CK411"),
        ('pattern = "S{n}"', 'pattern = "S"', "CK429"),
        ("min_answered_share = 0.75", "min_answered_share = 0.75\nmin_answered = 3", "CK417"),
    ],
)  # fmt: skip
def test_32_slips_are_refused_strictly(tmp_path, old, new, code):
    assert code in {found for found, _ in refuse(tmp_path, (old, new))}


def test_32b_a_districts_own_notes_are_passed_over(tmp_path):
    path = tmp_path / "whole.toml"
    path.write_text(TEXT.replace('id = "whole"', 'id = "whole"\nx-note = "ours"'), "utf-8")

    assert load_scale(path).id == "whole"


def test_33_a_composite_refers_to_other_scales_in_pinned_versions():
    parts = ("ces_sf", "ots", "oci")
    *others, saos = load_scales([*parts, "saos"])

    assert saos.scores["saos.total"].inputs == ("ces_sf.total", "ots.tcl", "oci.emphasis")
    # Each of the thirty questions is known under its number in the composite.
    aliases = {alias for scale in others for item in scale.items.values() for alias in item.aliases}
    assert {f"SAOS {number}" for number in range(1, 31)} <= aliases
    with pytest.raises(DefinitionError) as caught:
        load_scales(["saos", "ots"])
    assert {problem.code for problem in caught.value.problems} == {"CK427"}
    assert {problem.mend for problem in caught.value.problems} == {
        'add "ces_sf" to scales',
        'add "oci" to scales',
    }


def test_33b_another_version_of_a_part_is_refused(tmp_path):
    shipped, _ = find_scale_files(None)
    text = shipped["saos"].read_text("utf-8").replace('id = "saos"', 'id = "ours"')
    old = text.replace('[uses.ots]\nversion = "0.2.0"', '[uses.ots]\nversion = "0.1.0"')
    (tmp_path / "ours.toml").write_text(old, "utf-8")

    with pytest.raises(DefinitionError) as caught:
        load_scales(["ces_sf", "ots", "oci", "ours"], tmp_path)

    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("CK427", "0.2.0")


def test_34_numbers_that_were_reversed_already_are_turned_back_or_noticed(scale, tmp_path):
    export, book = tmp_path / "export.csv", tmp_path / "codebook.csv"
    # Item 2 runs with item 1: somebody reversed it before the export.
    rows = [f"A,{code},{code},{code},{code},0,3,3" for code in (1, 2, 4, 5) for _ in range(12)]
    heads = ",".join(["School", *scale.items])
    export.write_text("\n".join([heads, *rows]), "utf-8")
    book.write_text(
        "column,item,flags\nwhole_2,whole_2,already_reversed\nwhole_4,whole_4,already_reversed\n",
        "utf-8",
    )

    def read(codebook):
        return read_export(
            export, scales=[scale], wave="w1", settings=Settings(), codebook=codebook
        ).responses

    told = read(read_codebook(book))
    assert told.frame["whole_2"].tolist()[:13:12] == [5, 4]
    findings = {one.item: one.finding for one in check_coding(read(None), [scale])}
    assert "looks_reversed_twice" in {findings["whole_2"], findings["whole_4"]}
    fine = {one.item: one.finding for one in check_coding(told, [scale])}
    assert {fine[f"whole_{n}"] for n in range(1, 5)} == {"as_declared"}


def test_items_first_and_persons_first_differ_where_answers_are_missing(scale):
    both = ("w1", "A", 5, 1, 5, 1, 0, 3, 3), ("w1", "A", None, 3, 3, 3, 0, 3, 3)
    people = make_people(*both, items=tuple(scale.items))
    table = summarize(score(people, [scale]), [scale]).set_index("score")

    # Item means: 5 (one person), 4, 4, 4; persons first would give (5 + 3) / 2 = 4.
    assert table.loc["whole.main", "native_mean"] == pytest.approx(17 / 4)


def test_a_whole_definition_becomes_json(scale):
    from climatekit.cli._scale_words import collect_notes

    assert json.loads(json.dumps(collect_notes(scale)))["scale"]["id"] == "whole"
