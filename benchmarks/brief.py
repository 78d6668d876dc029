"""Brief: a warm brief beside bare WeasyPrint on the same page and others, and a batch on workers.

    python benchmarks/brief.py                  # 24 schools; 120 for the batch
    python benchmarks/brief.py --schools 48 --batch 300

All ratios are of one run on one machine. The goals stand beside them; a missed goal is said
so, and the exit status is then 1. typst sets the same content, headless Chromium prints the
same page; where one of them is not there, its line says so.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from batch_peers import find_browser, print_by_browser, set_by_typst

from climatekit.knowledge.settings_file import read_settings
from climatekit.report import pdf
from climatekit.report.brief import Brief
from climatekit.report.fonts import CUTS, write_font_faces
from climatekit.report.html import read_style, render_html
from climatekit.report.look import Look
from climatekit.run.demo.district import write_district
from climatekit.run.study import build_briefs, load_study
from climatekit.run.workshop.batch import render_briefs
from climatekit.run.workshop.rendering import brief_to_json
from climatekit.run.workshop.workers import Limits, calm_collector

BARE_GOAL, OWN_GOAL, WORKERS_GOAL = 0.70, 0.10, 1.7
GROWTH_GOAL, PDF_GOAL, HTML_GOAL = 10.0, 90_000, 250_000
FLOOR = "<html lang='en'><title>x</title><table><tr><th>a</th><td>1</td></tr></table></html>"


def make_briefs(schools: int) -> tuple[Brief, ...]:
    with tempfile.TemporaryDirectory() as folder:
        write_district(Path(folder), schools=schools)
        study = load_study(read_settings(Path(folder) / "climatekit.toml"))
        return build_briefs(study, tuple(study.release.schools))


def print_bare(page: str) -> bytes:
    """Print a page as a first user of WeasyPrint would: new fonts and style each time."""
    engine = pdf._start_engine()  # noqa: SLF001 (only for our own fonts' addresses)
    weasyprint: Any = engine.weasyprint
    fonts = weasyprint.text.fonts.FontConfiguration()
    style = read_style() + write_font_faces(CUTS, pdf._write_font_address)  # noqa: SLF001
    css = weasyprint.CSS(string=style, font_config=fonts, url_fetcher=engine.fetcher)
    html = weasyprint.HTML(string=page, url_fetcher=engine.fetcher)
    return bytes(html.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1"))


def print_same(brief: Brief) -> str:
    """Return the page that our own printing lays out, drawings inside."""
    fit = pdf._guess_fit(brief, Look())  # noqa: SLF001 (the step that is laid out first)
    return render_html(brief, mode="pdf", fit=fit)


def time_typst(briefs: Sequence[Brief]) -> float | None:
    """Return typst's median on the same content; None without typst."""
    if importlib.util.find_spec("typst") is None:
        return None
    sources = []
    for brief in briefs:
        images: dict[str, bytes] = {}
        sources.append((render_html(brief, mode="pdf", images=images), images))
    set_by_typst(sources[0])
    return time_all(set_by_typst, sources)


def time_chromium(pages: Sequence[str]) -> float | None:
    """Return headless Chromium's median, kept open; None where it is not there."""
    if importlib.util.find_spec("playwright") is None or find_browser() is None:
        return None
    print_by_browser(pages[0])
    return time_all(print_by_browser, pages)


def time_all(work: Callable[[Any], object], things: Sequence[Any]) -> float:
    """Return the median of the times of each thing, in milliseconds."""
    times = []
    for thing in things:
        started = time.perf_counter()
        work(thing)
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def measure_memory() -> float:
    """Return the resident memory in MB."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def time_batch(briefs: Sequence[Brief], workers: int) -> float:
    started = time.perf_counter()
    render_briefs(briefs, ["pdf"], limits=Limits(workers=workers))
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=24)
    parser.add_argument("--batch", type=int, default=120)
    given = parser.parse_args()
    many = make_briefs(max(given.schools, given.batch))
    briefs = many[: given.schools]
    pages = [print_same(brief) for brief in briefs]
    pdf.render_pdf(briefs[0])
    print_bare(pages[0])
    with calm_collector() as count:

        def ours(brief: Brief) -> None:
            pdf.render_pdf(brief)
            count()

        warm = time_all(ours, briefs)
    bare = time_all(print_bare, pages)
    own = time_all(lambda brief: (render_html(brief, mode="pdf"), brief_to_json(brief)), briefs)
    floor = time_all(lambda _: print_bare(FLOOR), range(5))
    peers = {
        "typst on the same content": time_typst(briefs),
        "Chromium printing the web brief": time_chromium([render_html(one) for one in briefs]),
        "bare WeasyPrint, one table (the floor)": floor,
    }
    gc.collect()
    before = measure_memory()
    for number in range(300):
        pdf.render_pdf(many[number % len(many)])
        if number == 50:
            gc.collect()
            before = measure_memory()  # warmed up
    gc.collect()
    growth = measure_memory() - before
    one, two = time_batch(many[: given.batch], 1), time_batch(many[: given.batch], 2)
    largest_pdf = max(len(pdf.render_pdf(brief)) for brief in briefs)
    largest_html = max(len(render_html(brief).encode()) for brief in briefs)

    lines = [
        ("warm brief / bare WeasyPrint", warm / bare, BARE_GOAL, "at most"),
        ("our own share of a warm brief", own / warm, OWN_GOAL, "at most"),
        ("two workers / one", one / two, WORKERS_GOAL, "at least"),
        ("memory growth over 250 briefs, MB", growth, GROWTH_GOAL, "at most"),
        ("largest PDF, bytes", largest_pdf, PDF_GOAL, "at most"),
        ("largest web page, bytes", largest_html, HTML_GOAL, "at most"),
    ]
    print(f"{given.schools} schools; batch of {given.batch}; medians in ms: warm {warm:.0f}, "
          f"bare {bare:.0f}, own {own:.1f}; "
          f"batch {given.batch / two:.1f} briefs a second on two workers")  # fmt: skip
    for name, took in peers.items():
        told = "not there" if took is None else f"{warm / took:10.2f}   ({took:.0f} ms)"
        print(f"{'warm brief / ' + name:52} {told}")
    missed = 0
    for name, value, goal, way in lines:
        good = value <= goal if way == "at most" else value >= goal
        missed += not good
        print(f"{name:52} {value:10.2f}   {way} {goal:g}   {'ok' if good else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
