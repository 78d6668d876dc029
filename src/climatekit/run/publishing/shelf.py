"""Releases: what lies in an output folder, and which release is the current one."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from climatekit.errors import InputError, Problem, tell_reason
from climatekit.run.publishing.manifest import (
    FILE_NAME,
    ManifestError,
    digest_file,
    read_manifest,
    verify_release,
)
from climatekit.run.publishing.record import read_json

LATEST = "latest.json"
LATEST_SCHEMA = "climatekit/latest/1"
STAGING = ".staging-"
MAKING = ".making-"

_RELEASE = re.compile(r"release-([1-9][0-9]{0,8})-([0-9a-f]{8})")


def find_latest(output: Path) -> Path | None:
    """Return the current release of an output folder, or None when there is none."""
    latest = read_latest(output)
    return None if latest is None else output / latest["release"]


def find_current(output: Path, run_key: str) -> Path | None:
    """Return the current release when it answers `run_key` and nothing is left to do.

    That is so when its manifest is the one that was published, each of its files is
    whole, and no school was refused (a refused school is tried again).
    """
    latest = read_latest(output)
    if latest is None or latest["run_key"] != run_key:
        return None
    path = output / latest["release"]
    try:
        manifest = read_manifest(path)
        sealed = digest_file(path / FILE_NAME).sha256
    except (ManifestError, InputError):
        return None
    whole = sealed == latest["manifest_sha256"] and manifest["run_key"] == run_key
    return path if whole and not manifest.get("refused") and not verify_release(path) else None


def find_before(output: Path) -> Path | None:
    """Return the release that was current when the current one was published, if it is there."""
    name = (read_json(output / LATEST, LATEST_SCHEMA) or {}).get("before")
    return next((path for path in list_releases(output) if path.name == name), None)


def list_set_aside(output: Path) -> tuple[str, ...]:
    """Return the names of the releases that the last rollback went back from."""
    names = (read_json(output / LATEST, LATEST_SCHEMA) or {}).get("set_aside")
    return tuple(map(str, names)) if isinstance(names, list) else ()


def list_releases(output: Path) -> list[Path]:
    """Return the release folders, oldest first."""
    found = []
    for path in output.iterdir():
        match = _RELEASE.fullmatch(path.name)
        if match is not None and path.is_dir() and not path.is_symlink():
            found.append((int(match[1]), path))
    return [path for _, path in sorted(found)]


def name_next_release(output: Path, run_key: str) -> Path:
    """Return the folder of the next release; numbers only ever grow."""
    numbers = [int(path.name.split("-")[1]) for path in list_releases(output)]
    return output / f"release-{max(numbers, default=0) + 1}-{run_key[:8]}"


def prune_releases(output: Path, current: Path, keep: int) -> tuple[Problem, ...]:
    """Remove the oldest releases until `keep` are left, the current one among them.

    The one that was current before goes last, though others may be newer, as after a rollback.

    Returns
    -------
    tuple of Problem
        A warning for each release that could not be removed.
    """
    before = find_before(output)
    others = [path for path in list_releases(output) if path != current]
    others.sort(key=lambda path: path == before)
    problems = []
    for old in others[: max(len(others) - keep + 1, 0)]:
        # Away under another name first: a release is whole or it is not there.
        aside = output / f"{STAGING}old-{old.name}"
        try:
            os.rename(old, aside)  # noqa: PTH104
            shutil.rmtree(aside)
        except OSError as error:
            problems.append(
                Problem(
                    code="CK516",
                    severity="warning",
                    message="an old release could not be removed: " + tell_reason(error),
                    file=str(old),
                    mend="remove it by hand; the new release is published",
                )
            )
    return tuple(problems)


def list_left(output: Path, kinds: Sequence[str] = (STAGING, MAKING)) -> list[Path]:
    """Return what killed or stopped runs left in an output folder, if there is one."""
    if not output.is_dir():
        return []
    return [path for kind in kinds for path in sorted(output.glob(f"{kind}*"))]


def remove_left(left: Iterable[Path]) -> None:
    """Remove what `list_left` gives; the lock says that nobody is at work on it.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def list_refused(release: Path | None) -> dict[str, str]:
    """Return the schools that a release has no brief of: id to the code of its problem."""
    if release is None:
        return {}
    try:
        return dict(read_manifest(release).get("refused", {}))
    except (ManifestError, TypeError, ValueError):
        return {}


def read_latest(output: Path) -> dict[str, str] | None:
    """Return what ``latest.json`` says; None when it is missing or says nothing of use."""
    content = read_json(output / LATEST, LATEST_SCHEMA) or {}
    wanted = {key: content.get(key) for key in ("release", "run_key", "manifest_sha256")}
    if not all(isinstance(value, str) for value in wanted.values()):
        return None
    if _RELEASE.fullmatch(str(wanted["release"])) is None:
        return None
    return {key: str(value) for key, value in wanted.items()}
