"""A whole run: from the made-up district to a published release."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from climatekit.errors import DefinitionError, OutputError, Problem, RenderError
from climatekit.knowledge.settings_file import read_settings
from climatekit.run.pages import district_files, note_files
from climatekit.run.publishing.manifest import verify_release
from climatekit.run.release import run_study
from climatekit.run.workshop import batch, rendering

SMALL = "104"  # the school of nine staff


@pytest.fixture
def plain(study):
    """Return the settings of the small study, for what a district's size adds nothing to."""
    return replace(read_settings(study / "climatekit.toml"), formats=("html",))


def list_briefs(outcome):
    return [json.loads(path.read_bytes()) for path in outcome.path.glob("*-????????.json")]


def settings_of(district, tmp_path, formats="json"):
    shutil.copytree(district, tmp_path, dirs_exist_ok=True)
    config = tmp_path / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    listed = ", ".join(f'"{one}"' for one in formats.split())
    config.write_text(text.replace("[columns]", f"formats = [{listed}]\n\n[columns]", 1), "utf-8")
    return read_settings(config)


def read_all(path):
    return {one.name: one.read_bytes() for one in sorted(path.iterdir())}


def test_a_second_run_has_nothing_to_do_and_writes_nothing(plain):
    first = run_study(plain)
    before = {path: path.stat().st_mtime_ns for path in first.path.parent.rglob("*")}

    second = run_study(plain)

    assert "nothing to do" in second.last_line
    assert second.path == first.path
    after = {path: path.stat().st_mtime_ns for path in first.path.parent.rglob("*")}
    before.pop(first.path.parent / ".climatekit.lock", None)
    after.pop(first.path.parent / ".climatekit.lock", None)
    assert after == before


def test_the_manifest_tells_inputs_outputs_versions_settings_and_no_time(demo_outcome):
    manifest = json.loads((demo_outcome.path / "manifest.json").read_bytes())
    assert verify_release(demo_outcome.path) == ()
    waves = (f"exports/spring_{year}.csv" for year in (2024, 2025, 2026))
    assert " + ".join(waves) in manifest["inputs"]
    assert {"scores.csv", "changes.csv", "data_use.csv"} <= set(manifest["outputs"])
    assert manifest["versions"]["climatekit"]
    assert manifest["settings"]["disclosure"]["min_n"] == 10
    assert manifest["withheld"][SMALL] == dict.fromkeys(
        ("2024-spring", "2025-spring", "2026-spring"), "protected"
    )
    assert not [key for key in manifest if "time" in key or "date" in key]


def test_one_school_that_fails_does_not_stop_the_others(plain, monkeypatch):
    honest = rendering.render_html

    def break_one(brief, **how):
        if brief.school_id == "Elm":
            raise ZeroDivisionError
        return honest(brief, **how)

    monkeypatch.setattr(rendering, "render_html", break_one)
    outcome = run_study(plain)

    assert outcome.exit_code == 1
    assert "1 of 2 briefs" in outcome.last_line
    assert "CK902" in outcome.last_line
    assert len(list(outcome.path.glob("*-????????.html"))) == 1
    assert json.loads((outcome.path / "manifest.json").read_bytes())["refused"] == {"Elm": "CK902"}


def test_without_a_pdf_engine_the_html_is_written_and_the_install_lines_are_told(
    plain, monkeypatch
):
    from climatekit.report.pdf import _engine_problem

    problem = _engine_problem(OSError("cannot load library 'libgobject-2.0-0'"))
    for module in (batch, district_files, note_files):
        monkeypatch.setattr(module, "check_pdf_engine", lambda: problem)
    outcome = run_study(replace(plain, formats=("pdf",)))

    assert outcome.exit_code == 1
    assert len(list(outcome.path.glob("*-????????.html"))) == 2
    assert not list(outcome.path.glob("*.pdf"))
    told = outcome.problems[0].mend
    for line in ("apt-get install", "dnf install", "brew install", "pacman -S"):
        assert line in told


