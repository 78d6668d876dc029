"""Drafting: from exports and a person's answers to what a study's files will say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from climatekit.errors import InputError, Problem
from climatekit.ingest.codebook import NO_ANSWER, SPECIAL, Codebook, CodebookRow
from climatekit.ingest.columns import match_columns
from climatekit.ingest.intake import Intake, examine_exports
from climatekit.ingest.labels import AnswerKey, make_answer_key, read_answer, suggest_label
from climatekit.ingest.likely_columns import list_likely
from climatekit.ingest.linking import (
    Link,
    link_from,
    list_known,
    propose_links,
    share_of_answers,
)
from climatekit.ingest.matches import Columns
from climatekit.ingest.naming import asked_in, columns_called, hash_wording
from climatekit.ingest.people import SchoolList
from climatekit.ingest.said_answers import said_answers
from climatekit.ingest.sheets import Sheet, open_sheet
from climatekit.knowledge.scales import Scale, list_scales, load_scales
from climatekit.knowledge.settings import Settings
from climatekit.knowledge.tidying import tidy_text
from climatekit.run.draft.person import Person, UnknownAnswer

_LEAST_SHARE = 0.5
_HALF = 0.5
_LONGEST_NOTE = 160
# Rows that no file holds yet are numbered apart from those of a file.
_NEW_LINES = 1_000_000


@dataclass(slots=True, kw_only=True)
class Opened:
    """One export of the study while it is being matched."""

    path: Path
    wave: str
    sheet: Sheet
    columns: Columns = field(default_factory=Columns)

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return Path(self.sheet.table.name).name


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A study ready to be written.

    Attributes
    ----------
    settings : Settings
        Waves and scales as they will stand in the configuration.
    rows : tuple of (CodebookRow, str)
        Each row of a whole codebook and its note.
    confirmed : tuple of (CodebookRow, str)
        Only what a person said or confirmed now.
    intake : Intake
        Everybody's answers, read with that codebook.
    reworded : tuple of (str, str, str)
        Item, the wave that first asked it, and a wave that words it otherwise.
    """

    settings: Settings
    rows: tuple[tuple[CodebookRow, str], ...]
    confirmed: tuple[tuple[CodebookRow, str], ...]
    intake: Intake
    reworded: tuple[tuple[str, str, str], ...]
    scales: tuple[Scale, ...]


