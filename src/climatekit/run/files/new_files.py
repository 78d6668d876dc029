"""New files: text written where nothing stands yet, and never over anything."""

from __future__ import annotations

import os
from pathlib import Path

from climatekit.errors import OutputError, Problem


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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise OutputError(
            Problem(
                code="CK523",
                message=f"cannot write: {error.strerror or type(error).__name__}",
                file=str(path),
                expected="a new file in a folder that you may write to",
                mend="name another file or folder; an existing file is never overwritten",
            )
        ) from error
