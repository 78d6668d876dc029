"""``climatekit brief``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from climatekit.cli._context import (
    as_of_option,
    config_option,
    load_study_settings,
    school_option,
)
from climatekit.cli._messages import put, say, show_problems
from climatekit.cli._workers import show_progress, worker_options

if TYPE_CHECKING:
    from climatekit.run.workshop.workers import Limits


@click.command("brief")
@config_option
@as_of_option
@school_option
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["pdf", "html", "json", "staff"]),
    help="Form of the brief (staff: the one-page sheet); repeatable. Default: pdf.",
)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder to write to. Default: this folder.",
)
@worker_options
@click.option("--force", is_flag=True, help="Overwrite briefs that are there.")
def command(
    config: Path | None,
    as_of: date | None,
    schools: tuple[str, ...],
    formats: tuple[str, ...],
    folder: Path,
    limits: Limits,
    force: bool,  # noqa: FBT001 (a flag)
) -> int:
    """Write the brief of one school, or of every school.

    \b
    Example:
      climatekit brief --school 101 --format html
    """
    from climatekit.report.look import read_look
    from climatekit.run.files.new_files import write_files
    from climatekit.run.study import build_briefs, build_translations, load_study
    from climatekit.run.workshop.batch import render_briefs

    settings = load_study_settings(config, as_of=as_of)
    look = read_look(settings.look)
    study = load_study(settings)
    chosen = study.choose_schools(schools)
    briefs = build_briefs(study, chosen)
    with show_progress() as progress:
        rendered = render_briefs(
            briefs,
            formats or ("pdf",),
            look=look,
            limits=limits,
            progress=progress,
            translations=build_translations(study, chosen),
        )
    paths = write_files(
        rendered.files,
        folder,
        force=force,
        mend="pass --force to overwrite, or --out another folder",
    )
    show_problems((*study.warnings, *rendered.problems))
    for path in paths:
        put(path)
    failed = len(rendered.failed)
    say(
        f"climatekit: {len(briefs) - failed} of {len(briefs)} briefs written to {folder}; "
        f"exit {rendered.exit_code}"
    )
    return rendered.exit_code
