"""The gate: every number that leaves passes here, once, and comes out rounded or withheld.

Counts are of people who answered. Two thresholds: `min_n` for anything at all and
`min_n_detail` for a single item's percentages. A multi-item score leaves as whole points
of 0 to 100, capped to "5 or less" and "95 or more".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from climatekit.knowledge.settings import DisclosureSettings
from climatekit.release.released import Released
from climatekit.release.rules import (
    SCORE_CAP_HIGH,
    SCORE_CAP_LOW,
    SHORT_SCORE_ITEMS,
    WEIGHTED_PEOPLE,
    cap_score,
    count_asked,
    has_enough,
    may_tell_coefficient,
    percent_step,
    tells_a_person,
    withhold,
)
from climatekit.values import Estimate, Withheld, round_half_up

PEOPLE_STEP = 10

Shown = Released | Withheld


@dataclass(frozen=True, slots=True)
class Gate:
    """The thresholds of one release, and the one way through them."""

    thresholds: DisclosureSettings

    def is_open(self, n: int) -> bool:
        """Return whether a group of `n` people who answered may be spoken of at all."""
        return has_enough(n, self.thresholds.min_n)

    def release_score(self, estimate: Estimate, *, items: int, spread_known: bool = True) -> Shown:
        """Release a school's score with its interval.

        Parameters
        ----------
        estimate : Estimate
            Mean in points (0 to 100); `n` is the people who have the score.
        items : int
            Number of items in the score; a score of fewer than 3 items is as telling as
            a single item: it waits for `min_n_detail`, and leaves without its interval,
            which would hand over how its answers are spread.
        spread_known : bool
            False for a score that may have come without an interval; else none means no spread.

        Returns
        -------
        Released or Withheld
            Whole points; rule ``protected`` below the threshold.
        """
        short = items < SHORT_SCORE_ITEMS
        least = self.thresholds.min_n_detail if short else self.thresholds.min_n
        if estimate.n < least or math.isnan(estimate.value):
            return withhold("no-answers" if estimate.n == 0 else "protected")
        value = round_points(estimate.value)
        cap = cap_score(value)
        if cap:
            return _capped(cap, SCORE_CAP_LOW if cap == "low" else SCORE_CAP_HIGH)
        known = spread_known or estimate.low is not None
        if known and tells_a_person(estimate.low, estimate.high, estimate.n):
            return withhold("protected")
        low, high = (None, None) if short else (_whole(estimate.low), _whole(estimate.high))
        return Released(
            value=value,
            text=str(value),
            unit="points",
            low=None if low is None else max(low, SCORE_CAP_LOW),
            high=None if high is None else min(high, SCORE_CAP_HIGH),
        )

    def release_native(self, points: Shown, *, low: float, high: float) -> Shown:
        """Release the score in scale points, worked out from the released points.

        Two independently rounded forms of one mean would together say more than either.
        """
        if isinstance(points, Withheld):
            return points
        native = round_half_up(low + points.value / 100 * (high - low), 1)
        words = {"": "", "low": " or less", "high": " or more"}[points.capped]
        return Released(
            value=native, text=f"{native:.1f}{words}", unit="native", capped=points.capped
        )

    def release_difference(
        self, before: Shown, after: Shown, interval: tuple[float, float] | None
    ) -> Shown:
        """Release a change between waves: the difference of the two printed scores.

        `interval` holds the ends of its 95% interval in points. A capped score has no
        printable difference.
        """
        if isinstance(before, Withheld):
            return before
        if isinstance(after, Withheld):
            return after
        if before.capped or after.capped:
            return withhold("protected")
        value = int(after.value - before.value)
        low, high = interval if interval is not None else (None, None)
        return Released(
            value=value,
            text=f"{value:+d}".replace("-", "\N{MINUS SIGN}") if value else "0",
            unit="points",
            low=_whole(low),
            high=_whole(high),
        )

    def release_move(self, points: float, *, n: int) -> Shown:
        """Release a width in points, such as the change that a school can reliably spot."""
        if not self.is_open(n) or not math.isfinite(points):
            return withhold("protected")
        value = max(1, math.ceil(points))
        return Released(value=value, text=str(value), unit="points")

    def release_people(self, people: int, *, answered: int) -> Shown:
        """Release a count of people in a group of which `answered` answered."""
        if not self.is_open(answered):
            return withhold("protected")
        return Released(value=people, text=str(people), unit="people")

    def release_tens(self, many: int, *, of: int) -> Shown:
        """Release how many people of `of` something is true of, in tens.

        Only where so many that they may be told of, and as many others.
        """
        if not self.is_open(many) or not self.is_open(of - many):
            return withhold("protected")
        return Released(value=in_tens(many), text=str(in_tens(many)), unit="count")

    def release_rate(self, answered: int, eligible: int | None) -> Shown:
        """Release a response rate in whole percent."""
        if eligible is None or eligible <= 0:
            return withhold("no-roster")
        if not self.is_open(answered):
            return withhold("protected")
        value = min(100, round_points(100 * answered / eligible))
        return Released(value=value, text=f"{value}%", unit="percent")

    def release_favourable(
        self, share: float, *, n: int, answered: int | None = None, counted: int | None = None
    ) -> Shown:
        """Release the percentage of favourable answers to one item.

        Parameters
        ----------
        share : float
            0 to 1.
        n : int
            People who answered the item.
        answered : int, optional
            People of the group who answered anything: the form goes by them. `n` itself
            where not given.
        counted : int, optional
            Where people are weighted: how many the thresholds count. The percentage then
            has the coarsest form there is.
        """
        people = n if answered is None else count_asked(answered, n)
        least = min(n, people, n if counted is None else counted)
        enough = least >= self.thresholds.min_n_detail
        step = percent_step(people if counted is None else WEIGHTED_PEOPLE) if enough else None
        if step is None:
            return withhold("detail", min_n_detail=self.thresholds.min_n_detail)
        width, lowest, highest = step
        value = width * round_points(100 * share / width)
        if value <= lowest:
            return Released(value=lowest, text=f"{lowest}% or less", unit="percent", capped="low")
        if value >= highest:
            return Released(
                value=highest, text=f"{highest}% or more", unit="percent", capped="high"
            )
        return Released(value=value, text=f"{value}%", unit="percent")

    def release_coefficient(
        self, estimate: Estimate | Withheld, *, people: int, schools: int, digits: int = 2
    ) -> Shown:
        """Release a district's alpha, ICC or rwg(j), two decimals or as many as `digits`.

        Only from 100 people in 5 schools on: a coefficient hands over spread.
        """
        if not may_tell_coefficient(people, schools):
            return withhold("district-reliability")
        if isinstance(estimate, Withheld):
            return estimate
        return _round_coefficient(estimate, digits)

    def release_own_coefficient(
        self, estimate: Estimate | Withheld, *, answered: int, points: Shown | None = None
    ) -> Shown:
        """Release a school's own alpha or the reliability of its mean, two decimals.

        Only from `min_n_reliability` people on who answered. Where there is no alpha everybody
        answered alike: with the released `points` of its score none is told at the end of the
        scale, or where the score is held back for that.
        """
        least = self.thresholds.min_n_reliability
        if not has_enough(answered, least):
            return withhold("own-reliability", min_n_reliability=least)
        hides_spread = isinstance(points, Withheld) and points.rule == "protected"
        if hides_spread or (isinstance(points, Released) and points.capped):
            return withhold("protected")
        return estimate if isinstance(estimate, Withheld) else _round_coefficient(estimate, 2)


def _round_coefficient(estimate: Estimate, digits: int) -> Released:
    # Adding nought takes the sign from a value that rounds to it.
    value = round(estimate.value, digits) + 0.0
    return Released(
        value=value,
        text=f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}"),
        unit="coefficient",
        low=_trim(estimate.low, digits),
        high=_trim(estimate.high, digits),
    )


def _trim(end: float | None, digits: int) -> float | None:
    return None if end is None or not math.isfinite(end) else round(end, digits) + 0.0


def in_tens(people: int) -> int:
    """Round a count down to tens: who left out one question is nobody's business."""
    return people // PEOPLE_STEP * PEOPLE_STEP


def round_points(value: float) -> int:
    """Rule D13: the whole number that is printed, and that every chart is drawn from."""
    return int(round_half_up(value))


def _whole(value: float | None) -> int | None:
    return None if value is None or not math.isfinite(value) else round_points(value)


def _capped(side: str, cap: int) -> Released:
    if side == "low":
        return Released(value=cap, text=f"{cap} or less", unit="points", capped="low")
    return Released(value=cap, text=f"{cap} or more", unit="points", capped="high")
