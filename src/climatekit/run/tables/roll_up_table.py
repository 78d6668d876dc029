"""Roll-up table: how many schools stand at each data-use level, and what blocks most of them."""

from __future__ import annotations

from climatekit.data_use.roll_up import roll_up
from climatekit.knowledge.wording import load_messages
from climatekit.run.files.spreadsheet import Cell
from climatekit.run.study import Study

ROLL_UP_COLUMNS = ("kind", "id", "title", "evidenced", "possible", "schools", "not_on_file")


def list_roll_up(study: Study) -> list[tuple[Cell, ...]]:
    """Return one row per level, one for the schools without, one per blocker.

    Of a level the schools at which it is evidenced, and at which it is possible; of a
    blocker the schools of which a next step names it, and those of them with nothing on
    file.
    """
    messages = load_messages(study.settings.language)
    rolled = roll_up(study.ratings.values())
    rows: list[tuple[Cell, ...]] = [
        (
            "level",
            str(level),
            messages.say(f"level.{level}.title"),
            count,
            rolled.possible[level],
            None,
            None,
        )
        for level, count in rolled.evidenced.items()
    ]
    unrated = messages.say("data_use.unrated")
    rows.append(("unrated", "", unrated, None, None, rolled.unrated, None))
    rows += [
        (
            "blocker",
            one.indicator,
            messages.say(f"indicator.{one.indicator}.question"),
            None,
            None,
            one.schools,
            one.not_on_file,
        )
        for one in rolled.blockers
    ]
    return rows
