"""Flags for many briefs at once, and how far they are."""

from __future__ import annotations

import functools
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from climatekit.cli._messages import say, stderr_is_terminal
from climatekit.errors import count_of

_MINUTE = 60.0
_PROCESSES, _SERIAL, _CLUSTER = "processes", "serial", "dask://"
_ADDRESS = re.compile(r"dask://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_WORTH_A_LINE = 20  # fewer briefs are made before anybody wonders


def worker_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--workers``, ``--executor``, ``--timeout`` and ``--memory``.

    The verb gets them as ``limits``.
    """

    @functools.wraps(function)
    def taking_limits(
        *args: object,
        workers: int | None,
        executor: str,
        timeout: float,
        memory: int,
        **others: object,
    ) -> object:
        from climatekit.run.workshop.workers import Limits

        limits = Limits(
            workers=1 if executor == _SERIAL else workers or _count_cores(),
            executor=executor if executor.startswith(_CLUSTER) else "",
            seconds=timeout,
            megabytes=memory,
        )
        return function(*args, limits=limits, **others)

    given: Callable[..., Any] = taking_limits
    for option in (
        click.option(
            "--workers",
            type=click.IntRange(1, 256),
            help="Worker processes. Default: one a core; one below 20 briefs.",
        ),
        executor_option(
            default=_PROCESSES,
            show_default=True,
            help="Who makes briefs: processes, serial, or a cluster: dask://HOST:PORT.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(1, 86_400),
            default=120,
            show_default=True,
            metavar="SECONDS",
            help="Longest time for one brief.",
        ),
        click.option(
            "--memory",
            type=click.IntRange(512, 1_000_000),
            default=4096,
            show_default=True,
            metavar="MB",
            help="Most memory (address space) for one worker.",
        ),
    ):
        given = option(given)
    return given


def executor_option(**how: Any) -> Callable[..., Any]:  # noqa: ANN401 (click's own)
    """Return ``--executor``, whose value is a word or a cluster's address."""
    return click.option("--executor", metavar="WHO", callback=_check_executor, **how)


def _check_executor(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    if value is None or value in {_PROCESSES, _SERIAL} or _ADDRESS.fullmatch(value):
        return value
    raise click.BadParameter("it is 'processes', 'serial' or an address: dask://HOST:PORT")


@contextmanager
def show_progress() -> Iterator[Callable[[int, int, int], None]]:
    """Show how far the briefs are.

    On a terminal a bar with rate and time left; elsewhere a line at the start and then
    one a minute, so that a log stays short.
    """
    if stderr_is_terminal():
        with _draw_bar() as tell:
            yield tell
    else:
        yield _write_lines()


@contextmanager
def _draw_bar() -> Iterator[Callable[[int, int, int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("Briefs"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[failed]}"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("briefs", total=None, rate="", failed="")

        def tell(done: int, total: int, failed: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(
                task,
                completed=done,
                total=total,
                rate=f"{speed:.1f} a second" if speed else "",
                failed=f"{failed} failed" if failed else "",
            )

        yield tell


def _write_lines() -> Callable[[int, int, int], None]:
    begun = last = time.monotonic()
    first: int | None = None

    def tell(done: int, total: int, failed: int) -> None:
        nonlocal first, last
        now = time.monotonic()
        if first is None:
            first = done
            if total - done >= _WORTH_A_LINE:
                say(f"climatekit: {total - done} briefs to make, {done} unchanged")
        elif now - last >= _MINUTE and done < total:
            last = now
            left = round((now - begun) / max(done - first, 1) * (total - done) / _MINUTE)
            say(
                f"climatekit: {done} of {total} briefs, {failed} failed, "
                f"about {count_of(left, 'minute')} left"
            )

    return tell


def _count_cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
