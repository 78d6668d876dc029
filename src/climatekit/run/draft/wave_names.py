"""Wave names: what exports say of their waves by themselves, their names, days and order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
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


def make_waves(exports: Sequence[Path], ids: Sequence[str]) -> tuple[WaveSettings, ...]:
    """Return the waves that these exports are of, an id for each, with labels made of the ids."""
    waves: dict[str, WaveSettings] = {}
    for name, path in zip(ids, exports, strict=True):
        label = " ".join(name.replace("_", " ").split())
        before = waves.get(name) or WaveSettings(id=name, label=label[:1].upper() + label[1:])
        waves[name] = replace(before, exports=(*before.exports, path))
    return tuple(waves.values())


def date_waves(
    waves: Sequence[WaveSettings], days: Sequence[tuple[date | None, date | None]]
) -> tuple[WaveSettings, ...]:
    """Return the waves with their first and last days, in the order of time.

    A first day after the last one is left out. Two waves of one last day have no order in
    time: the person has to say it, and none gets a last day.
    """
    dated = [
        replace(wave, opened=first if first and last and first <= last else None, closed=last)
        for wave, (first, last) in zip(waves, days, strict=True)
    ]
    known = [wave.closed for wave in dated if wave.closed is not None]
    if len(set(known)) < len(known):
        return tuple(replace(wave, closed=None) for wave in dated)
    if len(known) == len(dated):
        dated.sort(key=lambda wave: wave.closed or date.min)
    return tuple(dated)


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
