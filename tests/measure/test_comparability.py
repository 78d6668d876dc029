"""Why two waves may not be compared: each reason by name."""

import pytest
from measure_builders import make_responses

from climatekit.measure.comparability import find_breaks

PAIR = [("w1", "w2")]


@pytest.fixture
def altered(survey):
    def alter(**changes):
        responses, scales = survey
        made = make_responses(responses.frame, items=responses.items, waves=responses.waves)
        for name, value in changes.items():
            object.__setattr__(made, name, value)
        return find_breaks(made, scales, PAIR)

    return alter


def test_a_question_that_one_wave_did_not_ask_is_another_form(altered, survey):
    asked = {"w1": frozenset(survey[0].items), "w2": frozenset(survey[0].items) - {"T4"}}

    assert altered(asked=asked) == {("w1", "w2", "trust.s"): "form", ("w1", "w2", "ce.s"): None}


@pytest.mark.parametrize(
    ("flag", "reason"),
    [("other_options", "options"), ("other_referent", "referent"), ("edited", "edited")],
)
def test_a_flag_of_the_codebook_in_one_wave_alone_breaks_the_comparison(altered, flag, reason):
    once = {"w2": {"T4": frozenset({flag})}}
    twice = {wave: {"T4": frozenset({flag})} for wave in ("w1", "w2")}

    assert altered(changed=once)["w1", "w2", "trust.s"] == reason
    assert altered(changed=once)["w1", "w2", "ce.s"] is None
    assert altered(changed=twice)["w1", "w2", "trust.s"] is None


def test_two_wordings_differ_and_no_wording_is_no_difference(altered):
    differ = {"w1": {"C1": "aa"}, "w2": {"C1": "bb"}}
    silent = {"w1": {"C1": ""}, "w2": {"C1": "bb"}}

    assert altered(wording=differ)["w1", "w2", "ce.s"] == "edited"
    assert altered(wording=silent)["w1", "w2", "ce.s"] is None


def test_of_several_reasons_the_plainest_is_told(altered):
    both = {"w2": {"T4": frozenset({"edited", "other_options", "other_referent"})}}

    assert altered(changed=both)["w1", "w2", "trust.s"] == "options"
