"""Phrases: finished sentences about scores, changes and who answered, chosen by rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from climatekit.knowledge.settings import Settings, WaveSettings
from climatekit.knowledge.wording import Messages
from climatekit.release.assembly import ReleasedChange, ReleasedScore, ReleasedWave
from climatekit.release.released import Released
from climatekit.report.amounts import write_move, write_number, write_points, write_shown
from climatekit.report.brief import ChangeRow, Shown, TrendPoint
from climatekit.report.nonresponse_words import write_check
from climatekit.report.strings import capitalize_first
from climatekit.values import RESPONSE_FLOOR, Withheld

# The order in which a headline tells its verdicts: the clearest news first.
_NEWS = (
    "rose",
    "fell",
    "moved_slightly",
    "held_steady",
    "too_close",
    "first_wave",
    "not_compared",
    "withheld",
)
_ENOUGH = 60  # percent of the eligible staff
# Before this sound some languages change their word for "and": "madres e hijas".
_SOUND_I = re.compile(r"h?[ií](?![aeo])", re.IGNORECASE)


def join_names(names: Sequence[str], messages: Messages) -> str:
    """Return "A", "A and B" or "A, B and C" in the messages' language."""
    if len(names) < 2:  # noqa: PLR2004
        return "".join(names)
    *others, last = names
    pair = "pair_i" if _SOUND_I.match(last) else "pair"
    return messages.say(f"list.{pair}", first=", ".join(others), last=last)


def write_date(day: date, messages: Messages) -> str:
    """Return a day written out, such as "April 24, 2026"."""
    return messages.say(
        "date.full", day=day.day, month=messages.say(f"date.month_{day.month}"), year=day.year
    )


def write_dates(wave: WaveSettings, messages: Messages) -> str:
    """Return the wave's window written out; empty when no date is known."""
    say = messages.say
    if wave.opened and wave.closed and wave.opened.year == wave.closed.year:
        opened, closed = wave.opened, wave.closed
        if opened.month == closed.month:
            return say(
                "date.span_month",
                month=say(f"date.month_{opened.month}"),
                opened_day=opened.day,
                closed_day=closed.day,
                year=opened.year,
            )
        return say(
            "date.span_year",
            opened_month=say(f"date.month_{opened.month}"),
            opened_day=opened.day,
            closed_month=say(f"date.month_{closed.month}"),
            closed_day=closed.day,
            year=opened.year,
        )
    if wave.opened and wave.closed:
        return say(
            "date.span",
            opened=write_date(wave.opened, messages),
            closed=write_date(wave.closed, messages),
        )
    day = wave.closed or wave.opened
    return write_date(day, messages) if day else ""


def write_headline(
    rows: Sequence[ChangeRow], *, shown: bool, wave: str, since: str, messages: Messages
) -> str:
    """Return the brief's headline from the verdicts of the lead scores.

    The table, the panels and the headline use the same verdicts, so they cannot differ.
    """
    if not shown:
        return messages.say("headline.withheld", wave=wave)
    sentences = []
    for verdict in _NEWS:
        named = [row for row in rows if row.verdict == verdict]
        if not named:
            continue
        if verdict == "first_wave":
            names = [
                messages.say(
                    "headline.score",
                    title=_lower_first(row.title),
                    score=write_shown(row.after, messages),
                )
                for row in named
            ]
        else:
            names = [_lower_first(row.title) for row in named]
        sentence = messages.say(
            f"headline.{'hidden' if verdict == 'withheld' else verdict}",
            count=len(named),
            names=join_names(names, messages),
            since=since,
        )
        sentences.append(capitalize_first(sentence))
    return " ".join(sentences)


def write_participation(
    wave: ReleasedWave,
    before: Shown | None,
    previous: WaveSettings | None,
    messages: Messages,
) -> str:
    """Return a plain verdict on who answered, and the rate of the wave before."""
    if isinstance(wave.answered, Withheld):
        return messages.say("participation.withheld")
    if isinstance(wave.rate, Withheld):
        return messages.say("participation.no_roster")
    many, some = wave.has_response(_ENOUGH), wave.has_response(RESPONSE_FLOOR)
    kind = "enough" if many else "care" if some else "few"
    sentence = messages.say(f"participation.{kind}")
    if previous is not None and isinstance(before, Released):
        sentence += " " + messages.say(
            "participation.before", previous=previous.label, rate=write_shown(before, messages)
        )
    return sentence


