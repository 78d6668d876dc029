"""Special columns: the school, role, respondent, link and weight of each row."""

from __future__ import annotations

from collections.abc import Mapping

from climatekit.errors import Problem
from climatekit.ingest.decisions import Decision
from climatekit.ingest.layouts import Layout
from climatekit.ingest.matches import Columns
from climatekit.ingest.naming import columns_called
from climatekit.ingest.platform_facts import usual_headings
from climatekit.ingest.text import closest, key
from climatekit.knowledge.settings import ColumnSettings


def find_special(
    name: str,
    layout: Layout,
    columns: Columns,
    taken: Mapping[int, str],
    asked_for: ColumnSettings,
) -> None:
    """Add the school, role and respondent columns to `columns`, and what stays unused.

    A column named in the settings wins over the codebook, and that over the platform's
    own and the usual headings.

    Parameters
    ----------
    name : str
        The export's name, for problems.
    taken : mapping of int to str
        Columns that are spoken for already.
    """
    for kind, wanted in (
        ("school", asked_for.school),
        ("role", asked_for.role),
        ("respondent", asked_for.respondent),
    ):
        if wanted is not None:
            _take_asked(name, layout, columns, kind, wanted)
        elif kind not in columns.special:
            _take_usual(layout, columns, taken, kind)
    if asked_for.link is not None:
        _take_link(layout, columns, asked_for.link)
    if asked_for.weight is not None:
        _take_asked(name, layout, columns, "weight", asked_for.weight)
    unknown = any(problem.code == "CK215" for problem in columns.problems)
    if "school" not in columns.special and not unknown:
        columns.problems.append(
            Problem(
                code="CK210",
                file=name,
                message="no column says which school a person works at",
                expected="a heading such as School or Site",
                mend='name the column: school = "..." under [columns] '
                "(--school-column), or item = school in the codebook",
            )
        )
    columns.ignored = [
        place
        for place, heading in enumerate(layout.names)
        if heading
        and taken.get(place, "ignore") == "ignore"
        and place not in layout.metadata_columns
        and place not in columns.special.values()
    ]


def take_special(columns: Columns, layout: Layout, kind: str, place: int, sign: str) -> None:
    """Note that the column at `place` holds the `kind`, and by which sign."""
    columns.special[kind] = place
    columns.decisions.append(Decision(f"{kind} column", layout.title(place), sign))


def _take_asked(name: str, layout: Layout, columns: Columns, kind: str, wanted: str) -> None:
    found, how = columns_called(layout, wanted)
    if len(found) == 1:
        take_special(columns, layout, kind, found[0], f"asked for, by {how}")
        return
    columns.problems.append(
        Problem(
            code="CK215",
            file=name,
            column=wanted,
            message=f"{len(found) or 'no'} columns are called so; it was named as the "
            f"{kind} column",
            expected="the heading, import id or question text of one column",
            closest=closest(wanted, [heading for heading in layout.names if heading]),
            mend=f"correct {kind} under [columns] (--{kind}-column)",
        )
    )


def _take_link(layout: Layout, columns: Columns, wanted: str) -> None:
    """Take the column of the linking codes; a wave without one is merely not linked."""
    found, how = columns_called(layout, wanted)
    if len(found) == 1:
        take_special(columns, layout, "link", found[0], f"asked for, by {how}")
    else:
        columns.decisions.append(Decision("link column", "none", "this export has no such column"))


def _take_usual(layout: Layout, columns: Columns, taken: Mapping[int, str], kind: str) -> None:
    if kind == "respondent" and "respondent" in layout.metadata:
        take_special(columns, layout, kind, layout.metadata["respondent"], "the platform's own")
        return
    free = [
        place
        for place in range(len(layout.names))
        if place not in taken and place not in layout.metadata_columns
    ]
    for usual in usual_headings(kind):
        for texts in (layout.names, layout.wordings, layout.import_ids):
            found = [place for place in free if texts[place] and key(texts[place]) == key(usual)]
            if found:
                take_special(columns, layout, kind, found[0], "a usual heading")
                return
