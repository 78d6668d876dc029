"""Hand-edited files: what a person or a spreadsheet did to an export is seen, or refused."""

import pytest
from ingest_builders import answers, read, rows, write

from climatekit.errors import InputError
from climatekit.ingest.codebook import read_codebook


def said(export, what):
    return next(one for one in export.report.decisions if one.what == what)


def test_title_lines_above_the_headings_are_passed_over_and_said(tmp_path):
    text = "Staff survey 2024,,,\n,,,\n" + rows("A,1,2,3", "B,4,5,1")
    path = write(tmp_path / "export.csv", text)

    export = read(path)

    assert answers(export) == [[1, 2, 3], [4, 5, 1]]
    assert said(export, "first row").value == "line 3"
    assert said(export, "first row").flag == "--first-row"
    assert export.report.first_line == 3


def test_short_title_lines_are_passed_over_too(tmp_path):
    path = write(tmp_path / "export.csv", "Staff survey\n\nmade by the office\n" + rows("A,1,2,3"))

    export = read(path)

    assert answers(export) == [[1, 2, 3]]
    assert export.report.first_line == 4


def test_the_first_row_can_be_named(tmp_path):
    path = write(tmp_path / "export.csv", "a,b,c,d\nx,y,z,w\n" + rows("A,1,2,3"))

    export = read(path, first_row=3)

    assert answers(export) == [[1, 2, 3]]
    with pytest.raises(InputError) as caught:
        read(path, first_row=99)
    assert caught.value.problems[0].code == "CK131"


def test_a_separator_line_of_a_spreadsheet_names_the_delimiter(tmp_path):
    path = write(tmp_path / "export.csv", "sep=;\n" + rows("A,1,2,3").replace(",", ";"))

    export = read(path)

    assert answers(export) == [[1, 2, 3]]
    assert said(export, "delimiter").sign == "a sep= line"
    assert export.report.first_line == 2


def test_empty_columns_and_trailing_empty_rows_are_left_out_and_counted(tmp_path):
    text = rows("A,1,2,3,,,", *[",,,,,,"] * 100, heading="School,tst_1,tst_2,tst_3,,,")
    path = write(tmp_path / "export.csv", text)

    export = read(path)

    assert answers(export) == [[1, 2, 3]]
    assert export.report.dropped == {"blank": 100}
    assert [one.code for one in export.warnings] == ["CK117"] * 3


