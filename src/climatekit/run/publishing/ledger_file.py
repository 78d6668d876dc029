"""Ledger file: the ledger of a study, written into its release and read back from earlier ones."""

from __future__ import annotations

import contextlib
import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from operator import attrgetter
from pathlib import Path

from climatekit.knowledge.constructs import find_lead_scores
from climatekit.knowledge.scales import list_rules
from climatekit.knowledge.settings import RoleGroup
from climatekit.knowledge.tidying import tidy_text
from climatekit.release.coefficients import list_coefficient_entries
from climatekit.release.gate import PEOPLE_STEP
from climatekit.release.ledger import (
    COLUMNS,
    LEVEL,
    Entry,
    list_entries,
    merge_entries,
    read_entries,
    stamp_entries,
)
from climatekit.release.released import Released
from climatekit.release.rules import SHORT_SCORE_ITEMS
from climatekit.report.district_builder import choose_listed, find_pooled
from climatekit.run.figures.figures import describe_scores
from climatekit.run.files.spreadsheet import read_csv, write_csv
from climatekit.run.publishing.manifest import ManifestError, read_manifest
from climatekit.run.publishing.shelf import list_releases
from climatekit.run.study import Study
from climatekit.run.tables import tables
from climatekit.run.tables.district_table import pool_released_changes
from climatekit.run.tables.worked_out import (
    list_told_rates,
    list_worded,
    list_worked_out,
)
from climatekit.values import Estimate

LEDGER = "ledger.csv"

_HALF = 0.5
_HASH_DIGITS = 8


def list_printed(study: Study, *, run_key: str, exports: Mapping[str, str]) -> tuple[Entry, ...]:
    """Return one entry for each number that a study's release prints.

    Parameters
    ----------
    study : Study
    run_key : str
        Of the release.
    exports : mapping of str to str
        Wave id to the hash of its exports.
    """
    facts = {fact.score: fact for scale in study.scales for fact in describe_scores(scale)}
    entries = chain(
        filter(_make_filter(study), list_entries(study.release, facts)),
        _list_reliability(study),
        list_coefficient_entries((*study.coefficients, *study.screening)),
        _list_pooled(study),
        _list_data_use(study),
        list_worked_out(study),
    )
    return stamp_entries(
        # Two tables print the district's ICC(1), for one, with other forms of minus.
        merge_entries((), entries),
        release=run_key[:8],
        exports=exports,
        roles=hash_role_groups(study.settings.role_groups),
    )


def _make_filter(study: Study) -> Callable[[Entry], bool]:
    """Return what tells whether a number that may be printed is.

    Pages tell the response of the latest waves, district lines of what they chart, and
    coefficients of what they compare or list.
    """
    rules = {rule.id: rule for rule in list_rules(study.scales)}
    charted = {
        rule.id for rule in find_lead_scores(study.scales, study.settings.lead_scores).values()
    }
    worded = list_worded(study)
    latest = study.figures.latest
    rates = frozenset(list_told_rates(study))
    pooled = {
        wave
        for wave, pool in study.release.pools.items()
        if wave == study.settings.waves[-1].id and isinstance(pool.people, Released)
    }

    def is_printed(entry: Entry) -> bool:
        kind = entry.statistic
        if kind == "benchmark":
            told = entry.subject in charted
        elif not entry.school and kind in {"answered", "pooled_schools", "pooled_people"}:
            told = entry.wave in pooled
        elif kind == "eligible":
            told = entry.wave == latest.get(entry.school)
        elif kind == "rate":
            told = (entry.school, entry.wave) in rates
        elif kind == "steps":
            change = study.release.schools[entry.school].scores[entry.subject].change
            moved = change is not None and change.verdict in {"rose", "fell"}
            told = moved and entry.subject in worded and bool(entry.high)
        elif kind.startswith(("alpha", "icc", "rwgj")):
            rule = rules[entry.subject]
            told = rule.in_brief or len(rule.items) >= SHORT_SCORE_ITEMS
        else:
            told = True
        return told

    return is_printed


def hash_role_groups(groups: Sequence[RoleGroup]) -> str:
    """Return one hash of who belongs to which role group; labels do not count."""
    told = sorted((group.id, *sorted(map(tidy_text, group.roles))) for group in groups)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:_HASH_DIGITS]


def write_ledger(entries: Iterable[Entry]) -> bytes:
    """Return ``ledger.csv``: what the release prints, then what only earlier ones did.

    Parameters
    ----------
    entries : iterable of Entry
        As `merge_entries` returns them.
    """
    return write_csv(COLUMNS, list(map(attrgetter(*COLUMNS), entries))).encode()


def read_ledger(release: Path) -> tuple[Entry, ...]:
    """Return the ledger of one release folder.

    Raises
    ------
    OSError, ValueError
        If it is missing or not a ledger; a caller cannot go on without it.
    """
    return _read_rows(_read_text(release))


