"""What a rating may go by: nothing that is not printed, of a hidden wave nothing at all."""

import pytest
from plain_files import ITEMS, make_rows, to_csv, write_study

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


def test_of_two_scores_that_print_the_same_the_lower_is_not_told(tmp_path):
    write_study(tmp_path)
    config = tmp_path / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace('["bscs"]', '["bscs", "ces_sf"]')
    config.write_text(text, encoding="utf-8")
    efficacy = [f"ces_sf_{number}" for number in range(1, 13)]
    rows = [["respondent_id", "school", *ITEMS, *efficacy]]
    for person in range(12):
        # Efficacy lies at 50 whichever way its items point, community a quarter point below.
        answers = ["3"] * 8 + [str(3 + (person + item) % 2) for item in range(12)]
        answers[0] = "3" if person else "2"
        rows.append([f"p{person}", "Oak", *answers])
    (tmp_path / "exports" / "w2.csv").write_bytes(to_csv(rows))

    read = load_study(read_settings(config))

    points = read.figures.summaries.set_index(["wave", "score"])["mean"]
    assert 49.5 < points["w2", "bscs.total"] < points["w2", "ces_sf.total"] < 50.5
    assert read.facts["Oak"].waves[-1].lowest == "collective_efficacy"
