"""File names: made, never cleaned, so that no school's name can lead out of the folder."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping

from climatekit.errors import InputError, Problem

_LONGEST_SLUG = 60
_LONGEST_PART = 100
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]|[A-Za-z0-9]")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}
)


def file_slug(name_or_id: str, school_id: str) -> str:
    """Return a file name (without ending) for one school.

    Up to 60 small ASCII letters, digits and hyphens of the name, so that people can find
    the file, then a hyphen and eight hexadecimal digits of the id's sha256, so that two
    schools never share a file, not even on a disk that folds case or accents.

    Parameters
    ----------
    name_or_id : str
        What people call the school; any text at all.
    school_id : str
        The school's id, compared in Unicode NFC.
    """
    plain = unicodedata.normalize("NFKD", name_or_id.casefold())
    ascii_only = plain.encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    slug = words[:_LONGEST_SLUG].rstrip("-") or "school"
    return f"{slug}-{_hash_id(school_id)}"


def name_files(schools: Mapping[str, str]) -> dict[str, str]:
    """Return `file_slug` of each school, and refuse when two schools would share a file.

    Parameters
    ----------
    schools : mapping of str to str
        School id to name.

    Raises
    ------
    InputError
        With one problem per group of ids that differ only in their Unicode spelling, or
        whose hashes happen to be equal.
    """
    slugs = {school: file_slug(name, school) for school, name in schools.items()}
    sharing: dict[str, list[str]] = defaultdict(list)
    for school in slugs:
        sharing[_hash_id(school)].append(school)
    problems = [
        Problem(
            code="CK310",
            message="these school ids cannot be told apart in file names: "
            + ", ".join(ascii(school) for school in twins),
            expected="ids that differ in more than the spelling of their accents",
            mend="give one of the schools another id in the roster",
        )
        for twins in sharing.values()
        if len(twins) > 1
    ]
    if problems:
        raise InputError(problems)
    return slugs


def is_safe_name(name: str) -> bool:
    """Whether `name` is a relative path with ``/`` that is safe on every common disk."""
    parts = name.split("/")
    return all(
        len(part) <= _LONGEST_PART
        and _PART.fullmatch(part) is not None
        and part.split(".", maxsplit=1)[0].casefold() not in _RESERVED
        for part in parts
    )


def _hash_id(school_id: str) -> str:
    text = unicodedata.normalize("NFC", school_id)
    # Lone surrogates can reach us from a command line; they must not stop a run.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
