"""Making: every file of a release, by workers and by this process at once, and its audit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from climatekit.errors import DefinitionError, OutputError, Problem
from climatekit.knowledge.scales import list_imported
from climatekit.knowledge.settings import Settings
from climatekit.release.known import Known
from climatekit.release.ledger import Entry, merge_entries
from climatekit.report.look import Look
from climatekit.run.audit.auditing import audit_files
from climatekit.run.pages.kept import keep_unchanged
from climatekit.run.pages.opinion import Opinion, ask_opinion
from climatekit.run.pages.page_jobs import list_districts, list_notes, list_workbooks
from climatekit.run.pages.printing import PageJob, Press, render_page, split_parts
from climatekit.run.publishing.identity import Identity
from climatekit.run.publishing.ledger_file import LEDGER, find_lowest, list_printed, write_ledger
from climatekit.run.publishing.manifest import build_manifest
from climatekit.run.publishing.republication import check_republication
from climatekit.run.study import Study, build_translations, iterate_briefs
from climatekit.run.tables.table_files import write_tables
from climatekit.run.workshop.batch import Progress, Rendered, rendering
from climatekit.run.workshop.sorting import Shelves
from climatekit.run.workshop.workers import Limits
from climatekit.values import Withheld

_UNREAD = frozenset({"pdf", "staff"})  # forms of a brief of which the audit reads nothing
_NOT_YET = Rendered(files={}, problems=(), failed={})
_FAULTS_OF_TEMPLATES = frozenset({"CK461", "CK502"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a release is made of, how, and where it goes."""

    settings: Settings
    output: Path
    look: Look
    identity: Identity
    limits: Limits | None
    force: bool
    progress: Progress | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A release that may be published.

    Attributes
    ----------
    files : mapping of str to (bytes or Path)
    manifest : mapping
        Without its outputs.
    rendered : Rendered
        What became of the briefs.
    problems : tuple of Problem
        Warnings of what is published again, and of the audit.
    """

    files: Mapping[str, bytes | Path]
    manifest: Mapping[str, object]
    rendered: Rendered
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What there is before the briefs are: tables, ledger, workbooks, notes."""

    files: Mapping[str, bytes | Path]
    keys: Mapping[str, str]
    notes: tuple[PageJob, ...]
    ledger: tuple[Entry, ...]
    lowest: Mapping[str, Mapping[str, int]]
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class _Whole:
    """Everything of a release but the PDFs of its pages, audited."""

    files: Mapping[str, bytes | Path]
    manifest: Mapping[str, object]
    problems: tuple[Problem, ...]
    paged: Callable[[], dict[str, bytes]]

    def add_briefs(self, rendered: Rendered) -> _Whole:
        """Return it with briefs of which the audit reads nothing."""
        manifest = {**self.manifest, "briefs": dict(rendered.keys)}
        return replace(self, files={**self.files, **rendered.files}, manifest=manifest)


def make_release(
    order: Order,
    study: Study,
    shelves: Shelves,
    *,
    exports: Mapping[str, str],
    earlier: tuple[Entry, ...],
    known: Known,
) -> Made:
    """Make every file of a release, and audit them.

    Parameters
    ----------
    order : Order
    study : Study
    shelves : Shelves
    exports : mapping of str to str
        Wave id to the hash of its exports.
    earlier : tuple of Entry
        Everything that was ever printed.
    known : Known
        What of that is of the same people.

    Raises
    ------
    ClimatekitError
        If no brief can be made, or the release would give somebody away.
    """
    identity, look = order.identity, order.look
    with contextlib.ExitStack() as under_way:
        # Workers render from here on, while this process goes on by itself.
        finish = under_way.enter_context(_render(order, study, shelves))
        press = Press(order.limits, schools=len(study.release.schools), under_way=under_way)
        books = keep_unchanged(list_workbooks(study, identity.versions), shelves)
        booked = press.start(books.rest)
        begun = build_manifest(identity.told, identity.settings, identity.versions)
        opinion = ask_opinion(study, begun, shelves.told.get("second_opinion"))
        notes = keep_unchanged(list_notes(study, identity, look, opinion.given), shelves)
        noted = press.start(split_parts(notes.rest)[1])
        # A wave that nothing is told of has no hash: few answers could be tried out.
        hashes = {wave: one for wave, one in exports.items() if study.figures.shown.get(wave)}
        ledger, again = _list_ledger(order, study, hashes, earlier, known)
        parts = _Parts(
            files={
                **write_tables(study),
                LEDGER: write_ledger(ledger),
                **notes.files,
                **books.files,
                **booked(),
            },
            keys={**books.keys, **notes.keys},
            notes=notes.rest,
            ledger=ledger,
            lowest=find_lowest(order.output, hashes, order.settings.disclosure.min_n),
            opinion=opinion,
        )
        # Where the audit reads no brief it need not wait for them.
        early = set(study.settings.formats) <= _UNREAD
        whole = _put_together(order, study, shelves, press, parts, _NOT_YET) if early else None
        rendered = finish()
        _refuse_nothing_made(study, rendered, look)
        if whole is not None and not rendered.failed and _is_unread(rendered):
            whole = whole.add_briefs(rendered)
        else:
            whole = _put_together(order, study, shelves, press, parts, rendered)
        return Made(
            files={**whole.files, **noted(), **whole.paged()},
            manifest=whole.manifest,
            rendered=rendered,
            problems=(*again, *whole.problems),
        )


