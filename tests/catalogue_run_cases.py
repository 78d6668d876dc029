"""The bad-input catalogue, rows 71 to 95: configuration, templates, disks, signals, machines.

What is held where it costs less stands in `ELSEWHERE`, by the name of its test.
"""

import errno
import os
import shutil
import signal
import sys

from catalogue_kinds import Case
from filelock import FileLock
from plain_files import make_rows, to_csv
from scale_texts import FULL

NEWS = (("2026-06-01", "2026-06-02"),)  # something to do for a run
ENTITY = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
PNG_END = b"IEND\xaeB`\x82"
CSV = to_csv(make_rows(wave=1))


def disclosure(line):
    return f"\n[disclosure]\n{line}\n"


def to_output(path):
    return (('output = "briefs"', f'output = "{path}"'),)


def with_scale(old, new):
    assert old in FULL
    text = FULL.replace(old, new).replace("HASH", "0" * 16)
    return {
        "files": (("own/whole.toml", text.encode()),),
        "edits": (
            ('scales = ["bscs"]', 'scales = ["bscs", "whole"]'),
            ('output = "briefs"', 'output = "briefs"\nscale_folder = "own"'),
        ),
    }


def with_template(name, text, formats="html"):
    return {
        "files": ((f"own/{name}", text.encode()),),
        "edits": (("json", formats),),
        "config": '\n[look]\ntemplates = "own"\n',
    }


def with_logo(content):
    return {
        "files": (("logo.png", content),),
        "edits": (("json", "pdf"),),
        "config": '\n[look]\nlogo = "logo.png"\n',
    }


def while_reading(act):
    """Have something happen after the inputs are read and before anything is published."""

    def prepare(folder, monkeypatch):
        from climatekit.run import release

        honest = release.load_study

        def load(*args, **how):
            study = honest(*args, **how)
            act(folder)
            return study

        monkeypatch.setattr(release, "load_study", load)

    return prepare


def put_link_in_place(folder):
    (folder / "briefs").rename(folder / "elsewhere")
    (folder / "briefs").symlink_to(folder / "elsewhere")


def add_an_answer(folder):
    with (folder / "exports" / "w2.csv").open("ab") as file:
        file.write(b"late,Oak,1,2,3,4,5,1,2,3\n")


def send(number):
    return while_reading(lambda _folder: os.kill(os.getpid(), number))


def hang_up_on_nohup(folder, monkeypatch):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    send(signal.SIGHUP)(folder, monkeypatch)


def fill_the_disk(_folder, monkeypatch):
    def refuse(_file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)


def make_a_link(folder, _monkeypatch):
    (folder / "link").symlink_to(folder / "briefs")


def hold_the_lock(folder, monkeypatch):
    lock = FileLock(folder / "briefs" / ".climatekit.lock")
    lock.acquire()
    monkeypatch.setattr(sys, "_held_lock", lock, raising=False)  # until the case ends


def leave_what_a_killed_run_leaves(folder, _monkeypatch):
    for name in (".staging-00000000", ".making-00000000", ".staging-old-release-7-00000000"):
        (folder / "briefs" / name).mkdir()
        (folder / "briefs" / name / "half").write_bytes(b"{")


def turn_back_the_clock(_folder, monkeypatch):
    from climatekit.run import recorded

    class YearBefore(recorded.datetime):
        calls = 0

        @classmethod
        def now(cls, tz=None):
            cls.calls += 1
            return super().now(tz).replace(year=2026 - cls.calls)

    monkeypatch.setattr(recorded, "datetime", YearBefore)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")


def live_without_a_home(_folder, monkeypatch):
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    monkeypatch.setattr(sys, "stdin", None)
    before = os.umask(0)
    monkeypatch.setattr(sys, "_umask_before", before, raising=False)


def fives(wave):
    """Return both schools' answers; everybody at Oak answers 5."""
    head, *rows = make_rows(wave=wave - 1)
    return to_csv([head, *([*r[:2], *["5"] * 8] if r[1] == "Oak" else r for r in rows)])


def few_at_elm(wave):
    rows = make_rows(wave=wave - 1)
    return to_csv([row for row in rows if row[1] != "Elm" or int(row[0].split("-")[1]) < 6])


def few_at_both(wave):
    return to_csv(make_rows(people=6, wave=wave - 1))


PROTECTED = '"not shown, to protect the people who answered"'
OWN = ("brief", "--school", "Oak", "--format", "json", "--out", "out")

