"""Facts: what the data-use rating of each school is made from."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping

import pandas as pd

from climatekit.data_use.facts import TOKEN_SEPARATOR, SchoolFacts, WaveFacts
from climatekit.ingest.responses import Responses
from climatekit.knowledge.constructs import CONSTRUCTS, find_lead_scores
from climatekit.knowledge.rubric import Rubric
from climatekit.knowledge.scales import ScoreRule, list_rules
from climatekit.knowledge.settings import Settings, WaveSettings
from climatekit.knowledge.tidying import tidy_text
from climatekit.measure.group_alphas import check_groups, list_school_alphas
from climatekit.release.gate import round_points
from climatekit.release.rules import (
    AGREEMENT_SCHOOLS,
    SCORE_CAP_HIGH,
    SCORE_CAP_LOW,
    cap_score,
    withhold,
)
from climatekit.run.figures.figures import Figures
from climatekit.run.figures.inputs import Inputs
from climatekit.values import Estimate, Withheld

Reliability = Mapping[str, Estimate | Withheld]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Survey:
    """What is the same for every school of one wave.

    Attributes
    ----------
    reliability : mapping of str to Estimate or Withheld
        The district's, by construct.
    items : mapping of str to frozenset of str
        The items asked of each construct, marked with their wording.
    schools : int
        With answers.
    drifted : mapping of str to frozenset of str
        By an earlier wave, the constructs whose score an item's drift since then makes another
        measure.
    constructs : mapping of str to str
        Of every score.
    """

    settings: WaveSettings
    reliability: Reliability
    items: Mapping[str, frozenset[str]]
    asks_leadership: bool
    schools: int
    drifted: Mapping[str, frozenset[str]]
    constructs: Mapping[str, str]


def gather_facts(
    settings: Settings, inputs: Inputs, figures: Figures, rubric: Rubric
) -> dict[str, SchoolFacts]:
    """Return each school's facts, its waves from the oldest to the newest.

    A wave counts for a school when somebody there answered it, or when the roster lists
    staff for a wave that has an export. A hidden wave is rated as if all had answered it: a
    level, or a step towards the next, would tell how many did.
    """
    responses = inputs.intake.responses
    leads = find_lead_scores(inputs.scales, settings.lead_scores)
    surveys = _list_surveys(settings, inputs, figures, leads)
    means = _list_means(figures)
    roles = _count_roles(responses.frame)
    few, own_least = rubric.usable.least_answers, rubric.reliability.own_least_answers
    alphas = list_school_alphas(check_groups(responses, inputs.scales, least=own_least))
    facts = {}
    for school in figures.latest:
        own: list[WaveFacts] = []
        for wave, survey in surveys.items():
            answered = figures.answered.get((school, wave), 0)
            if not answered and (school, wave) not in figures.eligible:
                continue
            is_hidden = school not in figures.shown.get(wave, {})
            told = _tell_wave(survey, school, leads, figures, means, least=few)
            since = next((one.wave for one in reversed(own) if one.answered), "")
            reliability = {
                construct: alphas.get((wave, school, rule.id), withhold("not-estimable"))
                for construct, rule in leads.items()
                # Whether everybody chose the end of the scale is not told by a level either.
                if answered >= own_least and not _is_at_end(means, wave, school, rule.id)
            }
            groups, ungrouped = _group(inputs, roles, school, wave)
            whole = dataclasses.replace(
                told,
                own_reliability=reliability,
                groups=groups,
                ungrouped=ungrouped,
                drift=survey.drifted.get(since, frozenset()),
            )
            asked = _list_asked(survey, school, leads, means)
            own.append(_fill_up(whole, few, asked) if is_hidden else whole)
        facts[school] = SchoolFacts(school, tuple(own))
    return facts


def _list_surveys(
    settings: Settings, inputs: Inputs, figures: Figures, leads: Mapping[str, ScoreRule]
) -> dict[str, _Survey]:
    responses = inputs.intake.responses
    waves = {wave.id: wave for wave in settings.waves}
    schools = Counter(wave for _, wave in figures.answered)
    rules = list_rules(inputs.scales)
    surveys = {}
    for wave in responses.waves:
        asked = responses.asked.get(wave, frozenset())
        surveys[wave] = _Survey(
            settings=waves[wave],
            reliability=_pool_reliability(figures, leads, wave),
            items={
                construct: frozenset(
                    _mark_item(responses, wave, item) for item in rule.items if item in asked
                )
                for construct, rule in leads.items()
            },
            asks_leadership=any(
                rule.about_leadership and rule.items and set(rule.items) <= asked for rule in rules
            ),
            schools=schools[wave],
            drifted={
                before: frozenset(
                    construct
                    for construct, rule in leads.items()
                    if figures.breaks.get((before, wave, rule.id)) == "drift"
                )
                for before in responses.waves
            },
            constructs={rule.id: rule.construct for rule in rules},
        )
    return surveys


def _tell_wave(
    survey: _Survey,
    school: str,
    leads: Mapping[str, ScoreRule],
    figures: Figures,
    means: Mapping[tuple[str, str, str], tuple[float, int]],
    *,
    least: int,
) -> WaveFacts:
    wave = survey.settings
    scored = {
        construct: means[wave.id, school, rule.id]
        for construct, rule in leads.items()
        if (wave.id, school, rule.id) in means
    }
    scored = {name: pair for name, pair in scored.items() if pair[1] >= least}
    fallen = figures.falls.get((school, wave.id), frozenset())
    return WaveFacts(
        wave=wave.id,
        label=wave.label,
        opened=wave.opened,
        closed=wave.closed,
        answered=figures.answered.get((school, wave.id), 0),
        eligible=figures.eligible.get((school, wave.id)),
        constructs=frozenset(scored),
        items={
            construct: survey.items[construct]
            # A score without items of its own asks the same as long as it is the same score.
            or frozenset([rule.id] if not rule.items and construct in scored else [])
            for construct, rule in leads.items()
        },
        reliability=survey.reliability,
        asks_leadership=survey.asks_leadership,
        icc2_reported=survey.schools >= AGREEMENT_SCHOOLS,
        icc2_possible=survey.schools >= AGREEMENT_SCHOOLS,
        mode=wave.mode,
        fell=frozenset(survey.constructs[score] for score in fallen) & set(CONSTRUCTS),
        # As printed: of two that print the same the lower is not told, nor one that is withheld.
        lowest=min(
            (
                name
                for name in scored
                if school in figures.bases.get(leads[name].id, {}).get(wave.id, {})
            ),
            key=lambda name: (_round_within_caps(scored[name][0]), name),
            default=None,
        ),
    )


def _list_asked(
    survey: _Survey,
    school: str,
    leads: Mapping[str, ScoreRule],
    means: Mapping[tuple[str, str, str], tuple[float, int]],
) -> frozenset[str]:
    """Return the constructs that a school's people could have had a score of."""
    return frozenset(
        construct
        for construct, rule in leads.items()
        if (survey.settings.id, school, rule.id) in means
        and (not rule.items or len(survey.items[construct]) >= rule.needed)
    )


