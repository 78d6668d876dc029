"""Standing: which release is current, whether it is whole, and how the last run ended."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from climatekit.errors import InputError, OutputError, Problem, count_of
from climatekit.run.publishing.manifest import (
    FILE_NAME,
    ManifestError,
    digest_file,
    read_manifest,
    verify_release,
)
from climatekit.run.publishing.output_folder import lock_output, make_output_error
from climatekit.run.publishing.publish import write_pointer
from climatekit.run.publishing.record import read_record
from climatekit.run.publishing.shelf import (
    LATEST,
    STAGING,
    find_before,
    find_latest,
    list_releases,
    list_set_aside,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a monitor should know of an output folder.

    Attributes
    ----------
    release : str, optional
        Name of the current release; None where there is none.
    schools : int
        Schools that the current release has a brief of.
    refused : mapping of str to str
        Its schools without a brief.
    last_run : mapping, optional
        What ``run.json`` says.
    releases : tuple of str
        All releases, oldest first.
    set_aside : tuple of str
        Those that a rollback left, and that no run publishes again from the same files.
    faults : tuple of str
        What is wrong, in words; empty when all is well.
    """

    release: str | None
    schools: int
    refused: dict[str, str]
    last_run: dict[str, Any] | None
    releases: tuple[str, ...]
    set_aside: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def line(self) -> str:
        """One line for a mail or a monitor."""
        if self.release is None:
            told = "no release yet"
        else:
            told = f"{self.release}: {count_of(self.schools, 'school')}"
        if self.set_aside:
            told += f"; rolled back: {', '.join(self.set_aside)}"
        if self.last_run:
            ended, code = self.last_run.get("ended"), self.last_run.get("exit_code")
            told += f"; last run {ended}, exit {code}"
        return f"climatekit: {told}; {'; '.join(self.faults) or 'all well'}"


def look_up_standing(output: Path, *, now: datetime, oldest: timedelta | None = None) -> Standing:
    """Return how an output folder stands; each file of its release is hashed again.

    Parameters
    ----------
    output : Path
    now : datetime
        With a zone.
    oldest : timedelta, optional
        A last run that ended longer ago than this is a fault.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if not output.is_dir():
        raise InputError(
            Problem(
                code="CK511",
                message="there is no such output folder",
                file=str(output),
                mend="name the folder that `climatekit run` writes to",
            )
        )
    path, last = find_latest(output), read_record(output)
    faults: list[str] = []
    schools, refused = 0, {}
    if path is None:
        faults.append("nothing is published")
    else:
        try:
            manifest = read_manifest(path)
            schools, refused = len(manifest.get("briefs", {})), dict(manifest.get("refused", {}))
        except ManifestError as error:
            faults.append(f"its manifest {error}")
        else:
            damaged = len(verify_release(path))
            faults.extend([f"{count_of(damaged, 'file')} not as published"] if damaged else [])
    if refused:
        faults.append(f"{count_of(len(refused), 'school')} without a brief")
    if last is not None and last.get("exit_code") not in (0, 1):
        faults.append(f"the last run failed: exit {last.get('exit_code')}")
    if oldest is not None and not _is_fresh(last, now, oldest):
        faults.append(f"no run for more than {_tell_days(oldest)}")
    return Standing(
        release=path.name if path else None,
        schools=schools,
        refused=refused,
        last_run=last,
        releases=tuple(one.name for one in list_releases(output)),
        set_aside=list_set_aside(output),
        faults=tuple(faults),
    )


def roll_back(output: Path, name: str | None = None) -> Path:
    """Make another release the current one; nothing else is touched.

    The newer ones are set aside: a run does not publish them again from the same files.

    Parameters
    ----------
    output : Path
    name : str, optional
        Name of the release; when not given, the one that was current before.

    Returns
    -------
    Path
        The release that is current now.

    Raises
    ------
    OutputError
        If there is no such release, or it is not whole.
    BusyError
        If a run is at work.
    """
    with lock_output(output):
        releases = list_releases(output)
        current = find_latest(output)
        older = releases[: releases.index(current)] if current in releases else releases
        before = find_before(output)
        wanted = [one for one in releases if one.name == name]
        if name is None:
            wanted = [before] if before else older[-1:]
        faults = [] if not wanted else list(verify_release(wanted[0]))
        if not wanted or faults:
            raise OutputError(
                Problem(
                    code="CK542",
                    message="the release is not whole"
                    if faults
                    else "there is no such release"
                    if name
                    else "there is no release before the current one",
                    file=str(output / (name or "")),
                    found=", ".join(one.name for one in releases) or "no release",
                    mend="name a release that `climatekit status --format json` lists",
                ),
            )
        _point_to(output, wanted[0], releases[releases.index(wanted[0]) + 1 :])
    return wanted[0]


def _point_to(output: Path, release: Path, newer: Sequence[Path]) -> None:
    staging = output / f"{STAGING}back"
    shutil.rmtree(staging, ignore_errors=True)
    manifest = read_manifest(release)
    sealed = digest_file(release / FILE_NAME).sha256
    try:
        write_pointer(output, staging, release, sealed, str(manifest["run_key"]), set_aside=newer)
        os.replace(staging / LATEST, output / LATEST)  # noqa: PTH105
    except OSError as error:
        raise make_output_error("CK512", "cannot move the pointer", error, output) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _is_fresh(last: dict[str, Any] | None, now: datetime, oldest: timedelta) -> bool:
    if last is None:
        return False
    try:
        ended = datetime.fromisoformat(str(last.get("ended")))
    except ValueError:
        return False
    return ended.tzinfo is not None and now - ended <= oldest


def _tell_days(span: timedelta) -> str:
    days = span.total_seconds() / 86_400
    return f"{days:g} day{'s' * (days != 1)}"
