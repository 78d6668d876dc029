"""``climatekit demo``."""

from __future__ import annotations

from pathlib import Path

import click

from climatekit.cli._messages import put, say, show_problems


@click.command("demo")
@click.argument(
    "folder",
    type=click.Path(path_type=Path),
    default=Path("climatekit-demo"),
    required=False,
    help="Where to write it. Default: climatekit-demo.",
)
@click.option(
    "--schools", type=click.IntRange(8, 500), default=8, show_default=True, help="How many schools."
)
@click.option(
    "--seed",
    type=int,
    default=20260401,
    show_default=True,
    help="Seed of the made-up answers; another one gives others.",
)
def command(folder: Path, schools: int, seed: int) -> int:
    """Write a made-up district and run it the whole way.

    Opens nothing; prints where the briefs lie. Overwrites nothing.

    \b
    Example:
      climatekit demo
    """
    from climatekit.cli._context import load_study_settings
    from climatekit.errors import OutputError, Problem
    from climatekit.run.demo.district import write_district
    from climatekit.run.release import run_study

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(
            Problem(
                code="CK520",
                message=f"{folder} is there already and is not empty",
                expected="a new or empty folder",
                mend="name another folder: climatekit demo DIR",
            )
        )
    config = write_district(folder, seed=seed, schools=schools)
    outcome = run_study(load_study_settings(config))
    show_problems(outcome.problems)
    if outcome.path is not None:
        put(outcome.path)
    say(outcome.last_line)
    return outcome.exit_code
