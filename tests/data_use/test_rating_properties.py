"""What must hold of any log: more evidence never hurts, silence is never "not done"."""

from dataclasses import replace
from datetime import date, timedelta

from data_use_builders import FULL_YEAR, GOAL, MAY, THREE, WORKED, rate
from hypothesis import given, settings
from hypothesis import strategies as st

CLOSED = date(2026, 4, 24)
DONE_IN_TIME = ("shared_back", "sense_making", "action", "review", "staff_update", "decision")


@st.composite
def rows(draw, events=(*DONE_IN_TIME, "goal")):
    event = draw(st.sampled_from(events))
    base = next((one for one in WORKED if one.event == event), replace(GOAL, event=event))
    return replace(
        base,
        line=draw(st.integers(10, 99)),
        date=CLOSED + timedelta(days=draw(st.integers(1, 190))),
        audience=draw(st.sampled_from(["", "all_staff", "leaders"])),
        goal_id=draw(st.sampled_from(["", "G1"])),
        construct=draw(st.sampled_from(["", "trust", "collective_efficacy"])),
        status=draw(st.sampled_from(["", "started", "done"])),
        protocol=draw(st.sampled_from(["", "data dialogue with norms"])),
        doc_ref=draw(st.sampled_from(["", "minutes"])),
    )


@st.composite
def good_rows(draw):
    """Return a record of something done in time."""
    row = draw(rows(DONE_IN_TIME))
    return replace(row, date=CLOSED + timedelta(days=draw(st.integers(1, 60))), status="done")


@settings(max_examples=150, deadline=None)
@given(log=st.lists(rows(), max_size=6), added=good_rows())
def test_a_record_of_something_done_in_time_never_lowers_the_evidenced_level(log, added):
    assert rate(log=(*log, added)).evidenced >= rate(log=log).evidenced


@settings(max_examples=150, deadline=None)
@given(log=st.lists(rows(), max_size=8))
def test_the_possible_level_is_never_below_the_evidenced(log):
    rating = rate(log=log)

    assert rating.evidenced <= rating.possible
    assert all(1 <= one.low <= one.high <= 4 for one in rating.findings)


@settings(max_examples=150, deadline=None)
@given(
    log=st.lists(
        st.builds(
            lambda row, bare: replace(row, date=None) if bare else row, rows(), st.booleans()
        ),
        max_size=8,
    )
)
def test_what_is_partly_evidenced_names_what_is_missing(log):
    for one in rate(log=log).findings:
        assert one.status != "partly_evidenced" or one.missing, one


@settings(max_examples=150, deadline=None)
@given(log=st.lists(rows(), max_size=8))
def test_only_a_statement_makes_not_done(log):
    assert all(one.status != "not_done" for one in rate(log=log).findings)


@settings(max_examples=100, deadline=None)
@given(log=st.permutations([*WORKED, replace(WORKED[0], line=9, audience="leaders")]))
def test_the_order_of_the_log_changes_nothing(log):
    told = rate(log=log)

    assert (told.evidenced, told.possible) == (3, 3)
    assert len(told.next_steps) <= 3


@st.composite
def any_rows(draw):
    """Return a record of any kind: done, late, planned, undated, or said not to have happened."""
    row = draw(rows((*DONE_IN_TIME, "goal", "schedule", "no_survey", "context", "self_rating")))
    days = draw(st.one_of(st.none(), st.integers(-60, 500)))
    status = draw(st.sampled_from(["", "planned", "started", "done", "did_not_happen"]))
    row = replace(
        row,
        date=None if days is None else CLOSED + timedelta(days=days),
        status=status,
        wave="" if row.event in ("no_survey", "schedule", "context", "self_rating") else "w26",
    )
    if row.event == "self_rating":
        level = str(draw(st.integers(1, 4)))
        return replace(row, target=level, date=row.date or CLOSED, status="done")
    return row


def is_obligation(row):
    """Say whether a record may hold a level down: a goal, or that something did not happen."""
    return row.event in ("goal", "no_survey") or row.status == "did_not_happen"


@st.composite
def worlds(draw):
    """Return a log, and how to rate with it: from an empty one up to a full year at level 4."""
    base, shift, how = draw(
        st.sampled_from([
            ((), 0, {}),
            (WORKED, 0, {}),
            (WORKED, 0, {"as_of": date(2027, 6, 1)}),
            (FULL_YEAR, -364, {"waves": THREE, "as_of": MAY, "log_start": None}),
            (FULL_YEAR, -364, {"waves": THREE, "as_of": date(2026, 11, 1), "log_start": None}),
        ])
    )  # fmt: skip
    log = [*base, *(move(row, shift) for row in draw(st.lists(any_rows(), max_size=6)))]
    return log, how, shift


def move(row, days):
    wave = "w25" if days and row.wave == "w26" else row.wave
    return replace(row, wave=wave, date=row.date and row.date + timedelta(days=days))


@settings(max_examples=150, deadline=None)
@given(world=worlds(), data=st.data())
def test_taking_a_record_away_never_raises_the_evidenced_level(world, data):
    log, how, _ = world
    gone = data.draw(st.sampled_from([row for row in log if not is_obligation(row)] or [None]))
    left = [row for row in log if row is not gone]

    assert rate(log=left, **how).evidenced <= rate(log=log, **how).evidenced


@settings(max_examples=150, deadline=None)
@given(world=worlds(), added=good_rows())
def test_nor_does_one_done_in_time_lower_it_among_records_of_any_kind(world, added):
    log, how, shift = world

    assert rate(log=[*log, move(added, shift)], **how).evidenced >= rate(log=log, **how).evidenced


@settings(max_examples=150, deadline=None)
@given(log=st.lists(any_rows(), max_size=8), days=st.integers(1, 800))
def test_the_possible_level_is_never_below_the_evidenced_on_any_day(log, days):
    told = rate(log=log, as_of=CLOSED + timedelta(days=days))

    assert told.evidenced <= told.possible
    assert all(one.low <= one.high for one in told.findings)


@settings(max_examples=100, deadline=None)
@given(log=st.lists(any_rows(), max_size=6), level=st.integers(1, 4))
def test_the_team_s_own_rating_changes_nothing_but_itself(log, level):
    own = replace(GOAL, event="self_rating", target=str(level), status="done", line=90)
    bare = [row for row in log if row.event != "self_rating"]

    told, before = rate(log=[*bare, own]), rate(log=bare)

    assert told.own.level == level
    assert replace(told, own=None) == before
