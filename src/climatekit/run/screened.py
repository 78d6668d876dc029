"""Screened: what may be told of careless answering in the district, and by request in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.flagged import WithoutFlagged, compare_flagged
from climatekit.measure.groups import Flags
from climatekit.measure.scoring import score
from climatekit.measure.screening import FLAGS, screen
from climatekit.release.coefficients import PEOPLE_STEP, Coefficient
from climatekit.release.gate import Gate, Shown
from climatekit.release.released import Released
from climatekit.release.rules import may_tell_coefficient, withhold
from climatekit.run.new_files import write_new_text
from climatekit.run.spreadsheet import write_csv
from climatekit.values import Estimate, Withheld

ShownSchools = Mapping[str, Mapping[str, int]]
FLAGGED = "flagged"


def gather_screening(
    responses: Responses, scales: Sequence[Scale], gate: Gate, shown: ShownSchools
) -> tuple[Coefficient, ...]:
    """Screen the people of the shown schools, and release what may be told of it.

    How many people each flag is raised on, in tens, and the district's mean and alpha with
    and without the flagged: where at least `min_n` people are flagged and as many are not,
    of 100 people in 5 schools. Nobody is left out anywhere else.
    """
    part = _keep_shown(responses, shown)
    screening = screen(part, scales)
    frame = screening.frame
    found: list[Coefficient] = []
    for wave, schools in shown.items():
        own = (frame["wave"] == wave).to_numpy()
        counts = {f"flag_{name}": frame[f"flag_{name}"].to_numpy()[own] for name in FLAGS}
        counts[FLAGGED] = screening.flagged[own]
        for name, raised in counts.items():
            told = _count(raised, gate, schools)
            found.append(
                Coefficient(
                    wave=wave,
                    score="",
                    statistic=name,
                    shown=told,
                    people=None if isinstance(told, Withheld) else _in_tens(len(raised)),
                    schools=None if isinstance(told, Withheld) else len(schools),
                    method="people on whom the flag is raised, in tens",
                )
            )
    for one in compare_flagged(screening, score(part, scales), part, scales):
        found += _compare(one, gate, shown.get(one.wave, {}))
    return tuple(found)


def write_flags(responses: Responses, scales: Sequence[Scale], path: Path) -> None:
    """Write one row per respondent and wave with every index and flag; personal data, mode 0600.

    Raises
    ------
    OutputError
        If the file is there already, or cannot be written.
    """
    frame = screen(responses, scales).frame
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False)
    write_new_text(path, write_csv(list(frame.columns), [tuple(row) for row in rows]), private=True)


def mark_shown(responses: Responses, shown: ShownSchools) -> Flags:
    """Return of each row whether its school may be spoken of in its wave."""
    frame = responses.frame
    return np.array(
        [
            str(school) in shown.get(str(wave), {})
            for wave, school in zip(frame["wave"], frame["school"], strict=True)
        ],
        dtype=np.bool_,
    )


def _keep_shown(responses: Responses, shown: ShownSchools) -> Responses:
    told = mark_shown(responses, shown)
    return replace(
        responses,
        _frame=responses.frame[told].reset_index(drop=True),
        seconds=None if responses.seconds is None else responses.seconds[told],
        links=(),
    )


def _count(raised: Flags, gate: Gate, schools: Mapping[str, int]) -> Shown:
    many = int(raised.sum())
    if not may_tell_coefficient(sum(schools.values()), len(schools)):
        return withhold("district-reliability")
    if not gate.is_open(many) or not gate.is_open(len(raised) - many):
        return withhold("protected")
    return Released(value=_in_tens(many), text=str(_in_tens(many)), unit="count")


def _compare(one: WithoutFlagged, gate: Gate, schools: Mapping[str, int]) -> Iterator[Coefficient]:
    everybody, left = _size(one.mean), _size(one.mean_without)
    reason = None
    if not may_tell_coefficient(min(left, sum(schools.values())), min(one.schools, len(schools))):
        reason = withhold("district-reliability")
    elif not gate.is_open(one.flagged) or not gate.is_open(left):
        reason = withhold("protected")
    for name, value, n in (
        ("mean_points", one.mean, everybody),
        ("mean_points_unflagged", one.mean_without, left),
        ("alpha_screened", one.alpha, everybody),
        ("alpha_unflagged", one.alpha_without, left),
    ):
        told = reason or _release(value, gate, n, len(schools))
        yield Coefficient(
            wave=one.wave,
            score=one.score,
            statistic=name,
            shown=told,
            people=None if isinstance(told, Withheld) else _in_tens(n),
            schools=None if isinstance(told, Withheld) else len(schools),
            method=value.method if isinstance(value, Estimate) else "",
        )


def _release(value: Estimate | Withheld, gate: Gate, people: int, schools: int) -> Shown:
    if isinstance(value, Estimate) and value.method == "mean points":
        return gate.release_score(value, items=value.n, spread_known=False)
    return gate.release_coefficient(value, people=people, schools=schools)


def _size(value: Estimate | Withheld) -> int:
    return value.n if isinstance(value, Estimate) else 0


def _in_tens(people: int) -> int:
    return people // PEOPLE_STEP * PEOPLE_STEP
