"""Scoring: answers to keyed items, keyed items to one score per person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from climatekit.errors import DefinitionError, InputError, Problem
from climatekit.ingest.responses import KEYS, Responses
from climatekit.knowledge.scales import ResponseSet, Scale, ScoreRule
from climatekit.measure.groups import Flags, Floats, Ints, number_values

FULL = 100.0


class _Made(NamedTuple):
    """One score of every row: points, scale points, items answered and asked."""

    points: Floats
    native: Floats
    answered: Ints
    asked: Ints


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scores:
    """What each person scored.

    Attributes
    ----------
    _frame : DataFrame
        One row per respondent, wave and score that the wave asked for: ``wave``,
        ``school``, ``respondent``, ``role``, ``score``, ``points`` (0 to 100, NaN below
        the minimum answered), ``native`` (scale points, or the prorated sum), ``answered``
        and ``asked`` (items of the score). Its index is the row's place in `keyed`.
    keyed : DataFrame
        One row per respondent and wave, rows and keys as in `Responses`, then one float
        column per item: the answer after reverse-scoring, on 0 to 100 points of the
        item's declared range, NaN where not answered.
    waves : tuple of str
        Wave ids in time order.
    responded : ndarray of bool
        Per row of `keyed`: did this person answer any item at all, scored here or not?
    """

    _frame: pd.DataFrame
    keyed: pd.DataFrame
    waves: tuple[str, ...]
    responded: Flags

    @property
    def frame(self) -> pd.DataFrame:
        """A shallow copy that the caller may change; the original stays."""
        return self._frame.copy(deep=False)


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
    codes, answering = _read_codes(frame, responses.items)
    keyed = _key_codes(codes, scales)
    wave_numbers, wave_names = number_values(frame["wave"], responses.waves)
    pieces: list[tuple[Ints, Floats, Floats, Ints, Ints]] = []
    ids: list[str] = []
    made: dict[str, _Made] = {}
    for scale, rule in order_rules(scales):
        if rule.inputs:
            found = _combine([made[one] for one in rule.inputs])
        else:
            asked = count_asked(rule, responses, wave_names)[wave_numbers]
            found = _Made(*_score_rule(rule, scale, codes, len(frame)), asked)
        made[rule.id] = found
        rows = np.flatnonzero(found.asked)
        pieces.append((rows, *(part[rows] for part in found)))  # type: ignore[arg-type]
        ids.append(rule.id)
    return Scores(
        _frame=_stack(frame, pieces, ids, responses.waves),
        keyed=pd.DataFrame(
            {key: frame[key].array for key in KEYS} | keyed, index=range(len(frame))
        ),
        waves=responses.waves,
        responded=answering,
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
    codes, _ = _read_codes(responses._frame, responses.items)  # noqa: SLF001
    return _key_codes(codes, scales)


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


def _read_codes(frame: pd.DataFrame, items: Sequence[str]) -> tuple[dict[str, Floats], Flags]:
    codes: dict[str, Floats] = {}
    answering = np.zeros(len(frame), dtype=np.bool_)
    for item in items:
        codes[item] = frame[item].to_numpy(dtype=np.float64, na_value=np.nan)
        answering |= ~np.isnan(codes[item])
    return codes, answering


def _key_codes(codes: Mapping[str, Floats], scales: Sequence[Scale]) -> dict[str, Floats]:
    signs = find_signs(scales)
    keyed: dict[str, Floats] = {}
    problems: list[Problem] = []
    for scale in scales:
        for item in scale.items:
            if item not in codes or item in keyed:
                continue
            answers = scale.response_set_of(item)
            values = codes[item]
            outside = values[(values < answers.low) | (values > answers.high)]
            if outside.size:
                problems.append(_report_outside(item, answers, outside))
            keyed[item] = _reach(_turn(values, signs[item], answers), answers)
    if problems:
        raise InputError(problems)
    return keyed


def _report_outside(item: str, answers: ResponseSet, outside: Floats) -> Problem:
    found = f"{outside[0]:g}"
    return Problem(
        code="CK290",
        message=f"Item {item} holds {found}, outside its declared range.",
        column=item,
        found=found,
        expected=f"a whole number from {answers.low} to {answers.high}",
        mend="Correct the answers, or the response set that the scale file declares.",
        count=int(outside.size),
    )


def _turn(codes: Floats, sign: int, answers: ResponseSet) -> Floats:
    """Reverse-score where the sign says so, from the declared range only."""
    return answers.low + answers.high - codes if sign < 0 else codes


def _reach(codes: Floats, answers: ResponseSet) -> Floats:
    """Return how far up its declared range each code lies, 0 to 100."""
    points: Floats = FULL * (codes - answers.low) / (answers.high - answers.low)
    return points


def _score_rule(
    rule: ScoreRule, scale: Scale, codes: Mapping[str, Floats], rows: int
) -> tuple[Floats, Floats, Ints]:
    points, native, weights = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    answered = np.zeros(rows, dtype=np.intp)
    for item, sign in rule.items.items():
        if item not in codes:
            continue
        answers, weight = scale.response_set_of(item), rule.weight_of(item)
        turned = _turn(codes[item], sign, answers)
        there = ~np.isnan(turned)
        answered += there
        weights += weight * there
        native += np.where(there, weight * turned, 0.0)
        points += np.where(there, weight * _reach(turned, answers), 0.0)
    share = np.where(answered >= rule.needed, weights, np.nan)
    if rule.rescaled:
        native = points
    whole = sum(map(rule.weight_of, rule.items)) if rule.summed else 1
    return points / share, scale.transform(rule, whole * native / share), answered


def _combine(inputs: Sequence[_Made]) -> _Made:
    """Average scores in points; a person without one of them has none."""
    asked = np.where(
        np.all([one.asked > 0 for one in inputs], axis=0), sum(one.asked for one in inputs), 0
    )
    points = np.mean([one.points for one in inputs], axis=0)
    return _Made(points, points, np.sum([one.answered for one in inputs], axis=0), asked)


def _stack(
    frame: pd.DataFrame,
    pieces: Sequence[tuple[Ints, Floats, Floats, Ints, Ints]],
    ids: Sequence[str],
    waves: Sequence[str],
) -> pd.DataFrame:
    """Put the scores below each other; keys as categories, which a million rows can bear."""
    if not pieces:
        return pd.DataFrame(
            columns=[*KEYS, "score", "points", "native", "answered", "asked"], index=range(0)
        )
    rows = np.concatenate([piece[0] for piece in pieces])
    columns: dict[str, object] = {}
    for key in KEYS:
        if key == "respondent":
            columns[key] = frame[key].array.take(rows)
        else:
            numbers, names = number_values(frame[key], waves if key == "wave" else ())
            columns[key] = pd.Categorical.from_codes(numbers[rows], categories=pd.Index(names))
    lengths = [len(piece[0]) for piece in pieces]
    columns["score"] = pd.Categorical.from_codes(
        np.repeat(np.arange(len(ids)), lengths), categories=pd.Index(list(ids))
    )
    for place, name in enumerate(("points", "native", "answered", "asked"), start=1):
        columns[name] = np.concatenate([piece[place] for piece in pieces])
    return pd.DataFrame(columns, index=pd.Index(rows))
