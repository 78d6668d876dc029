"""The made-up district: the same bytes everywhere, and every trap in its place."""

import csv
import io
import json
import os
import statistics
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from climatekit.errors import OutputError
from climatekit.ingest.codebook import read_codebook
from climatekit.ingest.evidence_log import read_evidence_log
from climatekit.ingest.intake import read_responses
from climatekit.ingest.roster import read_roster
from climatekit.knowledge.scales import load_scales
from climatekit.knowledge.settings_file import read_settings
from climatekit.run.demo.district import write_district
from climatekit.run.demo.schools import list_schools

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOT_WRITTEN = {"briefs", "unattended"}  # the latter are examples for cron
WAVES = ("2024-spring", "2025-spring", "2026-spring")


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    return write_district(tmp_path_factory.mktemp("demo") / "district").parent


@pytest.fixture(scope="module")
def exports(district):
    return {
        wave: list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        for wave in WAVES
        for path in [district / "exports" / f"spring_{wave[:4]}.csv"]
    }


@pytest.fixture(scope="module")
def intake(district):
    settings = read_settings(district / "climatekit.toml")
    return read_responses(
        settings,
        load_scales(settings.scales),
        codebook=read_codebook(settings.codebook),
        roster=read_roster(settings.roster, waves=WAVES),
    )


def column(rows, heading):
    place = rows[0].index(heading)
    return [row[place] for row in rows[3:]]


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not NOT_WRITTEN & {*path.relative_to(folder).parts}
    }


# The files


def test_the_examples_are_what_the_generator_writes(district):
    assert content(EXAMPLES) == content(district)


def test_another_process_with_another_hash_seed_writes_the_same_bytes(district, tmp_path):
    program = (
        "import sys; from pathlib import Path; from climatekit.run.demo.district import "
        "write_district; write_district(Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONHASHSEED": "7",
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "C",
        },
        check=True,
    )

    assert content(tmp_path) == content(district)


def test_the_configuration_is_what_is_returned_and_it_is_sound(tmp_path):
    config = write_district(tmp_path / "new")
    settings = read_settings(config)

    assert config == tmp_path / "new" / "climatekit.toml"
    assert [wave.id for wave in settings.waves] == list(WAVES)
    assert settings.district == "Cedar Valley School District"


def test_another_seed_gives_other_answers_from_the_same_schools(district, tmp_path):
    write_district(tmp_path, seed=7)
    same = {
        name for name, old in content(district).items() if (tmp_path / name).read_bytes() == old
    }

    assert same == {
        "README.txt",
        "climatekit.toml",
        "codebook.csv",
        "evidence_log.csv",
        "roster.csv",
    }


def test_writing_again_changes_nothing(tmp_path):
    write_district(tmp_path)
    before = content(tmp_path)
    write_district(tmp_path)

    assert content(tmp_path) == before


def test_nothing_else_is_ever_overwritten(tmp_path):
    (tmp_path / "roster.csv").write_text("mine")
    with pytest.raises(OutputError) as caught:
        write_district(tmp_path)

    assert [problem.code for problem in caught.value.problems] == ["CK519"]
    assert content(tmp_path) == {"roster.csv": b"mine"}


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError) as caught:
        write_district(tmp_path / "file" / "district")

    assert caught.value.problems[0].code == "CK518"


@pytest.mark.parametrize(("seed", "schools"), [(-1, 8), (1, 0), (1, 501)])
def test_a_seed_or_size_out_of_range_is_refused(tmp_path, seed, schools):
    with pytest.raises(ValueError, match="must be"):
        write_district(tmp_path, seed=seed, schools=schools)


def test_larger_districts_have_schools_of_their_own():
    schools = list_schools(500)

    assert len({school.id for school in schools}) == 500
    assert len({school.name for school in schools}) == 500
    assert schools[:8] == list_schools(8)
    assert all(
        answered <= eligible
        for school in schools
        for turn in school.turns.values()
        for answered, eligible in zip(turn.answered, turn.eligible, strict=True)
    )


# The exports


@pytest.mark.parametrize("wave", WAVES)
def test_each_export_has_the_three_heading_rows_of_qualtrics(exports, wave):
    headings, _, import_ids = exports[wave][:3]

    assert headings[0] == "StartDate"
    assert {json.loads(cell)["ImportId"] for cell in import_ids} >= {"_recordId", "QID13_1"}
    assert {len(row) for row in exports[wave]} == {len(headings)}


@pytest.mark.parametrize("wave", WAVES)
def test_no_export_holds_anything_that_points_to_a_person(exports, wave):
    personal = {"IPAddress", "RecipientLastName", "RecipientFirstName", "LocationLatitude"}

    assert not personal & set(exports[wave][0])
    assert set(column(exports[wave], "RecipientEmail")) == {""}


def test_question_texts_hold_our_topic_labels_and_no_other_words(exports):
    labels = {
        item.label
        for scale in load_scales(("ots", "ces_sf", "bscs"))
        for item in scale.items.values()
    }
    for wave in ("2024-spring", "2026-spring"):
        texts = [text for text in exports[wave][1] if text.startswith("Please")]
        assert {text.removeprefix("Please say how far you agree. - ") for text in texts} == labels


