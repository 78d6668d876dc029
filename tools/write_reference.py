"""Write docs/reference anew: every verb, every problem, every public name.

    python tools/write_reference.py

Each page is made from what the program itself says, so that it cannot disagree with it; a
test compares the pages with what this would write.
"""

# ruff: noqa: INP001 - a script, for developers

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

import climatekit
from climatekit.cli import main as program
from climatekit.knowledge.problem_catalogue import load_problem_catalogue

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
FAMILIES = (
    ("CK1", "Export files"),
    ("CK2", "Columns, items and answers"),
    ("CK3", "Roster, evidence log and imported scores"),
    ("CK4", "Configuration, scales and templates"),
    ("CK5", "Briefs, output and workers"),
    ("CK6", "Limits"),
    ("CK7", "Privacy"),
    ("CK8", "Another run"),
    ("CK9", "Faults of climatekit"),
)


def write_commands() -> str:
    """Return the page of the command line: every verb with its arguments and options."""
    parts = ["# Commands\n", "The same as `climatekit VERB --help`.\n"]
    context = click.Context(program, info_name="climatekit")
    parts += [
        f"- [`{name}`](#climatekit-{name}) {_first_line(program.commands[name])}"
        for name in program.list_commands(context)
    ]
    for name in program.list_commands(context):
        parts += _describe_verb(f"climatekit {name}", program.commands[name], level=2)
    return "\n".join(parts).rstrip() + "\n"


def _describe_verb(path: str, command: click.Command, *, level: int) -> Iterator[str]:
    yield f"\n{'#' * level} {path}"
    yield from _write_help(inspect.cleandoc(command.help or ""))
    context = click.Context(command, info_name=path)
    rows = [row for one in command.params if (row := _describe_option(one, context))]
    if rows:
        yield "\n| Argument or option | Meaning |\n|---|---|\n" + "\n".join(rows)
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _describe_verb(f"{path} {name}", command.commands[name], level=level + 1)


def _write_help(text: str) -> Iterator[str]:
    """Yield a help text; a block that click leaves as it is becomes code."""
    for block in text.split("\n\n"):
        if block.startswith("\b"):
            title, *lines = block.split("\n")[1:]
            yield f"\n{title}\n\n```\n{textwrap.dedent(chr(10).join(lines))}\n```"
        else:
            yield "\n" + " ".join(block.split())


def _describe_option(one: click.Parameter, context: click.Context) -> str:
    """Return an option's row as ``--help`` has it: its value's name, its default, its limits."""
    record = one.get_help_record(context)
    if record is None:
        return ""
    names, help_ = record
    again = one.multiple and "again" not in help_ and "repeatable" not in help_
    return f"| `{_escape(names)}` | {_escape(help_)}{' May be given again.' if again else ''} |"


def _first_line(command: click.Command) -> str:
    return " ".join(inspect.cleandoc(command.help or "").split("\n\n")[0].split())


def _escape(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def write_problems() -> str:
    """Return the page of the problems: code, usual cause and mend."""
    catalogue = load_problem_catalogue()
    parts = ["# Problems\n", "What `climatekit explain CODE` tells, by code."]
    for start, title in FAMILIES:
        codes = sorted(code for code in catalogue if code.startswith(start))
        parts += [f"\n## {title}\n", "| Code | What | Usual cause | Mend |", "|---|---|---|---|"]
        parts += [
            f"| {code} | {_escape(entry.title)} | {_escape(entry.cause)} | {_escape(entry.mend)} |"
            for code, entry in ((code, catalogue[code]) for code in codes)
        ]
    return "\n".join(parts) + "\n"


def write_python() -> str:
    """Return the page of the public names: signature and docstring of each."""
    parts = [
        "# Python",
        "\nThe whole public interface, `from climatekit import ...`; a name is loaded when used.",
    ]
    for name in climatekit.__all__:
        value = getattr(climatekit, name)
        parts.append(f"\n## {name}\n\n```\n{inspect.getdoc(value)}\n```")
        if inspect.isfunction(value):
            call = f"{name}{_strip_types(inspect.signature(value))}"
            parts[-1] = parts[-1].replace("```\n", f"```\n{call}\n\n", 1)
    return "\n".join(parts) + "\n"


def _strip_types(signature: inspect.Signature) -> inspect.Signature:
    """Return a signature without annotations: the docstring tells the types in words."""
    bare = [
        one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()
    ]
    return inspect.Signature(bare)


PAGES = {
    "commands.md": write_commands,
    "problems.md": write_problems,
    "python.md": write_python,
}


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
