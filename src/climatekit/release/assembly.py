"""Assembly: one release, every number in it gated, built from the statistics at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from climatekit.measure.change import LINKED_SHARE, Change
from climatekit.release.gate import Gate, Shown, round_points
from climatekit.release.pattern import Pattern
from climatekit.release.relations import Group
from climatekit.release.released import Released
from climatekit.release.role_cells import ReleasedRole, RoleFigures, release_roles
from climatekit.release.rules import SHORT_SCORE_ITEMS, may_compare, tells_a_person, withhold
from climatekit.release.score_facts import ScoreFacts
from climatekit.release.subscores import hide_subscores
from climatekit.values import Estimate, Withheld

# Reasons for withholding a score that say nothing of how many people answered.
_OPEN_RULES = frozenset({"incoherent", "level", "low-response"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedWave:
    """One school's wave: who answered."""

    wave: str
    answered: Shown
    eligible: Shown
    rate: Shown
    shown: bool

    def has_response(self, percent: int) -> bool | None:
        """Return whether at least `percent` of the staff answered; None where that is not told.

        By the counts: 19 of 48 are printed as 40%, and are less.
        """
        answered, eligible = self.answered, self.eligible
        if not isinstance(answered, Released) or not isinstance(eligible, Released):
            return None
        return 100 * answered.value >= percent * eligible.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedChange:
    """One score's change between two waves, as it may be told.

    `steps` is how many in every ten people would have had to move one answer step for
    a change of this size (0 to 10), from the printed difference; None where there is none.
    """

    score: str
    before: str
    after: str
    difference: Shown
    detectable: Shown
    verdict: str
    clearly: bool
    tags: tuple[str, ...]
    reason: str
    steps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedScore:
    """One score of one school over its waves, oldest first."""

    score: str
    points: Mapping[str, Shown]
    native: Mapping[str, Shown]
    change: ReleasedChange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedItem:
    """One item of one school: percent favourable by wave (only waves that may be told)."""

    item: str
    weighted: bool = False
    favourable: Mapping[str, Released]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRelease:
    """Everything that may be told about one school.

    `previous` is the earlier wave that its latest wave is compared with: the newest one
    before it with enough answers to be shown, or None.
    """

    school: str
    previous: str | None = None
    waves: Mapping[str, ReleasedWave]
    scores: Mapping[str, ReleasedScore]
    items: Mapping[str, ReleasedItem] = field(default_factory=dict)
    roles: Mapping[str, ReleasedRole] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleQuality:
    """How far a score can be trusted in a wave, over the whole district.

    `people` and `schools` are of the schools that are shown, `agreeing` how many of
    `agreement_schools` of them have an rwg(j) above .70, under the even null and under the
    slightly skewed one (None where there is none). `held_back` is true when alpha is
    negative: the score then leaves in no form.
    """

    score: str
    wave: str
    alpha: Shown
    icc1: Shown
    icc2: Shown
    rwgj: Shown
    people: int = 0
    schools: int = 0
    agreement_schools: int = 0
    agreeing: tuple[int | None, int | None] = (None, None)
    held_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedPool:
    """The hidden schools of a wave together, and everybody in the district's schools.

    Either both `schools` and `people` may be told or neither.
    """

    answered: Shown
    schools: Shown
    people: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release: schools, the district's quality figures, and the district lines.

    Attributes
    ----------
    pools : mapping of str to ReleasedPool
        By wave.
    shown : mapping of str to mapping of str to int
        Wave to each school that may be spoken of, with how many people answered.
    """

    schools: Mapping[str, SchoolRelease]
    quality: Mapping[tuple[str, str], ScaleQuality]
    benchmark: Mapping[tuple[str, str], Released]
    pools: Mapping[str, ReleasedPool] = field(default_factory=dict)
    shown: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Share(NamedTuple):
    """The favourable answers to one item.

    Attributes
    ----------
    share : float
        0 to 1.
    n : int
        People who answered the item.
    counted : int, optional
        Where people are weighted: how many of them the thresholds count.
    """

    share: float
    n: int
    counted: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolFigures:
    """The statistics of one school before the gate.

    Attributes
    ----------
    scores : mapping of (wave, score) to Estimate
        Mean in points with its interval; `n` is the people who have the score, or as many
        as weighted people count for.
    favourable : mapping of (wave, item) to Share
    """

    school: str
    previous: str | None
    answered: Mapping[str, int]
    eligible: Mapping[str, int | None]
    scores: Mapping[tuple[str, str], Estimate]
    favourable: Mapping[tuple[str, str], Share]
    changes: Mapping[str, Change]
    roles: Mapping[str, RoleFigures] = field(default_factory=dict)


def release_school(
    figures: SchoolFigures,
    *,
    gate: Gate,
    waves: Sequence[str],
    scores: Mapping[str, ScoreFacts],
    held_back: frozenset[tuple[str, str]] = frozenset(),
    pattern: Pattern | None = None,
) -> SchoolRelease:
    """Gate one school's statistics.

    Parameters
    ----------
    pattern : Pattern, optional
        What is hidden in the whole release; without it, each school is judged by itself
        and its role groups are hidden.
    held_back : frozenset of (wave, score)
        Scores whose items do not hang together (negative alpha); they leave in no form.
    """
    shown_waves = {
        wave: _release_wave(figures, wave, gate, pattern)
        for wave in waves
        if figures.answered.get(wave) or figures.eligible.get(wave) is not None
    }
    told = {
        wave: release_points(
            {score: one for (when, score), one in figures.scores.items() if when == wave},
            {score: one for score, one in scores.items() if (wave, score) not in held_back},
            gate,
            answered=figures.answered.get(wave, 0),
            eligible=figures.eligible.get(wave),
        )
        for wave, who in shown_waves.items()
        if who.shown or not figures.answered.get(wave)
    }
    released = {
        score: _release_score(figures, facts, gate, shown_waves, held_back, told)
        for score, facts in scores.items()
    }
    return SchoolRelease(
        school=figures.school,
        previous=figures.previous,
        waves=shown_waves,
        scores=released,
        items=_release_items(figures, gate, shown_waves),
        roles=release_roles(
            figures.school,
            figures.roles,
            gate=gate,
            pattern=pattern,
            points={
                (wave, score): shown
                for score, one in released.items()
                for wave, shown in one.points.items()
            },
            scores=scores,
        ),
    )


def release_points(
    estimates: Mapping[str, Estimate],
    scores: Mapping[str, ScoreFacts],
    gate: Gate,
    *,
    answered: int,
    eligible: int | None,
) -> dict[str, Shown]:
    """Release the scores of a school that is shown in a wave, where scale and gate let them.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        Mean points by score; `n` is the people who have it.
    scores : mapping of str to ScoreFacts
        Those that may be told.
    answered, eligible : int
        People who answered anything, and people on the roster where it is known.
    """
    points = {
        score: _release_points(estimates[score], facts, gate, answered, eligible)
        for score, facts in scores.items()
        if facts.told and score in estimates
    }
    return hide_subscores(points, scores)


def _release_points(
    estimate: Estimate, facts: ScoreFacts, gate: Gate, answered: int, eligible: int | None
) -> Shown:
    if estimate.n < facts.least:
        return withhold("protected")
    if eligible and answered < facts.least_rate * eligible:
        return withhold("low-response")
    return gate.release_score(estimate, items=facts.items, spread_known=not facts.imported)


def release_benchmark(
    schools: Mapping[str, SchoolRelease], *, waves: Sequence[str], scores: Sequence[str]
) -> dict[tuple[str, str], Released]:
    """Return the district line: the plain average of the *printed* school scores.

    Made from printed numbers only, it can tell nobody more than the briefs do; a hidden
    school is not in it. By rule D11 at least five schools and 30 people, none over half.

    Returns
    -------
    mapping of (wave, score) to Released
        Whole points; absent where fewer than five schools are shown.
    """
    lines: dict[tuple[str, str], Released] = {}
    for wave in waves:
        for score in scores:
            told = [
                (shown.value, int(people.value))
                for school in schools.values()
                if score in school.scores
                and isinstance(shown := school.scores[score].points.get(wave), Released)
                and isinstance(people := school.waves[wave].answered, Released)
            ]
            if may_compare([people for _, people in told]):
                mean = round_points(sum(value for value, _ in told) / len(told))
                lines[wave, score] = Released(value=mean, text=str(mean), unit="points")
    return lines


def release_pools(pattern: Pattern, *, gate: Gate, waves: Sequence[str]) -> dict[str, ReleasedPool]:
    """Return for each wave everybody in the district, and the hidden schools together.

    Rule D3: where that would tell of one school, neither is told.
    """
    pools = {}
    for wave in waves:
        hidden = pattern.list_hidden_schools(wave)
        total = Group(wave)
        nothing = withhold("protected")
        everybody: Shown = nothing
        if pattern.shows(total):
            people = pattern.people[total]
            everybody = gate.release_people(people, answered=people)
        told = isinstance(everybody, Released) and bool(hidden)
        pools[wave] = ReleasedPool(
            answered=everybody,
            schools=_count(len(hidden), "count") if told else nothing,
            people=_count(sum(hidden), "people") if told else nothing,
        )
    return pools


def _count(number: int, unit: Literal["count", "people"]) -> Released:
    return Released(value=number, text=str(number), unit=unit)


def hide_wave(wave: str, rule: str = "protected") -> ReleasedWave:
    """Rule D7: of a hidden group neither size nor response is told, in one form of words."""
    nothing = withhold(rule)
    return ReleasedWave(wave=wave, answered=nothing, eligible=nothing, rate=nothing, shown=False)


def _release_wave(
    figures: SchoolFigures, wave: str, gate: Gate, pattern: Pattern | None
) -> ReleasedWave:
    answered = figures.answered.get(wave, 0)
    eligible = figures.eligible.get(wave)
    if answered == 0:
        return hide_wave(wave, "no-answers")
    whole = Group(wave, figures.school)
    if not gate.is_open(answered) or (pattern is not None and not pattern.shows(whole)):
        return hide_wave(wave)
    return ReleasedWave(
        wave=wave,
        answered=gate.release_people(answered, answered=answered),
        eligible=withhold("no-roster")
        if eligible is None
        else gate.release_people(eligible, answered=answered),
        rate=gate.release_rate(answered, eligible),
        shown=True,
    )


def _release_score(
    figures: SchoolFigures,
    facts: ScoreFacts,
    gate: Gate,
    waves: Mapping[str, ReleasedWave],
    held_back: frozenset[tuple[str, str]],
    told: Mapping[str, Mapping[str, Shown]],
) -> ReleasedScore:
    points: dict[str, Shown] = {}
    for wave, who in waves.items():
        estimate = figures.scores.get((wave, facts.score))
        if (wave, facts.score) in held_back:
            points[wave] = withhold("incoherent")
        elif not facts.told:
            points[wave] = withhold("level")
        elif estimate is None:
            points[wave] = withhold("not-asked" if figures.answered.get(wave) else "no-answers")
        elif not who.shown and figures.answered.get(wave):
            points[wave] = withhold("protected")
        else:
            points[wave] = told[wave][facts.score]
    native = {
        wave: gate.release_native(shown, low=facts.low, high=facts.high)
        for wave, shown in points.items()
    }
    change = figures.changes.get(facts.score)
    return ReleasedScore(
        score=facts.score,
        points=points,
        native=native,
        change=None if change is None else _release_change(change, points, facts, gate),
    )


def _release_change(
    change: Change, points: Mapping[str, Shown], facts: ScoreFacts, gate: Gate
) -> ReleasedChange:
    nothing = withhold("no-answers")
    before, after = points.get(change.before, nothing), points.get(change.after, nothing)
    blocked = isinstance(before, Withheld) or isinstance(after, Withheld)
    compared = change.verdict != "not_compared"
    interval = _interval(change.difference)
    n = min(_people(change.mean_before), _people(change.mean_after))
    short = facts.items < SHORT_SCORE_ITEMS
    ends = [isinstance(shown, Released) and bool(shown.capped) for shown in (before, after)]
    # Nothing that hands over the spread of a short score's answers, or of linked people's moves.
    hides = blocked or short or _tells_moves(change, n)
    if not compared or hides:
        interval = None
    difference = gate.release_difference(before, after, interval)
    if not compared and isinstance(difference, Released):
        difference = withhold("not-estimable")
    detectable: Shown = withhold("not-estimable")
    if compared and not (hides or any(ends)) and change.detectable is not None:
        detectable = gate.release_move(change.detectable, n=n)
    # A verdict says how wide the interval can be at most, as it is none of nothing.
    silent = hides or all(ends)
    reason = change.reason
    # That everybody answered alike is never told, not even as a reason (rule D5).
    if reason == "no-spread" or (silent and not reason):
        reason = _explain_silence(before, after, short=short, capped=all(ends))
    return ReleasedChange(
        score=change.score,
        before=change.before,
        after=change.after,
        difference=difference,
        detectable=detectable,
        verdict="not_compared" if silent else change.verdict,
        clearly=change.clearly and not silent,
        tags=() if silent else change.tags,
        reason=reason,
        steps=_steps(difference, facts),
    )


def _explain_silence(before: Shown, after: Shown, *, short: bool, capped: bool) -> str:
    """Return why no verdict is told, by what is told of the two scores and of nobody's answers."""
    rules = {one.rule for one in (before, after) if isinstance(one, Withheld)}
    if rules:
        return "min-n" if rules - _OPEN_RULES else "held-back"
    return "short" if short else "capped" if capped else "min-n"


