"""Releases that give nobody away: they are published, and the audit finds nothing in them."""

import pytest
from plain_files import ITEMS, make_rows, to_csv, write_study

ROSTER = "school_id,school_name,wave_id,staff_group,eligible\n"
EVERYBODY = (
    '\n[columns]\nrole = "role"\n\n[[role_groups]]\nid = "staff"\nroles = ["Teacher", "Aide"]\n'
)


def add_wave(folder, number, people):
    """Add a wave in which so many of each school answer, of forty."""
    config = folder / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    if "roster" not in text:
        text = text.replace("output =", 'roster = "roster.csv"\noutput =', 1)
    config.write_text(
        f'{text}\n[[waves]]\nid = "w{number}"\nclosed = {2024 + number}-04-24\n'
        f'exports = ["exports/w{number}.csv"]\n',
        encoding="utf-8",
    )
    rows = to_csv(make_rows(people=people, wave=number))
    (folder / "exports" / f"w{number}.csv").write_bytes(rows)
    staff = [
        f"{school},{school},w{wave},,40\n"
        for school in ("Oak", "Elm")
        for wave in range(1, number + 1)
    ]
    (folder / "roster.csv").write_text(ROSTER + "".join(staff), encoding="utf-8")


def publish(climatekit):
    ended, audited = climatekit("run"), climatekit("audit")
    assert (ended.code, audited.code) == (0, 0), ended.err + audited.err


@pytest.mark.parametrize("waves", [1, 2])
def test_a_wave_that_every_school_answered_too_little(climatekit, tmp_path, waves):
    write_study(tmp_path)
    for number in range(3, 3 + waves):
        add_wave(tmp_path, number, 6)

    publish(climatekit)


def test_schools_of_fewer_than_ten_where_the_district_chose_so(climatekit, tmp_path):
    write_study(tmp_path, people=7)
    config = tmp_path / "climatekit.toml"
    lowered = '\n[disclosure]\nmin_n = 5\nreason = "agreed with the staff council"\n'
    config.write_text(config.read_text(encoding="utf-8") + lowered, encoding="utf-8")

    publish(climatekit)


def test_a_trend_of_which_the_last_wave_was_answered_too_little(climatekit, tmp_path):
    write_study(tmp_path, people=30)
    add_wave(tmp_path, 3, 30)
    add_wave(tmp_path, 4, 12)

    publish(climatekit)

    (release,) = (tmp_path / "briefs").glob("release-1-*")
    assert b",slope," in (release / "ledger.csv").read_bytes()


def test_one_role_group_that_everybody_is_in(climatekit, tmp_path):
    write_study(tmp_path)
    for wave in (1, 2):
        heading, *rows = make_rows(wave=wave)
        rows = [[*heading, "role"]] + [
            [*row, "Aide" if number % 3 else "Teacher"] for number, row in enumerate(rows)
        ]
        assert len(rows[0]) == len(ITEMS) + 3
        (tmp_path / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))
    config = tmp_path / "climatekit.toml"
    config.write_text(config.read_text(encoding="utf-8") + EVERYBODY, encoding="utf-8")

    publish(climatekit)
