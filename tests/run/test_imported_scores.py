"""Imported scores: under the rules of any score, and refused for none of their own."""

import csv

import pytest
from plain_files import write_study

SCHOOLS = ("Oak", "Elm", "Ash")
TRUST = "five_essentials.teacher_trust"


def import_scores(folder, errors=("2", "2", "2"), value=55):
    """Write an owner's score of each school, with these standard errors."""
    rows = ["wave_id,school_id,score,value,n,standard_error"]
    told = zip(SCHOOLS, errors, strict=True)
    rows += [f"w2,{school},{TRUST},{value},24,{error}" for school, error in told]
    (folder / "imported.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def given(tmp_path):
    """Write a study with imported scores; return its folder."""
    write_study(tmp_path, SCHOOLS, people=24)
    import_scores(tmp_path)
    config = tmp_path / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace('["bscs"]', '["bscs", "five_essentials"]')
    text = text.replace("output =", 'imported_scores = "imported.csv"\noutput =', 1)
    config.write_text(text, encoding="utf-8")
    return tmp_path


def read_scores(folder):
    """Return (points, low, high) of each school's imported score."""
    release = max((folder / "briefs").glob("release-*"))
    with (release / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["score"] == TRUST]
    return {
        row["school"]: (row["points"], row["low"], row["high"])
        for row in rows
        if row["wave"] == "w2"
    }


def test_some_owners_tell_a_standard_error_and_some_do_not(climatekit, given):
    import_scores(given, errors=("2", "", "2"))

    ended = climatekit("run")

    assert ended.code == 0, ended.err
    assert read_scores(given) == {
        "Oak": ("55", "51", "59"),
        "Elm": ("55", "", ""),
        "Ash": ("55", "51", "59"),
    }


def test_a_score_that_hardly_anybody_differs_from_is_hidden(climatekit, given):
    import_scores(given, errors=("2", "0.001", "2"))

    ended = climatekit("run")

    assert ended.code == 0, ended.err
    assert read_scores(given)["Elm"] == ("", "", "")
    assert read_scores(given)["Oak"][0] == "55"


def test_a_published_score_is_not_published_anew_though_the_exports_are_the_same(climatekit, given):
    assert climatekit("run").code == 0
    import_scores(given, value=57)

    ended = climatekit("run")

    assert ended.code == 7
    assert "CK710" in ended.err
    assert len(list((given / "briefs").glob("release-*"))) == 1


def test_one_that_comes_later_joins_what_was_published(climatekit, given):
    config = given / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('imported_scores = "imported.csv"\n', ""), encoding="utf-8")
    assert climatekit("run").code == 0
    config.write_text(text, encoding="utf-8")

    assert climatekit("run").code == 0
    assert read_scores(given)["Oak"] == ("55", "51", "59")
