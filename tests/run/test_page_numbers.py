"""Pages against the ledger: a number that was planted in any kind of file is found."""

import io
import json
import re
from xml.parsers import expat

import pypdf
import pytest
import weasyprint
import xlsxwriter

from climatekit.knowledge.scales import load_scales
from climatekit.knowledge.wording import list_languages, load_messages
from climatekit.run.audit.drawings import Drawing, Number, measure_drawing
from climatekit.run.audit.number_reader import read_output
from climatekit.run.audit.numbers import find_unlisted
from climatekit.run.audit.page_numbers import compare_pages
from climatekit.run.audit.page_reader import ANY_WORDS, FixedText, list_numbers, read_web_page
from climatekit.run.files.filenames import file_slug

SCALES = tuple(load_scales(["bscs"]))
SCORES = (
    "school,name,wave,role,score,title,answered,points,low,high,native,withheld\n"
    "a,Oak,w1,,bscs.total,Sense of community,31,62,57,67,3.5,\n"
    'b,Elm,w1,,bscs.total,Sense of community,,,,,,"not shown, to protect the people who answered"\n'
)
LEDGER = (
    "release,exports,wave,since,school,role,statistic,subject,low,high,text\n"
    "00000000,x,w1,,a,,answered,,31,31,31\n"
    "00000000,x,w1,,a,,points,bscs.total,61.5,62.5,62\n"
    "00000000,x,w1,,a,,points_low,bscs.total,56.5,57.5,57\n"
    "00000000,x,w1,,a,,points_high,bscs.total,66.5,67.5,67\n"
    "00000000,x,w1,,a,,native,bscs.total,3.46,3.5,3.5\n"
    "00000000,x,w1,,a,,rate,,88.5,89.5,89%\n"
)
MANIFEST = {
    "run_key": "0" * 64,
    "versions": {},
    "settings": {
        "language": "en",
        "district": "District 12",
        "waves": [{"id": "w1", "label": "Spring 2026", "labels": {}}],
        "scales": ["bscs"],
        "disclosure": {"min_n": 10, "min_n_detail": 20, "min_n_reliability": 30, "reason": None},
        "comparison": {"retest_reliability": 0.6, "smallest_change": 5},
        "rubric": {"levels": {}, "wording_source": None},
    },
}
OAK, ELM = file_slug("Oak", "a"), file_slug("Elm", "b")
PAGE = "<html><body><p>89% answered in Spring 2026, on May 14, 2026: {}</p></body></html>"


def make_files(oak="", elm="<html></html>", **more):
    files = {
        "manifest.json": json.dumps(MANIFEST),
        "scores.csv": SCORES,
        "ledger.csv": LEDGER,
        f"{OAK}.html": oak or PAGE.format("62"),
        f"{ELM}.html": elm,
    }
    return {name: text.encode() for name, text in files.items()} | more


def compare(files):
    return compare_pages(files, read_output(files, SCALES), SCALES)


def test_a_release_whose_pages_say_what_its_ledger_holds_is_clean():
    read = compare(make_files())

    assert read.stray == ()
    assert read.unread == ()
    assert read.pages == 2


@pytest.mark.parametrize("name", ["101 Oak Grove High", '90 North "Star" High'])
def test_a_school_whose_name_begins_with_a_number_is_no_stray_number(name):
    stem = file_slug(name, "a")
    quoted = '"' + name.replace('"', '""') + '"'
    # The two stand in one line, and a PDF's text has no blank between them.
    style = "<style>p { display: inline }</style>"
    document = weasyprint.HTML(string=f"{style}<p>{name}</p><p>District 12</p>")
    files = make_files() | {
        "scores.csv": SCORES.replace("a,Oak,", f"a,{quoted},").encode(),
        f"{stem}.html": PAGE.format("62").encode(),
        f"{stem}.pdf": document.write_pdf(),
        "district.json": json.dumps({"schools": [{"name": name, "file": stem}]}).encode(),
    }
    del files[f"{OAK}.html"]

    assert compare(files).stray == ()


