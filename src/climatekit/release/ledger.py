"""Ledger: every number that a release prints, one row each, and what its text reveals.

Rule D17 of the privacy page. A later release is held against the ledgers of all earlier
ones, so that together they say no more than each may.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from climatekit.release.known import Known
from climatekit.release.relations import Group
from climatekit.release.released import Released
from climatekit.release.rules import (
    SCORE_CAP_HIGH,
    SCORE_CAP_LOW,
    WEIGHTED_PEOPLE,
    percent_step,
)
from climatekit.values import Withheld

if TYPE_CHECKING:  # whoever only reads a ledger loads nothing that measures
    from climatekit.release.assembly import Release, ReleasedChange, SchoolRelease
    from climatekit.release.role_cells import ReleasedRole
    from climatekit.release.score_facts import ScoreFacts

_FULL = 100.0
_HALF = 0.5
_CENT = 0.005
_WEIGHTED = "w"  # no hexadecimal digit


class Entry(NamedTuple):
    """One printed number; a tuple, as a district has hundreds of thousands of them.

    Attributes
    ----------
    wave : str
        The wave it is of; of a change, the later one.
    statistic, subject : str
        What number it is, such as ``points``, and of which score or item, where of one.
    low, high : float or None
        The printed text tells that the true number lies between these, ends included;
        None where that side is open.
    text : str
        As printed, in English.
    since : str
        Of a change, the earlier wave; else empty.
    school, role : str
        Whose answers; empty for all schools, all roles.
    release : str
        First 8 digits of the run key of the release that printed it.
    exports : str
        Hash of the wave's exports: equal ones are the same answers of the same people. It
        begins with ``w`` where people are weighted, and their weights are in it.
    """

    wave: str
    statistic: str
    low: float | None
    high: float | None
    text: str
    since: str = ""
    school: str = ""
    role: str = ""
    subject: str = ""
    release: str = ""
    exports: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        """Which number it is, of whom, whatever its value and whoever answered."""
        return _read_about(self)


# As the file has them.
COLUMNS = (
    "release", "exports", "wave", "since", "school", "role", "statistic", "subject",
    "low", "high", "text",
)  # fmt: skip
LEVEL = "data_use"  # the statistic of what comes from the evidence log, not from answers
_read_about: Callable[[Entry], tuple[str, ...]] = attrgetter(*COLUMNS[2:8])
# One call for each of hundreds of thousands: what an entry tells of whom, whichever release
# printed it; and its `about` with its text.
read_says: Callable[[Entry], tuple[object, ...]] = attrgetter(*COLUMNS[1:8], "text")
read_printed: Callable[[Entry], tuple[str, ...]] = attrgetter(*COLUMNS[2:8], "text")


def list_entries(release: Release, facts: Mapping[str, ScoreFacts]) -> tuple[Entry, ...]:
    """Return one entry for each number that a release may print, in a fixed order.

    Parameters
    ----------
    release : Release
    facts : mapping of str to ScoreFacts
        By score id; the native range turns points into what a native score reveals.
    """
    return tuple(
        [
            entry
            for school in release.schools.values()
            for entry in _list_school(school, facts)
        ]
        + list(_list_district(release))
    )  # fmt: skip


def stamp_entries(
    entries: Iterable[Entry], *, release: str, exports: Mapping[str, str], roles: str = ""
) -> tuple[Entry, ...]:
    """Return entries with the release that prints them and the hash of each wave's exports.

    A change rests on both waves, and so does its hash; a role group's ends in ``/`` and the
    hash of how `roles` are grouped.
    """

    @cache
    def hash_of(since: str, wave: str, *, role: bool) -> str:
        waves = "+".join(exports.get(one, "") for one in (since, wave) if one)
        return f"{waves}/{roles}" if role else waves

    return tuple(
        stamp_entry(
            entry,
            release=release,
            exports=hash_of(entry.since, entry.wave, role=bool(entry.role)),
        )
        for entry in entries
    )


def stamp_entry(entry: Entry, *, release: str, exports: str) -> Entry:
    """Return an entry with its release and the hash of its exports."""
    return Entry(*entry[:-2], release, exports)


def mark_weighted(exports: Mapping[str, str]) -> dict[str, str]:
    """Return the hash of each wave's exports, marked as that of weighted people."""
    return {wave: f"{_WEIGHTED}{known}" for wave, known in exports.items()}


