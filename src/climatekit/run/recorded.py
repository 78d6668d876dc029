"""Recorded runs: a run whose end is written down, however it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from climatekit import __version__
from climatekit.errors import (
    BusyError,
    ClimatekitError,
    InputError,
    Problem,
    tell_memory,
    tell_reason,
)
from climatekit.knowledge.settings import Settings
from climatekit.run.outcome import Outcome
from climatekit.run.publishing.output_folder import make_output_error
from climatekit.run.publishing.record import (
    RunRecord,
    append_log,
    count_codes,
    notify,
    write_record,
)
from climatekit.run.unchanged import look_first

if TYPE_CHECKING:
    from climatekit.run.workshop.batch import Progress
    from climatekit.run.workshop.workers import Limits

_FAULT = 70
_INTERRUPTED = 130
_NO_ANSWERS = "CK120"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Where the end of a run is written down.

    Attributes
    ----------
    log : Path, optional
        Log that the run is appended to.
    command : str, optional
        Command that gets the record on its standard input.
    """

    log: Path | None = None
    command: str | None = None


def run_recorded(
    settings: Settings,
    recording: Recording,
    *,
    limits: Limits | None = None,
    force: bool = False,
    only_failed: bool = False,
    allow_empty: bool = False,
    wait: float = 0.0,
    progress: Progress | None = None,
) -> Outcome:
    """Do `run_study`, and write down how it ended: in ``run.json``, log and command.

    A run with nothing to do is not written down, nor with `allow_empty` one that finds an
    export without answers and nothing else wrong: it ends well and publishes nothing. One
    that found the output folder locked leaves ``run.json`` to the run that holds it.

    Raises
    ------
    ClimatekitError
        As `run_study` raises it.
    """
    started = datetime.now(UTC)

    def tell(
        exit_code: int,
        summary: str,
        problems: Sequence[Problem],
        outcome: Outcome | None = None,
        output: Path | None = settings.output,
    ) -> list[Problem]:
        record = RunRecord(
            started=started,
            ended=datetime.now(UTC),
            exit_code=exit_code,
            summary=summary,
            version=__version__,
            release=outcome.path.name if outcome and outcome.path else None,
            schools=outcome.schools if outcome else 0,
            unchanged=outcome.unchanged if outcome else 0,
            failed=outcome.failed if outcome else {},
            codes=count_codes(problems),
        )
        return _write_down(output, record, problems, recording)

    try:
        with _as_refusals(settings.root):
            idle = None if force else look_first(settings, only_failed=only_failed)
            if idle is not None:
                return idle
            outcome = _run_unless_empty(
                settings,
                allow_empty=allow_empty,
                limits=limits,
                force=force,
                only_failed=only_failed,
                wait=wait,
                progress=progress,
            )
    except BusyError as error:
        # The run that holds the lock writes run.json; a log is for all of them.
        summary = f"climatekit: another run is at work; exit {error.exit_code}"
        tell(error.exit_code, summary, error.problems, output=None)
        raise
    except ClimatekitError as error:
        first = error.problems[0].message if error.problems else type(error).__name__
        summary = f"climatekit: refused: {first}; exit {error.exit_code}"
        tell(error.exit_code, summary, error.problems)
        raise
    except KeyboardInterrupt:
        tell(_INTERRUPTED, f"climatekit: interrupted; exit {_INTERRUPTED}", ())
        raise
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else _FAULT
        tell(code, f"climatekit: stopped by a signal; exit {code}", ())
        raise
    except BaseException as error:  # a panic in Rust is no Exception
        tell(_FAULT, f"climatekit: a fault of its own, {type(error).__name__}; exit {_FAULT}", ())
        raise
    if outcome.idle:
        return outcome
    late = tell(outcome.exit_code, outcome.last_line, outcome.problems, outcome)
    return replace(outcome, problems=(*outcome.problems, *late))


@contextlib.contextmanager
def _as_refusals(root: Path) -> Iterator[None]:
    """Turn what the machine refuses, and no step knew better, into a refusal of ours."""
    try:
        yield
    except OSError as error:
        raise make_output_error("CK529", "refused by the machine", error, root) from error
    except MemoryError as error:
        raise tell_memory() from error


def _run_unless_empty(
    settings: Settings,
    *,
    allow_empty: bool,
    **order: Any,  # noqa: ANN401 (as `run_study` takes them)
) -> Outcome:
    """Do `run_study`; where exports without answers are all that it refuses, end well."""
    # Its libraries take seconds to load, which a run with nothing to do need not spend.
    from climatekit.run.release import run_study

    try:
        return run_study(settings, **order)
    except InputError as error:
        refused = [one for one in error.problems if one.severity == "error"]
        if not allow_empty or any(one.code != _NO_ANSWERS for one in refused):
            raise
        empty = ", ".join(one.file or "an export" for one in refused)
        line = f"climatekit: no answers yet in {empty}; nothing was published; exit 0"
        return Outcome(path=None, problems=(), last_line=line, exit_code=0, idle=True)


def _write_down(
    output: Path | None, record: RunRecord, problems: Sequence[Problem], recording: Recording
) -> list[Problem]:
    late = []
    if output is not None and output.is_dir():
        try:
            write_record(output, record)
        except OSError as error:
            late.append(_record_problem(output, error))
    if recording.log is not None:
        try:
            append_log(recording.log, record, problems)
        except OSError as error:
            late.append(_record_problem(recording.log, error))
    if recording.command:
        failed = notify(recording.command, record)
        late.extend([failed] if failed else [])
    return late


def _record_problem(place: Path, error: OSError) -> Problem:
    return Problem(
        code="CK540",
        severity="warning",
        message=f"the end of the run cannot be written down: {tell_reason(error)}",
        file=str(place),
        mend="free some space, or make the place writable; the release is not touched",
    )
