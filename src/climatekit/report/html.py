"""HTML: lay a brief out as one page, for the PDF engine or as a file that stands alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup, escape

from climatekit.errors import DefinitionError, Problem
from climatekit.knowledge.resources import shipped
from climatekit.knowledge.wording import Messages, load_messages
from climatekit.release.released import Released
from climatekit.report import charts, marks, trend
from climatekit.report.amounts import write_move, write_shown
from climatekit.report.brief import Brief, ChangeRow, Panel, Shown
from climatekit.report.fit import LONGEST_NAME, Fit, choose_chart_height, trim
from climatekit.report.fonts import choose_cuts, write_data_address, write_font_faces
from climatekit.report.strings import capitalize_first, clean_fields, find_direction, shorten_text

Mode = Literal["html", "pdf"]
Sheet = Literal["brief", "staff"]
CHART_SCHEME = "climatekit-chart:"
MINUS = "\N{MINUS SIGN}"

# What a template can raise while it is filled, besides Jinja's own errors.
_FILLING_ERRORS = (TypeError, ValueError, LookupError, AttributeError)


def render_html(
    brief: Brief,
    *,
    mode: Mode = "html",
    sheet: Sheet = "brief",
    template_folder: Path | None = None,
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
    template_folder : Path, optional
        Files here (``brief.html.j2``, ``parts/…``, ``brief.css``) replace the shipped ones.
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
    fit = fit or Fit()
    clean = clean_fields(brief)
    messages = load_messages(clean.language)
    printed = trim(clean, fit) if mode == "pdf" else clean
    if sheet == "staff":
        printed = replace(printed, movers=(), changes=())  # the charts may stand taller
    style = ""
    try:
        template = _environment(template_folder).get_template(f"{sheet}.html.j2")
        drawn = draw_charts(printed, messages, chart_height=choose_chart_height(printed, fit))
        if mode == "html":
            faces = write_font_faces(choose_cuts(repr(printed)), write_data_address)
            style = read_style(template_folder) + faces
        return template.render(
            brief=printed,
            charts=drawn if images is None else _take_out(drawn, images),
            axis=trend.choose_axis(printed.panels),
            say=messages.say,
            shown=partial(write_shown, messages=messages),
            move=partial(write_move, messages=messages),
            css=Markup(style),  # noqa: S704 - our own style sheet, no data in it
            mode=mode,
            fit=fit,
        )
    except (TemplateError, UnicodeDecodeError, *_FILLING_ERRORS) as error:
        raise DefinitionError(_template_problem(error)) from error


def read_style(template_folder: Path | None = None) -> str:
    """Return the style sheet of the brief, without the rules for its fonts."""
    environment = _environment(template_folder)
    if environment.loader is None:  # pragma: no cover - the loader is set above
        return ""
    return environment.loader.get_source(environment, "brief.css")[0]


def draw_charts(brief: Brief, messages: Messages, *, chart_height: int) -> dict[str, Markup]:
    """Return every drawing of the brief by name, as SVG that may stand in HTML as it is.

    Names are ``response``, ``trend.<construct>``, ``light.<construct>``,
    ``change.<score>``, ``mover.<item>``, ``mark.<indicator>`` and ``key.<kind>``.
    """
    say = messages.say
    axis = trend.choose_axis(brief.panels)
    width = {1: 706, 2: 336}.get(len(brief.panels), 222)
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
    for evidence in brief.data_use.evidence if brief.data_use else ():
        mark = evidence.mark if evidence.mark in marks.MARKS else "none"
        drawn[f"mark.{evidence.indicator}"] = marks.draw_mark(
            mark, title=say(f"labels.mark.{mark}")
        )
    for kind in marks.KEYS:
        drawn[f"key.{kind}"] = marks.draw_key(kind, title=say(f"labels.key_{kind}_alt"))
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - charts escape


def _take_out(drawn: Mapping[str, Markup], images: dict[str, bytes]) -> dict[str, Markup]:
    """Return an element for each drawing that shows it by address, its finding with it."""
    shown = {}
    for name, svg in drawn.items():
        address = f"{CHART_SCHEME}{name}"
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


def _name_symbol(row: ChangeRow) -> str:
    """Return the drawn symbol's name; a slight move points the way its number goes."""
    if row.symbol in ("slight", "△", "▽"):
        down = row.symbol == "▽" or (
            isinstance(row.difference, Released) and row.difference.value < 0
        )
        return "slight_down" if down else "slight_up"
    name = marks.SYMBOL_NAMES.get(row.symbol, row.symbol)
    return name if name in marks.SYMBOLS else "none"


def write_signed(shown: Shown | None) -> str:
    """Return a released difference with its sign, a true minus; empty if there is none."""
    if not isinstance(shown, Released):
        return ""
    text = shown.text.replace("-", MINUS)
    if shown.value > 0 and text[:1].isdigit():
        return f"+{text}"
    return text


def write_end(value: float) -> str:
    """Return one end of a difference's interval as a signed whole number."""
    return f"{value:+.0f}".replace("-", MINUS) if round(value) else "0"


def show_any(panels: Iterable[Panel]) -> bool:
    """Return whether any panel has a score that is shown."""
    return any(isinstance(point.score, Released) for panel in panels for point in panel.points)


def count_waves(panels: Iterable[Panel]) -> int:
    """Return how many waves the longest panel shows."""
    return max((len(panel.points) for panel in panels), default=0)


def drop_opening(sentence: str, word: str) -> str:
    """Return what of `sentence` is printed after the verdict `word` that it may begin with."""
    if sentence[: len(word)].casefold() == word.casefold():
        return sentence[len(word) :]
    return f" {sentence}"


@cache
def _environment(template_folder: Path | None) -> Environment:
    folders = [shipped("report_templates") / "school_brief"]
    if template_folder is not None:
        folders.insert(0, template_folder)
    environment = Environment(
        loader=FileSystemLoader(folders, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "direction": find_direction,
        "name": lambda text: shorten_text(text, LONGEST_NAME),
        "shorten": shorten_text,
        "signed": write_signed,
        "end": write_end,
        "some_shown": show_any,
        "count_waves": count_waves,
        "opening": capitalize_first,
        "without_opening": drop_opening,
    }
    environment.tests |= {"released": lambda shown: isinstance(shown, Released)}
    return environment


def _template_problem(error: Exception) -> Problem:
    # Only Jinja's own messages are free of the brief's content.
    reason = error.message if isinstance(error, TemplateError) else None
    return Problem(
        code="CK461",
        message=f"the brief's template cannot be filled: {reason or type(error).__name__}",
        file=getattr(error, "name", None) or "brief.html.j2",
        line=getattr(error, "lineno", None),
        mend="compare your template with the shipped one in report_templates/school_brief",
    )
