"""Each indicator, case by case: the level that the rules give, worked out by hand."""

from dataclasses import replace
from datetime import date

import pytest
from data_use_builders import (
    ACTION,
    AS_OF,
    BOTH,
    GOAL,
    ITEMS,
    RELIABLE,
    RUBRIC,
    SESSION,
    SHARED,
    W24,
    W25,
    W26,
    WORKED,
    find,
    judge,
    rate,
    row,
    school,
)

from climatekit.knowledge.wording import load_messages
from climatekit.report.data_use_words import describe_data_use
from climatekit.values import Estimate, Withheld

NO_ROSTER = replace(W26, eligible=None, groups={})


def low_alpha(value, bound, n=212):
    return {name: Estimate(value=value, low=bound, high=value + 0.05, n=n) for name in RELIABLE}


def reworded(construct):
    return ITEMS | {construct: frozenset(f"{construct}_{n}#b" for n in range(1, 7))}


COLLECTING = [
    # C1: is it regular?
    ("C1", (W26,), (2, 2), "evidenced"),
    ("C1", (W25, W26), (3, 3), "evidenced"),
    ("C1", (W24, W25, W26), (4, 4), "evidenced"),
    # 24 months between the two: more than 15, so one usable wave counts.
    ("C1", (W24, W26), (2, 2), "evidenced"),
    # 12 of 36 is 33%: data were collected, but the wave is not usable.
    ("C1", (W25, replace(W26, answered=12)), (2, 2), "evidenced"),
    # The latest wave closed 18 months before the day of rating.
    ("C1", (W24, W25), (2, 2), "evidenced"),
    # C2: did enough staff answer?
    ("C2", (W25, W26), (4, 4), "evidenced"),
    ("C2", (W25, replace(W26, answered=26, groups={})), (3, 3), "evidenced"),  # 72%
    ("C2", (replace(W25, answered=18, groups={}), W26), (2, 2), "evidenced"),  # 47% before
    ("C2", (W25, replace(W26, answered=15, groups={})), (2, 2), "evidenced"),  # 42%
    ("C2", (W25, replace(W26, answered=11, groups={})), (1, 1), "evidenced"),  # 31%
    ("C2", (W25, NO_ROSTER), (1, 4), "not_evidenced"),
    # Only the school's total is known: the groups decide between 3 and 4.
    ("C2", (replace(W25, groups={}), replace(W26, groups={})), (3, 4), "partly_evidenced"),
    # 4 of 10 support staff is under 50%.
    ("C2", (W25, replace(W26, groups={"a": (25, 26), "b": (4, 10)})), (3, 3), "evidenced"),
    # Two more who answered may be of any group: the support staff may have been 6 of 10.
    (
        "C2",
        (W25, replace(W26, groups={"a": (23, 26), "b": (4, 10)}, ungrouped=2)),
        (3, 4),
        "partly_evidenced",
    ),
    # With no more than one of them it was not half.
    (
        "C2",
        (W25, replace(W26, groups={"a": (24, 26), "b": (3, 10)}, ungrouped=1)),
        (3, 3),
        "evidenced",
    ),
    # A group of 4 eligible does not count.
    ("C2", (W25, replace(W26, groups={"a": (28, 32), "b": (1, 4)})), (4, 4), "evidenced"),
    # C3: are all three constructs asked?
    ("C3", (W25, W26), (4, 4), "evidenced"),
    ("C3", (W25, replace(W26, constructs=frozenset({"trust"}))), (2, 2), "evidenced"),
    ("C3", (W25, replace(W26, constructs=frozenset({"trust", "community"}))), (3, 3), "evidenced"),
    ("C3", (replace(W25, constructs=frozenset({"trust"})), W26), (3, 3), "evidenced"),
    ("C3", (W26,), (3, 3), "evidenced"),  # a single wave cannot exceed 3
    # C4: are the scales dependable?
    ("C4", (W25, W26), (4, 4), "evidenced"),
    ("C4", (W25, replace(W26, reliability=low_alpha(0.72, 0.68))), (3, 3), "evidenced"),
    ("C4", (W25, replace(W26, reliability=low_alpha(0.66, 0.60))), (2, 2), "evidenced"),
    (
        "C4",
        (W25, replace(W26, reliability=dict.fromkeys(RELIABLE, Withheld("not-estimable", "")))),
        (2, 2),
        "evidenced",
    ),
    # C5: can waves be compared?
    ("C5", (W26,), (1, 4), "not_yet_due"),
    ("C5", (W25, W26), (4, 4), "evidenced"),
    ("C5", (W25, replace(W26, items=reworded("trust"))), (3, 3), "evidenced"),
    (
        "C5",
        (
            W25,
            replace(
                W26, items=reworded("trust") | {"community": reworded("community")["community"]}
            ),
        ),
        (2, 2),
        "evidenced",
    ),
    ("C5", (W25, replace(W26, mode="paper")), (3, 3), "evidenced"),
    ("C5", (W25, replace(W26, drift=frozenset({"trust"}))), (3, 3), "evidenced"),
    # Eight weeks earlier in the school year than the wave before.
    (
        "C5",
        (replace(W25, closed=date(2025, 4, 26)), replace(W26, closed=date(2026, 3, 1))),
        (4, 4),
        "evidenced",
    ),
    # Ten weeks later in the school year than the wave before.
    (
        "C5",
        (replace(W25, opened=date(2025, 1, 20), closed=date(2025, 2, 7)), W26),
        (3, 3),
        "evidenced",
    ),
]


