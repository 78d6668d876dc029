"""Scoring: answers to keyed items, keyed items to one score per person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from climatekit.errors import DefinitionError, InputError, Problem
from climatekit.ingest.responses import KEYS, Responses
from climatekit.knowledge.scales import ResponseSet, Scale, ScoreRule
from climatekit.measure.groups import Flags, Floats, Ints, number_rows

FULL = 100.0
Steps = npt.NDArray[np.int8]
Counts = npt.NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RuleScores:
    """Everybody's score by one rule, one value per row of the responses.

    Attributes
    ----------
    points : ndarray of float
        0 to 100; NaN below the minimum answered, and in a wave that did not ask.
    answered : ndarray of int
        Items of the score that each person answered.
    asked_in : ndarray of int
        Items of the score that each wave asked.
    waves : ndarray of int
        Number of each row's wave.
    """

    points: Floats
    answered: Counts
    asked_in: Counts
    waves: Ints

    @property
    def asked(self) -> Counts:
        """Items of the score that each person was asked, made anew."""
        return self.asked_in[self.waves]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scores:
    """What each person scored.

    Attributes
    ----------
    keys : DataFrame
        ``wave``, ``school``, ``respondent`` and ``role`` of each row of the responses.
    waves : tuple of str
        Wave ids in time order.
    responded : ndarray of bool
        Per row: did this person answer any item at all, scored here or not?
    rules : mapping of str to RuleScores
        By score, those that others are made of first.
    responses : Responses
        What was scored.
    """

    keys: pd.DataFrame
    waves: tuple[str, ...]
    responded: Flags
    rules: Mapping[str, RuleScores]
    responses: Responses
    _scales: tuple[Scale, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """One row per respondent, wave and score that the wave asked for, made anew.

        ``wave``, ``school``, ``respondent``, ``role``, ``score``, ``points`` (0 to 100, NaN
        below the minimum answered), ``native`` (scale points, or the prorated sum),
        ``answered`` and ``asked`` (items of the score). Its index is the row's place in
        `keys`.
        """
        return _stack(self)

    @property
    def keyed(self) -> pd.DataFrame:
        """One row per respondent and wave: `keys`, then one float column per item, made anew.

        The answer after reverse-scoring, on 0 to 100 points of the item's declared range,
        NaN where not answered.
        """
        columns = {key: self.keys[key].array for key in KEYS}
        return pd.DataFrame(
            columns | key_answers(self.responses, self._scales), index=range(len(self.keys))
        )

    def key_items(self, items: Iterable[str]) -> dict[str, Floats]:
        """Return the columns of `keyed` for some items, those that no wave asked left out."""
        signs, known = find_signs(self._scales), frozenset(self.responses.items)
        home = {item: scale for scale in reversed(self._scales) for item in scale.items}
        return {
            item: reach_points(
                key_steps(self.responses, home[item], item, signs[item]),
                home[item].response_set_of(item),
            )
            for item in items
            if item in known and item in home
        }

    def find_native(self, score: str) -> Floats:
        """Return everybody's score in scale points, or as a prorated sum."""
        scale, rule = next(
            (scale, scale.scores[score]) for scale in self._scales if score in scale.scores
        )
        return _work_native(self.responses, scale, rule, self.rules[score])


def score(responses: Responses, scales: Sequence[Scale]) -> Scores:
    """Score every respondent on every score of the scales.

    Points are percent of the maximum possible (Cohen, Cohen, Aiken and West 1999): each
    item runs from 0 to 100 over its declared range, and a person's points are the mean
    over the items answered. Reversal is ``low + high - code`` with the declared range.
    Nobody below the score's minimum of answered items gets a value; nothing is imputed.

    Parameters
    ----------
    responses : Responses
        Declared codes, none reversed.
    scales : sequence of Scale
        Their items need not all have been asked.

    Returns
    -------
    Scores
        `native` is the mean of the keyed codes, weighted where the score says so; for a
        sum that mean times the (weights of the) items in the score; for items of
        different ranges, and for a score made of scores, the points. The score's
        transform comes last.

    Raises
    ------
    InputError
        CK290 for each item that holds codes outside its declared range.
    """
    frame = responses._frame  # noqa: SLF001
    check_ranges(responses, scales)
    wave_numbers, wave_names = number_rows(responses, "wave")
    responded = np.zeros(len(frame), dtype=np.bool_)
    for item in responses.items:
        responded |= ~_read_codes(responses, item)[1]
    rules: dict[str, RuleScores] = {}
    for scale, rule in order_rules(scales):
        if rule.inputs:
            rules[rule.id] = _combine([rules[one] for one in rule.inputs])
        else:
            asked = count_asked(rule, responses, wave_names), wave_numbers
            rules[rule.id] = _score_rule(rule, scale, responses, asked)
    return Scores(
        keys=pd.DataFrame(
            {key: frame[key].array for key in KEYS}, index=range(len(frame)), copy=False
        ),
        waves=responses.waves,
        responded=responded,
        rules=rules,
        responses=responses,
        _scales=tuple(scales),
    )


