"""What a release says of a hidden school: the same whoever answered, and whatever they did."""

import csv
import hashlib
import json

import pytest
from plain_files import ITEMS, make_rows, to_csv, write_study

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.study import load_study
from climatekit.run.tables.cautions import list_cautions
from climatekit.run.tables.tables import RATING_COLUMNS, list_ratings


@pytest.mark.parametrize(("people", "lowest"), [(10, "community"), (9, None)])
def test_a_goal_need_not_be_on_the_lowest_score_of_a_hidden_wave(tmp_path, people, lowest):
    write_study(tmp_path)
    rows = [row for row in make_rows() if row[1] != "Elm" or int(row[0].split("-")[1]) < people]
    (tmp_path / "exports" / "w1.csv").write_bytes(to_csv(rows))

    facts = load_study(read_settings(tmp_path / "climatekit.toml")).facts

    assert [wave.lowest for wave in facts["Elm"].waves] == [lowest, "community"]
    assert facts["Elm"].waves[0].constructs == {"community"}


REVERSED = {3, 4, 8, 9, 11, 12}  # of ces_sf


def test_of_two_scores_that_print_the_same_the_lower_is_not_told(tmp_path):
    write_study(tmp_path)
    config = tmp_path / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace('["bscs"]', '["bscs", "ces_sf"]')
    config.write_text(text, encoding="utf-8")
    efficacy = [f"ces_sf_{number}" for number in range(1, 13)]
    rows = [["respondent_id", "school", *ITEMS, *efficacy]]
    for person in range(12):
        # Half are content with both, half with neither; one answer to community is a step lower.
        content = person % 2
        answers = ["4" if content else "2"] * 8
        answers += ["5" if content != (number in REVERSED) else "2" for number in range(1, 13)]
        answers[0] = answers[0] if person != 1 else "3"
        rows.append([f"p{person}", "Oak", *answers])
    (tmp_path / "exports" / "w2.csv").write_bytes(to_csv(rows))

    read = load_study(read_settings(config))

    points = read.figures.summaries.set_index(["wave", "score"])["mean"]
    assert 49.5 < points["w2", "bscs.total"] < points["w2", "ces_sf.total"] < 50.5
    assert read.facts["Oak"].waves[-1].lowest == "collective_efficacy"


def test_a_withheld_score_is_neither_the_lowest_nor_one_that_fell(tmp_path):
    write_study(tmp_path, people=24)
    for wave in (1, 2):
        rows = make_rows(people=24, wave=wave)
        for number, row in enumerate(rows):
            if row[1] == "Elm":
                row[2:] = ["2"] * 8 if wave == 2 else [str(4 + (number + k) % 2) for k in range(8)]
            if row[0] == "p1-0" and wave == 2:
                row[2] = "3"
        (tmp_path / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))

    read = load_study(read_settings(tmp_path / "climatekit.toml"))

    # All of Elm gave nearly the same answers, which is not told: nor is where they lie.
    assert read.release.schools["Elm"].scores["bscs.total"].points["w2"].rule == "protected"
    assert read.facts["Elm"].waves[-1].fell == frozenset()
    assert read.facts["Elm"].waves[-1].lowest is None
    assert read.facts["Oak"].waves[-1].lowest == "community"


def test_what_a_hidden_school_left_blank_changes_no_level(climatekit, tmp_path):
    write_study(tmp_path)
    told = []
    for left in (0, 7):
        for wave in (1, 2):
            rows = [row for row in make_rows(wave=wave) if row[1] != "Elm" or row[0] < "p1-2"]
            for row in rows:
                # One answer stays, so that the person is one who answered.
                if row[1] == "Elm":
                    row[2 : 2 + left] = [""] * left
            (tmp_path / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))
        told.append(climatekit("rate", "--format", "csv").out)

    assert "Elm" in told[0]
    assert told[0] == told[1]


def test_nothing_of_hidden_schools_is_worked_out_a_second_time(tmp_path):
    write_study(tmp_path, people=9)

    study = load_study(read_settings(tmp_path / "climatekit.toml"))

    assert study.ask_second_opinion().compared == 0


STAFF = "school_id,school_name,wave_id,staff_group,eligible\n" + "".join(
    f"{school},{school},{wave},,{size}\n"
    for school, size in (("Oak", 14), ("Elm", 12))
    for wave in ("w1", "w2")
)


def write_hidden(folder, people, shift):
    """Write a study of which Elm is hidden; `people` of its staff answer, `shift` further on."""
    folder.mkdir()
    write_study(folder, log="Oak,w2,shared_back,2026-05-20,all_staff,done\n")
    (folder / "roster.csv").write_text(STAFF, encoding="utf-8")
    config = folder / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace('["json"]', '["html", "json"]')
    config.write_text(text.replace("output =", 'roster = "roster.csv"\noutput =', 1), "utf-8")
    for wave in (1, 2):
        oak, both = make_rows(("Oak",), wave=wave), make_rows(wave=wave + shift)
        elm = [row for row in both if row[1] == "Elm"][:people]
        (folder / "exports" / f"w{wave}.csv").write_bytes(to_csv([*oak, *elm]))
    return config


def read_release(release):
    """Return what each file tells; of the ledger without the hashes of the exports."""
    told = {path.name: path.read_bytes() for path in release.iterdir() if path.suffix != ".xlsx"}
    manifest = json.loads(told.pop("manifest.json"))
    marks = [manifest["run_key"], *(one["sha256"] for one in manifest["inputs"].values())]
    for mark in marks:
        told["technical_note.html"] = told["technical_note.html"].replace(mark[:16].encode(), b"")
    rows = [row.split(b",", 2) for row in told["ledger.csv"].splitlines()]
    told |= {"ledger.csv": [row[2] for row in rows], "withheld": manifest["withheld"]}
    return told | {"briefs": manifest["briefs"]}


