"""Doubles: people who stand in one wave's exports more than once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from climatekit.errors import Problem, count_of
from climatekit.ingest.answers import MISSING
from climatekit.ingest.parts import Part

Policy = Literal["refuse", "first", "last"]
_NOBODY = pd.DataFrame({"id": [], "part": [], "row": []})


def drop_doubles(parts: Sequence[Part], policy: Policy) -> list[Problem]:
    """Keep each person of one wave once; change the parts and count what was left out.

    Rows with the same respondent id and the same school, role and answers are one
    person. With different answers they are refused, or the first or last is kept.
    Rows without an id are never doubles.

    Parameters
    ----------
    parts : sequence of Part
        The exports of one wave, in order.
    policy : {"refuse", "first", "last"}

    Returns
    -------
    list of Problem
        One per export with doubles that differ, if they are refused.
    """
    rows = _with_ids(parts)
    rows = rows[rows.duplicated("id", keep=False)]
    if rows.empty:
        return []
    content = [name for name in rows.columns if name not in {"part", "row"}]
    same = rows.duplicated(content, keep="first")
    _leave_out(parts, rows[same], "duplicate")
    rest = rows[~same]
    rest = rest[rest.duplicated("id", keep=False)]
    if policy == "refuse":
        return _refuse(parts, rest)
    other = rest[rest.duplicated("id", keep=policy)]
    _leave_out(parts, other, f"duplicate with other answers, {policy} kept")
    _apply(parts)
    return []


def _with_ids(parts: Sequence[Part]) -> pd.DataFrame:
    """Return one row per person with an id that stands more than once, answers included."""
    owned = [(number, part) for number, part in enumerate(parts) if part.ids is not None]
    if not owned:
        return _NOBODY
    ids = np.concatenate([part.ids for _, part in owned if part.ids is not None])
    codes, _ = pd.factorize(ids)
    often = (np.bincount(codes, minlength=1)[codes] > 1) & (ids != "")
    if not often.any():
        return _NOBODY
    items = list(dict.fromkeys(item for _, part in owned for item in part.codes))
    frames, start = [], 0
    for number, part in owned:
        mine = np.flatnonzero(often[start : start + len(part)])
        blank = np.full(len(part), MISSING, dtype=np.int8)
        frames.append(
            pd.DataFrame(
                {
                    "id": codes[start + mine],
                    "school": part.school[mine],
                    "role": part.role[mine],
                    "part": number,
                    "row": mine,
                    "weight": 1.0 if part.weights is None else part.weights[mine],
                }
                | {item: part.codes.get(item, blank)[mine] for item in items}
            )
        )
        start += len(part)
    return pd.concat(frames, ignore_index=True)


def _leave_out(parts: Sequence[Part], rows: pd.DataFrame, rule: str) -> None:
    for number, part in enumerate(parts):
        mine = rows.loc[rows["part"] == number, "row"].to_numpy(dtype=np.intp)
        if len(mine):
            part.dropped[rule] = part.dropped.get(rule, 0) + len(mine)
            part.left_out[mine] = True


def _apply(parts: Sequence[Part]) -> None:
    for part in parts:
        keep: npt.NDArray[np.bool_] = ~part.left_out
        part.keep(keep)


def _refuse(parts: Sequence[Part], rest: pd.DataFrame) -> list[Problem]:
    problems = []
    for number, part in enumerate(parts):
        mine = rest[rest["part"] == number]
        if mine.empty:
            continue
        second = mine[mine.duplicated("id", keep="first")]
        row = int((second if len(second) else mine)["row"].iloc[0])
        people = int(mine["id"].nunique())
        problems.append(
            Problem(
                code="CK240",
                file=part.name,
                line=int(part.lines[row]),
                message=f"{count_of(people, 'respondent id stands', 'respondent ids stand')} in "
                "this wave more than once, with different answers, school or staff group",
                expected="one row for each person",
                mend='delete the rows that do not count, or set duplicates = "last" under '
                "[reading] (--duplicates last)",
                count=people,
            )
        )
    if not problems:
        _apply(parts)
    return problems
