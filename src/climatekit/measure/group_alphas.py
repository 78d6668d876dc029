"""Group alphas: the alpha of every school, or of every role, by array operations at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale, ScoreRule
from climatekit.measure.alphas import LEAST_SHARED, bound_alphas, work_alphas
from climatekit.measure.covariances import NO_SPREAD
from climatekit.measure.groups import Floats, Ints, number_groups, number_rows
from climatekit.measure.matrices import list_asked
from climatekit.measure.scoring import FULL, check_ranges, key_steps
from climatekit.measure.stacks import NOT_ANSWERED, Stack, list_group_moments, stack_groups
from climatekit.values import Estimate, Withheld

LEAST_IN_GROUP = 30
_REASONS = ("", "min-n", "not-estimable")

# Places of a score and of groups, their n, items that vary, and alphas.
_Block = tuple[Ints, Ints, Ints, Ints, Floats]
_NONE = np.empty(0, dtype=np.intp)
_NOTHING: _Block = (_NONE, _NONE, _NONE, _NONE, np.empty(0))


def check_groups(
    responses: Responses,
    scales: Sequence[Scale],
    *,
    by: Sequence[str] = ("wave", "school"),
    least: int = LEAST_IN_GROUP,
) -> pd.DataFrame:
    """Check how far the items of each score hang together within each group.

    The alpha that `alphas.alpha` gives for each group's own people, with Feldt's interval,
    all groups at once. A diagnostic: the alpha of one school rests on few people, and is
    not the reliability of the school's mean.

    Parameters
    ----------
    by : sequence of str
        ``wave`` and one or more of ``school`` and ``role``.
    least : int
        Groups under this many people (with two answered items or more) get no alpha.

    Returns
    -------
    DataFrame
        One row per score and group whose wave asked for it, groups in order of `by`: the
        `by` columns, ``score``, ``n``, ``items`` (that vary in the group; the others are
        left out), ``alpha``, ``low``, ``high`` and ``reason``: ``min-n`` or
        ``not-estimable`` where alpha is NaN, empty otherwise.
    """
    check_ranges(responses, scales)
    groups, table = number_groups(responses, by)
    rules = [(scale, rule) for scale in scales for rule in scale.scores.values()]
    blocks = [_NOTHING, *_list_blocks(responses, rules, groups, len(table))]
    score, places, n, items, alpha = map(np.concatenate, zip(*blocks, strict=True))
    # Blocks come by size of group, and by what the waves asked.
    order = np.lexsort((places, score))
    score, places, n, items, alpha = (one[order] for one in (score, places, n, items, alpha))
    low, high = _bound(alpha, n, items)
    few = n < least
    columns: dict[str, object] = {name: table[name].array.take(places) for name in by}
    columns["score"] = pd.array([rule.id for _, rule in rules], dtype="str").take(score)
    columns |= {"n": n, "items": items}
    for name, values in (("alpha", alpha), ("low", low), ("high", high)):
        columns[name] = np.where(few, np.nan, values)
    reasons = np.where(few, 1, np.where(np.isnan(alpha), 2, 0))
    columns["reason"] = pd.array(_REASONS, dtype="str").take(reasons)
    return pd.DataFrame(columns, copy=False)


def list_school_alphas(table: pd.DataFrame) -> dict[tuple[str, str, str], Estimate | Withheld]:
    """Return the alphas of `check_groups` by wave, school and score, each with Feldt's interval."""
    columns = ("wave", "school", "score", "n", "alpha", "low", "high", "reason")
    return {
        (str(wave), str(school), str(score)): Withheld(
            str(reason), "too little to estimate it from"
        )
        if reason
        else Estimate(value=float(alpha), low=float(low), high=float(high), n=int(n))
        for wave, school, score, n, alpha, low, high, reason in zip(
            *(table[name] for name in columns), strict=True
        )
    }


def _list_blocks(
    responses: Responses, rules: Sequence[tuple[Scale, ScoreRule]], groups: Ints, count: int
) -> Iterator[_Block]:
    """Yield some groups at a time, so that many need little more memory than few."""
    waves, names = number_rows(responses, "wave")
    stacks: dict[tuple[int, ...], Stack] = {}
    for score, (scale, rule) in enumerate(rules):
        alike: dict[tuple[str, ...], tuple[int, ...]] = {}
        for wave, items in list_asked(rule, responses, names).items():
            alike[items] = (*alike.get(items, ()), wave)
        for items, asking in alike.items():
            if asking not in stacks:
                some = None if len(asking) == len(names) else np.isin(waves, asking)
                stacks[asking] = stack_groups(groups, count, some)
            # The last, made-up person answered nothing.
            keyed = np.full((len(items), len(groups) + 1), NOT_ANSWERED, dtype=np.int8)
            for line, item in zip(keyed, items, strict=True):
                line[:-1] = key_steps(responses, scale, item, rule.items[item])
            ranges = np.array([scale.response_set_of(item).options - 1 for item in items])
            for places, moments in list_group_moments(keyed, stacks[asking]):
                covariance = moments.covariance
                if len(set(ranges.tolist())) > 1:
                    covariance *= np.outer(FULL / ranges, FULL / ranges)
                varying, alpha = _work(covariance, moments.shared)
                yield np.full(len(places), score), places, moments.people, varying, alpha


def _work(covariance: Floats, shared: Floats) -> tuple[Ints, Floats]:
    """Return how many items vary in each group, and its alpha."""
    varying = ~(np.diagonal(covariance, axis1=1, axis2=2) <= NO_SPREAD)
    items, cov = varying.sum(axis=1), covariance
    if not varying.all():
        pairs = varying[:, :, None] & varying[:, None, :]
        cov, shared = np.where(pairs, cov, 0.0), np.where(pairs, shared, np.inf)
    own, total = np.trace(cov, axis1=1, axis2=2), cov.sum(axis=(1, 2))
    fit = (items > 1) & (total > NO_SPREAD)  # NaN is over nothing
    fit &= shared.min(axis=(1, 2)) >= LEAST_SHARED
    with np.errstate(invalid="ignore", divide="ignore"):
        value = work_alphas(own, total, np.maximum(items, 2).astype(np.float64))
    return items, np.where(fit, value, np.nan)


def _bound(value: Floats, n: Ints, items: Ints) -> tuple[Floats, Floats]:
    """Return the ends of Feldt's interval; its F only once for each size that occurs."""
    k, df = np.maximum(items, 2).astype(np.float64), np.maximum(n - 1, 1).astype(np.float64)
    sizes, which = np.unique(df * (k.max(initial=0) + 1) + k, return_inverse=True)
    first = np.zeros(len(sizes), dtype=np.intp)
    first[which] = np.arange(len(which))
    low, high = bound_alphas(np.zeros(len(sizes)), df[first], k[first])
    return 1 - (1 - value) * (1 - low[which]), 1 - (1 - value) * (1 - high[which])
