"""Builder: from one school's release to its brief, every sentence chosen by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from climatekit.knowledge.constructs import find_lead_scores, list_brief_scores
from climatekit.knowledge.scales import Scale, ScoreRule
from climatekit.knowledge.settings import Settings, WaveSettings
from climatekit.knowledge.wording import Messages
from climatekit.measure.slopes import Slope
from climatekit.release.assembly import Release, ReleasedChange, SchoolRelease
from climatekit.release.released import Released
from climatekit.report.amounts import write_shown
from climatekit.report.brief import (
    Brief,
    ChangeRow,
    DataUsePage,
    Panel,
    Participation,
    ScaleStamp,
    Shown,
    TrendPoint,
)
from climatekit.report.notes import (
    list_withheld,
    list_withheld_roles,
    write_caution,
    write_notes,
)
from climatekit.report.phrases import (
    write_change,
    write_date,
    write_dates,
    write_headline,
    write_panel_alt,
    write_participation,
)
from climatekit.report.questions import describe_questions, find_movers
from climatekit.report.role_words import describe_roles
from climatekit.report.trend_words import write_trend
from climatekit.values import RESPONSE_FLOOR, Withheld

SYMBOLS = {
    "rose": "up",
    "fell": "down",
    "moved_slightly": "slight",
    "held_steady": "steady",
    "too_close": "unclear",
    "not_compared": "none",
    "first_wave": "none",
    "withheld": "none",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefContext:
    """What all briefs of one release share.

    `breaks` holds (wave, score) pairs that are not comparable with the wave before.
    `items` maps wave id to each item's topic label, or to the district's own wording then.
    `slopes` holds the trend of each (school, score), worked out from printed numbers alone.
    """

    settings: Settings
    scales: Sequence[Scale]
    messages: Messages
    release: Release
    as_of: date
    breaks: frozenset[tuple[str, str]]
    items: Mapping[str, Mapping[str, str]]
    fingerprint: str
    version: str
    slopes: Mapping[tuple[str, str], Slope] = field(default_factory=dict)


def build_brief(
    school: SchoolRelease,
    *,
    name: str,
    grades: str,
    context: BriefContext,
    data_use: DataUsePage | None,
    since_last_time: Sequence[str] = (),
) -> Brief:
    """Return one school's brief for its latest wave.

    Parameters
    ----------
    school : SchoolRelease
        Everything that may be told about the school.
    name, grades : str
        As the roster has them; `grades` may be empty.
    context : BriefContext
    data_use : DataUsePage, optional
        None where nothing was asked for.
    since_last_time : sequence of str
        Finished sentences about goals, actions and decisions.

    Returns
    -------
    Brief
        Released numbers and finished sentences only.
    """
    say = context.messages.say
    waves = _waves_told(school, context.settings.waves)
    latest = waves[-1]
    previous = next((wave for wave in waves if wave.id == school.previous), None)
    since = previous.label if previous else ""
    rules = list_brief_scores(context.scales)
    leads = [*find_lead_scores(context.scales, context.settings.lead_scores).values()]
    changes = tuple(
        _change_row(school, rule, latest, since, context, lead=rule in leads)
        for rule in rules
        if rule.id in school.scores
    )
    panels = tuple(_panel(school, rule, waves, changes, context) for rule in leads)
    movers, movers_note = find_movers(
        school,
        rules,
        latest,
        previous,
        labels=context.items[latest.id],
        least=context.settings.disclosure.min_n_detail,
        messages=context.messages,
    )
    participation = _participation(school, latest, previous, context)
    roles = describe_roles(
        school, leads, latest.id, context.settings.role_groups, context.messages.language
    )
    return Brief(
        schema="climatekit/brief/1",
        language=context.messages.language,
        school_id=school.school,
        school=name,
        district=context.settings.district,
        grades=grades,
        wave=latest.id,
        wave_label=latest.label,
        wave_dates=write_dates(latest, context.messages),
        previous_label=since or None,
        created=(latest.closed or context.as_of).isoformat(),
        participation=participation,
        headline=write_headline(
            [row for row in changes if row.lead],
            shown=school.waves[latest.id].shown,
            wave=latest.label,
            since=since,
            messages=context.messages,
        ),
        subline=_subline(latest, previous, context),
        panels=panels,
        changes=changes,
        movers=movers,
        movers_note=movers_note,
        data_use=data_use,
        since_last_time=tuple(since_last_time),
        prompts=tuple(say(f"prompts.{number}") for number in ("see", "explain", "matter", "try")),
        notes=write_notes(
            context.settings,
            context.scales,
            context.release,
            latest,
            context.messages,
            lined=any(
                isinstance(point.district, Released) for panel in panels for point in panel.points
            ),
            linked=any(
                one.change and "linked" in one.change.tags for one in school.scores.values()
            ),
            several=any(_leaves_out_zero(row) for row in changes if row.verdict == "too_close"),
        ),
        withheld=(
            *list_withheld(
                school,
                [rule.id for rule in rules],
                {rule.id: rule.title for rule in rules},
                {wave.id: wave.label for wave in waves},
                messages=context.messages,
            ),
            *list_withheld_roles(roles, latest.label, messages=context.messages),
        ),
        footer=say(
            "footer.line",
            version=context.version,
            as_of=write_date(context.as_of, context.messages),
            fingerprint=context.fingerprint[:12],
        ),
        scales=tuple(
            ScaleStamp(
                id=scale.id,
                title=scale.title,
                version=scale.version,
                form=scale.form,
                status=scale.status,
                kind="imported" if scale.status == "import" else "scored",
                sha256=scale.fingerprint,
            )
            for scale in context.scales
        ),
        roles=roles,
        questions=describe_questions(
            school,
            rules,
            latest,
            previous,
            labels=context.items[latest.id],
            listed=context.settings.look.question_page,
            messages=context.messages,
        ),
    )


def _leaves_out_zero(row: ChangeRow) -> bool:
    """Return whether the printed range of a row's change lies wholly on one side of 0."""
    move = row.difference
    if not isinstance(move, Released) or move.low is None or move.high is None:
        return False
    return move.low > 0 or move.high < 0


