"""``climatekit config``: what is set, where each value came from, and the schema for editors."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from climatekit.knowledge.settings import Settings
from climatekit.knowledge.settings_file import describe_settings, read_settings
from climatekit.knowledge.settings_format import FileTable

DOCS = Path(__file__).resolve().parents[2] / "docs"
CONFIG = """\
config_version = 1
district = "Elm County"

[[waves]]
id = "2026-spring"
closed = 2026-04-24

[answers.agree6]
"Agreee" = 5
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "climatekit.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def read_settings_shown(text):
    return {row["key"]: row for row in csv.DictReader(io.StringIO(text))}


def test_each_setting_says_the_line_the_flag_or_the_default_it_came_from(climatekit, config):
    ended = climatekit("config", "show", "--origin", "--config", config, "--encoding", "cp1252")

    shown = read_settings_shown(ended.out)
    assert ended.code == 0
    assert shown["district"]["value"] == '"Elm County"'
    assert shown["district"]["origin"] == f"{config}:2"
    assert shown["waves[0].closed"]["value"] == "2026-04-24"
    assert shown["waves[0].closed"]["origin"] == f"{config}:6"
    assert shown["reading.encoding"]["origin"] == "flag"
    assert shown["reading.encoding"]["value"] == '"cp1252"'
    assert shown["disclosure.min_n"]["value"] == "10"
    assert shown["disclosure.min_n"]["origin"] == "default"


def test_answers_of_a_flag_are_shown_with_those_of_the_file(climatekit, config):
    ended = climatekit("config", "show", "--config", config, "--answer", "agree6:Agre=4")

    shown = read_settings_shown(ended.out)
    assert shown["answers"]["value"] == "{ agree6 = { Agreee = 5, Agre = 4 } }"


def test_flags_that_turn_a_setting_off_show_what_they_set(climatekit, config):
    ended = climatekit(
        "config", "show", "--config", config, "--origin", "--drop-unfinished", "--no-gather"
    )

    shown = read_settings_shown(ended.out)
    assert (shown["reading.unfinished"]["value"], shown["reading.gather"]["value"]) == (
        '"drop"',
        "false",
    )
    assert shown["reading.unfinished"]["origin"] == "flag"


def test_a_wrong_flag_or_file_is_refused_as_by_every_verb(climatekit, config):
    wrong_flag = climatekit("config", "show", "--config", config, "--answer", "Agre")
    config.write_text(CONFIG.replace("district", "distrct"), encoding="utf-8")
    wrong_file = climatekit("config", "show", "--config", config)

    assert (wrong_flag.code, wrong_file.code) == (4, 4)
    assert "CK449" in wrong_flag.err
    assert "district" in wrong_file.err


ROLE_GROUPS = """
[[role_groups]]
id = "support_staff"
roles = ["Aide"]
label = {}
labels = {{ {} }}

[[role_groups]]
id = "others"
label = {}
labels = {{ {} }}
"""


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (('"Faculty"', "", '"faculty "', ""), ("both called 'faculty '",)),
        # Both are the id in words where there is no label.
        (('""', "", '"Support staff"', ""), ("both called 'Support staff'", ", line 19")),
        (
            ('"A"', 'es = "Docentes"', '"B"', 'es = "docentes"'),
            ("in the language 'es'", ", line 20"),
        ),
        # The one label counts in every language that has no other.
        (('"A"', "", '"B"', 'es = "A"'), ("in the language 'es'", ", line 20")),
        ((f'"{"a" * 61}"', "", '"B"', ""), ("at most 60",)),
        (('"A"', 'es = ""', '"B"', ""), ("at least 1",)),
    ],
)
def test_labels_of_role_groups_are_refused_where_a_page_would_name_two_alike(
    climatekit, config, labels, told
):
    config.write_text(CONFIG + ROLE_GROUPS.format(*labels), encoding="utf-8")

    ended = climatekit("config", "show", "--config", config)

    shown = " ".join(ended.err.split())
    assert ended.code == 4, ended.out
    assert [text for text in told if text not in shown] == [], shown


def test_labels_of_role_groups_are_shown_and_do_not_change_other_settings(climatekit, config):
    labels = ('"Helpers"', 'es = "Auxiliares"', '"Others"', 'fr = "Les autres"')
    config.write_text(CONFIG + ROLE_GROUPS.format(*labels), encoding="utf-8")

    shown = read_settings_shown(climatekit("config", "show", "--config", config).out)

    assert shown["role_groups[0].label"]["value"] == '"Helpers"'
    assert shown["role_groups[0].labels"]["value"] == '{ es = "Auxiliares" }'
    (helpers, others) = describe_settings(read_settings(config))["role_groups"]
    assert helpers["labels"] == {"es": "Auxiliares"}
    assert others["label"] == "Others"
    config.write_text(CONFIG + ROLE_GROUPS.format('""', "", '""', ""), encoding="utf-8")
    (plain, _) = describe_settings(read_settings(config))["role_groups"]
    assert plain == {"id": "support_staff", "roles": ["Aide"]}


def test_what_is_expected_is_told_without_the_words_of_a_library(climatekit, config):
    config.write_text("formats = []\n" + CONFIG + '[disclosure]\nreason = "why"\n', "utf-8")
    ended = climatekit("config", "show", "--config", config)

    assert ended.code == 4
    assert "expects  at least 1 item\n" in ended.err
    assert "expects  at least 10 characters\n" in ended.err


def test_a_colour_may_be_written_in_capitals(climatekit, config):
    config.write_text(CONFIG + '[look]\naccent = "#3B1F4A"\n', "utf-8")

    assert climatekit("config", "show", "--config", config).code == 0


def test_the_schema_for_editors_is_the_one_the_docs_hold(climatekit):
    ended = climatekit("config", "schema")

    assert ended.out == (DOCS / "climatekit.schema.json").read_text(encoding="utf-8")
    told = json.loads(ended.out)
    assert told["properties"]["district"]["description"]
    assert told["additionalProperties"] is False


def list_keys(table):
    for name, field in table.model_fields.items():
        kinds = (field.annotation, *getattr(field.annotation, "__args__", ()))
        below = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
        if below:
            yield from list_keys(below[0])
        else:
            yield name, field


@pytest.mark.parametrize(("name", "field"), list(list_keys(FileTable)))
def test_every_key_is_documented_with_its_meaning_and_an_example(name, field):
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")

    assert f"| `{name}` | {field.description} |" in text
    assert f"| `{field.examples[0]}` |" in text


def test_a_file_that_says_nothing_settles_what_settings_without_a_file_do(tmp_path):
    path = tmp_path / "climatekit.toml"
    path.write_text("config_version = 1\n", encoding="utf-8")

    assert replace(read_settings(path), file=None, root=Path()) == Settings()
