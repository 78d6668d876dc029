"""Scales used right: each rule of use, through the verbs and the study that they load."""

import csv
import io
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from scale_texts import FULL

from climatekit.cli import main
from climatekit.errors import InputError
from climatekit.knowledge.settings_file import read_settings
from climatekit.report.html import render_html
from climatekit.run.pages.note_files import build_note
from climatekit.run.study import build_briefs, load_study
from climatekit.run.tables.cautions import list_cautions
from climatekit.run.workshop.rendering import to_json

LEVELS = {"E": "elementary", "M": "middle", "H": "high", "N": ""}
PEOPLE = {"E": 14, "M": 14, "H": 14, "N": 11}
WAVES = ("w1", "w2")
WHOLE = [f"whole_{n}" for n in range(1, 8)]
TSWQ = [f"tswq_{n}" for n in range(1, 9)]
OTS = [f"ots_{n}" for n in range(1, 27)]
TURNED = (4, 8, 11, 23, 26)
CONFIG = """\
config_version = 1
as_of = 2026-11-01
district = "Test"
roster = "roster.csv"
scales = ["whole", "tswq", "ots", "five_essentials"]
scale_folder = "scales"

[[waves]]
id = "w1"
closed = 2025-04-20
exports = ["w1.csv"]

[[waves]]
id = "w2"
closed = 2026-04-20
exports = ["w2.csv"]
"""
IMPORTED = [
    "wave_id,school_id,score,value,n,standard_error",
    *(
        f"{wave},{school},five_essentials.teacher_trust,{40 + 15 * (wave == 'w2')},{n},{error}"
        for school, n, error in (("E", 30, "2"), ("M", 9, "2"), ("H", 30, ""), ("N", 30, "2"))
        for wave in WAVES
    ),
]


def answer(number, place, *, turned=False):
    """Return person `place`'s answer to item `number`: 3 or 4, now and then off the line."""
    odd = (place * 7 + number * 3) % 11 == 0
    return 3 + (place + turned + odd) % 2


