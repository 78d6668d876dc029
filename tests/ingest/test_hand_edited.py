"""Hand-edited files: what a person or a spreadsheet did to an export is seen, or refused."""

import pytest
from click.testing import CliRunner
from ingest_builders import answers, make_scale, read, rows, write

from climatekit.cli import main
from climatekit.errors import InputError
from climatekit.ingest.codebook import read_codebook
from climatekit.ingest.intake import read_responses
from climatekit.ingest.roster import read_roster
from climatekit.knowledge.settings import Settings, WaveSettings


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


def test_headings_far_below_a_row_with_few_names_are_told_by_their_line_alone(tmp_path):
    titles = ["Cedar Valley", "", "Spring 2026", *[""] * 5]
    wide = [
        "School",
        *(f"tst_{n}" for n in range(1, 4)),
        *(f"Other question {n}" for n in range(4)),
    ]
    table = [titles, [""] * 8, wide, ["Elm", *"1234567"], ["Oak", *"4444444"]]
    path = write(tmp_path / "export.csv", "\n".join(map(",".join, table)) + "\n")

    refused = CliRunner().invoke(main, ["check", str(path)])
    named = CliRunner().invoke(main, ["check", str(path), "--first-row", "3"])

    assert refused.exit_code == 3
    assert refused.stderr.count("error[") == 1
    assert "error[CK142]" in refused.stderr
    assert "--first-row 3" in refused.stderr
    assert "2 read" in named.stderr


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

    wrong = [problem.code for problem in refused.value.problems if problem.severity == "error"]
    assert wrong == ["CK114"]
    assert refused.value.problems[0].line == 3


TOTALS = [
    ("Total,4,4,5", 1),
    ("Mean:,2.0,1.5,2.5", 1),
    ("Grand Total,3,3,3\n,,,\nAverage,2,2,3", 2),
    ("Total,4,,yes", 0),
    ("Total,4,4,5\nElm,1,2,3", 0),
]


@pytest.mark.parametrize(("foot", "dropped"), TOTALS)
def test_totals_at_the_foot_are_nobodys_answers(tmp_path, foot, dropped):
    path = write(tmp_path / "export.csv", rows("Oak,2,2,3", "Oak,2,1,2", *foot.split("\n")))

    if not dropped:
        # Not at the foot, or not all numbers: a school that is called so, or a refusal.
        if "yes" in foot:
            with pytest.raises(InputError):
                read(path)
        else:
            told = read(path)
            assert "Total" in set(told.frame["school"])
            assert "CK243" in {one.code for one in told.warnings}
        return
    export = read(path)
    kept = [line for line in foot.split("\n") if line.strip(",")]
    assert answers(export) == [[2, 2, 3], [2, 1, 2]]
    assert export.report.dropped["totals row"] == dropped == len(kept)
    if "." not in foot:
        again = read(path, keep_rows=("totals row",))
        assert again.report.noted["totals row"] == dropped
        assert len(answers(again)) == 2 + dropped


UGLY = [
    ("marks and blanks", '\ufeff\ufeff"School",tst_1\u00a0,\u200btst_2,tst_3\r\nA,4,2,5\n', None),
    ("mixed line ends", "School,tst_1,tst_2,tst_3\r\nA,4,2,5\nB,4,2,5\rC,4,2,5\r\r\n", None),
    ("a comment of many lines",
     'School,Comment,tst_1,tst_2,tst_3\nA,"one\nand, two\r\n""three""",4,2,5\n', None),
    ("a row of groups above the headings", "School,Trust,,\n,tst_1,tst_2,tst_3\nA,4,2,5\n", None),
    ("words beside words with their number", rows("A,4 - Agree,Disagree,5", "B,Agree,2,5"), None),
    ("tabs of a spreadsheet", "School\ttst_1\ttst_2\ttst_3\r\nA\t4\t2\t5\r\n", None),
    ("a column without its question",
     "Timestamp,School,tst_1,tst_2,tst_3,Column 7\n2026/04/15,A,4,2,5,1\n", None),
    ("the other way round", rows("A,2 - Agree,2,5"), "CK205"),
    ("decimal commas", rows("A;4,5;2,0;5,0", heading="School;tst_1;tst_2;tst_3"), "CK204"),
    ("percents", rows("A,80%,20%,100%"), "CK204"),
    ("a day made of a number", rows("A,4-May,2,5"), "CK204"),
    ("two answers in a cell", rows('A,"Agree, Neutral",2,5'), "CK204"),
    ("smart quotes round an answer", rows("A,\u201cAgree\u201d,2,5"), "CK204"),
    ("hidden characters in an answer", rows("A,\u200bAgree,2,5"), "CK204"),
    ("an answer of one's own", rows("A,-oth-,2,5"), "CK204"),
    ("a note at the foot", rows("A,4,2,5") + "\nExported by the office\n", "CK115"),
    ("a note in the first column", rows("A,4,2,5", '"Note: 1 to 5",,,'), None),
    ("a mean of nobody's school", rows("A,4,2,5", ",3,2,3"), "CK232"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), [one[1:] for one in UGLY], ids=[one[0] for one in UGLY])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_an_office_does_to_an_export_is_read_right_or_refused(tmp_path, text, code, encoding):
    path = write(tmp_path / "export.csv", text, encoding)

    if code is None:
        assert {tuple(person) for person in answers(read(path))} == {(4, 2, 5)}
    else:
        with pytest.raises(InputError) as refused:
            read(path)
        assert code in {one.code for one in refused.value.problems}