def test_rows_with_empty_fields_behind_the_last_heading_are_cut_with_a_warning(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3,", "B,4,4,4,", "C,5,5,5"))

    export = read(path)

    assert answers(export) == [[1, 2, 3], [4, 4, 4], [5, 5, 5]]
    assert [one.code for one in export.warnings] == ["CK117"]


def test_rows_with_something_behind_the_last_heading_are_never_shifted(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3,x", "B,4,4,4,", "C,5,5,5"))

    with pytest.raises(InputError) as caught:
        read(path)

    assert [(one.code, one.line) for one in caught.value.problems] == [("CK115", 2)]


def test_a_block_pasted_again_with_its_headings_is_counted(tmp_path):
    heading = "School,tst_1,tst_2,tst_3"
    path = write(tmp_path / "export.csv", rows("A,1,2,3", heading, "B,4,4,4", heading, "C,5,5,5"))

    export = read(path)

    assert answers(export) == [[1, 2, 3], [4, 4, 4], [5, 5, 5]]
    assert export.report.dropped == {"repeated heading": 2}


@pytest.mark.parametrize("heading", ["", "X", "Unnamed: 0"])
def test_a_column_that_numbers_the_rows_is_no_answer(tmp_path, heading):
    text = rows("1,A,1,2,3", "2,B,4,4,4", "5,,,,", heading=f"{heading},School,tst_1,tst_2,tst_3")
    path = write(tmp_path / "export.csv", text)

    export = read(path)

    assert answers(export) == [[1, 2, 3], [4, 4, 4]]
    assert said(export, "row numbers").value == "column 1"
    assert export.report.dropped == {"blank": 1}


def test_answers_without_a_heading_are_still_refused(tmp_path):
    text = rows("note,A,1,2,3", "other,B,4,4,4", heading=",School,tst_1,tst_2,tst_3")
    path = write(tmp_path / "export.csv", text)

    with pytest.raises(InputError) as caught:
        read(path)

    assert [one.code for one in caught.value.problems] == ["CK126"]


def test_doubled_headings_beside_the_items_are_numbered_by_position(tmp_path):
    text = rows("A,1,2,3,x,y", heading="School,tst_1,tst_2,tst_3,Other,Other")
    path = write(tmp_path / "export.csv", text)

    export = read(path)

    assert answers(export) == [[1, 2, 3]]
    assert [one.code for one in export.warnings] == ["CK123"]
    assert "column 5" in export.warnings[0].mend


def test_a_doubled_item_is_refused(tmp_path):
    text = rows("A,1,2,3,4", heading="School,tst_1,tst_2,tst_3,tst_3")
    path = write(tmp_path / "export.csv", text)

    with pytest.raises(InputError) as caught:
        read(path)

    assert {"CK123", "CK212"} == {one.code for one in caught.value.problems}


def test_a_lost_heading_line_is_refused_and_can_be_replaced_by_positions(tmp_path):
    path = write(tmp_path / "export.csv", "A,1,2,3\nB,4,4,4\nA,5,5,5\n")
    book = write(
        tmp_path / "codebook.csv",
        "column,item\ncolumn 1,school\ncolumn 2,tst_1\ncolumn 3,tst_2\ncolumn 4,tst_3\n",
    )

    with pytest.raises(InputError) as caught:
        read(path)
    export = read(path, heading_rows=0, codebook=read_codebook(book))

    assert caught.value.problems[0].code == "CK132"
    assert "heading_rows = 0" in caught.value.problems[0].mend
    assert answers(export) == [[1, 2, 3], [4, 4, 4], [5, 5, 5]]
    assert export.report.heading_rows == 0


def test_headings_that_went_through_r_are_still_known(tmp_path):
    heading = '"","Respondent.ID","Collector.ID","School","tst.1","tst.2","tst.3"'
    path = write(tmp_path / "export.csv", rows('"1",7,8,"A",1,2,3', heading=heading))

    export = read(path)

    assert export.report.platform == "surveymonkey"
    assert answers(export) == [[1, 2, 3]]


def test_an_unknown_drop_rule_is_refused_with_the_closest(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3"))

    with pytest.raises(InputError) as caught:
        read(path, drop_rows=("unfinnished",))

    assert caught.value.problems[0].code == "CK134"
    assert caught.value.problems[0].closest == "unfinished"


@pytest.mark.parametrize("ids", [("007", "7"), ("1", "2"), ("1E5", "100000"), ("True", "False")])
def test_columns_of_nothing_but_numbers_keep_their_texts(tmp_path, ids):
    from climatekit.ingest.export_files import read_table
    from climatekit.knowledge.settings import ReadingSettings

    path = write(tmp_path / "export.csv", f"{ids[0]},0012\n{ids[1]},0012\n")

    table = read_table(path, ReadingSettings())

    assert table.records == [[ids[0], "0012"], [ids[1], "0012"]]


def test_between_tabs_a_quote_is_a_sign_where_no_field_is_quoted(tmp_path):
    lines = [
        "School\ttst_1\ttst_2\ttst_3\tSay",
        'A\t4\t2\t5\the said ""yes""',
        'O"Brien\t1\t1\t1\t6"',
    ]
    path = write(tmp_path / "export.tsv", "\n".join(lines) + "\n")

    export = read(path)

    assert list(export.frame["school"]) == ["A", 'O"Brien']
    assert answers(export) == [[4, 2, 5], [1, 1, 1]]
    assert "CK114" in {problem.code for problem in export.warnings}


@pytest.mark.parametrize(("mark", "first"), [(",", "A"), ("\t", '"A, B"')])
def test_a_stray_quote_is_refused_where_fields_may_be_quoted(tmp_path, mark, first):
    lines = [["School", "tst_1", "tst_2", "tst_3"], [first, "4", "2", "5"], ['O"B', "1", "1", "1"]]
    path = write(tmp_path / "export.csv", "\n".join(mark.join(cells) for cells in lines) + "\n")

    with pytest.raises(InputError) as refused:
        read(path)

    assert [problem.code for problem in refused.value.problems] == ["CK114"]
    assert refused.value.problems[0].line == 3
