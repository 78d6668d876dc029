"""What leaves of a score's quality, and what its text tells."""

import pytest

from climatekit.knowledge.settings import DisclosureSettings
from climatekit.measure.quality_figures import QualityFigure
from climatekit.release.coefficients import (
    Basis,
    Coefficient,
    list_coefficient_entries,
    release_coefficients,
)
from climatekit.release.gate import Gate
from climatekit.release.released import Released
from climatekit.release.rules import withhold
from climatekit.values import Estimate

GATE = Gate(DisclosureSettings())


def released(n=230, people=230, schools=7, **more):
    figure = QualityFigure(statistic="omega", value=Estimate(value=0.8765, n=n, **more))
    basis = Basis(wave="w", score="s", people=people, schools=schools)
    (one,) = release_coefficients([figure], GATE, basis)
    return one


def test_a_coefficient_tells_its_people_in_tens_and_its_schools():
    one = released(people=239, n=239, method="omega")

    assert (one.shown.text, one.people, one.schools, one.method) == ("0.88", 230, 7, "omega")


@pytest.mark.parametrize(
    ("n", "people", "told"),
    [
        (100, 300, 100),  # as few as it rests on
        (99, 300, None),
        (300, 100, 100),  # as few as the shown schools have
        (300, 99, None),
        (0, 150, 150),  # a mean over schools says nothing of people
    ],
)
def test_it_leaves_by_the_fewest_people_that_it_can_rest_on(n, people, told):
    one = released(n=n, people=people)

    assert one.people == told
    assert (one.schools, isinstance(one.shown, Released)) == ((7, True) if told else (None, False))


def test_what_cannot_be_estimated_goes_by_the_people_of_the_shown_schools():
    basis = Basis(wave="w", score="s", people=100, schools=5)
    figure = QualityFigure(statistic="omega", value=withhold("not-estimable"))
    (one,) = release_coefficients([figure], GATE, basis)

    assert (one.shown.rule, one.people, one.schools, one.method) == (
        "not-estimable",
        None,
        None,
        "",
    )


def entries(shown, people=230, **more):
    who = {"people": people, "schools": 6}
    one = Coefficient(wave="w", score="s", statistic="omega", shown=shown, **who, **more)
    return {
        entry.statistic: (entry.low, entry.high, entry.text)
        for entry in list_coefficient_entries([one])
    }


def number(value, text, unit="coefficient", **more):
    return Released(value=value, text=text, unit=unit, **more)


def test_a_printed_coefficient_tells_the_range_that_rounds_to_it():
    told = entries(number(0.88, "0.88", low=0.8, high=0.9))

    assert told["omega"] == (pytest.approx(0.875), pytest.approx(0.885), "0.88")
    assert told["omega_low"][:2] == pytest.approx((0.795, 0.805))
    assert told["omega_high"] == (pytest.approx(0.895), pytest.approx(0.905), "0.9")
    assert told["omega_people"] == (230, 239, "230")
    assert told["omega_schools"] == (6, 6, "6")
    assert set(entries(number(0.88, "0.88"))) == {"omega", "omega_people", "omega_schools"}


def test_three_decimals_tell_more_and_a_count_in_tens_tells_ten():
    assert entries(number(0.052, "0.052"))["omega"][:2] == pytest.approx((0.0515, 0.0525))
    assert entries(number(40, "40", "count"))["omega"] == (40, 49, "40")


def test_a_capped_number_is_entered_as_printed():
    assert entries(number(1.0, "1.0 or more", capped="high"))["omega"][2] == "1.0 or more"


def test_nothing_withheld_is_entered():
    assert entries(withhold("not-estimable"), people=None) == {}
    assert entries(number(0.88, "0.88"), people=None) == {}


def test_of_an_item_and_of_two_waves_and_a_role_group():
    one = Coefficient(
        wave="w", since="v", role="teachers", score="s", item="i", statistic="omega",
        shown=number(0.5, "0.50"), people=100, schools=5,
    )  # fmt: skip

    assert {
        (entry.wave, entry.since, entry.role, entry.subject)
        for entry in list_coefficient_entries([one])
    } == {("w", "v", "teachers", "s i")}
