"""Output: one table on standard output, in the form that was asked for."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from climatekit.cli._messages import escape_controls, put, wrap_line
from climatekit.cli._table import Cell, Look, print_table

_WIDEST = 96  # longer lines are hard to read
FORMATS = ("table", "csv", "json", "markdown")


def format_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--format`` to a verb."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default=None,
        help="Form of the table. Default: table on a terminal, csv into a pipe.",
    )(function)


def write_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    format: str | None = None,  # noqa: A002 (the flag's own word)
    title: str = "",
    schema: str = "table",
    notes: Mapping[str, object] | None = None,
    look: Look | None = None,
) -> None:
    """Write one table to standard output.

    Parameters
    ----------
    columns : sequence of str
    rows : sequence of sequence
        One row per table row; None is an empty cell (null in JSON).
    format : {"table", "csv", "json", "markdown"}, optional
        None: table on a terminal, CSV into a pipe.
    title : str
        Shown above a terminal table only.
    schema : str
        Name in the JSON envelope, ``climatekit/<schema>/1``.
    notes : mapping, optional
        Further members of the JSON envelope.
    look : Look, optional
        How the table reads on a terminal. Default: every column, under its own name.
    """
    if takes_table(format):
        print_table(columns, rows, title, look)
    elif format in (None, "csv"):
        from climatekit.run.files.spreadsheet import write_csv

        put(write_csv(columns, rows), newline=False)
    elif format == "json":
        put(_as_json(columns, rows, schema, notes or {}))
    else:
        put(_as_markdown(columns, rows))


def takes_table(format: str | None) -> bool:  # noqa: A002 (the flag's own word)
    """Return whether standard output gets a table for people: asked for, or a terminal."""
    return format == "table" or (format is None and sys.stdout.isatty())


def echo_text(text: str) -> None:
    """Write text to standard output, control characters written out."""
    put(escape_controls(text, keep_newlines=True))


def echo_prose(text: str) -> None:
    """Write text to standard output, its lines folded where a terminal is too narrow for them."""
    if sys.stdout.isatty():
        width = min(shutil.get_terminal_size().columns, _WIDEST)
        text = "\n".join(_fold(line, width) for line in text.splitlines())
    echo_text(text)


def _fold(line: str, width: int) -> str:
    indent = len(line) - len(line.lstrip())
    return wrap_line(line, width, indent=indent + 2 if indent else 0)


def _as_json(
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    schema: str,
    notes: Mapping[str, object],
) -> str:
    envelope = {
        "schema": f"climatekit/{schema}/1",
        **notes,
        "data": [dict(zip(columns, row, strict=True)) for row in rows],
    }
    return json.dumps(envelope, ensure_ascii=False, indent=2)


def _as_markdown(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    def line(cells: Sequence[Cell]) -> str:
        texts = ["" if cell is None else escape_controls(str(cell)) for cell in cells]
        return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"

    rule = "|" + "|".join(" --- " for _ in columns) + "|"
    return "\n".join([line(columns), rule, *[line(row) for row in rows]])
