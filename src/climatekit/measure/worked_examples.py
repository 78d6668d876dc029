"""Worked examples: the test vectors of a scale file, held against what scoring gives."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose, isnan
from pathlib import Path

import numpy as np
import pandas as pd

from climatekit.errors import Problem
from climatekit.ingest.responses import Responses
from climatekit.knowledge.scale_files import WorkedExample, open_scale_file, read_test_vectors
from climatekit.knowledge.scale_model import find_band
from climatekit.knowledge.scales import Scale, find_norm, load_scale
from climatekit.measure.scoring import score
from climatekit.measure.summaries import summarize

_WAVE, _SCHOOL = "wave", "school"
_TOLERANCE = 1e-9


def check_worked_examples(path: Path) -> tuple[Problem, ...]:
    """Score the test vectors of a scale file and return each number that does not come out.

    Parameters
    ----------
    path : Path
        A scale file that is sound otherwise; see `climatekit.load_scale`.
    """
    problems: list[Problem] = []
    for place, example in enumerate(read_test_vectors(path)):
        scale = load_scale(path, form=example.form)
        problems += [
            Problem(
                code="CK408",
                message=f"the worked example {example.name!r} does not come out: {what}",
                file=str(path),
                column=f"test_vectors[{place}]",
                found=found,
                expected=wanted,
                mend="work it out again by hand; then mend the number, or the key",
            )
            for what, found, wanted in _compare(example, scale)
        ]
    problems += _check_standards(path)
    return tuple(problems)


def _check_standards(path: Path) -> Iterator[Problem]:
    content, scale = open_scale_file(path).content, load_scale(path)
    low, high = 0.0, 100.0
    for place, vector in enumerate(content.standard_vectors):
        rule = scale.scores[f"{scale.id}.{vector.score}"]
        norm = find_norm(scale, rule.id, vector.school_level)
        standard = None if norm is None else 100 * (vector.native - norm.mean) / norm.sd + 500
        bottom, top = scale.range_of(rule)
        points = low + (vector.native - bottom) / (top - bottom) * (high - low)
        band = find_band(rule, native=vector.native, points=points, standard=standard)
        names = {one.label: one.name for one in rule.bands}
        found = (None if standard is None else round(standard, 1), names.get(band))
        if found != (vector.expect, vector.band):
            yield Problem(
                code="CK408",
                message=f"{vector.native:g} on {rule.id} gives another standard score or band",
                file=str(path),
                column=f"standard_vectors[{place}]",
                found=f"{found[0]}, {found[1]}",
                expected=f"{vector.expect}, {vector.band}",
                mend="work it out again; then mend the number, the norm or the band",
            )


def _compare(example: WorkedExample, scale: Scale) -> Iterator[tuple[str, str, str]]:
    scores = score(_make_responses(example, scale), [scale])
    frame = scores.frame
    natives = {
        (str(person), str(name)): float(value)
        for person, name, value in zip(
            frame["respondent"], frame["score"], frame["native"], strict=True
        )
    }
    for number, expected in enumerate(example.expected):
        for name, value in expected.items():
            found = natives.get((str(number), name), float("nan"))
            if not _same(found, value):
                yield f"person {number + 1}, {name}", _show(found), _show(value)
    table = summarize(scores, [scale])
    means = dict(zip(table["score"].astype(str), table["native_mean"], strict=True))
    for name, value in example.school.items():
        found = float(means.get(name, float("nan")))
        if not _same(found, value):
            yield f"the school, {name}", _show(found), _show(value)


def _make_responses(example: WorkedExample, scale: Scale) -> Responses:
    items = tuple(scale.items)
    rows = [
        {"wave": _WAVE, "school": _SCHOOL, "respondent": str(number), "role": ""}
        | {item: answers.get(item) for item in items}
        for number, answers in enumerate(example.answers)
    ]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(items, "Int8"))
    return Responses(
        _frame=frame,
        waves=(_WAVE,),
        items=items,
        asked={_WAVE: frozenset(items)},
        weights=np.array(example.weights),
    )


def _same(found: float, wanted: float | None) -> bool:
    if wanted is None or isnan(found):
        return wanted is None and isnan(found)
    return isclose(found, wanted, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)


def _show(value: float | None) -> str:
    return "no score" if value is None or isnan(value) else f"{value:.10g}"
