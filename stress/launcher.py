"""Launcher: runs of the real command, forked from one process that has imported everything.

A fresh interpreter spends most of a small run on imports; forked from here a run costs what
the run itself does, so that hundreds fit into a minute. Requests come as JSON lines.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path


def warm_up(folder):
    """Do one run, so that nothing is left to import."""
    end_in(folder, ["run"], "warm")
    os.chdir("/")


def end_in(folder, args, name, gate=None, ready=None):
    """Run the command line with its streams in files, past the gate; return its exit code.

    At the gate it says that it is ready: what a tracer lets fail from then on is the command's.
    """
    from climatekit.cli import main

    os.chdir(folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for stream, number in (("out", 1), ("err", 2)):
        place = os.open(Path(folder) / f"{name}.{stream}", flags, 0o600)
        os.dup2(place, number)
        os.close(place)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if gate is not None:
        os.write(ready, b"1")
        os.read(gate, 1)
    try:
        main(args=args)
    except SystemExit as end:
        return end.code or 0
    return 0


def start(request, talk, open_gates):
    """Fork one run; with ``gate`` it waits until it is told to go."""
    ours = theirs = heard = ready = None
    if request.get("gate"):
        theirs, ours = os.pipe()
        heard, ready = os.pipe()
    child = os.fork()
    if child:
        if theirs is not None:
            os.close(theirs)
            os.close(ready)
            os.read(heard, 1)
            os.close(heard)
            open_gates[child] = ours
        return child
    code = 99
    try:
        talk.close()
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            signal.signal(number, signal.default_int_handler if number == 2 else signal.SIG_DFL)
        if theirs is not None:
            os.close(ours)
            os.close(heard)
        os.environ.update(request.get("env", {}))
        if request.get("patch"):
            importlib.import_module(request["patch"]).apply()
        code = end_in(request["folder"], request["args"], request["name"], theirs, ready)
    except BaseException:  # noqa: BLE001 (told to whoever asks)
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 98)
    return None


def wait_for(child, seconds):
    """Return how a run ended (minus its signal's number when killed), or None."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    return None


def main():
    talk = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    warm_up(sys.argv[1])
    open_gates = {}
    talk.write("ready\n")
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "start":
            answer = start(request, talk, open_gates)
        elif request["do"] == "go":
            gate = open_gates.pop(request["child"])
            os.write(gate, b"1")
            os.close(gate)
            answer = True
        else:
            answer = wait_for(request["child"], request["seconds"])
        talk.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
