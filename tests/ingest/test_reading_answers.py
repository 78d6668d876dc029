"""Reading answers: exact after tidying, and nothing converted silently."""

import pytest
from ingest_builders import LABELS, answers, make_scale, read, rows, write

from climatekit.errors import InputError
from climatekit.ingest.labels import Kind, make_answer_key, read_answer, suggest_label
from climatekit.knowledge.scales import ResponseSet
from climatekit.knowledge.settings import Settings

AGREE = make_scale().response_sets["agree5"]
KEY = make_answer_key(AGREE)


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("Agree", 4, Kind.WORDS),
        ("  STRONGLY\u00a0 agree ", 5, Kind.WORDS),
        ("Neither agree nor disagree", 3, Kind.WORDS),
        ("4", 4, Kind.NUMBER),
        (" 4 ", 4, Kind.NUMBER),
        ("4.0", 4, Kind.NUMBER),
        ("4 - Agree", 4, Kind.BOTH),
        ("4 \u2013 Agree", 4, Kind.BOTH),
        ("(4) Agree", 4, Kind.BOTH),
        ("4. Agree", 4, Kind.BOTH),
        ("4) Agree", 4, Kind.BOTH),
        ("4 Agree", 4, Kind.BOTH),
        ("4: Agree", 4, Kind.BOTH),
        ("4 (Agree)", 4, Kind.BOTH),
        ("Agree (4)", 4, Kind.BOTH),
        ("Agree - 4", 4, Kind.BOTH),
        ("Strongly agree5", 5, Kind.BOTH),
        ("Agree (5)", 4, Kind.CONTRADICTION),
        ("", None, Kind.BLANK),
        (" \u00a0\u200b", None, Kind.BLANK),
        ("N/A", None, Kind.NO_ANSWER),
        ("No opinion", None, Kind.NO_ANSWER),
        ("6 - N/A", None, Kind.NO_ANSWER),
        ("I don\u2019t know", None, Kind.UNKNOWN),
        ("don\u2019t know", None, Kind.NO_ANSWER),
        ("Agre", None, Kind.UNKNOWN),
        ("4 - Agre", None, Kind.UNKNOWN),
        ("-99", None, Kind.UNKNOWN),
    ],
)
def test_a_text_is_read_as_one_thing(text, code, kind):
    answer = read_answer(text, KEY)

    assert (answer.code, answer.kind) == (code, kind)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Stronlgy disagree", "Strongly disagree"),
        ("Agre", "Agree"),
        ("strongly", None),
        ("gree", "Agree"),
        ("quite nice", None),
    ],
)
def test_likeness_only_suggests(text, label):
    answer = read_answer(text, KEY)

    assert answer.code is None
    assert suggest_label(answer, KEY) == label


def test_points_without_a_label_are_read_by_their_number():
    extent = ResponseSet(
        id="extent9",
        kind="extent",
        low=1,
        high=9,
        labels={1: "None at all", 5: "Some degree", 9: "A great deal"},
    )
    key = make_answer_key(extent)

    codes = [read_answer(text, key).code for text in ("None at all", "2", "9 - A great deal", "8")]

    assert codes == [1, 2, 9, 8]


