"""A part of a total that is hidden: not to be had from the total less its other parts."""

import csv
import random

import pytest
from plain_files import CONFIG, to_csv

from climatekit.release import assembly, audit, role_cells
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.release.score_facts import ScoreFacts
from climatekit.release.subscores import hide_subscores

ITEMS = [f"ces_sf_{number}" for number in range(1, 13)]
FIRST_HALF = ["ces_sf_1", "ces_sf_2", "ces_sf_3", "ces_sf_4", "ces_sf_5", "ces_sf_9"]
REVERSED = {"ces_sf_3", "ces_sf_4", "ces_sf_8", "ces_sf_9", "ces_sf_11", "ces_sf_12"}
SCHOOLS = ("Oak", "Elm", "Ash", "Fir", "Yew")
ROLES = '[columns]\nrole = "role"\n' + "".join(
    f'[[role_groups]]\nid = "{role}"\nroles = ["{role}"]\n' for role in ("teachers", "aides")
)


def answer(dice):
    level = dice.randint(1, 6)
    keyed = {item: min(6, max(1, level + dice.choice((-1, 0, 0, 1)))) for item in ITEMS}
    return {item: 7 - code if item in REVERSED else code for item, code in keyed.items()}


def agree(answers):
    """Give the answers of somebody who says of the first half what everybody says of it."""
    return answers | {item: 2 if item in REVERSED else 5 for item in FIRST_HALF}


def leave_out(answers):
    return answers | dict.fromkeys(FIRST_HALF[:4], "")


def write(folder, people, others, change, whose, settings=""):
    """Write a district of which those of Oak whom `whose` picks answered in another way."""
    (folder / "exports").mkdir()
    dice = random.Random(7)
    for wave in (1, 2):
        rows = [["respondent_id", "school", "role", *ITEMS]]
        for school in SCHOOLS:
            for person in range(people if school == "Oak" else others):
                role = "aides" if person % 2 else "teachers"
                own = answer(dice)
                own = change(own) if school == "Oak" and whose(person) else own
                rows.append([f"{school}-{person}", school, role, *(str(own[one]) for one in ITEMS)])
        (folder / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))
    text = CONFIG.replace('["bscs"]', '["ces_sf"]') + settings
    (folder / "climatekit.toml").write_text(text, encoding="utf-8")


def read_points(folder):
    """Return (school, wave, role) to the printed points by score, of those that have any."""
    (release,) = (folder / "briefs").glob("release-1-*")
    told = {}
    with (release / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["points"]:
                key = row["school"], row["wave"], row["role"]
                told.setdefault(key, {})[row["score"].partition(".")[2]] = row["points"]
    return told


@pytest.mark.parametrize(
    ("people", "change", "whose"),
    [(40, agree, lambda _: True), (10, leave_out, lambda person: person == 0)],
)
def test_a_hidden_half_is_not_twice_the_total_less_the_other_half(
    climatekit, tmp_path, people, change, whose
):
    write(tmp_path, people, 24, change, whose)

    ended = climatekit("run")

    assert ended.code == 0, ended.err
    told = read_points(tmp_path)
    for wave in ("w1", "w2"):
        assert set(told["Oak", wave, ""]) == {"total"}
        assert set(told["Elm", wave, ""]) == {"total", "gc", "ta"}


def test_nor_is_the_hidden_half_of_a_role_group(climatekit, tmp_path):
    write(tmp_path, 60, 48, agree, lambda person: person % 2 == 0, ROLES)

    ended = climatekit("run")

    assert ended.code == 0, ended.err
    told = read_points(tmp_path)
    for wave in ("w1", "w2"):
        assert set(told["Oak", wave, ""]) == {"total", "gc", "ta"}
        assert [set(told["Oak", wave, role]) for role in ("teachers", "aides")] == [{"total"}] * 2
        assert set(told["Elm", wave, "aides"]) == {"total", "gc", "ta"}


@pytest.mark.parametrize("roles", ["", ROLES])
def test_the_audit_finds_by_itself_what_the_rule_would_have_hidden(
    climatekit, tmp_path, monkeypatch, roles
):
    for place in (assembly, role_cells):
        monkeypatch.setattr(place, "hide_subscores", lambda points, _: dict(points))
    write(tmp_path, 60, 48, agree, lambda person: not roles or person % 2 == 0, roles)

    ended = climatekit("run")

    assert ended.code == 7
    assert "a score that is not shown can be worked out from its total" in ended.err
    assert ("column school Oak, teachers" if roles else "column school Oak") in ended.err
    assert "Elm" not in ended.err


def test_a_district_that_told_of_a_part_before_can_publish_again(climatekit, tmp_path, monkeypatch):
    write(tmp_path, 40, 24, agree, lambda _: True)
    with monkeypatch.context() as before:
        before.setattr(assembly, "hide_subscores", lambda points, _: dict(points))
        before.setattr(audit, "attack_parts", lambda *_: ())
        assert climatekit("run").code == 0
    config = tmp_path / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace("Test District", "Another Name")
    config.write_text(text, encoding="utf-8")

    ended = climatekit("run")

    assert ended.code == 0, ended.err


# Sense of Community Index 2: each six questions of one part, and all of them.
PARTS = ("needs", "membership", "influence", "connection")


def test_what_two_ends_conceal_is_not_what_the_total_leaves_of_the_other_parts(
    climatekit, tmp_path
):
    (tmp_path / "exports").mkdir()
    for wave in (1, 2):
        rows = [["respondent_id", "school", *(f"sci_2_{number}" for number in range(1, 26))]]
        for person in range(30):
            # All choose the highest of four answers in two parts, in each other one some the next.
            needs, influence = (3 - ((person + wave) % many == 0) for many in (2, 3))
            answers = [*[needs] * 6, *[3] * 6, *[influence] * 6, *[3] * 6, 4]
            rows.append([f"p{person}", "Oak", *map(str, answers)])
        (tmp_path / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))
    text = CONFIG.replace('["bscs"]', '["sci_2"]')
    (tmp_path / "climatekit.toml").write_text(text, encoding="utf-8")

    ended = climatekit("run")

    assert ended.code == 0, ended.err
    told = read_points(tmp_path)["Oak", "w2", ""]
    # A total of 93 and parts of 83 and 89 would leave 200 for the two others together.
    assert {"total", "membership", "connection"} <= set(told)
    assert not {"needs", "influence"} <= set(told)


