"""Wave names: what exports say of their waves by themselves, their names and their days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from climatekit.errors import InputError
from climatekit.ingest.sheets import open_sheet
from climatekit.knowledge.settings import ReadingSettings, WaveSettings


def name_waves(exports: Sequence[Path]) -> list[str]:
    """Return an id for each export: its name, or its year where that tells them apart."""
    stems = [path.stem for path in exports]
    years = [set(re.findall(r"(?<!\d)20\d\d(?!\d)", stem)) for stem in stems]
    clear = all(len(one) == 1 for one in years)
    if clear and len(set.union(*years)) == len(stems) and any(" " in stem for stem in stems):
        return [one.pop() for one in years]
    return stems


def find_days(wave: WaveSettings, reading: ReadingSettings) -> tuple[date | None, date | None]:
    """Return the first and the last day on which somebody answered, where the exports tell."""
    days = []
    for path in wave.exports:
        try:
            days.append(open_sheet(path, reading).days)
        except InputError:
            return None, None  # told with the faults of all exports, when they are matched
    told = [one for one in days if one is not None]
    return (
        min((one.first for one in told), default=None),
        max((one.last for one in told), default=None),
    )
