"""The same briefs by peers: bare WeasyPrint, Chromium and typst, one page at a time.

Each function takes what one brief is made from and gives its PDF, in whatever worker process
it is called; what a process needs once (fonts, a browser) it starts once.
"""

from __future__ import annotations

import shutil
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

from climatekit.report import pdf
from climatekit.report.fonts import CUTS, write_font_faces
from climatekit.report.html import read_style
from climatekit.run.workshop.rendering import Job, make_files

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_BLOCKS = frozenset({"h1", "h2", "h3", "h4", "p", "li", "caption", "figcaption", "dt", "dd"})


def make_ours(job: Job) -> bytes:
    """Make a brief as a run does: its page, drawn and laid out, and its PDF."""
    return make_files(job).files[f"{job.name}.pdf"]


def print_bare(page: str) -> bytes:
    """Print a page by WeasyPrint alone, its fonts and style read once a process."""
    engine, fonts, css = _start_bare()
    html = engine.weasyprint.HTML(string=page, url_fetcher=engine.fetcher)
    return bytes(html.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1"))


@cache
def _start_bare() -> tuple[Any, Any, Any]:
    engine = pdf._start_engine()  # noqa: SLF001 (only for our own fonts' addresses)
    fonts = engine.weasyprint.text.fonts.FontConfiguration()
    style = read_style() + write_font_faces(CUTS, pdf._write_font_address)  # noqa: SLF001
    css = engine.weasyprint.CSS(string=style, font_config=fonts, url_fetcher=engine.fetcher)
    return engine, fonts, css


def find_browser() -> str | None:
    """Return where a Chromium is, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_by_browser(page: str) -> bytes:
    """Print a page by headless Chromium, started once a process; tagged, as ours are."""
    tab = _start_browser()
    tab.set_content(page, wait_until="load")
    return bytes(tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True))


@cache
def _start_browser() -> Any:  # noqa: ANN401 (playwright is an extra of the benchmarks)
    from playwright.sync_api import sync_playwright

    running = sync_playwright().start()
    browser = running.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
    return browser.new_page()


def set_by_typst(source: tuple[str, dict[str, bytes]]) -> bytes:
    """Set a page's sentences, tables and drawings by typst, as PDF/UA."""
    import typst

    page, images = source
    files = {"main.typ": to_typst(page, images).encode()}
    files |= {name_image(address): content for address, content in images.items()}
    return bytes(typst.compile(files, format="pdf", pdf_standards="ua-1"))


def name_image(address: str) -> str:
    return address.partition(":")[2].replace("/", "-") + ".svg"


def to_typst(page: str, images: dict[str, bytes]) -> str:
    """Return a page's content in typst's markup: every sentence, table and drawing."""
    lines = [
        '#set document(title: "brief")', '#set text(lang: "en", size: 9pt)',
        '#set page(paper: "us-letter", margin: 36pt)',
    ]  # fmt: skip
    lines += _write_blocks(ET.fromstring(page).find("body"), images)
    return "\n".join(lines)


def _write_blocks(element: Any, images: dict[str, bytes]) -> list[str]:  # noqa: ANN401
    lines: list[str] = []
    for one in element:
        if one.tag == "table":
            lines.append(_write_table(one))
        elif one.tag == "img" and one.get("src") in images:
            name = name_image(one.get("src"))
            lines.append(f'#image("{name}", width: 60%, alt: "a drawing")')
        elif one.tag in _BLOCKS:
            text = " ".join("".join(one.itertext()).split())
            marks = "=" * int(one.tag[1]) + " " if one.tag[0] == "h" else ""
            lines.append(f"{marks}#{_quote(text)}\n")
        else:
            lines += _write_blocks(one, images)
    return lines


def _write_table(table: Any) -> str:  # noqa: ANN401
    rows = [
        [" ".join("".join(cell.itertext()).split()) for cell in row] for row in table.iter("tr")
    ]
    columns = max((len(row) for row in rows), default=1)
    cells = [f"[#{_quote(cell)}]" for row in rows for cell in [*row, *[""] * (columns - len(row))]]
    return f"#table(columns: {columns}, {', '.join(cells)})"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
