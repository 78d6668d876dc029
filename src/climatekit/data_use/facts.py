"""Facts: what the survey files tell of one school, as the data-use rating needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from climatekit.values import Estimate, Withheld

# Between an item's id and the mark of its wording in `WaveFacts.items`.
TOKEN_SEPARATOR = "#"  # noqa: S105 (no secret: a mark within an item's token)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveFacts:
    """One school in one wave, before any rounding; only the words about it are printed.

    Attributes
    ----------
    wave, label : str
        Id, and the name that is printed.
    opened, closed : date, optional
        First and last day; a wave without a last day cannot be counted in time.
    answered : int
        People of the school who answered anything, 0 or more.
    eligible : int, optional
        People who could have answered; None where it is not on file.
    groups : mapping of str to (int, int or None)
        Staff group to people who answered and people who could have. Empty where only
        the school's total is known.
    ungrouped : int
        People who answered and may belong to any of `groups`: their own is not known.
    constructs : frozenset of str
        Constructs with a score in this wave.
    items : mapping of str to frozenset of str
        Construct to its items as asked: the item id alone, or ``id#mark`` where the
        wording (or the answer options) is known; two marks that differ mean a changed
        item, an id without a mark counts as unchanged.
    reliability : mapping of str to Estimate or Withheld
        Construct to alpha pooled over the district; `n` is the complete rows behind it.
    own_reliability : mapping of str to Estimate or Withheld
        The same from this school's answers alone.
    icc2_reported, icc2_possible : bool
        Whether ICC(2) was estimated, and whether enough schools took part for it.
    mode : str
        How the survey was given, e.g. ``"online"``.
    drift : frozenset of str
        Constructs with an item that moved apart from its scale since the wave before.
    fell : frozenset of str
        Constructs whose verdict in this wave is that they fell.
    lowest : str, optional
        The construct with the lowest score in this wave; None where none has one.
    asks_leadership : bool
        Whether the wave held a scale about the leader, such as trust in the principal.
    """

    wave: str
    label: str
    opened: date | None
    closed: date | None
    answered: int
    eligible: int | None
    constructs: frozenset[str]
    items: Mapping[str, frozenset[str]]
    reliability: Mapping[str, Estimate | Withheld]
    asks_leadership: bool
    groups: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    ungrouped: int = 0
    own_reliability: Mapping[str, Estimate | Withheld] = field(default_factory=dict)
    icc2_reported: bool = False
    icc2_possible: bool = False
    mode: str = "online"
    drift: frozenset[str] = frozenset()
    fell: frozenset[str] = frozenset()
    lowest: str | None = None

    def has_response(self, percent: int) -> bool | None:
        """Return whether at least `percent` of the eligible answered; None if not known."""
        if not self.eligible:
            return None
        return 100 * self.answered >= percent * self.eligible


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """One school: its id, and its waves from the oldest to the newest."""

    school: str
    waves: tuple[WaveFacts, ...] = ()


def is_remeasured(before: WaveFacts, after: WaveFacts, construct: str, *, items: int) -> bool:
    """Return whether `after` asked at least `items` items of `construct` as `before` did."""
    return count_identical(before, after, construct) >= items


def is_identical(before: WaveFacts, after: WaveFacts, construct: str) -> bool:
    """Return whether both waves asked exactly the same items of `construct`."""
    one, other = before.items.get(construct), after.items.get(construct)
    if not one or not other or len(one) != len(other):
        return False
    return count_identical(before, after, construct) == len(one)


def count_identical(before: WaveFacts, after: WaveFacts, construct: str) -> int:
    """Return how many items of `construct` both waves asked in the same wording."""
    one = _marks(before.items.get(construct, frozenset()))
    other = _marks(after.items.get(construct, frozenset()))
    return sum(
        1
        for item in one.keys() & other.keys()
        if not one[item] or not other[item] or one[item] == other[item]
    )


def _marks(tokens: frozenset[str]) -> dict[str, str]:
    pairs = (token.partition(TOKEN_SEPARATOR) for token in tokens)
    return {item: mark for item, _, mark in pairs}