@pytest.mark.parametrize(("indicator", "waves", "levels", "status"), COLLECTING)
def test_collecting(indicator, waves, levels, status):
    finding = judge(indicator, waves)

    assert (finding.low, finding.high) == levels
    assert finding.status == status


USING = [
    # U1: were results shared back? Wave closed 2026-04-24; due after 90 days, 2026-07-23.
    ("U1", (SHARED,), (4, 4), "evidenced"),
    ("U1", (replace(SHARED, doc_ref=""),), (3, 4), "partly_evidenced"),
    ("U1", (replace(SHARED, date=date(2026, 7, 20)),), (3, 3), "evidenced"),  # 87 days
    ("U1", (replace(SHARED, date=date(2026, 9, 1)),), (2, 2), "evidenced"),  # late
    ("U1", (replace(SHARED, audience="leaders"),), (2, 2), "evidenced"),
    ("U1", (replace(SHARED, audience=""),), (2, 4), "partly_evidenced"),
    ("U1", (), (1, 4), "not_evidenced"),
    ("U1", (replace(SHARED, status="did_not_happen"),), (1, 1), "not_done"),
    # U2: did staff help make sense of them? Due after 120 days, 2026-08-22.
    ("U2", (SESSION,), (3, 4), "partly_evidenced"),
    ("U2", (replace(SESSION, audience="leaders"),), (2, 2), "evidenced"),
    ("U2", (replace(SESSION, date=date(2026, 9, 10)),), (2, 2), "evidenced"),
    ("U2", (), (1, 4), "not_evidenced"),
    # U3: was a goal set on a measured construct? Due after 120 days.
    ("U3", (GOAL,), (3, 3), "evidenced"),
    ("U3", (replace(GOAL, construct="related"),), (2, 2), "evidenced"),
    ("U3", (replace(GOAL, date=date(2026, 9, 30)),), (2, 2), "evidenced"),
    ("U3", (replace(GOAL, target_date=None),), (2, 3), "partly_evidenced"),
    ("U3", (), (1, 4), "not_evidenced"),
    # U4: did action start? Due after 150 days, 2026-09-21.
    ("U4", (GOAL, ACTION), (3, 3), "evidenced"),
    ("U4", (GOAL, replace(ACTION, date=date(2026, 10, 20))), (2, 2), "evidenced"),
    ("U4", (GOAL,), (1, 4), "not_evidenced"),
    ("U4", (GOAL, replace(ACTION, goal_id="")), (3, 3), "evidenced"),  # the only goal is meant
    # U5: was progress reviewed? Not due before 2026-11-20.
    ("U5", (GOAL,), (1, 4), "not_yet_due"),
    # U6: nothing was measured again yet, and the 2025 wave lies before the log.
    ("U6", (GOAL,), (1, 4), "not_yet_due"),
]


@pytest.mark.parametrize(("indicator", "log", "levels", "status"), USING)
def test_using(indicator, log, levels, status):
    finding = judge(indicator, log=log)

    assert (finding.low, finding.high) == levels
    assert finding.status == status


def test_a_wave_before_the_log_started_is_never_searched_for_records():
    before = judge("U1", log_start=date(2026, 5, 1))

    assert before.status == "not_yet_due"


def test_the_newest_wave_that_is_not_yet_due_leaves_the_one_before_in_force():
    shared_2025 = replace(SHARED, wave="w25", date=date(2025, 5, 20))

    finding = judge("U1", log=(shared_2025,), as_of=date(2026, 5, 10), log_start=date(2025, 1, 1))

    assert (finding.low, finding.status) == (4, "evidenced")


def test_nobody_is_told_that_too_few_answered_where_the_staff_are_not_known():
    unknown = [replace(wave, eligible=None, groups={}) for wave in (W24, W26)]
    few = [replace(wave, answered=12) for wave in (W24, W26)]

    assert judge("C1", unknown).reason == "unknown_response"
    assert judge("C1", few).reason == "below_floor"


