"""Columns: which column is which item, and how that was seen; nothing is guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from climatekit.errors import Problem
from climatekit.ingest.codebook import SPECIAL, Codebook, CodebookRow
from climatekit.ingest.decisions import Decision
from climatekit.ingest.dialects import Layout
from climatekit.ingest.matches import Columns, Match
from climatekit.ingest.naming import columns_called, is_wordy, last_part
from climatekit.ingest.special_columns import find_special, take_special
from climatekit.ingest.text import closest, key
from climatekit.knowledge.scale_use import find_by_heading, find_by_wording
from climatekit.knowledge.scales import Item, Scale
from climatekit.knowledge.settings import ColumnSettings
from climatekit.knowledge.tidying import tidy_text

_OTHER_SCALE = 50.0
_WEIGHTS = frozenset({"weight", "weights", "person_weight"})


def match_columns(
    name: str,
    layout: Layout,
    scales: Sequence[Scale],
    *,
    wave: str,
    codebook: Codebook | None = None,
    asked_for: ColumnSettings | None = None,
) -> Columns:
    """Match the columns of one export to items, school, role and respondent.

    First the codebook, then each heading as an item id or alias, then the question text
    as our topic label. The part after the last `` - `` of a question text counts too, as
    platforms write a matrix so.

    Parameters
    ----------
    name : str
        The export's name, for problems.
    layout : Layout
    scales : sequence of Scale
        The scales that are looked for.
    wave : str
        Wave id, for the codebook's rows.

    Returns
    -------
    Columns
        With all problems: an item in two columns, items that exist nowhere, a scale with
        only some of its items. Rows of the codebook that fit nothing are in
        `unused_rows`, since another export of the wave may hold them.
    """
    finder = _Finder(name, layout, scales, wave)
    if codebook is not None:
        finder.follow(codebook)
    finder.look_at_headings()
    find_special(name, layout, finder.columns, finder.taken, asked_for or ColumnSettings())
    finder.check_scales()
    return finder.columns


@dataclass(slots=True)
class _Finder:
    name: str
    layout: Layout
    scales: Sequence[Scale]
    wave: str
    columns: Columns = field(default_factory=Columns)
    items: dict[str, Item] = field(default_factory=dict)
    taken: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.items = {item.id: item for scale in self.scales for item in scale.items.values()}

    # The codebook

    def follow(self, codebook: Codebook) -> None:
        rows = codebook.rows_for(self.wave)
        not_asked = {row.item for row in rows if "not_asked" in row.flags}
        self.columns.not_asked = frozenset(not_asked & self.items.keys())
        others: set[str] = set()
        for row in rows:
            if row.item not in self.items and row.item not in SPECIAL:
                # A codebook may speak of scales that this run leaves out.
                if row.item.casefold() in _WEIGHTS:
                    self._refuse_weights(codebook.name, row)
                    continue
                other = self._other_scale(row.item)
                if other is None:
                    self._add_unknown_item(codebook.name, row)
                else:
                    others.add(other)
                continue
            if row.column:
                self._follow_row(codebook.name, row)
        if others:
            self.columns.decisions.append(
                Decision("codebook", "rows passed over", f"of {', '.join(sorted(others))}")
            )

    def _refuse_weights(self, file: str, row: CodebookRow) -> None:
        """Refuse a row that calls a column the weights: it would change figures unseen."""
        self.columns.problems.append(
            Problem(
                code="CK238",
                file=file,
                line=row.line,
                column="item",
                message="the codebook does not say which column holds weights",
                found=row.item,
                expected='weight = "..." under [columns] (--weight-column)',
                mend="write ignore for the column, and name it there if it is to be used",
            )
        )

    def _other_scale(self, item: str) -> str | None:
        """Return the scale of an item that none of our scales can mean, or None."""
        scale, _, number = item.rpartition("_")
        if not scale or not number.isdecimal():
            return None
        own = [one.id for one in self.scales]
        return scale if closest(scale, own, least=_OTHER_SCALE) is None else None

    def _add_unknown_item(self, file: str, row: CodebookRow) -> None:
        self.columns.problems.append(
            Problem(
                code="CK211",
                file=file,
                line=row.line,
                column="item",
                message=f"no scale here has an item {row.item!r}",
                expected="an item id such as "
                + next(iter(self.items), "ots_4")
                + ", or school, role, respondent, ignore",
                closest=closest(row.item, [*self.items, *SPECIAL]),
                mend="correct the item, or write ignore",
            )
        )

    def _follow_row(self, file: str, row: CodebookRow) -> None:
        found, how = columns_called(self.layout, row.column)
        if not found:
            self.columns.unused_rows.append(row)
            return
        if len(found) > 1:
            self.columns.problems.append(
                Problem(
                    code="CK213",
                    file=file,
                    line=row.line,
                    column="column",
                    message=f"{len(found)} columns of {self.name} fit this row",
                    found=", ".join(self.layout.title(place) for place in found),
                    expected="a heading or import id that only one column has",
                    mend="name the column by its heading",
                )
            )
            return
        place = found[0]
        if row.item == "ignore":
            self.taken[place] = "ignore"
        elif row.item in SPECIAL:
            self.taken[place] = row.item
            take_special(self.columns, self.layout, row.item, place, f"codebook, by {how}")
        else:
            self._take(row.item, place, f"codebook, by {how}", row.flags - {"not_asked"})

    # Headings and question texts

    def look_at_headings(self) -> None:
        headings = self._heading_keys()
        labels = _unique(
            (tidy_text(item.label), item.id) for item in self.items.values() if item.label
        )
        claimed = {match.item for match in self.columns.matches}
        for place, heading in enumerate(self.layout.names):
            if place in self.taken or place in self.layout.metadata_columns:
                continue
            item, how = self._item_of(place, headings, labels)
            if item is not None:
                if item not in claimed:
                    self._take(item, place, how)
                elif how != "topic label":
                    self._add_twice(item, place)
            else:
                self._refuse_unknown_number(place, heading)

    def _heading_keys(self) -> dict[str, str]:
        pairs: list[tuple[str, str]] = []
        for scale in self.scales:
            for item in scale.items.values():
                names = {
                    item.id,
                    f"{scale.id} {item.number}",
                    f"{scale.abbreviation} {item.number}",
                    *item.aliases,
                }
                pairs += [(key(text), item.id) for text in names]
        return _unique(pairs)

    def _item_of(
        self, place: int, headings: Mapping[str, str], labels: Mapping[str, str]
    ) -> tuple[str | None, str]:
        layout = self.layout
        for text, how in (
            (layout.names[place], "heading"),
            (layout.import_ids[place], "import id"),
        ):
            if text and key(text) in headings:
                return headings[key(text)], how
        for text in (layout.wordings[place], layout.names[place]):
            for part in (text, last_part(text)):
                if part and key(part) in headings:
                    return headings[key(part)], "item id in the question text"
                if part and tidy_text(part) in labels:
                    return labels[tidy_text(part)], "topic label"
        return self._ask_scales(place)

    def _ask_scales(self, place: int) -> tuple[str | None, str]:
        """Look for the column by what the scale files say of headings and wordings."""
        layout = self.layout
        for scale in self.scales:
            for text in (layout.names[place], layout.import_ids[place]):
                item = find_by_heading(scale, text, platform=layout.platform, wave=self.wave)
                if item is not None and item in self.items:
                    return item, "heading pattern of the scale file"
            for text in (layout.wordings[place], layout.names[place]):
                for part in (text, last_part(text)):
                    item = find_by_wording(scale, part) if part else None
                    if item is not None and item in self.items:
                        return item, "digest of the question text in the scale file"
        return None, ""

    def _refuse_unknown_number(self, place: int, heading: str) -> None:
        """Refuse a heading such as OTS_27 when the scale ends at 26."""
        folded = key(heading)
        for scale in self.scales:
            for stem in {key(scale.id), key(scale.abbreviation)}:
                if folded.startswith(stem) and folded[len(stem) :].isdecimal():
                    self.columns.problems.append(
                        Problem(
                            code="CK211",
                            file=self.name,
                            column=heading,
                            message=f"the heading looks like an item of {scale.title}, "
                            "which has no such item",
                            expected=f"{next(iter(scale.items))} to {list(scale.items)[-1]}",
                            closest=closest(heading, scale.items),
                            mend="rename the column, or write ignore for it in the codebook",
                        )
                    )
                    self.taken[place] = "ignore"
                    return

    def _take(self, item: str, place: int, how: str, flags: frozenset[str] = frozenset()) -> None:
        if any(match.item == item for match in self.columns.matches):
            self._add_twice(item, place)
            return
        if item in self.columns.not_asked:
            self.columns.problems.append(
                Problem(
                    code="CK216",
                    file=self.name,
                    column=self.layout.title(place),
                    message=f"the codebook says that {item} was not asked, but here is its column",
                    mend="delete the codebook's not_asked row, or write ignore for the column",
                )
            )
        wording = self.layout.wordings[place]
        heading = self.layout.names[place]
        # Where there is no row of question texts, a heading of some words is the question.
        if not wording and ("text" in how or "label" in how or is_wordy(heading)):
            wording = heading
        self.taken[place] = item
        self.columns.matches.append(
            Match(
                item=item,
                column=place,
                heading=self.layout.title(place),
                wording=wording,
                how=how,
                flags=flags,
            )
        )

    def _add_twice(self, item: str, place: int) -> None:
        first = next(match for match in self.columns.matches if match.item == item)
        self.taken[place] = item
        self.columns.problems.append(
            Problem(
                code="CK212",
                file=self.name,
                column=self.layout.title(place),
                message=f"two columns claim the item {item}: {first.heading} ({first.how}) "
                f"and {self.layout.title(place)}",
                expected="one column for each item",
                mend="say in the codebook which one it is, and ignore for the other",
            )
        )

    # Whole scales

    def check_scales(self) -> None:
        matched = {match.item for match in self.columns.matches}
        for scale in self.scales:
            items = scale.items.keys()
            missing = [item for item in items if item not in matched | self.columns.not_asked]
            present = len(items & matched)
            if not present:
                self.columns.decisions.append(
                    Decision(
                        "scale", f"{scale.title}: not asked", "none of its items is in the file"
                    )
                )
            elif missing:
                self.columns.problems.append(
                    Problem(
                        code="CK214",
                        file=self.name,
                        message=f"{present} items of {scale.title} are in the file and "
                        f"{len(missing)} are not: {', '.join(missing)}",
                        expected=f"all {len(items)} items",
                        mend="name their columns in the codebook, or declare each with the "
                        "flag not_asked",
                    )
                )
        self.columns.matches.sort(key=lambda match: list(self.items).index(match.item))


def _unique(pairs: Sequence[tuple[str, str]] | Iterator[tuple[str, str]]) -> dict[str, str]:
    """Return the pairs whose text means one item only."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for text, item in pairs:
        meanings[text].add(item)
    return {text: items.pop() for text, items in meanings.items() if len(items) == 1}
