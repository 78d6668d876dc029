"""Batch: the briefs of many schools, each made anew only where something in it changed."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from climatekit.errors import Problem
from climatekit.report.brief import Brief
from climatekit.report.fonts import find_missing_glyphs
from climatekit.report.look import Look
from climatekit.report.pdf import check_pdf_engine
from climatekit.run.files.filenames import name_files
from climatekit.run.workshop.rendering import Job, Made, make_files
from climatekit.run.workshop.sorting import Shelves, Sorted, sort_jobs
from climatekit.run.workshop.workers import Ended, Failure, Limits, work_off, working

FEWEST_FOR_WORKERS = 20  # below this, starting processes costs more than they save
# From here on the pages have workers of their own, and are worth the start.
MANY_SCHOOLS = 100

PRELOAD = ("climatekit.run.workshop.rendering",)
PRELOAD_PRINTING = (*PRELOAD, "climatekit.run.workshop.warm")
_TOLD: Mapping[Failure, tuple[str, str, str]] = {
    "died": ("CK531", "the worker that made the brief died, twice", "see `climatekit doctor`"),
    "time": (
        "CK532",
        "the brief took longer than it may, twice",
        "look for very long texts of this school, or pass a larger --timeout",
    ),
    "memory": (
        "CK533",
        "the brief took more memory than it may",
        "look for very long texts of this school, or pass a larger --memory",
    ),
    "stranger": (
        "CK554",
        "a worker with other versions or fonts joined the cluster during the run",
        "see `climatekit doctor --executor`, then run with --only-failed",
    ),
}

Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What rendering gave.

    Attributes
    ----------
    files : mapping of str to (bytes or Path)
        File name to content, or to where it lies already.
    problems : tuple of Problem
        The missing PDF engine, and one for each school that failed.
    failed : mapping of str to str
        School id to the code of its problem; such a school has no file at all.
    keys : mapping of str to str
        File name without ending to the hash of what those files were made from.
    unchanged : int
        Schools whose files were there already.
    """

    files: Mapping[str, bytes | Path]
    problems: tuple[Problem, ...]
    failed: Mapping[str, str]
    keys: Mapping[str, str] = field(default_factory=dict)
    unchanged: int = 0

    @property
    def exit_code(self) -> int:
        """1 when a brief or a form of it is missing, else 0."""
        return int(any(problem.severity == "error" for problem in self.problems))


def render_briefs(
    briefs: Sequence[Brief],
    formats: Sequence[str],
    *,
    look: Look | None = None,
    limits: Limits | None = None,
    shelves: Shelves | None = None,
    progress: Progress | None = None,
    translations: Mapping[str, tuple[Brief, ...]] | None = None,
) -> Rendered:
    """Render each brief in each form; one school that fails does not stop the others.

    Without a PDF engine the HTML is written in the PDF's place and the problem says what
    the PDF needs.

    Parameters
    ----------
    briefs : sequence of Brief
    formats : sequence of {"pdf", "html", "json", "staff"}
    look : Look, optional
        The district's paper, accent, logo and templates.
    limits : Limits, optional
        Workers, or a cluster, and what one brief may take; below 20 briefs the work is
        done in this process, unless they are of a hundred schools.
    shelves : Shelves, optional
        With them, briefs that did not change are taken from the current release or from
        an interrupted run, and each new one is on the disk before the next is told.
    progress : callable, optional
        Called with how many are done, of how many, and how many failed.
    translations : mapping of str to tuple of Brief, optional
        A school's brief in further languages, by school id.

    Raises
    ------
    InputError
        If two schools would share a file.
    DefinitionError, OutputError
        If the cluster cannot be used.
    OSError
        If the disk refuses a brief's file.
    """
    with rendering(
        briefs,
        formats,
        schools={brief.school_id: brief.school for brief in briefs},
        look=look,
        limits=limits,
        shelves=shelves,
        progress=progress,
        translations=translations,
    ) as finish:
        return finish()


@contextlib.contextmanager
def rendering(
    briefs: Iterable[Brief],
    formats: Sequence[str],
    *,
    schools: Mapping[str, str],
    look: Look | None = None,
    limits: Limits | None = None,
    shelves: Shelves | None = None,
    progress: Progress | None = None,
    translations: Mapping[str, tuple[Brief, ...]] | None = None,
) -> Iterator[Callable[[], Rendered]]:
    """Have briefs rendered by workers while the block goes on; call what it yields for them.

    Of many schools the first brief is at a worker before the last is built. In this process,
    or on a cluster, nothing is rendered before that call. `schools` holds the name of each
    school that a brief is of; the other parameters and errors are those of `render_briefs`.
    """
    wanted, problems = _choose_formats(formats, needed=bool(schools))
    names, others, look = name_files(schools), translations or {}, look or Look()
    heap = Sorted()

    def list_jobs() -> Iterator[Job]:
        for brief in briefs:
            school = brief.school_id
            problems.extend(_warn_of_glyphs(brief))
            yield Job(brief, names[school], wanted, look, others.get(school, ()))

    def finish() -> Rendered:
        files: dict[str, Mapping[str, bytes | Path]] = dict(heap.found)
        failed: dict[str, str] = {}
        for made in under_way:
            if made.problems:
                problems.extend(made.problems)
                failed[made.school] = made.problems[0].code
            elif shelves is not None:
                files[made.name] = shelves.bench.keep(made.name, heap.keys[made.name], made.files)
            else:
                files[made.name] = made.files
            if progress is not None:
                progress(len(files) + len(failed), len(heap.names), len(failed))
        return Rendered(
            files={
                file: content
                for name in heap.names
                for file, content in files.get(name, {}).items()
            },
            problems=tuple(problems),
            failed={school: failed[school] for school in names if school in failed},
            keys={name: key for name, key in heap.keys.items() if name in files},
            unchanged=len(heap.found),
        )

    limits = _prepare_workers(limits or Limits(), wanted, look)
    with _making(
        sort_jobs(list_jobs(), shelves, heap), heap.rest, limits, problems, schools=len(schools)
    ) as under_way:
        if progress is not None:
            progress(len(heap.found), len(heap.names), 0)
        yield finish


