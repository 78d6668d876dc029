"""Every number in a brief's sentences is the number of its table, its JSON and its CSV."""

import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.audit.auditing import audit_pages
from climatekit.run.audit.number_reader import read_output
from climatekit.run.audit.numbers import audit_numbers, find_unlisted, find_unread
from climatekit.run.audit.output_reader import read_folder
from climatekit.run.demo.district import write_district
from climatekit.run.release import run_study

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
STEPS = {"ots": 20, "ces_sf": 20, "bscs": 25}  # points that one answer step is worth
SMALLEST = 5
DELTA = 10
ROLE_GROUPS = """
[[role_groups]]
id = "teaching"
roles = ["Teacher"]
label = "Teachers of grades 37 to 58 & <aides>"
labels = { es = "Docentes de los grados 37 a 58 y <auxiliares>" }

[[role_groups]]
id = "others"
label = "Everybody else"
labels = { es = "Los demás" }
"""
# The labels as a page has them, by its language.
TEACHING = {
    "en": "Teachers of grades 37 to 58 &amp; &lt;aides&gt;",
    "es": "Docentes de los grados 37 a 58 y &lt;auxiliares&gt;",
}


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    """A made-up district with groups of staff; one school's roster grows, so its response falls."""
    folder = tmp_path_factory.mktemp("numbers")
    config = write_district(folder)
    config.write_text(config.read_text("utf-8") + ROLE_GROUPS, "utf-8")
    roster = folder / "roster.csv"
    with roster.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["school_id"] == "102" and row["wave_id"] == "2026-spring":
            row["eligible"] = str(round(1.4 * int(row["eligible"])))
    with roster.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def release(district):
    """A release whose every page is there in two languages."""
    settings = read_settings(district / "climatekit.toml")
    made = replace(
        settings,
        formats=("json", "html"),
        also_in=("es",),
        output=district / "both",
    )
    return run_study(made).path


def numbers(text):
    return [float(found.replace(",", ".")) for found in NUMBER.findall(text)]


