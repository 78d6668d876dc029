"""Cautions: what is to be said of each scale, as this study used it."""

from __future__ import annotations

from collections.abc import Sequence

from climatekit.knowledge.scale_model import Caution, Scale
from climatekit.knowledge.scale_use import find_cautions
from climatekit.release.released import Released
from climatekit.run.study import Study


def list_cautions(study: Study, scales: Sequence[Scale]) -> dict[str, tuple[Caution, ...]]:
    """Return the cautions that this study calls up, by the scale's id.

    `scales` are the study's, in the language of the page.
    """
    calls = any(one.when == "reversed_apart" for scale in scales for one in scale.cautions)
    suspect = study.items_apart if calls else frozenset()
    people = [
        int(wave.answered.value)
        for school in study.release.schools.values()
        for wave in school.waves.values()
        if isinstance(wave.answered, Released)
    ]
    return {
        scale.id: find_cautions(
            scale,
            norms=any(
                isinstance(one.shown, Released) and score in scale.scores
                for school in study.standards.values()
                for (_, score), one in school.items()
            ),
            ranking=len(study.release.schools) > 1,
            reversed_apart=bool(suspect & set(scale.items)),
            edited=bool(_list_edited(study, scale)),
            people=min(people, default=None),
        )
        for scale in scales
    }


def _list_edited(study: Study, scale: Scale) -> set[str]:
    """Return the items of a scale that the codebook or the settings call edited."""
    book = study.inputs.codebook
    rows = book.rows if book else ()
    return set(scale.edited) | {
        row.item for row in rows if "edited" in row.flags and row.item in scale.items
    }
