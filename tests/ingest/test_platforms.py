"""Platforms: each one's export, in its true shape, gives the same people and answers."""

import io
import sys

import numpy as np
import pandas as pd
import platform_builders as build
import pytest
from ingest_builders import LABELS, answers, make_scale, read, write

from climatekit.errors import InputError, LimitError
from climatekit.ingest.intake import read_responses
from climatekit.knowledge.settings import Settings, WaveSettings


def read_built(tmp_path, built, **reading):
    content, ending = built
    return read(write(tmp_path / f"export.{ending}", content), **reading)


@pytest.mark.parametrize("name", build.PLATFORMS)
def test_each_platform_is_known_by_its_signs_and_read_alike(tmp_path, name):
    builder, platform, heading_rows = build.PLATFORMS[name]

    export = read_built(tmp_path, builder())

    report = export.report
    assert (report.platform, report.heading_rows) == (platform, heading_rows)
    assert answers(export) == build.CODES
    assert list(export.frame["school"]) == build.SCHOOLS
    assert report.respondents == 3
    assert all(decision.sign for decision in report.decisions)


def test_partial_rows_of_alchemer_are_left_out_and_kept_on_request(tmp_path):
    dropped = read_built(tmp_path, build.alchemer())
    kept = read_built(tmp_path, build.alchemer(), keep_rows=("partial",))

    assert dropped.report.dropped == {"partial": 1}
    assert kept.report.noted == {"partial": 1}
    assert len(kept.frame) == 4


def test_a_blank_submit_date_is_unfinished_and_1980_is_not(tmp_path):
    kept = read_built(tmp_path, build.limesurvey("texts"))
    dropped = read_built(tmp_path, build.limesurvey("texts"), unfinished="drop")

    assert kept.report.noted == {"unfinished": 1}
    assert dropped.report.dropped == {"unfinished": 1}
    assert answers(dropped) == build.CODES[1:]


def test_limesurvey_codes_are_refused_until_their_meaning_is_declared(tmp_path):
    content = (
        '"id","submitdate","lastpage","startlanguage","School","tst[1]","tst[2]","tst[3]"\n'
        '"1","1980-01-01 00:00","3","en","Elm","A1","D4","N0"\n'
    )
    path = write(tmp_path / "export.csv", content)

    with pytest.raises(InputError) as caught:
        read(path)

    assert {problem.code for problem in caught.value.problems} == {"CK204"}


def test_a_tag_row_of_kobo_is_left_out_and_not_approved_on_request(tmp_path):
    export = read_built(tmp_path, build.kobo())
    approved = read_built(tmp_path, build.kobo(), drop_rows=("not approved",))

    assert export.report.dropped == {"tag row": 1}
    assert export.report.noted == {"not approved": 1}
    assert answers(approved) == build.CODES[:2]


def test_rows_of_another_event_are_no_people(tmp_path):
    export = read_built(tmp_path, build.redcap())

    assert export.report.rows_read == 6
    assert export.report.dropped == {"other event or repeat": 3}
    assert export.report.respondents == 3


def test_answers_in_two_events_are_refused_until_one_is_chosen(tmp_path):
    content = (
        "record_id,redcap_event_name,school,tst_1,tst_2,tst_3\n"
        "1,fall_arm_1,Elm,1,2,3\n1,spring_arm_1,Elm,4,4,4\n2,fall_arm_1,Elm,5,5,5\n"
    )
    path = write(tmp_path / "export.csv", content)

    with pytest.raises(InputError) as caught:
        read(path)
    chosen = read(path, event="fall_arm_1")

    problem = caught.value.problems[0]
    assert problem.code == "CK136"
    assert "fall_arm_1, spring_arm_1" in problem.found
    assert "--event" in problem.mend
    assert answers(chosen) == [[1, 2, 3], [5, 5, 5]]
    assert chosen.report.dropped == {"other event": 1}


def test_an_unknown_event_is_refused_with_those_of_the_file(tmp_path):
    with pytest.raises(InputError) as caught:
        read_built(tmp_path, build.redcap(), event="summer")

    assert caught.value.problems[0].code == "CK135"
    assert "baseline_arm_1" in caught.value.problems[0].expected


