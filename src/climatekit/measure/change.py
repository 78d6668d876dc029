"""Change: what became of a school's score from one wave to another, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from climatekit.knowledge.settings import ComparisonSettings
from climatekit.measure.groups import Flags, Floats
from climatekit.measure.overlap import Overlap, Overlaps, align_overlaps, compare_overlapping
from climatekit.measure.sides import Side, align_waves, bound, find_reach, gather_side
from climatekit.measure.two_samples import (
    NORMAL_975,
    Samples,
    Welch,
    choose_rows,
    compare_samples,
    standardize,
)
from climatekit.measure.verdicts import Verdict, find_reasons, find_tags, judge, season_differs
from climatekit.values import Estimate, Withheld

METHOD = "census-limited Welch"
LINKED_METHOD = "partially overlapping samples (Derrick et al. 2017)"
# Of the smaller wave: with fewer linked, those who were are too special a part of the staff.
LINKED_SHARE = 0.70
EFFECT_METHOD = "Hedges g over the average SD (Hedges 1981, Bonett 2008)"
NONRESPONSE = (-10.0, 10.0)

_WHY = {
    "min-n": "too few people answered in one of the two waves",
    "response": "fewer than 40% of staff answered in one of the two waves",
    "form": "the two waves did not ask the same questions",
    "options": "the answer options are not the same in both waves",
    "referent": "the questions are about somebody else in one of the waves",
    "edited": "a question was reworded",
    "drift": "an item moved otherwise than the rest, so the score measured something else",
    "no-error": "an imported score has no standard error in one of the two waves",
    "no-spread": "everybody gave the same answers in both waves",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one school's score between two waves.

    Attributes
    ----------
    before, after : str
        Wave ids.
    mean_before, mean_after : Estimate or Withheld
        Points, 0 to 100, with a 95% interval.
    difference : Estimate or Withheld
        After minus before, points, with a 95% interval; `n` is the smaller wave's.
    low90, high90 : float, optional
        Ends of the 90% interval of the difference.
    standard_error, df, p : float, optional
        Of the comparison; `p` is two-sided.
    p_holm : float, optional
        Adjusted over the family's scores of this school and pair (Holm 1979).
    effect : Estimate or Withheld
        Hedges g over the average standard deviation.
    detectable : float, optional
        Minimal detectable change with 80% power, points.
    verdict : Verdict
        ``rose``, ``fell``, ``moved_slightly``, ``held_steady``, ``too_close`` or
        ``not_compared``. A fragile rise or fall is ``too_close``.
    verdict_as_answered : Verdict
        The verdict before the nonresponse check.
    clearly : bool
        The 95% interval lies wholly beyond the smallest change worth acting on; only
        with ``rose`` or ``fell``.
    tags : tuple of str
        ``fragile``, ``staff_changed``, ``season_differs``, ``ceiling``, ``roster`` (more
        people answered than the roster lists, so the roster was not used), ``linked``
        (people known to have answered twice were taken as such).
    reason : str
        Rule that forbade the comparison: ``min-n``, ``response``, ``no-spread``,
        ``not-in-family``, or what `compare` was told; empty otherwise.
    response_before, response_after : float, optional
        Share of the staff list that answered, 0 to 1.
    tipping : float, optional
        By how many points those who did not answer would have to differ from those who
        did, in both waves, for the change to be nil.
    """

    school: str
    score: str
    before: str
    after: str
    mean_before: Estimate | Withheld
    mean_after: Estimate | Withheld
    difference: Estimate | Withheld
    low90: float | None = None
    high90: float | None = None
    standard_error: float | None = None
    df: float | None = None
    p: float | None = None
    p_holm: float | None = None
    effect: Estimate | Withheld
    detectable: float | None = None
    verdict: Verdict
    verdict_as_answered: Verdict
    clearly: bool = False
    tags: tuple[str, ...] = ()
    reason: str = ""
    response_before: float | None = None
    response_after: float | None = None
    tipping: float | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Pair:
    """One pair of waves: a row of `cells` per school and score, all else in that order."""

    cells: pd.DataFrame
    waves: tuple[str, str]
    sides: tuple[Side, Side]
    reasons: list[str]
    in_family: Flags
    season: bool
    overlap: Overlap
    linked: Flags