def _tells_moves(change: Change, n: int) -> bool:
    """Return whether linked people moved so much alike that each one's own move is told."""
    interval = _interval(change.difference)
    if "linked" not in change.tags or interval is None:
        return False
    return tells_a_person(*interval, math.ceil(LINKED_SHARE * n))


def _release_items(
    figures: SchoolFigures, gate: Gate, waves: Mapping[str, ReleasedWave]
) -> dict[str, ReleasedItem]:
    items: dict[str, dict[str, Released]] = {}
    weighted: set[str] = set()
    for (wave, item), (share, n, counted) in figures.favourable.items():
        answered = figures.answered.get(wave, 0)
        shown = gate.release_favourable(share, n=n, answered=answered, counted=counted)
        if isinstance(shown, Released) and wave in waves and waves[wave].shown:
            items.setdefault(item, {})[wave] = shown
            weighted |= {item} if counted is not None else set()
    return {
        item: ReleasedItem(item=item, favourable=by_wave, weighted=item in weighted)
        for item, by_wave in items.items()
    }


def _steps(difference: Shown, facts: ScoreFacts) -> int | None:
    if isinstance(difference, Withheld):
        return None
    if facts.options < 2:  # noqa: PLR2004 - an imported score has no answer steps
        return None
    return min(10, round_points(abs(difference.value) * (facts.options - 1) / 10))


def _interval(estimate: Estimate | Withheld) -> tuple[float, float] | None:
    if isinstance(estimate, Withheld) or estimate.low is None or estimate.high is None:
        return None
    return estimate.low, estimate.high


def _people(estimate: Estimate | Withheld) -> int:
    return 0 if isinstance(estimate, Withheld) else estimate.n
