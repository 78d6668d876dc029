"""Raw files: bytes read without ever blocking, refused early when they are no text."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePath

from climatekit.errors import InputError, LimitError, Problem

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip file, as Excel workbooks (.xlsx) are"),
    (b"PK\x05\x06", "an empty zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or an encrypted one"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF", "a PDF"),
    (b"$FL2", "an SPSS file (.sav)"),
    (b"$FL3", "an SPSS file (.zsav)"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"7z\xbc\xaf", "a 7-Zip file"),
)
# Kinds that have a reader of their own, by signature and by the ending that has to go with it.
_READ_KINDS: tuple[tuple[bytes, tuple[str, ...], str], ...] = (
    (b"PK\x03\x04", (".xlsx",), "workbook"),
    (b"$FL2", (".sav",), "spss"),
    (b"$FL3", (".sav", ".zsav"), "spss"),
)
_WEB_PAGE = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class RawFile:
    """The bytes of one file, their sha256, and whether they are text, workbook or spss."""

    name: str
    content: bytes
    sha256: str
    kind: str = "text"


def read_bytes(path: Path, *, max_bytes: int) -> RawFile:
    """Read a regular file whole.

    Parameters
    ----------
    path : Path
    max_bytes : int
        Largest size that is read, in bytes.

    Raises
    ------
    InputError
        If the path is missing, a folder, a device or pipe, unreadable, changes while
        being read, is empty, or holds something that is no table.
    LimitError
        If the file is larger than `max_bytes`.
    """
    name = str(path)
    # A pipe without a writer would block `open` for ever; O_NONBLOCK never waits.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        # Windows refuses a folder as it does a file that one may not read.
        problem = _folder(name) if os.path.isdir(path) else _unopened(name, error)  # noqa: PTH112
        raise InputError(problem) from error
    try:
        before = os.fstat(descriptor)
        _check_kind(name, before)
        _check_size(name, before.st_size, max_bytes)
        content = _read_all(descriptor, max_bytes + 1)
        after = os.fstat(descriptor)
    except OSError as error:
        raise InputError(_unopened(name, error)) from error
    finally:
        os.close(descriptor)
    _check_size(name, len(content), max_bytes)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InputError(
            Problem(
                code="CK119",
                file=name,
                message="the file was changed while it was being read",
                mend="wait until the export has been written in full, then run again",
            )
        )
    kind = _find_kind(name, content)
    return RawFile(name, content, hashlib.sha256(content).hexdigest(), kind)


def _read_all(descriptor: int, most: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as stream:
        return stream.read(most)


def _unopened(name: str, error: OSError | ValueError) -> Problem:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Problem(
            code="CK101",
            file=name,
            message="there is no such file",
            mend="check the spelling of the path, and the folder that it starts from",
        )
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "bad path"
    return Problem(
        code="CK103",
        file=name,
        message=f"the file cannot be read ({reason.lower()})",
        mend="give the account that runs climatekit the right to read it",
    )


def _folder(name: str) -> Problem:
    return Problem(
        code="CK102",
        file=name,
        message="this is a folder, not a file",
        expected="the path of one export",
        mend="name the export files inside it",
    )


def _check_kind(name: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise InputError(_folder(name))
    if not stat.S_ISREG(status.st_mode):
        kind = "a pipe" if stat.S_ISFIFO(status.st_mode) else "a device or socket"
        raise InputError(
            Problem(
                code="CK104",
                file=name,
                message=f"this is {kind}, not a file",
                expected="a regular file",
                mend="save the export as a file first",
            )
        )


def _check_size(name: str, size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise LimitError(
            Problem(
                code="CK601",
                file=name,
                message=f"the file is larger than the limit of {max_bytes:,} bytes",
                expected=f"at most {max_bytes:,} bytes (max_bytes)",
                mend="raise max_bytes under [reading], or export one wave at a time",
            )
        )


def _find_kind(name: str, content: bytes) -> str:
    head = content[:512]
    for signature, endings, kind in _READ_KINDS:
        # A workbook that is called .csv was renamed, not saved as one: say so instead.
        if head.startswith(signature) and name.casefold().endswith(endings):
            return kind
    if PurePath(name).name.startswith("~$"):
        raise InputError(_lock_file(name))
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise InputError(_wrong_kind(name, kind))
    if name.casefold().endswith((".xlsx", ".sav", ".zsav")) and b"\0" in head:
        raise InputError(_wrong_kind(name, "not what its ending says"))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGE):
        raise InputError(_wrong_kind(name, "a web page, perhaps a log-in page"))
    return "text"


def _lock_file(name: str) -> Problem:
    return Problem(
        code="CK106",
        file=name,
        message="this is what Excel keeps beside a workbook while it is open, not the workbook",
        expected="the workbook itself",
        mend=f"close it in Excel, and name {PurePath(name).name.removeprefix('~$')}",
    )


def _wrong_kind(name: str, kind: str) -> Problem:
    return Problem(
        code="CK106",
        file=name,
        message=f"this is {kind}, not a text table",
        expected="CSV, semicolon or tab separated text; or a workbook that is called .xlsx, "
        "an SPSS file that is called .sav",
        mend="export as CSV from the survey platform, or save the sheet as CSV UTF-8",
    )
