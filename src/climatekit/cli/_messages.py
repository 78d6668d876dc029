"""Messages: problems and last lines on standard error, never on standard output."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Literal

import click

from climatekit.errors import ClimatekitError, Problem, count_of, tell_reason

_SHOWN = 5
_SHOWN_LONG = 2  # of places that fill a terminal's line and more
_LONG_PLACE = 69
_LONGEST_PLACE = 140
_MOST_NAMED = 8


def say(text: str) -> None:
    """Write one line to standard error, folded where a terminal is too narrow for it.

    Control characters are written out, as a school's name may hold them.
    """
    text = escape_controls(text, keep_newlines=True)
    _write("stderr", text if "\n" in text else fold(text, indent=2))


def put(text: str | Path, *, newline: bool = True) -> None:
    """Write text to standard output."""
    _write("stdout", str(text), newline=newline)


def _write(stream: Literal["stdout", "stderr"], text: str, *, newline: bool = True) -> None:
    try:
        click.echo(text, nl=newline, err=stream == "stderr")
    except BrokenPipeError:
        # The reader has gone, as after `| head`: the verb goes on, and ends with its own exit.
        setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def fold(text: str, *, indent: int) -> str:
    """Return a line folded to the terminal's width; whole where nobody looks at it there.

    In a log or a pipe one line stays one line, so that it can be searched for.
    """
    if not stderr_is_terminal():
        return text
    return wrap_line(text, max(shutil.get_terminal_size().columns, 2 * indent), indent=indent)


def wrap_line(text: str, width: int, *, indent: int) -> str:
    """Return a line in lines of at most `width`; a word or path that is longer stays whole."""
    return textwrap.fill(
        text,
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )


def show_problems(problems: Iterable[Problem]) -> None:
    """Write problems grouped by code: five of each shown, the rest counted.

    What is wrong alike in several places is said once, with all the places.
    """
    ordered = sorted(problems, key=lambda problem: (problem.severity, problem.code))
    for (severity, code), group in groupby(ordered, key=lambda one: (one.severity, one.code)):
        alike: dict[Problem, list[Problem]] = {}
        for problem in group:
            plain = replace(problem, file=None, line=None, record=None, column=None, count=1)
            alike.setdefault(plain, []).append(problem)
        members = [join_places(same) for same in alike.values()]
        for problem in members[:_SHOWN]:
            say(format_problem(problem))
        rest = len(members) - _SHOWN
        if rest > 0:
            say(f"{severity}[{code}] and {rest} more like these; climatekit explain {code}")


def join_places(problems: Sequence[Problem]) -> Problem:
    """Return problems that differ by their places alone as one, a place a line."""
    if len(problems) == 1:
        return problems[0]
    places = list(dict.fromkeys(_narrow(one.place) for one in problems if one.place))
    shown = _SHOWN if max(map(len, places), default=0) <= _LONG_PLACE else _SHOWN_LONG
    more = [f"and {len(places) - shown} more"] if len(places) > shown else []
    return replace(
        problems[0],
        file="\n".join([*places[:shown], *more]) or None,
        line=None,
        record=None,
        column=None,
        count=sum(one.count for one in problems),
    )


def _narrow(place: str) -> str:
    """Return one place of several without the middle of a question that is its heading."""
    if len(place) <= _LONGEST_PLACE:
        return place
    half = _LONGEST_PLACE // 2
    return f"{place[:half].rstrip()} ... {place[-half:].lstrip()}"


def format_problem(problem: Problem) -> str:
    """Return one problem as a few aligned lines."""
    head = f"{problem.severity}[{problem.code}] {escape_controls(problem.message)}"
    if problem.count > 1:
        head += f" ({problem.count} times)"
    lines = [head]
    for name, value in (
        ("where", problem.place),
        ("found", problem.found),
        ("expects", problem.expected),
        ("closest", problem.closest),
        ("mend", problem.mend),
    ):
        if value:
            first, *more = escape_controls(value, keep_newlines=True).split("\n")
            lines.append(f"  {name:<8} {first}")
            lines += [f"{'':<11}{text}" for text in more]
    return "\n".join(fold(line, indent=11 if line.startswith(" ") else 2) for line in lines)


def escape_controls(text: str, *, keep_newlines: bool = False) -> str:
    """Return `text` with control and bidi characters written out.

    A school's name could otherwise move the cursor or clear the analyst's screen.
    """
    return "".join(
        char
        if (char.isprintable() or char == " " or (keep_newlines and char == "\n"))
        else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def list_names(names: Sequence[str]) -> str:
    """Return names with commas between, eight at most and the rest counted."""
    rest = len(names) - _MOST_NAMED
    listed = ", ".join(names[:_MOST_NAMED])
    return listed + (f" and {rest} more" if rest > 0 else "")


def show_error(error: ClimatekitError) -> None:
    """Write a refusal: its problems and a last line that says what happened."""
    show_problems(error.problems)
    errors = sum(problem.count for problem in error.problems if problem.severity == "error")
    codes = sorted({problem.code for problem in error.problems if problem.severity == "error"})
    hint = f"; climatekit explain {codes[0]} tells more" if codes else ""
    say(
        f"climatekit: refused, {count_of(errors, 'problem')}; nothing was changed{hint}; "
        f"exit {error.exit_code}"
    )


def show_crash(error: BaseException) -> None:
    """Write a short message for a fault of ours: where, never with data."""
    trace = error.__traceback__
    place = "unknown"
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    say(
        format_problem(
            Problem(
                code="CK900",
                message=f"a fault of climatekit: {type(error).__name__} at {place}",
                mend="report this line and the version; it holds nothing of your data",
            )
        )
    )
    say("climatekit: stopped by a fault of its own; nothing was published; exit 70")


def show_refusal(error: OSError) -> None:
    """Write what the disk, a stream or the machine refused, and where."""
    # When standard error is what refuses, there is nobody left to tell.
    with contextlib.suppress(OSError):
        say(
            format_problem(
                Problem(
                    code="CK529",
                    message=f"refused by the machine: {tell_reason(error)}",
                    file=error.filename if isinstance(error.filename, str) else None,
                    mend="free some space or file handles, or mend the disk; then run again",
                )
            )
        )
        say("climatekit: stopped; a release that was published stays; exit 5")


def show_stop(code: int) -> None:
    """Write that a signal ended the command; what is published is as it was."""
    # A terminal that hung up hears nothing any more.
    with contextlib.suppress(OSError):
        say(f"climatekit: stopped by a signal; what was published is as it was; exit {code}")


def stderr_is_terminal() -> bool:
    """Return whether progress may be drawn."""
    return sys.stderr.isatty()
