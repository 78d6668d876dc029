"""``climatekit run``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from climatekit.cli._context import as_of_option, config_option, load_study_settings
from climatekit.cli._messages import say, show_problems


@click.command("run")
@config_option
@as_of_option
@click.option(
    "--out",
    "output",
    type=click.Path(path_type=Path),
    help="Folder for the releases. Default: `output` of the configuration.",
)
def command(config: Path | None, as_of: date | None, output: Path | None) -> int:
    """Do all of it: read, score, compare, rate, render, publish. For cron.

    A release is published whole, by one rename, or not at all. The same input gives the
    same bytes; nothing new means nothing to do.

    \b
    Example:
      climatekit run --config climatekit.toml
    """
    from climatekit.run.release import run_study

    settings = load_study_settings(config, as_of=as_of, output=output)
    outcome = run_study(settings)
    show_problems(outcome.problems)
    if outcome.path is not None:
        click.echo(outcome.path)
    say(outcome.last_line)
    return outcome.exit_code
