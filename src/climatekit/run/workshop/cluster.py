"""Cluster: the same briefs made by the workers of a dask scheduler; the only door to dask.

What goes out is one school's finished record at a time; what comes back are the bytes of its
files. Nothing else of a study leaves this machine, and no disk is shared.
"""

from __future__ import annotations

import contextlib
import ctypes
import ipaddress
import logging
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from climatekit.errors import DefinitionError, OutputError, Problem
from climatekit.report.look import list_templates
from climatekit.run.publishing.machine import describe_rendering
from climatekit.run.workshop.rendering import Job, Made, make_files
from climatekit.run.workshop.workers import Ended, Failure, Limits

SCHEME = "dask://"

_RETRIES = 2  # a job whose worker went away is handed to another one
_CONNECT_SECONDS = 20
_LOOK_EACH = 2.0  # seconds
_PATIENCE = 60.0  # seconds without any worker, or past a job's own limit
_AHEAD = 2  # jobs handed out for each worker, so that none waits for the wire

# A page is laid out with state that one process has once: a worker's threads take turns.
_ONE_AT_A_TIME = threading.Lock()


class ClusterLostError(Exception):
    """The scheduler is gone, or has had no worker for a minute."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A scheduler that answers, whose workers are all like this machine."""

    client: Any
    executor: Any
    facts: Mapping[str, str]

    def count_workers(self) -> int:
        """Return how many workers there are now.

        Raises
        ------
        ClusterLostError
            If the scheduler does not answer.
        """
        try:
            return len(self.client.nthreads())
        except (OSError, TimeoutError, RuntimeError, ValueError) as error:
            raise ClusterLostError from error


@dataclass(frozen=True, slots=True)
class Parcel:
    """One job as it travels: with its templates' bytes in the place of their folder."""

    job: Job
    templates: Mapping[str, bytes]
    facts: Mapping[str, str]
    seconds: float


@contextlib.contextmanager
def open_cluster(address: str) -> Iterator[Cluster]:
    """Connect to a scheduler and compare its workers with this machine.

    Parameters
    ----------
    address : str
        ``dask://host:port``. Off this machine the connection is encrypted, with the
        certificates that dask's own configuration names.

    Raises
    ------
    DefinitionError
        If dask is not installed (CK550), a connection would go unencrypted to another
        machine (CK552), or a worker has other versions or fonts than this machine (CK553).
    OutputError
        If nobody answers or there is no worker (CK551).
    """
    client = _connect(address)
    try:
        with _quiet():
            facts = describe_rendering()
            told = client.run(describe_rendering, on_error="return")
            faults = list(_find_open_lines(told)) + list(_find_strangers(told, facts))
            if faults:
                raise DefinitionError(faults)
            if not told:
                raise OutputError(_no_answer(address, "it has no worker"))
            yield Cluster(client, client.get_executor(pure=False, retries=_RETRIES), facts)
    finally:
        with _quiet(), contextlib.suppress(OSError, TimeoutError, RuntimeError):
            client.close(timeout=5)


def work_off_remotely(
    jobs: Iterable[tuple[str, Job]], limits: Limits, cluster: Cluster
) -> Iterator[Ended[Made]]:
    """Yield how each job ended, in the order in which they end.

    A job whose worker goes away is made by another one. Two jobs a worker are out at any
    moment, whatever the number of schools.

    Raises
    ------
    ClusterLostError
        If the scheduler goes away, or all workers do for a minute; what was not yielded
        by then is not done.
    """
    source = iter(jobs)
    out: dict[Future[tuple[Failure, Made | None]], tuple[str, float]] = {}
    heard = time.monotonic()
    workers = cluster.count_workers()
    while True:
        while len(out) < max(_AHEAD * workers, 1) and (pair := next(source, None)) is not None:
            parcel = _pack(pair[1], limits.seconds, cluster.facts)
            out[cluster.executor.submit(make_parcel, parcel)] = (pair[0], time.monotonic())
        if not out:
            return
        done, _ = wait(out, timeout=_LOOK_EACH, return_when=FIRST_COMPLETED)
        for future in done:
            yield _end(out.pop(future)[0], future)
        if done:
            heard = time.monotonic()
            continue
        workers = cluster.count_workers()
        if workers:
            heard = max(heard, time.monotonic() - limits.seconds)
        elif time.monotonic() - heard > _PATIENCE:
            raise ClusterLostError
        yield from _give_up_late(out, _AHEAD * limits.seconds + _PATIENCE)