def write_study(folder, *, config="", codebook=None, imported=None, text=FULL):
    (folder / "scales").mkdir(parents=True)
    (folder / "scales" / "whole.toml").write_text(text.replace("HASH", "1" * 16), "utf-8")
    roster = ["school_id,school_name,wave_id,staff_group,eligible,grades,school_level"]
    for shift, wave in enumerate(WAVES):
        rows = [",".join(["School", *WHOLE, *TSWQ, *OTS])]
        for school, people in PEOPLE.items():
            roster.append(f"{school},School {school},{wave},,20,,{LEVELS[school]}")
            for place in range(people):
                whole = [3 + (place + (n in (2, 4))) % 2 for n in range(1, 8)]
                whole[4] = 1 + place % 2  # item 5 runs from 0 to 3
                tswq = [answer(n, place) for n in range(8)]
                if place == 0:
                    tswq[2] = ""
                ots = [answer(n, place + shift, turned=n in TURNED) for n in range(1, 27)]
                rows.append(",".join(map(str, [school, *whole, *tswq, *ots])))
        (folder / f"{wave}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "roster.csv").write_text("\n".join(roster) + "\n", "utf-8")
    head = CONFIG
    if codebook:
        (folder / "codebook.csv").write_text("\n".join(codebook) + "\n", "utf-8")
        head = head.replace("roster =", 'codebook = "codebook.csv"\nroster =')
    if imported:
        (folder / "imported.csv").write_text("\n".join(imported) + "\n", "utf-8")
        head = head.replace("roster =", 'imported_scores = "imported.csv"\nroster =')
    path = folder / "climatekit.toml"
    path.write_text(head + config, "utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(main, [str(one) for one in arguments])


def rows_of(config):
    result = run("score", "--config", config, "--format", "json")
    assert result.exit_code == 0, result.stderr
    content = json.loads(result.stdout)
    rows = {(row["school"], row["wave"], row["score"]): row for row in content["data"]}
    return rows, content, result.stderr


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    config = write_study(tmp_path_factory.mktemp("plain"), imported=IMPORTED)
    return config, *rows_of(config)


@pytest.fixture(scope="module")
def study(plain):
    return load_study(read_settings(plain[0]))


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    use = (
        '\n[scale_use.whole]\nreferent = "the whole staff"\nreferent_since = "w2"\n'
        "\n[scale_use.tswq]\nedited_items = [1]\n"
    )
    book = ["column,item,wave_id,flags", "ots_2,ots_2,w2,edited"]
    config = write_study(tmp_path_factory.mktemp("changed"), config=use, codebook=book)
    return config, load_study(read_settings(config))


def test_norms_are_of_the_schools_own_level_and_never_of_another(plain):
    _, rows, _, _ = plain
    told = {school: rows[school, "w2", "whole.main"] for school in LEVELS}

    # Items 1 and 3 run with, 2 and 4 against: everybody's mean is 3, 50 points. Against the
    # elementary norm 3.0 and 0.5 that is 500, against the high schools' 2.8 and 0.4 it is 550.
    assert told["E"]["points"] == told["H"]["points"] == 50
    assert (told["E"]["standard"], told["E"]["norm"]) == (500, "elementary, US 1998")
    assert (told["H"]["standard"], told["H"]["norm"]) == (550, "high, US 1999")
    assert (told["M"]["standard"], told["M"]["norm"]) == ("no-norm", None)


def test_bands_are_told_where_there_is_a_score_to_hold_against_them(plain):
    _, rows, _, _ = plain

    assert rows["E", "w2", "whole.main"]["band"] == "Upper"  # 500 lies in, not below
    assert rows["M", "w2", "whole.main"]["band"] is None
    assert rows["E", "w2", "tswq.total"]["band"] is None


def test_a_scale_that_asks_for_more_people_than_the_rules_gets_them(plain):
    _, rows, _, _ = plain

    assert rows["N", "w2", "whole.main"]["points"] is None  # 11 answered, 12 are asked for
    assert rows["N", "w2", "tswq.connectedness"]["points"] is not None


def test_mixed_ranges_and_sums_are_scored_on_their_own_terms(plain):
    _, rows, _, _ = plain

    # Items 1 and 3 on 1 to 5 have a mean of 3.5 (62.5 points), item 5 on 0 to 3 one of 1.5
    # (50 points): 175 / 3.
    assert rows["E", "w2", "whole.mixed"]["native"] == pytest.approx(58.33, abs=0.5)
    # Four answers of 3 or 4, about 3.5 on average; the person with a gap is brought up to four.
    assert rows["E", "w2", "tswq.connectedness"]["native"] == pytest.approx(14, abs=0.4)


def test_a_changed_referent_breaks_the_line_and_switches_norms_off(changed):
    _, study = changed

    changes = study.figures.changes
    assert changes["E", "whole.heavy"].reason == "referent"
    standard = study.standards["E"]["w2", "whole.main"]
    assert (standard.norm, standard.shown.rule) == (None, "no-norm")
    (brief,) = build_briefs(study, ["E"])
    notes = " ".join(note.text for note in brief.notes)
    assert "asked here about the whole staff" in notes


def test_an_item_edited_in_one_wave_is_not_compared(changed, study):
    _, edited = changed

    assert study.figures.changes["E", "ots.tco"].reason != "edited"
    assert edited.figures.changes["E", "ots.tco"].reason == "edited"


def test_cautions_are_printed_when_something_calls_them_up(study, changed):
    called = {caution.when for caution in list_cautions(study, study.scales)["whole"]}
    assert {"always", "norms", "small"} <= called
    assert "adapted" not in called

    other = {caution.when for caution in list_cautions(changed[1], changed[1].scales)["whole"]}
    assert "adapted" in other
    assert "norms" not in other
    note = build_note(changed[1], {}, {})
    texts = [cell for section in note.sections for row in section.rows for cell in row]
    assert any("It was asked about something else." in text for text in texts)
    assert "Imported" not in " ".join(texts)


def test_a_collective_scale_is_never_scored_for_one_person(plain, tmp_path):
    result = run("score", "--config", plain[0], "--respondents", tmp_path / "rows.csv")

    assert result.exit_code == 0
    assert "whole, ots, five_essentials describe a team or a school" in result.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "rows.csv").read_text("utf-8"))))
    assert {row["score"].split(".")[0] for row in rows} == {"tswq"}
    assert {len(row["scale_sha256"]) for row in rows} == {64}


