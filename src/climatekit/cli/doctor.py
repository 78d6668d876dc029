"""``climatekit doctor``."""

from __future__ import annotations

import click

from climatekit.cli._output import echo_text


@click.command("doctor")
def command() -> int:
    """Say what this machine has and lacks: versions, PDF engine, a test page.

    Exit 0 when everything that climatekit needs works, else 1.

    \b
    Example:
      climatekit doctor
    """
    from climatekit.run.machine import check_machine

    findings = check_machine()
    for finding in findings:
        echo_text(f"{finding.name:<14} {finding.word:<8} {finding.text}")
        if finding.mend:
            for line in finding.mend.splitlines():
                echo_text(f"{'':<24}{line}")
    return 0 if all(finding.word != "missing" for finding in findings) else 1
