"""Whatever valid answers people give, and however a file says them, they read back the same."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pandas as pd
import pyreadstat
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .ingest_builders import ITEMS, LABELS, answers, read

TOPICS = ("Warm welcome", "Cold halls", "Fair say")
# Schools as districts write them: commas, quotes, accents, leading zeros and cells that
# pandas would take for a missing value.
SCHOOLS = (
    "Birch",
    "St. Mary's",
    "Oak, upper campus",
    'The "Annex"',
    "École Zoë",
    "00123",
    "NA",
    "None",
    "null",
    "1e5",
    "TRUE",
    "Elm;Grove",
    "Pine|Hill",
)
CODES = frozenset(map(str, LABELS))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "cp1252")
people = st.lists(
    st.tuples(
        st.sampled_from(SCHOOLS),
        st.tuples(*[st.one_of(st.none(), st.integers(1, 5)) for _ in ITEMS]),
    ),
    min_size=1,
    max_size=25,
).filter(lambda rows: all(any(one) for one in zip(*[codes for _, codes in rows], strict=True)))


def upper(label):
    return label.upper()


def spaced(label):
    return f"  {label.replace(' ', '  ')} "


def unbreakable(label):
    return label.replace(" ", "\u00a0")


def numbered(label):
    return f"{next(k for k, v in LABELS.items() if v == label)} - {label}"


def in_brackets(label):
    return f"{label} ({next(k for k, v in LABELS.items() if v == label)})"


def as_code(label):
    return str(next(k for k, v in LABELS.items() if v == label))


def as_float(label):
    return as_code(label) + ".0"


VARIANTS = (str, str.lower, upper, spaced, unbreakable, numbered, in_brackets, as_code, as_float)


def to_bytes(text, encoding):
    if encoding == "utf-16-le-bom":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode(encoding)


def to_rows(given_, say):
    return [
        [f"R_{number}", school, *["" if code is None else say(LABELS[code]) for code in codes]]
        for number, (school, codes) in enumerate(given_, start=1)
    ]


def plain(body):
    return [["Response", "School", *ITEMS], *body]


def by_wording(body):
    return [["Response", "School", *TOPICS], *body]


def qualtrics(body):
    identity = ["ResponseId", "School", "Q1_1", "Q1_2", "Q1_3"]
    texts = ["Response ID", "School", *[f"How much do you agree? - {one}" for one in TOPICS]]
    imports = [json.dumps({"ImportId": one}) for one in ("_recordId", "QID9", "QID1_1", "QID1_2")]
    return [identity, texts, [*imports, json.dumps({"ImportId": "QID1_3"})], *body]


def surveymonkey(body):
    first = ["Respondent ID", "School", "How much do you agree?", "", ""]
    return [first, ["", "Response", *TOPICS], *body]


def with_own_columns(before, after=(), *, asked="How much do you agree? [{}]", names=TOPICS):
    """Return a shape whose own columns, as heading and cell, stand round the answers."""

    def shape(body):
        questions = [asked.format(one) for one in names]
        head = [*(name for name, _ in before), "School", *questions, *(name for name, _ in after)]
        own = [[cell for _, cell in columns] for columns in (before, after)]
        # A column of no cell of its own holds the response's id.
        return [
            head,
            *(
                [*(cell or row[0] for cell in own[0]), *row[1:], *(c or row[0] for c in own[1])]
                for row in body
            ),
        ]

    return shape


DAY = "2026-04-06 10:00:00"
google = with_own_columns([("Timestamp", "2026/04/06 4:37:57 PM GMT+2")])
microsoft = with_own_columns(
    [("ID", ""), ("Start time", DAY), ("Completion time", DAY), ("Email", "anonymous")]
)
limesurvey = with_own_columns(
    [("id", ""), ("submitdate", DAY), ("lastpage", "5"), ("startlanguage", "en")]
)
alchemer = with_own_columns(
    [("Response ID", ""), ("Time Started", DAY), ("Date Submitted", DAY), ("Status", "Complete")]
)
kobo = with_own_columns([], [("_id", ""), ("_uuid", ""), ("_submission_time", DAY)])
typeform = with_own_columns([("#", "")], [("Start Date (UTC)", DAY), ("Submit Date (UTC)", DAY)])
redcap = with_own_columns(
    [("record_id", ""), ("redcap_survey_identifier", "")],
    [("extra___1", "0"), ("climate_complete", "2")],
    asked="{}",
    names=ITEMS,
)
jotform = with_own_columns(
    [("Submission Date", DAY)],
    [("Submission ID", "")],
    asked="How much do you agree? >> {}",
)
SHAPES = (
    plain, by_wording, qualtrics, surveymonkey, google, microsoft, limesurvey, alchemer, kobo,
    typeform, redcap, jotform,
)  # fmt: skip


def write(records, *, delimiter, quoting, end):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(records)
    return out.getvalue()


def check_the_same(export, given_):
    # Who answered nothing is counted as such and is no respondent.
    answered = [(school, codes) for school, codes in given_ if any(codes)]
    assert answers(export) == [list(codes) for _, codes in answered]
    assert list(export.frame["school"]) == [school for school, _ in answered]
    assert export.report.dropped.get("no answers", 0) == len(given_) - len(answered)


def read_bytes(content, ending="csv", **flags):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{ending}"
        path.write_bytes(content)
        return read(path, **flags)


def to_workbook(records):
    """Write an Excel workbook; answers that are numbers become numbers of the sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Answers")
        for row, cells in enumerate(records):
            for place, cell in enumerate(cells):
                if cell in CODES:
                    sheet.write_number(row, place, float(cell))
                elif cell:
                    sheet.write_string(row, place, cell)
    return out.getvalue()


