"""Comparability: whether a score asked the same thing in two waves, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale, ScoreRule
from climatekit.measure.drift import ScoreDrift, find_drifts
from climatekit.measure.scoring import order_rules

# From what anybody can see to what only a model can; the first that holds is told.
REASONS = ("form", "options", "referent", "edited", "drift")
_FLAGS = {"options": "other_options", "referent": "other_referent"}

Breaks = dict[tuple[str, str, str], str | None]


def find_breaks(
    responses: Responses,
    scales: Sequence[Scale],
    pairs: Sequence[tuple[str, str]],
    drifts: Sequence[ScoreDrift] | None = None,
) -> Breaks:
    """Return for each pair of waves and score why they may not be compared, or None.

    Parameters
    ----------
    drifts : sequence of ScoreDrift, optional
        As `find_drifts` gives them for the same pairs; found here where not given.

    Returns
    -------
    mapping of (before, after, score) to str or None
        ``form``: not both waves asked exactly the score's items, or the form changed and
        the scale's file does not let both forms share a trend. ``options``: the codebook
        says of one wave alone that the answer options were changed. ``referent``: it says
        so of whom an item asks about, or the scale file does. ``edited``: it says so of
        the wording, or both exports hold a wording and the two differ. ``drift``: all of
        that is the same, but over the whole district the items did not measure the same
        (see `find_drifts`). A score made of scores has the reason of its parts.
    """
    if drifts is None:
        drifts = find_drifts(responses, scales, pairs)
    drifting = {(one.before, one.after, one.score) for one in drifts if one.drifts}
    breaks: Breaks = {}
    waves = list(responses.waves)
    for before, after in pairs:
        between = waves[waves.index(before) + 1 : waves.index(after) + 1]
        for scale in scales:
            form = "form" if scale.form_since in between else None
            moved = "referent" if scale.referent_since in between else None
            for rule in scale.scores.values():
                key = before, after, rule.id
                seen = form or _find_change(responses, rule, before, after) or moved
                breaks[key] = seen or ("drift" if key in drifting else None)
        for _, rule in order_rules(scales):
            parts = [breaks.get((before, after, one)) for one in rule.inputs]
            breaks[before, after, rule.id] = next(
                (part for part in parts if part), breaks[before, after, rule.id]
            )
    return breaks


def _find_change(responses: Responses, rule: ScoreRule, before: str, after: str) -> str | None:
    items = set(rule.items)
    if any(items - responses.asked.get(wave, frozenset()) for wave in (before, after)):
        return "form"
    for reason, flag in _FLAGS.items():
        if any(_is_flagged_once(responses, item, flag, before, after) for item in items):
            return reason
    if any(_is_edited(responses, item, before, after) for item in items):
        return "edited"
    return None


def _is_flagged_once(responses: Responses, item: str, flag: str, before: str, after: str) -> bool:
    one, other = (
        flag in responses.changed.get(wave, {}).get(item, frozenset()) for wave in (before, after)
    )
    return one != other


def _is_edited(responses: Responses, item: str, before: str, after: str) -> bool:
    if _is_flagged_once(responses, item, "edited", before, after):
        return True
    one, other = (responses.wording.get(wave, {}).get(item, "") for wave in (before, after))
    return bool(one and other and one != other)
