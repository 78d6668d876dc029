"""The audit: inside a run before it publishes, and as a verb on what is published."""

import csv
import io
import json
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from climatekit.cli import main
from climatekit.errors import DisclosureError
from climatekit.knowledge.settings_file import read_settings
from climatekit.release.readout import Breach
from climatekit.run import making
from climatekit.run.audit.auditing import attack_output, audit_files, explain_breaches
from climatekit.run.audit.number_reader import read_output
from climatekit.run.audit.numbers import find_unlisted
from climatekit.run.audit.output_reader import read_folder
from climatekit.run.demo.district import write_district
from climatekit.run.publishing.manifest import digest_file
from climatekit.run.release import run_study
from climatekit.run.study import load_study


def set_formats(folder, formats):
    config = folder / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[columns]", f"formats = {formats}\n\n[columns]", 1), "utf-8")
    return config


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audited")
    write_district(folder, schools=5)
    set_formats(folder, '["json"]')
    return folder


@pytest.fixture(scope="module")
def published(district):
    return run_study(read_settings(district / "climatekit.toml")).path


@pytest.fixture
def copied(published, tmp_path):
    return shutil.copytree(published, tmp_path / published.name)


def audit(path):
    return CliRunner().invoke(main, ["audit", str(path)])


def seal(folder, name):
    """Put a changed file into the manifest, as somebody would who publishes it."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    digest = digest_file(folder / name)
    manifest["outputs"][name] = {"sha256": digest.sha256, "size": digest.size}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def change_rows(folder, name, change):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows = change(rows)
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    (folder / name).write_text(stream.getvalue(), "utf-8")
    seal(folder, name)


def test_the_made_up_district_gives_nobody_away(published):
    done = audit(published)

    assert done.exit_code == 0, done.output
    assert "nobody can be worked out" in done.output


def test_a_release_is_named_wherever_it_is_looked_at_from(published, monkeypatch):
    monkeypatch.chdir(published)

    assert f"printed numbers of {published.name} and all" in audit(".").output


def test_the_reader_finds_every_number_of_the_tables_and_no_other_than_the_ledgers(published):
    output = read_output(read_folder(published))
    with (published / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    shown = {
        (row["wave"], row["school"], row["score"]): row["points"] for row in rows if row["points"]
    }
    read = {
        (one.wave, one.school, one.subject): one.text
        for one in output.read
        if one.statistic == "points" and not one.role
    }
    assert shown.items() <= read.items()
    assert find_unlisted(output) == ()
    hidden = {
        (row["wave"], row["school"])
        for row in rows
        if not row["answered"] and "not shown" in row["withheld"]
    }
    assert hidden <= {(group.wave, group.school) for group in output.readout.hidden}


def test_what_the_reader_takes_from_a_text_is_what_the_ledger_says_it_reveals(published):
    output = read_output(read_folder(published))
    listed = {one.about: (one.low, one.high) for one in output.ledger}

    told = [one for one in output.read if one.statistic != "native"]
    for one in told:
        assert listed[one.about] == pytest.approx((one.low, one.high)), one.about
    assert len(told) > 500


def test_a_number_that_is_not_in_the_ledger_is_refused(copied):
    change_rows(copied, "ledger.csv", lambda rows: [row for row in rows if row["school"] != "103"])

    done = audit(copied)

    assert done.exit_code == 7
    assert "D17" in done.output
    assert "school 103" in done.output


def test_a_row_too_many_in_the_ledger_is_told_of_and_gives_nobody_away(copied):
    def add_row(rows):
        row = next(row for row in rows if row["statistic"] == "answered" and row["school"] == "103")
        return [*rows, row | {"statistic": "rate", "subject": "never"}]

    change_rows(copied, "ledger.csv", add_row)

    done = audit(copied)

    assert done.exit_code == 0, done.output
    assert "no file prints" in " ".join(done.output.split())


def test_a_small_role_group_that_was_printed_is_named_by_group_and_rule_never_by_value(copied):
    def add_role(rows):
        (whole,) = [
            row
            for row in rows
            if row["school"] == "103" and row["wave"] == "2026-spring" and row["score"] == "ots.tp"
        ]
        part = whole | {"role": "Teacher", "answered": str(int(whole["answered"]) - 7)}
        return [row | {"role": row.get("role") or ""} for row in rows] + [part]

    change_rows(copied, "scores.csv", add_role)

    done = audit(copied)

    assert done.exit_code == 7
    told = [line for line in done.output.splitlines() if "D2" in line]
    assert told
    assert not any(char.isdigit() for char in told[0].replace("D2", "").replace("CK711", ""))
    assert "Spring 2026, column school 103" in done.output


def test_a_changed_release_is_not_audited(copied):
    (copied / "scores.csv").write_text("no", "utf-8")

    assert audit(copied).exit_code == 5


def test_a_folder_that_is_not_there_is_an_input_error(tmp_path):
    assert audit(tmp_path / "none").exit_code == 3


def test_a_run_that_forgets_a_number_publishes_nothing(district, tmp_path, monkeypatch):
    shutil.copytree(district, tmp_path, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "briefs", ignore_errors=True)
    whole = making.write_ledger
    monkeypatch.setattr(making, "write_ledger", lambda rows: whole(rows[:-200]))

    with pytest.raises(DisclosureError) as caught:
        run_study(read_settings(tmp_path / "climatekit.toml"))

    assert caught.value.exit_code == 7
    assert {problem.code for problem in caught.value.problems} == {"CK711"}
    left = [path.name for path in (tmp_path / "briefs").iterdir()]
    assert [name for name in left if not name.startswith(".climatekit")] == []


def test_a_run_whose_pages_say_what_the_ledger_does_not_publishes_nothing(published, district):
    study = load_study(read_settings(district / "climatekit.toml"))
    files = read_folder(published)
    manifest = json.loads((published / "manifest.json").read_bytes())
    school = next(iter(study.names.values()))
    row = f'<table><tr><th scope="row">{school}</th><td>4321</td></tr></table>'

    assert audit_files(files, manifest, study).problems == ()
    for text in (row, "<p>4321 answered.</p>"):
        page = f"<html><body>{text}</body></html>".encode()
        with pytest.raises(DisclosureError) as caught:
            audit_files({**files, "district.html": page}, manifest, study)

        (problem,) = caught.value.problems
        assert (problem.file, "D17" in problem.message) == ("district.html", True)


def test_a_row_of_the_ledger_that_no_file_prints_is_told_of(published, district):
    study = load_study(read_settings(district / "climatekit.toml"))
    files = read_folder(published)
    manifest = json.loads((published / "manifest.json").read_bytes())
    text = files["ledger.csv"].read_text("utf-8")
    release = manifest["run_key"][:8]
    row = f"{release},x,2026-spring,,101,,rate,never,1,2,1\n"

    files["ledger.csv"] = (text + row).encode()
    (warning,) = audit_files(files, manifest, study).problems

    assert (warning.severity, warning.column) == ("warning", "school 101")
    assert "no file prints" in warning.message


def test_the_breach_of_a_waived_rule_is_a_warning():
    breaches = [
        Breach(rule=rule, attacker="subtractor", found="people", wave="w") for rule in ("D2", "D9")
    ]

    told = explain_breaches(breaches, labels={}, allowed={"D9"})

    assert [problem.severity for problem in told] == ["error", "warning"]


def test_a_ledger_row_of_an_earlier_release_is_used(published):
    output = read_output(read_folder(published))
    assert attack_output(output) == ()
    entry = next(
        one
        for one in output.ledger
        if one.statistic == "answered" and one.school == "103" and one.wave == "2026-spring"
    )
    few = entry._replace(release="0", exports="x", low=entry.low - 3, high=entry.low - 3)
    joint = replace(output, readout=replace(output.readout, entries=(*output.readout.entries, few)))

    assert {(one.rule, one.school) for one in attack_output(joint)} == {("D9", "103")}
