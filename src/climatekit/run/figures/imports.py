"""Imports: school scores that an instrument's owner computed, beside our own figures."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan, sqrt

import pandas as pd

from climatekit.ingest.imported_scores import ImportedScore


def add_imported(own: pd.DataFrame, imported: Sequence[ImportedScore]) -> pd.DataFrame:
    """Return our summaries with a row for each imported score.

    Its `sd` is the one that gives back the owner's standard error of the mean; NaN where
    there is none. Its people count as respondents only where nobody answered ours.
    """
    if not imported:
        return own
    there = set(zip(own["school"].astype(str), own["wave"].astype(str), strict=True))
    rows = pd.DataFrame(
        {
            "wave": [one.wave for one in imported],
            "school": [one.school for one in imported],
            "score": [one.score for one in imported],
            "n": [one.n for one in imported],
            "mean": [one.points for one in imported],
            "sd": [
                nan if one.standard_error is None else one.standard_error * sqrt(one.n)
                for one in imported
            ],
            "effective": [float(one.n) for one in imported],
            "counted": [one.n for one in imported],
            "native_mean": [one.value for one in imported],
            "ceiling": 0.0,
            "respondents": [0 if (one.school, one.wave) in there else one.n for one in imported],
        }
    )
    plain = own.astype({"wave": object, "school": object, "score": object})
    return pd.concat([plain, rows[list(own.columns)]], ignore_index=True)
