"""Opinion: pingouin's second opinion, asked once for the same answers of the same schools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from climatekit.measure.second_opinion import SecondOpinion
from climatekit.run.publishing.manifest import describe_answers, hash_parts
from climatekit.run.study import Study


@dataclass(frozen=True, slots=True)
class Opinion:
    """The second opinion, and what a manifest tells of it: nothing where it differs from ours."""

    given: SecondOpinion
    told: Mapping[str, object]


def ask_opinion(study: Study, manifest: Mapping[str, object], before: object) -> Opinion:
    """Return pingouin's opinion: as a release tells it where that rests on the same, or anew.

    Parameters
    ----------
    study : Study
    manifest : mapping
        Of this run, as `build_manifest` begins it.
    before : object
        What the manifest of the last release tells of its own; anything else is no opinion.
    """
    key = hash_parts(
        {
            **describe_answers(manifest),
            "among": {
                score: {wave: sorted(schools) for wave, schools in waves.items()}
                for score, waves in study.figures.bases.items()
            },
        }
    )
    match before:
        case {"key": known, "compared": int(compared), "version": str(version)} if known == key:
            given = SecondOpinion(largest=0.0, name="", compared=compared, version=version)
        case _:
            given = study.ask_second_opinion()
    told = {"key": key, "compared": given.compared, "version": given.version}
    return Opinion(given, {} if given.warning else told)
