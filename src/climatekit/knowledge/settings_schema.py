"""Settings schema: the JSON Schema of ``climatekit.toml``, for editors."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import Any

from climatekit.knowledge.scale_schema import DIALECT, tidy_bounds
from climatekit.knowledge.settings_format import FileTable


def write_settings_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of the configuration as text, keys in order.

    Days are strings of format ``date``: that is how editors for TOML see its days.
    """
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "title": "climatekit.toml",
        **{k: v for k, v in FileTable.model_json_schema().items() if k != "title"},
    }
    for table in (schema, *schema["$defs"].values()):
        # The reader passes over a district's own keys that begin with x-.
        table["patternProperties"] = {"^x-": {}}
        for key in table["properties"].values():
            if "examples" in key:
                key["examples"] = [_read_example(text) for text in key["examples"]]
            tidy_bounds(key)
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _read_example(text: str) -> Any:  # noqa: ANN401 (any TOML value)
    value = tomllib.loads(f"example = {text}")["example"]
    return value.isoformat() if isinstance(value, date) else value