def read_ledgers(output: Path) -> tuple[Entry, ...]:
    """Return everything that the releases in an output folder ever printed, each fact once.

    Each release carries on what those before it had printed, so that nothing is forgotten
    when old releases are pruned. A release that is damaged says nothing that could be
    trusted; `verify` tells of it.
    """
    merged: tuple[Entry, ...] = ()
    known: set[str] = set()
    for release in list_releases(output):
        try:
            text = _read_text(release)
            told = _read_rows(_leave_out(text, known))
        except (OSError, ValueError):
            continue
        known |= set(_list_facts(text))
        # The ledger of one release holds each fact once.
        merged = merge_entries(merged, told) if merged else told
    return merged


def find_lowest(output: Path, exports: Mapping[str, str], min_n: int) -> dict[str, dict[str, int]]:
    """Return the lowest `min_n` that answers were ever published with, today's included.

    By wave and the hash of its exports; each manifest carries on what those before it told.
    """
    lowest = {wave: {known: min_n} for wave, known in exports.items()}
    for release in list_releases(output):
        # A release that is damaged says nothing that could be trusted.
        with contextlib.suppress(ManifestError, AttributeError, TypeError):
            for wave, told in read_manifest(release).get("lowest_min_n", {}).items():
                own = lowest.setdefault(wave, {})
                for known, least in told.items():
                    own[known] = min(least, own.get(known, least))
    return lowest


def _read_text(release: Path) -> str:
    text = (release / LEDGER).read_bytes().decode()
    if text.partition("\n")[0] != ",".join(COLUMNS):
        raise ValueError("not a ledger: its columns are others")
    return text


def _read_rows(text: str) -> tuple[Entry, ...]:
    try:
        return tuple(read_entries(*read_csv(text)))
    except csv.Error as error:
        raise ValueError(f"not a ledger: {error}") from error


def _list_facts(text: str) -> Iterator[str]:
    """Yield each row of a ledger but for its first cell, the release that told it."""
    return (row.partition(",")[2] for row in text.split("\n"))


def _leave_out(text: str, known: AbstractSet[str]) -> str:
    """Return a ledger without the rows that an earlier one has as well: most of them."""
    if not known or '"' in text:  # a row in quotes may have several lines
        return text
    heading, *rows = text.split("\n")
    return "\n".join([heading, *(row for row in rows if row.partition(",")[2] not in known)])


def _list_reliability(study: Study) -> Iterator[Entry]:
    """List how many people and schools the district's coefficients rest on."""
    for row in tables.list_reliability(study):
        told = dict(zip(tables.RELIABILITY_COLUMNS, row, strict=True))
        for name, width in (("people", PEOPLE_STEP - 1), ("schools", 0)):
            value = told[name]
            if isinstance(value, int):
                yield Entry(
                    wave=str(told["wave"]),
                    statistic=name,
                    subject=str(told["score"]),
                    low=value,
                    high=value + width,
                    text=str(value),
                )


def _list_pooled(study: Study) -> Iterator[Entry]:
    """List what the district's page says of pooled changes; they are printed in whole points."""
    pooled = pool_released_changes(study)
    for rule in find_lead_scores(study.scales, study.settings.lead_scores).values():
        one = find_pooled(rule, pooled)
        if one is None or not isinstance(one.mean, Estimate) or not isinstance(one.tau, Estimate):
            continue
        place = {"wave": one.after, "since": one.before, "subject": one.score}
        apart = round(one.tau.value) > 0
        if apart:
            yield _enter_whole("spread", one.tau.value, **place)
        ends = (("", one.mean.value), ("_low", one.mean.low), ("_high", one.mean.high))
        for side, value in ends:
            yield _enter_whole(f"pooled{side}", value or 0.0, **place)
        for school in choose_listed(one, apart=apart):
            yield _enter_whole("best_guess", school.shrunk or 0.0, school=school.school, **place)


def _enter_whole(statistic: str, value: float, **place: str) -> Entry:
    whole = round(value)
    return Entry(
        statistic=statistic, low=whole - _HALF, high=whole + _HALF, text=str(whole), **place
    )


def _list_data_use(study: Study) -> Iterator[Entry]:
    """List the data-use levels; of a hidden wave's response none is printed."""
    if study.settings.as_of is None:
        return
    latest = study.waves[-1] if study.waves else ""
    for row in tables.list_ratings(study, tuple(study.release.schools)):
        school, cells = str(row[0]), dict(zip(tables.RATING_COLUMNS[2:], row[2:], strict=True))
        for name, cell in cells.items():
            if cell is None or cell == "withheld":
                continue
            text = str(cell)
            ends = [float(part) for part in text.split(maxsplit=1)[0].split("-") if part.isdigit()]
            yield Entry(
                wave=latest,
                school=school,
                statistic=LEVEL,
                subject=name,
                low=ends[0] if ends else None,
                high=ends[-1] if ends else None,
                text=text,
            )
