"""Own templates: copies of the shipped ones for a district to change, and their trial."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from climatekit.errors import DefinitionError, Problem
from climatekit.knowledge.definitions import suggest
from climatekit.knowledge.resources import shipped
from climatekit.knowledge.settings_file import read_settings
from climatekit.report.html import render_html
from climatekit.report.look import Look, list_templates
from climatekit.report.pdf import check_pdf_engine, render_pdf
from climatekit.run.demo.district import write_district
from climatekit.run.files.new_files import write_files
from climatekit.run.study import build_briefs, load_study

_KINDS = (".j2", ".css")


def list_shipped() -> dict[str, Path]:
    """Return the brief's templates that a district may replace, by name."""
    home = shipped("report_templates") / "school_brief"
    return {
        path.relative_to(home).as_posix(): path
        for path in sorted(home.rglob("*"))
        if path.suffix in _KINDS
    }


def copy_templates(folder: Path, parts: Sequence[str] = ()) -> tuple[Path, ...]:
    """Copy shipped templates to a folder; all of them when none is named.

    Raises
    ------
    DefinitionError
        With the closest name for each that there is none of.
    OutputError
        If a file is there already (nothing is copied then), or the disk refuses.
    """
    known = list_shipped()
    unknown = [
        Problem(
            code="CK443",
            message="there is no such template",
            found=part,
            closest=suggest(part, known),
            expected=f"one of {', '.join(known)}",
            mend="name one of these",
        )
        for part in parts
        if part not in known
    ]
    if unknown:
        raise DefinitionError(unknown)
    wanted = {name: path for name, path in known.items() if not parts or name in parts}
    return write_files(wanted, folder)


def check_templates(folder: Path) -> int:
    """Fill a district's templates with the briefs of a made-up district.

    Returns
    -------
    int
        How many files the folder holds.

    Raises
    ------
    DefinitionError
        With file, line and name of what is wrong; also for a file that replaces nothing.
    RenderError
        If the PDF would fetch something, or does not fit on its pages.
    """
    files = list_templates(folder) if folder.is_dir() else []
    known = list_shipped()
    strays = [
        Problem(
            code="CK443",
            message="the file replaces no template",
            file=str(path),
            closest=suggest(path.relative_to(folder).as_posix(), known),
            expected=f"one of {', '.join(known)}",
            mend="rename it, or take it away",
        )
        for path in files
        if path.relative_to(folder).as_posix() not in known
    ]
    if strays or not files:
        raise DefinitionError(
            strays
            or [
                Problem(
                    code="CK443",
                    message="the folder holds no template",
                    file=str(folder),
                    mend="make one with: climatekit templates copy FOLDER",
                )
            ]
        )
    look = Look(templates=folder)
    with tempfile.TemporaryDirectory() as made_up:
        write_district(Path(made_up))
        study = load_study(read_settings(Path(made_up) / "climatekit.toml"))
        briefs = build_briefs(study, tuple(study.release.schools))
    with_pdf = check_pdf_engine() is None
    for brief in briefs:
        render_html(brief, look=look)
        render_html(brief, sheet="staff", look=look)
    if with_pdf:
        render_pdf(briefs[0], look=look)
        render_pdf(briefs[0], sheet="staff", look=look)
    return len(files)
