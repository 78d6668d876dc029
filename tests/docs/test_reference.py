"""The documents: made pages are current, and every command that they show can be typed."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import click
import pytest
import yaml

import climatekit
from climatekit.cli import main as program

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def list_commands(text):
    """Yield each command line of climatekit in a page's code blocks, continued lines joined."""
    for block in FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            if line.removeprefix("$ ").startswith("climatekit "):
                yield line.removeprefix("$ ").split("   ")[0]


COMMANDS = sorted(
    {(page.name, line) for page in PAGES for line in list_commands(page.read_text("utf-8"))}
)


def test_the_reference_is_what_the_program_says_today():
    pages = runpy.run_path(str(ROOT / "tools" / "write_reference.py"))["PAGES"]
    folder = ROOT / "docs" / "reference"

    assert {page.name for page in folder.iterdir()} == set(pages)
    for name, write in pages.items():
        assert (folder / name).read_text("utf-8") == write(), "run tools/write_reference.py"


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_every_verb_and_option_in_the_documents_is_there(page, line):
    words = shlex.split(line.split(" >")[0], comments=True)[1:]
    command = program
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    known |= {"--help", "--version", "-h"}

    assert command is not program or words[0].startswith("-") or words == ["VERB", "--help"], page
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known, page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page):
    wanted = LINK.findall(page.read_text("utf-8"))

    assert [one for one in wanted if not (page.parent / one).exists()] == []


def test_every_document_is_listed_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}

    assert {page for page in pages - {"README.md"} if f"({page})" not in index} == set()


def test_the_citation_names_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))

    assert cited["version"] == climatekit.__version__


def test_the_readme_s_python_runs_as_it_stands(monkeypatch):
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(r"```python\n(.*?)```", Path("README.md").read_text("utf-8"), re.DOTALL)
    names = {}

    exec(block, names)

    assert {"wave", "school", "score", "n", "mean"} <= set(names["table"].columns)
    assert set(names["table"]["wave"]) == {"2026-spring"}