def test_time_zones_are_said_where_the_file_names_them(tmp_path):
    qualtrics = read_built(tmp_path, build.qualtrics())
    google = read_built(tmp_path, build.google_forms())

    zones = [
        next(one.value for one in export.report.decisions if one.what == "time zone")
        for export in (qualtrics, google)
    ]
    assert zones == ["America/Denver", "GMT+2"]


def test_several_marked_options_are_no_rating(tmp_path):
    records = [
        ["Respondent ID", "School", "Warm welcome", "", "", "", "", "tst_2", "tst_3"],
        ["", "Response", *build.SCALE, "Response", "Response"],
        ["1", "Elm", *build.SCALE, "Agree", "Agree"],
        ["2", "Elm", "", "", "Neutral", "", "", "Agree", "Agree"],
    ]
    path = write(tmp_path / "export.csv", build.to_text(records))

    with pytest.raises(InputError) as caught:
        read(path)

    assert [problem.code for problem in caught.value.problems] == ["CK214"]
    assert "tst_1" in caught.value.problems[0].message


def test_scattered_ratings_stay_where_they_are_on_request(tmp_path):
    with pytest.raises(InputError) as caught:
        read_built(tmp_path, build.surveymonkey_one_hot(), gather=False)

    assert caught.value.problems[0].code in {"CK214", "CK218"}


def test_a_table_of_percentages_is_refused_with_the_reason(tmp_path):
    records = [
        ["School", "Topic", "Percent Favorable", "Responses"],
        ["Elm", "Belonging", "71%", "34"],
        ["Birch", "Belonging", "Confidentiality protected", "4"],
    ]
    path = write(tmp_path / "export.csv", build.to_text(records))

    with pytest.raises(InputError) as caught:
        read(path)

    problem = caught.value.problems[0]
    assert problem.code == "CK133"
    assert "percentages" in problem.message
    assert "--platform plain" in problem.mend


# Workbooks


def test_several_sheets_are_refused_until_one_is_named(tmp_path):
    table = [["School", "tst_1", "tst_2", "tst_3"], ["Elm", 1, 2.0, 3]]
    other = [["School", "tst_1", "tst_2", "tst_3"], ["Birch", 5, 5, 5]]
    path = write(tmp_path / "export.xlsx", build.to_workbook(("Fall", table), ("Spring", other)))

    with pytest.raises(InputError) as caught:
        read(path)
    by_name, by_number = read(path, sheet="Spring"), read(path, sheet="1")

    assert caught.value.problems[0].code == "CK138"
    assert caught.value.problems[0].found == "Fall, Spring"
    assert answers(by_name) == [[5, 5, 5]]
    assert answers(by_number) == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("far", "found"),
    [
        ([(1_048_575, 16_383)], None),
        # Neither is too far by itself; between them lie 400 million empty cells.
        ([(199_999, 0), (0, 1_999)], "200,000 rows and 2,000 columns"),
    ],
)
def test_a_workbook_that_reaches_too_far_is_refused_before_it_is_opened(tmp_path, far, found):
    import xlsxwriter

    path = tmp_path / "export.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "School")
        for row, column in far:
            sheet.write(row, column, "far")

    with pytest.raises(LimitError) as caught:
        read(path)

    assert caught.value.problems[0].code == "CK609"
    assert caught.value.problems[0].found == found