def is_weighted(exports: str) -> bool:
    """Return whether a hash is that of exports whose people are weighted."""
    return exports.startswith(_WEIGHTED)


def find_known(
    earlier: Iterable[Entry],
    *,
    exports: Mapping[str, str],
    roles: str = "",
    raised: Iterable[str] = (),
) -> Known:
    """Return what earlier releases printed of the very same people.

    Parameters
    ----------
    exports : mapping of str to str
        Wave id to the hash of its exports.
    roles : str
        Hash of how people are grouped by role.
    raised : iterable of str
        Waves that were once published with a lower `min_n` than today's.
    """
    groups = set()
    schools: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in earlier:
        if one.statistic not in {"answered", "points"}:
            continue
        same = exports.get(one.wave, "") + (f"/{roles}" if one.role else "")
        if one.exports != same:
            continue
        if one.statistic == "answered":
            groups.add(Group(one.wave, one.school, one.role))
        elif not one.role:
            schools[one.wave, one.subject].add(one.school)
    return Known(
        groups=frozenset(groups),
        schools={key: frozenset(own) for key, own in schools.items()},
        raised=frozenset(raised),
    )


def merge_entries(now: Sequence[Entry], earlier: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries of a release and all earlier ones, each fact once.

    What the new release tells again of the same people is told by its own entry alone.
    """
    carried: dict[tuple[object, ...], Entry] = {}
    for entry in earlier:
        carried.setdefault(read_says(entry), entry)
    if carried:
        for says in map(read_says, now):
            carried.pop(says, None)
    return (*now, *carried.values())


def read_entries(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Entry]:
    """Yield the entry of each row of text under the given columns, in whatever order they are.

    Raises
    ------
    ValueError, TypeError
        If a column is missing, a row too short, or an end not a number.
    """
    pick = itemgetter(*(columns.index(name) for name in Entry._fields))
    for row in rows:
        wave, statistic, low, high, *others = pick(row)
        yield Entry(
            wave,
            statistic,
            float(low) if low else None,
            float(high) if high else None,
            *others,
        )


def _list_school(school: SchoolRelease, facts: Mapping[str, ScoreFacts]) -> Iterator[Entry]:
    for wave, who in school.waves.items():
        place = {"wave": wave, "school": school.school}
        for name in ("answered", "eligible", "rate"):
            shown = getattr(who, name)
            if isinstance(shown, Released):
                yield _enter(shown, _reveal(shown), statistic=name, **place)
        for score in school.scores:
            yield from _list_score(school, wave, facts[score])
        yield from _list_shares(school, wave)
    for told in school.scores.values():
        if told.change is not None:
            yield from _list_change(told.change, school.school)
    for one in school.roles.values():
        yield from _list_role(one, school.school)


def _list_shares(school: SchoolRelease, wave: str) -> Iterator[Entry]:
    answered = school.waves[wave].answered
    if not isinstance(answered, Released):
        return
    place = {"wave": wave, "school": school.school}
    for item, asked in school.items.items():
        share = asked.favourable.get(wave)
        if share is not None:
            people = WEIGHTED_PEOPLE if asked.weighted else int(answered.value)
            ends = _reveal_share(share, people)
            yield _enter(share, ends, statistic="favourable", subject=item, **place)


def _list_role(told: ReleasedRole, school: str) -> Iterator[Entry]:
    place = {"school": school, "role": told.role}
    for wave, shown in told.answered.items():
        if isinstance(shown, Released):
            yield _enter(shown, _reveal(shown), wave=wave, statistic="answered", **place)
    for (wave, score), shown in told.points.items():
        if isinstance(shown, Released):
            ends = _reveal(shown)
            yield _enter(shown, ends, wave=wave, statistic="points", subject=score, **place)


def _list_score(school: SchoolRelease, wave: str, facts: ScoreFacts) -> Iterator[Entry]:
    place = {"wave": wave, "school": school.school, "subject": facts.score}
    told = school.scores[facts.score]
    points, native = told.points.get(wave), told.native.get(wave)
    if not isinstance(points, Released):
        return
    yield _enter(points, _reveal(points), statistic="points", **place)
    for name, end in (("points_low", points.low), ("points_high", points.high)):
        if end is not None:
            low = None if end <= SCORE_CAP_LOW else end - _HALF
            high = None if end >= SCORE_CAP_HIGH else end + _HALF
            yield Entry(statistic=name, low=low, high=high, text=f"{end:g}", **place)
    if isinstance(native, Released):
        # Worked out from the printed points, it reveals what they do.
        low, high = (_to_native(end, facts) for end in _reveal(points))
        yield _enter(native, (low, high), statistic="native", **place)


def _list_change(change: ReleasedChange, school: str) -> Iterator[Entry]:
    place = {
        "wave": change.after,
        "since": change.before,
        "school": school,
        "subject": change.score,
    }
    shown = change.difference
    if isinstance(shown, Released):
        # The difference of two rounded numbers.
        ends = shown.value - 1, shown.value + 1
        yield _enter(shown, ends, statistic="difference", **place)
        for name, end in (("difference_low", shown.low), ("difference_high", shown.high)):
            if end is not None:
                yield Entry(
                    statistic=name, low=end - _HALF, high=end + _HALF, text=f"{end:g}", **place
                )
    if change.steps is not None:
        steps = float(change.steps)
        yield Entry(statistic="steps", low=steps, high=steps, text=f"{steps:g}", **place)
    move = change.detectable
    if isinstance(move, Released):
        # Rounded up, and never printed under 1.
        low = 0.0 if move.value <= 1 else move.value - 1
        yield _enter(move, (low, move.value), statistic="detectable", **place)


def _list_district(release: Release) -> Iterator[Entry]:
    for (wave, score), line in release.benchmark.items():
        yield _enter(line, _reveal(line), wave=wave, statistic="benchmark", subject=score)
    for wave, pool in release.pools.items():
        for name, shown in (
            ("answered", pool.answered),
            ("pooled_schools", pool.schools),
            ("pooled_people", pool.people),
        ):
            if isinstance(shown, Released):
                yield _enter(shown, _reveal(shown), wave=wave, statistic=name)
    yield from _list_quality(release)


def _list_quality(release: Release) -> Iterator[Entry]:
    for (wave, score), quality in release.quality.items():
        for name in ("alpha", "icc1", "icc2", "rwgj"):
            shown = getattr(quality, name)
            if isinstance(shown, Withheld):
                continue
            place = {"wave": wave, "subject": score}
            yield _enter(shown, _reveal(shown), statistic=name, **place)
            # Of the others no interval is printed.
            for side, end in (("low", shown.low), ("high", shown.high)):
                if end is not None and name == "alpha":
                    yield Entry(
                        statistic=f"{name}_{side}",
                        low=end - _CENT,
                        high=end + _CENT,
                        text=f"{end:g}",
                        **place,
                    )


def _enter(shown: Released, ends: tuple[float | None, float | None], **place: str) -> Entry:
    return Entry(low=ends[0], high=ends[1], text=shown.text, **place)


def _reveal(shown: Released) -> tuple[float | None, float | None]:
    """Return between which two numbers the true one lies, for whoever reads the text."""
    value = float(shown.value)
    if shown.unit in ("people", "count"):
        return value, value
    if shown.unit == "coefficient":
        return value - _CENT, value + _CENT
    if shown.unit == "percent":
        # A rate of more answers than staff is printed as 100%.
        return value - _HALF, None if value >= _FULL else value + _HALF
    if shown.capped == "low":
        return 0.0, value + _HALF
    if shown.capped == "high":
        return value - _HALF, _FULL
    return value - _HALF, value + _HALF


def _reveal_share(shown: Released, n: int) -> tuple[float, float]:
    step = percent_step(n)
    width = step[0] / 2 if step else _HALF
    if shown.capped == "low":
        return 0.0, shown.value + width
    if shown.capped == "high":
        return shown.value - width, _FULL
    return shown.value - width, shown.value + width


def _to_native(points: float | None, facts: ScoreFacts) -> float | None:
    return None if points is None else facts.low + points / _FULL * (facts.high - facts.low)
