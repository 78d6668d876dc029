# ruff: noqa: RUF001, T201 - letters as they are printed; a banner
import hashlib
import inspect
import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import outloud
import page as page_validation
import pytest
from printed_pages import find_smallest_type
from pypdf import PdfReader
from report_samples import NOTES, SAMPLES, USUAL, no_movers, random_brief, trend

from climatekit.errors import RenderError
from climatekit.report import height
from climatekit.report import pdf as pdf_module
from climatekit.report.columns import has_question_page
from climatekit.report.fit import STEPS, Fit, trim
from climatekit.report.layout import load_layout
from climatekit.report.look import Look
from climatekit.report.pdf import check_pdf_engine, render_pdf

LETTER = (612, 792)


def read(data):
    return PdfReader(BytesIO(data))


def text_of(data):
    return " ".join(" ".join(page.extract_text() for page in read(data).pages).split())


def fonts_of(data):
    names = set()
    for page in read(data).pages:
        for font in page["/Resources"]["/Font"].values():
            names.add(font.get_object()["/BaseFont"].split("+")[-1])
    return names


def structure_of(data):
    """Every element of the tag tree."""
    waiting = [read(data).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting.extend(element)
        elif isinstance(element, dict):
            yield element
            if "/K" in element:
                waiting.append(element["/K"])


def alternative_texts(data):
    return [str(element["/Alt"]) for element in structure_of(data) if "/Alt" in element]


# All others have two; what does not fit on the list's own page goes on.
PAGES = {"short_list": 3, "long_list": 3, "own_words": 5}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_fills_exactly_its_letter_pages_in_our_fonts(name, as_pdf):
    data = as_pdf(name)

    pages = read(data).pages
    assert len(pages) == PAGES.get(name, 2)
    assert {tuple(map(float, page.mediabox[2:])) for page in pages} == {LETTER}
    assert all(font.startswith("Climatekit-Sans") for font in fonts_of(data))


@pytest.mark.parametrize("name", SAMPLES)
def test_no_lettering_of_a_brief_is_smaller_than_nine_points(name, as_pdf):
    size, text = find_smallest_type(as_pdf(name))

    assert size > 8.99, text


@pytest.mark.parametrize("name", SAMPLES)
def test_a_brief_and_its_web_twin_are_small_files(name, as_pdf, as_html):
    assert len(as_pdf(name)) <= 90_000
    assert len(as_html(name).encode()) <= 250_000


def test_most_briefs_are_laid_out_only_once(monkeypatch):
    laid_out = []

    def count(*args, **given):
        laid_out.append(given["fit"])
        return render_html(*args, **given)

    render_html = pdf_module.render_html
    monkeypatch.setattr(pdf_module, "render_html", count)

    for seed in range(8):
        render_pdf(random_brief(seed))

    assert len(laid_out) <= 10


@pytest.mark.parametrize("batch", range(6))
def test_sixty_random_schools_fill_exactly_two_pages_and_one_for_a_list(batch):
    for seed in range(batch * 10, batch * 10 + 10):
        brief = random_brief(seed)
        pages = 3 if has_question_page(brief) else 2
        assert len(read(render_pdf(brief)).pages) == pages, f"seed {seed}"


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_passes_all_rules_of_pdf_ua(name, as_pdf):
    report = page_validation.validate_pdf_bytes(as_pdf(name))

    assert [failure.message for failure in report.failures] == []
    assert report.rules.passed == report.rules.total


@pytest.mark.parametrize("name", ["usual", "all_withheld", "one_wave", "arabic_name", "nine_waves"])
def test_samples_read_out_well(name, as_pdf, tmp_path):
    path = tmp_path / "brief.pdf"
    path.write_bytes(as_pdf(name))

    result = outloud.check(str(path))

    assert result.error is None
    assert (result.errors, result.warnings) == (0, 0), result.findings


def test_title_language_author_and_date_are_the_briefs_own(as_pdf):
    reader = read(as_pdf("usual"))

    assert reader.metadata.title == "Maple Grove Middle School: school climate brief, Spring 2026"
    assert reader.metadata.author == "Riverbend Unified School District"
    assert reader.metadata["/CreationDate"].startswith("D:20260501")
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_header_cells_say_whether_they_head_a_column_or_a_row(as_pdf):
    heads = [element for element in structure_of(as_pdf("usual")) if element.get("/S") == "/TH"]

    scopes = [element["/A"]["/Scope"] for element in heads]
    assert scopes.count("/Column") == 7 + 5
    assert scopes.count("/Row") == 3 + 4


def test_the_line_at_the_foot_of_each_page_is_no_content(as_pdf):
    for page in read(as_pdf("usual")).pages:
        marked = re.findall(
            rb"/(\w+)\s<<[^>]*/Subtype /Footer[^>]*>>\sBDC", page.get_contents().get_data()
        )

        assert marked == [b"Artifact"] * 2


def test_text_holds_name_headline_verdicts_and_footers(as_pdf):
    text = text_of(as_pdf("six_rows"))

    assert "Willow Bend K–8 School" in text
    assert USUAL.headline in text
    for word in ("Rose", "Fell", "Too close to call", "Moved slightly", "Held steady"):
        assert word in text
    assert "Not compared" in text
    assert "Page 1 of 2" in text
    assert "Page 2 of 2" in text


def test_charts_speak_their_finding(as_pdf):
    told = alternative_texts(as_pdf("usual"))

    for panel in USUAL.panels:
        assert panel.alt in told
    assert all(told)


def test_equal_briefs_give_equal_bytes_in_another_process_too(as_pdf):
    script = (
        "import hashlib, runpy, sys\n"
        "samples = runpy.run_path(sys.argv[1])\n"
        "from climatekit.report.pdf import render_pdf\n"
        "print(hashlib.sha256(render_pdf(samples['USUAL'])).hexdigest())\n"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).with_name("samples.py"))],
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert render_pdf(USUAL) == as_pdf("usual")
    assert elsewhere.stdout.strip() == hashlib.sha256(as_pdf("usual")).hexdigest()


