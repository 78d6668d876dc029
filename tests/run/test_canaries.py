"""Canaries: marked ids, e-mails, names and comments, looked for in all that is ever written."""

import io
import re
import zipfile
import zlib

import pypdf
import pytest
from plain_files import make_rows, to_csv

from climatekit.run import release

MARK = re.compile(rb"canary[a-z]+\d+", re.IGNORECASE)
FIELDS = ("respondent_id", "Email", "First Name", "Your comment")


def mark_rows(wave):
    """Return a wave's rows with a canary in each column that holds a person or free text."""
    heading, *rows = make_rows(wave=wave)
    marked = [[*FIELDS, *heading[1:]]]
    for number, row in enumerate(rows):
        person = f"CanaryId{number}"  # the same person answers each wave
        own = [
            person,
            f"canarymail{number}@example.org",
            f"CanaryName{number}",
            f"CanaryWord{number}",
        ]
        marked.append([*own, *row[1:]])
    return marked


@pytest.fixture
def marked(study):
    for wave in (0, 1):
        (study / "exports" / f"w{wave + 1}.csv").write_bytes(to_csv(mark_rows(wave)))
    config = study / "climatekit.toml"
    text = config.read_text("utf-8").replace('["json"]', '["pdf", "html", "json"]')
    config.write_text(f'{text}[columns]\nrespondent = "respondent_id"\n', "utf-8")
    return study


def read_pdf(content):
    reader = pypdf.PdfReader(io.BytesIO(content))
    texts = [page.extract_text() for page in reader.pages]
    texts += [f"{reader.metadata}", f"{reader.xmp_metadata and reader.xmp_metadata.stream}"]
    texts += list(reader.attachments)
    streams = [
        zlib.decompress(found[1])
        for found in re.finditer(rb"stream\r?\n(x.*?)endstream", content, re.DOTALL)
    ]
    return b"\n".join([content, "\n".join(texts).encode(), *streams])


def read_archive(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def read_all(folder, apart):
    """Return the content of every file under a folder, packed ones unpacked as well."""
    readers = {".pdf": read_pdf, ".xlsx": read_archive}
    return {
        path.relative_to(folder).as_posix(): path.name.encode()
        + readers.get(path.suffix, bytes)(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path not in apart
    }


def test_no_canary_is_in_any_file_log_or_message(climatekit, marked):
    given = set(marked.rglob("*"))
    assert MARK.search((marked / "exports" / "w1.csv").read_bytes())

    run = climatekit("run", "--log-file", "log.jsonl", "--problems", "problems.csv")
    told = [
        run,
        climatekit("check"),
        climatekit("score"),
        climatekit("reliability"),
        climatekit("compare"),
        climatekit("rate"),
        climatekit("status"),
        climatekit("audit", run.out.strip()),
    ]

    assert run.code == 0, run.err
    # Every number of these pages and PDFs is in the ledger.
    assert told[-1].code == 0, told[-1].err
    files = read_all(marked, given)
    assert {name.rpartition(".")[2] for name in files} >= {"pdf", "html", "json", "csv", "xlsx"}
    pages = [content for name, content in files.items() if "oak" in name]
    assert len(pages) == 3
    assert all(b"Oak" in content for content in pages)  # the reader sees what is written
    assert [name for name, content in files.items() if MARK.search(content)] == []
    assert [one for one in told if MARK.search(f"{one.out}{one.err}".encode())] == []


def test_no_canary_is_in_the_message_of_a_fault_that_holds_one(climatekit, marked, monkeypatch):
    given = set(marked.rglob("*"))

    def fail(*_, **__):
        raise ValueError("CanaryWord1 was answered by canarymail1@example.org")

    monkeypatch.setattr(release, "load_study", fail)
    run = climatekit("run", "--log-file", "log.jsonl")

    assert run.code == 70
    assert "ValueError" in run.err
    assert not MARK.search(f"{run.out}{run.err}".encode())
    files = read_all(marked, given)
    assert [name for name, content in files.items() if MARK.search(content)] == []


def test_no_canary_is_in_a_refusal(climatekit, marked):
    rows = mark_rows(1)
    rows[3][5] = "CanaryAnswer1"  # an answer that the scale does not know
    rows.append([*rows[1][:5], *reversed(rows[1][5:])])  # somebody answered twice, differently
    (marked / "exports" / "w2.csv").write_bytes(to_csv(rows))
    given = set(marked.rglob("*"))

    run = climatekit("run", "--problems", "problems.csv")

    assert run.code == 3
    told = MARK.findall(f"{run.out}{run.err}".encode())
    # The value of an item's column is told: the district has to find it in its export.
    assert set(told) <= {b"CanaryAnswer1"}
    files = read_all(marked, given)
    assert {mark for content in files.values() for mark in MARK.findall(content)} <= {
        b"CanaryAnswer1"
    }
