"""Waves that a school sat out, or answered too little: what is said across them."""

from dataclasses import replace

import pytest
from plain_files import make_rows, to_csv, write_study

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.figures.facts import gather_facts
from climatekit.run.study import load_study
from climatekit.run.tables.trend_table import TREND_COLUMNS, list_trends

WAVES = ("w1", "w2", "w3", "w4")
MORE = """
[[waves]]
id = "w3"
closed = 2027-04-23
exports = ["exports/w3.csv"]

[[waves]]
id = "w4"
closed = 2028-04-21
exports = ["exports/w4.csv"]
"""


@pytest.fixture
def settings(tmp_path):
    """Write four waves: 19 of 48 answer at Oak in w2, 39.6%; Ash sits w2 out; else 19 of 20."""
    schools = ("Oak", "Elm", "Ash")
    write_study(tmp_path)
    config = tmp_path / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace("output =", 'roster = "roster.csv"\noutput =')
    config.write_text(text + MORE, encoding="utf-8")
    roster = ["school_id,school_name,wave_id,staff_group,eligible"]
    for place, wave in enumerate(WAVES):
        rows = make_rows(schools, 19, place)
        rows = [row for row in rows if (row[1], wave) != ("Ash", "w2")]
        (tmp_path / "exports" / f"{wave}.csv").write_bytes(to_csv(rows))
        for school in schools:
            staff = 48 if (school, wave) == ("Oak", "w2") else 20
            roster.append(f"{school},{school},{wave},,{staff}")
    (tmp_path / "roster.csv").write_text("\n".join(roster) + "\n", encoding="utf-8")
    return read_settings(config)


@pytest.mark.parametrize("alone", [True, False])
def test_a_trend_passes_over_a_wave_with_too_few_answers(settings, alone):
    if alone:  # no other school may decide whether two waves are compared
        for wave in settings.waves:
            (path,) = wave.exports
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            path.write_text("".join(line for line in lines if ",Ash," not in line), "utf-8")

    rows = list_trends(load_study(settings), ("Oak", "Elm"))

    told = [dict(zip(TREND_COLUMNS, row, strict=True)) for row in rows]
    lines = {row["school"]: (row["waves"], row["first"]) for row in told}
    assert lines == {"Oak": (3, "w1"), "Elm": (4, "w1")}
    assert all(row["per_year"] is not None for row in told)


def test_drift_is_that_since_the_schools_own_wave_before(settings):
    study = load_study(settings)
    breaks = {**study.figures.breaks, ("w1", "w3", "bscs.total"): "drift"}

    figures = replace(study.figures, breaks=breaks)
    facts = gather_facts(settings, study.inputs, figures, study.rubric)

    drifts = {school: [wave.drift for wave in one.waves] for school, one in facts.items()}
    none = frozenset()
    assert drifts["Oak"] == drifts["Elm"] == [none] * 4
    assert drifts["Ash"][-2:] == [{"community"}, none]
