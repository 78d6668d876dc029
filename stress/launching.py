"""What the stress tests share: a study of two states, a launcher, and a look at the output."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import plain_files
from plain_files import make_rows, to_csv

from climatekit.run.publishing.manifest import verify_release

CONFIG = plain_files.CONFIG.replace('"Test District"', '"{district}"').replace(
    'formats = ["json"]', 'keep = 1\nformats = ["json", "html"]'
)
STATES = ("Alder", "Birch")


def write_study(folder, district=STATES[0], schools=("Oak", "Elm")):
    """Write a small study; the district's name alone tells its states apart."""
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    for wave in 0, 1:
        rows = make_rows(schools=schools, wave=wave)
        (folder / "exports" / f"w{wave + 1}.csv").write_bytes(to_csv(rows))
    set_state(folder, district)
    return folder


def set_state(folder, district):
    (folder / "climatekit.toml").write_text(CONFIG.format(district=district), encoding="utf-8")


class Launcher:
    """A process that forks runs of the command."""

    def __init__(self, folder):
        write_study(folder)
        here = Path(__file__).parent
        source = Path(sys.modules["climatekit"].__file__).parents[1]
        one_thread = dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
        )
        path = os.pathsep.join(map(str, (source, here)))
        self.process = subprocess.Popen(
            [sys.executable, str(here / "launcher.py"), str(folder)],
            env={**os.environ, **one_thread, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lock = threading.Lock()
        assert self.process.stdout.readline() == "ready\n"

    def ask(self, **request):
        with self.lock:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def start(self, folder, *args, name="run", **how):
        return self.ask(do="start", folder=str(folder), args=args or ("run",), name=name, **how)

    def go(self, child):
        self.ask(do="go", child=child)

    def wait(self, child, seconds=120):
        code = self.ask(do="wait", child=child, seconds=seconds)
        assert code is not None, "the run does not end"
        return code

    def run(self, folder, *args, **how):
        return self.wait(self.start(folder, *args, **how))

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def read_current(output):
    """Return the sha256 of the current release's manifest; every release must be whole."""
    latest = json.loads((output / "latest.json").read_bytes())
    releases = sorted(output.glob("release-*"))
    assert output / latest["release"] in releases
    for release in releases:
        assert verify_release(release) == (), f"{release.name} is not whole"
    sealed = (output / latest["release"] / "manifest.json").read_bytes()
    assert hashlib.sha256(sealed).hexdigest() == latest["manifest_sha256"]
    return latest["manifest_sha256"]


def list_left(output):
    return sorted(
        path.name for path in output.iterdir() if path.name.startswith((".staging", ".making"))
    )


def read_end(folder, name="run"):
    """Return what a run wrote to standard error."""
    return (folder / f"{name}.err").read_text(encoding="utf-8")
