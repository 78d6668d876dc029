"""``climatekit rollback``."""

from __future__ import annotations

from pathlib import Path

import click

from climatekit.cli._context import config_option, find_output
from climatekit.cli._messages import put, say


@click.command("rollback")
@click.argument("release", required=False, help="Name of the release. Default: the one before.")
@config_option
@click.option("--out", "output", type=click.Path(path_type=Path), help="Folder of the releases.")
def command(release: str | None, config: Path | None, output: Path | None) -> None:
    """Make an earlier release the current one. Every release stays as it is.

    \b
    Example:
      climatekit rollback --out briefs
    """
    from climatekit.run.standing import roll_back

    path = roll_back(find_output(config, output), release)
    put(path)
    say(f"climatekit: {path.name} is the current release now; exit 0")
