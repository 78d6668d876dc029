"""District files: the district's page as a web page, a PDF and data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from climatekit.report.district_builder import DistrictContext, build_district_page
from climatekit.report.district_html import (
    load_district_messages,
    read_district_style,
    render_district_html,
)
from climatekit.report.district_page import DistrictPage
from climatekit.report.look import Look
from climatekit.report.pdf import check_pdf_engine, print_page
from climatekit.run.study import Study, make_brief_context
from climatekit.run.tables.district_table import pool_released_changes
from climatekit.run.workshop.rendering import to_json

PARTS = ("html", "pdf", "json")
_LINKED = ("html", "pdf")


def build_page(
    study: Study, files: Mapping[str, str], *, language: str | None = None
) -> DistrictPage:
    """Return the district's page of a study.

    Parameters
    ----------
    study : Study
    files : mapping of str to str
        School id to the file name of its brief, without ending; none where there is no
        brief to lead to.
    language : str, optional
        The settings' own where none is given.
    """
    context = make_brief_context(study, language)
    return build_district_page(
        DistrictContext(
            brief=context,
            words=load_district_messages(context.messages.language),
            names=study.names,
            files=files,
            ratings=study.ratings,
            pooled=pool_released_changes(study),
            rubric=study.rubric,
        )
    )


def render_district(
    page: DistrictPage,
    formats: Sequence[str],
    look: Look | None = None,
    *,
    name: str = "district",
    parts: Collection[str] = PARTS,
) -> dict[str, bytes]:
    """Return the files of the district's page: ``district.html``, ``.pdf`` and ``.json``.

    Parameters
    ----------
    page : DistrictPage
    formats : sequence of {"pdf", "html", "json", "staff"}
        The forms of the briefs; the names of schools lead to the web briefs, or to the
        PDFs where there are no others. A PDF only with a PDF engine.
    look : Look, optional
    name : str
        Of the files, without ending.
    parts : collection of {"html", "pdf", "json"}
        Which of these files to make; all of them when not given.
    """
    made: dict[str, bytes] = {}
    if "html" in parts:
        link = next((f".{form}" for form in _LINKED if form in formats), "")
        made[f"{name}.html"] = render_district_html(page, link=link, look=look).encode()
    if "pdf" in parts and "pdf" in formats and check_pdf_engine() is None:
        images: dict[str, bytes] = {}
        text = render_district_html(page, mode="pdf", look=look, images=images)
        made[f"{name}.pdf"] = print_page(text, images, read_district_style(look))
    if "json" in parts and "json" in formats:
        made[f"{name}.json"] = to_json(page)
    return made
