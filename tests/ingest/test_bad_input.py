"""The bad-input catalogue: each fault ends with its own code, place and mend."""

import os
import time

import pytest
from ingest_builders import answers, read, rows, write

from climatekit.errors import InputError, LimitError

GOOD = rows("A,1,2,3", "B,3,4,5")
BROKEN_LATE = rows(*["École é,1,2,3"] * 39_998).encode() + b"Ecol\xffe,1,2,3\n" + b"B,1,2,3\n"
UNCLOSED = rows('"A,1,2,3', *['"B",1,2,3'] * 1000)
PAIR = rows("A,1,2,3", "B,3,4,5", heading="School,tst_1,tst_2,tst_3")


@pytest.mark.parametrize(
    ("content", "code", "line", "column", "says"),
    [
        pytest.param(b"", "CK105", None, None, "empty", id="01 no bytes"),
        pytest.param(b"\xef\xbb\xbf", "CK105", None, None, "empty", id="02 only a byte mark"),
        pytest.param(b"\n \r\n\n", "CK105", None, None, "empty", id="02 only blank lines"),
        pytest.param(rows(), "CK120", 1, None, "no answers", id="03 heading only"),
        pytest.param(BROKEN_LATE, "CK109", 40_000, None, "not UTF-8", id="06 broken byte late"),
        pytest.param(
            GOOD.encode("utf-16-le"), "CK107", 1, None, "UTF-16", id="08 UTF-16 without mark"
        ),
        pytest.param(rows("A,1,2,3", "B\0,1,2,3"), "CK107", 3, None, "NUL", id="10 NUL"),
        pytest.param(rows("A,1,2,3\x1a", "B,1,2,3"), "CK108", 2, None, "Ctrl-Z", id="11 Ctrl-Z"),
        pytest.param(UNCLOSED, "CK113", 2, None, "not closed", id="15 unclosed, more quotes"),
        pytest.param(
            rows('"A,1,2,3', *["B,1,2,3"] * 100_000),
            "CK113",
            2,
            None,
            "not closed",
            id="15 unclosed, no more quotes",
        ),
        pytest.param(
            rows("A,1,2,3", 'O"Brien,1,2,3', "B,1,2,3"), "CK114", 3, None, "quote", id="16 stray"
        ),
        pytest.param(
            rows("A,1,2,3", '"a"b,1,2,3'), "CK114", 3, None, "closing quote", id="17 text after"
        ),
        pytest.param(
            rows("A,1,2,3,4", "B,1,2,3,4"), "CK116", 2, None, "4 fields", id="18 all longer"
        ),
        pytest.param(
            rows("A,1,2,3", "B,1,2,3,4", "C,1,2,3"), "CK115", 3, None, "5 fields", id="19 longer"
        ),
        pytest.param(
            rows("A,1,2,3", "B,1,2", "C,1,2,3"), "CK115", 3, None, "3 fields", id="19 shorter"
        ),
        pytest.param(
            rows("A,1,2,3,", "B,1,2,3,x", heading="School,tst_1,tst_2,tst_3,"),
            "CK126",
            3,
            "number 5",
            "no heading",
            id="20 trailing comma with content",
        ),
        pytest.param(
            rows("A,1,2,3,4", heading="School,tst_1,tst_2,tst_3,School"),
            "CK123",
            1,
            "School",
            "columns 1 and 5",
            id="23 heading twice",
        ),
        pytest.param(
            rows("A,1,2,3,4", heading="School,tst_1,tst_2,tst_3,school "),
            "CK124",
            1,
            "School / school",
            "columns 1 and 5",
            id="24 headings nearly equal",
        ),
        pytest.param(
            rows("A,1,2,3,4", heading="School,tst_1,tst_2,tst_3,"),
            "CK126",
            2,
            "number 5",
            "column 5",
            id="26 empty heading",
        ),
        pytest.param(
            rows(
                "Where do you work this year?,How warm is the welcome here?,"
                "How cold are the halls in winter?,Have you a fair say in things?",
                "A,1,2,3",
                "B,1,2,3",
            ),
            "CK121",
            2,
            None,
            "question texts",
            id="27 second line is question texts",
        ),
        pytest.param(rows("A,0,2,3"), "CK206", 2, "tst_1", "1 to 5", id="38 zero"),
        pytest.param(rows("A,1,6,3"), "CK206", 2, "tst_2", "1 to 5", id="38 six"),
        pytest.param(rows("A,1,2,-1"), "CK206", 2, "tst_3", "1 to 5", id="38 minus one"),
        pytest.param(rows("A,99,2,3"), "CK206", 2, "tst_1", "1 to 5", id="38 ninety-nine"),
        pytest.param(rows("A,3.5,2,3"), "CK204", 2, "tst_1", "answer set", id="39 half"),
        pytest.param(rows('A,"3,5",2,3'), "CK204", 2, "tst_1", "answer set", id="39 comma"),
        pytest.param(rows("A,\uff14,2,3"), "CK204", 2, "tst_1", "answer set", id="39 full width"),
        pytest.param(rows("A,\u0664,2,3"), "CK204", 2, "tst_1", "answer set", id="39 Arabic"),
        pytest.param(rows("A,Very true,2,3"), "CK204", 2, "tst_1", "answer set", id="40 words"),
        *(
            pytest.param(rows(f"A,{text},2,3"), "CK204", 2, "tst_1", "answer set", id=f"41 {text}")
            for text in ("TRUE", "inf", "nan", "1e400", "0x5", "1_0", "+4", "04")
        ),
        pytest.param(
            rows(f"A,{'4' * 5000},2,3"), "CK204", 2, "tst_1", "answer set", id="42 5,000 digits"
        ),
        pytest.param(rows("A,=1+1,2,3"), "CK204", 2, "tst_1", "answer set", id="43 formula"),
        pytest.param(
            rows("A,1,,3", "B,2,,3"), "CK208", None, "tst_2", "nobody", id="46 empty item column"
        ),
        pytest.param(
            rows("A,1,2,3,R1", "A,1,2,4,R1", heading="School,tst_1,tst_2,tst_3,ResponseId"),
            "CK240",
            3,
            None,
            "more than once",
            id="48 one id, other answers",
        ),
        pytest.param(
            rows("A,1,2,3,1.23E+11", heading="School,tst_1,tst_2,tst_3,ResponseId"),
            "CK230",
            2,
            "ResponseId",
            "rounded",
            id="50 rounded id",
        ),
        pytest.param(rows("A,1,2,3", " ,1,2,3"), "CK232", 3, "School", "no school", id="57 blank"),
        pytest.param(rows("\ue000,1,2,3"), "CK233", 2, "School", "stand for nothing", id="12"),
        pytest.param(
            rows("A,1,2", heading="School,tst_1,tst_2"),
            "CK214",
            None,
            None,
            "tst_3",
            id="54 part of a scale",
        ),
        pytest.param(
            rows("A,1,2", heading="School,Q1,Q2"),
            "CK218",
            None,
            None,
            "no column",
            id="no items at all",
        ),
        pytest.param(
            rows("1,2,3", heading="tst_1,tst_2,tst_3"),
            "CK210",
            None,
            None,
            "school",
            id="no school column",
        ),
    ],
)
def test_a_faulty_file_is_refused_with_code_place_and_mend(
    tmp_path, content, code, line, column, says
):
    path = write(tmp_path / "export.csv", content)

    with pytest.raises(InputError) as caught:
        read(path)

    problem = next(one for one in caught.value.problems if one.code == code)
    assert caught.value.exit_code == 3
    assert problem.file == str(path)
    assert problem.line == line
    assert problem.column == column
    assert says in problem.message
    assert problem.mend


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04" + b"\0" * 50, "zip"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel"),
        (b"\n<!DOCTYPE html><html>", "web page"),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path, content, kind):
    path = write(tmp_path / "export.csv", content)

    with pytest.raises(InputError) as caught:
        read(path)

    assert caught.value.problems[0].code == "CK106"
    assert kind in caught.value.problems[0].message


