"""Agreement: how far schools differ, and how far colleagues agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale, ScoreRule
from climatekit.measure.among import Among
from climatekit.measure.groups import Flags, Floats, Ints, describe, number_rows
from climatekit.measure.school_agreement import (
    SchoolAgreement,
    find_agreement,
    mean_over_items,
)
from climatekit.measure.school_means import MeansModel, fit_described
from climatekit.measure.scoring import FULL, Scores, key_steps
from climatekit.measure.variance_table import build_table, icc1, icc2
from climatekit.values import Estimate, Withheld

RWG_PEOPLE = 5
RWG_HIGH = 0.70


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAgreement:
    """How far colleagues agree on one item, over the schools with five people or more.

    Attributes
    ----------
    schools : int
        Of those schools, the ones with two answers to the item.
    rwg_mean, rwg_slight_mean : float, optional
        Mean rwg (James, Demaree and Wolf 1984) against even and slightly leaning answers,
        negative ones set to 0.
    rwg_negative : int
        Schools where the first was negative.
    ad_mean, ad_median : float, optional
        Mean average deviation from the school's mean and median, in scale points.
    """

    item: str
    schools: int
    rwg_mean: float | None
    rwg_slight_mean: float | None
    rwg_negative: int
    ad_mean: float | None
    ad_median: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleAgreement:
    """How far schools differ and colleagues agree on one score in one wave.

    Attributes
    ----------
    schools, people : int
        Schools with anybody who has the score, and those people.
    smallest, largest : int
        Range of people per school.
    icc1 : Estimate or Withheld
        Share of the spread that lies between schools; `n` is people.
    icc2 : Estimate or Withheld
        Reliability of schools' means; negative: schools do not differ reliably.
    icc1_reml : Estimate or Withheld
        The same share by restricted maximum likelihood; 0 where schools do not differ.
    mean_reliability : float, optional
        Middle of the reliabilities of the schools' means, each by its own n.
    rwg_schools : int
        Schools with at least five people who answered any item of the score: the schools
        of all that follows, which is None where there is none.
    rwg_mean, rwg_median, rwg_above : float, optional
        rwg(j) against even answers (uniform null): mean and median over those schools,
        and the share of them above .70.
    rwg_negative : int
        Schools where it was negative and was set to 0.
    rwg_slight_mean, rwg_slight_median, rwg_slight_above, rwg_slight_negative
        The same against slightly leaning answers; None where the published table has no
        variance for this number of answer options.
    rwg_star_mean : float, optional
        Mean r*wg(j) against even answers, negative ones as they are.
    rwg_score_mean : float, optional
        Mean rwg of the score itself, as if it were one item.
    ad_mean, ad_median : float, optional
        Mean over schools of the average deviation from the school's mean, and median, in
        scale points: over the items, then over schools.
    ad_close : float, optional
        Share of schools whose average deviation from the mean is at most a sixth of the
        answer options (Burke and Dunlap 2002).
    items : tuple of ItemAgreement
        The same item by item.
    """

    score: str
    wave: str
    schools: int
    people: int
    smallest: int
    largest: int
    icc1: Estimate | Withheld
    icc2: Estimate | Withheld
    icc1_reml: Estimate | Withheld
    mean_reliability: float | None
    rwg_schools: int
    rwg_mean: float | None
    rwg_median: float | None
    rwg_above: float | None
    rwg_negative: int
    rwg_slight_mean: float | None
    rwg_slight_median: float | None
    rwg_slight_above: float | None
    rwg_slight_negative: int
    rwg_star_mean: float | None
    rwg_score_mean: float | None
    ad_mean: float | None
    ad_median: float | None
    ad_close: float | None
    items: tuple[ItemAgreement, ...] = ()

    @property
    def differ(self) -> bool:
        """Whether schools differ more than colleagues' spread explains: ICC(1) above 0."""
        return isinstance(self.icc1, Estimate) and self.icc1.value > 0


def check_agreement(
    scores: Scores,
    responses: Responses,
    scales: Sequence[Scale],
    *,
    among: Among | None = None,
) -> tuple[ScaleAgreement, ...]:
    """Check how far schools differ and colleagues agree.

    Parameters
    ----------
    among : mapping of str to mapping of str to collection of str, optional
        Score to wave to the schools whose people are looked at; all when not given.

    Returns
    -------
    tuple of ScaleAgreement
        By score, then wave (those that asked for the score).
    """
    schools, names = number_rows(scores.responses, "school")
    waves, wave_names = number_rows(scores.responses, "wave")
    rows_of = [
        np.flatnonzero(waves == number).astype(np.int32) for number in range(len(wave_names))
    ]
    known = frozenset(responses.items)
    found: list[ScaleAgreement] = []
    for scale in scales:
        for rule in scale.scores.values():
            if not rule.items:
                continue  # made of scores: no items to agree on
            own = scores.rules[rule.id]
            columns = {
                item: key_steps(responses, scale, item, sign)
                for item, sign in rule.items.items()
                if item in known
            }
            for wave, rows in zip(wave_names, rows_of, strict=True):
                asked = responses.asked.get(wave, known)
                items = [item for item in columns if item in asked]
                if not items or not len(rows):
                    continue
                steps = np.array([columns[item].take(rows) for item in items])
                options = [scale.response_set_of(item).options for item in items]
                null = scale.agreement_options
                inside = find_agreement(steps, schools[rows], len(names), options, null)
                values = own.points[rows]
                enough = inside.people >= RWG_PEOPLE
                if among is not None:
                    wanted = np.isin(names, list(among.get(rule.id, {}).get(wave, ())))
                    enough &= wanted
                    values = np.where(wanted[schools[rows]], values, np.nan)
                agreed = inside, enough, null
                found.append(_report(rule, wave, (values, schools[rows]), items, agreed, options))
    return tuple(found)


