"""Factor answers: one factor fitted to every answer, those of people who skipped items too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from climatekit.measure.alphas import LEAST_SHARED
from climatekit.measure.covariances import drop_constant, find_covariance
from climatekit.measure.factor_model import (
    Discrepancy,
    FactorFit,
    Frame,
    Layout,
    Moments,
    find_moments,
    frame_items,
    is_definite,
    judge_fit,
    search,
    start_search,
)
from climatekit.measure.groups import Flags, Floats, Ints
from climatekit.measure.stacks import find_group_moments, stack_groups
from climatekit.values import Withheld

# Cells of the covariances of all patterns of missing answers: 32 MB each.
_MOST_CELLS = 4_000_000
# People whose answers are laid out at once.
_AT_ONCE = 20_000
# Of an item's spread: what the saturated model may still move by when it is done.
_STILL = 1e-9
_MOST_ROUNDS = 500


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Patterns:
    """The answers of one group, and their moments by pattern of missing answers.

    `n` people of each pattern answered the items `seen`; `mean` and `inside` (n below) are
    their means and covariances, 0 where an item is missing.
    """

    answers: Floats
    n: Floats
    seen: Flags
    mean: Floats
    inside: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Sums:
    """Sums over people: the discrepancy, its slope and its bend."""

    value: float
    slope: Floats
    bend: Floats


def fit_answers(groups: Sequence[Floats], layouts: Sequence[Layout]) -> tuple[FactorFit, ...]:
    """Fit one factor by full-information maximum likelihood, once for each layout.

    Minus twice the log likelihood of everybody's own answers (Arbuckle 1996) is brought
    down by `search`; answers may be missing for any reason that other answers tell of (at
    random). With the factor's expected value and square given a person's answers, its
    derivatives are closed sums over people (Rubin and Thayer 1982). Chi-square is against the
    saturated model, found by the EM algorithm (Dempster, Laird and Rubin 1977). The
    parameters' covariance is from the observed information, `robust` from it and the
    cross-products of people's slopes.

    Parameters
    ----------
    groups : sequence of ndarray of float, people by items
        NaN where not answered; each such that `refuse_answers` finds nothing, and everybody
        must have answered an item.
    """
    everybody = np.vstack(groups)
    centre, spread = np.nanmean(everybody, axis=0), np.nanstd(everybody, axis=0)
    parts = [_list_patterns((group - centre) / spread) for group in groups]
    found = [_saturate(part) for part in parts]
    bottom = sum(value for _, value, _ in found)
    saturated = _Saturated(
        moments=[moments for moments, _, _ in found],
        value=bottom,
        baseline=sum(_set_apart(part.answers) for part in parts) - bottom,
        found=all(done for _, _, done in found),
    )
    frames = [frame_items(layout, centre, spread) for layout in layouts]
    return tuple(_fit(parts, frame, saturated) for frame in frames)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Saturated:
    """What answers amount to without a model: the discrepancy to compare a model's with.

    `baseline` is the chi-square of independent items; `found` whether the search ended.
    """

    moments: Sequence[Moments]
    value: float
    baseline: float
    found: bool


def _fit(parts: Sequence[_Patterns], frame: Frame, saturated: _Saturated) -> FactorFit:
    measure = partial(_measure, parts, frame)
    people = float(sum(group.n for group in saturated.moments))
    free, converged = search(measure, start_search(frame, saturated.moments), frame, people)
    last = measure(free)
    fit = judge_fit(
        frame,
        free,
        saturated.moments,
        (last.value - saturated.value, saturated.baseline),
        converged=converged and saturated.found,
    )
    back = np.outer(frame.back, frame.back)
    # Of the log likelihood: the discrepancy is minus twice it.
    inverse = np.linalg.pinv(last.observed / 2, hermitian=True)
    crossed = _cross(parts, frame, free) / 4
    return replace(fit, covariance=inverse * back, robust=inverse @ crossed @ inverse * back)


def refuse_answers(answers: Floats) -> Withheld | None:
    """Return why `fit_answers` cannot be had of a group's answers, or None where it can.

    Parameters
    ----------
    answers : ndarray of float, people by items
        NaN where not answered.
    """
    if find_covariance(answers).shared.min() < LEAST_SHARED:
        return Withheld("not-estimable", "two of the items share fewer than ten answers")
    whole = find_moments(answers)
    # With fewer complete rows than items nothing can be told by them.
    if drop_constant(answers)[0].shape != answers.shape or (
        whole.n > answers.shape[1] and not is_definite(whole)
    ):
        return Withheld("not-estimable", "an item is constant or repeats others")
    if len(find_patterns(~np.isnan(answers))[0]) * answers.shape[1] ** 2 > _MOST_CELLS:
        return Withheld("not-estimable", "too many patterns of items that people skipped")
    return None


def find_patterns(there: Flags) -> tuple[Flags, Ints]:
    """Return the different rows of `there`, and which of them each row is."""
    # Eight flags a byte: short keys are sorted many times faster than rows of flags.
    packed = np.ascontiguousarray(np.packbits(there, axis=1))
    keys = packed.view(f"V{packed.shape[1]}").ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    return there[first], which


def _measure(parts: Sequence[_Patterns], frame: Frame, free: Floats) -> Discrepancy:
    value, size = 0.0, len(free)
    slope, bend = np.zeros(size), np.zeros((size, size))
    for part, own, lift in zip(parts, frame.spread_out(free), frame.lift, strict=True):
        standard, turn = _standardize(own)
        sums = _sum_patterns(part, *standard)
        whole = turn @ lift
        value += sums.value
        slope += whole.T @ sums.slope
        bend += whole.T @ sums.bend @ whole + lift.T @ _bend_out(own, sums.slope) @ lift
    # Expected to bend by half of the slopes' cross-products.
    return Discrepancy(
        value=value,
        slope=slope,
        observed=bend,
        expected=lambda: _cross(parts, frame, free) / 2,
    )


def _cross(parts: Sequence[_Patterns], frame: Frame, free: Floats) -> Floats:
    """Return the cross-products of people's slopes, by free parameters."""
    crossed = np.zeros((len(free), len(free)))
    for part, own, lift in zip(parts, frame.spread_out(free), frame.lift, strict=True):
        standard, turn = _standardize(own)
        whole = turn @ lift
        for first in range(0, len(part.answers), _AT_ONCE):
            slopes = _find_slopes(part.answers[first : first + _AT_ONCE], *standard) @ whole
            crossed += slopes.T @ slopes
    return crossed