@pytest.mark.parametrize("labels", [{}, {"es": "Grado 37, 40 por ciento"}])
def test_a_group_of_staff_whose_label_holds_numbers_is_no_stray_number(labels):
    told = "Grade 38-40 teachers and paraprofessionals"
    # So narrow that the label stands in several lines, and its score beside it.
    style = "<style>@page{size:60mm 200mm}</style><title>t</title>"
    table = "<table><tr><th scope=row>{}</th><td>62</td></tr></table>"
    rows = "".join(map(table.format, (told, *labels.values())))
    printed = weasyprint.HTML(string=f"<html lang=en>{style}{rows}</html>").write_pdf()
    files = make_files(oak=PAGE.format("62") + rows, **{f"{OAK}.pdf": printed})
    group = {"id": "teaching", "roles": ["Teacher"], "label": told, "labels": labels}
    settings = {**MANIFEST["settings"], "role_groups": [group, {"id": "others", "roles": []}]}
    manifest = json.dumps({**MANIFEST, "settings": settings}).encode()

    assert compare(files).stray != ()
    assert compare(files | {"manifest.json": manifest}).stray == ()


@pytest.mark.parametrize(
    "planted",
    [
        "<p>7 people answered.</p>",
        '<img alt="62 of 100">',
        '<td data-v="62">not shown</td>',
        '<meta name="description" content="answered by 8">',
        '<svg width="9" height="9"><title>Trust: 61</title></svg>',
        '<p style="color:white">mean 3.5</p>',
    ],
)
def test_a_number_in_the_page_of_a_hidden_school_is_found(planted):
    (stray,) = compare(make_files(elm=f"<html>{planted}</html>")).stray

    assert stray[:2] == (f"{ELM}.html", "b")


def test_a_number_of_another_kind_than_the_ledgers_is_found():
    (stray,) = compare(make_files(oak=PAGE.format("62 and 57%"))).stray

    assert stray == (f"{OAK}.html", "a", Number("percent", 57.0))


@pytest.mark.parametrize(
    ("name", "head", "cell", "found"),
    [
        (f"{OAK}.html", "Sense of community", "62", False),
        (f"{OAK}.html", "Sense of community", "31", True),  # Oak's, but how many answered
        (f"{OAK}.html", "Anything else", "31", False),
        ("district.html", "Oak", "62", False),
        ("district.html", "Elm", "62", True),  # Oak's, and in a row of Elm's
        ("district.html", "Both", "62", False),
    ],
)
def test_a_number_in_the_row_of_another_is_found(name, head, cell, found):
    row = f'<tr><th scope="row"><b>{head}</b></th><td data-v="{cell}">{cell}</td></tr>'
    page = f"<html><body><table>{row}</table></body></html>".encode()

    stray = compare(make_files(**{name: page})).stray

    assert bool([one for one in stray if one[0] == name]) is found


@pytest.mark.parametrize(
    ("row", "column", "cell", "found"),
    [
        ("Oak", "Sense of community", "62", False),
        ("Oak", "Sense of community", "31", True),  # how many answered
        ("Oak", "Who answered", "31", False),
        ("Both", "Sense of community", "31", False),
    ],
)
def test_a_number_in_the_column_of_another_is_found(row, column, cell, found):
    head = f'<thead><tr><th colspan="2">Of</th><th scope="col">{column}</th></tr></thead>'
    line = f'<tr><th scope="row" colspan="2">{row}</th><td>{cell}</td></tr>'
    page = f"<html><body><table>{head}{line}</table></body></html>".encode()

    stray = compare(make_files(**{"district.html": page})).stray

    assert [one[1] for one in stray] == ["a"] * found


def test_a_number_that_may_be_part_of_a_name_is_doubtful():
    files = make_files(oak=PAGE.format("62 of 19, or 23"))
    manifest = files["manifest.json"].replace(b"District 12", b"District 19")

    read = compare(files | {"manifest.json": manifest})

    assert {number.size for _, _, number in read.stray} == {19.0, 23.0}
    assert {number.size for _, _, number in read.doubtful} == {19.0}


def test_a_label_is_known_in_two_lines_of_a_chart_and_cut():
    chart = "<svg width='90' height='90'><text y='1'>{}</text><text y='2'>{}</text></svg>"
    files = make_files(oak=PAGE.format(chart.format("Wave 3 of 4,", "Sept. 26")))
    label = "Wave 3 of 4, Sept. 26"
    manifest = files["manifest.json"].decode().replace("Spring 2026", label)

    assert compare(files).stray != ()
    assert compare(files | {"manifest.json": manifest.encode()}).stray == ()
    files = make_files(
        oak=PAGE.format(chart.format("The 37th day", "of the 41st\N{HORIZONTAL ELLIPSIS}"))
    )
    manifest = manifest.replace(label, "The 37th day of the 41st year")
    assert compare(files | {"manifest.json": manifest.encode()}).stray == ()


