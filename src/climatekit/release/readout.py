"""Readout: what anybody can take from the files of a release, as an attacker holds it.

A readout is made from files alone; nothing in it comes from the answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from climatekit.knowledge.scales import Scale
from climatekit.release.ledger import LEVEL, Entry, is_weighted
from climatekit.release.relations import Group

Range = tuple[float, float]

FULL = 100.0
MOST_PEOPLE = 100_000.0
_PARTS = 4  # of 0 to 100, where a score has no answer steps


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreShape:
    """What a scale file tells of a score: its items and answer options.

    Attributes
    ----------
    items : tuple of str
    options : int
        Answer options of each item.
    favourable : int
        How many of them, from the top once reverse-scored items are turned, are favourable.
    """

    items: tuple[str, ...]
    options: int
    favourable: int

    @property
    def step(self) -> float:
        """Points of 0 to 100 between two neighbouring answers."""
        return FULL / (self.options - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Makeup:
    """What a score's mean is made of, as its scale file tells it.

    Attributes
    ----------
    shares : tuple of (item, share)
        Negative where the item is reverse-scored; without signs they add up to 1.
    step : float
        Points of 0 to 100 between two neighbouring answers.
    """

    shares: tuple[tuple[str, float], ...]
    step: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One thing that an attacker worked out; it names whom and by which rule, never a value.

    Attributes
    ----------
    rule : str
        Of the privacy page, such as ``D2``.
    attacker : str
        ``subtractor``, ``general``, ``histogram``, ``moments``, ``parts``, ``spread``,
        ``insider`` or ``reader``.
    found : str
        ``people``, ``mean``, ``part``, ``answers``, ``person``, ``unlisted``, ``loose``,
        ``doubtful`` or ``unread``.
    wave, school, role, subject : str
        Whose, and of which score or item; empty for all.
    """

    rule: str
    attacker: str
    found: str
    wave: str = ""
    school: str = ""
    role: str = ""
    subject: str = ""

    @classmethod
    def of(
        cls, whom: Group | Entry, *, rule: str, attacker: str, found: str, subject: str = ""
    ) -> Self:
        """Return a breach of the group, or of the group that a printed number is of."""
        return cls(
            rule=rule,
            attacker=attacker,
            found=found,
            wave=whom.wave,
            school=whom.school,
            role=whom.role,
            subject=subject,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Readout:
    """All that a reader of one release, and of the earlier ones that it tells of, holds.

    Attributes
    ----------
    entries : tuple of Entry
        One per printed number.
    hidden : frozenset of Group
        Groups that are known to have answered and of which nothing is shown.
    min_n : int
        The least group that anything is told about; each release prints it.
    unsaid : frozenset of (Group, score)
        Scores that shown groups have and that are not told, to protect people.
    lowest : mapping of str to mapping of str to int
        By wave and the hash of its exports, the lowest that they were ever published with.
    shapes : mapping of str to ScoreShape
        By score id. Scale files are public.
    makeups : mapping of str to Makeup
        By score id, of those that are made of items.
    weighted : frozenset of str
        Scores and items that are weighted wherever people are.
    given : frozenset of str
        Scores that an instrument's owner worked out, who need not have told a range.
    unlinked : frozenset of (since, wave, school, score), optional
        Changes of which the files say that nobody was linked; None where nobody is anywhere.
    """

    entries: tuple[Entry, ...]
    hidden: frozenset[Group] = frozenset()
    min_n: int = 10
    unsaid: frozenset[tuple[Group, str]] = frozenset()
    lowest: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    shapes: Mapping[str, ScoreShape] = field(default_factory=dict)
    makeups: Mapping[str, Makeup] = field(default_factory=dict)
    weighted: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    unlinked: frozenset[tuple[str, str, str, str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What is told of one wave's people: the same people answered all of it.

    Attributes
    ----------
    wave : str
    people : mapping of Group to (least, most)
        People who answered, of each group that is shown or known to be hidden.
    told : mapping of (statistic, subject) to mapping of Group to (low, high)
    hidden : frozenset of Group
    eligible : mapping of Group to float
        Printed staff counts.
    weighted : frozenset of str
        Scores and items whose figures are of weighted people: a mean times the people is no
        sum of answers there, and a school's is none of its role groups'.
    given, unsaid : frozenset
        As in the readout; the latter of this wave.
    exports : str
        Hash of the exports that these people's answers stand in.
    min_n : int
        The least group that all this may tell about.
    spreads : mapping of (Group, score) to (low, high)
        Between which ends other printed numbers say that people's root mean square distance
        from their mean lies.
    """

    wave: str
    people: Mapping[Group, Range]
    told: Mapping[tuple[str, str], Mapping[Group, Range]]
    hidden: frozenset[Group]
    eligible: Mapping[Group, float]
    weighted: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    unsaid: frozenset[tuple[Group, str]] = frozenset()
    exports: str = ""
    min_n: int = 10
    spreads: Mapping[tuple[Group, str], Range] = field(default_factory=dict)


def describe_shapes(scales: Sequence[Scale]) -> dict[str, ScoreShape]:
    """Return the shape of each score of the scales."""
    shapes = {}
    for scale in scales:
        for rule in scale.scores.values():
            sets = [scale.response_set_of(item) for item in rule.items]
            if len({(one.options, len(one.favourable)) for one in sets}) == 1:
                shapes[rule.id] = ScoreShape(
                    items=tuple(rule.items),
                    options=sets[0].options,
                    favourable=len(sets[0].favourable),
                )
    return shapes


def describe_makeups(scales: Sequence[Scale]) -> dict[str, Makeup]:
    """Return what each score of the scales is made of, through other scores too."""
    scores = {rule.id: (rule, scale) for scale in scales for rule in scale.scores.values()}

    def spell_out(name: str) -> dict[str, float]:
        rule, _ = scores[name]
        own = {item: sign * rule.weight_of(item) for item, sign in rule.items.items()}
        own = own or dict.fromkeys(rule.inputs, 1.0)
        whole = sum(map(abs, own.values()))
        found: dict[str, float] = defaultdict(float)
        for part, size in own.items():
            made = spell_out(part) if part in scores else {part: 1.0}
            for item, share in made.items():
                found[item] += share * size / whole
        return found

    made = {}
    for name, (rule, scale) in scores.items():
        options = max((scale.response_set_of(item).options for item in rule.items), default=0)
        shares = tuple(sorted(spell_out(name).items()))
        if shares:
            made[name] = Makeup(
                shares=shares, step=FULL / (options - 1) if options > 1 else FULL / 4
            )
    return made


def list_weighted(scales: Sequence[Scale]) -> frozenset[str]:
    """Return the scores and items that are weighted wherever people are."""
    return frozenset(
        name
        for scale in scales
        for rule in scale.scores.values()
        if rule.weighted
        for name in (rule.id, *(item for item in rule.items if scale.is_weighted(item)))
    )


def gather_crowds(readout: Readout) -> tuple[Crowd, ...]:
    """Return what is told of each wave, and of each set of people that it was told of.

    Two releases made from the same exports speak of the same people, and are read as one,
    unless they count them differently. Together they may tell what the lowest `min_n` of them
    let them tell; the new one by itself keeps to its own.
    """
    newest = readout.entries[0].release if readout.entries else ""
    # Levels of data use come from the evidence log, and tell of no answers.
    answers = [one for one in readout.entries if not one.since and one.statistic != LEVEL]
    crowds = []
    for wave in sorted({entry.wave for entry in answers}):
        own = [entry for entry in answers if entry.wave == wave]
        hidden = frozenset(group for group in readout.hidden if group.wave == wave)
        for entries in _split_people(own):
            alone = [entry for entry in entries if entry.release == newest]
            exports = entries[0].exports.partition("/")[0]
            lowest = readout.lowest.get(wave, {}).get(exports, readout.min_n)
            least = min(readout.min_n, lowest)
            unsaid = frozenset(one for one in readout.unsaid if alone and one[0].wave == wave)
            readings = [(entries, least)]
            if alone and least < readout.min_n:
                readings.append((alone, readout.min_n))
            crowds += [
                replace(
                    _gather(wave, told, hidden if alone else frozenset()),
                    exports=exports,
                    min_n=min_n,
                    given=readout.given,
                    unsaid=unsaid,
                    weighted=readout.weighted if is_weighted(exports) else frozenset(),
                )
                for told, min_n in readings
            ]
    return tuple(crowds)


def group_of(entry: Entry) -> Group:
    """Return the people that an entry is about."""
    return Group(entry.wave, entry.school, entry.role)


def _split_people(entries: Iterable[Entry]) -> list[list[Entry]]:
    by_exports: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_exports[entry.exports.partition("/")[0]].append(entry)
    sets = []
    for own in (one for same in by_exports.values() for one in _split_groupings(same)):
        counts: dict[Group, set[float | None]] = defaultdict(set)
        for entry in own:
            if entry.statistic == "answered":
                counts[group_of(entry)].add(entry.low)
        if all(len(values) == 1 for values in counts.values()):
            sets.append(own)
        else:
            releases = dict.fromkeys(entry.release for entry in own)
            sets += [[entry for entry in own if entry.release == one] for one in releases]
    return sets


def _split_groupings(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Return one list for each way in which the same people were grouped by role."""
    ways = dict.fromkeys(entry.exports.partition("/")[2] for entry in entries if entry.role)
    return [
        [entry for entry in entries if not entry.role or entry.exports.partition("/")[2] == way]
        for way in ways or ("",)
    ]


def _gather(wave: str, entries: Sequence[Entry], hidden: frozenset[Group]) -> Crowd:
    people: dict[Group, Range] = {}
    told: dict[tuple[str, str], dict[Group, Range]] = defaultdict(dict)
    eligible: dict[Group, float] = {}
    for entry in entries:
        group = group_of(entry)
        low = 0.0 if entry.low is None else entry.low
        if entry.statistic == "answered":
            high = MOST_PEOPLE if entry.high is None else entry.high
            people[group] = narrow(people.get(group), (low, high))
        elif entry.statistic == "eligible":
            eligible[group] = low
        else:
            high = FULL if entry.high is None else entry.high
            own = told[entry.statistic, entry.subject]
            own[group] = narrow(own.get(group), (low, high))
    unseen = frozenset(group for group in hidden if group not in people)
    return Crowd(
        wave=wave,
        people=people | dict.fromkeys(unseen, (1.0, MOST_PEOPLE)),
        told=told,
        hidden=unseen,
        eligible=eligible,
    )


def narrow(one: Range | None, other: Range) -> Range:
    """Return where two ranges of one number overlap; the first where they do not."""
    if one is None:
        return other
    both = max(one[0], other[0]), min(one[1], other[1])
    # Another method printed another number of the same answers: the newer one is read.
    return both if both[0] <= both[1] else one
