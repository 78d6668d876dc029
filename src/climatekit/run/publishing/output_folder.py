"""Output folder: where releases go, checked and locked before any work."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from climatekit.errors import BusyError, DefinitionError, OutputError, Problem
from climatekit.run.files.refusals import make_write_error

LOCK = ".climatekit.lock"

_FOLDER_MODE = 0o750


def prepare_output(output: Path, inputs: Iterable[Path]) -> tuple[Problem, ...]:
    """Check the output folder before any work, make it when it is missing, try to write.

    Parameters
    ----------
    output : Path
        Where releases will go.
    inputs : iterable of Path
        Files and folders that are read. The output may lie beside input files, but it
        may not be, hold or lie inside an input folder, nor hold an input file, nor be
        the folder that an input file lies in: a later run would read its own output.

    Returns
    -------
    tuple of Problem
        Warnings: a folder that every account may write to.

    Raises
    ------
    DefinitionError
        If the folder is the home folder, the root, a file, a link, or mixed up with the
        inputs; all reasons at once.
    OutputError
        If it cannot be made or written to.
    """
    warned = check_output(output, inputs)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        _try_to_write(output)
    except OSError as error:
        raise make_output_error(
            "CK510", "the output folder cannot be written to", error, output
        ) from error
    return warned


def check_output(output: Path, inputs: Iterable[Path]) -> tuple[Problem, ...]:
    """Do the part of `prepare_output` that writes nothing: look at the folder's place."""
    try:
        faults = list(_find_faults(output, inputs))
        mode = output.stat().st_mode if output.is_dir() else 0
    except OSError as error:
        raise make_output_error(
            "CK510", "the output folder cannot be written to", error, output
        ) from error
    if faults:
        raise DefinitionError(faults)
    return tuple(_find_warnings(output, mode))


@contextlib.contextmanager
def lock_output(output: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the output folder's lock; the kernel frees it when the holder dies.

    One run may take it again while it holds it, so a caller may lock, look whether there
    is anything to do, and then call `publish_release`.

    Parameters
    ----------
    output : Path
        An output folder that exists.
    wait : float
        Seconds to wait for another run; 0 gives up at once.

    Raises
    ------
    BusyError
        If another run holds the lock.
    OutputError
        If somebody took the folder away or put a link in its place meanwhile, or the
        lock file cannot be opened.
    """
    lock = FileLock(output / LOCK, is_singleton=True)
    try:
        # The lock would make a missing folder anew, open to all, and follow a link.
        if not stat.S_ISDIR(os.lstat(output).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(output))
        lock.acquire(timeout=wait)
    except Timeout as error:
        raise BusyError(
            Problem(
                code="CK801",
                message="another run is at work on this output folder",
                file=str(output),
                mend="wait until it ends, then run again",
            )
        ) from error
    except OSError as error:
        raise make_output_error(
            "CK511", "the output folder cannot be used", error, output
        ) from error
    try:
        yield
    finally:
        lock.release()


def make_output_error(code: str, what: str, error: OSError, place: Path) -> OutputError:
    """Return what the disk refused, as an error that names what and where."""
    where = Path(error.filename) if isinstance(error.filename, str) else place
    mend = "free some space, or make the folder writable; what was published before is as it was"
    return make_write_error(code, what, error, where, mend=mend)


def _find_faults(output: Path, inputs: Iterable[Path]) -> Iterator[Problem]:
    if output.is_symlink():
        yield _fault(output, "is a link")
        return
    if output.exists() and not output.is_dir():
        yield _fault(output, "is not a folder")
        return
    place = output.resolve()
    if place == Path(place.anchor):
        yield _fault(output, "is the root of the disk")
    if place == _find_home():
        yield _fault(output, "is the home folder")
    for given in inputs:
        one = given.resolve()
        if one.is_dir():
            if place == one or place in one.parents or one in place.parents:
                yield _fault(output, f"is, holds or lies inside the input folder {given}")
        elif place == one.parent or place in one.parents:
            yield _fault(output, f"holds the input file {given}")


def _find_home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:
        return None  # an account without a home has none to protect


def _try_to_write(output: Path) -> None:
    probe = output / f".staging-probe-{os.getpid()}"
    probe.touch(mode=0o600)
    probe.unlink(missing_ok=True)


def _find_warnings(output: Path, mode: int) -> Iterator[Problem]:
    if os.name == "posix" and mode & stat.S_IWOTH:
        yield Problem(
            code="CK517",
            severity="warning",
            message="every account on this machine may write to the output folder",
            file=str(output),
            mend=f"chmod o-w {output}",
        )


def _fault(output: Path, what: str) -> Problem:
    return Problem(
        code="CK440",
        message=f"the output folder {what}",
        file=str(output),
        column="output",
        expected="a folder of its own, new or made by an earlier run",
        mend='name another folder, such as output = "briefs"',
    )
