"""A least group size that is raised after a wave was published: nothing new is told of it."""

import csv
import json
import shutil

import pytest
from plain_files import ITEMS, to_csv, write_study

ROLES = """
[columns]
role = "role"

[[role_groups]]
id = "teaching"
roles = ["Teacher"]

[[role_groups]]
id = "aides"
roles = ["Aide"]
"""
# The aides of Oak and its heads are told of nowhere, and two schools are only told together.
SCHOOLS = {
    "Oak": {"Teacher": 24, "Aide": 3, "Head": 3},
    "Elm": {"Teacher": 14, "Aide": 6},
    "Fir": {"Teacher": 12},
    "Ash": {"Teacher": 7},
    "Yew": {"Teacher": 4},
    "Bay": {"Teacher": 3},
}
SMALL = {"Oak": {"Teacher": 30}, "Elm": {"Teacher": 30}} | {
    name: {"Teacher": 4} for name in ("Yew", "Bay", "Box")
}
MANY = {f"School {number}": {"Teacher": 20} for number in range(6)}


def write_wave(folder, wave, schools):
    """Write the export of a wave whose people answer otherwise in each."""
    rows = [["respondent_id", "school", "role", *ITEMS]]
    for place, (school, roles) in enumerate(schools.items()):
        held = [role for role, count in roles.items() for _ in range(count)]
        for person, role in enumerate(held):
            view = 2 + (person + place + wave) % 3
            answers = [view + (person // 3 + item * 2 + place) % 3 - 1 for item in range(8)]
            if person % 10 == 9:
                answers = [3] * 8
            rows.append([f"p{place}-{person}", school, role, *map(str, answers)])
    (folder / "exports" / f"w{wave}.csv").write_bytes(to_csv(rows))


@pytest.fixture
def publish(climatekit, tmp_path):
    """Return what publishes the first so many waves with a least group size."""
    write_study(tmp_path)
    shutil.rmtree(tmp_path / "exports")
    (tmp_path / "exports").mkdir()
    config = tmp_path / "climatekit.toml"
    whole = config.read_text(encoding="utf-8")
    first, *others = whole.split("[[waves]]")

    def run(schools, min_n, *, waves=1, detail=20, more=""):
        told = [first, *others[:waves]]
        reason = 'reason = "agreed with the staff council"' if min_n < 10 else ""
        config.write_text(
            more + "[[waves]]".join(told) + ROLES + f"\n[disclosure]\nmin_n = {min_n}\n"
            f"min_n_detail = {detail}\n{reason}\n",
            "utf-8",
        )
        for wave in range(1, waves + 1):
            write_wave(tmp_path, wave, schools)
        return climatekit("run")

    return run


def read_release(folder, number=None):
    """Return the rows of a release's ledger that it printed itself, by what they are of."""
    latest = json.loads((folder / "briefs" / "latest.json").read_bytes())["release"]
    name = f"release-{number}-*" if number else latest
    (release,) = (folder / "briefs").glob(name)
    with (release / "ledger.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["release"] == release.name[-8:]]
    names = ("wave", "since", "school", "role", "statistic", "subject")
    return {tuple(row[name] for name in names): row["text"] for row in rows}


def list_told(rows, wave="w1"):
    """Return what is told of a wave's people, but for what printed numbers and records say."""
    others = {"benchmark", "pooled_schools", "pooled_people", "data_use"}
    return {key: text for key, text in rows.items() if key[0] == wave and key[4] not in others}


@pytest.mark.parametrize(("lower", "raised"), [(5, 10), (5, 7), (10, 15)])
@pytest.mark.parametrize("waves", [1, 2])
def test_of_a_published_wave_nothing_new_is_told(
    lower, raised, waves, publish, climatekit, tmp_path
):
    assert publish(SCHOOLS, lower).code == 0

    ended = publish(SCHOOLS, raised, waves=waves)

    assert ended.code == 0, ended.err
    assert climatekit("audit").code == 0
    before, now = (list_told(read_release(tmp_path, number)) for number in (1, 2))
    assert now.items() <= before.items()
    assert ("w1", "", "Oak", "", "answered", "") in now
    sizes = [int(text) for key, text in read_release(tmp_path).items() if key[4] == "answered"]
    assert min(sizes) >= raised


def test_a_new_wave_follows_the_raised_number_and_later_ones_can_be_published(
    publish, climatekit, tmp_path
):
    publish(SCHOOLS, 5)
    publish(SCHOOLS, 10)

    ended = publish(SCHOOLS, 12, waves=2)

    assert ended.code == 0, ended.err
    assert climatekit("audit").code == 0
    told = {key[:4] for key in read_release(tmp_path) if key[4] == "answered"}
    assert ("w2", "", "Fir", "") in told
    assert ("w2", "", "Ash", "") not in told


def test_a_total_that_would_tell_the_sizes_of_small_schools_stays_untold(publish, tmp_path):
    """Three hidden schools of under five people and twelve together: each has four."""
    total = ("w1", "", "", "", "answered", "")
    publish(SMALL, 5)
    assert total not in read_release(tmp_path)

    assert publish(SMALL, 10).code == 0

    assert total not in read_release(tmp_path)


@pytest.mark.parametrize("people", [7, 12], ids=["hidden now", "shown"])
def test_a_coefficient_is_told_again_where_it_is_of_the_same_schools(people, publish, tmp_path):
    """Of everybody, and of everybody but seven, it would tell of the seven."""
    schools = MANY | {"Fir": {"Teacher": people}}
    publish(schools, 5)

    assert publish(schools, 10).code == 0

    before, now = (list_told(read_release(tmp_path, number)) for number in (1, 2))
    told = {
        ("w1", "", "", "", *one)
        for one in (("alpha", "bscs.total"), ("sem", "bscs.total"), ("flag_long_run", ""))
    }
    assert told <= before.keys()
    assert told & now.keys() == (set() if people < 10 else told)
    assert now.items() <= before.items()


def test_pruned_releases_are_not_forgotten(publish, tmp_path):
    publish(SMALL, 5)
    publish(SMALL, 10, more="keep = 1\n")
    (kept,) = (tmp_path / "briefs").glob("release-*")
    (told,) = json.loads((kept / "manifest.json").read_bytes())["lowest_min_n"]["w1"].values()
    assert told == 5

    assert publish(SMALL, 12, more="keep = 1\n").code == 0

    assert ("w1", "", "", "", "answered", "") not in read_release(tmp_path)


def test_more_of_a_wave_than_was_published_is_refused(publish, tmp_path):
    publish(SCHOOLS, 5, detail=40)

    ended = publish(SCHOOLS, 10, detail=20)

    assert ended.code == 7
    assert "CK713" in ended.err
    assert len([*(tmp_path / "briefs").glob("release-*")]) == 1


def test_a_few_people_fewer_are_refused_with_a_raised_number_as_with_the_old(publish):
    publish(SCHOOLS, 5)

    ended = publish(SCHOOLS | {"Oak": {"Teacher": 22, "Aide": 3, "Head": 3}}, 10)

    assert ended.code == 7
    assert "CK710" in ended.err
