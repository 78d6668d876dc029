"""``--problems FILE``: every problem as a CSV, refused or not, and never over another file."""

import csv

from plain_files import make_rows, to_csv

HEADING = "School,Email,bscs_1,bscs_2,bscs_3,bscs_4,bscs_5,bscs_6,bscs_7,bscs_8\n"


def read_problems(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_refused_check_lists_every_problem_with_its_place_and_no_other_cell(climatekit, tmp_path):
    people = [f"Secretville,jo{n}@x.org,{9 + n},2,3,4,5,1,2,3\n" for n in range(8)]
    people += [",kim@x.org,Agre,2,3,4,5,1,2,3\n"]
    (tmp_path / "export.csv").write_text(HEADING + "".join(people), encoding="utf-8")

    ended = climatekit("check", "export.csv", "--scale", "bscs", "--problems", "problems.csv")

    rows = read_problems(tmp_path / "problems.csv")
    outside = [row for row in rows if row["code"] == "CK206"]
    assert ended.code == 3
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    assert {row["code"] for row in rows} >= {"CK204", "CK206", "CK232"}
    assert [row["line"] for row in outside] == [str(line) for line in range(2, 10)]
    assert {row["found"] for row in outside} == {str(9 + n) for n in range(8)}
    assert all(row["title"] and row["mend"] for row in rows)
    text = (tmp_path / "problems.csv").read_text(encoding="utf-8")
    assert "@x.org" not in text
    assert "Secretville" not in text


def test_a_file_that_cannot_be_read_is_listed_too(climatekit, tmp_path):
    ended = climatekit("check", "missing.csv", "--problems", "problems.csv")

    assert ended.code == 3
    assert [row["code"] for row in read_problems(tmp_path / "problems.csv")] == ["CK101"]


def test_an_old_list_is_replaced_by_an_empty_one_when_all_is_mended(climatekit, tmp_path):
    climatekit("check", "export.csv", "--problems", "problems.csv")
    (tmp_path / "export.csv").write_bytes(to_csv(make_rows()))

    ended = climatekit("check", "export.csv", "--scale", "bscs", "--problems", "problems.csv")

    assert ended.code == 0
    assert read_problems(tmp_path / "problems.csv") == []


def test_an_export_named_by_a_slip_is_not_overwritten(climatekit, tmp_path):
    before = to_csv(make_rows())
    (tmp_path / "export.csv").write_bytes(before)

    ended = climatekit("check", "export.csv", "--scale", "bscs", "--problems", "export.csv")

    assert ended.code == 5
    assert "CK524" in ended.err
    assert (tmp_path / "export.csv").read_bytes() == before


def test_a_list_in_a_missing_folder_is_refused_as_output(climatekit, tmp_path):
    (tmp_path / "export.csv").write_bytes(to_csv(make_rows()))

    ended = climatekit("check", "export.csv", "--scale", "bscs", "--problems", "no/problems.csv")

    assert ended.code == 5
    assert "CK525" in ended.err


def test_run_lists_its_warnings_and_an_idle_run_leaves_the_list(climatekit, study):
    climatekit("run", "--problems", "problems.csv")
    first = (study / "problems.csv").read_bytes()

    ended = climatekit("run", "--problems", "problems.csv")

    assert ended.code == 0
    assert first.startswith(b"severity,code,title")
    assert (study / "problems.csv").read_bytes() == first
