"""Mutants: change one thing in the code at a time, and see whether a test turns red.

    python stress/mutants.py                      # a sample of each module of the release gate
    python stress/mutants.py gate rules --most 0  # every mutant of two of them
    python stress/mutants.py sums --most 0 --part 2/3  # the second third of one's

A mutant swaps a comparison, an `and`, a sum or `min` for its neighbour, turns a condition round,
leaves a call out, or moves a constant by one. The gate's tests are run once as they are, and
watched: which of them enter which function, and how long each takes. Then each mutant is tried in
a process of its own by the tests that enter its function, quick ones first, until one fails.
Those that no test kills are listed, and have to be explained in ``stress/mutants.md`` (by module
and line of code, so that a changed line asks for a new look; what is gone is listed too).
Exit status 1 if one is not explained.
"""

from __future__ import annotations

import argparse
import ast
import copy
import dataclasses
import functools
import gc
import importlib
import importlib.abc
import importlib.util
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
import types
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent
RELEASE = ROOT / "src" / "climatekit" / "release"
TESTS = ROOT / "tests" / "release"
MODULES = sorted(path.stem for path in RELEASE.glob("[!_]*.py"))
EXPLAINED = Path(__file__).with_suffix(".md")
MOST, SEED = 20, 20261128
SECONDS = 5  # of the processor, beside ten times what a test takes
_LOADED = (
    "jinja2.sandbox", "pandas", "pingouin", "pydantic",
    "python_calamine", "rapidfuzz.process", "scipy.optimize", "scipy.stats", "weasyprint",
    "xlsxwriter",
)  # fmt: skip
SWAPS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.FloorDiv: ast.Div, ast.Pow: ast.Mult,
}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor",
    "minimum": "maximum", "maximum": "minimum",
}  # fmt: skip
_PLAIN = ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.NamedExpr
_CALLS = ast.Call | ast.Yield | ast.YieldFrom
_PLAIN_VALUES = int | float | str | tuple | dict | frozenset


def list_places(tree: ast.Module) -> Iterator[tuple[ast.AST, str, int]]:
    """Return every node that can be changed, how and where, but for type hints and decorators."""
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
        if id(node) not in hints:
            yield from ((node, way, place) for way, place in _list_ways(node))


def _list_ways(node: ast.AST) -> Iterator[tuple[str, int]]:  # noqa: C901
    if isinstance(node, ast.Compare):
        yield from (("ops", place) for place, one in enumerate(node.ops) if type(one) in SWAPS)
    elif isinstance(node, ast.BoolOp | ast.BinOp | ast.AugAssign):
        if type(node.op) in SWAPS:
            yield "op", 0
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not", 0
    elif isinstance(node, ast.Constant) and type(node.value) in {int, float, bool}:
        yield "constant", 0
    elif isinstance(node, ast.Name) and node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield "id", 0
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield "attr", 0
    elif isinstance(node, ast.If | ast.IfExp | ast.While) and isinstance(node.test, _PLAIN):
        yield "test", 0
    elif isinstance(node, ast.comprehension):
        yield from (("ifs", place) for place, one in enumerate(node.ifs) if isinstance(one, _PLAIN))
    elif isinstance(node, ast.Expr) and isinstance(
        node.value, ast.Call | ast.Yield | ast.YieldFrom
    ):
        yield "call", 0


def change(node: ast.AST, way: str, place: int) -> tuple[ast.AST, ast.AST]:
    """Change one node in place; return what was there, and what is now."""
    told = {"test": "test", "ifs": "ifs", "call": "value"}.get(way)
    before = copy.deepcopy(node if told is None else getattr(node, told))
    before = before[place] if isinstance(before, list) else before
    if way == "ops":
        node.ops[place] = SWAPS[type(node.ops[place])]()  # type: ignore[attr-defined]
    elif way == "op":
        node.op = SWAPS[type(node.op)]()  # type: ignore[attr-defined]
    elif way == "not":
        node.operand = ast.UnaryOp(ast.Not(), node.operand)  # type: ignore[attr-defined]
    elif way in {"id", "attr"}:
        setattr(node, way, NAMES[getattr(node, way)])
    elif way == "constant":
        value = node.value  # type: ignore[attr-defined]
        node.value = (not value) if isinstance(value, bool) else value + 1  # type: ignore[attr-defined]
    elif way == "test":
        node.test = ast.UnaryOp(ast.Not(), node.test)  # type: ignore[attr-defined]
    elif way == "ifs":
        node.ifs[place] = ast.UnaryOp(ast.Not(), node.ifs[place])  # type: ignore[attr-defined]
    else:
        none = ast.YieldFrom(ast.Tuple([], ast.Load()))
        node.value = ast.Constant(None) if isinstance(node.value, ast.Call) else none  # type: ignore[attr-defined]
    after = node if told is None else getattr(node, told)
    return before, after[place] if isinstance(after, list) else after


