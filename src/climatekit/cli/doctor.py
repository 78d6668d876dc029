"""``climatekit doctor``."""

from __future__ import annotations

import textwrap
from pathlib import Path

import click

from climatekit.cli._context import config_option, find_config, find_output
from climatekit.cli._output import echo_text
from climatekit.cli._workers import executor_option

_WIDTH = 80


@click.command("doctor")
@config_option
@click.option(
    "--out",
    "output",
    type=click.Path(path_type=Path),
    help="Folder of the releases, to try. Default: `output` of the configuration.",
)
@executor_option(help="A cluster to compare with this machine: dask://HOST:PORT.")
def command(config: Path | None, output: Path | None, executor: str | None) -> int:
    """Say what this machine lacks, and try what a run needs.

    Versions, PDF engine and fonts (a page is set), locale and clock; in the output folder
    disk, writing, renaming and the lock; with --executor each worker of a cluster. Each line
    is ok, warn or fail, with its mend. Exit 1 when one fails, else 0.

    \b
    Example:
      climatekit doctor --out briefs
    """
    from climatekit.run.diagnosis import diagnose

    if output is None and find_config(config) is not None:
        output = find_output(config, None)
    worst = 0
    cluster = executor if executor and executor.startswith("dask://") else None
    for finding in diagnose(output, cluster):
        head = f"{finding.name:<14} {finding.word:<5} "
        echo_text(
            textwrap.fill(
                finding.text, _WIDTH, initial_indent=head, subsequent_indent=" " * len(head)
            )
        )
        for line in finding.mend.splitlines():
            echo_text(f"{'':<21}mend: {line}")
        worst = max(worst, finding.word == "fail")
    return int(worst)
