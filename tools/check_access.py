"""Check every page that climatekit makes for people who read by ear, keyboard or magnifier.

    python tools/check_access.py                # exit status 1 on any finding

On every template (brief, staff page, district page, technical note) in every language, made
from the made-up district and from the tests' hard cases:

- each PDF by two PDF/UA-1 validators that share no code, page-validation and outloud: every
  rule passed, no error, no warning;
- each web page by axe-core in headless Chromium, at the width of a phone and of a desk: no
  violation of WCAG 2.0 to 2.2, A and AA, or of axe's best practices.

``--keep FOLDER`` keeps the pages. Chromium is the system's (``apt-get install chromium``).
"""

# ruff: noqa: INP001, T201 - a script, for developers and CI

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import outloud
import page as page_validation
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from climatekit.knowledge.settings_file import read_settings
from climatekit.knowledge.wording import list_languages
from climatekit.report.brief import Brief
from climatekit.report.html import Sheet, render_html
from climatekit.report.look import Look
from climatekit.report.pdf import render_pdf
from climatekit.run.demo.district import write_district
from climatekit.run.pages.district_files import build_page, render_district
from climatekit.run.pages.note_files import build_note, render_note
from climatekit.run.study import Study, build_briefs, load_study

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = (390, 1280)  # a phone's and a desk's, in CSS pixels
AXE_OPTIONS = {"resultTypes": ["violations"]}
SAMPLES = Path(__file__).parents[1] / "tests" / "report" / "samples.py"
STAFF_SAMPLES = ("all_withheld", "nine_waves", "arabic_name")
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" viewBox="0 0 60 20">'
    b'<rect width="60" height="20" fill="#246"/></svg>'
)


@dataclass(frozen=True)
class Made:
    """One finished page: its template, its language, its file name and its content."""

    template: str
    language: str
    name: str
    content: bytes


@dataclass
class Tally:
    """What the checkers said of one template in one language."""

    pdfs: int = 0
    rules: tuple[int, int] = (0, 0)
    errors: int = 0
    warnings: int = 0
    pages: int = 0
    passes: int = 0
    violations: int = 0
    findings: list[str] = field(default_factory=list)


def make_pages(schools: int) -> Iterator[Made]:
    """Yield every page: of the made-up district in each language, and of the hard cases."""
    with tempfile.TemporaryDirectory() as folder:
        write_district(Path(folder), schools=schools)
        settings = read_settings(Path(folder) / "climatekit.toml")
        for language in list_languages():
            study = load_study(dataclasses.replace(settings, language=language))
            for brief in build_briefs(study, tuple(study.release.schools)):
                yield from make_sheets(brief, f"{language}-{brief.school_id}", Look())
            yield from make_district_pages(study, language)
    for name, make in load_samples().SAMPLES.items():
        if name == "hostile":
            continue  # its addresses are printed as text on purpose
        look = Look(paper="a4", accent="#3b1f4a", logo=LOGO)
        yield from make_sheets(make(), f"sample-{name}", look, staff=name in STAFF_SAMPLES)


def make_sheets(brief: Brief, name: str, look: Look, *, staff: bool = True) -> Iterator[Made]:
    """Yield a school's brief and staff page, each as PDF and as web page."""
    sheets: tuple[Sheet, ...] = ("brief", "staff") if staff else ("brief",)
    for sheet in sheets:
        pdf = render_pdf(brief, sheet=sheet, look=look)
        page = render_html(brief, sheet=sheet, look=look).encode()
        yield Made(sheet, brief.language, f"{name}-{sheet}.pdf", pdf)
        yield Made(sheet, brief.language, f"{name}-{sheet}.html", page)


def make_district_pages(study: Study, language: str) -> Iterator[Made]:
    """Yield the district's page and the technical note."""
    files = {school: school for school in study.release.schools}
    district = render_district(build_page(study, files), ("html", "pdf"))
    note = render_note(build_note(study, {}, {}), ("html", "pdf"))
    for template, made in (("district", district), ("note", note)):
        for file, content in made.items():
            yield Made(template, language, f"{language}-{file}", content)


def load_samples() -> ModuleType:
    """Return the tests' made-up briefs: long names, nine waves, nothing shown, and so on."""
    spec = importlib.util.spec_from_file_location("report_samples", SAMPLES)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(SAMPLES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_pdf(path: Path, tally: Tally) -> None:
    """Ask both validators about one PDF."""
    report = page_validation.validate_pdf_bytes(path.read_bytes())
    passed, total = tally.rules
    tally.rules = passed + report.rules.passed, total + report.rules.total
    tally.findings += [f"{path.name}: page-validation: {one.message}" for one in report.failures]
    result = outloud.check(str(path))
    tally.pdfs += 1
    tally.errors += result.errors + (result.error is not None)
    tally.warnings += result.warnings
    tally.findings += [f"{path.name}: outloud: {one}" for one in result.findings]
    if result.error is not None:
        tally.findings.append(f"{path.name}: outloud: {result.error}")


def check_web_page(path: Path, browser_page: Page, tally: Tally) -> None:
    """Ask axe-core about one web page at each width."""
    for width in WIDTHS:
        browser_page.set_viewport_size({"width": width, "height": 900})
        browser_page.goto(path.as_uri())
        said: Mapping[str, Any] = Axe().run(browser_page, options=AXE_OPTIONS).response
        tally.pages += 1
        tally.passes += len(said["passes"])
        tally.violations += len(said["violations"])
        for rule in said["violations"]:
            where = rule["nodes"][0]["target"]
            tally.findings.append(f"{path.name}, {width} px: axe: {rule['id']} at {where}")


def check_all(folder: Path, schools: int) -> dict[tuple[str, str], Tally]:
    """Make every page in `folder` and check it; return what was said by template and language."""
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        sys.exit("no Chromium on this machine: apt-get install chromium")
    tallies: dict[tuple[str, str], Tally] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        browser_page = browser.new_page(reduced_motion="reduce")
        for made in make_pages(schools):
            tally = tallies.setdefault((made.template, made.language), Tally())
            path = folder / made.name
            path.write_bytes(made.content)
            if path.suffix == ".pdf":
                check_pdf(path, tally)
            else:
                check_web_page(path, browser_page, tally)
        browser.close()
    return tallies


def print_tallies(tallies: Mapping[tuple[str, str], Tally]) -> bool:
    """Print one line per template and language; return whether nothing was found."""
    print(
        "template  language  PDFs  rules passed  errors  warnings  web pages  axe passes  "
        "violations"
    )
    for (template, language), one in sorted(tallies.items()):
        rules = f"{one.rules[0]}/{one.rules[1]}"
        print(
            f"{template:<8}  {language:<8}  {one.pdfs:>4}  {rules:>12}  {one.errors:>6}  "
            f"{one.warnings:>8}  {one.pages:>9}  {one.passes:>10}  {one.violations:>10}"
        )
    findings = Counter(finding for one in tallies.values() for finding in one.findings)
    for finding in findings:
        print(finding, file=sys.stderr)
    whole = all(one.rules[0] == one.rules[1] for one in tallies.values())
    return whole and not findings


def main() -> None:
    """Check, print, and exit with 1 when anything was found."""
    parser = argparse.ArgumentParser(description="Check every page for accessibility.")
    parser.add_argument("--schools", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="folder that the pages are kept in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not print_tallies(check_all(folder, options.schools)):
            sys.exit(1)
    print("no finding")


if __name__ == "__main__":
    main()
