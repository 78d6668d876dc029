"""The verbs: what stands on standard output, in which form, and how each one ends."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from plain_files import make_rows, to_csv

from climatekit.cli import main

SOURCE = str(Path(sys.modules["climatekit"].__file__).parents[1])


@pytest.fixture(scope="module")
def district(demo):
    return demo


def read_rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_climatekit_alone_shows_examples_and_ends_well(climatekit):
    ended = climatekit()

    assert ended.code == 0
    assert "climatekit score export.csv" in ended.out
    assert len(ended.out.splitlines()) <= 12
    assert max(map(len, ended.out.splitlines())) <= 80


def list_verbs(command=main, path=()):
    """Return every verb, and every verb of a verb, as it is typed."""
    below = command.commands if isinstance(command, click.Group) else {}
    return [path, *(one for name in below for one in list_verbs(below[name], (*path, name)))]


@pytest.mark.parametrize("verb", list_verbs(), ids=" ".join)
def test_help_fits_a_terminal_of_80_columns_and_cuts_nothing_off(climatekit, monkeypatch, verb):
    monkeypatch.setenv("COLUMNS", "80")

    ended = climatekit(*verb, "--help")

    lines = ended.out.splitlines()
    assert ended.code == 0
    assert max(map(len, lines)) <= 80
    assert not [one for one in lines if one.endswith("...") and not one.startswith("Usage:")]


def test_score_needs_no_configuration_when_headings_are_item_ids(climatekit, tmp_path):
    (tmp_path / "night.csv").write_bytes(to_csv(make_rows()))

    ended = climatekit("score", "night.csv")

    rows = read_rows(ended.out)
    assert ended.code == 0
    assert {row["wave"] for row in rows} == {"night"}
    assert {row["school"] for row in rows} == {"Oak", "Elm"}
    total = next(row for row in rows if row["school"] == "Oak" and row["score"] == "bscs.total")
    # By hand: person p answers item i with 1 + (3p + 2i) mod 5. Five items in a row give 10,
    # the other three 6, 5, 4, 8 or 7 by p mod 5; so 12 * 10 + 71, and 96 for the ones: 287 over
    # 96 answers is 2.990, or 49.7 of 100 points.
    assert (total["answered"], total["points"]) == ("12", "50")
    assert {row["score"].partition(".")[0] for row in rows} == {"bscs"}  # the rest was not asked


@pytest.mark.usefixtures("study")
def test_score_says_what_numbers_were_taken_for_unless_it_was_told(climatekit):
    told = [f"agree5:{code}={6 - code}" for code in range(1, 6)]
    flags = [part for one in told for part in ("--answer", one)]

    plain = climatekit("score", "exports/w1.csv")
    turned = climatekit("score", "exports/w1.csv", *flags)
    missing = climatekit("score", "exports/w1.csv", "--answer", "agree5:99=-1")

    assert "numbers were taken as 1 Strongly disagree to 5 Strongly agree" in plain.err
    assert "--answer agree5:1=5" in plain.err
    assert "numbers were taken" in missing.err
    assert "numbers were taken" not in turned.err
    assert turned.out != plain.out


@pytest.mark.parametrize("texts", [False, True])
def test_a_qualtrics_file_without_its_date_columns_still_loses_its_previews(
    texts, climatekit, tmp_path
):
    heading, *people = make_rows(schools=("Oak",))
    rows = [["ResponseId", "Status", "Finished", *heading[1:]]]
    if texts:
        rows.append(
            ["Response ID", "Response Type", "Finished", "School", *("Agree?" * 8).split("?")[:8]]
        )
    rows += [[f"R_{n}", "IP Address", "True", *cells[1:]] for n, cells in enumerate(people)]
    rows.append(["R_99", "Survey Preview", "True", *people[0][1:]])
    (tmp_path / "night.csv").write_bytes(to_csv(rows))

    ended = climatekit("check", "night.csv")

    assert ended.code == 0
    assert "qualtrics" in ended.err
    assert "12 people kept" in ended.err
    assert "1 preview" in ended.err


def test_score_as_json_has_an_envelope_and_nulls_with_reasons(climatekit, district):
    ended = climatekit("score", "--config", district / "climatekit.toml", "--format", "json")

    told = json.loads(ended.out)
    assert told["schema"] == "climatekit/score/1"
    hidden = [row for row in told["data"] if row["school"] == "104"]
    assert hidden
    assert all(row["points"] is None and row["withheld"] for row in hidden)


def test_respondents_are_written_privately_and_never_over_a_file(climatekit, district, tmp_path):
    flags = ("score", "--config", district / "climatekit.toml", "--respondents", "rows.csv")

    first, second = climatekit(*flags), climatekit(*flags)

    assert first.code == 0
    assert "personal data" in first.err
    assert oct((tmp_path / "rows.csv").stat().st_mode & 0o777) == "0o600"
    assert second.code == 5


def test_compare_tells_the_planted_stories(climatekit, district):
    ended = climatekit("compare", "--config", district / "climatekit.toml")

    verdicts = {(row["school"], row["score"]): row["verdict"] for row in read_rows(ended.out)}
    assert verdicts["101", "ots.tco"] == "rose"
    assert verdicts["102", "ces_sf.total"] == "fell"
    assert verdicts["103", "bscs.total"] == "held_steady"


def test_compare_skips_a_wave_with_too_few_answers(climatekit, district):
    ended = climatekit("compare", "--config", district / "climatekit.toml", "--school", "105")

    assert {row["before"] for row in read_rows(ended.out)} == {"2024-spring"}


def test_compare_names_the_schools_that_have_no_row(climatekit, district):
    chosen = ("--school", "101", "--school", "Harbour View Elementary")
    ended = climatekit("compare", "--config", district / "climatekit.toml", *chosen)

    assert "shown and compared: Harbour View Elementary\n" in ended.err
    assert "compared 2 schools in 3 waves" in ended.err


def test_an_unknown_school_is_named_with_the_closest(climatekit, district):
    ended = climatekit(
        "compare", "--config", district / "climatekit.toml", "--school", "Birch Hil Middle School"
    )

    assert ended.code == 3
    assert "Birch Hill Middle School" in ended.err
    assert "one of 101, 102, 103" in ended.err


def test_reliability_is_told_per_score_and_wave(climatekit, district):
    ended = climatekit("reliability", "--config", district / "climatekit.toml")

    rows = read_rows(ended.out)
    assert len(rows) == 3 * 7  # the four two-item scores are left out
    assert all(0 < float(row["alpha"]) < 1 for row in rows)
    assert all(int(row["people"]) % 10 == 0 for row in rows)
    (line,) = [line for line in ended.err.splitlines() if line.startswith("second opinion")]
    assert float(line.rsplit(" ", 1)[1]) < 1e-8
    # One sentence per score of the latest wave, with the numbers of its row.
    sentences = [line for line in ended.err.splitlines() if "ICC(1)" in line]
    latest = {row["title"]: row for row in rows[2::3]}
    assert len(sentences) == 7
    for sentence in sentences:
        row = latest[sentence.partition(": ")[0]]
        assert f"{float(row['icc1']):.2f}" in sentence.replace("\N{MINUS SIGN}", "-")
        assert f"of {row['schools']} schools above .70 rwg(j)" in sentence


def test_rate_gives_levels_and_every_indicator(climatekit, district):
    ended = climatekit("rate", "--config", district / "climatekit.toml")

    rows = read_rows(ended.out)
    assert len(rows) == 8
    assert all(int(row["evidenced"]) <= int(row["possible"]) for row in rows if row["evidenced"])
    assert len({row["evidenced"] for row in rows}) >= 2
    # The level of C2 would tell the response of a hidden wave: 104 always, 105 in 2025.
    assert {row["school"] for row in rows if row["C2"] == "withheld"} == {"104", "105"}


def test_rate_as_of_a_past_day_is_what_the_log_of_that_day_gave(climatekit, district, tmp_path):
    own = shutil.copytree(district, tmp_path / "own")
    config, log = own / "climatekit.toml", own / "evidence_log.csv"
    ask = ("rate", "--config", config, "--as-of", "2026-06-01")
    later = climatekit(*ask)
    today = log.read_text(encoding="utf-8").splitlines(keepends=True)
    column = today[0].split(",").index("date")
    kept = [line for line in today[1:] if line.split(",")[column] <= "2026-06-01"]
    log.write_text("".join([today[0], *kept]), encoding="utf-8")

    then = climatekit(*ask)

    assert len(kept) < len(today) - 1
    assert later.code == 0
    assert later.out == then.out


def test_rate_refuses_an_event_after_the_day_that_the_configuration_names(
    climatekit, district, tmp_path
):
    config = shutil.copytree(district, tmp_path / "own") / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("as_of = 2026-11-01", "as_of = 2026-04-30"), encoding="utf-8")

    ended = climatekit("rate", "--config", config)

    assert ended.code == 3
    assert "CK328" in ended.err


def test_rate_explains_what_decided_and_what_one_more_record_would_change(climatekit, district):
    config = ("--config", district / "climatekit.toml")
    log = (district / "evidence_log.csv").read_text(encoding="utf-8").splitlines()

    text = climatekit("rate", *config, "--explain", "--school", "101")
    ended = climatekit("rate", *config, "--explain", "--format", "json")

    told = json.loads(ended.out)
    own = {row["indicator"]: row for row in told["data"] if row["school"] == "101"}
    assert told["as_of"] == "2026-11-01"
    assert list(own) == ["C1", "C2", "C3", "C4", "C5", "U1", "U2", "U3", "U4", "U5", "U6"]
    for row in own.values():
        assert row["question"] in text.out
        for source in row["decided_by"].split():
            if source.startswith("log:"):
                assert log[int(source[4:]) - 1].startswith("101,")
    assert any(row["record"] for row in told["data"])
    assert {
        row["low"] for row in told["data"] if (row["school"], row["indicator"]) == ("104", "C2")
    } == {None}
    assert not any(row["school_evidenced"] for row in told["data"] if row["school"] == "104")


def test_compare_lists_the_district_in_one_table_without_hidden_schools(climatekit, district):
    config = ("--config", district / "climatekit.toml")
    schools = read_rows(climatekit("compare", *config).out)
    ended = climatekit("compare", *config, "--district")

    rows = read_rows(ended.out)
    told = {(row["school"], row["score"]): row for row in schools if row["difference"]}
    own = [row for row in rows if row["school"]]
    assert {(row["school"], row["score"]) for row in own} <= set(told)
    for row in own:
        beside = told[row["school"], row["score"]]
        assert (row["difference"], row["low"]) == (beside["difference"], beside["low"])
    for row in rows:
        if row["name"] == "District":
            count = sum(
                one["score"] == row["score"]
                and one["before"] == row["before"]
                and one["after"] == row["after"]
                for one in own
            )
            assert int(row["schools"]) == count
            few = row["withheld"].startswith("fewer than 8 schools")
            assert few == (count < 8) == (row["difference"] == "")
    assert climatekit("compare", *config, "--district", "--school", "101").code == 2


def test_compare_tells_points_a_year_where_three_waves_can_be_compared(climatekit, district):
    config = ("--config", district / "climatekit.toml")
    ended = climatekit("compare", *config, "--trend")

    rows = read_rows(ended.out)
    told = [row for row in rows if row["per_year"]]
    assert told
    for row in told:
        assert int(row["waves"]) >= 3
        assert int(row["low"]) <= int(row["per_year"]) <= int(row["high"])
    assert {row["withheld"] for row in rows if not row["per_year"]} <= {
        "fewer than three waves that can be compared",
        "not shown, to protect the people who answered",
    }
    assert not any(row["per_year"] for row in rows if row["school"] == "104")
    assert climatekit("compare", *config, "--district", "--trend").code == 2


def test_power_needs_the_roster_alone(climatekit, district, tmp_path):
    roster = shutil.copy(district / "roster.csv", tmp_path / "roster.csv")

    ended = climatekit("power", "--roster", roster, "--response", "85")

    rows = read_rows(ended.out)
    assert ended.code == 0
    assert len(rows) == 9
    assert rows[-1]["name"] == "District"
    for row in rows[:-1]:
        assert int(row["answers"]) == round(0.85 * int(row["eligible"]))
        # Under 10 answers no verdict; at 30 staff, 9.9 points can be shown, at 20, 12.5.
        staff = int(row["eligible"])
        expected = "pooled" if staff < 12 else "third_wave" if staff < 30 else "two_waves"
        assert row["advice"] == expected
    assert float(rows[-1]["detectable"]) < min(float(row["detectable"]) for row in rows[:-1])


def plan_merged(climatekit, folder, merged):
    rows = ["1,Oak,w1,20,", "2,Elm,w1,30,", "3,Ash,w1,40,", merged, "3,Ash,w2,44,"]
    heading = "school_id,school_name,wave_id,eligible,also_named"
    (folder / "roster.csv").write_text("\n".join([heading, *rows]) + "\n", "utf-8")
    return climatekit("power", "--roster", "roster.csv")


@pytest.mark.parametrize(
    ("merged", "staff"),
    [
        ("1,Oak Academy,w2,48,Elm", 48),
        # Not counted yet: the 20 of Oak and the 30 of Elm are its staff.
        ("1,Oak Academy,w2,,Elm", 20 + 30),
        ("9,Academy,w2,,Oak; Elm", 20 + 30),
    ],
)
def test_power_counts_a_merged_school_once(climatekit, tmp_path, merged, staff):
    ended = plan_merged(climatekit, tmp_path, merged)

    planned = {row["school"]: int(row["eligible"]) for row in read_rows(ended.out)}
    assert planned == {merged[0]: staff, "3": 44, "": staff + 44}
    assert "left out" not in ended.err


def test_power_names_the_schools_that_it_cannot_plan_for(climatekit, tmp_path):
    ended = plan_merged(climatekit, tmp_path, "9,Academy,w2,,")

    assert [row["school"] for row in read_rows(ended.out)] == ["3"]
    assert "left out, without a row in wave w2, the roster's newest: Oak, Elm" in ended.err
    assert "left out, with eligible left blank: Academy" in ended.err


def test_power_without_a_roster_is_a_configuration_fault(climatekit, district, tmp_path):
    own = shutil.copytree(district, tmp_path / "own")
    config = own / "climatekit.toml"
    lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("roster")]
    config.write_text("".join(kept), encoding="utf-8")

    ended = climatekit("power", "--config", config)

    assert ended.code == 4
    assert "CK455" in ended.err


def test_check_shows_items_columns_and_hides_small_counts(climatekit, district):
    ended = climatekit("check", "--config", district / "climatekit.toml")

    rows = read_rows(ended.out)
    assert ended.code == 0
    assert len(rows) == 3 * 46
    assert {"preview", "unfinished", "duplicate"} <= set(ended.err.split())
    for row in rows:
        counts = [part.rsplit(": ", 1)[1] for part in row["answers"].split("; ")]
        assert all(count in {"<10", "0"} or int(count) >= 10 for count in counts)


def test_explain_knows_a_code_and_suggests_for_a_wrong_one(climatekit):
    known, wrong = climatekit("explain", "ck328"), climatekit("explain", "CK3288")

    assert known.code == 0
    assert "Mend:" in known.out
    assert wrong.code == 2
    assert "CK328" in wrong.err


def test_wrong_usage_ends_with_two(climatekit):
    assert climatekit("score", "--no-such-flag").code == 2
    assert climatekit("rate", "--as-of", "03/04/2026").code == 2


def test_nothing_to_read_is_a_configuration_fault(climatekit):
    ended = climatekit("score")

    assert ended.code == 4
    assert "climatekit.toml" in ended.err
    assert "no export is given" in ended.err


@pytest.mark.parametrize("verb", ["run", "rate", "brief", "match", "power", "status", "rollback"])
def test_a_verb_that_takes_no_export_asks_for_none(climatekit, verb):
    ended = climatekit(verb)

    assert ended.code == 4
    assert "CK430" in ended.err
    assert "no export is given" not in ended.err
    assert "climatekit init EXPORT... starts one" in ended.err


def test_an_unknown_key_is_told_with_its_line_and_the_closest(climatekit, study):
    config = study / "climatekit.toml"
    config.write_text(config.read_text().replace("district =", "distrct ="))

    ended = climatekit("run")

    assert ended.code == 4
    assert "distrct" in ended.err
    assert "line 3" in ended.err
    assert "closest  district" in ended.err


def test_a_lead_score_that_no_brief_shows_is_refused_with_the_closest(climatekit, study):
    config = study / "climatekit.toml"
    config.write_text(
        config.read_text("utf-8").replace(
            "[[waves]]", 'lead_scores = { community = "bscs.totl" }\n\n[[waves]]', 1
        ),
        "utf-8",
    )

    ended = climatekit("score")

    assert ended.code == 4
    assert "CK420" in ended.err
    assert "lead_scores.community" in ended.err
    assert "write bscs.total" in ended.err


@pytest.mark.parametrize("least", ["3", "0", "-1", '"ten"', "1000000000"])
def test_a_least_group_size_that_is_not_allowed_is_refused(least, climatekit, study):
    config = study / "climatekit.toml"
    config.write_text(config.read_text() + f"\n[disclosure]\nmin_n = {least}\n")

    assert climatekit("run").code == 4


def test_a_lowered_group_size_needs_a_reason_and_prints_it(climatekit, study):
    config = study / "climatekit.toml"
    plain = config.read_text()
    config.write_text(plain + "\n[disclosure]\nmin_n = 6\n")
    refused = climatekit("run")
    config.write_text(
        plain + '\n[disclosure]\nmin_n = 6\nreason = "agreed with the staff council"\n'
    )

    allowed = climatekit("run")

    assert refused.code == 4
    assert allowed.code == 0
    release = Path(allowed.out.strip())
    assert "agreed with the staff council" in (release / "manifest.json").read_text()
    assert all("staff council" in path.read_text() for path in release.glob("oak-*.json"))


def test_brief_writes_one_school_and_never_over_a_file(climatekit, district):
    flags = ("brief", "--config", district / "climatekit.toml", "--school", "101")

    first = climatekit(*flags, "--format", "html", "--format", "json")
    second = climatekit(*flags, "--format", "html")

    assert first.code == 0
    assert [Path(line).suffix for line in first.out.splitlines()] == [".html", ".json"]
    assert second.code == 5


def test_demo_writes_only_into_a_new_folder(climatekit, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")

    ended = climatekit("demo", "mine")

    assert ended.code == 5
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.usefixtures("study")
def test_verify_tells_a_changed_file(climatekit):
    release = Path(climatekit("run").out.strip())
    whole = climatekit("verify")
    (release / "scores.csv").write_text("changed")

    changed = climatekit("verify", release)

    assert (whole.code, changed.code) == (0, 5)
    assert "scores.csv" in changed.err


@pytest.mark.parametrize(
    ("form", "first"),
    [("csv", "school,name"), ("json", "{"), ("markdown", "| school |"), ("table", "Scores, 0 to")],
)
def test_a_closed_pipe_ends_quietly_with_the_verbs_own_exit_code(district, form, first):
    verb = f"score --config {district}/climatekit.toml --format {form}"
    command = f"{sys.executable} -m climatekit {verb} | head -c 20; exit ${{PIPESTATUS[0]}}"

    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCE},
        check=False,
    )

    assert done.returncode == 0
    assert done.stdout.startswith(first)
    assert done.stderr.rstrip().endswith("exit 0")
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_a_name_cannot_move_the_analysts_cursor(climatekit, tmp_path):
    (tmp_path / "night.csv").write_bytes(to_csv(make_rows(schools=("O\x1b[2Jak", "Elm"))))

    for verb in (["score", "--format", "table"], ["compare"], ["init", "--no-input"]):
        ended = climatekit(*verb, "night.csv")

        assert "\x1b[2J" not in ended.out + ended.err


def test_one_export_of_a_study_is_read_alone_though_roster_and_codebook_tell_of_others(
    climatekit, demo
):
    config = ("--config", demo / "climatekit.toml")

    ended = climatekit("score", demo / "exports" / "spring_2026.csv", *config)

    assert ended.code == 0
    assert {row["wave"] for row in read_rows(ended.out)} == {"2026-spring"}
    assert "0 warnings" in ended.err


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        (
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            "\N{BOX DRAWINGS LIGHT HORIZONTAL}",
        ),
        ({"PYTHONIOENCODING": "cp1252"}, "\\u2500"),
    ],
    ids=["a pipe gets UTF-8", "as asked for"],
)
def test_a_letter_that_the_terminals_encoding_lacks_stops_no_verb(environment, line):
    done = subprocess.run(
        [sys.executable, "-m", "climatekit", "scales", "list", "--format", "table"],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0
    assert 4 * line in done.stdout.decode("utf-8")
