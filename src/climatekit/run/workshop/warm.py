"""Warm: what workers have ready when they begin; imported by the process that they come from.

The PDF engine's libraries are loaded there, but nothing is set: they would start threads,
which a divided process loses.
"""

from __future__ import annotations

import contextlib

from climatekit.report.environment import open_environment
from climatekit.report.fonts import CUTS, unpack_font

with contextlib.suppress(Exception):  # what is amiss is told where a brief needs it
    import weasyprint  # noqa: F401

    for _cut in CUTS:
        unpack_font(_cut.file)
    _pages = open_environment("school_brief")
    for _name in _pages.list_templates(extensions=["j2"]):
        _pages.get_template(_name)
