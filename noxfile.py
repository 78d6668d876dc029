"""Sessions: one command for each thing that has to hold. CI runs the same ones."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True
# uv installs in a tenth of the time, where it is there.
nox.options.default_venv_backend = "uv|virtualenv"

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml("pyproject.toml")
DATA_FOLDERS = ("scales", "report_templates")
# The tests through which every library that climatekit is built on is used in earnest.
LEANING = (
    "tests/house",
    "tests/knowledge",
    "tests/measure",
    "tests/release",
    "tests/ingest/test_reading_exports.py",
    "tests/cli/test_verbs.py",
    "tests/report/test_report_pdf.py",
    "tests/run/test_release.py",
)
# A file's tests stay together, as they share what is costly to make.
IN_PARALLEL = ("-n", "2", "--dist", "loadscope")
# Two processes that each calculate with two threads only wait for each other.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def groups(*names: str) -> list[str]:
    return nox.project.dependency_groups(PROJECT, *names)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff: rules and layout."""
    session.install(*groups("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict."""
    session.install("-e", ".", *groups("types"))
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests."""
    session.install("-e", ".", *groups("test"))
    session.run("pytest", *IN_PARALLEL, *session.posargs, env=ONE_THREAD)


@nox.session
def faults(session: nox.Session) -> None:
    """Kill runs, refuse their calls, fill their disk, poison a school; `-- -k kill` for one."""
    session.install("-e", ".", *groups("test"))
    session.run(
        "pytest", "-n", "2", "--dist", "worksteal", "-p", "no:randomly", "-rsP",
        "stress/faults", *session.posargs,
    )  # fmt: skip


@nox.session
def marked(session: nox.Session) -> None:
    """Two hundred marked schools as PDF, page and JSON on two workers: none holds another's."""
    session.install("-e", ".", *groups("test"))
    session.run("pytest", "tests/report/test_marked_schools.py", env={"MARKED_STEP": "1"})


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed each reader 200,000 made-up files; `-- --inputs 20000` for a quick look."""
    session.install("-e", ".", *groups("test"))
    session.run(
        "pytest", "-n", "2", "--dist", "worksteal", "-p", "no:randomly", "-rP", "stress/fuzz",
        *session.posargs,
    )  # fmt: skip


@nox.session
def fuzz_deep(session: nox.Session) -> None:
    """Feed each reader what atheris finds by coverage; `-- -atheris_runs=1000000` for more."""
    session.install("-e", ".", "atheris", *groups("test"))
    for reader in ("codebook", "roster", "evidence log", "config", "scale file", "export"):
        runs = session.posargs or ["-atheris_runs=100000"]
        session.run("python", "stress/fuzz/deep.py", reader, *runs)


@nox.session
def lowest(session: nox.Session) -> None:
    """What leans on the libraries, on the oldest allowed versions; `-- tests` runs everything."""
    session.install("uv")
    lowest_set = Path(session.create_tmp()) / "lowest.txt"
    session.run(
        "uv", "pip", "compile", "--quiet", "--resolution", "lowest-direct",
        "--python-version", f"{sys.version_info.major}.{sys.version_info.minor}",
        "pyproject.toml", "--output-file", str(lowest_set),
    )  # fmt: skip
    session.install("-r", str(lowest_set), *groups("test"))
    session.install("--no-deps", "-e", ".")
    session.run("pytest", *IN_PARALLEL, *(session.posargs or LEANING), env=ONE_THREAD)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build, compare with the tracked files both ways, render from the installed wheel."""
    session.install("build")
    temporary = Path(session.create_tmp()).resolve()
    out = temporary / "dist"
    session.run("python", "-m", "build", "--outdir", str(out), ".", silent=True)
    (built,) = sorted(out.glob("*.whl"))[-1:]
    compare_with_tracked(session, built)
    session.run("python", "-m", "venv", "--clear", str(temporary / "venv"))
    python = temporary / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    session.run(str(python), "-m", "pip", "install", "--quiet", str(built), external=True)
    elsewhere = temporary / "elsewhere"
    session.run("python", "-c", f"import shutil; shutil.rmtree({str(elsewhere)!r}, True)")
    elsewhere.mkdir()
    with session.chdir(elsewhere):
        session.run(str(python), "-m", "climatekit", "scales", "ots", external=True, silent=True)
        session.run(str(python), "-m", "climatekit", "demo", "made-up", external=True)
    briefs = sorted(elsewhere.glob("made-up/briefs/release-*/*.pdf"))
    if not briefs:
        session.error("the installed wheel rendered no brief")


@nox.session
def access(session: nox.Session) -> None:
    """Two PDF/UA validators on every PDF, axe-core in Chromium on every web page."""
    session.install("-e", ".", *groups("access"))
    session.run("python", "tools/check_access.py", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """The made-up district in examples/, the whole way."""
    session.install(".")
    session.run("climatekit", "run", "--config", "examples/climatekit.toml")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Speed, memory, coverage beside peers; fails when a goal of docs/benchmarks.md is missed."""
    session.install(".", *groups("bench"))
    usual = ("coverage", "ingest", "brief", "measure", "suppression", "batch")
    for name in session.posargs or usual:
        session.run("python", f"benchmarks/{name}.py")


@nox.session
def attack(session: nox.Session) -> None:
    """Every attacker on whole releases of random districts, and on weak releases.

    `-- --districts 6 --schools 20` is a small look.
    """
    session.install(".")
    session.run("python", "benchmarks/attack.py", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the release gate in one place at a time; a test has to notice (stress/mutants.md)."""
    session.install("-e", ".", *groups("test"))
    session.run("python", "stress/mutants.py", *session.posargs)


def compare_with_tracked(session: nox.Session, built: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *DATA_FOLDERS, "src/climatekit"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    tracked = {
        f"climatekit/_data/{path}" if path.startswith(DATA_FOLDERS) else path.removeprefix("src/")
        for path in listed
    }
    with zipfile.ZipFile(built) as archive:
        packed = {name for name in archive.namelist() if name.startswith("climatekit/")}
    missing, extra = tracked - packed, packed - tracked
    if missing or extra:
        session.error(f"wheel and tracked files differ: missing {missing}, extra {extra}")
