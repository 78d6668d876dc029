"""A table for people: what stands on a terminal, nothing cut off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from climatekit.cli._messages import escape_controls, put
from climatekit.errors import count_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Cell = str | int | float | bool | None

_EMPTY = "\N{EN DASH}"
_INDENT = "  "
_NARROWEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a table reads on a terminal of 80 columns.

    Parameters
    ----------
    columns : mapping of str to str
        The columns to show, with short headings.
    heads : tuple of str
        Columns whose values stand once, in a line above the rows that share them.
    optional : tuple of str
        Columns that are left out when no row has anything in them.
    words : tuple of str
        Columns of codes, shown with spaces for underscores.
    ragged : tuple of str
        Columns of numbers that each keep their own decimals.
    reason : str, optional
        Column that tells why a row has no numbers: told once, below the table.
    legend : tuple of str
        Lines below the table.
    """

    columns: Mapping[str, str]
    heads: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ragged: tuple[str, ...] = ()
    reason: str | None = None
    legend: tuple[str, ...] = ()


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]], title: str, look: Look | None = None
) -> None:
    """Print a table to standard output; a cell too wide for a terminal is wrapped, never cut."""
    from rich.console import Console

    console = Console(highlight=False)
    # Written by the one door of standard output: rich ends the program where the reader has gone.
    with console.capture() as drawn:
        _draw(console, columns, rows, title, look)
    put(drawn.get(), newline=False)


def _draw(
    console: Console,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    title: str,
    look: Look | None,
) -> None:
    from rich.text import Text

    look = look or Look(columns={column: column for column in columns})
    places = {column: index for index, column in enumerate(columns)}
    cells = {column: [row[places[column]] for row in rows] for column in columns}
    shown = {
        column: heading
        for column, heading in look.columns.items()
        if column not in look.optional or any(cell not in (None, "") for cell in cells[column])
    }
    numeric = [_is_numeric(cells[column]) for column in shown]
    texts = list(
        zip(
            *(
                _write_column(
                    cells[column], even=column not in look.ragged, spoken=column in look.words
                )
                for column in shown
            ),
            strict=True,
        )
    )
    widths = _fit(list(shown.values()), texts, numeric, console.width, indent=bool(look.heads))
    if title:
        console.print(Text(title), end="\n\n")
    _print_rows(console, widths, numeric, [tuple(shown.values())], style="bold")
    console.print("─" * min(console.width, sum(widths) + _gap(widths, console) * (len(widths) - 1)))
    heads = [places[column] for column in look.heads]
    told = [_write_head(row, heads) for row in rows]
    for head, block in groupby(zip(told, texts, strict=True), key=lambda pair: pair[0]):
        if head:
            console.print(Text(head, style="bold"))
        lines = [(_INDENT * bool(head) + line[0], *line[1:]) for _, line in block]
        _print_rows(console, widths, numeric, lines)
    console.print()
    notes = [*_write_reasons(cells[look.reason]), *look.legend] if look.reason else look.legend
    for line in notes:
        console.print(Text(line))


def _write_head(row: Sequence[Cell], heads: Sequence[int]) -> str:
    return escape_controls(
        " · ".join(dict.fromkeys(str(row[place]) for place in heads if row[place]))
    )


def _write_reasons(reasons: Sequence[Cell]) -> list[str]:
    counted = {reason: reasons.count(reason) for reason in dict.fromkeys(reasons) if reason}
    return [
        f"{_EMPTY}  {escape_controls(str(reason))} ({count_of(count, 'row')})"
        for reason, count in counted.items()
    ]


def _is_numeric(cells: Sequence[Cell]) -> bool:
    there = [cell for cell in cells if cell is not None]
    return bool(there) and all(
        isinstance(cell, int | float) and not isinstance(cell, bool) for cell in there
    )


def _write_column(cells: Sequence[Cell], *, even: bool, spoken: bool) -> list[str]:
    """Return a column's texts; where `even`, its numbers carry the same number of decimals."""
    decimals = [
        len(repr(cell).partition(".")[2])
        for cell in cells
        if isinstance(cell, float) and "e" not in repr(cell)
    ]
    most = max(decimals, default=0) if even else 0
    return [_write_cell(cell, most, spoken=spoken) for cell in cells]


def _write_cell(cell: Cell, decimals: int, *, spoken: bool) -> str:
    if cell is None:
        return _EMPTY
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float) and decimals:
        return f"{cell:.{decimals}f}"
    text = escape_controls(str(cell))
    return text.replace("_", " ") if spoken else text


def _fit(
    headings: Sequence[str],
    texts: Sequence[Sequence[str]],
    numeric: Sequence[bool],
    width: int,
    *,
    indent: bool,
) -> list[int]:
    """Return the columns' widths: as wide as they are, or the widest text column narrowed."""
    from rich.cells import cell_len

    widths = [
        max(cell_len(text) for text in (heading, *(row[index] for row in texts)))
        for index, heading in enumerate(headings)
    ]
    if indent:
        widths[0] += len(_INDENT)
    while sum(widths) + len(widths) - 1 > width:
        widest = max(
            (index for index in range(len(widths)) if not numeric[index]),
            key=lambda index: widths[index],
            default=0,
        )
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _print_rows(
    console: Console,
    widths: Sequence[int],
    numeric: Sequence[bool],
    lines: Sequence[Sequence[str]],
    style: str = "",
) -> None:
    from rich.text import Text

    table = _make_grid(widths, numeric, _gap(widths, console))
    for cells in lines:
        table.add_row(*[Text(cell, style=style) for cell in cells])
    console.print(table)


def _gap(widths: Sequence[int], console: Console) -> int:
    return 2 if sum(widths) + 2 * (len(widths) - 1) <= console.width else 1


def _make_grid(widths: Sequence[int], numeric: Sequence[bool], gap: int) -> Table:
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, gap, 0, 0), pad_edge=False)
    for width, right in zip(widths, numeric, strict=True):
        table.add_column(width=width, justify="right" if right else "left", overflow="fold")
    return table
