"""Imports go down, and only down; those inside functions count as well."""

import ast
from pathlib import Path

import pytest

import climatekit

PACKAGE = Path(climatekit.__file__).parent
FLOORS = (
    "errors",
    "values",
    "knowledge",
    "ingest",
    "measure",
    "release",
    "data_use",
    "report",
    "run",
    "cli",
)
# Within `run`, from the ground up; a module that stands in none of the folders is above them,
# but for `study`, in which all figures of a study meet.
ROOMS = (
    "files",
    "demo",
    "figures",
    "study",
    "draft",
    "tables",
    "publishing",
    "workshop",
    "pages",
    "audit",
)
MODULES = [
    *sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE),
    Path("errors.py"),
    Path("values.py"),
]


def floor_of(dotted: str) -> int | None:
    parts = dotted.split(".")
    if parts[0] != "climatekit" or len(parts) < 2 or parts[1] not in FLOORS:
        return None
    return FLOORS.index(parts[1])


def imports_of(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_go_down(path):
    home = FLOORS.index(path.parts[0].removesuffix(".py"))

    above = {
        name
        for name in imports_of((PACKAGE / path).read_text(encoding="utf-8"))
        if (floor := floor_of(name)) is not None and floor > home
    }

    assert above == set()


def room_of(dotted: str) -> int | None:
    parts = dotted.split(".")
    if parts[:2] != ["climatekit", "run"] or len(parts) < 3:
        return None
    return ROOMS.index(parts[2]) if parts[2] in ROOMS else len(ROOMS)


@pytest.mark.parametrize("path", [one for one in MODULES if one.parts[0] == "run"], ids=str)
def test_imports_within_run_go_down(path):
    home = room_of(".".join(("climatekit", *path.with_suffix("").parts)))

    above = {
        name
        for name in imports_of((PACKAGE / path).read_text(encoding="utf-8"))
        if (room := room_of(name)) is not None and room > (len(ROOMS) if home is None else home)
    }

    assert above == set()


def module_graph():
    names = {
        "climatekit." + ".".join(path.with_suffix("").parts): path
        for path in MODULES
        if path.name != "__init__.py"
    }
    graph = {}
    for name, path in names.items():
        wanted = imports_of((PACKAGE / path).read_text(encoding="utf-8"))
        graph[name] = {
            other
            for other in names
            if other != name and any(one == other or one.startswith(other + ".") for one in wanted)
        }
    return graph


def test_no_modules_import_each_other_in_a_circle():
    graph = module_graph()
    seen, done = set(), set()

    def walk(name, way):
        assert name not in way, " -> ".join((*way, name))
        if name in done:
            return
        for other in graph[name]:
            walk(other, (*way, name))
        done.add(name)
        seen.add(name)

    for name in graph:
        walk(name, ())

    assert seen == set(graph)


def test_a_module_that_imports_upwards_would_be_caught():
    source = "def late():\n    from climatekit.report.html import render_html\n"

    (name,) = imports_of(source)

    assert floor_of(name) > FLOORS.index("measure")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_modules_stay_small_enough_to_read_whole(path):
    lines = (PACKAGE / path).read_text(encoding="utf-8").count("\n")

    assert lines <= 500


def test_data_folders_hold_no_python():
    root = PACKAGE.parents[1]

    assert not [*root.glob("scales/**/*.py"), *root.glob("report_templates/**/*.py")]