@dataclass(frozen=True)
class Mutant:
    """One change of one module: where, what, and in which function (0: at import, or cached).

    `constant` says that it changes the value of a name of the module.
    """

    module: str
    number: int
    line: int
    told: str
    function: int
    at_import: bool
    constant: bool


@functools.cache
def read_source(module: str) -> str:
    """Return a module's text, as it was at first: one may go on working beside the mutants."""
    return (RELEASE / f"{module}.py").read_text("utf-8")


def list_mutants(module: str, most: int, part: tuple[int, int]) -> Iterator[Mutant]:
    """Return some mutants of a module."""
    source = read_source(module)
    tree = ast.parse(source)
    places = list(list_places(tree))
    assigned = {
        id(part) for one in tree.body if isinstance(one, ast.Assign) for part in ast.walk(one)
    }
    chosen = sorted(random.Random(SEED).sample(range(len(places)), min(len(places), most or 10**6)))
    for number in chosen[part[0] - 1 :: part[1]]:
        node, way, place = places[number]
        functions = find_functions(tree, node)
        before, after = change(copy.deepcopy(node), way, place)
        line = before.lineno
        told = f"`{source.splitlines()[line - 1].strip()}`: `{ast.unparse(before)}`"
        told += f" to `{ast.unparse(after)}`" if way != "call" else " left out"
        cached = any(one.decorator_list for one in functions)
        function = 0 if cached or not functions else functions[-1].lineno
        constant = id(node) in assigned
        yield Mutant(module, number, line, told, function, not functions, constant)


def make_tree(mutant: Mutant) -> ast.Module:
    """Return the changed module."""
    tree = ast.parse(read_source(mutant.module))
    change(*list(list_places(tree))[mutant.number])
    return ast.fix_missing_locations(tree)


def find_functions(tree: ast.Module, wanted: ast.AST) -> list[ast.FunctionDef]:
    """Return the functions that a node is run in, the outermost first."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(part is wanted for one in node.body for part in ast.walk(one))
    ]


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant in place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        self.name, self.tree = f"climatekit.release.{mutant.module}", make_tree(mutant)

    def find_spec(self, name, path=None, target=None):  # noqa: ARG002
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module) -> None:
        module.__file__ = str(RELEASE / f"{self.name.rpartition('.')[2]}.py")
        exec(compile(self.tree, module.__file__, "exec"), vars(module))


def put_in_place(mutant: Mutant) -> None:
    """Change a function, or a name's value, of a module that is loaded."""
    file = str(RELEASE / f"{mutant.module}.py")
    whole = compile(make_tree(mutant), file, "exec")
    if mutant.constant:
        full_name = f"climatekit.release.{mutant.module}"
        other = {"__name__": full_name}
        exec(whole, other)
        before = vars(sys.modules[full_name])
        for name, value in other.items():
            if isinstance(value, _PLAIN_VALUES) and value != before[name]:
                set_everywhere(name, before[name], value)
    codes = {}
    left = [whole]
    while left:
        code = left.pop()
        codes[code.co_firstlineno, code.co_qualname] = code
        left += [one for one in code.co_consts if isinstance(one, types.CodeType)]
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and one.__code__.co_filename == file:
            one.__code__ = codes[one.__code__.co_firstlineno, one.__code__.co_qualname]
        elif isinstance(one, functools._lru_cache_wrapper):
            one.cache_clear()


