"""District builder: from a release and its ratings to the district's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from climatekit.data_use.rating import DataUse
from climatekit.data_use.roll_up import RollUp, roll_up
from climatekit.knowledge.constructs import find_lead_scores
from climatekit.knowledge.rubric import Rubric
from climatekit.knowledge.scales import ScoreRule
from climatekit.knowledge.settings import WaveSettings
from climatekit.knowledge.wording import Messages
from climatekit.measure.district_change import DistrictChange, SchoolChange
from climatekit.release.assembly import Release, SchoolRelease
from climatekit.release.gate import round_points
from climatekit.release.released import Released
from climatekit.report.amounts import write_number, write_shown
from climatekit.report.brief import Panel, Shown, TrendPoint
from climatekit.report.builder import SYMBOLS, BriefContext
from climatekit.report.district_page import (
    BlockerRow,
    DistrictPage,
    LevelCount,
    ListedSchool,
    PooledChange,
    SchoolCell,
    SchoolRoles,
    SchoolRow,
)
from climatekit.report.phrases import write_date
from climatekit.report.role_words import describe_roles, list_hidden
from climatekit.values import Estimate, Withheld

_GOOD_LEVEL = 3
_ENDS = 3  # schools shown from either end of the order
_NOTHING = Withheld("no-answers", "no answers in this wave")


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictContext:
    """What the district's page is made from, besides what all briefs share.

    Attributes
    ----------
    words : Messages
        The page's own messages, in the language of the briefs'.
    names, files : mapping of str to str
        School id to name, and to the file name of its brief without ending.
    pooled : sequence of DistrictChange
        Of changes that may be told.
    """

    brief: BriefContext
    words: Messages
    names: Mapping[str, str]
    files: Mapping[str, str]
    ratings: Mapping[str, DataUse]
    pooled: Sequence[DistrictChange]
    rubric: Rubric


def build_district_page(context: DistrictContext) -> DistrictPage:
    """Return the district's page for its latest wave: released numbers, finished sentences."""
    brief, say = context.brief, context.words.say
    release = brief.release
    rules = list(find_lead_scores(brief.scales, brief.settings.lead_scores).values())
    waves = [
        wave
        for wave in brief.settings.waves
        if any(wave.id in school.waves for school in release.schools.values())
    ]
    latest = waves[-1]
    shown = [one for one in release.schools.values() if _is_shown(one, latest)]
    absent = sum(not _took_part(one, latest) for one in release.schools.values())
    hidden = len(release.schools) - len(shown) - absent
    rolled = roll_up(context.ratings.values())
    return DistrictPage(
        schema="climatekit/district/1",
        language=brief.messages.language,
        district=brief.settings.district,
        wave_label=latest.label,
        previous_label=waves[-2].label if len(waves) > 1 else "",
        created=(latest.closed or brief.as_of).isoformat(),
        headline=say("page.headline", wave=latest.label, count=len(shown))
        if shown
        else say("page.headline_none", wave=latest.label),
        subline=" ".join(
            [
                *([say("page.hidden", count=hidden)] if hidden and shown else []),
                *([say("page.absent", count=absent)] if absent else []),
                *_tell_pool(release, latest, context),
                say("page.screening_only"),
            ]
        ),
        levels=_list_levels(rolled, brief.messages),
        level_sentence=_tell_levels(rolled, context.words),
        blockers=_list_blockers(rolled, context),
        panels=tuple(_build_panel(rule, waves, context) for rule in rules),
        changes=tuple(
            _build_change(rule, context) for rule in rules if find_pooled(rule, context.pooled)
        ),
        schools=tuple(
            _build_row(school, rules, waves, context)
            for school in sorted(release.schools.values(), key=lambda one: _sort_key(one, context))
        ),
        notes=(
            say("notes.privacy"),
            say("notes.small"),
            say("notes.level", version=context.rubric.version),
            say("notes.more"),
        ),
        footer=brief.messages.say(
            "footer.line",
            version=brief.version,
            as_of=write_date(brief.as_of, brief.messages),
            fingerprint=brief.fingerprint[:12],
        ),
        roles=_list_roles(rules, latest, context) if brief.settings.role_groups else None,
    )


def _list_roles(
    rules: Sequence[ScoreRule], latest: WaveSettings, context: DistrictContext
) -> tuple[SchoolRoles, ...]:
    """Return the groups of staff that can be shown, in the order of the schools' table."""
    schools = context.brief.release.schools.values()
    groups, language = context.brief.settings.role_groups, context.brief.messages.language
    tables = [
        (school.school, describe_roles(school, rules, latest.id, groups, language))
        for school in sorted(schools, key=lambda one: _sort_key(one, context))
    ]
    return tuple(
        SchoolRoles(school=school, name=context.names[school], row=row)
        for school, table in tables
        if table is not None
        for row in table.rows
        if row.name not in list_hidden(table)
    )


