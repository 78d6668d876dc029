"""What every verb shares: flags that find the study, and the settings they give."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from climatekit.knowledge.settings import Settings

    _DayBase = click.ParamType[date]
else:
    _DayBase = click.ParamType  # not generic in the oldest click that is allowed

CONFIG_NAME = "climatekit.toml"


class DayType(_DayBase):
    """A day as YYYY-MM-DD, or ``today``."""

    name = "date"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> date:
        """Return `value` as a date; the clock is read here and nowhere else."""
        if isinstance(value, date):
            return value
        if value == "today":
            return date.today()  # noqa: DTZ011 (the district's own calendar day)
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2026-11-01, nor 'today'", param, ctx)


def config_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--config`` to a verb."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        default=None,
        help=f"Configuration file. Default: nearest {CONFIG_NAME} upward.",
    )(function)


def as_of_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--as-of`` to a verb."""
    return click.option(
        "--as-of",
        type=DayType(),
        default=None,
        help="Day (YYYY-MM-DD or 'today') as of which data use is rated.",
    )(function)


def school_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--school`` to a verb."""
    return click.option(
        "--school",
        "schools",
        multiple=True,
        metavar="ID",
        help="Only this school (id or name); may be given again.",
    )(function)


def answer_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--answer`` to a verb."""
    return click.option(
        "--answer",
        "answers",
        multiple=True,
        metavar="SET:TEXT=CODE",
        help="What an answer means, e.g. agree6:Agreee=5; a code outside: no answer.",
    )(function)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags that overrule how exports are read."""
    options = (
        click.option("--codebook", type=click.Path(path_type=Path), help="Codebook, CSV or .xlsx."),
        click.option("--roster", type=click.Path(path_type=Path), help="Roster, CSV or .xlsx."),
        click.option(
            "--scale",
            "scales",
            multiple=True,
            metavar="ID",
            help="Scale to look for, e.g. ots; may be given again.",
        ),
        click.option("--school-column", help="Heading of the school column."),
        click.option("--role-column", help="Heading of the role column."),
        click.option("--respondent-column", help="Heading of the respondent id column."),
        click.option("--link-column", help="Heading of the column of linking codes."),
        click.option("--weight-column", help="Heading of the column of people's weights."),
        click.option(
            "--missing-weight",
            type=click.Choice(["refuse", "drop"]),
            help="What becomes of people without a weight.",
        ),
        click.option("--encoding", help="Encoding of the exports, e.g. cp1252."),
        click.option("--delimiter", help="Delimiter of the exports: , ; | or tab."),
        click.option("--platform", help="Survey platform, e.g. qualtrics or plain."),
        click.option("--heading-rows", type=click.IntRange(0, 3), help="Number of heading rows."),
        click.option(
            "--first-row", type=click.IntRange(1), help="Line of the file where headings begin."
        ),
        click.option("--sheet", help="Sheet of a workbook, by name or number."),
        click.option("--event", help="The one REDCap event whose rows are people."),
        click.option(
            "--time-zone", metavar="ZONE", help="Zone to count days in, e.g. America/Denver."
        ),
        click.option(
            "--answers-from",
            type=click.Choice(["labels", "codes"]),
            help="What an SPSS file's answers are taken from.",
        ),
        click.option(
            "--no-gather", is_flag=True, help="Leave a rating spread over option columns as it is."
        ),
        click.option(
            "--drop-unfinished/--keep-unfinished",
            default=None,
            help="Leave out unfinished responses, or keep them (the default).",
        ),
        click.option(
            "--drop-rows",
            multiple=True,
            metavar="RULE",
            help="Use this drop rule; may be given again.",
        ),
        click.option(
            "--keep-rows", multiple=True, metavar="RULE", help="Do not use this drop rule."
        ),
        answer_option,
        click.option(
            "--duplicates",
            type=click.Choice(["refuse", "first", "last"]),
            help="What to do when one respondent answered twice, differently.",
        ),
        click.option("--skip-bad-rows", is_flag=True, help="Leave out rows of wrong length."),
        click.option("--strict", is_flag=True, help="Refuse what would be read with a warning."),
    )
    for option in reversed(options):  # what is added last stands first in the help
        function = option(function)
    return function


def find_config(config: Path | None) -> Path | None:
    """Return the configuration file: the flag's, the environment's, or the nearest upward."""
    if config is not None:
        return config
    named = os.environ.get("CLIMATEKIT_CONFIG")
    if named:
        return Path(named)
    for folder in (Path.cwd(), *Path.cwd().parents):
        candidate = folder / CONFIG_NAME
        if candidate.is_file():
            return Path(os.path.relpath(candidate))
        if (folder / ".git").exists():
            return None
    return None


def find_output(config: Path | None, output: Path | None) -> Path:
    """Return the folder of the releases: the flag's, or the configuration's.

    Raises
    ------
    DefinitionError
        If neither names one.
    """
    from climatekit.knowledge.needs import require_output

    return output if output is not None else require_output(load_study_settings(config))


def find_release(release: Path | None) -> Path:
    """Return a release folder: the one that was named, or the current one of the study here.

    Raises
    ------
    click.UsageError
        If none is named, and no study lies here or above.
    OutputError
        If the study has published nothing yet.
    """
    from climatekit.errors import OutputError, Problem
    from climatekit.run.publishing.shelf import find_latest

    if release is not None:
        return release
    if find_config(None) is None:
        message = f"name a release folder, or go to the folder of a {CONFIG_NAME}"
        raise click.UsageError(message)
    output = find_output(None, None)
    latest = find_latest(output)
    if latest is None:
        raise OutputError(
            Problem(
                code="CK542",
                message="nothing has been published yet",
                file=str(output),
                mend="run `climatekit run` first, or name a release folder",
            )
        )
    return latest


def load_study_settings(
    config: Path | None,
    exports: tuple[Path, ...] | None = None,
    *,
    as_of: date | None = None,
    **flags: Any,  # noqa: ANN401 (click hands them on by name)
) -> Settings:
    """Return the settings for one verb.

    With exports and no ``--config``, a ``climatekit.toml`` near by is still used for its
    columns, scales and answers; the exports alone are read, one wave a file, named
    after the file, unless the file is one that the configuration already names. None stands
    for a verb that takes no exports.

    Raises
    ------
    DefinitionError
        If the configuration is wrong, or there is neither one nor an export.
    """
    from climatekit.errors import DefinitionError, Problem
    from climatekit.knowledge.settings_file import read_settings, settings_from_flags

    path = find_config(config)
    if path is None and not exports:
        alone = f"there is no {CONFIG_NAME} here or above"
        raise DefinitionError(
            Problem(
                code="CK430",
                message=alone if exports is None else f"{alone}, and no export is given",
                expected=CONFIG_NAME if exports is None else f"{CONFIG_NAME}, or an export",
                mend="go to the folder of your study or pass --config FILE; climatekit init "
                "EXPORT... starts one"
                if exports is None
                else "name an export (climatekit score export.csv) or pass --config FILE",
            )
        )
    base = read_settings(path) if path is not None else None
    return settings_from_flags(base, exports or (), as_of=as_of, **flags)