def to_spss(given_, *, labelled, wordings):
    """Write an SPSS file: codes with value labels or bare, declared missing where unanswered."""
    columns = {
        item: [float(codes[place] or -99) for _, codes in given_]
        for place, item in enumerate(ITEMS)
    }
    names = ["Q1_1", "Q1_2", "Q1_3"] if wordings else list(ITEMS)
    frame = pd.DataFrame(dict(zip(names, columns.values(), strict=True)))
    frame.insert(0, "School", [school for school, _ in given_])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            column_labels=["School", *(TOPICS if wordings else ("", "", ""))],
            variable_value_labels=dict.fromkeys(names, LABELS) if labelled else {},
            missing_ranges={name: [-99] for name in names},
        )
        return path.read_bytes()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    given_=people,
    shape=st.sampled_from(SHAPES),
    say=st.sampled_from(VARIANTS),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_answers_in_any_dialect_read_back_the_same(
    given_, shape, say, encoding, delimiter, quoting, end
):
    text = write(shape(to_rows(given_, say)), delimiter=delimiter, quoting=quoting, end=end)
    check_the_same(read_bytes(to_bytes(text, encoding)), given_)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    given_=people,
    shape=st.sampled_from(SHAPES),
    say=st.sampled_from([str, numbered, as_code]),
)
def test_any_answers_in_a_workbook_read_back_the_same(given_, shape, say):
    records = shape(to_rows(given_, say))
    check_the_same(read_bytes(to_workbook(records), "xlsx"), given_)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(given_=people, labelled=st.booleans(), wordings=st.booleans(), codes=st.booleans())
def test_any_answers_in_an_spss_file_read_back_the_same(given_, labelled, wordings, codes):
    content = to_spss(given_, labelled=labelled, wordings=wordings)
    export = read_bytes(content, "sav", answers_from="codes" if codes else "labels")
    check_the_same(export, given_)


@settings(max_examples=60, deadline=None)
@given(given_=people, data=st.data())
def test_each_cell_may_be_written_its_own_way(given_, data):
    body = to_rows(given_, str)
    for row in body:
        for place in range(2, len(row)):
            if row[place]:
                row[place] = data.draw(st.sampled_from(VARIANTS[:-2]))(row[place])
    text = write(plain(body), delimiter=",", quoting=csv.QUOTE_MINIMAL, end="\n")
    check_the_same(read_bytes(text.encode()), given_)