def order_rules(scales: Sequence[Scale]) -> list[tuple[Scale, ScoreRule]]:
    """Return the scores that are worked out from answers, inputs before what they make.

    Scores of an owner's platform, and those of standard scores, are left out: they are no
    person's.

    Raises
    ------
    DefinitionError
        CK427 for a score whose inputs are not among the scales.
    """
    rules = {
        rule.id: (scale, rule)
        for scale in scales
        for rule in scale.scores.values()
        if rule.items or rule.method == "mean_of_scores"
    }
    missing = [
        Problem(
            code="CK427",
            message=f"{rule.id} is made of {one}, which is not among the scales",
            expected=one,
            mend=f'add "{one.split(".")[0]}" to scales',
        )
        for _, rule in rules.values()
        for one in rule.inputs
        if one not in rules
    ]
    if missing:
        raise DefinitionError(missing)
    ordered: dict[str, tuple[Scale, ScoreRule]] = {}

    def take(name: str) -> None:
        for one in rules[name][1].inputs:
            take(one)
        ordered.setdefault(name, rules[name])

    for name in rules:
        take(name)
    return list(ordered.values())


def key_answers(responses: Responses, scales: Sequence[Scale]) -> dict[str, Floats]:
    """Return each item's answers after reverse-scoring, in points of 0 to 100.

    Returns
    -------
    dict of str to ndarray of float
        Item id to one value per row of the responses, NaN where not answered; only
        items that belong to the scales.

    Raises
    ------
    InputError
        CK290 for each item that holds codes outside its declared range.
    """
    check_ranges(responses, scales)
    signs = find_signs(scales)
    known = frozenset(responses.items)
    return {
        item: reach_points(
            key_steps(responses, scale, item, signs[item]), scale.response_set_of(item)
        )
        for scale in scales
        for item in scale.items
        if item in known
    }


def key_steps(responses: Responses, scale: Scale, item: str, sign: int) -> Steps:
    """Return how many steps above the lowest answer each keyed answer lies, -1 for none.

    Reversed where `sign` is below 0, from the declared range only; codes must lie inside.
    """
    answers = scale.response_set_of(item)
    codes, blank = _read_codes(responses, item)
    steps: Steps = np.subtract(answers.high, codes) if sign < 0 else codes - answers.low
    # The bits of -1 are all set: this writes it over blanks, in one fast pass.
    steps |= -blank.view(np.int8)
    return steps


def reach_points(steps: Steps, answers: ResponseSet) -> Floats:
    """Return how far up its declared range each answer lies, 0 to 100."""
    points: Floats = np.where(steps >= 0, FULL * steps / (answers.high - answers.low), np.nan)
    return points


def check_ranges(responses: Responses, scales: Sequence[Scale]) -> None:
    """Refuse codes outside the declared range.

    Raises
    ------
    InputError
        CK290 for each such item.
    """
    known = frozenset(responses.items)
    problems: list[Problem] = []
    seen: set[str] = set()
    for scale in scales:
        for item in scale.items:
            if item not in known or item in seen:
                continue
            seen.add(item)
            answers = scale.response_set_of(item)
            codes, blank = _read_codes(responses, item)
            outside = ((codes < answers.low) | (codes > answers.high)) & ~blank
            if outside.any():
                problems.append(_report_outside(item, answers, codes[outside]))
    if problems:
        raise InputError(problems)


def find_signs(scales: Sequence[Scale]) -> dict[str, int]:
    """Return the one sign, +1 or -1, that each item is keyed with.

    An item in several scores keeps the sign of the first; one in no score counts as +1.
    """
    signs: dict[str, int] = {}
    for scale in scales:
        for rule in scale.scores.values():
            for item, sign in rule.items.items():
                signs.setdefault(item, sign)
        for item in scale.items:
            signs.setdefault(item, 1)
    return signs


def count_asked(rule: ScoreRule, responses: Responses, waves: Sequence[str]) -> Ints:
    """Return how many items of the score each of the waves asked."""
    known = frozenset(responses.items)
    return np.array(
        [len(responses.asked.get(wave, known) & known & rule.items.keys()) for wave in waves],
        dtype=np.intp,
    )


def _read_codes(responses: Responses, item: str) -> tuple[Steps, Flags]:
    """Return the codes as they stand, and where there is none, without copying either."""
    column = responses._frame[item].array  # noqa: SLF001
    return column._data, column._mask  # noqa: SLF001


