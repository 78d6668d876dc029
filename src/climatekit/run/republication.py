"""Republication: whether a wave that was published before may be published again.

Rule D9 of the privacy page. Two publications of one wave whose people differ by a few give
those few away to whoever subtracts one from the other.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from climatekit.errors import DisclosureError, Problem
from climatekit.release.assembly import Release, SchoolRelease
from climatekit.release.released import Released
from climatekit.run.manifest import ManifestError, read_manifest
from climatekit.run.shelf import list_releases
from climatekit.values import Withheld

LEAST_APART = 10


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed of one school in one wave.

    Attributes
    ----------
    answered : int
        People who answered, as printed.
    figures : str
        sha256 of all printed figures; equal figures give equal ones.
    exports : str
        sha256 of the wave's exports, byte by byte.
    """

    answered: int
    figures: str
    exports: str


History = Mapping[str, Mapping[str, tuple[Printed, ...]]]


def list_printed(release: Release, exports: Mapping[str, str]) -> dict[str, dict[str, Printed]]:
    """Return what a release prints, by wave and school; hidden schools are left out.

    Parameters
    ----------
    release : Release
    exports : mapping of str to str
        Wave id to the hash of its exports.
    """
    printed: dict[str, dict[str, Printed]] = {}
    for school, released in release.schools.items():
        for wave, who in released.waves.items():
            if isinstance(who.answered, Released):
                printed.setdefault(wave, {})[school] = Printed(
                    int(who.answered.value), _hash_figures(released, wave), exports.get(wave, "")
                )
    return printed


def read_history(output: Path) -> dict[str, dict[str, tuple[Printed, ...]]]:
    """Return everything that the releases in an output folder say was ever printed.

    Each release carries on what the ones before it had printed, so that nothing is
    forgotten when old releases are pruned.
    """
    history: dict[str, dict[str, list[Printed]]] = {}
    for release in list_releases(output):
        try:
            told = read_manifest(release).get("printed", {})
        except ManifestError:
            continue  # `verify` tells of it; what a damaged manifest says cannot be trusted
        for wave, schools in told.items():
            for school, entries in schools.items():
                known = history.setdefault(wave, {}).setdefault(school, [])
                for entry in entries:
                    one = Printed(int(entry["answered"]), entry["figures"], entry["exports"])
                    if one not in known:
                        known.append(one)
    return {
        wave: {school: tuple(entries) for school, entries in schools.items()}
        for wave, schools in history.items()
    }


def check_republication(
    printed: Mapping[str, Mapping[str, Printed]],
    history: History,
    *,
    labels: Mapping[str, str],
    reason: str | None = None,
) -> tuple[Problem, ...]:
    """Refuse a release that, beside an earlier one, would give a few people away.

    A school's wave may be printed again when the very same figures are printed, or at
    least ten people were added or taken away, or the exports are the same byte for byte
    (then the same people answered the same, and only the method changed).

    Parameters
    ----------
    printed : mapping
        What the new release prints, as `list_printed` gives it.
    history : mapping
        What was printed before, as `read_history` gives it.
    labels : mapping of str to str
        Wave id to its label.
    reason : str, optional
        The district's written reason to publish all the same.

    Returns
    -------
    tuple of Problem
        With a reason, a warning for each such school and wave.

    Raises
    ------
    DisclosureError
        Without a reason; each school and wave is named, no number is.
    """
    problems = []
    for wave, school, now in _walk(printed):
        before = history.get(wave, {}).get(school, ())
        if any(_gives_away(now, earlier) for earlier in before):
            problems.append(
                Problem(
                    code="CK710",
                    message="fewer than 10 people's answers differ from those this wave was "
                    "published with before",
                    file=labels.get(wave, wave),
                    column=f"school {school}",
                    expected="the same answers as before, or at least 10 people more or fewer",
                    mend="publish a wave once, after it closed; for a real correction write why "
                    'under [disclosure], republish = "..."',
                    severity="warning" if reason else "error",
                )
            )
    if problems and not reason:
        raise DisclosureError(problems)
    return tuple(problems)


def merge_history(
    printed: Mapping[str, Mapping[str, Printed]], history: History
) -> dict[str, dict[str, list[dict[str, object]]]]:
    """Return the history with the new release in it, as plain values for its manifest."""
    merged: dict[str, dict[str, set[Printed]]] = {}
    for wave, schools in history.items():
        for school, entries in schools.items():
            merged.setdefault(wave, {}).setdefault(school, set()).update(entries)
    for wave, school, now in _walk(printed):
        merged.setdefault(wave, {}).setdefault(school, set()).add(now)
    return {
        wave: {
            school: [
                dataclasses.asdict(one)
                for one in sorted(entries, key=lambda one: (one.answered, one.figures, one.exports))
            ]
            for school, entries in sorted(schools.items())
        }
        for wave, schools in sorted(merged.items())
    }


def hash_exports(digests: Sequence[str]) -> str:
    """Return one hash of a wave's exports, whatever their order and names."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def _walk(
    printed: Mapping[str, Mapping[str, Printed]],
) -> Iterator[tuple[str, str, Printed]]:
    for wave, schools in sorted(printed.items()):
        for school, one in sorted(schools.items()):
            yield wave, school, one


def _gives_away(now: Printed, earlier: Printed) -> bool:
    apart = abs(now.answered - earlier.answered)
    if apart:
        return apart < LEAST_APART
    return now.figures != earlier.figures and now.exports != earlier.exports


def _hash_figures(school: SchoolRelease, wave: str) -> str:
    told: dict[str, Any] = {
        "rate": _plain(school.waves[wave].rate),
        "scores": {
            score: [_plain(one.points.get(wave)), _plain(one.native.get(wave))]
            for score, one in sorted(school.scores.items())
        },
        "items": {
            item: _plain(one.favourable.get(wave)) for item, one in sorted(school.items.items())
        },
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _plain(shown: Released | Withheld | None) -> object:
    if isinstance(shown, Released):
        return [shown.text, shown.low, shown.high]
    return None
