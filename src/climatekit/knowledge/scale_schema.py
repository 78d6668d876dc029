"""Scale schema: the JSON Schema of a scale file, for editors and other readers."""

from __future__ import annotations

import json
from typing import Any

from climatekit.knowledge.scale_format import ScaleFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def write_scale_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of a scale file as text, keys in order.

    Rules that reach across tables are not in it; ``climatekit scales validate`` has them.
    Days are strings of format ``date``: that is how editors for TOML see its days.
    """
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "title": "climatekit scale file",
        **{k: v for k, v in ScaleFile.model_json_schema().items() if k != "title"},
    }
    for table in (schema, *schema["$defs"].values()):
        if "properties" in table:
            # The reader passes over a district's own keys that begin with x-.
            table["patternProperties"] = {"^x-": {}}
            table.pop("title", None)
            for key in table["properties"].values():
                tidy_bounds(key)
    schema["title"] = "climatekit scale file"
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def tidy_bounds(key: dict[str, Any]) -> None:
    """Write whole bounds without a point: the oldest pydantic writes 50, newer ones 50.0."""
    for one in (key, *key.get("anyOf", ())):
        for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            if bound in one and float(one[bound]).is_integer():
                one[bound] = int(one[bound])
