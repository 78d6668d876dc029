"""What is told of a change and its rating besides the verdict, through the command line."""

import csv
import io
import json
import random

import pytest
import xlsxwriter
from plain_files import make_rows, to_csv

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.study import load_study
from climatekit.run.tables.district_table import DISTRICT_COLUMNS, list_district_changes

ROSTER = "school_id,school_name,wave_id,staff_group,eligible,new_staff\n"


def write_study(study, *, roster, codebook="", log="", config=""):
    (study / "roster.csv").write_text(ROSTER + roster, encoding="utf-8")
    (study / "codebook.csv").write_text("column,item,wave_id,flags\n" + codebook, "utf-8")
    (study / "log.csv").write_text(
        "school_id,wave_id,event,date,target,note,audience\n" + log, encoding="utf-8"
    )
    path = study / "climatekit.toml"
    text = path.read_text(encoding="utf-8")
    named = 'roster = "roster.csv"\ncodebook = "codebook.csv"\nevidence_log = "log.csv"\n'
    path.write_text(text.replace("[[waves]]", f"{named}\n[[waves]]", 1) + config, "utf-8")


SIZES = "Oak,Oak,w1,,14,\nOak,Oak,w2,,20,6\nElm,Elm,w1,,14,\nElm,Elm,w2,,14,3\n"


