"""Weights of people: read, used, kept from telling more, and told of; from export to release."""

import csv
import dataclasses
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from climatekit.errors import DefinitionError, DisclosureError, InputError
from climatekit.knowledge.scales import load_scales
from climatekit.knowledge.settings import ColumnSettings, DisclosureSettings, RoleGroup
from climatekit.knowledge.settings_file import read_settings, settings_from_flags
from climatekit.measure.weighting import describe_groups
from climatekit.measure.worked_examples import check_worked_examples
from climatekit.release.gate import Gate
from climatekit.release.ledger import is_weighted
from climatekit.report.html import render_html
from climatekit.run.audit.auditing import attack_output
from climatekit.run.audit.number_reader import read_output
from climatekit.run.audit.numbers import find_unlisted
from climatekit.run.audit.output_reader import read_folder
from climatekit.run.figures import figures
from climatekit.run.publishing.ledger_file import read_ledger
from climatekit.run.release import run_study
from climatekit.run.study import build_briefs, load_study

# A: 1 everywhere, weight 1. B: 5, 5 and no answer, weight 3. C: 3 everywhere, weight 2.
# Persons first: (1 + 3 * 5 + 2 * 3) / 6 = 22/6. Items first: the first two items 22/6 each,
# the third (1 + 2 * 3) / 3 = 7/3, together 29/9. The fourth, each once: (1 + 5 + 3) / 3 = 3.
SCALE = """\
format_version = 1
id = "duties"
version = "1.0.0"
title = "Duties"
abbreviation = "D"
status = "local"
constructs = ["trust"]
item_count = 4
reversed_count = 0
response_set = "five"

[level]
unit = "school"
referent = "the staff"

[rights]
kind = "own survey"
statement = "Written by the district."
evidence = "district survey office"
wording_included = false

[[citations]]
role = "development"
text = "District survey office. Staff survey."

[evidence]
key = { confidence = "high", source = "the form" }

[response_sets.five]
kind = "agreement"
low = 1
high = 5
favourable = [4, 5]
labels = { 1 = "Strongly disagree", 5 = "Strongly agree" }

[items]
1 = { label = "Fair load" }
2 = { label = "Clear tasks" }
3 = { label = "Enough time" }
4 = { label = "Good tools" }

[scores.persons]
title = "Duties"
construct = "trust"
lead = true
items = [1, 2, 3]
min_answered = 2
person_weights = "allowed"

[scores.items]
title = "Duties, items first"
construct = "trust"
items = [1, 2, 3]
min_answered = 2
order = "items_first"
person_weights = "allowed"

[scores.once]
title = "Duties, each once"
construct = "trust"
items = [4]

[[test_vectors]]
name = "three people of weight 1, 3 and 2"
persons = [
  { every = 1, weight = 1, expect = { persons = 1.0, items = 1.0, once = 1.0 } },
  { every = 5, weight = 3, missing = [3], expect = { persons = 5.0, items = 5.0 } },
  { every = 3, weight = 2, expect = { persons = 3.0 } },
]
expect_school = { persons = 3.6666666666666665, items = 3.2222222222222223, once = 3.0 }
"""
CONFIG = """\
config_version = 1
as_of = 2026-06-01
district = "Test"
scales = ["duties"]
scale_folder = "scales"
output = "briefs"
formats = ["json"]

[columns]
weight = "w"

[[waves]]
id = "w1"
closed = 2025-04-25
exports = ["w1.csv"]

[[waves]]
id = "w2"
closed = 2026-04-24
exports = ["w2.csv"]
"""


def rows_of(wave):
    """Return three schools: two whose heaviest share is small, one where one outweighs all."""
    for person in range(24):
        # Twelve of weight 1 who answer 2, 2, 3, 2 and twelve of weight 2 who answer 4, 4, 3, 4.
        low = person % 2 == 0
        yield ["Oak", "1" if low else "2", *("2232" if low else "4434")]
    for person in range(30):
        answers = [str(1 + (person * 3 + item * 2 + wave) % 5) for item in range(4)]
        yield ["Elm", f"{1 + person % 3 / 10:.1f}", *answers]
    for person in range(14):
        answers = [str(1 + (person + item + wave) % 5) for item in range(4)]
        yield ["Ash", "30" if person == 5 else "1", *answers]


