"""SVG: the few elements that our drawings are made of, escaped, in CSS pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

INK, GREY, BLUE, PALE_BLUE = "#1b2733", "#4c5963", "#1f5a96", "#6f97bd"
DISTRICT, HAIR, BAND, EDGE, RULE = "#6b7780", "#dde3e8", "#eaeef2", "#86919a", "#a9b4bd"
GREEN, RED, BROWN, ORANGE = "#12654a", "#9c2f1b", "#6d5200", "#b5530b"
GOOD, FAIR, WEAK = "#1b7f5c", "#b07900", "#b3402a"
TRACK, GOLD, PALE = "#3d5a78", "#f2b35e", "#d5e2ef"  # on the navy header

SMALL = 12  # px, 9 pt: nothing is set smaller

# Page CSS does not reach inside an SVG in the PDF engine: the family stands on the group.
_FAMILY = "'Climatekit Sans','Climatekit Sans Arabic','Climatekit Sans Hebrew',sans-serif"
_NARROW = frozenset(" .,:;'\N{RIGHT SINGLE QUOTATION MARK}|ilIjf()-")
_WIDE = frozenset("mwMW%@\N{EM DASH}\N{HORIZONTAL ELLIPSIS}")
_NARROW_EMS, _USUAL_EMS, _CAPITAL_EMS, _WIDE_EMS = 0.345, 0.575, 0.69, 0.98


def measure_text(text: str, size: float) -> float:
    """Return a slightly generous width of `text`, as if bold, in pixels at font size `size`."""
    ems = 0.0
    for letter in text:
        if letter in _NARROW:
            ems += _NARROW_EMS
        elif letter in _WIDE:
            ems += _WIDE_EMS
        elif letter.isupper():
            ems += _CAPITAL_EMS
        else:
            ems += _USUAL_EMS
    return ems * size


def clamp(value: float, low: float, high: float) -> float:
    """Return `value`, kept between `low` and `high`."""
    return max(low, min(high, value))


def write_svg(
    width: int,
    height: int,
    title: str,
    parts: Iterable[str],
    *,
    box: int | None = None,
    lettered: bool = True,
) -> str:
    """Return a whole drawing; its first child is the title, which says the finding.

    `box` is the side of a square drawing's own units, where they are not pixels; a
    drawing that is not `lettered` names no font.
    """
    view = f"{box} {box}" if box else f"{width} {height}"
    inside = "".join(parts)
    if lettered:
        inside = f'<g font-family="{_FAMILY}">{inside}</g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {view}"><title>{escape(title)}</title>'
        f"{inside}</svg>"
    )


def write_path(
    path: str, *, fill: str = "none", stroke: str = "none", width: float = 1, dash: str = ""
) -> str:
    """Return one path, filled or stroked."""
    paint = f' stroke="{stroke}" stroke-width="{width:g}"' if stroke != "none" else ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="{fill}"{paint}{dashes}/>'


def write_line(places: Sequence[tuple[float, float]], colour: str, width: float) -> str:
    """Return a line through `places`."""
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return write_path(f"M{path}", stroke=colour, width=width)


def write_rect(
    x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "none"
) -> str:
    """Return a rectangle with its upper left corner at `x`, `y`."""
    edge = f' stroke="{stroke}" stroke-width=".8"' if stroke != "none" else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="{fill}"{edge}/>'
    )


def write_dot(
    x: float, y: float, radius: float, *, fill: str, stroke: str = "none", width: float = 1.2
) -> str:
    """Return a dot, or a ring where `fill` is white."""
    edge = f' stroke="{stroke}" stroke-width="{width:g}"' if stroke != "none" else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}"{edge}/>'


def write_text(
    x: float,
    y: float,
    text: str,
    *,
    colour: str = GREY,
    size: float = SMALL,
    weight: int = 400,
    anchor: str = "middle",
) -> str:
    """Return one line of text, its base line at `y`."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" font-weight="{weight}" '
        f'fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
    )
