"""Dialects: which platform wrote a table and which rows are headings, by content.

What is known of each platform stands in ``dialects.toml``; nothing here names one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from climatekit.errors import InputError, Problem
from climatekit.ingest.decoding import Decision
from climatekit.ingest.tables import Table
from climatekit.ingest.text import clean, closest, key
from climatekit.knowledge.settings import ReadingSettings

PLAIN = "plain"
_LOOKED_AT = 9
_WORDY = 4
_WORDY_SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRule:
    """Rows to leave out: by the values of one metadata column, or a number below a limit.

    `unless` names another metadata column in whose presence the rule is not used.
    """

    rule: str
    column: str
    values: frozenset[str] = frozenset()
    below: float | None = None
    unless: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One shape of a platform's export: which rows are headings, and its signs."""

    title: str
    names: int = 0
    wordings: int | None = None
    import_ids: int | None = None
    signs: tuple[Mapping[str, Any], ...] = ()

    @property
    def heading_rows(self) -> int:
        """Number of heading rows."""
        return 1 + max(self.names, self.wordings or 0, self.import_ids or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What is known of one survey platform's exports."""

    id: str
    title: str
    metadata: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    not_answers: tuple[str, ...]
    forms: tuple[Form, ...]
    drop: tuple[DropRule, ...]
    kept: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a table's headings end and what its columns are called.

    Attributes
    ----------
    platform, form, sign : str
        What wrote the file, in which shape, and how that was seen.
    names, wordings, import_ids : tuple of str
        Per column, cleaned; empty text where the file has no such row.
    first_data_record : int
        Index of the first record that is no heading.
    metadata : mapping of str to int
        Known metadata columns that mean something (``status``, ``finished``,
        ``progress``, ``channel``, ``respondent``), to their column index.
    metadata_columns : frozenset of int
        All columns that the platform writes by itself; never items.
    """

    platform: str
    form: str
    sign: str
    names: tuple[str, ...]
    wordings: tuple[str, ...]
    import_ids: tuple[str, ...]
    first_data_record: int
    metadata: Mapping[str, int] = field(default_factory=dict)
    metadata_columns: frozenset[int] = frozenset()
    drop: tuple[DropRule, ...] = ()
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_answers: tuple[str, ...] = ()

    @property
    def decision(self) -> Decision:
        """The platform and form as a decision with its sign."""
        return Decision("platform", f"{self.platform}, {self.form}", self.sign)

    def title(self, column: int) -> str:
        """Return a column's heading, or its number where it has none."""
        return self.names[column] or f"number {column + 1}"


@cache
def _facts() -> dict[str, Any]:
    text = files("climatekit.ingest").joinpath("dialects.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def known_platforms() -> Mapping[str, Platform]:
    """Return the platforms that climatekit knows, by id, in the order they are tried."""
    return {name: _platform(name, facts) for name, facts in _facts()["platform"].items()}


def usual_headings(kind: str) -> tuple[str, ...]:
    """Return the usual headings of the ``school``, ``role`` or ``respondent`` column."""
    return tuple(_facts()["usual"][kind])


def usual_not_answers() -> tuple[str, ...]:
    """Return wordings that are no point of any scale (not applicable, do not know)."""
    return tuple(_facts()["not_answers"]["words"])


def _platform(name: str, facts: Mapping[str, Any]) -> Platform:
    return Platform(
        id=name,
        title=facts["title"],
        metadata=tuple(facts.get("metadata", ())),
        columns={kind: tuple(names) for kind, names in facts.get("columns", {}).items()},
        not_answers=tuple(facts.get("not_answers", ())),
        forms=tuple(
            Form(**{**form, "signs": tuple(form.get("signs", ()))}) for form in facts["forms"]
        ),
        drop=tuple(
            DropRule(
                **{**rule, "values": frozenset(one.casefold() for one in rule.get("values", ()))}
            )
            for rule in facts.get("drop", ())
        ),
        kept={column: tuple(values) for column, values in facts.get("kept", {}).items()},
    )


def recognise(table: Table, reading: ReadingSettings) -> Layout:
    """Find which platform wrote `table` and which of its rows are headings.

    Raises
    ------
    InputError
        If `reading.platform` is unknown, the second line looks like question texts
        that no known platform explains, or no row is left for answers.
    """
    head = [table.record(index) for index in range(min(len(table), _LOOKED_AT))]
    platform, form, sign = _choose(table.name, head, reading)
    if reading.heading_rows is not None and reading.heading_rows != form.heading_rows:
        form = _form_of(reading.heading_rows)
        sign = f"{sign}; number of heading rows asked for"
    elif platform.id == PLAIN and reading.heading_rows is None:
        _refuse_question_texts(table, head)
    if len(table) <= form.heading_rows:
        raise InputError(
            Problem(
                code="CK120",
                file=table.name,
                line=int(table.lines[-1]),
                message="there are no answers: the file ends with its headings",
                expected="at least one row of answers",
                mend="export again once answers have come in",
            )
        )
    return _lay_out(head, platform, form, sign)


def _choose(
    name: str, head: Sequence[Sequence[str]], reading: ReadingSettings
) -> tuple[Platform, Form, str]:
    platforms = known_platforms()
    if reading.platform is None:
        candidates = list(platforms.values())
    elif reading.platform in platforms:
        candidates = [platforms[reading.platform]]
    else:
        raise InputError(
            Problem(
                code="CK122",
                file=name,
                message=f"there is no platform called {reading.platform!r}",
                expected=", ".join(platforms),
                closest=closest(reading.platform, platforms),
                mend="correct platform under [reading], or leave it out",
            )
        )
    for platform in candidates:
        for form in platform.forms:
            if all(_shows(sign, head) for sign in form.signs):
                said = "; ".join(sign["says"] for sign in form.signs)
                return platform, form, said or "no sign of a known platform"
    only = candidates[0]
    return only, _form_of(reading.heading_rows or 1), "platform asked for"


def _form_of(rows: int) -> Form:
    titles = {1: "one heading row", 2: "two heading rows", 3: "three heading rows"}
    return Form(
        title=titles.get(rows, f"{rows} heading rows"),
        wordings=1 if rows > 1 else None,
        import_ids=rows - 1 if rows > 2 else None,  # noqa: PLR2004 (the third row)
    )


def _shows(sign: Mapping[str, Any], head: Sequence[Sequence[str]]) -> bool:
    if sign["row"] >= len(head):
        return False
    row = [clean(cell) for cell in head[sign["row"]]]
    if sign["kind"] == "pattern":
        filled = [cell for cell in row if cell]
        fitting = sum(1 for cell in filled if re.match(sign["pattern"], cell))
        return bool(filled) and fitting > sign["share"] * len(filled)
    if sign["kind"] == "names":
        keys = {key(cell) for cell in row}
        some = sign.get("any", ())
        return all(key(name) in keys for name in sign["all"]) and (
            not some or any(key(name) in keys for name in some)
        )
    if sign["kind"] == "no_digits":
        wanted = {key(name) for name in sign["columns"]}
        cells = [cell for name, cell in zip(head[0], row, strict=True) if key(name) in wanted]
        return any(cells) and not any(re.search(r"\d", cell) for cell in cells)
    message = f"unknown sign {sign['kind']!r} in dialects.toml"
    raise ValueError(message)


def _refuse_question_texts(table: Table, head: Sequence[Sequence[str]]) -> None:
    """Refuse a plain table whose second line looks like a second row of headings."""
    if len(head) < 3:  # noqa: PLR2004 (nothing to compare the second line with)
        return
    second = [clean(cell) for cell in head[1]]
    filled = [place for place, cell in enumerate(second) if cell]
    wordy = [
        place
        for place in filled
        if _is_wordy(second[place]) and not any(_is_wordy(row[place]) for row in head[2:])
    ]
    if len(wordy) < 2 or len(wordy) < _WORDY_SHARE * len(filled):  # noqa: PLR2004
        return
    raise InputError(
        Problem(
            code="CK121",
            file=table.name,
            line=int(table.lines[1]),
            message="this line looks like question texts, not like answers",
            expected="one heading line, then answers",
            mend="say that there are two with heading_rows = 2 under [reading] "
            "(--heading-rows 2), or delete the line",
        )
    )


def _is_wordy(cell: str) -> bool:
    words = cell.split()
    return len(words) > _WORDY or (len(words) > 1 and cell.rstrip().endswith(("?", ":")))


def _lay_out(head: Sequence[Sequence[str]], platform: Platform, form: Form, sign: str) -> Layout:
    names = tuple(clean(cell) for cell in head[form.names])
    width = len(names)
    wordings = _row(head, form.wordings, width)
    import_ids = tuple(_import_id(cell) for cell in _row(head, form.import_ids, width))
    keyed = [[key(text) for text in texts] for texts in (names, wordings, import_ids)]
    metadata = {}
    for kind, known in platform.columns.items():
        wanted = {key(name) for name in known}
        # A heading says more than a question text: somebody may ask about "progress".
        places = [place for row in keyed for place in range(width) if row[place] in wanted]
        if places:
            metadata[kind] = places[0]
    own = {key(name) for name in platform.metadata}
    return Layout(
        platform=platform.id,
        form=form.title,
        sign=sign,
        names=names,
        wordings=wordings,
        import_ids=import_ids,
        first_data_record=form.heading_rows,
        metadata=metadata,
        metadata_columns=frozenset(
            [
                *metadata.values(),
                *(place for place in range(width) if {row[place] for row in keyed} & own),
            ]
        ),
        drop=platform.drop,
        kept=platform.kept,
        not_answers=platform.not_answers,
    )


def _row(head: Sequence[Sequence[str]], row: int | None, width: int) -> tuple[str, ...]:
    return ("",) * width if row is None else tuple(clean(cell) for cell in head[row])


def _import_id(cell: str) -> str:
    found = re.match(r"""^\{\s*['"]ImportId['"]\s*:\s*['"]([^'"]*)['"]""", cell)
    return found.group(1) if found else cell