def ask(climatekit, study, *verb):
    ended = climatekit(*verb, "--config", study / "climatekit.toml", "--format", "json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def brief_of(climatekit, study, school="oak"):
    ended = climatekit("run", "--config", study / "climatekit.toml")
    assert ended.code == 0, ended.err
    (path,) = (study / "briefs").glob(f"release-*/{school}*.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_over_a_quarter_of_new_staff_is_a_tag_and_a_sentence(climatekit, study):
    write_study(study, roster=SIZES)  # 6 of 20 are 30%, 3 of 14 are 21%

    rows = ask(climatekit, study, "compare")["data"]

    tags = {row["school"]: row["tags"].split() for row in rows if row["score"] == "bscs.total"}
    assert "staff_changed" in tags["Oak"]
    assert "staff_changed" not in tags["Elm"]


@pytest.mark.parametrize("count", ["15", "x", "-1"])
def test_new_staff_is_a_count_of_some_of_the_eligible(climatekit, study, count):
    write_study(study, roster=f"Oak,Oak,w1,,14,\nOak,Oak,w2,,14,{count}\nElm,Elm,w2,,14,\n")

    ended = climatekit("compare", "--config", study / "climatekit.toml")

    assert (ended.code, "CK311" in ended.err) == (3, True)


def test_a_fall_in_response_is_told_with_what_it_could_do(climatekit, study):
    write_study(study, roster=SIZES)

    brief = brief_of(climatekit, study)

    (row,) = [row for row in brief["changes"] if row["score"] == "bscs.total"]
    # 12 of 14 are 86%, 12 of 20 are 60%: 26 points fewer, so ten points worse cost 2.6.
    size = row["difference"]["value"]
    assert "86%, then 60%" in row["sentence"]
    assert "10 points" in row["sentence"]
    left = int(abs(abs(size) - 2.6 * (1 if size else -1)) + 0.5)
    assert f"{left} point" in row["sentence"] or "nothing would be left" in row["sentence"]


@pytest.mark.parametrize(
    ("flag", "reason", "words"),
    [
        ("edited", "edited", "a question was reworded"),
        ("other_options", "options", "the answer options were not the same"),
        ("other_referent", "referent", "about somebody else"),
    ],
)
def test_a_changed_item_is_not_compared_for_its_own_reason(climatekit, study, flag, reason, words):
    write_study(study, roster=SIZES, codebook=f"bscs_3,bscs_3,w2,{flag}\n")

    brief = brief_of(climatekit, study)

    (row,) = [row for row in brief["changes"] if row["score"] == "bscs.total"]
    (panel,) = brief["panels"]
    assert row["verdict"] == "not_compared"
    assert words in row["sentence"]
    assert row["difference"].get("value") is None
    assert [point["breaks"] for point in panel["points"]] == [False, True]
    (told,) = [
        one for one in ask(climatekit, study, "compare")["data"]
        if (one["school"], one["score"]) == ("Oak", "bscs.total")
    ]  # fmt: skip
    assert (told["verdict"], told["withheld"], told["difference"]) == (
        "not_compared", reason, None,
    )  # fmt: skip


def test_the_team_s_own_rating_stands_beside_ours(climatekit, study):
    write_study(
        study,
        roster=SIZES,
        log="Oak,w2,shared_back,2026-05-10,,,\nOak,,self_rating,2026-05-20,4,Ann and Bob,\n",
    )

    use = brief_of(climatekit, study)["data_use"]
    rows = ask(climatekit, study, "rate")["data"]

    assert "Your team's own rating, of May 20, 2026: level 4." in use["own"]
    assert "not written down yet?" in use["own"]
    assert {row["school"]: row["own"] for row in rows} == {"Elm": None, "Oak": 4}
    assert "Ann" not in json.dumps(use)


@pytest.mark.parametrize("row", ["Oak,,self_rating,2026-05-20,5,,", "Oak,,self_rating,,3,,"])
def test_an_own_rating_without_level_or_day_is_refused(climatekit, study, row):
    write_study(study, roster=SIZES, log=row + "\n")

    ended = climatekit("rate", "--config", study / "climatekit.toml")

    assert (ended.code, "CK329" in ended.err) == (3, True)


def test_the_district_s_own_wording_of_the_levels_is_printed_with_its_source(climatekit, study):
    config = (
        '\n[rubric]\nwording_source = "Handbook of 2025"\n'
        'levels = { 2 = "We ask, and we begin to talk." }\n'
    )
    write_study(study, roster=SIZES, config=config)

    use = brief_of(climatekit, study)["data_use"]

    assert use["levels"][1]["text"] == "We ask, and we begin to talk."
    assert "Handbook of 2025" in use["disclaimer"]
    assert "not an official CASEL rating" in use["disclaimer"]


def test_an_own_wording_needs_its_source(climatekit, study):
    write_study(study, roster=SIZES, config='\n[rubric]\nlevels = { 2 = "We ask." }\n')

    ended = climatekit("rate", "--config", study / "climatekit.toml")

    assert (ended.code, "CK457" in ended.err) == (4, True)


def test_free_text_of_the_log_is_printed_only_when_asked_for(climatekit, study):
    write_study(study, roster=SIZES, log="Oak,w2,shared_back,2026-05-10,,told by Ann,all_staff\n")
    config = study / "climatekit.toml"

    plain = climatekit("rate", "--config", config, "--explain")
    asked = climatekit("rate", "--config", config, "--explain", "--include-notes")

    assert "Ann" not in plain.out + plain.err
    assert "told by Ann" in asked.out


def test_a_log_to_fill_in_has_a_row_per_school_and_wave_and_says_nothing_yet(climatekit, study):
    write_study(study, roster=SIZES)
    path = study / "blank.csv"

    ended = climatekit("rate", "--config", study / "climatekit.toml", "--blank-log", path)
    again = climatekit("rate", "--config", study / "climatekit.toml", "--blank-log", path)

    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert ended.code == 0
    assert [(row["school_id"], row["wave_id"], row["event"]) for row in rows] == [
        (school, wave, "shared_back") for school in ("Oak", "Elm") for wave in ("w1", "w2")
    ]
    assert (again.code, "CK523" in again.err) == (5, True)
    before = ask(climatekit, study, "rate")
    (study / "log.csv").write_bytes(path.read_bytes())
    assert ask(climatekit, study, "rate") == before


def test_a_log_may_be_a_workbook(climatekit, study):
    write_study(study, roster=SIZES)
    book = xlsxwriter.Workbook(study / "log.xlsx")
    sheet = book.add_worksheet()
    for number, cells in enumerate([
        ["school_id", "wave_id", "event", "date", "audience"],
        ["Oak", "w2", "shared_back", "2026-05-10", "all_staff"],
    ]):  # fmt: skip
        sheet.write_row(number, 0, cells)
    book.close()
    config = study / "climatekit.toml"
    config.write_text(config.read_text("utf-8").replace("log.csv", "log.xlsx"), "utf-8")

    (oak,) = [row for row in ask(climatekit, study, "rate")["data"] if row["school"] == "Oak"]

    assert oak["U1"].startswith("3")


def test_a_trend_of_three_waves_is_told_and_its_numbers_are_in_the_record(climatekit, study):
    (study / "exports" / "w3.csv").write_bytes(to_csv(make_rows(wave=2)))
    config = study / "climatekit.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("2026-06-01", "2027-06-01")
        + '\n[[waves]]\nid = "w3"\nlabel = "Spring 2027"\nclosed = 2027-04-23\n'
        'exports = ["exports/w3.csv"]\n',
        encoding="utf-8",
    )

    (panel,) = brief_of(climatekit, study)["panels"]
    rows = ask(climatekit, study, "compare", "--trend")["data"]

    (row,) = [row for row in rows if (row["school"], row["score"]) == ("Oak", "bscs.total")]
    slope = panel["slope"]
    assert panel["trend"].startswith("Over 3 surveys since Spring 2025:")
    assert (row["per_year"], row["low"], row["high"]) == (
        slope["value"], slope["low"], slope["high"],
    )  # fmt: skip


def test_schools_stand_in_order_of_what_is_printed_of_them(study):
    dice = random.Random(20261128)
    for wave in (1, 2):
        rows = make_rows(())
        for number in range(30):
            lift = (wave - 1) * dice.choice((-0.5, 0, 0.5))
            for person in range(12):
                level = 3 + lift + dice.gauss(0, 0.5)
                answers = [min(5, max(1, round(level + dice.gauss(0, 0.5)))) for _ in range(8)]
                rows.append([f"{number}-{person}", f"S{number:02}", *map(str, answers)])
        (study / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))

    rows = list_district_changes(load_study(read_settings(study / "climatekit.toml")))

    told = [dict(zip(DISTRICT_COLUMNS, row, strict=True)) for row in rows if row[3]]
    order = [(-row["shrunk"], -row["difference"], row["school"]) for row in told]
    assert order == sorted(order)
    assert len(order) > len({place[:2] for place in order}), "no two schools print the same"
