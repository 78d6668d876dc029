"""Publishing: a release appears whole, by one rename, or not at all.

In the output folder lie ``release-<number>-<key8>`` folders that are never changed,
``latest.json`` that names the current one, a lock file, and, only while a run is at work,
one ``.staging-`` folder. A run that is killed at any moment leaves the current release as
it was; the next run clears up by itself.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from climatekit.errors import ClimatekitError, Problem
from climatekit.run.files.filenames import is_safe_name
from climatekit.run.files.staging import stage_files, sync_folder, write_file
from climatekit.run.publishing.manifest import (
    FILE_NAME,
    digest_bytes,
    verify_release,
    write_manifest,
)
from climatekit.run.publishing.output_folder import lock_output, make_output_error
from climatekit.run.publishing.shelf import (
    LATEST,
    LATEST_SCHEMA,
    STAGING,
    find_latest,
    list_left,
    list_releases,
    name_next_release,
    prune_releases,
    remove_left,
)

_PRIVATE_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did.

    Attributes
    ----------
    path : Path
        The current release.
    unchanged : bool
        True when that release held the very same already and nothing was written.
    problems : tuple of Problem
        Warnings: old releases that could not be removed.
    """

    path: Path
    unchanged: bool
    problems: tuple[Problem, ...] = ()


def publish_release(
    output: Path,
    files: Mapping[str, bytes | Path],
    manifest: Mapping[str, object],
    *,
    keep: int,
    wait: float = 0.0,
) -> Published:
    """Publish files as the current release: whole, or not at all.

    Parameters
    ----------
    output : Path
        The output folder, as `prepare_output` left it.
    files : mapping of str to (bytes or Path)
        Relative path inside the release to content, or to where that lies, flushed, on the
        same disk.
    manifest : mapping
        As `build_manifest` returns it; the outputs are added here.
    keep : int
        How many releases to keep, at least 1; the current one is always kept.
    wait : float
        Seconds to wait for another run's lock.

    Raises
    ------
    BusyError
        If another run holds the lock.
    OutputError
        If the disk refuses at any step. The release that was current then still is,
        byte for byte, and nothing of the failed one is left.
    """
    if keep < 1:
        raise ValueError(f"keep must be at least 1, not {keep}")
    _check_names(files)
    sealed = write_manifest(manifest, files)
    run_key = str(manifest["run_key"])
    with lock_output(output, wait=wait):
        try:
            remove_left(list_left(output, [STAGING]))
            whole = _find_whole(output, run_key, sealed)
            release = whole or name_next_release(output, run_key)
        except OSError as error:
            raise make_output_error(
                "CK511", "the output folder cannot be used", error, output
            ) from error
        if release == find_latest(output) and whole is not None:
            return Published(release, unchanged=True)
        staging = output / f"{STAGING}{run_key[:8]}"
        try:
            write_pointer(
                output, staging, release, digest_bytes(sealed).sha256, run_key,
                before=find_latest(output),
            )  # fmt: skip
            if whole is None:
                _write_release(output, staging, release, files, sealed)
            _swap_pointer(output, staging)
        except OSError as error:
            _undo(output, staging, release, keep_release=whole is not None)
            raise make_output_error("CK512", "cannot write the release", error, staging) from error
        except BaseException:
            _undo(output, staging, release, keep_release=whole is not None)
            raise
        shutil.rmtree(staging, ignore_errors=True)  # the next run sweeps as well
        return Published(release, unchanged=False, problems=prune_releases(output, release, keep))


def _check_names(files: Mapping[str, bytes | Path]) -> None:
    folded = Counter(name.casefold() for name in files)
    bad = [
        name
        for name in files
        if not is_safe_name(name) or name.casefold() == FILE_NAME or folded[name.casefold()] > 1
    ]
    if bad:
        raise ClimatekitError(
            Problem(
                code="CK903",
                message=f"unsafe or doubled file names in a release: {', '.join(map(ascii, bad))}",
                mend="report it with the version; nothing was written",
            )
        )


def _find_whole(output: Path, run_key: str, sealed: bytes) -> Path | None:
    """Return the newest release that holds exactly this.

    Besides the current one it may be one that a killed run renamed into place without
    coming to say so, or one that somebody went back from.
    """
    for path in reversed(list_releases(output)):
        manifest = path / FILE_NAME
        if (
            path.name.endswith(run_key[:8])
            and manifest.is_file()
            and manifest.read_bytes() == sealed
            and not verify_release(path)
        ):
            return path
    return None


def write_pointer(
    output: Path,
    staging: Path,
    release: Path,
    sealed: str,
    run_key: str,
    *,
    before: Path | None = None,
    set_aside: Iterable[Path] = (),
) -> None:
    """Open the staging folder with the new pointer in it and a copy of the old one.

    The release that was current `before` is the one to go back to. Those that are
    `set_aside` are not published again from the same files.
    """
    os.mkdir(staging, _PRIVATE_MODE)  # noqa: PTH102 (one os call for each step that can fail)
    if (output / LATEST).is_file():
        write_file(staging / f"before-{LATEST}", (output / LATEST).read_bytes())
    content = {
        "schema": LATEST_SCHEMA,
        "release": release.name,
        "run_key": run_key,
        "manifest_sha256": sealed,
        "before": before.name if before else None,
        "set_aside": [path.name for path in set_aside],
    }
    write_file(staging / LATEST, (json.dumps(content, indent=1) + "\n").encode())


def _write_release(
    output: Path,
    staging: Path,
    release: Path,
    files: Mapping[str, bytes | Path],
    sealed: bytes,
) -> None:
    inside = staging / "release"
    stage_files(inside, {**files, FILE_NAME: sealed})
    os.rename(inside, release)  # noqa: PTH104
    sync_folder(output)


def _swap_pointer(output: Path, staging: Path) -> None:
    os.replace(staging / LATEST, output / LATEST)  # noqa: PTH105
    sync_folder(output)


def _undo(output: Path, staging: Path, release: Path, *, keep_release: bool) -> None:
    """Put the pointer back, then take away what was begun; the next run sweeps the rest."""
    before = staging / f"before-{LATEST}"
    swapped = find_latest(output) == release and not (staging / LATEST).exists()
    try:
        if swapped and before.is_file():
            os.replace(before, output / LATEST)  # noqa: PTH105
        elif swapped:
            (output / LATEST).unlink()
    except OSError:
        keep_release = True  # the pointer still names it: a whole release, so leave it
    if not keep_release:
        shutil.rmtree(release, ignore_errors=True)
    shutil.rmtree(staging, ignore_errors=True)
