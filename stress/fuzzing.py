"""Fuzzing: made-up files for every reader, half sound and half broken.

A reader may return or refuse with one of its own errors; anything else is a fault. A seeded
dice breaks the bytes of sound files, and of what was read of those, many times over; hypothesis
makes structures (headings, rows, tables).
"""

import contextlib
import csv
import datetime as dt
import functools
import io
import os
import random
import tempfile
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st
from plain_files import CONFIG, ITEMS, make_rows, write_study
from scale_texts import FULL

from climatekit.errors import ClimatekitError

REFUSALS = {3, 4, 6}  # input, configuration, a limit
LONGEST = 2.0  # seconds of this thread for one input
MOST_SOUND = 50
OUTRIGHT = 0.1
SETTINGS = "settings.toml"
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
    """Return content that is broken in one to four places, in most cases one."""
    for _ in range(dice.choice((1, 1, 1, 1, 2, 4))):
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


def make_workbook():
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for row, cells in enumerate(make_rows(people=3)):
            page.write_row(row, 0, cells)
    return out.getvalue()


def break_member(dice, content):
    """Return a workbook in which one member is broken or gone; seldom its own bytes are."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, zlib.error, OSError):
        return mutate(dice, content)
    if not members or dice.random() < OUTRIGHT:
        return mutate(dice, content)
    broken, out = dice.choice(sorted(members)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, member in members.items():
            if name != broken:
                archive.writestr(name, member)
            elif dice.random() > OUTRIGHT:
                archive.writestr(name, mutate(dice, member))
    return out.getvalue()


@functools.cache
def settings_of(folder):
    from climatekit.knowledge.settings_file import read_settings

    return read_settings(folder / SETTINGS)


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


@dataclass(frozen=True)
class Reader:
    """A reader: its file's name, a sound file, structures much like it, how it is broken."""

    file: str
    sound: bytes
    structures: st.SearchStrategy
    read: object
    breaks: object = mutate


CODEBOOK = ["column", "item", "wave_id", "flags"]
ROSTER = ["school_id", "school_name", "wave_id", "staff_group", "eligible", "grades"]
LOG = ["school_id", "wave_id", "event", "date", "audience", "status", "goal_id"]
PEOPLE = ["respondent_id", "school", *ITEMS]
WHOLE = FULL.replace("HASH", "0" * 16)
# Those that take longest first, so that no processor waits for the last.
READERS = {
    "xlsx": Reader(
        "export.xlsx",
        make_workbook(),
        st.builds(break_member, st.randoms(use_true_random=False), st.just(make_workbook())),
        read_export,
        break_member,
    ),
    "export": Reader("export.csv", to_csv(make_rows(people=3)), draw_table(PEOPLE), read_export),
    "scale file": Reader("whole.toml", WHOLE.encode(), draw_toml(WHOLE), read_scale),
    "evidence log": Reader(
        "log.csv",
        to_csv([LOG, ["Oak", "w1", "shared_back", "2025-05-20", "all_staff", "done", ""]]),
        draw_table(LOG),
        read_log,
    ),
    "roster": Reader(
        "roster.csv",
        to_csv(
            [
                ROSTER,
                ["Oak", "Oak School", "w1", "", "20", "K-5"],
                ["Elm", "Elm", "w1", "Aides", "9", ""],
            ]
        ),
        draw_table(ROSTER),
        read_roster,
    ),
    "codebook": Reader(
        "codebook.csv",
        to_csv([CODEBOOK, ["Q1", "bscs_1", "w1", "not_asked"], ["Q2", "bscs_2", "", ""]]),
        draw_table(CODEBOOK),
        read_codebook,
    ),
    "config": Reader("climatekit.toml", CONFIG.encode(), draw_toml(CONFIG), read_config),
}


@contextlib.contextmanager
def open_folder():
    """Give a folder with a study in it, in memory where there is one: a disk takes longest."""
    memory = Path("/dev/shm")
    there = memory.is_dir() and os.access(memory, os.W_OK)
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory if there else None) as name:
        write_study(Path(name))
        (Path(name) / SETTINGS).write_text(CONFIG, encoding="utf-8")
        yield Path(name)


def feed(name, content, folder):
    """Have a reader read bytes; return whether it did, and did not refuse with its own error."""
    reader = READERS[name]
    path = folder / reader.file
    path.write_bytes(content)
    started, refused = time.thread_time(), None
    try:
        reader.read(path)
    except ClimatekitError as error:
        refused = error
    assert refused is None or (refused.exit_code in REFUSALS and refused.problems), refused
    assert time.thread_time() - started < LONGEST
    return refused is None


def feed_many(name, times, seed, folder):
    """Feed broken files; what is read is broken further. Return how many were read."""
    reader, dice = READERS[name], random.Random(seed)
    assert feed(name, reader.sound, folder), "the sound file is refused"
    sound, read = [reader.sound], 0
    for _ in range(times):
        content = reader.breaks(dice, dice.choice(sound))
        if feed(name, content, folder):
            read += 1
            if len(sound) < MOST_SOUND:
                sound.append(content)
            else:
                sound[dice.randrange(1, MOST_SOUND)] = content
    return read