def compare(  # noqa: PLR0913 - each is one thing that the district knows, all by name
    summaries: pd.DataFrame,
    *,
    eligible: Mapping[tuple[str, str], int],
    pairs: Sequence[tuple[str, str]],
    comparable: Mapping[tuple[str, str, str], str | None],
    family: Sequence[str],
    settings: ComparisonSettings,
    min_n: int,
    dates: Mapping[str, date],
    responded: Mapping[tuple[str, str], int],
    newcomers: Mapping[tuple[str, str], int] | None = None,
    overlaps: Overlaps | None = None,
    as_given: Collection[str] = (),
) -> tuple[Change, ...]:
    """Compare the scores of every school between waves.

    Two independent near-censuses by Welch's t with a census correction that is limited
    by re-test reliability (see `compare_samples`), Holm's adjustment (1979) within a
    school, and equivalence to the smallest change worth acting on by the 90% interval
    (Schuirmann 1987; Lakens 2017). The nonresponse check assumes that those who did not
    answer score 10 points lower, then higher, than those who did, in both waves.

    Where at least 70% of the smaller wave's people are linked to themselves in the other,
    the test for partially overlapping samples stands in (see `compare_overlapping`); the
    scores that are compared stay those of everybody who answered.

    Parameters
    ----------
    summaries : DataFrame
        As `summarize` makes it by wave and school.
    eligible, responded : mapping of (school, wave) to int
        Staff on the roster, and people who answered; either may lack entries, the
        response share is then unknown and the comparison is plain Welch.
    pairs : sequence of (before, after), wave ids
    comparable : mapping of (before, after, score) to str or None
        Rule that forbids the comparison; None, or no entry, forbids nothing.
    family : sequence of str
        Ids of the scores that get a verdict.
    min_n : int, fewest people with the score in either wave
    dates : mapping of str to date
        Day on which each wave closed; without both, the season is not checked.
    newcomers : mapping of (school, wave) to int, optional
        Of the eligible staff, those who are new since the wave before; over a quarter is
        the tag ``staff_changed``.
    overlaps : mapping of (before, after, school, score) to (people, correlation), optional
        As `find_overlaps` gives them.
    as_given : collection of str, optional
        Scores whose owner gave their standard errors: no census correction, no rule and no tag
        on the response is ours to add. In Holm's family they count as any other.

    Returns
    -------
    tuple of Change
        By pair, school and score, wherever either wave has the score.
    """
    changes: list[Change] = []
    for before, after in pairs:
        cells = align_waves(summaries, before, after)
        if cells.empty:
            continue
        roster = {"eligible": eligible, "responded": responded, "newcomers": newcomers or {}}
        cells["as_given"] = cells["score"].isin(list(as_given))
        first = gather_side(cells, "_1", before, settings=settings, min_n=min_n, **roster)
        second = gather_side(cells, "_2", after, settings=settings, min_n=min_n, **roster)
        barred = [comparable.get((before, after, score)) for score in cells["score"]]
        overlap = align_overlaps(cells, (before, after), overlaps or {})
        smaller = np.minimum(first.counted, second.counted)
        pair = _Pair(
            cells=cells,
            waves=(before, after),
            sides=(first, second),
            reasons=find_reasons(first, second, barred, min_n),
            in_family=cells["score"].isin(list(family)).to_numpy(dtype=np.bool_),
            season=season_differs(dates.get(before), dates.get(after)),
            overlap=overlap,
            linked=(overlap.n >= LINKED_SHARE * smaller) & ~np.isnan(overlap.r),
        )
        changes += _compare_pair(pair, settings)
    return tuple(changes)


def wave_intervals(
    means: ArrayLike,
    sds: ArrayLike,
    n: ArrayLike,
    staff: ArrayLike,
    settings: ComparisonSettings,
    *,
    weighing: tuple[ArrayLike, ArrayLike] | None = None,
) -> list[Estimate]:
    """Return waves' means, each with its 95% interval, ``mean +/- t(.975, n - 1) SE``.

    ``SE = sd sqrt((1 - retest * n / staff) / n)``, as in `compare_samples`.

    Parameters
    ----------
    means, sds : array of float
        Of persons' scores, points.
    n : array of int
        People with the score.
    staff : array of float
        On the roster; NaN where unknown. Then, and where it is fewer than `n`, there is no
        census correction.
    weighing : pair of arrays, optional
        People that the standard error goes by (Kish 1965), and that the thresholds count,
        where they are weighted; both are `n` otherwise.

    Returns
    -------
    list of Estimate
        `n` of each is what the thresholds count. Without an interval where fewer than two
        people, or no spread.
    """
    mean, sd, people, listed, size, counted = (
        np.asarray(one, dtype=np.float64) for one in (means, sds, n, staff, *(weighing or (n, n)))
    )
    known = (people > 0) & (people <= listed)
    covered = np.divide(people, listed, out=np.zeros(len(people)), where=known)
    reach = find_reach(Samples(mean=mean, sd=sd, n=size, covered=covered), settings)
    return [
        bound(value, half, int(count))
        for value, half, count in zip(mean.tolist(), reach.tolist(), counted.tolist(), strict=True)
    ]