def test_the_wave_of_numbers_names_no_item(exports):
    headings, texts, _ = exports["2025-spring"][:3]
    items = [
        place for place, heading in enumerate(headings) if heading[:3] in {"Q14", "Q15", "Q16"}
    ]

    assert len(items) == 46
    assert {texts[place] for place in items} == {""}


# What reading them gives


def test_every_trap_is_dropped_and_counted(intake):
    dropped = {source.wave: source.dropped for source in intake.responses.sources}

    assert dropped == {
        "2024-spring": {"blank": 1, "preview": 2, "unfinished": 3, "no answers": 1},
        "2025-spring": {"preview": 2, "unfinished": 3, "duplicate": 1},
        "2026-spring": {"preview": 2, "unfinished": 3},
    }


def test_each_school_has_the_answers_that_its_story_says(intake):
    counts = Counter(
        zip(intake.responses.frame["school"], intake.responses.frame["wave"], strict=True)
    )

    assert counts == {
        (school.id, wave): sum(turn.answered)
        for school in list_schools(8)
        for wave, turn in school.turns.items()
    }


def test_the_schools_tell_the_stories_that_a_demo_needs(district):
    roster = read_roster(district / "roster.csv", waves=WAVES)
    staff = {school: roster.eligible(school, "2026-spring") for school in roster.schools}

    assert min(staff.values()) == 9
    assert max(staff.values()) == 85
    assert {school: sum(roster.groups(school, "2026-spring").values()) for school in staff} == staff
    assert roster.eligible("106", "2025-spring") is None  # joined in 2026
    assert roster.schools["105"].name == "École Lachlan"


def test_all_items_are_found_in_every_wave_and_none_looks_reworded(intake):
    responses = intake.responses

    assert {len(responses.asked[wave]) for wave in WAVES} == {46}
    assert responses.wording["2024-spring"] == responses.wording["2026-spring"]
    assert set(responses.wording["2025-spring"].values()) == {""}


def test_the_item_that_was_already_reversed_is_turned_back(exports, intake):
    cells = column(exports["2025-spring"], "Q14_8")
    finished = column(exports["2025-spring"], "Finished")
    channel = column(exports["2025-spring"], "DistributionChannel")
    ids = column(exports["2025-spring"], "ResponseId")
    rows = dict(zip(ids, zip(cells, finished, channel, strict=True), strict=True))
    raw = [cell for cell, done, how in rows.values() if cell and done == "1" and how != "preview"]
    frame = intake.responses.frame
    read = frame.loc[frame["wave"] == "2025-spring", "ots_8"].dropna()

    assert Counter(7 - int(cell) for cell in raw) == Counter(int(code) for code in read)
    # Wariness and candour pull against each other once it is turned back.
    both = frame.loc[frame["wave"] == "2025-spring", ["ots_8", "ots_19"]].dropna().astype(float)
    assert statistics.correlation(list(both["ots_8"]), list(both["ots_19"])) < -0.2


def test_the_mistyped_answer_needs_its_line_in_the_configuration(exports, district):
    cells = [cell for row in exports["2024-spring"][3:] for cell in row]
    settings = read_settings(district / "climatekit.toml")

    assert cells.count("Strongly agre") > 50
    assert settings.answers == {"agree6": {"Strongly agre": 6}}


def test_one_name_is_spelt_in_two_ways(exports):
    first = set(column(exports["2024-spring"], "School"))
    last = set(column(exports["2026-spring"], "School"))

    assert unicodedata.normalize("NFD", "École Lachlan") in first
    assert "École Lachlan" in last


def test_the_community_items_stand_in_another_order_in_the_last_wave(exports):
    headings, texts, _ = exports["2026-spring"][:3]

    assert texts[headings.index("Q24_1")].endswith("Sense of membership")


def test_about_three_answers_in_a_hundred_are_blank(intake):
    items = intake.responses.frame[list(intake.responses.items)]

    assert items.isna().to_numpy().mean() == pytest.approx(0.03, abs=0.005)


def test_answers_lean_towards_agreement(intake):
    frame = intake.responses.frame

    assert frame["ots_19"].dropna().astype(float).mean() > 3.5
    assert (frame["ots_19"] >= 4).mean() > 0.6


def test_the_evidence_log_is_sound_and_tells_different_stories(district):
    settings = read_settings(district / "climatekit.toml")
    roster = read_roster(settings.roster, waves=WAVES)
    rows = read_evidence_log(
        settings.evidence_log,
        schools=list(roster.schools),
        waves={wave.id: wave.closed for wave in settings.waves},
        as_of=settings.as_of,
    )
    counts = Counter(row.school for row in rows)

    assert counts["107"] == 0  # nothing on file
    assert counts["101"] > 15
    assert {row.event for row in rows} >= {"shared_back", "goal", "review", "decision", "context"}
    assert {row.status for row in rows} >= {"planned", "started", "done", "did_not_happen"}
