"""Machine: the versions and fonts that can change a byte of what is made."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import zlib
from functools import cache
from pathlib import Path

from climatekit import __version__
from climatekit.knowledge.resources import shipped
from climatekit.report.pango import ask_shaper

_LIBRARIES = (
    "numpy",
    "pandas",
    "scipy",
    "pingouin",
    "jinja2",
    "weasyprint",
    "pydantic",
    "xlsxwriter",
)
_RENDERING_LIBRARIES = ("cssselect2", "fonttools", "jinja2", "pydyf", "tinycss2", "weasyprint")


def list_versions() -> dict[str, str]:
    """Return the versions that can change a byte of the output."""
    versions = {"climatekit": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        versions[name] = importlib.metadata.version(name)
    return versions


@cache
def describe_rendering() -> dict[str, str]:
    """Return all that can change a byte of a brief on a machine that is given its record."""
    from climatekit.report.pdf import describe_pdf_engine

    facts = {
        "climatekit": __version__,
        "Python": platform.python_version(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{name: importlib.metadata.version(name) for name in _RENDERING_LIBRARIES},
        "PDF engine": describe_pdf_engine(),
        "HarfBuzz": ask_shaper(),
    }
    templates = shipped("report_templates")
    fonts = templates / "school_brief" / "fonts"
    return {**facts, "templates": hash_folder(templates), "fonts": hash_folder(fonts)}


def hash_folder(folder: Path) -> str:
    """Return one hash of every file of a folder, names and bytes."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(folder).as_posix().encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()