def draft_study(
    settings: Settings,
    person: Person,
    *,
    scales: Sequence[str] = (),
    columns: Sequence[tuple[str, str]] = (),
    answers: Mapping[str, Mapping[str, int]] | None = None,
    codebook: Codebook | None = None,
    roster: SchoolList | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> Draft:
    """Match every export of the settings' waves and read it; nothing is written.

    Parameters
    ----------
    settings : Settings
        Its waves name the exports.
    person : Person
    scales : sequence of str
        Scale ids that were asked; none: those whose items the exports name.
    columns : sequence of (str, str)
        Column and item as a person has said them.
    answers : mapping of str to mapping of str to int, optional
        Response set to wordings and their codes, as a person has said them.
    codebook : Codebook, optional
        What has been said before.
    say : callable
        Is told what was found, line by line.

    Raises
    ------
    InputError
        With every question that stayed open, or everything that is wrong with the exports.
    """
    opened = _open_all(settings)
    found = tuple(scales) or _find_scales(opened, settings)
    if not found:
        said = codebook is not None or columns
        found = Settings().scales if said else person.name_scales(Settings().scales)
    matching = _Matching(
        opened=opened,
        settings=settings,
        person=person,
        scales=load_scales(found, settings.scale_folder, settings.scale_use),
        codebook=codebook,
        say=say,
    )
    matching.take_said(columns)
    for response_set, texts in (answers or {}).items():
        for text, code in texts.items():
            matching.add_answer(response_set, text, code)
    matching.make_keys()
    matching.match()
    return matching.close(roster)


def _open_all(settings: Settings) -> list[Opened]:
    opened: list[Opened] = []
    problems: list[Problem] = []
    for wave in settings.waves:
        for path in wave.exports:
            try:
                sheet = open_sheet(path, settings.reading)
            except InputError as error:
                problems += error.problems
                continue
            opened.append(Opened(path=path, wave=wave.id, sheet=sheet))
    if problems:
        raise InputError(problems)
    return opened


def _find_scales(opened: Sequence[Opened], settings: Settings) -> tuple[str, ...]:
    """Return the scales that an export names half the items of, the fullest first.

    Two scales may share topics: a column counts for the one that it completes.
    """
    usual = Settings().scales
    every = load_scales(list_scales(settings.scale_folder), settings.scale_folder)
    known = [scale for scale in every if scale.items]  # some are imported as finished scores
    found: dict[str, None] = {}
    for one in opened:
        layout = one.sheet.layout
        places = {
            scale.id: {
                match.column
                for match in match_columns(
                    one.sheet.table.name, layout, [scale], wave=one.wave
                ).matches
            }
            for scale in known
        }
        size = {scale.id: len(scale.items) for scale in known}
        claimed: set[int] = set()
        order = sorted(places, key=lambda s: (-len(places[s]) / size[s], s not in usual, s))
        for scale_id in order:
            free = places[scale_id] - claimed
            if len(free) >= _LEAST_SHARE * size[scale_id]:
                claimed |= free
                found[scale_id] = None
    return tuple(sorted(found, key=lambda one: (one not in usual, one)))


def _names_none(row: CodebookRow, _note: str) -> bool:
    """Return whether a row names no column that an item, school or person stands in."""
    return not row.column or row.item == "ignore" or row.answer is not None


@dataclass(slots=True, kw_only=True)
class _Matching:
    opened: Sequence[Opened]
    settings: Settings
    person: Person
    scales: Sequence[Scale]
    codebook: Codebook | None
    say: Callable[[str], None]
    rows: list[tuple[CodebookRow, str]] = field(default_factory=list)
    shown: set[tuple[Path, int, str]] = field(default_factory=set)
    keys: dict[tuple[str, str], AnswerKey] = field(default_factory=dict)

    def make_keys(self) -> None:
        """Make what answers are looked up in, with all that has been said of them."""
        for scale in self.scales:
            for item in scale.items:
                one = scale.response_set_of(item)
                extra = said_answers(self.settings, self.book(), "", one.id)
                self.keys[scale.id, one.id] = make_answer_key(one, extra=extra)

    # What a person has said already

    def take_said(self, columns: Sequence[tuple[str, str]]) -> None:
        """Take what was said with flags; a column may be in some exports only."""
        problems = []
        items = [*SPECIAL, *(item for scale in self.scales for item in scale.items)]
        for column, item in columns:
            homes = [one for one in self.opened if columns_called(one.sheet.layout, column)[0]]
            if not homes or item not in items:
                problems.append(
                    Problem(
                        code="CK228",
                        message=f"--map {column}={item} fits no export"
                        if item in items
                        else f"no scale here has an item {item!r}",
                        found=f"{column}={item}",
                        expected="COLUMN=ITEM, with a heading of an export and an item id",
                        mend="copy the heading from the export; see climatekit scales for items",
                    )
                )
            for one in homes:
                self._add(column, item, one.wave, "said with --map")
        if problems:
            raise InputError(problems)

    def _add(self, column: str, item: str, wave: str, note: str, *flags: str) -> None:
        row = CodebookRow(column=column, item=item, wave_id=wave, flags=frozenset(flags), line=0)
        if (row.column, row.item, row.wave_id) not in {
            (old.column, old.item, old.wave_id) for old, _ in self.rows
        }:
            self.rows.append((row, note[:_LONGEST_NOTE]))

    def add_answer(self, response_set: str, text: str, code: int) -> None:
        """Write down what an answer means, in every wave."""
        sets = [one for scale in self.scales for one in scale.response_sets.values()]
        fits = [one for one in sets if one.id == response_set]
        counts = any(one.low <= code <= one.high for one in fits)
        label = next((one.labels[code] for one in fits if code in one.labels), str(code))
        said = code if counts or code != NO_ANSWER else "none"
        self._add(text, f"{response_set}={said}", "", label if counts else "no answer")

    def book(self) -> Codebook:
        """Return everything that has been said so far."""
        before = self.codebook.rows if self.codebook else ()
        new = [
            replace(row, line=_NEW_LINES + number)
            for number, (row, _) in enumerate(self.rows, start=1)
        ]
        name = self.codebook.name if self.codebook else "codebook.csv"
        return Codebook(name=name, rows=(*before, *new))

    # All exports

    def match(self) -> None:
        """Match every export, asking for what headings do not say; the best known comes first.

        What a person says of one export may tell the columns of another: before items are
        called lacking, each is linked to all others.
        """
        for one in self.opened:
            one.columns = self._columns(one)
        exports = sorted(self.opened, key=lambda each: -len(each.columns.matches))
        for one in exports:
            self.say(f"{one.name} (wave {one.wave}): {len(one.columns.matches)} items by heading")
        self._link_all(exports)
        for one in exports:
            for scale in self.scales:
                if self._ask_beginning(one, scale):
                    self._link_all(exports)
        for one in exports:
            for kind in ("school", "role", "respondent"):
                self._ask_column(one, kind)
            for scale in self.scales:
                if self._ask_missing(one, scale):
                    self._link_all(exports)

    def _link_all(self, exports: Sequence[Opened]) -> None:
        """Link exports to each other until no sign finds more, the weakest sign last."""
        while sum(map(self._link, exports)) or any(
            self._link(one, by_order=True) for one in exports
        ):
            pass

    # One export

    def _columns(self, one: Opened) -> Columns:
        return match_columns(
            one.sheet.table.name,
            one.sheet.layout,
            self.scales,
            wave=one.wave,
            codebook=self.book(),
            asked_for=self.settings.columns,
        )

    def _link(self, one: Opened, *, by_order: bool = False) -> bool:
        """Take what links an export to the others; return whether there was anything."""
        links = [
            link
            for link in self._propose(one)
            if (link.kind == "order") is by_order
            and (one.path, link.column, link.item) not in self.shown
        ]
        return self._take_links(one, links)

    def _take_links(self, one: Opened, links: Sequence[Link]) -> bool:
        self.shown |= {(one.path, link.column, link.item) for link in links}
        taken = self.person.take_links(one.name, links) if links else ()
        for link in taken:
            how = f"{link.kind} {link.score or ''}".strip()
            changed = f"; reads otherwise than in {Path(link.file).name}" if link.reworded else ""
            self._add(link.heading, link.item, one.wave, f"{how}{changed}: {link.wording}")
        one.columns = self._columns(one)
        return bool(taken)

    def _ask_beginning(self, one: Opened, scale: Scale) -> bool:
        """Ask where a scale begins of which nothing was found; the rest follows in order."""
        columns = one.columns
        matched = {match.item for match in columns.matches} | columns.not_asked
        own = [self.keys[key] for key in self.keys if key[0] == scale.id]
        # Where other scales were found, this one was hardly asked unless its answers are there.
        free = [
            place
            for place in columns.ignored
            if not matched or self._holds_answers(one.sheet, place, own)
        ]
        if matched & scale.items.keys() or not 0 < len(scale.items) <= len(free):
            return False
        headings = [one.sheet.layout.title(place) for place in columns.ignored]
        chosen = self.person.begin_scale(one.name, scale, headings)
        if chosen is None:
            return False
        taken = {*(match.column for match in columns.matches), *columns.special.values()}
        return self._take_links(one, link_from(one.sheet, scale, chosen, taken=taken))

    def _propose(self, one: Opened) -> tuple[Link, ...]:
        columns = one.columns
        matched = {match.item for match in columns.matches}
        items = [item for scale in self.scales for item in scale.items]
        return propose_links(
            one.sheet,
            taken={*(match.column for match in columns.matches), *columns.special.values()},
            missing=[i for i in items if i not in matched and i not in columns.not_asked],
            known=[
                known
                for other in self.opened
                if other is not one
                for known in list_known(other.sheet, other.columns.matches)
            ],
            scales=self.scales,
            answer_keys=self.keys,
        )

    def _ask_column(self, one: Opened, kind: str) -> None:
        """Ask which column names the school, staff group or respondent, if nothing says it."""
        columns = one.columns
        if kind in columns.special or any(p.code == "CK215" for p in columns.problems):
            return
        headings = list_likely(kind, one.sheet, columns, [*self.keys.values()])
        if kind == "school" or headings:
            chosen = self.person.choose_column(kind, one.name, headings)
            if chosen is not None:
                self._add(chosen, kind, one.wave, "")
                one.columns = self._columns(one)

    def _holds_answers(self, sheet: Sheet, place: int, keys: Sequence[AnswerKey]) -> bool:
        return any(share_of_answers(sheet, place, answer_key) >= _HALF for answer_key in keys)

    def _ask_missing(self, one: Opened, scale: Scale) -> bool:
        """Ask for the items that an export lacks of a scale; return whether one was found."""
        matched = {match.item for match in one.columns.matches}
        missing = [i for i in scale.items if i not in matched and i not in one.columns.not_asked]
        if len(missing) in (0, len(scale.items)):
            return False
        if self.person.leave_out(one.name, scale, missing):
            for item in missing:
                self._add("", item, one.wave, "", "not_asked")
            one.columns = self._columns(one)
            return False
        before = len(matched)
        for item in missing:
            headings = [one.sheet.layout.title(place) for place in one.columns.ignored]
            chosen = self.person.find_item(one.name, scale, item, headings) if headings else None
            if chosen is not None:
                self._add(chosen, item, one.wave, "chosen by hand")
                one.columns = self._columns(one)
        return len(one.columns.matches) > before

    # The end

    def close(self, roster: SchoolList | None) -> Draft:
        """Write down what was matched, ask about answers, and read everything."""
        settings = replace(self.settings, scales=tuple(scale.id for scale in self.scales))
        self._ask_answers(settings)
        confirmed = self._list_confirmed()
        reworded = self._write_rows()
        self.codebook = None  # the rows are a whole codebook now
        if self.person.problems:
            raise InputError(self.person.problems)
        read = examine_exports(settings, self.scales, codebook=self.book(), roster=roster)
        if read.intake is None:
            raise InputError(read.problems)
        return Draft(
            settings=settings,
            rows=tuple(self.rows),
            confirmed=confirmed,
            intake=read.intake,
            reworded=tuple(reworded),
            scales=tuple(self.scales),
        )

    def _list_confirmed(self) -> tuple[tuple[CodebookRow, str], ...]:
        before = self.codebook.rows if self.codebook else ()
        said = {(row.column, row.item, row.wave_id) for row in before}
        return tuple(
            (row, note)
            for row, note in self.rows
            if not said & {(row.column, row.item, wave) for wave in (row.wave_id, "")}
        )

    def _write_rows(self) -> list[tuple[str, str, str]]:
        """Give each column a row, in the order of waves and items; return what is reworded."""
        notes = {(row.item, row.wave_id, row.column): note for row, note in self.rows}
        before = self.codebook.rows if self.codebook else ()
        silent = [one for one in (*self.rows, *((row, "") for row in before)) if _names_none(*one)]
        first: dict[str, tuple[str, str]] = {}
        reworded = []
        self.rows = []
        for one in self.opened:
            layout = one.sheet.layout
            for kind, place in one.columns.special.items():
                if kind in SPECIAL:  # others stand in the configuration
                    self._add(layout.title(place), kind, one.wave, "")
            for match in one.columns.matches:
                note = notes.get((match.item, one.wave, match.heading), match.how)
                wording = asked_in(layout, match.column)
                mark = hash_wording(match.wording)
                was = first.setdefault(match.item, (mark, one.wave)) if mark else None
                if was and was[0] != mark:
                    reworded.append((match.item, was[1], one.wave))
                    if "reads otherwise" not in note:
                        note = f"{note}; reads otherwise than in {was[1]}"
                text = note if tidy_text(wording) in tidy_text(note) else f"{note}: {wording}"
                self._add(match.heading, match.item, one.wave, text)
        self.rows += silent
        return reworded

    def _ask_answers(self, settings: Settings) -> None:
        unknown = self._unknown_answers(settings)
        if unknown:
            for (response_set, text), code in self.person.read_answers(unknown).items():
                self.add_answer(response_set, text, code)

    def _unknown_answers(self, settings: Settings) -> list[UnknownAnswer]:
        read = examine_exports(settings, self.scales, codebook=self.book())
        scale_of = {item: scale for scale in self.scales for item in scale.items}
        counts: dict[tuple[str, str, str], int] = defaultdict(int)
        exports: dict[str, list[str]] = defaultdict(list)
        for report in read.reports:
            for answer in report.answers:
                if answer.kind == "unknown":
                    scale = scale_of[answer.item]
                    response_set = scale.response_set_of(answer.item).id
                    counts[scale.id, response_set, answer.found.strip()] += answer.count
                    exports[answer.found.strip()].append(report.name)
        found: dict[tuple[str, str], UnknownAnswer] = {}
        for (scale_id, response_set, text), count in counts.items():
            key = self.keys[scale_id, response_set]
            label = suggest_label(read_answer(text, key), key)
            codes = {name: code for code, name in key.response_set.labels.items()}
            found.setdefault(
                (response_set, text),
                UnknownAnswer(
                    response_set=response_set,
                    text=text,
                    export=", ".join(dict.fromkeys(exports[text])),
                    count=count,
                    low=key.response_set.low,
                    high=key.response_set.high,
                    labels=key.response_set.labels,
                    closest=label,
                    code=None if label is None else codes[label],
                ),
            )
        return list(found.values())
