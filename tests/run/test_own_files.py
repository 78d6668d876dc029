"""Files that a person asks for besides a release: text a spreadsheet cannot run, whole or none."""

import csv
import resource
from contextlib import contextmanager

import pytest
from plain_files import make_rows, to_csv, write_study

FORMULA = "=1+1"


@contextmanager
def fewest_bytes_of_disk():
    """Let no file grow beyond a few bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def read_cells(path):
    with path.open(encoding="utf-8", newline="") as file:
        return {cell for row in csv.reader(file) for cell in row}


@pytest.mark.parametrize("verb", ["score --respondents", "rate --blank-log", "reliability --flags"])
def test_a_school_called_like_a_formula_is_written_as_text(climatekit, tmp_path, verb):
    write_study(tmp_path, (FORMULA, "Elm"))
    pairs = [(school, wave) for school in (FORMULA, "Elm") for wave in ("w1", "w2")]
    rows = [["school_id", "school_name", "wave_id", "eligible"]]
    rows += [[school, school, wave, "20"] for school, wave in pairs]
    (tmp_path / "roster.csv").write_bytes(to_csv(rows))
    config = tmp_path / "climatekit.toml"
    text = config.read_text("utf-8").replace("output =", 'roster = "roster.csv"\noutput =', 1)
    config.write_text(text, "utf-8")
    name, flag = verb.split()

    ended = climatekit(name, flag, "rows.csv")

    cells = read_cells(tmp_path / "rows.csv")
    assert ended.code == 0, ended.err
    assert f"'{FORMULA}" in cells
    assert FORMULA not in cells


def test_a_full_disk_leaves_no_half_of_a_file(climatekit, tmp_path):
    with fewest_bytes_of_disk():
        full = climatekit("scales", "new", "belong")
    again = climatekit("scales", "new", "belong")

    assert (full.code, "CK523" in full.err) == (5, True)
    assert again.code == 0, again.err
    assert (tmp_path / "belong.toml").read_text("utf-8").startswith("# belong")


def test_a_full_disk_leaves_no_part_of_a_brief(climatekit, study):
    with fewest_bytes_of_disk():
        full = climatekit("brief", "--format", "json", "--out", "made")

    assert (full.code, "CK522" in full.err) == (5, True)
    assert list((study / "made").iterdir()) == []


def test_exports_of_one_name_in_two_folders_elsewhere_are_both_part_of_a_release(
    climatekit, tmp_path
):
    study = tmp_path / "study"
    write_study(study)
    config = study / "climatekit.toml"
    text = config.read_text("utf-8")
    for wave in (0, 1):
        folder = tmp_path / f"survey{wave + 1}"
        folder.mkdir()
        (folder / "export.csv").write_bytes(to_csv(make_rows(wave=wave)))
        text = text.replace(f"exports/w{wave + 1}.csv", f"../survey{wave + 1}/export.csv")
    config.write_text(text, "utf-8")

    first = climatekit("run", "--config", config)
    (tmp_path / "survey1" / "export.csv").write_bytes(to_csv(make_rows(people=30)))
    changed = climatekit("run", "--config", config)

    assert first.code == 0, first.err
    assert "published in release-2-" in changed.err
