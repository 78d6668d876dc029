"""One poisoned school among 200, and two runs at once: each costs only itself."""

import json
import time

import pytest
from launching import (
    STATES,
    list_left,
    read_current,
    read_end,
    set_state,
    write_study,
)
from poison import HURT

SCHOOLS = 200
RUN = ("run", "--workers", "2", "--timeout", "1", "--memory", "1024", "--force")
PAIRS = 20
CODES = {"exception": "CK902", "crash": "CK531", "loop": "CK532", "memory": "CK533"}


@pytest.fixture(scope="module")
def district(launcher, tmp_path_factory):
    """Return a study of 200 schools, and how long a clean run takes."""
    schools = [f"School {number}" for number in range(SCHOOLS)]
    folder = write_study(tmp_path_factory.mktemp("district"), schools=schools)
    started = time.monotonic()
    assert launcher.run(folder, *RUN) == 0, read_end(folder)
    return folder, time.monotonic() - started


@pytest.mark.parametrize("way", CODES)
def test_a_poisoned_school_costs_one_school_and_less_than_twice_the_time(way, launcher, district):
    folder, clean = district
    started = time.monotonic()

    code = launcher.run(folder, *RUN, patch="poison", env={"POISON": way})

    lasted = time.monotonic() - started
    told = read_end(folder)
    record = json.loads((folder / "briefs" / "run.json").read_text(encoding="utf-8"))
    assert code == 1, told
    assert record["schools"] == SCHOOLS - 1
    assert record["failed"] == {HURT: CODES[way]}
    assert "Traceback" not in told
    read_current(folder / "briefs")
    started = time.monotonic()
    assert launcher.run(folder, *RUN) == 0
    clean = max(clean, time.monotonic() - started)  # a busy machine slows either
    assert lasted < 2 * clean, f"{lasted:.1f} s; clean {clean:.1f} s"
    times = lasted / clean
    print(f"{way}: {SCHOOLS - 1} of {SCHOOLS} published, {times:.2f} times the clean {clean:.1f} s")


def test_two_runs_at_once_are_one_run(launcher, sealed, tmp_path):
    output = write_study(tmp_path) / "briefs"
    assert launcher.run(tmp_path) == 0
    ends = {}
    for number in range(PAIRS):
        state = STATES[(number + 1) % 2]
        set_state(tmp_path, state)
        wait = ("--wait", "60") if number % 2 else ()
        pair = [launcher.start(tmp_path, "run", *wait, name=name, gate=True) for name in "ab"]
        for child in pair:
            launcher.go(child)
        codes = sorted(launcher.wait(child) for child in pair)

        # The loser finds the lock held, or comes when the winner has just published.
        assert codes == [0, 0] or (codes == [0, 8] and not wait), read_end(tmp_path, "a")
        assert read_current(output) == sealed[state]
        assert list_left(output) == []
        ends[tuple(codes)] = ends.get(tuple(codes), 0) + 1
    print(f"{PAIRS} pairs: {ends}")
