"""New files: written where nothing stands yet, and over what is there only when told to."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from climatekit.errors import OutputError, Problem
from climatekit.run.files.refusals import make_write_error
from climatekit.run.files.staging import replace_file

_FILE_MODE = 0o644


def write_new_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file that is not there yet; its folder is made where it is missing.

    Parameters
    ----------
    path : Path
    text : str
        Written as UTF-8, line ends as they are.
    private : bool
        Whether only the owner may read it.

    Raises
    ------
    OutputError
        If the file is there already, or cannot be written.
    """
    number = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else _FILE_MODE
        )
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        if number is not None:
            _take_away(path)
        mend = "name another file or folder; an existing file is never overwritten"
        raise make_write_error("CK523", "cannot write", error, path, mend=mend) from error


def write_files(
    files: Mapping[str, bytes | Path],
    folder: Path,
    *,
    force: bool = False,
    mend: str = "nothing is overwritten: name another folder",
) -> tuple[Path, ...]:
    """Write files to a folder that the user named, each whole or not at all.

    Parameters
    ----------
    files : mapping of str to (bytes or Path)
        By their path within the folder: what they hold, or the file to copy.
    folder : Path
        Made where it is missing.
    force : bool
        Whether what is there already may be overwritten.
    mend : str
        What to do when something is there already.

    Raises
    ------
    OutputError
        If a file is there already and `force` is false (nothing is written then), or
        the disk refuses.
    """
    paths = [folder / name for name in files]
    there = [path for path in paths if path.exists()]
    if there and not force:
        raise OutputError(
            [
                Problem(
                    code="CK521",
                    message="the file is there already",
                    file=str(path),
                    mend=mend,
                )
                for path in there
            ]
        )
    try:
        for path, content in zip(paths, files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = content if isinstance(content, bytes) else content.read_bytes()
            replace_file(path, whole, mode=_FILE_MODE)
    except OSError as error:
        mend = "free some space, or name a folder that you may write to"
        raise make_write_error("CK522", "cannot write", error, folder, mend=mend) from error
    return tuple(paths)


def _take_away(path: Path) -> None:
    """Remove what was begun, so that half a file is never taken for a whole one."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
