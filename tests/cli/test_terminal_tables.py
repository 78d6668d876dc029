"""What stands on a terminal of 80 columns: every word whole, every line within it."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from climatekit.cli._output import echo_prose
from climatekit.cli._table import Look, print_table

VERBS = (
    ("score",),
    ("compare",),
    ("compare", "--district"),
    ("compare", "--trend"),
    ("rate",),
    ("rate", "--district"),
    ("reliability",),
    ("reliability", "--schools"),
    ("reliability", "--screening"),
    ("power",),
    ("config", "show", "--origin"),
)


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def already_read(monkeypatch, demo_study):
    """Spare each verb the reading: the made-up district has been read once."""
    monkeypatch.setattr("climatekit.run.study.load_study", lambda _settings: demo_study)


@pytest.mark.usefixtures("already_read")
@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_nothing_is_cut_off_at_80_columns(climatekit, demo, verb):
    ended = climatekit(*verb, "--config", demo / "climatekit.toml", "--format", "table")

    assert ended.code == 0
    assert "…" not in ended.out
    assert max(cell_len(line) for line in ended.out.splitlines()) <= 80


@pytest.mark.usefixtures("already_read")
def test_a_school_stands_once_above_its_scores_and_a_verdict_is_in_words(climatekit, demo):
    config = ("--config", demo / "climatekit.toml", "--format", "table")
    lines = climatekit("compare", *config, "--school", "101").out.splitlines()

    heads = [line for line in lines if "Alder Grove Elementary" in line]
    assert heads == ["101 · Alder Grove Elementary · 2025-spring · 2026-spring"]
    assert any(line.startswith("  Trust in colleagues") and "rose" in line for line in lines)
    assert any(line.rstrip().endswith("too close") for line in lines)


def show(capsys, columns, rows, **look):
    print_table(columns, rows, "", Look(columns={one: one for one in columns}, **look))
    return capsys.readouterr().out


def test_numbers_of_a_column_carry_the_same_decimals_unless_they_differ_in_kind(capsys):
    rows = [("a", 0.9, 0.9), ("b", 1, 7.125)]

    text = show(capsys, ("name", "alpha", "value"), rows, ragged=("value",))

    assert text.splitlines()[-3:-1] == ["a       0.9    0.9", "b       1.0  7.125"]


def test_a_long_text_is_wrapped_and_a_reason_told_once(capsys):
    name = "Escuela Preparatoria " * 6 + "end"
    rows = [(name, 61, None), (name, None, "too few"), ("東京", None, "too few")]

    text = show(capsys, ("name", "points", "why"), rows, reason="why", optional=("why",))

    assert text.count("end") == 2
    assert text.count("\N{EN DASH}  too few (2 rows)") == 1
    assert max(cell_len(line) for line in text.splitlines()) <= 80


def test_an_optional_column_is_shown_as_soon_as_one_row_has_it(capsys):
    empty, one = [("a", None), ("b", "")], [("a", None), ("b", "staff")]

    assert "role" not in show(capsys, ("name", "role"), empty, optional=("role",))
    assert "role" in show(capsys, ("name", "role"), one, optional=("role",))


def test_a_table_without_rows_still_shows_its_columns(capsys):
    assert show(capsys, ("name", "points"), []).split()[:2] == ["name", "points"]


def test_control_characters_are_written_out(capsys):
    assert "\x1b" not in show(capsys, ("name",), [("\x1b[31mred",)], heads=())


def test_prose_is_folded_on_a_terminal_and_whole_in_a_pipe(capsys, monkeypatch):
    text = "a title\n  " + "words and more " * 10

    echo_prose(text)
    piped = capsys.readouterr().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    echo_prose(text)
    folded = capsys.readouterr().out

    assert len(piped.splitlines()) == 2
    assert max(map(len, folded.splitlines())) <= 80
    assert folded.splitlines()[2].startswith("    ")
    assert folded.split() == piped.split()


@pytest.mark.usefixtures("already_read")
def test_a_person_is_spared_schools_without_a_trend_and_told_of_them_once(climatekit, demo):
    config = ("--config", demo / "climatekit.toml")
    shown = climatekit("compare", "--trend", *config, "--format", "table")
    filed = climatekit("compare", "--trend", *config, "--format", "csv")

    assert "101 · Alder Grove Elementary" in shown.out
    assert "Harbour View" not in shown.out
    assert "without three waves that can be shown and compared: " in shown.err
    assert "Harbour View Elementary" in shown.err
    assert "Harbour View" in filed.out


@pytest.mark.usefixtures("already_read")
@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (("compare", "--trend", "--school", "106"), "Trend, points a year: none can be told"),
        (("reliability", "--screening"), "whole district: nothing can be told"),
    ],
)
def test_a_table_of_dashes_is_not_printed(climatekit, demo, verb, said):
    ended = climatekit(*verb, "--config", demo / "climatekit.toml", "--format", "table")

    assert ended.code == 0
    assert said in ended.out
    assert "\N{EN DASH}" not in ended.out