def test_a_missing_file_a_folder_and_a_device_have_their_own_words(tmp_path):
    codes = []
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "x\0y"):
        with pytest.raises(InputError) as caught:
            read(path)
        codes.append(caught.value.problems[0].code)
    with pytest.raises(InputError) as device:
        read(type(tmp_path)(os.devnull))

    assert codes == ["CK101", "CK102", "CK103"]
    assert device.value.problems[0].code == "CK104"


def test_a_pipe_without_a_writer_never_blocks(tmp_path):
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    start = time.monotonic()

    with pytest.raises(InputError) as caught:
        read(path)

    assert caught.value.problems[0].code == "CK104"
    assert time.monotonic() - start < 5


def test_an_unreadable_file_is_refused(tmp_path, monkeypatch):
    path = write(tmp_path / "export.csv", GOOD)

    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError) as caught:
        read(path)

    assert caught.value.problems[0].code == "CK103"
    assert "permission denied" in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        (GOOD, {"max_bytes": 10}, "CK601"),
        (rows(*["A,1,2,3"] * 50), {"max_rows": 10}, "CK602"),
        (",".join(["a"] * 1_000_000) + "\n", {}, "CK603"),
        (rows("A,1,2," + "x" * 10_001), {}, "CK604"),
        (rows("A,1,2," + "x" * 5_000_000), {}, "CK604"),
        ("a" * 1_000_000 + ",b\n1,2\n", {}, "CK604"),
        ("a" * 5_000 + ",b\n1,2\n", {"max_heading": 300}, "CK606"),
        (rows(*[f"S{number},1,2,3" for number in range(6)]), {"max_schools": 5}, "CK607"),
        (rows("e" + "\u0301" * 400 + ",1,2,3"), {}, "CK608"),
    ],
)
def test_a_limit_is_named_before_the_work(tmp_path, content, limits, code):
    path = write(tmp_path / "export.csv", content)
    start = time.monotonic()

    with pytest.raises(LimitError) as caught:
        read(path, **limits)

    assert caught.value.exit_code == 6
    assert caught.value.problems[0].code == code
    assert caught.value.problems[0].mend
    assert time.monotonic() - start < 10