def _render(
    order: Order, study: Study, shelves: Shelves
) -> contextlib.AbstractContextManager[Callable[[], Rendered]]:
    schools = tuple(study.release.schools)
    return rendering(
        iterate_briefs(study, schools),
        study.settings.formats,
        schools={school: study.names[school] for school in schools},
        look=order.look,
        limits=order.limits,
        shelves=shelves,
        progress=order.progress,
        translations=build_translations(study, schools),
    )


def _list_ledger(
    order: Order,
    study: Study,
    hashes: Mapping[str, str],
    earlier: tuple[Entry, ...],
    known: Known,
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Return what is printed now and was ever, and warnings of what is printed again."""
    settings = order.settings
    told = list_printed(study, run_key=order.identity.key, exports=hashes)
    again = check_republication(
        told,
        earlier,
        labels={wave.id: wave.label for wave in settings.waves},
        reason=settings.disclosure.republish,
        answered=[place for place, people in study.figures.answered.items() if people],
        given=list_imported(study.scales),
        raised=known.raised,
    )
    return merge_entries(told, earlier), again


def _put_together(
    order: Order,
    study: Study,
    shelves: Shelves,
    press: Press,
    parts: _Parts,
    rendered: Rendered,
) -> _Whole:
    """Return all files but the PDFs of pages, which are begun, and audit them."""
    pages = keep_unchanged(list_districts(study, rendered.failed, order.look), shelves)
    paged = press.start(split_parts(pages.rest)[1])
    identity = order.identity
    manifest = build_manifest(
        identity.told,
        identity.settings,
        identity.versions,
        withheld=_list_withheld(study),
        refused=rendered.failed,
        briefs=rendered.keys,
        pages={**parts.keys, **pages.keys},
        ungrouped=study.figures.leaves_out,
    )
    manifest["lowest_min_n"] = parts.lowest
    manifest["second_opinion"] = dict(parts.opinion.told)
    files = {**parts.files, **pages.files, **rendered.files}
    for job in split_parts((*parts.notes, *pages.rest))[0]:
        files |= render_page(job)
    # A PDF says what its page does; it may still be at the printer's.
    audited = audit_files(
        files,
        manifest,
        study,
        order.limits,
        ledger=parts.ledger,
        before=shelves.told.get("audited"),
    )
    manifest["audited"] = dict(audited.cleared)
    return _Whole(files, manifest, audited.problems, paged)


def _is_unread(rendered: Rendered) -> bool:
    """Return whether the audit reads none of the briefs' files."""
    return all(name.endswith(".pdf") for name in rendered.files)


def _refuse_nothing_made(study: Study, rendered: Rendered, look: Look) -> None:
    if study.release.schools and len(rendered.failed) == len(study.release.schools):
        faults = tuple(dict.fromkeys(rendered.problems))
        if look.is_own and set(rendered.failed.values()) <= _FAULTS_OF_TEMPLATES:
            raise DefinitionError(faults)
        raise OutputError(faults)


def _list_withheld(study: Study) -> dict[str, object]:
    """Return what is withheld by school and wave: the rule, never a value or a count."""
    return {
        school: {
            wave: shown.answered.rule
            for wave, shown in released.waves.items()
            if isinstance(shown.answered, Withheld)
        }
        for school, released in study.release.schools.items()
        if any(isinstance(shown.answered, Withheld) for shown in released.waves.values())
    }