def _report(
    rule: ScoreRule,
    wave: str,
    people: tuple[Floats, Ints],
    items: Sequence[str],
    agreement: tuple[SchoolAgreement, Flags, int | None],
    options: Sequence[int],
) -> ScaleAgreement:
    inside, enough, null_options = agreement
    n, mean, sd = describe(*people, len(enough))
    table = build_table(n, mean, sd)
    even, slight = inside.rwgj(inside.even), inside.rwgj(inside.slight)
    raw, leaning = _known(even, enough), _known(slight, enough)
    star = _known(inside.rwgj_star(inside.even), enough)
    from_mean = mean_over_items(inside.from_mean)
    deviations = _known(from_mean, enough)
    # Burke and Dunlap (2002): a sixth of the options, for answers that are equally likely.
    limit = float(np.mean(options)) / 6 if options else np.nan
    model = fit_described(n, mean, sd)
    return ScaleAgreement(
        score=rule.id,
        wave=wave,
        schools=table.schools,
        people=table.people,
        smallest=table.smallest,
        largest=table.largest,
        icc1=icc1(table),
        icc2=icc2(table),
        icc1_reml=model
        if isinstance(model, Withheld)
        else Estimate(value=model.icc1, n=table.people, method="ICC(1), REML"),
        mean_reliability=_middle(model.reliability) if isinstance(model, MeansModel) else None,
        rwg_schools=len(raw),
        rwg_mean=_mean(np.maximum(raw, 0.0)),
        rwg_median=_middle(np.maximum(raw, 0.0)),
        rwg_above=_mean(raw > RWG_HIGH),
        rwg_negative=int((raw < 0).sum()),
        rwg_slight_mean=_mean(np.maximum(leaning, 0.0)),
        rwg_slight_median=_middle(np.maximum(leaning, 0.0)),
        rwg_slight_above=_mean(leaning > RWG_HIGH),
        rwg_slight_negative=int((leaning < 0).sum()),
        rwg_star_mean=_mean(star),
        rwg_score_mean=_mean(
            np.maximum(_score_rwg(sd, enough, [null_options] if null_options else options), 0.0)
        ),
        ad_mean=_mean(deviations),
        ad_median=_mean(_known(mean_over_items(inside.from_median), enough)),
        ad_close=_mean(deviations <= limit),
        items=tuple(_list_items(items, inside, enough)),
    )


def _list_items(
    items: Sequence[str], inside: SchoolAgreement, enough: Flags
) -> Iterator[ItemAgreement]:
    even, slight, from_mean, from_median = (
        table[:, enough]
        for table in (
            inside.rwg(inside.even),
            inside.rwg(inside.slight),
            inside.from_mean,
            inside.from_median,
        )
    )
    schools, negative = (~np.isnan(even)).sum(axis=1), (even < 0).sum(axis=1)
    means = [
        mean_over_items(table.T)
        for table in (np.maximum(even, 0.0), np.maximum(slight, 0.0), from_mean, from_median)
    ]
    for item, known, below, *own in zip(items, schools, negative, *means, strict=True):
        rwg, leaning, ad, ad_median = (None if np.isnan(one) else float(one) for one in own)
        yield ItemAgreement(
            item=item,
            schools=int(known),
            rwg_mean=rwg,
            rwg_slight_mean=leaning,
            rwg_negative=int(below),
            ad_mean=ad,
            ad_median=ad_median,
        )


def _score_rwg(sd: Floats, enough: Flags, options: Sequence[int]) -> Floats:
    """Return rwg of the score itself, ``1 - s^2 / null``, of each large enough school."""
    if len(set(options)) != 1:
        return np.array([])
    steps = options[0] - 1
    return _known(1 - (sd / FULL * steps) ** 2 / ((options[0] ** 2 - 1) / 12), enough)


def _known(values: Floats, enough: Flags) -> Floats:
    kept = values[enough]
    found: Floats = kept[~np.isnan(kept)]
    return found


def _mean(values: Floats | Flags) -> float | None:
    return float(values.mean()) if len(values) else None


def _middle(values: Floats) -> float | None:
    return float(np.median(values)) if len(values) else None
