"""Page jobs: which pages and workbooks a release has, in each language."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from climatekit.measure.second_opinion import SecondOpinion
from climatekit.report.look import Look
from climatekit.run.files.filenames import name_files
from climatekit.run.pages.district_files import build_page
from climatekit.run.pages.note_files import build_note
from climatekit.run.pages.printing import BookJob, PageJob
from climatekit.run.publishing.identity import Identity
from climatekit.run.study import Study
from climatekit.run.tables.workbook import plan_workbook


def list_workbooks(study: Study, versions: Mapping[str, str]) -> tuple[BookJob, ...]:
    """Return the workbook in each language, to be written."""
    return tuple(
        BookJob(plan_workbook(study, versions, language=tag), f"results{ending}")
        for tag, ending in _list_endings(study)
    )


def list_notes(
    study: Study, identity: Identity, look: Look, opinion: SecondOpinion
) -> tuple[PageJob, ...]:
    """Return the technical note in each language, to be printed."""
    return tuple(
        PageJob(
            build_note(study, identity.versions, identity.told, opinion=opinion, language=tag),
            f"technical_note{ending}",
            study.settings.formats,
            look,
        )
        for tag, ending in _list_endings(study)
    )


def list_districts(study: Study, failed: Collection[str], look: Look) -> tuple[PageJob, ...]:
    """Return the district's page in each language, to be printed; none without schools.

    It leads to the briefs of all schools but the `failed`.
    """
    if not study.release.schools:
        return ()
    return tuple(
        PageJob(
            build_page(study, _name_briefs(study, failed, tag), language=tag),
            f"district{ending}",
            study.settings.formats,
            look,
        )
        for tag, ending in _list_endings(study)
    )


def _list_endings(study: Study) -> list[tuple[str, str]]:
    """Return each language with what its files' names end in."""
    own = study.settings.language
    return [(own, ""), *((tag, f".{tag}") for tag in study.settings.also_in)]


def _name_briefs(study: Study, failed: Collection[str], tag: str) -> dict[str, str]:
    """Return each school's brief that a page in one language leads to, without ending."""
    files = name_files({one: study.names[one] for one in study.release.schools})
    return {
        one: f"{file}.{tag}" if tag in study.list_translations(one) else file
        for one, file in files.items()
        if one not in failed
    }
