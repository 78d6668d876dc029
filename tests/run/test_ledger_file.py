"""The ledger beside a release: it holds what the tables print, and reads back as written."""

import csv
from dataclasses import replace

import pytest

from climatekit.knowledge.settings_file import read_settings
from climatekit.release.ledger import Entry
from climatekit.run.demo.district import write_district
from climatekit.run.publishing.ledger_file import (
    list_printed,
    read_ledger,
    read_ledgers,
    write_ledger,
)
from climatekit.run.release import run_study

HEADING = "release,exports,wave,since,school,role,statistic,subject,low,high,text\n"
ROLE_GROUPS = """
[[role_groups]]
id = "teaching"
roles = ["teacher "]

[[role_groups]]
id = "others"
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ledger")
    config = write_district(folder)
    text = config.read_text(encoding="utf-8")
    text = text.replace("[columns]", 'formats = ["json"]\n\n[columns]', 1) + ROLE_GROUPS
    config.write_text(text, encoding="utf-8")
    return run_study(read_settings(config)).path


def rows(release, name):
    with (release / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def texts(release, statistic):
    return {
        (one.school, one.wave, one.role, one.subject): one.text
        for one in read_ledger(release)
        if one.statistic == statistic
    }


def test_every_score_of_the_table_is_in_the_ledger_and_no_other(release):
    table = rows(release, "scores.csv")
    assert {row["role"] for row in table if row["points"]} == {"", "teaching", "others"}

    for column in ("points", "native"):
        printed = {
            (row["school"], row["wave"], row["role"], row["score"]): row[column]
            for row in table
            if row[column]
        }
        told = texts(release, column)
        assert printed.keys() == told.keys()
        # A table holds 4.0 as the number 4.
        assert {key: float(text) for key, text in printed.items() if " or " not in text} == {
            key: float(text) for key, text in told.items() if " or " not in text
        }


def test_how_many_answered_is_in_the_ledger_and_no_other(release):
    printed = {
        (row["school"], row["wave"], row["role"], ""): row["answered"]
        for row in rows(release, "scores.csv")
        if row["answered"]
    }
    told = texts(release, "answered")

    assert {key: text for key, text in told.items() if key[0]} == printed


def test_every_percentage_and_change_is_in_the_ledger_and_no_other(release):
    shares = {(row["school"], row["wave"], "", row["item"]) for row in rows(release, "items.csv")}
    moved = {
        (row["school"], row["after"], "", row["score"])
        for row in rows(release, "changes.csv")
        if row["difference"]
    }

    assert texts(release, "favourable").keys() == shares
    assert texts(release, "difference").keys() == moved


def test_a_ledger_reads_back_as_it_was_written(tmp_path):
    entries = (
        Entry(
            release="r", exports="x+y", wave="w", since="v", school="=1+1", role="'-a\"b,\n",
            statistic="difference", subject="s", low=None, high=-0.5, text="\N{MINUS SIGN}1",
        ),
        Entry(wave="", school="'=x", statistic="n", low=1.25, high=3.0, text="+2"),
    )  # fmt: skip
    (tmp_path / "ledger.csv").write_bytes(write_ledger(entries))

    assert read_ledger(tmp_path) == entries


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00", HEADING + "r,x\n", HEADING + '"r'])
def test_what_is_no_ledger_is_not_read_as_one(tmp_path, text):
    (tmp_path / "ledger.csv").write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match="not a ledger"):
        read_ledger(tmp_path)


def test_the_ledgers_of_all_releases_are_read_together(release):
    assert read_ledgers(release.parent) == read_ledger(release)


def test_a_number_that_no_format_prints_has_no_row(demo_study):
    def list_kinds(*formats):
        settings = replace(demo_study.settings, formats=formats)
        made = list_printed(replace(demo_study, settings=settings), run_key="0" * 64, exports={})
        return {one.about for one in made}

    every = list_kinds("pdf", "html", "json", "staff")
    sheet = list_kinds("staff")

    assert every == list_kinds("json") == list_kinds("pdf") == list_kinds("html")
    assert sheet < every
    # The sheet for the staff tells neither what the records hold nor of scores beside the leads.
    assert {statistic for *_, statistic, _ in every - sheet} == {"record", "supposed"}