def make_parcel(parcel: Parcel) -> tuple[Failure, Made | None]:
    """Make one school's files; runs in a worker of the cluster."""
    if describe_rendering() != parcel.facts:
        return "stranger", None  # it came after the workers were compared
    with _ONE_AT_A_TIME:
        try:
            with _limit_time(parcel.seconds):
                return "", make_files(_unpack(parcel))
        except MemoryError:
            return "memory", None
        except _TooLong:
            return "time", None


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _connect(address: str) -> Any:  # noqa: ANN401 (dask is untyped)
    try:
        import distributed
    except ImportError as error:
        raise DefinitionError(
            Problem(
                code="CK550",
                message="this machine cannot talk to a cluster: dask is not installed",
                column="--executor",
                mend='pip install "climatekit[cluster]"',
            )
        ) from error
    place = address.removeprefix(SCHEME)
    dask: Any = distributed
    security = dask.Security()
    sealed = bool(security.tls_ca_file and security.tls_client_cert and security.tls_client_key)
    if not sealed and not is_loopback(place.rpartition(":")[0]):
        raise DefinitionError(_open_line(address))
    scheme = "tls" if sealed else "tcp"
    try:
        with _quiet():
            return dask.Client(
                f"{scheme}://{place}",
                security=security if sealed else None,
                timeout=_CONNECT_SECONDS,
                set_as_default=False,
            )
    except (OSError, TimeoutError, ValueError) as error:
        raise OutputError(_no_answer(address, type(error).__name__)) from error


def _find_open_lines(told: Mapping[str, object]) -> Iterator[Problem]:
    """Find workers elsewhere that a scheduler on this machine talks to without TLS."""
    for address in told:
        scheme, _, place = address.partition("://")
        if scheme != "tls" and not is_loopback(place.rpartition(":")[0]):
            yield _open_line(address)


def _find_strangers(told: Mapping[str, object], facts: Mapping[str, str]) -> Iterator[Problem]:
    for address, theirs in sorted(told.items()):
        if not isinstance(theirs, Mapping):
            differ = f"climatekit cannot be loaded there ({type(theirs).__name__})"
        else:
            differ = "; ".join(
                f"{name} {theirs.get(name, 'none')}, here {ours}"
                for name, ours in facts.items()
                if theirs.get(name) != ours
            )
        if differ:
            yield Problem(
                code="CK553",
                message="a worker of the cluster would not make the same bytes as this machine",
                file=address,
                found=differ,
                expected="the same versions and fonts on every machine",
                mend="install the same climatekit, libraries and Pango there",
            )


def _open_line(address: str) -> Problem:
    return Problem(
        code="CK552",
        message="the cluster is on another machine and the connection is not encrypted",
        file=address,
        expected="TLS: a certificate authority, a certificate and a key",
        mend="name them in dask's configuration, under distributed.comm.tls; see "
        "docs/unattended.md",
    )


def _no_answer(address: str, why: str) -> Problem:
    return Problem(
        code="CK551",
        message=f"the cluster cannot be used: {why}",
        file=address,
        mend="start its scheduler and workers, or run without --executor",
    )


def _pack(job: Job, seconds: float, facts: Mapping[str, str]) -> Parcel:
    folder = job.look.templates
    if folder is None:
        return Parcel(job, {}, facts, seconds)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in list_templates(folder)
    }
    return Parcel(replace(job, look=replace(job.look, templates=None)), files, facts, seconds)


def _unpack(parcel: Parcel) -> Job:
    if not parcel.templates:
        return parcel.job
    folder = Path(_lay_out(tuple(sorted(parcel.templates.items()))).name)
    return replace(parcel.job, look=replace(parcel.job.look, templates=folder))


@cache
def _lay_out(files: tuple[tuple[str, bytes], ...]) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="climatekit-")
    for name, content in files:
        path = Path(folder.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _end(key: str, future: Future[tuple[Failure, Made | None]]) -> Ended[Made]:
    try:
        failure, made = future.result()
    except CancelledError as error:
        raise ClusterLostError from error
    except Exception:  # noqa: BLE001 (dask raises what it likes for a job that kills its workers)
        return Ended(key, None, "died")
    return Ended(key, made, failure)


def _give_up_late(
    out: dict[Future[Any], tuple[str, float]], longest: float
) -> Iterator[Ended[Made]]:
    for future, (key, since) in list(out.items()):
        if time.monotonic() - since > longest:
            future.cancel()
            del out[future]
            yield Ended(key, None, "time")


class _TooLong(BaseException):
    """Raised in the middle of a job that takes too long."""


@contextlib.contextmanager
def _limit_time(seconds: float) -> Iterator[None]:
    """Break off what runs in this thread after a while: no signal reaches a worker's thread."""
    ours, over, ending = threading.get_ident(), False, threading.Lock()

    def break_off() -> None:
        with ending:
            if not over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(ours), ctypes.py_object(_TooLong)
                )

    timer = threading.Timer(seconds, break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with ending:
            over = True
        timer.cancel()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep dask from telling on standard error what we tell ourselves."""
    loggers = [
        logging.getLogger(name)
        for name in list(logging.root.manager.loggerDict)
        if name.partition(".")[0] == "distributed"
    ]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
