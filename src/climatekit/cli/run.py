"""``climatekit run``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from climatekit.cli._context import as_of_option, config_option, load_study_settings
from climatekit.cli._messages import put, say, show_problems
from climatekit.cli._problem_file import keeping_problems, problems_option
from climatekit.cli._workers import show_progress, worker_options

if TYPE_CHECKING:
    from climatekit.run.workshop.workers import Limits


@click.command("run")
@config_option
@as_of_option
@click.option(
    "--out",
    "output",
    type=click.Path(path_type=Path),
    help="Folder for the releases. Default: `output` of the configuration.",
)
@worker_options
@problems_option
@click.option(
    "--log-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Append the run to this log, one JSON line an event.",
)
@click.option(
    "--notify-command",
    metavar="COMMAND",
    help="Command that gets the run's record (JSON) on its standard input.",
)
@click.option("--quiet", is_flag=True, help="Say nothing when there is nothing to do.")
@click.option(
    "--keep",
    type=click.IntRange(1, 1000),
    help="How many releases are kept. Default: `keep` of the configuration.",
)
@click.option(
    "--wait",
    type=click.FloatRange(0, 86_400),
    default=0,
    metavar="SECONDS",
    help="Wait for another run on the same folder. Default: end at once, exit 8.",
)
@click.option("--force", is_flag=True, help="Make every brief again, changed or not.")
@click.option("--only-failed", is_flag=True, help="Make only the briefs that failed last time.")
@click.option(
    "--allow-empty/--refuse-empty",
    default=None,
    help="End well, with nothing published, where an export has no answers yet, or not. "
    "Default: `allow_empty` of the configuration.",
)
def command(  # noqa: PLR0913, PLR0917 (one a flag)
    config: Path | None,
    as_of: date | None,
    output: Path | None,
    log_file: Path | None,
    notify_command: str | None,
    limits: Limits,
    problem_file: Path | None,
    quiet: bool,  # noqa: FBT001 (a flag)
    keep: int | None,
    wait: float,
    force: bool,  # noqa: FBT001
    only_failed: bool,  # noqa: FBT001
    allow_empty: bool | None,  # noqa: FBT001
) -> int:
    """Do all of it: read, score, compare, rate, render, publish. For cron.

    A release is published whole, by one rename, or not at all. The same input gives the
    same bytes; nothing new means nothing to do, and a brief in which nothing changed is
    taken over. A run that was stopped goes on where it was.

    \b
    Example:
      climatekit run --config climatekit.toml
    """
    import dataclasses

    from climatekit.run.recorded import Recording, run_recorded

    if force and only_failed:
        raise click.UsageError("--force and --only-failed contradict each other")

    with keeping_problems(problem_file) as kept:
        settings = load_study_settings(config, as_of=as_of, output=output)
        if keep is not None:
            settings = dataclasses.replace(settings, keep=keep)
        with show_progress() as progress:
            outcome = run_recorded(
                settings,
                Recording(log=log_file, command=notify_command),
                limits=limits,
                force=force,
                only_failed=only_failed,
                allow_empty=settings.allow_empty if allow_empty is None else allow_empty,
                wait=wait,
                progress=progress,
            )
        kept.problems += outcome.problems
        # A run with nothing to do has looked at nothing: the last list still holds.
        kept.untouched = outcome.idle
    show_problems(outcome.problems)
    if outcome.idle and quiet:
        return outcome.exit_code
    if outcome.path is not None:
        put(outcome.path)
    say(outcome.last_line)
    return outcome.exit_code
