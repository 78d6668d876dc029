"""Inputs: every file of a study read, and every fault of every file told at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from climatekit.errors import DefinitionError, InputError, Problem
from climatekit.ingest.codebook import Codebook, read_codebook
from climatekit.ingest.evidence_log import EvidenceRow, read_evidence_log
from climatekit.ingest.imported_scores import ImportedScore, read_imported_scores
from climatekit.ingest.intake import Intake, read_responses
from climatekit.ingest.roster import Roster, read_roster
from climatekit.knowledge.constructs import check_lead_scores
from climatekit.knowledge.needs import require_exports
from climatekit.knowledge.scale_use import check_retest
from climatekit.knowledge.scales import Scale, load_scales
from climatekit.knowledge.settings import Settings
from climatekit.run.figures.link_key import open_link_key

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Inputs:
    """What a study was given, read and checked; `scales` are those that were asked."""

    scales: tuple[Scale, ...]
    codebook: Codebook | None
    roster: Roster | None
    intake: Intake
    log: tuple[EvidenceRow, ...]
    imported: tuple[ImportedScore, ...] = ()


def read_inputs(settings: Settings) -> Inputs:
    """Read every file that the settings name.

    Raises
    ------
    DefinitionError
        If no wave has an export, a scale is wrong, unknown or less reliable than is
        assumed, a lead score is none, or the linking key is unfit.
    InputError
        With the faults of the codebook, roster, evidence log and exports together, and the
        exports' warnings after them.
    """
    require_exports(settings)
    scales = load_scales(settings.scales, settings.scale_folder, settings.scale_use)
    place, comparison = settings.place, settings.comparison
    unfit = [
        *check_lead_scores(scales, settings.lead_scores, file=place),
        *check_retest(scales, comparison.retest_reliability, file=place),
    ]
    if unfit:
        raise DefinitionError(unfit)
    waves = [wave.id for wave in settings.waves]
    faults: list[Problem] = []
    books, rosters = settings.codebook, settings.roster
    codebook = None if books is None else _try(lambda: read_codebook(books), faults)
    roster = None if rosters is None else _try(lambda: read_roster(rosters, waves=waves), faults)
    secret = open_link_key(settings)
    intake = _try(
        lambda: read_responses(
            settings, scales, codebook=codebook, roster=roster, link_secret=secret
        ),
        faults,
    )
    log: tuple[EvidenceRow, ...] = ()
    if settings.evidence_log is not None and intake is not None:
        known = _list_schools(roster, intake)
        log = _try(lambda: _read_log(settings, known), faults) or ()
    imported: tuple[ImportedScore, ...] = ()
    if settings.imported_scores is not None and intake is not None:
        found, schools = intake, _list_schools(roster, intake)
        imported = _try(lambda: _read_imported(settings, scales, found, schools), faults) or ()
    if faults or intake is None:
        raise InputError([*faults, *(intake.warnings if intake else ())])
    return Inputs(
        scales=_keep_asked(scales, intake, imported),
        codebook=codebook,
        roster=roster,
        intake=intake,
        log=log,
        imported=imported,
    )


def _keep_asked(
    scales: Sequence[Scale], intake: Intake, imported: Sequence[ImportedScore]
) -> tuple[Scale, ...]:
    """Return the scales that some wave asked: nothing is said of the others.

    One that is built on others stays where they all do.
    """
    asked, given = set(intake.responses.items), {one.score for one in imported}
    kept = {scale.id for scale in scales if asked & set(scale.items) or given & set(scale.scores)}
    kept |= {scale.id for scale in scales if scale.uses and scale.uses.keys() <= kept}
    return tuple(scale for scale in scales if scale.id in kept)


def _list_schools(roster: Roster | None, intake: Intake) -> tuple[str, ...]:
    return tuple(roster.schools if roster else sorted(set(intake.responses.frame["school"])))


def _read_imported(
    settings: Settings, scales: Sequence[Scale], intake: Intake, schools: Sequence[str]
) -> tuple[ImportedScore, ...]:
    if settings.imported_scores is None:
        return ()
    return read_imported_scores(
        settings.imported_scores, scales=scales, waves=intake.responses.waves, schools=schools
    )


def _read_log(settings: Settings, schools: Sequence[str]) -> tuple[EvidenceRow, ...]:
    closed: dict[str, date | None] = {wave.id: wave.closed for wave in settings.waves}
    if settings.evidence_log is None or settings.as_of is None:
        return ()
    return read_evidence_log(
        settings.evidence_log,
        schools=schools,
        waves=closed,
        as_of=settings.as_of,
        until=settings.records_until,
    )


def _try(read: Callable[[], T], faults: list[Problem]) -> T | None:
    """Return what `read` gives; add an input's faults to `faults` and go on."""
    try:
        return read()
    except InputError as error:
        faults.extend(error.problems)
        return None
