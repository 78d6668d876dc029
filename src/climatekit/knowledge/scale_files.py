"""Scale files: the shipped ones and a district's own, read into `Scale`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from climatekit.errors import Problem
from climatekit.knowledge.definitions import open_definition
from climatekit.knowledge.resources import shipped
from climatekit.knowledge.scale_checks import ScaleDefinition, check_scale
from climatekit.knowledge.scale_format import ScaleFile


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedExample:
    """Made-up respondents of one school, and the scores worked out for them by hand.

    Attributes
    ----------
    form : str, optional
        Form that the answers are given on; the usual one where None.
    answers : tuple of mapping of str to int or None
        Per respondent: item id to code as answered (nothing reversed), None where missing.
    expected : tuple of mapping of str to float or None
        Per respondent: score id to scale points, None where too few items are answered.
    weights : tuple of float
        Per respondent.
    school : mapping of str to float
        Score id to the school's mean in scale points; only the scores that were worked out.
    """

    name: str
    form: str | None
    answers: tuple[Mapping[str, int | None], ...]
    expected: tuple[Mapping[str, float | None], ...]
    weights: tuple[float, ...]
    school: Mapping[str, float]


def read_test_vectors(path: Path) -> tuple[WorkedExample, ...]:
    """Return the worked examples of a scale file.

    Raises
    ------
    DefinitionError
        With every fault of the file at once.
    """
    content = open_scale_file(path).content
    return tuple(
        WorkedExample(
            name=vector.name,
            form=vector.form,
            answers=tuple(
                {
                    write_item_id(content, number): None
                    if int(number) in person.missing or content.items[number].unscored
                    else person.but.get(number, person.every)
                    for number in content.items
                }
                for person in vector.persons
            ),
            expected=tuple(
                {
                    f"{content.id}.{name}": None if value == "none" else float(value)
                    for name, value in person.expect.items()
                }
                for person in vector.persons
            ),
            weights=tuple(person.weight for person in vector.persons),
            school={f"{content.id}.{name}": value for name, value in vector.expect_school.items()},
        )
        for vector in content.test_vectors
    )


def open_scale_file(path: Path) -> ScaleDefinition:
    """Return a scale file that was read and checked; see `load_scale` for a `Scale`."""
    return open_definition(path, ScaleFile, check_scale)


def find_scale_files(folder: Path | None) -> tuple[dict[str, Path], list[Problem]]:
    """Return the path of each shipped scale and of each in `folder`, and what is wrong.

    A district's file may not use the id of a shipped scale: two keys under one id would
    score the same answers differently without a word.
    """
    home = shipped("scales")
    files = {path.stem: path for path in sorted(home.glob("*.toml"))}
    if folder is None or folder.resolve() == home.resolve():
        return files, []
    if not folder.is_dir():
        return files, [
            Problem(
                code="CK401",
                message="the folder of scale files does not exist",
                file=str(folder),
                mend="mend scale_folder or --folder",
            )
        ]
    problems = []
    for path in sorted(folder.glob("*.toml")):
        if path.stem in files:
            problems.append(
                Problem(
                    code="CK418",
                    message=f"the id {path.stem!r} belongs to a shipped scale",
                    file=str(path),
                    expected="an id that no shipped scale has",
                    mend="give your scale an id and file name of its own",
                )
            )
        files.setdefault(path.stem, path)
    return files, problems


def write_item_id(content: ScaleFile, number: str) -> str:
    """Return the item id, ``<scale>_<number>``."""
    return f"{content.id}_{number}"
