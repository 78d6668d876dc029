"""A district's own scale file: read, or refused with everything that is wrong."""

import re
from pathlib import Path

import pytest

from climatekit.errors import DefinitionError
from climatekit.knowledge.scale_files import read_test_vectors
from climatekit.knowledge.scales import list_scales, load_scale, load_scales

OWN = """\
format_version = 1
id = "belong"
version = "1.0.0"
title = "Belonging at work"
abbreviation = "BW"
status = "local"
constructs = ["community"]
item_count = 3
reversed_count = 1
response_set = "agree4"

[level]
unit = "school"
referent = "the staff of the school"

[rights]
kind = "own survey"
statement = "Written by the district."
evidence = "district survey office, 2024"
wording_included = false

[[citations]]
role = "development"
text = "District survey office (2024). Staff survey."

[evidence]
key = { confidence = "high", source = "the district's own form" }

[response_sets.agree4]
kind = "agreement"
low = 1
high = 4
favourable = [3, 4]

[response_sets.agree4.labels]
1 = "Strongly disagree"
4 = "Strongly agree"

[items]
1 = { label = "Being missed when away" }
2 = { label = "Feeling like a stranger" }
3 = { label = "Age in years", unscored = true }

[scores.total]
title = "Belonging"
construct = "community"
items = [1, -2]
"""


@pytest.fixture
def write(tmp_path):
    def write_changed(*changes, name="belong"):
        text = OWN
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_changed


def problems_of(path):
    with pytest.raises(DefinitionError) as caught:
        load_scale(path)
    return caught.value.problems


def line_of(text):
    return OWN.splitlines().index(text) + 1


def test_a_districts_own_file_is_read(write):
    scale = load_scale(write())

    assert scale.items["belong_1"].label == "Being missed when away"
    assert dict(scale.scores["belong.total"].items) == {"belong_1": 1, "belong_2": -1}
    assert scale.unscored == ("belong_3",)


def test_a_path_may_be_text(write):
    assert load_scale(str(write())).id == "belong"


def test_the_least_number_of_answers_defaults_to_two_thirds_rounded_up(write):
    rule = load_scale(write()).scores["belong.total"]

    assert rule.min_answered == 2
    assert rule.min_answered_basis == "climatekit convention"


def test_codes_between_the_ends_may_stay_unlabelled(write):
    answers = load_scale(write()).response_sets["agree4"]

    assert answers.labels == {1: "Strongly disagree", 4: "Strongly agree"}
    assert answers.options == 4


def test_synonyms_and_what_is_no_answer_are_tidied(write):
    synonyms = 'synonyms.3 = ["  AGREE\u00a0 a bit "]'
    not_answers = 'not_answers = ["Don\u2019t know"]'
    more = f"favourable = [3, 4]\n{synonyms}\n{not_answers}"

    answers = load_scale(write(("favourable = [3, 4]", more))).response_sets["agree4"]

    assert answers.synonyms == {"agree a bit": 3}
    assert answers.not_answers == ("don't know",)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("items = [1, -2]", "items = [1, -2, 7]", "CK411", "scores.total.items[2]"),
        ("items = [1, -2]", "items = [1, -2, 0]", "CK411", "scores.total.items[2]"),
        ('response_set = "agree4"', 'response_set = "agree5"', "CK411", "response_set"),
        (", unscored = true", "", "CK412", "items.3"),
        ("items = [1, -2]", "items = [1, -2, 3]", "CK412", "items.3"),
        ("item_count = 3", "item_count = 4", "CK413", "item_count"),
        ("reversed_count = 1", "reversed_count = 2", "CK413", "reversed_count"),
        ("items = [1, -2]", "items = [1, -2]\ncount = 3", "CK413", "scores.total.count"),
        ("items = [1, -2]", "items = [1, -2, 1]", "CK414", "scores.total.items"),
        ("Being missed", "How much one is being missed", "CK415", "items.1.label"),
        ("high = 4", "high = 1", "CK416", "response_sets.agree4.low"),
        ("low = 1", "low = -100", "CK416", "response_sets.agree4.high"),
        ('4 = "Strongly agree"', '5 = "Strongly agree"', "CK416", "response_sets.agree4.labels.5"),
        ("[3, 4]", "[3, 5]", "CK416", "response_sets.agree4.favourable[1]"),
        (
            '4 = "Strongly agree"',
            '4 = "Strongly Disagree"',
            "CK416",
            "response_sets.agree4.labels.4",
        ),
        (
            "items = [1, -2]",
            "items = [1, -2]\nmin_answered = 3",
            "CK417",
            "scores.total.min_answered",
        ),
        (
            "items = [1, -2]",
            "items = [1, -2]\nmin_answered = 0",
            "CK417",
            "scores.total.min_answered",
        ),
        (
            "items = [1, -2]",
            'items = [1, -2]\nmin_answered_basis = "published"',
            "CK417",
            "scores.total.min_answered_basis",
        ),
        ('id = "belong"', 'id = "other"', "CK418", "id"),
        ('construct = "community"', 'construct = "trust"', "CK420", "scores.total.construct"),
        ('construct = "community"', 'construct = "comunity"', "CK407", "scores.total.construct"),
        ("wording_included = false", "wording_included = true", "CK407", "rights.wording_included"),
        ('1 = { label = "Being', 'one = { label = "Being', "CK411", "items.one"),
    ],
)
def test_each_slip_is_named_with_its_key(write, old, new, code, column):
    problems = problems_of(write((old, new)))

    assert (code, column) in {(problem.code, problem.column) for problem in problems}


