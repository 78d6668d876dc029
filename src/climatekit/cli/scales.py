"""``climatekit scales``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from climatekit.cli._messages import put, say
from climatekit.cli._output import echo_prose, echo_text, format_option, takes_table, write_table
from climatekit.cli._table import Look
from climatekit.errors import count_of

if TYPE_CHECKING:
    from climatekit.errors import Problem
    from climatekit.knowledge.scales import Scale

_VALUED = ("--folder", "--format", "--status", "--construct")
_STATUSES = ("checked", "draft", "local", "import")
_CONSTRUCTS = ("trust", "community", "collective_efficacy", "related")
_LOOK = Look(
    columns={
        "id": "id",
        "title": "title",
        "construct": "construct",
        "items": "items",
        "status": "status",
    },
    words=("construct",),
)


class ScalesGroup(click.Group):
    """Verbs on scales; without a verb, ``list``, and with a scale's id alone, ``show``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put in the verb that was left out."""
        if not {"--help", "-h"} & set(args[:1]):
            words = [
                word
                for place, word in enumerate(args)
                if not word.startswith("-") and (place == 0 or args[place - 1] not in _VALUED)
            ]
            if not words:
                args = ["list", *args]
            elif words[0] not in self.commands:
                args = ["show", *args]
            elif args[0] != words[0]:
                args = [words[0], *(word for word in args if word is not words[0])]
        return super().parse_args(ctx, args)


def folder_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--folder`` to a verb."""
    return click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of your own scale files, besides the shipped ones.",
    )(function)


@click.group("scales", cls=ScalesGroup)
def command() -> None:
    """List the scales, show one, check or begin one of your own.

    A scale's items are shown by our own topic labels: the wording stays with the form.
    Without a verb the scales are listed; `climatekit scales ots` shows one.

    \b
    Examples:
      climatekit scales
      climatekit scales ots
      climatekit scales new belong --title "Belonging at work"
      climatekit scales validate our_scales/belong.toml
    """


@command.command("list")
@folder_option
@click.option("--status", type=click.Choice(_STATUSES), help="Only scales of this status.")
@click.option("--construct", type=click.Choice(_CONSTRUCTS), help="Only scales that measure this.")
@format_option
def list_verb(
    folder: Path | None, status: str | None, construct: str | None, format_: str | None
) -> None:
    """List the scales.

    A checked scale's key was seen in a source; a draft's was not yet; a local one is a
    district's own survey; an import's scores come ready-made from its owner.

    \b
    Examples:
      climatekit scales list --status checked
      climatekit scales list --construct trust --format csv
    """
    from climatekit.knowledge.scales import list_scales, load_scales

    scales = [
        scale
        for scale in load_scales(list_scales(folder), folder)
        if status in (None, scale.status) and (construct is None or construct in scale.constructs)
    ]
    write_table(
        ("id", "title", "construct", "items", "response_set", "forms", "status", "version", "key"),
        [
            (
                scale.id,
                scale.title,
                ", ".join(scale.constructs),
                len(scale.items),
                ", ".join(scale.response_sets),
                ", ".join(scale.forms),
                scale.status,
                scale.version,
                scale.evidence["key"][0] if "key" in scale.evidence else None,
            )
            for scale in scales
        ],
        format=format_,
        title="Scales",
        schema="scales",
        look=_LOOK,
    )


@command.command("show")
@click.argument("scale_id", metavar="ID|FILE", help="Id of a scale such as ots, or a scale file.")
@folder_option
@click.option("--form", help="Show it in one of its forms.")
@format_option
def show_verb(scale_id: str, folder: Path | None, form: str | None, format_: str | None) -> None:
    """Tell all that is known of one scale, each fact with its source.

    \b
    Examples:
      climatekit scales show tps --form agree5
      climatekit scales show ots --format csv > ots-key.csv
    """
    from climatekit.cli._scale_words import collect_notes, describe_scale, list_key

    scale = _load(scale_id, folder, form)
    if takes_table(format_):
        echo_prose(describe_scale(scale))
        return
    write_table(
        ("item", "number", "label", "score", "reversed", "response_set"),
        list_key(scale),
        format=format_,
        schema="scale",
        notes=collect_notes(scale),
    )


@command.command("validate")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    help="Scale files, or folders of them.",
)
def validate_verb(files: tuple[Path, ...]) -> None:
    """Check scale files: every fault at once, with its line and mend.

    Then the worked examples (test vectors) are scored, and each number that does not come
    out is a fault too.

    \b
    Examples:
      climatekit scales validate our_scales/belong.toml
      climatekit scales validate our_scales
    """
    from climatekit.errors import DefinitionError
    from climatekit.measure.worked_examples import check_worked_examples

    problems: list[Problem] = []
    paths = [
        path for one in files for path in (sorted(one.glob("*.toml")) if one.is_dir() else [one])
    ]
    for path in paths:
        try:
            problems += check_worked_examples(path)
        except DefinitionError as error:
            problems += error.problems
    if problems:
        raise DefinitionError(problems)
    for path in paths:
        scale = _load(str(path), None, None)
        echo_text(f"{path}: sound; {scale.title}, version {scale.version}, {scale.status}")
    say(f"climatekit: {count_of(len(paths), 'scale file')} sound; exit 0")


@command.command("new")
@click.argument("scale_id", metavar="ID", help="Small letters, digits, underscores.")
@click.option("--title", help="Title of the scale; its id where left out.")
@click.option(
    "--construct",
    type=click.Choice(_CONSTRUCTS),
    default="related",
    show_default=True,
    help="What it measures.",
)
@click.option(
    "--items", type=click.IntRange(1, 300), default=3, show_default=True, help="How many questions."
)
@click.option(
    "--points",
    type=click.IntRange(3, 11),
    default=5,
    show_default=True,
    help="How many answers each question offers.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder to write into; the working folder where left out.",
)
def new_verb(
    scale_id: str, title: str | None, construct: str, items: int, points: int, out: Path
) -> None:
    """Write a commented scale file for your own questions. Nothing is overwritten.

    \b
    Example:
      climatekit scales new belong --construct community --items 8
    """
    from climatekit.knowledge.scale_skeleton import write_skeleton
    from climatekit.run.files.new_files import write_new_text

    path = out / f"{scale_id}.toml"
    text = write_skeleton(
        scale_id, title=title or scale_id, construct=construct, items=items, points=points
    )
    write_new_text(path, text)
    echo_text(str(path))
    say(f"climatekit: wrote {path}; next: fill it in, then climatekit scales validate {path}")


@command.command("schema")
def schema_verb() -> None:
    """Write the JSON Schema of a scale file, for editors.

    \b
    Example:
      climatekit scales schema > scale.schema.json
    """
    from climatekit.knowledge.scale_schema import write_scale_schema

    put(write_scale_schema(), newline=False)


def _load(scale_id: str, folder: Path | None, form: str | None) -> Scale:
    from climatekit.knowledge.scales import list_scales, load_scale, load_scales

    if scale_id.endswith(".toml"):
        return load_scale(scale_id, form=form)
    if folder is None:
        return load_scale(scale_id, form=form)
    if scale_id in list_scales() or not (folder / f"{scale_id}.toml").is_file():
        (scale,) = load_scales([scale_id], folder)
        return scale if form is None else load_scale(scale_id, form=form)
    return load_scale(folder / f"{scale_id}.toml", form=form)