def test_hostile_strings_are_printed_and_nothing_is_fetched_or_embedded(monkeypatch):
    def refuse(*_):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    data = render_pdf(SAMPLES["hostile"]())

    assert "<script>alert(1)</script>" in text_of(data)
    assert "{{ 7*7 }}" in text_of(data)
    assert "/EmbeddedFiles" not in read(data).trailer["/Root"].get("/Names", {})


@pytest.mark.parametrize(
    "snippet",
    [
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<img src="file:///etc/hostname" alt="x">',
        '<svg role="img"><title>x</title><image href="http://127.0.0.1:9/x.svg"/></svg>',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<p style="background: url(http://127.0.0.1:9/x.png)">x</p>',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    ],
)
def test_a_template_that_asks_for_something_outside_is_refused(tmp_path, monkeypatch, snippet):
    def refuse(*_):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "notes.html.j2").write_text(snippet, encoding="utf-8")

    with pytest.raises(RenderError) as caught:
        render_pdf(USUAL, look=Look(templates=tmp_path))

    assert [problem.code for problem in caught.value.problems] == ["CK502"]


def test_a_style_sheet_that_asks_for_something_outside_is_refused(tmp_path):
    (tmp_path / "brief.css").write_text('@import "http://127.0.0.1:9/x.css";', encoding="utf-8")

    with pytest.raises(RenderError) as caught:
        render_pdf(USUAL, look=Look(templates=tmp_path))

    assert [problem.code for problem in caught.value.problems] == ["CK502"]