def _fill_up(wave: WaveFacts, few: int, asked: frozenset[str]) -> WaveFacts:
    """Return a hidden wave as if all had answered all of it, alike.

    There are `few` of them where no roster counts them; `asked` is the constructs.
    """
    return dataclasses.replace(
        wave,
        constructs=asked,
        answered=(wave.eligible or few) if wave.answered else 0,
        ungrouped=0,
        groups={name: (staff or 0, staff) for name, (_, staff) in wave.groups.items()},
        own_reliability={},
        # A goal that has to be on the lowest score would tell which it is.
        lowest=None,
    )


def _mark_item(responses: Responses, wave: str, item: str) -> str:
    mark = responses.wording.get(wave, {}).get(item, "")
    if not mark and any(item in changed for changed in responses.changed.values()):
        mark = _find_published(responses, item)
    return f"{item}{TOKEN_SEPARATOR}{mark}" if mark else item


def _find_published(responses: Responses, item: str) -> str:
    """Return the mark of an item as published: where some wave changed it, no mark is one too."""
    return next(
        (
            mark
            for wave, marks in responses.wording.items()
            if (mark := marks.get(item, "")) and item not in responses.changed.get(wave, {})
        ),
        "published",
    )


def _list_means(figures: Figures) -> dict[tuple[str, str, str], tuple[float, int]]:
    columns = ("wave", "school", "score", "mean", "n")
    return {
        (str(wave), str(school), str(score)): (float(mean), int(n))
        for wave, school, score, mean, n in zip(
            *(figures.summaries[name] for name in columns), strict=True
        )
    }


def _round_within_caps(mean: float) -> int:
    return min(max(round_points(mean), SCORE_CAP_LOW), SCORE_CAP_HIGH)


def _is_at_end(
    means: Mapping[tuple[str, str, str], tuple[float, int]], wave: str, school: str, score: str
) -> bool:
    """Return whether a score is so near an end of the scale that it is told as that end."""
    mean, _ = means.get((wave, school, score), (math.nan, 0))
    return math.isfinite(mean) and bool(cap_score(round_points(mean)))


def _pool_reliability(figures: Figures, leads: Mapping[str, ScoreRule], wave: str) -> Reliability:
    """Return the district's alpha of each construct, on the number of complete rows."""
    by_score = {one.score: one for one in figures.reliability if one.wave == wave}
    pooled: dict[str, Estimate | Withheld] = {}
    for construct, rule in leads.items():
        one = by_score.get(rule.id)
        if one is None:
            continue
        value, complete = one.alpha_within, one.alpha_complete
        if isinstance(value, Estimate) and isinstance(complete, Estimate):
            value = dataclasses.replace(value, n=complete.n)
        pooled[construct] = value
    return pooled


def _count_roles(frame: pd.DataFrame) -> dict[tuple[str, str], dict[str, int]]:
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for school, wave, role in zip(frame["school"], frame["wave"], frame["role"], strict=True):
        tidy = tidy_text(str(role))
        own = counts.setdefault((str(school), str(wave)), {})
        own[tidy] = own.get(tidy, 0) + 1
    return counts


def _group(
    inputs: Inputs, roles: Mapping[tuple[str, str], Mapping[str, int]], school: str, wave: str
) -> tuple[dict[str, tuple[int, int | None]], int]:
    """Return (answered, eligible) by staff group, and how many who answered are of no known one.

    Empty where either side is not known.
    """
    answered = roles.get((school, wave), {})
    listed = inputs.roster.groups(school, wave) if inputs.roster else {}
    if inputs.roster is None or not listed or not any(answered):
        return {}, 0
    named = {tidy_text(name) for name in listed}
    blank = answered.get("", 0)
    strange = sum(count for role, count in answered.items() if role and role not in named)
    # Of a roster that leaves groups out, a role that it does not list is one of those.
    is_whole = sum(listed.values()) >= (inputs.roster.eligible(school, wave) or 0)
    groups: dict[str, tuple[int, int | None]] = {
        name: (answered.get(tidy_text(name), 0), count) for name, count in listed.items()
    }
    return groups, blank + (strange if is_whole else 0)
