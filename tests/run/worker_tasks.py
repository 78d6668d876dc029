"""Jobs for the workers' tests: they must be functions of a module that a worker can import."""

import os
import time
from pathlib import Path


def double(job):
    return job * 2


def misbehave(job):
    """Do as the job says: a number is doubled, a word is a way to go wrong."""
    if job == "die":
        os.kill(os.getpid(), 9)
    if job == "segfault":
        import ctypes

        ctypes.string_at(0)
    if job == "hang":
        while True:
            pass
    if job == "hog":
        return bytes(3 << 30)[:1]
    if isinstance(job, tuple) and job[0] == "die once":
        mark = Path(job[1])
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), 9)
        return "second time"
    return job * 2


def tell_process(_job):
    time.sleep(0.01)
    return os.getpid(), os.environ.get("OMP_NUM_THREADS")


def write_down_and_hang(folder):
    (Path(folder) / f"{os.getpid()}.pid").touch()
    while True:
        pass


def write_down(path):
    """Leave a mark that the job was done."""
    Path(path).touch()
