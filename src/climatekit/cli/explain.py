"""``climatekit explain``."""

from __future__ import annotations

import click

from climatekit.cli._output import echo_prose, echo_text


@click.command("explain")
@click.argument("code", required=False, help="A code such as CK204.")
def command(code: str | None) -> None:
    """Tell what a problem means and how to mend it. Without a code, list them all.

    \b
    Example:
      climatekit explain CK204
    """
    from climatekit.knowledge.definitions import suggest
    from climatekit.knowledge.problem_catalogue import load_problem_catalogue

    catalogue = load_problem_catalogue()
    if code is None:
        for key, entry in sorted(catalogue.items()):
            echo_text(f"{key}  {entry.title}")
        return
    wanted = code.upper()
    if wanted not in catalogue:
        near = suggest(wanted, tuple(catalogue))
        hint = f"; did you mean {near}?" if near else ""
        raise click.UsageError(f"there is no problem {code!r}{hint}")
    entry = catalogue[wanted]
    echo_prose(f"{wanted}: {entry.title}\n\n{entry.cause.strip()}\n\nMend: {entry.mend.strip()}")
