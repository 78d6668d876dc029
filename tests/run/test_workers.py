"""Many jobs on a few processes: who dies, hangs or eats memory costs only itself."""

import errno
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from run.worker_tasks import double, misbehave, tell_process, write_down

from climatekit.run.workshop.workers import Limits, work_off, working

TWO = Limits(workers=2, seconds=2, megabytes=2048)


def numbered(jobs):
    return [(str(number), job) for number, job in enumerate(jobs)]


def by_key(ended):
    return {one.key: (one.result, one.failure) for one in ended}


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_job_is_done_once_by_any_number_of_workers(workers):
    ended = list(work_off(numbered(range(40)), double, Limits(workers=workers)))

    assert sorted(int(one.key) for one in ended) == list(range(40))
    assert all(one.result == 2 * int(one.key) and not one.failure for one in ended)


@pytest.mark.parametrize(
    ("poison", "failure"),
    [("die", "died"), ("segfault", "died"), ("hang", "time"), ("hog", "memory")],
)
def test_a_job_that_goes_wrong_costs_only_itself(poison, failure):
    jobs = [*range(5), poison, *range(6, 12)]

    ended = by_key(work_off(numbered(jobs), misbehave, TWO))

    assert ended.pop("5") == (None, failure)
    assert ended == {str(job): (2 * job, "") for job in jobs if job != poison}


def test_four_bad_jobs_among_many_are_all_told_apart():
    jobs = [0, "die", 2, "hog", 4, 5, "segfault", 7, "hang", 9]

    ended = by_key(work_off(numbered(jobs), misbehave, TWO))

    assert {key: failure for key, (_, failure) in ended.items() if failure} == {
        "1": "died",
        "3": "memory",
        "6": "died",
        "8": "time",
    }


def test_a_job_whose_worker_was_killed_from_outside_is_tried_again(tmp_path):
    jobs = [1, ("die once", str(tmp_path / "mark")), 3]

    ended = by_key(work_off(numbered(jobs), misbehave, TWO))

    assert ended["1"] == ("second time", "")


def test_workers_are_renewed_and_use_one_thread_each():
    ended = list(work_off(numbered(range(20)), tell_process, Limits(workers=2, renew=4)))

    processes = [one.result[0] for one in ended]
    assert len(set(processes)) >= 5
    assert max(processes.count(one) for one in set(processes)) <= 4
    assert os.getpid() not in processes
    assert {one.result[1] for one in ended} == {"1"}


def test_closing_the_iterator_ends_the_workers():
    ended = work_off(numbered([0, 1, "hang", "hang", "hang"]), misbehave, TWO)
    next(ended)
    started = time.monotonic()

    ended.close()

    assert time.monotonic() - started < TWO.seconds


def test_no_worker_waits_for_whoever_will_ask_for_the_ends(tmp_path):
    jobs = numbered([str(tmp_path / f"{number}.done") for number in range(6)])

    with working(jobs, write_down, TWO) as ends:
        wait_until(lambda: len(list(tmp_path.glob("*.done"))) == 6)
        assert {one.key for one in ends} == {key for key, _ in jobs}


def test_ends_that_nobody_asks_for_keep_no_worker_alive():
    many = numbered(range(500))

    started = time.monotonic()
    with working(many, double, TWO) as ends:
        next(ends)

    assert time.monotonic() - started < TWO.seconds
    assert "supervise" not in " ".join(one.name for one in threading.enumerate())


def test_what_goes_wrong_beside_the_block_is_raised_where_the_ends_are_asked_for():
    def list_jobs():
        yield "0", 1
        raise OSError(errno.ENOSPC, "no room")

    with (
        working(list_jobs(), double, TWO) as ends,
        pytest.raises(OSError, match="no room"),
    ):
        list(ends)


def test_a_machine_without_room_for_a_thread_is_told_as_any_other_refusal(monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)

    with pytest.raises(OSError, match="no room"):
        list(work_off(numbered([1]), double, TWO))


def test_the_collector_is_on_again_after_work_in_this_process():
    list(work_off(numbered(range(3)), double, Limits(workers=1)))

    assert gc.isenabled()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_no_worker_outlives_a_parent_that_is_killed(tmp_path):
    script = (
        "import sys\n"
        "from climatekit.run.workshop.workers import Limits, work_off\n"
        "from run.worker_tasks import write_down_and_hang\n"
        "if __name__ == '__main__':\n"
        "    jobs = [(str(n), sys.argv[1]) for n in range(2)]\n"
        "    list(work_off(jobs, write_down_and_hang, Limits(workers=2, seconds=600)))\n"
    )
    (tmp_path / "parent.py").write_text(script, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    wait_until(lambda: len(list(tmp_path.glob("*.pid"))) == 2)
    children = [int(path.stem) for path in tmp_path.glob("*.pid")]

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    wait_until(lambda: not any(is_alive(child) for child in children))


UNGUARDED = """
import sys
sys.path[:0] = {path!r}
from climatekit.run.workshop.workers import Limits, work_off
from run.worker_tasks import double
print("begun", flush=True)
jobs = [(str(number), number) for number in range(4)]
print(sorted(one.result for one in work_off(jobs, double, Limits(workers=2))))
"""


def test_a_script_that_begins_a_run_is_not_run_again_by_each_worker(tmp_path):
    script = tmp_path / "batch.py"
    script.write_text(UNGUARDED.format(path=sys.path), "utf-8")

    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)

    assert done.stdout.split("\n")[:2] == ["begun", "[0, 2, 4, 6]"], done.stderr


def wait_until(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def is_alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
