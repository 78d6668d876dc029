"""Parts: one export read as far as it can be alone, its problems kept with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from climatekit.errors import Problem, count_of
from climatekit.ingest.answers import (
    MISSING,
    AnswerCount,
    Codes,
    ItemColumn,
    check_code_order,
    check_merged_answers,
    check_middle,
    check_top_codes,
    read_item_column,
)
from climatekit.ingest.codebook import CHANGES, Codebook
from climatekit.ingest.columns import match_columns
from climatekit.ingest.counted_people import check_events, find_spare_rows
from climatekit.ingest.days import Days
from climatekit.ingest.decisions import Decision
from climatekit.ingest.decoding import list_spellings
from climatekit.ingest.headings import check_headings
from climatekit.ingest.labels import AnswerKey, make_answer_key
from climatekit.ingest.layouts import Layout
from climatekit.ingest.likely_columns import suggest_school
from climatekit.ingest.matches import Columns, Match
from climatekit.ingest.naming import BY_PLACE, hash_wording, stem_of
from climatekit.ingest.people import (
    SchoolList,
    check_ids,
    read_ids,
    read_links,
    read_roles,
    read_schools,
    read_seconds,
)
from climatekit.ingest.rows import check_statuses
from climatekit.ingest.said_answers import said_answers
from climatekit.ingest.shared_answers import find_unknown_words
from climatekit.ingest.sheets import Sheet, open_sheet
from climatekit.ingest.tables import Table
from climatekit.ingest.weights import (
    check_allowed,
    list_weighted_scores,
    read_weights,
    refuse_blank,
)
from climatekit.knowledge.scales import Scale
from climatekit.knowledge.settings import Settings

Rows = npt.NDArray[np.intp]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """How one export was read: every decision, match, drop and answer count.

    Attributes
    ----------
    decisions : tuple of Decision
        What was found out and by which sign.
    matches : tuple of Match
        Item, column and how it was matched, in the order of the scales.
    styles : mapping of str to str
        Item id to how its column writes answers (``words``, ``numbers`` ...).
    answers : tuple of AnswerCount
        Each text found in each item column, its code, and how many rows hold it.
    ignored : tuple of str
        Headings of columns that are nothing to climatekit.
    dropped : mapping of str to int
        Rows left out, by rule.
    noted : mapping of str to int
        Rows that stayed although a rule of that name fits them.
    encoding, delimiter : str
        Python's name of the encoding (``xlsx`` for a workbook), and the delimiter
        (empty where there is none).
    heading_rows, first_line : int
        How many rows are headings, and the line of the first of them.
    rows_read, rows_kept : int
        Rows below the headings; people with at least one answer.
    """

    name: str
    wave: str
    sha256: str
    platform: str
    encoding: str
    delimiter: str
    heading_rows: int
    first_line: int
    rows_read: int
    rows_kept: int
    decisions: tuple[Decision, ...]
    matches: tuple[Match, ...]
    styles: Mapping[str, str]
    answers: tuple[AnswerCount, ...]
    ignored: tuple[str, ...]
    dropped: Mapping[str, int]
    noted: Mapping[str, int]
    warnings: tuple[Problem, ...]

    @property
    def respondents(self) -> int:
        """People in the file after the drop rules, those without any answer included."""
        return self.rows_kept + self.dropped.get("no answers", 0)


@dataclass(slots=True, kw_only=True)
class Part:
    """One export's people and answers, row by row; `ids` are raw and stay inside ingest.

    Attributes
    ----------
    lines : ndarray of int, shape (n_people,)
        Line in the file of each person.
    ids : ndarray of str, optional
        None where the export has no respondent column.
    seconds : ndarray of float, optional
        How long each person took, NaN where unknown; None where the export does not say.
    links : ndarray of str, optional
        Scrambled linking codes, blank where there is none; None where nothing is linked.
    weights : ndarray of float, optional
        Each person's weight, above 0; None where people are not weighted.
    days : Days, optional
        When people answered, where the platform writes it.
    codes : dict of str to ndarray of int8
        Item id to answers; MISSING where there is none.
    """

    name: str
    wave: str
    sha256: str
    platform: str
    encoding: str
    delimiter: str
    heading_rows: int
    first_line: int
    rows_read: int
    lines: npt.NDArray[np.int32]
    school: Texts
    role: Texts
    wording: dict[str, str]
    changed: dict[str, frozenset[str]]
    stems: dict[str, str]
    columns: Columns
    decisions: list[Decision]
    styles: dict[str, str]
    answers: list[AnswerCount]
    ignored: tuple[str, ...]
    problems: list[Problem]
    ids: Texts | None = None
    seconds: npt.NDArray[np.float64] | None = None
    links: Texts | None = None
    weights: npt.NDArray[np.float64] | None = None
    days: Days | None = None
    codes: dict[str, Codes] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)
    left_out: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.left_out = np.zeros(len(self.lines), dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.lines)

    def keep(self, people: npt.NDArray[np.bool_]) -> None:
        """Keep only these people."""
        self.left_out = np.zeros(int(people.sum()), dtype=np.bool_)
        self.lines = self.lines[people]
        self.school = self.school[people]
        self.role = self.role[people]
        if self.ids is not None:
            self.ids = self.ids[people]
        if self.seconds is not None:
            self.seconds = self.seconds[people]
        if self.links is not None:
            self.links = self.links[people]
        if self.weights is not None:
            self.weights = self.weights[people]
        self.codes = {item: codes[people] for item, codes in self.codes.items()}

    @property
    def report(self) -> FileReport:
        """How the file was read."""
        return FileReport(
            name=self.name,
            wave=self.wave,
            sha256=self.sha256,
            platform=self.platform,
            encoding=self.encoding,
            delimiter=self.delimiter,
            heading_rows=self.heading_rows,
            first_line=self.first_line,
            rows_read=self.rows_read,
            rows_kept=len(self),
            decisions=tuple(self.decisions),
            matches=tuple(self.columns.matches),
            styles=self.styles,
            answers=tuple(self.answers),
            ignored=self.ignored,
            dropped={rule: count for rule, count in self.dropped.items() if count},
            noted={rule: count for rule, count in self.noted.items() if count},
            warnings=tuple(one for one in self.problems if one.severity == "warning"),
        )


def read_part(
    path: Path,
    scales: Sequence[Scale],
    *,
    wave: str,
    settings: Settings,
    codebook: Codebook | None,
    roster: SchoolList | None,
    link_secret: bytes | None = None,
) -> Part:
    """Read one export; what is wrong with its content is in `problems` of the part.

    Raises
    ------
    InputError
        If the file cannot be read as a table at all.
    LimitError
        If it is larger than a limit.
    """
    reading = settings.reading
    sheet = open_sheet(path, reading)
    table, layout, drops, kept = sheet.table, sheet.layout, sheet.drops, sheet.kept
    columns = match_columns(
        table.name, layout, scales, wave=wave, codebook=codebook, asked_for=settings.columns
    )
    columns.problems = suggest_school(columns.problems, sheet, columns, scales)
    items = _read_items(sheet, columns, scales, settings, codebook, wave)
    answered = np.zeros(len(kept), dtype=np.bool_)
    for item in items:
        answered |= item.codes != MISSING
    dropped = {rule: int(mask.sum()) for rule, mask in drops.masks.items()}
    spare = find_spare_rows(table, layout, kept, answered)
    dropped["other event or repeat"] = int(spare.sum())
    dropped["no answers"] = int((~answered & ~spare).sum()) if items else 0
    dropped["wrong length"] = table.skipped
    people = kept[answered]
    part = _start_part(wave, table, layout, columns, items, people)
    part.days = sheet.days
    part.decisions = [*sheet.decisions, *columns.decisions]
    part.codes = {item.match.item: item.codes[answered] for item in items}
    part.dropped, part.noted = dropped, drops.noted
    if reading.duplicates == "refuse":
        part.problems += check_events(table, layout, people)
    _add_people(part, table, layout, people, roster, reading.max_schools)
    if "link" in columns.special and link_secret is not None:
        part.links = read_links(table.columns[columns.special["link"]], people, link_secret)
    if "weight" in columns.special:
        _weigh_people(part, table, layout, people, scales, settings)
    _check_whole(part, table, layout, items, scales, settings)
    return part


def _start_part(
    wave: str,
    table: Table,
    layout: Layout,
    columns: Columns,
    items: Sequence[ItemColumn],
    people: Rows,
) -> Part:
    return Part(
        name=table.name,
        wave=wave,
        sha256=table.sha256,
        platform=layout.platform,
        encoding=table.encoding,
        delimiter=table.delimiter,
        heading_rows=layout.first_data_record,
        first_line=int(table.lines[0]),
        rows_read=len(table) - layout.first_data_record + table.skipped,
        lines=table.lines[people],
        school=np.full(len(people), "", dtype=object),
        role=np.full(len(people), "", dtype=object),
        wording={match.item: _hash(match) for match in columns.matches},
        changed={match.item: found for match in columns.matches if (found := _changes(match))},
        stems={match.item: stem_of(match.wording) for match in columns.matches},
        columns=columns,
        decisions=[],
        styles={item.match.item: item.style for item in items},
        answers=[count for item in items for count in item.counts],
        ignored=tuple(layout.names[place] for place in columns.ignored),
        problems=[
            *_with_spellings(table, columns),
            *check_headings(table, layout, _used_columns(columns)),
            *check_statuses(table, layout),
            *columns.problems,
            *(problem for item in items for problem in item.problems),
        ],
    )


def _used_columns(columns: Columns) -> frozenset[int]:
    """Return the columns for which a heading that stands twice leaves open what is meant."""
    told = {
        match.column
        for match in columns.matches
        if match.how not in {f"codebook, by {way}" for way in (BY_PLACE, "import id")}
    }
    return frozenset({*told, *columns.special.values()})


def _changes(match: Match) -> frozenset[str]:
    return match.flags & set(CHANGES)


def _hash(match: Match) -> str:
    return hash_wording(match.wording, changes=_changes(match))


def _read_items(
    sheet: Sheet,
    columns: Columns,
    scales: Sequence[Scale],
    settings: Settings,
    codebook: Codebook | None,
    wave: str,
) -> list[ItemColumn]:
    table, layout, kept = sheet.table, sheet.layout, sheet.kept
    scale_of = {item: scale for scale in scales for item in scale.items}
    keys: dict[tuple[str, str], AnswerKey] = {}
    read = []
    for match in columns.matches:
        scale = scale_of[match.item]
        response_set = scale.response_set_of(match.item)
        place = (scale.id, response_set.id)
        if place not in keys:
            keys[place] = make_answer_key(
                response_set,
                extra=said_answers(settings, codebook, wave, response_set.id),
                platform_no_answers=layout.not_answers,
                platform=layout.platform,
            )
        read.append(read_item_column(table, layout, match, kept, keys[place]))
    for place, answer_key in keys.items():
        mine = [
            item
            for item in read
            if scale_of[item.match.item].id == place[0]
            and scale_of[item.match.item].response_set_of(item.match.item).id == place[1]
        ]
        columns.problems += check_merged_answers(table.name, mine, answer_key)
        columns.problems += check_middle(table.name, mine, answer_key)
        columns.problems += check_top_codes(table.name, mine, answer_key)
        columns.problems += check_code_order(table.name, mine, answer_key)
    return read


def list_told(columns: Columns) -> list[int]:
    """Rule D14: the columns whose cells a message may repeat: answers to items, schools, roles.

    Whatever else an export holds may be what people wrote, or who they are.
    """
    return [
        *(match.column for match in columns.matches),
        *(place for kind, place in columns.special.items() if kind in {"school", "role"}),
    ]


def _with_spellings(table: Table, columns: Columns) -> list[Problem]:
    """Show in the encoding warning every spelling that could be wrong, once."""
    if not any(warning.code == "CK110" for warning in table.warnings):
        return list(table.warnings)
    texts = table.record(0)
    for place in list_told(columns):
        texts += table.columns[place].values
    return [
        replace(warning, found=list_spellings(texts)) if warning.code == "CK110" else warning
        for warning in table.warnings
    ]


def _add_people(
    part: Part,
    table: Table,
    layout: Layout,
    people: Rows,
    roster: SchoolList | None,
    most_schools: int,
) -> None:
    special = part.columns.special
    if "school" in special:
        named = read_schools(
            table,
            special["school"],
            people,
            heading=layout.title(special["school"]),
            first_data_record=layout.first_data_record,
            roster=roster,
            wave=part.wave,
            most=most_schools,
        )
        part.school = named.names
        part.decisions += named.decisions
        part.problems += named.problems
    if "role" in special:
        part.role = read_roles(table, special["role"], people)
    if "duration" in layout.metadata:
        part.seconds = read_seconds(table, layout.metadata["duration"], people)
    if "respondent" in special:
        place = special["respondent"]
        part.ids = read_ids(table.columns[place], people)
        part.problems += check_ids(table, place, people, heading=layout.title(place))


def _weigh_people(
    part: Part,
    table: Table,
    layout: Layout,
    people: Rows,
    scales: Sequence[Scale],
    settings: Settings,
) -> None:
    place = part.columns.special["weight"]
    weighed = read_weights(table, place, people, heading=layout.title(place))
    part.weights = weighed.weights
    part.decisions.append(
        Decision(
            "weighted scores",
            ", ".join(list_weighted_scores(scales)) or "none",
            "their scale allows it; in all others each person counts once",
        )
    )
    part.problems += [*weighed.problems, *check_allowed(scales, settings.columns.weight or "")]
    if settings.reading.missing_weight == "drop":
        part.keep(~weighed.blank)
        part.dropped["no weight"] = int(weighed.blank.sum())
    else:
        part.problems += refuse_blank(table, people[weighed.blank], heading=layout.title(place))


def _check_whole(
    part: Part,
    table: Table,
    layout: Layout,
    items: Sequence[ItemColumn],
    scales: Sequence[Scale],
    settings: Settings,
) -> None:
    if not items:
        headings = sum(map(bool, layout.names))
        alone = ": is the delimiter right?" if headings == 1 else ""
        titles = ", ".join(scale.title for scale in scales)
        words = find_unknown_words(table, layout, scales)
        answers = f"\nanswers that no response set holds: {' / '.join(words)}" if words else ""
        say = ""
        if words:
            sets = " or ".join(dict.fromkeys(one for it in scales for one in it.response_sets))
            say = f'say what each answer means, --answer "SET:{words[0]}=CODE" (SET is {sets}), '
            say += "so that a block of columns with such answers can be found; or "
        part.problems.append(
            Problem(
                code="CK218",
                file=part.name,
                message=f"no column is an item of {titles}",
                found=f"{count_of(headings, 'column')} with a heading{alone}{answers}",
                expected="headings such as "
                + next((item for scale in scales for item in scale.items), "ots_1")
                + ", or a codebook",
                mend=f'{say}say which column is which item: --map "COLUMN=ITEM" with climatekit '
                "init or match, which on a terminal ask where a scale begins; or a codebook.csv "
                "with the columns column,item (--codebook)",
            )
        )
    elif not len(part):
        said = ", ".join(f"{count} {rule}" for rule, count in part.dropped.items() if count)
        keep = " (--keep-rows RULE keeps them)" if said else ""
        part.problems.append(
            Problem(
                code="CK120",
                file=part.name,
                message="there are no answers left"
                + (f" after leaving out: {said}" if said else ""),
                expected="at least one row of answers",
                mend=f"look at the rows that were left out{keep}",
            )
        )
    if settings.reading.strict:
        part.problems = [replace(problem, severity="error") for problem in part.problems]
