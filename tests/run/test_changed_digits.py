"""One digit of a published file is changed: the audit finds it, and says of which school."""

import io
import json
import re
import zipfile

import pytest
from python_calamine import load_workbook

from climatekit.run.audit.auditing import attack_output, audit_pages
from climatekit.run.audit.number_reader import read_output
from climatekit.run.audit.numbers import audit_numbers
from climatekit.run.audit.output_reader import read_folder

SCHOOL = "101"
KEPT = ("manifest.json", "ledger.csv", "scores.csv", "items.csv", "changes.csv", "data_use.csv",
        "reliability.csv", "reliability_detail.csv")  # fmt: skip


@pytest.fixture(scope="module")
def files(demo_outcome):
    return {
        name: content if isinstance(content, bytes) else content.read_bytes()
        for name, content in read_folder(demo_outcome.path).items()
    }


@pytest.fixture(scope="module")
def brief(files):
    """Return the name, without ending, of the brief of one school."""
    (name,) = (
        name.removesuffix(".json")
        for name, content in files.items()
        if name.endswith(".json") and json.loads(content).get("school_id") == SCHOOL
    )
    return name


def audit(files, *names, **changed):
    """Return whom the audit names of the tables and of the files with these names."""
    some = {name: files[name] for name in (*KEPT, *names)} | changed
    output = read_output(some)
    breaches = (
        *attack_output(output), *audit_numbers(some, output), *audit_pages(some, output)[1]
    )  # fmt: skip
    return {(one.attacker, one.found, one.school) for one in breaches if one.found != "unread"}


def change_digit(text, place):
    """Return the text with the digit at a place made another one."""
    return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]


def test_as_it_was_published_nothing_is_found(files, brief):
    names = [f"{brief}.html", f"{brief}.json", "district.html", "district.json", "results.xlsx"]

    assert audit(files, *names) == set()


def test_a_digit_in_any_sentence_of_a_web_brief_is_found(files, brief):
    page = files[f"{brief}.html"].decode()
    record = json.loads(files[f"{brief}.json"])
    sentences = {row["sentence"] for row in record["changes"] if row["lead"]}
    sentences |= {panel["trend"] for panel in record["panels"] if panel["trend"]}
    sentences.add(record["participation"]["sentence"])
    told = sorted(one for one in sentences if one in page and re.search(r"\d", one))
    assert len(told) >= 4

    for sentence in told:
        start = page.index(sentence)
        last = [start + found.start() for found in re.finditer(r"\d", sentence)][-1]
        changed = {f"{brief}.html": change_digit(page, last).encode()}
        found = audit(files, f"{brief}.json", **changed)
        assert ("reader", "unlisted", SCHOOL) in found, sentence
        assert {one[2] for one in found} == {SCHOOL}


def test_a_digit_in_a_sentence_of_a_brief_without_a_record_is_found(files, brief):
    page = files[f"{brief}.html"].decode()
    place = re.search(r"Rose from \d\d to \d(\d)", page).start(1)

    found = audit(files, **{f"{brief}.html": change_digit(page, place).encode()})

    assert found == {("reader", "loose", SCHOOL)}


def test_a_digit_in_a_cell_of_the_districts_page_is_found(files):
    page = files["district.html"].decode()
    record = json.loads(files["district.json"])
    (row,) = (one for one in record["schools"] if one["school"] == SCHOOL)
    start = page.index(f'data-v="{row["name"]}"')
    told = {
        one["score"]: {
            str(shown[part])
            for shown in one["history"]
            for part in ("text", "low", "high")
            if shown.get("value") is not None
        }
        for one in row["cells"]
    }
    own = {score: {one for one in texts if len(one) == 2} for score, texts in told.items()}
    cells = [*re.finditer(r'<b class="score">(\d\d)</b>', page[start:])][: len(row["cells"])]
    assert [cell[1] for cell in cells] == [one["history"][-1]["text"] for one in row["cells"]]

    # What the same school is told of another score: that is no number of this column.
    other = next(
        (place, text)
        for place, one in enumerate(row["cells"])
        for two in row["cells"]
        for text in sorted(own[two["score"]])
        if not {text} & told[one["score"]]
    )
    start += cells[other[0]].start(1)
    changed = page[:start] + other[1] + page[start + 2 :]

    found = audit(files, "district.json", **{"district.html": changed.encode()})

    assert found == {("reader", "unlisted", SCHOOL)}


def test_a_digit_in_the_words_for_a_drawing_is_found(files, brief):
    page = files[f"{brief}.html"].decode()
    place = re.search(r"<title>[^<]*likely \d\d to \d(\d)", page).start(1)

    changed = {f"{brief}.html": change_digit(page, place).encode()}

    assert audit(files, f"{brief}.json", **changed) == {("reader", "unlisted", SCHOOL)}


def test_a_digit_in_a_cell_of_the_workbook_is_found(files):
    book = load_workbook(io.BytesIO(files["results.xlsx"]))
    number, title = next(
        (place, name) for place, name in enumerate(book.sheet_names, start=1) if name == "Scores"
    )
    heading, *rows = book.get_sheet_by_name(title).to_python()
    column = heading.index("points")
    line = next(
        line
        for line, row in enumerate(rows, start=2)
        if row[0] == SCHOOL and isinstance(row[column], float)
    )
    inside = f"xl/worksheets/sheet{number}.xml"
    cell = re.compile(rf'(<c r="{chr(65 + column)}{line}"[^>]*><v>\d)(\d)')

    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(files["results.xlsx"])) as before,
        zipfile.ZipFile(stream, "w") as after,
    ):
        for name in before.namelist():
            text = before.read(name)
            if name == inside:
                found = cell.search(text.decode())
                text = change_digit(text.decode(), found.start(2)).encode()
            after.writestr(name, text)

    assert audit(files, **{"results.xlsx": stream.getvalue()}) == {("reader", "unlisted", SCHOOL)}


def change_value(record):
    record["panels"][0]["points"][-1]["score"]["value"] += 1


def change_text(record):
    record["panels"][0]["points"][-1]["score"]["text"] = "44"


def change_end(record):
    record["panels"][0]["points"][-1]["score"]["low"] -= 1


def change_steps(record):
    for row in record["changes"]:
        row["sentence"] = re.sub(r"as if \d in", "as if 9 in", row["sentence"])


def change_record(record):
    for row in record["data_use"]["evidence"]:
        row["detail"] = re.sub(r"^\d+ usable", "7 usable", row["detail"])


@pytest.mark.parametrize(
    "change", [change_value, change_text, change_end, change_steps, change_record]
)
def test_a_digit_in_a_record_is_found(files, brief, change):
    record = json.loads(files[f"{brief}.json"])
    before = json.dumps(record)
    change(record)
    assert json.dumps(record) != before

    found = audit(files, **{f"{brief}.json": json.dumps(record).encode()})

    assert found == {("reader", "unlisted", SCHOOL)}
