"""Numbers: hold every number that the files of a release print against its ledger."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from climatekit.knowledge.scales import Scale
from climatekit.release.ledger import COLUMNS, Entry
from climatekit.release.readout import Breach
from climatekit.run.audit.entries import read_plain
from climatekit.run.audit.number_reader import read_output
from climatekit.run.audit.output_reader import Files, Output
from climatekit.run.workshop.batch import MANY_SCHOOLS
from climatekit.run.workshop.workers import Limits, working

_LITTLE = 1e-9  # what two ways of working out one end may differ by
_LONGEST = 3600.0  # seconds; what a worker does not finish in that time is done here
_read_row: Callable[[Entry], tuple[object, ...]] = attrgetter(*COLUMNS[2:])


@dataclass(frozen=True, slots=True)
class _Job:
    files: Files
    scales: tuple[Scale, ...]


def audit_numbers(files: Files, output: Output) -> tuple[Breach, ...]:
    """Return the numbers that the ledger does not hold, and its rows that no file prints.

    The latter only where the records tell each number apart, by scales that are known.

    Parameters
    ----------
    files : mapping of str to (bytes or Path)
    output : Output
        As `read_output` makes it of these files.
    """
    records = any(name.endswith(".json") and name != "manifest.json" for name in files)
    found = {
        Breach.of(entry, rule="D17", attacker="reader", found=how, subject=entry.statistic)
        for how, entries in (
            ("unlisted", find_unlisted(output)),
            ("unread", find_unread(output) if records and not output.is_own else ()),
        )
        for entry in entries
    }
    return tuple(sorted(found, key=lambda one: (one.wave, one.school, one.subject, one.found)))


@contextlib.contextmanager
def auditing_numbers(
    files: Files,
    scales: Sequence[Scale],
    limits: Limits | None,
    *,
    schools: int,
    skip: bool = False,
) -> Iterator[Callable[[], tuple[Breach, ...]]]:
    """Have `audit_numbers` done by a worker while the block goes on; call what it yields for it.

    All that the worker is given is printed. Where there are few schools or one worker,
    nothing is done before that call; with `skip` nothing is done at all.
    """
    if skip:
        yield tuple
        return
    limits = limits or Limits()
    many = limits.workers > 1 and schools >= MANY_SCHOOLS
    job = _Job(files, tuple(scales))

    def finish() -> tuple[Breach, ...]:
        (ended,) = ends
        # A worker that could not do it: here it works, or is told why not.
        return _audit(job) if ended.result is None else ended.result

    with working(
        [("numbers", job)],
        _try_audit,
        replace(limits, workers=1, apart=many, seconds=_LONGEST),
    ) as ends:
        yield finish


def _try_audit(job: _Job) -> tuple[Breach, ...] | None:
    try:
        return _audit(job)
    except Exception:  # noqa: BLE001 (it is raised where this is done once more)
        return None


def _audit(job: _Job) -> tuple[Breach, ...]:
    return audit_numbers(job.files, read_output(job.files, job.scales))


def find_unlisted(output: Output) -> tuple[Entry, ...]:
    """Return the numbers that were read and that the ledger does not hold.

    Nor may a text say more than its row does: whoever attacks the ledger then attacks all
    that is printed.
    """
    as_printed = set(map(_read_row, output.ledger))
    others = [entry for entry in output.read if _read_row(entry) not in as_printed]
    if not others:
        return ()
    rows: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for entry in output.ledger:
        rows[_read_key(entry)].append(entry)
    return tuple(
        entry
        for entry in others
        if not any(_says_no_more(entry, row) for row in rows.get(_read_key(entry), ()))
    )


def _read_key(entry: Entry) -> tuple[object, ...]:
    return (*entry.about, read_plain(entry.text))


def _says_no_more(read: Entry, row: Entry) -> bool:
    low = read.low is None or (row.low is not None and read.low <= row.low + _LITTLE)
    high = read.high is None or (row.high is not None and read.high >= row.high - _LITTLE)
    return low and high


def find_unread(output: Output) -> tuple[Entry, ...]:
    """Return the ledger's rows of this release that stand in none of the files read here."""
    seen = {entry.about for entry in output.read}
    return tuple(
        entry
        for entry in output.ledger
        if entry.release == output.release and entry.about not in seen
    )
