"""Planning: what change a school of a given size could show, before anybody is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from climatekit.knowledge.settings import ComparisonSettings
from climatekit.measure.groups import Floats
from climatekit.measure.two_samples import NORMAL_975, Samples, Welch, compare_samples
from climatekit.values import round_half_up

NORMAL_80 = 0.8416212335729143
# Two waves are enough where they show twice the smallest change worth acting on.
ENOUGH = 2.0

Advice = Literal["two_waves", "third_wave", "pooled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one school could show, if both waves come out as planned.

    Attributes
    ----------
    eligible : int
        Staff who will be asked.
    answers : int
        Of them, those expected to answer.
    reach : float, optional
        Half the width of the 95% interval of the change, points of 0 to 100; None under
        two answers.
    detectable : float, optional
        Smallest change between two waves that would be found 4 times in 5, points.
    pace : float, optional
        The same as a steady change per wave, seen over three waves.
    advice : {"two_waves", "third_wave", "pooled"}
        ``pooled``: too few answers for a verdict of its own, the district's pooled change
        is what it can lean on; ``third_wave``: two waves show only a change of more than
        twice the smallest one worth acting on.
    """

    school: str
    eligible: int
    answers: int
    reach: float | None
    detectable: float | None
    pace: float | None
    advice: Advice


def plan_waves(
    eligible: Mapping[str, int],
    *,
    response: float,
    sd: float,
    min_n: int,
    settings: ComparisonSettings,
) -> tuple[Plan, ...]:
    """Work out what change each school could show.

    As `compare_samples` will compare, with the same staff, answers and spread in both
    waves; detectable with 80% power at p below .05 before Holm's adjustment (Haley and
    Fragala-Pinkham 2006). The pace is that of a straight line over three waves: its
    error is half that of a difference between two, for the line spans two intervals.

    Parameters
    ----------
    eligible : mapping of str to int
        School to its staff.
    response : float
        Share of them expected to answer, over 0 to 1.
    sd : float
        Standard deviation of persons' scores within a school, points.
    min_n : int
        Fewest answers for a verdict.

    Raises
    ------
    ValueError
        If `response` is not over 0 and up to 1, or `sd` not over 0.
    """
    if not 0 < response <= 1:
        raise ValueError("response is a share, over 0 and up to 1")
    if not sd > 0:
        raise ValueError("sd is over 0")
    staff = np.array(list(eligible.values()), dtype=np.float64)
    welch = _foresee(staff, response, sd, settings)
    answers = _expect(staff, response)
    plans = []
    for school, size, count, reach, detectable in zip(
        eligible,
        staff.tolist(),
        answers.tolist(),
        welch.reach(0.95).tolist(),
        welch.find_detectable().tolist(),
        strict=True,
    ):
        known = count >= 2  # noqa: PLR2004 (one answer has no spread)
        advice: Advice = "pooled"
        if count >= min_n:
            enough = detectable <= ENOUGH * settings.smallest_change
            advice = "two_waves" if enough else "third_wave"
        plans.append(
            Plan(
                school=school,
                eligible=int(size),
                answers=int(count),
                reach=reach if known else None,
                detectable=detectable if known else None,
                pace=detectable / 2 if known else None,
                advice=advice,
            )
        )
    return tuple(plans)


def plan_pooled(
    eligible: Mapping[str, int], *, response: float, sd: float, settings: ComparisonSettings
) -> float | None:
    """Return the district's pooled change that would be found 4 times in 5, points.

    Inverse-variance weights over the schools with two answers or more, as if all schools
    changed alike; schools that change differently make it larger. None without schools.
    """
    staff = np.array(list(eligible.values()), dtype=np.float64)
    error = _foresee(staff, response, sd, settings).error[_expect(staff, response) > 1]
    if not len(error):
        return None
    return float((NORMAL_975 + NORMAL_80) / np.sqrt((1 / error**2).sum()))


def _expect(staff: Floats, response: float) -> Floats:
    return np.array([round_half_up(size * response) for size in staff.tolist()])


def _foresee(
    staff: Floats,
    response: float,
    sd: float,
    settings: ComparisonSettings,
) -> Welch:
    count = np.maximum(_expect(staff, response), 2.0)
    covered = np.minimum(count / np.maximum(staff, count), 1.0)
    wave = Samples(mean=np.zeros(len(staff)), sd=np.full(len(staff), sd), n=count, covered=covered)
    return compare_samples(wave, wave, settings.retest_reliability)
