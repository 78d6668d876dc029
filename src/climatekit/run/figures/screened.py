"""Screened: what may be told of careless answering in the district, and by request in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale, list_rules
from climatekit.measure.flagged import WithoutFlagged, compare_flagged
from climatekit.measure.groups import Flags
from climatekit.measure.scoring import score
from climatekit.measure.screening import FLAGS, screen
from climatekit.release.coefficients import Coefficient
from climatekit.release.gate import Gate, Shown, in_tens
from climatekit.release.rules import may_tell_coefficient, withhold
from climatekit.run.figures.base import Bases, ShownSchools, keep_shown
from climatekit.run.files.new_files import write_new_text
from climatekit.run.files.spreadsheet import write_csv
from climatekit.values import Estimate, Withheld

FLAGGED = "flagged"


def gather_screening(
    responses: Responses,
    scales: Sequence[Scale],
    gate: Gate,
    shown: ShownSchools,
    bases: Bases,
) -> tuple[Coefficient, ...]:
    """Screen the people of the shown schools, and release what may be told of it.

    How many people each flag is raised on, in tens, and the district's mean and alpha with
    and without the flagged: where at least `min_n` people are flagged and as many are not,
    of 100 people in 5 schools. Nobody is left out anywhere else.

    Parameters
    ----------
    shown : mapping of str to mapping of str to int
        Wave to each school that the release shows, with how many people answered.
    bases : mapping of str to the same
        Score to those that its figures rest on.
    """
    part = keep_shown(responses, shown)
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
                    people=None if isinstance(told, Withheld) else in_tens(len(raised)),
                    schools=None if isinstance(told, Withheld) else len(schools),
                    method="people on whom the flag is raised, in tens",
                )
            )
    items = {rule.id: len(rule.items) for rule in list_rules(scales)}
    for one in compare_flagged(screening, score(part, scales), part, scales, among=bases):
        found += _compare(one, gate, bases[one.score].get(one.wave, {}), items[one.score])
    return tuple(found)


def write_flags(responses: Responses, scales: Sequence[Scale], path: Path) -> None:
    """Write one row per respondent and wave with every index and flag; personal data, mode 0600.

    Raises
    ------
    OutputError
        If the file is there already, or cannot be written.
    """
    frame = screen(responses, scales).frame
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    write_new_text(path, write_csv(list(frame.columns), list(rows)), private=True)


def _count(raised: Flags, gate: Gate, schools: Mapping[str, int]) -> Shown:
    if not may_tell_coefficient(sum(schools.values()), len(schools)):
        return withhold("district-reliability")
    return gate.release_tens(int(raised.sum()), of=len(raised))


def _compare(
    one: WithoutFlagged, gate: Gate, schools: Mapping[str, int], items: int
) -> Iterator[Coefficient]:
    everybody, left = _size(one.mean), _size(one.mean_without)
    reason = None
    if not may_tell_coefficient(min(left, sum(schools.values())), min(one.schools, len(schools))):
        reason = withhold("district-reliability")
    elif not gate.is_open(one.flagged) or not gate.is_open(left):
        reason = withhold("protected")
    means = [
        value if isinstance(value, Withheld)
        else gate.release_score(value, items=items, spread_known=False)
        for value in (one.mean, one.mean_without)
    ]  # fmt: skip
    alphas = [
        gate.release_coefficient(value, people=n, schools=len(schools))
        for value, n in ((one.alpha, everybody), (one.alpha_without, left))
    ]
    for name, value, n, shown in (
        ("mean_points", one.mean, everybody, means[0]),
        ("mean_points_unflagged", one.mean_without, left, means[1]),
        ("alpha_screened", one.alpha, everybody, alphas[0]),
        ("alpha_unflagged", one.alpha_without, left, alphas[1]),
    ):
        told = reason or shown
        yield Coefficient(
            wave=one.wave,
            score=one.score,
            statistic=name,
            shown=told,
            people=None if isinstance(told, Withheld) else in_tens(n),
            schools=None if isinstance(told, Withheld) else len(schools),
            method=value.method if isinstance(value, Estimate) else "",
        )


def _size(value: Estimate | Withheld) -> int:
    return value.n if isinstance(value, Estimate) else 0
