"""Release: a whole run, from the settings to a published folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from climatekit.errors import ClimatekitError, Problem, count_of
from climatekit.knowledge.settings import Settings
from climatekit.release.ledger import find_known
from climatekit.run.figures.inputs import Inputs, read_inputs
from climatekit.run.making import Order, make_release
from climatekit.run.outcome import Outcome
from climatekit.run.publishing.identity import identify_run
from climatekit.run.publishing.ledger_file import (
    find_lowest,
    hash_role_groups,
    read_ledgers,
)
from climatekit.run.publishing.manifest import hash_parts
from climatekit.run.publishing.output_folder import (
    lock_output,
    make_output_error,
    prepare_output,
)
from climatekit.run.publishing.publish import publish_release
from climatekit.run.publishing.shelf import find_latest, list_left, remove_left
from climatekit.run.study import Study, load_study
from climatekit.run.unchanged import begin_run, find_idle
from climatekit.run.workshop.batch import (
    MANY_SCHOOLS,
    PRELOAD_PRINTING,
    Progress,
    Rendered,
)
from climatekit.run.workshop.bench import Bench
from climatekit.run.workshop.sorting import Shelves
from climatekit.run.workshop.workers import Limits, calm_collector, start_early
from climatekit.values import Withheld

_PAGE_VERSIONS = ("climatekit", "jinja2", "xlsxwriter", "report_templates", "pdf_engine")


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
        return _publish(
            Order(
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


@calm_collector()
def _publish(order: Order, warned: tuple[Problem, ...]) -> Outcome:
    settings, output, look, identity = order.settings, order.output, order.look, order.identity
    exports = identity.hash_waves(settings)
    earlier = read_ledgers(output)
    roles = hash_role_groups(settings.role_groups)
    inputs = read_inputs(settings)
    if _has_workers(order.limits, inputs):
        start_early(PRELOAD_PRINTING)
    min_n = settings.disclosure.min_n
    lowest = find_lowest(output, exports, min_n)
    known = find_known(
        earlier,
        exports=exports,
        roles=roles,
        raised=[wave for wave, own in exports.items() if lowest[wave][own] < min_n],
    )
    study = load_study(settings, known=known, inputs=inputs)
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
        made = make_release(order, study, shelves, exports=exports, earlier=earlier, known=known)
        identity.check_unchanged()
        published = publish_release(output, made.files, made.manifest, keep=settings.keep)
        _clear(bench)
    rendered, hidden = made.rendered, _find_nothing_shown(study)
    exit_code = max(rendered.exit_code, len(hidden))
    problems = (
        *warned, *made.problems, *hidden, *study.warnings, *rendered.problems,
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


def _has_workers(limits: Limits | None, inputs: Inputs) -> bool:
    """Return whether the pages, at least, of so many schools are made by workers."""
    schools = inputs.intake.responses.frame["school"].nunique()
    return limits is not None and limits.workers > 1 and schools >= MANY_SCHOOLS


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
