"""The shipped scales against the published facts, and against worked examples."""

import hashlib
import re
import statistics
import tomllib

import pytest

from climatekit.knowledge.resources import shipped
from climatekit.knowledge.scale_files import read_test_vectors
from climatekit.knowledge.scales import list_scales, load_scale, load_scales

FOLDER = shipped("scales")
SHIPPED = ("bscs", "ces_sf", "ots")

# Score: its items, and those of them that are reverse-scored (Hoy & Tschannen-Moran 2003;
# Goddard 2002; Peterson, Speer & McMillan 2008).
PUBLISHED_KEYS = {
    "ots.tp": ([1, 4, 7, 9, 11, 15, 18, 23], [4, 11, 23]),
    "ots.tco": ([2, 5, 8, 12, 13, 16, 19, 21], [8]),
    "ots.tcl": ([3, 6, 10, 14, 17, 20, 22, 24, 25, 26], [26]),
    "ces_sf.total": (list(range(1, 13)), [3, 4, 8, 9, 11, 12]),
    "ces_sf.gc": ([1, 2, 3, 4, 5, 9], [3, 4, 9]),
    "ces_sf.ta": ([6, 7, 8, 10, 11, 12], [8, 11, 12]),
    "bscs.total": (list(range(1, 9)), []),
    "bscs.needs": ([1, 2], []),
    "bscs.membership": ([3, 4], []),
    "bscs.influence": ([5, 6], []),
    "bscs.connection": ([7, 8], []),
}


@pytest.fixture(scope="module")
def scales():
    return {scale.id: scale for scale in load_scales(SHIPPED)}


def scores_of(scales):
    return {name: (scale, rule) for scale in scales.values() for name, rule in scale.scores.items()}


def test_the_scales_of_the_demonstration_are_shipped():
    assert set(SHIPPED) <= set(list_scales())


def test_the_scores_are_those_that_were_published(scales):
    assert set(scores_of(scales)) == set(PUBLISHED_KEYS)


@pytest.mark.parametrize("score", PUBLISHED_KEYS)
def test_keys_equal_the_published_ones(scales, score):
    scale, rule = scores_of(scales)[score]

    items, turned = PUBLISHED_KEYS[score]
    assert sorted(scale.items[item].number for item in rule.items) == items
    assert sorted(scale.items[item].number for item in rule.reversed_items) == turned
    assert rule.method == "mean"
    assert rule.direction == "higher_better"


def test_the_trust_scores_average_items_first_and_the_others_persons_first(scales):
    orders = {name: rule.order for name, (_, rule) in scores_of(scales).items()}

    assert {name for name, order in orders.items() if order == "items_first"} == {
        "ots.tp",
        "ots.tco",
        "ots.tcl",
    }


@pytest.mark.parametrize(
    ("score", "least"),
    [
        ("ots.tp", 6),  # two thirds of 8 is 5.33
        ("ots.tcl", 7),  # of 10, 6.67
        ("ces_sf.total", 8),  # of 12, 8 exactly
        ("ces_sf.gc", 4),
        ("bscs.total", 6),
        ("bscs.needs", 2),  # of 2, 1.33
    ],
)
def test_two_thirds_rounded_up_must_be_answered_and_the_rule_is_marked_ours(scales, score, least):
    _, rule = scores_of(scales)[score]

    assert rule.min_answered == least
    assert rule.min_answered_basis == "climatekit convention"


def test_one_score_leads_each_construct(scales):
    leads = {rule.construct: name for name, (_, rule) in scores_of(scales).items() if rule.lead}

    assert leads == {
        "trust": "ots.tco",
        "community": "bscs.total",
        "collective_efficacy": "ces_sf.total",
    }


def test_part_scores_for_diagnosis_stay_out_of_the_brief(scales):
    hidden = {name for name, (_, rule) in scores_of(scales).items() if not rule.in_brief}

    assert hidden == {
        "ces_sf.gc",
        "ces_sf.ta",
        "bscs.needs",
        "bscs.membership",
        "bscs.influence",
        "bscs.connection",
    }


def test_response_sets_are_the_published_ones(scales):
    ranges = {
        name: (scale.response_set_of(f"{name}_1").low, scale.response_set_of(f"{name}_1").high)
        for name, scale in scales.items()
    }

    assert ranges == {"ots": (1, 6), "ces_sf": (1, 6), "bscs": (1, 5)}
    assert scales["ots"].response_sets["agree6"].labels[3] == "Somewhat disagree"
    assert scales["bscs"].response_sets["agree5"].labels[3] == "Neutral"


def test_favourable_is_the_agreeing_side_and_is_mirrored_for_reversed_items(scales):
    six = scales["ots"].response_sets["agree6"]
    five = scales["bscs"].response_sets["agree5"]

    assert six.favourable_codes(1) == {4, 5, 6}
    assert six.favourable_codes(-1) == {1, 2, 3}
    assert five.favourable_codes(-1) == {1, 2}


def test_a_reversed_answer_is_turned_within_the_declared_range(scales):
    # Item 4 of the trust scale answered 2 counts 5.
    assert scales["ots"].response_set_of("ots_4").reverse(2) == 5


