"""The same answers give the same bytes, on any machine and by any number of workers."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest
from plain_files import make_rows, to_csv, write_study

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.release import run_study
from climatekit.run.workshop import batch
from climatekit.run.workshop.workers import Limits

# These name the inputs by their hashes, which other orders of rows change.
NAMING_INPUTS = {"manifest.json", "ledger.csv", "technical_note.html", "technical_note.pdf"}
ELSEWHERE = {
    "PATH": "", "LC_ALL": "tr_TR.UTF-8", "LANG": "C", "TZ": "Pacific/Kiritimati",
    "PYTHONHASHSEED": "7", "PYTHONUTF8": "0",
}  # fmt: skip


@pytest.fixture
def settings(tmp_path):
    write_study(tmp_path, log="Oak,w2,shared_back,2026-05-12,all_staff,done\n")
    config = tmp_path / "climatekit.toml"
    text = config.read_text("utf-8").replace('"json"', '"pdf", "html", "json", "staff"')
    config.write_text(text, encoding="utf-8")
    return read_settings(config)


def read_all(path):
    return {one.name: one.read_bytes() for one in path.iterdir()}


def test_nothing_but_the_answers_decides_a_byte(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "FEWEST_FOR_WORKERS", 2)
    here = run_study(settings, limits=Limits(workers=2))
    there = subprocess.run(
        [sys.executable, "-m", "climatekit", "run", "--executor", "serial", "--out", "there"],
        cwd=tmp_path,
        env=ELSEWHERE | {"PYTHONPATH": str(Path(sys.modules["climatekit"].__file__).parents[1])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        umask=0o027 if os.name == "posix" else -1,
    )
    for wave in (0, 1):
        head, *rows = make_rows(wave=wave)
        (tmp_path / "exports" / f"w{wave + 1}.csv").write_bytes(to_csv([head, *reversed(rows)]))
    shuffled = run_study(dataclasses.replace(settings, output=tmp_path / "shuffled"))

    first = read_all(here.path)
    assert sum(name.endswith(".pdf") for name in first) == 6
    assert read_all(tmp_path / there.stdout.strip()) == first
    other = read_all(shuffled.path)
    assert other.keys() == first.keys()
    assert {name for name in first if other[name] != first[name]} <= NAMING_INPUTS
