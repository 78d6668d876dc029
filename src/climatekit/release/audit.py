"""Audit: every attacker at once, on all that was ever printed of the same people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from climatekit.release.changes import attack_moves, join_changes
from climatekit.release.histograms import attack_histograms
from climatekit.release.moments import attack_moments
from climatekit.release.parts import attack_parts
from climatekit.release.readout import Breach, Readout, gather_crowds
from climatekit.release.relations import Group
from climatekit.release.single_items import attack_single_items
from climatekit.release.spread import Weighing, attack_spread
from climatekit.release.subtraction import subtract_parts, subtract_releases
from climatekit.release.sums import attack_staff, attack_sums


def attack(
    readout: Readout,
    *,
    retest: float,
    staff: Mapping[Group, float] | None = None,
    persons: Mapping[tuple[Group, str], Sequence[float]] | None = None,
    weighings: Mapping[tuple[Group, str], Weighing] | None = None,
) -> tuple[Breach, ...]:
    """Attack a release, with everything printed before it, in every way that is known.

    Parameters
    ----------
    readout : Readout
        Made from the files alone.
    retest : float
        Assumed re-test reliability in the printed intervals.
    staff : mapping of Group to float, optional
        How many work in each group, for the attacker who knows the staff.
    persons : mapping of (Group, score) to sequence of float, optional
        Everybody's scores, for the insider who knows their own.
    weighings : mapping of (Group, score) to Weighing, optional
        Of weighted people, for the insider who knows the weights.

    Returns
    -------
    tuple of Breach
        Empty when nobody found anything; in a fixed order.
    """
    crowds = gather_crowds(readout)
    found: set[Breach] = {*subtract_releases(readout, crowds), *attack_moves(readout, crowds)}
    for crowd in gather_crowds(_take_newest(readout)):
        found.update(attack_parts(readout, crowd))
    for crowd in join_changes(readout, crowds, retest=retest, staff=staff, weighings=weighings):
        judged = replace(readout, min_n=crowd.min_n)
        found.update(subtract_parts(judged, crowd))
        found.update(attack_sums(judged, crowd))
        found.update(attack_histograms(readout, crowd))
        found.update(attack_single_items(readout, crowd, retest=retest, staff=staff))
        found.update(attack_moments(readout, crowd, staff=staff))
        found.update(
            attack_spread(crowd, retest=retest, staff=staff, persons=persons, weighings=weighings)
        )
        if staff:
            found.update(attack_staff(judged, crowd, staff))
    return tuple(
        sorted(
            found,
            key=lambda one: (one.rule, one.wave, one.school, one.role, one.subject, one.attacker),
        )
    )


def _take_newest(readout: Readout) -> Readout:
    """Return what the newest release tells: what an earlier one alone has told, it cannot mend."""
    newest = readout.entries[0].release if readout.entries else ""
    return replace(readout, entries=tuple(one for one in readout.entries if one.release == newest))
