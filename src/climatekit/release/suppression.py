"""Suppression: the smallest set of groups to hide so that no hidden one can be worked out."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from climatekit.errors import DisclosureError, Problem
from climatekit.release.relations import Group, Relation, list_relations, split_blocks
from climatekit.release.rules import LEAST_PARTS, has_enough, is_rest_safe

_TOTAL_WEIGHT = 6.0
_SPARE_WEIGHT = 0.01
_HIDDEN_BEFORE = 0.5
_TIE = 1e-6
_INFEASIBLE = 2  # as `scipy.optimize.milp` tells it


def choose_hidden(
    people: Mapping[Group, int],
    *,
    min_n: int,
    hidden_before: Collection[Group] = frozenset(),
    known: Collection[Group] = frozenset(),
    closed: Collection[Group] = frozenset(),
    spare: Collection[Group] = frozenset(),
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
    known : collection of Group
        Groups that an earlier release printed of the same people: hiding them now hides
        nothing, so that they protect no other.
    closed : collection of Group
        Groups that are hidden however many people they are.
    spare : collection of Group
        Totals that are rather left out than any part of theirs (rule D3).

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
        sum over P of min(n, min_n) y >= min_n z       rule D2
        sum over P of y >= 2 z                         rule D2
        sum over P of y >= y_t                a hidden total is not the sum of printed parts

    The objective is the sum of ``log(1 + n)``, plus 6 for a total, and next to nothing for a
    spare one (Fischetti & Salazar,
    2001, give the general form of the cell suppression problem).
    """
    relations = list_relations(people)
    hidden: set[Group] = set()
    by_total: dict[Group, list[Relation]] = {}
    for relation in relations:
        by_total.setdefault(relation.total, []).append(relation)
    for block in split_blocks(people, (one.groups for one in relations)):
        groups = order_groups(block)
        primary = {one for one in groups if one in closed or not has_enough(people[one], min_n)}
        if not primary:
            continue
        own = [one for group in groups for one in by_total.get(group, ())]
        hidden |= _solve_block(
            groups,
            own,
            people,
            min_n,
            primary,
            {group: _weigh(group, people, by_total, hidden_before, spare) for group in groups},
            frozenset(known),
        )
    return frozenset(hidden)


def order_groups(groups: Iterable[Group]) -> list[Group]:
    """Rule D8: groups in their own order, so that the pattern never depends on the rows'."""
    return sorted(groups)


def demand_rest(
    parts: Sequence[int], sizes: Sequence[int], opened: int, min_n: int
) -> list[dict[int, float]]:
    """Rule D2 as rows of the programme: the hidden rest has enough people and groups."""
    capped = (float(min(size, min_n)) for size in sizes)
    return [
        dict(zip(parts, capped, strict=True)) | {opened: -float(min_n)},
        dict.fromkeys(parts, 1.0) | {opened: -float(LEAST_PARTS)},
    ]


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
        if not is_rest_safe(rest, min_n):
            leaks.append(relation)
    return tuple(leaks)


def _solve_block(
    groups: Sequence[Group],
    relations: Sequence[Relation],
    people: Mapping[Group, int],
    min_n: int,
    primary: set[Group],
    weights: Mapping[Group, float],
    known: frozenset[Group],
) -> set[Group]:
    place = {group: index for index, group in enumerate(groups)}
    if not relations:
        return primary
    matrix = _write_rules(relations, place, people, min_n)
    cost = np.array(
        [
            weights[group] + _TIE * (index + 1) / len(groups)
            for index, group in enumerate(groups)
        ]
        + [0.0] * len(relations)
    )  # fmt: skip
    more = [0.0] * len(relations)
    must = np.array([float(group in primary - known) for group in groups] + more)
    may = np.array([float(group not in known) for group in groups] + [1.0] * len(more))
    solved = milp(
        cost,
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=Bounds(must, may),
        constraints=LinearConstraint(matrix, lb=0.0),
        options={"mip_rel_gap": 0.0, "time_limit": 120.0},
    )
    if solved.x is None:
        raise DisclosureError(_explain_none(solved.status, known=bool(known & {*groups})))
    hides = solved.x[: len(groups)] > 0.5  # noqa: PLR2004 (the solver's 0 and 1)
    return primary | {group for group, hide in zip(groups, hides, strict=True) if hide}


def _explain_none(status: int, *, known: bool) -> Problem:
    if status == _INFEASIBLE and known:
        return Problem(
            code="CK701",
            message="what earlier releases printed of the same answers leaves too few hidden",
            expected="the min_n and the role groups that they were published with",
            mend="go back to these, or name another output folder: there releases begin anew",
        )
    return Problem(
        code="CK701",
        message="no set of groups was found whose hiding protects everybody",
        expected="a pattern within two minutes",
        mend="print fewer groups: leave out the roles, or the district's totals",
    )


def _weigh(
    group: Group,
    people: Mapping[Group, int],
    totals: Collection[Group],
    hidden_before: Collection[Group],
    spare: Collection[Group],
) -> float:
    if group in spare:
        return _SPARE_WEIGHT
    weight = math.log1p(people[group]) + _TOTAL_WEIGHT * (group in totals)
    return weight * (_HIDDEN_BEFORE if group in hidden_before else 1.0)


def _write_rules(
    relations: Sequence[Relation],
    place: Mapping[Group, int],
    people: Mapping[Group, int],
    min_n: int,
) -> csr_array:
    """Return the rules of one block as rows ``matrix @ (y, z) >= 0``."""
    rows: list[dict[int, float]] = []
    for number, relation in enumerate(relations):
        total, opened = place[relation.total], len(place) + number
        parts = [place[part] for part in relation.parts]
        rows += [{opened: 1.0, part: -1.0, total: 1.0} for part in parts]
        rows += demand_rest(parts, [people[part] for part in relation.parts], opened, min_n)
        rows.append(dict.fromkeys(parts, 1.0) | {total: -1.0})
    counts = np.cumsum([0, *(len(row) for row in rows)])
    columns = [column for row in rows for column in row]
    values = [value for row in rows for value in row.values()]
    return csr_array(
        # HiGHS of scipy 1.14 takes 32-bit places only.
        (values, np.array(columns, dtype=np.int32), counts.astype(np.int32)),
        shape=(len(rows), len(place) + len(relations)),
    )