@pytest.mark.parametrize("place", [b"B" + b"9" * 400, b"B99999999999", b"ZZZZZZZZZZZZZZZZ3"])
def test_a_cell_beyond_any_sheet_is_refused_before_the_workbook_is_opened(tmp_path, place):
    import zipfile

    path = tmp_path / "export.xlsx"
    sound = build.to_workbook(("Sheet1", [["School", "tst_1"], ["Elm", 3], ["Elm", 4]]))
    with (
        zipfile.ZipFile(io.BytesIO(sound)) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="B3"', b'r="' + place + b'"'))

    with pytest.raises(LimitError) as caught:
        read(path)

    assert caught.value.problems[0].code == "CK609"


def test_a_workbook_that_unpacks_to_more_than_allowed_is_refused(tmp_path):
    table = [["School", "tst_1"], *[["Elm", "x" * 400] for _ in range(20_000)]]
    path = write(tmp_path / "export.xlsx", build.to_workbook(("Sheet1", table)))

    with pytest.raises(LimitError) as caught:
        read(path, max_bytes=200_000)

    assert caught.value.problems[0].code == "CK609"


@pytest.mark.parametrize(
    ("member", "content", "code"),
    [
        ("xl/vbaProject.bin", b"macro", "CK106"),
        ("../xl/evil.xml", b"<a/>", "CK137"),
        ("xl/worksheets/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "CK137"),
    ],
)
def test_workbooks_with_macros_paths_or_entities_are_refused(tmp_path, member, content, code):
    import zipfile

    path = write(
        tmp_path / "export.xlsx", build.to_workbook(("Sheet1", [["School", "tst_1"], ["Elm", 1]]))
    )
    with zipfile.ZipFile(path, "a") as package:
        package.writestr(member, content)

    with pytest.raises(InputError) as caught:
        read(path)

    assert caught.value.problems[0].code == code


@pytest.mark.parametrize("cut", [30, 400, 2_000])
def test_a_workbook_that_was_cut_off_is_refused(tmp_path, cut):
    table = [["School", "tst_1"], ["Elm", 1]]
    path = write(tmp_path / "export.xlsx", build.to_workbook(("Sheet1", table))[:cut])

    with pytest.raises(InputError) as caught:
        read(path)

    assert caught.value.problems[0].code == "CK137"


# SPSS


@pytest.fixture
def spss_file(tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame(
        {
            "School": ["Elm", "Elm", "Birch", "Birch"],
            "v1": [4.0, 9.0, 1.0, None],
            "v2": [2.0, 2.0, 5.0, 3.0],
            "v3": [5.0, 4.0, 3.0, 1.0],
        }
    )
    labels = {float(code): text for code, text in LABELS.items()} | {9.0: "Not asked"}
    path = tmp_path / "export.sav"
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=["School", *build.TOPICS],
        variable_value_labels=dict.fromkeys(("v1", "v2", "v3"), labels),
        missing_ranges={"v1": [9]},
    )
    return path


def test_spss_labels_and_missing_codes_are_taken_from_the_file(spss_file):
    export = read(spss_file)

    assert answers(export) == [[4, 2, 5], [None, 2, 4], [1, 5, 3], [None, 3, 1]]
    said = {one.what: one.value for one in export.report.decisions}
    assert said["declared missing"] == "1 cells read as blank"
    assert set(export.report.styles.values()) == {"words"}


def test_spss_codes_are_taken_on_request(spss_file):
    export = read(spss_file, answers_from="codes")

    assert answers(export) == [[4, 2, 5], [None, 2, 4], [1, 5, 3], [None, 3, 1]]
    assert set(export.report.styles.values()) == {"numbers"}


def test_spss_without_its_reader_teaches_the_extra(spss_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyreadstat", None)

    with pytest.raises(InputError) as caught:
        read(spss_file)

    assert caught.value.problems[0].code == "CK139"
    assert "climatekit[spss]" in caught.value.problems[0].mend


def test_a_damaged_spss_file_is_refused(tmp_path):
    pytest.importorskip("pyreadstat")
    path = write(tmp_path / "export.sav", b"$FL2@(#) SPSS DATA FILE" + b"\x01" * 300)

    with pytest.raises(InputError) as caught:
        read(path)

    assert caught.value.problems[0].code == "CK137"


def test_how_long_each_person_took_is_kept_where_the_export_says(tmp_path):
    first = write(tmp_path / "lime.csv", build.limesurvey("both")[0])
    second = write(tmp_path / "forms.csv", build.google_forms()[0])
    waves = tuple(
        WaveSettings(id=wave, label=wave, exports=(path,))
        for wave, path in (("fall", first), ("spring", second))
    )

    responses = read_responses(Settings(waves=waves), (make_scale(),)).responses

    assert responses.seconds[:3].tolist() == [12.3] * 3
    assert np.isnan(responses.seconds[3:]).all()
    assert len(responses.seconds) == len(responses.frame)
