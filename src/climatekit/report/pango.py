"""Pango: the text library's version, asked of the library itself and not of WeasyPrint.

WeasyPrint takes seconds to start, which a run that has nothing to do need not spend.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import sys
from functools import cache

# What WeasyPrint cannot start without, by the names that it tries on Linux and macOS.
_LIBRARIES = ("libgobject-2.0", "libharfbuzz", "libfontconfig", "libpangoft2-1.0")
_PANGO = "libpango-1.0"
_SONAME_NUMBERS = {"libfontconfig": 1}


def write_engine(weasyprint: str, pango: int) -> str:
    """Return the versions that can change a byte of a PDF, as one text."""
    return f"WeasyPrint {weasyprint}, Pango {pango}"


@cache
def ask_engine() -> str | None:
    """Return what `write_engine` would give, without starting the PDF engine.

    None where the libraries are not found at once; only the engine itself can tell then.
    """
    try:
        for name in _LIBRARIES:
            _open_library(name)
        pango = _open_library(_PANGO).pango_version()
        return write_engine(importlib.metadata.version("weasyprint"), pango)
    except (OSError, AttributeError, importlib.metadata.PackageNotFoundError):
        return None


@cache
def ask_shaper() -> str:
    """Return HarfBuzz's version, which decides where a line breaks; empty where unknown."""
    try:
        ask = _open_library("libharfbuzz").hb_version_string
    except (OSError, AttributeError):
        return ""
    ask.restype = ctypes.c_char_p
    return str(ask().decode("ascii"))


def _open_library(name: str) -> ctypes.CDLL:
    number = _SONAME_NUMBERS.get(name, 0)
    if sys.platform == "darwin":
        return ctypes.CDLL(f"{name}.{number}.dylib" if name != _PANGO else f"{name}.dylib")
    return ctypes.CDLL(f"{name}.so.{number}")
