"""``climatekit templates``."""

from __future__ import annotations

from pathlib import Path

import click

from climatekit.cli._messages import put, say


@click.group("templates")
def command() -> None:
    """Copy the brief's templates to change them, and try them."""


@command.command("copy")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), help="New folder.")
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar="NAME",
    help="Only this file, e.g. parts/notes.html.j2; may be given again.",
)
def copy(folder: Path, parts: tuple[str, ...]) -> None:
    """Copy the shipped templates to a folder; nothing is overwritten.

    Copy only what you change: whatever is not in your folder stays the shipped one, and
    gets better with each version. Name the folder as `templates` under [look].

    \b
    Example:
      climatekit templates copy templates --part parts/notes.html.j2
    """
    from climatekit.run.pages.own_templates import copy_templates

    for path in copy_templates(folder, parts):
        put(path)
    say(f'climatekit: copied; add templates = "{folder}" under [look]; exit 0')


@command.command("check")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), help="Your folder.")
def check(folder: Path) -> None:
    """Fill your templates with a made-up brief.

    What is wrong is told with file, line and name.

    \b
    Example:
      climatekit templates check templates
    """
    from climatekit.run.pages.own_templates import check_templates

    count = check_templates(folder)
    say(f"climatekit: {count} files of {folder} work; exit 0")