RUN_CASES = (
    Case(71, "an unknown key", exit=4, code="CK404", wanted=("line 3", "district"),
         edits=(("district =", "distrikt ="),)),
    Case(71, "a key of the wrong type", exit=4, code="CK406", wanted=("line 2", "as_of"),
         edits=(("as_of = 2026-06-01", 'as_of = "soon"'),)),
    Case(71, "a key twice", exit=4, code="CK403", wanted=("line 6",),
         edits=(('output = "briefs"', 'output = "briefs"\noutput = "b"'),)),
    Case(71, "no such configuration", exit=4, code="CK401", args=("run", "--config", "no.toml")),
    Case(71, "an export's name too long for a disk", exit=4, code="CK432",
         edits=(("exports/w2.csv", "x" * 400),)),
    Case(71, "an enormous configuration", exit=4, code="CK431", wanted=("1,000,000 bytes",),
         edits=(("[[waves]]", "# " + "x" * 1_000_000 + "\n[[waves]]"),)),
    Case(71, "a deeply nested configuration", exit=4, code="CK403", wanted=("too deeply",),
         edits=(("district =", f"x = {'[' * 5000}{']' * 5000}\ndistrict ="),)),
    *(
        Case(72, f"min_n = {value}", exit=4, code=code, wanted=("min_n",),
             config=disclosure(f"min_n = {value}"))
        for value, code in (("3", "CK407"), ("0", "CK407"), ("-1", "CK407"), ('"ten"', "CK406"),
                            ("1_000_000_000", "CK407"), ("7", "CK434"))
    ),
    Case(72, "min_n = 7 with a reason", exit=0, content=CSV,
         config=disclosure('min_n = 7\nreason = "a small district"')),
    Case(73, "a scale that takes a shipped one's items", exit=4, code="CK418",
         **with_scale('id = "whole"', 'id = "bscs"')),
    Case(73, "a reversal of an unknown item", exit=4, code="CK411", wanted=("scores.main",),
         **with_scale("items = [1, -2, 3, -4]", "items = [1, -2, 3, -9]")),
    Case(73, "weights of nothing", exit=4, code="CK429", wanted=("weights",),
         **with_scale("weights = { 1 = 3.0, 3 = 1.0 }", "weights = { 1 = 0.0, 3 = 0.0 }")),
    Case(73, "a score of no item", exit=4, code="CK429", wanted=("scores.again",),
         **with_scale("items = [2, 4]", "items = []")),
    *(
        Case(74, f"the output is {what}", exit=4, code="CK440", edits=to_output(path))
        for what, path in (("the input folder", "exports"), ("the folder of all", "."),
                           ("the root", "/"), ("a file", "climatekit.toml"))
    ),
    Case(74, "the output is a link", exit=4, code="CK440", wanted=("is a link",),
         edits=to_output("link"), prepare=make_a_link),
    *(
        Case(75, what, exit=4, code="CK461", wanted=("brief.html.j2", said),
             **with_template("brief.html.j2", text))
        for what, text, said in (
            ("a slip in a template", "{% if %}", "line 1"),
            ("a loop of 10^9 in a template", "{% for i in range(10**9) %}x{% endfor %}",
             "OverflowError"),
            ("a text of 10^10 in a template", "{{ 'x' * 10**10 }}", "1,000,000"),
            ("an enormous power in a template", "{{ 9 ** 999999999 }}", "power"),
            ("an undefined name in a template", "{{ nothing }}", "undefined"),
            ("a walk to Python's insides", "{{ brief.__class__.__mro__ }}", "unsafe"),
            ("a file from outside in a template", "{% include '/etc/passwd' %}", "not found"),
        )
    ),
    Case(75, "a template that never ends", exit=5, code="CK532",
         args=("run", "--timeout", "1"),
         **with_template("brief.html.j2", "{% for i in range(99999) %}" * 3 + "{% endfor %}" * 3)),
    *(
        Case(76, f"a style that asks for {address}", exit=4, code="CK502",
             **with_template("brief.css", f"body {{ background: url({address}) }}", "pdf"))
        for address in ("http://127.0.0.1:9/x", "file:///etc/passwd", "ftp://127.0.0.1/x")
    ),
    *(
        Case(77, f"a logo: {what}", exit=4, code="CK442", **with_logo(content))
        for what, content in (
            ("30,000 pixels a side", PNG + (30_000).to_bytes(4) * 2 + b"\x08\2" + PNG_END),
            ("half a PNG", PNG + (30).to_bytes(4) * 2 + b"\x08\2\0\0\0"),
            ("half a JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF"),
            ("an SVG that names a file", ENTITY + b'<image xlink:href="file:///etc/x"/></svg>'),
            ("no byte", b""), ("a GIF", b"GIF89a\1\0\1\0\0\0\0"),
        )
    ),
    Case(78, "a name that the fonts cannot draw", exit=0, code="CK504", wanted=("U+5B66",),
         both=lambda wave: to_csv(make_rows(schools=("\u5b66\u6821", "Elm"), wave=wave - 1)),
         args=("brief", "--format", "json", "--out", "out"), leaves=("out/",)),
    Case(79, "a full disk", exit=5, code="CK512", wanted=("No space left",), edits=NEWS,
         prepare=fill_the_disk),
    Case(80, "an output name that is too long", exit=5, code="CK529", edits=to_output("x" * 300)),
    Case(80, "an output where nobody may write", exit=5, code="CK510", edits=to_output("/proc/x")),
    Case(81, "a link in the output's place, meanwhile", exit=5, code="CK511", edits=NEWS,
         prepare=while_reading(put_link_in_place), leaves=("briefs", "elsewhere")),
    Case(81, "the output taken away, meanwhile", exit=5, code="CK511", edits=NEWS,
         prepare=while_reading(lambda folder: shutil.rmtree(folder / "briefs")),
         leaves=("briefs",)),
    Case(82, "an export that changes while it is read", exit=3, code="CK130", edits=NEWS,
         wanted=("exports/w2.csv",), prepare=while_reading(add_an_answer),
         leaves=("exports/w2.csv",)),
    Case(83, "a second run", exit=8, code="CK801", edits=NEWS, prepare=hold_the_lock),
    Case(84, "what a killed run left", exit=0, args=("run",), edits=NEWS, leaves=("briefs",),
         content=CSV, prepare=leave_what_a_killed_run_leaves),
    *(
        Case(85, f"signal {number.name}", exit=code, edits=NEWS, wanted=(f"exit {code}",),
             args=("run",), prepare=send(number))
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129))
    ),
    Case(85, "signal SIGHUP under nohup", exit=0, args=("run",), edits=NEWS, leaves=("briefs",),
         prepare=hang_up_on_nohup),
    Case(86, "a clock that jumps back, fourteen hours east", exit=0, args=("run", "--force"),
         content=CSV, prepare=turn_back_the_clock),
    Case(87, "no home, no input, Turkish, a mask of 000", exit=0, args=("run",), edits=NEWS,
         content=CSV, leaves=("briefs",), prepare=live_without_a_home),
    Case(91, "a least group on the command line", exit=2, args=("run", "--min-n", "1"),
         wanted=("No such option",)),
    Case(92, "a wave again with one more answer", CSV + b"late,Oak,1,2,3,4,5,1,2,3\n", 7, "CK710"),
    Case(93, "a district of two schools", exit=0, content=CSV, args=OWN, leaves=("out/",),
         wrote='"district": null'),
    Case(94, "a school where everybody answered 5", exit=0, both=fives,
         args=("score", "--format", "csv"),
         wanted=("Oak,Oak,w2,,bscs.total,Sense of community,12,95 or more,,,4.8 or more,",)),
    Case(95, "one school", exit=0, both=lambda wave: to_csv(make_rows(("Oak",), wave=wave - 1)),
         args=OWN, leaves=("out/",), wrote='"district": null'),
    Case(95, "one small school", exit=0, both=few_at_elm,
         args=("score", "--format", "csv"),
         wanted=(f"Elm,Elm,w2,,bscs.total,Sense of community,,,,,,{PROTECTED}",)),
    Case(95, "small schools alone", exit=1, code="CK558", both=few_at_both,
         args=("run", "--out", "new"), leaves=("new/",)),
)  # fmt: skip

# Rows whose inputs take workers, other processes or a whole release: row to its tests.
ELSEWHERE = {
    79: "stress/faults/test_disk.py::test_a_disk_of_any_size_too_small_is_told_and_nothing_is_lost",
    84: "stress/faults/test_kills.py::test_a_run_killed_at_a_random_moment_loses_nothing",
    85: "tests/cli/test_verbs.py::test_a_closed_pipe_ends_quietly_with_the_verbs_own_exit_code",
    87: "tests/run/test_sameness.py::test_nothing_but_the_answers_decides_a_byte",
    89: "tests/run/test_workers.py::test_a_job_that_goes_wrong_costs_only_itself",
    90: "tests/release/test_suppression.py::test_no_rest_of_a_printed_total_is_small",
}
