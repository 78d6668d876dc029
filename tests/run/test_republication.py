"""Publishing a wave again: refused when it would give a few people away."""

import csv
import json
import shutil

import pytest
from plain_files import to_csv, write_study

from climatekit.errors import DisclosureError
from climatekit.knowledge.settings_file import read_settings
from climatekit.release.ledger import Entry
from climatekit.run.publishing.republication import check_republication
from climatekit.run.release import run_study

SCHOOL = "Oak"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Write a study of three schools of thirty and publish it."""
    folder = tmp_path_factory.mktemp("again")
    write_study(folder, (SCHOOL, "Elm", "Fir"), people=30)
    assert run(folder).exit_code == 0
    return folder


@pytest.fixture
def study(published, tmp_path):
    return shutil.copytree(published, tmp_path / "study", symlinks=True)


def run(study):
    return run_study(read_settings(study / "climatekit.toml"))


def edit_export(study, change):
    """Change the rows of people in the last wave's export."""
    path = study / "exports" / "w2.csv"
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    path.write_bytes(to_csv([heading, *change(rows)]))


def take_away(count):
    def change(rows):
        gone = [row for row in rows if row[1] == SCHOOL][-count:]
        assert len(gone) == count
        return [row for row in rows if row not in gone]

    return change


@pytest.mark.parametrize("count", [1, 4])
def test_a_few_people_fewer_is_refused_and_nothing_is_published(study, count):
    first = run(study)
    edit_export(study, take_away(count))

    with pytest.raises(DisclosureError) as caught:
        run(study)

    assert caught.value.exit_code == 7
    told = caught.value.problems
    assert {problem.code for problem in told} == {"CK710"}
    assert any(SCHOOL in problem.place for problem in told)
    assert not [char for one in told for char in one.message.replace("10", "") if char.isdigit()]
    assert [path.name for path in first.path.parent.glob("release-*")] == [first.path.name]
    assert not list(first.path.parent.glob(".making-*"))


def test_ten_people_fewer_may_be_published(study):
    run(study)
    edit_export(study, take_away(10))

    assert run(study).exit_code == 0


def test_which_of_two_answers_of_one_person_counts_may_not_change(study):
    edit_export(study, lambda rows: [*rows, [rows[0][0], rows[0][1], *["1"] * 8]])
    config = study / "climatekit.toml"
    text = config.read_text(encoding="utf-8").replace('"briefs"', '"elsewhere"')
    config.write_text(f'{text}[reading]\nduplicates = "last"\n', encoding="utf-8")
    assert run(study).exit_code == 0
    config.write_text(f'{text}[reading]\nduplicates = "first"\n', encoding="utf-8")

    with pytest.raises(DisclosureError) as caught:
        run(study)

    assert {problem.code for problem in caught.value.problems} == {"CK710"}


def test_one_answer_exchanged_is_refused(study):
    run(study)

    def change(rows):
        own = next(number for number, row in enumerate(rows) if row[1] == SCHOOL)
        one = rows[own]
        return [
            *rows[:own],
            [*one[:2], *("5" if cell != "5" else "1" for cell in one[2:])],
            *rows[own + 1 :],
        ]

    edit_export(study, change)

    with pytest.raises(DisclosureError):
        run(study)


def test_the_same_people_in_another_order_may_be_published_again(study):
    first = run(study)
    edit_export(study, lambda rows: rows[::-1])

    again = run(study)

    assert again.path != first.path
    assert again.exit_code == 0


def test_the_same_exports_scored_another_way_may_be_published(study):
    run(study)
    config = study / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\n[disclosure]\nmin_n_detail = 40\n")

    assert run(study).exit_code == 0


def test_pruned_releases_are_not_forgotten(study):
    config = study / "climatekit.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"keep = 1\n{text}", encoding="utf-8")
    whole = (study / "exports" / "w2.csv").read_text(encoding="utf-8")
    run(study)
    edit_export(study, take_away(12))
    second = run(study)
    assert len(list(second.path.parent.glob("release-*"))) == 1
    (study / "exports" / "w2.csv").write_text(whole, encoding="utf-8")
    edit_export(study, take_away(1))

    with pytest.raises(DisclosureError):
        run(study)


