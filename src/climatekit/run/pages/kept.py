"""Kept: pages and workbooks that are in the last release already, made from the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from climatekit.run.pages.printing import BookJob, PageJob
from climatekit.run.publishing.manifest import hash_parts
from climatekit.run.workshop.rendering import list_plainly
from climatekit.run.workshop.sorting import Shelves

AnyJob = TypeVar("AnyJob", PageJob, BookJob)


@dataclass(frozen=True, slots=True)
class Kept(Generic[AnyJob]):
    """What of some jobs lies in the last release, and what is to be made.

    Attributes
    ----------
    files : mapping of str to Path
        File name to where it lies, for the jobs that are done.
    rest : tuple of jobs
        The others.
    keys : mapping of str to str
        Name of all jobs' files, without language and ending, to the hash of what they are
        made from.
    """

    files: Mapping[str, Path]
    rest: tuple[AnyJob, ...]
    keys: Mapping[str, str]


def keep_unchanged(jobs: Sequence[AnyJob], shelves: Shelves) -> Kept[AnyJob]:
    """Return which jobs' files the last release has; one page in all its languages is one."""
    by_name: dict[str, list[AnyJob]] = {}
    for job in jobs:
        by_name.setdefault(job.name.partition(".")[0], []).append(job)
    keys = {
        name: hash_parts({"jobs": [_hash_job(job) for job in own], "stamp": shelves.stamp})
        for name, own in by_name.items()
    }
    files: dict[str, Path] = {}
    rest: list[AnyJob] = []
    for name, own in by_name.items():
        found = shelves.find(name, keys[name])
        if found is None:
            rest.extend(own)
        else:
            files |= found
    return Kept(files, tuple(rest), keys)


def _hash_job(job: PageJob | BookJob) -> str:
    if isinstance(job, BookJob):
        return hash_parts({"book": job.book.digest, "name": job.name})
    told = hashlib.sha256(list_plainly(job.page)).hexdigest()
    return hash_parts({"page": told, "formats": sorted(job.formats), "name": job.name})
