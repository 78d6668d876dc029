"""Matrices: people by items, one for each score and wave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale, ScoreRule
from climatekit.measure.among import Among, mark_among
from climatekit.measure.groups import Flags, Floats, Ints, number_groups, number_rows
from climatekit.measure.scoring import FULL, check_ranges, key_steps
from climatekit.measure.stacks import NOT_ANSWERED, Stack, Steps, stack_groups


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ItemMatrix:
    """The keyed answers to one score's items in one wave, or in all waves (wave None).

    `steps` is items by people and one: whole steps above the lowest answer, once
    reverse-scored, -1 where not answered, as throughout for the last, made-up person.
    `ranges` is each item's number of steps; `stack` sorts people by their group (school and
    wave, unless told otherwise), whose number over all waves `groups` holds; `rows` are
    people's rows in the responses; `least` is how many items must be answered for a score.
    """

    score: str
    wave: str | None
    items: tuple[str, ...]
    steps: Steps
    ranges: Ints
    groups: Ints
    stack: Stack
    rows: Ints
    least: int

    @property
    def cells(self) -> Ints:
        """Number of each person's group, over all waves."""
        return self.groups[self.stack.groups]

    @property
    def matrix(self) -> Floats:
        """People by items in points of 0 to 100, NaN where not answered."""
        own = self.steps[:, :-1].T
        points: Floats = np.where(own >= 0, FULL * own / self.ranges, np.nan)
        return points

    @property
    def weights(self) -> Floats:
        """Points that one step of each item is worth."""
        return FULL / self.ranges


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Wave:
    """The rows of one wave, or of several, with their groups."""

    name: str | None
    rows: Ints
    groups: Ints
    stack: Stack


def list_matrices(
    responses: Responses,
    scales: Sequence[Scale],
    *,
    by: Sequence[str] = ("wave", "school"),
    pooled: bool = True,
    among: Among | None = None,
) -> Iterator[ItemMatrix]:
    """Yield a matrix for each score and wave that asked two of its items or more.

    After the waves of a score comes, unless `pooled` is false, one of all of them, with the
    items that each asked. `by` names the columns whose groups `cells` numbers, as
    `number_groups` does. `among` names the schools whose people enter; else all do.

    Raises
    ------
    InputError
        CK290 for each item that holds codes outside its declared range.
    """
    check_ranges(responses, scales)
    cells, _ = number_groups(responses, by)
    waves, names = number_rows(responses, "wave")
    known = frozenset(responses.items)
    parts: dict[tuple[bytes, tuple[int, ...]], _Wave] = {}
    for scale in scales:
        for rule in scale.scores.values():
            asked = list_asked(rule, responses, names)
            wanted: list[tuple[tuple[int, ...], tuple[str, ...]]] = [
                ((number,), items) for number, items in asked.items()
            ]
            common = tuple(i for i in rule.items if all(i in items for items in asked.values()))
            if pooled and asked and len(common) > 1:
                wanted.append((tuple(asked), common))
            columns = {
                item: key_steps(responses, scale, item, sign)
                for item, sign in rule.items.items()
                if item in known and asked
            }
            there = None if among is None else mark_among(responses, among.get(rule.id, {}))
            marks = b"" if there is None else there.tobytes()
            for place, (numbers, items) in enumerate(wanted):
                key = marks, (*numbers, -1) if place == len(asked) else numbers
                if key not in parts:
                    name = None if place == len(asked) else names[numbers[0]]
                    rows = np.isin(waves, numbers)
                    parts[key] = _gather(name, rows if there is None else rows & there, cells)
                yield _make_matrix(parts[key], scale, rule, {i: columns[i] for i in items})


def list_asked(
    rule: ScoreRule, responses: Responses, waves: Sequence[str]
) -> dict[int, tuple[str, ...]]:
    """Return the items of a score that each wave asked, of the waves that asked two or more.

    Keys are the waves' places in `waves`.
    """
    known = frozenset(responses.items)
    asked = {
        place: tuple(i for i in rule.items if i in responses.asked.get(wave, known) & known)
        for place, wave in enumerate(waves)
    }
    return {place: items for place, items in asked.items() if len(items) > 1}


def _gather(name: str | None, there: Flags, cells: Ints) -> _Wave:
    rows = np.flatnonzero(there).astype(np.int32)
    own = cells[rows]
    present = np.zeros(int(cells.max(initial=-1)) + 1, dtype=np.bool_)
    present[own] = True
    groups = (np.cumsum(present, dtype=np.int32) - np.int32(1))[own]
    return _Wave(
        name=name,
        rows=rows,
        groups=np.flatnonzero(present).astype(np.int32),
        stack=stack_groups(groups, int(present.sum())),
    )


def _make_matrix(
    wave: _Wave, scale: Scale, rule: ScoreRule, columns: Mapping[str, Steps]
) -> ItemMatrix:
    steps = np.full((len(columns), len(wave.rows) + 1), NOT_ANSWERED, dtype=np.int8)
    for line, column in zip(steps, columns.values(), strict=True):
        line[:-1] = column.take(wave.rows)
    ranges = [scale.response_set_of(item).options - 1 for item in columns]
    return ItemMatrix(
        score=rule.id,
        wave=wave.name,
        items=tuple(columns),
        steps=steps,
        ranges=np.array(ranges, dtype=np.intp),
        groups=wave.groups,
        stack=wave.stack,
        rows=wave.rows,
        least=rule.needed,
    )