def test_a_sentence_that_is_not_its_records_is_found():
    record = json.dumps({"language": "en", "sentence": "In all 62 of the points were told."})
    told = "<html><body><p>In all {} of the points were told.</p></body></html>"

    def find(number):
        page = told.format(number)
        return compare(make_files(oak=page, **{f"{OAK}.json": record.encode()})).stray

    assert find("62") == ()
    # A number of Oak's, and in another's place.
    assert find("57") == ((f"{OAK}.html", "a", Number("whole", 57.0)),)


def test_a_sentence_on_paper_that_is_not_its_records_is_found():
    sentence = "In all {} of the points were told, and {} of them were not told again to anybody."
    record = json.dumps({"language": "en", "headline": sentence.format(62, 57)}).encode()

    def find(first, second, ending="pdf"):
        text = sentence.format(first, second)
        # So narrow that the sentence stands in many lines.
        style = "<style>@page{size:60mm 200mm}</style><title>t</title>"
        page = f"<html lang=en>{style}<p>{text}</p></html>"
        printed = weasyprint.HTML(string=page).write_pdf()
        files = make_files(**{f"{OAK}.json": record, f"{OAK}.{ending}": printed})
        return compare(files).stray

    assert find("62", "57") == ()
    # Numbers of Oak's, in one another's place.
    swapped = {Number("whole", 57.0), Number("whole", 62.0)}
    assert {number for _, _, number in find("57", "62")} == swapped
    (only,) = find("62", "67", "staff.pdf")
    assert only == (f"{OAK}.staff.pdf", "a", Number("whole", 67.0))


def test_a_row_of_the_ledger_that_stands_nowhere_is_found():
    files = make_files(oak=PAGE.format("62").replace("89%", "many"))

    (entry,) = compare(files).unread

    assert (entry.statistic, entry.text) == ("rate", "89%")


def test_a_number_in_the_properties_of_a_pdf_is_found():
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Keywords": "8 answered"})
    writer.add_attachment("rows-13.csv", b"")
    stream = io.BytesIO()
    writer.write(stream)

    stray = compare(make_files(**{f"{ELM}.pdf": stream.getvalue()})).stray

    assert {number.size for _, _, number in stray} >= {8.0}


def make_workbook(row, *, hidden):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.add_worksheet("first")
    page = book.add_worksheet("Scores")
    page.write_row(0, 0, SCORES.splitlines()[0].split(","))
    page.write_row(1, 0, row)
    if hidden:
        page.hide()
    book.close()
    return {"results.xlsx": stream.getvalue()}


@pytest.mark.parametrize("hidden", [False, True])
def test_a_number_in_a_sheet_is_read_hidden_or_not(hidden):
    honest = ["a", "Oak", "w1", "", "bscs.total", "Sense of community", 31, 62, 57, 67, 3.5, ""]
    other = ["b", "Elm", "w1", "", "bscs.total", "Sense of community", 8, "", "", "", "", ""]

    def find(row):
        return find_unlisted(read_output(make_files(**make_workbook(row, hidden=hidden)), SCALES))

    assert find(honest) == ()
    (entry,) = find(other)
    assert (entry.school, entry.statistic, entry.text) == ("b", "answered", "8")


def draw_trend(y):
    axis = "".join(
        f'<path d="M28.0 {10 + (100 - value) * 2:.1f}L180.0 {10 + (100 - value) * 2:.1f}"/>'
        f'<text x="22.0" y="{14 + (100 - value) * 2:.1f}" text-anchor="end">{value}</text>'
        for value in (40, 60, 80, 100)
    )
    return f'<svg width="222" height="150">{axis}<circle cx="9" cy="{y}" r="4"/></svg>'


def test_the_height_of_a_mark_is_measured_and_has_to_be_a_printed_score():
    assert compare(make_files(oak=PAGE.format(draw_trend(86.0)))).stray == ()

    (stray,) = compare(make_files(oak=PAGE.format(draw_trend(86.6)))).stray
    assert stray[2] == Number("whole", 61.7)


def test_the_length_of_a_bar_is_measured():
    boxes = [(0.0, 3.0, 190.0, 7.0), (0.0, 3.0, 169.1, 7.0)]
    bar = Drawing(190, 26, texts=["40% needed"], boxes=boxes)

    assert list(measure_drawing(bar)) == [Number("percent", 89.0)]


