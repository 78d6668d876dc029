"""Figures: the statistics of a study, brought to the gate school by school."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from climatekit.ingest.imported_scores import ImportedScore
from climatekit.ingest.responses import Responses
from climatekit.ingest.roster import Roster
from climatekit.ingest.weights import list_weighted_scores
from climatekit.knowledge.scales import Scale, ScoreRule, list_imported, list_rules
from climatekit.knowledge.settings import NO_GROUP, Settings
from climatekit.measure.agreement import ScaleAgreement, check_agreement
from climatekit.measure.change import Change, compare, wave_intervals
from climatekit.measure.coding import ItemCoding, check_coding
from climatekit.measure.comparability import find_breaks
from climatekit.measure.consistency import ScaleReliability, check_reliability
from climatekit.measure.drift import ScoreDrift, find_drifts
from climatekit.measure.overlap import Overlaps, find_overlaps
from climatekit.measure.scoring import Scores, score
from climatekit.measure.summaries import summarize, summarize_items
from climatekit.measure.verdicts import LEAST_RESPONSE
from climatekit.release.assembly import (
    Release,
    ScaleQuality,
    SchoolFigures,
    Share,
    release_benchmark,
    release_pools,
    release_school,
)
from climatekit.release.gate import Gate
from climatekit.release.known import Known
from climatekit.release.pattern import Pattern, find_pattern
from climatekit.release.relations import Group
from climatekit.release.rules import SHORT_SCORE_ITEMS, withhold
from climatekit.release.score_facts import ScoreFacts, Shares
from climatekit.run.figures.base import Bases, keep_shown, leave_out_changed, list_bases
from climatekit.run.figures.imports import add_imported
from climatekit.run.figures.role_figures import count_people, list_role_figures, summarize_roles
from climatekit.values import Estimate, Withheld

Eligible = Mapping[tuple[str, str], int]
Estimates = Mapping[str, Mapping[tuple[str, str], Estimate]]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Figures:
    """Every statistic of a study, before the gate.

    Attributes
    ----------
    summaries : DataFrame
        One row per wave, school and score, as `measure.summarize` gives it.
    items : DataFrame
        One row per wave, school and item, as `measure.summarize_items` gives it.
    answered, eligible : mapping of (school, wave) to int
        People who answered anything; people on the roster.
    previous : mapping of str to str or None
        For each school, the wave that its latest one is compared with.
    latest : mapping of str to str
        For each school, the last wave with an answer.
    changes : mapping of (school, score) to Change
        Of the latest wave against the previous one.
    falls : mapping of (school, wave) to frozenset of str
        Scores whose verdict in that wave, against the one before, is that they fell.
    breaks : mapping of (before, after, score) to str or None
        Why two waves may not be compared, or None where they may.
    pattern : Pattern
        Which groups are hidden.
    shown : mapping of str to mapping of str to int
        Wave to each school that the release shows, with how many people answered.
    estimates : mapping of str to mapping of (wave, score) to Estimate
        Each school's scores, for the schools with an answer.
    bases : mapping of str to mapping of str to mapping of str to int
        Score to the shown schools that its figures over the district rest on.
    told_bases : mapping of the same
        Without the waves of which such figures may not be told again.
    told_shown : mapping of the same
        The shown schools, likewise.
    reliability, agreement, drifts : tuple
        Of the people of those schools alone (rule D16): figures of everybody, less what is
        printed of them, would tell of the others.
    roles : DataFrame, optional
        One row per wave, school, role group and score; None without role groups.
    """

    scores: Scores
    summaries: pd.DataFrame
    items: pd.DataFrame
    answered: Eligible
    eligible: Eligible
    latest: Mapping[str, str]
    previous: Mapping[str, str | None]
    changes: Mapping[tuple[str, str], Change]
    falls: Mapping[tuple[str, str], frozenset[str]]
    breaks: Mapping[tuple[str, str, str], str | None]
    pattern: Pattern
    shown: Mapping[str, Mapping[str, int]]
    estimates: Estimates
    bases: Bases
    told_bases: Bases
    told_shown: Mapping[str, Mapping[str, int]]
    reliability: tuple[ScaleReliability, ...]
    agreement: tuple[ScaleAgreement, ...]
    coding: tuple[ItemCoding, ...]
    drifts: tuple[ScoreDrift, ...] = ()
    roles: pd.DataFrame | None = None

    @property
    def leaves_out(self) -> bool:
        """Whether anybody is in none of the role groups."""
        return self.roles is not None and bool((self.roles["role"] == NO_GROUP).any())


def measure_study(
    responses: Responses,
    scales: Sequence[Scale],
    roster: Roster | None,
    settings: Settings,
    *,
    imported: Sequence[ImportedScore] = (),
    known: Known | None = None,
) -> Figures:
    """Compute every statistic of a study from its responses; imported scores come as they are.

    Parameters
    ----------
    known : Known, optional
        What earlier releases printed of the same people.
    """
    known = known or Known()
    scores = score(responses, scales)
    own = summarize(scores, scales)
    summaries = add_imported(own, imported)
    answered = _count_answered(summaries)
    schools = sorted({school for school, _ in answered} | set(roster.schools if roster else ()))
    eligible = _list_eligible(roster, schools, responses.waves)
    latest, steps = _choose_waves(schools, responses.waves, answered, settings)
    previous = {school: steps.get((school, wave)) for school, wave in latest.items()}
    pairs = sorted({(before, after) for (_, after), before in steps.items()})
    beside = _list_neighbours(summaries, responses.waves, (answered, eligible), settings)
    compared = sorted({*pairs, *pairwise(responses.waves), *beside})
    roles = summarize_roles(scores, scales, settings)
    pattern = find_pattern(
        count_people(answered, roles),
        waves=responses.waves,
        min_n=settings.disclosure.min_n,
        known=known,
    )
    shown = _list_shown(answered, pattern)
    told = keep_shown(responses, shown)
    estimates = _estimate_scores(summaries, latest, eligible, settings, list_imported(scales))
    facts = [fact for scale in scales for fact in describe_scores(scale)]
    bases = list_bases(shown, facts, estimates, eligible, Gate(settings.disclosure))
    drifts = find_drifts(told, scales, compared, among=bases)
    breaks = find_breaks(responses, scales, compared, drifts)
    changes = compare(
        summaries,
        eligible=eligible,
        responded=answered,
        pairs=pairs,
        comparable=breaks,
        family=[rule.id for rule in list_rules(scales) if rule.in_brief],
        settings=settings.comparison,
        min_n=settings.disclosure.min_n,
        dates={wave.id: wave.closed for wave in settings.waves if wave.closed is not None},
        newcomers=roster.newcomers if roster else None,
        overlaps=_find_overlaps(scores, scales, pairs),
        as_given=list_imported(scales),
    )
    own_changes = [
        change
        for change in changes
        if change.reason != "not-in-family"
        and steps.get((change.school, change.after)) == change.before
    ]
    return Figures(
        scores=scores,
        summaries=summaries,
        items=summarize_items(scores, responses, scales),
        answered=answered,
        eligible=eligible,
        latest=latest,
        previous=previous,
        changes={
            (change.school, change.score): change
            for change in own_changes
            if latest[change.school] == change.after
        },
        falls=_list_falls(own_changes, bases),
        breaks=breaks,
        pattern=pattern,
        shown=shown,
        estimates=estimates,
        bases=bases,
        told_bases={one: leave_out_changed(own, one, known) for one, own in bases.items()},
        told_shown=leave_out_changed(shown, "", known),
        reliability=check_reliability(told, scales, pooled=False, among=bases),
        agreement=check_agreement(scores, responses, scales, among=bases),
        coding=check_coding(responses, scales),
        drifts=drifts,
        roles=roles,
    )


def release_study(
    figures: Figures,
    scales: Sequence[Scale],
    waves: Sequence[str],
    settings: Settings,
) -> Release:
    """Bring every statistic to the gate and return what may be said."""
    gate = Gate(settings.disclosure)
    facts = {fact.score: fact for scale in scales for fact in describe_scores(scale)}
    pattern = figures.pattern
    quality = _release_quality(figures, scales, gate)
    held_back = frozenset((one.wave, one.score) for one in quality.values() if one.held_back)
    schools = {
        school.school: release_school(
            school, gate=gate, waves=waves, scores=facts, held_back=held_back, pattern=pattern
        )
        for school in _figures_by_school(figures, settings)
    }
    return Release(
        schools=schools,
        quality=quality,
        benchmark=release_benchmark(schools, waves=waves, scores=tuple(facts)),
        pools=release_pools(pattern, gate=gate, waves=waves),
        shown=figures.shown,
    )


def _find_overlaps(
    scores: Scores, scales: Sequence[Scale], pairs: Sequence[tuple[str, str]]
) -> Overlaps:
    """Return who is linked, but of weighted scores, whose test is not defined for them."""
    responses = scores.responses
    found = find_overlaps(scores, responses.links, pairs)
    if responses.weights is None:
        return found
    weighted = set(list_weighted_scores(scales))
    return {key: one for key, one in found.items() if key[-1] not in weighted}


def _count_answered(summaries: pd.DataFrame) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    columns = ("school", "wave", "respondents")
    for school, wave, people in zip(*(summaries[name] for name in columns), strict=True):
        key = (str(school), str(wave))
        counts[key] = max(counts.get(key, 0), int(people))
    return counts


def _list_eligible(
    roster: Roster | None, schools: Sequence[str], waves: Sequence[str]
) -> dict[tuple[str, str], int]:
    if roster is None:
        return {}
    counts = {(school, wave): roster.eligible(school, wave) for school in schools for wave in waves}
    return {key: count for key, count in counts.items() if count is not None}


def _choose_waves(
    schools: Sequence[str], waves: Sequence[str], answered: Eligible, settings: Settings
) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Return each school's latest wave, and for (school, wave) the wave to compare it with.

    That is the newest earlier wave with enough answers to be shown.
    """
    latest: dict[str, str] = {}
    steps: dict[tuple[str, str], str] = {}
    for school in schools:
        own = [wave for wave in waves if answered.get((school, wave))]
        if not own:
            continue
        latest[school] = own[-1]
        shown = ""
        for wave in own:
            if shown:
                steps[school, wave] = shown
            if answered[school, wave] >= settings.disclosure.min_n:
                shown = wave
    return latest, steps


