"""Runs killed at random moments: nothing lost, half or mixed, and the next run just works."""

import collections
import os
import random
import signal
import statistics
import time
from pathlib import Path

import pytest
from launching import STATES, list_left, read_current, read_end, set_state, write_study

KILLS = 200
PARTS = 2


@pytest.mark.parametrize("part", range(PARTS))
def test_a_run_killed_at_a_random_moment_loses_nothing(part, launcher, sealed, tmp_path):
    kills = KILLS // PARTS
    random_moment = random.Random(20260401 + part)
    output = write_study(tmp_path) / "briefs"
    assert launcher.run(tmp_path) == 0
    lasts = time_run(launcher, tmp_path)
    recent = collections.deque([lasts], maxlen=9)
    before = STATES[0]
    struck = 0
    attempts = 0
    while struck < kills:  # a kill that comes after the end proves nothing
        attempts += 1
        assert attempts < 2 * kills + 10, "most kills come too late"
        state = STATES[attempts % 2]
        set_state(tmp_path, state)
        child = launcher.start(tmp_path)
        time.sleep(random_moment.uniform(0, 1.1 * lasts))
        os.kill(child, signal.SIGKILL)
        struck += launcher.wait(child) == -signal.SIGKILL

        current = read_current(output)
        assert current in {sealed[before], sealed[state]}

        started = time.monotonic()
        assert launcher.run(tmp_path) == 0, read_end(tmp_path)
        if current == sealed[before]:  # how long a run takes changes with what else is at work
            recent.append(time.monotonic() - started)
            lasts = statistics.median(recent)
        assert read_current(output) == sealed[state]
        assert list_left(output) == []
        before = state
    print(f"{struck} kills struck a run of {lasts:.2f} s; {attempts - struck} came too late")


def time_run(launcher, folder):
    times = []
    for number in range(5):
        set_state(folder, STATES[(number + 1) % 2])
        started = time.monotonic()
        assert launcher.run(folder) == 0
        times.append(time.monotonic() - started)
    set_state(folder, STATES[0])
    assert launcher.run(folder) == 0
    return statistics.median(times)


def test_a_killed_run_with_workers_leaves_none_behind(launcher, tmp_path):
    random_moment = random.Random(20260401)
    schools = [f"School {number}" for number in range(24)]
    output = write_study(tmp_path, schools=schools) / "briefs"
    assert launcher.run(tmp_path, "run", "--workers", "2") == 0
    for number in range(4):
        set_state(tmp_path, STATES[(number + 1) % 2])
        child = launcher.start(tmp_path, "run", "--workers", "2")
        wait_until(lambda child=child: find_descendants(child) or not is_there(child))
        time.sleep(random_moment.uniform(0, 2))
        family = find_descendants(child)
        os.kill(child, signal.SIGKILL)
        launcher.wait(child)
        wait_until(lambda family=family: not any(map(is_there, family)), seconds=5)

        read_current(output)
        assert launcher.run(tmp_path, "run", "--workers", "2") == 0, read_end(tmp_path)
        assert list_left(output) == []


def find_descendants(process):
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(told[1])
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def is_there(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