def test_a_release_is_the_same_whoever_of_a_hidden_school_answered_and_whatever_they_did(
    climatekit, tmp_path
):
    verbs = (("rate",), ("rate", "--district"), ("compare",), ("score",), ("reliability",))
    told = []
    for people, shift in ((9, 0), (9, 2), (6, 0), (1, 0)):
        config = write_hidden(tmp_path / f"{people}-{shift}", people, shift)
        assert climatekit("run", "--config", config).code == 0
        (release,) = (config.parent / "briefs").glob("release-1-*")
        told.append(read_release(release))
        for verb in verbs:
            told[-1][verb] = climatekit(*verb, "--config", config, "--format", "csv").out

    assert b"protect" in told[0]["scores.csv"]
    for other in told[1:]:
        assert [name for name in told[0] if told[0][name] != other[name]] == []


def test_what_a_past_day_judged_by_a_hidden_wave_is_held_back(tmp_path):
    write_study(tmp_path)
    config = tmp_path / "climatekit.toml"
    third = '\n[[waves]]\nid = "w3"\nclosed = 2027-04-23\nexports = ["exports/w3.csv"]\n'
    text = config.read_text(encoding="utf-8").replace("output =", 'roster = "roster.csv"\noutput =')
    config.write_text(text + third, encoding="utf-8")
    staff = "".join(f"{one},{one},w{wave},,14\n" for one in ("Oak", "Elm") for wave in (1, 2, 3))
    roster = "school_id,school_name,wave_id,staff_group,eligible\n" + staff
    (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
    few = [row for row in make_rows() if row[1] != "Elm" or int(row[0].split("-")[1]) < 6]
    for wave, rows in (("w1", few), ("w3", make_rows(wave=2))):
        (tmp_path / "exports" / f"{wave}.csv").write_bytes(to_csv(rows))

    rows = list_ratings(load_study(read_settings(config)), ("Oak", "Elm"))

    # As of the summer of 2026 the survey of 2025, which Elm hides, is one of the two judged.
    told = {row[0]: row[RATING_COLUMNS.index("C2")] for row in rows}
    assert told == {"Oak": "3-4 partly_evidenced", "Elm": "withheld"}


def test_no_hash_lets_somebody_of_a_pair_try_out_what_the_other_answered(climatekit, tmp_path):
    write_study(tmp_path)
    heading, *rows = make_rows(("Oak", "Elm", "Ash"), wave=2)
    few = [row for row in rows if row[1] == "Ash"][:2]
    for name, own in (("w2", [row for row in rows if row[1] != "Ash"]), ("ash", few)):
        (tmp_path / "exports" / f"{name}.csv").write_bytes(to_csv([heading, *own]))
    config = tmp_path / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    text = text.replace('"exports/w2.csv"', '"exports/w2.csv", "exports/ash.csv"')
    config.write_text(text.replace('["json"]', '["html", "json"]'), encoding="utf-8")

    assert climatekit("run").code == 0

    (release,) = (tmp_path / "briefs").glob("release-1-*")
    files = {path.name: path.read_bytes() for path in release.iterdir()}
    for wave in ("w1", "w2", "ash"):
        alone = hashlib.sha256((tmp_path / "exports" / f"{wave}.csv").read_bytes()).hexdigest()
        assert [name for name, told in files.items() if alone[:12].encode() in told] == []
    told = json.loads(files["manifest.json"])["inputs"]
    names = ["exports/ash.csv", "exports/w1.csv", "exports/w2.csv"]
    together = b"".join((tmp_path / name).read_bytes() for name in names)
    assert told[" + ".join(names)] == {"sha256": hashlib.sha256(together).hexdigest()}


def test_a_wave_that_nothing_is_told_of_has_no_hash_in_the_ledger(climatekit, tmp_path):
    write_study(tmp_path)
    rows = make_rows(wave=2)
    (tmp_path / "exports" / "w2.csv").write_bytes(to_csv([*rows[:2], rows[-1]]))

    assert climatekit("run").code == 0

    (release,) = (tmp_path / "briefs").glob("release-1-*")
    with (release / "ledger.csv").open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    marks = {
        wave: {one["exports"] for one in entries if one["wave"] == wave} for wave in ["w1", "w2"]
    }
    assert marks["w2"] == {""}
    assert "" not in marks["w1"]


@pytest.mark.parametrize(("people", "told"), [(9, False), (20, True)])
def test_a_caution_is_called_up_by_those_alone_of_whom_anything_is_told(tmp_path, people, told):
    write_study(tmp_path)
    config = tmp_path / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace('["bscs"]', '["ces_sf"]')
    config.write_text(text, encoding="utf-8")
    for wave in (1, 2):
        rows = [["respondent_id", "school", *(f"ces_sf_{number}" for number in range(1, 13))]]
        for person in range(24 + people):
            # Elm's people chose one answer throughout, as if no question were turned about.
            school, turned = ("Oak", REVERSED) if person < 24 else ("Elm", set())
            code = 3 + (person + wave) % 2 if turned else (1, 6)[(person + wave) % 2]
            answers = (7 - code if number in turned else code for number in range(1, 13))
            rows.append([f"p{person}", school, *map(str, answers)])
        (tmp_path / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))

    read = load_study(read_settings(config))

    cautions = list_cautions(read, read.scales)["ces_sf"]
    assert ("reversed_apart" in {one.when for one in cautions}) is told