def _list_neighbours(
    summaries: pd.DataFrame,
    waves: Sequence[str],
    staff: tuple[Eligible, Eligible],
    settings: Settings,
) -> set[tuple[str, str]]:
    """Return the pairs of waves that stand side by side in some school's line, or in its rating.

    A school may have sat out a wave, answered it too little, or not been asked a score in it.
    """
    answered, eligible = staff
    own: dict[tuple[str, str], list[str]] = {}
    for school, wave in answered:
        if answered[school, wave]:
            own.setdefault((school, ""), []).append(wave)
    columns = (summaries[name].tolist() for name in ("school", "score", "wave", "n"))
    for school, score_id, wave, n in zip(*columns, strict=True):
        low = answered[school, wave] < LEAST_RESPONSE * eligible.get((school, wave), 0)
        if n >= settings.disclosure.min_n and not low:
            own.setdefault((school, score_id), []).append(wave)
    return {
        pair
        for places in own.values()
        for pair in pairwise([wave for wave in waves if wave in places])
    }


def _list_falls(changes: Sequence[Change], bases: Bases) -> dict[tuple[str, str], frozenset[str]]:
    """Return the scores that fell; of one that is withheld in a wave it is not told."""
    falls: dict[tuple[str, str], set[str]] = {}
    for change in changes:
        printed = [
            change.school in bases.get(change.score, {}).get(wave, {})
            for wave in (change.before, change.after)
        ]
        if change.verdict == "fell" and all(printed):
            falls.setdefault((change.school, change.after), set()).add(change.score)
    return {key: frozenset(scores) for key, scores in falls.items()}