def _standardize(own: Floats) -> tuple[tuple[Floats, Floats, Floats], Floats]:
    """Return a group's loadings, logarithms of uniques and means, of a standard factor.

    And how these move with the group's parameters.
    """
    p = (len(own) - 2) // 3
    at, load, scale = np.arange(p), own[:p], np.exp(own[-2] / 2)
    turn = np.zeros((3 * p, 3 * p + 2))
    turn[at, at] = scale
    turn[at, -2] = load * scale / 2
    turn[p + at, p + at] = 1.0
    turn[2 * p + at, at] = own[-1]
    turn[2 * p + at, 2 * p + at] = 1.0
    turn[2 * p + at, -1] = load
    return (load * scale, own[p : 2 * p], own[2 * p : 3 * p] + load * own[-1]), turn


def _bend_out(own: Floats, slope: Floats) -> Floats:
    """Return what the bend of `_standardize` adds to the second derivatives."""
    p = (len(own) - 2) // 3
    at, load, scale = np.arange(p), own[:p], np.exp(own[-2] / 2)
    bend = np.zeros((3 * p + 2, 3 * p + 2))
    bend[at, -2] = bend[-2, at] = slope[:p] * scale / 2
    bend[-2, -2] = float(slope[:p] @ load) * scale / 4
    bend[at, -1] = bend[-1, at] = slope[2 * p :]
    return bend


def _find_slopes(answers: Floats, load: Floats, log_unique: Floats, mean: Floats) -> Floats:
    """Return the derivatives of each person's discrepancy, see `_sum_patterns`."""
    there = ~np.isnan(answers)
    seen, rest = there.astype(np.float64), np.where(there, answers - mean, 0.0)
    weight = np.exp(-log_unique)
    c = (1 + seen @ (weight * load**2))[:, None]
    f = (rest @ (weight * load))[:, None] / c
    h = 1 / c + f**2
    apart = rest**2 - 2 * load * f * rest + seen * load**2 * h
    return np.hstack(
        [
            2 * weight * (seen * load * h - f * rest),
            seen - weight * apart,
            -2 * weight * (rest - seen * load * f),
        ]
    )


