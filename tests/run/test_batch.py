"""Many briefs: only what changed is made, on any number of workers, and never mixed up."""

import json
from dataclasses import replace

import pytest
from plain_files import write_study

from climatekit.errors import InputError
from climatekit.knowledge.settings_file import read_settings
from climatekit.run.publishing.manifest import verify_release
from climatekit.run.release import run_study
from climatekit.run.workshop import batch, rendering
from climatekit.run.workshop.bench import MAKING

SCHOOLS = [f"S{number:02d}" for number in range(1, 25)]
SHARED = "S07,w2,shared_back,2026-05-12,all_staff,done\n"


@pytest.fixture
def study(tmp_path):
    """Write a study of as many schools as make workers worth while."""
    write_study(tmp_path, SCHOOLS, log=SHARED + SHARED.replace("S07", "S08"))
    return tmp_path


def settings_of(study, formats=("json",)):
    return replace(read_settings(study / "climatekit.toml"), formats=formats)


def read_all(path):
    return {one.name: one.read_bytes() for one in sorted(path.iterdir())}


def change_one(study):
    """Take the line of one school out of the evidence log, which changes its brief alone."""
    log = study / "log.csv"
    text = log.read_text(encoding="utf-8")
    assert SHARED in text
    log.write_text(text.replace(SHARED, ""), "utf-8")


def interrupt_at_tenth(settings, monkeypatch):
    """Begin a run that stops at the tenth brief; return the names asked for, then and later."""
    honest, asked = batch.make_files, []

    def stop_at_tenth(job):
        asked.append(job.name)
        if len(asked) == 10:
            raise KeyboardInterrupt
        return honest(job)

    monkeypatch.setattr(batch, "make_files", stop_at_tenth)
    with pytest.raises(KeyboardInterrupt):
        run_study(settings)
    return asked


def test_only_the_brief_that_changed_is_made_again(study, monkeypatch):
    settings = settings_of(study)
    first = run_study(settings)
    change_one(study)
    asked = []
    honest = rendering.to_json
    monkeypatch.setattr(
        rendering, "to_json", lambda brief: asked.append(brief.school_id) or honest(brief)
    )

    second = run_study(settings)

    assert asked == ["S07"]
    assert second.path != first.path
    assert "23 of them unchanged" in second.last_line
    assert verify_release(second.path) == ()
    before, after = read_all(first.path), read_all(second.path)
    differ = {name for name in after if before.get(name) != after[name]}
    (own,) = (name for name, content in after.items() if b'"school_id": "S07"' in content)
    changed = {name for name in differ if name.endswith(".json")}
    assert changed - {"district.json"} == {own, "manifest.json"}


def test_an_unchanged_brief_is_the_same_file_on_the_disk(study):
    settings = settings_of(study)
    first = run_study(settings)
    change_one(study)

    second = run_study(settings)

    shared = [
        path.name
        for path in second.path.glob("*-????????.json")
        if (first.path / path.name).exists() and path.samefile(first.path / path.name)
    ]
    assert len(shared) == 23


def share_on_another_day(study):
    """Change the day in one line of the log: the district's page and tables say the same."""
    log = study / "log.csv"
    log.write_text(log.read_text(encoding="utf-8").replace(SHARED, SHARED.replace("12,", "13,")))


def list_shared(first, second):
    """Return which files of a release, but for briefs, are those of the one before."""
    return {
        path.name
        for path in second.path.iterdir()
        if path not in set(second.path.glob("*-????????.*"))
        and (first.path / path.name).exists()
        and path.samefile(first.path / path.name)
    }


def test_a_page_or_workbook_that_says_the_same_is_the_same_file_on_the_disk(study):
    settings = replace(settings_of(study, ("html", "pdf", "json")), also_in=("es",))
    first = run_study(settings)
    share_on_another_day(study)

    second = run_study(settings)

    assert second.path != first.path
    assert list_shared(first, second) == {
        *(f"district{tag}.{form}" for tag in ("", ".es") for form in ("html", "pdf", "json")),
        "results.xlsx",
        "results.es.xlsx",
    }
    assert verify_release(second.path) == ()


@pytest.mark.parametrize("how", ["look", "forced", "damaged", "told otherwise"])
def test_a_page_that_is_not_the_same_any_more_is_made_again(study, how):
    settings = settings_of(study, ("html",))
    first = run_study(settings)
    pages = [first.path / "district.html", first.path / "results.xlsx"]
    whole = [page.read_bytes() for page in pages]
    if how == "look":
        settings = replace(settings, look=replace(settings.look, accent="#7a1f1f"))
    elif how == "damaged":
        for page, content in zip(pages, whole, strict=True):
            page.write_bytes(content[:-1])
    if how == "told otherwise":
        change_one(study)
    else:
        share_on_another_day(study)

    second = run_study(settings, force=how == "forced")

    assert not list_shared(first, second)
    again = [(second.path / page.name).read_bytes() for page in pages]
    assert [one == other for one, other in zip(whole, again, strict=True)] == [
        how in {"forced", "damaged"}
    ] * 2