def test_every_printed_number_stands_in_the_brief():
    brief = SAMPLES["suppressed_middle"]()
    data = render_pdf(brief)
    ledger = {
        *re.findall(r"\d+", repr(brief)),
        "0",
        "20",
        "40",
        "60",
        "80",
        "100",
        "1",
        "2",
        "3",
        "4",
    }

    printed = re.findall(r"\d+", " ".join([text_of(data), *alternative_texts(data)]))

    assert set(printed) <= ledger


def test_a_hidden_wave_leaves_no_mark_where_its_score_would_stand():
    hidden = replace(USUAL.panels[0], points=trend(68, None, 74))
    shown = replace(USUAL.panels[0], points=trend(68, 73, 74))

    without = text_of(render_pdf(replace(USUAL, panels=(hidden,))))
    with_score = text_of(render_pdf(replace(USUAL, panels=(shown,))))

    assert "73" not in re.findall(r"\d+", without)
    assert "73" in re.findall(r"\d+", with_score)


@pytest.mark.parametrize("length", [400, 5000])
def test_absurdly_long_names_still_fit(length):
    brief = replace(USUAL, school="Saint Bartholomew " * (length // 18), district="D" * length)

    assert len(read(render_pdf(brief)).pages) == 2


def test_a_brief_that_cannot_fit_is_refused():
    brief = replace(USUAL, notes=tuple(replace(note, text=note.text * 12) for note in NOTES))

    with pytest.raises(RenderError) as caught:
        render_pdf(brief)

    assert [problem.code for problem in caught.value.problems] == ["CK503"]


def test_where_no_question_is_left_to_show_no_sentence_speaks_of_them():
    full = replace(USUAL, movers_note="Single questions move by chance.")

    tight, roomy = (trim(full, Fit(first=step)) for step in (STEPS, 0))

    assert (tight.movers, tight.movers_note) == ((), None)
    assert roomy.movers_note == full.movers_note
    assert trim(no_movers(), Fit(first=STEPS)).movers_note == no_movers().movers_note


def test_the_shipped_template_gives_no_warning(caplog):
    with caplog.at_level("WARNING"):
        render_pdf(USUAL)

    assert caplog.messages == []


def test_warnings_of_the_engine_are_handed_on(tmp_path, caplog):
    (tmp_path / "brief.css").write_text("p { nonsense: 1 }", encoding="utf-8")
    (tmp_path / "brief.html.j2").write_text(
        '<html lang="en"><title>x</title><body><p>a<div style="break-before: page" '
        'id="second-page">b',
        encoding="utf-8",
    )

    render_pdf(USUAL, look=Look(templates=tmp_path))

    assert any("nonsense" in message for message in caplog.messages)


def test_the_engine_is_there():
    assert check_pdf_engine() is None


def test_without_pango_the_mend_has_a_line_for_each_system(monkeypatch):
    import builtins

    real = builtins.__import__

    def without_weasyprint(name, *args, **kwargs):
        if name.partition(".")[0] == "weasyprint":
            print("a long banner")
            raise OSError("cannot load library 'libgobject-2.0-0'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_weasyprint)
    monkeypatch.setattr(pdf_module, "_start_engine", pdf_module._start_engine.__wrapped__)

    problem = check_pdf_engine()

    assert problem.code == "CK501"
    for part in (
        "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0",
        "dnf install pango",
        "brew install pango",
        "pacman -S mingw-w64-ucrt-x86_64-pango",
        "--format html",
    ):
        assert part in problem.mend
    with pytest.raises(RenderError):
        render_pdf(USUAL)


def test_the_engines_banner_is_not_printed(monkeypatch, capsys):
    test_without_pango_the_mend_has_a_line_for_each_system(monkeypatch)

    assert capsys.readouterr() == ("", "")


def test_every_measure_of_the_layout_is_used_and_none_is_missing():
    layout, code = load_layout(), inspect.getsource(height)
    named = set(re.findall(r'(?:texts|around)\["(\w+)"\]|_guess_table_row\("(\w+)"', code))

    assert {one or other for one, other in named} == {*layout.texts, *layout.around}
