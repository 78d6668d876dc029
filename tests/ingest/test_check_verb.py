"""The verb ``check``: what it prints, where, and how it ends."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner
from ingest_builders import write

from climatekit.cli import main
from climatekit.ingest.naming import hash_wording
from climatekit.knowledge.scales import load_scale

BSCS = load_scale("bscs")
HEADING = ",".join(["School", "Shoe size", *BSCS.items])


@pytest.fixture
def check(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLIMATEKIT_CONFIG", raising=False)

    def run(text, *flags):
        write(tmp_path / "export.csv", text)
        return CliRunner().invoke(main, ["check", "export.csv", "--scale", "bscs", *flags])

    return run


def export(*people):
    return "\n".join([HEADING, *people]) + "\n"


def test_check_shows_decisions_columns_codes_and_hides_small_counts(check):
    people = ["A,38,1,2,3,4,5,1,2,3"] * 12 + ["B,41,Strongly agree,2,3,4,5,1,2,3"]

    result = check(export(*people), "--format", "json")

    rows = json.loads(result.stdout)["data"]
    assert result.exit_code == 0
    assert [row["item"] for row in rows] == list(BSCS.items)
    assert rows[0]["label"] == BSCS.items["bscs_1"].label
    assert rows[0]["answers"] == "1: 12; Strongly agree → 5: <10"
    assert rows[0]["reversed"] == "no"
    assert rows[0]["matched by"] == "heading"
    assert re.search(r"encoding +UTF-8 +\(plain ASCII\)", result.stderr)
    assert re.search(r"school column +School +\(a usual heading\)", result.stderr)
    assert re.search(r"not used +Shoe size", result.stderr)


def test_at_a_terminal_nothing_is_wider_than_it_is(check, monkeypatch):
    people = ["A,38,1,2,3,4,5,1,2,3"] * 12 + ["B,41,Strongly agree,2,3,4,5,1,2,Agre"]
    monkeypatch.setattr("climatekit.cli._messages.stderr_is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")

    result = check(export(*people), "--format", "table")

    lines = (result.stdout + result.stderr).splitlines()
    assert max(map(len, lines[:-1])) <= 80
    shown = " ".join(result.stdout.split())
    label = BSCS.items["bscs_1"].label
    assert f"bscs_1 {label} (heading) bscs_1 1: 12; Strongly agree → 5: <10" in shown
    assert result.stderr.count("error[CK204]") == 1


def test_what_is_wrong_alike_in_two_files_is_said_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv"):
        people = (f"A,{shoe},1,2,3,4,5,1,2,3" for shoe in (38, 40))
        write(tmp_path / name, export(*people, "B,1,5,5,5,5,5,5,5,5").replace(",", ";"))
    write(tmp_path / "b.csv", (tmp_path / "b.csv").read_text("utf-8") + "C;2;1;1;1;1;1;1;1;1\n")

    result = CliRunner().invoke(main, ["check", "a.csv", "b.csv", "--scale", "bscs"])

    assert result.exit_code == 0, result.stderr
    assert result.stderr.count("warning[CK112]") == 1
    assert "  where    a.csv\n           b.csv\n" in result.stderr


def test_an_unknown_answer_is_told_once_for_all_items_and_with_the_flag_that_says_it(check):
    people = ["A,38,De acuerdo,De acuerdo,De acuerdo,Nada,5,1,2,De acuerdo"] * 3

    result = check(export(*people))

    assert result.stderr.count("error[CK204]") == 2
    assert "an answer is not in its answer set (12 times)" in result.stderr
    assert all(f"column bscs_{item}\n" in result.stderr for item in (1, 2, 3, 8))
    assert '--answer "agree5:De acuerdo=CODE"' in result.stderr
    assert "such as -1, says that it is none" in result.stderr
    assert check(export(*people), "--answer", "agree5:De acuerdo=4").stderr.count("CK204]") == 1


def test_of_places_that_are_long_questions_two_are_shown(check, tmp_path):
    texts = [f"How far do you agree with this? {'It is so. ' * 12}No {n}" for n in range(1, 9)]
    heading = ",".join(["School", *texts])
    book = ["column,item", *(f"{text},bscs_{number}" for number, text in enumerate(texts, 1))]
    write(tmp_path / "codebook.csv", "\n".join(book) + "\n")

    result = check(f"{heading}\nA,{','.join(['Nada'] * 8)}\n", "--codebook", "codebook.csv")

    told = result.stderr.partition("error[CK204]")[2]
    assert told.count("column How far do you agree") == 2
    assert " ... " in told
    assert "No 2 (bscs_2)\n           and 6 more\n" in told


def test_the_numbers_of_a_survey_tool_are_told_once_and_none_is_given_a_code(check):
    people = [f"A,38,{','.join(str((n + k) % 5) for k in range(8))}" for n in range(20)]

    result = check(export(*people))

    assert result.stderr.count("error[CK206]") == 1
    assert '"0" = CODE under [answers.agree5]' in result.stderr


def answer_with(order, people=120):
    """Return rows of made-up answers in which code `order[n]` stands for the answer n + 1."""
    generator = np.random.default_rng(5)
    common = generator.normal(size=(people, 1))
    meant = np.clip(np.round(3 + common + 0.8 * generator.normal(size=(people, 8))), 1, 5)
    codes = np.array(order)[meant.astype(int) - 1]
    return [f"A,38,{','.join(map(str, row))}" for row in codes.tolist()]


@pytest.mark.parametrize("order", [[1, 2, 5, 3, 4], [1, 5, 2, 3, 4]])
def test_numbers_that_a_survey_tool_gave_in_another_order_are_told(check, order):
    people = answer_with(order)
    said = [("--answer", f"agree5:{code}={place}") for place, code in enumerate(order, start=1)]

    result = check(export(*people))
    mended = check(export(*people), *(part for pair in said for part in pair))

    assert result.exit_code == 0
    assert f"  found    {', '.join(map(str, order))}\n" in result.stderr
    assert result.stderr.count("warning[CK244]") == 1
    assert f'(--answer "agree5:5={order.index(5) + 1}")' in result.stderr
    assert "CK244" not in mended.stderr


def test_numbers_in_their_own_order_raise_no_doubt_and_are_told_with_their_labels(check):
    told = check(export(*answer_with([1, 2, 3, 4, 5]))).stderr
    words = check(export("A,38,Agree,Agree,Agree,Agree,Agree,Agree,Agree,Agree")).stderr

    assert "CK244" not in told
    assert "taken as 1 Strongly disagree, 2 Somewhat disagree, 3 Neutral, " in told
    assert "taken as" not in words


SEVEN = ["Strongly disagree", "Disagree", "Somewhat disagree", "Neither agree nor disagree",
         "Somewhat agree", "Agree", "Strongly agree"]  # fmt: skip
FOUR = ["Strongly disagree", "Disagree", "Agree", "Strongly agree"]


def answer_in(words, people=48):
    cells = [[words[(n + k) % len(words)] for k in range(8)] for n in range(people)]
    return [f"A,38,{','.join(one)}" for one in cells]


def test_a_form_with_more_answers_than_the_set_is_refused_until_somebody_says_what_each_means(
    check,
):
    told = check(export(*answer_in(SEVEN)))
    said = check(
        export(*answer_in(SEVEN)), "--answer", "agree5:Disagree=2", "--answer", "agree5:Agree=4"
    )
    one_way = check(export(*answer_in([*SEVEN[::2], "Agree strongly", "Disagree strongly"])))

    other = [SEVEN[0], SEVEN[2], "Neither agree or disagree", *SEVEN[4::2]]
    halves = [
        f"A,38,{','.join([SEVEN[3], *[other[n % 5]] * 7])}" for n in range(48)
    ]  # a slip in the wording of one question's answers
    slip = check(export(*halves))

    assert (told.exit_code, said.exit_code, one_way.exit_code) == (3, 0, 0)
    assert slip.exit_code == 0
    assert "error[CK247]" in told.stderr
    assert "Disagree and Somewhat disagree as 2; Agree and Somewhat agree as 4\n" in told.stderr
    assert '(--answer "agree5:Disagree=2")' in told.stderr


def test_a_form_with_fewer_answers_in_words_than_the_set_is_told(check):
    told = check(export(*answer_in(FOUR)))
    few = check(export(*answer_in(FOUR, people=12)))

    assert told.exit_code == 0
    assert told.stderr.count("warning[CK217]") == 1
    assert "found    none is Neutral\n" in told.stderr
    assert "CK217" not in few.stderr


def test_a_remark_in_an_item_column_is_in_no_message(check):
    remark = "I was told by my head of department that I may not answer this one"

    result = check(export(f"A,38,{remark},2,3,4,5,1,2,3"))

    assert "a text of 66 characters" in result.stderr
    assert "head of department" not in result.stderr


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("Oak;Elm", "Oak / Elm"),
        ("elm, P.S. 12, Annex;", "Elm / P.S. 12, Annex"),
        ("Oak and Elm & P.S. 12, Annex", "Oak / Elm / P.S. 12, Annex"),
        ("Oak Elm", ""),
        ("Oak; Ash", ""),
    ],
)
def test_a_cell_that_names_several_schools_is_told(check, tmp_path, cell, parts):
    answers = "38,1,2,3,4,5,1,2,3"
    people = [f'"{school}",{answers}' for school in ("Oak", "Elm", "P.S. 12, Annex", cell)]
    write(
        tmp_path / "roster.csv",
        "school_id,school_name,wave_id,eligible\n"
        '1,Oak,export,40\n2,Elm,export,40\n3,"P.S. 12, Annex",export,40\n',
    )

    alone = check(export(*people))
    listed = check(export(*people), "--roster", "roster.csv")

    assert alone.exit_code == 0
    assert ("warning[CK245]" in alone.stderr) == bool(parts)
    assert listed.exit_code == 3
    assert ("error[CK245]" in listed.stderr) == bool(parts)
    assert parts in alone.stderr


@pytest.mark.parametrize(("eligible", "told"), [("2", True), ("3", False), ("", False)])
def test_more_answers_than_staff_are_told(check, tmp_path, eligible, told):
    roster = f"school_id,school_name,wave_id,eligible\n1,Oak,export,{eligible}\n"
    write(tmp_path / "roster.csv", roster)

    result = check(export(*["Oak,38,1,2,3,4,5,1,2,3"] * 3), "--roster", "roster.csv")

    assert result.exit_code == 0
    assert ("warning[CK246] more people answered in export at 1" in result.stderr) == told


@pytest.mark.parametrize("question", ["How far do you agree?", "Here: do you agree?"])
def test_a_row_with_a_colon_of_its_own_is_told_from_its_question(check, tmp_path, question):
    texts = [f"In this school: topic {number}" for number in range(1, 9)]
    own = ["Response ID", "Time Started", "Date Submitted", "Status", "School"]
    heading = ",".join([*own, *(f"{text}:{question}" for text in texts)])
    people = ["1,Jan 05,Jan 05,Complete,Oak,1,2,3,4,5,1,2,3"]
    book = ["column,item", *(f"{text},bscs_{number}" for number, text in enumerate(texts, 1))]
    write(tmp_path / "codebook.csv", "\n".join(book) + "\n")

    result = check("\n".join([heading, *people]) + "\n", "--codebook", "codebook.csv")

    assert result.exit_code == 0, result.stderr
    assert "alchemer" in result.stderr
    assert "8 columns" in result.stderr


def test_a_school_written_with_other_quotes_and_hyphens_is_told_or_found_in_the_roster(
    check, tmp_path
):
    answers = "38,1,2,3,4,5,1,2,3"
    names = ["St. Mary's-West", "St. Mary\u2019s\u2013West"]
    roster = "school_id,school_name,wave_id,eligible\n1,St. Mary's-West,export,40\n"
    write(tmp_path / "roster.csv", roster)
    people = [f"{name},{answers}" for name in names]

    alone = check(export(*people))
    listed = check(export(*people), "--roster", "roster.csv")

    assert alone.exit_code == 0
    assert alone.stderr.count("warning[CK234]") == 1
    assert listed.exit_code == 0, listed.stderr


def test_a_person_of_two_schools_is_told_as_one_that_answered_twice(check):
    rows = ["Oak,p1,1,2,3,4,5,1,2,3", "Elm,p1,1,2,3,4,5,1,2,3"]

    result = check(export(*rows).replace("Shoe size", "Respondent ID"))

    assert result.exit_code == 3
    assert "1 respondent id stands in this wave more than once" in result.stderr
    assert "different answers, school or staff group" in result.stderr
    assert "p1" not in result.stderr


def test_an_answer_with_blanks_at_its_end_is_counted_with_the_same_answer(check):
    people = ["A,38,Agree,2,3,4,5,1,2,3"] * 7 + ["A,38,Agree  ,2,3,4,5,1,2,3"] * 5

    rows = json.loads(check(export(*people), "--format", "json").stdout)["data"]

    assert rows[0]["answers"] == "Agree → 4: 12"


def test_check_shows_all_problems_and_ends_with_three(check):
    people = ["A,38,9,Agre,3,4,5,1,2,3", ",38,1,2,3,4,5,1,2,3"]

    result = check(export(*people))

    assert result.exit_code == 3
    assert result.stdout.startswith("file,item,label")
    assert all(f"error[{code}]" in result.stderr for code in ("CK204", "CK206", "CK232"))
    assert result.stderr.rstrip().endswith("exit 3")
    assert "38" not in result.stderr


def test_check_groups_like_problems_five_shown_and_the_rest_counted(check):
    result = check(export(*[f"A,38,{9 + number},2,3,4,5,1,2,3" for number in range(8)]))

    assert result.stderr.count("error[CK206]") == 6
    assert "and 3 more" in result.stderr


def test_check_refuses_with_strict_what_it_reads_with_a_warning(check):
    text = export("A,38,1,2,3,4,5,1,2,3").replace(",", ";")

    assert check(text).exit_code == 0
    assert check(text, "--strict").exit_code == 3
    assert check(text, "--strict", "--delimiter", ";").exit_code == 0


def test_a_wording_has_one_hash_whatever_its_case_blanks_and_stem():
    hashes = {
        hash_wording(text)
        for text in ("My voice counts", "Now: - my  VOICE\u00a0counts", "Here [My voice counts]")
    }

    assert len(hashes) == 1
    assert hash_wording("") == ""
    assert hash_wording("My voice counts", changes=("edited",)) not in hashes


def test_a_file_that_cannot_be_read_is_told_beside_the_roster_of_its_wave(check, tmp_path):
    roster = "school_id,school_name,wave_id,eligible\n1,Oak,export,40\n1,Oak,gone,40\n"
    write(tmp_path / "roster.csv", roster)

    result = check(export("Oak,38,1,2,3,4,5,1,2,3"), "gone.csv", "--roster", "roster.csv")

    assert result.exit_code == 3
    assert "error[CK101]" in result.stderr
