import json

import numpy as np
from plain_files import ITEMS, to_csv


def write_answers(study, *, turned=()):
    """Write two waves in which eight items share one cause; `turned` ones run against it."""
    generator = np.random.default_rng(11)
    for wave in ("w1", "w2"):
        common = generator.normal(size=(120, 1))
        codes = np.clip(np.round(3 + common + 0.7 * generator.normal(size=(120, 8))), 1, 5)
        for item in turned:
            codes[:, ITEMS.index(item)] = 6 - codes[:, ITEMS.index(item)]
        rows = [["respondent_id", "school", *ITEMS]]
        for person, answers in enumerate(codes.astype(int).tolist()):
            rows.append([f"p{person}", f"School {person % 6}", *map(str, answers)])
        (study / "exports" / f"{wave}.csv").write_bytes(to_csv(rows))


def test_check_names_an_item_that_runs_against_the_others_and_changes_nothing(climatekit, study):
    write_answers(study, turned=["bscs_4"])

    ended = climatekit("check", "--format", "json")

    found = {one["item"]: one for one in json.loads(ended.out)["coding"]}
    assert ended.code == 0
    assert found["bscs_4"]["finding"] == "looks_unreversed"
    assert found["bscs_4"]["item_rest"]["high"] < 0
    assert {one["finding"] for item, one in found.items() if item != "bscs_4"} == {"as_declared"}
    assert "CK291" in ended.err
    assert "coding: 7 of 8 items look as declared" in ended.err


def test_reliability_explains_a_turned_item_and_a_negative_alpha(climatekit, study):
    write_answers(study, turned=ITEMS[::2])

    ended = climatekit("reliability")

    assert ended.code == 0
    assert "CK291" in ended.err
    assert "alpha of bscs.total in w2 is negative" in ended.err
    assert "no brief shows the score" in ended.err


def test_clean_answers_raise_no_warning(climatekit, study):
    write_answers(study)

    ended = climatekit("check")

    assert "coding: 8 of 8 items look as declared" in ended.err
    assert "CK29" not in ended.err
