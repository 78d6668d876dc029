"""Diagnosis: what this machine, an output folder and a cluster have and lack, with the mend."""

from __future__ import annotations

import contextlib
import importlib.metadata
import locale
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from climatekit.errors import ClimatekitError, Problem, count_of, tell_reason
from climatekit.knowledge.resources import shipped
from climatekit.run.files.staging import sync_folder, write_file
from climatekit.run.publishing.machine import list_versions
from climatekit.run.publishing.shelf import STAGING

_LEAST_PYTHON = (3, 11)
_WHOLE_RELEASE = 64 << 20  # bytes; a few hundred briefs
_COMFORTABLE = 1 << 30
_FIRST_YEAR = 2026  # a clock before this release of climatekit is wrong
_SHARED_DISKS = frozenset({"9p", "afs", "ceph", "cifs", "fuse.sshfs", "nfs", "nfs4", "smb3"})
_TRIAL_PAGE = (
    '<html lang="en"><head><title>Trial</title></head><body><p>Trial: 12 of 34, é</p></body></html>'
)
_TRIAL_STYLE = 'html { font-family: "Climatekit Sans" }'
_FONT = "Climatekit Sans"
_OTHER_DISK = "name an output folder on a local disk"

Word = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    name: str
    word: Word
    text: str
    mend: str = ""


def diagnose(output: Path | None = None, cluster: str | None = None) -> Iterator[Finding]:
    """Yield what was found, one line a check; a check that cannot be made is a failure.

    Parameters
    ----------
    output : Path, optional
        Output folder in which writing, renaming and locking are tried. What is tried there
        is taken away again.
    cluster : str, optional
        ``dask://host:port`` of a cluster whose workers are compared with this machine.
    """
    yield _check_versions()
    yield _check_packaged()
    yield from _check_page()
    yield _check_locale()
    yield _check_clock()
    if output is not None:
        yield from _check_output(output)
    if cluster is not None:
        yield from _check_cluster(cluster)


def _check_versions() -> Finding:
    try:
        told = ", ".join(f"{name} {version}" for name, version in list_versions().items())
    except importlib.metadata.PackageNotFoundError as error:
        return Finding("Versions", "fail", f"{error.name} is missing", "install climatekit again")
    if sys.version_info < _LEAST_PYTHON:
        return Finding("Versions", "fail", told, "use Python 3.11 or newer")
    return Finding("Versions", "ok", told)


def _check_packaged() -> Finding:
    counts = {kind: len(list(shipped(kind).iterdir())) for kind in ("scales", "report_templates")}
    told = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items())
    if not all(counts.values()):
        return Finding("Knowledge", "fail", told, "install climatekit again from its release")
    return Finding("Knowledge", "ok", told)


def _check_page() -> Iterator[Finding]:
    from climatekit.report.pdf import check_pdf_engine, describe_pdf_engine, list_fonts

    problem = check_pdf_engine()
    if problem is not None:
        yield _tell_problem("PDF engine", problem)
        return
    yield Finding("PDF engine", "ok", describe_pdf_engine())
    try:
        used = list_fonts(_TRIAL_PAGE, _TRIAL_STYLE)
    except ClimatekitError as error:
        yield _tell_problem("Fonts", error.problems[0])
        return
    if used != {_FONT}:
        yield Finding(
            "Fonts",
            "fail",
            "a trial page was set in another font than climatekit's",
            "install fontconfig (Debian: libfontconfig1), and climatekit again",
        )
        return
    yield Finding("Fonts", "ok", "a trial page was set in climatekit's own fonts")


def _check_locale() -> Finding:
    names, texts = sys.getfilesystemencoding(), locale.getpreferredencoding(do_setlocale=False)
    told = f"file names in {names}, terminal text in {texts}"
    if names.replace("-", "").lower() != "utf8":
        mend = "set LC_ALL=C.UTF-8 or PYTHONUTF8=1 in the crontab"
        return Finding("Locale", "warn", f"{told}; a name with an accent may be refused", mend)
    return Finding("Locale", "ok", told)


def _check_clock() -> Finding:
    now = time.localtime()
    told = time.strftime("%Y-%m-%d %H:%M %z", now)
    if now.tm_year < _FIRST_YEAR:
        return Finding("Clock", "warn", told, "set the clock; --as-of today reads it")
    return Finding("Clock", "ok", told)


