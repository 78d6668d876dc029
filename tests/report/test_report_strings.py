# ruff: noqa: RUF001 - letters of many languages
from dataclasses import replace

import pytest
from report_samples import USUAL

from climatekit.report.fonts import CUTS, choose_cuts, find_missing_glyphs, read_font
from climatekit.report.strings import clean_fields, clean_text, find_direction, shorten_text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Maple\x00 Grove\x07", "Maple Grove"),
        ("two\nlines\tand\u2028three", "two lines and three"),
        ("safe\u202ereversed\u2066\u200f", "safereversed"),
        ("\ufeffName\ud800", "Name"),
        ("cafe\u0301", "café"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_loses_controls_and_keeps_its_letters(raw, clean):
    assert clean_text(raw) == clean


def test_every_string_of_a_brief_is_cleaned_however_deep():
    panel = replace(USUAL.panels[0], title="Tr\x00ust")
    brief = replace(USUAL, school="Ma\u202eple", panels=(panel,), withheld=("a\x01b",))

    cleaned = clean_fields(brief)

    assert cleaned.school == "Maple"
    assert cleaned.panels[0].title == "Trust"
    assert cleaned.withheld == ("ab",)
    assert cleaned.panels[0].points == panel.points


def test_direction_is_that_of_the_first_strong_letter():
    assert find_direction("Maple Grove") == "ltr"
    assert find_direction("12 (مدرسة) School") == "rtl"
    assert find_direction("בית ספר 4") == "rtl"
    assert find_direction("42") == "ltr"


def test_shortened_text_ends_in_an_ellipsis_and_keeps_to_its_length():
    assert shorten_text("Maple Grove", 20) == "Maple Grove"
    assert shorten_text("Maple Grove Middle School", 12) == "Maple Grove…"


def test_the_bundled_fonts_draw_names_of_many_languages_and_all_our_marks():
    drawable = (
        "Škola Ñandú Trường Đặng Hawaiʻi L’Été Iğdır Île Ōtaki Łódź ßẞ "
        "مدرسة النور پچگ بيت בית ספר שָׁלוֹם ▲△▼▽●○■□✓−≤≥αω†‡→\u202f\u00a0–—“”€"
    )

    assert find_missing_glyphs(drawable) == set()


def test_characters_that_no_bundled_font_has_are_named():
    assert find_missing_glyphs("Escuela 學校 ok 😀\u200d") == {"學", "校", "😀"}


def test_fonts_of_other_scripts_are_inlined_only_where_their_letters_occur():
    families = {cut.family for cut in choose_cuts("Maple Grove")}
    with_hebrew = {cut.family for cut in choose_cuts("Maple בית")}

    assert families == {"Climatekit Sans"}
    assert with_hebrew == {"Climatekit Sans", "Climatekit Sans Hebrew"}


def test_no_font_bears_a_reserved_name_and_all_are_small():
    from io import BytesIO

    from fontTools.ttLib import TTFont

    sizes = 0
    for cut in CUTS:
        data = read_font(cut.file)
        sizes += len(data)
        names = TTFont(BytesIO(data))["name"]
        assert names.getDebugName(1).startswith("Climatekit Sans")
        for number in (1, 3, 4, 6, 16):
            assert "source" not in (names.getDebugName(number) or "").lower()
        assert "openfontlicense" in names.getDebugName(14) or "OFL" in names.getDebugName(14)
    assert sizes < 300_000
