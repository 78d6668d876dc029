"""Phrases: finished sentences about scores, changes and who answered, chosen by rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from climatekit.knowledge.settings import Settings, WaveSettings
from climatekit.knowledge.wording import Messages
from climatekit.release.assembly import ReleasedScore, ReleasedWave
from climatekit.release.released import Released
from climatekit.report.brief import ChangeRow, Shown, TrendPoint
from climatekit.values import Withheld

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
_ENOUGH, _CARE = 60, 40


def join_names(names: Sequence[str], messages: Messages) -> str:
    """Return "A", "A and B" or "A, B and C" in the messages' language."""
    if len(names) < 2:  # noqa: PLR2004
        return "".join(names)
    return messages.say("list.pair", first=", ".join(names[:-1]), last=names[-1])


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
            parts = [
                messages.say(
                    "headline.score", title=_inside(row.title, first=False), score=row.after.text
                )
                for row in named
                if isinstance(row.after, Released)
            ]
            sentences.append(
                messages.say("headline.first_wave", scores=join_names(parts, messages))
            )
            continue
        names = join_names(
            [_inside(row.title, first=not i) for i, row in enumerate(named)], messages
        )
        sentences.append(
            messages.say(
                f"headline.{verdict}", count=len(named), names=names, since=since, wave=wave
            )
        )
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
    rate = wave.rate.value
    kind = "enough" if rate >= _ENOUGH else "care" if rate >= _CARE else "few"
    sentence = messages.say(f"participation.{kind}")
    if previous is not None and isinstance(before, Released):
        sentence += " " + messages.say(
            "participation.before", previous=previous.label, rate=before.text
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
) -> tuple[str, str]:
    """Return (verdict words, sentence) for one score's change.

    The sentence's numbers are the printed ones: two scores, their difference, the
    interval of the change in whole points.
    """
    say = messages.say
    word = say(f"verdict.{verdict}.word")
    change = score.change
    after = score.points.get(wave)
    if verdict == "withheld":
        rule = after.rule if isinstance(after, Withheld) else "protected"
        return word, say(f"withheld.{rule}", min_n_detail=settings.disclosure.min_n_detail)
    if verdict == "first_wave" or change is None:
        return word, say("verdict.first_wave.sentence", title=title, after=_text(after))
    if verdict == "not_compared":
        rule = change.reason or "min-n"
        return word, say(f"not_compared.{rule.replace('-', '_')}", title=title, since=since)
    facts = {
        "title": title,
        "before": _text(score.points.get(change.before)),
        "after": _text(after),
        "since": since,
        "smallest": _number(settings.comparison.smallest_change),
        "detectable": _text(change.detectable),
    }
    form = "sentence" if _has_numbers(change.difference) else "plain"
    if verdict == "too_close" and "fragile" in change.tags and form == "sentence":
        form = "fragile"
    elif verdict == "too_close" and form == "sentence" and facts["before"] == facts["after"]:
        form = "equal"
    sentence = say(f"verdict.{verdict}.{form}", **facts, **_interval(change.difference))
    extra = []
    if verdict in ("rose", "fell") and change.steps:
        extra.append(
            say("verdict.steps", steps=change.steps, direction=say(f"verdict.{verdict}.way"))
        )
    extra.extend(
        say(f"tag.{tag}", title=title, since=since)
        for tag in change.tags
        if tag not in ("fragile", "roster")
    )
    if change.clearly and verdict in ("rose", "fell"):
        word = say(f"verdict.{verdict}.clearly")
    return word, " ".join([sentence, *extra])


def write_panel_alt(
    title: str, points: Sequence[TrendPoint], row: ChangeRow, messages: Messages
) -> str:
    """Return the finding of a panel's chart as text: each wave's score, then the verdict."""
    parts = []
    for point in points:
        if isinstance(point.score, Withheld):
            parts.append(messages.say("alt.hidden", wave=point.label))
        elif point.score.low is None or point.score.high is None:
            parts.append(messages.say("alt.score", wave=point.label, score=point.score.text))
        else:
            parts.append(
                messages.say(
                    "alt.interval",
                    wave=point.label,
                    score=point.score.text,
                    low=f"{point.score.low:g}",
                    high=f"{point.score.high:g}",
                )
            )
    last = points[-1]
    if last.district is not None:
        parts.append(messages.say("alt.district", score=last.district.text))
    return messages.say("alt.panel", title=title, points="; ".join(parts), verdict=row.word)


def _has_numbers(difference: Shown) -> bool:
    return isinstance(difference, Released) and difference.low is not None


def _interval(difference: Shown) -> dict[str, str]:
    if isinstance(difference, Withheld) or difference.low is None or difference.high is None:
        return {}
    ends = sorted((abs(difference.low), abs(difference.high)))
    crosses = difference.low * difference.high <= 0
    return {
        "size": f"{abs(difference.value):g}",
        "least": "0" if crosses else f"{ends[0]:g}",
        "most": f"{ends[1]:g}",
        "low": _signed(difference.low),
        "high": _signed(difference.high),
    }


def _signed(value: float) -> str:
    return f"{value:+g}".replace("-", "\N{MINUS SIGN}") if value else "0"


def _text(shown: Shown | None) -> str:
    return shown.text if isinstance(shown, Released) else ""


def _number(value: float) -> str:
    return f"{value:g}"


def _inside(title: str, *, first: bool) -> str:
    return title if first else title[:1].lower() + title[1:]
