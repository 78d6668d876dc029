"""A refusal comes with the warnings that may explain it, after what refuses."""

import json

import pytest

ROSTER = "school_id,school_name,wave_id,eligible\n1,École,w1,30\n1,École,w2,30\n"


@pytest.fixture
def misread(study):
    """Write a study whose exports are UTF-8 and are read as Windows-1252, as was asked for."""
    for path in (study / "exports").iterdir():
        path.write_bytes(path.read_bytes().replace(b"Oak", "École".encode()))
    config = study / "climatekit.toml"
    text = config.read_text("utf-8").replace("output =", 'roster = "roster.csv"\noutput =', 1)
    config.write_text(text + '\n[reading]\nencoding = "cp1252"\n', "utf-8")
    (study / "roster.csv").write_text(ROSTER, "utf-8")
    return study


@pytest.mark.usefixtures("misread")
@pytest.mark.parametrize("verb", ["check", "score", "rate", "run"])
def test_an_unknown_school_is_told_with_the_encoding_that_may_explain_it(climatekit, verb):
    ended = climatekit(verb, "--config", "climatekit.toml")

    assert ended.code == 3
    assert ended.err.index("error[CK235]") < ended.err.index("warning[CK141]")
    # Both schools of 12 people in two waves, as the roster has Elm neither.
    assert "refused, 48 problems" in ended.err


def test_the_log_of_a_refused_run_holds_the_warnings_after_what_refuses(climatekit, misread):
    ended = climatekit("run", "--log-file", "run.log")

    lines = [json.loads(line) for line in (misread / "run.log").read_text("utf-8").splitlines()]
    told = [(one["severity"], one["code"]) for one in lines if one["event"] == "problem"]
    assert ended.code == lines[-1]["exit_code"] == 3
    assert told == sorted(told)
    assert ("warning", "CK141") in told
    assert "is not in the roster" in lines[-1]["summary"]


def test_a_wrong_log_is_refused_with_the_warnings_of_the_exports(climatekit, study):
    log = "school_id,wave_id,event,date,audience,status\nAsh,w2,shared_back,2026-05-12,,done\n"
    (study / "log.csv").write_text(log, "utf-8")
    config = study / "climatekit.toml"
    text = config.read_text("utf-8").replace("output =", 'evidence_log = "log.csv"\noutput =', 1)
    config.write_text(text, "utf-8")
    for path in (study / "exports").iterdir():
        path.write_bytes(path.read_bytes().replace(b"Oak,", b"Elm.,"))

    ended = climatekit("rate")

    assert ended.code == 3
    assert ended.err.index("error[") < ended.err.index("warning[CK234]")


def test_a_row_of_wrong_length_is_told_with_the_delimiter_that_was_taken(climatekit, study):
    export = study / "exports" / "w1.csv"
    export.write_text(export.read_text("utf-8").replace(",", ";") + "p9;Oak;1;2\n", "utf-8")

    ended = climatekit("score", "exports/w1.csv")

    assert ended.code == 3
    assert ended.err.index("error[CK115]") < ended.err.index("warning[CK112]")


def test_a_layout_that_cannot_be_read_is_told_with_the_delimiter_that_was_taken(climatekit, study):
    export = study / "exports" / "w1.csv"
    export.write_text(export.read_text("utf-8").replace(",", ";"), "utf-8")

    ended = climatekit("score", "exports/w1.csv", "--platform", "nowhere")

    assert ended.code == 3
    assert ended.err.index("error[") < ended.err.index("warning[CK112]")


def test_an_export_without_answers_yet_may_have_warnings(climatekit, study):
    export = study / "exports" / "w2.csv"
    export.write_text(export.read_text("utf-8").splitlines()[0].replace(",", ";") + "\n", "utf-8")

    ended = climatekit("run", "--allow-empty")

    assert ended.code == 0, ended.err
    assert "no answers yet in exports/w2.csv" in ended.err