def _check_output(output: Path) -> Iterator[Finding]:
    place = output
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        yield Finding("Output folder", "fail", f"{place} is not a folder", "name another folder")
        return
    there = "is there" if place == output else f"is not there yet; tried in {place}"
    yield Finding("Output folder", "ok", f"{output} {there}")
    yield from _check_disk(place)
    trial = place / f"{STAGING}doctor-{os.getpid()}"
    try:
        trial.mkdir(mode=0o700)
    except OSError as error:
        yield _tell_refusal("Writing", error)
        return
    try:
        yield _try("Writing", "a file was written and flushed", lambda: _try_writing(trial))
        yield _try("Renaming", "a folder was renamed in one step", lambda: _try_renaming(trial))
        yield _try_lock(trial)
        yield _try_link(trial)
    finally:
        shutil.rmtree(trial, ignore_errors=True)


def _check_disk(place: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(place).free
    told = f"{free / 1e9:.1f} GB free"
    if free < _WHOLE_RELEASE:
        yield Finding("Disk", "fail", told, "free some space, or lower `keep`")
    elif free < _COMFORTABLE:
        yield Finding("Disk", "warn", told, "free some space, or lower `keep`")
    else:
        yield Finding("Disk", "ok", told)
    kind = _find_disk_kind(place)
    if kind in _SHARED_DISKS:
        yield Finding(
            "Disk kind",
            "warn",
            f"{kind}: over a network a lock holds only as far as its server keeps it",
            "run from one machine only, or publish to a local disk and copy",
        )


def _find_disk_kind(place: Path) -> str:
    """Return the file system that a folder lies on; empty where nobody tells."""
    kind, longest = "", 0
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines():
            _, mounted, found, *_ = line.split(" ")
            if place.resolve().is_relative_to(mounted) and len(mounted) >= longest:
                kind, longest = found, len(mounted)
    return kind


def _try(name: str, told: str, act: Callable[[], None]) -> Finding:
    try:
        act()
    except OSError as error:
        return _tell_refusal(name, error)
    return Finding(name, "ok", told)


def _try_writing(trial: Path) -> None:
    write_file(trial / "trial", b"trial")
    sync_folder(trial)


def _try_renaming(trial: Path) -> None:
    (trial / "one").mkdir()
    write_file(trial / "one" / "file", b"1")
    os.rename(trial / "one", trial / "two")  # noqa: PTH104
    write_file(trial / "pointer.new", b"2")
    os.replace(trial / "pointer.new", trial / "trial")  # noqa: PTH105
    sync_folder(trial)


def _try_lock(trial: Path) -> Finding:
    mine, other = FileLock(trial / "lock"), FileLock(trial / "lock")
    try:
        with mine.acquire(timeout=0):
            try:
                with other.acquire(timeout=0):
                    pass
            except Timeout:
                return Finding("Lock", "ok", "taken once, refused the second time")
    except (OSError, Timeout, NotImplementedError) as error:
        return Finding("Lock", "fail", f"refused: {type(error).__name__}", _OTHER_DISK)
    return Finding("Lock", "fail", "this disk gives one lock to two at once", _OTHER_DISK)


def _try_link(trial: Path) -> Finding:
    try:
        os.link(trial / "trial", trial / "second")
    except (OSError, NotImplementedError):
        return Finding(
            "Links", "warn", "none here: unchanged briefs are copied", "nothing, if space is plenty"
        )
    return Finding("Links", "ok", "unchanged briefs take no space twice")


def _check_cluster(address: str) -> Iterator[Finding]:
    from climatekit.run.workshop.cluster import open_cluster

    try:
        with open_cluster(address) as cluster:
            alike = f"{count_of(cluster.count_workers(), 'worker')} like this machine"
    except ClimatekitError as error:
        yield from (_tell_problem("Cluster", problem) for problem in error.problems)
        return
    yield Finding("Cluster", "ok", alike)


def _tell_problem(name: str, problem: Problem) -> Finding:
    parts = (problem.file, problem.message, problem.found)
    return Finding(name, "fail", ": ".join(filter(None, parts)), problem.mend or "")


def _tell_refusal(name: str, error: OSError) -> Finding:
    mend = "free some space, make the folder writable, or name another: --out FOLDER"
    return Finding(name, "fail", tell_reason(error), mend)
