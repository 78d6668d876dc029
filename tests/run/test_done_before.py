"""A release that prints what the last one did is not attacked, nor worked out again, once more."""

import json
import multiprocessing
from dataclasses import replace

import pytest
from plain_files import write_study

from climatekit.errors import DisclosureError, Problem
from climatekit.knowledge.scales import load_scales
from climatekit.knowledge.settings_file import read_settings
from climatekit.run import making
from climatekit.run.audit import auditing, numbers
from climatekit.run.publishing.manifest import FILE_NAME
from climatekit.run.release import run_study
from climatekit.run.study import Study, build_briefs, load_study
from climatekit.run.workshop import batch
from climatekit.run.workshop.workers import Limits

SHARED = "Oak,w2,shared_back,2026-05-12,all_staff,done\n"
ALSO = "Elm,w2,shared_back,2026-05-20,all_staff,done\n"
ASKED = ("attack", "numbers", "pages", "pingouin")
SCALES = load_scales(["bscs"])


@pytest.fixture
def study(tmp_path):
    write_study(tmp_path, log=SHARED)
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """Return what was done, by name, each time that it is."""
    done = []

    def note(module, function, name):
        honest = getattr(module, function)

        def call(*args, **how):
            done.append(name)
            return honest(*args, **how)

        monkeypatch.setattr(module, function, call)

    note(auditing, "attack_output", "attack")
    note(numbers, "read_output", "numbers")
    note(auditing, "audit_pages", "pages")
    note(Study, "ask_second_opinion", "pingouin")
    return done


def run(study, formats=("pdf",), **how):
    settings = replace(read_settings(study / "climatekit.toml"), formats=formats)
    return run_study(settings, **how)


def read_manifest(outcome):
    return json.loads((outcome.path / FILE_NAME).read_bytes())


def add_line(study, line):
    with (study / "log.csv").open("a", encoding="utf-8") as file:
        file.write(line)


def test_a_line_of_the_log_leaves_the_attack_and_the_second_opinion_as_they_were(study, asked):
    first = run(study)
    assert sorted(asked) == sorted(ASKED)
    asked.clear()
    add_line(study, ALSO)
    second = run(study)

    # The levels are others, and are looked for in every file; nobody is attacked by them.
    assert sorted(asked) == ["numbers", "pages"]
    one, other = read_manifest(first), read_manifest(second)
    assert one["audited"]["attack"] == other["audited"]["attack"]
    assert one["audited"]["numbers"] != other["audited"]["numbers"]
    assert one["second_opinion"] == other["second_opinion"] != {}


def test_a_day_that_changes_no_number_leaves_the_tables_as_they_were(study, asked):
    run(study)
    asked.clear()
    (study / "log.csv").write_text(
        (study / "log.csv").read_text("utf-8").replace("2026-05-12", "2026-05-13"), "utf-8"
    )
    outcome = run(study)

    assert asked == ["pages"]
    assert outcome.exit_code == 0


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (lambda text: text, {"force": True}),
        (lambda text: text.replace("2026-06-01", "2026-06-02"), {}),
        (lambda text: text.replace("Spring 2026", "April 2026"), {}),
    ],
    ids=["forced", "another day", "another label"],
)
def test_after_any_other_change_all_is_done_again(study, asked, change, how):
    run(study)
    asked.clear()
    config = study / "climatekit.toml"
    config.write_text(change(config.read_text("utf-8")), "utf-8")
    run(study, **how)

    assert sorted(asked) == sorted(ASKED)


@pytest.mark.parametrize("told", [{}, [], None, {"attack": "0", "numbers": "0"}])
def test_what_a_manifest_does_not_tell_is_done_again(study, asked, told):
    first = run(study)
    manifest = read_manifest(first)
    manifest |= {"audited": told, "second_opinion": told}
    (first.path / FILE_NAME).write_text(json.dumps(manifest), "utf-8")
    asked.clear()
    add_line(study, ALSO)
    run(study)

    assert sorted(asked) == sorted(ASKED)


def test_a_breach_that_is_only_warned_of_is_found_again(study, asked, monkeypatch):
    honest = auditing.explain_breaches
    breach = auditing.Breach(rule="D9", attacker="subtractor", found="people", wave="w1")
    attack = auditing.attack_output
    monkeypatch.setattr(auditing, "attack_output", lambda *given: (*attack(*given), breach))
    monkeypatch.setattr(
        auditing,
        "explain_breaches",
        lambda found, **how: honest(found, **how | {"allowed": {"D9"}}),
    )
    first = run(study)
    asked.clear()
    add_line(study, ALSO)
    second = run(study)

    assert "attack" not in read_manifest(first)["audited"]
    assert "attack" in asked
    for outcome in (first, second):
        assert "CK711" in {problem.code for problem in outcome.problems}


