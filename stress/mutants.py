"""Mutants: change one thing in the code at a time, and see whether a test turns red.

    python stress/mutants.py                      # a sample of each module of the release gate
    python stress/mutants.py gate rules --most 0  # every mutant of two of them

A mutant swaps a comparison, an `and`, a sum or `min` for its neighbour, drops a `not`, or moves
a constant by one. Each is tried in a process of its own, by the tests that lean on its module;
those that no test kills are listed, and have to be explained in ``stress/mutants.md`` (by module
and line of code, so that a changed line asks for a new look). Exit status 1 if one is not.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
RELEASE = ROOT / "src" / "climatekit" / "release"
EXPLAINED = Path(__file__).with_suffix(".md")
MOST, SEED, SECONDS = 20, 20261128, 300
_LOADED = (
    "jinja2.sandbox", "pandas", "pingouin", "pydantic",
    "python_calamine", "rapidfuzz.process", "scipy.optimize", "scipy.stats", "weasyprint",
    "xlsxwriter",
)  # fmt: skip
# The tests that lean on each module, quick ones first; in order of what depends on them.
TESTS = {
    "rules": ("rule_bounds", "gate", "pattern", "suppression", "assembly", "disclosure_rules"),
    "gate": ("rule_bounds", "gate", "assembly", "disclosure_rules"),
    "relations": ("suppression", "pattern", "disclosure_rules", "attackers"),
    "suppression": ("suppression", "disclosure_rules", "pattern"),
    "pattern": ("pattern", "disclosure_rules", "suppression"),
    "role_cells": ("pattern", "assembly"),
    "subtraction": ("attackers",),
    "spread": ("attack_arithmetic", "attackers"),
    "sums": ("attack_sums", "attackers"),
    "head_counts": ("attack_sums", "attackers"),
    "open_shares": ("attack_sums", "attackers"),
    "readout": ("attack_arithmetic", "attackers", "ledger"),
    "released": ("disclosure_rules",),
}
SWAPS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


def list_places(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Return every node that can be changed, but for type hints and decorators."""
    hints = {
        id(part)
        for node in ast.walk(tree)
        for hint in (
            getattr(node, "annotation", None),
            getattr(node, "returns", None),
            *getattr(node, "decorator_list", ()),
        )
        if hint is not None
        for part in ast.walk(hint)
    }
    for node in ast.walk(tree):
        if id(node) in hints:
            continue
        if isinstance(node, ast.Compare | ast.BoolOp | ast.BinOp):
            operator = node.ops[0] if isinstance(node, ast.Compare) else node.op
            if type(operator) in SWAPS:
                yield node, "operator"
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, "not"
        elif isinstance(node, ast.Constant) and type(node.value) in {int, float, bool}:
            yield node, "constant"
        elif isinstance(node, ast.Name) and node.id in NAMES and isinstance(node.ctx, ast.Load):
            yield node, "name"


def change(node: ast.AST, way: str) -> None:
    """Change one node in place."""
    if way == "operator" and isinstance(node, ast.Compare):
        node.ops[0] = SWAPS[type(node.ops[0])]()
    elif way == "operator":
        node.op = SWAPS[type(node.op)]()  # type: ignore[attr-defined]
    elif way == "not":
        node.op = ast.UAdd()  # type: ignore[attr-defined]
    elif way == "name":
        node.id = NAMES[node.id]  # type: ignore[attr-defined]
    else:
        value = node.value  # type: ignore[attr-defined]
        node.value = (not value) if isinstance(value, bool) else value + 1  # type: ignore[attr-defined]


def make_mutants(module: str, most: int) -> Iterator[tuple[int, str, ast.Module]]:
    """Return line, what was changed, and the changed tree of some mutants of a module."""
    source = (RELEASE / f"{module}.py").read_text("utf-8")
    tree = ast.parse(source)
    count = sum(1 for _ in list_places(tree))
    chosen = sorted(random.Random(SEED).sample(range(count), min(count, most or count)))
    for number in chosen:
        mutant = copy.deepcopy(tree)
        node, way = list(list_places(mutant))[number]
        before = ast.unparse(node)
        change(node, way)
        line = source.splitlines()[node.lineno - 1].strip()
        yield node.lineno, f"`{line}`: `{before}` to `{ast.unparse(node)}`", mutant


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant in place of its module."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree

    def find_spec(self, name, path=None, target=None):  # noqa: ARG002
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module) -> None:
        module.__file__ = str(RELEASE / f"{self.name.rpartition('.')[2]}.py")
        exec(compile(ast.fix_missing_locations(self.tree), module.__file__, "exec"), vars(module))


def run_tests(module: str, tree: ast.Module) -> int:
    """Return pytest's exit status with a mutant in place, from a process of its own."""
    child = os.fork()
    if not child:
        signal.alarm(SECONDS)  # a mutant that never ends is killed, and so is dead
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        sys.meta_path.insert(0, _Loader(f"climatekit.release.{module}", tree))
        files = [str(ROOT / "tests" / "release" / f"test_{name}.py") for name in TESTS[module]]
        options = ["-x", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider"]
        import pytest

        os._exit(int(pytest.main([*options, "--rootdir", str(ROOT), *files])))
    return os.waitpid(child, 0)[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", choices=[[], *TESTS], help="all, where none is named")
    parser.add_argument("--most", type=int, default=MOST, help="mutants of a module; 0 for all")
    wanted = parser.parse_args()
    # Loaded once, so that each process of its own need not.
    for name in _LOADED:
        importlib.import_module(name)

    explained = EXPLAINED.read_text("utf-8") if EXPLAINED.exists() else ""
    tried, killed, open_ones = 0, 0, 0
    for module in wanted.modules or TESTS:
        started = time.perf_counter()
        if run_tests(module, ast.parse((RELEASE / f"{module}.py").read_text("utf-8"))):
            print(f"{module}: its tests fail without any mutant")
            return 1
        count = dead = 0
        for line, told, tree in make_mutants(module, wanted.most):
            count += 1
            if run_tests(module, tree):
                dead += 1
                continue
            known = f"{module}: {told}" in explained
            open_ones += not known
            print(f"  {module}:{line} {told}{' (explained)' if known else ''}", flush=True)
        seconds = time.perf_counter() - started
        print(f"{module}: {dead} of {count} killed, {seconds:.0f} s", flush=True)
        tried, killed = tried + count, killed + dead
    print(f"\n{killed} of {tried} mutants killed; {open_ones} neither killed nor explained")
    return int(bool(open_ones))


if __name__ == "__main__":
    sys.exit(main())