def test_every_score_is_stamped_with_version_status_and_fingerprint(plain, study):
    _, rows, content, stderr = plain

    for row in rows.values():
        assert len(row["scale_sha256"]) == 64
        assert row["scale_version"]
    stamps = {one["id"]: one for one in content["scales"]}
    assert stamps["ots"]["version"] == rows["E", "w2", "ots.tco"]["scale_version"]
    assert stamps["whole"]["status"] == "draft"
    (note,) = [line for line in stderr.splitlines() if line.startswith("note: not yet verified")]
    assert ": whole 2.1.0; " in note
    assert "ots" not in note
    (brief,) = build_briefs(study, ["E"])
    told = {one["id"]: one for one in json.loads(to_json(brief))["scales"]}
    assert told["ots"]["sha256"] == stamps["ots"]["sha256"]
    note = build_note(study, {}, {})
    assert stamps["ots"]["sha256"][:12] in " ".join(note.sections[0].texts)


def test_imported_scores_pass_the_gate_are_compared_and_carry_their_label(plain, study):
    _, rows, _, _ = plain
    score = "five_essentials.teacher_trust"

    row = rows["E", "w2", score]
    # 55 on 1 to 99 is 54 / 98 of the way up; its interval is t(29) x 2 / 98 x 100 wide each way.
    assert (row["points"], row["kind"]) == (55, "imported")
    assert (row["low"], row["high"]) == (51, 59)
    assert rows["M", "w2", score]["points"] is None  # nine people
    change = study.figures.changes["E", score]
    # 15 / 98 x 100 points, standard error sqrt(2^2 + 2^2) / 98 x 100.
    assert change.difference.value == pytest.approx(1500 / 98)
    assert change.standard_error == pytest.approx(8**0.5 / 98 * 100)
    assert change.verdict == "rose"
    assert study.figures.changes["H", score].reason == "no-error"
    # One family (Holm 1979): the smallest p counts as often as there are scores with a verdict.
    own = [one for (school, _), one in study.figures.changes.items() if school == "E" and one.df]
    first = min(own, key=lambda one: one.p)
    assert score in {one.score for one in own}
    assert first.p_holm == pytest.approx(len(own) * first.p)
    assert not [one for one in study.figures.reliability if one.score == score]


def test_a_brief_calls_an_imported_score_imported_and_tells_no_alpha(study):
    (brief,) = build_briefs(study, ["E"])

    row = next(row for row in brief.changes if row.score.startswith("five"))
    assert row.after.value == 55
    notes = " ".join(note.text for note in brief.notes)
    assert "5Essentials teacher measures" in notes
    assert "imported as their owner computed them" in notes
    page = render_html(brief)
    assert "scores imported as their owner computed them" in page


def test_a_faulty_import_is_refused_whole(tmp_path):
    lines = [
        IMPORTED[0],
        "w3,E,five_essentials.teacher_trust,50,30,2",
        "w2,Z,five_essentials.teacher_trst,500,0,-1",
        "w2,E,ots.tco,50,30,2",
        "w2,E,five_essentials.teacher_trust,50,30,2",
        "w2,E,five_essentials.teacher_trust,51,30,2",
    ]
    config = write_study(tmp_path / "faulty", imported=lines)

    with pytest.raises(InputError) as caught:
        load_study(read_settings(config))

    found = {(one.line, one.column) for one in caught.value.problems}
    assert found >= {
        (2, "wave_id"), (3, "school_id"), (3, "score"), (3, "n"), (3, "standard_error"),
        (4, "score"), (6, None),
    }  # fmt: skip
    wrong = {one.code for one in caught.value.problems if one.severity == "error"}
    assert wrong == {"CK332", "CK333"}


