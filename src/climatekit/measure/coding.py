"""Coding: whether each item looks as its scale file declares it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import ResponseSet, Scale, ScoreRule
from climatekit.measure.covariances import find_correlation, find_covariance
from climatekit.measure.groups import Flags, Floats, Ints, number_rows
from climatekit.measure.item_analysis import correlate_rest
from climatekit.measure.shifts import Shift, find_shifts
from climatekit.values import Estimate

Finding = Literal[
    "as_declared",
    "looks_unreversed",
    "looks_reversed_twice",
    "off_by_one",
    "out_of_range",
    "out_of_range_in_one_wave",
    "constant",
    "too_few",
]

LEAST_PEOPLE = 30
# A correlation nearer to 0 than this is a weak item and not a reversed one.
_LEAST_AGAINST = 0.1
# As many items run one way as the other when the axis is this evenly split.
_EVEN = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCoding:
    """How one item looks beside what its scale file declares.

    Attributes
    ----------
    score : str
        The score whose items it was held against: the longest that it counts in.
    finding : str
        ``as_declared``; ``looks_unreversed`` (declared as asked, runs against the others);
        ``looks_reversed_twice`` (declared reversed, runs against the others once reversed:
        the export had reversed it already); ``off_by_one``; ``out_of_range``,
        ``out_of_range_in_one_wave``; ``constant``; ``too_few`` answers to tell.
    waves : tuple of str
        Waves in which it holds; all that asked the item when it looks as declared.
    n : int
        People who answered it in those waves.
    item_rest : Estimate, optional
        Correlation of the item, keyed as declared, with the sum of the others, each turned
        the way in which most of them run; 95% interval by Fisher's z.
    evidence : str
        What the finding rests on, in plain words.
    """

    item: str
    score: str
    finding: Finding
    waves: tuple[str, ...]
    n: int
    item_rest: Estimate | None
    evidence: str

    @property
    def suspect(self) -> bool:
        """Whether the item needs a look before its score is used."""
        return self.finding not in {"as_declared", "too_few"}


def check_coding(responses: Responses, scales: Sequence[Scale]) -> tuple[ItemCoding, ...]:
    """Check the coding of every item, over the whole district; change nothing.

    In each wave the items of a score, keyed as declared, are laid along the first axis of
    their pairwise correlations. Items that point away from the majority (from the items
    that need no reversal, where they are evenly split) and whose correlation with the
    others, those turned the majority's way, is below 0 with its whole interval, are
    reported. The order of the columns plays no part. Ranges and shifts are held against
    the declared codes and against the item's other waves.

    Returns
    -------
    tuple of ItemCoding
        One per scored item that some wave asked, in the order of the scales. Under 30
        people an item is ``too_few``.
    """
    numbers, names = number_rows(responses, "wave")
    found: dict[str, ItemCoding] = {}
    for scale in scales:
        for rule in sorted(scale.scores.values(), key=lambda rule: -len(rule.items)):
            items = [i for i in rule.items if i in responses.items and i not in found]
            if items:
                evidence = _Evidence(responses, scale, rule, (numbers, names))
                found |= {item: evidence.judge(item) for item in items}
    order = [item for scale in scales for item in scale.items]
    return tuple(found[item] for item in dict.fromkeys(order) if item in found)


class _Evidence:
    """What the answers to one score's items say, wave by wave."""

    def __init__(
        self,
        responses: Responses,
        scale: Scale,
        rule: ScoreRule,
        waves: tuple[Ints, list[str]],
    ) -> None:
        frame = responses._frame  # noqa: SLF001
        known = frozenset(responses.items)
        self.scale, self.rule = scale, rule
        self.items = [item for item in rule.items if item in known]
        self.codes = {
            item: frame[item].to_numpy(dtype=np.float64, na_value=np.nan) for item in self.items
        }
        numbers, names = waves
        self.waves = {
            name: numbers == number
            for number, name in enumerate(names)
            if responses.asked.get(name, known) & set(self.items)
        }
        self.asked = {
            item: [wave for wave in self.waves if item in responses.asked.get(wave, known)]
            for item in self.items
        }
        self.turned: dict[tuple[str, ...], tuple[dict[str, float], Flags]] = {}
        self.against = {wave: self._find_against(wave) for wave in self.waves}

    def judge(self, item: str) -> ItemCoding:
        """Return the one finding of an item that matters most."""
        waves = [wave for wave in self.asked[item] if self._count(item, [wave])]
        answers = self.scale.response_set_of(item)
        shifts = find_shifts({wave: self._codes(item, wave) for wave in waves}, answers)
        if shifts:
            return self._tell_shift(item, shifts, answers)
        outside = [wave for wave in waves if self._has_outside(item, wave)]
        if outside:
            return self._tell_outside(item, outside, waves)
        if self._count(item, waves) < LEAST_PEOPLE:
            return self._make(item, "too_few", waves, f"fewer than {LEAST_PEOPLE} people answered")
        alike = [wave for wave in waves if np.ptp(self._codes(item, wave)) == 0]
        if alike and self._count(item, alike) >= LEAST_PEOPLE:
            every = "" if len(alike) == len(waves) else f" in {', '.join(alike)}"
            return self._make(item, "constant", alike, f"everybody gave the same answer{every}")
        against = [wave for wave in waves if item in self.against[wave]]
        if against:
            return self._tell_against(item, against)
        return self._make(item, "as_declared", waves, "runs with the other items of its score")

    def _tell_shift(self, item: str, shifts: Sequence[Shift], answers: ResponseSet) -> ItemCoding:
        way = "below" if shifts[0].by < 0 else "above"
        evidence = (
            f"the codes lie one {way} the declared {answers.low} to {answers.high}: "
            + "; ".join(f"{one.wave}: {one.low} to {one.high}" for one in shifts)
        )
        return self._make(item, "off_by_one", [one.wave for one in shifts], evidence)

    def _tell_outside(self, item: str, outside: Sequence[str], waves: Sequence[str]) -> ItemCoding:
        answers = self.scale.response_set_of(item)
        alone = len(outside) == 1 < len(waves)
        finding: Finding = "out_of_range_in_one_wave" if alone else "out_of_range"
        values = np.concatenate([self._codes(item, wave) for wave in outside])
        evidence = (
            f"codes from {values.min():g} to {values.max():g} where "
            f"{answers.low} to {answers.high} are declared"
        )
        return self._make(item, finding, outside, evidence)

    def _tell_against(self, item: str, against: Sequence[str]) -> ItemCoding:
        declared = self.rule.items[item]
        finding: Finding = "looks_unreversed" if declared > 0 else "looks_reversed_twice"
        why = (
            "declared as asked, but it runs against the other items"
            if declared > 0
            else "declared reverse-scored, but once reversed it runs against the other items: "
            "the export seems to have reversed it already"
        )
        return self._make(item, finding, against, why)

    def _make(self, item: str, finding: Finding, waves: Sequence[str], evidence: str) -> ItemCoding:
        rest = self._correlate(item, waves)
        if rest is not None:
            evidence += (
                f" (item-rest correlation {rest.value:.2f}, {rest.low:.2f} to {rest.high:.2f})"
            )
        return ItemCoding(
            item=item,
            score=self.rule.id,
            finding=finding,
            waves=tuple(waves),
            n=self._count(item, waves),
            item_rest=rest,
            evidence=evidence,
        )

    def _count(self, item: str, waves: Sequence[str]) -> int:
        return sum(len(self._codes(item, wave)) for wave in waves)

    def _codes(self, item: str, wave: str) -> Floats:
        codes = self.codes[item][self.waves[wave]]
        there: Floats = codes[~np.isnan(codes)]
        return there

    def _has_outside(self, item: str, wave: str) -> bool:
        answers, codes = self.scale.response_set_of(item), self._codes(item, wave)
        return bool(((codes < answers.low) | (codes > answers.high)).any())

    def _key(self, item: str) -> Floats:
        """Return the answers keyed as declared, 0 to 1, none where outside the range."""
        answers, codes = self.scale.response_set_of(item), self.codes[item]
        inside = (codes >= answers.low) & (codes <= answers.high)
        reach = np.where(inside, (codes - answers.low) / (answers.high - answers.low), np.nan)
        return reach if self.rule.items[item] > 0 else 1 - reach

    def _turn(self, waves: tuple[str, ...]) -> tuple[dict[str, float], Flags]:
        """Return the correlation of each item with the others, and who answered what.

        Empty where fewer than two items vary. The others are turned the majority's way.
        """
        if waves in self.turned:
            return self.turned[waves]
        rows = np.any([self.waves[wave] for wave in waves], axis=0)
        matrix = {item: self._key(item)[rows] for item in self.items}
        items = [item for item in self.items if _varies(matrix[item])]
        if len(items) < 2:  # noqa: PLR2004 - two items make a pair
            return {}, np.empty((0, 0), dtype=np.bool_)
        answers = np.column_stack([matrix[item] for item in items])
        axis = np.linalg.eigh(np.nan_to_num(find_correlation(answers)))[1][:, -1]
        plain = np.array([self.rule.items[item] > 0 for item in items])
        split = abs(axis.sum()) < _EVEN * np.abs(axis).sum()
        way = float(axis[plain].sum() if split and plain.any() else axis.sum())
        turns = np.where(axis * (way or 1.0) < 0, -1.0, 1.0)
        turned = find_covariance(answers).covariance * np.outer(turns, turns)
        rest = (correlate_rest(turned) * turns).tolist()
        self.turned[waves] = dict(zip(items, rest, strict=True)), ~np.isnan(answers)
        return self.turned[waves]

    def _correlate(self, item: str, waves: Sequence[str]) -> Estimate | None:
        if not waves:
            return None
        rests, there = self._turn(tuple(waves))
        value = rests.get(item, float("nan"))
        if np.isnan(value):
            return None
        n = int((there[:, list(rests).index(item)] & (there.sum(axis=1) > 1)).sum())
        if n <= 3:  # noqa: PLR2004 - Fisher's z
            return None
        reach = np.arctanh(np.clip(value, -0.999999, 0.999999))
        margin = float(ndtri(0.975)) / np.sqrt(n - 3)
        return Estimate(
            value=value,
            low=float(np.tanh(reach - margin)),
            high=float(np.tanh(reach + margin)),
            n=n,
            method="corrected item-rest correlation, Fisher z",
        )

    def _find_against(self, wave: str) -> frozenset[str]:
        return frozenset(self._list_against(wave))

    def _list_against(self, wave: str) -> Iterator[str]:
        for item in self.items:
            rest = self._correlate(item, [wave])
            if rest is None or rest.high is None or rest.n < LEAST_PEOPLE:
                continue
            if rest.high < 0 and rest.value < -_LEAST_AGAINST:
                yield item


def _varies(values: Floats) -> bool:
    there = values[~np.isnan(values)]
    return bool(len(there) > 1 and np.ptp(there) > 0)
