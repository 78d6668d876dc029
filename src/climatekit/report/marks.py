"""Marks: the small signs that stand before a word, so that colour is never alone."""

from __future__ import annotations

from climatekit.report.svg import (
    BAND,
    BLUE,
    BROWN,
    DISTRICT,
    EDGE,
    FAIR,
    GOOD,
    GREEN,
    GREY,
    PALE_BLUE,
    RED,
    WEAK,
    write_dot,
    write_line,
    write_path,
    write_rect,
    write_svg,
)

WHITE = "#fff"
_TICK = "M3.2 6.2 5.4 8.4 9 3.9"
_CROSS = "M3.6 3.6 8.4 8.4M8.4 3.6 3.6 8.4"
_BOX = "M1 1H11V11H1Z"
_CLOCK_HANDS = "M6 3.2V6L8 7.4"
_DASH = "M2.5 6H9.5"

MARKS = {
    "yes": write_path(_BOX, fill=BLUE, stroke=BLUE) + write_path(_TICK, stroke=WHITE, width=1.6),
    "part": (
        write_path(_BOX, fill=WHITE, stroke=BLUE, width=1.2)
        + write_path("M3.2 6H8.8", stroke=BLUE, width=1.8)
    ),
    "no": (
        write_path(_BOX, fill=WHITE, stroke=RED, width=1.2)
        + write_path(_CROSS, stroke=RED, width=1.6)
    ),
    "open": write_path(_BOX, fill=WHITE, stroke=GREY, width=1.2),
    "later": (
        write_dot(6, 6, 5, fill=WHITE, stroke=GREY)
        + write_path(_CLOCK_HANDS, stroke=GREY, width=1.2)
    ),
    "none": write_path(_DASH, stroke=GREY, width=1.4),
}
LIGHTS = {
    "good": write_dot(6, 6, 5.6, fill=GOOD) + write_path(_TICK, stroke=WHITE, width=1.5),
    "fair": (
        write_path("M6 .4 11.8 11.2H.2Z", fill=FAIR)
        + write_path("M6 4V7.4M6 8.6V10", stroke=WHITE, width=1.5)
    ),
    "weak": (
        write_path("M.4 .4H11.6V11.6H.4Z", fill=WEAK) + write_path(_CROSS, stroke=WHITE, width=1.5)
    ),
    "unknown": write_dot(6, 6, 5, fill=WHITE, stroke=GREY),
}
SYMBOLS = ("up", "down", "slight_up", "slight_down", "steady", "unclear", "none")
VERDICT_COLOURS = {"rose": GREEN, "fell": RED, "moved_slightly": BROWN, "held_steady": BLUE}
KEYS = ("school", "district", "gap", "break", "ring", "dot", "bar")


def draw_mark(mark: str, *, title: str, size: int = 12) -> str:
    """Draw an evidence mark: full, half, crossed or empty box, clock, or a dash."""
    return write_svg(size, size, title, [MARKS.get(mark, MARKS["none"])], box=12, lettered=False)


def draw_light(reliability: str, *, title: str, size: int = 12) -> str:
    """Draw a reliability light: round tick, triangle, square cross, or an open ring."""
    return write_svg(
        size, size, title, [LIGHTS.get(reliability, LIGHTS["unknown"])], box=12, lettered=False
    )


def draw_symbol(symbol: str, verdict: str, *, title: str, size: int = 10) -> str:
    """Draw a verdict's symbol in the verdict's colour; an unknown symbol becomes a dash."""
    colour = VERDICT_COLOURS.get(verdict, GREY)
    shapes = {
        "up": write_path("M5 .8 9.6 9.2H.4Z", fill=colour),
        "down": write_path("M5 9.2 .4 .8H9.6Z", fill=colour),
        "slight_up": write_path("M5 1.6 8.9 8.8H1.1Z", stroke=colour, width=1.3),
        "slight_down": write_path("M5 8.4 1.1 1.2H8.9Z", stroke=colour, width=1.3),
        "steady": write_dot(5, 5, 4, fill=colour),
        "unclear": write_dot(5, 5, 3.8, fill=WHITE, stroke=colour, width=1.4),
    }
    dash = write_path("M1 5H9", stroke=colour, width=1.6)
    return write_svg(size, size, title, [shapes.get(symbol, dash)], box=10, lettered=False)


def draw_key(kind: str, *, title: str) -> str:
    """Draw a sample for a legend; `kind` is one of `KEYS`."""
    if kind in ("ring", "dot"):
        fill = BLUE if kind == "dot" else WHITE
        return write_svg(10, 10, title, [write_dot(5, 5, 3.8, fill=fill, stroke=BLUE, width=1.6)])
    samples = {
        "school": [
            write_line([(0, 7), (24, 7)], BLUE, 1.8),
            write_rect(10.2, 1, 3.6, 12, fill=PALE_BLUE),
            write_dot(12, 7, 3.8, fill=BLUE),
        ],
        "district": [write_line([(0, 7), (24, 7)], DISTRICT, 1.3)],
        "gap": [write_rect(5, 1, 14, 12, fill=BAND, stroke=EDGE)],
        "break": [write_path("M12 0V14", stroke=GREY, dash="2 2")],
        "bar": [write_rect(0, 3.5, 24, 7, fill=BLUE)],
    }
    return write_svg(24, 14, title, samples[kind])
