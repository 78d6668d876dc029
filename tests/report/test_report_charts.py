# ruff: noqa: ICN001, RUF001 - ET says nothing; letters as they are printed
import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import HIDDEN, MOVERS, PANELS, USUAL, percent, points, trend

from climatekit.knowledge.wording import load_messages
from climatekit.release.released import Released
from climatekit.report.charts import draw_mover, draw_response
from climatekit.report.fonts import read_font
from climatekit.report.marks import (
    KEYS,
    LIGHTS,
    MARKS,
    SYMBOLS,
    VERDICT_COLOURS,
    draw_key,
    draw_light,
    draw_mark,
    draw_symbol,
)
from climatekit.report.svg import DISTRICT, EDGE, GREY, PALE_BLUE, measure_text
from climatekit.report.trend import Axis, choose_axis, draw_trend, fold_label
from climatekit.run.audit.drawings import measure_drawing
from climatekit.run.audit.page_reader import read_web_page

SVG = "{http://www.w3.org/2000/svg}"
SAY = load_messages("en").say


@cache
def font(weight):
    return TTFont(BytesIO(read_font(f"ClimatekitSans-{weight}.woff2")))


def width_in_font(text, size, weight):
    cmap, widths = font(weight).getBestCmap(), font(weight)["hmtx"]
    return sum(widths[cmap.get(ord(letter), ".notdef")][0] for letter in text) * size / 1000


