"""The notes of a brief, as the made-up district's schools have them."""

import pytest

from climatekit.release.released import Released
from climatekit.run.study import build_briefs

SEVERAL = "a likely range that leaves out 0 can still be too close to call"


@pytest.fixture(scope="module")
def briefs(demo_study):
    return {
        brief.school_id: brief
        for brief in build_briefs(demo_study, tuple(demo_study.release.schools))
    }


def test_waves_hidden_for_one_reason_are_told_in_one_sentence(briefs):
    assert briefs["104"].withheld == (
        "Spring 2024, Spring 2025 and Spring 2026: not shown, to protect the people who answered.",
    )


def test_a_range_that_leaves_out_0_beside_too_close_to_call_is_explained(briefs):
    explained = {
        one for one, brief in briefs.items() if any(SEVERAL in note.text for note in brief.notes)
    }

    assert explained
    assert explained == {
        brief.school_id
        for brief in briefs.values()
        for row in brief.changes
        if row.verdict == "too_close" and leaves_out_zero(row.difference)
    }


def leaves_out_zero(move):
    return isinstance(move, Released) and (move.low > 0 or move.high < 0)
