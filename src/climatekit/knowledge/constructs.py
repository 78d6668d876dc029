"""Constructs: what the scales measure, and which score stands for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from climatekit.errors import Problem
from climatekit.knowledge.definitions import suggest
from climatekit.knowledge.scales import Scale, ScoreRule

CONSTRUCTS = ("trust", "community", "collective_efficacy")


def list_brief_scores(scales: Sequence[Scale]) -> list[ScoreRule]:
    """Return the scores that a brief shows, in the order of their constructs."""
    rules = [
        rule
        for scale in scales
        for rule in scale.scores.values()
        if rule.in_brief and rule.construct in CONSTRUCTS
    ]
    return sorted(rules, key=lambda rule: CONSTRUCTS.index(rule.construct))


def check_lead_scores(
    scales: Sequence[Scale], chosen: Mapping[str, str], *, file: str | None
) -> list[Problem]:
    """Return a problem for each chosen score that cannot stand for its construct."""
    rules = list_brief_scores(scales)
    problems = []
    for construct, score in chosen.items():
        own = [rule.id for rule in rules if rule.construct == construct]
        if score in own or not own:  # of a construct that is not asked no score leads
            continue
        closest = suggest(score, own)
        problems.append(
            Problem(
                code="CK420",
                file=file,
                column=f"lead_scores.{construct}",
                message=f"no brief shows a score {score} of {construct}",
                found=score,
                expected=f"one of {', '.join(own)}",
                closest=closest,
                mend=f"write {closest}" if closest else "name a score that is listed, or none",
            )
        )
    return problems


def find_lead_scores(scales: Sequence[Scale], chosen: Mapping[str, str]) -> dict[str, ScoreRule]:
    """Return for each construct the score that stands for it.

    Parameters
    ----------
    scales : sequence of Scale
    chosen : mapping of str to str
        Construct to score id, where the district wants another than the scale's own.

    Returns
    -------
    mapping of str to ScoreRule
        In the order of the constructs; a construct without any score is left out.
    """
    rules = list_brief_scores(scales)
    leads: dict[str, ScoreRule] = {}
    for construct in CONSTRUCTS:
        own = [rule for rule in rules if rule.construct == construct]
        wanted = [rule for rule in own if rule.id == chosen.get(construct)]
        for rule in (wanted or [rule for rule in own if rule.lead] or own)[:1]:
            leads[construct] = rule
    return leads
