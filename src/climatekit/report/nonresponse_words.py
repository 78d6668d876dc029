"""Nonresponse words: what a change in who answered could do to a change of a score.

Worked out from the printed numbers alone, so that they tell nothing more: the printed
difference, moved as if those who did not answer felt ten points otherwise than those who
did, in both waves.
"""

from __future__ import annotations

from climatekit.knowledge.wording import Messages
from climatekit.measure.change import NONRESPONSE
from climatekit.release.assembly import ReleasedChange
from climatekit.release.gate import round_points
from climatekit.release.released import Released
from climatekit.report.amounts import write_points, write_shown
from climatekit.report.brief import Shown

# A smaller change in response is told only where it would flip the verdict.
LEAST_DROP = 15
_WORSE, _BETTER = NONRESPONSE


def write_check(change: ReleasedChange, rates: tuple[Shown, Shown], messages: Messages) -> str:
    """Return the nonresponse check in words; empty where there is nothing to tell.

    Parameters
    ----------
    change : ReleasedChange
    rates : tuple of (before, after)
        Response rates of the two waves.
    """
    told = _find_told(change, rates)
    if told is None:
        return ""
    value, drop = told
    say = messages.say
    shown = {
        name: write_shown(rate, messages)
        for name, rate in zip(("before", "after"), rates, strict=True)
    }
    who = say(f"check.{'fewer' if drop > 0 else 'more'}", **shown)
    return " ".join([who, _suppose(value, drop, messages), _close(change, messages)])


def find_supposed(change: ReleasedChange, rates: tuple[Shown, Shown]) -> int | None:
    """Return how many points the check says would be left of a change; None where it is silent."""
    told = _find_told(change, rates)
    return None if told is None else _find_left(*told)[1]


def _find_told(change: ReleasedChange, rates: tuple[Shown, Shown]) -> tuple[int, int] | None:
    """Return the printed difference and the drop in response, where the check has a say."""
    told = _find_numbers(change, rates)
    if told is None:
        return None
    difference, drop = told
    if not drop or not ("fragile" in change.tags or abs(drop) > LEAST_DROP):
        return None
    return difference, drop


def find_tipping(change: ReleasedChange, rates: tuple[Shown, Shown]) -> int | None:
    """Return by how many points those who did not answer would have to differ.

    In both waves, from those who did, for the printed difference to be nil; None where
    that would be more than the 100 points that there are, the printed rates are equal, or
    one of the numbers is not told.
    """
    told = _find_numbers(change, rates)
    if told is None:
        return None
    difference, drop = told
    if not drop or abs(difference) > abs(drop):
        return None
    return round_points(-100 * difference / drop)


def _find_numbers(change: ReleasedChange, rates: tuple[Shown, Shown]) -> tuple[int, int] | None:
    """Return the printed difference and the drop in response; None where one is not told."""
    before, after = rates
    difference = change.difference
    if not (
        isinstance(before, Released)
        and isinstance(after, Released)
        and isinstance(difference, Released)
    ):
        return None
    return int(difference.value), int(before.value - after.value)


def _find_left(value: int, drop: int) -> tuple[float, int, float]:
    """Return what those who did not answer are supposed to feel, and what change is left."""
    # The way that works against the change; for no change at all, the gloomy one.
    delta = _WORSE if value == 0 or (value > 0) == (drop > 0) else _BETTER
    moved = value + drop / 100 * delta
    return delta, round_points(abs(moved)), moved


def _suppose(value: int, drop: int, messages: Messages) -> str:
    say = messages.say
    delta, left, moved = _find_left(value, drop)
    facts = {
        "delta": write_points(abs(delta), messages),
        "way": say("check.worse" if delta < 0 else "check.better"),
    }
    if left == 0:
        return say("check.vanish" if value else "check.still", **facts)
    size = write_points(left, messages)
    if value and (moved > 0) == (value > 0):
        move = say("check.the_rise" if value > 0 else "check.the_fall")
        return say("check.shrink", **facts, move=move, left=size)
    return say("check.turn", **facts, move=say(f"check.{_name(moved)}", left=size))


def _name(moved: float) -> str:
    return "a_rise" if moved > 0 else "a_fall"


def _close(change: ReleasedChange, messages: Messages) -> str:
    say = messages.say
    if "fragile" not in change.tags:
        return say("check.holds")
    return say("check.so" if change.verdict == "too_close" else "check.care")
