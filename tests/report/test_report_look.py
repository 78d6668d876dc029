"""A district's own paper, colour, logo and templates."""

import struct
import zlib
from io import BytesIO

import outloud
import page as page_validation
import pytest
from pypdf import PdfReader
from report_samples import SAMPLES, USUAL

from climatekit.errors import DefinitionError
from climatekit.knowledge.settings import LookSettings
from climatekit.report.html import render_html
from climatekit.report.look import Look, measure_contrast, read_look
from climatekit.report.pdf import render_pdf

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" viewBox="0 0 60 20">'
    b'<rect width="60" height="20" fill="#246"/></svg>'
)


def make_png():
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x20\x40\x60" * 8 for _ in range(8))
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("sheet", ["brief", "staff"])
@pytest.mark.parametrize("name", ["usual", "nine_waves", "long_name", "all_withheld"])
def test_every_sample_fills_its_pages_on_a4_too(name, sheet):
    reader = PdfReader(BytesIO(render_pdf(SAMPLES[name](), sheet=sheet, look=Look(paper="a4"))))

    assert len(reader.pages) == (2 if sheet == "brief" else 1)
    sizes = {tuple(round(float(end)) for end in page.mediabox[2:]) for page in reader.pages}
    assert sizes == {(595, 842)}


@pytest.mark.parametrize("logo", [SVG, make_png()], ids=["svg", "png"])
def test_a_brief_with_a_logo_passes_every_rule_of_pdf_ua(logo, tmp_path):
    data = render_pdf(USUAL, look=Look(logo=logo, accent="#3b1f4a"))
    (tmp_path / "brief.pdf").write_bytes(data)

    report = page_validation.validate_pdf_bytes(data)
    assert [failure.message for failure in report.failures] == []
    result = outloud.check(str(tmp_path / "brief.pdf"))
    assert (result.errors, result.warnings) == (0, 0), result.findings


def test_logo_and_accent_stand_in_the_web_page_itself():
    page = render_html(USUAL, look=Look(logo=SVG, accent="#3b1f4a"))

    assert 'src="data:image/svg+xml;base64,' in page
    assert f'alt="{USUAL.district}"' in page
    assert "#3b1f4a" in page
    assert "#12304f" not in page


def test_the_usual_look_has_no_empty_place_for_a_logo():
    assert 'class="logo"' not in render_html(USUAL)


@pytest.mark.parametrize(
    ("one", "other", "contrast"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#12304f", "#12304f", 1.0)],
)
def test_contrast_is_that_of_wcag(one, other, contrast):
    assert measure_contrast(one, other) == pytest.approx(contrast, abs=0.005)
    assert measure_contrast(other, one) == pytest.approx(contrast, abs=0.005)


def test_a_light_accent_and_a_bad_logo_are_refused_at_once(tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_bytes(b'<!DOCTYPE s [<!ENTITY a "aaaa">]><svg>&a;</svg>')

    with pytest.raises(DefinitionError) as caught:
        read_look(LookSettings(accent="#9cc3e6", logo=logo))

    assert [problem.code for problem in caught.value.problems] == ["CK441", "CK442"]


@pytest.mark.parametrize("content", [b"GIF89a", b"", b"<html></html>", b"<svg" + b" " * 300_000])
def test_only_small_svg_and_png_files_are_logos(tmp_path, content):
    logo = tmp_path / "logo"
    logo.write_bytes(content)

    with pytest.raises(DefinitionError):
        read_look(LookSettings(logo=logo))


def test_a_folder_in_a_logos_place_is_refused_as_a_wrong_logo(tmp_path):
    with pytest.raises(DefinitionError) as caught:
        read_look(LookSettings(logo=tmp_path))

    assert [problem.code for problem in caught.value.problems] == ["CK442"]


@pytest.mark.parametrize(
    ("snippet", "word"),
    [
        ("{{ brief.hedline }}", "hedline"),
        ("{{ brief.__class__.__mro__ }}", "__class__"),
        ("{% for x in brief.panels %}", "for"),
    ],
)
def test_a_broken_template_is_told_by_file_line_and_name(tmp_path, snippet, word):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "headline.html.j2").write_text(f"<p>\n{snippet}</p>", encoding="utf-8")

    with pytest.raises(DefinitionError) as caught:
        render_html(USUAL, look=Look(templates=tmp_path))

    (problem,) = caught.value.problems
    assert problem.file.endswith("headline.html.j2")
    assert problem.line in (2, 3)
    assert word in problem.message
