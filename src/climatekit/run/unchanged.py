"""Unchanged: whether the current release answers all that a run is about to read.

Decided by hashes alone, before anything is read, locked or written, and without the
libraries that reading and rendering need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from climatekit.errors import InputError, Problem
from climatekit.knowledge.needs import require_for_run
from climatekit.knowledge.settings import Settings
from climatekit.report.look import Look, read_look
from climatekit.run.outcome import Outcome
from climatekit.run.publishing.identity import Identity, identify_run, list_inputs
from climatekit.run.publishing.output_folder import check_output
from climatekit.run.publishing.shelf import (
    find_current,
    find_latest,
    list_left,
    list_refused,
    list_set_aside,
    read_latest,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a run knows before it reads anything: where it writes, its look, its files."""

    output: Path
    look: Look
    inputs: Mapping[str, Path]
    warned: tuple[Problem, ...]


def begin_run(settings: Settings) -> Beginning:
    """Check what can be checked without reading an export.

    Raises
    ------
    DefinitionError
        If the output folder, the day of rating or the look is missing or wrong.
    """
    output = require_for_run(settings)
    look = read_look(settings.look)
    inputs = list_inputs(settings)
    warned = check_output(output, inputs.values())
    return Beginning(output=output, look=look, inputs=inputs, warned=warned)


def look_first(settings: Settings, *, only_failed: bool = False) -> Outcome | None:
    """Return how a run ends that has nothing to do, or None when it may have something.

    Raises
    ------
    ClimatekitError
        As `begin_run` and `find_idle` raise it.
    """
    beginning = begin_run(settings)
    if list_left(beginning.output):
        return None
    identity = identify_run(settings, beginning.inputs, quick=True)
    if _find_aside(beginning.output, identity.key) is None and (
        find_current(beginning.output, identity.key) is None
    ):
        return None
    return find_idle(beginning, identity, only_failed=only_failed)


def find_idle(
    beginning: Beginning, identity: Identity, *, only_failed: bool = False
) -> Outcome | None:
    """Return how a run ends that has nothing to do, or None when it has.

    Raises
    ------
    InputError
        With `only_failed`, if more than the failed briefs has changed.
    """
    output = beginning.output
    current = find_current(output, identity.key)
    line = "" if current is None else f"{current.name} is up to date"
    aside = _find_aside(output, identity.key)
    if aside is not None:
        current = find_latest(output)
        line = f"{aside} was rolled back and nothing has changed since; --force publishes it again"
    elif only_failed and current is None:
        current = find_latest(output)
        refused = list_refused(current)
        if not refused:
            line = "no brief is missing"
        elif (read_latest(output) or {}).get("run_key") != identity.key:
            raise InputError(_tell_changed(current))
        else:
            return None
    if current is None:
        return None
    return Outcome(
        path=current,
        problems=beginning.warned,
        last_line=f"climatekit: nothing to do, {line}; exit 0",
        exit_code=0,
        idle=True,
    )


def _find_aside(output: Path, run_key: str) -> str | None:
    """Return the release that a rollback left, where a run would only publish it again."""
    return next((name for name in list_set_aside(output) if name.endswith(run_key[:8])), None)


def _tell_changed(current: Path | None) -> Problem:
    return Problem(
        code="CK150",
        message="the release was made from other inputs, settings or versions",
        file=current.name if current else None,
        mend="run without --only-failed, which makes all that changed",
    )
