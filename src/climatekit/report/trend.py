"""Trend: one construct's scores over the waves, as SVG text.

Positions are computed from the rounded, printed numbers, so a drawing tells nothing
that the text does not. Units are CSS pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from climatekit.release.released import Released
from climatekit.report.brief import Panel, Shown, TrendPoint
from climatekit.report.svg import (
    BAND,
    BLUE,
    DISTRICT,
    EDGE,
    GREY,
    HAIR,
    INK,
    PALE_BLUE,
    SMALL,
    clamp,
    measure_text,
    write_dot,
    write_line,
    write_path,
    write_rect,
    write_svg,
    write_text,
)

Say = Callable[..., str]

STEP = 20  # points between two lines of the axis
USUAL_LOW = 40  # staff-climate scores seldom fall lower; the axis widens when they do
MOST_LABELLED = 5  # with more waves than this, earlier values are not written out
CUT = "\N{HORIZONTAL ELLIPSIS}"
LONGEST_LABEL = 12  # letters in one line of a wave's label
LARGE = 16  # px, the last value
APART = 15  # pixels between the base lines of two values that stand together
INSET = 8  # pixels from the ends of the axis to the first and last wave
REGULAR = 0.94  # width of regular lettering beside bold
USUAL_WIDTH = 222  # pixels of one panel of three
PITCH = 13  # pixels between two lines of one label


@dataclass(frozen=True, slots=True)
class Axis:
    """The range of points that every panel of one brief shows."""

    low: int
    high: int = 100


def choose_axis(panels: Iterable[Panel]) -> Axis:
    """Return the common axis: 40 to 100, widened by steps of 20 to hold every mark.

    All panels of a brief share it, so that their heights compare.
    """
    ends: list[float] = []
    for point in (point for panel in panels for point in panel.points):
        for shown in (point.score, point.district):
            if isinstance(shown, Released):
                ends += [end for end in (shown.value, shown.low, shown.high) if end is not None]
    low = min([USUAL_LOW, *(end // STEP * STEP for end in ends)])
    return Axis(int(max(0, low)))


def choose_width(panels: Sequence[Panel]) -> int:
    """Return the width in pixels of each panel where so many share a page's width."""
    return {1: 706, 2: 336}.get(len(panels), USUAL_WIDTH)


