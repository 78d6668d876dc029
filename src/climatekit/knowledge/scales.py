"""Scales: what is known of one published instrument, never its wording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from climatekit.errors import DefinitionError, Problem
from climatekit.knowledge.definitions import suggest
from climatekit.knowledge.scale_files import find_scale_files, open_scale_file
from climatekit.knowledge.scale_making import make_scale
from climatekit.knowledge.scale_model import (
    Band,
    Caution,
    Item,
    Norm,
    ResponseSet,
    Scale,
    ScoreRule,
    find_norm,
    list_imported,
    list_rules,
    title_scores,
)
from climatekit.knowledge.scale_use import (
    adapt_scale,
    check_references,
    check_trend_lines,
    join_references,
)
from climatekit.knowledge.settings import ScaleUse

__all__ = [
    "Band",
    "Caution",
    "Item",
    "Norm",
    "ResponseSet",
    "Scale",
    "ScoreRule",
    "find_norm",
    "list_imported",
    "list_rules",
    "list_scales",
    "load_scale",
    "load_scales",
    "title_scores",
]


def load_scale(name: str | Path, *, form: str | None = None) -> Scale:
    """Return one scale.

    Parameters
    ----------
    name : str or Path
        Id of a shipped scale (``"ots"``), or the path of a scale file (a Path, or text
        that ends in ``.toml``).
    form : str, optional
        One of the scale's forms, where it was asked in another than the usual one.

    Raises
    ------
    DefinitionError
        When there is no such scale, or with every fault of the file at once.
    """
    if isinstance(name, Path) or name.endswith(".toml"):
        scale = make_scale(open_scale_file(Path(name)))
    else:
        scale = _load_one(name)
    return scale if form is None else adapt_scale(scale, ScaleUse(form=form))


def load_scales(
    ids: Iterable[str],
    folder: Path | None = None,
    uses: Mapping[str, ScaleUse] | None = None,
) -> tuple[Scale, ...]:
    """Return several scales in the order of `ids`.

    Parameters
    ----------
    ids : iterable of str
        Scale ids; each is the name of its file without ``.toml``.
    folder : Path, optional
        A district's own scale files, looked at besides the shipped ones. It may not use
        the id of a shipped scale: two keys under one id would score the same answers
        differently without a word.
    uses : mapping of str to ScaleUse, optional
        How the district asked a scale, by its id.

    Raises
    ------
    DefinitionError
        With the faults of all the files, unknown ids, ids given twice, scales that a
        composite is built on and that are not among `ids`, and two of one trend line.
    """
    files, problems = find_scale_files(folder)
    scales: dict[str, Scale] = {}
    for wanted in ids:
        if wanted in scales:
            problems.append(
                Problem(
                    code="CK418",
                    message=f"the scale {wanted!r} is named twice",
                    mend="name each scale once",
                )
            )
        elif wanted not in files:
            problems.append(_unknown_scale(wanted, files, folder))
        else:
            try:
                scale = make_scale(open_scale_file(files[wanted]))
                use = (uses or {}).get(wanted)
                scales[wanted] = scale if use is None else adapt_scale(scale, use)
            except DefinitionError as error:
                problems.extend(error.problems)
    problems += [] if problems else check_references(tuple(scales.values()))
    problems += [] if problems else check_trend_lines(tuple(scales.values()))
    problems += [
        _unused(wanted, scales) for wanted in uses or {} if wanted not in scales and not problems
    ]
    if problems:
        raise DefinitionError(problems)
    return join_references(tuple(scales.values()))


def list_scales(folder: Path | None = None) -> tuple[str, ...]:
    """Return the ids of the shipped scales and of those in `folder`, in alphabetical order.

    Raises
    ------
    DefinitionError
        When `folder` is missing or uses the id of a shipped scale.
    """
    files, problems = find_scale_files(folder)
    if problems:
        raise DefinitionError(problems)
    return tuple(sorted(files))


def _unknown_scale(wanted: str, files: Mapping[str, Path], folder: Path | None) -> Problem:
    closest = suggest(wanted, files)
    return Problem(
        code="CK410",
        message=f"there is no scale {wanted!r}",
        file=None if folder is None else str(folder),
        found=wanted,
        expected=f"one of {', '.join(files)}",
        closest=closest,
        mend=f"write {closest}" if closest else "climatekit scales lists what there is",
    )


def _load_one(name: str) -> Scale:
    """Return one shipped scale; one that is built on others needs no others to be looked at."""
    files, problems = find_scale_files(None)
    if name not in files:
        problems.append(_unknown_scale(name, files, None))
    if problems:
        raise DefinitionError(problems)
    return make_scale(open_scale_file(files[name]))


def _unused(wanted: str, scales: Mapping[str, Scale]) -> Problem:
    closest = suggest(wanted, scales)
    return Problem(
        code="CK410",
        message=f"scale_use speaks of {wanted!r}, which is not among scales",
        column=f"scale_use.{wanted}",
        found=wanted,
        expected=f"one of {', '.join(scales)}",
        closest=closest,
        mend=f"write {closest}" if closest else "add it to scales, or delete the table",
    )
