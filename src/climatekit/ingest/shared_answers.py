"""Shared answers: words that several columns have in common where none is known as an item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from climatekit.ingest.labels import Kind, make_answer_key, read_answer
from climatekit.ingest.layouts import Layout
from climatekit.ingest.tables import Table
from climatekit.knowledge.scales import Scale

_LEAST_COLUMNS = 4
_LEAST_PEOPLE = 10
_MOST_ANSWERS = 12
_LONGEST = 60


def find_unknown_words(table: Table, layout: Layout, scales: Sequence[Scale]) -> list[str]:
    """Return the answers that at least four columns share and no response set holds.

    Rule D14: a column that is no item may hold what people wrote. Only short texts are
    told which stand in several columns, ten times at least, and never more than twelve.
    """
    rows: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    for place, column in enumerate(table.columns):
        if place in layout.metadata_columns:
            continue
        counts = np.bincount(
            column.codes[layout.first_data_record :], minlength=len(column.values)
        ).tolist()
        held = [(text.strip(), n) for text, n in zip(column.values, counts, strict=True) if n]
        words = [(text, n) for text, n in held if text]
        if len(words) <= _MOST_ANSWERS and all(_is_wording(text) for text, _ in words):
            columns.update({text for text, _ in words})
            for text, n in words:
                rows[text] += n
    shared = [
        text
        for text, number in columns.items()
        if number >= _LEAST_COLUMNS and rows[text] >= _LEAST_PEOPLE
    ]
    keys = [make_answer_key(one) for scale in scales for one in scale.response_sets.values()]
    unknown = [
        text for text in shared if all(read_answer(text, key).kind is Kind.UNKNOWN for key in keys)
    ]
    return unknown if len(shared) <= _MOST_ANSWERS else []


def _is_wording(text: str) -> bool:
    return len(text) <= _LONGEST and any(map(str.isalpha, text))
