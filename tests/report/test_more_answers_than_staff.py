"""A brief of more answers than the roster has staff counts both, and gives no percentage."""

import pytest
from plain_files import write_study


@pytest.mark.parametrize("language", ["en", "es"])
def test_more_answers_than_staff_are_told_as_such(tmp_path, climatekit, language):
    write_study(tmp_path)
    config = tmp_path / "climatekit.toml"
    text = config.read_text("utf-8").replace('formats = ["json"]', 'formats = ["html"]')
    config.write_text(
        text.replace("output =", f'language = "{language}"\nroster = "roster.csv"\noutput =', 1),
        "utf-8",
    )
    (tmp_path / "roster.csv").write_text(
        "school_id,school_name,wave_id,eligible\n"
        + "".join(f"{one},{one},{wave},{staff}\n" for one, staff in (("Oak", 11), ("Elm", 12))
                  for wave in ("w1", "w2")),
        "utf-8",
    )  # fmt: skip

    ended = climatekit("run")

    assert ended.code == 0, ended.err
    (oak,) = (tmp_path / "briefs").glob("release-1-*/oak-*.html")
    (elm,) = (tmp_path / "briefs").glob("release-1-*/elm-*.html")
    told = {"en": ("12 answered, more than the 11 staff", "12 of 12"),
            "es": ("12 personas, m\u00e1s que las 11", "12 de 12")}[language]  # fmt: skip
    assert told[0] in oak.read_text("utf-8")
    assert "12 de 11" not in oak.read_text("utf-8")
    assert "12 of 11" not in oak.read_text("utf-8")
    assert told[1] in elm.read_text("utf-8")
    assert climatekit("audit").code == 0
