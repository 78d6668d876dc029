"""What cron and a monitor see: the record, the log, the command, status and rollback."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from plain_files import write_study


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Write a study of two schools, one of which shared its results back."""
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path, log="Oak,w2,shared_back,2026-05-12,all_staff,done\n")
    return tmp_path


@pytest.fixture
def many(tmp_path, monkeypatch):
    """Write a study of so many briefs that a run of them can be stopped in the middle."""
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path, [f"S{number:02d}" for number in range(1, 13)])
    return tmp_path


def read_record(study):
    return json.loads((study / "briefs" / "run.json").read_text(encoding="utf-8"))


def read_log(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_writes_down_how_it_ended(climatekit, study):
    ended = climatekit("run", "--log-file", "run.log")

    record = read_record(study)
    assert ended.code == record["exit_code"] == 0
    assert record["schema"] == "climatekit/run/1"
    assert record["release"] == Path(ended.out.strip()).name
    assert record["schools"] == 2
    assert record["failed"] == {}
    assert record["summary"] == ended.err.strip().splitlines()[-1]
    assert datetime.fromisoformat(record["started"]) <= datetime.fromisoformat(record["ended"])
    (line,) = [one for one in read_log(study / "run.log") if one["event"] == "end"]
    assert line["exit_code"] == 0


def test_nothing_to_do_is_not_written_down_and_quiet_says_nothing(climatekit, study):
    climatekit("run")
    before = (study / "briefs" / "run.json").read_bytes()

    again = climatekit("run", "--log-file", "run.log", "--quiet")

    assert (again.code, again.err) == (0, "")
    assert (study / "briefs" / "run.json").read_bytes() == before
    assert not (study / "run.log").exists()


def test_a_refusal_is_written_down_without_what_was_found(climatekit, study):
    climatekit("run")
    export = max((study / "exports").glob("*.csv"))
    text = export.read_text(encoding="utf-8")
    export.write_text(text.replace(",3", ",Sekret wording"), encoding="utf-8")

    ended = climatekit("run", "--log-file", "run.log")

    assert ended.code == 3
    record = read_record(study)
    assert record["exit_code"] == 3
    assert record["release"] is None
    assert record["codes"]
    log = read_log(study / "run.log")
    assert {one["code"] for one in log if one["event"] == "problem"} == set(record["codes"])
    assert "Sekret" not in (study / "run.log").read_text(encoding="utf-8")
    assert "Sekret" not in (study / "briefs" / "run.json").read_text(encoding="utf-8")


def test_what_one_person_answered_is_in_no_message(climatekit, study):
    export = max((study / "exports").glob("*.csv"))
    text = export.read_text(encoding="utf-8")
    export.write_text(text.replace(",3", ",2 - Agree", 1), encoding="utf-8")

    ended = climatekit("run", "--log-file", "run.log")

    assert ended.code == 3
    (told,) = [one for one in read_log(study / "run.log") if one["event"] == "problem"]
    assert told["code"] == "CK205"
    assert not [char for char in told["message"] if char.isdigit()]
    assert told["message"] in read_record(study)["summary"]


def test_the_command_gets_the_record_on_its_input(climatekit, study):
    script = study / "tell.py"
    script.write_text(
        "import sys, pathlib\npathlib.Path('told.json').write_text(sys.stdin.read())\n", "utf-8"
    )

    join = subprocess.list2cmdline if sys.platform == "win32" else shlex.join
    climatekit("run", "--notify-command", join([sys.executable, str(script)]))

    told = json.loads((study / "told.json").read_text(encoding="utf-8"))
    assert told == read_record(study)


@pytest.mark.parametrize("command", ["no-such-command-here", "false", '"'])
@pytest.mark.usefixtures("study")
def test_a_command_that_fails_is_a_warning(climatekit, command):
    ended = climatekit("run", "--notify-command", command)

    assert ended.code == 0
    assert "warning[CK541]" in ended.err


def test_status_tells_the_release_and_finds_what_is_wrong(climatekit, study):
    none = climatekit("status", "--out", ".")
    climatekit("run")
    well = climatekit("status")
    release = next((study / "briefs").glob("release-*"))
    damaged = next(release.glob("*-????????.json"))
    damaged.write_bytes(damaged.read_bytes() + b" ")
    ill = climatekit("status", "--format", "json")

    assert none.code == 1
    assert "nothing is published" in none.out
    assert well.code == 0
    assert f"{release.name}: 2 schools" in well.out
    assert "all well" in well.out
    assert ill.code == 1
    assert json.loads(ill.out)["faults"] == ["1 file not as published"]


def test_a_run_that_is_too_old_is_a_fault(climatekit, study):
    climatekit("run")
    record = read_record(study)
    record["ended"] = "2020-01-01T05:30:00Z"
    (study / "briefs" / "run.json").write_text(json.dumps(record), encoding="utf-8")

    assert climatekit("status", "--max-age", "30").code == 1
    assert climatekit("status").code == 0


def test_rollback_moves_the_pointer_and_back_again(climatekit, study):
    first = climatekit("run").out.strip()
    log = study / "log.csv"
    log.write_text(log.read_text("utf-8").replace("2026-05-12", "2026-05-13"), "utf-8")
    second = climatekit("run").out.strip()

    back = climatekit("rollback")
    forth = climatekit("rollback", Path(second).name)

    assert Path(back.out.strip()).name == Path(first).name != Path(second).name
    assert Path(forth.out.strip()).name == Path(second).name
    assert climatekit("status").code == 0
    assert not list((study / "briefs").glob(".staging*"))


class Panic(BaseException):
    """What a library in Rust raises: no Exception."""


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [(MemoryError, 6, "CK605"), (RuntimeError, 70, "CK900"), (Panic, 70, "CK900")],
)
def test_a_fault_ends_without_a_traceback_and_is_written_down(
    climatekit, study, monkeypatch, fault, code, told
):
    def fail(*_args, **_how):
        raise fault("Elm answered 3")

    monkeypatch.setattr("climatekit.run.release.load_study", fail)
    ended = climatekit("run")

    assert ended.code == read_record(study)["exit_code"] == code
    assert told in ended.err
    assert "Traceback" not in ended.err
    assert "Elm" not in ended.err
    assert not list((study / "briefs").glob("release-*"))