def set_everywhere(name: str, before: object, value: object) -> None:
    """Give a name another value in its module and in all that have imported it."""
    for module in list(sys.modules.values()):
        held = getattr(module, name, None)
        if type(held) is type(before) and held == before:
            setattr(module, name, value)


@dataclass
class Watched:
    """How long each test takes, and which functions of the gate (module, line) it enters."""

    seconds: dict[str, float] = field(default_factory=dict)
    entered: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def choose(self, mutant: Mutant) -> list[str]:
        """Return the tests that lean on what was changed, quick ones first."""
        own = {
            test
            for test, entered in self.entered.items()
            if any(one == mutant.module and mutant.function in (0, line) for one, line in entered)
        }
        # A constant may be read by whoever imports it.
        chosen = self.seconds if mutant.at_import else own
        return sorted(chosen, key=lambda test: (test not in own, self.seconds[test]))

    def limit(self, test: str) -> None:
        """Kill this process where a test takes far longer: a mutant may never end."""
        if test in self.seconds:
            signal.setitimer(signal.ITIMER_PROF, SECONDS + 10 * self.seconds[test])

    def limit_all(self, chosen: Sequence[str]) -> None:
        """Kill this process where all the chosen tests take far longer."""
        most = 10 * SECONDS + 3 * int(sum(self.seconds[test] for test in chosen))
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))


class _Watcher:
    """Pytest's plugin that fills a `Watched`."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._called: dict[str, set[tuple[str, int]]] = {}
        self._shared: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._now: set[tuple[str, int]] = set()
        self._folder = f"{RELEASE}{os.sep}"

    def _trace(self, frame, _event, _argument) -> None:
        code = frame.f_code
        if code.co_filename.startswith(self._folder):
            self._now.add((Path(code.co_filename).stem, code.co_firstlineno))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        start = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - start

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item):
        # What one test sets up, all of its file may lean on.
        self._now = self._shared[item.nodeid.partition("::")[0]]
        sys.settrace(self._trace)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        self._now = self._called[item.nodeid] = set()
        try:
            return (yield)
        finally:
            sys.settrace(None)

    def tell(self) -> Watched:
        return Watched(
            self.seconds,
            {
                test: sorted(called | self._shared[test.partition("::")[0]])
                for test, called in self._called.items()
            },
        )


class _Trial:
    """Pytest's plugin that watches the tests once, then tries on them what needs no new import."""

    def __init__(self, mutants: Sequence[Mutant], say: Callable[[Mutant, bool], None]) -> None:
        self._mutants, self._say = mutants, say
        self.watched = Watched()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session) -> bool:
        items = {item.nodeid: item for item in session.items}

        def run(chosen: Sequence[str]) -> int:
            for test, after in zip(chosen, [*chosen[1:], ""], strict=True):
                self.watched.limit(test)
                session.config.hook.pytest_runtest_protocol(
                    item=items[test], nextitem=items.get(after)
                )
                if session.testsfailed:
                    return 1
            return 0

        def watch() -> int:
            watcher = _Watcher()
            session.config.pluginmanager.register(watcher)
            status = run(list(items))
            told.write(json.dumps(dataclasses.asdict(watcher.tell())))
            told.flush()
            return status

        def try_out() -> int:
            self.watched.limit_all(chosen)
            put_in_place(mutant)
            return run(chosen)

        with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
            session.testsfailed = int(ends_badly(watch))
            if session.testsfailed:
                return True
            told.seek(0)
            self.watched = Watched(**json.load(told))
        for mutant in self._mutants:
            chosen = self.watched.choose(mutant)
            self._say(mutant, ends_badly(try_out))
        return True


class _Chooser:
    """Pytest's plugin that runs the chosen tests, in their order."""

    def __init__(self, chosen: Sequence[str], watched: Watched) -> None:
        self._rank = {test: rank for rank, test in enumerate(chosen)}
        self._watched = watched

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item) -> None:
        self._watched.limit(item.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._rank),
            key=lambda item: self._rank[item.nodeid],
        )


