"""What a person confirmed goes below the codebook's rows, and leaves those as they are."""

import csv
import zipfile

import pytest
import xlsxwriter

from climatekit.errors import OutputError
from climatekit.ingest.codebook import NO_ANSWER, CodebookRow, read_codebook
from climatekit.run.draft.codebook_file import add_rows

OLD = [("school", "Where do you teach?", "", "asked first", ""), ("bscs_1", "Q1", "w1", "", "")]
NEW = [
    (CodebookRow(column="Q7 <&>", item="bscs_2", wave_id="w2", flags=frozenset({"edited"}), line=0),
     "import id 100"),
    (CodebookRow(column="Strongly agre", item="agree5=5", wave_id="", flags=frozenset(), line=0),
     "Strongly agree"),
    (CodebookRow(column="Pass", item="agree5=none", wave_id="", flags=frozenset(), line=0),
     "no answer"),
]  # fmt: skip


def write_workbook(path):
    """Write a codebook whose columns stand in an order of their own, with a cell comment."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Read me").write(0, 0, "kept by the office")
        sheet = book.add_worksheet("Codebook")
        for row, cells in enumerate([("item", "column", "wave_id", "note", "flags"), *OLD]):
            for place, cell in enumerate(cells):
                sheet.write(row, place, cell, book.add_format({"bold": not row}))
        sheet.write_comment("B2", "as on the paper form")


def check_book(path):
    book = read_codebook(path)
    assert [(row.item, row.column, row.wave_id) for row in book.rows] == [
        *[(item, column, wave) for item, column, wave, *_ in OLD],
        *[(row.item, row.column, row.wave_id) for row, _ in NEW],
    ]
    assert book.rows[2].flags == {"edited"}
    assert book.answers_for("w1", "agree5") == {"strongly agre": 5, "pass": NO_ANSWER}


def test_rows_are_added_to_a_workbook_and_every_other_part_stays_byte_for_byte(tmp_path):
    path = tmp_path / "codebook.xlsx"
    write_workbook(path)
    with zipfile.ZipFile(path) as package:
        before = {name: package.read(name) for name in package.namelist()}

    add_rows(path, NEW)

    check_book(path)
    with zipfile.ZipFile(path) as package:
        after = {name: package.read(name) for name in package.namelist()}
    changed = {name for name in before if after[name] != before[name]}
    assert after.keys() == before.keys()
    assert changed == {"xl/worksheets/sheet2.xml"}
    # The old rows stand as they were, up to where the sheet's data ended.
    start = before["xl/worksheets/sheet2.xml"].index(b"<sheetData>")
    end = before["xl/worksheets/sheet2.xml"].index(b"</sheetData>")
    assert before["xl/worksheets/sheet2.xml"][start:end] in after["xl/worksheets/sheet2.xml"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rows_are_added_to_text_below_its_own_bytes(tmp_path, encoding):
    path = tmp_path / "codebook.csv"
    lines = ["item;column;wave_id;note;flags", *(";".join(cells) for cells in OLD)]
    before = "\r\n".join(lines).encode(encoding)
    path.write_bytes(before)

    add_rows(path, NEW)

    assert path.read_bytes().startswith(before)
    check_book(path)


def test_a_codebook_without_the_column_that_is_needed_stays_as_it_is(tmp_path):
    path = tmp_path / "codebook.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["column", "item"])
        sheet.write_row(1, 0, ["Q1", "bscs_1"])
    before = path.read_bytes()

    with pytest.raises(OutputError) as refused:
        add_rows(path, NEW)

    assert refused.value.problems[0].code == "CK528"
    assert "flags, wave_id" in refused.value.problems[0].message
    assert path.read_bytes() == before


def test_a_heading_that_a_spreadsheet_would_run_is_added_as_text(tmp_path):
    path = tmp_path / "codebook.csv"
    path.write_text("column,item\nQ1,bscs_1\n", encoding="utf-8")
    heading = '=HYPERLINK("x")'
    row = CodebookRow(column=heading, item="ignore", wave_id="", flags=frozenset(), line=0)

    add_rows(path, [(row, "")])

    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[-1] == [f"'{heading}", "ignore"]
    assert read_codebook(path).rows[-1].column == heading


def test_what_the_codebooks_encoding_lacks_is_refused_and_nothing_changed(tmp_path):
    path = tmp_path / "codebook.csv"
    before = "column,item\nPregunta \u00f1,bscs_1\n".encode("cp1252")
    path.write_bytes(before)
    row = CodebookRow(column="\u4e2d", item="bscs_2", wave_id="", flags=frozenset(), line=0)

    with pytest.raises(OutputError) as caught:
        add_rows(path, [(row, "")])

    assert caught.value.problems[0].code == "CK528"
    assert path.read_bytes() == before