def read_table(release, name):
    with (release / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def list_briefs(release):
    for path in sorted(release.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.get("schema", "").startswith("climatekit/brief/"):
            yield path, content


def is_told(shown):
    return bool(shown) and shown["value"] is not None


def values(shown):
    if not is_told(shown):
        return []
    return [abs(shown[part]) for part in ("value", "low", "high") if shown[part] is not None]


def list_known(row, told, brief):
    """Return every number that a sentence on a change may hold, from record and table."""
    known = [*values(row["before"]), *values(row["after"]), *values(row["difference"]), SMALLEST]
    known += [float(told["detectable"])] if told["detectable"] else []
    difference = row["difference"]
    if is_told(difference):
        size = abs(difference["value"])
        step = STEPS[row["score"].split(".")[0]]
        known += [10, min(10, int(10 * size / step + 0.5)), 0]
        rate = brief["participation"]["rate"]
        if is_told(rate):
            # "In Spring 2025 it was 83%."
            before = numbers(brief["participation"]["sentence"])[-1]
            shift = abs(before - rate["value"]) * DELTA / 100
            known += [rate["value"], before, DELTA, int(abs(size - shift) + 0.5)]
    labels = (brief["wave_label"], brief["previous_label"] or "")
    return {*known, *(one for label in labels for one in numbers(label))}


def test_a_sentence_holds_no_number_that_its_row_does_not(release):
    tables = {(row["school"], row["score"]): row for row in read_table(release, "changes")}
    checked = drops = 0
    for _, brief in list_briefs(release):
        for row in brief["changes"]:
            told = tables.get((brief["school_id"], row["score"]), {"detectable": ""})
            found = numbers(row["sentence"])
            assert set(found) <= list_known(row, told, brief), (brief["school"], row["sentence"])
            checked += len(found)
            drops += "%" in row["sentence"]
    assert checked > 100
    assert drops >= 3  # the school whose response fell


def test_the_ledger_and_all_files_hold_the_same_numbers(release):
    files = read_folder(release)
    output = read_output(files)
    pages, breaches = audit_pages(files, output)

    assert find_unlisted(output) == ()
    assert [(one.about, one.text) for one in find_unread(output)] == []
    assert (*breaches, *audit_numbers(files, output)) == ()
    assert pages.stray == ()
    assert pages.numbers > 3000


def test_a_page_names_groups_of_staff_in_its_language_and_a_table_by_their_ids(release):
    other = {"en": "es", "es": "en"}
    pages = named = 0
    for path in release.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        language = re.search(r'<html lang="(\w+)"', page)[1]
        if "technical_note" in path.name:
            continue
        pages += 1
        named += TEACHING[language] in page
        assert TEACHING[other[language]] not in page
        assert ">Teaching<" not in page
    assert 0 < named < pages
    (row, *_) = json.loads((release / "district.es.json").read_text("utf-8"))["roles"]
    assert (row["row"]["role"], row["row"]["name"]) == (
        "teaching", "Docentes de los grados 37 a 58 y <auxiliares>"
    )  # fmt: skip
    assert {row["role"] for row in read_table(release, "scores")} == {"", "teaching", "others"}


KINDS = {
    "answered", "eligible", "rate", "points", "points_low", "points_high", "native", "favourable",
    "difference", "difference_low", "difference_high", "detectable", "steps", "supposed",
    "slope", "benchmark", "alpha", "icc1", "people", "schools", "data_use", "record",
}  # fmt: skip


def test_the_numbers_of_sentences_are_read_as_what_they_are(release):
    output = read_output(read_folder(release))
    own = [one for one in output.ledger if one.release == output.release]

    assert {one.statistic for one in own} >= KINDS
    assert {one.role for one in own} == {"", "teaching", "others"}
    # Each row of the ledger that a sentence alone prints is missed when it is taken away.
    for statistic in ("steps", "supposed", "record"):
        left = tuple(one for one in output.ledger if one.statistic != statistic)
        missed = find_unlisted(replace(output, ledger=left))
        assert {one.statistic for one in missed} == {statistic}


def test_the_trend_holds_the_numbers_of_its_slope(release):
    told = 0
    for _, brief in list_briefs(release):
        for panel in brief["panels"]:
            if panel["trend"] is None:
                continue
            labels = {number for point in panel["points"] for number in numbers(point["label"])}
            known = {*values(panel["slope"]), *labels, len(panel["points"])}
            assert set(numbers(panel["trend"])) <= known, panel["trend"]
            told += 1
    assert told > 10


def test_the_record_and_the_csv_hold_the_same_numbers(release):
    tables = {(row["school"], row["score"]): row for row in read_table(release, "changes")}
    pairs = 0
    for _, brief in list_briefs(release):
        for row in brief["changes"]:
            told = tables.get((brief["school_id"], row["score"]))
            if told is None:
                continue
            for name, shown in (
                ("points_before", row["before"]),
                ("points_after", row["after"]),
                ("difference", row["difference"]),
            ):
                if is_told(shown) and told[name].lstrip("-").isdigit():
                    assert float(told[name]) == shown["value"]
                    pairs += 1
            if is_told(row["difference"]):
                assert [told["low"], told["high"]] == [
                    "" if end is None else str(end)
                    for end in (row["difference"]["low"], row["difference"]["high"])
                ]
    assert pairs > 50


class Rows(HTMLParser):
    """The rows of the table of changes, cell by cell."""

    def __init__(self):
        super().__init__()
        self.rows, self.inside, self.open = [], False, False

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.inside = "changes" in (dict(attrs).get("class") or "")
        elif self.inside and tag == "tr":
            self.rows.append([])
        elif self.inside and tag in ("td", "th"):
            self.rows[-1].append("")
            self.open = True

    def handle_endtag(self, tag):
        if tag == "table":
            self.inside = False
        elif tag in ("td", "th"):
            self.open = False

    def handle_data(self, data):
        if self.inside and self.open:
            self.rows[-1][-1] += data


def test_the_printed_table_holds_the_numbers_of_the_record(release):
    pairs = 0
    for path, brief in list_briefs(release):
        if brief["previous_label"] is None:
            continue
        parser = Rows()
        parser.feed(path.with_suffix(".html").read_text(encoding="utf-8"))
        printed = {cells[0].strip(): cells[1:] for cells in parser.rows if len(cells) > 4}
        for row in brief["changes"]:
            before, after, change, span = printed[row["title"]][:4]
            for text, shown in ((before, row["before"]), (after, row["after"])):
                if is_told(shown):
                    assert numbers(text) == [shown["value"]]
                    pairs += 1
            if is_told(row["difference"]):
                assert numbers(change) == [abs(row["difference"]["value"])]
                ends = [row["difference"][end] for end in ("low", "high")]
                assert numbers(span) == [abs(end) for end in ends if end is not None]
    assert pairs > 50


def list_keys(content):
    if isinstance(content, dict):
        for key, value in content.items():
            yield key
            yield from list_keys(value)
    elif isinstance(content, list):
        for value in content:
            yield from list_keys(value)


def test_no_brief_holds_a_best_guess_or_a_place_among_other_schools(release):
    for path, brief in list_briefs(release):
        keys = set(list_keys(brief))
        others = {other["school"] for _, other in list_briefs(release)} - {brief["school"]}
        page = path.with_suffix(".html").read_text(encoding="utf-8")
        assert not keys & {"shrunk", "listed", "rank", "q", "tau"}
        assert not [name for name in others if name in page]