def marks_in(svg):
    """Each drawn thing's least and greatest x and y, in the drawing's own units."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        read = {name: float(text) for name, text in element.attrib.items() if is_number(text)}
        if element.tag == f"{SVG}rect":
            yield read["x"], read["x"] + read["width"], read["y"], read["y"] + read["height"]
        elif element.tag == f"{SVG}circle":
            x, y, radius = read["cx"], read["cy"], read["r"]
            yield x - radius, x + radius, y - radius, y + radius
        elif element.tag == f"{SVG}path":
            path = re.sub(r"^(M\S+ \S+)V(\S+)$", r"\1L0 \2", element.get("d"))
            places = [place.split() for place in re.split("[ML]", path) if place]
            across, down = ([float(place[axis]) for place in places] for axis in (0, 1))
            yield min(across), max(across), min(down), max(down)
        elif element.tag == f"{SVG}text":
            wide = width_in_font(element.text or "", read["font-size"], int(read["font-weight"]))
            shift = {"start": 0, "middle": wide / 2, "end": wide}[element.get("text-anchor")]
            left = read["x"] - shift
            yield left, left + wide, read["y"] - read["font-size"] * 0.75, read["y"]


def is_number(text):
    return re.fullmatch(r"-?\d*\.?\d+", text) is not None


def texts_in(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def assert_inside(svg, width, height):
    for left, right, top, bottom in marks_in(svg):
        assert left >= -1
        assert right <= width + 1
        assert top >= -1
        assert bottom <= height + 1


whole = st.integers(0, 100)


@st.composite
def shown_or_not(draw):
    if draw(st.booleans()) and draw(st.booleans()):
        return HIDDEN
    value = draw(whole)
    if draw(st.booleans()):
        return Released(value=value, text=str(value), unit="points")
    low, high = draw(st.integers(-5, value)), draw(st.integers(value, 105))
    capped = draw(st.sampled_from(["", "", "low", "high"]))
    return Released(value=value, text=str(value), unit="points", low=low, high=high, capped=capped)


labels = st.text(alphabet="Wim Fall’24–x", min_size=0, max_size=40) | st.just("Spring 2026")


@settings(max_examples=150, deadline=None)
@given(
    scores=st.lists(shown_or_not(), min_size=1, max_size=9),
    data=st.data(),
    height=st.integers(112, 250),
)
def test_trend_panels_stay_inside_their_box_whatever_they_show(scores, data, height):
    base = trend(*([50] * len(scores)), labels=tuple(str(place) for place in range(len(scores))))
    panel = replace(
        PANELS[0],
        points=tuple(
            replace(
                point,
                score=score,
                label=data.draw(labels),
                district=points(data.draw(whole)) if data.draw(st.booleans()) else None,
                breaks=data.draw(st.booleans()),
            )
            for point, score in zip(base, scores, strict=True)
        ),
    )

    svg = draw_trend(panel, axis=choose_axis([panel]), say=SAY, width=222, height=height)

    assert_inside(svg, 222, height)
    assert "nan" not in svg


@settings(max_examples=60, deadline=None)
@given(before=whole, after=whole)
def test_mover_rows_stay_inside_their_box(before, after):
    row = replace(MOVERS[0], before=percent(before), after=percent(after))

    svg = draw_mover(row, title="From before to after.")

    assert_inside(svg, 180, 16)


@settings(max_examples=60, deadline=None)
@given(rate=whole | st.none(), floor=whole)
def test_response_bars_stay_inside_their_box(rate, floor):
    who = replace(USUAL.participation, rate=HIDDEN if rate is None else percent(rate), floor=floor)

    svg = draw_response(who, title="Response.", label="40% needed to compare")

    assert_inside(svg, 200, 28)


@given(text=st.text(alphabet="abcXYZWMil.,0123456789’ %—", max_size=40))
def test_measured_width_is_never_less_than_the_width_in_the_bold_font(text):
    assert measure_text(text, 10) >= width_in_font(text, 10, 700)


def test_the_axis_runs_from_40_unless_something_lies_lower():
    usual = [replace(PANELS[0], points=trend(64, 76, district=(45,)))]
    low_interval = [replace(PANELS[0], points=trend(43, 76))]
    low_district = [replace(PANELS[0], points=trend(64, 76, district=(12,)))]
    hidden = [replace(PANELS[0], points=trend(None, None))]

    assert choose_axis(usual) == Axis(40, 100)
    assert choose_axis(low_interval) == Axis(20, 100)
    assert choose_axis(low_district) == Axis(0, 100)
    assert choose_axis(hidden) == Axis(40, 100)


def test_one_panel_below_the_axis_widens_the_axis_of_all_panels():
    panels = [PANELS[0], replace(PANELS[1], points=trend(30, 35))]

    axis = choose_axis(panels)

    assert axis == Axis(20, 100)
    for panel in panels:
        assert "20" in texts_in(draw_trend(panel, axis=axis, say=SAY))


def test_a_trend_chart_names_its_finding_first():
    svg = draw_trend(PANELS[0], axis=Axis(40), say=SAY)

    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == PANELS[0].alt


def test_a_hidden_wave_breaks_the_line_and_is_marked_in_words():
    panel = replace(PANELS[0], points=trend(68, None, 74))

    svg = draw_trend(panel, axis=Axis(40), say=SAY)

    assert {"not", "shown"} <= set(texts_in(svg))
    assert svg.count("<circle") == 2
    assert not re.search(r'd="M[^"]*L[^"]*" fill="none" stroke="#1f5a96"', svg)


@pytest.mark.parametrize("scores", [(None, 68, 74), (None, None, 74), (68, 74, None)])
def test_the_band_of_a_hidden_wave_covers_no_number_of_the_axis(scores):
    svg = draw_trend(replace(PANELS[0], points=trend(*scores)), axis=Axis(40), say=SAY)

    root = ElementTree.fromstring(svg)
    bands = [one for one in root.iter(f"{SVG}rect") if float(one.get("width")) > 4]
    assert bands
    for band in bands:
        left = float(band.get("x"))
        assert left >= 28  # where the axis begins; its numbers end six pixels before
        assert left + float(band.get("width")) <= 222 - 36


def test_a_wave_that_cannot_be_compared_breaks_the_line():
    joined = draw_trend(replace(PANELS[0], points=trend(60, 64, 70)), axis=Axis(40), say=SAY)
    broken = draw_trend(
        replace(PANELS[0], points=trend(60, 64, 70, breaks=(2,))), axis=Axis(40), say=SAY
    )

    assert "stroke-dasharray" not in joined
    assert "stroke-dasharray" in broken
    assert school_lines(joined) == [3]
    assert school_lines(broken) == [2]


def school_lines(svg):
    """How many points each of the school's lines joins."""
    lines = re.findall(r'd="(M[^"]*)" fill="none" stroke="#1f5a96" stroke-width="1.8"', svg)
    return [line.count("L") + 1 for line in lines]


def test_a_label_too_long_for_two_lines_is_cut_once_at_its_end():
    assert fold_label("Spring 2026") == ["Spring", "2026"]
    assert fold_label("Spring 2026, second administration") == ["Spring 2026,", "second admi…"]
    assert fold_label("Sommerhalbjahr 2026") == ["Sommerhalbj…", "2026"]


def test_one_wave_is_a_single_dot_without_a_line():
    svg = draw_trend(replace(PANELS[0], points=trend(70)), axis=Axis(40), say=SAY)

    assert svg.count("<circle") == 1
    assert school_lines(svg) == []


def test_a_panel_without_any_score_says_so_once_and_draws_no_axis():
    panel = replace(PANELS[0], points=trend(None, None, None))

    svg = draw_trend(panel, axis=Axis(40), say=SAY)

    assert "not shown" in texts_in(svg)
    assert "<circle" not in svg
    assert "100" not in texts_in(svg)


