"""One case of the bad-input catalogue."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any


@dataclasses.dataclass(frozen=True)
class Case:
    """One input.

    `content` replaces the second wave's export (or `export`, if that is another name);
    `config` is added to the configuration, `edits` replaces texts in it, `files` are
    further files. `prepare` is called with the folder and pytest's monkeypatch just before.
    `leaves` names what may be new or other afterwards, and `wrote` a text in a file of it.
    `args` is the command line, by default ``run`` for what must be refused
    and ``check`` for what must be read.
    """

    row: int
    name: str
    content: bytes | None = None
    exit: int = 3
    code: str = ""
    wanted: tuple[str, ...] = ()
    config: str = ""
    edits: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    args: tuple[str, ...] = ()
    export: str = "exports/w2.csv"
    both: Callable[[int], bytes] | None = None
    prepare: Callable[[Path, Any], None] | None = None
    leaves: tuple[str, ...] = ()
    wrote: str = ""