def run_pytest(files: Iterable[str], plugin: object) -> int:
    """Return pytest's exit status; nothing is printed."""
    for number in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    # The same examples each time; that one fails is enough to know.
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        deadline=None,
        derandomize=True,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    hypothesis.settings.load_profile("mutants")
    options = ["-x", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider"]
    ignored = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return int(pytest.main([*options, *ignored, "--rootdir", str(ROOT), *files], [plugin]))


def ends_badly(task: Callable[[], int]) -> bool:
    """Return whether a task ends with another status than 0, in a process of its own."""
    child = os.fork()
    if not child:
        status = 1
        try:
            status = task()
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] != 0


def try_import(mutant: Mutant, watched: Watched) -> bool:
    """Return whether a test fails where a mutant is imported in place of its module."""
    chosen = watched.choose(mutant)

    def try_out() -> int:
        watched.limit_all(chosen)
        sys.meta_path.insert(0, _Loader(mutant))
        files = dict.fromkeys(str(ROOT / test.partition("::")[0]) for test in chosen)
        return run_pytest(files, _Chooser(chosen, watched))

    return ends_badly(try_out)


def read_part(text: str) -> tuple[int, int]:
    number, _, of = text.partition("/")
    return int(number), int(of)


class _Tally:
    """Prints what lives, and counts."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w")
        self._explained = EXPLAINED.read_text("utf-8") if EXPLAINED.exists() else ""
        self.counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.lived: dict[str, bool] = {}  # of those that are explained, some of which look alike

    def say(self, mutant: Mutant, killed: bool) -> None:
        known = f"{mutant.module}: {mutant.told}" in self._explained
        counts = self.counts[mutant.module]
        for place, one in enumerate((True, killed, not killed and not known)):
            counts[place] += one
        if known:
            name = f"{mutant.module}: {mutant.told}"
            self.lived[name] = self.lived.get(name, False) or not killed
        if not killed:
            told = f"  {mutant.module}:{mutant.line} {mutant.told}"
            print(f"{told}{' (explained)' if known else ''}", file=self._out, flush=True)


def list_gone() -> Iterator[str]:
    """Yield each explained line of code that stands in its module no more."""
    explained = EXPLAINED.read_text("utf-8")
    for module, line in re.findall(r"^- (\w+): `(.+?)`: `", explained, re.MULTILINE):
        if line not in map(str.strip, read_source(module).splitlines()):
            yield f"{module}: {line}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", choices=[[], *MODULES], help="all, if none is named")
    parser.add_argument("--most", type=int, default=MOST, help="mutants of a module; 0 for all")
    parser.add_argument("--part", type=read_part, default=(1, 1), help="such as 2/3")
    wanted = parser.parse_args()
    # Loaded once, so that each process of its own need not.
    for name in _LOADED:
        importlib.import_module(name)

    mutants = [
        mutant
        for module in wanted.modules or MODULES
        for mutant in list_mutants(module, wanted.most, wanted.part)
    ]
    tally = _Tally()

    def try_quick() -> int:
        trial = _Trial([one for one in mutants if one.constant or not one.at_import], tally.say)
        status = run_pytest(sorted(str(path) for path in TESTS.glob("test_*.py")), trial)
        told.write(json.dumps([dataclasses.asdict(trial.watched), tally.counts, tally.lived]))
        told.flush()
        return status

    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        if ends_badly(try_quick):
            print("a test fails without any mutant")
            return 1
        told.seek(0)
        watched, counts, lived = json.load(told)
    tally.counts.update(counts)
    tally.lived.update(lived)
    for mutant in mutants:
        if mutant.at_import and not mutant.constant:
            tally.say(mutant, try_import(mutant, Watched(**watched)))
    for module, (tried, killed, _) in tally.counts.items():
        print(f"{module}: {killed} of {tried} killed")
    for name, lives in tally.lived.items():
        if not lives:
            print(f"killed, though explained: {name}")
    for name in list_gone():
        print(f"gone, though explained: {name}")
    tried, killed, left = (sum(ones) for ones in zip(*tally.counts.values(), strict=True))
    print(f"\n{killed} of {tried} mutants killed; {left} neither killed nor explained")
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