def test_a_run_does_not_undo_a_rollback(climatekit, study):
    first = Path(climatekit("run").out.strip()).name
    log = study / "log.csv"
    log.write_text(log.read_text("utf-8").replace("2026-05-12", "2026-05-13"), "utf-8")
    second = Path(climatekit("run").out.strip()).name
    climatekit("rollback")

    idle = climatekit("run")
    told = climatekit("status")
    forced = climatekit("run", "--force")
    again = climatekit("run")

    assert (idle.code, Path(idle.out.strip()).name) == (0, first)
    assert f"nothing to do, {second} was rolled back" in idle.err
    assert told.code == 0
    assert f"rolled back: {second}" in told.out
    assert Path(forced.out.strip()).name == Path(again.out.strip()).name == second
    assert "rolled back" not in climatekit("status").out


def test_a_run_after_a_rollback_publishes_what_has_changed(climatekit, study):
    first = Path(climatekit("run").out.strip()).name
    log = study / "log.csv"
    log.write_text(log.read_text("utf-8").replace("2026-05-12", "2026-05-13"), "utf-8")
    climatekit("run")
    climatekit("rollback")
    log.write_text(log.read_text("utf-8").replace("2026-05-13", "2026-05-14"), "utf-8")

    mended = climatekit("run", "--keep", "2")
    left = sorted(path.name[:9] for path in (study / "briefs").glob("release-*"))
    told = climatekit("status").out
    back = climatekit("rollback")

    assert mended.code == 0
    assert Path(mended.out.strip()).name.startswith("release-3-")
    assert left == ["release-1", "release-3"]
    assert "rolled back" not in told
    assert Path(back.out.strip()).name == first


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Unix")
@pytest.mark.parametrize("gone", [("stdout",), ("stdout", "stderr")], ids="+".join)
def test_a_reader_that_has_gone_changes_neither_release_nor_exit(study, gone):
    env = {**os.environ, "PYTHONPATH": str(Path(sys.modules["climatekit"].__file__).parents[1])}

    def end(*verb):
        read, write = os.pipe()
        os.close(read)
        streams = dict.fromkeys(gone, write)
        command = [sys.executable, "-m", "climatekit", *verb]
        done = subprocess.run(command, env=env, check=False, **streams)
        os.close(write)
        return done.returncode

    assert end("run") == 0
    assert end("status") == 0
    assert read_record(study)["exit_code"] == 0
    assert len(list((study / "briefs").glob("release-*"))) == 1


@pytest.mark.parametrize("name", ["release-9-00000000", "../elsewhere"])
def test_rollback_to_no_release_is_refused(climatekit, study, name):
    climatekit("run")
    before = (study / "briefs" / "latest.json").read_bytes()

    ended = climatekit("rollback", name)

    assert ended.code == 5
    assert "CK542" in ended.err
    assert (study / "briefs" / "latest.json").read_bytes() == before


@pytest.mark.usefixtures("study")
def test_rollback_of_the_only_release_says_that_none_is_before_it(climatekit):
    released = Path(climatekit("run").out.strip()).name

    ended = climatekit("rollback")

    assert ended.code == 5
    assert "there is no release before the current one" in ended.err
    assert released in json.loads(climatekit("status", "--format", "json").out)["releases"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_a_stopped_run_is_written_down_and_the_next_goes_on(many):
    config = many / "climatekit.toml"
    config.write_text(
        config.read_text("utf-8").replace('formats = ["json"]', 'formats = ["pdf"]'), "utf-8"
    )
    command = [sys.executable, "-m", "climatekit", "run"]
    env = {**os.environ, "PYTHONPATH": str(Path(sys.modules["climatekit"].__file__).parents[1])}
    run = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not list(many.glob("briefs/.making-*/*.done.json")):
        assert time.monotonic() < end
        assert run.poll() is None
        time.sleep(0.02)

    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=30)

    assert run.returncode == 143
    assert read_record(many)["exit_code"] == 143
    assert not list((many / "briefs").glob("release-*"))
    again = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert "unchanged" in again.stderr
