"""The crontab line, the systemd units and the workflow of examples/ are shown and run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
from plain_files import CONFIG, make_rows, to_csv

from climatekit.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "unattended"
HOME = "/srv/climate"


def read_example(name):
    return (EXAMPLES / name).read_text(encoding="utf-8")


def run_as_cron(command, folder, **env):
    """Run a line as cron does: sh, hardly any environment, no terminal, no home."""
    source = str(Path(sys.modules["climatekit"].__file__).parents[1])
    return subprocess.run(
        ["/bin/sh", "-ec", command.replace(HOME, str(folder))],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": source, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


def write_program(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Lay out a published study as the examples have it, with its own climatekit."""
    folder = tmp_path_factory.mktemp("srv") / "climate"
    (folder / "exports").mkdir(parents=True)
    for wave in (0, 1):
        (folder / "exports" / f"w{wave + 1}.csv").write_bytes(to_csv(make_rows(wave=wave)))
    (folder / "climatekit.toml").write_text(CONFIG, encoding="utf-8")
    python = shlex.quote(sys.executable)
    write_program(folder / ".venv/bin/climatekit", f'exec {python} -m climatekit "$@"')
    with pytest.raises(SystemExit) as end:
        main(args=["run", "--config", str(folder / "climatekit.toml")])
    assert not end.value.code
    return folder


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_each_example_stands_in_the_docs_as_it_is(path):
    shown = (ROOT / "docs" / "unattended.md").read_text(encoding="utf-8")

    assert f"```\n{path.read_text(encoding='utf-8')}```" in shown
    assert f"examples/unattended/{path.name}" in shown


def test_the_crontab_line_runs_and_mails_news_alone(site, tmp_path):
    (line,) = [one for one in read_example("crontab").splitlines() if not one.startswith("#")]
    timing, command = re.fullmatch(r"((?:\S+ ){4}\S+)  (.+)", line).groups()
    new = tmp_path / "climate"
    shutil.copytree(site, new, ignore=shutil.ignore_patterns("briefs"))

    again = run_as_cron(command, site)
    first = run_as_cron(command, new)

    assert len(timing.split()) == 5
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert first.returncode == 0, first.stderr
    assert "2 of 2 briefs published" in first.stderr
    assert (new / "run.log").exists()


def read_unit(name):
    unit = ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read_string(read_example(name))
    return unit


def test_the_systemd_service_runs(site):
    service = read_unit("climatekit.service")["Service"]

    done = run_as_cron(f"cd {service['WorkingDirectory']} && {service['ExecStart']}", site)

    assert done.returncode == 0, done.stderr
    assert service["ReadWritePaths"] == service["WorkingDirectory"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_no_fault_in_the_units(site, tmp_path):
    for name in ("climatekit.service", "climatekit.timer"):
        (tmp_path / name).write_text(read_example(name).replace(HOME, str(site)), "utf-8")

    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert [line for line in found.stderr.splitlines() if str(tmp_path) in line] == []
    assert found.returncode == 0, found.stderr
    on = read_unit("climatekit.timer")["Timer"]["OnCalendar"]
    subprocess.run(["systemd-analyze", "calendar", on], check=True, capture_output=True)


def test_every_step_of_the_workflow_runs(site, tmp_path):
    yaml = pytest.importorskip("yaml")
    steps = yaml.safe_load(read_example("github-actions.yml"))["jobs"]["run"]["steps"]
    new = tmp_path / "climate"
    shutil.copytree(site, new, ignore=shutil.ignore_patterns(".venv"))
    # What would change this machine is only written down; the rest is the real thing.
    programs = tmp_path / "programs"
    told = tmp_path / "told"
    write_program(programs / "sudo", f'echo "$@" >> {told}')
    write_program(programs / "pip", f'echo pip "$@" >> {told}')
    write_program(
        programs / "python3", "mkdir -p .venv/bin", f"cp {programs}/pip .venv/bin/pip",
        f"cp {site}/.venv/bin/climatekit .venv/bin/climatekit",
    )  # fmt: skip

    path = f"{programs}{os.pathsep}/usr/bin:/bin"
    ended = [
        run_as_cron(f"cd {HOME} && {step['run']}", new, PATH=path)
        for step in steps
        if "run" in step
    ]

    assert [one.returncode for one in ended] == [0] * 5, [one.stderr for one in ended]
    assert "apt-get install -y" in told.read_text()
    assert "pip install climatekit" in told.read_text()
    assert "nothing to do" in ended[3].stderr
    assert "all well" in ended[4].stdout
