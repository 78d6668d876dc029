"""Help is instant because nothing heavy is loaded; the list is asserted, never the time."""

import json
import subprocess
import sys

import pytest

from climatekit.cli import main

HEAVY = {
    "numpy",
    "pandas",
    "scipy",
    "pingouin",
    "matplotlib",
    "jinja2",
    "weasyprint",
    "pydantic",
    "rich",
}
SCRIPT = """
import json, sys
sys.argv = ["climatekit", *json.loads(sys.argv[1])]
from climatekit.cli import main
try:
    main()
except SystemExit as end:
    code = end.code
print("\\n" + json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def run_fresh(args):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(args)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "args",
    [[], ["--help"], ["--version"], *([verb, "--help"] for verb in sorted(main.commands))],
    ids=" ".join,
)
def test_help_loads_no_heavy_library(args):
    code, loaded = run_fresh(args)

    assert code == 0
    assert HEAVY.isdisjoint(loaded)