@pytest.mark.parametrize(
    ("words", "codec", "told"),
    [
        ("a school\u2014wide plan", "cp1252", True),
        ("Oak\u2014West", "cp1252", False),
        ("Grades K\u20135 and 6\u20138", "cp1252", False),
        ("teacher\u2013student trust", "mac_roman", False),
        ("Nu\u00f1ez\u2013Ortiz", "cp1252", False),
        ("Le\u00f3n", "mac_roman", False),
    ],
)
def test_a_dash_between_words_is_no_letter_and_the_other_reading_is_told(
    tmp_path, words, codec, told
):
    path = write(tmp_path / "export.csv", rows(f"{words},4,2,5"), codec)

    export = read(path)

    assert list(export.frame["school"]) == [words]
    assert ("Mac Roman (mac_roman) may be" in said(export, "encoding").sign) == told


def test_one_person_in_two_files_of_a_wave_is_one_or_refused(tmp_path):
    heading = "respondent_id,School,tst_1,tst_2,tst_3"
    write(tmp_path / "one.csv", rows("7,A,4,2,5", "8,A,1,1,1", heading=heading))
    write(tmp_path / "two.csv", rows("7,A,4,2,5", "9,B,2,2,2", heading=heading))
    write(tmp_path / "three.csv", rows("8,A,5,1,1", heading=heading))

    def read_both(*names):
        exports = tuple(tmp_path / name for name in names)
        wave = WaveSettings(id="w", label="W", exports=exports)
        return read_responses(Settings(waves=(wave,)), (make_scale(),))

    assert len(read_both("one.csv", "two.csv").responses.frame) == 3
    with pytest.raises(InputError) as refused:
        read_both("one.csv", "three.csv")
    assert {one.code for one in refused.value.problems} == {"CK240"}


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ("\N{SUPERSCRIPT TWO},1", "CK306", "eligible"),
        (f"{'0' * 5000}1,", "CK306", "eligible"),
        (f"40,{'1' * 5000}", "CK311", "new_staff"),
    ],
)
def test_what_is_no_count_of_staff_is_refused_with_its_place(tmp_path, cells, code, column):
    text = f"school_id,school_name,wave_id,eligible,new_staff\n1,Oak,fall,{cells}\n"
    path = write(tmp_path / "roster.csv", text)

    with pytest.raises(InputError) as caught:
        read_roster(path, waves=["fall"])

    told = caught.value.problems[0]
    assert (told.code, told.line, told.column) == (code, 2, column)


def test_a_time_that_no_zone_can_hold_does_not_keep_answers_from_being_read(tmp_path):
    people = ["0001-01-01 00:00:00+00:00,0001-01-01 00:05:00+00:00,A,1,2,3"] * 3
    heading = "Start time,Completion time,School,tst_1,tst_2,tst_3"
    path = write(tmp_path / "export.csv", rows(*people, heading=heading))

    export = read(path, time_zone="America/Denver")

    assert answers(export) == [[1, 2, 3]] * 3
