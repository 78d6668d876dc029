"""Among: of which schools' people a score's figures over the district are made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.measure.groups import Flags, number_groups
from climatekit.measure.scoring import Scores

Schools = Mapping[str, Collection[str]]
"""Wave to the schools that are looked at in it."""
Among = Mapping[str, Schools]
"""Score to the same; a score that is not named has none."""


def mark_among(responses: Responses, schools: Schools) -> Flags:
    """Return of each row whether its school is among those looked at in its wave."""
    numbers, groups = number_groups(responses, ("wave", "school"))
    wanted = {wave: frozenset(own) for wave, own in schools.items()}
    pairs = zip(groups["wave"], groups["school"], strict=True)
    told = np.array([school in wanted.get(wave, ()) for wave, school in pairs], dtype=np.bool_)
    marks: Flags = told[numbers]
    return marks


def keep_among(scores: Scores, among: Among) -> Scores:
    """Return the scores without those of people whose school is not looked at."""
    rules = {
        score: replace(
            own,
            points=np.where(mark_among(scores.responses, among.get(score, {})), own.points, np.nan),
        )
        for score, own in scores.rules.items()
    }
    return replace(scores, rules=rules)
