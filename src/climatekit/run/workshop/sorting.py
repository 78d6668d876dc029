"""Sorting: which briefs are there already, made from the same, and which are to be made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from climatekit.run.publishing.manifest import Digest, ManifestError, hash_parts, read_manifest
from climatekit.run.workshop.bench import Bench, find_made, list_made
from climatekit.run.workshop.rendering import Job, list_plainly


@dataclass(frozen=True, kw_only=True)
class Shelves:
    """Where finished briefs are looked for and kept.

    Attributes
    ----------
    bench : Bench
        Takes each brief as soon as it is made.
    last : Path, optional
        The current release.
    stamp : str
        Hash of all that can change a file besides its brief: versions, templates, fonts.
    force : bool
        Take nothing that is there.
    """

    bench: Bench
    last: Path | None
    stamp: str
    force: bool = False

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """The manifest of the current release; empty where nothing of it is taken."""
        if self.force or self.last is None:
            return {}
        try:
            return read_manifest(self.last)
        except ManifestError:
            return {}

    @cached_property
    def made(self) -> Mapping[str, tuple[str, dict[str, Digest]]]:
        """What the current release holds, by name: its key and files."""
        return list_made(self.told)

    def find(self, name: str, key: str) -> dict[str, Path] | None:
        """Return the files of the current release that were made under a key, if it has them."""
        return find_made(self.last, self.made.get(name), key) if self.last else None


@dataclass(slots=True)
class Sorted:
    """Jobs as far as they were sorted.

    Attributes
    ----------
    names : list of str
        File names without ending, in the order of the jobs.
    keys : dict of str to str
        Name to the hash of what its files are made from; empty without shelves.
    found : dict of str to dict of str to Path
        Name to the files that are there already.
    rest : dict of str to Job
        Name to the job that is to be done.
    """

    names: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    found: dict[str, dict[str, Path]] = field(default_factory=dict)
    rest: dict[str, Job] = field(default_factory=dict)


def sort_jobs(jobs: Iterable[Job], shelves: Shelves | None, into: Sorted) -> Iterator[Job]:
    """Sort jobs one by one; yields each that is to be done, as soon as that is known."""
    for job in jobs:
        into.names.append(job.name)
        files = None
        if shelves is not None:
            key = into.keys[job.name] = _hash_brief(job, shelves.stamp)
            if not shelves.force:
                files = shelves.bench.find(job.name, key) or shelves.find(job.name, key)
        if files is None:
            into.rest[job.name] = job
            yield job
        else:
            into.found[job.name] = files


def _hash_brief(job: Job, stamp: str) -> str:
    content = hashlib.sha256()
    for brief in (job.brief, *job.translations):
        content.update(list_plainly(brief))
    return hash_parts(
        {
            "brief": content.hexdigest(),
            "formats": sorted(job.formats),
            "stamp": stamp,
        }
    )
