"""`climatekit reliability`: its four tables, one at a time, and the file of flags."""

import csv
import io
import json
import stat

import pytest


def test_the_detail_comes_with_the_sentences_in_the_language_asked_for(climatekit, demo):
    ended = climatekit(
        "reliability", "--detail", "--language", "es", "--format", "json",
        "--score", "ots.tp", "--wave", "2024-spring", "--config", demo / "climatekit.toml",
    )  # fmt: skip

    told = json.loads(ended.out)
    assert ended.code == 0
    assert told["schema"] == "climatekit/reliability-detail/1"
    (sentence,) = told["sentences"]  # of that score, and by the numbers of that wave
    (icc1,) = (row["value"] for row in told["data"] if row["statistic"] == "icc1")
    assert sentence.startswith("Confianza en la dirección: ")
    assert f"ICC(1) {icc1:.2f}" in sentence
    assert {"omega", "ordinal_alpha", "icc1_reml"} <= {row["statistic"] for row in told["data"]}
    assert {(row["score"], row["wave"]) for row in told["data"]} == {("ots.tp", "2024-spring")}
    assert "Confianza en la dirección: " in ended.err


def test_flags_go_to_the_file_alone_and_the_table_holds_no_person(climatekit, demo, tmp_path):
    ended = climatekit(
        "reliability", "--screening", "--flags", tmp_path / "flags.csv",
        "--config", demo / "climatekit.toml",
    )  # fmt: skip

    assert ended.code == 0
    assert "personal data" in ended.err
    assert "nobody is left out" in ended.err
    assert stat.S_IMODE((tmp_path / "flags.csv").stat().st_mode) == 0o600
    people = list(csv.DictReader((tmp_path / "flags.csv").read_text("utf-8").splitlines()))
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert rows
    assert "respondent" not in rows[0]
    assert not any(person["respondent"] in ended.out for person in people)


@pytest.mark.parametrize("pair", [("--detail", "--schools"), ("--schools", "--screening")])
def test_two_tables_at_once_are_wrong_usage(climatekit, pair):
    assert climatekit("reliability", *pair).code == 2


def test_a_score_that_no_row_has_is_wrong_usage(climatekit, demo):
    ended = climatekit("reliability", "--score", "ots.tx", "--config", demo / "climatekit.toml")

    assert ended.code == 2
    assert "no ots.tx; it has ots.tp, ots.tco, " in ended.err
