"""``climatekit status``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from climatekit.cli._context import config_option, find_output
from climatekit.cli._messages import put
from climatekit.cli._output import echo_text


@click.command("status")
@config_option
@click.option("--out", "output", type=click.Path(path_type=Path), help="Folder of the releases.")
@click.option(
    "--max-age",
    type=click.FloatRange(0, min_open=True),
    metavar="DAYS",
    help="It is a fault when the last run ended longer ago than this.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="One line, or a record.",
)
def command(config: Path | None, output: Path | None, max_age: float | None, form: str) -> int:
    """Say in one line whether the releases and runs are well.

    It tells which release is current, whether it is whole, and how the last run ended.
    Exit 0 when all is well, else 1.

    \b
    Example:
      climatekit status --out briefs --max-age 30
    """
    import dataclasses
    import json

    from climatekit.run.standing import look_up_standing

    standing = look_up_standing(
        find_output(config, output),
        now=datetime.now(UTC),
        oldest=None if max_age is None else timedelta(days=max_age),
    )
    if form == "json":
        plain = {"schema": "climatekit/status/1", **dataclasses.asdict(standing)}
        put(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        echo_text(standing.line)
    return 1 if standing.faults else 0