def _report_outside(item: str, answers: ResponseSet, outside: Steps) -> Problem:
    found = str(int(outside[0]))
    return Problem(
        code="CK290",
        message=f"Item {item} holds {found}, outside its declared range.",
        column=item,
        found=found,
        expected=f"a whole number from {answers.low} to {answers.high}",
        mend="Correct the answers, or the response set that the scale file declares.",
        count=len(outside),
    )


def _score_rule(
    rule: ScoreRule, scale: Scale, responses: Responses, asked: tuple[Ints, Ints]
) -> RuleScores:
    asked_in, waves = asked
    small = np.min_scalar_type(len(rule.items))
    answered = np.zeros(len(waves), dtype=small)
    # Whole steps are summed apart for each range and weight, so that no sum is rounded.
    sums: dict[tuple[int, float], tuple[npt.NDArray[np.int32], Counts]] = {}
    for item, sign in rule.items.items():
        if item not in responses.items:
            continue
        steps = key_steps(responses, scale, item, sign)
        there = steps >= 0
        answered += there
        kind = scale.response_set_of(item).options - 1, rule.weight_of(item)
        if kind not in sums:
            sums[kind] = np.zeros(len(waves), dtype=np.int32), np.zeros_like(answered)
        total, count = sums[kind]
        total += np.maximum(steps, 0)
        count += there
    reached, weights = np.zeros(len(waves)), np.zeros(len(waves))
    for (span, weight), (total, count) in sums.items():
        reached += total * (weight * FULL / span)
        weights += weight * count
    enough = (answered >= rule.needed) & (asked_in > 0)[waves]
    with np.errstate(invalid="ignore", divide="ignore"):
        points = np.divide(reached, weights, out=reached)
    points[~enough] = np.nan
    return RuleScores(
        points=points, answered=answered, asked_in=asked_in.astype(small), waves=waves
    )


def _combine(inputs: Sequence[RuleScores]) -> RuleScores:
    """Average scores in points; a person without one of them has none."""
    asked = np.array([one.asked_in for one in inputs], dtype=np.intp)
    small = np.min_scalar_type(int(asked.sum(axis=0).max(initial=0)))
    return RuleScores(
        points=np.mean([one.points for one in inputs], axis=0),
        answered=np.sum([one.answered for one in inputs], axis=0, dtype=small),
        asked_in=np.where((asked > 0).all(axis=0), asked.sum(axis=0), 0).astype(small),
        waves=inputs[0].waves,
    )


def _work_native(responses: Responses, scale: Scale, rule: ScoreRule, own: RuleScores) -> Floats:
    if rule.inputs:
        return own.points
    if rule.rescaled:
        whole = sum(map(rule.weight_of, rule.items)) if rule.summed else 1
        return scale.transform(rule, whole * own.points)
    total, weights = np.zeros(len(own.points)), np.zeros(len(own.points))
    for item, sign in rule.items.items():
        if item in responses.items:
            steps, weight = key_steps(responses, scale, item, sign), rule.weight_of(item)
            there = steps >= 0
            codes = steps.astype(np.float64) + scale.response_set_of(item).low
            total += np.where(there, weight * codes, 0.0)
            weights += weight * there
    whole = sum(map(rule.weight_of, rule.items)) if rule.summed else 1
    with np.errstate(invalid="ignore", divide="ignore"):
        native = np.where(np.isnan(own.points), np.nan, whole * total / weights)
    return scale.transform(rule, native)


def _stack(scores: Scores) -> pd.DataFrame:
    """Put the scores below each other; keys as categories, which a million rows can bear."""
    columns: dict[str, object] = {}
    pieces = {score: np.flatnonzero(one.asked > 0) for score, one in scores.rules.items()}
    if not pieces:
        return pd.DataFrame(
            columns=[*KEYS, "score", "points", "native", "answered", "asked"], index=range(0)
        )
    rows = np.concatenate([*pieces.values()])
    for key in KEYS:
        if key == "respondent":
            columns[key] = scores.keys[key].array.take(rows)
        else:
            numbers, names = number_rows(scores.responses, key)
            columns[key] = pd.Categorical.from_codes(numbers[rows], categories=pd.Index(names))
    lengths = [len(piece) for piece in pieces.values()]
    columns["score"] = pd.Categorical.from_codes(
        np.repeat(np.arange(len(pieces)), lengths), categories=pd.Index(list(pieces))
    )
    own = [(scores.rules[score], score, piece) for score, piece in pieces.items()]
    columns["points"] = np.concatenate([one.points[piece] for one, _, piece in own])
    columns["native"] = np.concatenate(
        [scores.find_native(score)[piece] for _, score, piece in own]
    )
    for name in ("answered", "asked"):
        columns[name] = np.concatenate(
            [getattr(one, name)[piece].astype(np.intp) for one, _, piece in own]
        )
    return pd.DataFrame(columns, index=pd.Index(rows))