def describe_scores(scale: Scale) -> list[ScoreFacts]:
    """Return what the gate needs to know of each score of a scale."""
    facts = []
    for rule in scale.scores.values():
        sets = [scale.response_set_of(item) for item in rule.items]
        low, high = scale.range_of(rule)
        facts.append(
            ScoreFacts(
                score=rule.id,
                # A score without items of its own is never as telling as a single item.
                items=len(rule.items) or SHORT_SCORE_ITEMS,
                low=low,
                high=high,
                options=max((one.options for one in sets), default=0),
                least=scale.min_respondents,
                least_rate=scale.min_response_rate,
                told="school" in scale.report_at,
                imported=rule.imported,
                shares=_list_shares(rule),
            )
        )
    return facts


def _list_shares(rule: ScoreRule) -> Shares:
    """Return what each item, or each score that it is made of, has of a score's mean."""
    sizes = {item: sign * rule.weight_of(item) for item, sign in rule.items.items()}
    sizes = sizes or dict.fromkeys(rule.inputs, 1.0)
    whole = sum(map(abs, sizes.values()))
    return tuple((name, size / whole) for name, size in sizes.items())


def _estimate_scores(
    table: pd.DataFrame,
    schools: Collection[str],
    eligible: Eligible,
    settings: Settings,
    given: frozenset[str],
) -> dict[str, dict[tuple[str, str], Estimate]]:
    estimates: dict[str, dict[tuple[str, str], Estimate]] = {school: {} for school in schools}
    keys = [table[name].astype(str).tolist() for name in ("school", "wave", "score")]
    staff = [
        float("nan") if one in given else eligible.get((school, wave), float("nan"))
        for school, wave, one in zip(*keys, strict=True)
    ]
    told = wave_intervals(
        table["mean"],
        table["sd"],
        table["n"],
        staff,
        settings.comparison,
        weighing=(table["effective"], table["counted"]),
    )
    for school, wave, score_id, interval in zip(*keys, told, strict=True):
        if school in estimates:
            estimates[school][wave, score_id] = interval
    return estimates


