"""Rendering: one brief to its files."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from climatekit.errors import ClimatekitError, DefinitionError, Problem
from climatekit.release.released import Released
from climatekit.report.brief import Brief
from climatekit.report.html import render_html
from climatekit.report.look import Look
from climatekit.report.pdf import check_pdf_engine, render_pdf
from climatekit.values import Withheld


@dataclass(frozen=True, slots=True)
class Job:
    """One school's brief to render: all that a worker is given.

    `translations` are the same brief in further languages; their files have the language
    in their names.
    """

    brief: Brief
    name: str
    formats: tuple[str, ...]
    look: Look = field(default_factory=Look)
    translations: tuple[Brief, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one job: its files, or the problems that it has instead."""

    school: str
    name: str
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()


def make_files(job: Job) -> Made:
    """Return one brief's files, or its problems; it raises nothing but MemoryError.

    Parameters
    ----------
    job : Job
        ``formats`` holds ``pdf``, ``html``, ``json`` or ``staff``.
    """
    school = job.brief.school_id
    try:
        return Made(school, job.name, _render_one(job))
    except MemoryError:
        raise  # the worker that tells of it must end
    except ClimatekitError as error:
        problems = tuple(
            # A template's fault is told where it is, all others by the school's file.
            problem
            if isinstance(error, DefinitionError)
            else dataclasses.replace(problem, record=None, file=job.name)
            for problem in error.problems
        )
        return Made(school, job.name, {}, problems)
    except Exception as error:  # noqa: BLE001 (a fault in one brief must not cost the others)
        fault = Problem(
            code="CK902",
            message=f"the brief could not be made: {type(error).__name__}",
            file=job.name,
            mend="report it with the version; the other briefs are not touched",
        )
        return Made(school, job.name, {}, (fault,))


def list_plainly(printed: object) -> bytes:
    """Return all that `to_json` returns, without line breaks: in less than half the time."""
    return json.dumps(_plain(printed), ensure_ascii=False, separators=(",", ":")).encode()


def to_json(printed: object) -> bytes:
    """Return a brief or another printed page as JSON: each number and sentence, nothing else.

    A number that may not be given is null beside its reason.
    """
    text = json.dumps(_plain(printed), ensure_ascii=False, indent=2)
    return (text + "\n").encode()


def _render_one(job: Job) -> dict[str, bytes]:
    translated = [(brief, f"{job.name}.{brief.language}") for brief in job.translations]
    made: dict[str, bytes] = {}
    for brief, name in [(job.brief, job.name), *translated]:
        made |= _render_forms(brief, name, job)
    return made


def _render_forms(brief: Brief, name: str, job: Job) -> dict[str, bytes]:
    look = job.look
    made: dict[str, bytes] = {}
    for form in job.formats:
        if form == "pdf":
            made[f"{name}.pdf"] = render_pdf(brief, look=look)
        elif form == "staff" and check_pdf_engine() is None:
            made[f"{name}.staff.pdf"] = render_pdf(brief, sheet="staff", look=look)
        elif form == "staff":
            made[f"{name}.staff.html"] = render_html(brief, sheet="staff", look=look).encode()
        elif form == "html":
            made[f"{name}.html"] = render_html(brief, look=look).encode()
        else:
            made[f"{name}.json"] = to_json(brief)
    return made


def _plain(value: object) -> object:
    if isinstance(value, Released):
        return {"value": value.value, "text": value.text, "low": value.low, "high": value.high}
    if isinstance(value, Withheld):
        return {"value": None, "withheld": value.rule, "reason": value.reason}
    kind: type = type(value)
    names = _name_fields(kind)
    if names is not None:
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value


@cache
def _name_fields(kind: type) -> tuple[str, ...] | None:
    if not dataclasses.is_dataclass(kind):
        return None
    return tuple(field.name for field in dataclasses.fields(kind))