def test_a_windows_file_is_read_with_a_warning_that_shows_the_spellings(tmp_path):
    path = write(tmp_path / "export.csv", rows("École Molière,1,2,3", "B,1,2,3"), "cp1252")

    export = read(path)

    warning = export.report.warnings[0]
    assert list(export.frame["school"]) == ["École Molière", "B"]
    assert warning.code == "CK110"
    assert "Windows-1252" in warning.message
    assert warning.found == "École, Molière"
    assert 'encoding = "cp1252"' in warning.mend


def test_a_macintosh_file_is_told_from_a_windows_one(tmp_path):
    path = write(tmp_path / "export.csv", rows("École Molière,1,2,3", "Müller,1,2,3"), "mac_roman")

    export = read(path)

    assert list(export.frame["school"]) == ["École Molière", "Müller"]
    assert "Mac Roman" in export.report.warnings[0].message


@pytest.mark.parametrize("codec", ["cp1252", "mac_roman"])
@pytest.mark.parametrize(
    "words",
    [
        "\u201cvery often\u201d",
        "\u20181\u2019 means one hour",
        "my employer\u2019s policy means \u20181\u2019",
        "Strongly disagree \u2013 1",
        "Agree \u2013 1",
        "\u2022 agree",
        "\u2013 Agree",
        "\u2013 often \u2013 or \u201cnever\u201d",
    ],
)
def test_typographic_marks_do_not_pass_for_letters(tmp_path, words, codec):
    path = write(tmp_path / "export.csv", rows(f"{words},1,2,3", "B,1,2,3"), codec)
    export = read(path)
    assert list(export.frame["school"]) == [words, "B"]


def test_strict_refuses_what_would_be_read_with_a_warning(tmp_path):
    path = write(tmp_path / "export.csv", rows("École,1,2,3"), "cp1252")

    with pytest.raises(InputError) as caught:
        read(path, strict=True)

    assert [problem.code for problem in caught.value.problems] == ["CK110"]


def test_the_named_encoding_settles_it(tmp_path):
    path = write(tmp_path / "export.csv", rows("École,1,2,3"), "cp1252")

    export = read(path, encoding="cp1252", strict=True)

    assert list(export.frame["school"]) == ["École"]
    assert export.report.warnings == ()