def write_export(path, wave, change=lambda row: row):
    heading = ["id", "school", "w", "duties_1", "duties_2", "duties_3", "duties_4"]
    rows = [[str(n), *row] for n, row in enumerate(map(change, rows_of(wave)))]
    path.write_text("".join(",".join(row) + "\n" for row in [heading, *rows]), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    (folder / "scales").mkdir()
    (folder / "scales" / "duties.toml").write_text(SCALE, encoding="utf-8")
    for wave in (1, 2):
        write_export(folder / f"w{wave}.csv", wave)
    (folder / "climatekit.toml").write_text(CONFIG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def settings(folder):
    return read_settings(folder / "climatekit.toml")


@pytest.fixture(scope="module")
def study(settings):
    return load_study(settings)


@pytest.fixture(scope="module")
def published(settings):
    return run_study(settings).path


def test_both_orders_come_out_as_worked_out_by_hand(folder):
    path = folder / "scales" / "duties.toml"
    assert check_worked_examples(path) == ()
    wrong = folder / "wrong" / "duties.toml"
    wrong.parent.mkdir()
    wrong.write_text(SCALE.replace("weight = 3,", "weight = 4,"), encoding="utf-8")
    assert len(check_worked_examples(wrong)) == 2


def test_means_and_errors_are_weighted_and_thresholds_count_people(study):
    table = study.figures.summaries
    told = table[(table["wave"] == "w1") & (table["school"] == "Oak")].set_index("score")
    # Means of 7/3 and 11/3 on 1 to 5 are 33.3 and 66.7 points: (33.3 + 2 * 66.7) / 3.
    assert told.loc["duties.persons", "mean"] == pytest.approx(500 / 9)
    assert told.loc["duties.once", ["mean", "counted"]].tolist() == [50, 24]
    # Kish: (12 + 24)^2 / (12 + 48) = 21.6; the heaviest has 2 of 36, one of eighteen people.
    assert told.loc["duties.persons", "effective"] == pytest.approx(21.6)
    assert told.loc["duties.persons", ["n", "counted"]].tolist() == [24, 18]
    # Two thirds stand 11.1 above the mean, one third 22.2 below: variance 246.9 * 21.6 / 20.6.
    squares = (2 / 3 * (100 / 9) ** 2 + 1 / 3 * (200 / 9) ** 2) * 21.6 / 20.6
    assert told.loc["duties.persons", "sd"] == pytest.approx(squares**0.5)


def test_what_one_person_outweighs_is_hidden_and_what_may_be_told_is_told(study):
    schools = study.release.schools
    shown = schools["Ash"].scores["duties.persons"].points["w1"]
    assert shown.rule == "protected"
    assert schools["Oak"].scores["duties.persons"].points["w1"].text == "56"
    # Items from twenty people on: Oak counts as eighteen; Elm as 27, in tens however many.
    assert set(schools["Oak"].items) == {"duties_4"}
    told = {item: one.favourable["w1"].value for item, one in schools["Elm"].items.items()}
    assert len(told) == 4
    assert all(told[f"duties_{n}"] % 10 == 0 for n in (1, 2, 3))
    assert all(20 <= told[f"duties_{n}"] <= 80 for n in (1, 2, 3))


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 9)), min_size=1, max_size=30),
    st.sampled_from([0.001, 1.0, 1e6]),
)
def test_a_weight_of_two_is_two_people_but_for_the_error(people, unit):
    values = np.array([float(value) for value, _ in people])
    weights = np.array([float(weight) for _, weight in people])
    once = np.zeros(len(people), dtype=np.intp)
    told = describe_groups(values, once, 1, weights * unit)
    repeated = np.repeat(values, weights.astype(np.intp))
    assert told.mean[0] == pytest.approx(repeated.mean(), abs=1e-9)
    assert told.effective[0] == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    # As many people as would give the heaviest of them that share, and never more than there are.
    assert told.counted[0] == int(weights.sum() // weights.max())
    assert told.counted[0] <= told.effective[0] + 1e-9 <= len(people) + 2e-9

    even = describe_groups(values, once, 1, np.full(len(people), unit))
    plain = describe_groups(values, once, 1, None)
    assert even.counted.tolist() == plain.counted.tolist() == [len(people)]
    assert even.sd == pytest.approx(plain.sd, nan_ok=True, abs=1e-6)


def test_a_weighted_percentage_has_the_coarsest_form_there_is():
    gate = Gate(DisclosureSettings())
    assert gate.release_favourable(0.47, n=60).text == "45%"
    assert gate.release_favourable(0.47, n=60, counted=60).text == "50%"
    assert gate.release_favourable(0.95, n=60, counted=60).text == "80% or more"
    assert gate.release_favourable(0.47, n=60, counted=20).text == "50%"
    assert gate.release_favourable(0.47, n=60, counted=19).rule == "detail"


def test_the_brief_says_that_people_are_weighted(study):
    page = render_html(build_briefs(study, ("Elm",))[0], mode="html")

    assert "percentages of Duties people are weighted" in page


def test_an_audit_neither_misses_nor_invents_anything(published):
    output = read_output(
        read_folder(published), load_scales(["duties"], published.parents[1] / "scales")
    )

    assert all(is_weighted(entry.exports) for entry in output.ledger)
    weighted = {"duties.persons", "duties.items", "duties_1", "duties_2", "duties_3"}
    assert output.readout.weighted == weighted
    assert attack_output(output) == ()
    assert find_unlisted(output) == ()


@pytest.mark.parametrize("change", ["unweighted", "other weights", "other rule"])
def test_the_same_wave_is_not_published_under_two_sets_of_weights(
    folder, settings, published, change
):
    other = settings
    if change == "unweighted":
        other = dataclasses.replace(settings, columns=ColumnSettings())
    else:
        write_export(folder / "others.csv", 1, lambda row: [row[0], str(1 + len(row[1])), *row[2:]])
        first = dataclasses.replace(settings.waves[0], exports=(folder / "others.csv",))
        other = dataclasses.replace(settings, waves=(first, *settings.waves[1:]))

    with pytest.raises(DisclosureError) as refused:
        run_study(other)

    assert {one.code for one in refused.value.problems} == {"CK710"}
    assert read_ledger(published)


@pytest.mark.parametrize(
    ("weight", "code", "count"),
    [("0", "CK239", 30), ("-1", "CK239", 30), ("nan", "CK239", 30), ("1e999", "CK239", 30),
     ("many", "CK239", 30), ("1,000.5", "CK239", 30), ("", "CK242", 30)],
)  # fmt: skip
def test_a_weight_that_is_none_is_refused_and_not_repeated(folder, settings, weight, code, count):
    path = folder / "bad.csv"
    write_export(
        path, 1, lambda row: [row[0], f'"{weight}"' if row[0] == "Elm" else row[1], *row[2:]]
    )
    wave = dataclasses.replace(settings.waves[0], exports=(path,))

    with pytest.raises(InputError) as refused:
        load_study(dataclasses.replace(settings, waves=(wave,)))

    (problem,) = refused.value.problems
    assert (problem.code, problem.count, problem.line) == (code, count, 26)
    assert not weight or weight not in (problem.found or "")


def test_people_without_a_weight_are_left_out_on_request_and_counted(folder, settings):
    path = folder / "blank.csv"
    write_export(path, 1, lambda row: [row[0], "" if row[1] == "30" else row[1], *row[2:]])
    left = settings_from_flags(settings, [path], missing_weight="drop")

    study = load_study(left)

    (report,) = study.inputs.intake.reports
    assert report.dropped["no weight"] == 1
    assert study.figures.answered["Ash", study.waves[0]] == 13
    said = {one.what: one for one in report.decisions}
    assert said["weighted scores"].value == "duties.persons, duties.items"
    assert said["weight column"].value == "w"
    assert study.release.schools["Ash"].scores["duties.persons"].points[study.waves[0]].value


def test_decimal_commas_are_read_and_a_mixture_is_refused(folder, settings):
    path = folder / "commas.csv"
    write_export(path, 1, lambda row: [row[0], f'"{row[1]}"'.replace(".", ","), *row[2:]])
    commas = settings_from_flags(settings, [path])
    plain = load_study(settings).figures.summaries
    told = load_study(commas).figures.summaries
    assert told["mean"].tolist() == plain[plain["wave"] == "w1"]["mean"].tolist()

    write_export(path, 1, lambda row: [row[0], '"1,5"' if row[0] == "Oak" else row[1], *row[2:]])
    with pytest.raises(InputError, match="decimal comma"):
        load_study(commas)


def test_a_scale_that_does_not_allow_weights_and_role_groups_refuse_them(settings, folder):
    path = folder / "w1.csv"
    text = (folder / "scales" / "duties.toml").read_text(encoding="utf-8")
    never = folder / "never"
    never.mkdir()
    (never / "duties.toml").write_text(text.replace('"allowed"', '"never"'), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_study(dataclasses.replace(settings, scale_folder=never))
    assert {one.code for one in refused.value.problems} == {"CK238"}

    groups = dataclasses.replace(settings, role_groups=(RoleGroup(id="t"),))
    with pytest.raises(DefinitionError) as both:
        settings_from_flags(groups, [path], weight_column="w")
    assert [one.code for one in both.value.problems] == ["CK459"]
    config = CONFIG + '\n[[role_groups]]\nid = "t"\nroles = ["Teacher"]\n'
    (folder / "both.toml").write_text(config, encoding="utf-8")
    with pytest.raises(DefinitionError) as written:
        read_settings(folder / "both.toml")
    assert [one.code for one in written.value.problems] == ["CK459"]


def test_score_prints_the_weighted_means(climatekit, folder):
    ended = climatekit("score", "--config", folder / "climatekit.toml", "--format", "csv")

    rows = csv.DictReader(io.StringIO(ended.out))
    told = {(row["school"], row["wave"], row["score"]): row["points"] for row in rows}
    assert told["Oak", "w1", "duties.persons"] == "56"
    assert told["Oak", "w1", "duties.once"] == "50"


def test_linked_people_are_compared_as_if_they_were_not_where_they_are_weighted(study, monkeypatch):
    linked = {("w1", "w2", "Oak", score): (24, 0.5) for score in study.figures.scores.rules}
    monkeypatch.setattr(figures, "find_overlaps", lambda *_: linked)
    scores, scales = study.figures.scores, study.scales

    def keep(scores):
        found = figures._find_overlaps(scores, scales, [("w1", "w2")])
        return {score for *_, score in found}

    assert keep(scores) == {"duties.once"}
    plain = dataclasses.replace(scores.responses, weights=None)
    assert keep(dataclasses.replace(scores, responses=plain)) == set(scores.rules)
