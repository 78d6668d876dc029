"""Matching columns: by codebook, by heading, by topic label; never silently."""

import pytest
from ingest_builders import ITEMS, answers, make_scale, read, rows, write

from climatekit.errors import InputError
from climatekit.ingest.codebook import read_codebook
from climatekit.ingest.intake import read_responses
from climatekit.knowledge.settings import ColumnSettings, Settings, WaveSettings


def codebook(tmp_path, *lines, heading="column,item,wave_id,note,flags"):
    return read_codebook(write(tmp_path / "codebook.csv", rows(*lines, heading=heading)))


@pytest.mark.parametrize(
    "heading",
    ["TST_01,tst2,TST 3", "TST-1,Tst.2,tst_003", "Warm welcome,COLD  halls,Fair say"],
)
def test_headings_are_matched_by_id_or_topic_label(tmp_path, heading):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", heading=f"School,{heading}"))

    export = read(path)

    assert answers(export) == [[1, 2, 3]]
    assert [match.heading for match in export.report.matches] == [
        " ".join(one.split()) for one in heading.split(",")
    ]


def test_grid_headings_are_matched_by_their_last_part(tmp_path):
    path = write(
        tmp_path / "export.csv",
        rows("A,1,2,3", heading="School,Here [Warm welcome],Here [Cold halls],Here - Fair say"),
    )

    assert answers(read(path)) == [[1, 2, 3]]


