"""Every decision of the reader has a flag and a configuration key that overrule it."""

import ast
from pathlib import Path

import pytest
from ingest_builders import read, rows, write
from pydantic import BaseModel

import climatekit
from climatekit.cli.check import command
from climatekit.errors import InputError
from climatekit.ingest.decisions import Decision, find_way
from climatekit.ingest.platform_facts import known_platforms
from climatekit.knowledge.settings import ReadingSettings, Settings
from climatekit.knowledge.settings_format import FileTable

INGEST = Path(climatekit.__file__).parent / "ingest"
FLAGS = {flag for one in command.params for flag in (*one.opts, *one.secondary_opts)}
OWN_RULES = ("blank", "repeated heading", "tag row", "totals row", "duplicate", "wrong length",
             "other event", "other event or repeat", "no answers", "no weight")  # fmt: skip
KINDS = ("school", "role", "respondent", "link", "weight")


def list_decisions():
    """Return what the reader decides, by its own source: each `Decision` that it makes."""
    found = set()
    for path in INGEST.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Decision":
                what = node.args[0]
                if isinstance(what, ast.Constant):
                    found.add(what.value)
                else:
                    assert ast.unparse(what) == "f'{kind} column'"
    return sorted(found | {f"{kind} column" for kind in KINDS})


def has_key(key, table=FileTable):
    name, _, rest = key.partition(".")
    field = table.model_fields.get(name)
    if field is None or not rest:
        return field is not None
    below = field.annotation
    return not (isinstance(below, type) and issubclass(below, BaseModel)) or has_key(rest, below)


@pytest.mark.parametrize("what", list_decisions())
def test_each_decision_has_a_flag_and_a_key(what):
    decision = Decision(what, "", "")

    assert decision.flag in FLAGS
    assert has_key(decision.key)


@pytest.mark.parametrize(
    "rule",
    sorted({*OWN_RULES, *(rule.rule for one in known_platforms().values() for rule in one.drop)}),
)
def test_each_rule_that_leaves_rows_out_has_a_flag_and_a_key(rule):
    flag, key = find_way(rule)

    assert flag.split()[0] in FLAGS
    assert has_key(key)


def said(export, what):
    return next((one.value for one in export.report.decisions if one.what == what), None)


def typeform(last):
    heading = "#,School,tst_1,tst_2,tst_3,Start Date (UTC),Submit Date (UTC),Network ID"
    answered = "2026-04-24 18:00:00"
    return rows(f"a,A,4,2,5,{answered},{answered},x", f"b,B,3,4,4,{last},{last},y", heading=heading)


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        (None, "2026-04-24 to 2026-04-25"),
        ("America/Denver", "2026-04-24"),
        ("UTC-01:30", "2026-04-24 to 2026-04-25"),
        ("Asia/Tokyo", "2026-04-25"),
    ],
)
def test_days_are_counted_in_the_zone_that_is_asked_for(tmp_path, zone, days):
    path = write(tmp_path / "export.csv", typeform("2026-04-25 02:30:00"))

    export = read(path, time_zone=zone)

    assert said(export, "answered") == days
    assert said(export, "time zone") == (zone or "UTC")


def test_an_unknown_zone_is_refused_with_the_closest(tmp_path):
    path = write(tmp_path / "export.csv", typeform("2026-04-25 02:30:00"))

    with pytest.raises(InputError) as refused:
        read(path, time_zone="America/Denvr")

    (problem,) = refused.value.problems
    assert (problem.code, problem.closest) == ("CK140", "America/Denver")


def test_each_time_of_google_forms_has_its_own_offset(tmp_path):
    lines = rows(
        "2026/03/28 11:30:00 PM GMT+1,A,4,2,5",
        "2026/03/29 11:30:00 PM GMT+2,A,4,4,4",
        heading="Timestamp,School,tst_1,tst_2,tst_3",
    )
    path = write(tmp_path / "export.csv", lines)

    assert said(read(path), "answered") == "2026-03-28 to 2026-03-29"
    moved = read(path, time_zone="Pacific/Auckland")
    assert said(moved, "answered") == "2026-03-29 to 2026-03-30"
    assert said(read(path), "time zone") == "GMT+1, GMT+2"


def test_a_day_that_stands_for_no_day_is_not_told(tmp_path):
    lines = rows(
        '"1","1980-01-01 00:00:00","3","en","A","4","2","5"',
        heading='"id","submitdate","lastpage","startlanguage","School","tst_1","tst_2","tst_3"',
    )

    export = read(write(tmp_path / "export.csv", lines))

    assert export.report.platform == "limesurvey"
    assert said(export, "answered") is None


def test_the_linking_column_can_be_named_by_a_flag_or_a_key(tmp_path):
    from climatekit.knowledge.settings_file import settings_from_flags

    settings = settings_from_flags(Settings(root=tmp_path), (), link_column="Own code")

    assert settings.columns.link == "Own code"
    assert settings.link_key == tmp_path / "linking.key"
    assert settings.reading == ReadingSettings()