def test_an_unknown_encoding_and_an_impossible_one_are_refused(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", "École,1,2,3"), "cp1252")

    with pytest.raises(InputError) as unknown:
        read(path, encoding="latin-99")
    with pytest.raises(InputError) as impossible:
        read(path, encoding="utf-8")

    assert unknown.value.problems[0].code == "CK111"
    assert impossible.value.problems[0].code == "CK109"
    assert impossible.value.problems[0].line == 3


def test_a_utf8_export_in_a_study_of_another_encoding_is_told_as_such(tmp_path):
    path = write(tmp_path / "export.csv", rows("\u00cdtaca,1,2,3"))  # a byte that cp1252 lacks

    with pytest.raises(InputError) as caught:
        read(path, encoding="cp1252")

    (problem,) = caught.value.problems
    assert problem.code == "CK109"
    assert problem.mend.startswith("the file is UTF-8: take encoding away")


def test_a_broken_byte_is_counted_in_the_file_and_not_in_what_was_made_of_it(tmp_path):
    content = "School,tst_1\n\u00c9cole,".encode("cp1252") + b"\x81\n"
    path = write(tmp_path / "export.csv", content)

    with pytest.raises(InputError) as caught:
        read(path, encoding="cp1252")

    told = caught.value.problems[0]
    assert told.found == f"byte {content.index(0x81) + 1} of {len(content)}"


@pytest.mark.parametrize("above", ["Climate survey", "Climate survey, Spring\n\nAll staff"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_delimiter_is_found_below_title_lines_that_lack_it(tmp_path, delimiter, above):
    text = f"{above}\n{GOOD.replace(',', delimiter)}"

    export = read(write(tmp_path / "export.csv", text))

    assert answers(export) == [[1, 2, 3], [3, 4, 5]]


@pytest.mark.parametrize(("delimiter", "title"), [(";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_another_delimiter_is_read_with_a_warning_and_refused_if_strict(tmp_path, delimiter, title):
    path = write(tmp_path / "export.csv", GOOD.replace(",", delimiter))

    export = read(path)
    with pytest.raises(InputError) as caught:
        read(path, strict=True)
    settled = read(path, strict=True, delimiter=delimiter)

    assert answers(export) == answers(settled) == [[1, 2, 3], [3, 4, 5]]
    assert [warning.code for warning in export.report.warnings] == ["CK112"]
    assert title in export.report.warnings[0].message
    assert caught.value.problems[0].code == "CK112"


def test_a_delimiter_that_separates_nothing_in_one_of_the_exports_is_told_as_such(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", "B; east,3,4,5"))

    with pytest.raises(InputError) as caught:
        read(path, delimiter=";")

    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("CK129", "4 fields separated by comma")
    assert "leave out delimiter" in problem.mend


def test_a_sep_line_is_understood_and_lines_still_count(tmp_path):
    path = write(tmp_path / "export.csv", "sep=;\n" + rows("A;1;2;9").replace(",", ";"))

    with pytest.raises(InputError) as caught:
        read(path)

    assert caught.value.problems[0].code == "CK206"
    assert (caught.value.problems[0].line, caught.value.problems[0].record) == (3, 1)


def test_a_trailing_comma_makes_one_empty_column_with_a_warning(tmp_path):
    path = write(
        tmp_path / "export.csv",
        rows("A,1,2,3,", "B,3,4,5,", heading="School,tst_1,tst_2,tst_3,"),
    )

    export = read(path)

    assert answers(export) == [[1, 2, 3], [3, 4, 5]]
    assert [warning.code for warning in export.report.warnings] == ["CK117"]


def test_a_trailing_comma_in_the_heading_line_alone_shifts_nothing(tmp_path):
    path = write(
        tmp_path / "export.csv",
        rows("A,1,2,3", "B,3,4,5", heading="School,tst_1,tst_2,tst_3,"),
    )

    export = read(path)

    assert answers(export) == [[1, 2, 3], [3, 4, 5]]


def test_rows_of_wrong_length_can_be_left_out_and_are_counted(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", "B,1,2,3,4", "C,1,2,3"))

    export = read(path, skip_bad_rows=True)

    assert list(export.frame["school"]) == ["A", "C"]
    assert export.report.dropped == {"wrong length": 1}
    assert export.responses.sources[0].rows_read == 3


def test_hidden_characters_in_a_heading_are_left_out_with_a_warning(tmp_path):
    path = write(
        tmp_path / "export.csv", rows("A,1,2,3", heading="School,\u200btst_1,tst\u00a02,tst_3")
    )

    export = read(path)

    assert answers(export) == [[1, 2, 3]]
    assert [warning.found for warning in export.report.warnings] == ["\\u200btst_1", "tst\\u00a02"]


@pytest.mark.parametrize(
    "name",
    [
        "None", "NA", "null", "nan", "TRUE", "1E5", "00123", "N/A", "-99", "../../x", "a/b",
        "a\\b", "/etc/passwd", "C:\\x", "\\\\?\\x", "<script>", "</style>",
        "{{7*7}}", "{% include %}", "${7*7}", "=1+1", "-rf", "$HOME", "CON",
    ],
)  # fmt: skip
def test_a_school_is_called_what_it_is_called(tmp_path, name):
    path = write(tmp_path / "export.csv", rows(f"{name},1,2,3", "B,3,4,5"))

    export = read(path)

    assert list(export.frame["school"]) == [name, "B"]
    assert answers(export)[0] == [1, 2, 3]


def test_equal_answers_of_one_id_are_one_person_with_a_count(tmp_path):
    heading = "School,tst_1,tst_2,tst_3,ResponseId"
    path = write(
        tmp_path / "export.csv", rows("A,1,2,3,R1", "A,1,2,3,R1", "A,1,2,3,R2", heading=heading)
    )

    export = read(path)

    assert len(export.frame) == 2
    assert export.report.dropped == {"duplicate": 1}


@pytest.mark.parametrize(("policy", "kept"), [("first", 3), ("last", 5)])
def test_differing_answers_of_one_id_follow_the_setting(tmp_path, policy, kept):
    heading = "School,tst_1,tst_2,tst_3,ResponseId"
    path = write(
        tmp_path / "export.csv",
        rows("A,1,2,3,R1", "A,1,2,4,R1", "A,1,2,5,R1", "A,1,1,1,", "A,1,1,1,", heading=heading),
    )

    export = read(path, duplicates=policy)

    assert answers(export) == [[1, 2, kept], [1, 1, 1], [1, 1, 1]]
    assert list(export.report.dropped.values()) == [2]


def test_a_message_never_holds_a_respondent_id_nor_a_comment(tmp_path):
    heading = "School,tst_1,tst_2,tst_3,ResponseId,Comment"
    path = write(
        tmp_path / "export.csv",
        rows(
            "A,1,2,3,R_SECRET1,my SECRET",
            "A,9,2,4,R_SECRET1,my SECRET",
            "A,1,2,3,0SECRET,x",
            heading=heading,
        ),
    )

    with pytest.raises(InputError) as caught:
        read(path)

    assert {"CK206", "CK240"} <= {problem.code for problem in caught.value.problems}
    assert "SECRET" not in repr(caught.value.problems)


def test_people_without_any_answer_are_kept_out_and_counted(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", ",,,", "A,,,", ",N/A,, ", "B,,4,"))

    export = read(path)

    assert answers(export) == [[1, 2, 3], [None, 4, None]]
    assert export.report.dropped == {"blank": 1, "no answers": 2}


def test_two_unicode_spellings_are_one_school_and_case_makes_two(tmp_path):
    path = write(
        tmp_path / "export.csv",
        rows("\u00c9cole,1,2,3", "E\u0301cole,1,2,3", "ecole,1,2,3"),
    )

    export = read(path)

    assert list(export.frame["school"]) == ["École", "École", "ecole"]
    assert [one.value for one in export.report.decisions if one.what == "school"] == ["École"]


def test_ids_that_differ_in_leading_zeros_are_different_people_with_a_warning(tmp_path):
    heading = "School,tst_1,tst_2,tst_3,ResponseId"
    path = write(tmp_path / "export.csv", rows("A,1,2,3,00123", "A,1,2,3,123", heading=heading))

    export = read(path)

    assert len(export.frame) == 2
    assert [warning.code for warning in export.report.warnings] == ["CK231"]


def test_a_text_encoded_twice_is_read_as_it_stands_with_a_warning(tmp_path):
    path = write(tmp_path / "export.csv", rows("Ã‰cole Ã©,1,2,3"))

    export = read(path)

    assert list(export.frame["school"]) == ["Ã‰cole Ã©"]
    assert [warning.code for warning in export.report.warnings] == ["CK118"]


def test_the_encoding_warning_never_shows_other_columns_whatever_the_line_ends(tmp_path):
    heading = "School,tst_1,tst_2,tst_3,Remarques à faire"
    path = write(
        tmp_path / "export.csv",
        rows("École,1,2,3,Señora Peña", heading=heading, end="\r"),
        "cp1252",
    )

    export = read(path)

    assert export.report.warnings[0].found == "à, École"


def test_without_a_school_column_those_that_it_could_be_are_named(tmp_path):
    heading = "Q7,tst_1,tst_2,tst_3,Comment,Extra"
    people = [f"{place},1,2,3,said {number},4" for number, place in enumerate("AABBAB")]
    path = write(tmp_path / "export.csv", rows(*people, heading=heading))

    with pytest.raises(InputError) as caught:
        read(path)

    (problem,) = (one for one in caught.value.problems if one.code == "CK210")
    assert problem.found == "perhaps one of: Q7"
