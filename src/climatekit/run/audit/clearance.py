"""Clearance: which part of an audit found nothing in all that it would read again.

A release tells in its manifest, by hashes, what was attacked and read in vain. The next one
that prints the very same, made from the same answers, need not be attacked once more.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from climatekit.release.ledger import COLUMNS, LEVEL
from climatekit.run.audit.output_reader import LEDGER, Files, read_raw, read_text
from climatekit.run.publishing.manifest import describe_answers, hash_parts

ATTACK, NUMBERS = "attack", "numbers"
_STATISTIC = COLUMNS.index("statistic")
_READ = (".csv", ".xlsx", ".json")
_ATTACKED = ("scores.csv", "changes.csv")  # of whom nothing is told, and who was linked


def hash_audit(files: Files, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the hash of all that each part of an audit goes by.

    Parameters
    ----------
    files : mapping of str to (bytes or Path)
    manifest : mapping
        Of these files, as `build_manifest` returns it.

    Returns
    -------
    dict of str to str
        ``attack``: everything that was ever printed but the data-use levels, and every input
        but the evidence log, which are all that these two come from. ``numbers``: every file
        in which numbers are read one by one.
    """
    common = {
        "settings": manifest["settings"],
        "versions": manifest["versions"],
        "ungrouped": manifest["ungrouped"],
        "lowest_min_n": manifest.get("lowest_min_n", {}),
    }
    rows = list(_list_rows(files, str(manifest["run_key"])[:8]))
    return {
        ATTACK: hash_parts(
            common
            | describe_answers(manifest)
            | {"ledger": _hash_lines(itertools.filterfalse(_is_level, rows))}
            | {name: _hash_file(files[name]) for name in _ATTACKED if name in files}
        ),
        NUMBERS: hash_parts(
            common
            | {"ledger": _hash_lines(rows)}
            | {
                name: _hash_file(content)
                for name, content in files.items()
                if name.endswith(_READ) and name not in {LEDGER, "manifest.json"}
            }
        ),
    }


def _list_rows(files: Files, release: str) -> Iterator[str]:
    """Yield the ledger's lines; those of this release without its name."""
    for line in read_text(files[LEDGER]).split("\n"):
        yield line.removeprefix(release) if line.startswith(f"{release},") else line


def _is_level(line: str) -> bool:
    """Return whether a row of the ledger is a data-use level, which no attacker reads."""
    if f",{LEVEL}," not in line or '"' in line:
        return False
    return line.split(",")[_STATISTIC] == LEVEL


def _hash_lines(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _hash_file(content: bytes | Path) -> str:
    return hashlib.sha256(read_raw(content)).hexdigest()
