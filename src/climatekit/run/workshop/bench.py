"""Bench: finished files of a run at work, so that an interrupted run goes on where it was.

In the output folder lies, only until the release is published, one folder
``.making-<key8>`` (mode 0700). Each school's files are flushed to it first; then a
done-record that names their hashes. Only what has a record that fits is used again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from climatekit.errors import InputError
from climatekit.run.files.filenames import is_safe_name
from climatekit.run.files.staging import sync_folder, write_file
from climatekit.run.publishing.manifest import (
    Digest,
    digest_bytes,
    digest_file,
)
from climatekit.run.publishing.shelf import MAKING, list_left, remove_left

_PRIVATE_MODE = 0o700
_DONE = ".done.json"
_SCHEMA = "climatekit/done/1"


class Bench:
    """Where one run keeps each school's files as soon as they are made.

    Parameters
    ----------
    output : Path
        An output folder whose lock is held.
    run_key : str
        What an interrupted run left is used again only under the same key.
    """

    def __init__(self, output: Path, run_key: str) -> None:
        self.folder = output / f"{MAKING}{run_key[:8]}"
        remove_left(
            left for left in list_left(output, [MAKING]) if left != self.folder or left.is_symlink()
        )
        if not self.folder.is_dir():
            os.mkdir(self.folder, _PRIVATE_MODE)  # noqa: PTH102 (one os call that can fail)

    def keep(self, name: str, key: str, files: Mapping[str, bytes]) -> dict[str, Path]:
        """Write one school's files, then the record that they are done.

        Parameters
        ----------
        name : str
            The school's file name without ending; no other school has it.
        key : str
            What the files were made from, as a hash.
        files : mapping of str to bytes

        Raises
        ------
        OSError
            If the disk refuses.
        """
        record = self.folder / f"{name}{_DONE}"
        record.unlink(missing_ok=True)
        digests = {}
        for file, content in files.items():
            (self.folder / file).unlink(missing_ok=True)
            write_file(self.folder / file, content)
            digest = digest_bytes(content)
            digests[file] = {"sha256": digest.sha256, "size": digest.size}
        told = {"schema": _SCHEMA, "key": key, "files": digests}
        write_file(record, (json.dumps(told, indent=1) + "\n").encode())
        sync_folder(self.folder)
        return {file: self.folder / file for file in files}

    def find(self, name: str, key: str) -> dict[str, Path] | None:
        """Return the files of one school that are done under this key, or None."""
        try:
            told = json.loads((self.folder / f"{name}{_DONE}").read_bytes())
            listed = dict(_list_digests(told["files"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        if told.get("schema") != _SCHEMA or told.get("key") != key:
            return None
        return _find_whole(self.folder, listed)

    def clear(self) -> None:
        """Take the folder away: all of it is published, or the disk is full."""
        shutil.rmtree(self.folder)


def list_made(manifest: Mapping[str, Any]) -> dict[str, tuple[str, dict[str, Digest]]]:
    """Return what a release holds of each brief and page: its name to its key and files.

    Empty where its manifest cannot be used.
    """
    try:
        outputs = dict(_list_digests(manifest["outputs"]))
        keys = {**manifest.get("briefs", {}), **manifest.get("pages", {})}
    except (KeyError, TypeError, ValueError):
        return {}
    made: dict[str, tuple[str, dict[str, Digest]]] = {
        name: (key, {}) for name, key in keys.items() if isinstance(key, str)
    }
    for file, digest in outputs.items():
        name = file.partition(".")[0]
        if name in made:
            made[name][1][file] = digest
    return made


def find_made(
    release: Path, made: tuple[str, Mapping[str, Digest]] | None, key: str
) -> dict[str, Path] | None:
    """Return something's files in a release when they were made under this key and are whole."""
    if made is None or made[0] != key or not made[1]:
        return None
    return _find_whole(release, made[1])


def _find_whole(folder: Path, listed: Mapping[str, Digest]) -> dict[str, Path] | None:
    paths = {file: folder / file for file in listed}
    try:
        if any(
            path.is_symlink() or digest_file(path) != listed[file] for file, path in paths.items()
        ):
            return None
    except InputError:
        return None
    return paths


def _list_digests(told: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, Digest]]:
    for file, digest in told.items():
        if is_safe_name(file):
            yield file, Digest(str(digest["sha256"]), int(str(digest["size"])))
