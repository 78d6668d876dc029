"""``climatekit verify``."""

from __future__ import annotations

from pathlib import Path

import click

from climatekit.cli._context import find_release
from climatekit.cli._messages import say


@click.command("verify")
@click.argument(
    "release",
    type=click.Path(path_type=Path),
    required=False,
    help="A release folder. Default: the current release of the study here.",
)
def command(release: Path | None) -> None:
    """Re-hash a release against its manifest.

    \b
    Examples:
      climatekit verify
      climatekit verify briefs/release-1-0a1b2c3d
    """
    from climatekit.errors import OutputError
    from climatekit.run.publishing.manifest import verify_release

    folder = find_release(release)
    problems = verify_release(folder)
    if problems:
        raise OutputError(problems)
    say(f"climatekit: {folder} is whole and unchanged; exit 0")
