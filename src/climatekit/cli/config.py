"""``climatekit config``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from climatekit.cli._context import (
    as_of_option,
    config_option,
    find_config,
    load_study_settings,
    reading_options,
)
from climatekit.cli._messages import put, say
from climatekit.cli._output import format_option, write_table


@click.group("config")
def command() -> None:
    """Show the settings and where each came from, or their schema.

    \b
    Examples:
      climatekit config show --origin
      climatekit config schema > climatekit.schema.json
    """


@command.command("show")
@config_option
@as_of_option
@reading_options
@click.option("--origin", is_flag=True, help="Also say where each value came from.")
@format_option
def show(
    config: Path | None,
    *,
    origin: bool,
    format_: str | None,
    **flags: Any,  # noqa: ANN401 (the reader's flags, by name)
) -> None:
    """Show every setting as the other verbs would use it.

    Flags given here count as they would there. An origin is `default`, `flag`, or the
    file with the line.

    \b
    Examples:
      climatekit config show --origin
      climatekit config show --origin --strict --format json
    """
    from climatekit.knowledge.settings_sources import trace_settings

    path = find_config(config)
    rows = trace_settings(path, flags)
    if path is not None:
        load_study_settings(path, **flags)  # refuses a wrong flag as every other verb does
    columns = ("key", "value", "origin") if origin else ("key", "value")
    write_table(
        columns,
        [tuple(getattr(row, column) for column in columns) for row in rows],
        format=format_,
        title="Settings",
        schema="config",
    )
    say(_say_which(path, named=config is not None))


@command.command("schema")
def schema() -> None:
    """Write the JSON Schema of climatekit.toml, for editors.

    \b
    Example:
      climatekit config schema > climatekit.schema.json
    """
    from climatekit.knowledge.settings_schema import write_settings_schema

    put(write_settings_schema(), newline=False)


def _say_which(path: Path | None, *, named: bool) -> str:
    if path is None:
        return "climatekit: no climatekit.toml here or above; these are the defaults; exit 0"
    import os

    if named:
        how = "--config"
    elif os.environ.get("CLIMATEKIT_CONFIG"):
        how = "CLIMATEKIT_CONFIG"
    else:
        how = "the nearest upward"
    return f"climatekit: settings of {path} ({how}); exit 0"
