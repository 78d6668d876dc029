"""The workbook: the release's tables in one file, read back by another library."""

import csv
import io
import zipfile

import pytest
from plain_files import write_study
from python_calamine import CalamineWorkbook

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.release import run_study


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    write_study(folder, ("=1+1", "Elm"), people=30)
    config = folder / "climatekit.toml"
    return run_study(read_settings(config)).path


@pytest.fixture(scope="module")
def book(release):
    return CalamineWorkbook.from_path(release / "results.xlsx")


def test_each_table_is_a_sheet_and_the_first_says_what_they_hold(book):
    assert book.sheet_names == [
        "Read me", "Scores", "Changes", "Items", "Quality", "Data use", "Settings",
    ]  # fmt: skip
    told = {row[0]: row[1] for row in book.get_sheet_by_name("Read me").to_python()}
    for name in book.sheet_names[1:]:
        rows = book.get_sheet_by_name(name).to_python()
        assert name in told
        assert [column for column in rows[0] if not told.get(column)] == []
    assert told["U1"] == "Were results shared back?"


@pytest.mark.parametrize(
    ("sheet", "file"),
    [
        ("Scores", "scores"),
        ("Changes", "changes"),
        ("Items", "items"),
        ("Quality", "reliability"),
        ("Data use", "data_use"),
    ],
)
def test_a_sheet_holds_what_its_csv_file_holds(release, book, sheet, file):
    text = (release / f"{file}.csv").read_text(encoding="utf-8-sig")
    plain = list(csv.reader(io.StringIO(text)))

    rows = book.get_sheet_by_name(sheet).to_python()

    assert len(rows) == len(plain) > 1
    for row, told in zip(rows, plain, strict=True):
        assert [write(cell) for cell in row] == [unguard(cell) for cell in told]


def write(cell):
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def unguard(cell):
    cell = cell.removeprefix("'")
    try:
        return f"{float(cell):g}"
    except ValueError:
        return cell


def test_a_name_that_looks_like_a_formula_is_text(release, book):
    names = {row[1] for row in book.get_sheet_by_name("Scores").to_python()}

    assert "=1+1" in names
    with zipfile.ZipFile(release / "results.xlsx") as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_the_settings_name_versions_scales_and_sources(book):
    told = {row[0]: row[1] for row in book.get_sheet_by_name("Settings").to_python()}

    assert told["disclosure.min_n"] == 10
    assert told["version.climatekit"]
    assert len(told["scale.bscs.sha256"]) == 64
    assert "(" in told["scale.bscs.source.1"]
    assert told["waves.1.id"]
