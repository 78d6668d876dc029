"""What a rating may go by of a hidden wave: not which of its scores is the lowest."""

import pytest
from plain_files import make_rows, to_csv, write_study

from climatekit.knowledge.settings_file import read_settings
from climatekit.run.study import load_study


@pytest.mark.parametrize(("people", "lowest"), [(10, "community"), (9, None)])
def test_a_goal_need_not_be_on_the_lowest_score_of_a_hidden_wave(tmp_path, people, lowest):
    write_study(tmp_path)
    rows = [row for row in make_rows() if row[1] != "Elm" or int(row[0].split("-")[1]) < people]
    (tmp_path / "exports" / "w1.csv").write_bytes(to_csv(rows))

    facts = load_study(read_settings(tmp_path / "climatekit.toml")).facts

    assert [wave.lowest for wave in facts["Elm"].waves] == [lowest, "community"]
    assert facts["Elm"].waves[0].constructs == {"community"}