def _tell_pool(release: Release, wave: WaveSettings, context: DistrictContext) -> list[str]:
    pool = release.pools.get(wave.id)
    if pool is None or not isinstance(pool.people, Released):
        return []
    messages = context.brief.messages
    facts = {
        "schools": write_shown(pool.schools, messages),
        "people": write_shown(pool.people, messages),
        "answered": write_shown(pool.answered, messages),
    }
    return [context.words.say("page.pooled", **facts)]


def _sort_key(school: SchoolRelease, context: DistrictContext) -> tuple[str, str]:
    return context.names[school.school].casefold(), school.school


def _took_part(school: SchoolRelease, wave: WaveSettings) -> bool:
    """Return whether anybody of the school answered, be it shown or hidden."""
    answered = school.waves[wave.id].answered if wave.id in school.waves else _NOTHING
    return not isinstance(answered, Withheld) or answered.rule != _NOTHING.rule


def _is_shown(school: SchoolRelease, wave: WaveSettings) -> bool:
    return wave.id in school.waves and school.waves[wave.id].shown


def _list_levels(rolled: RollUp, messages: Messages) -> tuple[LevelCount, ...]:
    if not rolled.rated:
        return ()
    return tuple(
        LevelCount(
            level=level,
            title=messages.say(f"level.{level}.title"),
            text=messages.say(f"level.{level}.text"),
            evidenced=count,
            possible=rolled.possible[level],
            share=round_points(100 * count / rolled.rated),
        )
        for level, count in rolled.evidenced.items()
    )


def _tell_levels(rolled: RollUp, words: Messages) -> str:
    if not rolled.rated:
        return words.say("use.lead_none")
    good = sum(count for level, count in rolled.evidenced.items() if level >= _GOOD_LEVEL)
    if good:
        told = words.say("use.lead", rated=rolled.rated, count=good)
    else:
        told = words.say("use.lead_below", count=rolled.rated)
    if rolled.unrated:
        told += " " + words.say("use.unrated", count=rolled.unrated)
    return told


def _list_blockers(rolled: RollUp, context: DistrictContext) -> tuple[BlockerRow, ...]:
    say = context.words.say
    rows = []
    for blocker in rolled.blockers:
        text = say("use.blocker", count=blocker.schools)
        if blocker.not_on_file and blocker.not_on_file == blocker.schools > 1:
            text += " " + say("use.missing_all")
        elif blocker.not_on_file:
            text += " " + say("use.missing", count=blocker.not_on_file)
        question = context.brief.messages.say(f"indicator.{blocker.indicator}.question")
        rows.append(BlockerRow(question=question, text=text))
    return tuple(rows)


def _build_panel(rule: ScoreRule, waves: Sequence[WaveSettings], context: DistrictContext) -> Panel:
    brief, say = context.brief, context.words.say
    points = tuple(
        TrendPoint(
            wave=wave.id,
            label=wave.label,
            score=brief.release.benchmark.get(
                (wave.id, rule.id), Withheld("benchmark", say("trend.none"))
            ),
            breaks=(wave.id, rule.id) in brief.breaks,
        )
        for wave in waves
    )
    told = [point for point in points if isinstance(point.score, Released)]
    if not told or told[-1] is not points[-1]:
        sentence = say("trend.none")
    elif len(told) > 1 and not any(point.breaks for point in told[1:]):
        before, after = (write_shown(told[end].score, brief.messages) for end in (0, -1))
        sentence = (
            say("trend.same", score=after, since=told[0].label)
            if before == after
            else say("trend.moved", before=before, after=after, since=told[0].label)
        )
    else:
        sentence = say(
            "trend.now",
            score=write_shown(told[-1].score, brief.messages),
            wave=told[-1].label,
        )
    return Panel(
        construct=rule.construct,
        title=rule.title,
        question=brief.messages.say(f"construct.{rule.construct}"),
        score=rule.id,
        points=points,
        reliability="unknown",
        reliability_text="",
        sentence=sentence,
        alt=f"{rule.title}. {sentence}",
    )


