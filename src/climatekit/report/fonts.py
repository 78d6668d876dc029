"""Fonts: the bundled families, how CSS finds them, and what they cannot draw."""

from __future__ import annotations

import io
import json
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from climatekit.errors import InstallError, Problem
from climatekit.knowledge.resources import shipped

# Format characters that no font needs to draw: joiners, soft hyphen, word joiner.
_NEVER_DRAWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class FontCut:
    """One font file: its family, weight and the first and last letter it is meant for."""

    family: str
    weight: int
    file: str
    letters: tuple[int, int] | None = None


ARABIC, HEBREW = (0x600, 0x6FF), (0x590, 0x5FF)
CUTS = (
    FontCut("Climatekit Sans", 400, "ClimatekitSans-400.woff2"),
    FontCut("Climatekit Sans", 600, "ClimatekitSans-600.woff2"),
    FontCut("Climatekit Sans", 700, "ClimatekitSans-700.woff2"),
    FontCut("Climatekit Sans Arabic", 400, "ClimatekitSansArabic-400.woff2", ARABIC),
    FontCut("Climatekit Sans Arabic", 700, "ClimatekitSansArabic-700.woff2", ARABIC),
    FontCut("Climatekit Sans Hebrew", 400, "ClimatekitSansHebrew-400.woff2", HEBREW),
    FontCut("Climatekit Sans Hebrew", 700, "ClimatekitSansHebrew-700.woff2", HEBREW),
)


@cache
def read_font(file: str) -> bytes:
    """Return the bytes of a bundled font file.

    Raises
    ------
    InstallError
        If the file is missing from the installation.
    """
    path = shipped("report_templates") / "school_brief" / "fonts" / file
    if not path.is_file():
        raise InstallError(
            Problem(
                code="CK901",
                message=f"climatekit was installed without its font {file}",
                mend="install climatekit again from its release",
            )
        )
    return path.read_bytes()


@cache
def unpack_font(file: str) -> bytes:
    """Return a bundled font as the PDF engine reads it; unpacked once, which takes a while."""
    from fontTools.ttLib import woff2

    plain = io.BytesIO()
    woff2.decompress(io.BytesIO(read_font(file)), plain)
    return plain.getvalue()


def choose_cuts(text: str) -> tuple[FontCut, ...]:
    """Return the cuts that `text` needs: the main family, and others whose letters occur."""
    numbers = {ord(letter) for letter in text}
    return tuple(
        cut
        for cut in CUTS
        if cut.letters is None
        or any(cut.letters[0] <= number <= cut.letters[1] for number in numbers)
    )


def write_font_faces(cuts: Iterable[FontCut], address: Callable[[FontCut], str]) -> str:
    """Return the CSS rules that make `cuts` known, each found at its `address`."""
    return "".join(
        f'@font-face{{font-family:"{cut.family}";font-weight:{cut.weight};font-style:normal;'
        f'src:url("{address(cut)}") format("woff2")}}\n'
        for cut in cuts
    )


def write_data_address(cut: FontCut) -> str:
    """Return the whole font as a ``data:`` address."""
    return f"data:font/woff2;base64,{b64encode(read_font(cut.file)).decode('ascii')}"


@cache
def _covered() -> frozenset[int]:
    ranges = json.loads(read_font("coverage.json").decode("utf-8"))["ranges"]
    return frozenset(number for first, last in ranges for number in range(first, last + 1))


def find_missing_glyphs(text: str) -> set[str]:
    """Return the characters of `text` that no bundled font can draw.

    They are drawn by a font of the system where it has one, and as boxes where not;
    a run should say for which school.
    """
    return {
        letter
        for letter in set(unicodedata.normalize("NFC", text))
        if ord(letter) not in _covered()
        and unicodedata.category(letter) not in _NEVER_DRAWN
        and not letter.isspace()
    }
