import pytest
from hypothesis import given
from hypothesis import strategies as st

from climatekit.knowledge.tidying import tidy_text


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("  Strongly\u00a0 Agree ", "strongly agree"),
        ("Don\u2019t know", "don't know"),
        ("N/A \u2013 none", "n/a - none"),
        ("\uff11\uff12", "12"),  # full-width digits
        ("STRASSE", "strasse"),
        ("Stra\u00dfe", "strasse"),
    ],
)
def test_wordings_that_mean_the_same_become_the_same(text, tidy):
    assert tidy_text(text) == tidy


@given(st.text())
def test_tidying_twice_changes_nothing(text):
    assert tidy_text(tidy_text(text)) == tidy_text(text)
