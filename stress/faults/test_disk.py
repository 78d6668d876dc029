"""A disk that refuses: each call in turn, each size of a small disk, and the order of flushes."""

import ctypes
import errno
import os
import re
import shutil
import subprocess

import pytest
from launching import STATES, list_left, read_current, read_end, set_state, write_study
from plain_files import hash_tree

CALLS = {
    "write": "write",
    "fsync": "fsync",
    "rename": "rename,renameat,renameat2",
    "open": "openat",
    "close": "close",
}
ERRORS = ("ENOSPC", "EIO", "EMFILE")
# Each call of a run in turn would be thousands of runs for these two: a walk through all.
EACH = 8  # kB more, from one small disk to the next
STRIDE = {"open": 6, "close": 6}
PLAIN_ENDS = {0, 1, 3, 4, 5, 6}


def why_no_strace():
    if shutil.which("strace") is None:
        return "strace is not installed"
    with subprocess.Popen(["sleep", "5"]) as sleeper:
        trial = ["strace", "-qq", "-p", str(sleeper.pid), "-e", "trace=none", "-o", os.devnull]
        with subprocess.Popen(trial, stderr=subprocess.PIPE, text=True) as tracer:
            try:
                tracer.wait(1)
                return f"strace may not trace here: {tracer.stderr.read().strip()}"
            except subprocess.TimeoutExpired:
                return None
            finally:
                tracer.terminate()
                sleeper.kill()


NO_STRACE = why_no_strace()
needs_strace = pytest.mark.skipif(NO_STRACE is not None, reason=str(NO_STRACE))


def trace(launcher, folder, log, *how):
    """Do one run under strace; return how it ended."""
    child = launcher.start(folder, gate=True)
    command = ["strace", "-f", "-p", str(child), "-o", str(log), *how]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert "attached" in tracer.stderr.readline()
        launcher.go(child)
        code = launcher.wait(child)
        tracer.wait(30)
    return code


@needs_strace
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("call", CALLS)
def test_a_run_in_which_one_call_fails_ends_plainly(call, error, launcher, sealed, tmp_path):
    output = write_study(tmp_path) / "briefs"
    assert launcher.run(tmp_path) == 0
    shutil.copytree(output, tmp_path / "before")
    before, after = (sealed[state] for state in STATES)
    set_state(tmp_path, STATES[1])
    stride = STRIDE.get(call, 1)
    number = 1 + ERRORS.index(error) * stride // len(ERRORS)
    ends, mended, injected = {}, set(), True
    while injected:
        log = tmp_path / "strace.log"
        code = trace(
            launcher, tmp_path, log,
            "-e", f"trace={CALLS[call]}",
            "-e", f"inject={CALLS[call]}:error={error}:when={number}",
        )  # fmt: skip
        injected = "(INJECTED)" in log.read_text()
        told = f"{call} {number} {error}: exit {code}\n{read_end(tmp_path)}"
        assert code in PLAIN_ENDS, told
        assert "Traceback" not in told
        now = read_current(output)
        # One school without a brief is a release of its own, and whole.
        assert code == 1 or now in {before, after}, told
        assert now == after or code > 0, told
        # What the next run makes of the same inputs and output folder is the same each time.
        left = *map(str, sorted(output.rglob("*"))), *hash_tree(output).values()
        if left not in mended:
            assert launcher.run(tmp_path) == 0, told + read_end(tmp_path)
            assert read_current(output) == after, told
            assert list_left(output) == [], told
            mended.add(left)
        shutil.rmtree(output)
        shutil.copytree(tmp_path / "before", output)
        ends[code] = ends.get(code, 0) + 1
        number += stride
    print(
        f"{call} {error}: {sum(ends.values())} runs, by exit code {dict(sorted(ends.items()))}; "
        f"{len(mended)} kinds of folder left, mended each by the next run"
    )


@needs_strace
def test_every_file_is_flushed_before_the_rename_and_every_name_after_it(launcher, study):
    log = study / "strace.log"
    calls = "openat,write,fsync,fdatasync,rename,renameat,renameat2,link,linkat,mkdir"

    assert trace(launcher, study, log, "-y", "-e", f"trace={calls}") == 0

    dirty, renamed, checked = set(), set(), 0
    output = study / "briefs"
    for line in log.read_text(errors="replace").splitlines():
        call = re.match(r"\d+ +(\w+)\(", line)
        if call is None or " = -1 " in line:
            continue
        paths = [study / one for one in re.findall(r'(?:\d<|")([^">]*)[">]', line)]
        paths = [one for one in paths if output in one.parents or one == output]
        if not paths:
            continue
        if call[1] == "write":
            dirty.update(paths)
        elif call[1].startswith(("fsync", "fdatasync")):
            dirty.difference_update(paths)
            renamed.difference_update(paths)
        elif call[1] in {"link", "linkat", "mkdir"}:
            dirty.add(paths[-1].parent)
        elif call[1].startswith("rename"):
            source, target = paths[-2:]
            unflushed = {one for one in dirty if one == source or source in one.parents}
            assert not unflushed, f"renamed before they were flushed: {unflushed}"
            renamed.add(target.parent)
            checked += 1
    assert checked >= 3, "the release, the pointer and the record are renamed"
    assert not renamed, f"names that a power cut could lose: {renamed}"


def mount(place, size, *, again=False):
    library = ctypes.CDLL(None, use_errno=True)
    remount = 32 if again else 0
    if library.mount(b"none", os.fsencode(place), b"tmpfs", remount, f"size={size}k".encode()):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@pytest.fixture
def small_disk(launcher, tmp_path):
    """Give a study whose output folder is a disk of its own, and what it uses in kB."""
    output = write_study(tmp_path) / "briefs"
    output.mkdir()
    try:
        mount(output, 10_000)
    except (OSError, AttributeError) as error:
        if getattr(error, "errno", None) not in {errno.EPERM, errno.EACCES, None}:
            raise
        pytest.skip(f"a disk cannot be mounted here: {error}")
    assert launcher.run(tmp_path) == 0
    yield tmp_path
    subprocess.run(["umount", str(output)], check=True)


def test_a_disk_of_any_size_too_small_is_told_and_nothing_is_lost(launcher, sealed, small_disk):
    output = small_disk / "briefs"
    disk = os.statvfs(output)
    used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize // 1024
    set_state(small_disk, STATES[1])
    ends = {}
    for step in range(200):
        mount(output, used + EACH * step, again=True)
        code = launcher.run(small_disk)
        told = f"{EACH * step} kB free: exit {code}\n{read_end(small_disk)}"
        ends[code] = ends.get(code, 0) + 1
        if code == 0:
            break
        assert code == 5, told
        assert "Traceback" not in told
        assert read_current(output) == sealed[STATES[0]], told
        assert list_left(output) == [], told
    assert read_current(output) == sealed[STATES[1]]
    assert ends[5] >= 120 // EACH
    print(f"small disks: {ends[5]} sizes refused, then published")
