"""The keys of the further shipped scales, against the facts that were gathered on them."""

import re
import tomllib

import pytest

from climatekit.knowledge.resources import shipped
from climatekit.knowledge.scale_use import speak_language
from climatekit.knowledge.scales import list_scales, load_scale, load_scales

FOLDER = shipped("scales")

# Score: its items, a minus for a reverse-scored one, and how they become one number.
KEYS = {
    # Goddard, Hoy & Woolfolk Hoy 2000: cells of 7, 6, 4 and 4 items.
    "ce_scale.gc": ([1, 2, 5, 6, 7, 9, 21, -3, -4, -8, -11, -12, -20], "mean"),
    "ce_scale.ta": ([13, 14, 15, 17, -10, -16, -18, -19], "mean"),
    # Tschannen-Moran & Barr 2004.
    "ctbs.total": (list(range(1, 13)), "mean"),
    "ctbs.instruction": ([1, 2, 5, 6, 9, 11], "mean"),
    "ctbs.discipline": ([3, 4, 7, 8, 10, 12], "mean"),
    # Johnson, Stevens & Zvoch 2007.
    "r_sleq.collaboration": ([1, 6, 11, -16, -20, -21], "mean"),
    "r_sleq.students": ([2, 7, 12, 17], "mean"),
    "r_sleq.resources": ([-3, 8, 13, -18], "mean"),
    "r_sleq.decisions": ([4, -9, -14], "mean"),
    "r_sleq.innovation": ([5, -10, 15, 19], "mean"),
    # Renshaw, Long & Cook 2015.
    "tswq.connectedness": ([1, 3, 5, 7], "sum"),
    "tswq.efficacy": ([2, 4, 6, 8], "sum"),
    # Edmondson 1999.
    "tps.total": ([-1, 2, -3, 4, -5, 6, 7], "mean"),
    # Hoy & Sweetland 2001.
    "ess.total": ([1, -2, 3, -4, 5, 6, -7, -8, -9, 10, -11, 12], "mean"),
    # Hoy, Smith & Sweetland 2002: 7, 7, 8 and 5 items; 4, 14 and 30 in none of the four.
    "oci.leadership": ([1, 3, 5, 10, 13, 20, 27], "mean"),
    "oci.teachers": ([8, 18, 21, 23, 25, 28, 29], "mean"),
    "oci.press": ([7, 11, 15, 16, 17, 19, 22, 24], "mean"),
    "oci.vulnerability": ([2, 6, 9, 12, 26], "mean"),
    # Chavis, Lee & Acosta 2008.
    "sci_2.total": (list(range(1, 25)), "sum"),
    "sci_2.influence": (list(range(13, 19)), "sum"),
    "ctse.total": (list(range(1, 13)), "mean"),
    # Jason, Stevens & Ram 2015: three domains; numbered by domain.
    "pscs.total": (list(range(1, 10)), "mean"),
    "pscs.membership": ([4, 5, 6], "mean"),
    # Eight items of the index are the academic emphasis of Hoy, Tarter & Woolfolk Hoy 2006.
    "oci.emphasis": ([4, 7, 11, 14, 15, 17, 19, 24], "mean"),
    "ec_ctes.all": (list(range(1, 19)), "mean"),
    "pcte.total": (list(range(1, 8)), "mean"),
    "talis_collegiality.total": ([1, 2, 3], "mean"),
    "talis_cooperation.exchange": ([4, 5, 6, 7], "mean"),
    "talis_cooperation.lessons": ([1, 2, 3, 8], "mean"),
}
RANGES = {
    "ce_scale": (1, 6),
    "ctbs": (1, 9),
    "r_sleq": (1, 5),
    "tswq": (1, 4),
    "tps": (1, 7),
    "ess": (1, 5),
    "oci": (1, 4),
    "sci_2": (0, 3),
    "pscs": (1, 6),
    "ec_ctes": (1, 6),
    "pcte": (1, 6),
    "talis_collegiality": (1, 4),
    "ctse": (1, 4),
    "talis_cooperation": (1, 6),
}


@pytest.mark.parametrize("score", KEYS)
def test_the_key_is_the_gathered_one(score):
    scale = load_scale(score.split(".")[0])
    rule = scale.scores[score]

    items, method = KEYS[score]
    signed = {scale.items[item].number * sign for item, sign in rule.items.items()}
    assert signed == set(items)
    assert rule.method == method


@pytest.mark.parametrize("name", RANGES)
def test_the_declared_range_is_the_gathered_one(name):
    scale = load_scale(name)

    ranges = {
        (scale.response_set_of(item).low, scale.response_set_of(item).high)
        for item in scale.items
        if item not in scale.unscored
    }
    assert ranges == {RANGES[name]}


def test_the_total_of_the_long_efficacy_form_holds_both_parts():
    scores = load_scale("ce_scale").scores

    both = dict(scores["ce_scale.gc"].items) | dict(scores["ce_scale.ta"].items)
    assert scores["ce_scale.total"].items == both


def test_a_bare_number_between_the_labelled_points_of_the_nine_is_allowed():
    answers = load_scale("ctbs").response_set_of("ctbs_1")

    assert sorted(answers.labels) == [1, 3, 5, 7, 9]
    assert answers.options == 9


def test_higher_vulnerability_is_worse():
    scores = load_scale("oci").scores

    worse = [name for name, rule in scores.items() if rule.direction == "lower_better"]
    assert worse == ["oci.vulnerability"]


def test_ones_own_efficacy_is_never_collective_efficacy():
    assert load_scale("tswq").scores["tswq.efficacy"].construct == "related"


def test_checked_means_that_key_reversals_and_scoring_were_all_seen():
    for scale in load_scales(list_scales()):
        if scale.status == "import":
            continue  # nothing is scored here
        levels = {scale.evidence[fact][0] for fact in ("key", "reversals", "scoring")}
        assert (levels == {"high"}) == (scale.status == "checked"), scale.id
        warned = "draft" in {caution.when for caution in scale.cautions}
        assert warned == (scale.status == "draft"), scale.id


@pytest.mark.parametrize("name", list_scales())
def test_no_file_holds_wording_or_points_to_item_lists(name):
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    labels = [item["label"] for item in content.get("items", {}).values()]
    speaking = re.compile(r"\b(i|i'm|my|we|our|us|this|these|teachers in)\b|[.?!]$", re.IGNORECASE)

    assert content["rights"]["wording_included"] is False
    assert not [label for label in labels if speaking.search(label)]
    assert not re.search(
        r"arabpsychology|ravansanji|scribd|coached\.com|datanalysis|github|wikibooks|fliphtml", text
    )


def test_every_scale_speaks_spanish_in_full_and_briefly():
    for name in list_scales():
        scale = load_scale(name)
        spanish = speak_language(scale, "es")
        words = scale.languages["es"]
        assert spanish.title != scale.title, name
        assert spanish.referent != scale.referent, name
        assert words["scores"].keys() == scale.scores.keys(), name
        assert words["items"].keys() == scale.items.keys(), name
        assert all(len(label.split()) <= 6 for label in words["items"].values()), name
        bands = {band.name for rule in scale.scores.values() for band in rule.bands}
        assert words["bands"].keys() == bands, name