def test_capped_values_are_written_as_caps():
    top = replace(trend(90, 95)[1], score=points(95, 91, 95, capped="high"))
    bottom = replace(trend(90, 5)[1], score=points(5, 5, 9, capped="low"))

    high = draw_trend(replace(PANELS[0], points=(top,)), axis=Axis(0), say=SAY)
    low = draw_trend(replace(PANELS[0], points=(bottom,)), axis=Axis(0), say=SAY)

    assert "≥95" in texts_in(high)
    assert "≤5" in texts_in(low)


def test_equal_printed_numbers_give_equal_drawings():
    exact = replace(PANELS[0], points=trend(64, 70))
    again = replace(PANELS[0], points=trend(64, 70))

    assert draw_trend(exact, axis=Axis(40), say=SAY) == draw_trend(again, axis=Axis(40), say=SAY)


def test_strings_in_drawings_are_escaped():
    panel = replace(
        PANELS[0],
        alt='</title><script>"&',
        points=tuple(replace(point, label="<b>&") for point in trend(60, 64)),
    )

    svg = draw_trend(panel, axis=Axis(40), say=SAY)

    assert "<script>" not in svg
    assert ElementTree.fromstring(svg)[0].text == '</title><script>"&'


def test_the_bar_of_a_hidden_response_rate_is_empty():
    hidden = replace(USUAL.participation, rate=HIDDEN)

    shown = draw_response(USUAL.participation, title="Response.", label="40% needed")
    empty = draw_response(hidden, title="Hidden.", label="40% needed")

    assert shown.count("<rect") == 2
    assert empty.count("<rect") == 1


@pytest.mark.parametrize(
    "drawings",
    [
        [draw_mark(mark, title="t") for mark in MARKS],
        [draw_light(light, title="t") for light in LIGHTS],
        [draw_symbol(symbol, "held_steady", title="t") for symbol in SYMBOLS],
        [draw_key(key, title="t") for key in KEYS],
    ],
)
def test_signs_differ_in_shape_and_not_in_colour_alone(drawings):
    shapes = [re.sub(r"#[0-9a-f]{3,6}", "", drawing) for drawing in drawings]
    filled = [re.sub(r'fill="(?!none|#fff)[^"]*"', 'fill="ink"', drawing) for drawing in drawings]

    assert len(set(filled)) == len(filled)
    assert all('role="img"' in shape for shape in shapes)


def test_unknown_signs_fall_back_to_one_that_claims_nothing():
    assert draw_mark("maybe", title="t") == draw_mark("none", title="t")
    assert draw_light("maybe", title="t") == draw_light("unknown", title="t")
    assert draw_symbol("sideways", "rose", title="t") == draw_symbol("none", "rose", title="t")


def contrast_on_white(colour):
    """Contrast ratio of WCAG 2.1 (relative luminance of sRGB)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def test_text_has_a_contrast_of_4_5_and_lines_of_3():
    for colour in (GREY, *VERDICT_COLOURS.values()):
        assert contrast_on_white(colour) >= 4.5
    for colour in (DISTRICT, EDGE, PALE_BLUE):
        assert contrast_on_white(colour) >= 3.0


def test_a_lone_district_mark_keeps_off_the_axis_and_is_measured_as_it_is():
    first, hidden, last = trend(55, None, 43, district=(59, 60, 60))
    panel = replace(PANELS[0], points=(first, replace(hidden, district=None), last))

    (drawing,) = read_web_page(draw_trend(panel, axis=Axis(20), say=SAY)).drawings
    told = {(number.kind, number.size) for number in measure_drawing(drawing)}

    axis = {20, 40, 60, 80, 100}
    marks = {55, 50, 60, 43, 38, 48, 59}
    assert told == {("whole", float(size)) for size in axis | marks}


def test_the_districts_line_stops_for_a_value_that_it_would_strike_through():
    panel = replace(PANELS[0], points=trend(51, 56, 71, district=(65, 65, 70)))
    clear = replace(PANELS[0], points=trend(62, 64, 71, district=(61, 61, 70)))

    flat = draw_trend(panel, axis=Axis(40), say=SAY, height=112)
    beside = draw_trend(clear, axis=Axis(40), say=SAY, height=112)

    backed = [one for one in ElementTree.fromstring(flat).iter(f"{SVG}rect") if white(one)]
    (place,) = (one for one in ElementTree.fromstring(flat).iter(f"{SVG}text") if one.text == "51")
    assert any(
        abs(float(one.get("x")) + float(one.get("width")) / 2 - float(place.get("x"))) < 0.2
        and float(one.get("y")) < float(place.get("y"))
        for one in backed
    )
    assert not any(map(white, ElementTree.fromstring(beside).iter(f"{SVG}rect")))


def white(element):
    return element.get("fill") == "#fff"
