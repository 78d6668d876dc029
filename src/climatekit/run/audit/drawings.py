"""Drawings: what the geometry of a chart tells whoever measures it, in a web page or a PDF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from pypdf import PageObject

Kind = Literal["percent", "signed", "decimal", "whole"]
Point = tuple[float, float]

# Where a drawing of ours has its marks, in pixels: what a ruler would find as well.
_MARGIN, _LEAST_LINE = 6.0, 100.0
_RANGE_WIDTH = 3.6
_LEAST_RANGE = 1.0
_NEAR = 0.1
_TOP, _STEP = 100.0, 20.0  # of every axis of points: its highest line, and from line to line
_CURVES = 4  # that a circle is made of
_SHAPE_ENDS = frozenset({"f", "f*", "S", "s", "B", "B*", "b", "b*", "n"})


class Number(NamedTuple):
    """One number as it stands in a page: its kind, and its size without a sign."""

    kind: Kind
    size: float


@dataclass(slots=True)
class Drawing:
    """One drawing: texts, ticks of its axis, level lines, corners of lines, circles, boxes."""

    width: float
    height: float
    texts: list[str] = field(default_factory=list)
    ticks: list[tuple[float, float]] = field(default_factory=list)
    lines: list[tuple[float, float]] = field(default_factory=list)
    corners: list[tuple[float, float]] = field(default_factory=list)
    circles: list[tuple[float, float]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def add_line(self, corners: Sequence[tuple[float, float]]) -> None:
        """Take in a line; one from left to right at one height may be a line of the axis."""
        self.corners += corners
        if len(corners) == 2 and corners[0][1] == corners[1][1]:  # noqa: PLR2004
            self.lines.append(corners[0])


def measure_drawing(drawing: Drawing) -> Iterator[Number]:
    """Return the numbers that a drawing's geometry tells, measured as with a ruler.

    On an axis of points, each mark, each corner of a line and each end of a range has a height;
    on a line of 0 to 100%, each mark has a place; a bar fills a share of its track.
    """
    levels = _list_levels(drawing)
    if len(drawing.ticks) > 1 and len(levels) == len(drawing.ticks):
        values = [value for _, value in sorted(drawing.ticks)]
        yield from _measure_heights(drawing, (levels[0], values[0]), (levels[-1], values[-1]))
    elif len(drawing.circles) == 2 and drawing.width > _LEAST_LINE:  # noqa: PLR2004
        width = drawing.width - 2 * _MARGIN
        for x, _ in drawing.circles:
            yield Number("percent", _round_near(100 * (x - _MARGIN) / width))
    elif len(drawing.boxes) == 2:  # noqa: PLR2004
        track, bar = drawing.boxes
        yield Number("percent", _round_near(100 * bar[2] / track[2]))
        for x, _ in drawing.circles:
            yield Number("percent", _round_near(100 * (x - track[0]) / track[2]))


def _measure_heights(
    drawing: Drawing, top: tuple[float, float], bottom: tuple[float, float]
) -> Iterator[Number]:
    step = (bottom[1] - top[1]) / (bottom[0] - top[0])

    def tell(y: float) -> float:
        return _round_near(top[1] + (y - top[0]) * step)

    for _, y in (*drawing.circles, *drawing.corners):
        yield Number("whole", tell(y))
    for _, y, width, height in drawing.boxes:
        if width == _RANGE_WIDTH and height > _LEAST_RANGE:
            yield Number("whole", tell(y))
            yield Number("whole", tell(y + height))


def _round_near(value: float) -> float:
    """Return the whole number that a length stands for; the length itself where it is off."""
    return float(round(value)) if abs(value - round(value)) < _NEAR else round(value, 2)


def read_drawings(page: PageObject) -> Iterator[Drawing]:
    """Yield the drawings of a PDF's page, from the operators of its content stream.

    The engine writes each as a figure of the structure tree, clipped to its size, in the
    drawing's own units. Ticks are letters elsewhere: the lines of an axis stand for them.
    """
    contents = page.get_contents()
    drawing: Drawing | None = None
    depth = 0
    box: list[float] = []
    shape = _Shape()
    for operands, operator in contents.operations if contents is not None else ():
        name = operator.decode()
        if name == "BDC" and drawing is None and operands[0] == "/Figure" and box:
            drawing, depth, shape = Drawing(box[2], box[3]), 0, _Shape()
        elif name in {"BDC", "BMC"}:
            depth += 1
        elif name == "EMC" and drawing is not None and not depth:
            drawing.ticks = _number_levels(drawing)
            yield drawing
            drawing = None
        elif name == "EMC":
            depth -= 1
        elif name == "re" and drawing is None:
            box = [float(one) for one in operands]
        elif drawing is not None and name == "Do":
            drawing.texts.append("")  # letters, which the page's text holds
        elif drawing is not None and name in _SHAPE_ENDS:
            shape.add_to(drawing)
            shape = _Shape()
        elif drawing is not None and name in {"m", "l", "c", "re"}:
            shape.follow(name, [float(one) for one in operands])


@dataclass(slots=True)
class _Shape:
    """A path as it is being drawn: its corners since it last began, curves and rectangles."""

    corners: list[Point] = field(default_factory=list)
    curves: int = 0
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def follow(self, operator: str, numbers: list[float]) -> None:
        if operator == "re":
            x, y, width, height = numbers
            self.boxes.append((x, y, width, height))
            return
        if operator == "m":
            self.corners, self.curves = [], 0
        self.curves += operator == "c"
        self.corners.append((numbers[-2], numbers[-1]))

    def add_to(self, drawing: Drawing) -> None:
        drawing.boxes += self.boxes
        if self.curves == _CURVES:
            (x, y), _, (across, _), *_ = self.corners
            drawing.circles.append(((x + across) / 2, y))
        elif not self.curves:
            drawing.add_line(self.corners)


def _number_levels(drawing: Drawing) -> list[Point]:
    return [(y, _TOP - _STEP * place) for place, y in enumerate(_list_levels(drawing))]


def _list_levels(drawing: Drawing) -> list[float]:
    """Return the heights of an axis's lines: they begin at one place, the district's dash not."""
    begun = Counter(x for x, _ in drawing.lines)
    most = max(begun.values(), default=0)
    left = min((x for x, count in begun.items() if count == most), default=0.0)
    return sorted({y for x, y in drawing.lines if x == left})
