"""Problems and the error tree: what climatekit says when it must refuse.

``ClimatekitError`` (exit 70 unless a child says otherwise)
├── InputError (3)          an export, roster or evidence log cannot be used
├── DefinitionError (4)     a scale, rubric, template or configuration file is wrong
├── OutputError (5)         something cannot be written or rendered
│   └── RenderError (5)     the PDF engine is missing or failed
├── LimitError (6)          a limit of size, time or memory was hit
├── DisclosureError (7)     publishing would let somebody be worked out
├── BusyError (8)           another run holds the lock
└── InstallError (70)       the package itself is incomplete
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, where it is, and how to mend it.

    Attributes
    ----------
    code : str
        Stable code such as ``"CK204"``; ``climatekit explain CODE`` tells more.
    message : str
        One sentence: what was found and what was expected.
    file : str, optional
        The file's name as the user gave it.
    line, record : int, optional
        Line in the file (from 1) and record (data row from 1, headings not counted).
    column : str, optional
        Column heading, or key path in a TOML file.
    found, expected, closest, mend : str, optional
        The value (of item columns only; elsewhere its shape), what would be right,
        the nearest right value, and what to do.
    severity : {"error", "warning"}
        Errors refuse; warnings are counted and shown.
    count : int
        How many like problems this one stands for.
    """

    code: str
    message: str
    file: str | None = None
    line: int | None = None
    record: int | None = None
    column: str | None = None
    found: str | None = None
    expected: str | None = None
    closest: str | None = None
    mend: str | None = None
    severity: Literal["error", "warning"] = "error"
    count: int = 1

    @property
    def place(self) -> str:
        """Where the problem is, as ``file, line 4 (record 2), column Q1``."""
        line = f"line {self.line}" if self.line is not None else ""
        if self.record is not None:
            line = f"{line} (record {self.record})" if line else f"record {self.record}"
        column = f"column {self.column}" if self.column else ""
        return ", ".join(part for part in (self.file or "", line, column) if part)


class ClimatekitError(Exception):
    """Base of every error that climatekit raises on purpose.

    Parameters
    ----------
    problems : Problem or iterable of Problem
        Everything that is wrong, found in one go. Warnings come last: they may explain it.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        told = (problems,) if isinstance(problems, Problem) else problems
        self.problems: tuple[Problem, ...] = tuple(sorted(told, key=_is_warning))
        super().__init__("; ".join(_tell(one) for one in self.problems if not _is_warning(one)))


def _is_warning(problem: Problem) -> bool:
    return problem.severity == "warning"


def _tell(problem: Problem) -> str:
    """Return one problem as a traceback tells it: where, what, and what may be meant."""
    meant = f" (closest: {problem.closest})" if problem.closest else ""
    return ": ".join(part for part in (problem.place, problem.message + meant) if part)


class InputError(ClimatekitError):
    """An export, roster or evidence log cannot be used."""

    exit_code = 3


class DefinitionError(ClimatekitError):
    """A scale, rubric, template or configuration file is wrong."""

    exit_code = 4


class OutputError(ClimatekitError):
    """Something cannot be written or rendered."""

    exit_code = 5


class RenderError(OutputError):
    """The PDF engine is missing or failed."""


class LimitError(ClimatekitError):
    """A limit of size, time or memory was hit."""

    exit_code = 6


class DisclosureError(ClimatekitError):
    """Publishing would let somebody's answers be worked out."""

    exit_code = 7


class BusyError(ClimatekitError):
    """Another run holds the lock."""

    exit_code = 8


class InstallError(ClimatekitError):
    """The package itself is incomplete."""


@contextmanager
def telling(warnings: Iterable[Problem]) -> Iterator[None]:
    """Add warnings that were found before to an input's refusal: they may explain it."""
    try:
        yield
    except InputError as error:
        raise InputError([*error.problems, *warnings]) from error


def tell_memory() -> LimitError:
    """Return the refusal of a machine that has no memory left."""
    return LimitError(
        Problem(
            code="CK605",
            message="out of memory",
            mend="split the input by wave, or use more memory",
        )
    )


def tell_reason(error: OSError) -> str:
    """Return in the system's own words why it refused, e.g. ``No space left on device``."""
    return error.strerror or type(error).__name__


def count_of(number: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun, e.g. ``1 school``, ``1,200 people``.

    Parameters
    ----------
    number : int
    one : str
        The noun for one.
    many : str, optional
        The noun for any other number. Default: `one` with an s.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
