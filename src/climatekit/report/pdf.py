"""PDF: one brief as a tagged PDF of its exact number of pages; the only door to WeasyPrint."""

from __future__ import annotations

import contextlib
import io
import logging
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from climatekit.errors import Problem, RenderError
from climatekit.knowledge.resources import shipped
from climatekit.report.brief import Brief
from climatekit.report.fit import POINTS_A_PIXEL, Fit, choose_chart_height, grow_charts, tighten
from climatekit.report.fonts import CUTS, FontCut, unpack_font, write_font_faces
from climatekit.report.height import choose_list, fill_list, guess_heights
from climatekit.report.html import Sheet, read_style, render_html
from climatekit.report.look import Look
from climatekit.report.pango import write_engine
from climatekit.report.pdf_tags import finish_tags

PAGES: Mapping[Sheet, int] = {"brief": 2, "staff": 1}
SECOND_PAGE, THIRD_PAGE = "second-page", "third-page"  # ids of what begins them
FONT_SCHEME = "climatekit-font:"
# Points from the first page's top, and the second's margin, to where the pages' foot begins.
ROOMS: Mapping[str, tuple[float, float]] = {"letter": (748.0, 712.0), "a4": (798.0, 762.0)}

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())


def render_pdf(brief: Brief, *, sheet: Sheet = "brief", look: Look | None = None) -> bytes:
    """Return a brief as a tagged PDF (PDF/UA-1): two pages, or one for the staff.

    A list of many questions follows on a third page, or on as many as it needs.

    Equal briefs give equal bytes: no clock is read, the date is the brief's own.

    Parameters
    ----------
    brief : Brief
    sheet : {"brief", "staff"}
        As for `render_html`: the brief has two pages, the staff's sheet one.
    look : Look, optional
        As for `render_html`.

    Raises
    ------
    RenderError
        If the PDF engine is missing (CK501), if the page asks for something outside
        itself (CK502), or if it does not fit on its pages (CK503).
    DefinitionError
        If a template cannot be read or filled (CK461).
    """
    engine = _start_engine()
    style = engine.parse_style(read_style(look))
    fit = _guess_fit(brief, look or Look()) if sheet == "brief" else Fit()
    while True:
        images: dict[str, bytes] = {}
        page = render_html(brief, mode="pdf", sheet=sheet, look=look, fit=fit, images=images)
        with _listen() as warnings:
            document = engine.lay_out(page, images, style)
        _refuse_fetches(engine, warnings)
        first, second, third = _measure_overrun(document, PAGES[sheet])
        tighter = tighten(fit, first=first, second=second, third=third)
        if tighter == fit and not first and not second:
            filled = fill_list(fit, _measure_rest(document))
            if filled == fit:
                break
            tighter = filled
        elif tighter == fit:
            raise RenderError(_overrun_problem(len(document.pages), PAGES[sheet]))
        fit = tighter
    return _finish_document(engine, document, warnings)


def print_page(page: str, images: Mapping[str, bytes], style: str) -> bytes:
    """Return a page of any length as a tagged PDF (PDF/UA-1).

    Parameters
    ----------
    page : str
        HTML, laid out for ``pdf``.
    images : mapping of str to bytes
        SVG by the addresses that the page names; nothing else is answered.
    style : str
        Its style sheet.

    Raises
    ------
    RenderError
        If the PDF engine is missing (CK501), or the page asks for something outside
        itself (CK502).
    """
    engine = _start_engine()
    parsed = engine.parse_style(style)
    with _listen() as warnings:
        document = engine.lay_out(page, images, parsed)
    _refuse_fetches(engine, warnings)
    return _finish_document(engine, document, warnings)


def list_fonts(page: str, style: str) -> frozenset[str]:
    """Return the families that a page is really set in.

    Raises
    ------
    RenderError
        As `print_page` raises it.
    """
    engine = _start_engine()
    document = engine.lay_out(page, {}, engine.parse_style(style))
    _finish_document(engine, document, [])
    return frozenset(str(font.family) for font in document.fonts.values())


