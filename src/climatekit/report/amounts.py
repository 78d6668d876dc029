"""Amounts: released numbers in the words of a language."""

from __future__ import annotations

from climatekit.knowledge.wording import Messages
from climatekit.release.released import Released
from climatekit.report.brief import Shown


def write_shown(shown: Shown | None, messages: Messages) -> str:
    """Return a released number as it is printed, such as "76", "81%" or "95 or more".

    The gate words a capped number in English, for tables and logs; a brief words it in
    its own language. Empty where there is no number.
    """
    if not isinstance(shown, Released):
        return ""
    if not shown.capped:
        return shown.text.replace(".", messages.say("number.point"))
    number = write_number(shown.value, messages) + "%" * (shown.unit == "percent")
    return messages.say(f"number.{shown.capped}", number=number)


def write_tight(shown: Shown | None, messages: Messages) -> str:
    """Return a released number as a narrow table has it, a capped one with a sign: "≥ 90%"."""
    if not isinstance(shown, Released) or not shown.capped:
        return write_shown(shown, messages)
    number = write_number(shown.value, messages) + "%" * (shown.unit == "percent")
    return messages.say(
        f"labels.{'at_least' if shown.capped == 'high' else 'at_most'}", number=number
    )


def write_number(value: float, messages: Messages) -> str:
    """Return a number with as many decimals as it has, at most six digits in all."""
    return f"{value:g}".replace(".", messages.say("number.point"))


def write_points(value: float, messages: Messages) -> str:
    """Return a size on the scale of 0 to 100, such as "1 point" or "9 points"."""
    return messages.say("number.points", count=value, number=write_number(value, messages))


def write_move(shown: Shown | None, messages: Messages) -> str:
    """Return a released width in points, such as "9 points"; empty where there is none."""
    return write_points(shown.value, messages) if isinstance(shown, Released) else ""
