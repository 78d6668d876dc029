"""The doctor tries what a run needs; each line is ok, warn or fail, with its mend."""

import errno
import os
import shutil

import filelock
import pytest

from climatekit.errors import OutputError, Problem, RenderError
from climatekit.report import pdf
from climatekit.run import diagnosis
from climatekit.run.diagnosis import diagnose
from climatekit.run.workshop import cluster


def by_name(findings):
    return {finding.name: finding for finding in findings}


def test_a_machine_and_a_folder_that_work_are_ok_line_by_line(climatekit, study):
    (study / "briefs").mkdir()

    ended = climatekit("doctor")

    lines = [line.split()[:3] for line in ended.out.splitlines() if line[:1] != " "]
    assert ended.code == 0, ended.out
    assert {line[0] for line in lines} >= {"Versions", "Fonts", "Locale", "Clock", "Disk", "Lock"}
    assert "fail" not in {line[1] for line in lines}
    assert list((study / "briefs").iterdir()) == []
    assert max(map(len, ended.out.splitlines())) <= 80


def test_a_folder_that_is_not_there_yet_is_tried_where_it_will_be(tmp_path):
    found = by_name(diagnose(tmp_path / "new" / "briefs"))

    assert found["Writing"].word == found["Renaming"].word == "ok"
    assert "not there yet" in found["Output folder"].text
    assert list(tmp_path.iterdir()) == []


def test_a_page_set_in_another_font_or_not_at_all_is_a_failure(monkeypatch):
    monkeypatch.setattr(pdf, "list_fonts", lambda *_: frozenset({"DejaVu Sans"}))
    other = by_name(diagnose())["Fonts"]

    def refuse(*_):
        raise RenderError(Problem(code="CK502", message="no", mend="inline it"))

    monkeypatch.setattr(pdf, "list_fonts", refuse)
    none = by_name(diagnose())["Fonts"]

    assert (other.word, none.word, none.mend) == ("fail", "fail", "inline it")


def test_without_a_pdf_engine_the_lines_that_install_it_are_told(monkeypatch, climatekit):
    missing = Problem(code="CK501", message="the PDF engine cannot start", mend="apt-get\nbrew")
    monkeypatch.setattr(pdf, "check_pdf_engine", lambda: missing)

    ended = climatekit("doctor")

    assert ended.code == 1
    assert "PDF engine     fail  the PDF engine cannot start" in ended.out
    assert "mend: brew" in ended.out


@pytest.mark.parametrize(("step", "name"), [("fsync", "Writing"), ("rename", "Renaming")])
def test_a_disk_that_refuses_a_step_is_a_failure_of_that_line(tmp_path, monkeypatch, step, name):
    def refuse(*_, **_how):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, step, refuse)

    found = by_name(diagnose(tmp_path))

    assert found[name].word == "fail"
    assert "Input/output error" in found[name].text
    assert found["Lock"].word == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_locks_for_two_at_once_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(diagnosis, "FileLock", Permissive)

    assert by_name(diagnose(tmp_path))["Lock"].word == "fail"


class Permissive(filelock.SoftFileLock):
    def _acquire(self):
        self._context.lock_file_fd = os.open(self.lock_file, os.O_RDWR | os.O_CREAT)


@pytest.mark.parametrize(
    ("free", "word"), [(1 << 20, "fail"), (200 << 20, "warn"), (1 << 40, "ok")]
)
def test_a_disk_that_fills_up_is_told_before_it_is_full(tmp_path, monkeypatch, free, word):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1 << 41, 0, free))

    assert by_name(diagnose(tmp_path))["Disk"].word == word


def test_what_is_wrong_with_a_cluster_is_told_worker_by_worker(monkeypatch):
    def refuse(_address):
        raise OutputError([Problem(code="CK553", message="another", file=one) for one in "ab"])

    monkeypatch.setattr(cluster, "open_cluster", refuse)

    told = [one for one in diagnose(cluster="dask://127.0.0.1:1") if one.name == "Cluster"]

    assert [(one.word, one.text) for one in told] == [
        ("fail", "a: another"),
        ("fail", "b: another"),
    ]


def test_file_names_that_are_not_utf8_and_a_clock_of_1970_are_warnings(monkeypatch):
    monkeypatch.setattr(diagnosis.sys, "getfilesystemencoding", lambda: "ascii")
    monkeypatch.setattr(diagnosis.time, "localtime", lambda: diagnosis.time.gmtime(0))

    found = by_name(diagnose())

    assert (found["Locale"].word, found["Clock"].word) == ("warn", "warn")
    assert found["Locale"].mend