def test_when_every_school_fails_nothing_is_published(plain, monkeypatch):
    def refuse(brief):
        raise RenderError(Problem(code="CK503", message=f"{len(brief.school)} letters"))

    monkeypatch.setattr(rendering, "render_html", refuse)

    with pytest.raises(OutputError) as caught:
        run_study(plain)

    assert caught.value.exit_code == 5
    assert not list(plain.output.glob("release-*"))


def test_a_run_without_a_day_or_an_output_names_both(plain):
    with pytest.raises(DefinitionError) as caught:
        run_study(replace(plain, as_of=None, output=None))

    assert [problem.code for problem in caught.value.problems] == ["CK437", "CK436"]


def test_every_column_and_record_key_is_in_the_documents(demo_outcome):
    docs = Path(__file__).parents[2] / "docs"
    page, privacy = ((docs / name).read_text("utf-8") for name in ("release.md", "privacy.md"))

    untold = [
        (table.name, column)
        for table in demo_outcome.path.glob("*.csv")
        for column in table.read_text("utf-8-sig").partition("\n")[0].split(",")
        if f"`{column}`" not in (privacy if table.name == "ledger.csv" else page)
    ]
    untold += [
        (record.name, key)
        for record in demo_outcome.path.glob("alder-*.json")
        for key in json.loads(record.read_text("utf-8"))
        if key != "schema" and f"`{key}`" not in page
    ]
    untold += [
        (file.name, "file")
        for file in demo_outcome.path.iterdir()
        if f"`{file.name}`" not in page and file.name.count("-") == 0
    ]

    assert untold == []


def test_no_number_about_the_small_school_leaves_in_any_file(demo_outcome):
    brief = json.loads(next(demo_outcome.path.glob("juniper-flats-school-*.json")).read_bytes())
    assert brief["participation"]["rate"]["value"] is None
    assert all(row["after"]["value"] is None for row in brief["changes"])
    assert all(
        point["score"]["value"] is None for panel in brief["panels"] for point in panel["points"]
    )
    scores = (demo_outcome.path / "scores.csv").read_text("utf-8-sig").splitlines()
    own = [line.split(",") for line in scores if line.startswith(f"{SMALL},")]
    assert own
    assert {tuple(cells[6:11]) for cells in own} == {("", "", "", "", "")}


def test_the_numbers_of_a_sentence_are_those_of_its_row(demo_outcome):

    told = 0
    for brief in list_briefs(demo_outcome):
        for row in brief["changes"]:
            if row["verdict"] in ("rose", "fell"):
                told += 1
                assert f"from {row['before']['text']} to {row['after']['text']}" in row["sentence"]
                ends = sorted(abs(row["difference"][end]) for end in ("low", "high"))
                assert f"between {ends[0]:g} and {ends[1]:g} points" in row["sentence"]
    assert told >= 2


def test_the_headline_uses_the_verdicts_of_the_table(demo_outcome):

    words = {
        "rose": " rose",
        "fell": " fell",
        "held_steady": "held steady",
        "too_close": "too close",
    }
    for brief in list_briefs(demo_outcome):
        verdicts = {row["verdict"] for row in brief["changes"] if row["lead"]}
        for verdict, word in words.items():
            assert (word in brief["headline"]) == (verdict in verdicts)


def test_the_response_of_a_hidden_wave_is_told_neither_as_number_nor_as_level(demo_outcome):

    brief = json.loads(next(demo_outcome.path.glob("ecole-lachlan-*.json")).read_bytes())
    (row,) = [one for one in brief["data_use"]["evidence"] if one["indicator"] == "C2"]
    assert (row["status"], row["mark"]) == ("On file.", "none")
    assert "Spring 2025" not in row["detail"]
    hidden = next(demo_outcome.path.glob("juniper-flats-school-*.json")).read_text("utf-8")
    for told in ("of 9", "8 of", "89%", "78%"):
        assert told not in hidden