def _figures_by_school(figures: Figures, settings: Settings) -> list[SchoolFigures]:
    favourable: dict[str, dict[tuple[str, str], Share]] = {school: {} for school in figures.latest}
    parts = ("wave", "school", "item", "favourable", "n", "counted", "weighted")
    columns = (figures.items[name].tolist() for name in parts)
    for wave, school, item, share, n, counted, weighted in zip(*columns, strict=True):
        favourable[str(school)][str(wave), str(item)] = Share(
            float(share), int(n), int(counted) if weighted else None
        )
    waves = sorted({wave for _, wave in (*figures.answered, *figures.eligible)})
    roles = list_role_figures(figures.roles, tuple(figures.latest), settings)
    changes: dict[str, dict[str, Change]] = {school: {} for school in figures.latest}
    for (school, score_id), change in figures.changes.items():
        changes[school][score_id] = change
    return [
        SchoolFigures(
            school=school,
            previous=figures.previous[school],
            answered={wave: figures.answered.get((school, wave), 0) for wave in waves},
            eligible={wave: figures.eligible.get((school, wave)) for wave in waves},
            scores=figures.estimates[school],
            favourable=favourable[school],
            changes=changes[school],
            roles=roles.get(school, {}),
        )
        for school in sorted(figures.latest)
    ]


def _release_quality(
    figures: Figures, scales: Sequence[Scale], gate: Gate
) -> dict[tuple[str, str], ScaleQuality]:
    skewed = {
        rule for scale in scales for rule in scale.scores if scale.agreement_null == "slight skew"
    }
    agreement = {(one.wave, one.score): one for one in figures.agreement}
    quality: dict[tuple[str, str], ScaleQuality] = {}
    for one in figures.reliability:
        other = agreement.get((one.wave or "", one.score))
        if one.wave is None or other is None:
            continue
        base = figures.told_bases[one.score].get(one.wave, {})
        size = {
            "people": min(other.people, sum(base.values())),
            "schools": min(other.schools, len(base)),
        }
        quality[one.wave, one.score] = ScaleQuality(
            score=one.score,
            wave=one.wave,
            alpha=gate.release_coefficient(one.alpha_within, **size),
            icc1=gate.release_coefficient(other.icc1, **size),
            icc2=gate.release_coefficient(other.icc2, **size),
            **_release_agreement(other, gate, size, skewed=one.score in skewed),
            people=size["people"],
            schools=size["schools"],
            held_back=one.negative,
        )
    return quality


def _release_agreement(
    other: ScaleAgreement, gate: Gate, size: Mapping[str, int], *, skewed: bool
) -> dict[str, Any]:
    rwg = other.rwg_slight_mean if skewed else other.rwg_mean
    schools = min(other.rwg_schools, size["schools"])
    shown = gate.release_coefficient(
        withhold("not-estimable")
        if rwg is None
        else Estimate(value=rwg, n=other.people, method="mean over schools"),
        people=size["people"],
        schools=schools,
    )
    if isinstance(shown, Withheld):
        return {"rwgj": shown}
    counts = tuple(
        None if share is None else round(share * other.rwg_schools)
        for share in (other.rwg_above, other.rwg_slight_above)
    )
    return {"rwgj": shown, "agreement_schools": schools, "agreeing": counts}


def _list_shown(counts: Eligible, pattern: Pattern) -> dict[str, dict[str, int]]:
    """Return by wave the schools that the release shows, with how many people answered."""
    shown: dict[str, dict[str, int]] = {}
    for (school, wave), answered in sorted(counts.items()):
        if pattern.shows(Group(wave, school)):
            shown.setdefault(wave, {})[school] = answered
    return shown
