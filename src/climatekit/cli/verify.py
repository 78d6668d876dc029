"""``climatekit verify``."""

from __future__ import annotations

from pathlib import Path

import click

from climatekit.cli._messages import say


@click.command("verify")
@click.argument("release", type=click.Path(path_type=Path), help="A release folder.")
def command(release: Path) -> None:
    """Re-hash a release against its manifest.

    \b
    Example:
      climatekit verify briefs/release-1-0a1b2c3d
    """
    from climatekit.errors import OutputError
    from climatekit.run.publishing.manifest import verify_release

    problems = verify_release(release)
    if problems:
        raise OutputError(problems)
    say(f"climatekit: {release} is whole and unchanged; exit 0")