def draw_trend(
    panel: Panel, *, axis: Axis, say: Say, width: int = USUAL_WIDTH, height: int = 150
) -> str:
    """Draw one construct over its waves, with likely ranges and the district's line.

    Parameters
    ----------
    panel : Panel
        Its `alt` becomes the drawing's title.
    axis : Axis
        From `choose_axis`; values beyond it are drawn at its edge.
    say : callable
        Gives ``labels.not_shown``.
    width, height : int
        Pixels.
    """
    plot = _Plot(axis=axis, width=width, height=height, count=len(panel.points))
    if any(isinstance(point.score, Released) for point in panel.points):
        parts = [*_draw_grid(plot), *_draw_gaps(panel.points, plot, say)]
        parts += _draw_district(panel.points, plot)
        parts += _draw_school(panel.points, plot)
        parts += _draw_last_values(panel.points, plot)
        parts += _draw_earlier_values(panel.points, plot)
    else:
        parts = _draw_nothing(plot, say)
    parts += _draw_waves(panel.points, plot)
    return write_svg(width, height, panel.alt, parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where things lie inside one trend panel."""

    axis: Axis
    width: int
    height: int
    count: int
    left: float = 28
    right: float = 42
    top: float = 10
    bottom: float = 36

    @property
    def step(self) -> float:
        """Pixels between two waves."""
        return (self.width - self.left - self.right - 2 * INSET) / max(1, self.count - 1)

    @property
    def edge(self) -> float:
        """Right end of the plot's lines."""
        return self.width - self.right + 6

    def x(self, index: int) -> float:
        """Return the place of a wave; a single wave stands in the middle."""
        if self.count == 1:
            return (self.left + self.width - self.right) / 2
        return self.left + INSET + index * self.step

    def y(self, value: float) -> float:
        """Return the height of a value, kept inside the axis."""
        low, high = self.axis.low, self.axis.high
        share = (high - clamp(value, low, high)) / (high - low)
        return self.top + share * (self.height - self.top - self.bottom)


def _draw_grid(plot: _Plot) -> list[str]:
    parts = []
    for value in range(plot.axis.low, plot.axis.high + 1, STEP):
        y = plot.y(value)
        parts.append(write_line([(plot.left, y), (plot.edge, y)], HAIR, 1))
        parts.append(write_text(plot.left - 6, y + 4, str(value), anchor="end"))
    return parts


def _draw_nothing(plot: _Plot, say: Say) -> list[str]:
    """Draw a panel without any score: one calm band that says so."""
    top, bottom = plot.y(plot.axis.high), plot.y(plot.axis.low)
    return [
        write_rect(plot.left, top, plot.edge - plot.left, bottom - top, fill=BAND, stroke=EDGE),
        write_text((plot.left + plot.edge) / 2, (top + bottom) / 2 + 4, say("labels.not_shown")),
    ]


def _draw_gaps(points: Sequence[TrendPoint], plot: _Plot, say: Say) -> list[str]:
    """Draw a band for each wave that is not shown, and a dotted line where questions changed."""
    parts = []
    words = say("labels.not_shown").split(maxsplit=1)
    top, bottom = plot.y(plot.axis.high), plot.y(plot.axis.low)
    half = min(20.0, plot.step * 0.4)
    for index, point in enumerate(points):
        x = plot.x(index)
        if point.breaks and index:
            between = x - plot.step / 2
            path = f"M{between:.1f} {top:.1f}V{bottom:.1f}"
            parts.append(write_path(path, stroke=GREY, dash="2 2"))
        if isinstance(point.score, Released):
            continue
        # The first and last wave stand near the ends of the plot, beside which are numbers.
        left, right = max(x - half, plot.left), min(x + half, plot.edge)
        parts.append(write_rect(left, top, right - left, bottom - top, fill=BAND, stroke=EDGE))
        if max(measure_text(word, SMALL) for word in words) > right - left + 6:
            continue
        # The words keep clear of the district's line, which runs through the band.
        low = point.district is not None and plot.y(point.district.value) > (top + bottom) / 2
        start = top + APART if low else bottom - 6 - PITCH * (len(words) - 1)
        middle = (left + right) / 2
        parts += [write_text(middle, start + PITCH * row, word) for row, word in enumerate(words)]
    return parts


def _draw_district(points: Sequence[TrendPoint], plot: _Plot) -> list[str]:
    parts = []
    for run in _list_runs([point.district is not None for point in points]):
        places = [
            (plot.x(index), plot.y(district.value))
            for index in run
            if (district := points[index].district) is not None
        ]
        if len(places) == 1:
            x, y = places[0]
            # Clear of the axis, whose lines begin at its left end.
            places = [(max(x - 14, plot.left + 2), y), (x + 14, y)]
        parts.append(write_line(places, DISTRICT, 1.3))
    return parts


def _draw_school(points: Sequence[TrendPoint], plot: _Plot) -> list[str]:
    parts, dots = [], []
    shown = [isinstance(point.score, Released) for point in points]
    for run in _list_runs(shown, [point.breaks for point in points]):
        places = [
            (plot.x(index), plot.y(score.value))
            for index in run
            if isinstance(score := points[index].score, Released)
        ]
        if len(places) > 1:
            parts.append(write_line(places, BLUE, 1.8))
    for index, point in enumerate(points):
        score = point.score
        if not isinstance(score, Released):
            continue
        last = index == len(points) - 1
        x = plot.x(index)
        if score.low is not None and score.high is not None:
            top, bottom = plot.y(score.high), plot.y(score.low)
            colour = BLUE if last else PALE_BLUE
            dots.append(write_rect(x - 1.8, top, 3.6, max(1.0, bottom - top), fill=colour))
        radius = 4.6 if last else 3.8
        dots.append(write_dot(x, plot.y(score.value), radius, fill=BLUE, stroke="#fff"))
    return parts + dots


def _draw_last_values(points: Sequence[TrendPoint], plot: _Plot) -> list[str]:
    """Write the last values beside their marks, pushed apart where they would touch."""
    last = points[-1]
    # A lone wave's district mark is a dash through its place: the values stand beyond it.
    x = plot.x(plot.count - 1) + (17 if plot.count == 1 and last.district else 9)
    parts = []
    own = None
    if isinstance(last.score, Released):
        own = clamp(plot.y(last.score.value) + 5.5, LARGE, plot.height - plot.bottom + 4)
        parts.append(
            write_text(
                x, own, _shorten(last.score), size=LARGE, weight=700, colour=BLUE, anchor="start"
            )
        )
    if last.district is not None:
        other = plot.y(last.district.value) + 4
        if own is not None and abs(own - other) < APART:
            above = other < own and own - APART >= SMALL
            other = own - APART if above else own + APART - 1
        parts.append(write_text(x, max(other, SMALL), _shorten(last.district), anchor="start"))
    return parts


def _draw_earlier_values(points: Sequence[TrendPoint], plot: _Plot) -> list[str]:
    """Write earlier values over their ranges, or under them where the district's line runs."""
    if len(points) > MOST_LABELLED:
        return []
    parts = []
    for index, point in enumerate(points[:-1]):
        score = point.score
        if not isinstance(score, Released):
            continue
        mark = plot.y(score.value)
        top = mark if score.high is None else min(mark, plot.y(score.high) + 2)
        bottom = mark if score.low is None else max(mark, plot.y(score.low) - 2)
        over, under = max(top - 6, SMALL - 1), bottom + 13
        line = plot.y(point.district.value) if point.district is not None else None
        crossed = line is not None and over - SMALL <= line <= over + 2
        free = line is not None and not under - SMALL <= line <= under + 2
        # Lower it would stand on the axis, beside one of its own numbers.
        low = crossed and free and under <= plot.height - plot.bottom - 3
        text = _shorten(score)
        if crossed and not low:
            wide = measure_text(text, SMALL) + 2
            backing = (plot.x(index) - wide / 2, over - SMALL + 2, wide, SMALL)
            parts.append(write_rect(*backing, fill="#fff"))  # the district's line stops for it
        parts.append(write_text(plot.x(index), under if low else over, text))
    return parts


def _draw_waves(points: Sequence[TrendPoint], plot: _Plot) -> list[str]:
    """Write the waves' labels: the last, the first, then as many others as there is room for."""
    order = [len(points) - 1, 0, *range(len(points) - 2, 0, -1)]
    taken: list[tuple[float, float]] = []
    parts: list[str] = []
    for index in dict.fromkeys(place for place in order if 0 <= place < len(points)):
        last = index == len(points) - 1
        lines = fold_label(points[index].label)
        wide = max(measure_text(line, SMALL) for line in lines) * (1 if last else REGULAR)
        middle = clamp(plot.x(index), wide / 2, plot.width - wide / 2)
        start, end = middle - wide / 2 - 2, middle + wide / 2 + 2
        if any(start < other_end and end > other_start for other_start, other_end in taken):
            continue
        taken.append((start, end))
        colour, weight = (INK, 700) if last else (GREY, 400)
        for row, line in enumerate(lines):
            y = plot.height - plot.bottom + 18 + PITCH * row
            parts.append(write_text(middle, y, line, colour=colour, weight=weight))
    return parts


def fold_label(label: str) -> list[str]:
    """Return a label as one or two short lines, folded at the space nearest its middle.

    Where the halves are too long the first line takes what it can hold, so that the label
    is cut once, at its end.
    """
    places = [place for place, letter in enumerate(label) if letter == " "]
    if not places:
        return [_cut(label)]
    middle = min(places, key=lambda place: abs(place - len(label) / 2))
    if max(middle, len(label) - middle - 1) > LONGEST_LABEL:
        middle = max((place for place in places if place <= LONGEST_LABEL), default=places[0])
    return [_cut(label[:middle].strip()), _cut(label[middle:].strip())]


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LABEL else f"{line[: LONGEST_LABEL - 1].rstrip()}{CUT}"


def _shorten(shown: Shown) -> str:
    """Return a value as a chart can hold it: ``95 or more`` becomes ``≥95``."""
    if not isinstance(shown, Released):
        return ""
    return {"high": "≥", "low": "≤", "": ""}[shown.capped] + f"{shown.value:.0f}"


def _list_runs(shown: Sequence[bool], breaks: Sequence[bool] = ()) -> list[list[int]]:
    """Return the indices of each unbroken stretch of shown points."""
    runs: list[list[int]] = []
    for index, here in enumerate(shown):
        if not here:
            continue
        broken = bool(breaks) and breaks[index]
        if runs and runs[-1][-1] == index - 1 and not broken:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs
