"""The one-page sheet that is handed to everybody on the staff."""

from dataclasses import replace
from io import BytesIO

import outloud
import page as page_validation
import pytest
from printed_pages import find_smallest_type
from pypdf import PdfReader
from report_samples import SAMPLES, USUAL, random_brief

from climatekit.report.html import render_html
from climatekit.report.pdf import render_pdf
from climatekit.run.workshop.rendering import Job, make_files


def text_of(data):
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).split()
    )


@pytest.fixture(scope="module", params=SAMPLES)
def sheet(request):
    return render_pdf(SAMPLES[request.param](), sheet="staff")


def test_every_sample_fills_one_page_that_two_validators_pass(sheet, tmp_path):
    path = tmp_path / "staff.pdf"
    path.write_bytes(sheet)

    assert len(PdfReader(BytesIO(sheet)).pages) == 1
    assert find_smallest_type(sheet)[0] > 8.99
    report = page_validation.validate_pdf_bytes(sheet)
    assert [failure.message for failure in report.failures] == []
    assert report.rules.passed == report.rules.total
    result = outloud.check(str(path))
    # The hostile sample's own text prints addresses, which outloud would have as links.
    told = [one for one in result.findings if one.rule != "LNK-010"]
    assert not [one for one in told if one.severity in ("error", "warning")], told


@pytest.mark.parametrize("seed", range(20))
def test_random_schools_fill_one_page(seed):
    data = render_pdf(random_brief(seed), sheet="staff")

    assert len(PdfReader(BytesIO(data)).pages) == 1


def test_it_tells_the_message_and_the_promise_and_no_single_question():
    brief = USUAL
    told = text_of(render_pdf(brief, sheet="staff"))

    assert brief.headline in told
    assert all(panel.title in told for panel in brief.panels)
    assert all(prompt in told for prompt in brief.prompts)
    assert "nobody will be asked how they answered" in told
    assert not [row.label for row in brief.movers if row.label in told]
    assert brief.data_use.headline not in told


def test_it_is_told_in_the_brief_s_language():
    page = render_html(replace(USUAL, language="es"), sheet="staff")

    assert "Para todo el personal" in page
    assert 'lang="es"' in page


def test_the_sheet_is_a_file_beside_the_brief():
    made = make_files(Job(USUAL, "maple-00000000", ("staff",)))

    assert list(made.files) == ["maple-00000000.staff.pdf"]


def test_without_a_pdf_engine_the_sheet_is_a_web_page(monkeypatch):
    monkeypatch.setattr("climatekit.run.workshop.rendering.check_pdf_engine", lambda: "missing")

    made = make_files(Job(USUAL, "maple-00000000", ("staff",)))

    assert list(made.files) == ["maple-00000000.staff.html"]
