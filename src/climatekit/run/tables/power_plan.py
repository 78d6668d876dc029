"""Power plan: for each school of the roster, the change that it could show."""

from __future__ import annotations

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


def list_power(settings: Settings, *, response: float, sd: float) -> list[tuple[Cell, ...]]:
    """Return one row per school of the roster, and the district's pooled one at the end.

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
    eligible = _list_eligible(roster, waves)
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
    return rows


def _list_eligible(roster: Roster, configured: list[str]) -> dict[str, int]:
    """Return each school's staff in the newest wave that the roster counts them for."""
    listed = (wave for _, wave in (*roster.totals, *roster.group_sizes))
    waves = configured or list(dict.fromkeys(listed))
    found = {}
    for school in roster.schools:
        for wave in reversed(waves):
            count = roster.eligible(school, wave)
            if count is not None:
                found[school] = count
                break
    return found


def _round(points: float | None) -> float | None:
    return None if points is None else round(points, 1)
