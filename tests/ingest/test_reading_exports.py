"""Reading exports: what is read well comes out as it went in."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from ingest_builders import ITEMS, LABELS, answers, make_scale, read, rows, write

from climatekit.errors import InputError
from climatekit.ingest.dialects import recognise
from climatekit.ingest.export_files import read_table
from climatekit.ingest.intake import read_responses
from climatekit.ingest.people import find_mistyped
from climatekit.ingest.school_names import SchoolNames
from climatekit.knowledge.settings import ReadingSettings, Settings, WaveSettings

NAMES = ["StartDate", "EndDate", "Status", "Finished", "ResponseId", "Q1", "Q2_1", "Q2_2", "Q2_3"]
TEXTS = [
    "Start Date", "End Date", "Response Type", "Finished", "Response ID", "Your school",
    "How is it? - Warm welcome", "How is it? - Cold halls", "How is it,\nall in all? - Fair say",
]  # fmt: skip
IDS = ("startDate", "endDate", "status", "finished", "_recordId", "Q1", "Q2_1", "Q2_2", "Q2_3")
IMPORT = [f'{{"ImportId":"{name}"}}' for name in IDS]


def person(school, *codes, status="IP Address", finished="True", key="R_1"):
    return ["2026-10-01 09:00:00", "2026-10-01 09:05:00", status, finished, key, school, *codes]


def to_csv(records, **style):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **style).writerows(records)
    return text.getvalue()


QUALTRICS = {
    "three heading rows": ([NAMES, TEXTS, IMPORT], "three heading rows"),
    "Insights": (
        [NAMES, TEXTS, [cell.replace('"', "'") for cell in IMPORT]],
        "three heading rows",
    ),
    "two heading rows": ([NAMES, TEXTS], "two heading rows"),
    "texts deleted": (
        [["", *NAMES[1:5], "School", *ITEMS], IMPORT],
        "two heading rows, question texts missing",
    ),
    "legacy": (
        [
            ["V1", "V2", "V3", "V4", "V5", "Q1", "Q2_1", "Q2_2", "Q2_3"],
            ["ResponseSet", "EndDate", "Status", "Finished", "ResponseID", *TEXTS[5:]],
        ],
        "two heading rows, legacy",
    ),
    "one heading row": ([[*NAMES[:5], "School", *ITEMS]], "one heading row"),
    "through R": (
        [["start.date", "end.date", "status", "finished", "response.id", "school", *ITEMS]],
        "one heading row",
    ),
}


@pytest.mark.parametrize("form", QUALTRICS)
def test_each_qualtrics_form_is_seen_by_its_content(tmp_path, form):
    headings, title = QUALTRICS[form]
    if form == "texts deleted":
        headings = [["StartDate", *headings[0][1:]], headings[1]]
    people = [
        person("A", "1", "2", "3", key="R_1"),
        person("A", "1", "2", "3", status="Survey Preview", key="R_2"),
        person("A", "1", "2", "3", status="8", key="R_3"),
        person("A", "1", "2", "3", finished="FALSE", key="R_4"),
        person("B", "4", "-99", "5", status="0", key="R_5"),
        person("B", "4", "", "5", status="16", key="R_6"),
    ]
    path = write(tmp_path / "export.csv", to_csv([*headings, *people]))

    export = read(path, unfinished="drop")

    platform = next(one for one in export.report.decisions if one.what == "platform")
    assert platform.value == f"qualtrics, {title}"
    assert platform.sign
    assert export.report.dropped == {"preview": 1, "spam": 1, "unfinished": 1}
    assert list(export.frame["school"]) == ["A", "B", "B"]
    assert answers(export) == [[1, 2, 3], [4, None, 5], [4, None, 5]]
    assert export.report.rows_read == 6


def test_unfinished_answers_are_kept_and_counted_unless_asked_otherwise(tmp_path):
    path = write(
        tmp_path / "export.csv",
        to_csv([NAMES, TEXTS, IMPORT, person("A", "1", "2", "3", finished="False")]),
    )

    export = read(path)

    assert answers(export) == [[1, 2, 3]]
    assert export.report.noted == {"unfinished": 1}
    assert export.report.dropped == {}


def test_rows_below_full_progress_are_unfinished_where_no_column_says_so(tmp_path):
    names = [*NAMES[:3], "Progress", "ResponseId", "School", *ITEMS]
    people = [
        person("A", "1", "2", "3", finished="100", key="R_1"),
        person("A", "1", "2", "3", finished="67", key="R_2"),
    ]
    path = write(tmp_path / "export.csv", to_csv([names, *people]))

    export = read(path, unfinished="drop")

    assert export.report.dropped == {"unfinished": 1}


def test_the_preview_channel_is_seen_where_the_status_is_blank(tmp_path):
    names = [*NAMES, "DistributionChannel"]
    people = [
        [*person("A", "1", "2", "3", status="", key="R_1"), "preview"],
        [*person("A", "1", "2", "3", status="", key="R_2"), "anonymous"],
    ]
    texts = [*TEXTS, "Distribution Channel"]
    path = write(tmp_path / "export.csv", to_csv([names, texts, *people]))

    export = read(path)

    assert export.report.dropped == {"preview": 1}


def test_repeated_headings_inside_a_pasted_file_are_dropped_and_counted(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", "School,tst_1,tst_2,tst_3", "B,3,4,5"))

    export = read(path)

    assert answers(export) == [[1, 2, 3], [3, 4, 5]]
    assert export.report.dropped == {"repeated heading": 1}


def test_line_numbers_stay_true_after_newlines_inside_quotes(tmp_path):
    heading = "School,tst_1,tst_2,tst_3,Comment"
    path = write(
        tmp_path / "export.csv",
        rows('A,1,2,3,"one\ntwo\n\nfour"', "", "B,1,2,3,", "C,1,9,3,", heading=heading),
    )

    with pytest.raises(InputError) as caught:
        read(path)

    problem = caught.value.problems[0]
    assert (problem.line, problem.record, problem.column) == (8, 3, "tst_2")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_all_line_ends_are_read_the_same(tmp_path, end):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", "B,3,4,5", end=end))

    table = read_table(path, ReadingSettings())

    assert table.records == [["School", *ITEMS], ["A", "1", "2", "3"], ["B", "3", "4", "5"]]
    assert table.lines.tolist() == [1, 2, 3]


def test_mixed_line_ends_are_read_the_same(tmp_path):
    path = write(tmp_path / "export.csv", "School,tst_1,tst_2,tst_3\r\nA,1,2,3\rB,3,4,5\n")

    table = read_table(path, ReadingSettings())

    assert table.lines.tolist() == [1, 2, 3]
    assert table.record(2) == ["B", "3", "4", "5"]


def test_a_question_text_row_of_an_unknown_platform_can_be_declared(tmp_path):
    path = write(
        tmp_path / "export.csv",
        rows("School?,Warm welcome,Cold halls,Fair say", "A,1,2,3", heading="School,a,b,c"),
    )

    export = read(path, heading_rows=2)

    assert answers(export) == [[1, 2, 3]]
    assert [match.how for match in export.report.matches] == ["topic label"] * 3


def test_an_unknown_platform_is_refused_with_the_closest(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3"))

    with pytest.raises(InputError) as caught:
        recognise(read_table(path, ReadingSettings()), ReadingSettings(platform="qualtrix"))

    assert caught.value.problems[0].code == "CK122"
    assert caught.value.problems[0].closest == "qualtrics"


def study(tmp_path, *files, **settings):
    waves = []
    for number, texts in enumerate(files, start=1):
        paths = tuple(
            write(tmp_path / f"w{number}_{place}.csv", text) for place, text in enumerate(texts)
        )
        waves.append(WaveSettings(id=f"w{number}", label=f"Wave {number}", exports=paths))
    return Settings(waves=tuple(waves), **settings)


def test_waves_are_joined_with_opaque_respondents_and_what_each_asked(tmp_path):
    heading = "School,tst_1,tst_2,tst_3,ResponseId"
    settings = study(
        tmp_path,
        [rows("A,1,2,3,R1", heading=heading), rows("B,3,4,5,R2", heading=heading)],
        [rows("A,5,5,5,1,2,3,R1", heading=heading.replace(",R", ",oth_1,oth_2,oth_3,R"))],
    )
    other = make_scale("oth", "OTH", labels=("x one", "x two", "x three"))

    intake = read_responses(settings, (make_scale(), other))

    frame = intake.responses.frame
    assert list(frame["wave"]) == ["w1", "w1", "w2"]
    assert list(frame["respondent"]) == ["w1-000001", "w1-000002", "w2-000001"]
    assert intake.responses.items == (*ITEMS, "oth_1", "oth_2", "oth_3")
    assert intake.responses.asked["w1"] == frozenset(ITEMS)
    assert frame["oth_1"].isna().tolist() == [True, True, False]
    assert {str(frame[item].dtype) for item in intake.responses.items} == {"Int8"}
    assert [source.rows_kept for source in intake.responses.sources] == [1, 1, 1]


def test_one_person_in_two_files_of_a_wave_counts_once(tmp_path):
    heading = "School,tst_1,tst_2,tst_3,ResponseId"
    settings = study(
        tmp_path,
        [
            rows("A,1,2,3,R1", "A,1,1,1,R2", heading=heading),
            rows("A,1,2,3,R1", heading=heading),
        ],
    )

    intake = read_responses(settings, (make_scale(),))

    assert [source.rows_kept for source in intake.responses.sources] == [2, 0]


def test_problems_of_all_files_come_at_once(tmp_path):
    settings = study(tmp_path, [rows("A,1,2,9")], [rows("A,x,2,3")], [""])

    with pytest.raises(InputError) as caught:
        read_responses(settings, (make_scale(),))

    assert {problem.code for problem in caught.value.problems} == {"CK206", "CK204", "CK105"}
    assert len({problem.file for problem in caught.value.problems}) == 3


def test_the_same_file_in_two_waves_is_refused(tmp_path):
    settings = study(tmp_path, [rows("A,1,2,3")], [rows("A,1,2,3")])

    with pytest.raises(InputError) as caught:
        read_responses(settings, (make_scale(),))

    assert [problem.code for problem in caught.value.problems] == ["CK128"]
    assert "wave w1" in caught.value.problems[0].message


def test_a_scale_counted_from_another_start_in_one_wave_is_refused(tmp_path):
    settings = study(tmp_path, [rows("A,1,2,5")], [rows("A,0,1,4")])

    with pytest.raises(InputError) as caught:
        read_responses(settings, (make_scale(),))

    assert caught.value.problems[0].code == "CK206"


def test_an_item_worded_otherwise_has_another_hash_and_a_changed_stem_warns(tmp_path):
    def export(stem, last):
        texts = [*TEXTS[:6], f"{stem} - Warm welcome", f"{stem} - Cold halls", f"{stem} - {last}"]
        names = [*NAMES[:6], *ITEMS]
        return to_csv([names, texts, person("A", "1", "2", "3")])

    settings = study(tmp_path, [export("Now", "Fair say")], [export("Last year", "A say")])

    intake = read_responses(settings, (make_scale(),))

    before, after = (intake.responses.wording[wave] for wave in ("w1", "w2"))
    assert before["tst_1"] == after["tst_1"] != ""
    assert before["tst_3"] != after["tst_3"]
    assert [warning.code for warning in intake.warnings] == ["CK219"]


def test_schools_that_differ_in_case_across_waves_are_two_with_one_warning(tmp_path):
    settings = study(tmp_path, [rows("École,1,2,3")], [rows("ecole,1,2,3")])

    intake = read_responses(settings, (make_scale(),))

    assert [warning.code for warning in intake.warnings] == ["CK234"]
    assert set(intake.responses.frame["school"]) == {"École", "ecole"}


class Roster:
    schools = {"001": "North High", "002": "South High"}  # noqa: RUF012
    names = SchoolNames(schools, [("w1", name, school) for school, name in schools.items()])

    def eligible(self, *_):
        return None


def test_schools_come_out_under_the_rosters_ids(tmp_path):
    path = write(tmp_path / "export.csv", rows("North High,1,2,3", "001,1,2,4", "002,1,2,4"))

    export = read(path, roster=Roster())

    assert list(export.frame["school"]) == ["001", "001", "002"]


def test_schools_outside_the_roster_are_named_once_each(tmp_path):
    path = write(
        tmp_path / "export.csv", rows("1,1,2,3", "1,2,2,3", "2,2,2,2", "001,1,2,3", "00 2,1,2,3")
    )

    with pytest.raises(InputError) as caught:
        read(path, roster=Roster())

    assert [problem.code for problem in caught.value.problems] == ["CK235"] * 3 + ["CK236"]
    assert [problem.count for problem in caught.value.problems] == [2, 1, 1, 1]
    assert caught.value.problems[2].closest == "002"


names = st.text(
    st.characters(codec="cp1252", categories=("L", "N", "P", "Zs"), exclude_characters='"\u00a0'),
    min_size=1,
    max_size=12,
).filter(lambda text: text.strip() and text.strip() != "School" and not text[0].isspace())
person_codes = st.lists(st.sampled_from([1, 2, 3, 4, 5, None]), min_size=3, max_size=3).filter(any)
written_as = st.sampled_from(["numbers", "words", "coded", "shouted"])


def spell(code, style):
    if code is None:
        return ""
    label = LABELS[code]
    return {
        "numbers": str(code),
        "words": label,
        "coded": f"{code} - {label}",
        "shouted": f"  {label.upper()}\u00a0",
    }[style]


@hypothesis_settings(deadline=None)
@given(
    people=st.lists(st.tuples(names, person_codes, written_as), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_valid_answers_come_back_however_they_were_written(
    people, encoding, delimiter, quoting, end
):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(["School", *ITEMS])
    writer.writerows(
        [school, *(spell(code, style) for code in codes)] for school, codes, style in people
    )
    # A column that nobody answered is a fault of its own.
    writer.writerow(["Last", "1", "1", "1"])
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "export.csv", text.getvalue(), encoding)

        export = read(path, delimiter=delimiter)

    assert answers(export) == [*(codes for _, codes, _ in people), [1, 1, 1]]
    assert len(export.frame) == len(people) + 1


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Lincoln Elementry School", "Lincoln Elementary School"),
        ("School 12", None),
        ("Lincoln High School", None),
    ],
)
def test_a_school_that_may_be_mistyped_is_told_from_its_neighbours(name, other):
    names = [name, "Lincoln Elementary School", "School 13", "Washington High School"]

    assert find_mistyped(name, names) == other