def test_an_item_has_one_sign_in_all_scores(write):
    second = '\n[scores.part]\ntitle = "Part"\nconstruct = "community"\nitems = [2]\n'
    path = write(("items = [1, -2]", "items = [1, -2]" + second))

    problems = problems_of(path)

    assert [(p.code, p.column) for p in problems] == [("CK414", "items.2")]


def test_two_scores_cannot_both_lead_one_construct(write):
    second = '\n[scores.part]\ntitle = "P"\nconstruct = "community"\nitems = [1]\nlead = true'
    path = write(("items = [1, -2]", "items = [1, -2]\nlead = true" + second))

    problems = problems_of(path)

    assert [(p.code, p.column) for p in problems] == [("CK420", "scores.part.lead")]


def test_every_fault_comes_at_once_and_in_its_line(write):
    path = write(
        ("item_count = 3", "item_count = 4"),
        ('abbreviation = "BW"', 'abreviations = "BW"'),
        ("items = [1, -2]", "items = [1, -2, 7]\nmin_answered = 9"),
    )

    problems = problems_of(path)

    assert {(p.code, p.line) for p in problems} == {
        ("CK404", line_of('abbreviation = "BW"')),
        ("CK405", None),
    }


def test_unknown_keys_hide_no_fault_of_content(write):
    path = write(
        ("item_count = 3", "item_count = 4"),
        ("favourable = [3, 4]", "favourable = [3, 4]\nfavorable = [3, 4]"),
        ("items = [1, -2]", "items = [1, -2, 7]\nmin_answered = 9"),
    )

    problems = problems_of(path)

    last = line_of("items = [1, -2]") + 1
    assert {(p.code, p.line) for p in problems} == {
        ("CK404", line_of("favourable = [3, 4]") + 1),
        ("CK413", line_of("item_count = 3")),
        ("CK411", last),
        ("CK417", last + 1),
    }


def test_worked_examples_must_be_possible(write):
    vector = (
        "items = [1, -2]\n[[test_vectors]]\nname = 'x'\n"
        "persons = [{ every = 5, but = { 9 = 1 }, expect = { totl = 1.0 } }]"
    )

    problems = problems_of(write(("items = [1, -2]", vector)))

    assert {p.code for p in problems} == {"CK411", "CK419"}
    assert "total" in {p.closest for p in problems}


def test_scales_of_a_folder_stand_beside_the_shipped_ones(write):
    folder = write().parent

    scales = load_scales(["ots", "belong"], folder)

    assert set(list_scales(folder)) == {"belong", *list_scales()}
    assert [scale.id for scale in scales] == ["ots", "belong"]


def test_a_folder_may_not_take_a_shipped_id(write):
    folder = write(('id = "belong"', 'id = "ots"'), name="ots").parent

    with pytest.raises(DefinitionError) as caught:
        load_scales(["ots"], folder)

    assert [problem.code for problem in caught.value.problems] == ["CK418"]


def test_unknown_and_doubled_scales_are_named_together():
    with pytest.raises(DefinitionError) as caught:
        load_scales(["ots", "bscss", "ots"])

    assert [(p.code, p.closest) for p in caught.value.problems] == [
        ("CK410", "bscs"),
        ("CK418", None),
    ]


def test_the_faults_of_two_files_come_together(write):
    first = write(("item_count = 3", "item_count = 4"))
    write(('id = "belong"', 'id = "wrong"'), name="second")

    with pytest.raises(DefinitionError) as caught:
        load_scales(["belong", "second"], first.parent)

    assert {Path(p.file).name for p in caught.value.problems} == {"belong.toml", "second.toml"}


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(DefinitionError) as caught:
        list_scales(tmp_path / "none")

    assert caught.value.problems[0].code == "CK401"


def test_the_worked_example_of_the_docs_is_a_sound_scale_file(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "scales.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "belong.toml"
    path.write_text("\n".join(blocks), encoding="utf-8")

    scale = load_scale(path)
    (example,) = read_test_vectors(path)

    assert len(blocks) == 2
    assert scale.scores["belong.total"].min_answered == 2
    assert example.expected == (
        {"belong.total": pytest.approx(10 / 3)},
        {"belong.total": 2.5},
        {"belong.total": None},
    )
