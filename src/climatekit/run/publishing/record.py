"""Record: what the last run did, for a monitor, a mail and the next morning.

``run.json`` in the output folder is replaced at the end of each run that did something or
failed; a run with nothing to do writes nothing. The log has one JSON line an event. Neither
holds an answer or a count of a small group; a message of the log names schools, headings and
files, as it does on a terminal.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from climatekit.errors import Problem
from climatekit.run.files.staging import replace_file

RECORD = "run.json"
SCHEMA = "climatekit/run/1"
LOG_SCHEMA = "climatekit/log/1"

_NOTIFY_SECONDS = 60
_LOG_MODE = 0o640


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """How one run ended.

    Attributes
    ----------
    started, ended : datetime
        In UTC.
    exit_code : int
        0 done; 1 some briefs are missing; else nothing was published.
    release : str, optional
        Name of the release that is current afterwards, where the run published one.
    schools, unchanged : int
        Schools with a brief, and those whose brief was taken over.
    failed : mapping of str to str
        Id of each school without a brief to the code of its problem.
    codes : mapping of str to int
        Code of each problem to how often it was met.
    """

    started: datetime
    ended: datetime
    exit_code: int
    summary: str
    version: str
    release: str | None = None
    schools: int = 0
    unchanged: int = 0
    failed: Mapping[str, str]
    codes: Mapping[str, int]

    def as_json(self) -> str:
        """Return the record as JSON text."""
        return json.dumps(
            {
                "schema": SCHEMA,
                "started": _write_time(self.started),
                "ended": _write_time(self.ended),
                "seconds": round((self.ended - self.started).total_seconds(), 1),
                "exit_code": self.exit_code,
                "summary": self.summary,
                "version": self.version,
                "release": self.release,
                "schools": self.schools,
                "unchanged": self.unchanged,
                "failed": dict(self.failed),
                "codes": dict(self.codes),
            },
            ensure_ascii=False,
            indent=1,
        )


def count_codes(problems: Iterable[Problem]) -> dict[str, int]:
    """Return how often each code was met."""
    counted: dict[str, int] = {}
    for problem in problems:
        counted[problem.code] = counted.get(problem.code, 0) + problem.count
    return dict(sorted(counted.items()))


def write_record(output: Path, record: RunRecord) -> None:
    """Replace ``run.json`` in one step.

    Raises
    ------
    OSError
        If the disk refuses; the record before is then as it was.
    """
    replace_file(output / RECORD, (record.as_json() + "\n").encode())


def read_record(output: Path) -> dict[str, Any] | None:
    """Return what ``run.json`` says; None when it is missing or says nothing of use."""
    return read_json(output / RECORD, SCHEMA)


def read_json(path: Path, schema: str) -> dict[str, Any] | None:
    """Return what a JSON file of a schema says; None when it is missing or of no use."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and content.get("schema") == schema else None


def append_log(path: Path, record: RunRecord, problems: Iterable[Problem]) -> None:
    """Append one run to a log: a JSON line for each problem, then one for the run.

    Of a problem the place, the code and the message are told, never what was found there.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    run = _write_time(record.started)
    lines: list[dict[str, object]] = [
        {
            "schema": LOG_SCHEMA,
            "run": run,
            "event": "problem",
            "severity": problem.severity,
            "code": problem.code,
            "message": problem.message,
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "count": problem.count,
        }
        for problem in problems
    ]
    ended = {**json.loads(record.as_json()), "schema": LOG_SCHEMA, "run": run, "event": "end"}
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (*lines, ended))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    # One write for the whole run, so that two runs' lines never mix.
    with os.fdopen(os.open(path, flags, _LOG_MODE), "ab", buffering=0) as file:
        file.write(text.encode("utf-8", "backslashreplace"))


def notify(command: str, record: RunRecord) -> Problem | None:
    """Run a command with the record as JSON on its standard input.

    The command is split as a shell would, or as Windows does there, but no shell runs it.

    Returns
    -------
    Problem or None
        A warning when the command cannot be run, fails, or takes over a minute.
    """
    try:
        done = subprocess.run(  # noqa: S603 (the user's own command, from the command line)
            command if os.name == "nt" else shlex.split(command),
            input=record.as_json() + "\n",
            text=True,
            encoding="utf-8",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_NOTIFY_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return _notify_problem(type(error).__name__)
    return None if done.returncode == 0 else _notify_problem(f"exit {done.returncode}")


def _notify_problem(what: str) -> Problem:
    return Problem(
        code="CK541",
        severity="warning",
        message=f"the command of --notify-command failed: {what}",
        mend="run it by hand with run.json on its standard input",
    )


def _write_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
