"""Known: what earlier releases printed of the very same people, and what that still allows.

Where `min_n` was raised since, a wave shows no group, score or figure of several schools that
it did not show before: nothing new of these people can then be worked out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from climatekit.release.relations import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the people of this release.

    Attributes
    ----------
    groups : frozenset of Group
        Those that earlier releases printed of the same people.
    schools : mapping of (wave, score) to frozenset of str
        Whose score they printed.
    raised : frozenset of str
        Waves that were once published with a lower `min_n` than today's.
    """

    groups: frozenset[Group] = frozenset()
    schools: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    raised: frozenset[str] = frozenset()

    def may_tell_together(self, wave: str, score: str, schools: Collection[str]) -> bool:
        """Return whether a figure of several schools together may be told of a wave.

        With fewer schools than before it would, beside the one printed then, tell of the rest.
        """
        if wave not in self.raised:
            return True
        everybody = frozenset(one.school for one in self.groups if one == Group(wave, one.school))
        return frozenset(schools) == self.schools.get((wave, score), everybody - {""})
