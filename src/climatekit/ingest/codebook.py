"""The codebook: which column is which item and what an answer means, as a person has said it.

A CSV with the headings ``column``, ``item``, ``wave_id``, ``note`` and ``flags``; only
the first two are needed.

- ``column``: the column's heading, its import id, or its question text, as in the export;
  or an answer's wording.
- ``item``: an item id (``ots_4``), or ``school``, ``role``, ``respondent``, ``ignore``; for
  an answer its response set and code (``agree6=5``), or ``agree6=none`` if it is no answer.
- ``wave_id``: the wave that the row is for; blank means every wave.
- ``note``: for people; not read.
- ``flags``: blank or one or more of these, separated by blanks or semicolons:
  ``already_reversed`` (the platform turned the numbers of this item round; they are
  turned back), ``not_asked`` (the item was not asked; ``column`` stays blank), and three
  that keep the item from being compared with waves that do not bear the same flag:
  ``edited`` (the wording was changed), ``other_options`` (the answer options were
  changed), ``other_referent`` (it asked about somebody else, such as the team instead of
  the school).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from climatekit.errors import InputError, Problem
from climatekit.ingest.records import Record, read_records
from climatekit.ingest.text import closest
from climatekit.knowledge.tidying import tidy_text

NO_ANSWER = -99
SPECIAL = ("school", "role", "respondent", "ignore")
CHANGES = ("edited", "other_options", "other_referent")
FLAGS = ("already_reversed", "not_asked", *CHANGES)
_HEADINGS = ("column", "item", "wave_id", "note", "flags")
_NEEDED = ("column", "item")
_ANSWER = re.compile(r"([^=]+?)\s*=\s*(-?\d{1,9}|none)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodebookRow:
    """One row: a column of the export (text as given) and what it holds, or an answer.

    `answer` is the response set and code of a row that says what an answer means; its
    `column` is the answer's wording.
    """

    column: str
    item: str
    wave_id: str
    flags: frozenset[str]
    line: int

    @property
    def answer(self) -> tuple[str, int] | None:
        """Response set and code of an answer's row; `NO_ANSWER` stands for no answer."""
        found = _ANSWER.fullmatch(self.item)
        if found is None:
            return None
        code = found.group(2)
        return found.group(1), NO_ANSWER if code.casefold() == "none" else int(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """What a person has said about the columns, row by row."""

    name: str
    rows: tuple[CodebookRow, ...]

    def answers_for(self, wave: str, response_set: str) -> dict[str, int]:
        """Return the wordings of a response set's answers in `wave`, each with its code.

        A row that names the wave wins over a general one.
        """
        found: dict[str, int] = {}
        for own in (False, True):
            for row in self.rows:
                if row.wave_id == (wave if own else "") and row.answer is not None:
                    name, code = row.answer
                    if name == response_set:
                        found[tidy_text(row.column)] = code
        return found

    def rows_for(self, wave: str) -> tuple[CodebookRow, ...]:
        """Return the columns' rows for `wave`; a row that names it wins over a general one."""
        rows = [row for row in self.rows if row.answer is None]
        own = [row for row in rows if row.wave_id == wave]
        claimed_columns = {row.column.casefold() for row in own if row.column}
        claimed_items = {row.item for row in own if row.item != "ignore"}
        general = [
            row
            for row in rows
            if not row.wave_id
            and row.item not in claimed_items
            and (not row.column or row.column.casefold() not in claimed_columns)
        ]
        return (*own, *general)


def read_codebook(path: Path) -> Codebook:
    """Read a codebook strictly.

    Parameters
    ----------
    path : Path
        A CSV; UTF-8, with or without byte mark.

    Raises
    ------
    InputError
        With every fault at once: unknown or missing headings, rows without an item,
        unknown flags, a column or an item that two rows for one wave claim.
    """
    name = str(path)
    problems: list[Problem] = []
    rows = []
    records = read_records(path, _HEADINGS, needed=_NEEDED, code="CK220", what="codebook")
    for number, record in enumerate(records, start=1):
        row, faults = _read_row(name, record, number)
        problems += faults
        rows.append(row)
    problems += _find_clashes(name, rows)
    if problems:
        raise InputError(problems)
    return Codebook(name=name, rows=tuple(rows))


def _read_row(name: str, record: Record, number: int) -> tuple[CodebookRow, list[Problem]]:
    cells = record.cells
    flags = frozenset(
        flag.replace("-", "_") for flag in re.split(r"[;,\s]+", cells["flags"].casefold())
    ) - {""}
    problems = [
        Problem(
            code="CK222",
            file=name,
            line=record.line,
            column="flags",
            message=f"there is no flag {flag!r}",
            expected=", ".join(FLAGS),
            closest=closest(flag, FLAGS),
            mend="correct the flag",
        )
        for flag in sorted(flags.difference(FLAGS))
    ]
    needs_column = "not_asked" not in flags
    for heading, needed in (("column", needs_column), ("item", True)):
        if needed and not cells[heading]:
            problems.append(
                Problem(
                    code="CK221",
                    file=name,
                    line=record.line,
                    record=number,
                    column=heading,
                    message=f"the row has no {heading}",
                    expected="a heading, import id or question text of the export"
                    if heading == "column"
                    else f"an item id, or {', '.join(SPECIAL)}, or an answer such as agree6=5",
                    mend="fill it in, or delete the row",
                )
            )
    item = cells["item"]
    row = CodebookRow(
        column=cells["column"],
        item=item.casefold() if item.casefold() in SPECIAL else item,
        wave_id=cells["wave_id"],
        flags=flags,
        line=record.line,
    )
    return row, problems


def _find_clashes(name: str, rows: list[CodebookRow]) -> list[Problem]:
    problems = []
    seen: dict[tuple[str, str, str], CodebookRow] = {}
    for row in rows:
        claims = [("column", row.column.casefold())] if row.column else []
        if row.answer is not None:
            claims = [(f"answer of {row.answer[0]}", tidy_text(row.column))]
        elif row.item != "ignore":
            claims.append(("item", row.item))
        for kind, value in claims:
            first = seen.setdefault((kind, value, row.wave_id), row)
            # One item may stand under other headings in other exports of a wave.
            clash = first is not row and (kind != "item" or not row.column or not first.column)
            if value and clash:
                problems.append(
                    Problem(
                        code="CK223",
                        file=name,
                        line=row.line,
                        column=kind,
                        message=f"line {first.line} speaks of the same {kind} for the same wave",
                        found=value if kind == "item" else row.column,
                        mend="keep one of the two rows",
                    )
                )
    return problems
