"""Scale model: one instrument, as the statistics and reports use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from climatekit.knowledge.scale_facts import Confidence, SchoolLevel
from climatekit.knowledge.scale_format import Method
from climatekit.knowledge.tidying import tidy_text

Number = TypeVar("Number", float, npt.NDArray[np.float64])
POINTS = (0.0, 100.0)
_RELIABILITY = ("retest_reliability", "error_of_measurement", "persons_sd")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSet:
    """The answers that an item offers.

    Attributes
    ----------
    low, high : int
        Smallest and largest code, as declared; reversal is ``low + high - code``.
    labels : mapping of int to str
        Code to label, in order; a code without a label is allowed (partly labelled).
    synonyms : mapping of str to int
        Further wordings, already tidied, to their code, of every language.
    platforms : mapping of str to mapping of str to int
        Survey platform to the wordings that it alone writes, already tidied.
    not_answers : tuple of str
        Wordings and numbers that are no answer (not applicable, -99), already tidied.
    favourable : tuple of int
        Codes that count as favourable for an item that is not reversed; for a reversed
        item their mirror image does. The mirror image is unfavourable, the rest neutral.
    """

    id: str
    kind: str
    low: int
    high: int
    labels: Mapping[int, str]
    synonyms: Mapping[str, int] = field(default_factory=dict)
    platforms: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    not_answers: tuple[str, ...] = ()
    favourable: tuple[int, ...] = ()

    @property
    def options(self) -> int:
        """Number of declared answer options."""
        return self.high - self.low + 1

    def reverse(self, code: int) -> int:
        """Return `code` reverse-scored within the declared range: ``low + high - code``."""
        return self.low + self.high - code

    def favourable_codes(self, sign: int) -> frozenset[int]:
        """Return the codes that are favourable for an item of that `sign` (+1 or -1)."""
        return frozenset(self.favourable if sign > 0 else map(self.reverse, self.favourable))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item: its id (``ots_4``), published number, topic label (ours) and answers."""

    id: str
    number: int
    label: str
    response_set: str
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    respondents: str = ""
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A named stretch of a score: from `low` (in) up to `high` (out); None is open."""

    name: str
    label: str
    low: float | None
    high: float | None

    def holds(self, value: float) -> bool:
        """Return whether `value` lies in the band."""
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRule:
    """How one score is made of its items, or of other scores.

    Attributes
    ----------
    id : str
        Full id, ``<scale>.<score>``, e.g. ``"ots.tco"``.
    items : mapping of str to int
        Item id to sign: +1 as answered, -1 reverse-scored. Empty for a score made of
        scores and for an external one.
    method : str
        ``mean``, ``sum``, ``weighted_mean``, ``weighted_sum``; of `inputs`
        ``mean_of_scores`` (in points) or ``mean_of_standard_scores``; ``external`` for a
        score that the owner's platform computed.
    weights : mapping of str to float
        Item id to weight; 1 where there is none.
    inputs : tuple of str
        Ids of the scores that this one is made of.
    span : tuple of (low, high), optional
        Range of an external score.
    rescaled : bool
        Items with different ranges are combined as percent of the maximum possible.
    prorated : bool
        A sum with gaps is brought up to all items; else it needs every answer.
    transform : tuple of (str, float)
        Linear steps from the score to the printed number.
    order : {"persons_first", "items_first"}
        What is averaged first for a school: each person's items, or each item's people.
    min_answered : int
        Least number of answered items for a person to have the score.
    min_answered_basis : str
        ``"published"`` or ``"climatekit convention"``.
    direction : {"higher_better", "lower_better", "neutral"}
    construct : str
        ``trust``, ``community``, ``collective_efficacy`` or ``related``.
    reliability : str
        Statistic that suits the score.
    bands : tuple of Band
        On the unit `bands_on`: ``native``, ``points`` or ``standard``.
    lead : bool
        Shown first for its construct in the brief.
    about_leadership : bool
        About the school's head; somebody else then leads the talk about the results.
    in_brief : bool
        Whether the brief shows it at all (diagnostic part-scores are not shown).
    """

    id: str
    title: str
    items: Mapping[str, int]
    method: Method = "mean"
    weights: Mapping[str, float] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    span: tuple[float, float] | None = None
    rescaled: bool = False
    prorated: bool = True
    transform: tuple[tuple[str, float], ...] = ()
    order: Literal["persons_first", "items_first"] = "persons_first"
    person_weights: Literal["never", "allowed"] = "never"
    min_answered: int = 1
    min_answered_basis: str = "climatekit convention"
    direction: Literal["higher_better", "lower_better", "neutral"] = "higher_better"
    construct: str = "related"
    reliability: str = "alpha"
    bands: tuple[Band, ...] = ()
    bands_on: Literal["native", "points", "standard"] = "native"
    bands_basis: str = "ours"
    lead: bool = False
    about_leadership: bool = False
    in_brief: bool = True

    @property
    def reversed_items(self) -> tuple[str, ...]:
        """Ids of the reverse-scored items, in order."""
        return tuple(item for item, sign in self.items.items() if sign < 0)

    @property
    def imported(self) -> bool:
        """Whether the score comes ready-made from the owner's platform."""
        return self.method == "external"

    @property
    def weighted(self) -> bool:
        """Whether people may be weighted in it."""
        return self.person_weights == "allowed"

    @property
    def summed(self) -> bool:
        """Whether the score is a sum over its items."""
        return self.method in ("sum", "weighted_sum")

    @property
    def needed(self) -> int:
        """Answers that a person must have given: all of them for a sum without prorating."""
        whole = self.summed and not self.prorated
        return len(self.items) if whole else max(self.min_answered, 1)

    def weight_of(self, item: str) -> float:
        """Return the weight of an item."""
        return self.weights.get(item, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """Norm schools of one score: their mean and sd in scale points, and who they are."""

    score: str
    school_level: SchoolLevel
    country: str
    years: str
    mean: float
    sd: float
    source: str
    form: str | None = None
    schools: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedValue:
    """A published coefficient to hold one's own against; `score` is an id, or empty."""

    statistic: str
    score: str
    low: float
    high: float
    level: str
    sample: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A factor structure worth testing: factor name to item ids."""

    id: str
    kind: str
    factors: Mapping[str, tuple[str, ...]]
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Caution:
    """One caution and what calls it up, such as ``always``, ``draft`` or ``norms``."""

    when: str
    text: str
    below: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One print of the instrument: its items in order, and its answers where they differ."""

    id: str
    title: str
    items: tuple[str, ...]
    response_set: str | None
    years: tuple[int, ...]
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A pattern of export headings with ``{n}``; None where any platform or wave will do."""

    pattern: str
    platform: str | None
    wave: str | None
    form: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Items of this scale that are items of another; `reworded` are not word for word."""

    scale: str
    relation: str
    version: str
    items: Mapping[str, str]
    reworded: frozenset[str]
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another scale that this one is built on: pinned version, own number to its item id."""

    version: str
    items: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One instrument as a data file describes it.

    `status` is ``draft`` until its key is checked against the author's form; a brief
    says so. ``local`` is a district's own survey, ``import`` one whose scores come
    ready-made. `fingerprint` is the sha256 of the file, 64 hexadecimal digits. `referent`
    is whom or what the items speak about; `unscored` are ids of items in no score.
    `level` is whose property a score is, `report_at` where it may be told. `form` is the
    form that was asked, where the file has several; `form_since` and `referent_since` are
    the waves with which a trend ends, because form or referent changed. `languages` holds,
    by tag, what replaces `title`, the scores' titles and the items' labels.
    """

    id: str
    version: str
    title: str
    abbreviation: str
    status: Literal["draft", "checked", "local", "import"]
    constructs: tuple[str, ...]
    response_sets: Mapping[str, ResponseSet]
    items: Mapping[str, Item]
    scores: Mapping[str, ScoreRule]
    level: str
    rights: Mapping[str, str]
    citations: tuple[str, ...]
    cautions: tuple[Caution, ...] = ()
    evidence: Mapping[str, tuple[Confidence, str]] = field(default_factory=dict)
    adapted_referent: bool = False
    fingerprint: str = ""
    aliases: tuple[str, ...] = ()
    referent: str = ""
    unscored: tuple[str, ...] = ()
    report_at: tuple[str, ...] = ("person", "school")
    respondents: str = ""
    min_respondents: int = 1
    min_response_rate: float = 0.0
    split_sample: bool = False
    file_licence: str = ""
    criterion: str = ""
    form: str = ""
    forms: Mapping[str, Form] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    uses: Mapping[str, Reference] = field(default_factory=dict)
    headings: tuple[Heading, ...] = ()
    hash_salt: str = ""
    wording_hashes: Mapping[str, str] = field(default_factory=dict)
    norms: tuple[Norm, ...] = ()
    published: tuple[PublishedValue, ...] = ()
    structures: tuple[Structure, ...] = ()
    agreement_null: str = "uniform"
    agreement_options: int | None = None
    comparability: Mapping[str, object] = field(default_factory=dict)
    languages: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    referent_since: str = ""
    form_since: str = ""

    @property
    def weighted(self) -> bool:
        """Whether people may be weighted in any of its scores."""
        return any(rule.weighted for rule in self.scores.values())

    def is_weighted(self, item: str) -> bool:
        """Return whether people are weighted in every score that the item is part of."""
        rules = [rule for rule in self.scores.values() if item in rule.items]
        return bool(rules) and all(rule.weighted for rule in rules)

    def response_set_of(self, item: str) -> ResponseSet:
        """Return the response set of `item` (an item id)."""
        return self.response_sets[self.items[item].response_set]

    @property
    def retest_reliability(self) -> float | None:
        """Published re-test reliability of one person's score, or None where none is known."""
        given = {key: self.comparability.get(key) for key in _RELIABILITY}
        retest, error, sd = given.values()
        if isinstance(retest, float):
            return retest
        if isinstance(error, float) and isinstance(sd, float):
            return 1 - error**2 / sd**2
        return None

    @property
    def edited(self) -> tuple[str, ...]:
        """Ids of items whose wording differs from the published one."""
        return tuple(item.id for item in self.items.values() if item.edited)

    @property
    def stamp(self) -> str:
        """Id, version, form and the first twelve digits of the fingerprint, for a score."""
        form = f" ({self.form})" if self.form else ""
        return f"{self.id} {self.version}{form} {self.fingerprint[:12]}".rstrip()

    def range_of(self, rule: ScoreRule) -> tuple[float, float]:
        """Return the lowest and highest number that a score can come out as, as printed."""
        low, high = self._range_before_transform(rule)
        _, bottom, top = apply_steps(rule.transform, low, low, high)
        return (bottom, top) if bottom <= top else (top, bottom)

    def print_native(self, rule: ScoreRule, points: Number) -> Number:
        """Return a score in scale points, as printed, from its points of 0 to 100."""
        low, high = self._range_before_transform(rule)
        native = low + points / 100 * (high - low)
        return apply_steps(rule.transform, native, low, high)[0]

    def transform(self, rule: ScoreRule, native: Number) -> Number:
        """Return a score in scale points after the rule's linear steps."""
        if not rule.transform:
            return native
        return apply_steps(rule.transform, native, *self._range_before_transform(rule))[0]

    def _range_before_transform(self, rule: ScoreRule) -> tuple[float, float]:
        if rule.span is not None:
            return rule.span
        if rule.rescaled or not rule.items:
            return POINTS
        sets = {item: self.response_set_of(item) for item in rule.items}
        if rule.summed:
            weight = {item: rule.weight_of(item) for item in sets}
            return (
                float(sum(weight[item] * one.low for item, one in sets.items())),
                float(sum(weight[item] * one.high for item, one in sets.items())),
            )
        return (
            float(min(one.low for one in sets.values())),
            float(max(one.high for one in sets.values())),
        )


def apply_steps(
    steps: tuple[tuple[str, float], ...], value: Number, low: float, high: float
) -> tuple[Number, float, float]:
    """Return `value` and the two ends of its range after linear steps, in order.

    A step is ``add``, ``subtract``, ``multiply``, ``divide`` with its number, or
    ``percent_of_maximum``: 100 (value - low) / (high - low).
    """
    for step, number in steps:
        if step == "percent_of_maximum":
            value, low, high = 100 * (value - low) / (high - low), *POINTS
        elif step in ("add", "subtract"):
            shift = number if step == "add" else -number
            value, low, high = value + shift, low + shift, high + shift
        else:
            factor = number if step == "multiply" else 1 / number
            value, low, high = value * factor, low * factor, high * factor
    return value, low, high


def find_norm(
    scale: Scale, score: str, school_level: str, *, country: str | None = None
) -> Norm | None:
    """Return the norm of a score for schools of that level, or None.

    A norm for another level is never taken instead; one for ``all`` only where its source
    gives it for every kind of school. Nothing fits a scale asked about something else
    than the original, or with edited items, or where several norms would fit.
    """
    rule = scale.scores[score]
    if scale.adapted_referent or any(scale.items[item].edited for item in rule.items):
        return None
    fitting = [
        norm
        for norm in scale.norms
        if norm.score == score
        and norm.form in (None, scale.form or None)
        and country in (None, norm.country)
    ]
    for level in (school_level, "all"):
        own = [norm for norm in fitting if norm.school_level == level]
        if own:
            return own[0] if len(own) == 1 else None
    return None


def list_rules(scales: Iterable[Scale]) -> list[ScoreRule]:
    """Return the rule of every score of these scales, in their order."""
    return [rule for scale in scales for rule in scale.scores.values()]


def list_imported(scales: Iterable[Scale]) -> frozenset[str]:
    """Return the ids of the scores that come ready-made."""
    return frozenset(rule.id for rule in list_rules(scales) if rule.imported)


def title_scores(scales: Iterable[Scale]) -> dict[str, str]:
    """Return the title of every score of these scales, by its id."""
    return {rule.id: rule.title for rule in list_rules(scales)}


def find_band(rule: ScoreRule, *, native: float, points: float, standard: float | None) -> str:
    """Return the label of the band that a score falls in, or an empty text."""
    value = {"native": native, "points": points, "standard": standard}[rule.bands_on]
    if value is None:
        return ""
    return next((band.label for band in rule.bands if band.holds(value)), "")


def tidy_wordings(texts: Mapping[str, list[str]]) -> dict[str, int]:
    """Return tidied wordings with their codes, from code to wordings."""
    return {tidy_text(text): int(code) for code, several in texts.items() for text in several}