def find_pooled(rule: ScoreRule, pooled: Sequence[DistrictChange]) -> DistrictChange | None:
    """Return the pooled change of a score that the page tells; None where there is none."""
    own = [one for one in pooled if one.score == rule.id]
    # Of several pairs of waves the one with most schools is the district's own.
    return max(own, key=lambda one: len(one.schools), default=None)


def _build_change(rule: ScoreRule, context: DistrictContext) -> PooledChange:
    pooled = find_pooled(rule, context.pooled)
    say, messages = context.words.say, context.brief.messages
    mean, tau = (pooled.mean, pooled.tau) if pooled else (_NOTHING, _NOTHING)
    if pooled is None or not isinstance(mean, Estimate) or not isinstance(tau, Estimate):
        few = say("change.few")
        return PooledChange(score=rule.id, title=rule.title, sentence=few, spread="", schools=())
    labels = {wave.id: wave.label for wave in context.brief.settings.waves}
    spread = round(tau.value)
    return PooledChange(
        score=rule.id,
        title=rule.title,
        sentence=say(
            "change.mean",
            title=rule.title,
            since=labels[pooled.before],
            mean=messages.say(
                "number.points",
                count=abs(round(mean.value)),
                number=write_signed_points(mean.value, messages),
            ),
            low=write_signed_points(mean.low or 0.0, messages),
            high=write_signed_points(mean.high or 0.0, messages),
        ),
        spread=say("change.apart", count=spread, tau=write_number(spread, messages))
        if spread
        else say("change.alike"),
        schools=tuple(
            ListedSchool(
                school=one.school,
                name=context.names[one.school],
                difference=_find_difference(one.school, rule, context),
                shrunk=round(one.shrunk or 0.0),
                listed=one.listed,
            )
            for one in choose_listed(pooled, apart=spread > 0)
        ),
    )


def choose_listed(pooled: DistrictChange, *, apart: bool) -> list[SchoolChange]:
    """Return the marked schools and, where schools differ at all, those at either end.

    A whole order would be read as a league table, which it is not; so would the ends of an
    order in which all best guesses are printed alike.
    """
    last = len(pooled.schools) - _ENDS
    differ = len({round(one.shrunk or 0.0) for one in pooled.schools}) > 1
    return [
        one
        for place, one in enumerate(pooled.schools)
        if one.listed or (apart and differ and (place < _ENDS or place >= last))
    ]


def write_signed_points(value: float, messages: Messages) -> str:
    """Return whole points with their sign, a true minus; 0 has none."""
    whole = round(value)
    text = write_number(abs(whole), messages)
    return f"+{text}" if whole > 0 else f"\N{MINUS SIGN}{text}" if whole < 0 else text


def _find_difference(school: str, rule: ScoreRule, context: DistrictContext) -> Shown:
    change = context.brief.release.schools[school].scores[rule.id].change
    return change.difference if change else _NOTHING


def _build_row(
    school: SchoolRelease,
    rules: Sequence[ScoreRule],
    waves: Sequence[WaveSettings],
    context: DistrictContext,
) -> SchoolRow:
    latest = waves[-1]
    rating = context.ratings.get(school.school)
    wave = school.waves.get(latest.id)
    return SchoolRow(
        school=school.school,
        name=context.names[school.school],
        file=context.files.get(school.school, ""),
        answered=wave.rate if wave else _NOTHING,
        cells=tuple(_build_cell(school, rule, waves, context) for rule in rules),
        level=_tell_level(rating, context.words),
        sort_level=rating.evidenced if rating is not None and rating.is_stated else 0,
    )


def _tell_level(rating: DataUse | None, words: Messages) -> str:
    """Return a school's level as its own brief tells it: none where it is not yet evidenced."""
    if rating is None or not rating.rated:
        return words.say("table.unrated")
    low, high = rating.evidenced, rating.possible
    if not rating.is_stated:
        return words.say("table.open" if high > low else "table.open_low", high=high)
    return str(low) if low == high else words.say("table.range", low=low, high=high)


def _build_cell(
    school: SchoolRelease,
    rule: ScoreRule,
    waves: Sequence[WaveSettings],
    context: DistrictContext,
) -> SchoolCell:
    score = school.scores[rule.id]
    history = tuple(score.points.get(wave.id, _NOTHING) for wave in waves)
    verdict = "withheld"
    if isinstance(history[-1], Released):
        verdict = "first_wave" if score.change is None else score.change.verdict
    return SchoolCell(
        score=rule.id,
        shown=history[-1],
        history=history,
        verdict=verdict,
        symbol=SYMBOLS[verdict],
        word=context.brief.messages.say(f"verdict.{verdict}.word"),
    )
