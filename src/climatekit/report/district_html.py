"""District HTML: lay the district's page out, as a file that stands alone or for the PDF."""

from __future__ import annotations

import hashlib
import itertools
from base64 import b64encode
from functools import partial

from jinja2 import TemplateError
from markupsafe import Markup

from climatekit.errors import DefinitionError
from climatekit.knowledge.wording import Messages, load_messages
from climatekit.release.released import Released, require_released
from climatekit.report import marks, trend
from climatekit.report.amounts import write_shown
from climatekit.report.brief import Shown
from climatekit.report.district_builder import write_signed_points
from climatekit.report.district_page import DistrictPage, LevelCount, SchoolCell
from climatekit.report.environment import (
    FILLING_ERRORS,
    explain_template_error,
    open_environment,
    read_page_style,
    read_template_file,
)
from climatekit.report.fonts import choose_cuts, write_data_address, write_font_faces
from climatekit.report.html import Mode, show_logo, take_out
from climatekit.report.look import Look
from climatekit.report.strings import clean_fields
from climatekit.report.svg import BLUE, GREY, HAIR, write_dot, write_line, write_rect, write_svg

_KIND = "district_page"
_SPARK_WIDTH, _SPARK_HEIGHT = 54, 16
_BAR_WIDTH, _BAR_HEIGHT = 90, 12
# On paper the rows of a larger district are text alone: a third of the time, fewer pages.
_MOST_DRAWN = 100


def load_district_messages(language: str) -> Messages:
    """Return the messages that only the district's page uses."""
    return load_messages(language).under("district")


def render_district_html(
    page: DistrictPage,
    *,
    mode: Mode = "html",
    link: str = "",
    look: Look | None = None,
    images: dict[str, bytes] | None = None,
) -> str:
    """Return the district's page as one file of HTML that calls nowhere.

    Parameters
    ----------
    page : DistrictPage
    mode : {"html", "pdf"}
        ``html`` holds style, fonts and the script that searches and sorts; without the
        script it is a plain table.
    link : str
        Ending of the briefs' files that the schools' names lead to, such as ``.html``;
        empty for no links.
    look, images
        As for `render_html` of the brief.

    Raises
    ------
    DefinitionError
        If a template cannot be read or filled (CK461).
    """
    look = look or Look()
    clean = require_released(clean_fields(page))
    messages = load_messages(clean.language)
    words = load_district_messages(clean.language)
    try:
        template = open_environment(_KIND, look.templates).get_template("page.html.j2")
        script = read_template_file(_KIND, "page.js", look.templates)
        style = ""
        if mode == "html":
            faces = write_font_faces(choose_cuts(repr(clean)), write_data_address)
            style = read_district_style(look) + faces
        drawn = draw_district(clean, messages, words)
        return template.render(
            page=clean,
            charts=drawn if images is None else take_out(drawn, images),
            say=messages.say,
            word=words.say,
            shown=partial(write_shown, messages=messages),
            signed_points=partial(write_signed_points, messages=messages),
            logo=show_logo(look, page.district, images),
            css=Markup(style),  # noqa: S704 - our own style sheet, no data in it
            script=Markup(script),  # noqa: S704 - our own script, no data in it
            script_hash=hash_script(script),
            mode=mode,
            plain=mode == "pdf" and len(page.schools) > _MOST_DRAWN,
            link=link,
        )
    except (TemplateError, *FILLING_ERRORS) as error:
        raise DefinitionError(explain_template_error(error, _KIND, "page.html.j2")) from error


def read_district_style(look: Look | None = None) -> str:
    """Return the style sheet of the district's page, without the rules for its fonts."""
    look = look or Look()
    return look.dress(read_page_style(_KIND, look.templates))


def hash_script(script: str) -> str:
    """Return what a Content-Security-Policy names an inline script by."""
    return f"sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode('ascii')}"


def draw_district(page: DistrictPage, messages: Messages, words: Messages) -> dict[str, Markup]:
    """Return every drawing of the page by name, as SVG that may stand in HTML as it is.

    Names are ``level.<level>``, ``trend.<construct>``, ``spark.<school>.<score>`` and
    ``symbol.<verdict>``.
    """
    axis = trend.choose_axis(page.panels)
    width = trend.choose_width(page.panels)
    most = max((one.evidenced for one in page.levels), default=0)
    drawn = {
        f"level.{one.level}": _draw_level(one, most, words.say("use.bar", share=one.share))
        for one in page.levels
    }
    for panel in page.panels:
        drawn[f"trend.{panel.construct}"] = trend.draw_trend(
            panel, axis=axis, say=messages.say, width=width, height=150
        )
    titles = {panel.score: panel.title for panel in page.panels}
    for row in page.schools:
        for cell in row.cells:
            drawn[f"spark.{row.school}.{cell.score}"] = _draw_spark(
                cell, titles[cell.score], messages, words
            )
            name = _name_symbol(cell)
            drawn.setdefault(
                f"symbol.{cell.verdict}",
                marks.draw_symbol(name, cell.verdict, title=messages.say(f"labels.symbol.{name}")),
            )
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - charts escape


def _name_symbol(cell: SchoolCell) -> str:
    # A slight move is told by its word; its direction is in the school's own brief.
    name = "unclear" if cell.symbol == "slight" else cell.symbol
    return name if name in marks.SYMBOLS else "none"


def _draw_level(level: LevelCount, most: int, title: str) -> str:
    # A whole percent of the longest bar: a drawing says nothing more exactly than a text.
    full = _BAR_WIDTH * round(100 * level.evidenced / max(most, 1)) / 100
    parts = [
        write_rect(0, 0, _BAR_WIDTH, _BAR_HEIGHT, fill=HAIR),
        write_rect(0, 0, full, _BAR_HEIGHT, fill=BLUE),
    ]
    return write_svg(_BAR_WIDTH, _BAR_HEIGHT, title, parts, lettered=False)


def _draw_spark(cell: SchoolCell, title: str, messages: Messages, words: Messages) -> str:
    """Draw one school's score over the waves, 0 at the bottom and 100 at the top."""
    told = [write_shown(one, messages) or words.say("table.not_shown") for one in cell.history]
    finding = words.say("table.history", title=title, values=", ".join(told))
    drawing = _draw_history(cell.history)
    return write_svg(_SPARK_WIDTH, _SPARK_HEIGHT, finding, drawing, lettered=False)


def _draw_history(history: tuple[Shown, ...]) -> list[str]:
    step = (_SPARK_WIDTH - 8) / max(len(history) - 1, 1)
    places = [
        (4 + step * place, 2 + (_SPARK_HEIGHT - 4) * (1 - one.value / 100))
        if isinstance(one, Released)
        else None
        for place, one in enumerate(history)
    ]
    parts = [write_line([(0, _SPARK_HEIGHT - 1), (_SPARK_WIDTH, _SPARK_HEIGHT - 1)], HAIR, 1)]
    parts += [
        write_line([one, other], GREY, 1.2)
        for one, other in itertools.pairwise(places)
        if one is not None and other is not None
    ]
    parts += [
        write_dot(*one, 2.6 if place == len(places) - 1 else 1.5, fill=BLUE)
        for place, one in enumerate(places)
        if one is not None
    ]
    return parts
