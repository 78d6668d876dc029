"""Rating as of a past day: what came later is as if it had never been written down."""

import csv
from dataclasses import replace
from datetime import date

from plain_files import write_study

from climatekit.run.study import load_study
from climatekit.run.tables.roll_up_table import list_roll_up
from climatekit.run.tables.tables import RATING_COLUMNS, list_ratings

DAY = date(2025, 12, 1)
LATER = "2026-spring"


def filter_rows(source, target, keep):
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if keep(row))
    return target


def test_a_past_day_is_rated_as_it_would_have_been_then(demo_study, tmp_path):
    now = demo_study.settings
    today = replace(now, as_of=DAY, records_until=now.as_of)
    then = replace(
        now,
        as_of=DAY,
        waves=tuple(wave for wave in now.waves if wave.id != LATER),
        roster=filter_rows(
            now.roster, tmp_path / "old_roster.csv", lambda row: row["wave_id"] != LATER
        ),
        evidence_log=filter_rows(
            now.evidence_log,
            tmp_path / "old_log.csv",
            lambda row: (
                row["wave_id"] != LATER
                and (row["date"] <= DAY.isoformat() or row["status"] == "planned")
            ),
        ),
    )

    one, other = load_study(today), load_study(then)

    rated = {row[0]: row for row in list_ratings(one, tuple(one.release.schools))}
    expected = {row[0]: row for row in list_ratings(other, tuple(other.release.schools))}
    assert len(expected) == 7
    assert {school: rated[school] for school in expected} == expected
    # A school that came later has but a survey scheduled far ahead: no level is told.
    (newcomer,) = rated.keys() - expected.keys()
    assert rated[newcomer][2:4] == (None, 2)


def test_an_edited_item_costs_the_comparability_of_its_score(demo_study, tmp_path):
    before = demo_study
    items = next(
        rule.items for scale in before.scales for rule in scale.scores.values()
        if rule.id == "ots.tco"
    )  # fmt: skip
    text = before.settings.codebook.read_text(encoding="utf-8")
    item = next(iter(items))
    flagged = text.replace(f",{item},2025-spring,,", f",{item},2025-spring,edited,")
    (tmp_path / "codebook.csv").write_text(flagged, encoding="utf-8")
    after = load_study(replace(before.settings, codebook=tmp_path / "codebook.csv"))

    place = RATING_COLUMNS.index("C5")
    assert {row[place] for row in list_ratings(before, ("101",))} == {"4"}
    # One of the three constructs is no longer identical, but some of its items are.
    assert {row[place] for row in list_ratings(after, ("101",))} == {"3"}
    broken = {key for key, reason in after.figures.breaks.items() if reason}
    assert broken >= {
        ("2024-spring", "2025-spring", "ots.tco"),
        ("2025-spring", "2026-spring", "ots.tco"),
    }
    assert {score for _, _, score in broken if score.startswith("ces_sf")} == set()


def test_the_roll_up_counts_every_school_once_and_names_what_blocks_most(demo_study):
    rows = list_roll_up(demo_study)

    rated = [one for one in demo_study.ratings.values() if one.rated]
    levels = {row[1]: row[3:5] for row in rows if row[0] == "level"}
    for level in range(1, 5):
        assert levels[str(level)] == (
            sum(one.evidenced == level for one in rated),
            sum(one.possible == level for one in rated),
        )
    (unrated,) = [row[5] for row in rows if row[0] == "unrated"]
    assert sum(pair[0] for pair in levels.values()) + unrated == len(demo_study.ratings) == 8
    blockers = [row for row in rows if row[0] == "blocker"]
    counts = [row[5] for row in blockers]
    assert counts == sorted(counts, reverse=True)
    for row in blockers:
        named = [one for one in rated if row[1] in {step.indicator for step in one.next_steps}]
        assert row[5] == len(named)


def test_a_wave_that_closed_after_the_day_of_rating_is_told(tmp_path, climatekit):
    write_study(tmp_path)
    config = tmp_path / "climatekit.toml"
    config.write_text(config.read_text("utf-8").replace("2026-06-01", "2026-01-15"), "utf-8")

    ended = climatekit("run")

    assert ended.code == 0
    assert "warning[CK466] wave 'w2' closed after the day" in ended.err
    assert "2026-04-24 or later" in ended.err
    assert "CK466" not in climatekit("rate", "--as-of", "2026-06-01").err


def test_a_past_day_that_is_asked_for_needs_no_warning(tmp_path, climatekit):
    write_study(tmp_path)

    ended = climatekit("rate", "--as-of", "2026-01-15")

    assert ended.code == 0
    assert "CK466" not in ended.err
