"""The problem file: every problem of a verb as a CSV, in the order of the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from climatekit.cli._messages import escape_controls
from climatekit.errors import ClimatekitError, OutputError, Problem

HEADINGS = (
    "severity", "code", "title", "times", "file", "line", "record", "column", "message", "found",
    "expected", "closest", "mend",
)  # fmt: skip


def problems_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--problems`` to a verb."""
    return click.option(
        "--problems",
        "problem_file",
        type=click.Path(path_type=Path),
        help="Write every problem to this CSV, e.g. problems.csv.",
    )(function)


@dataclass(slots=True)
class Kept:
    """Problems for the file; `untouched` leaves the file of an earlier run as it is."""

    problems: list[Problem] = field(default_factory=list)
    untouched: bool = False


@contextmanager
def keeping_problems(path: Path | None) -> Iterator[Kept]:
    """Write the problems that are kept, or that a refusal holds, to `path`.

    The file is written when the verb ends, refused or not; a run without a problem
    leaves a file with headings alone, so that an old one is never taken for news.

    Raises
    ------
    OutputError
        If `path` is there already and no problem file, before any work; or if it cannot
        be written.
    """
    kept = Kept()
    if path is not None:
        _check_free(path)
    try:
        yield kept
    except ClimatekitError as error:
        if path is not None:
            others = [one for one in kept.problems if one not in error.problems]
            _write(path, [*error.problems, *others])
        raise
    if path is not None and not kept.untouched:
        _write(path, kept.problems)


def _check_free(path: Path) -> None:
    """Refuse a file of another kind: a slip must not cost an export."""
    heading = ",".join(HEADINGS)
    try:
        if path.exists() and not (
            path.is_file() and path.read_bytes()[: len(heading)] == heading.encode()
        ):
            raise OutputError(
                Problem(
                    code="CK524",
                    file=str(path),
                    message="something else is there already, and nothing is overwritten",
                    expected="a new file, or an older list of problems",
                    mend="name another file with --problems",
                )
            )
    except OSError as error:
        raise _unwritten(path, error) from error


def _write(path: Path, problems: Iterable[Problem]) -> None:
    from climatekit.knowledge.problem_catalogue import load_problem_catalogue
    from climatekit.run.files.spreadsheet import write_csv

    catalogue = load_problem_catalogue()
    rows = [
        (
            one.severity, one.code, catalogue[one.code].title, one.count, _plain(one.file),
            one.line, one.record, _plain(one.column), _plain(one.message), _plain(one.found),
            _plain(one.expected), _plain(one.closest), _plain(one.mend),
        )
        for one in sorted(problems, key=lambda problem: (problem.severity, problem.code))
    ]  # fmt: skip
    try:
        path.write_text(write_csv(HEADINGS, rows), encoding="utf-8", newline="")
    except OSError as error:
        raise _unwritten(path, error) from error


def _plain(text: str | None) -> str | None:
    return None if text is None else escape_controls(text)


def _unwritten(path: Path, error: OSError) -> OutputError:
    from climatekit.run.files.refusals import make_write_error

    mend = "free some space, or name a folder that you may write to"
    return make_write_error(
        "CK525", "the list of problems cannot be written", error, path, mend=mend
    )
