"""Fuzzing: made-up files for every reader, half sound and half broken.

A reader may return or refuse with one of its own errors; anything else is a fault. Hypothesis
makes the structure (headings, rows, tables), a seeded dice breaks its bytes many times over.
"""

import csv
import datetime as dt
import functools
import io
import random
import time
import zipfile
from pathlib import Path

from hypothesis import strategies as st
from plain_files import CONFIG, ITEMS, make_rows
from scale_texts import FULL

from climatekit.errors import ClimatekitError

REFUSALS = {3, 4, 6}  # input, configuration, a limit
LONGEST = 2.0  # seconds of this thread for one input
TOKENS = (
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1a", b'"', b'""', b",", b";", b"\t", b"|", b"\r",
    b"\n", b"\r\n", b"=1+1", b"-1", b"1e400", b"nan", b"\xc3\xa9", b"\xe9", b"e\xcc\x81", b"[",
    b"]]", b"{", b"}", b"#", b"'''", b'"""', b"= ", b"true", b"1979-05-27", b"9" * 400, b"sep=;\n",
    b"\xed\xa0\x80", b"\xe2\x80\xae", b"../../x", b"</c><c>", b"&a;", b"PK\3\4", b"None",
)  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "1", "3", "5", "6", "99", "Oak", "Elm", "w1", "w2", "2026-05-20", "30 Feb",
         "done", "all_staff", "shared_back", "Teacher", "bscs_1", "reversed", "not_asked", "K-5",
         "Strongly agree", "=1+1", "1.0", "\u00c9lan", "\u202e", "x" * 300]
    ),
    st.text(max_size=8),
)  # fmt: skip


def mutate(dice, content):
    """Return content that is broken in one to four places."""
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(content) + 1)
        end = min(len(content), start + dice.choice((0, 1, 1, 2, 8, 64)))
        kind = dice.randrange(6)
        if kind == 0:
            content = content[:start] + dice.choice(TOKENS) + content[end:]
        elif kind == 1:
            content = content[:start] + content[end:]
        elif kind == 2:
            content = content[:end] + content[start:]
        elif kind == 3:
            content = content[:start]
        elif kind == 4:
            content = content[:start] + bytes([dice.randrange(256)]) + content[start + 1 :]
        else:
            lines = content.split(b"\n")
            dice.shuffle(lines)
            content = b"\n".join(lines)
    return content


def to_csv(rows, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def draw_table(headings):
    """Return a strategy of CSV bytes whose headings are nearly those of a reader."""
    columns = st.lists(st.one_of(st.sampled_from(headings), CELLS), min_size=1, max_size=14)
    return st.one_of(st.permutations(headings), columns).flatmap(
        lambda heads: st.builds(
            lambda rows, mark: to_csv([heads, *rows], mark),
            st.lists(st.lists(CELLS, min_size=len(heads), max_size=len(heads)), max_size=6),
            st.sampled_from(",,,,;\t|"),
        )
    )


def draw_toml(text):
    """Return a strategy of TOML bytes: lines left out, doubled, or with another value."""
    lines = text.splitlines()
    values = st.one_of(
        st.integers(), st.floats(), st.booleans(), st.sampled_from(['""', '"x"', "[]", "{}", "[1]"])
    )
    change = st.tuples(st.integers(0, len(lines) - 1), st.sampled_from("-2=="), values)

    def apply(changes):
        out = list(lines)
        for place, kind, value in changes:
            key = lines[place].partition("=")[0]
            told = str(value).lower() if isinstance(value, bool) else str(value)
            out[place] = {"-": "", "2": f"{lines[place]}\n{lines[place]}"}.get(
                kind, f"{key}= {told}"
            )
        return "\n".join(out).encode()

    return st.lists(change, max_size=3).map(apply)


@functools.cache
def make_workbook():
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for row, cells in enumerate(make_rows(people=3)):
            page.write_row(row, 0, cells)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def draw_workbook():
    """Return a strategy of workbooks in which one member is broken or gone."""
    members = make_workbook()

    def pack(name, seed, gone):
        dice, out = random.Random(seed), io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for other, content in members.items():
                if other != name:
                    archive.writestr(other, content)
                elif not gone:
                    archive.writestr(other, mutate(dice, content))
        return out.getvalue()

    return st.builds(pack, st.sampled_from(sorted(members)), st.integers(0, 1 << 30), st.booleans())


@functools.cache
def settings_of(folder):
    from climatekit.knowledge.settings_file import read_settings

    (folder / "settings.toml").write_text(CONFIG, encoding="utf-8")
    return read_settings(folder / "settings.toml")


@functools.cache
def scales():
    from climatekit.knowledge.scales import load_scales

    return load_scales(("bscs",))


def read_codebook(path):
    from climatekit.ingest import codebook

    codebook.read_codebook(path)


def read_roster(path):
    from climatekit.ingest import roster

    roster.read_roster(path, waves=["w1", "w2"])


def read_log(path):
    from climatekit.ingest.evidence_log import read_evidence_log

    closed = {"w1": dt.date(2025, 4, 25), "w2": dt.date(2026, 4, 24)}
    read_evidence_log(path, schools=["Oak", "Elm"], waves=closed, as_of=dt.date(2026, 6, 1))


def read_config(path):
    from climatekit.knowledge.settings_file import read_settings

    read_settings(path)


def read_scale(path):
    from climatekit.knowledge.scales import load_scale

    load_scale(path)


def read_export(path):
    from climatekit.ingest import intake

    intake.read_export(path, scales=scales(), wave="w2", settings=settings_of(path.parent))


PEOPLE = ["respondent_id", "school", *ITEMS]
READERS = {
    "codebook": ("codebook.csv", draw_table(["column", "item", "wave_id", "flags"]), read_codebook),
    "roster": (
        "roster.csv",
        draw_table(["school_id", "school_name", "wave_id", "staff_group", "eligible", "grades"]),
        read_roster,
    ),
    "evidence log": (
        "log.csv",
        draw_table(["school_id", "wave_id", "event", "date", "audience", "status", "goal_id"]),
        read_log,
    ),
    "config": ("climatekit.toml", draw_toml(CONFIG), read_config),
    "scale file": ("whole.toml", draw_toml(FULL.replace("HASH", "0" * 16)), read_scale),
    "export": (
        "export.csv",
        st.one_of(draw_table(PEOPLE), st.just(to_csv(make_rows(people=3)))),
        read_export,
    ),
    "xlsx": ("export.xlsx", draw_workbook(), read_export),
}


def feed(reader, content, folder):
    """Have a reader read bytes; it returns, or refuses with an error of its own."""
    name, _, read = READERS[reader]
    path = Path(folder) / name
    path.write_bytes(content)
    started, refused = time.thread_time(), None
    try:
        read(path)
    except ClimatekitError as error:
        refused = error
    assert refused is None or (refused.exit_code in REFUSALS and refused.problems), refused
    assert time.thread_time() - started < LONGEST


def feed_many(reader, structure, seed, times, folder):
    """Feed one structure as it is and broken in many ways."""
    dice = random.Random(seed)
    feed(reader, structure, folder)
    for _ in range(times - 1):
        feed(reader, mutate(dice, structure), folder)
