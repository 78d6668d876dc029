"""Batch: the briefs of many schools, each made anew only where something in it changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from climatekit.errors import Problem
from climatekit.report.brief import Brief
from climatekit.report.fonts import find_missing_glyphs
from climatekit.report.look import Look
from climatekit.report.pdf import check_pdf_engine
from climatekit.run.files.filenames import name_files
from climatekit.run.workshop.bench import Bench, find_made, list_made
from climatekit.run.workshop.rendering import Job, Made, list_plainly, make_files
from climatekit.run.workshop.workers import Ended, Failure, Limits, work_off, working

FEWEST_FOR_WORKERS = 20  # below this, starting processes costs more than they save
# From here on the pages have workers of their own, and are worth the start.
MANY_SCHOOLS = 100

PRELOAD = ("climatekit.run.workshop.rendering",)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """Where finished briefs are looked for and kept.

    Attributes
    ----------
    bench : Bench
        Takes each brief as soon as it is made.
    last : Path, optional
        The current release.
    stamp : str
        Hash of all that can change a file besides its brief: versions, templates, fonts.
    """

    bench: Bench
    last: Path | None
    stamp: str
    force: bool = False


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
        look=look,
        limits=limits,
        shelves=shelves,
        progress=progress,
        translations=translations,
    ) as finish:
        return finish()


@contextlib.contextmanager
def rendering(
    briefs: Sequence[Brief],
    formats: Sequence[str],
    *,
    look: Look | None = None,
    limits: Limits | None = None,
    shelves: Shelves | None = None,
    progress: Progress | None = None,
    translations: Mapping[str, tuple[Brief, ...]] | None = None,
) -> Iterator[Callable[[], Rendered]]:
    """Have briefs rendered by workers while the block goes on; call what it yields for them.

    In this process, or on a cluster, nothing is rendered before that call. The parameters
    and errors are those of `render_briefs`.
    """
    wanted, problems = _choose_formats(briefs, formats)
    problems.extend(_warn_of_glyphs(briefs))
    names = name_files({brief.school_id: brief.school for brief in briefs})
    others = translations or {}
    jobs = [
        Job(brief, names[brief.school_id], wanted, look or Look(), others.get(brief.school_id, ()))
        for brief in briefs
    ]
    keys = {job.name: _hash_brief(job, shelves.stamp) for job in jobs} if shelves else {}
    found: Mapping[str, dict[str, bytes | Path]] = {}
    if shelves is not None and not shelves.force:
        found = _find_finished(jobs, keys, shelves)
    rest = [job for job in jobs if job.name not in found]
    limits = _choose_limits(limits or Limits(), rest, schools=len(jobs))

    def finish() -> Rendered:
        files = dict(found)
        failed: dict[str, str] = {}
        for made in under_way:
            if made.problems:
                problems.extend(made.problems)
                failed[made.school] = made.problems[0].code
            elif shelves is not None:
                files[made.name] = dict(shelves.bench.keep(made.name, keys[made.name], made.files))
            else:
                files[made.name] = dict(made.files)
            if progress is not None:
                progress(len(files) + len(failed), len(jobs), len(failed))
        return Rendered(
            files={
                file: content
                for job in jobs
                for file, content in files.get(job.name, {}).items()
            },
            problems=tuple(problems),
            failed={job.brief.school_id: failed[job.brief.school_id] for job in jobs
                    if job.brief.school_id in failed},
            keys={name: key for name, key in keys.items() if name in files},
            unchanged=len(found),
        )  # fmt: skip

    if progress is not None:
        progress(len(found), len(jobs), 0)
    with _making(rest, limits, problems) as under_way:
        yield finish


def hash_parts(parts: Mapping[str, object]) -> str:
    """Return the sha256 of plain values, whatever the order of their names."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def explain_failure(failure: Failure, name: str) -> Problem:
    """Return the problem of what a worker could not make."""
    code, message, mend = _TOLD[failure]
    return Problem(code=code, message=message, file=name, mend=mend)


def _choose_formats(
    briefs: Sequence[Brief], formats: Sequence[str]
) -> tuple[tuple[str, ...], list[Problem]]:
    wanted = tuple(dict.fromkeys(formats))
    if not {"pdf", "staff"} & set(wanted) or not briefs:
        return wanted, []
    missing = check_pdf_engine()
    if missing is None:
        return wanted, []
    if "pdf" in wanted:
        wanted = tuple(dict.fromkeys(("html", *(one for one in wanted if one != "pdf"))))
    return wanted, [missing]


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


def _hash_brief(job: Job, stamp: str) -> str:
    content = hashlib.sha256()
    for brief in (job.brief, *job.translations):
        content.update(list_plainly(brief))
    return hash_parts(
        {
            "brief": content.hexdigest(),
            "formats": sorted(job.formats),
            "stamp": stamp,
        }
    )


def _find_finished(
    jobs: Sequence[Job], keys: Mapping[str, str], shelves: Shelves
) -> dict[str, dict[str, bytes | Path]]:
    made = list_made(shelves.last)
    found: dict[str, dict[str, bytes | Path]] = {}
    for job in jobs:
        key = keys[job.name]
        files = shelves.bench.find(job.name, key)
        if files is None and shelves.last is not None:
            files = find_made(shelves.last, made.get(job.name), key)
        if files is not None:
            found[job.name] = dict(files)
    return found


def _choose_limits(limits: Limits, jobs: Sequence[Job], *, schools: int) -> Limits:
    """Return the limits of rendering so many of a district's briefs."""
    if len(jobs) < FEWEST_FOR_WORKERS:
        few = limits.workers if schools >= MANY_SCHOOLS else 1
        limits = replace(limits, workers=few, executor="")
    prints = any({"pdf", "staff"} & set(job.formats) for job in jobs)
    return replace(
        limits,
        preload=(*PRELOAD, *(("weasyprint",) if prints else ())),
        # A template that the district brought may never end: the limits have to hold for it.
        apart=any(job.look.templates for job in jobs),
    )


@contextlib.contextmanager
def _making(
    jobs: Sequence[Job], limits: Limits, problems: list[Problem]
) -> Iterator[Iterator[Made]]:
    """Yield what became of each job; what befell the cluster is added to `problems`."""
    by_name = {job.name: job for job in jobs}

    def tell(ends: Iterator[Ended[Made]]) -> Iterator[Made]:
        for ended in ends:
            if ended.result is not None:
                yield ended.result
                continue
            problem = explain_failure(ended.failure, ended.key)
            yield Made(by_name[ended.key].brief.school_id, ended.key, {}, (problem,))

    if limits.executor:
        with contextlib.closing(_work_off_on_cluster(by_name, limits, problems)) as far:
            yield tell(far)
    else:
        with working(by_name.items(), make_files, limits) as near:
            yield tell(near)


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
