"""``climatekit audit``."""

from __future__ import annotations

from pathlib import Path

import click

from climatekit.cli._context import find_release
from climatekit.cli._messages import say, show_problems


@click.command("audit")
@click.argument(
    "release",
    type=click.Path(path_type=Path),
    required=False,
    help="A release folder; its files are all it reads. Default: the current one of the study.",
)
def command(release: Path | None) -> None:
    """Attack a release as a stranger would, from its files alone.

    With everything published before it, it tries to work out how many people a hidden
    group has, its scores, who chose an answer, and any one person's score. It names the
    group and the rule, never a value. `run` does the same before it publishes, but for the
    PDFs: here each number in them is looked for in the ledger as well.

    \b
    Examples:
      climatekit audit
      climatekit audit briefs/release-1-0a1b2c3d
    """
    from climatekit.errors import DisclosureError, OutputError
    from climatekit.run.audit.auditing import attack_output, audit_pages, explain_breaches
    from climatekit.run.audit.number_reader import read_output
    from climatekit.run.audit.numbers import audit_numbers
    from climatekit.run.audit.output_reader import read_folder
    from climatekit.run.publishing.manifest import verify_release

    folder = find_release(release)
    files = read_folder(folder)
    damaged = verify_release(folder)
    if damaged:
        raise OutputError(damaged)
    output = read_output(files)
    pages, stray = audit_pages(files, output)
    breaches = (*attack_output(output), *audit_numbers(files, output), *stray)
    problems = explain_breaches(breaches, labels=output.labels)
    if any(problem.severity == "error" for problem in problems):
        raise DisclosureError(problems)
    show_problems(problems)
    told = f"{pages.numbers} in {pages.pages} pages are all in its ledger; " if pages else ""
    say(
        f"climatekit: {len(output.read)} printed numbers of {folder.resolve().name} and all "
        f"earlier releases attacked; {told}nobody can be worked out; exit 0"
    )
