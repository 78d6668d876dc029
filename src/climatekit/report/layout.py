"""Layout: the sizes, widths and margins of a brief's parts, as ``heights.toml`` has them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from climatekit.knowledge.resources import shipped
from climatekit.report.svg import measure_text


@dataclass(frozen=True, slots=True)
class TextLayout:
    """How one kind of text is set, in points; `width` is 0 where its place decides it.

    `regular` is how wide its lettering is beside what `measure_text` says.
    """

    size: float
    line: float
    width: float
    regular: float

    def count(self, text: str, width: float | None = None) -> int:
        """Return in about how many lines a text is set."""
        return max(
            1, math.ceil(self.regular * measure_text(text, self.size) / (width or self.width))
        )

    def measure(self, text: str, width: float | None = None) -> float:
        """Return about how tall a text is set."""
        return self.line * self.count(text, width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What `heights.toml` says, in points.

    Attributes
    ----------
    texts : mapping of str to TextLayout
    around : mapping of str to float
        What stands around the texts.
    panel_widths, list_widths : tuple of float
        By how many charts stand in a row, and by the columns of the list, one first.
    """

    page_width: float
    texts: Mapping[str, TextLayout]
    around: Mapping[str, float]
    panel_widths: tuple[float, ...]
    list_widths: tuple[float, ...]
    _names: tuple[tuple[float, TextLayout], ...]

    def choose_name(self, school: str) -> TextLayout:
        """Return how a school's name is set: the longer, the smaller."""
        return next(layout for letters, layout in self._names if len(school) <= letters)


@cache
def load_layout() -> Layout:
    """Return the layout of the shipped brief."""
    path = shipped("report_templates") / "school_brief" / "heights.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    regular, name = content["regular"], content["school_name"]
    names = [(step["letters"], step["size"]) for step in name["steps"]]
    return Layout(
        page_width=content["page_width"],
        texts={
            kind: TextLayout(text["size"], text["line"], text.get("width", 0.0), regular)
            for kind, text in content["texts"].items()
        },
        around=content["around"],
        panel_widths=tuple(content["panel_widths"]),
        list_widths=tuple(content["list_widths"]),
        _names=tuple(
            (letters, TextLayout(size, name["line"] * size, name["width"], regular))
            for letters, size in names
        ),
    )
