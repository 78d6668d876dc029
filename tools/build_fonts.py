"""Build the small fonts of the school brief from their published sources.

For developers only: the results are kept in ``report_templates/school_brief/fonts``.
It needs fontTools with Brotli, and these sources (SIL Open Font License 1.1):

- Source Sans 3, variable, upright (reserved name);
- IBM Plex Sans Arabic, regular and bold (reserved name). Its dotted letters are glyphs of
  their own; fonts that set dots apart leave letters without a meaning in a tagged PDF;
- Noto Sans Hebrew, regular and bold.

Cuts may not keep a reserved name, so all are renamed to Climatekit Sans.

    python tools/build_fonts.py --latin SourceSans3.ttf \
        --arabic PlexSansArabic-Regular.ttf PlexSansArabic-Bold.ttf \
        --hebrew NotoSansHebrew-Regular.woff2 NotoSansHebrew-Bold.woff2 \
        --to report_templates/school_brief/fonts

Beside the WOFF2 files it writes ``coverage.json``, the characters that at least one
family can draw, so that climatekit can warn of the others without reading fonts.
"""

# ruff: noqa: INP001, T201, RUF001, PLR2004 - a script; weights and letters are its data

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

MARKS = "▲△▼▽●○■□◆◌✓✗−≤≥≈≠×÷±√∞←↑→↓↔↗↘†‡‰′″№"
SPACES = [*range(0x2007, 0x200B), 0x202F]
PUNCTUATION = [*SPACES, *range(0x2010, 0x2028), *range(0x2030, 0x203B), 0x2044]
LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x18F, 0x192, 0x1A0, 0x1A1, 0x1AF, 0x1B0, 0x259),
    *range(0x1CD, 0x1DD),
    *range(0x218, 0x21C),
    *range(0x2BB, 0x2BD),
    *(0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x309, 0x30C, 0x323, 0x327, 0x328),
    *range(0x1E80, 0x1E86),
    0x1E9E,
    *range(0x1EA0, 0x1EFA),
    *map(ord, "αωρΔμ€₫₱₪"),
    *PUNCTUATION,
    *map(ord, MARKS),
]
SHARED = [0x20, 0xA0, *map(ord, '().,:!?-–’"'), 0x2010, 0x25CC]  # so that one word keeps one font
ARABIC = [*range(0x600, 0x700), 0x200C, 0x200D, *SHARED]
HEBREW = [*range(0x591, 0x5F5), 0x200C, 0x200D, 0x20AA, *SHARED]
LAYOUT = ["kern", "mark", "mkmk", "ccmp", "locl", "init", "medi", "fina", "isol", "rlig", "calt"]
NAMES = {
    "Climatekit Sans": LATIN,
    "Climatekit Sans Arabic": ARABIC,
    "Climatekit Sans Hebrew": HEBREW,
}
EPOCH = 3_660_681_600  # 2020-01-01 in seconds since 1904: the same bytes from each build
STYLES = {400: "Regular", 600: "SemiBold", 700: "Bold"}


def cut_weight(source: Path, weight: int) -> TTFont:
    """Return the static cut of a variable font, or a static font as it is."""
    font = TTFont(source, recalcTimestamp=False)
    if "fvar" not in font:
        return font
    place = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": weight}
    return instantiateVariableFont(font, place, inplace=True)


def keep_characters(font: TTFont, characters: Iterable[int]) -> None:
    """Drop all glyphs, tables and names that the brief does not use."""
    options = Options(
        layout_features=LAYOUT,
        hinting=False,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17],
        name_languages=[0x409],
        notdef_outline=True,
        glyph_names=False,
        drop_tables=["DSIG", "STAT", "MVAR", "HVAR", "avar", "gasp", "meta"],
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=list(characters))
    subsetter.subset(font)


def rename(font: TTFont, family: str, weight: int) -> None:
    """Give the cut its own family name, and keep copyright and licence."""
    style = STYLES[weight]
    names = {record.nameID: record.toUnicode() for record in font["name"].names}
    postscript = f"{family.replace(' ', '')}-{style}"
    linked = "Bold" if weight == 700 else "Regular"
    basic = family if weight in (400, 700) else f"{family} {style}"
    kept = {number: names[number] for number in (0, 13, 14) if number in names}
    new = {
        **kept,
        1: basic,
        2: linked,
        3: f"climatekit;{postscript}",
        4: f"{family} {style}",
        5: "Version 1.000",
        6: postscript,
    }
    if basic != family:
        new |= {16: family, 17: style}
    font["name"].names = []
    for number, text in sorted(new.items()):
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if weight == 700 else 0x40
    font["head"].macStyle = int(weight == 700)
    font["head"].created = font["head"].modified = EPOCH


def join_ranges(characters: Iterable[int]) -> list[list[int]]:
    """Return sorted [first, last] ranges of the character numbers."""
    ranges: list[list[int]] = []
    for number in sorted(set(characters)):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def build(sources: Sequence[tuple[str, int, Path]], folder: Path) -> None:
    """Write each cut as WOFF2, and the coverage of all of them."""
    covered: set[int] = set()
    for family, weight, source in sources:
        font = cut_weight(source, weight)
        keep_characters(font, NAMES[family])
        rename(font, family, weight)
        covered |= set(font.getBestCmap())
        font.flavor = "woff2"
        path = folder / f"{family.replace(' ', '')}-{weight}.woff2"
        font.save(path, reorderTables=None)
        print(f"{path.name}: {len(font.getGlyphOrder())} glyphs, {path.stat().st_size:,} bytes")
    ranges = json.dumps({"ranges": join_ranges(covered)}, separators=(",", ":"))
    (folder / "coverage.json").write_text(f"{ranges}\n", encoding="utf-8")


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(description="Build the fonts of the school brief.")
    parser.add_argument("--latin", type=Path, required=True)
    for script in ("--arabic", "--hebrew"):
        parser.add_argument(script, type=Path, nargs=2, required=True, metavar=("REGULAR", "BOLD"))
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    build(
        [
            *(("Climatekit Sans", weight, given.latin) for weight in (400, 600, 700)),
            ("Climatekit Sans Arabic", 400, given.arabic[0]),
            ("Climatekit Sans Arabic", 700, given.arabic[1]),
            ("Climatekit Sans Hebrew", 400, given.hebrew[0]),
            ("Climatekit Sans Hebrew", 700, given.hebrew[1]),
        ],
        given.to,
    )


if __name__ == "__main__":
    main()