def test_a_form_is_chosen_and_never_guessed(tmp_path):
    export = tmp_path / "tps.csv"
    rows = ["School,tps_1,tps_2,tps_3,tps_4,tps_5,tps_6,tps_7"]
    rows += [f"A,{1 + n % 2},4,2,4,2,4,{5 - n % 2}" for n in range(12)]
    export.write_text("\n".join(rows), "utf-8")
    (tmp_path / "climatekit.toml").write_text(
        'config_version = 1\nscales = ["tps"]\n[[waves]]\nid = "w1"\nexports = ["tps.csv"]\n'
        '[scale_use.tps]\nform = "agree5"\nreferent = "the whole staff"\n',
        "utf-8",
    )

    rows, content, _ = rows_of(tmp_path / "climatekit.toml")

    # Reversed on five points: 5 or 4, five times 4, 5 or 4: 29 / 7; on seven it would be more.
    assert rows["A", "w1", "tps.total"]["native"] == pytest.approx(29 / 7, abs=0.1)
    assert content["scales"][0]["form"] == "agree5"


def test_the_use_of_a_scale_that_the_flags_leave_out_is_left_out_with_it(tmp_path):
    rows = ["School,tps_1,tps_2,tps_3,tps_4,tps_5,tps_6,tps_7"]
    rows += [f"A,{1 + n % 2},4,2,4,2,4,{5 - n % 2}" for n in range(12)]
    (tmp_path / "tps.csv").write_text("\n".join(rows), "utf-8")
    config = tmp_path / "climatekit.toml"
    config.write_text(
        'config_version = 1\nscales = ["tps", "ots"]\n[[waves]]\nid = "w1"\n'
        'exports = ["tps.csv"]\n[scale_use.tps]\nform = "agree5"\n'
        '[scale_use.ots]\nform = "clients"\n',
        "utf-8",
    )

    result = run("score", "--config", config, "--scale", "tps", "--format", "json")

    assert result.exit_code == 0, result.stderr
    assert [scale["form"] for scale in json.loads(result.stdout)["scales"]] == ["agree5"]


def test_a_composite_is_found_by_its_own_numbers_and_stays_empty_without_norms(tmp_path):
    heads = ["School", *(f"SAOS {n}" for n in range(1, 31))]
    rows = [",".join(["A", *(str(2 + (place + n) % 3) for n in range(30))]) for place in range(12)]
    (tmp_path / "saos.csv").write_text("\n".join([",".join(heads), *rows]), "utf-8")
    (tmp_path / "climatekit.toml").write_text(
        'config_version = 1\nscales = ["ces_sf", "ots", "oci", "saos"]\n'
        '[[waves]]\nid = "w1"\nexports = ["saos.csv"]\n'
        '[scale_use.ots]\nform = "clients"\n[scale_use.oci]\nform = "emphasis"\n',
        "utf-8",
    )

    rows, _, _ = rows_of(tmp_path / "climatekit.toml")

    assert {score for _, _, score in rows} >= {"ces_sf.total", "ots.tcl", "oci.emphasis"}
    assert ("A", "w1", "ots.tp") not in rows
    assert rows["A", "w1", "saos.total"]["points"] is None
    assert rows["A", "w1", "saos.total"]["standard"] == "no-norm"


def test_a_school_level_that_is_no_level_is_refused(tmp_path):
    config = write_study(tmp_path / "level")
    roster = config.parent / "roster.csv"
    roster.write_text(roster.read_text("utf-8").replace("elementary", "elementry"), "utf-8")

    with pytest.raises(InputError) as caught:
        load_study(read_settings(config))

    wrong = [one for one in caught.value.problems if one.severity == "error"]
    assert {(one.code, one.closest) for one in wrong} == {("CK334", "elementary")}


def test_agreement_is_held_against_the_null_that_the_scale_declares(study):
    from climatekit.run.figures.figures import _release_quality

    class Open:
        """Hands every number on, so that small groups can be looked at."""

        def release_coefficient(self, estimate, **_):
            return estimate

    everybody = {wave: dict.fromkeys("EHMN", 12) for wave in ("w1", "w2")}
    quality = _release_quality(replace(study.figures, shown=everybody), study.scales, Open())
    found = {one.score: one for one in study.figures.agreement if one.wave == "w2"}
    skewed, even = found["whole.main"], found["ots.tco"]
    assert skewed.rwg_mean != skewed.rwg_slight_mean
    assert quality["w2", "whole.main"].rwgj.value == skewed.rwg_slight_mean
    assert quality["w2", "ots.tco"].rwgj.value == even.rwg_mean
