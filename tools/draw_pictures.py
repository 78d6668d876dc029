"""Draw the pictures of README and docs anew: two briefs of the made-up district.

    python tools/draw_pictures.py               # writes docs/pictures/*.png

Each picture holds both pages of one brief, in few colours, so that it stays small. Needs
pymupdf, which the tests use too.
"""

# ruff: noqa: INP001, T201 - a script, for developers

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import pymupdf
from PIL import Image, ImageOps

from climatekit.knowledge.settings_file import read_settings
from climatekit.report.pdf import render_pdf
from climatekit.run.demo.district import write_district
from climatekit.run.study import build_briefs, load_study

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
PICTURES = (("brief-english", "101", "en"), ("brief-spanish", "102", "es"))
DOTS_PER_INCH, COLOURS, GAP, EDGE = 82, 48, 12, "#aab4bd"
MOST_BYTES = 150_000


def draw_pages(pdf: bytes) -> Image.Image:
    """Return all pages side by side, each with a thin edge."""
    with pymupdf.open(stream=pdf) as document:
        drawn = [page.get_pixmap(dpi=DOTS_PER_INCH) for page in document]
    pages = [
        ImageOps.expand(Image.frombytes("RGB", (one.width, one.height), one.samples), 1, EDGE)
        for one in drawn
    ]
    width = sum(page.width for page in pages) + GAP * (len(pages) - 1)
    picture = Image.new("RGB", (width, max(page.height for page in pages)), "white")
    left = 0
    for page in pages:
        picture.paste(page, (left, 0))
        left += page.width + GAP
    return picture


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        write_district(Path(folder))
        study = load_study(read_settings(Path(folder) / "climatekit.toml"))
    for name, school, language in PICTURES:
        settings = dataclasses.replace(study.settings, language=language)
        (brief,) = build_briefs(dataclasses.replace(study, settings=settings), [school])
        path = FOLDER / f"{name}.png"
        few = draw_pages(render_pdf(brief)).quantize(COLOURS, Image.Quantize.MAXCOVERAGE)
        few.save(path, optimize=True)
        size = path.stat().st_size
        print(f"{path}: {size:,} bytes")
        if size > MOST_BYTES:
            raise SystemExit(f"{name} is larger than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    main()
