"""Staging: files written and flushed before anybody can see them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

_FILE_MODE = 0o640
_FOLDER_MODE = 0o750


def stage_files(folder: Path, files: Mapping[str, bytes | Path]) -> None:
    """Write files into a new folder, in the order given, and flush them and all folders.

    A file that lies on the disk already is linked where the disk knows links, else copied.

    The mode is 0640 for files and 0750 for folders, less what the umask takes away.

    Raises
    ------
    OSError
        At the first step that the disk refuses.
    """
    os.mkdir(folder, _FOLDER_MODE)  # noqa: PTH102 (one os call for each step that can fail)
    made = [folder]
    for name, content in files.items():
        for parent in reversed((folder / name).relative_to(folder).parents[:-1]):
            if folder / parent not in made:
                os.mkdir(folder / parent, _FOLDER_MODE)  # noqa: PTH102
                made.append(folder / parent)
        if isinstance(content, Path):
            _link_file(content, folder / name)
        else:
            write_file(folder / name, content)
    for one in reversed(made):
        sync_folder(one)


def _link_file(source: Path, target: Path) -> None:
    """Give a flushed file that nobody changes any more a second name, or copy it."""
    try:
        os.link(source, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        # Some disks know no links; if it is the disk that fails, the copy fails as well.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(source, flags), "rb") as file:
            write_file(target, file.read())


def write_file(path: Path, content: bytes, *, mode: int = _FILE_MODE) -> None:
    """Write one new file and flush it; a file or link that is there already is refused."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    file = os.open(path, flags | getattr(os, "O_BINARY", 0), mode)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)


def replace_file(path: Path, content: bytes, *, mode: int = _FILE_MODE) -> None:
    """Put a file in the place of another, or where there is none, whole or not at all.

    The new one has the mode of the old one, or `mode` less what the umask takes away.

    Raises
    ------
    OSError
        At the first step that the disk refuses; the old file is then as it was.
    """
    beside = path.with_name(f".climatekit-{os.getpid()}")
    try:
        beside.unlink(missing_ok=True)
        write_file(beside, content, mode=mode)
        with contextlib.suppress(FileNotFoundError):
            beside.chmod(path.stat().st_mode & 0o777)
        os.replace(beside, path)  # noqa: PTH105
        sync_folder(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Flush a folder's list of names, so that a rename outlives a power cut."""
    if os.name == "nt":  # Windows cannot flush a folder
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
