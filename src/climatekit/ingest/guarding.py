"""Guarding: text that a spreadsheet would run as a formula is kept from it by an apostrophe."""

from __future__ import annotations

# The last four are the full-width forms, which some spreadsheets take for the others.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
SUSPECT = frozenset(("'", *_FORMULA_STARTS))  # one look at the first letter clears most cells


def guard(cell: str) -> str:
    """Return a cell as it may be written: with an apostrophe before what would be run."""
    return "'" + cell if cell[:1] in SUSPECT and _is_formula(cell) else cell


def unguard(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    return cell.lstrip("'").startswith(_FORMULA_STARTS)
