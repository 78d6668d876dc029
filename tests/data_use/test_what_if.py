from dataclasses import replace
from datetime import date

from data_use_builders import BOTH, GOAL, LOG_START, RUBRIC, SHARED, W25, W26, WORKED, rate, school

from climatekit.data_use.what_if import find_what_ifs

DECEMBER = date(2026, 12, 1)


def ask(log, waves=BOTH):
    rating = rate(waves, log, as_of=DECEMBER)
    return find_what_ifs(
        school(*waves), log, rating.findings, RUBRIC, as_of=DECEMBER, log_start=LOG_START
    )


def test_the_one_record_that_is_missing_lifts_the_school():
    # By hand: with U4 at 3, C1 to C5, U1, U3 and U4 are at 3 or more: 8 of 10 due.
    found = ask((SHARED, GOAL))["U4"]

    assert (found.kind, found.event, found.low) == ("record", "action", 3)
    assert found.day == date(2026, 9, 21)  # 150 days after 24 April 2026
    assert found.evidenced == 3


def test_a_record_that_is_not_the_only_blocker_lifts_its_indicator_alone():
    found = ask(())["U1"]

    assert found.day == date(2026, 7, 23)  # 90 days after 24 April 2026
    assert found.low == 3
    assert found.evidenced == 2


def test_what_was_late_or_denied_no_record_can_lift():
    late = replace(SHARED, date=date(2026, 8, 1))
    denied = replace(SHARED, status="did_not_happen")

    assert "U1" not in ask((late,))
    assert "U1" not in ask((denied,))


def test_blank_cells_of_a_record_lift_it_to_the_best_that_they_can_tell():
    undocumented = replace(SHARED, doc_ref="")

    found = ask((undocumented, *WORKED[1:]))["U1"]

    assert (found.kind, found.low, found.high) == ("cells", 3, 4)


def test_a_roster_that_is_missing_is_a_record_too():
    unknown = tuple(replace(wave, eligible=None, groups={}) for wave in (W25, W26))

    found = ask(WORKED, unknown)["C2"]

    assert (found.kind, found.high) == ("cells", 4)


def test_a_school_that_may_not_be_rated_has_nothing_to_add():
    small = tuple(replace(wave, eligible=4, answered=4) for wave in (W25, W26))

    assert ask(WORKED, small) == {}
