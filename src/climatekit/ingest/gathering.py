"""Gathering: a rating that was written as one column per option, put back into one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import numpy.typing as npt

from climatekit.ingest.decisions import Decision
from climatekit.ingest.layouts import Layout
from climatekit.ingest.tables import Table, TextColumn
from climatekit.knowledge.tidying import tidy_text

_FEWEST = 3
_MOST_TEXTS = 6
_CHOSEN = frozenset({"1", "1.0", "true", "yes", "x", "checked", "y"})
_NOT_CHOSEN = frozenset({"", "0", "0.0", "false", "no", "unchecked", "n"})
_OTHER = re.compile(r"^other\b|please specify|\bsonstiges\b|\botro\b|\bautre\b", re.IGNORECASE)

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Option:
    place: int
    stem: str
    text: str


def gather_ratings(
    table: Table, layout: Layout, kept: Rows
) -> tuple[Table, Layout, list[Decision]]:
    """Put each rating that stands in one column per option back into one column.

    Three or more neighbouring columns share the question; each holds one text only, its
    own option, its number or a mark; and nobody has chosen two. So a question where
    several may be chosen stays as it is. In a column of zeros and ones a row of zeros is
    nobody's answer.

    Parameters
    ----------
    table, layout : Table, Layout
    kept : ndarray of int
        Indices of the records that count.

    Returns
    -------
    Table, Layout, list of Decision
        With the gathered columns behind the others, called as their question; the
        columns that they were made of are no items any more.
    """
    columns: list[TextColumn] = []
    names: list[str] = []
    parts: set[int] = set()
    free = [place for place in range(len(layout.names)) if place not in layout.metadata_columns]
    for stem, options in groupby(_options(layout, free), key=lambda one: one.stem):
        block = [one for one in options if not _OTHER.search(one.text)]
        if not stem or not _neighbours(block):
            continue
        column = _gather(table, block, kept)
        if column is not None:
            columns.append(column)
            names.append(stem)
            parts |= {one.place for one in block}
    if not columns:
        return table, layout, []
    blank = ("",) * len(columns)
    return (
        replace(table, columns=(*table.columns, *columns)),
        replace(
            layout,
            names=(*layout.names, *names),
            wordings=(*layout.wordings, *names),
            import_ids=(*layout.import_ids, *blank),
            metadata_columns=layout.metadata_columns | parts,
        ),
        [
            Decision(
                "gathered",
                f"{len(parts)} columns into {len(columns)}",
                "each holds one option of a question, and nobody chose two",
            )
        ],
    )


def _options(layout: Layout, places: Sequence[int]) -> list[_Option]:
    found = []
    for place in places:
        stem, text = layout.stems[place], layout.options[place]
        if not (stem and text):
            name = layout.names[place]
            stem, mark, text = name.rpartition("___" if "___" in name else " - ")
            if not mark or not text.strip():
                stem = text = ""
        found.append(_Option(place, stem.strip(), text.strip()))
    return found


def _neighbours(block: Sequence[_Option]) -> bool:
    if len(block) < _FEWEST:
        return False
    texts = [tidy_text(one.text) for one in block]
    return block[-1].place - block[0].place <= len(block) and len(set(texts)) == len(texts)


def _gather(table: Table, block: Sequence[_Option], kept: Rows) -> TextColumn | None:
    chosen = np.zeros(len(table), dtype=np.int32)
    marks = []
    for number, option in enumerate(block, start=1):
        column = table.columns[option.place]
        if len(column.values) > _MOST_TEXTS:
            return None
        codes = np.unique(column.codes[kept])
        texts = [tidy_text(column.values[code]) for code in codes]
        held = [text for text in texts if text not in _NOT_CHOSEN]
        if len(held) > 1 or any(not _says(text, option) for text in held):
            return None
        marks += held
        here = column.where([tidy_text(text) not in _NOT_CHOSEN for text in column.values])
        if (chosen[kept][here[kept]] > 0).any():
            return None
        chosen[kept] = np.where(here[kept], number, chosen[kept])
    if len(marks) < 2 or not _alike(marks):  # noqa: PLR2004 (one option alone is no rating)
        return None
    return TextColumn(("", *(option.text for option in block)), chosen)


def _says(text: str, option: _Option) -> bool:
    return text == tidy_text(option.text) or text in _CHOSEN or text.isdecimal()


def _alike(marks: Sequence[str]) -> bool:
    """Return whether numbers are marks: all the same one, or each option its own."""
    numbers = [mark for mark in marks if mark.isdecimal()]
    return len(set(numbers)) in {0, 1, len(numbers)}
