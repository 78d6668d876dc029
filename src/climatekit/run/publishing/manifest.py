"""Manifest: what a release was made from and holds, and whether it is still whole."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from climatekit.errors import InputError, Problem, tell_reason
from climatekit.run.files.filenames import is_safe_name

SCHEMA = "climatekit/manifest/1"
FILE_NAME = "manifest.json"

_CHUNK = 1 << 20
_KEY_PARTS = ("inputs", "settings", "versions")


@dataclass(frozen=True, slots=True)
class Digest:
    """The sha256 (64 hexadecimal digits) and the size in bytes of one file."""

    sha256: str
    size: int


class ManifestError(ValueError):
    """A manifest cannot be used; the text says why."""


def digest_bytes(content: bytes) -> Digest:
    """Return the digest of `content`."""
    return Digest(hashlib.sha256(content).hexdigest(), len(content))


def digest_file(path: Path, *more: Path) -> Digest:
    """Return the digest of a file, or of several one after the other, read in pieces.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    try:
        return _digest(path, *more)
    except OSError as error:
        raise InputError(
            Problem(
                code="CK103",
                message=f"the file cannot be read: {tell_reason(error)}",
                file=str(error.filename or path),
                mend="check that it is there and that you may read it",
            )
        ) from error


def build_manifest(
    inputs: Mapping[str, Digest],
    settings: Mapping[str, object],
    versions: Mapping[str, str],
    *,
    withheld: Mapping[str, object] | None = None,
    refused: Mapping[str, str] | None = None,
    briefs: Mapping[str, str] | None = None,
    pages: Mapping[str, str] | None = None,
    ungrouped: bool = False,
) -> dict[str, object]:
    """Return a manifest without its outputs, which `publish_release` adds.

    It holds no time: the same input gives the same bytes.

    Parameters
    ----------
    inputs : mapping of str to Digest
        Name of each input file, as the settings give it, to its digest.
    settings, versions : mapping
        Plain values for JSON, without full paths.
    withheld : mapping of str to object, optional
        What was withheld and by which rule; never a value or a count.
    refused : mapping of str to str, optional
        Id of each school without a brief to the code of its problem.
    briefs : mapping of str to str, optional
        File name of each brief, without ending, to the hash of what it was made from.
    pages : mapping of str to str, optional
        The same of the district's page, the technical note and the workbook, without language.
    ungrouped : bool
        Whether anybody is in none of the role groups; else a school is the sum of its groups.
    """
    told: dict[str, object] = {
        # Not its size, which tells how many rows an export of codes has.
        "inputs": {name: {"sha256": digest.sha256} for name, digest in inputs.items()},
        "settings": dict(settings),
        "versions": dict(versions),
    }
    told = json.loads(json.dumps(told))  # what a reader of the file will hash
    return {
        "schema": SCHEMA,
        "run_key": hash_parts(told),
        **told,
        "withheld": dict(withheld or {}),
        "refused": dict(refused or {}),
        "briefs": dict(briefs or {}),
        "pages": dict(pages or {}),
        "ungrouped": ungrouped,
    }


def describe_answers(manifest: Mapping[str, Any]) -> dict[str, object]:
    """Return all that scores and statistics came from: everything but the evidence log."""
    settings = manifest["settings"]
    return {
        "inputs": {
            name: told
            for name, told in manifest["inputs"].items()
            if name != settings.get("evidence_log")
        },
        "settings": settings,
        "versions": manifest["versions"],
    }


def write_manifest(manifest: Mapping[str, object], files: Mapping[str, bytes | Path]) -> bytes:
    """Return the finished manifest's bytes: `manifest` and the digest of each output.

    Keys are sorted, so that equal content gives equal bytes.
    """
    outputs = {
        name: _write_digest(
            digest_file(content) if isinstance(content, Path) else digest_bytes(content)
        )
        for name, content in files.items()
    }
    whole = {**manifest, "outputs": outputs}
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return (text + "\n").encode("utf-8", "backslashreplace")


def read_manifest(release: Path) -> dict[str, Any]:
    """Return the manifest of a release, checked for shape and for its run key.

    Raises
    ------
    ManifestError
        If it is missing, unreadable, of another schema, or was changed.
    """
    path = release / FILE_NAME
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise ManifestError(f"cannot be read: {tell_reason(error)}") from error
    except (ValueError, RecursionError) as error:
        raise ManifestError("is not JSON") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ManifestError(f"is not of the schema {SCHEMA}")
    outputs = content.get("outputs")
    if not isinstance(outputs, dict) or not all(
        is_safe_name(name)
        and isinstance(digest, dict)
        and isinstance(digest.get("sha256"), str)
        and isinstance(digest.get("size"), int)
        for name, digest in outputs.items()
    ):
        raise ManifestError("does not list its files as it should")
    parts = {part: content.get(part) for part in _KEY_PARTS}
    if content.get("run_key") != hash_parts(parts):
        raise ManifestError("was changed: its run key does not fit what it says")
    return content


def verify_release(path: Path) -> tuple[Problem, ...]:
    """Return what is wrong with a release: every file is hashed again.

    Parameters
    ----------
    path : Path
        A release folder, with its ``manifest.json``.

    Returns
    -------
    tuple of Problem
        Empty when each file is there, unchanged, and nothing was added.
    """
    try:
        manifest = read_manifest(path)
    except ManifestError as error:
        return (
            Problem(
                code="CK513",
                message=f"the manifest {error}",
                file=str(path / FILE_NAME),
                mend="name a release folder; if it is one, publish again",
            ),
        )
    return tuple(_check_outputs(path, manifest["outputs"]))


def _check_outputs(path: Path, outputs: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for name in sorted(outputs):
        fault = _find_fault(path / name, outputs[name])
        if fault is not None:
            yield Problem(
                code="CK514",
                message=f"the file {fault}",
                file=str(path / name),
                mend="do not use this release; publish again",
            )
    known = {*outputs, FILE_NAME}
    for name in sorted(_list_files(path) - known):
        yield Problem(
            code="CK515",
            message="the file is not in the manifest",
            file=ascii(str(path / name))[1:-1],
            mend="take the file away, or publish again",
        )


def _find_fault(path: Path, digest: Mapping[str, Any]) -> str | None:
    try:
        if path.is_symlink() or not path.is_file():
            return "is missing"
        if _digest(path) != Digest(digest["sha256"], digest["size"]):
            return "was changed after it was published"
    except OSError as error:
        return f"cannot be read: {tell_reason(error)}"
    return None


def _list_files(folder: Path) -> set[str]:
    found = set()
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in (*names, *links):
            found.add((Path(parent) / name).relative_to(folder).as_posix())
    return found


def _digest(*paths: Path) -> Digest:
    running = hashlib.sha256()
    size = 0
    for path in paths:
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                running.update(piece)
                size += len(piece)
    return Digest(running.hexdigest(), size)


def _write_digest(digest: Digest) -> dict[str, object]:
    return {"sha256": digest.sha256, "size": digest.size}


def hash_parts(parts: Mapping[str, object]) -> str:
    """Return the sha256 of plain values, whatever the order of their names."""
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