def write_change(
    verdict: str,
    title: str,
    score: ReleasedScore,
    wave: str,
    since: str,
    settings: Settings,
    messages: Messages,
    *,
    rates: tuple[Shown, Shown] | None = None,
) -> tuple[str, str]:
    """Return (verdict words, sentence) for one score's change.

    The sentence's numbers are the printed ones: two scores, their difference, the
    interval of the change in whole points. `rates` are the response rates of the two
    waves, for the nonresponse check.
    """
    say = messages.say
    word = say(f"verdict.{verdict}.word")
    change = score.change
    after = score.points.get(wave)
    if verdict == "withheld":
        rule = after.rule if isinstance(after, Withheld) else "protected"
        reason = say("verdict.withheld.sentence", reason=say(f"withheld.{rule}"))
        return word, capitalize_first(reason)
    if verdict == "first_wave" or change is None:
        told = write_shown(after, messages)
        return word, say("verdict.first_wave.sentence", title=title, after=told)
    if verdict == "not_compared":
        rule = change.reason or "min-n"
        return word, say(f"not_compared.{rule.replace('-', '_')}", since=since)
    if change.clearly and verdict in ("rose", "fell"):
        word = say(f"verdict.{verdict}.clearly")
    facts = {
        "title": title,
        "before": write_shown(score.points.get(change.before), messages),
        "after": write_shown(after, messages),
        "since": since,
        "smallest": write_points(settings.comparison.smallest_change, messages),
        "detectable": write_move(change.detectable, messages),
        **_interval(change.difference, messages),
    }
    numbers = _has_numbers(change.difference)
    check = write_check(change, rates, messages) if rates and numbers else ""
    form = "sentence" if numbers else "plain"
    if verdict == "too_close" and numbers:
        form = _choose_close_form(
            change, checked=bool(check), equal=facts["before"] == facts["after"]
        )
    sentences = [say(f"verdict.{verdict}.{form}", **facts)]
    if verdict in ("rose", "fell") and change.steps:
        way = say(f"verdict.{verdict}.way")
        sentences.append(say("verdict.steps", count=change.steps, direction=way))
    sentences += [check] if check else []
    sentences += [
        say(f"tag.{_form_tag(tag, verdict)}", title=title, since=since)
        for tag in change.tags
        if tag not in ("fragile", "roster", "linked")
    ]
    return word, " ".join(sentences)


def _choose_close_form(change: ReleasedChange, *, checked: bool, equal: bool) -> str:
    """Return the form of the sentence for a change that is too close to call."""
    if "fragile" in change.tags:
        return "checked" if checked else "fragile"
    return "equal" if equal else "sentence"


def _form_tag(tag: str, verdict: str) -> str:
    return "ceiling_rose" if (tag, verdict) == ("ceiling", "rose") else tag


def write_panel_alt(
    title: str, points: Sequence[TrendPoint], row: ChangeRow, messages: Messages
) -> str:
    """Return the finding of a panel's chart as text: each wave's score, then the verdict."""
    parts = []
    for point in points:
        if isinstance(point.score, Withheld):
            parts.append(messages.say("alt.hidden", wave=point.label))
        elif point.score.low is None or point.score.high is None:
            parts.append(
                messages.say(
                    "alt.score", wave=point.label, score=write_shown(point.score, messages)
                )
            )
        else:
            parts.append(
                messages.say(
                    "alt.interval",
                    wave=point.label,
                    score=write_shown(point.score, messages),
                    low=write_number(point.score.low, messages),
                    high=write_number(point.score.high, messages),
                )
            )
    last = points[-1]
    if last.district is not None:
        parts.append(messages.say("alt.district", score=write_shown(last.district, messages)))
    return messages.say("alt.panel", title=title, points="; ".join(parts), verdict=row.word)


def _has_numbers(difference: Shown) -> bool:
    return isinstance(difference, Released) and difference.low is not None


def _interval(difference: Shown, messages: Messages) -> dict[str, str]:
    """Return the ends of a change's interval by size; a change of either sign is told alike."""
    if isinstance(difference, Withheld) or difference.low is None or difference.high is None:
        return {}
    least, most = sorted((abs(difference.low), abs(difference.high)))
    crosses = difference.low * difference.high <= 0
    return {
        "least": write_number(0 if crosses else least, messages),
        "most": write_points(most, messages),
    }


def _lower_first(title: str) -> str:
    return title[:1].lower() + title[1:]
