"""Release: a whole run, from the settings to a published folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from climatekit.errors import ClimatekitError, DefinitionError, OutputError, Problem, count_of
from climatekit.knowledge.settings import Settings
from climatekit.release.ledger import list_known
from climatekit.report.look import Look
from climatekit.run.audit.auditing import audit_files
from climatekit.run.figures.imports import list_imported
from climatekit.run.files.filenames import name_files
from climatekit.run.files.spreadsheet import Cell, write_csv
from climatekit.run.outcome import Outcome
from climatekit.run.pages.district_files import build_page
from climatekit.run.pages.kept import keep_unchanged
from climatekit.run.pages.note_files import build_note
from climatekit.run.pages.printing import (
    BookJob,
    PageJob,
    gather_files,
    printing,
    render_page,
    split_parts,
)
from climatekit.run.publishing.identity import Identity, identify_run
from climatekit.run.publishing.ledger_file import (
    LEDGER,
    hash_role_groups,
    list_printed,
    read_ledgers,
    write_ledger,
)
from climatekit.run.publishing.manifest import build_manifest
from climatekit.run.publishing.output_folder import (
    lock_output,
    make_output_error,
    prepare_output,
)
from climatekit.run.publishing.publish import publish_release
from climatekit.run.publishing.republication import check_republication
from climatekit.run.publishing.shelf import find_latest, list_left, remove_left
from climatekit.run.study import Study, build_briefs, build_translations, load_study
from climatekit.run.tables import quality_tables, tables
from climatekit.run.tables.workbook import plan_workbook
from climatekit.run.unchanged import begin_run, find_idle
from climatekit.run.workshop.batch import Progress, Rendered, Shelves, hash_parts, rendering
from climatekit.run.workshop.bench import Bench
from climatekit.run.workshop.workers import Limits, calm_collector
from climatekit.values import Withheld

_PAGE_VERSIONS = ("climatekit", "jinja2", "xlsxwriter", "report_templates", "pdf_engine")
_FAULTS_OF_TEMPLATES = frozenset({"CK461", "CK502"})
_BYTE_MARK = "\ufeff"  # without it Excel reads a school's accents wrong


def run_study(
    settings: Settings,
    *,
    limits: Limits | None = None,
    force: bool = False,
    only_failed: bool = False,
    wait: float = 0.0,
    progress: Progress | None = None,
) -> Outcome:
    """Read, score, compare, gate, rate, render and publish, whole or not at all.

    Parameters
    ----------
    settings : Settings
        With waves, an output folder and a day of rating.
    limits : Limits, optional
        Worker processes and what one brief may take; one process when not given.
    force : bool
        Make every brief again, even where nothing changed.
    only_failed : bool
        Make only the briefs that the current release lacks; refuse when anything that
        it was made from has changed.
    wait : float
        Seconds to wait for another run on the same output folder.
    progress : callable, optional
        Called with how many briefs are done, of how many, and how many failed.

    Returns
    -------
    Outcome

    Raises
    ------
    ClimatekitError
        With every fault at once; the last release is then as it was.
    """
    beginning = begin_run(settings)
    output, inputs, warned = beginning.output, beginning.inputs, beginning.warned
    identity = identify_run(settings, inputs)
    # Looked at before the lock is taken: nothing to do is to write no byte, not even there.
    if not force and not list_left(output):
        idle = find_idle(beginning, identity, only_failed=only_failed)
        if idle is not None:
            return idle
    prepare_output(output, inputs.values())
    with lock_output(output, wait=wait):
        if wait:
            identity = identify_run(settings, inputs)
        idle = None if force else find_idle(beginning, identity, only_failed=only_failed)
        if idle is not None:
            _sweep(output)
            return idle
        return _make_release(
            _Order(
                settings=settings,
                output=output,
                look=beginning.look,
                identity=identity,
                limits=limits,
                force=force,
                progress=progress,
            ),
            warned,
        )


def _sweep(output: Path) -> None:
    with contextlib.suppress(OSError):  # the release is whole; the next run tries again
        remove_left(list_left(output))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    settings: Settings
    output: Path
    look: Look
    identity: Identity
    limits: Limits | None
    force: bool
    progress: Progress | None


@calm_collector()
def _make_release(order: _Order, warned: tuple[Problem, ...]) -> Outcome:
    settings, output, look, identity = order.settings, order.output, order.look, order.identity
    exports = identity.hash_waves(settings)
    earlier = read_ledgers(output)
    roles = hash_role_groups(settings.role_groups)
    study = load_study(settings, known=list_known(earlier, exports=exports, roles=roles))
    versions = identity.versions
    with _open_bench(output, identity.key) as bench:
        shelves = Shelves(
            bench=bench,
            last=find_latest(output),
            stamp=hash_parts(
                {"look": look.digest, **{name: versions[name] for name in _PAGE_VERSIONS}}
            ),
            force=order.force,
        )
        schools = len(study.release.schools)
        with contextlib.ExitStack() as under_way:
            # Workers render from here on, while this process goes on by itself.
            finish = under_way.enter_context(_render(study, order, shelves))
            books = keep_unchanged(_list_workbooks(study, versions), shelves)
            written = under_way.enter_context(printing(books.rest, order.limits, schools=schools))
            # A wave that nothing is told of has no hash: few answers could be tried out.
            hashes = {wave: one for wave, one in exports.items() if study.figures.shown.get(wave)}
            told = list_printed(study, run_key=identity.key, exports=hashes)
            again = check_republication(
                told,
                earlier,
                labels={wave.id: wave.label for wave in settings.waves},
                reason=settings.disclosure.republish,
                answered=[place for place, people in study.figures.answered.items() if people],
                given=list_imported(study.scales),
            )
            files: dict[str, bytes | Path] = {
                **_write_tables(study),
                LEDGER: write_ledger(told, earlier),
            }
            rendered = finish()
            _refuse_nothing_made(study, rendered, look)
            pages = keep_unchanged(_list_pages(study, rendered, identity, look), shelves)
            at_once, later = split_parts(pages.rest)
            printed = under_way.enter_context(printing(later, order.limits, schools=schools))
            files |= {
                **rendered.files,
                **{name: one for job in at_once for name, one in render_page(job).items()},
                **pages.files,
                **books.files,
                **gather_files(books.rest, written),
            }
            manifest = build_manifest(
                identity.told,
                identity.settings,
                versions,
                withheld=_list_withheld(study),
                refused=rendered.failed,
                briefs=rendered.keys,
                pages={**books.keys, **pages.keys},
                ungrouped=study.figures.leaves_out,
            )
            # A PDF says what its page does; it may still be at the printer's.
            audited = audit_files(files, manifest, study)
            files |= gather_files(later, printed)
        identity.check_unchanged()
        published = publish_release(output, files, manifest, keep=settings.keep)
        _clear(bench)
    hidden = _find_nothing_shown(study)
    exit_code = max(rendered.exit_code, len(hidden))
    problems = (
        *warned, *again, *hidden, *audited, *study.warnings, *rendered.problems,
        *published.problems,
    )  # fmt: skip
    return Outcome(
        path=published.path,
        problems=problems,
        last_line=_write_last_line(study, rendered, published.path, problems, exit_code),
        exit_code=exit_code,
        schools=len(study.release.schools) - len(rendered.failed),
        unchanged=rendered.unchanged,
        failed=rendered.failed,
    )


@contextlib.contextmanager
def _open_bench(output: Path, key: str) -> Iterator[Bench]:
    """Keep what is done when the run is stopped; clear it away when the disk refuses."""
    try:
        bench = Bench(output, key)
    except OSError as error:
        raise make_output_error(
            "CK511", "the output folder cannot be used", error, output
        ) from error
    try:
        yield bench
    except OSError as error:
        _clear(bench)
        raise make_output_error("CK512", "cannot write the release", error, bench.folder) from error
    except ClimatekitError:
        _clear(bench)
        raise


def _clear(bench: Bench) -> None:
    with contextlib.suppress(OSError):  # the next run clears up; what went wrong is told
        bench.clear()


def _render(
    study: Study, order: _Order, shelves: Shelves
) -> contextlib.AbstractContextManager[Callable[[], Rendered]]:
    schools = tuple(study.release.schools)
    return rendering(
        build_briefs(study, schools),
        study.settings.formats,
        look=order.look,
        limits=order.limits,
        shelves=shelves,
        progress=order.progress,
        translations=build_translations(study, schools),
    )


def _refuse_nothing_made(study: Study, rendered: Rendered, look: Look) -> None:
    if study.release.schools and len(rendered.failed) == len(study.release.schools):
        faults = tuple(dict.fromkeys(rendered.problems))
        if look.is_own and set(rendered.failed.values()) <= _FAULTS_OF_TEMPLATES:
            raise DefinitionError(faults)
        raise OutputError(faults)


def _find_nothing_shown(study: Study) -> tuple[Problem, ...]:
    """Return a warning when not one school has enough answers in any wave."""
    if any(
        not isinstance(shown.answered, Withheld)
        for released in study.release.schools.values()
        for shown in released.waves.values()
    ):
        return ()
    return (
        Problem(
            code="CK558",
            severity="warning",
            message="nothing about the answers of any school can be published safely",
            expected=f"a school with {study.settings.disclosure.min_n} people who answered",
            mend="the briefs hold the use of the data alone; wait for a wave with more answers",
        ),
    )


def _list_pages(
    study: Study, rendered: Rendered, identity: Identity, look: Look
) -> tuple[PageJob, ...]:
    """Return the district's page and the technical note in each language, to be printed."""
    formats = study.settings.formats
    jobs = []
    for tag, ending in _list_endings(study):
        if study.release.schools:
            page = build_page(study, _name_briefs(study, rendered, tag), language=tag)
            jobs.append(PageJob(page, f"district{ending}", formats, look))
        note = build_note(study, identity.versions, identity.told, language=tag)
        jobs.append(PageJob(note, f"technical_note{ending}", formats, look))
    return tuple(jobs)


