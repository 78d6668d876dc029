"""Release: a whole run, from the settings to a published folder."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from climatekit.errors import ClimatekitError, DefinitionError, InputError, OutputError, Problem
from climatekit.knowledge.resources import shipped
from climatekit.knowledge.settings import Settings
from climatekit.knowledge.settings_file import describe_settings
from climatekit.report.look import Look, list_templates, read_look
from climatekit.report.pdf import describe_pdf_engine
from climatekit.run import tables
from climatekit.run.auditing import audit_files
from climatekit.run.batch import Progress, Rendered, Shelves, hash_parts, render_briefs
from climatekit.run.bench import Bench
from climatekit.run.district_files import build_page, render_district
from climatekit.run.ledger_file import LEDGER, list_printed, read_ledgers, write_ledger
from climatekit.run.machine import list_versions
from climatekit.run.manifest import Digest, build_manifest, digest_file
from climatekit.run.note_files import build_note, render_note
from climatekit.run.output_folder import make_output_error
from climatekit.run.publish import (
    find_current,
    find_latest,
    lock_output,
    name_files,
    prepare_output,
    publish_release,
)
from climatekit.run.republication import check_republication, hash_exports
from climatekit.run.spreadsheet import Cell, write_csv
from climatekit.run.study import Study, build_briefs, load_study
from climatekit.run.workbook import write_workbook
from climatekit.run.workers import Limits
from climatekit.values import Withheld

_PAGE_VERSIONS = ("climatekit", "jinja2", "report_templates", "pdf_engine")
_BYTE_MARK = "\ufeff"  # without it Excel reads a school's accents wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended.

    Attributes
    ----------
    path : Path
        The release folder that is now the latest.
    problems : tuple of Problem
        Warnings, the missing PDF engine, schools without a brief.
    exit_code : {0, 1}
        1 when some brief or form is missing; the rest is published.
    idle : bool
        True when there was nothing to do, and nothing was written.
    schools, unchanged : int
        Briefs published, and those of them that were taken over.
    failed : mapping of str to str
        Id of each school without a brief to the code of its problem.
    """

    path: Path
    problems: tuple[Problem, ...]
    last_line: str
    exit_code: int
    idle: bool = False
    schools: int = 0
    unchanged: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)