def _waves_told(school: SchoolRelease, waves: Sequence[WaveSettings]) -> list[WaveSettings]:
    """Return the waves that this school's brief speaks of, oldest first.

    A wave that nobody answered counts only if it lies between two that were answered.
    """
    told = [wave for wave in waves if wave.id in school.waves]
    answered = [index for index, wave in enumerate(told) if not _is_empty(school, wave.id)]
    return told[answered[0] : answered[-1] + 1] if answered else told[-1:]


def _is_empty(school: SchoolRelease, wave: str) -> bool:
    shown = school.waves[wave].answered
    return isinstance(shown, Withheld) and shown.rule == "no-answers"


def _participation(
    school: SchoolRelease,
    latest: WaveSettings,
    previous: WaveSettings | None,
    context: BriefContext,
) -> Participation:
    wave = school.waves[latest.id]
    before = school.waves[previous.id].rate if previous else None
    return Participation(
        answered=wave.answered,
        eligible=wave.eligible,
        rate=wave.rate,
        floor=RESPONSE_FLOOR,
        sentence=write_participation(wave, before, previous, context.messages),
    )


def _subline(latest: WaveSettings, previous: WaveSettings | None, context: BriefContext) -> str:
    say = context.messages.say
    dates = write_dates(latest, context.messages)
    when = "open" if latest.opened else "closed"
    parts = [say(f"subline.{when}", dates=dates)] if dates else []
    if previous:
        parts.append(say("subline.compared", previous=previous.label))
    return " ".join(parts)


def _change_row(
    school: SchoolRelease,
    rule: ScoreRule,
    latest: WaveSettings,
    since: str,
    context: BriefContext,
    *,
    lead: bool,
) -> ChangeRow:
    score = school.scores[rule.id]
    after = score.points.get(latest.id, Withheld("no-answers", "no answers in this wave"))
    change = score.change
    if isinstance(after, Withheld):
        verdict = "withheld"
    elif change is None or not since:
        verdict = "first_wave"
    else:
        verdict = change.verdict
    word, sentence = write_change(
        verdict,
        rule.title,
        score,
        latest.id,
        since,
        context.settings,
        context.messages,
        rates=find_rates(school, change) if change else None,
    )
    return ChangeRow(
        score=rule.id,
        title=rule.title,
        before=score.points.get(change.before) if change else None,
        after=after,
        difference=change.difference if change and verdict != "withheld" else None,
        verdict=verdict,
        symbol=SYMBOLS[verdict],
        word=word,
        sentence=sentence,
        lead=lead,
        detectable=change.detectable if change and verdict != "withheld" else None,
    )


def find_rates(school: SchoolRelease, change: ReleasedChange) -> tuple[Shown, Shown]:
    """Return the school's response rates in the two waves of a change."""
    nothing = Withheld("no-answers", "no answers in this wave")
    waves = [school.waves.get(wave) for wave in (change.before, change.after)]
    before, after = (wave.rate if wave else nothing for wave in waves)
    return before, after


def _panel(
    school: SchoolRelease,
    rule: ScoreRule,
    waves: Sequence[WaveSettings],
    changes: Sequence[ChangeRow],
    context: BriefContext,
) -> Panel:
    say = context.messages.say
    score = school.scores[rule.id]
    points = tuple(
        TrendPoint(
            wave=wave.id,
            label=wave.label,
            score=score.points.get(wave.id, Withheld("no-answers", "no answers in this wave")),
            district=context.release.benchmark.get((wave.id, rule.id)),
            breaks=(wave.id, rule.id) in context.breaks,
        )
        for wave in waves
    )
    row = next(one for one in changes if one.score == rule.id)
    quality = context.release.quality.get((waves[-1].id, rule.id))
    alpha = quality.alpha if quality else Withheld("not-estimable", "")
    grade = grade_alpha(alpha)
    scale = next(scale for scale in context.scales if rule.id in scale.scores)
    trend, slope = write_trend(
        context.slopes.get((school.school, rule.id)),
        {wave.id: wave.label for wave in waves},
        context.messages,
    )
    return Panel(
        construct=rule.construct,
        title=rule.title,
        question=say(f"construct.{rule.construct}"),
        score=rule.id,
        points=points,
        reliability=grade,
        reliability_text=say(
            f"reliability.{grade}",
            alpha=write_shown(alpha, context.messages),
        ),
        sentence=row.sentence,
        alt=write_panel_alt(rule.title, points, row, context.messages),
        detectable=score.change.detectable if score.change else None,
        trend=trend,
        slope=slope,
        note=write_caution(scale, rule, context.messages),
    )


def grade_alpha(alpha: Shown) -> str:
    """Return ``good`` (from .80 on), ``fair`` (from .70 on), ``weak``, or ``unknown``.

    The bands are climatekit's convention, which the brief's notes state.
    """
    if isinstance(alpha, Withheld):
        return "unknown"
    if alpha.value >= 0.80:  # noqa: PLR2004 (as above)
        return "good"
    return "fair" if alpha.value >= 0.70 else "weak"  # noqa: PLR2004
