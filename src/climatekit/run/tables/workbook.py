"""Workbook: all tables of a release in one .xlsx file, for people who live in spreadsheets."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from climatekit.knowledge.settings_file import describe_settings
from climatekit.knowledge.wording import Messages, load_messages
from climatekit.run.files.spreadsheet import Cell
from climatekit.run.study import Study
from climatekit.run.tables import tables

_WIDEST, _NARROWEST = 60, 8
_NAVY = "#12304f"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its key in the words of the workbook, its columns and its rows."""

    key: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All that a workbook is written from; released numbers only, so that a worker may have it.

    Attributes
    ----------
    language : str
        Of the read-me and the sheets' names.
    district : str
    day : date
        As of which data use is rated; the workbook's own.
    sheets : sequence of Sheet
    """

    language: str
    district: str
    day: date
    sheets: Sequence[Sheet]

    @property
    def digest(self) -> str:
        """The sha256 of all of it."""
        parts = [self.language, self.district, self.day.isoformat()]
        told = [parts, *((one.key, one.columns, one.rows) for one in self.sheets)]
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def plan_workbook(
    study: Study, versions: Mapping[str, str], *, language: str | None = None
) -> Book:
    """Return what the workbook of a release is written from.

    Parameters
    ----------
    study : Study
    versions : mapping of str to str
        Name and version of everything that can change a number.
    language : str, optional
        Of the read-me and the sheets' names; the settings' own by default. Columns and
        codes are those of the CSV files in every language.
    """
    return Book(
        language=language or study.settings.language,
        district=study.settings.district,
        day=study.require_as_of(),
        sheets=_list_sheets(study, versions),
    )


def write_workbook(plan: Book) -> bytes:
    """Return a workbook: a read-me, then one sheet a table.

    The same release gives the same bytes: its date is the day of rating.
    """
    import xlsxwriter

    messages = load_messages(plan.language)
    words = messages.under("workbook")
    stream = io.BytesIO()
    # No text is ever read as a formula, link or number: a school may be called "=1+1".
    book = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    day = datetime.combine(plan.day, time(), UTC)
    book.set_properties(
        {
            "title": f"{plan.district}: {words.say('title')}".removeprefix(": "),
            "author": plan.district,
            "created": day.replace(tzinfo=None),
        }
    )
    styles = _make_styles(book)
    _write_read_me(book, messages, plan, styles)
    for sheet in plan.sheets:
        _write_sheet(book, words.say(f"sheets.{sheet.key}"), sheet, styles)
    book.close()
    return stream.getvalue()


def _list_sheets(study: Study, versions: Mapping[str, str]) -> list[Sheet]:
    schools = tuple(study.release.schools)
    return [
        Sheet("scores", tables.SCORE_COLUMNS, tables.list_scores(study)),
        Sheet("changes", tables.CHANGE_COLUMNS, tables.list_changes(study, schools)),
        Sheet("items", tables.ITEM_COLUMNS, tables.list_items(study)),
        Sheet("reliability", tables.RELIABILITY_COLUMNS, tables.list_reliability(study)),
        Sheet("data_use", tables.RATING_COLUMNS, tables.list_ratings(study, schools)),
        Sheet("settings", ("key", "value"), list_settings(study, versions)),
    ]


def list_settings(study: Study, versions: Mapping[str, str]) -> list[tuple[Cell, ...]]:
    """Return every setting, version and scale as (name, value)."""
    rows: list[tuple[Cell, ...]] = [
        *_flatten("", describe_settings(study.settings)),
        *((f"version.{name}", version) for name, version in sorted(versions.items())),
    ]
    for scale in study.scales:
        for name, value in (
            ("title", scale.title),
            ("version", scale.version),
            ("status", scale.status),
            ("sha256", scale.fingerprint),
        ):
            rows.append((f"scale.{scale.id}.{name}", value))
        rows.extend(
            (f"scale.{scale.id}.source.{number}", text)
            for number, text in enumerate(scale.citations, start=1)
        )
    return rows


def _flatten(above: str, table: Mapping[str, object]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for name, value in table.items():
        key = f"{above}{name}"
        if isinstance(value, Mapping):
            rows.extend(_flatten(f"{key}.", value))
        elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            for number, one in enumerate(value, start=1):
                rows.extend(_flatten(f"{key}.{number}.", one))
        elif isinstance(value, list):
            rows.append((key, ", ".join(map(str, value))))
        elif isinstance(value, str | int | float | bool) or value is None:
            rows.append((key, value))
        else:
            rows.append((key, str(value)))
    return rows


@dataclass(frozen=True, slots=True)
class _Styles:
    title: Any
    heading: Any
    text: Any
    wrapped: Any


def _make_styles(book: Any) -> _Styles:  # noqa: ANN401 (xlsxwriter is untyped)
    return _Styles(
        title=book.add_format({"bold": True, "font_size": 16, "font_color": _NAVY}),
        heading=book.add_format(
            {"bold": True, "font_color": "#ffffff", "bg_color": _NAVY, "valign": "top"}
        ),
        text=book.add_format({"valign": "top"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
    )


def _write_read_me(
    book: Any,  # noqa: ANN401
    messages: Messages,
    plan: Book,
    styles: _Styles,
) -> None:
    words = messages.under("workbook")
    page = book.add_worksheet(words.say("read_me"))
    page.hide_gridlines(2)
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, plan.district or words.say("title"), styles.title)
    row = 2
    for name in ("checked", "scale", "copies"):
        page.merge_range(row, 0, row, 1, words.say(f"about.{name}"), styles.wrapped)
        row += 1
    lists = (
        (
            words.say("sheet_heading"),
            [
                (words.say(f"sheets.{one.key}"), words.say(f"about_sheets.{one.key}"))
                for one in plan.sheets
            ],
        ),
        (
            words.say("column_heading"),
            [
                (
                    column,
                    # C1 to U6 are the data-use check's questions, as each brief asks them.
                    messages.say(f"indicator.{column}.question")
                    if column[1:].isdigit()
                    else words.name(f"columns.{column}", ""),
                )
                for column in dict.fromkeys(one for sheet in plan.sheets for one in sheet.columns)
            ],
        ),
    )
    for title, entries in lists:
        row += 1
        page.write_string(row, 0, title, styles.heading)
        page.write_blank(row, 1, None, styles.heading)
        for name, text in entries:
            row += 1
            page.write_string(row, 0, name, styles.text)
            page.write_string(row, 1, text, styles.wrapped)
        row += 1
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _write_sheet(
    book: Any,  # noqa: ANN401
    title: str,
    sheet: Sheet,
    styles: _Styles,
) -> None:
    page = book.add_worksheet(title)
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, column, styles.heading)
        longest = max(
            (len(str(row[place])) for row in sheet.rows if row[place] is not None), default=0
        )
        page.set_column(place, place, min(max(longest, len(column) + 2, _NARROWEST), _WIDEST))
    for number, row in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, bool):
                page.write_boolean(number, place, cell, styles.text)
            elif isinstance(cell, int | float):
                page.write_number(number, place, cell, styles.text)
            elif cell is not None and cell != "":
                page.write_string(number, place, cell, styles.text)
    page.freeze_panes(1, 2 if "name" in sheet.columns[:2] else 0)
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