def _finish_document(engine: _Engine, document: Any, warnings: list[str]) -> bytes:  # noqa: ANN401
    with _listen() as late:
        pdf = document.write_pdf(finisher=finish_tags, pdf_variant="pdf/ua-1")
    _refuse_fetches(engine, late)
    for warning in (*warnings, *late):
        log.warning("the PDF engine says: %s", warning)
    return bytes(pdf)


def check_pdf_engine() -> Problem | None:
    """Return what keeps the PDF engine from starting, with its mend, or None."""
    try:
        _start_engine()
    except RenderError as error:
        return error.problems[0]
    return None


def describe_pdf_engine() -> str:
    """Return the versions that can change a byte of a PDF, or ``missing``."""
    try:
        engine = _start_engine()
    except RenderError:
        return "missing"
    pango = engine.weasyprint.text.ffi.pango.pango_version()
    return write_engine(engine.weasyprint.__version__, pango)


@dataclass(slots=True)
class _Engine:
    """WeasyPrint with our fonts, started once in a process."""

    weasyprint: Any
    fonts: Any
    fetcher: Any
    tree: Any
    styles: dict[str, Any] = field(default_factory=dict)

    def parse_style(self, style: str) -> Any:  # noqa: ANN401 - WeasyPrint is untyped
        """Return a style sheet with our fonts, parsed once."""
        if style not in self.styles:
            faces = write_font_faces(CUTS, _write_font_address)
            with _listen() as warnings:
                self.styles[style] = self.weasyprint.CSS(
                    string=style + faces, font_config=self.fonts, url_fetcher=self.fetcher
                )
            _refuse_fetches(self, warnings)
        return self.styles[style]

    def lay_out(self, page: str, images: Mapping[str, bytes], style: Any) -> Any:  # noqa: ANN401
        """Return the document laid out on pages; `images` answers the page's addresses."""
        self.fetcher.images = images
        try:
            html = self.read_page(page)
            return html.render(font_config=self.fonts, stylesheets=[style], pdf_variant="pdf/ua-1")
        finally:
            self.fetcher.images = {}

    def read_page(self, page: str) -> Any:  # noqa: ANN401
        """Return the parsed page: as XML, which is faster, or as HTML where it is not XML."""
        try:
            root = ET.fromstring(page)  # noqa: S314 (our own page, values escaped)
        except ET.ParseError:
            root = None
        # Only HTML knows a bare <svg>: a district's own template may draw with one.
        if root is None or root.find(".//svg") is not None:
            return self.weasyprint.HTML(string=page, url_fetcher=self.fetcher)
        return self.tree(root, self.fetcher)


@cache
def _start_engine() -> _Engine:
    """Import WeasyPrint, which prints a banner and raises OSError where Pango is missing."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            import cssselect2  # type: ignore[import-untyped]
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import URLFetcher, URLFetcherResponse
    except (OSError, ImportError) as error:
        raise RenderError(_engine_problem(error)) from error

    class PackagedFonts(URLFetcher):  # type: ignore[misc]
        """Answers with our own fonts and ``data:`` addresses; refuses all else."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols={"data"}, allow_redirects=False)
            self.refused: list[str] = []
            self.images: Mapping[str, bytes] = {}

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> object:
            if url.startswith(FONT_SCHEME):
                file = url.removeprefix(FONT_SCHEME)
                return URLFetcherResponse(url, unpack_font(file), {"Content-Type": "font/ttf"})
            content = self.images.get(url)
            if content is not None:
                return URLFetcherResponse(url, content, {"Content-Type": _find_type(content)})
            if not url.startswith("data:"):
                self.refused.append(url)
            return super().fetch(url, headers)

    class Tree(weasyprint.HTML):  # type: ignore[misc]
        """A page that is parsed already; the version of WeasyPrint is pinned for this."""

        def __init__(self, root: Any, fetcher: Any) -> None:  # noqa: ANN401
            self.base_url = None
            self.url_fetcher = fetcher
            self.media_type = "print"
            self.wrapper_element = cssselect2.ElementWrapper.from_html_root(
                root, content_language=None
            )
            self.etree_element = self.wrapper_element.etree_element

    return _Engine(weasyprint, FontConfiguration(), PackagedFonts(), Tree)


