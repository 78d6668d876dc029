# ruff: noqa: RUF001 - letters as they are printed
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from report_samples import CHANGES, SAMPLES, USUAL, few_questions

from climatekit.errors import DefinitionError
from climatekit.knowledge.wording import load_messages
from climatekit.release.released import Released
from climatekit.report.amounts import write_shown
from climatekit.report.environment import drop_opening, write_signed
from climatekit.report.fit import Fit
from climatekit.report.html import render_html
from climatekit.report.look import Look

VOID = {"meta", "br", "col", "img", "link", "input", "hr"}


class Reader(HTMLParser):
    """Reads a page into (tag, attributes) and the text outside style, svg and title."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self.path = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs), tuple(self.path)))
        if tag not in VOID:
            self.path.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs), tuple(self.path)))

    def handle_endtag(self, tag):
        assert self.path.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        if not {"style", "svg", "title"} & set(self.path):
            self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes, _ in self.tags if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_well_formed_and_accessible(name, as_html):
    page = as_html(name)

    reader = Reader(page)
    assert reader.path == []
    assert reader.all("html") == [{"lang": "en"}]
    assert len(reader.all("main")) == 1
    assert len(reader.all("h1")) == 1
    assert all("scope" in cell for cell in reader.all("th"))
    assert len(re.findall("<caption", page)) == len(reader.all("table"))
    levels = [int(tag[1]) for tag, *_ in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for drawing in re.findall(r"<svg[^>]*>.*?</svg>", page):
        assert re.match(r'<svg[^>]*role="img"[^>]*><title>[^<]+</title>', drawing)


def test_the_web_page_stands_alone_and_calls_nowhere(as_html):
    page = as_html("usual")

    reader = Reader(page)
    policies = [meta for meta in reader.all("meta") if "http-equiv" in meta]
    assert policies[0]["content"].startswith("default-src 'none'")
    assert "script" not in policies[0]["content"]
    assert not reader.all("script")
    assert not reader.all("link")
    assert not reader.all("img")
    addresses = set(re.findall(r'(?:src|href)\s*=|url\("?([a-z]+):', page))
    assert addresses == {"data"}


def test_only_fonts_that_are_needed_are_inlined(as_html):
    assert as_html("usual").count("@font-face") == 3
    assert as_html("hebrew_name").count("@font-face") == 5
    assert as_html("arabic_name").count("@font-face") == 5


def test_the_pdf_page_holds_neither_fonts_nor_style():
    page = render_html(USUAL, mode="pdf")

    assert "<style" not in page
    assert "@font-face" not in page


def test_hostile_strings_come_out_as_text(as_html):
    page = as_html("hostile")

    reader = Reader(page)
    assert not reader.all("script")
    assert not reader.all("img")
    assert not reader.all("image")
    assert "<script>alert(1)</script>" in reader.text
    assert "{{ 7*7 }}" in reader.text
    assert "\x00" not in page
    assert "\u202e" not in page


def test_names_that_run_right_to_left_say_so(as_html):
    assert '<bdi dir="rtl">מדרסה' not in as_html("usual")
    assert '<bdi dir="rtl">בית ספר' in as_html("hebrew_name")
    assert '<bdi dir="rtl">مدرسة' in as_html("arabic_name")


def test_headline_verdicts_and_next_steps_are_printed(as_html):
    text = Reader(as_html("six_rows")).text

    for row in (*CHANGES,):
        assert row.word in text
    assert USUAL.headline in text
    assert "Moved slightly" in text
    assert "Not compared" in text
    assert "Leadership team, by November 30." in text
    assert "It is not an official CASEL rating." in text


def test_the_highest_level_is_kept_up_and_of_no_rating_nothing_is_said_to_lack():
    steps = replace(USUAL.data_use, next_steps=())
    top = replace(USUAL.data_use.levels[-1], state="here")
    highest = replace(steps, levels=(*steps.levels[:-1], top))

    kept, unrated = (
        Reader(render_html(replace(USUAL, data_use=use), mode="html")).text
        for use in (highest, steps)
    )

    assert "To keep it up This is the highest level, and nothing is missing." in kept
    assert "To move up one level" not in kept + unrated
    assert "nothing is missing" not in unrated


def test_differences_carry_their_sign_and_range(as_html):
    text = Reader(as_html("usual")).text

    assert "+8 +1 to +14" in text
    assert "−9 −16 to −2" in text


def test_a_school_with_nothing_to_show_is_told_so_in_words(as_html):
    text = Reader(as_html("all_withheld")).text

    assert "No score is shown for this school yet." in text
    assert "What changed since" not in text
    assert "Talk about it" in text


def test_a_first_wave_has_no_columns_of_change(as_html):
    text = Reader(as_html("one_wave")).text

    assert "All scores of this wave" in text
    assert "71 to 81" in text
    assert "Change" not in text


def test_a_drawing_without_a_shown_score_speaks_no_number(as_html):
    page = as_html("all_withheld")

    for title in re.findall(r"<title>([^<]*nothing is shown[^<]*)</title>", page):
        assert not re.search(r"\d", title)
    assert "Response rate" not in page


def test_the_web_page_shows_rows_that_the_paper_has_no_room_for():
    news = tuple(f"Sentence number {number}." for number in range(12))
    brief = replace(USUAL, since_last_time=news)

    page = render_html(brief)

    assert news[-1] in page
    assert news[-1] not in render_html(brief, mode="pdf")


def test_a_template_folder_replaces_single_parts(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "notes.html.j2").write_text(
        "<p>Our own notes, {{ brief.school }}.</p>", encoding="utf-8"
    )

    page = render_html(USUAL, look=Look(templates=tmp_path))

    assert "Our own notes, Maple Grove Middle School." in page
    assert "About these numbers" not in page
    assert USUAL.headline in page


@pytest.mark.parametrize(
    "template",
    ["{{ brief.nothing_such }}", "{% if %}", "{{ brief.panels[99].title }}", "{{ 1 + 'a' }}"],
)
def test_a_template_that_cannot_be_filled_is_refused_by_name(tmp_path, template):
    (tmp_path / "brief.html.j2").write_text(template, encoding="utf-8")

    with pytest.raises(DefinitionError) as caught:
        render_html(USUAL, look=Look(templates=tmp_path))

    assert [problem.code for problem in caught.value.problems] == ["CK461"]


def test_a_template_that_is_not_utf_8_is_refused(tmp_path):
    (tmp_path / "brief.html.j2").write_bytes(b"<p>caf\xe9</p>")

    with pytest.raises(DefinitionError) as caught:
        render_html(USUAL, look=Look(templates=tmp_path))

    assert [problem.code for problem in caught.value.problems] == ["CK461"]


@pytest.mark.parametrize(
    ("text", "value", "printed"),
    [
        ("8", 8, "+8"),
        ("+8", 8, "+8"),
        ("-9", -9, "−9"),
        ("0", 0, "0"),
        ("5 or more", 5, "+5 or more"),
    ],
)
def test_differences_are_signed_once(text, value, printed):
    assert write_signed(Released(value=value, text=text, unit="points")) == printed


@pytest.mark.parametrize(
    ("language", "capped", "printed"),
    [
        ("en", "", "92%"),
        ("en", "low", "92% or less"),
        ("en", "high", "92% or more"),
        ("es", "", "92%"),
        ("es", "low", "92% o menos"),
        ("es", "high", "92% o más"),
    ],
)
def test_a_share_is_written_in_the_brief_s_language(language, capped, printed):
    share = Released(value=92, text="92%", unit="percent", capped=capped)

    assert write_shown(share, load_messages(language)) == printed


def test_a_verdict_is_not_said_twice_in_a_row():
    sentence = "Not compared with Fall 2025: the questions were not the same."

    assert drop_opening(sentence, "Not compared").startswith(" with Fall 2025")
    assert drop_opening("Trust rose.", "Rose") == " Trust rose."


def test_a_page_that_ranks_fewer_questions_counts_the_ties_of_those():
    brief = few_questions()
    of_one, of_two = brief.questions.tied

    roomy = render_html(brief, mode="pdf", fit=Fit(first=0))
    tight = render_html(brief, mode="pdf", fit=Fit(first=5))

    assert of_two in roomy
    assert of_one not in roomy
    assert of_one in tight
    assert of_two not in tight
