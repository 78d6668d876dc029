"""Settings sources: each key of the configuration, its value and where it came from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from climatekit.knowledge.definitions import write_key
from climatekit.knowledge.settings import Settings
from climatekit.knowledge.settings_file import open_settings, settings_from_flags
from climatekit.knowledge.settings_format import FileTable
from climatekit.knowledge.toml_lines import KeyPath

_FLAG_KEYS: Mapping[str, KeyPath] = {
    "as_of": ("as_of",),
    "codebook": ("codebook",),
    "roster": ("roster",),
    "scales": ("scales",),
    "answers": ("answers",),
    "school_column": ("columns", "school"),
    "role_column": ("columns", "role"),
    "respondent_column": ("columns", "respondent"),
    "link_column": ("columns", "link"),
    "weight_column": ("columns", "weight"),
    "drop_unfinished": ("reading", "unfinished"),
    "no_gather": ("reading", "gather"),
}
_TURNED: Mapping[str, Mapping[object, object]] = {
    "drop_unfinished": {True: "drop", False: "keep"},
    "no_gather": {True: False},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSource:
    """One setting: its dotted key, its value (None: not set) and where that came from.

    `value` is written as in the file. `origin` is ``default``, ``flag``, or the file with
    the line.
    """

    key: str
    value: str | None
    origin: str


def trace_settings(
    path: Path | None, flags: Mapping[str, object] | None = None
) -> tuple[SettingSource, ...]:
    """Return every setting with its origin, in the order of the file format.

    Parameters
    ----------
    path : Path, optional
        The configuration file; None: the defaults.
    flags : mapping, optional
        Flags of the command line by parameter name; None, False and () are not given,
        but for ``drop_unfinished``, where False says to keep.

    Raises
    ------
    DefinitionError
        With every fault of the file at once.
    """
    given = dict(_read_flags(flags or {}))
    given_answers: Any = {"answers": given.get(("answers",), ())}
    if path is None:
        content, lines = FileTable(config_version=1), {}
    else:
        definition = open_settings(path)
        content, lines = definition.content, dict(definition.lines)
    shown: object
    rows = []
    for key, value in _flatten(content, ()):
        if key == ("answers",) and key in given:
            # Wordings of flags are laid over the file's, not put in their place.
            laid = settings_from_flags(Settings(answers=content.answers), (), **given_answers)
            shown, origin = laid.answers, "flag"
        elif key in given:
            shown, origin = given[key], "flag"
        elif path is not None and key in lines:
            shown, origin = value, f"{path}:{lines[key]}"
        else:
            shown, origin = value, "default"
        rows.append(SettingSource(key=write_key(key), value=write_value(shown), origin=origin))
    return tuple(rows)


def write_value(value: object) -> str | None:
    """Return a setting's value as it stands in a TOML file; None stays None."""
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(str(write_value(one)) for one in value) + "]"
    if isinstance(value, Mapping):
        pairs = (f"{_write_name(str(key))} = {write_value(one)}" for key, one in value.items())
        return "{ " + ", ".join(pairs) + " }" if value else "{}"
    if isinstance(value, Path):
        value = str(value)
    return json.dumps(value, ensure_ascii=False)


def _write_name(name: str) -> str:
    bare = name.isascii() and name.replace("-", "_").isidentifier()
    return name if bare else json.dumps(name, ensure_ascii=False)


def _read_flags(flags: Mapping[str, object]) -> Iterator[tuple[KeyPath, object]]:
    for name, value in flags.items():
        if value is None or value == () or (value is False and name != "drop_unfinished"):
            continue
        key = _FLAG_KEYS.get(name, ("reading", name))
        yield key, _TURNED[name][value] if name in _TURNED else value


def _flatten(table: BaseModel, above: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    for name in type(table).model_fields:
        value, key = getattr(table, name), (*above, name)
        if isinstance(value, BaseModel):
            yield from _flatten(value, key)
        elif isinstance(value, list) and value and isinstance(value[0], BaseModel):
            for number, one in enumerate(value):
                yield from _flatten(one, (*key, number))
        elif isinstance(value, dict) and any(isinstance(one, BaseModel) for one in value.values()):
            for part, one in value.items():
                yield from _flatten(one, (*key, part))
        else:
            yield key, value
