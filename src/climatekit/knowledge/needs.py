"""What a task needs of the settings, and the refusals where they leave it out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from climatekit.errors import DefinitionError, Problem
from climatekit.knowledge.settings import Settings


def require_exports(settings: Settings) -> None:
    """Refuse settings none of whose waves names an export.

    Raises
    ------
    DefinitionError
    """
    if not any(wave.exports for wave in settings.waves):
        raise DefinitionError(
            Problem(
                code="CK435",
                message="no wave names an export",
                file=settings.place,
                column="waves",
                expected='at least one [[waves]] with exports = ["..."]',
                mend="name an export (climatekit check export.csv), or add it to its wave",
            )
        )


def require_roster(settings: Settings, *, known_by_it: str, instead: str = "") -> Path:
    """Return the roster's path.

    Parameters
    ----------
    settings : Settings
    known_by_it : str
        What is not known without it, with its verb, e.g. ``the schools are``.
    instead : str
        What else would do, e.g. ``pass --roster FILE``.

    Raises
    ------
    DefinitionError
        If the settings name none.
    """
    if settings.roster is None:
        mend = 'add roster = "roster.csv" to the configuration'
        raise DefinitionError(
            Problem(
                code="CK455",
                message=f"no roster is given, so {known_by_it} not known",
                file=settings.place,
                column="roster",
                mend=f"{mend}, or {instead}" if instead else mend,
            )
        )
    return settings.roster


def require_output(settings: Settings) -> Path:
    """Return the output folder.

    Raises
    ------
    DefinitionError
        If the settings name none.
    """
    if settings.output is None:
        raise DefinitionError(_lacks_output(settings))
    return settings.output


def require_as_of(settings: Settings) -> date:
    """Return the day as of which data use is rated.

    Raises
    ------
    DefinitionError
        If the settings name none.
    """
    if settings.as_of is None:
        raise DefinitionError(_lacks_as_of(settings))
    return settings.as_of


def find_waves_ahead(settings: Settings) -> list[Problem]:
    """Return a warning for each wave that the rating of data use passes over, as it closed later.

    None where a flag asked for a day that the configuration's own lies behind.
    """
    if settings.as_of is None:
        return []
    day = max(settings.as_of, settings.records_until or settings.as_of)
    return [
        Problem(
            code="CK466",
            severity="warning",
            file=settings.place,
            column="as_of",
            message=f"wave {wave.id!r} closed after the day as of which data use is rated; the "
            "rating passes it over",
            found=day.isoformat(),
            expected=f"{wave.closed.isoformat()} or later",
            mend="set as_of to a day after the newest wave closed, or mend the wave's closed",
        )
        for wave in settings.waves
        if wave.closed is not None and wave.closed > day
    ]


def require_for_run(settings: Settings) -> Path:
    """Return the output folder; refuse when it or the day of rating is missing.

    Raises
    ------
    DefinitionError
        With all that is missing.
    """
    if settings.output is not None and settings.as_of is not None:
        return settings.output
    raise DefinitionError(
        [
            *([_lacks_output(settings)] if settings.output is None else []),
            *([_lacks_as_of(settings)] if settings.as_of is None else []),
        ]
    )


def _lacks_output(settings: Settings) -> Problem:
    return Problem(
        code="CK437",
        message="no output folder is given",
        file=settings.place,
        column="output",
        expected="a folder for the releases",
        mend='add output = "briefs" to the configuration, or pass --out FOLDER',
    )


def _lacks_as_of(settings: Settings) -> Problem:
    return Problem(
        code="CK436",
        message="no day is given as of which data use is rated",
        file=settings.place,
        column="as_of",
        expected="a day, so that the same input gives the same result on any day",
        mend="add as_of = 2026-11-01 to the configuration, or pass --as-of today",
    )
