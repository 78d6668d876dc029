"""Fixtures: the command line in this process, and a small study of plain CSV files."""

import dataclasses

import pytest
from hypothesis import HealthCheck, settings
from plain_files import write_study

from climatekit.cli import main

# No test is timed: one on a busy machine, or stopped for a moment, would fail by chance.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


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
    write_study(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Return the folder of the made-up district, not yet run; copy it before changing it."""
    from climatekit.run.demo.district import write_district

    return write_district(tmp_path_factory.mktemp("demo") / "district").parent


@pytest.fixture(scope="session")
def demo_study(demo):
    """Return the made-up district read, scored and decided on."""
    from climatekit.knowledge.settings_file import read_settings
    from climatekit.run.study import load_study

    return load_study(read_settings(demo / "climatekit.toml"))


@pytest.fixture(scope="session")
def demo_outcome(demo, tmp_path_factory):
    """Return how a run over the made-up district ended: pages and records, no PDF."""
    from climatekit.knowledge.settings_file import read_settings
    from climatekit.run.release import run_study

    settings = dataclasses.replace(
        read_settings(demo / "climatekit.toml"),
        formats=("html", "json"),
        output=tmp_path_factory.mktemp("published"),
    )
    return run_study(settings)