def test_a_brief_that_somebody_changed_in_the_last_release_is_made_again(study):
    settings = settings_of(study)
    first = run_study(settings)
    damaged = next(first.path.glob("*-????????.json"))
    whole = damaged.read_bytes()
    damaged.write_bytes(whole.replace(b"1", b"2"))
    change_one(study)

    second = run_study(settings)

    assert verify_release(second.path) == ()
    assert (second.path / damaged.name).read_bytes() == whole


def test_an_interrupted_run_goes_on_where_it_was(study, monkeypatch):
    settings = settings_of(study)
    asked = interrupt_at_tenth(settings, monkeypatch)
    left = list(settings.output.glob(f"{MAKING}*"))

    outcome = run_study(settings)

    assert len(left) == 1
    assert len(asked) == 10 + 15
    assert len(set(asked)) == 24
    assert outcome.exit_code == 0
    assert not list(settings.output.glob(f"{MAKING}*"))


def test_half_written_work_of_an_interrupted_run_is_not_used(study, monkeypatch):
    settings = settings_of(study)
    asked = interrupt_at_tenth(settings, monkeypatch)
    (left,) = settings.output.glob(f"{MAKING}*")
    half = left / f"{asked[0]}.json"
    half.write_bytes(half.read_bytes()[:100])
    (left / f"{asked[1]}.done.json").write_text('{"files": 3}', encoding="utf-8")

    outcome = run_study(settings)

    assert len(asked) == 10 + 17
    assert verify_release(outcome.path) == ()
    assert all(json.loads(path.read_bytes()) for path in outcome.path.glob("*.json"))


def test_other_input_clears_what_an_interrupted_run_left(study, monkeypatch):
    settings = settings_of(study)
    monkeypatch.setattr(batch, "make_files", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_study(settings)
    monkeypatch.undo()
    change_one(study)

    run_study(settings)

    assert not list(settings.output.glob(f"{MAKING}*"))


def interrupt(_job):
    raise KeyboardInterrupt


def test_force_makes_every_brief_again_and_publishes_no_double(study, monkeypatch):
    settings = settings_of(study)
    first = run_study(settings)
    honest, asked = batch.make_files, []
    monkeypatch.setattr(batch, "make_files", lambda job: asked.append(job.name) or honest(job))

    second = run_study(settings, force=True)

    assert len(asked) == 24
    assert second.path == first.path
    assert len(list(settings.output.glob("release-*"))) == 1


def test_a_failed_school_alone_is_tried_again(study, monkeypatch):
    settings = settings_of(study, ("html",))
    honest = rendering.render_html
    monkeypatch.setattr(
        rendering,
        "render_html",
        lambda brief, **how: honest(brief, **how) if brief.school_id != "S07" else 1 / 0,
    )
    first = run_study(settings)
    asked = []
    monkeypatch.setattr(
        rendering,
        "render_html",
        lambda brief, **how: asked.append(brief.school_id) or honest(brief, **how),
    )

    second = run_study(settings)

    assert first.exit_code == 1
    assert second.exit_code == 0
    assert asked == ["S07"]
    assert len(list(second.path.glob("*-????????.html"))) == 24


def test_progress_counts_up_to_all(study):
    told = []

    run_study(settings_of(study), progress=lambda *now: told.append(now))

    assert told == [(done, 24, 0) for done in range(25)]


def test_only_failed_makes_what_failed_and_refuses_when_more_changed(study, monkeypatch):
    settings = settings_of(study, ("html",))
    honest = rendering.render_html
    monkeypatch.setattr(
        rendering,
        "render_html",
        lambda brief, **how: honest(brief, **how) if brief.school_id != "S07" else 1 / 0,
    )
    assert run_study(settings).exit_code == 1
    monkeypatch.undo()
    log = (study / "log.csv").read_bytes()
    change_one(study)
    with pytest.raises(InputError) as caught:
        run_study(settings, only_failed=True)
    (study / "log.csv").write_bytes(log)

    mended = run_study(settings, only_failed=True)
    change_one(study)
    idle = run_study(settings, only_failed=True)

    assert [problem.code for problem in caught.value.problems] == ["CK150"]
    assert (mended.exit_code, mended.unchanged, mended.schools) == (0, 23, 24)
    assert idle.idle
    assert idle.path == mended.path


def test_nothing_to_do_touches_nothing_not_even_the_lock(study):
    settings = settings_of(study)
    run_study(settings)
    before = {
        path: path.stat().st_mtime_ns for path in (settings.output, *settings.output.rglob("*"))
    }

    assert run_study(settings).idle

    after = {
        path: path.stat().st_mtime_ns for path in (settings.output, *settings.output.rglob("*"))
    }
    assert after == before


def test_what_a_killed_run_left_is_cleared_up_though_there_is_nothing_to_do(study):
    settings = settings_of(study)
    run_study(settings)
    (settings.output / f"{MAKING}00000000").mkdir()
    (settings.output / ".staging-old-release-1-00000000").mkdir()

    assert run_study(settings).idle

    assert not [path for path in settings.output.iterdir() if path.name.startswith((".s", ".m"))]


def test_another_number_of_kept_releases_is_nothing_new(study):
    settings = settings_of(study)
    run_study(settings)

    assert run_study(replace(settings, keep=2)).idle