def test_a_survey_without_a_day_is_not_told_as_one_without_a_number_of_staff():
    undated = judge("C1", (replace(W25, closed=None), W26))

    assert (undated.low, undated.high, undated.reason) == (2, 4, "undated_too")
    assert undated.missing == ("close_date",)


def test_a_school_is_asked_for_its_number_of_staff_once():
    unknown = [replace(wave, eligible=None, groups={}) for wave in (W25, W26)]

    keys = [step.key for step in rate(unknown).next_steps]

    assert [key for key in keys if key.endswith(".eligible")] == ["C2.eligible"]


def test_a_step_asks_for_every_blank_that_keeps_the_level_away():
    bare = replace(SHARED, staff_groups=(), protocol="", doc_ref="")

    step = next(one for one in rate(log=(bare, *WORKED[1:])).next_steps if one.indicator == "U1")
    page = describe_data_use(
        rate(log=(bare, *WORKED[1:])), school(*BOTH), RUBRIC, load_messages("en")
    )

    assert step.facts["missing"] == "staff_groups shown document"
    assert page.next_steps[0].lead == (
        "Add the staff groups, response rate and limits shown and a document"
    )
    assert "For level 4, missing: the staff groups, response rate and limits shown and a " in (
        page.evidence[5].detail
    )


def test_what_was_left_out_last_year_can_still_be_done_in_time_this_year():
    left_out = row("review", "2026-02-02", wave="w25", status="did_not_happen", line=9)
    rating = rate(log=(*WORKED, left_out), log_start=date(2025, 1, 1))

    step = next(one for one in rating.next_steps if one.indicator == "U5")

    assert find(rating, "U5").status == "not_done"
    assert (step.kind, step.key, step.by) == ("before_next", "U5.do", date(2026, 11, 20))


def test_what_is_not_on_file_for_last_year_is_better_done_in_time_this_year():
    steps = rate(log=(), log_start=date(2025, 1, 1)).next_steps

    assert [(step.kind, step.indicator) for step in steps] == [
        ("records", "U1"),
        ("records", "U3"),
        ("before_next", "U5"),
    ]
    assert steps[2].by == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("event", "indicator"),
    [("shared_back", "U1"), ("sense_making", "U2"), ("goal", "U3"), ("review", "U5")],
)
def test_a_plan_whose_day_is_past_is_told_as_one_and_shows_nothing(event, indicator):
    plan = row(event, "2026-06-02", status="planned")
    as_of = date(2026, 12, 1)  # all that is asked of the wave is due by then

    rating, nothing = rate(log=(plan,), as_of=as_of), rate(log=(), as_of=as_of)
    finding, missing = find(rating, indicator), find(nothing, indicator)

    assert replace(finding, reason=missing.reason, facts=missing.facts) == missing
    assert (rating.evidenced, rating.possible) == (nothing.evidenced, nothing.possible)
    assert rating.complete == nothing.complete
    for language, told in (
        ("en", "Planned for June 2, 2026, not yet marked as done; it was due by "),
        ("es", "Previsto para el 2 de junio de 2026, aún sin registrar como hecho; el plazo "),
    ):
        page = describe_data_use(rating, school(*BOTH), RUBRIC, load_messages(language))
        line = next(one for one in page.evidence if one.indicator == indicator)
        assert line.detail.startswith(told)


def test_a_plan_for_a_day_to_come_or_one_that_fell_through_is_not_told_as_overdue():
    ahead = row("goal", "2026-12-20", status="planned")
    dropped = row("goal", "2026-06-03", status="did_not_happen", line=3)
    plan = row("goal", "2026-06-02", status="planned", line=4)

    assert judge("U3", log=(ahead,), as_of=date(2026, 12, 1)).reason == "not_on_file"
    assert judge("U3", log=(dropped, plan), as_of=date(2026, 12, 1)).reason == "denied"


def test_nothing_at_all_is_not_rated_and_never_level_one():
    rating = rate((), ())

    assert not rating.rated
    assert (rating.evidenced, rating.possible) == (1, 4)


def test_a_recorded_no_survey_is_a_finding_of_level_one():
    log = (row("no_survey", "2026-10-01", wave="", status="did_not_happen"),)

    rating = rate((), log)

    assert judge("C1", (), log).status == "not_done"
    assert rating.rated
    assert rating.evidenced == 1


def test_a_scheduled_survey_beside_no_survey_is_level_two():
    log = (
        row("no_survey", "2026-10-01", wave="", status="did_not_happen"),
        row("schedule", "2027-04-15", wave="", status="planned", line=3),
    )

    assert rate((), log, as_of=AS_OF).evidenced == 2


def test_records_that_are_missing_keep_level_three_possible():
    rating = rate(log=())

    assert (rating.evidenced, rating.possible) == (2, 3)
    assert [step.kind for step in rating.next_steps] == ["records"] * 3
