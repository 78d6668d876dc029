"""Charts: the brief's small drawings as SVG text, made from released values alone.

Each function is pure: values and words in, one ``<svg>`` out, whose first child is a
``<title>`` that says the finding. The panels over the waves are in `trend`.
"""

from __future__ import annotations

from climatekit.release.released import Released
from climatekit.report.brief import MoverRow, Participation, QuestionRow
from climatekit.report.svg import (
    BLUE,
    GOLD,
    HAIR,
    ORANGE,
    PALE,
    RULE,
    SMALL,
    TRACK,
    clamp,
    measure_text,
    write_dot,
    write_line,
    write_rect,
    write_svg,
    write_text,
)


def draw_mover(row: MoverRow, *, title: str, width: int = 180, height: int = 16) -> str:
    """Draw percent favourable before (ring) and after (dot) on an axis of 0 to 100."""
    middle = height / 2
    left, right = 6.0, width - 6.0
    before, after = (
        left + (right - left) * clamp(shown.value, 0, 100) / 100
        for shown in (row.before, row.after)
    )
    colour = ORANGE if row.after.value < row.before.value else BLUE
    same = abs(before - after) < 1
    parts = [
        write_line([(left, middle), (right, middle)], HAIR, 1),
        write_line([(left, middle - 4), (left, middle + 4)], HAIR, 1),
        write_line([(right, middle - 4), (right, middle + 4)], HAIR, 1),
        write_line([(before, middle), (after, middle)], colour, 3),
        write_dot(before, middle, 4, fill="#fff", stroke=colour, width=1.8),
        write_dot(after, middle, 2.2 if same else 4.4, fill=colour),
    ]
    return write_svg(width, height, title, parts)


def draw_share(row: QuestionRow, *, title: str, width: int, height: int = 14) -> str:
    """Draw percent favourable as a bar on a track of 0 to 100; a ring where it was before.

    A capped percentage ends at its cap: the drawing says no more than the number beside it.
    """
    edge, middle = 5.0, height / 2
    across = width - 2 * edge
    parts = [
        write_rect(edge, middle - 3.5, across, 7, fill=HAIR),
        write_rect(edge, middle - 3.5, across * row.after.value / 100, 7, fill=BLUE),
    ]
    if row.before is not None:
        before = edge + across * row.before.value / 100
        parts.append(write_dot(before, middle, 3.6, fill="#fff", stroke=BLUE, width=1.6))
    return write_svg(width, height, title, parts, lettered=False)


def draw_lines(lines: int, *, title: str, width: int = 709, apart: int = 34) -> str:
    """Draw lines to write on by hand."""
    # Rectangles, as lines would be taken for those of an axis.
    rules = [write_rect(0, apart * line, width, 0.8, fill=RULE) for line in range(1, lines + 1)]
    return write_svg(width, apart * lines + 1, title, rules, lettered=False)


def draw_response(
    participation: Participation, *, title: str, label: str, width: int = 200, height: int = 28
) -> str:
    """Draw the response rate as a bar with a tick at the floor; without a rate, the track alone."""
    bar, top = 7, 3
    floor = width * clamp(participation.floor, 0, 100) / 100
    parts = [write_rect(0, top, width, bar, fill=TRACK)]
    if isinstance(participation.rate, Released):
        filled = width * clamp(participation.rate.value, 0, 100) / 100
        parts.append(write_rect(0, top, filled, bar, fill=GOLD))
    parts.append(write_line([(floor, top - 3), (floor, top + bar + 3)], "#fff", 1.4))
    half = measure_text(label, SMALL) / 2
    parts.append(write_text(clamp(floor, half, width - half), height - 3, label, colour=PALE))
    return write_svg(width, height, title, parts)
