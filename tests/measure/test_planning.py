"""What a school could show: against the table that the rule was settled by."""

import pytest

from climatekit.knowledge.settings import ComparisonSettings
from climatekit.measure.planning import plan_pooled, plan_waves

SETTINGS = ComparisonSettings()
# Staff, answers at 85%, half of the 95% interval, detectable change; SD 18, re-test .60.
TABLE = [
    (15, 13, 10.1, 14.3), (20, 17, 8.8, 12.5), (30, 26, 6.9, 9.9),
    (40, 34, 6.1, 8.7), (60, 51, 5.0, 7.1), (80, 68, 4.3, 6.1), (120, 102, 3.5, 5.0),
]  # fmt: skip


# Of 10 people 85% are eight and a half: the table has 8 of them.
SMALL = (10, 8, 13.9, 19.6)


def plan(staff, response=0.85):
    schools = {f"s{size}": size for size in staff}
    return plan_waves(schools, response=response, sd=18.0, min_n=10, settings=SETTINGS)


@pytest.mark.parametrize(("staff", "answers", "reach", "detectable"), TABLE)
def test_a_school_of_each_size_could_show_what_the_table_says(staff, answers, reach, detectable):
    (told,) = plan([staff])

    assert told.answers == answers
    assert told.reach == pytest.approx(reach, abs=0.051)
    assert told.detectable == pytest.approx(detectable, abs=0.051)
    assert told.pace == pytest.approx(detectable / 2, abs=0.03)


def test_the_smallest_school_of_the_table_could_show_what_it_says():
    staff, answers, reach, detectable = SMALL
    (told,) = plan([staff], response=0.8)

    assert told.answers == answers
    assert told.reach == pytest.approx(reach, abs=0.051)
    assert told.detectable == pytest.approx(detectable, abs=0.051)


def test_half_a_person_is_expected_to_answer_in_every_school():
    assert [one.answers for one in plan([11, 13, 15], response=0.5)] == [6, 7, 8]
    assert [one.answers for one in plan([35], response=0.7)] == [25]  # 24.499999999999996


def test_schools_are_told_what_they_need():
    # Under 10 answers there is no verdict; 10 points are twice the smallest change, 5.
    assert [one.advice for one in plan([10, 20, 30])] == ["pooled", "third_wave", "two_waves"]


def test_a_school_with_one_answer_or_none_can_show_nothing():
    told = plan([1, 0])

    assert [(one.answers, one.detectable, one.advice) for one in told] == [
        (1, None, "pooled"), (0, None, "pooled"),
    ]  # fmt: skip


def test_the_district_could_show_less_than_any_school_alone():
    # Four equal schools halve the error; over 34 answers: SE = 18 sqrt(2 (1 - .6*.85) / 34)
    # = 3.0559, halved 1.5280, times (1.95996 + 0.84162) = 4.2807.
    schools = dict.fromkeys("abcd", 40)

    told = plan_pooled(schools, response=0.85, sd=18.0, settings=SETTINGS)

    assert told == pytest.approx(4.2807, abs=0.0005)
    assert plan_pooled({"a": 1}, response=0.85, sd=18.0, settings=SETTINGS) is None


@pytest.mark.parametrize(("response", "sd"), [(0.0, 18.0), (1.2, 18.0), (0.8, 0.0)])
def test_what_cannot_be_planned_is_refused(response, sd):
    with pytest.raises(ValueError, match=r"is (a share|over 0)"):
        plan_waves({"a": 40}, response=response, sd=sd, min_n=10, settings=SETTINGS)
