"""Eight telling schools as they were last looked at: their JSON, their page, their PDF's numbers.

`pytest tests/report/test_snapshots.py --snapshot-update` takes new snapshots, to be read
before they are committed.
"""

# ruff: noqa: RUF001 - a dash as it is printed

import json
import re

import pymupdf
import pytest
from telling_schools import TELLING

from climatekit.knowledge.wording import load_messages
from climatekit.report.html import render_html
from climatekit.report.pdf import render_pdf
from climatekit.run.workshop.rendering import to_json

MINUS = "\N{MINUS SIGN}"
# Of the page itself: the axis and both ends of a share, pages, levels and numbered lists.
FIXED = {"0", "20", "40", "60", "80", "100", "1", "2", "3", "4"}


@pytest.fixture(params=TELLING)
def brief(request):
    return TELLING[request.param]()


def find_body(page):
    """Return what a page's body says, one element a line; of a drawing, its finding."""
    body = page.partition("<body")[2].partition("</body>")[0]
    body = re.sub(r"<svg.*?<title>(.*?)</title>.*?</svg>", r"<drawing>\1</drawing>", body)
    return "\n".join(line for line in map(str.strip, body.splitlines()) if line)


def find_text(data):
    with pymupdf.open(stream=data) as document:
        return " ".join(" ".join(page.get_text() for page in document).split())


def find_numbers(text):
    return re.findall(r"\d+", text)


def sign(value):
    return f"{value:+.0f}".replace("-", MINUS) if value else "0"


def write_row(row, say):
    """Return a row of the change table as it must be printed, from its JSON alone."""
    shown = {
        name: (row[name] or {}).get("text") or (say("labels.not_shown") if row[name] else "–")
        for name in ("before", "after", "detectable")
    }
    cells = [row["title"], shown["after"], row["word"]]
    moved = row["difference"] or {"value": None}
    if row["verdict"] == "first_wave":
        ends = (f"{row['after'][name]:.0f}" for name in ("low", "high"))
        cells[2:2] = [say("labels.span", low=next(ends), high=next(ends))]
    elif moved["value"] is None:
        cells[1:2] = [shown["before"], shown["after"], "–", "–", "–"]
    else:
        span = say("labels.span", low=sign(moved["low"]), high=sign(moved["high"]))
        cells[1:2] = [
            shown["before"], shown["after"], sign(moved["value"]), span, shown["detectable"],
        ]  # fmt: skip
    return " ".join(cells)


def write_share(shown):
    number, *words = shown["text"].split(" or ")
    return {"more": "≥ ", "less": "≤ "}[words[0]] + number if words else number


def test_the_json_is_as_it_was_looked_at(brief, snapshot):
    assert to_json(brief).decode() == snapshot


def test_the_pages_body_is_as_it_was_looked_at(brief, snapshot):
    assert find_body(render_html(brief)) == snapshot


def test_the_pdf_prints_the_numbers_of_the_json_and_no_other(brief):
    told = json.loads(to_json(brief))

    text = find_text(render_pdf(brief))

    assert set(find_numbers(text)) <= FIXED | set(
        find_numbers(json.dumps(told, ensure_ascii=False))
    )
    if any(row["verdict"] != "withheld" for row in told["changes"]):
        say = load_messages(brief.language).say
        assert [row["title"] for row in told["changes"] if write_row(row, say) not in text] == []
    moved = [
        " ".join(
            [
                row["label"],
                row["before"]["text"],
                row["after"]["text"],
                sign(row["difference"]["value"]),
            ]
        )
        for row in told["movers"]
    ]
    # A full first page has room for the first of them only.
    printed = [row in text for row in moved]
    assert printed == sorted(printed, reverse=True)
    assert sum(printed) >= min(2, len(moved))
    for group in told["questions"]["groups"] if told["questions"] else ():
        for row in group["rows"]:
            before = write_share(row["before"]) if row["before"] else "–"
            assert f"{row['label']} {before} {write_share(row['after'])}" in text
    for name in ("answered", "eligible", "rate"):
        shown = told["participation"][name]
        assert shown["value"] is None or shown["text"] in text
