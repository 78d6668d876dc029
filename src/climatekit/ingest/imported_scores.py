"""Imported scores: school scores that an instrument's owner computed, read from a CSV.

A CSV with the headings ``wave_id``, ``school_id``, ``score``, ``value``, ``n`` and
``standard_error``; the last may stay blank, and nothing is then compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from climatekit.errors import InputError, Problem
from climatekit.ingest.records import Record, parse_count, read_records
from climatekit.ingest.text import closest
from climatekit.knowledge.scales import Scale, ScoreRule, list_rules

HEADINGS = ("wave_id", "school_id", "score", "value", "n", "standard_error")
_NEEDED = HEADINGS[:-1]
_MOST_PEOPLE = 100_000
_POINTS = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedScore:
    """One school's score in one wave, as its owner computed it.

    `points` and `standard_error` are on 0 to 100 of the score's declared range, the
    latter None where it was not given; `value` is as given.
    """

    wave: str
    school: str
    score: str
    value: float
    points: float
    n: int
    standard_error: float | None


def read_imported_scores(
    path: Path, *, scales: Sequence[Scale], waves: Sequence[str], schools: Sequence[str]
) -> tuple[ImportedScore, ...]:
    """Read the scores that an instrument's owner computed.

    Parameters
    ----------
    path : Path
        CSV, one row per school, wave and score.
    scales : sequence of Scale
        Their external scores are the ones that may be imported.
    waves : sequence of str
        Waves with answers of their own.
    schools : sequence of str
        School ids that are known.

    Raises
    ------
    InputError
        With every fault at once.
    """
    records = read_records(path, HEADINGS, needed=_NEEDED, code="CK331", what="imported scores")
    rules = {rule.id: rule for rule in list_rules(scales) if rule.imported}
    known = {"wave_id": list(waves), "school_id": list(schools), "score": list(rules)}
    faults: list[Problem] = []
    found: list[ImportedScore] = []
    seen: dict[tuple[str, ...], int] = {}
    for record in records:
        own = [*_check_names(record, path.name, known), *_check_numbers(record, path.name, rules)]
        key = tuple(record.cells[heading] for heading in HEADINGS[:3])
        if key in seen:
            own.append(_twice(record, path.name, seen[key]))
        seen.setdefault(key, record.line)
        if not own:
            found.append(_make_score(record, rules[record.cells["score"]]))
        faults += own
    if faults:
        raise InputError(faults)
    return tuple(found)


def _check_names(
    record: Record, file: str, known: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    for heading, names in known.items():
        name = record.cells[heading]
        if name not in names:
            none = heading == "score" and not names
            yield Problem(
                code="CK332",
                file=file,
                line=record.line,
                column=heading,
                message=f"there is no {heading.removesuffix('_id')} {name!r} to import into",
                expected="an external score; none of the scales asked for has one"
                if none
                else ", ".join(names[:12]),
                closest=closest(name, names),
                mend="add the instrument, such as essentials_5, to scales"
                if none
                else "use an id of the configuration, the roster, or climatekit scales show",
            )


def _check_numbers(record: Record, file: str, rules: Mapping[str, ScoreRule]) -> Iterator[Problem]:
    cells, rule = record.cells, rules.get(record.cells["score"])
    low, high = rule.span if rule and rule.span else (-math.inf, math.inf)
    value, error = _number(cells["value"]), _number(cells["standard_error"] or "0")
    if value is None or not low <= value <= high:
        yield _no_number(record, file, "value", f"a number from {low:g} to {high:g}")
    if error is None or error < 0:
        yield _no_number(record, file, "standard_error", "a number above 0, or blank")
    if not parse_count(cells["n"], _MOST_PEOPLE):
        yield _no_number(record, file, "n", "how many people answered, a whole number from 1")


def _no_number(record: Record, file: str, column: str, expected: str) -> Problem:
    return Problem(
        code="CK333",
        file=file,
        line=record.line,
        column=column,
        message=f"{column} is not what an imported score needs",
        found=record.cells[column][:20] or "blank",
        expected=expected,
        mend="copy it from the owner's report, on the instrument's own scale",
    )


def _twice(record: Record, file: str, first: int) -> Problem:
    return Problem(
        code="CK332",
        file=file,
        line=record.line,
        message="this wave, school and score stand twice",
        expected=f"one row; the other is line {first}",
        mend="delete one of the two rows",
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _make_score(record: Record, rule: ScoreRule) -> ImportedScore:
    cells = record.cells
    low, high = rule.span or (0.0, _POINTS)
    reach = _POINTS / (high - low)
    value, error = float(cells["value"]), float(cells["standard_error"] or 0)
    return ImportedScore(
        wave=cells["wave_id"],
        school=cells["school_id"],
        score=rule.id,
        value=value,
        points=(value - low) * reach,
        n=int(cells["n"]),
        standard_error=error * reach if error > 0 else None,
    )
