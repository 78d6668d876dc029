"""A district of many schools: what its pages tell of all of them is in the ledger."""

from plain_files import write_study

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.release import run_study

SCHOOLS = [f"School {number:02d}" for number in range(40)]  # more than a month has days


def test_counts_of_forty_schools_stop_no_run(tmp_path):
    write_study(tmp_path, SCHOOLS)

    outcome = run_study(read_settings(tmp_path / "climatekit.toml"))

    assert outcome.exit_code == 0
    assert "CK711" not in {problem.code for problem in outcome.problems}
    note = (outcome.path / "technical_note.html").read_text("utf-8")
    assert "40" in note
