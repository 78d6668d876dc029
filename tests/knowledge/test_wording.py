from datetime import date

import pytest

from climatekit.errors import DefinitionError
from climatekit.knowledge.wording import load_messages

TEXTS = """\
[verdict.rose]
title = "{title} rose from {before} to {after}."
[verdict.fell]
title = "It fell by {size:.1f} points on {day:%B %d}."
[withheld]
min-n = "Too few people {{10 or more}} answered."
[people]
answered = { one = "{count} person answered", other = "{count} people answered" }
"""


@pytest.fixture
def load(tmp_path):
    def load_text(text, language="en"):
        (tmp_path / f"{language}.toml").write_text(text, encoding="utf-8")
        return load_messages(language, tmp_path)

    return load_text


def problems_of(call, *args, **facts):
    with pytest.raises(DefinitionError) as caught:
        call(*args, **facts)
    return caught.value.problems


def test_a_message_is_filled_with_facts(load):
    messages = load(TEXTS)

    text = messages.say("verdict.rose.title", title="Trust", before="61", after=68, unused=1)

    assert text == "Trust rose from 61 to 68."


def test_facts_may_be_written_in_a_form(load):
    text = load(TEXTS).say("verdict.fell.title", size=2.04, day=date(2026, 5, 9))

    assert text == "It fell by 2.0 points on May 09."


def test_doubled_braces_are_printed_once(load):
    assert load(TEXTS).say("withheld.min-n") == "Too few people {10 or more} answered."


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 people answered"), (1, "1 person answered"), (2, "2 people answered")],
)
def test_the_plural_follows_the_count(load, count, text):
    assert load(TEXTS).say("people.answered", count=count) == text


def test_keys_are_dotted_and_a_plural_is_one_key(load):
    messages = load(TEXTS)

    assert messages.keys() == (
        "verdict.rose.title",
        "verdict.fell.title",
        "withheld.min-n",
        "people.answered",
    )
    assert messages.facts_of("verdict.rose.title") == {"title", "before", "after"}
    assert messages.facts_of("people.answered") == {"count"}


def test_a_missing_message_names_the_file_the_key_and_the_closest(load, tmp_path):
    (problem,) = problems_of(load(TEXTS).say, "verdict.rise.title")

    assert problem.code == "CK422"
    assert problem.file == str(tmp_path / "en.toml")
    assert problem.column == "verdict.rise.title"
    assert problem.closest == "verdict.rose.title"


def test_missing_facts_are_named_together(load):
    problems = problems_of(load(TEXTS).say, "verdict.rose.title", title="Trust")

    assert [problem.code for problem in problems] == ["CK423", "CK423"]
    assert "'before'" in problems[0].message
    assert "'after'" in problems[1].message


def test_a_plural_needs_its_count(load):
    (problem,) = problems_of(load(TEXTS).say, "people.answered")

    assert "'count'" in problem.message


def test_a_fact_that_does_not_fit_its_form_is_named(load):
    (problem,) = problems_of(load(TEXTS).say, "verdict.fell.title", size="much", day="May")

    assert (problem.code, problem.column) == ("CK423", "verdict.fell.title")


def test_every_unsound_message_is_named_at_once_with_its_line(load):
    text = (
        'open = "{title"\nreach = "{title.__class__}"\nplace = "{}"\nnumber = 3\n'
        'shout = "{title!r}"\n[half]\none = "x"\n[list]\nitems = ["a"]\n'
    )

    problems = problems_of(load, text)

    assert {problem.code for problem in problems} == {"CK421"}
    assert {(problem.column, problem.line) for problem in problems} == {
        ("open", 1),
        ("reach", 2),
        ("place", 3),
        ("number", 4),
        ("shout", 5),
        ("half", 6),
        ("list.items", 9),
    }


@pytest.mark.parametrize("language", ["fr", "../en", "", "en.toml"])
def test_an_unknown_language_names_the_known_ones(load, tmp_path, language):
    load(TEXTS)

    (problem,) = problems_of(load_messages, language, tmp_path)

    assert problem.code == "CK424"
    assert "en" in problem.expected


def test_the_shipped_english_messages_are_sound():
    messages = load_messages("en")

    assert len(messages.keys()) == len(set(messages.keys())) > 0
