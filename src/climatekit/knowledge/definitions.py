"""Definitions: TOML files read strictly, every fault at once with its line.

A definition is any file that tells climatekit what something is: a scale, a rubric, a
message file, the district's configuration. A key that nobody asked for is a fault, since
a misspelt key would otherwise change nothing and say nothing; keys that begin with
``x-`` are the writer's own and are passed over.
"""

from __future__ import annotations

import copy
import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from climatekit.errors import DefinitionError, Problem, tell_reason
from climatekit.knowledge.toml_lines import KeyPath, find_line, locate_keys

T = TypeVar("T", bound=BaseModel)

_LEAST_LIKENESS = 60.0  # percent; below it a suggestion misleads more than it helps
_SYNTAX_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# What pydantic wraps around the one thing that the writer of a file needs to know.
_LIBRARY_WORDS = re.compile(
    r"^(Input should be |Value error, |(List|String) should (have|match) )"
    r"| after validation, not \d+$"
)


class Table(BaseModel):
    """Base of the models of definition files: exact types, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True)
class Definition(Generic[T]):
    """One definition file that was read: its content, and where each key stands.

    `fingerprint` is the sha256 of the file's bytes, 64 hexadecimal digits.
    """

    path: Path
    content: T
    text: str
    fingerprint: str

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        """Key path to its line; looked for when asked, as a sound file's are hardly ever."""
        return locate_keys(self.text)

    def make_problem(
        self,
        code: str,
        message: str,
        key: Sequence[str | int],
        *,
        found: str | None = None,
        expected: str | None = None,
        closest: str | None = None,
        mend: str | None = None,
    ) -> Problem:
        """Return a problem at `key` (a key path), with the file and line filled in."""
        return Problem(
            code=code,
            message=message,
            file=str(self.path),
            line=find_line(self.lines, key),
            column=write_key(key),
            found=found,
            expected=expected,
            closest=closest,
            mend=mend,
        )


def read_definition(path: Path, model: type[T]) -> T:
    """Return the content of a TOML file as a `model`.

    Parameters
    ----------
    path : Path
        A UTF-8 TOML file, with or without a byte mark.
    model : type
        A pydantic model; make it strict and closed, as `Table` is.

    Raises
    ------
    DefinitionError
        With every fault at once, each with file, line, key path, what was expected and,
        for a word that is nearly right, the closest right one.
    """
    return open_definition(path, model).content


def open_definition(
    path: Path,
    model: type[T],
    check: Callable[[Definition[T]], Iterable[Problem]] | None = None,
) -> Definition[T]:
    """Return the content of a TOML file together with the lines of its keys.

    For readers that have further rules; see `read_definition`.

    Parameters
    ----------
    check : callable, optional
        Yields what else is wrong with a file whose keys and types are right. It also
        runs when unknown keys are the only fault, so that both come in one go.
    """
    data, text = _read_bytes(path)
    raw = _without_private(_parse(text, path))
    content, faults = _validate(model, raw)
    lines = locate_keys(text) if faults else {}
    problems = [
        _problem_of(fault, model=model, raw=raw, path=path, lines=lines) for fault in faults
    ]
    if content is None and all(fault["type"] == "extra_forbidden" for fault in faults):
        content, _ = _validate(model, _without_keys(raw, [fault["loc"] for fault in faults]))
    if content is None:
        raise DefinitionError(problems)
    definition = Definition(
        path=path, content=content, text=text, fingerprint=hashlib.sha256(data).hexdigest()
    )
    problems += check(definition) if check is not None else ()
    if problems:
        raise DefinitionError(problems)
    return definition


def suggest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate closest to `word`, or None when none is near.

    Closeness is the normalised edit similarity of the casefolded words (insertions and
    deletions), at least 60 of 100; of equally close candidates the first is returned.
    """
    best = process.extractOne(
        word,
        list(candidates),
        scorer=fuzz.ratio,
        processor=str.casefold,
        score_cutoff=_LEAST_LIKENESS,
    )
    return None if best is None else str(best[0])


def write_key(path: Sequence[str | int]) -> str:
    """Return a key path as text, e.g. ``waves[0].id``; ``(file)`` for the whole file."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _BARE_KEY.fullmatch(part) else f'"{part}"'
            text += f".{name}" if text else name
    return text or "(file)"