def _list_workbooks(study: Study, versions: Mapping[str, str]) -> tuple[BookJob, ...]:
    """Return the workbook in each language, to be written."""
    return tuple(
        BookJob(plan_workbook(study, versions, language=tag), f"results{ending}")
        for tag, ending in _list_endings(study)
    )


def _list_endings(study: Study) -> list[tuple[str, str]]:
    """Return each language with what its files' names end in."""
    own = study.settings.language
    return [(own, ""), *((tag, f".{tag}") for tag in study.settings.also_in)]


def _name_briefs(study: Study, rendered: Rendered, tag: str) -> dict[str, str]:
    """Return each school's brief that a page in one language leads to, without ending."""
    files = name_files({one: study.names[one] for one in study.release.schools})
    return {
        one: f"{file}.{tag}" if tag in study.list_translations(one) else file
        for one, file in files.items()
        if one not in rendered.failed
    }


def _write_tables(study: Study) -> dict[str, bytes]:
    schools = tuple(study.release.schools)
    return {
        "scores.csv": _write_csv(tables.SCORE_COLUMNS, tables.list_scores(study)),
        "changes.csv": _write_csv(tables.CHANGE_COLUMNS, tables.list_changes(study, schools)),
        "items.csv": _write_csv(tables.ITEM_COLUMNS, tables.list_items(study)),
        "reliability.csv": _write_csv(tables.RELIABILITY_COLUMNS, tables.list_reliability(study)),
        "reliability_detail.csv": _write_csv(
            quality_tables.DETAIL_COLUMNS, quality_tables.list_detail(study)
        ),
        "data_use.csv": _write_csv(tables.RATING_COLUMNS, tables.list_ratings(study, schools)),
    }


def _write_csv(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    return (_BYTE_MARK + write_csv(columns, rows, line_end="\r\n")).encode()


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


def _write_last_line(
    study: Study, rendered: Rendered, path: Path, problems: Sequence[Problem], exit_code: int
) -> str:
    schools = len(study.release.schools)
    failed = "".join(
        f"; failed {study.names[school]}: {code}" for school, code in rendered.failed.items()
    )
    warnings = sum(problem.count for problem in problems if problem.severity == "warning")
    made = schools - len(rendered.failed)
    parts = [
        f"climatekit: {made} of {schools} briefs published in {path.name}"
        + (f", {rendered.unchanged} of them unchanged" if rendered.unchanged else ""),
        f"{count_of(warnings, 'warning')}{failed}",
    ]
    if any(problem.code == "CK501" for problem in rendered.problems):
        parts.append("HTML only, the PDF engine is missing")
    parts.append(f"exit {exit_code}")
    return "; ".join(parts)
