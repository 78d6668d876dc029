"""The district's page and the technical note, printed beside the run that they belong to."""

import pytest
from plain_files import write_study

from climatekit.errors import OutputError
from climatekit.knowledge.settings_file import read_settings
from climatekit.report.look import Look
from climatekit.run import making, release
from climatekit.run.audit.auditing import audit_files
from climatekit.run.pages.district_files import build_page
from climatekit.run.pages.note_files import build_note
from climatekit.run.pages.printing import PageJob, gather_files, print_files, printing
from climatekit.run.study import load_study
from climatekit.run.workshop.workers import Ended, Limits

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    write_study(folder)
    study = load_study(read_settings(folder / "climatekit.toml"))
    return (
        PageJob(build_page(study, {}), "district", ("html",), Look()),
        PageJob(build_note(study, {}, {}), "technical_note", ("html",), Look()),
    )


def test_workers_print_what_this_process_prints(jobs):
    with printing(jobs, Limits(workers=1), schools=100) as ends:
        here = gather_files(jobs, ends)
    with printing(jobs, Limits(workers=2), schools=100) as ends:
        there = gather_files(jobs, ends)

    assert list(here) == ["district.html", "technical_note.html"]
    assert there == here
    assert list(there) == list(here)


def test_all_but_what_is_printed_is_there_for_the_audit(tmp_path, monkeypatch):
    write_study(tmp_path)
    seen = []

    def audit(files, *others, **more):
        seen.extend(files)
        return audit_files(files, *others, **more)

    monkeypatch.setattr(making, "audit_files", audit)
    outcome = release.run_study(read_settings(tmp_path / "climatekit.toml"))

    published = {path.name for path in outcome.path.iterdir()}
    assert {"district.html", "district.json", "technical_note.html"} <= set(seen)
    assert published - {"manifest.json"} == set(seen)


def test_a_page_whose_worker_died_is_printed_here(jobs):
    made = gather_files(jobs[:1], iter([Ended("district", None, "died")]))

    assert made == print_files(jobs[0]).files


def test_a_template_of_ones_own_that_never_ends_is_given_up(jobs, tmp_path):
    (tmp_path / "page.html.j2").write_text(ENDLESS, encoding="utf-8")
    own = (PageJob(jobs[0].page, "district", ("html",), Look(templates=tmp_path)),)

    with (
        printing(own, Limits(seconds=1), schools=2) as ends,
        pytest.raises(OutputError) as refused,
    ):
        gather_files(own, ends)

    assert refused.value.problems[0].code == "CK532"
    assert refused.value.problems[0].file == "district"
