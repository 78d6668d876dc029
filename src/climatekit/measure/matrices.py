"""Matrices: people by items, one for each score and wave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale
from climatekit.measure.groups import Flags, Floats, Ints, number_groups, number_values
from climatekit.measure.scoring import FULL, find_signs, key_answers


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ItemMatrix:
    """The keyed answers to one score's items in one wave, or in all waves (wave None).

    `matrix` is people by items in points of 0 to 100, NaN where not answered; `cells`
    numbers each person's group (school and wave, unless told otherwise); `rows` are their
    rows in the responses; `least` is how many items must be answered for a score.
    """

    score: str
    wave: str | None
    items: tuple[str, ...]
    matrix: Floats
    cells: Ints
    rows: Ints
    least: int


def list_matrices(
    responses: Responses, scales: Sequence[Scale], *, by: Sequence[str] = ("wave", "school")
) -> Iterator[ItemMatrix]:
    """Yield a matrix for each score and wave that asked two of its items or more.

    After the waves of a score comes one of all of them, with the items that each asked.
    `by` names the columns whose groups `cells` numbers, as `number_groups` does.
    """
    frame = responses._frame  # noqa: SLF001
    keyed = key_answers(responses, scales)
    signs = find_signs(scales)
    cells, _ = number_groups(frame, by, responses.waves)
    waves, names = number_values(frame["wave"], responses.waves)
    known = frozenset(keyed)
    for scale in scales:
        for rule in scale.scores.values():
            # The sign of another score may stand in `keyed`; this score's own decides.
            columns = {
                item: keyed[item] if sign == signs[item] else FULL - keyed[item]
                for item, sign in rule.items.items()
                if item in known
            }
            asked = {
                number: tuple(i for i in columns if i in responses.asked.get(wave, known))
                for number, wave in enumerate(names)
            }
            asked = {number: items for number, items in asked.items() if len(items) > 1}
            parts: list[tuple[str | None, tuple[str, ...], Flags]] = [
                (names[number], items, waves == number) for number, items in asked.items()
            ]
            common = tuple(i for i in columns if all(i in items for items in asked.values()))
            if asked and len(common) > 1:
                parts.append((None, common, np.isin(waves, list(asked))))
            for wave, items, rows in parts:
                matrix = np.column_stack([columns[item][rows] for item in items])
                yield ItemMatrix(
                    score=rule.id,
                    wave=wave,
                    items=items,
                    matrix=matrix,
                    cells=cells[rows],
                    rows=np.flatnonzero(rows),
                    least=rule.min_answered,
                )
