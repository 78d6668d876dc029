"""Fixtures: the command line in this process, and a small study of plain CSV files."""

import dataclasses

import pytest
from plain_files import CONFIG, make_rows, to_csv

from climatekit.cli import main


@dataclasses.dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


@pytest.fixture
def climatekit(capsys, monkeypatch, tmp_path):
    """Run the command line in a folder of its own and return how it ended."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLIMATEKIT_CONFIG", raising=False)

    def run(*args):
        with pytest.raises(SystemExit) as end:
            main(args=[str(arg) for arg in args])
        captured = capsys.readouterr()
        return Ended(int(end.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def study(tmp_path):
    """Write a study of two waves and two schools of 12; return its folder."""
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "w1.csv").write_bytes(to_csv(make_rows()))
    (tmp_path / "exports" / "w2.csv").write_bytes(to_csv(make_rows(wave=1)))
    (tmp_path / "climatekit.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path