def test_the_codebook_wins_and_says_by_what(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3,5,9", heading="Ort,Q1,Q2,Q3,tst_1,tst_9"))
    book = codebook(
        tmp_path,
        "Ort,school,,,",
        "q1,tst_1,,,",
        "Q2,tst_2,fall,,",
        "Q3,tst_3,,from the form,",
        "tst_1,ignore,,,",
        "tst_9,ignore,,,",
        "Elsewhere,tst_2,spring,,",
        "Q8,other_3,,of another survey,",
    )

    export = read(path, codebook=book)

    assert answers(export) == [[1, 2, 3]]
    assert {match.how for match in export.report.matches} == {"codebook, by heading"}
    assert export.report.ignored == ("tst_1", "tst_9")


def test_numbers_turned_round_by_the_platform_are_turned_back(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", "B,5,5,5"))
    book = codebook(tmp_path, "tst_2,tst_2,,,already_reversed")

    export = read(path, codebook=book)

    assert answers(export) == [[1, 4, 3], [5, 1, 5]]


def test_words_cannot_have_been_turned_round(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,Agree,3"))
    book = codebook(tmp_path, "tst_2,tst_2,,,already-reversed")

    with pytest.raises(InputError) as caught:
        read(path, codebook=book)

    assert caught.value.problems[0].code == "CK209"


def test_items_not_asked_are_declared_one_by_one(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2", heading="School,tst_1,tst_2"))

    export = read(path, codebook=codebook(tmp_path, ",tst_3,,,not_asked"))

    assert export.responses.asked["fall"] == {"tst_1", "tst_2"}


def test_an_edited_item_has_a_hash_of_its_own(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3"))
    plain = read(path).responses.wording["fall"]

    edited = read(path, codebook=codebook(tmp_path, "tst_2,tst_2,,,edited"))

    assert plain == dict.fromkeys(ITEMS, "")
    assert edited.responses.wording["fall"]["tst_2"] != ""


@pytest.mark.parametrize(
    ("heading", "code", "says"),
    [
        ("School,tst_1,TST 01,tst_2", "CK212", "tst_1 (heading)"),
        ("School,tst_1,tst_2,tst_4", "CK211", "no such item"),
        ("School,tst_1,tst_2,Comment", "CK214", "tst_3"),
    ],
)
def test_faulty_headings_are_refused_together_with_the_mend(tmp_path, heading, code, says):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", heading=heading))

    with pytest.raises(InputError) as caught:
        read(path)

    problem = next(one for one in caught.value.problems if one.code == code)
    assert says in problem.message
    assert problem.mend


def test_a_codebook_row_that_fits_no_column_of_any_wave_is_refused(tmp_path):
    fall = write(tmp_path / "fall.csv", rows("A,1,2,3", heading="School,a,b,c"))
    spring = write(tmp_path / "spring.csv", rows("A,1,2,3", heading="School,d,b,c"))
    settings = Settings(
        waves=(
            WaveSettings(id="fall", label="Fall", exports=(fall,)),
            WaveSettings(id="spring", label="Spring", exports=(spring,)),
        )
    )
    good = ["a,tst_1,fall,,", "d,tst_1,spring,,", "b,tst_2,,,", "c,tst_3,,,", "z,ignore,summer,,"]

    intake = read_responses(settings, (make_scale(),), codebook=codebook(tmp_path, *good))
    with pytest.raises(InputError) as caught:
        read_responses(settings, (make_scale(),), codebook=codebook(tmp_path, *good, "x,ignore,,,"))

    assert len(intake.responses.frame) == 2
    told = [(problem.severity, problem.code, problem.line) for problem in caught.value.problems]
    assert told == [("error", "CK224", 7), ("warning", "CK225", 6)]


def test_an_unknown_item_in_the_codebook_names_the_closest(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3"))

    with pytest.raises(InputError) as caught:
        read(path, codebook=codebook(tmp_path, "tst_1,tst_11,,,", "tst_2,tts_2,,,"))

    unknown = [problem for problem in caught.value.problems if problem.code == "CK211"]
    assert [problem.line for problem in unknown] == [2, 3]
    assert unknown[0].closest == "tst_1"
    assert unknown[1].closest == "tst_2"


def test_all_faults_of_a_codebook_come_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        codebook(
            tmp_path,
            "Q1,,,,",
            ",tst_7,,,",
            "Q2,tst_2,,,reverse",
            "Q3,tst_3,,,",
            "q3,tst_1,,,",
        )

    assert [(problem.code, problem.line) for problem in caught.value.problems] == [
        ("CK221", 2),
        ("CK221", 3),
        ("CK222", 4),
        ("CK223", 6),
    ]


def test_a_codebook_with_wrong_headings_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        codebook(tmp_path, "Q1,tst_1", heading="column,itm")

    assert [problem.code for problem in caught.value.problems] == ["CK220", "CK220"]
    assert caught.value.problems[0].closest == "item"


def test_named_columns_are_used_and_a_wrong_name_gets_the_closest(tmp_path):
    path = write(
        tmp_path / "export.csv", rows("A,1,2,3,T,B", heading="School,tst_1,tst_2,tst_3,Job,Site 2")
    )
    right = Settings(columns=ColumnSettings(school="site 2", role="Job"))
    wrong = Settings(columns=ColumnSettings(school="Skool"))

    export = read(path, settings=right)
    with pytest.raises(InputError) as caught:
        read(path, settings=wrong)

    assert list(export.frame["school"]) == ["B"]
    assert list(export.frame["role"]) == ["T"]
    assert [problem.code for problem in caught.value.problems] == ["CK215"]
    assert caught.value.problems[0].closest == "School"


@pytest.mark.parametrize("heading", ["SCHOOL NAME", "school_id", "Campus", "Your school:"])
def test_usual_school_headings_are_found_and_said(tmp_path, heading):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", heading=f"{heading},tst_1,tst_2,tst_3"))

    export = read(path)

    assert list(export.frame["school"]) == ["A"]
    assert ("school column", heading) in {(one.what, one.value) for one in export.report.decisions}


def test_a_scale_wholly_absent_was_not_asked(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3"))
    other = make_scale("oth", "OTH", labels=("x one", "x two", "x three"))

    export = read(path, scales=(make_scale(), other))

    assert export.responses.items == ITEMS
    assert ("scale", "Scale OTH: not asked") in {
        (one.what, one.value) for one in export.report.decisions
    }