def explain_failure(failure: Failure, name: str) -> Problem:
    """Return the problem of what a worker could not make."""
    code, message, mend = _TOLD[failure]
    return Problem(code=code, message=message, file=name, mend=mend)


def _choose_formats(
    formats: Sequence[str], *, needed: bool
) -> tuple[tuple[str, ...], list[Problem]]:
    wanted = tuple(dict.fromkeys(formats))
    if not {"pdf", "staff"} & set(wanted) or not needed:
        return wanted, []
    missing = check_pdf_engine()
    if missing is None:
        return wanted, []
    if "pdf" in wanted:
        wanted = tuple(dict.fromkeys(("html", *(one for one in wanted if one != "pdf"))))
    return wanted, [missing]


def _warn_of_glyphs(brief: Brief) -> Iterator[Problem]:
    """Yield a warning where our fonts cannot write the school's name."""
    missing = find_missing_glyphs(brief.school)
    if missing:
        yield Problem(
            code="CK504",
            message="the school's name holds letters that the brief's fonts do not have",
            file=brief.school,
            found=", ".join(f"U+{ord(char):04X}" for char in sorted(missing)),
            mend="give the name in another script in the roster, or expect boxes in its place",
            severity="warning",
        )


def _prepare_workers(limits: Limits, formats: Sequence[str], look: Look) -> Limits:
    """Return the limits with what workers begin with, and whether they have to be apart."""
    prints = bool({"pdf", "staff"} & set(formats))
    return replace(
        limits,
        preload=PRELOAD_PRINTING if prints else PRELOAD,
        # A template that the district brought may never end: the limits have to hold for it.
        apart=bool(look.templates),
    )


@contextlib.contextmanager
def _making(
    jobs: Iterable[Job],
    sorted_out: Mapping[str, Job],
    limits: Limits,
    problems: list[Problem],
    *,
    schools: int,
) -> Iterator[Iterator[Made]]:
    """Have jobs done as they come, or once all have come, and yield what became of each.

    They come into `sorted_out` first. What befell the cluster is added to `problems`.
    """

    def tell(ends: Iterator[Ended[Made]]) -> Iterator[Made]:
        for ended in ends:
            if ended.result is not None:
                yield ended.result
                continue
            problem = explain_failure(ended.failure, ended.key)
            yield Made(sorted_out[ended.key].brief.school_id, ended.key, {}, (problem,))

    if schools >= MANY_SCHOOLS and not limits.executor:
        with _working_at_once(jobs, limits) as near:
            yield tell(near)
        return
    rest = {job.name: job for job in jobs}
    if len(rest) < FEWEST_FOR_WORKERS:
        few = limits.workers if schools >= MANY_SCHOOLS else 1
        limits = replace(limits, workers=few, executor="")
    if limits.executor:
        with contextlib.closing(_work_off_on_cluster(rest, limits, problems)) as far:
            yield tell(far)
    else:
        with working(rest.items(), make_files, limits) as near:
            yield tell(near)


@contextlib.contextmanager
def _working_at_once(jobs: Iterable[Job], limits: Limits) -> Iterator[Iterator[Ended[Made]]]:
    """Have each job taken as soon as it comes; all have come when the block begins."""
    come: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
    known = ((job.name, job) for job in iter(come.get, None))
    with working(known, make_files, limits) as ends:
        try:
            for job in jobs:
                come.put(job)
        finally:
            come.put(None)
        yield ends


def _work_off_on_cluster(
    jobs: Mapping[str, Job], limits: Limits, problems: list[Problem]
) -> Generator[Ended[Made], None, None]:
    from climatekit.run.workshop.cluster import (
        ClusterLostError,
        open_cluster,
        work_off_remotely,
    )

    left = dict(jobs)
    try:
        with open_cluster(limits.executor) as cluster:
            for ended in work_off_remotely(jobs.items(), limits, cluster):
                del left[ended.key]
                yield ended
    except ClusterLostError:
        problems.append(_tell_lost(limits.executor, len(left)))
    yield from work_off(left.items(), make_files, limits)


def _tell_lost(address: str, left: int) -> Problem:
    return Problem(
        code="CK555",
        message=f"the cluster went away; the last {left} briefs were made on this machine",
        file=address,
        mend="look at its scheduler's log",
        severity="warning",
    )
