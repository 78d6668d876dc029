"""Technical note: every definition, count, interval, setting and version, as a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import TemplateError
from markupsafe import Markup

from climatekit.errors import DefinitionError
from climatekit.knowledge.wording import load_messages
from climatekit.release.released import require_released
from climatekit.report.environment import (
    FILLING_ERRORS,
    explain_template_error,
    open_environment,
    read_page_style,
)
from climatekit.report.fonts import choose_cuts, write_data_address, write_font_faces
from climatekit.report.html import Mode, show_logo
from climatekit.report.look import Look
from climatekit.report.pdf import print_page
from climatekit.report.strings import clean_fields

_KIND = "technical_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSection:
    """One section: paragraphs, then a table; `kind` names its style."""

    title: str
    kind: str
    texts: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalNote:
    """The technical note of one release: for whoever checks the numbers.

    `english` holds texts within a note of another language that are in English, as the
    sources of a scale.
    """

    language: str
    kind: str
    title: str
    description: str
    district: str
    wave_label: str
    created: str
    lead: str
    sections: tuple[NoteSection, ...]
    footer: str
    english: tuple[str, ...] = ()


def render_note_html(
    note: TechnicalNote,
    *,
    mode: Mode = "html",
    look: Look | None = None,
    images: dict[str, bytes] | None = None,
) -> str:
    """Return the note as one page of HTML; parameters as for `render_html` of the brief.

    Raises
    ------
    DefinitionError
        If the template cannot be filled (CK461).
    """
    look = look or Look()
    clean = require_released(clean_fields(note))
    try:
        template = open_environment(_KIND).get_template("page.html.j2")
        style = ""
        if mode == "html":
            faces = write_font_faces(choose_cuts(repr(clean)), write_data_address)
            style = _read_style(look) + faces
        return template.render(
            note=clean,
            say=load_messages(clean.language).under("technical").say,
            mode=mode,
            logo=show_logo(look, clean.district, images),
            css=Markup(style),  # noqa: S704 - our own style sheet, no data in it
        )
    except (TemplateError, *FILLING_ERRORS) as error:
        raise DefinitionError(explain_template_error(error, _KIND, "page.html.j2")) from error


def render_note_pdf(note: TechnicalNote, look: Look | None = None) -> bytes:
    """Return the note as a tagged PDF.

    Raises
    ------
    RenderError
        If the PDF engine is missing (CK501).
    """
    look = look or Look()
    images: dict[str, bytes] = {}
    text = render_note_html(note, mode="pdf", look=look, images=images)
    return print_page(text, images, _read_style(look))


def write_rows(rows: Sequence[Sequence[object]]) -> tuple[tuple[str, ...], ...]:
    """Return table rows as text; an empty cell stays empty."""
    return tuple(tuple("" if cell is None else str(cell) for cell in row) for row in rows)


def _read_style(look: Look) -> str:
    return look.dress(read_page_style(_KIND))
