import json
import tomllib
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from climatekit.cli import main
from climatekit.knowledge.resources import shipped
from climatekit.knowledge.scales import list_scales, load_scale

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def run():
    def run_scales(*arguments):
        return CliRunner().invoke(main, ["scales", *map(str, arguments)])

    return run_scales


def test_a_new_scale_is_sound_as_it_stands_and_shown_at_once(run, tmp_path):
    made = run(
        "new", "belong", "--title", 'Our "belonging"', "--construct", "community",
        "--items", 4, "--points", 4, "--out", tmp_path,
    )  # fmt: skip
    path = tmp_path / "belong.toml"

    assert made.exit_code == 0
    assert made.stdout.strip() == str(path)
    scale = load_scale(path)
    assert (scale.status, len(scale.items)) == ("local", 4)
    assert scale.response_sets["answers"].high == 4
    assert run("validate", path).exit_code == 0
    shown = run("belong", "--folder", tmp_path, "--format", "table")
    assert "a district's own questions; not a validated scale" in " ".join(shown.stdout.split())
    assert path.read_text("utf-8").count("# ") > 12


def test_new_overwrites_nothing_and_takes_no_shipped_id(run, tmp_path):
    assert run("new", "ours", "--out", tmp_path).exit_code == 0
    before = (tmp_path / "ours.toml").read_bytes()

    again = run("new", "ours", "--out", tmp_path)
    shipped_id = run("new", "ots", "--out", tmp_path)

    assert (again.exit_code, shipped_id.exit_code) == (5, 4)
    assert "CK523" in again.stderr
    assert "CK418" in shipped_id.stderr
    assert (tmp_path / "ours.toml").read_bytes() == before


def test_validate_tells_every_fault_with_line_and_mend(run, tmp_path):
    run("new", "ours", "--out", tmp_path)
    path = tmp_path / "ours.toml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("item_count = 3", "item_count = 4").replace("low = 1\n", "low = 5\n"), "utf-8"
    )

    result = run("validate", tmp_path)

    assert result.exit_code == 4
    line = text.splitlines().index(next(x for x in text.splitlines() if "item_count" in x)) + 1
    assert "CK413" in result.stderr
    assert "CK416" in result.stderr
    assert f"{path.name}, line {line}" in result.stderr
    assert "find the item that is missing" in result.stderr


def test_validate_scores_the_worked_examples(run, tmp_path):
    run("new", "ours", "--out", tmp_path)
    path = tmp_path / "ours.toml"
    path.write_text(path.read_text("utf-8").replace("total = 5.0", "total = 4.0"), "utf-8")

    result = run("validate", path)

    assert result.exit_code == 4
    assert "CK408" in result.stderr


def test_every_shipped_scale_is_sound_and_its_examples_come_out(run):
    result = run("validate", shipped("scales"))

    assert result.exit_code == 0, result.stderr
    assert f"{len(list_scales())} scale files sound" in result.stderr


def test_the_list_may_be_narrowed_by_status_and_construct(run):
    def ids(*flags):
        return {row["id"] for row in json.loads(run(*flags, "--format", "json").stdout)["data"]}

    assert ids("--status", "import") == {"five_essentials", "edscls"}
    assert {"ots", "ess", "tps", "tswq"} == ids("list", "--status", "checked")
    assert {"ctbs", "pcte"} <= ids("--construct", "collective_efficacy")
    assert "ots" not in ids("--construct", "collective_efficacy")


def test_a_form_may_be_shown(run):
    told = run("show", "tps", "--form", "agree5", "--format", "json")

    definition = json.loads(told.stdout)["scale"]
    assert definition["form"] == "agree5"
    assert {item["response_set"] for item in definition["items"].values()} == {"agree5"}


def test_the_schema_printed_is_the_one_in_the_docs(run):
    printed = run("schema").stdout

    assert printed == (DOCS / "scale.schema.json").read_text(encoding="utf-8")
    assert json.loads(printed)["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("name", list_scales())
def test_every_shipped_file_fits_the_schema(name):
    schema = json.loads((DOCS / "scale.schema.json").read_text(encoding="utf-8"))
    content = tomllib.loads((shipped("scales") / f"{name}.toml").read_text(encoding="utf-8"))
    content = json.loads(json.dumps(content, default=date.isoformat))

    jsonschema.validate(content, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**content, "statuss": "draft"}, schema)


def test_the_library_table_of_the_docs_is_the_library():
    page = (DOCS / "scales.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("| `") and line.count("|") == 7
    ]

    told = {row[0].strip("`"): row[4] for row in rows}
    assert told == {name: load_scale(name).status for name in list_scales()}
