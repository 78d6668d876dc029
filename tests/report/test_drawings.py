"""Drawings measured: a PDF's paths tell what the web page's do, and nothing that is not printed."""

import pytest

from climatekit.report.pdf import print_page
from climatekit.run.audit.drawings import Number, measure_drawing
from climatekit.run.audit.page_reader import read_pdf, read_web_page


def measure(page):
    return [told for drawing in page.drawings if (told := list(measure_drawing(drawing)))]


@pytest.mark.parametrize("name", ["usual", "nine_waves", "suppressed_middle", "short_list"])
def test_the_paths_of_a_pdf_tell_what_the_drawings_of_the_web_page_do(as_pdf, as_html, name):
    printed, shown = measure(read_pdf(as_pdf(name))), measure(read_web_page(as_html(name)))

    assert len(printed) > 5
    assert [set(one) for one in printed] == [set(one) for one in shown]


def test_a_mark_in_a_pdf_that_stands_beside_its_printed_number_is_found():
    axis = "".join(f'<path d="M28 {y}L180 {y}" stroke="#000"/>' for y in (10, 43.3, 76.7, 110))
    drawn = '<path d="M36 60L90 61.9" stroke="#000"/><circle cx="90" cy="60" r="4"/>'
    page = (
        '<html lang="en"><head><title>t</title></head><body><svg xmlns="http://www.w3.org/2000/svg"'
        f' width="222" height="150" role="img"><title>t</title>{axis}{drawn}</svg></body></html>'
    )

    (told,) = measure(read_pdf(print_page(page, {}, "")))

    assert Number("whole", 70.0) in told
    assert Number("whole", 68.86) in told