def test_a_written_reason_publishes_and_stands_on_each_brief(study):
    run(study)
    edit_export(study, take_away(1))
    config = study / "climatekit.toml"
    reason = "The vendor sent a corrected export on May 4."
    text = config.read_text(encoding="utf-8")
    config.write_text(f'{text}\n[disclosure]\nrepublish = "{reason}"\n', "utf-8")

    outcome = run(study)

    assert [one.code for one in outcome.problems if one.code == "CK710"]
    manifest = json.loads((outcome.path / "manifest.json").read_bytes())
    assert manifest["settings"]["disclosure"]["republish"] == reason
    for path in outcome.path.glob("*-????????.json"):
        assert any(reason in note["text"] for note in json.loads(path.read_bytes())["notes"])


def move_to(school, count):
    """Give so many people of the school another one's name, and the rest a third."""

    def change(rows):
        own = [row[0] for row in rows if row[1] == SCHOOL]
        names = {one: school if place < count else "Annex" for place, one in enumerate(own)}
        return [[row[0], names.get(row[0], row[1]), *row[2:]] for row in rows]

    return change


@pytest.mark.parametrize(
    ("count", "refused"), [(30, False), (25, True), (15, False)], ids=["renamed", "split", "halved"]
)
def test_a_school_under_another_name_may_not_leave_a_few_apart(study, count, refused):
    """What is printed of 30, less what is printed of 25 of them, would be the other five."""
    run(study)
    edit_export(study, move_to("Oak Hill", count))

    if not refused:
        assert run(study).exit_code == 0
        return
    with pytest.raises(DisclosureError) as caught:
        run(study)
    assert {problem.code for problem in caught.value.problems} == {"CK710"}
    assert any("Oak Hill" in problem.place for problem in caught.value.problems)


def publication(answered, mean, exports):
    """The entries of one school's wave: how many answered, and one score."""
    about = {"wave": "w1", "school": "101", "exports": exports}
    return (
        Entry(**about, statistic="answered", low=answered, high=answered, text=str(answered)),
        Entry(**about, statistic="points", subject="s", low=mean - 0.5, high=mean + 0.5, text="-"),
    )


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        ((30, 70, "x"), False),  # the very same
        ((30, 70, "y"), False),  # the same figures from another file
        ((30, 71, "x"), False),  # the same file, another method
        ((30, 71, "y"), True),  # as many people, other answers
        ((31, 71, "y"), True),
        ((31, 71, "x"), True),  # one person more from the same file: a rule changed
        ((39, 71, "y"), True),
        ((21, 71, "y"), True),
        ((40, 71, "y"), False),
        ((20, 71, "y"), False),
    ],
)
def test_each_way_in_which_two_publications_can_differ(now, refused):
    earlier = publication(30, 70, "x")

    def check(reason=None):
        return check_republication(publication(*now), earlier, labels={}, reason=reason)

    if refused:
        with pytest.raises(DisclosureError):
            check()
    else:
        assert check() == ()
    assert len(check("It was corrected.")) == refused


def test_each_earlier_publication_counts():
    """Twelve people apart from the last one, but one from the first."""
    earlier = (*publication(30, 70, "x"), *publication(42, 71, "y"))

    with pytest.raises(DisclosureError):
        check_republication(publication(31, 72, "z"), earlier, labels={})


def test_a_school_that_was_never_shown_may_be():
    assert check_republication(publication(12, 70, "x"), (), labels={}) == ()


def role_entry(grouping, exports="x"):
    return Entry(
        wave="w", school="a", role="teaching", exports=f"{exports}/{grouping}",
        statistic="answered", low=30, high=30, text="30",
    )  # fmt: skip


def test_other_role_groups_of_a_published_wave_are_refused_by_name():
    with pytest.raises(DisclosureError) as caught:
        check_republication([role_entry("new")], [role_entry("old")], labels={"w": "Spring 2026"})

    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.column) == ("CK712", "Spring 2026", "role_groups")
    assert not any(char.isdigit() for char in problem.message)


def test_the_same_role_groups_may_be_published_again_and_others_with_a_reason():
    assert check_republication([role_entry("old")], [role_entry("old")], labels={}) == ()
    (warning,) = check_republication(
        [role_entry("new")], [role_entry("old")], labels={}, reason="The groups were mixed up."
    )
    assert (warning.code, warning.severity) == ("CK712", "warning")
