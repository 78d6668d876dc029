"""Power plan: for each school of the roster, the change that it could show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from climatekit.ingest.roster import Roster, read_roster
from climatekit.knowledge.needs import require_roster
from climatekit.knowledge.settings import Settings
from climatekit.measure.planning import Advice, plan_pooled, plan_waves
from climatekit.run.files.spreadsheet import Cell

POWER_COLUMNS = (
    "school", "name", "eligible", "answers", "reach", "detectable", "pace", "advice", "reading",
)  # fmt: skip

READINGS: dict[Advice, str] = {
    "two_waves": "two waves can show it",
    "third_wave": "needs a third wave and the trend",
    "pooled": "too few: lean on the district's pooled change",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerPlan:
    """What each school could show.

    Attributes
    ----------
    rows : tuple of tuple
        One per school, and the district's pooled one at the end.
    gone : tuple of str
        Names of the schools without a row in the newest wave: none is planned for them.
    uncounted : tuple of str
        Names of those whose number of staff is not known.
    newest : str
        That wave.
    """

    rows: tuple[tuple[Cell, ...], ...]
    gone: tuple[str, ...]
    uncounted: tuple[str, ...]
    newest: str


def plan_power(settings: Settings, *, response: float, sd: float) -> PowerPlan:
    """Return a row per school of the roster's newest wave, and the district's pooled one.

    Only the roster is read: the plan is for the time before anybody has answered.

    Parameters
    ----------
    settings : Settings
    response : float
        Planned share of staff who answer, over 0 to 1.
    sd : float
        Standard deviation of persons' scores within a school, points.

    Raises
    ------
    DefinitionError
        If the settings name no roster.
    InputError
        With every fault of the roster.
    """
    roster_file = require_roster(
        settings, known_by_it="the size of any school is", instead="pass --roster FILE"
    )
    waves = [wave.id for wave in settings.waves]
    roster = read_roster(roster_file, waves=waves or None)
    staff = _Staff(roster, waves)
    counts = staff.count()
    eligible = {school: count for school, count in counts.items() if count is not None}
    comparison = settings.comparison
    rows: list[tuple[Cell, ...]] = [
        (
            one.school,
            roster.schools[one.school].name,
            one.eligible,
            one.answers,
            _round(one.reach),
            _round(one.detectable),
            _round(one.pace),
            one.advice,
            READINGS[one.advice],
        )
        for one in plan_waves(
            eligible,
            response=response,
            sd=sd,
            min_n=settings.disclosure.min_n,
            settings=comparison,
        )
    ]
    pooled = plan_pooled(eligible, response=response, sd=sd, settings=comparison)
    if len(rows) > 1 and pooled is not None:
        answers = sum(int(str(row[3])) for row in rows)
        total = sum(eligible.values())
        reading = "all schools pooled, if all change alike"
        rows.append(("", "District", total, answers, None, _round(pooled), None, "pooled", reading))
    names = {school: roster.schools[school].name for school in roster.schools}
    return PowerPlan(
        rows=tuple(rows),
        gone=tuple(names[school] for school in staff.gone),
        uncounted=tuple(names[school] for school, count in counts.items() if count is None),
        newest=staff.newest,
    )


class _Staff:
    """How many staff each school of the roster's newest wave has.

    A school without a row there is gone, and nobody can be asked in it. Where another took
    over its name, as one does that it was merged into, its staff are there now.
    """

    def __init__(self, roster: Roster, configured: Sequence[str]) -> None:
        found = dict.fromkeys(wave for _, wave in roster.listed)
        listed = set(roster.listed)
        self._roster = roster
        self._waves = [wave for wave in configured or found if wave in found]
        self.newest = self._waves[-1]
        self._parts: dict[str, list[str]] = {
            school: [] for school in roster.schools if (school, self.newest) in listed
        }
        self.gone: list[str] = []
        for school in dict.fromkeys(one for one, wave in roster.listed if wave != self.newest):
            heir = school
            if school not in self._parts:
                heir = roster.names.find(roster.schools[school].name, self.newest) or school
            self._parts.get(heir, self.gone).append(school)

    def count(self) -> dict[str, int | None]:
        """Return each school's staff in the newest wave, or else of those that it was made of."""
        return {school: self._count(school) for school in self._parts}

    def _count(self, school: str) -> int | None:
        now = self._roster.eligible(school, self.newest)
        if now is not None:
            return now
        before = [self._count_last(part) for part in self._parts[school]]
        known = [count for count in before if count is not None]
        return sum(known) if known and len(known) == len(before) else None

    def _count_last(self, school: str) -> int | None:
        counts = (self._roster.eligible(school, wave) for wave in reversed(self._waves))
        return next((count for count in counts if count is not None), None)


def _round(points: float | None) -> float | None:
    return None if points is None else round(points, 1)
