"""Summaries: groups of people, above all schools, in a few numbers each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import ResponseSet, Scale, ScoreRule
from climatekit.measure.groups import Floats, Ints, number_groups
from climatekit.measure.scoring import FULL, Scores, find_signs, order_rules
from climatekit.measure.weighting import describe_groups, find_weights

# Sums in another row order differ in the last bits; a mean of 72.5 must round alike each time.
DECIMALS = 11
AT_MAXIMUM = FULL - 1e-9


def summarize(
    scores: Scores, scales: Sequence[Scale], *, by: Sequence[str] = ("wave", "school")
) -> pd.DataFrame:
    """Summarize each score in each group.

    Parameters
    ----------
    by : sequence of str
        Any of ``wave``, ``school``, ``role``; none for everybody at once.

    Returns
    -------
    DataFrame
        One row per group and score that the group was asked: the `by` columns,
        ``score``, ``n`` (people with the score), ``mean`` (points, 0 to 100), ``sd``
        (of persons' points, n - 1 below; NaN under two people), ``effective`` and
        ``counted`` (people for the standard error and for the thresholds: `n` but where
        people are weighted, see `describe_groups`), ``native_mean``,
        ``ceiling`` (share of people at the maximum, 0 to 1) and ``respondents``
        (people of the group with an answer to any item). Groups are in order of wave
        and name, scores in order of the scales. Where the score's order is
        ``items_first``, both means are the mean over items of the items' means over
        the people who have the score.
    """
    groups, table = number_groups(scores.responses, by)
    count = len(table)
    respondents = np.bincount(groups[scores.responded], minlength=count)
    parts: list[pd.DataFrame] = []
    for scale, rule in order_rules(scales):
        own = scores.rules[rule.id]
        rows = np.flatnonzero(own.asked > 0)
        cells, points = groups[rows], own.points[rows]
        weights = find_weights(scores, rule)
        own_weights = None if weights is None else weights[rows]
        all_told = describe_groups(points, cells, count, own_weights)
        n, mean = all_told.n, all_told.mean
        native = describe_groups(scores.find_native(rule.id)[rows], cells, count, own_weights).mean
        if rule.order == "items_first":
            people = rows[~np.isnan(points)]
            columns = {
                item: column[people] for item, column in scores.key_items(rule.items).items()
            }
            mean, native = _average_items(
                columns,
                scale,
                rule,
                groups[people],
                count,
                None if weights is None else weights[people],
            )
        top = np.bincount(cells[points >= AT_MAXIMUM], minlength=count)
        part = table.assign(
            score=rule.id,
            n=n,
            mean=np.round(mean, DECIMALS),
            sd=np.round(all_told.sd, DECIMALS),
            effective=all_told.effective,
            counted=all_told.counted,
            native_mean=np.round(native, DECIMALS),
            ceiling=np.divide(top, n, out=np.full(count, np.nan), where=n > 0),
            respondents=respondents,
        )
        parts.append(part[np.bincount(cells, minlength=count) > 0])
    if not parts:
        names = (
            "score", "n", "mean", "sd", "effective", "counted", "native_mean", "ceiling",
            "respondents",
        )  # fmt: skip
        return pd.DataFrame(columns=[*by, *names])
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def summarize_items(
    scores: Scores,
    responses: Responses,
    scales: Sequence[Scale],
    *,
    by: Sequence[str] = ("wave", "school"),
) -> pd.DataFrame:
    """Summarize the answers to each item in each group, in the keyed direction.

    Returns
    -------
    DataFrame
        One row per group and item that the group was asked: the `by` columns, ``item``,
        ``n`` (people who answered it), ``counted`` (people for the thresholds, see
        `describe_groups`), ``weighted`` (whether people are), and the shares, 0 to 1, of
        ``favourable``, ``neutral`` and ``unfavourable`` answers. For a reverse-scored item
        an answer counts as what it says once reversed. Unfavourable answers mirror the favourable
        ones of the response set; the shares are NaN where it declares none or n is 0.
    """
    groups, table = number_groups(scores.responses, by)
    waves = list(dict.fromkeys(table["wave"])) if "wave" in by else list(scores.waves)
    parts: list[pd.DataFrame] = []
    for scale in scales:
        for item in scale.items:
            asked = [wave for wave in waves if item in responses.asked.get(wave, responses.items)]
            columns = scores.key_items([item])
            if not asked or not columns:
                continue
            values = columns[item]
            weights = responses.weights if scale.is_weighted(item) else None
            part = _share_answers(table, values, groups, scale.response_set_of(item), item, weights)
            parts.append(part[table["wave"].isin(asked)] if "wave" in by else part)
    if not parts:
        names = ("item", "n", "counted", "weighted", "favourable", "neutral", "unfavourable")
        return pd.DataFrame(columns=[*by, *names])
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def _average_items(
    columns: Mapping[str, Floats],
    scale: Scale,
    rule: ScoreRule,
    cells: Ints,
    count: int,
    people_weights: Floats | None,
) -> tuple[Floats, Floats]:
    """Average each item over people, then the items; points and native, one per group."""
    signs = find_signs((scale,))
    points, native, weights = np.zeros(count), np.zeros(count), np.zeros(count)
    for item, values in columns.items():
        same = rule.items[item] == signs[item]
        told = describe_groups(values if same else FULL - values, cells, count, people_weights)
        mean, there = told.mean, told.n > 0
        answers, weight = scale.response_set_of(item), rule.weight_of(item)
        weights += weight * there
        points += np.where(there, weight * mean, 0.0)
        span = answers.high - answers.low
        native += np.where(there, weight * (answers.low + mean / FULL * span), 0.0)
    weights[weights == 0] = np.nan
    if rule.rescaled:
        native = points
    whole = sum(map(rule.weight_of, rule.items)) if rule.summed else 1
    return points / weights, scale.transform(rule, whole * native / weights)


def _share_answers(
    table: pd.DataFrame,
    values: Floats,
    groups: Ints,
    answers: ResponseSet,
    item: str,
    weights: Floats | None,
) -> pd.DataFrame:
    count = len(table)
    there = ~np.isnan(values)
    span = answers.high - answers.low
    codes = np.rint(answers.low + values[there] / FULL * span).astype(np.intp)
    cells = groups[there]
    own = None if weights is None else weights[there]
    n = np.bincount(cells, minlength=count)
    whole = n if own is None else np.bincount(cells, weights=own, minlength=count)
    liked = list(answers.favourable)
    disliked = [answers.low + answers.high - code for code in liked]
    blank = np.full(count, np.nan)
    shares = [blank, blank]
    if liked:
        chosen = [np.isin(codes, wanted) for wanted in (liked, disliked)]
        shares = [
            np.divide(
                np.bincount(cells[one], weights=own if own is None else own[one], minlength=count),
                whole,
                out=blank.copy(),
                where=n > 0,
            )
            for one in chosen
        ]
    return table.assign(
        item=item,
        n=n,
        counted=n if own is None else describe_groups(values, groups, count, weights).counted,
        weighted=own is not None,
        favourable=shares[0],
        neutral=np.maximum(1.0 - shares[0] - shares[1], 0.0),
        unfavourable=shares[1],
    )
