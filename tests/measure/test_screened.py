"""What may be told of careless answering, and the file of flags that is written on request."""

import csv
import stat

import pytest
from test_screening import make_survey

from climatekit.errors import OutputError
from climatekit.knowledge.settings import DisclosureSettings
from climatekit.knowledge.wording import load_messages
from climatekit.measure.screening import FLAGS
from climatekit.release.coefficients import list_coefficient_entries
from climatekit.release.gate import Gate
from climatekit.release.released import Released
from climatekit.run.figures.screened import gather_screening, write_flags
from climatekit.values import Withheld

GATE = Gate(DisclosureSettings())
EVERYBODY = {f"S{place}": 30 for place in range(10)}


def gather(careless, schools=EVERYBODY, answers=(6,) * 12):
    responses, scales = make_survey(careless=[list(answers)] * careless)
    found = gather_screening(
        responses,
        scales,
        GATE,
        {"w1": schools},
        {f"s{place}.s": {"w1": schools} for place in range(3)},
    )
    return {(one.score, one.statistic): one for one in found}


def test_the_district_with_and_without_them_is_told_in_whole_points_and_tens_of_people():
    found = gather(24)

    assert found["", "flagged"].shown.text == "20"
    assert found["", "flag_no_spread"].shown.text == "20"
    for score in ("s0.s", "s1.s", "s2.s"):
        whole, left = found[score, "mean_points"], found[score, "mean_points_unflagged"]
        assert float(whole.shown.value).is_integer()
        assert (whole.people, left.people) == (300, 270)
        assert (
            found[score, "alpha_unflagged"].shown.value > found[score, "alpha_screened"].shown.value
        )


@pytest.mark.parametrize(
    ("careless", "schools", "rule"),
    [
        (2, EVERYBODY, "protected"),
        (24, dict.fromkeys(("S0", "S1", "S2", "S3"), 30), "district-reliability"),
        (24, {f"S{place}": 9 for place in range(10)}, "district-reliability"),
    ],
)
def test_under_ten_flagged_or_too_small_a_district_nothing_is_told(careless, schools, rule):
    found = gather(careless, schools)

    told = [one for one in found.values() if one.score or one.statistic == "flagged"]
    assert {one.shown.rule for one in told} == {rule}
    assert all(one.people is None for one in told)
    assert not list(list_coefficient_entries(told))


def test_when_fewer_than_ten_are_not_flagged_nothing_is_told():
    found = gather(295)

    assert isinstance(found["", "flag_no_spread"].shown, Withheld)
    assert isinstance(found["s0.s", "mean_points"].shown, Withheld)


def test_hidden_schools_do_not_count():
    hidden = {school: people for school, people in EVERYBODY.items() if school != "S9"}

    found = gather(100, hidden)

    assert found["", "flagged"].shown.value == 90
    assert found["s0.s", "mean_points"].people == 270


def test_what_is_told_stands_in_the_ledger_as_tens():
    entries = {entry.statistic: entry for entry in list_coefficient_entries(gather(24).values())}

    assert (entries["flagged"].low, entries["flagged"].high) == (20, 29)
    assert entries["flagged_people"].text == "300"


def test_flags_go_to_a_new_private_file_with_a_row_for_everybody(tmp_path):
    responses, scales = make_survey(careless=[[4] * 12])
    path = tmp_path / "flags.csv"

    write_flags(responses, scales, path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    assert len(rows) == 300
    assert rows[-1]["flag_no_spread"] == "True"
    with pytest.raises(OutputError):
        write_flags(responses, scales, path)


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_flag_has_its_words(language):
    words = load_messages(language).under("screening")

    assert {f"flag_{name}" for name in FLAGS} <= set(words.keys())
    assert set(words.keys()) - {f"flag_{name}" for name in FLAGS} == {
        "told", "none", "raised", "flagged", "few",
    }  # fmt: skip
    assert isinstance(gather(24)["", "flagged"].shown, Released)
