from datetime import date
from typing import Literal

import pytest
from pydantic import Field

from climatekit.errors import DefinitionError
from climatekit.knowledge.definitions import Table, open_definition, read_definition, suggest


class Wave(Table):
    label: str
    closed: date | None = None


class Study(Table):
    size: int = Field(default=10, ge=5)
    mode: Literal["online", "paper"] = "online"
    waves: list[Wave] = Field(default_factory=list)
    named: dict[str, Wave] = Field(default_factory=dict)
    best: Wave | None = None


@pytest.fixture
def write(tmp_path):
    def write_text(text, encoding="utf-8"):
        path = tmp_path / "study.toml"
        path.write_bytes(text.encode(encoding))
        return path

    return write_text


def problems_of(path, check=None):
    with pytest.raises(DefinitionError) as caught:
        open_definition(path, Study, check)
    return caught.value.problems


def test_a_sound_file_is_read_with_its_dates(write):
    path = write('size = 12\n[[waves]]\nlabel = "Fall"\nclosed = 2025-10-10\n')

    study = read_definition(path, Study)

    assert study.size == 12
    assert study.waves[0].closed == date(2025, 10, 10)


def test_every_fault_comes_at_once_with_its_line_and_key(write):
    path = write('size = "ten"\nmode = "papr"\n[[waves]]\nlabel = "Fall"\n[[waves]]\nlable = 3\n')

    problems = problems_of(path)

    assert sorted((p.code, p.line, p.column) for p in problems) == [
        ("CK404", 6, "waves[1].lable"),
        ("CK405", 5, "waves[1].label"),
        ("CK406", 1, "size"),
        ("CK407", 2, "mode"),
    ]
    assert {p.file for p in problems} == {str(path)}


def test_a_misspelt_key_is_answered_with_the_closest_right_one(write):
    path = write("sise = 12\n[named.x]\nlabel = 'a'\nclosd = 1\n[best]\nlabel = 'a'\nlabels = 1\n")

    problems = problems_of(path)

    assert {p.column: p.closest for p in problems} == {
        "sise": "size",
        "named.x.closd": "closed",
        "best.labels": "label",
    }


@pytest.mark.parametrize(
    ("value", "mend"),
    [
        ('"2026-04-20"', "write it without quotes: 2026-04-20"),
        ('"20/4/2026"', "write the year first and no quotes, such as 2026-04-24"),
    ],
)
def test_a_day_in_quotes_is_answered_with_how_it_is_written(write, value, mend):
    (problem,) = problems_of(write(f"[[waves]]\nlabel = 'Spring'\nclosed = {value}\n"))

    assert (problem.line, problem.mend) == (3, mend)


def test_a_misspelt_word_is_answered_with_the_closest_right_one(write):
    (problem,) = problems_of(write('mode = "papr"\n'))

    assert problem.closest == "paper"
    assert "'online'" in problem.expected


def test_types_are_exact(write):
    problems = problems_of(write("size = 12.0\nmode = true\n"))

    assert {p.column for p in problems} == {"size", "mode"}


def test_a_value_out_of_range_says_the_range(write):
    (problem,) = problems_of(write("size = 4\n"))

    assert problem.code == "CK407"
    assert "greater than or equal to 5" in problem.message


def test_keys_that_begin_with_x_are_the_writers_own(write):
    path = write('x-note = 1\n[[waves]]\nlabel = "Fall"\nx-seen-by = ["me"]\n')

    assert read_definition(path, Study).waves[0].label == "Fall"


def test_further_rules_are_checked_beside_unknown_keys(write):
    def check(definition):
        yield definition.make_problem("CK999", "too large", ["size"])

    problems = problems_of(write("seize = 1\nsize = 12\n"), check)

    assert [(p.code, p.line) for p in problems] == [("CK404", 1), ("CK999", 2)]


@pytest.mark.parametrize(
    ("text", "line"),
    [("size = 1\nmode = online\n", 2), ("size = 1\nsize = 2\n", 2), ('mode = "online', 1)],
)
def test_a_fault_of_syntax_names_its_line(write, text, line):
    (problem,) = problems_of(write(text))

    assert problem.code == "CK403"
    assert problem.line == line
    assert "(at " not in problem.message


def test_a_fault_of_syntax_names_its_column(write):
    (problem,) = problems_of(write("size = 1\nmode = online\n"))

    assert "character 8" in problem.message


def test_a_file_nested_beyond_reason_is_refused(write):
    (problem,) = problems_of(write("size = " + "[" * 5000 + "]" * 5000))

    assert problem.code == "CK403"


def test_a_number_that_python_will_not_read_is_refused(write):
    (problem,) = problems_of(write(f"size = {'9' * 5000}"))

    assert problem.code == "CK403"
    assert "digits" in problem.message


def test_another_encoding_is_refused_with_the_line(write):
    path = write('# seen\nmode = "é"\n', encoding="cp1252")

    (problem,) = problems_of(path)

    assert (problem.code, problem.line) == ("CK402", 2)


def test_a_byte_mark_and_windows_line_ends_are_read(write):
    path = write('\ufeffsize = 12\r\nmode = "paper"\r\n')

    assert read_definition(path, Study).mode == "paper"


def test_a_missing_file_is_a_definition_error(tmp_path):
    (problem,) = problems_of(tmp_path / "none.toml")

    assert problem.code == "CK401"


@pytest.mark.parametrize(
    ("word", "closest"),
    [("otss", "ots"), ("OTS", "ots"), ("bcss", "bscs"), ("zebra", None), ("", None)],
)
def test_suggestions_are_close_or_none(word, closest):
    assert suggest(word, ["bscs", "ces_sf", "ots"]) == closest


def test_suggestions_need_candidates():
    assert suggest("ots", []) is None
