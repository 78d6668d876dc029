"""HTML: lay a brief out as one page, for the PDF engine or as a file that stands alone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Literal
from urllib.parse import quote

from jinja2 import TemplateError
from markupsafe import Markup, escape

from climatekit.errors import DefinitionError
from climatekit.knowledge.wording import Messages, load_messages
from climatekit.release.released import Released, require_released
from climatekit.report import charts, marks, trend
from climatekit.report.amounts import write_move, write_shown, write_tight
from climatekit.report.brief import Brief, ChangeRow, QuestionRow
from climatekit.report.columns import QuestionTable, has_question_page, set_columns
from climatekit.report.environment import (
    FILLING_ERRORS,
    explain_template_error,
    open_environment,
    read_template_file,
)
from climatekit.report.fit import LISTS, Fit, choose_chart_height, trim
from climatekit.report.fonts import choose_cuts, write_data_address, write_font_faces
from climatekit.report.look import Look
from climatekit.report.strings import clean_fields

Mode = Literal["html", "pdf"]
Sheet = Literal["brief", "staff"]
CHART_SCHEME = "climatekit-chart:"
SHARE_WIDTH, LIST_WIDTHS = 84, {1: 164, 2: 74}  # pixels; the list by its columns
_KIND = "school_brief"


def render_html(
    brief: Brief,
    *,
    mode: Mode = "html",
    sheet: Sheet = "brief",
    look: Look | None = None,
    fit: Fit | None = None,
    images: dict[str, bytes] | None = None,
) -> str:
    """Return a brief as one HTML page.

    Parameters
    ----------
    brief : Brief
        Released numbers and finished sentences; the template sees nothing else.
    mode : {"html", "pdf"}
        ``html`` is a single file that calls nowhere: style and fonts are inside.
        ``pdf`` leaves both to the PDF engine.
    sheet : {"brief", "staff"}
        The school's brief, or the one page that can be handed to everybody on its staff.
    look : Look, optional
        Paper, accent, logo, and a folder whose files (``brief.html.j2``, ``parts/…``,
        ``brief.css``) replace the shipped ones.
    fit : Fit, optional
        How tightly each page is set; the PDF engine tries one after another.
    images : dict of str to bytes, optional
        When given, drawings are not written into the page but put here by address, which
        the PDF engine reads faster.

    Raises
    ------
    DefinitionError
        If a template cannot be read or filled (CK461).
    """
    fit, look = fit or Fit(), look or Look()
    clean = require_released(clean_fields(brief))
    messages = load_messages(clean.language)
    printed = trim(clean, fit) if mode == "pdf" else clean
    if sheet == "staff":
        # The charts may stand taller.
        printed = replace(printed, movers=(), changes=(), questions=None)
    style = ""
    try:
        environment = open_environment(_KIND, look.templates)
        template = environment.get_template(f"{sheet}.html.j2")
        columns = LISTS[fit.third].columns if mode == "pdf" else 1
        drawn = draw_charts(
            printed,
            messages,
            chart_height=choose_chart_height(printed, fit),
            list_width=LIST_WIDTHS[columns],
        )
        if fit.lines:
            drawn["lines"] = draw_lines(fit.lines, messages)
        if mode == "html":
            faces = write_font_faces(choose_cuts(repr(printed)), write_data_address)
            style = read_style(look) + faces
        return template.render(
            brief=printed,
            charts=drawn if images is None else take_out(drawn, images),
            axis=trend.choose_axis(printed.panels),
            say=messages.say,
            shown=partial(write_shown, messages=messages),
            move=partial(write_move, messages=messages),
            tight=partial(write_tight, messages=messages),
            lists=set_lists(printed, mode, columns),
            share=name_share,
            logo=show_logo(look, brief.district, images),
            css=Markup(style),  # noqa: S704 - our own style sheet, no data in it
            mode=mode,
            fit=fit,
        )
    except (TemplateError, *FILLING_ERRORS) as error:
        raise DefinitionError(explain_template_error(error, _KIND, f"{sheet}.html.j2")) from error


def set_lists(brief: Brief, mode: Mode, columns: int) -> tuple[tuple[QuestionTable, ...], ...]:
    """Return the columns of the list of questions; none where it is not printed."""
    if brief.questions is None or not (mode == "html" or has_question_page(brief)):
        return ()
    return set_columns(brief.questions.groups, columns)


def name_share(row: QuestionRow, *, listed: bool) -> str:
    """Return the name of a question's bar; questions answered alike share one drawing.

    In the list a ring marks the share of last time; among the highest and lowest none does.
    """
    ring = f".{row.before.text}" if row.before else ""
    return f"listed.{row.after.text}{ring}" if listed else f"share.{row.after.text}"


def read_style(look: Look | None = None) -> str:
    """Return the style sheet of the brief, without the rules for its fonts."""
    look = look or Look()
    return look.dress(read_template_file(_KIND, "brief.css", look.templates))


def draw_charts(
    brief: Brief, messages: Messages, *, chart_height: int, list_width: int
) -> dict[str, Markup]:
    """Return every drawing of the brief by name, as SVG that may stand in HTML as it is.

    Names are ``response``, ``trend.<construct>``, ``light.<construct>``,
    ``change.<score>``, ``mover.<item>``, ``share.<percent>``,
    ``listed.<percent>``, ``mark.<indicator>`` and
    ``key.<kind>``.
    """
    say = messages.say
    axis = trend.choose_axis(brief.panels)
    width = trend.choose_width(brief.panels)
    drawn = {"response": _draw_response(brief, messages)}
    for panel in brief.panels:
        drawn[f"trend.{panel.construct}"] = trend.draw_trend(
            panel, axis=axis, say=say, width=width, height=chart_height
        )
        light = panel.reliability if panel.reliability in marks.LIGHTS else "unknown"
        drawn[f"light.{panel.construct}"] = marks.draw_light(
            light, title=say(f"labels.light.{light}")
        )
    for row in brief.changes:
        name = _name_symbol(row)
        drawn[f"change.{row.score}"] = marks.draw_symbol(
            name, row.verdict, title=say(f"labels.symbol.{name}")
        )
    for mover in brief.movers:
        drawn[f"mover.{mover.item}"] = charts.draw_mover(
            mover,
            title=say(
                "labels.mover_alt",
                before=write_shown(mover.before, messages),
                after=write_shown(mover.after, messages),
            ),
        )
    drawn |= _draw_shares(brief, messages, list_width)
    for evidence in brief.data_use.evidence if brief.data_use else ():
        mark = evidence.mark if evidence.mark in marks.MARKS else "none"
        drawn[f"mark.{evidence.indicator}"] = marks.draw_mark(
            mark, title=say(f"labels.mark.{mark}")
        )
    for kind in marks.KEYS:
        drawn[f"key.{kind}"] = marks.draw_key(kind, title=say(f"labels.key_{kind}_alt"))
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - charts escape


def show_logo(look: Look, district: str, images: dict[str, bytes] | None) -> Markup:
    """Return the element that shows the district's logo; empty where there is none."""
    if not look.logo:
        return Markup()
    if images is None:
        code = b64encode(look.logo).decode("ascii")
        address = f"data:{look.logo_type};base64,{code}"
    else:
        address = f"{CHART_SCHEME}logo"
        images[address] = look.logo
    return Markup('<p class="logo"><img src="{}" alt="{}"/></p>').format(address, district)


