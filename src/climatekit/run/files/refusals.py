"""Refusals of the disk, told as problems of what could not be written."""

from __future__ import annotations

from pathlib import Path

from climatekit.errors import OutputError, Problem, tell_reason


def make_write_error(
    code: str, what: str, error: OSError, place: Path, *, mend: str
) -> OutputError:
    """Return what the disk refused, as an error that names what and where.

    Parameters
    ----------
    code : str
    what : str
        What could not be done, e.g. ``the study cannot be written``; the system's reason follows.
    error : OSError
    place : Path
        The file or folder as the user knows it.
    mend : str
    """
    return OutputError(
        Problem(code=code, message=f"{what}: {tell_reason(error)}", file=str(place), mend=mend)
    )
