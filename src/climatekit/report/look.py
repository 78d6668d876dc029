"""Look: what a district chooses of a brief's appearance, checked before anything is drawn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from climatekit.errors import DefinitionError, Problem, tell_reason
from climatekit.knowledge.settings import LookSettings

USUAL_ACCENT = "#12304f"

_GOLD = "#f2b35e"  # the lightest text on the accent after white
_LEAST_CONTRAST = 4.5  # WCAG 2.1, 1.4.3
_MOST_BYTES = 200_000
_MOST_PIXELS = 4_000
_PNG_END = b"IEND\xaeB`\x82"
_PNG = b"\x89PNG\r\n\x1a\n"
_A4 = "size: A4;\n  margin: 36pt 31.6pt 44pt;"
_LETTER = "size: letter;\n  margin: 36pt 40pt 44pt;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A district's paper, accent colour, logo and templates.

    Attributes
    ----------
    accent : str
        Colour of the header, ``#rrggbb``.
    logo : bytes
        An SVG or PNG file; empty for none.
    templates : Path, optional
        Folder whose templates replace the shipped ones.
    """

    paper: Literal["letter", "a4"] = "letter"
    accent: str = USUAL_ACCENT
    logo: bytes = b""
    templates: Path | None = None

    @property
    def logo_type(self) -> str:
        """The logo's media type."""
        return "image/png" if self.logo.startswith(_PNG) else "image/svg+xml"

    @property
    def is_own(self) -> bool:
        """Whether the district brought a logo or templates."""
        return bool(self.logo) or self.templates is not None

    @property
    def digest(self) -> str:
        """A hash of everything in it."""
        whole = hashlib.sha256(f"{self.paper} {self.accent} ".encode() + self.logo)
        if self.templates is not None:
            for path in list_templates(self.templates):
                whole.update(path.relative_to(self.templates).as_posix().encode())
                whole.update(path.read_bytes())
        return whole.hexdigest()

    def dress(self, style: str) -> str:
        """Return a shipped style sheet with this paper and accent."""
        if self.paper == "a4":
            style = style.replace(_LETTER, _A4)
        return style.replace(USUAL_ACCENT, self.accent)


def read_look(settings: LookSettings) -> Look:
    """Return the look that the settings ask for.

    Raises
    ------
    DefinitionError
        With every fault at once: an accent that white or gold text cannot be read on, a
        logo that cannot be read, is no SVG or PNG, or is too large.
    """
    faults = []
    contrast = measure_contrast(settings.accent, _GOLD)
    if contrast < _LEAST_CONTRAST:
        faults.append(
            Problem(
                code="CK441",
                message="the accent colour is too light for the header's text",
                column="look.accent",
                found=f"{settings.accent}, contrast {contrast:.1f} with the gold text",
                expected=f"a contrast of {_LEAST_CONTRAST} or more, as {USUAL_ACCENT} has",
                mend="choose a darker shade of it",
            )
        )
    logo = b""
    if settings.logo is not None:
        try:
            logo = settings.logo.read_bytes()
            found = f"{len(logo):,} bytes"
        except OSError as error:
            found = tell_reason(error)
        if len(logo) > _MOST_BYTES or not (_is_png(logo) or _is_svg(logo)):
            faults.append(
                Problem(
                    code="CK442",
                    message="the logo cannot be used",
                    file=str(settings.logo),
                    column="look.logo",
                    found=found,
                    expected=f"a whole SVG or PNG file of at most {_MOST_BYTES:,} bytes and "
                    f"{_MOST_PIXELS:,} pixels a side, which names no other file",
                    mend="save it as SVG or PNG, small; it is printed about 28 points high",
                )
            )
    if faults:
        raise DefinitionError(faults)
    return Look(
        paper=settings.paper, accent=settings.accent, logo=logo, templates=settings.templates
    )


def list_templates(folder: Path) -> list[Path]:
    """Return the files of a template folder, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def measure_contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _is_png(content: bytes) -> bool:
    """Return whether it is a whole PNG of a size that a printer can use."""
    # Signature, then the header chunk: length, name, width, height (PNG, 11.2.2).
    sides = content[16:20], content[20:24]
    return (
        content.startswith(_PNG)
        and content.endswith(_PNG_END)
        and all(0 < int.from_bytes(side) <= _MOST_PIXELS for side in sides)
    )


def _is_svg(content: bytes) -> bool:
    # An entity could blow the file up a thousand times when it is read.
    if b"<!ENTITY" in content:
        return False
    try:
        drawing = ET.fromstring(content)  # noqa: S314 (see above)
    except (ET.ParseError, ValueError):
        return False
    return drawing.tag.rpartition("}")[2] == "svg" and not any(
        name.rpartition("}")[2] == "href" and not value.startswith(("#", "data:"))
        for element in drawing.iter()
        for name, value in element.attrib.items()
    )
