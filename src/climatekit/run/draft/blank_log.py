"""Blank log: an evidence log written for a district to fill in."""

from __future__ import annotations

from pathlib import Path

from climatekit.ingest.evidence_log import HEADINGS
from climatekit.ingest.roster import read_roster
from climatekit.knowledge.needs import require_roster
from climatekit.knowledge.settings import Settings
from climatekit.run.files.new_files import write_new_text
from climatekit.run.files.spreadsheet import write_csv


def write_blank_log(settings: Settings, path: Path) -> int:
    """Write a log with one row per school of the roster and wave; return how many rows.

    Waves that closed before the log began are left out.

    Raises
    ------
    DefinitionError
        If the settings name no roster, so that the schools are not known.
    OutputError
        If the file is there already, or cannot be written.
    """
    roster_file = require_roster(settings, known_by_it="the schools are")
    roster = read_roster(roster_file, waves=[wave.id for wave in settings.waves])
    start = settings.rubric.log_start
    waves = [
        wave.id
        for wave in settings.waves
        if start is None or wave.closed is None or wave.closed >= start
    ]
    blank = [""] * (len(HEADINGS) - 3)
    rows = [[school, wave, "shared_back", *blank] for school in roster.schools for wave in waves]
    write_new_text(path, write_csv(HEADINGS, rows))
    return len(rows)
