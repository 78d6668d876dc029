"""Standards: a printed score held against norm schools, and the band that it falls in."""

from __future__ import annotations

from dataclasses import dataclass

from climatekit.knowledge.scale_model import find_band
from climatekit.knowledge.scales import Norm, Scale, ScoreRule, find_norm
from climatekit.release.assembly import SchoolRelease
from climatekit.release.gate import Shown, round_points
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.values import Withheld

CENTRE, UNIT = 500.0, 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One school's score on the norm's metric, its band, and the norm it rests on.

    `shown` is None where the scale has no norm for the score at all; withheld with the
    rule ``no-norm`` where it has, but none for schools of this level. `band` is empty
    where none is declared or the score is not told.
    """

    shown: Shown | None
    band: str
    norm: Norm | None


def find_standard(
    scale: Scale,
    rule: ScoreRule,
    points: Shown,
    *,
    school_level: str,
    country: str | None = None,
) -> Standard:
    """Return a school's standard score, ``100 (score - mean) / sd + 500``, and its band.

    Worked out from the printed points alone, so that it tells nothing more than they do.

    Parameters
    ----------
    points : Released or Withheld
        The school's printed score, 0 to 100.
    school_level : str
        ``elementary``, ``middle``, ``high``, or empty where it is not known.
    """
    own = [norm for norm in scale.norms if norm.score == rule.id]
    norm = find_norm(scale, rule.id, school_level, country=country) if own else None
    shown: Shown | None = None
    if own:
        shown = withhold("no-norm") if norm is None else _standardize(scale, rule, points, norm)
    if isinstance(points, Withheld) or points.capped:
        return Standard(shown=shown, band="", norm=norm)
    band = find_band(
        rule,
        native=float(scale.print_native(rule, points.value)),
        points=points.value,
        standard=shown.value if isinstance(shown, Released) else None,
    )
    return Standard(shown=shown, band=band, norm=norm)


def combine_standards(parts: list[Shown | None]) -> Shown:
    """Return the plain mean of printed standard scores, as a composite of them is defined.

    Withheld with the rule ``no-norm`` where one of them has no norm; with a part's own
    rule where that part is withheld.
    """
    for part in parts:
        if part is None:
            return withhold("no-norm")
        if isinstance(part, Withheld):
            return part
    known = [part for part in parts if isinstance(part, Released)]
    if any(part.capped for part in known):
        return withhold("protected")
    value = round_points(sum(part.value for part in known) / len(known))
    return Released(value=value, text=str(value), unit="native")


def list_standards(
    school: SchoolRelease,
    scales: tuple[Scale, ...],
    *,
    school_level: str,
    countries: dict[str, str | None],
) -> dict[tuple[str, str], Standard]:
    """Return the standard of each score that has a norm or bands, by wave and score."""
    found: dict[tuple[str, str], Standard] = {}
    composites: list[ScoreRule] = []
    for scale in scales:
        for rule in scale.scores.values():
            if rule.method == "mean_of_standard_scores":
                composites.append(rule)
                continue
            if not rule.bands and not any(norm.score == rule.id for norm in scale.norms):
                continue
            for wave, points in school.scores[rule.id].points.items():
                found[wave, rule.id] = find_standard(
                    scale,
                    rule,
                    points,
                    school_level=school_level,
                    country=countries.get(scale.id),
                )
    for rule in composites:
        for wave in school.waves:
            held = [found.get((wave, one)) for one in rule.inputs]
            parts = [one.shown if one else None for one in held]
            found[wave, rule.id] = Standard(shown=combine_standards(parts), band="", norm=None)
    return found


def _standardize(scale: Scale, rule: ScoreRule, points: Shown, norm: Norm) -> Shown:
    if isinstance(points, Withheld):
        return points

    def place(value: float) -> int:
        native = float(scale.print_native(rule, value))
        return round_points(UNIT * (native - norm.mean) / norm.sd + CENTRE)

    value = place(points.value)
    words = {"": "", "low": " or less", "high": " or more"}[points.capped]
    return Released(
        value=value,
        text=f"{value}{words}",
        unit="native",
        low=None if points.low is None else place(points.low),
        high=None if points.high is None else place(points.high),
        capped=points.capped,
    )
