"""Linking: which free columns of an export may be items, for a person to confirm.

An item that another wave names is looked for by import id, then by the district's own
question text, equal or alike; a block of columns in the order of a scale is the weakest
sign. Nothing here decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from climatekit.ingest.labels import AnswerKey, Kind, read_answer
from climatekit.ingest.matches import Match
from climatekit.ingest.naming import asked_in, grid_of, is_wordy, stem_of
from climatekit.ingest.sheets import Sheet
from climatekit.ingest.text import holds_negation, near_key
from climatekit.knowledge.scales import Scale
from climatekit.knowledge.tidying import tidy_text

LINK_KINDS = ("import-id", "wording", "like-wording", "order")
_ALIKE = 85.0
_LEAD = 8.0
_LEAST_FIT = 0.9
# Answers in words of one's own are asked about later; a person confirms each column.
_HALF_FIT = 0.5
_MOST_TEXTS = 60
_READ = frozenset({Kind.WORDS, Kind.NUMBER, Kind.BOTH, Kind.NO_ANSWER})
_NUMBERED = re.compile(r"^(.*?)[\s_.-]*(?:\d+|[a-z])\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownColumn:
    """An item's column in another export: its import id, what it asks, and the file."""

    item: str
    import_id: str
    wording: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One column that may be an item.

    Attributes
    ----------
    column : int
        Column index, from 0.
    heading, wording : str
        As the export has them.
    kind : {"import-id", "wording", "like-wording", "order"}
        By what it was found.
    score : int
        How alike the question text is to the earlier one, 0 to 100; 0 where there is
        none to compare with.
    earlier : str
        The earlier question text.
    file : str
        The export that named the item.
    topic : str
        The item's topic label, to hold the wording against.
    """

    item: str
    column: int
    heading: str
    wording: str
    kind: str
    score: int
    earlier: str = ""
    file: str = ""
    topic: str = ""

    @property
    def compared(self) -> bool:
        """Whether both texts are known."""
        return bool(self.wording and self.earlier)

    @property
    def reworded(self) -> bool:
        """Whether both texts are known and differ."""
        return self.compared and tidy_text(self.wording) != tidy_text(self.earlier)


def list_known(sheet: Sheet, matches: Sequence[Match]) -> list[KnownColumn]:
    """Return the items that an export names, for linking another export to it."""
    layout = sheet.layout
    return [
        KnownColumn(
            item=match.item,
            import_id=layout.import_ids[match.column],
            wording=asked_in(layout, match.column),
            file=sheet.table.name,
        )
        for match in matches
    ]


def propose_links(
    sheet: Sheet,
    *,
    taken: Collection[int],
    missing: Sequence[str],
    known: Sequence[KnownColumn],
    scales: Sequence[Scale],
    answer_keys: Mapping[tuple[str, str], AnswerKey],
) -> tuple[Link, ...]:
    """Return the free columns of an export that may be items, strongest sign first.

    Parameters
    ----------
    taken : collection of int
        Columns that are spoken for already.
    missing : sequence of str
        Items that are looked for.
    known : sequence of KnownColumn
        Where other exports hold items.
    scales : sequence of Scale
    answer_keys : mapping of (str, str) to AnswerKey
        Scale id and response set id to the look-up of its answers. A column whose
        answers do not fit is never proposed.
    """
    finder = _Finder(sheet, scales, answer_keys, set(taken) | sheet.layout.metadata_columns)
    wanted = [one for item in missing for one in known if one.item == item]
    links = finder.by_import_id(wanted)
    links += finder.by_wording(wanted, {link.item for link in links})
    links += finder.like_wording(wanted, {link.item for link in links})
    return (*links, *finder.by_order(missing, {link.item for link in links}))


def link_from(sheet: Sheet, scale: Scale, heading: str, *, taken: Collection[int]) -> list[Link]:
    """Return the columns from a heading on as a scale's items in order, for a person to confirm.

    Parameters
    ----------
    heading : str
        Of the column that holds the first item, as `Layout.title` gives it.
    taken : collection of int
        Columns that are passed over.
    """
    layout = sheet.layout
    free = [
        place
        for place, name in enumerate(layout.names)
        if name and place not in taken and place not in layout.metadata_columns
    ]
    begin = next(n for n, place in enumerate(free) if layout.title(place) == heading)
    return [
        Link(
            item=item,
            column=place,
            heading=layout.title(place),
            wording=asked_in(layout, place),
            kind="order",
            score=0,
            topic=scale.items[item].label,
        )
        for item, place in zip(scale.items, free[begin:], strict=False)
    ]


class _Finder:
    def __init__(
        self,
        sheet: Sheet,
        scales: Sequence[Scale],
        answer_keys: Mapping[tuple[str, str], AnswerKey],
        taken: set[int],
    ) -> None:
        self.sheet = sheet
        self.layout = sheet.layout
        self.scales = scales
        self.scale_of = {item: scale for scale in scales for item in scale.items}
        self.answer_keys = answer_keys
        self.taken = taken
        self.fits: dict[tuple[int, str, str], float] = {}

    def by_import_id(self, known: Sequence[KnownColumn]) -> list[Link]:
        places = {one: place for place, one in enumerate(self.layout.import_ids) if one}
        links: dict[str, Link] = {}
        for one in known:
            place = places.get(one.import_id) if one.import_id else None
            free = place is not None and self._is_free(place, one.item, _HALF_FIT)
            if place is not None and free and one.item not in links:
                links[one.item] = self._take(one, place, "import-id")
        return [*links.values()]

    def by_wording(self, known: Sequence[KnownColumn], found: Collection[str]) -> list[Link]:
        asked: dict[str, list[int]] = {}
        for place in range(len(self.layout.names)):
            asked.setdefault(tidy_text(asked_in(self.layout, place)), []).append(place)
        # An item that was reworded between waves has several texts, each as good as the other.
        texts = {(one.item, tidy_text(one.wording)): one for one in known}
        often = Counter(text for _, text in texts)
        links: dict[str, Link] = {}
        for (item, text), one in texts.items():
            places = [p for p in asked.get(text, ()) if self._is_free(p, item, _HALF_FIT)]
            fresh = item not in found and item not in links
            if text and often[text] == 1 and len(places) == 1 and fresh:
                links[item] = self._take(one, places[0], "wording")
        return [*links.values()]

    def like_wording(self, known: Sequence[KnownColumn], found: Collection[str]) -> list[Link]:
        # Of two words, one changed may change the sense: such texts are never alike enough.
        left = [one for one in _once(known) if one.item not in found and is_wordy(one.wording)]
        links = []
        for one in left:
            place = self._most_alike(one, left)
            if place is not None:
                links.append(self._take(one, place, "like-wording"))
        return links

    def by_order(self, missing: Sequence[str], found: Collection[str]) -> list[Link]:
        links = []
        for scale in self.scales:
            items = list(scale.items)
            if any(item not in missing or item in found for item in items):
                continue
            blocks = self._blocks(scale)
            rivals = [one for one in self.scales if _same_shape(one, scale)]
            if len(blocks) == 1 and len(rivals) == 1:
                for item, place in zip(items, blocks[0], strict=True):
                    known = KnownColumn(item=item, import_id="", wording="", file="")
                    links.append(self._take(known, place, "order"))
        return links

    def _blocks(self, scale: Scale) -> list[list[int]]:
        """Return the runs of neighbouring columns that could be all items of a scale."""
        items = list(scale.items)
        first = items[0]
        runs: list[list[int]] = []
        for place in range(len(self.layout.names)):
            if not self._is_free(place, first, _HALF_FIT):
                continue
            if runs and runs[-1][-1] == place - 1 and self._same_block(place - 1, place):
                runs[-1].append(place)
            else:
                runs.append([place])
        # A long scale is often asked in two or three tables, one right after the other.
        joined = [
            [*one, *two] for one, two in pairwise(runs) if one[-1] == two[0] - 1 and len(one) > 1
        ]
        return [run for run in (*runs, *joined) if len(run) == len(items)]

    def _same_block(self, before: int, place: int) -> bool:
        layout = self.layout
        stems = [
            layout.stems[p] or stem_of(layout.wordings[p]) or grid_of(layout.names[p])
            for p in (before, place)
        ]
        if any(stems):
            return stems[0] == stems[1]
        heads = [_NUMBERED.match(layout.names[p]) for p in (before, place)]
        return all(heads) and len({one.group(1) for one in heads if one}) == 1

    def _most_alike(self, one: KnownColumn, rivals: Sequence[KnownColumn]) -> int | None:
        from rapidfuzz import fuzz

        wanted = near_key(one.wording)
        scores = sorted(
            (
                (fuzz.ratio(wanted, near_key(asked_in(self.layout, place))), place)
                for place in range(len(self.layout.names))
                if self._is_free(place, one.item)
            ),
            reverse=True,
        )
        if not scores or scores[0][0] < _ALIKE:
            return None
        best, place = scores[0]
        text = asked_in(self.layout, place)
        others = [
            fuzz.ratio(near_key(other.wording), near_key(text))
            for other in rivals
            if other.item != one.item
        ]
        second = max([scores[1][0] if len(scores) > 1 else 0.0, *others])
        sure = best - second >= _LEAD and holds_negation(text) == holds_negation(one.wording)
        return place if sure else None

    def _take(self, one: KnownColumn, place: int, kind: str) -> Link:
        from rapidfuzz import fuzz

        self.taken.add(place)
        wording = asked_in(self.layout, place)
        score = fuzz.ratio(near_key(one.wording), near_key(wording)) if one.wording else 0.0
        return Link(
            item=one.item,
            column=place,
            heading=self.layout.title(place),
            wording=wording,
            kind=kind,
            score=int(score),
            earlier=one.wording,
            file=one.file,
            topic=self.scale_of[one.item].items[one.item].label,
        )

    def _is_free(self, place: int, item: str, least: float = _LEAST_FIT) -> bool:
        if place in self.taken or not self.layout.names[place]:
            return False
        scale = self.scale_of[item]
        response_set = scale.response_set_of(item).id
        asked = (place, scale.id, response_set)
        if asked not in self.fits:
            answer_key = self.answer_keys[scale.id, response_set]
            self.fits[asked] = share_of_answers(self.sheet, place, answer_key)
        return self.fits[asked] >= least


def share_of_answers(sheet: Sheet, place: int, answer_key: AnswerKey) -> float:
    """Return which share of a column's texts are answers of a set, 0 where none really is."""
    column = sheet.table.columns[place]
    counts = np.bincount(column.codes[sheet.kept], minlength=len(column.values))
    held = np.flatnonzero(counts)
    if len(held) > _MOST_TEXTS:
        return 0.0
    answers = {int(index): read_answer(column.values[index], answer_key).kind for index in held}
    filled = sum(int(counts[i]) for i, kind in answers.items() if kind is not Kind.BLANK)
    read = sum(int(counts[i]) for i, kind in answers.items() if kind in _READ)
    real = any(kind in _READ and kind is not Kind.NO_ANSWER for kind in answers.values())
    return read / filled if real else 0.0


def _once(known: Sequence[KnownColumn]) -> list[KnownColumn]:
    """Return one known column for each item, the last that tells a question text."""
    by_item: dict[str, KnownColumn] = {}
    for one in known:
        if one.wording or one.item not in by_item:
            by_item[one.item] = one
    return list(by_item.values())


def _same_shape(one: Scale, other: Scale) -> bool:
    """Return whether two scales have as many items and the same number of answers."""
    sets = [scale.response_set_of(next(iter(scale.items))) for scale in (one, other)]
    return len(one.items) == len(other.items) and (sets[0].low, sets[0].high) == (
        sets[1].low,
        sets[1].high,
    )
