"""Sentences: which number is meant is told by the message that a sentence was made from."""

import pytest

from climatekit.run.audit.sentence_entries import enter_brief_sentences
from climatekit.run.audit.sentences import find_number, read_one_of, read_sentence


@pytest.mark.parametrize(
    ("language", "key", "text", "told"),
    [
        (
            "en",
            "participation.before",
            "Read with care: many did not answer. In Sept. 2025, term 1 it was 61%.",
            {"previous": "Sept. 2025, term 1", "rate": "61%"},
        ),
        ("es", "participation.before", "En primavera de 2025 fue el 61 %.", None),
        (
            "en",
            "verdict.steps",
            "That is as if 1 in every 10 of us had moved up one answer step.",
            {"count": "1", "direction": "up"},
        ),
        (
            "en",
            "verdict.steps",
            "Rose. That is as if 7 in every 10 of us had moved up one answer step. Good.",
            {"count": "7", "direction": "up"},
        ),
        ("en", "verdict.steps", "Rose from 56 to 71.", None),
    ],
)
def test_a_message_laid_over_a_sentence_tells_its_numbers(language, key, text, told):
    assert read_sentence(language, key, text, ["Sept. 2025, term 1"]) == told


def test_the_longest_of_some_messages_is_taken():
    labels = ["Spring 2026", "Spring 2025"]
    both = "90% answered in Spring 2026, 87% in Spring 2025."
    one = "90% answered in Spring 2026."

    assert read_one_of("en", "indicator.C2", both, labels) == {
        "rate": "90", "wave": "Spring 2026", "rate_before": "87", "before": "Spring 2025",
    }  # fmt: skip
    assert read_one_of("en", "indicator.C2", one, labels) == {"rate": "90", "wave": "Spring 2026"}
    assert read_one_of("en", "indicator.C2", "Nothing is on file.", labels) == {}


def test_a_wave_that_is_called_by_its_year_is_no_count():
    evidence = [
        {"indicator": "C1", "detail": "3 usable surveys, the last closed on April 24, 2026."},
        {"indicator": "C2", "detail": "90% answered in 2026, 87% in 2025."},
        {"indicator": "C3", "detail": "All three, in 2026."},
        {"indicator": "C5", "detail": "Most questions are the same in 2025 and 2026."},
    ]
    page = {
        "language": "en",
        "school_id": "101",
        "wave": "w26",
        "participation": {"sentence": ""},
        "changes": [],
        "data_use": {"evidence": evidence},
    }
    read = enter_brief_sentences(page, {"2025": "w25", "2026": "w26"}, "w26")

    assert [(one.statistic, one.wave, one.subject, one.text) for one in read] == [
        ("record", "w26", "C1 count", "3"),
        ("rate", "w26", "", "90%"),
        ("rate", "w25", "", "87%"),
    ]


def test_a_number_is_taken_with_its_sign_and_percent():
    assert find_number("a rise of \N{MINUS SIGN}3 points") == "\N{MINUS SIGN}3"
    assert find_number("about 61% of it") == "61%"
    assert find_number("none") == ""