def run_study(
    settings: Settings,
    *,
    limits: Limits | None = None,
    force: bool = False,
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
    output = _require_output(settings)
    look = read_look(settings.look)
    inputs = _list_inputs(settings)
    warned = prepare_output(output, inputs.values())
    with lock_output(output):
        digests = {name: digest_file(path) for name, path in inputs.items()}
        versions = _list_versions(settings)
        described = describe_settings(settings)
        key = str(build_manifest(digests, described, versions)["run_key"])
        current = find_current(output, key)
        if current is not None and not force:
            return Outcome(
                path=current,
                problems=warned,
                last_line=f"climatekit: nothing to do, {current.name} is up to date; exit 0",
                exit_code=0,
                idle=True,
            )
        study = load_study(settings)
        exports = _hash_waves(settings, inputs, digests)
        printed = list_printed(study, run_key=key, exports=exports)
        earlier = read_ledgers(output)
        again = check_republication(
            printed,
            earlier,
            labels={wave.id: wave.label for wave in settings.waves},
            reason=settings.disclosure.republish,
        )
        with _open_bench(output, key) as bench:
            shelves = Shelves(
                bench=bench,
                last=find_latest(output),
                stamp=hash_parts(
                    {"look": look.digest, **{name: versions[name] for name in _PAGE_VERSIONS}}
                ),
                force=force,
            )
            rendered = _render(study, look, limits, shelves, progress)
            _check_unchanged(inputs, digests)
            files: dict[str, bytes | Path] = {
                **rendered.files,
                **_write_district(study, rendered, look),
                **render_note(build_note(study, versions, digests), settings.formats, look),
                **_write_tables(study, versions),
                LEDGER: write_ledger(printed, earlier),
            }
            manifest = build_manifest(
                digests,
                described,
                versions,
                withheld=_list_withheld(study),
                refused=rendered.failed,
                briefs=rendered.keys,
            )
            audited = audit_files(files, manifest, study)
            published = publish_release(output, files, manifest, keep=settings.keep)
            bench.clear()
    problems = (
        *warned, *again, *audited, *study.warnings, *rendered.problems, *published.problems,
    )  # fmt: skip
    return Outcome(
        path=published.path,
        problems=problems,
        last_line=_write_last_line(study, rendered, published.path, problems),
        exit_code=rendered.exit_code,
        schools=len(study.release.schools) - len(rendered.failed),
        unchanged=rendered.unchanged,
        failed=rendered.failed,
    )


def _require_output(settings: Settings) -> Path:
    faults = []
    if settings.output is None:
        faults.append(
            Problem(
                code="CK437",
                message="no output folder is given",
                file=str(settings.file) if settings.file else None,
                column="output",
                expected="a folder for the releases",
                mend='add output = "briefs" to the configuration, or pass --out FOLDER',
            )
        )
    if settings.as_of is None:
        faults.append(
            Problem(
                code="CK436",
                message="no day is given as of which data use is rated",
                file=str(settings.file) if settings.file else None,
                column="as_of",
                expected="a day, so that the same input gives the same result on any day",
                mend="add as_of = 2026-11-01 to the configuration, or pass --as-of today",
            )
        )
    if settings.output is None or faults:
        raise DefinitionError(faults)
    return settings.output


def _list_inputs(settings: Settings) -> dict[str, Path]:
    """Return every file that is read, by the name that the manifest gives it."""
    paths = [
        settings.file,
        settings.codebook,
        settings.roster,
        settings.evidence_log,
        settings.imported_scores,
        settings.look.logo,
        *(list_templates(settings.look.templates) if settings.look.templates else ()),
        *(export for wave in settings.waves for export in wave.exports),
    ]
    if settings.scale_folder is not None:
        paths.extend(sorted(settings.scale_folder.glob("*.toml")))
    root = settings.root.resolve()
    named: dict[str, Path] = {}
    for path in paths:
        if path is not None:
            place = path.resolve()
            inside = place.is_relative_to(root)
            named[place.relative_to(root).as_posix() if inside else place.name] = path
    return named


def _hash_waves(
    settings: Settings, inputs: Mapping[str, Path], digests: Mapping[str, Digest]
) -> dict[str, str]:
    """Return one hash of each wave's exports."""
    by_path = {path: digests[name].sha256 for name, path in inputs.items()}
    return {
        wave.id: hash_exports([by_path[path] for path in wave.exports]) for wave in settings.waves
    }


def _list_versions(settings: Settings) -> dict[str, str]:
    versions = {**list_versions(), "pdf_engine": ""}
    for kind in ("scales", "report_templates"):
        versions[kind] = _hash_folder(shipped(kind))
    if {"pdf", "staff"} & set(settings.formats):
        # A machine that gets its PDF engine later has something to do again.
        versions["pdf_engine"] = describe_pdf_engine()
    return versions


def _hash_folder(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(folder).as_posix().encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


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
    study: Study,
    look: Look,
    limits: Limits | None,
    shelves: Shelves,
    progress: Progress | None,
) -> Rendered:
    briefs = build_briefs(study, tuple(study.release.schools))
    rendered = render_briefs(
        briefs,
        study.settings.formats,
        look=look,
        limits=limits,
        shelves=shelves,
        progress=progress,
    )
    if study.release.schools and len(rendered.failed) == len(study.release.schools):
        raise OutputError(rendered.problems)
    return rendered


def _check_unchanged(inputs: Mapping[str, Path], digests: Mapping[str, Digest]) -> None:
    changed = [name for name, path in inputs.items() if digest_file(path) != digests[name]]
    if changed:
        raise InputError(
            [
                Problem(
                    code="CK130",
                    message="the file changed while it was being read",
                    file=name,
                    mend="let the download or edit finish, then run again",
                )
                for name in changed
            ]
        )


def _write_district(study: Study, rendered: Rendered, look: Look) -> dict[str, bytes]:
    if not study.release.schools:
        return {}
    files = name_files({one: study.names[one] for one in study.release.schools})
    made = {one: file for one, file in files.items() if one not in rendered.failed}
    page = build_page(study, made)
    return render_district(page, study.settings.formats, look)


def _write_tables(study: Study, versions: Mapping[str, str]) -> dict[str, bytes]:
    schools = tuple(study.release.schools)
    return {
        "scores.csv": _write_csv(tables.SCORE_COLUMNS, tables.list_scores(study)),
        "changes.csv": _write_csv(tables.CHANGE_COLUMNS, tables.list_changes(study, schools)),
        "items.csv": _write_csv(tables.ITEM_COLUMNS, tables.list_items(study)),
        "reliability.csv": _write_csv(tables.RELIABILITY_COLUMNS, tables.list_reliability(study)),
        "data_use.csv": _write_csv(tables.RATING_COLUMNS, tables.list_ratings(study, schools)),
        "results.xlsx": write_workbook(study, versions),
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
    study: Study, rendered: Rendered, path: Path, problems: Sequence[Problem]
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
        f"{warnings} warning{'s' * (warnings != 1)}{failed}",
    ]
    if any(problem.code == "CK501" for problem in rendered.problems):
        parts.append("HTML only, the PDF engine is missing")
    parts.append(f"exit {rendered.exit_code}")
    return "; ".join(parts)
