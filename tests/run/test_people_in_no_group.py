"""Role groups that leave people out: a school is more than the sum of its groups."""

import json

import pytest
from plain_files import CONFIG, ITEMS, to_csv

TEACHERS = '[[role_groups]]\nid = "teachers"\nroles = ["Teacher"]\n'
AIDES = '[[role_groups]]\nid = "aides"\nroles = ["Aide"]\n'


@pytest.mark.parametrize(
    ("groups", "staff"),
    [
        (TEACHERS, {"Ash": (11, 1, 0), "Elm": (11, 2, 0), "Oak": (14, 11, 0)}),
        (TEACHERS + AIDES, {"Ash": (15, 12, 3), "Elm": (14, 11, 12), "Oak": (20, 4, 3)}),
    ],
)
def test_a_hidden_group_beside_people_in_no_group_is_not_worked_out(
    climatekit, tmp_path, groups, staff
):
    (tmp_path / "exports").mkdir()
    for wave in (1, 2):
        rows = [["respondent_id", "school", "Role", *ITEMS]]
        for school, counts in staff.items():
            roles = [
                role
                for role, count in zip(("Teacher", "Aide", "Head"), counts, strict=True)
                for _ in range(count)
            ]
            for person, role in enumerate(roles):
                answers = [str(1 + (person * 3 + item * 2 + wave) % 5) for item in range(8)]
                rows.append([f"{school}-{person}", school, role, *answers])
        (tmp_path / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))
    text = CONFIG.replace("[[waves]]", f'[columns]\nrole = "Role"\n\n{groups}\n[[waves]]', 1)
    (tmp_path / "climatekit.toml").write_text(text, encoding="utf-8")

    ended = climatekit("run")
    audited = climatekit("audit")

    assert (ended.code, audited.code) == (0, 0), ended.err + audited.err
    (release,) = (tmp_path / "briefs").glob("release-1-*")
    rows = (release / "scores.csv").read_text(encoding="utf-8-sig").splitlines()
    assert any(",teachers," in row and "protect" in row for row in rows)
    assert any(",teachers," in row and "protect" not in row for row in rows)
    assert json.loads((release / "manifest.json").read_text(encoding="utf-8"))["ungrouped"]
