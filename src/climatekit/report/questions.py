"""Questions: what single questions say, ranked and compared by their printed percentages.

Nothing here looks behind a printed number: an order made of true percentages would tell more
than the percentages that stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from climatekit.knowledge.scales import ScoreRule
from climatekit.knowledge.settings import WaveSettings
from climatekit.knowledge.wording import Messages
from climatekit.release.assembly import SchoolRelease
from climatekit.release.released import Released
from climatekit.report.brief import MoverRow, QuestionGroup, QuestionRow, Questions

_MOST_MOVERS = 4
_RANKED = 2  # highest, and lowest
# Reasons for which not even the same question can be held against its answers of last time.
_OTHERWISE_ASKED = frozenset({"options", "referent", "edited", "drift"})


def find_movers(
    school: SchoolRelease,
    rules: Sequence[ScoreRule],
    latest: WaveSettings,
    previous: WaveSettings | None,
    *,
    labels: Mapping[str, str],
    least: int,
    messages: Messages,
) -> tuple[tuple[MoverRow, ...], str | None]:
    """Return the questions whose printed percentages moved most, and a sentence on them.

    Parameters
    ----------
    rules : sequence of ScoreRule
        The scores that the brief shows.
    labels : mapping of str to str
        Item id to what is printed for it.
    least : int
        From how many people on single questions are told.
    """
    say = messages.say
    if previous is None:
        return (), say("movers.first_wave")
    pairs = {
        item: (told.favourable[previous.id], told.favourable[latest.id])
        for item, told in school.items.items()
        if previous.id in told.favourable and latest.id in told.favourable
    }
    if not pairs:
        return (), say("movers.too_few", min_n_detail=least)
    changed = _list_changed(school, rules)
    if changed.issuperset(pairs):
        return (), say("movers.changed", since=previous.label)
    rows = [
        MoverRow(item=item, label=labels[item], before=before, after=after, difference=move)
        for item, (before, after) in pairs.items()
        if item not in changed and (move := _find_move(before, after, messages)) is not None
    ]
    rows.sort(key=lambda row: (-abs(row.difference.value), row.item))
    return tuple(rows[:_MOST_MOVERS]), say("movers.caution" if rows else "movers.none")


def describe_questions(
    school: SchoolRelease,
    rules: Sequence[ScoreRule],
    latest: WaveSettings,
    previous: WaveSettings | None,
    *,
    labels: Mapping[str, str],
    listed: bool,
    messages: Messages,
) -> Questions | None:
    """Return what the questions of the latest wave say; None where none may be told.

    Parameters
    ----------
    rules : sequence of ScoreRule
        The scores that the brief shows; each question stands under the narrowest one that
        it belongs to.
    labels : mapping of str to str
        Item id to what is printed for it.
    listed : bool
        Whether every question is listed, or the highest and the lowest alone.
    """
    changed = _list_changed(school, rules)
    groups, hidden = [], []
    for rule, items in _share_out(rules):
        rows = []
        for item in items:
            told = school.items[item].favourable if item in school.items else {}
            if latest.id not in told:
                hidden.append(labels[item])
                continue
            before = told.get(previous.id) if previous and item not in changed else None
            rows.append(
                QuestionRow(item=item, label=labels[item], after=told[latest.id], before=before)
            )
        if rows:
            groups.append(QuestionGroup(score=rule.id, title=rule.title, rows=_sort(rows)))
    ranked = _sort([row for group in groups for row in group.rows])
    if not ranked:
        return None
    many = min(_RANKED, len(ranked) // 2) if ranked[0].after.value > ranked[-1].after.value else 0
    return Questions(
        highest=ranked[:many],
        lowest=ranked[len(ranked) - many :][::-1],
        tied=tuple(_tell_ties(ranked, count + 1, messages) for count in range(many)),
        groups=tuple(groups) if listed else (),
        hidden=messages.say(
            "questions.hidden", count=len(hidden), unshown=len(hidden), names="; ".join(hidden)
        )
        if hidden and listed
        else "",
    )


def _find_move(before: Released, after: Released, messages: Messages) -> Released | None:
    """Return how far a printed percentage moved, at least: beyond a cap nothing is known.

    None where it did not move, or where the cap leaves open which way.
    """
    value = int(after.value - before.value)
    way, back = ("high", "low") if value > 0 else ("low", "high")
    if not value or before.capped == way or after.capped == back:
        return None
    text = f"{value:+d}".replace("-", "\N{MINUS SIGN}")
    if not before.capped and not after.capped:
        return Released(value=value, text=text, unit="percent")
    sign = "at_least" if value > 0 else "at_most"
    return Released(
        value=value,
        text=messages.say(f"labels.{sign}", number=text),
        unit="percent",
        capped="high" if value > 0 else "low",
    )


def _list_changed(school: SchoolRelease, rules: Sequence[ScoreRule]) -> set[str]:
    """Return the items of scores that were asked otherwise in the wave before."""
    return {
        item
        for rule in rules
        if rule.id in school.scores
        and (change := school.scores[rule.id].change) is not None
        and change.reason in _OTHERWISE_ASKED
        for item in rule.items
    }


def _share_out(rules: Sequence[ScoreRule]) -> list[tuple[ScoreRule, list[str]]]:
    """Return each score with the items that belong to no narrower one of the scores."""
    narrowest: dict[str, ScoreRule] = {}
    for rule in sorted(rules, key=lambda rule: len(rule.items)):
        for item in rule.items:
            narrowest.setdefault(item, rule)
    return [
        (rule, [item for item in rule.items if narrowest[item].id == rule.id]) for rule in rules
    ]


def _sort(rows: Sequence[QuestionRow]) -> tuple[QuestionRow, ...]:
    """Return rows by printed percentage; what is printed alike keeps the questionnaire's order."""
    return tuple(sorted(rows, key=lambda row: -row.after.value))


def _tell_ties(ranked: Sequence[QuestionRow], many: int, messages: Messages) -> str:
    """Return how many questions stand as high as the `many` highest, or as low as the lowest."""
    rest = ranked[many : len(ranked) - many]
    ties = {
        side: sum(row.after.value == edge.after.value for row in rest)
        for side, edge in (("high", ranked[many - 1]), ("low", ranked[-many]))
    }
    return " ".join(
        messages.say(f"questions.as_{side}", count=count, more=str(count))
        for side, count in ties.items()
        if count
    )
