"""Coding problems: what the coding check found, as warnings to show."""

from __future__ import annotations

from collections.abc import Iterable

from climatekit.errors import Problem
from climatekit.measure.coding import ItemCoding
from climatekit.measure.consistency import ScaleReliability

_CODES = {
    "looks_unreversed": "CK291",
    "looks_reversed_twice": "CK292",
    "off_by_one": "CK293",
    "out_of_range": "CK294",
    "out_of_range_in_one_wave": "CK294",
    "constant": "CK295",
}
_MENDS = {
    "CK291": "look the item up in the author's form; if it is to be reversed, say so in the "
    "scale file's key",
    "CK292": "export the raw answers, without the survey tool's own reversal",
    "CK293": "compare the answer codes of this export with those of the scale file",
    "CK294": "correct the answers, or the response set that the scale file declares",
    "CK295": "look whether the column holds this item's answers at all",
}


def list_coding_problems(codings: Iterable[ItemCoding]) -> tuple[Problem, ...]:
    """Return a warning for each item that does not look as declared.

    Nothing is ever corrected: which of export and scale file is wrong only the district
    can say.
    """
    return tuple(
        Problem(
            code=_CODES[one.finding],
            message=f"{one.item} {one.finding.replace('_', ' ')} in "
            f"{', '.join(one.waves)}: {one.evidence}",
            column=one.item,
            mend=_MENDS[_CODES[one.finding]],
            severity="warning",
        )
        for one in codings
        if one.suspect
    )


def list_negative_alphas(reports: Iterable[ScaleReliability]) -> tuple[Problem, ...]:
    """Return a warning for each score and wave whose alpha is negative."""
    return tuple(
        Problem(
            code="CK296",
            message=f"alpha of {one.score} in {one.wave} is negative: its items contradict each "
            "other, as they do when one is reversed that should not be, or the other way round"
            + (f" (against the others: {', '.join(one.suspects)})" if one.suspects else "")
            + "; no brief shows the score",
            column=one.score,
            mend="look at the items named by climatekit reliability, and at the scale's key",
            severity="warning",
        )
        for one in reports
        if one.negative and one.wave is not None
    )
