"""Two hundred schools in one batch on two workers: no page holds another's values.

Every school as web page and JSON, every tenth as PDF; `nox -s marked` prints them all.
"""

import os
import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader
from report_samples import USUAL, ask, people, trend

from climatekit.run.workshop.batch import render_briefs
from climatekit.run.workshop.workers import Limits

SCHOOLS = 200
STEP = int(os.environ.get("MARKED_STEP", "10"))
CANARY = re.compile(r"canary(\d{4})x")


def mark(number):
    """A brief that carries its school's canary in each part that a page is made from."""
    word = f"canary{number:04}x"
    first = USUAL.panels[0]
    points = trend(*(30 + (number * step) % 60 for step in (1, 3, 7, 11)))
    return replace(
        USUAL,
        school_id=word,
        school=f"School {word}",
        headline=f"Headline of {word}.",
        panels=(
            replace(first, points=points, alt=f"Chart of {word}.", sentence=f"Said of {word}."),
            *USUAL.panels[1:],
        ),
        movers=tuple(replace(row, label=f"Topic {word}") for row in USUAL.movers),
        questions=ask(5, 5, words=(f"Question {word}",)),
        notes=tuple(replace(note, text=f"Note {word}.") for note in USUAL.notes),
        participation=replace(USUAL.participation, answered=people(1000 + number)),
    )


@pytest.fixture(scope="module")
def files():
    briefs = [mark(number) for number in range(SCHOOLS)]
    web = render_briefs(briefs, ("html", "json"), limits=Limits(workers=2))
    paper = render_briefs(briefs[::STEP], ("pdf",), limits=Limits(workers=2))
    assert web.problems == paper.problems == ()
    return {**web.files, **paper.files}


def test_each_page_holds_its_own_school_and_no_other(files):
    assert len(files) == 2 * SCHOOLS + len(range(0, SCHOOLS, STEP))
    for name, content in files.items():
        (own,) = set(CANARY.findall(name))
        text = read_pdf(content) if name.endswith(".pdf") else content.decode()

        assert set(CANARY.findall(text)) == {own}, name
        counts = {
            int(number)
            for number in re.findall(
                r"\b1[01]\d\d\b", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
            )
        }
        assert 1000 + int(own) in counts, name
        assert not (counts & set(range(1000, 1000 + SCHOOLS))) - {1000 + int(own)}, name


def read_pdf(content):
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
