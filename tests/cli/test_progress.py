"""How far the briefs are: a bar on a terminal, elsewhere a line at the start and each minute."""

import pytest

from climatekit.cli import _workers


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(_workers.time, "monotonic", lambda: now[0])
    return now


def test_off_a_terminal_a_line_tells_the_start_and_each_minute(clock, capsys):
    with _workers.show_progress() as tell:
        for done in range(10, 191, 20):  # ten unchanged; twenty more each half minute
            tell(done, 200, int(done > 100))
            clock[0] += 30

    assert capsys.readouterr().err.splitlines() == [
        "climatekit: 190 briefs to make, 10 unchanged",
        "climatekit: 50 of 200 briefs, 0 failed, about 4 minutes left",
        "climatekit: 90 of 200 briefs, 0 failed, about 3 minutes left",
        "climatekit: 130 of 200 briefs, 1 failed, about 2 minutes left",
        "climatekit: 170 of 200 briefs, 1 failed, about 1 minute left",
    ]


@pytest.mark.usefixtures("clock")
def test_a_few_briefs_are_made_before_anybody_wonders(capsys):
    with _workers.show_progress() as tell:
        for done in range(9):
            tell(done, 8, 0)

    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar_with_rate_and_failures(monkeypatch, capsys):
    monkeypatch.setattr(_workers, "stderr_is_terminal", lambda: True)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")

    with _workers.show_progress() as tell:
        for done in range(0, 41, 10):
            tell(done, 80, done // 20)

    drawn = capsys.readouterr().err
    assert "40/80" in drawn
    assert "2 failed" in drawn
    assert "a second" in drawn
