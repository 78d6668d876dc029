"""Own templates through the command line."""

import shutil

from climatekit.run.demo.district import write_district


def test_a_copied_part_can_be_changed_and_is_used(climatekit, tmp_path):
    write_district(tmp_path)
    copied = climatekit("templates", "copy", "own", "--part", "parts/notes.html.j2")
    part = tmp_path / "own" / "parts" / "notes.html.j2"
    part.write_text(part.read_text("utf-8") + "<p>Ask Ms. Park.</p>\n", encoding="utf-8")
    config = tmp_path / "climatekit.toml"
    config.write_text(config.read_text("utf-8") + '\n[look]\ntemplates = "own"\n', "utf-8")

    checked = climatekit("templates", "check", "own")
    ended = climatekit("brief", "--school", "101", "--format", "html", "--out", "out")

    assert copied.out.strip().endswith("notes.html.j2")
    assert checked.code == ended.code == 0
    (page,) = (tmp_path / "out").glob("*.html")
    assert "Ask Ms. Park." in page.read_text("utf-8")


def test_nothing_is_overwritten_and_wrong_names_are_told(climatekit, tmp_path):
    climatekit("templates", "copy", "own")
    (tmp_path / "own" / "brief.css").write_text("mine", encoding="utf-8")

    again = climatekit("templates", "copy", "own")
    wrong = climatekit("templates", "copy", "other", "--part", "parts/note.html.j2")

    assert again.code == 5
    assert (tmp_path / "own" / "brief.css").read_text("utf-8") == "mine"
    assert wrong.code == 4
    assert "parts/notes.html.j2" in wrong.err
    assert not (tmp_path / "other").exists()


def test_check_names_file_line_and_variable(climatekit, tmp_path):
    climatekit("templates", "copy", "own")
    shutil.rmtree(tmp_path / "own" / "parts")
    (tmp_path / "own" / "parts").mkdir()
    (tmp_path / "own" / "parts" / "talk.html.j2").write_text("\n{{ nobody }}\n", "utf-8")

    ended = climatekit("templates", "check", "own")

    assert ended.code == 4
    assert "talk.html.j2" in ended.err
    assert "line 2" in ended.err
    assert "nobody" in ended.err


def test_a_stray_file_is_told(climatekit, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "breif.css").write_text("", encoding="utf-8")

    ended = climatekit("templates", "check", "own")

    assert ended.code == 4
    assert "brief.css" in ended.err
