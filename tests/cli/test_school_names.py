"""A school that was renamed, or that exports write in several ways, is one school."""

import csv
import io

import pytest
from plain_files import make_rows, to_csv

HEADING = "school_id,school_name,wave_id,staff_group,eligible,also_named\n"


def write_roster(study, *rows):
    config = study / "climatekit.toml"
    config.write_text(
        config.read_text("utf-8").replace("output =", 'roster = "roster.csv"\noutput =', 1), "utf-8"
    )
    (study / "roster.csv").write_text(HEADING + "".join(f"{row}\n" for row in rows), "utf-8")


def name_schools(study, wave, *names):
    rows = make_rows(names, 12, wave - 1)
    (study / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))


def read_scores(climatekit):
    """Return how many answered by school id, name and wave."""
    ended = climatekit("score", "--config", "climatekit.toml", "--format", "csv")
    assert ended.code == 0, ended.err
    rows = csv.DictReader(io.StringIO(ended.out))
    return {(row["school"], row["wave"]): int(row["answered"]) for row in rows if row["answered"]}


def test_a_renamed_school_keeps_its_id_and_has_the_name_of_each_wave(study, climatekit):
    name_schools(study, 1, "Oak Elementary", "Elm")
    name_schools(study, 2, "Oak Academy", "Elm")
    write_roster(
        study,
        "1,Oak Elementary,w1,,20,", "1,Oak Academy,w2,,20,", "2,Elm,w1,,20,", "2,Elm,w2,,20,",
    )  # fmt: skip

    ended = climatekit("run")

    assert ended.code == 0, ended.err
    table = (study / ended.out.strip() / "changes.csv").read_text("utf-8-sig")
    told = {(row["school"], row["name"]) for row in csv.DictReader(io.StringIO(table))}
    assert told == {("1", "Oak Academy"), ("2", "Elm")}
    for name in ("1", "Oak Academy", "oak elementary"):
        assert "Oak Academy" in climatekit("compare", "--school", name).out


def test_a_name_means_the_school_that_had_it_in_that_wave(study, climatekit):
    name_schools(study, 1, "North", "South")
    name_schools(study, 2, "North")
    write_roster(study, "1,North,w1,,20,", "1,Oak,w2,,20,", "2,South,w1,,20,", "2,North,w2,,20,")

    assert set(read_scores(climatekit)) == {("1", "w1"), ("2", "w1"), ("2", "w2")}


def test_further_spellings_stand_in_the_roster(study, climatekit):
    for wave in (1, 2):
        name_schools(study, wave, "Oak", "Oak Elem.", "P.S. 7; Annex")
    write_roster(
        study,
        "1,Oak,w1,,40,oak elem. ; Oka", "1,Oak,w2,,40,", "7,Annex,w1,,20,P.S. 7; Annex",
        "7,Annex,w2,,20,",
    )  # fmt: skip

    answered = read_scores(climatekit)

    assert {place: 24 if place[0] == "1" else 12 for place in answered} == answered
    assert {school for school, _ in answered} == {"1", "7"}


@pytest.mark.parametrize("other", ["Elm", "2"])
def test_another_name_of_two_schools_is_refused(study, climatekit, other):
    write_roster(study, f"1,Oak,w1,,20,Oaks; {other}", "2,Elm,w1,,20,")

    ended = climatekit("check", "--config", "climatekit.toml")

    assert ended.code == 3
    assert "CK312" in ended.err
    assert "roster.csv, line 2, column also_named" in ended.err


def test_a_school_that_the_roster_lacks_is_told_where_its_name_can_go(study, climatekit):
    name_schools(study, 2, "Oak", "Elmm")
    write_roster(study, "1,Oak,w1,,20,", "2,Elm,w1,,20,")

    ended = climatekit("check", "--config", "climatekit.toml")

    assert ended.code == 3
    assert "also_named" in ended.err
    assert "closest  Elm" in ended.err


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Mary's", "st mary\u2019s"), ("Oak-Hill", "Oak Hill"), ("P.S. 7", "PS 7"),
        ("Oak & Elm", "Oak and Elm"), ("Lincoln (North)", "Lincoln, North"),
    ],
)  # fmt: skip
def test_schools_that_differ_in_punctuation_are_two_with_a_warning(study, climatekit, one, other):
    for wave in (1, 2):
        name_schools(study, wave, '"' + one + '"', '"' + other + '"')

    ended = climatekit("score", "--config", "climatekit.toml", "--format", "csv")

    assert ended.code == 0, ended.err
    assert ended.err.count("warning[CK234]") == 1
    assert {row["name"] for row in csv.DictReader(io.StringIO(ended.out))} == {one, other}


@pytest.mark.parametrize(
    ("one", "other"),
    [("P.S. 1", "P.S. 11"), ("P.S. 1-12", "P.S. 112"), ("St. Mary", "St. Marys"), ("A", "A+"),
     ("???", "---")],
)  # fmt: skip
def test_schools_that_differ_in_a_number_or_letter_are_not_nearly_equal(
    study, climatekit, one, other
):
    for wave in (1, 2):
        name_schools(study, wave, one, other)

    assert "CK234" not in climatekit("check", "--config", "climatekit.toml").err