def take_out(drawn: Mapping[str, Markup], images: dict[str, bytes]) -> dict[str, Markup]:
    """Return an element for each drawing that shows it by address, its finding with it."""
    shown = {}
    for name, svg in drawn.items():
        # A school's id may hold blanks and accents; the PDF engine writes addresses out.
        address = f"{CHART_SCHEME}{quote(name, safe='.')}"
        images[address] = svg.encode()
        title = svg.partition("<title>")[2].partition("</title>")[0]  # escaped already
        shown[name] = Markup(f'<img src="{escape(address)}" alt="{title}"/>')  # noqa: S704
    return shown


def _draw_response(brief: Brief, messages: Messages) -> str:
    say, who = messages.say, brief.participation
    if isinstance(who.rate, Released):
        rate = write_shown(who.rate, messages)
        title = say("labels.response_alt", rate=rate, floor=who.floor)
    else:
        title = say("labels.response_hidden_alt")
    return charts.draw_response(who, title=title, label=say("labels.floor", floor=who.floor))


def _draw_shares(brief: Brief, messages: Messages, list_width: int) -> dict[str, str]:
    if brief.questions is None:
        return {}
    asked, drawn = brief.questions, {}
    told = [(row, True) for group in asked.groups for row in group.rows]
    told += [(replace(row, before=None), False) for row in (*asked.highest, *asked.lowest)]
    for row, listed in told:
        name, after = name_share(row, listed=listed), write_shown(row.after, messages)
        if name in drawn:
            continue
        title = messages.say("labels.share_alt", after=after)
        if row.before is not None:
            before = write_shown(row.before, messages)
            title = messages.say("labels.mover_alt", before=before, after=after)
        width = list_width if listed else SHARE_WIDTH
        drawn[name] = charts.draw_share(row, title=title, width=width)
    return drawn


def draw_lines(lines: int, messages: Messages) -> Markup:
    """Return lines to write on, in print."""
    svg = charts.draw_lines(lines, title=messages.say("labels.own_notes_alt"))
    return Markup(svg)  # noqa: S704 - charts escape


def _name_symbol(row: ChangeRow) -> str:
    """Return the drawn symbol's name; a slight move points the way its number goes."""
    if row.symbol == "slight":
        down = isinstance(row.difference, Released) and row.difference.value < 0
        return "slight_down" if down else "slight_up"
    return row.symbol if row.symbol in marks.SYMBOLS else "none"