def _find_type(content: bytes) -> str:
    return Look(logo=content).logo_type


def _write_font_address(cut: FontCut) -> str:
    return f"{FONT_SCHEME}{cut.file}"


def _guess_fit(brief: Brief, look: Look) -> Fit:
    """Return the fit to begin with; most briefs need no other."""
    heights = guess_heights(brief, choose_chart_height(brief, Fit()) * POINTS_A_PIXEL)
    rooms = ROOMS[look.paper]
    first, second = (height - room for height, room in zip(heights, rooms, strict=True))
    third, lines = choose_list(brief, rooms[1])
    fit = tighten(Fit(third=third, lines=lines), first=first, second=second)
    return grow_charts(fit, over=first)


def _measure_overrun(document: Any, most: int) -> tuple[float, float, float]:  # noqa: ANN401
    """Return by how many points each part of the brief runs over its page."""
    pages = document.pages
    second, third = (
        next((index for index, page in enumerate(pages) if name in page.anchors), len(pages))
        for name in (SECOND_PAGE, THIRD_PAGE)
    )
    if second == len(pages):
        over = _measure_part(pages) if len(pages) > most else 0.0
        return over, over, 0.0
    return (
        _measure_part(pages[:second]),
        _measure_part(pages[second:third]),
        _measure_part(pages[third:]),
    )


def _measure_part(pages: Sequence[Any]) -> float:
    """Return the points that stand on later pages than the first, less what is free there."""
    if len(pages) < 2:  # noqa: PLR2004
        return 0.0
    first, *later = (page._page_box for page in pages)  # noqa: SLF001 (no public name tells it)
    free = first.content_box_y() + first.height - _find_bottom(first)
    taken = sum(_find_bottom(box) - box.content_box_y() for box in later)
    return float(max(1.0, (taken - free) * POINTS_A_PIXEL))


def _measure_rest(document: Any) -> float:  # noqa: ANN401
    """Return the points that are free on the last page."""
    last = document.pages[-1]._page_box  # noqa: SLF001 (as above)
    return float((last.content_box_y() + last.height - _find_bottom(last)) * POINTS_A_PIXEL)


def _find_bottom(page_box: Any) -> float:  # noqa: ANN401
    """Return where the lowest line or drawing of a page ends, margins' text aside."""
    root = page_box.children[0]
    ends = [box.position_y + box.height for box in root.descendants() if not box.children]
    return float(max(ends, default=page_box.content_box_y()))


@contextlib.contextmanager
def _listen() -> Iterator[list[str]]:
    """Collect what WeasyPrint logs at warning and above, which it hands to nobody."""
    told: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    try:
        yield told
    finally:
        logger.removeHandler(handler)


def _refuse_fetches(engine: _Engine, warnings: list[str]) -> None:
    refused = list(dict.fromkeys(engine.fetcher.refused))
    engine.fetcher.refused.clear()
    failed = [told for told in warnings if told.startswith(("Failed to load", "Font-face"))]
    if not refused and not failed:
        return
    what = refused[0].partition(":")[0] if refused else "font"
    raise RenderError(
        Problem(
            code="CK502",
            message=f"the page asks for something outside itself (a {what}: address)",
            mend="take links to images, styles and fonts out of your template, or inline them",
            count=max(1, len(refused)),
        )
    )


def _overrun_problem(pages: int, most: int) -> Problem:
    return Problem(
        code="CK503",
        message=f"the brief takes {pages} pages, not {most}, even when set most tightly",
        mend="leave scales out of the study (scales), shorten the topic labels, notes or log "
        "sentences, or write --format html",
    )


def _engine_problem(error: Exception) -> Problem:
    path = shipped("report_templates") / "pdf_engine.toml"
    lines = tomllib.loads(path.read_text(encoding="utf-8"))["install"]
    ways = "\n".join(f"{line['system']}: {line['command']}" for line in lines)
    lacks = "the Pango text library" if isinstance(error, OSError) else "WeasyPrint"
    return Problem(
        code="CK501",
        message=f"the PDF engine cannot start: {lacks} is missing",
        found=type(error).__name__,
        mend=f"{ways}\nUntil then: --format html works, and needs no PDF engine",
    )