def test_numbers_are_told_apart_by_kind():
    told = list_numbers("35 of 39, 87 %, +6, \N{MINUS SIGN}1, 0.85, v1, 2b, 3/4")

    assert list(told) == [
        Number("whole", 35.0), Number("whole", 39.0), Number("percent", 87.0),
        Number("signed", 6.0), Number("signed", 1.0), Number("decimal", 0.85),
        Number("whole", 3.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Survey open April 6 to 24, 2026. Scores of 0 to 100, version 1.2.0, 2026-01-02"),
        ("en", "climatekit 0.1.0 \N{MIDDLE DOT} study 789236487123"),
        ("en", "roster.csv 5826801511278528\N{HORIZONTAL ELLIPSIS}"),
        ("es", "Encuesta abierta del 6 al 24 de abril de 2026; el 9 de junio de 2026"),
    ],
)
def test_what_is_fixed_is_taken_out_and_nothing_else(language, text):
    fixed = FixedText(load_messages(language), SCALES, ["District 12"], {})

    assert list(list_numbers(fixed.take_out(f"{text} District 12"))) == []
    assert list(list_numbers(fixed.take_out(f"{text} 12"))) == [Number("whole", 12.0)]


@pytest.mark.parametrize("language", list_languages())
def test_no_number_of_a_message_is_left_when_what_is_fixed_is_taken_out(language):
    messages = load_messages(language)
    fixed = FixedText(messages, SCALES, [], {})
    texts = (re.sub(r"\{[^}]*\}", "word", text) for text in messages.texts())

    left = {text: list(list_numbers(fixed.take_out(text))) for text in texts}

    assert {text: numbers for text, numbers in left.items() if numbers} == {}


def test_a_wave_s_name_inside_a_day_leaves_nothing_of_the_day():
    fixed = FixedText(load_messages("en"), SCALES, ["2026", "2026-04", "Round 2026-04-06 (2)"], {})
    text = "2026, 2026-04, Round 2026-04-06 (2), 2026-04-06, from April 6, 2026 on"

    assert list(list_numbers(fixed.take_out(text))) == []


@pytest.mark.parametrize(("percent", "is_known"), [(60, True), (75, True), (74, False)])
def test_the_share_of_the_staff_that_a_step_asks_for_is_known(percent, is_known):
    words = load_messages("en")
    step = words.say("step.C2.next.text", percent=percent, level=4)

    assert (compare(make_files(oak=PAGE.format(step))).stray == ()) is is_known


@pytest.mark.parametrize("grades", ["K-5", "7-12, 13+", "PK to 5; 9 and 10", "6"])
def test_a_roster_s_grades_are_no_numbers_of_the_survey(grades):
    fixed = FixedText(load_messages("en"), SCALES, ["School 7"], {"grades": ANY_WORDS})
    line = f"Oak District \N{MIDDLE DOT} Grades {grades}"

    assert list(list_numbers(fixed.take_out(line))) == []
    told = fixed.take_out(f"{line} \N{MIDDLE DOT} School 7. Trust is at 61")
    assert list(list_numbers(told)) == [Number("whole", 61.0)]


def test_every_web_page_is_xml_as_well_which_is_read_in_less_time(demo_outcome):
    pages = sorted(demo_outcome.path.glob("*.html"))

    assert len(pages) > 2
    for page in pages:
        expat.ParserCreate().Parse(page.read_bytes(), True)


def test_what_a_script_or_a_style_holds_is_no_text():
    page = read_web_page("<style>p{margin:3px}</style><script>1</script><p>5</p>")

    assert page.texts == ["5"]


def test_lines_that_begin_at_different_places_are_no_axis():
    drawing = Drawing(90, 90, ticks=[(20, 100.0), (40, 80.0), (60, 60.0)], circles=[(15, 30)])
    drawing.lines = [(30, 40), (10, 20), (50, 60)]

    assert list(measure_drawing(drawing)) == []


def test_the_staff_s_sheet_as_a_web_page_is_no_page_in_a_language_called_staff():
    sheet = {f"{OAK}.staff.html": PAGE.format("62").encode()}
    assert compare(make_files(**sheet)).stray == ()

    changed = {f"{OAK}.staff.html": PAGE.format("63").encode()}
    assert [name for name, *_ in compare(make_files(**changed)).stray] == [f"{OAK}.staff.html"]
