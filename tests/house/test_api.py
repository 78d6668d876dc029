"""The public names: all there, listed once, and none of them also a module."""

import ast
from pathlib import Path

import pytest

import climatekit

SOURCE = ast.parse(Path(climatekit.__file__).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", climatekit.__all__)
def test_every_public_name_loads_and_is_explained(name):
    value = getattr(climatekit, name)

    assert value.__doc__


def test_the_list_the_homes_and_the_editors_block_agree():
    block = next(node for node in SOURCE.body if isinstance(node, ast.If))
    for_editors = {
        alias.asname
        for node in block.body
        for alias in node.names
        if isinstance(node, ast.ImportFrom)
    }

    assert set(climatekit.__all__) == set(climatekit._HOME) == for_editors


def test_no_public_name_is_also_a_module():
    package = Path(climatekit.__file__).parent
    modules = {path.stem for path in package.rglob("*.py")} | {
        path.name for path in package.iterdir() if path.is_dir()
    }
    # Verb modules of the command line carry the verb's own name and are never imported as such.
    modules -= {path.stem for path in (package / "cli").glob("*.py")}

    assert modules.isdisjoint(climatekit.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'scoer'"):
        _ = climatekit.scoer
