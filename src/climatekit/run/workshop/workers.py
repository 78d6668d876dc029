"""Workers: many jobs on a few processes; a job that kills its worker costs only itself."""

from __future__ import annotations

import contextlib
import errno
import gc
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Literal, Self, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
Failure = Literal["", "died", "time", "memory", "stranger"]

_COLLECT_EACH = 10
_MEGABYTE = 1 << 20
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_MANNER = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_YIELDS = 5
_LONGEST_GOODBYE = 5.0  # seconds
_A_MOMENT = 0.05  # seconds
_MOST_WAITING = 64  # results that nobody has asked for yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many workers there are, and what one job may take.

    Attributes
    ----------
    workers : int
        Processes; 1 does the work in this process, where `seconds` and `megabytes` do
        not hold, unless `apart`.
    seconds : float
        Time for one job, above 0.
    megabytes : int
        Address space of one worker; 0 for no limit. Not enforced on Windows.
    renew : int
        Jobs after which a worker is replaced by a fresh one.
    preload : tuple of str
        Modules that every worker begins with.
    apart : bool
        Work in a process of its own even when there is but one worker.
    executor : str
        ``dask://host:port`` to let a cluster's workers make the briefs.
    """

    workers: int = 1
    seconds: float = 120.0
    megabytes: int = 4096
    renew: int = 200
    preload: tuple[str, ...] = ()
    apart: bool = False
    executor: str = ""


@dataclass(frozen=True, slots=True)
class Ended(Generic[Result]):
    """How one job ended: its key and its result, or why there is none."""

    key: str
    result: Result | None
    failure: Failure = ""


def work_off(
    jobs: Iterable[tuple[str, Job]], task: Callable[[Job], Result], limits: Limits
) -> Iterator[Ended[Result]]:
    """Yield how each job ended, in the order in which they end.

    A job whose worker dies, or that takes longer than it may, is tried once more, alone
    and in a fresh worker; then it is given up. All workers are gone when the iterator is
    closed, and they end by themselves when this process is killed.

    Parameters
    ----------
    jobs : iterable of (str, job)
        Key and what `task` takes; it must be picklable. Taken one by one, as workers
        become free.
    task : callable
        A function of a module. It handles its own errors: an exception that leaves it
        ends the worker.
    limits : Limits
    """
    with working(jobs, task, limits) as ends:
        yield from ends


@contextlib.contextmanager
def working(
    jobs: Iterable[tuple[str, Job]], task: Callable[[Job], Result], limits: Limits
) -> Iterator[Iterator[Ended[Result]]]:
    """Have jobs worked off while the block goes on; yields what `work_off` does.

    A thread of this process hands them out and hears how they end, so that no worker waits
    for the block. With one worker in this process nothing is done before an end is asked for.
    """
    if limits.workers <= 1 and not limits.apart:
        with contextlib.closing(_work_here(jobs, task)) as ends:
            yield ends
        return
    told: queue.Queue[Ended[Result] | BaseException | None] = queue.Queue(_MOST_WAITING)
    heard, leave = multiprocessing.Pipe(duplex=False)

    def supervise() -> None:
        last: BaseException | None = None
        try:
            for ended in _work_apart(jobs, task, limits, heard):
                told.put(ended)
        except BaseException as error:  # noqa: BLE001 (raised where the ends are asked for)
            last = error
        told.put(last)

    supervisor = threading.Thread(target=supervise, daemon=True)
    try:
        _start(supervisor)
        yield _listen(told)
    finally:
        leave.close()
        while supervisor.is_alive():
            with contextlib.suppress(queue.Empty):  # it may wait for room to tell an end
                told.get(timeout=_A_MOMENT)
        heard.close()


def _start(thread: threading.Thread) -> None:
    try:
        thread.start()
    except RuntimeError as error:  # the machine refuses, as it may refuse a process
        raise OSError(errno.EAGAIN, "no room for another thread or process") from error


def _listen(told: queue.Queue[Ended[Result] | BaseException | None]) -> Iterator[Ended[Result]]:
    while (one := told.get()) is not None:
        if isinstance(one, BaseException):
            raise one
        yield one


def _work_here(
    jobs: Iterable[tuple[str, Job]], task: Callable[[Job], Result]
) -> Generator[Ended[Result], None, None]:
    with calm_collector() as count:
        for key, job in jobs:
            yield Ended(key, task(job))
            count()


def _work_apart(
    jobs: Iterable[tuple[str, Job]],
    task: Callable[[Job], Result],
    limits: Limits,
    heard: Connection,
) -> Iterator[Ended[Result]]:
    """Yield how each job ended, until all have or the other end of `heard` is closed."""
    suspects: list[tuple[str, Job, Failure]] = []
    with _Crew(task, limits, heard) as crew:
        for ended, job in crew.work(iter(jobs)):
            if ended.failure:
                suspects.append((ended.key, job, ended.failure))
            else:
                yield ended
    for key, job, _ in suspects:
        if heard.poll():  # closed
            return
        with _Crew(task, limits, heard) as alone:
            yield from (ended for ended, _ in alone.work(iter([(key, job)])))


def start_early(preload: Iterable[str]) -> None:
    """Start what workers come from, which loads modules while this process goes on.

    Without it the first worker waits for them. What the machine refuses here is told of
    when workers are needed.
    """
    if _MANNER == "forkserver":
        from multiprocessing import forkserver  # not on every platform

        multiprocessing.get_context(_MANNER).set_forkserver_preload([__name__, *preload])
        with contextlib.suppress(OSError), _one_thread_each(), _without_main():
            forkserver.ensure_running()


@contextlib.contextmanager
def calm_collector() -> Iterator[Callable[[], None]]:
    """Collect garbage each tenth job only; layout makes so much that it costs a fifth.

    What was there before the first job is no garbage and is not looked through each time.
    Yields what is to be called after each job.
    """
    was_on = gc.isenabled()
    jobs = 0

    def count() -> None:
        nonlocal jobs
        jobs += 1
        if jobs % _COLLECT_EACH == 0:
            gc.collect()

    gc.disable()
    gc.freeze()
    try:
        yield count
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    key: str = ""
    job: Any = None
    deadline: float = 0.0
    served: int = 0
    busy: bool = False

    def hand(self, key: str, job: Any, seconds: float) -> None:  # noqa: ANN401 (any job)
        self.key, self.job, self.busy = key, job, True
        self.deadline = time.monotonic() + seconds
        # A worker that has just died is found by its sentinel.
        with contextlib.suppress(OSError):
            self.pipe.send(job)

    def take(self) -> tuple[Failure, Any]:
        """Return the answer, or that there will be none."""
        try:
            failure, result = self.pipe.recv()
        except (EOFError, OSError):
            return "died", None
        self.busy, self.job = False, None
        self.served += 1
        return failure, result

    def end(self) -> None:
        self.pipe.close()
        if self.busy:
            self.process.kill()
        self.process.join(_LONGEST_GOODBYE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


@dataclass(slots=True)
class _Crew:
    task: Callable[[Any], Any]
    limits: Limits
    heard: Connection
    workers: list[_Worker] = field(default_factory=list)
    context: Any = None

    def __enter__(self) -> Self:
        self.context = multiprocessing.get_context(_MANNER)
        if _MANNER == "forkserver":
            self.context.set_forkserver_preload([__name__, *self.limits.preload])
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()
        self.workers.clear()

    def work(self, source: Iterator[tuple[str, Any]]) -> Iterator[tuple[Ended[Any], Any]]:
        """Yield each job's end beside the job itself; leave when nobody listens any more."""
        while True:
            self._fill(source)
            busy = [worker for worker in self.workers if worker.busy]
            if not busy:
                return
            told = self._wait(busy)
            if self.heard in told:
                return
            yield from self._hear(busy, told)

    def _fill(self, source: Iterator[tuple[str, Any]]) -> None:
        """Hand a job to each free worker, as long as there are any."""
        while (free := self._find_free()) is not None:
            try:
                key, job = next(source)
            except StopIteration:
                return
            free.hand(key, job, self.limits.seconds)

    def _find_free(self) -> _Worker | None:
        for worker in list(self.workers):
            if not worker.busy and worker.served >= self.limits.renew:
                self._dismiss(worker)
            elif not worker.busy:
                return worker
        if len(self.workers) < self.limits.workers:
            self.workers.append(self._start())
            return self.workers[-1]
        return None

    def _start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(
            target=_serve, args=(theirs, self.task, self.limits.megabytes), daemon=True
        )
        with _one_thread_each(), _without_main(self.task):
            process.start()
        theirs.close()  # so that its death closes the pipe
        return _Worker(process, ours)

    def _wait(self, busy: list[_Worker]) -> list[Any]:
        """Return what has something to tell, once anything has or a job's time is up."""
        first = min(worker.deadline for worker in busy)
        ends = [one for worker in busy for one in (worker.pipe, worker.process.sentinel)]
        return wait([self.heard, *ends], max(first - time.monotonic(), 0.0))

    def _hear(self, busy: list[_Worker], told: list[Any]) -> Iterator[tuple[Ended[Any], Any]]:
        for worker in busy:
            failure: Failure
            key, job = worker.key, worker.job
            if worker.pipe in told or worker.process.sentinel in told:
                failure, result = worker.take()
            elif time.monotonic() >= worker.deadline:
                failure, result = "time", None
            else:
                continue
            if failure:
                self._dismiss(worker)
            yield Ended(key, result, failure), job

    def _dismiss(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        worker.end()


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let a new process use one thread for its arithmetic: there is a worker a core."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _without_main(task: Callable[[Any], Any] | None = None) -> Iterator[None]:
    """Keep a new process from running the script that began this one, guarded or not.

    A task of that script itself needs it.
    """
    if getattr(task, "__module__", "") == "__main__":
        yield
        return
    script = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _serve(pipe: Connection, task: Callable[[Any], Any], megabytes: int) -> None:
    """Take jobs from the pipe until it is closed; runs in the worker."""
    # Ctrl-C reaches the whole terminal: the parent decides what becomes of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_YIELDS)  # the process that all workers wait for in the end goes first
    _limit_memory(megabytes)
    with calm_collector() as count:
        while True:
            try:
                job = pipe.recv()
            except (EOFError, OSError):
                return
            try:
                answer: tuple[Failure, Any] = ("", task(job))
            except MemoryError:
                answer = ("memory", None)
            try:
                pipe.send(answer)
            except OSError:
                return  # nobody is there to hear it
            if answer[0]:
                return
            del job, answer
            count()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limit_memory(megabytes: int) -> None:
    if megabytes and sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = megabytes * _MEGABYTE
        if hard == resource.RLIM_INFINITY or wanted < hard:
            resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
