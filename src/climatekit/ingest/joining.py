"""Joining: the exports of all waves, put into one frame of `Responses`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from climatekit.ingest.answers import MISSING
from climatekit.ingest.parts import Part
from climatekit.ingest.responses import Responses, Source
from climatekit.knowledge.scales import Scale

Floats = npt.NDArray[np.float64]


def join_parts(
    parts: Mapping[str, Sequence[Part]], scales: Sequence[Scale], numbers: Mapping[str, int]
) -> Responses:
    """Put the exports of all waves into one frame, people under opaque ids.

    Parameters
    ----------
    parts : mapping of str to sequence of Part
        Wave id to its exports, waves in time order.
    scales : sequence of Scale
        They give the order of the item columns.
    numbers : mapping of str to int
        Wave id to its number, the ``1`` of ``w1-000001``.
    """
    asked = {
        wave: frozenset(item for part in wave_parts for item in part.codes)
        for wave, wave_parts in parts.items()
    }
    everything = [part for wave_parts in parts.values() for part in wave_parts]
    items = tuple(
        item
        for scale in scales
        for item in scale.items
        if any(item in wave_items for wave_items in asked.values())
    )
    frame = {
        "wave": _texts(
            np.repeat(
                np.array([part.wave for part in everything], dtype=object),
                [len(part) for part in everything],
            )
        ),
        "school": _texts(np.concatenate([part.school for part in everything])),
        "respondent": _texts(np.array(list(_opaque_ids(parts, numbers)), dtype=object)),
        "role": _texts(np.concatenate([part.role for part in everything])),
    }
    for item in items:
        codes = np.concatenate(
            [
                part.codes.get(item, np.full(len(part), MISSING, dtype=np.int8))
                for part in everything
            ]
        )
        frame[item] = pd.arrays.IntegerArray(codes, codes == MISSING)
    return Responses(
        _frame=pd.DataFrame(frame, copy=False),
        waves=tuple(parts),
        items=items,
        asked=asked,
        wording={wave: _wordings(wave_parts) for wave, wave_parts in parts.items()},
        changed={wave: _changes(wave_parts) for wave, wave_parts in parts.items()},
        sources=tuple(_source(part) for part in everything),
        links=_join_links(everything),
        seconds=_join_numbers([part.seconds for part in everything], everything),
        weights=_join_numbers([part.weights for part in everything], everything),
    )


def _join_numbers(columns: Sequence[Floats | None], parts: Sequence[Part]) -> Floats | None:
    """Put a column of numbers of each part below each other, NaN where a part has none."""
    if all(column is None for column in columns):
        return None
    return np.concatenate(
        [
            np.full(len(part), np.nan) if column is None else column
            for column, part in zip(columns, parts, strict=True)
        ]
    )


def _join_links(parts: Sequence[Part]) -> tuple[str, ...]:
    if all(part.links is None for part in parts):
        return ()
    blank = [("",) * len(part) if part.links is None else tuple(part.links) for part in parts]
    return tuple(token for tokens in blank for token in tokens)


def _texts(
    values: np.ndarray[tuple[int], np.dtype[np.object_]],
) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="str")


def _opaque_ids(parts: Mapping[str, Sequence[Part]], numbers: Mapping[str, int]) -> Iterable[str]:
    for wave, wave_parts in parts.items():
        total = sum(len(part) for part in wave_parts)
        yield from (f"w{numbers[wave]}-{person:06d}" for person in range(1, total + 1))


def _wordings(parts: Sequence[Part]) -> dict[str, str]:
    wording: dict[str, str] = {}
    for part in parts:
        for item, text in part.wording.items():
            # Two exports of one wave that word an item differently hold no one wording.
            wording[item] = "+".join(sorted({text, wording.get(item) or text} - {""}))
    return wording


def _changes(parts: Sequence[Part]) -> dict[str, frozenset[str]]:
    changed: dict[str, frozenset[str]] = {}
    for part in parts:
        for item, found in part.changed.items():
            changed[item] = changed.get(item, frozenset()) | found
    return changed


def _source(part: Part) -> Source:
    return Source(
        name=Path(part.name).name,
        sha256=part.sha256,
        wave=part.wave,
        platform=part.platform,
        rows_read=part.rows_read,
        rows_kept=len(part),
        dropped={rule: count for rule, count in part.dropped.items() if count},
    )
