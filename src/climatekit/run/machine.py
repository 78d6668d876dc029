"""Machine: what this machine has and lacks for climatekit."""

from __future__ import annotations

import importlib.metadata
import platform
from dataclasses import dataclass
from typing import Literal

from climatekit import __version__
from climatekit.knowledge.resources import shipped

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor's report."""

    name: str
    word: Literal["ok", "warn", "missing"]
    text: str
    mend: str = ""


def list_versions() -> dict[str, str]:
    """Return the versions that can change a byte of the output."""
    versions = {"climatekit": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        versions[name] = importlib.metadata.version(name)
    return versions


def check_machine() -> tuple[Finding, ...]:
    """Return what was found, one line a check."""
    from climatekit.report.pdf import check_pdf_engine

    findings = [
        Finding(
            name="Versions",
            word="ok",
            text=", ".join(f"{name} {version}" for name, version in list_versions().items()),
        )
    ]
    findings.extend(
        Finding(name=kind, word="ok", text=f"{len(list(shipped(kind).iterdir()))} entries")
        for kind in ("scales", "report_templates")
    )
    problem = check_pdf_engine()
    if problem is None:
        findings.append(Finding(name="PDF engine", word="ok", text="WeasyPrint with Pango"))
    else:
        findings.append(
            Finding(
                name="PDF engine",
                word="missing",
                text=problem.message,
                mend=problem.mend or "",
            )
        )
    return tuple(findings)