@pytest.mark.parametrize(
    ("scale", "wording", "code"),
    [
        ("ots", "agree somewhat", 4),
        ("ots", "slightly disagree", 3),
        ("bscs", "agree", 4),
        ("bscs", "neither agree nor disagree", 3),
    ],
)
def test_usual_other_wordings_have_their_code(scales, scale, wording, code):
    (answers,) = scales[scale].response_sets.values()

    assert answers.synonyms[wording] == code


def test_no_answer_is_never_neutral(scales):
    for scale in scales.values():
        for answers in scale.response_sets.values():
            assert {"n/a", "not applicable", "don't know", "prefer not to answer"} <= set(
                answers.not_answers
            )
            assert not [word for word in answers.not_answers if "neutral" in word]


def test_a_key_that_rests_on_less_than_a_source_is_a_draft(scales):
    assert {name: scale.status for name, scale in scales.items()} == {
        "ots": "checked",
        "ces_sf": "draft",
        "bscs": "draft",
    }
    for scale in scales.values():
        levels = {scale.evidence[fact][0] for fact in ("key", "reversals", "scoring")}
        assert (levels == {"high"}) == (scale.status == "checked")


def test_a_changed_referent_carries_a_caution(scales):
    assert [name for name, scale in scales.items() if scale.adapted_referent] == ["bscs"]
    assert "adapted" in {caution.when for caution in scales["bscs"].cautions}


def test_drafts_carry_a_caution(scales):
    for scale in scales.values():
        warned = "draft" in {caution.when for caution in scale.cautions}
        assert warned == (scale.status == "draft")


def test_topic_labels_are_short_and_no_sentence_of_a_form(scales):
    speaking = re.compile(r"\b(i|i'm|my|we|our|us|this|these|teachers in)\b|[.?!]$", re.IGNORECASE)

    for scale in scales.values():
        labels = [item.label for item in scale.items.values()]
        assert max(len(label.split()) for label in labels) <= 6
        assert not [label for label in labels if speaking.search(label)]
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", SHIPPED)
def test_no_file_holds_wording_or_norms_or_points_to_item_lists(name):
    path = FOLDER / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    content = tomllib.loads(text)

    assert content["rights"]["wording_included"] is False
    assert {key for item in content["items"].values() for key in item} == {"label", "tags"}
    assert "norms" not in content
    assert set(re.findall(r"https?://([^/\s\"]+)", text)) <= {
        "waynekhoy.com",
        "doi.org",
    }


def test_the_fingerprint_is_that_of_the_file(scales):
    data = (FOLDER / "ots.toml").read_bytes()

    assert scales["ots"].fingerprint == hashlib.sha256(data).hexdigest()


def score_by_hand(scale, rule, answers):
    """Return one person's score the slow way, straight from the definition."""
    given = [
        answers[item] if sign > 0 else scale.response_set_of(item).reverse(answers[item])
        for item, sign in rule.items.items()
        if answers[item] is not None
    ]
    return sum(given) / len(given) if len(given) >= rule.min_answered else None


def average_school_by_hand(scale, rule, people):
    scored = [one for one in people if score_by_hand(scale, rule, one) is not None]
    if rule.order == "persons_first":
        means = [score_by_hand(scale, rule, one) for one in scored]
    else:
        means = [
            statistics.fmean(
                one[item] if sign > 0 else scale.response_set_of(item).reverse(one[item])
                for one in scored
                if one[item] is not None
            )
            for item, sign in rule.items.items()
        ]
    return statistics.fmean(means)


@pytest.mark.parametrize("name", SHIPPED)
def test_worked_examples_of_a_school_come_out_in_the_declared_order(name):
    scale = load_scale(name)
    examples = read_test_vectors(FOLDER / f"{name}.toml")

    for example in examples:
        for score, value in example.school.items():
            found = average_school_by_hand(scale, scale.scores[score], example.answers)
            assert found == pytest.approx(value, abs=1e-12), (example.name, score)


@pytest.mark.parametrize("name", SHIPPED)
def test_worked_examples_come_out_by_the_definition(name):
    scale = load_scale(name)
    examples = read_test_vectors(FOLDER / f"{name}.toml")

    assert len(examples) >= 4
    for example in examples:
        for answers, expected in zip(example.answers, example.expected, strict=True):
            for score, value in expected.items():
                found = score_by_hand(scale, scale.scores[score], answers)
                assert found == (None if value is None else pytest.approx(value, abs=1e-12)), (
                    example.name,
                    score,
                )


def test_everybody_answering_6_gives_the_known_trust_scores():
    example = read_test_vectors(FOLDER / "ots.toml")[0]

    assert set(example.answers[0].values()) == {6}
    assert example.expected[0] == {"ots.tp": 4.125, "ots.tco": 5.375, "ots.tcl": 5.5}


def test_one_worked_example_tells_items_first_from_persons_first():
    example = read_test_vectors(FOLDER / "ots.toml")[-1]

    persons = [one["ots.tco"] for one in example.expected if one["ots.tco"] is not None]
    assert example.school["ots.tco"] == 4.5
    assert sum(persons) / len(persons) == 4.0
