"""The tutorial, typed line by line; what it shows has to be what comes."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def list_steps():
    """Return each typed line with the lines of the answer that the tutorial shows."""
    steps = []
    for line in "".join(BLOCK.findall(TUTORIAL.read_text("utf-8"))).splitlines():
        if line.startswith("$ "):
            steps.append((line.removeprefix("$ "), []))
        else:
            steps[-1][1].append(line)
    return steps


def is_shown(line, output):
    """Return whether a line, with ``...`` for anything, is in an output; blanks do not count."""
    parts = [re.escape(" ".join(part.split())) for part in line.split("...")]
    return re.search(".*".join(parts), " ".join(output.split())) is not None


def type_shell(words, monkeypatch):
    """Do what the shell would with the few other commands of the tutorial."""
    verb, *rest = words
    if verb == "mkdir":
        Path(rest[0]).mkdir()
    elif verb == "cp":
        for source in rest[:-1]:
            shutil.copy(source, rest[-1])
    elif verb == "cd":
        monkeypatch.chdir(rest[0])
    else:
        assert (verb, rest[1]) == ("echo", ">>")
        with Path(rest[2]).open("a", encoding="utf-8") as file:
            file.write(f"{rest[0]}\n")


def test_the_tutorial_works_as_it_stands(climatekit, monkeypatch, demo, tmp_path):
    monkeypatch.setenv("COLUMNS", "80")
    steps = list_steps()
    assert len(steps) > 12

    for line, shown in steps:
        words = shlex.split(line)
        if words[0] != "climatekit":
            type_shell(words, monkeypatch)
        elif words == ["climatekit", "demo"]:
            shutil.copytree(demo, tmp_path / "climatekit-demo")  # its run is tested elsewhere
        else:
            ended = type_climatekit(climatekit, words[1:])
            missing = [one for one in shown if not is_shown(one, ended.out + ended.err)]
            assert not missing, (line, missing)


def type_climatekit(climatekit, words):
    config = Path("climatekit.toml")
    if words == ["run"] and "formats" not in config.read_text("utf-8"):
        text = config.read_text("utf-8")  # PDFs are tested elsewhere, and slow
        config.write_text(text.replace("scales =", 'formats = ["json"]\nscales =', 1), "utf-8")
    return climatekit(*words)