def facts(**parts):
    """Return a score for each list of items."""
    return {
        name: ScoreFacts(
            score=name,
            items=len(items),
            low=1,
            high=5,
            options=5,
            shares=tuple((item, 1 / len(items)) for item in items),
        )
        for name, items in parts.items()
    }


def shown(value, capped=""):
    return Released(value=value, text=str(value), unit="points", capped=capped)


def list_told(points, scores):
    told = hide_subscores(points, scores)
    return {score for score, one in told.items() if isinstance(one, Released)}


THIRDS = {"all": "abcdefghi", "one": "abc", "two": "def", "three": "ghi"}


def test_of_three_parts_two_are_hidden_and_the_total_stays():
    points = dict.fromkeys(THIRDS, shown(60)) | {"two": withhold("protected")}

    assert list_told(points, facts(**THIRDS)) == {"all", "one"}


def test_parts_that_are_all_hidden_take_nothing_with_them():
    points = dict.fromkeys(THIRDS, withhold("protected")) | {"all": shown(60)}

    assert list_told(points, facts(**THIRDS)) == {"all"}


def test_what_an_end_of_the_scale_conceals_is_not_told_by_the_rest():
    points = {"all": shown(86), "one": shown(95, "high"), "two": shown(71)}
    halves = facts(all="abcdef", one="abc", two="def")

    assert list_told(points, halves) == {"all", "one"}


def test_a_long_part_is_not_nearer_to_the_end_than_the_total_and_a_short_part_leave_it():
    points = {"all": shown(95, "high"), "long": shown(95, "high"), "short": shown(88)}
    parts = facts(all="abcdefghijkl", long="abcdefgh", short="ij")

    assert list_told(points, parts) == {"all", "long", "short"}
    # 95 of all twelve, 80 of two and at most 100 of two more leave 97 for the other eight.
    assert list_told(points | {"short": shown(80)}, parts) == {"all", "long"}


def test_a_hidden_half_is_near_the_end_where_the_total_is():
    halves = facts(all="abcdef", one="abc", two="def")
    points = {"one": withhold("protected"), "two": withhold("protected")}

    assert list_told(points | {"all": shown(86)}, halves) == {"all"}
    assert list_told(points | {"all": shown(92)}, halves) == set()


def test_what_is_held_back_for_its_coding_is_nobody_s_secret():
    points = dict.fromkeys(THIRDS, shown(60)) | {"two": withhold("incoherent")}

    assert list_told(points, facts(**THIRDS)) == {"all", "one", "three"}


def test_a_score_made_of_scores_tells_of_them_as_of_its_items():
    scores = facts(one="abc", two="def")
    mean = ScoreFacts(
        score="mean", items=3, low=0, high=100, options=0, shares=(("one", 0.5), ("two", 0.5))
    )
    points = {"one": withhold("protected"), "two": shown(70), "mean": shown(60)}

    told = list_told(points, scores | {"mean": mean})

    assert len(told) == 1
