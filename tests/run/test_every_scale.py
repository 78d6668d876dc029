"""Every scale that people answer, alone: scored, attacked and published with its pages."""

import csv
import json
import random

import pytest

from climatekit.knowledge.scales import list_scales, load_scale
from climatekit.knowledge.settings_file import read_settings
from climatekit.run.release import run_study

SCHOOLS, PEOPLE = ("north", "south", "west"), 22
CLOSED = {"w1": "2025-04-25", "w2": "2026-04-24"}
ASKED = [
    scale
    for scale in map(load_scale, list_scales())
    if scale.items and all(rule.items for rule in scale.scores.values())
]


def write_study(folder, scale, language):
    dice = random.Random(scale.id)
    for wave in CLOSED:
        with (folder / f"{wave}.csv").open("w", newline="", encoding="utf-8") as file:
            sheet = csv.writer(file)
            sheet.writerow(["school", *scale.items])
            for school in SCHOOLS * PEOPLE:
                sets = (scale.response_set_of(item) for item in scale.items)
                sheet.writerow([school, *(dice.randint(one.low, one.high) for one in sets)])
    waves = "".join(
        f'[[waves]]\nid = "{wave}"\nclosed = {day}\nexports = ["{wave}.csv"]\n'
        for wave, day in CLOSED.items()
    )
    config = folder / "climatekit.toml"
    config.write_text(
        f"config_version = 1\nas_of = 2026-11-01\nlanguage = {json.dumps(language)}\n"
        f'scales = ["{scale.id}"]\noutput = "briefs"\nformats = ["html", "json"]\n'
        f'[columns]\nschool = "school"\n{waves}',
        "utf-8",
    )
    return config


def test_most_scales_are_answered_by_people():
    assert len(ASKED) > 12


@pytest.mark.parametrize("number", range(len(ASKED)), ids=[scale.id for scale in ASKED])
def test_a_scale_alone_is_published(number, tmp_path):
    scale = ASKED[number]
    config = write_study(tmp_path, scale, ("en", "es")[number % 2])

    outcome = run_study(read_settings(config))

    assert outcome.exit_code == 0
    assert "CK711" not in {problem.code for problem in outcome.problems}
    district = json.loads((outcome.path / "district.json").read_text("utf-8"))
    assert [row["school"] for row in district["schools"]] == list(SCHOOLS)
    scores = (outcome.path / "scores.csv").read_text("utf-8-sig")
    assert all(score in scores for score in scale.scores)
    note = (outcome.path / "technical_note.html").read_text("utf-8")
    assert ("estimated from" in note) == (number % 2 == 0)