def test_briefs_that_the_audit_reads_are_waited_for(study, monkeypatch):
    seen = []
    honest = making.audit_files

    def audit(files, *others, **how):
        seen.append({name for name in files if name.startswith(("oak", "elm"))})
        return honest(files, *others, **how)

    monkeypatch.setattr(making, "audit_files", audit)
    run(study, formats=("html", "pdf"))
    assert [len({name for name in one if name.endswith(".html")}) for one in seen] == [2]

    # Without a PDF engine a web page stands in for a PDF: nobody knew that it had to be read.
    seen.clear()
    missing = Problem(code="CK501", message="the PDF engine is missing")
    monkeypatch.setattr(batch, "check_pdf_engine", lambda: missing)
    run(study, force=True)
    assert [len({name for name in one if name.endswith(".html")}) for one in seen] == [0, 2]


def test_the_district_page_leads_to_no_brief_that_failed(study, monkeypatch):
    honest = batch.make_files

    def fail(job):
        made = honest(job)
        if job.brief.school_id == "Elm":
            fault = Problem(code="CK503", message="it does not fit")
            return replace(made, files={}, problems=(fault,))
        return made

    monkeypatch.setattr(batch, "make_files", fail)
    outcome = run(study)

    page = (outcome.path / "district.html").read_text("utf-8")
    assert (page.count('href="oak-'), page.count('href="elm-')) == (page.count('href="oak-'), 0)
    assert 'href="oak-' in page
    manifest = read_manifest(outcome)
    assert (manifest["refused"], list(manifest["briefs"])) == ({"Elm": "CK503"}, [
        name for name in manifest["briefs"] if name.startswith("oak")
    ])  # fmt: skip


@pytest.mark.parametrize(("schools", "workers", "apart"), [(100, 2, 1), (100, 1, 0), (99, 2, 0)])
def test_a_worker_reads_the_numbers_of_a_large_district(study, asked, schools, workers, apart):
    outcome = run(study)
    files = {path.name: path.read_bytes() for path in outcome.path.glob("*.[cjx]*")}
    wrong = files | {"scores.csv": files["scores.csv"].replace(b",12,", b",13,", 1)}
    asked.clear()

    for some, found in ((files, set()), (wrong, {("D17", "reader", "unlisted", "answered")})):
        limits = Limits(workers=workers)
        with numbers.auditing_numbers(some, SCALES, limits, schools=schools) as finish:
            told = finish()
        assert {(one.rule, one.attacker, one.found, one.subject) for one in told} == found
    # Nothing of it was done in this process where a worker is worth it.
    assert asked.count("numbers") == (0 if apart else 2)


def test_what_a_worker_cannot_read_is_told_of_here(study):
    outcome = run(study)
    files = {path.name: path.read_bytes() for path in outcome.path.glob("*.[cjx]*")}
    broken = files | {"ledger.csv": b"no ledger\n1\n"}

    with (
        numbers.auditing_numbers(broken, SCALES, Limits(workers=2), schools=100) as finish,
        pytest.raises(ValueError, match="not in"),
    ):
        finish()


def test_a_text_that_says_more_than_its_row_of_the_ledger_is_refused(study, monkeypatch):
    whole = making.write_ledger

    def loosen(entries):
        told = [
            one._replace(low=one.low - 20)
            if one.statistic == "points" and one.school == "Oak"
            else one
            for one in entries
        ]
        return whole(told)

    monkeypatch.setattr(making, "write_ledger", loosen)
    with pytest.raises(DisclosureError) as caught:
        run(study)

    assert {(one.code, one.column) for one in caught.value.problems} == {("CK711", "school Oak")}
    assert all("D17" in one.message for one in caught.value.problems)


def test_the_first_brief_of_a_large_district_is_at_work_before_the_last_is_built(study):
    settings = read_settings(study / "climatekit.toml")
    (brief, _) = build_briefs(load_study(settings), ("Oak", "Elm"))
    schools = {f"S{number}": f"School {number}" for number in range(100)}
    at_work = []

    def build():
        for school, name in schools.items():
            at_work.append(bool(multiprocessing.active_children()))
            if len(at_work) > 50:  # by now there is somebody
                while not multiprocessing.active_children():
                    pass
            yield replace(brief, school_id=school, school=name)

    limits = Limits(workers=2)
    with batch.rendering(build(), ("json",), schools=schools, limits=limits) as finish:
        rendered = finish()

    assert (at_work[0], at_work[-1]) == (False, True)
    assert len(rendered.files) == 100
    assert not rendered.failed
    names = [json.loads(content)["school"] for content in rendered.files.values()]
    assert names == list(schools.values())


def test_a_fault_while_briefs_are_built_leaves_no_worker(study):
    settings = read_settings(study / "climatekit.toml")
    (brief,) = build_briefs(load_study(settings), ("Oak",))
    schools = {f"S{number}": f"School {number}" for number in range(100)}

    def build():
        yield replace(brief, school_id="S0", school="School 0")
        raise ValueError("of all things")

    with (
        pytest.raises(ValueError, match="of all things"),
        batch.rendering(build(), ("json",), schools=schools, limits=Limits(workers=2)),
    ):
        pass

    assert multiprocessing.active_children() == []
