"""Charts: the brief's small drawings as SVG text, made from released values alone.

Each function is pure: values and words in, one ``<svg>`` out, whose first child is a
``<title>`` that says the finding. The panels over the waves are in `trend`.
"""

from __future__ import annotations

from climatekit.release.released import Released
from climatekit.report.brief import MoverRow, Participation
from climatekit.report.svg import (
    BLUE,
    GOLD,
    HAIR,
    ORANGE,
    PALE,
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
