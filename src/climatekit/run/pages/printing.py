"""Printing: pages and the workbook, made by workers while the run goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from climatekit.errors import ClimatekitError, OutputError, Problem
from climatekit.report.district_page import DistrictPage
from climatekit.report.look import Look
from climatekit.report.technical_note import TechnicalNote
from climatekit.run.pages.district_files import render_district
from climatekit.run.pages.note_files import render_note
from climatekit.run.tables.workbook import Book, write_workbook
from climatekit.run.workshop.batch import MANY_SCHOOLS, PRELOAD_PRINTING, explain_failure
from climatekit.run.workshop.workers import Ended, Limits, working


@dataclass(frozen=True, slots=True)
class PageJob:
    """One page to render, and which files of it: all that a worker is given."""

    page: DistrictPage | TechnicalNote
    name: str
    formats: tuple[str, ...]
    look: Look
    parts: tuple[str, ...] = ("html", "pdf", "json")


@dataclass(frozen=True, slots=True)
class BookJob:
    """One workbook to write."""

    book: Book
    name: str


@dataclass(frozen=True, slots=True)
class Printed:
    """What became of one page or workbook: its files, or how it was refused."""

    files: Mapping[str, bytes]
    refused: type[ClimatekitError] | None = None
    problems: tuple[Problem, ...] = ()


def split_parts(
    jobs: Sequence[PageJob],
) -> tuple[tuple[PageJob, ...], tuple[PageJob, ...]]:
    """Return the jobs to do at once, and those that may wait: the PDFs.

    The audit reads web pages and data, but not those of a district's own templates: of these
    the web page waits as well, to be made where it may take no more than it may.
    """
    at_once = [replace(job, parts=("json",) if job.look.templates else ("html", "json"))
               for job in jobs]  # fmt: skip
    later = [
        replace(job, parts=("html", "pdf") if job.look.templates else ("pdf",))
        for job in jobs
        if job.look.templates or "pdf" in job.formats
    ]
    return tuple(at_once), tuple(later)


def render_page(job: PageJob) -> dict[str, bytes]:
    """Return the files of a page that are asked for.

    Raises
    ------
    RenderError, DefinitionError
        If it cannot be printed, or a template cannot be filled.
    """
    how: dict[str, Any] = {"name": job.name, "parts": job.parts}
    if isinstance(job.page, DistrictPage):
        return render_district(job.page, job.formats, job.look, **how)
    return render_note(job.page, job.formats, job.look, **how)


def print_files(job: PageJob | BookJob) -> Printed:
    """Return the files of a page or workbook, or how it was refused."""
    try:
        if isinstance(job, BookJob):
            return Printed({f"{job.name}.xlsx": write_workbook(job.book)})
        return Printed(render_page(job))
    except ClimatekitError as error:
        return Printed({}, type(error), error.problems)


@contextlib.contextmanager
def printing(
    jobs: Sequence[PageJob | BookJob], limits: Limits | None, *, schools: int
) -> Iterator[Iterator[Ended[Printed]]]:
    """Have things printed by workers while the block goes on; `gather_files` waits for them.

    A page of a district's own templates is always made by a worker, whose limits hold; others
    only where there are many schools and more than one worker.
    """
    own = any(map(_is_own, jobs))
    limits = limits or Limits()
    many = limits.workers > 1 and schools >= MANY_SCHOOLS
    with working(
        [(job.name, job) for job in jobs],
        print_files,
        replace(
            limits,
            workers=max(1, min(limits.workers, len(jobs))) if many else 1,
            apart=own or (many and bool(jobs)),
            preload=PRELOAD_PRINTING,
        ),
    ) as ends:
        yield ends


def gather_files(
    jobs: Sequence[PageJob | BookJob], ends: Iterator[Ended[Printed]]
) -> dict[str, bytes]:
    """Return the files of all pages or workbooks, in the order of the jobs.

    Raises
    ------
    ClimatekitError
        As a page was refused; an OutputError where a district's own templates take more
        time or memory than they may.
    """
    by_name = {job.name: job for job in jobs}
    printed: dict[str, Mapping[str, bytes]] = {}
    for ended in ends:
        job, told = by_name[ended.key], ended.result
        if told is None and _is_own(job):
            raise OutputError(explain_failure(ended.failure, job.name))
        if told is None:  # a worker that died of something else: here it is known to work
            told = print_files(job)
        if told.refused is not None:
            raise told.refused(told.problems)
        printed[ended.key] = told.files
    return {file: content for job in jobs for file, content in printed[job.name].items()}


def _is_own(job: PageJob | BookJob) -> bool:
    """Return whether a job is a page of the district's own templates."""
    return isinstance(job, PageJob) and bool(job.look.templates)


class Press:
    """Prints things while a run goes on, until the run's stack is unwound.

    Parameters
    ----------
    limits : Limits, optional
    schools : int
        How many the district has, as `printing` takes them.
    under_way : ExitStack
    """

    def __init__(
        self, limits: Limits | None, *, schools: int, under_way: contextlib.ExitStack
    ) -> None:
        self._limits = limits
        self._schools = schools
        self._under_way = under_way

    def start(self, jobs: Sequence[PageJob | BookJob]) -> Callable[[], dict[str, bytes]]:
        """Begin to print; what is returned waits for the files, and may be called once."""
        ends = self._under_way.enter_context(printing(jobs, self._limits, schools=self._schools))
        return partial(gather_files, jobs, ends)
