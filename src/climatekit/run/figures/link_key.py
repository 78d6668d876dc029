"""Link key: the secret under which linking codes are scrambled, in a file of its own."""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from climatekit.errors import DefinitionError, Problem, tell_reason
from climatekit.knowledge.settings import Settings

_BYTES = 32
_FORM = re.compile(rf"[0-9a-f]{{{2 * _BYTES}}}\s*")


def open_link_key(settings: Settings) -> bytes | None:
    """Return the secret of the settings' key file; None where nothing is linked.

    A key file that is not there is made, with mode 0600. Any key links the same people:
    all waves are scrambled anew at each reading, and no token is kept.

    Raises
    ------
    DefinitionError
        If others may read the file, it is no key, it lies in the output folder, or it
        can be neither read nor made.
    """
    path = settings.link_key
    if path is None or settings.columns.link is None:
        return None
    output = settings.output
    if output is not None and path.resolve().is_relative_to(output.resolve()):
        raise _refuse(path, "the linking key lies in the output folder", "keep it elsewhere")
    try:
        if not path.exists():
            _make(path)
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise _refuse(
                path, "others may read or change the linking key", f"chmod 600 {path.name}"
            )
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        what = f"the linking key cannot be opened: {tell_reason(error)}"
        raise _refuse(path, what, "name a file that you may write") from error
    if not _FORM.fullmatch(text):
        raise _refuse(
            path, "the file holds no linking key", "name another file; a missing one is made"
        )
    return bytes.fromhex(text.strip())


def _make(path: Path) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_BYTES) + "\n")


def _refuse(path: Path, message: str, mend: str) -> DefinitionError:
    return DefinitionError(
        Problem(
            code="CK456",
            file=str(path),
            column="link_key",
            message=message,
            expected="a file that only you can read, made by climatekit",
            mend=mend,
        )
    )