def test_the_districts_own_wordings_and_missing_codes_are_used(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,99,Yes!,Agree (5)", "A,10,2,1"))
    own = {"Yes!": 5, "99": 99, "agree (5)": 4, "10": 1}

    export = read(path, settings=Settings(answers={"agree5": own}))

    assert answers(export) == [[None, 5, 4], [1, 2, 1]]


def test_words_and_numbers_may_stand_in_one_column_and_the_report_says_so(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,Agree,4 - Agree,1", "B,2,Agree (4),1", "B,,,"))

    export = read(path)

    assert export.report.styles == {
        "tst_1": "words and numbers mixed",
        "tst_2": "words with numbers",
        "tst_3": "numbers",
    }


def test_each_text_is_counted_beside_its_code(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", "B,1,N/A,3", "B,Agree,2,", "B,1,2,2"))

    export = read(path)

    counts = {(one.item, one.found): (one.code, one.count) for one in export.report.answers}
    assert counts == {
        ("tst_1", "1"): (1, 3),
        ("tst_1", "Agree"): (4, 1),
        ("tst_2", "2"): (2, 3),
        ("tst_2", "N/A"): (None, 1),
        ("tst_3", "2"): (2, 1),
        ("tst_3", "3"): (3, 2),
        ("tst_3", ""): (None, 1),
    }


def test_an_unknown_answer_names_the_line_the_set_and_the_closest(tmp_path):
    path = write(tmp_path / "export.csv", rows("A,1,2,3", "B,Agre,2,3", "C,Agre,2,3"))

    with pytest.raises(InputError) as caught:
        read(path)

    (problem,) = caught.value.problems
    assert problem.place == f"{path}, line 3 (record 2), column tst_1"
    assert (problem.code, problem.found, problem.closest, problem.count) == (
        "CK204", "Agre", "Agree", 2,
    )  # fmt: skip
    assert problem.expected.startswith("set agree5: 1 to 5 (Strongly disagree to Strongly agree)")
    assert "[answers.agree5]" in problem.mend


def test_words_and_number_that_disagree_are_refused(tmp_path):
    permuted = {1: 1, 2: 6, 3: 2, 4: 3, 5: 4}
    path = write(
        tmp_path / "export.csv",
        rows(*(f"A,{permuted[code]} - {label},2,3" for code, label in LABELS.items())),
    )

    with pytest.raises(InputError) as caught:
        read(path)

    assert [problem.code for problem in caught.value.problems] == ["CK205"] * 4


def test_a_column_of_comments_is_refused_without_its_content(tmp_path):
    path = write(
        tmp_path / "export.csv", rows(*(f"A,secret {'abcdef'[n % 6]}{n},2,3" for n in range(40)))
    )

    with pytest.raises(InputError) as caught:
        read(path)

    assert [problem.code for problem in caught.value.problems] == ["CK207"]
    assert "secret" not in repr(caught.value.problems)


def test_numbers_that_never_reach_one_end_are_read_with_a_warning(tmp_path):
    path = write(tmp_path / "export.csv", rows(*["A,1,2,3", "A,4,3,2"] * 60))

    export = read(path)

    assert [(one.code, one.severity) for one in export.warnings] == [("CK217", "warning")]
    assert "is 5" in export.warnings[0].message


def test_a_survey_tools_own_numbers_are_found_and_told(tmp_path):
    # Five answers in order, numbered in the order in which somebody wrote them.
    own = {1: 1, 2: 6, 3: 2, 4: 3, 5: 4}
    people = [
        f"Elm,{own[1 + n % 5]},{own[1 + (n + 1) % 5]},{own[1 + (n + 2) % 5]}" for n in range(20)
    ]
    path = write(tmp_path / "export.csv", rows(*people))

    with pytest.raises(InputError) as refused:
        read(path)

    problem = refused.value.problems[0]
    assert problem.code == "CK206"
    assert problem.found == "1, 2, 3, 4, 6"
    assert "numbers of the survey tool's own" in problem.message
    assert len(refused.value.problems) == 3


def test_renumbered_answers_must_all_be_said(tmp_path):
    path = write(tmp_path / "export.csv", rows("Elm,1,6,2", "Elm,3,4,6"))
    whole = {"1": 1, "6": 2, "2": 3, "3": 4, "4": 5}

    export = read(path, settings=Settings(answers={"agree5": whole}))
    with pytest.raises(InputError) as refused:
        read(path, settings=Settings(answers={"agree5": {"6": 2}}))

    assert answers(export) == [[1, 2, 3], [4, 5, 2]]
    assert {problem.code for problem in refused.value.problems} == {"CK206"}


def test_a_code_in_the_middle_that_nobody_uses_is_told(tmp_path):
    people = [f"Elm,{(1, 2, 3, 5)[n % 4]},{(1, 2, 3, 5)[(n + 1) % 4]},1" for n in range(150)]
    path = write(tmp_path / "export.csv", rows(*people))

    export = read(path)

    told = [one.message for one in export.warnings if one.code == "CK217"]
    assert len(told) == 1
    assert "is 4;" in told[0]
