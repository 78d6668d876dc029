"""Rendering: briefs to files; one school that fails does not stop the others."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from climatekit.errors import ClimatekitError, OutputError, Problem
from climatekit.release.released import Released
from climatekit.report.brief import Brief
from climatekit.report.fonts import find_missing_glyphs
from climatekit.report.html import render_html
from climatekit.report.pdf import check_pdf_engine, render_pdf
from climatekit.run.publish import name_files
from climatekit.values import Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What rendering gave.

    Attributes
    ----------
    files : mapping of str to bytes
        File name to content.
    problems : tuple of Problem
        The missing PDF engine, and one for each school that failed.
    failed : mapping of str to str
        School id to the code of its problem; such a school has no file at all.
    """

    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]
    failed: Mapping[str, str]

    @property
    def exit_code(self) -> int:
        """1 when a brief or a form of it is missing, else 0."""
        return int(any(problem.severity == "error" for problem in self.problems))


def render_briefs(briefs: Sequence[Brief], formats: Sequence[str]) -> Rendered:
    """Render each brief in each form.

    Without a PDF engine the HTML is written in the PDF's place and the problem says what
    the PDF needs.

    Parameters
    ----------
    briefs : sequence of Brief
    formats : sequence of {"pdf", "html", "json"}

    Raises
    ------
    InputError
        If two schools would share a file.
    """
    wanted = tuple(dict.fromkeys(formats))
    problems: list[Problem] = []
    if "pdf" in wanted and briefs:
        missing = check_pdf_engine()
        if missing is not None:
            problems.append(missing)
            wanted = tuple(dict.fromkeys(("html", *(one for one in wanted if one != "pdf"))))
    problems.extend(_warn_of_glyphs(briefs))
    names = name_files({brief.school_id: brief.school for brief in briefs})
    files: dict[str, bytes] = {}
    failed: dict[str, str] = {}
    for brief in briefs:
        name = names[brief.school_id]
        try:
            files.update(_render_one(brief, name, wanted))
        except ClimatekitError as error:
            problems.extend(
                dataclasses.replace(problem, record=None, file=name) for problem in error.problems
            )
            failed[brief.school_id] = error.problems[0].code
        except Exception as error:  # noqa: BLE001 (a fault in one brief must not cost the others)
            problems.append(
                Problem(
                    code="CK902",
                    message=f"the brief could not be made: {type(error).__name__}",
                    file=name,
                    mend="report it with the version; the other briefs are not touched",
                )
            )
            failed[brief.school_id] = "CK902"
    return Rendered(files=files, problems=tuple(problems), failed=failed)


def write_briefs(files: Mapping[str, bytes], folder: Path, *, force: bool) -> tuple[Path, ...]:
    """Write rendered briefs to a folder that the user named.

    Raises
    ------
    OutputError
        If a file is there already and `force` is false (nothing is written then), or
        the disk refuses.
    """
    paths = [folder / name for name in files]
    there = [path for path in paths if path.exists()]
    if there and not force:
        raise OutputError(
            [
                Problem(
                    code="CK521",
                    message="the file is there already",
                    file=str(path),
                    mend="pass --force to overwrite, or --out another folder",
                )
                for path in there
            ]
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in zip(paths, files.values(), strict=True):
            beside = path.with_name(f".{path.name}.part")
            beside.write_bytes(content)
            beside.replace(path)
    except OSError as error:
        raise OutputError(
            Problem(
                code="CK522",
                message=f"cannot write: {error.strerror or type(error).__name__}",
                file=str(folder),
                mend="free some space, or name a folder that you may write to",
            )
        ) from error
    return tuple(paths)


def _warn_of_glyphs(briefs: Sequence[Brief]) -> list[Problem]:
    """Return a warning for each school whose name our fonts cannot write."""
    return [
        Problem(
            code="CK504",
            message="the school's name holds letters that the brief's fonts do not have",
            file=brief.school,
            found=", ".join(f"U+{ord(char):04X}" for char in sorted(missing)),
            mend="give the name in another script in the roster, or expect boxes in its place",
            severity="warning",
        )
        for brief in briefs
        if (missing := find_missing_glyphs(brief.school))
    ]


def brief_to_json(brief: Brief) -> bytes:
    """Return the brief as JSON: every printed number and sentence, nothing else.

    A number that may not be given is null beside its reason.
    """
    text = json.dumps(_plain(brief), ensure_ascii=False, indent=2)
    return (text + "\n").encode()


def _render_one(brief: Brief, name: str, formats: Sequence[str]) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    for form in formats:
        if form == "pdf":
            made[f"{name}.pdf"] = render_pdf(brief)
        elif form == "html":
            made[f"{name}.html"] = render_html(brief).encode()
        else:
            made[f"{name}.json"] = brief_to_json(brief)
    return made


def _plain(value: object) -> object:
    if isinstance(value, Released):
        return {"value": value.value, "text": value.text, "low": value.low, "high": value.high}
    if isinstance(value, Withheld):
        return {"value": None, "withheld": value.rule, "reason": value.reason}
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value
