import csv
import io
import json

import pytest
from click.testing import CliRunner

from climatekit.cli import main


@pytest.fixture
def run():
    def run_scales(*arguments):
        return CliRunner().invoke(main, ["scales", *map(str, arguments)])

    return run_scales


def test_without_an_id_the_scales_are_listed(run):
    result = run("--format", "csv")

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert result.exit_code == 0
    assert {
        ("bscs", "8", "draft"),
        ("ces_sf", "12", "draft"),
        ("ots", "26", "checked"),
    } <= {(row["id"], row["items"], row["status"]) for row in rows}


def test_into_a_pipe_a_scale_is_its_key(run):
    result = run("ots")

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["item"] for row in rows if row["reversed"] == "yes"] == [
        "ots_4",
        "ots_8",
        "ots_11",
        "ots_23",
        "ots_26",
    ]


def test_on_a_terminal_everything_that_is_known_is_told(run):
    result = run("ces_sf", "--format", "table")

    for part in (
        "draft",
        "items 1 2 3R 4R 5 6 7 8R 9R 10 11R 12R",
        "needs 8 of 12 answers",
        "climatekit convention",
        "Low pupil motivation",
        "4  Somewhat agree",
        "Cautions",
        "author distribution",
        "key: medium",
        "https://doi.org/10.1177/0013164402062001007",
    ):
        assert part in " ".join(result.stdout.split()).replace("4 Somewhat", "4  Somewhat")


def test_json_holds_the_whole_definition(run):
    content = json.loads(run("bscs", "--format", "json").stdout)

    assert content["schema"] == "climatekit/scale/1"
    assert content["scale"]["adapted_referent"] is True
    assert content["scale"]["evidence"]["scoring"]["confidence"] == "medium"


def test_an_unknown_scale_is_refused_with_the_closest_and_exit_4(run):
    result = run("otss")

    assert result.exit_code == 4
    assert "CK410" in result.stderr
    assert "write ots" in result.stderr


def test_a_districts_folder_is_listed_too(run, tmp_path):
    result = run("--folder", tmp_path, "--format", "csv")

    assert result.exit_code == 0
    assert "ces_sf" in result.stdout