def _compare_pair(pair: _Pair, settings: ComparisonSettings) -> list[Change]:
    first, second = pair.sides
    welch = choose_rows(
        pair.linked,
        compare_overlapping(first.samples, second.samples, pair.overlap),
        compare_samples(first.samples, second.samples, settings.retest_reliability),
    )
    drop = np.nan_to_num(first.answered - second.answered)
    verdicts, holm, tags = _decide(pair, welch, drop, settings)
    columns = _tabulate(pair, welch, drop) | {"p_holm": holm}
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    schools, scores = pair.cells["school"].tolist(), pair.cells["score"].tolist()
    changes: list[Change] = []
    for row, numbers in enumerate(rows):
        change = _start(pair, row, schools[row], scores[row], tags[row])
        if change.reason in {"", "not-in-family"}:
            known = dict(zip(columns, numbers, strict=True))
            change = _finish(
                change,
                known,
                verdicts[row],
                smallest=settings.smallest_change,
                n=_count(pair, row),
            )
        changes.append(change)
    return changes


def _decide(
    pair: _Pair, welch: Welch, drop: Floats, settings: ComparisonSettings
) -> tuple[list[Verdict], Floats, list[tuple[str, ...]]]:
    """Give the verdicts as answered, Holm's p, and the tags, of which one is ``fragile``."""
    open_ = np.array([not reason for reason in pair.reasons], dtype=np.bool_)
    schools = np.unique(pair.cells["school"].to_numpy(dtype=np.str_), return_inverse=True)[1]
    plain, *shifted = (
        judge(welch, open_ & pair.in_family, schools, drop * delta, settings)
        for delta in (0.0, *NONRESPONSE)
    )
    flips = [
        any(other.verdicts[row] != verdict for other in shifted)
        for row, verdict in enumerate(plain.verdicts)
    ]
    fragile = np.array(flips, dtype=np.bool_)
    tags = find_tags(
        pair.sides, fragile=fragile, open_=open_, season=pair.season, linked=pair.linked
    )
    return plain.verdicts, plain.p_holm, tags


def _tabulate(pair: _Pair, welch: Welch, drop: Floats) -> dict[str, Floats]:
    """Work out the numbers of every comparison, one array element each."""
    first, second = pair.sides
    effect, unit = standardize(first.samples, second.samples)
    spread = first.samples.n + second.samples.n - 2
    with np.errstate(invalid="ignore", divide="ignore"):
        # The chance in the difference, and that in the unit it is measured in.
        effect_error = np.sqrt((welch.error / unit) ** 2 + effect**2 / (2 * spread))
        tipping = np.where(drop != 0, -welch.difference / drop, np.nan)
    return {
        "difference": welch.difference,
        "reach95": welch.reach(0.95),
        "reach90": welch.reach(0.90),
        "standard_error": welch.error,
        "df": welch.df,
        "p": welch.find_p(),
        "effect": effect,
        "effect_reach": NORMAL_975 * effect_error,
        "detectable": welch.find_detectable(),
        "tipping": tipping,
    }


def _start(pair: _Pair, row: int, school: str, score: str, tags: tuple[str, ...]) -> Change:
    """Begin with a change that is not compared, for the reason found."""
    first, second = pair.sides
    reason = pair.reasons[row] or ("" if pair.in_family[row] else "not-in-family")
    why = Withheld(reason, _WHY.get(reason, _WHY["form"]))
    difference: Estimate | Withheld = why
    if reason == "no-spread":
        gap = float(second.samples.mean[row] - first.samples.mean[row])
        difference = Estimate(value=gap, n=_count(pair, row), method=METHOD)
    return Change(
        school=school,
        score=score,
        before=pair.waves[0],
        after=pair.waves[1],
        mean_before=first.means[row],
        mean_after=second.means[row],
        difference=difference,
        effect=why,
        verdict="not_compared",
        verdict_as_answered="not_compared",
        tags=tags,
        reason=reason,
        response_before=_known(float(first.answered[row])),
        response_after=_known(float(second.answered[row])),
    )


def _finish(
    change: Change, numbers: Mapping[str, float], verdict: Verdict, *, smallest: float, n: int
) -> Change:
    value, g = numbers["difference"], numbers["effect"]
    low, high = value - numbers["reach95"], value + numbers["reach95"]
    shaken = "fragile" in change.tags and verdict in {"rose", "fell"}
    return replace(
        change,
        difference=Estimate(
            value=value,
            low=low,
            high=high,
            n=n,
            method=LINKED_METHOD if "linked" in change.tags else METHOD,
        ),
        low90=value - numbers["reach90"],
        high90=value + numbers["reach90"],
        standard_error=numbers["standard_error"],
        df=numbers["df"],
        p=numbers["p"],
        p_holm=_known(numbers["p_holm"]),
        effect=Estimate(
            value=g,
            low=g - numbers["effect_reach"],
            high=g + numbers["effect_reach"],
            n=n,
            method=EFFECT_METHOD,
        ),
        detectable=numbers["detectable"],
        verdict="too_close" if shaken else verdict,
        verdict_as_answered=verdict,
        clearly=verdict in {"rose", "fell"} and not shaken and (low > smallest or high < -smallest),
        tipping=_known(numbers["tipping"]),
    )


def _count(pair: _Pair, row: int) -> int:
    return int(min(side.counted[row] for side in pair.sides))


def _known(number: float) -> float | None:
    return None if np.isnan(number) else number