def _read_bytes(path: Path) -> tuple[bytes, str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DefinitionError(
            Problem(
                code="CK401",
                message=f"the file cannot be read: {tell_reason(error)}",
                file=str(path),
                mend="check the path and who may read it",
            )
        ) from error
    try:
        return data, data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(
            Problem(
                code="CK402",
                message="the file is not UTF-8 text",
                file=str(path),
                line=data.count(b"\n", 0, error.start) + 1,
                expected="UTF-8",
                mend="save the file again with the encoding UTF-8",
            )
        ) from error


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(_tell_syntax(error, text, path)) from error
    except ValueError as error:  # a number of thousands of digits, which Python will not read
        raise DefinitionError(
            Problem(
                code="CK403",
                message=f"the file cannot be read as TOML: {error}",
                file=str(path),
                mend="look for a number of very many digits",
            )
        ) from error
    except RecursionError as error:
        raise DefinitionError(
            Problem(
                code="CK403",
                message="the file is not sound TOML: its lists or tables are nested too deeply",
                file=str(path),
                mend="lay the tables out flat",
            )
        ) from error


def _tell_syntax(error: tomllib.TOMLDecodeError, text: str, path: Path) -> Problem:
    message = str(error)
    place = _SYNTAX_PLACE.search(message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    where = f", at character {place[2]} of the line" if place and place[2] else ""
    what = _SYNTAX_PLACE.sub("", message)
    return Problem(
        code="CK403",
        message=f"the file is not sound TOML: {what}{where}",
        file=str(path),
        line=line,
        mend="mend the line; text needs quotes, a day is written 2026-04-24, and each key "
        "may stand only once",
    )


def _without_private(value: Any) -> Any:  # noqa: ANN401 (any TOML value)
    if isinstance(value, dict):
        return {
            key: _without_private(inner) for key, inner in value.items() if not key.startswith("x-")
        }
    if isinstance(value, list):
        return [_without_private(inner) for inner in value]
    return value


def _validate(model: type[T], raw: Mapping[str, Any]) -> tuple[T | None, list[ErrorDetails]]:
    try:
        return model.model_validate(raw), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _without_keys(raw: Mapping[str, Any], paths: Iterable[Sequence[str | int]]) -> Any:  # noqa: ANN401
    pruned = copy.deepcopy(raw)
    for path in paths:
        *parents, last = _real_path(path, raw, keep_last=False)
        table: Any = pruned
        for part in parents:
            table = table[part]
        del table[last]
    return pruned


def _problem_of(
    fault: ErrorDetails,
    *,
    model: type[BaseModel],
    raw: Mapping[str, Any],
    path: Path,
    lines: Mapping[KeyPath, int],
) -> Problem:
    kind = fault["type"]
    place = _real_path(fault["loc"], raw, keep_last=kind == "missing")
    key = write_key(place)
    common: dict[str, Any] = {
        "file": str(path),
        "line": find_line(lines, place),
        "column": key,
    }
    if kind == "extra_forbidden":
        known = _keys_at(model, place[:-1])
        closest = suggest(str(place[-1]), known)
        return Problem(
            code="CK404",
            message=f"the key {key} is unknown",
            expected=", ".join(known),
            closest=closest,
            mend=f"write {closest}" if closest else "take the key out, or begin it with x-",
            **common,
        )
    if kind == "missing":
        return Problem(
            code="CK405", message=f"the key {key} is missing", mend="add the key", **common
        )
    return _value_problem(fault, key, common)


def _value_problem(fault: ErrorDetails, key: str, common: Mapping[str, Any]) -> Problem:
    kind = fault["type"]
    expected = _LIBRARY_WORDS.sub("", fault["msg"])
    found = _show(fault["input"])
    closest = None
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected", "")))
        closest = suggest(str(fault["input"]), choices)
    return Problem(
        code="CK406" if kind.endswith(("_type", "_parsing")) else "CK407",
        message=f"{key} is {found}; expected {expected}",
        found=found,
        expected=expected,
        closest=closest,
        mend=f"write {closest!r}" if closest else _mend_value(fault),
        **common,
    )


def _mend_value(fault: ErrorDetails) -> str:
    if not fault["type"].startswith("date"):
        return "mend the value"
    try:
        return f"write it without quotes: {date.fromisoformat(str(fault['input']))}"
    except ValueError:
        return "write the year first and no quotes, such as 2026-04-24"


def _real_path(location: Sequence[str | int], raw: Any, *, keep_last: bool) -> KeyPath:  # noqa: ANN401
    """Return the part of pydantic's location that names keys of the file.

    Its other parts name members of a union or mark a table's own key.
    """
    path: list[str | int] = []
    value = raw
    for number, part in enumerate(location):
        if isinstance(value, Mapping) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif not (keep_last and number == len(location) - 1):
            continue
        path.append(part)
    return tuple(path)


def _keys_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the keys that `model` knows in the table at `path`."""
    kinds: list[Any] = [model]
    for part in path:
        inner: list[Any] = []
        for kind in _flatten_kinds(kinds):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                field = kind.model_fields.get(str(part))
                inner += [] if field is None else [field.annotation]
            else:
                # list[X] and dict[str, X]: the last argument is what lies inside.
                inner += get_args(kind)[-1:]
        kinds = inner
    return [
        field.alias or name
        for kind in _flatten_kinds(kinds)
        if isinstance(kind, type) and issubclass(kind, BaseModel)
        for name, field in kind.model_fields.items()
    ]


def _flatten_kinds(kinds: Iterable[Any]) -> list[Any]:
    flat: list[Any] = []
    for kind in kinds:
        if get_origin(kind) in (Union, UnionType):
            flat += _flatten_kinds(get_args(kind))
        elif isinstance(kind, type) and issubclass(kind, RootModel):
            flat += _flatten_kinds([kind.model_fields["root"].annotation])
        else:
            flat.append(kind)
    return flat


def _show(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 (one printed line)
