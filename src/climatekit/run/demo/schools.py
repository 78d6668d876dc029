"""Demo schools: who works in the made-up district, and what happens to each school.

Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

ROLES = ("Teacher", "Support staff")
FACETS = ("ots.tp", "ots.tco", "ots.tcl", "ces_sf.total", "bscs.total")

_FIRST_PLAIN = 9
_MOST_SCHOOLS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One survey window: wave id, label, export's file name, first and last day."""

    id: str
    label: str
    export: str
    opened: date
    closed: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One school in one wave.

    Attributes
    ----------
    eligible, answered : tuple of int
        Staff who could answer and who did, as teachers and support staff (see `ROLES`).
    climate : tuple of float
        Mean feeling per facet, in the order of `FACETS`, 0 to 100.
    """

    eligible: tuple[int, int]
    answered: tuple[int, int]
    climate: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSchool:
    """One made-up school; a wave that is missing in `turns` did not reach it."""

    id: str
    name: str
    grades: str
    turns: Mapping[str, Turn]


WINDOWS = tuple(
    Window(
        id=f"{year}-spring",
        label=f"Spring {year}",
        export=f"spring_{year}.csv",
        opened=date(year, 4, first),
        closed=date(year, 4, last),
    )
    for year, first, last in ((2024, 8, 26), (2025, 7, 25), (2026, 6, 24))
)


def list_schools(count: int) -> tuple[DemoSchool, ...]:
    """Return the first `count` schools: eight with a story, then plain ones.

    Raises
    ------
    ValueError
        If `count` is not between 1 and 500.
    """
    if not 1 <= count <= _MOST_SCHOOLS:
        raise ValueError(f"schools must be between 1 and {_MOST_SCHOOLS}, not {count}")
    plain = range(_FIRST_PLAIN, count + 1)
    return _STORIES[:count] + tuple(_make_plain_school(number) for number in plain)


_Row = tuple[tuple[int, int], tuple[int, int], tuple[float, ...]]


def _turns(*rows: _Row) -> dict[str, Turn]:
    # A school that joined later has fewer rows; its rows belong to the newest waves.
    windows = WINDOWS[len(WINDOWS) - len(rows) :]
    return {
        window.id: Turn(eligible=eligible, answered=answered, climate=climate)
        for window, (eligible, answered, climate) in zip(windows, rows, strict=True)
    }


_STORIES = (
    DemoSchool(  # trust between staff rises clearly in the last year
        id="101",
        name="Alder Grove Elementary",
        grades="K-5",
        turns=_turns(
            ((28, 10), (24, 8), (61, 56, 58, 60, 63)),
            ((28, 10), (24, 9), (62, 57, 59, 61, 64)),
            ((29, 10), (26, 9), (68, 74, 62, 63, 69)),
        ),
    ),
    DemoSchool(  # collective efficacy falls in the last year
        id="102",
        name="Birch Hill Middle School",
        grades="6-8",
        turns=_turns(
            ((36, 12), (29, 9), (66, 68, 60, 68, 66)),
            ((36, 12), (30, 10), (65, 68, 60, 67, 66)),
            ((35, 12), (29, 9), (64, 67, 57, 57, 64)),
        ),
    ),
    DemoSchool(  # large and steady
        id="103",
        name="Cedar Valley High School",
        grades="9-12",
        turns=_turns(
            ((64, 21), (52, 16), (64, 69, 58, 62, 64)),
            ((64, 20), (53, 17), (64, 70, 58, 62, 64)),
            ((64, 21), (54, 17), (64, 69, 58, 62, 65)),
        ),
    ),
    DemoSchool(  # too small for any number
        id="104",
        name="Juniper Flats School",
        grades="K-8",
        turns=_turns(
            ((6, 3), (5, 2), (70, 74, 66, 64, 72)),
            ((6, 3), (5, 2), (71, 74, 66, 65, 72)),
            ((6, 3), (5, 3), (72, 75, 67, 66, 74)),
        ),
    ),
    DemoSchool(  # the middle wave has too few answers
        id="105",
        name="École Lachlan",
        grades="K-7",
        turns=_turns(
            ((24, 8), (20, 6), (67, 70, 68, 65, 68)),
            ((24, 8), (6, 2), (66, 69, 67, 65, 67)),
            ((25, 8), (21, 6), (70, 73, 69, 67, 71)),
        ),
    ),
    DemoSchool(  # joined in 2026
        id="106",
        name="Harbour View Elementary",
        grades="K-5",
        turns=_turns(((22, 7), (18, 5), (73, 72, 70, 69, 70))),
    ),
    DemoSchool(  # small ups and downs, too close to call
        id="107",
        name="Larkspur Elementary",
        grades="K-5",
        turns=_turns(
            ((17, 6), (14, 4), (58, 64, 62, 58, 60)),
            ((17, 6), (13, 4), (60, 66, 62, 60, 62)),
            ((17, 6), (13, 5), (57, 62, 61, 62, 59)),
        ),
    ),
    DemoSchool(  # fewer answer each year, so a change is fragile
        id="108",
        name="Tamarack Junior High",
        grades="7-9",
        turns=_turns(
            ((40, 14), (36, 12), (55, 63, 52, 57, 58)),
            ((40, 14), (35, 11), (55, 62, 52, 57, 57)),
            ((40, 14), (25, 8), (57, 70, 53, 58, 60)),
        ),
    ),
)

_TREES = (
    "Ash",
    "Beech",
    "Chestnut",
    "Dogwood",
    "Elm",
    "Fir",
    "Hawthorn",
    "Hemlock",
    "Juneberry",
    "Laurel",
    "Linden",
    "Maple",
    "Oak",
    "Pine",
    "Poplar",
    "Rowan",
    "Spruce",
    "Sumac",
    "Sycamore",
    "Walnut",
    "Willow",
    "Yew",
)
_PLACES = ("Bank", "Creek", "Crossing", "Dale", "Field", "Glen", "Lake", "Park")
_KINDS = (
    ("Elementary", "K-5"),
    ("Middle School", "6-8"),
    ("High School", "9-12"),
)


def _make_plain_school(number: int) -> DemoSchool:
    at = number - _FIRST_PLAIN
    tree = _TREES[at % len(_TREES)]
    place = _PLACES[at // len(_TREES) % len(_PLACES)]
    kind, grades = _KINDS[at // (len(_TREES) * len(_PLACES)) % len(_KINDS)]
    teachers, support = 14 + at * 7 % 45, 5 + at * 3 % 11
    answered = (teachers * 4 // 5, support * 4 // 5)
    shift = float(at * 11 % 17 - 8)
    drift = float(at * 5 % 7 - 3)
    return DemoSchool(
        id=str(100 + number),
        name=f"{tree} {place} {kind}",
        grades=grades,
        turns=_turns(
            *(
                (
                    (teachers, support),
                    answered,
                    tuple(base + shift + drift * step for base in (63, 67, 60, 62, 64)),
                )
                for step in range(len(WINDOWS))
            )
        ),
    )
