"""Trend words: what three or more waves say together, as one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from climatekit.knowledge.wording import Messages
from climatekit.measure.slopes import Slope
from climatekit.release.released import Released
from climatekit.report.amounts import write_number, write_points
from climatekit.values import Estimate


def write_trend(
    slope: Slope | None, labels: Mapping[str, str], messages: Messages
) -> tuple[str | None, Released | None]:
    """Return the sentence on a score's trend, and its points a year; None without one.

    Parameters
    ----------
    slope : Slope, optional
        Worked out from printed numbers.
    labels : mapping of str to str
        Wave id to its label.
    """
    if slope is None or not isinstance(slope.per_year, Estimate):
        return None, None
    per_year = slope.per_year
    if per_year.low is None or per_year.high is None:
        return None, None
    value, low, high = (round(end) for end in (per_year.value, per_year.low, per_year.high))
    text = f"{value:+d}".replace("-", "\N{MINUS SIGN}") if value else "0"
    released = Released(value=value, text=text, unit="points", low=low, high=high)
    facts = {"count": len(slope.waves), "since": labels.get(slope.waves[0], slope.waves[0])}
    if low <= 0 <= high or not value:
        return messages.say("trend.unclear", **facts), released
    least, most = sorted((abs(low), abs(high)))
    way = "rose" if value > 0 else "fell"
    return (
        messages.say(
            f"trend.{way}",
            **facts,
            size=write_points(abs(value), messages),
            least=write_number(least, messages),
            most=write_number(most, messages),
        ),
        released,
    )
