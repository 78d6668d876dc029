"""Suppression: the smallest set of groups to hide so that no hidden one can be worked out."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from climatekit.errors import DisclosureError, Problem
from climatekit.release.relations import Group, Relation, list_relations, split_blocks

LEAST_PARTS = 2
_TOTAL_WEIGHT = 6.0
_HIDDEN_BEFORE = 0.5
# Ties are broken by the groups' own order, so that the pattern never depends on the rows'.
_TIE = 1e-6


def choose_hidden(
    people: Mapping[Group, int],
    *,
    min_n: int,
    hidden_before: Collection[Group] = frozenset(),
) -> frozenset[Group]:
    """Return the groups of which nothing may be printed.

    Rules D1 and D2 of the privacy page: a group of fewer than `min_n` people is hidden;
    and what is hidden of every printed total is, together, at least `min_n` people in at
    least two groups. Else more groups are hidden, or the total, whichever loses least.

    Parameters
    ----------
    people : mapping of Group to int
        People who answered, for each group that might be printed.
    min_n : int
        Least number of people, at least 1.
    hidden_before : collection of Group
        Groups hidden in the wave before (given with this wave's id); they are hidden
        again at lower cost, which keeps the pattern steady over time.

    Returns
    -------
    frozenset of Group
        The same for any order of `people`.

    Raises
    ------
    DisclosureError
        When no such set is found; nothing may be printed then.

    Notes
    -----
    One integer programme for each connected block of relations: ``y = 1`` hides a group,
    ``z = 1`` says that a printed total t has something hidden among its parts P::

        z >= y_j - y_t                        for each part j
        sum over P of min(n, min_n) y >= min_n z
        sum over P of y >= 2 z
        sum over P of y >= y_t                a hidden total is not the sum of printed parts

    The objective is the sum of ``log(1 + n)``, plus 6 for a total (Fischetti & Salazar,
    2001, give the general form of the cell suppression problem).
    """
    relations = list_relations(people)
    hidden: set[Group] = set()
    by_total: dict[Group, list[Relation]] = {}
    for relation in relations:
        by_total.setdefault(relation.total, []).append(relation)
    for block in split_blocks(people, relations):
        primary = [group for group in block if people[group] < min_n]
        if not primary:
            continue
        own = [one for group in sorted(block) for one in by_total.get(group, ())]
        hidden |= _solve_block(sorted(block), own, people, min_n, frozenset(hidden_before))
    return frozenset(hidden)


def find_leaks(
    people: Mapping[Group, int], hidden: Collection[Group], *, min_n: int
) -> tuple[Relation, ...]:
    """Return the printed totals whose hidden rest is too small, by plain subtraction.

    A second, independent look at a pattern: no solver, the rule as a reader would state it.
    """
    leaks = []
    for relation in list_relations(people):
        if relation.total in hidden:
            continue
        rest = [people[part] for part in relation.parts if part in hidden]
        if rest and (sum(rest) < min_n or len(rest) < LEAST_PARTS):
            leaks.append(relation)
    return tuple(leaks)


def _solve_block(
    groups: Sequence[Group],
    relations: Sequence[Relation],
    people: Mapping[Group, int],
    min_n: int,
    hidden_before: frozenset[Group],
) -> set[Group]:
    place = {group: index for index, group in enumerate(groups)}
    if not relations:
        return {group for group in groups if people[group] < min_n}
    matrix = _write_rules(relations, place, people, min_n)
    totals = {relation.total for relation in relations}
    cost = np.array(
        [
            (math.log1p(people[group]) + _TOTAL_WEIGHT * (group in totals))
            * (_HIDDEN_BEFORE if group in hidden_before else 1.0)
            + _TIE * (index + 1) / len(groups)
            for index, group in enumerate(groups)
        ]
        + [0.0] * len(relations)
    )
    must = np.array([people[group] < min_n for group in groups] + [False] * len(relations))
    solved = milp(
        cost,
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=Bounds(must.astype(float), np.ones(len(cost))),
        constraints=LinearConstraint(matrix, lb=0.0),
        options={"mip_rel_gap": 0.0, "time_limit": 120.0},
    )
    if solved.x is None:
        raise DisclosureError(
            Problem(
                code="CK701",
                message="no set of groups was found whose hiding protects everybody",
                expected="a pattern within two minutes",
                mend="print fewer groups: leave out the roles, or the district's totals",
            )
        )
    hides = solved.x[: len(groups)] > 0.5  # noqa: PLR2004 (the solver's 0 and 1)
    return {group for group, hide in zip(groups, hides, strict=True) if hide}


def _write_rules(
    relations: Sequence[Relation],
    place: Mapping[Group, int],
    people: Mapping[Group, int],
    min_n: int,
) -> csr_array:
    """Return the rules of one block as rows ``matrix @ (y, z) >= 0``."""
    rows: list[dict[int, float]] = []
    for number, relation in enumerate(relations):
        total, open_ = place[relation.total], len(place) + number
        parts = [place[part] for part in relation.parts]
        rows += [{open_: 1.0, part: -1.0, total: 1.0} for part in parts]
        sizes = (float(min(people[part], min_n)) for part in relation.parts)
        rows += [
            dict(zip(parts, sizes, strict=True)) | {open_: -float(min_n)},
            dict.fromkeys(parts, 1.0) | {open_: -float(LEAST_PARTS)},
            dict.fromkeys(parts, 1.0) | {total: -1.0},
        ]
    counts = np.cumsum([0, *(len(row) for row in rows)])
    columns = [column for row in rows for column in row]
    values = [value for row in rows for value in row.values()]
    return csr_array(
        # HiGHS of scipy 1.14 takes 32-bit places only.
        (values, np.array(columns, dtype=np.int32), counts.astype(np.int32)),
        shape=(len(rows), len(place) + len(relations)),
    )
