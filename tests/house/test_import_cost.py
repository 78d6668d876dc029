"""Help is instant because nothing heavy is loaded; the list is asserted, never the time."""

import json
import subprocess
import sys

import pytest
from plain_files import CONFIG, make_rows, to_csv

from climatekit.cli import main
from climatekit.report.pango import ask_engine
from climatekit.report.pdf import describe_pdf_engine

HEAVY = {
    "numpy",
    "pandas",
    "scipy",
    "pingouin",
    "matplotlib",
    "jinja2",
    "weasyprint",
    "pydantic",
    "pypdf",
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


def run_fresh(args, folder=None):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(args)],
        cwd=folder,
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


def test_a_run_with_nothing_to_do_loads_no_library_of_statistics_or_rendering(tmp_path):
    (tmp_path / "exports").mkdir()
    for wave in (0, 1):
        (tmp_path / "exports" / f"w{wave + 1}.csv").write_bytes(to_csv(make_rows(wave=wave)))
    config = tmp_path / "climatekit.toml"
    # The answer to what the PDF engine is has to be the engine's own.
    config.write_text(CONFIG.replace('"json"', '"json", "staff"'), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(args=["run", "--config", str(config)])
    assert not end.value.code

    code, loaded = run_fresh(["run", "--quiet"], tmp_path)

    assert code == 0
    assert (HEAVY - {"pydantic"}).isdisjoint(loaded)


def test_the_pdf_engine_is_the_same_whether_it_is_started_or_not():
    assert ask_engine() in {None, describe_pdf_engine()}
