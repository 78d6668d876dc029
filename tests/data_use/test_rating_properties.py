"""What must hold of any log: more evidence never hurts, silence is never "not done"."""

from dataclasses import replace
from datetime import date, timedelta

from data_use_builders import GOAL, WORKED, rate
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


@settings(max_examples=300, deadline=None)
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