def _sum_patterns(part: _Patterns, load: Floats, log_unique: Floats, mean: Floats) -> _Sums:
    """Sum ``sum log u + r'r / u + log c - t^2 / c`` over people, with its derivatives.

    r are the answers less the means, ``c = 1 + sum l^2 / u`` and ``t = sum l r / u`` over the
    items that a person answered, so that c is one for a pattern; ``f = t / c`` and
    ``h = 1 / c + f^2`` are the factor's expected value and square. By loadings l, logarithms
    of uniques u, and means.
    """
    p, at, n, seen = len(load), np.arange(len(load)), part.n, part.seen.astype(np.float64)
    weight = np.exp(-log_unique)
    pull = weight * load
    c = 1 + seen @ (pull * load)
    rest = np.where(part.seen, part.mean - mean, 0.0)
    square = part.inside + rest[:, :, None] * rest[:, None, :]
    # Sums over the people of each pattern: of t r, t t and t; then of f r, f f, f and h.
    t_r = n[:, None] * (square @ pull)
    t_t, t_1 = t_r @ pull, n * (rest @ pull)
    f_r, f_f, f_1 = t_r / c[:, None], t_t / c**2, t_1 / c
    h_1 = n / c + f_f
    own = n @ np.diagonal(square, axis1=1, axis2=2)
    f_rest, h_seen, f_seen = f_r.sum(axis=0), h_1 @ seen, f_1 @ seen
    n_rest, n_seen = n @ rest, n @ seen
    apart = own - 2 * load * f_rest + load**2 * h_seen
    c_moves = np.hstack([2 * seen * pull, -seen * pull * load, np.zeros_like(seen)])
    f_t = np.hstack([weight * f_r, -pull * f_r, -pull * seen * f_1[:, None]])
    # t moves by B r + b.
    turn = np.vstack([np.diag(weight), -np.diag(pull), np.zeros((p, p))])
    still = np.hstack([np.zeros((len(n), 2 * p)), -pull * seen])
    moved = (n / c)[:, None] * (rest @ turn.T)
    t_t_moves = turn @ np.tensordot(n / c, square, axes=1) @ turn.T
    t_t_moves += moved.T @ still + still.T @ moved + still.T @ ((n / c)[:, None] * still)
    along = c_moves.T @ (f_t / c[:, None])
    bend = 2 * (along + along.T - t_t_moves)
    bend -= c_moves.T @ ((2 * f_f / c + n / c**2)[:, None] * c_moves)
    for row, column, cross in (
        (0, 0, 2 * weight * h_seen),
        (0, 1, 2 * weight * f_rest - 2 * pull * h_seen),
        (0, 2, 2 * weight * f_seen),
        (1, 1, weight * apart),
        (1, 2, 2 * weight * n_rest - 2 * pull * f_seen),
        (2, 2, 2 * weight * n_seen),
    ):
        bend[row * p + at, column * p + at] += cross
        if row != column:
            bend[column * p + at, row * p + at] += cross
    return _Sums(
        value=float(n_seen @ log_unique + own @ weight + n @ np.log(c) - (t_t / c).sum()),
        slope=np.concatenate(
            [
                2 * weight * (load * h_seen - f_rest),
                n_seen - weight * apart,
                -2 * weight * (n_rest - load * f_seen),
            ]
        ),
        bend=bend,
    )


def _set_apart(answers: Floats) -> float:
    """Return minus twice the log likelihood of independent items, less a constant."""
    n = (~np.isnan(answers)).sum(axis=0)
    return float((n * (np.log(np.nanvar(answers, axis=0)) + 1)).sum())


def _list_patterns(answers: Floats) -> _Patterns:
    seen, which = find_patterns(~np.isnan(answers))
    columns = np.full((answers.shape[1], len(answers) + 1), np.nan)
    columns[:, :-1] = answers.T
    sums = find_group_moments(columns, stack_groups(which, len(seen)))
    n = np.bincount(which).astype(np.float64)
    mean = np.diagonal(sums.sums, axis1=1, axis2=2) / n[:, None]
    both = seen[:, :, None] & seen[:, None, :]
    inside = sums.products / n[:, None, None] - mean[:, :, None] * mean[:, None, :]
    return _Patterns(answers=answers, n=n, seen=seen, mean=mean, inside=np.where(both, inside, 0.0))


def _saturate(part: _Patterns) -> tuple[Moments, float, bool]:
    """Return mean and covariance of highest likelihood, minus twice its logarithm, if found.

    By EM over the patterns: each one's missing part is filled in by regression on the rest,
    whose residual covariance is added.
    """
    k, people, n = part.seen.shape[1], len(part.answers), part.n[:, None, None]
    both = part.seen[:, :, None] & part.seen[:, None, :]
    blank = np.eye(k) * ~part.seen[:, None, :]
    mean, covariance, done = np.zeros((k, 1)), np.eye(k), False
    for _ in range(_MOST_ROUNDS):
        inverse = np.where(both, np.linalg.inv(np.where(both, covariance, blank)), 0.0)
        fill = covariance @ inverse
        apart = np.where(part.seen, part.mean - mean[:, 0], 0.0)[:, :, None]
        filled = mean + fill @ apart
        new_mean = (n * filled).sum(axis=0) / people
        lone = fill @ part.inside @ fill.transpose(0, 2, 1) + covariance - fill @ covariance
        off = filled - new_mean
        new = (n * (lone + off @ off.transpose(0, 2, 1))).sum(axis=0) / people
        moved = max(np.abs(new - covariance).max(), np.abs(new_mean - mean).max())
        mean, covariance = new_mean, new
        if moved < _STILL:
            done = True
            break
    full = np.where(both, covariance, blank)
    apart = np.where(part.seen, part.mean - mean[:, 0], 0.0)[:, :, None]
    spread = part.inside + apart @ apart.transpose(0, 2, 1)
    fit = (np.linalg.inv(full) * spread).sum(axis=(1, 2)) + np.linalg.slogdet(full)[1]
    moments = Moments(mean=mean[:, 0], covariance=covariance, n=people)
    return moments, float(part.n @ fit), done
