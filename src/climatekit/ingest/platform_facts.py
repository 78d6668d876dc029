"""Platform facts: what is known of each survey platform's exports, read from ``platforms/``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRule:
    """Rows to leave out, by one metadata column.

    Attributes
    ----------
    rule : str
        Its name, as reports and ``drop_rows``, ``keep_rows`` use it.
    column : str
        Kind of the metadata column.
    values : frozenset of str
        Folded texts that fall under the rule.
    below : float, optional
        Numbers below this fall under it too.
    blank : bool
        Whether an empty cell does.
    unless : str, optional
        Another metadata column in whose presence the rule is not used.
    on_request : bool
        Whether the rule is used only when it is asked for; it is counted anyway.
    """

    rule: str
    column: str
    values: frozenset[str] = frozenset()
    below: float | None = None
    blank: bool = False
    unless: str | None = None
    on_request: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One shape of a platform's export: which rows are headings, and its signs.

    Attributes
    ----------
    join : bool
        Whether the second row holds the items of the questions in the first.
    split : str, optional
        Pattern that splits a heading into code and text.
    strip, stars : bool
        Whether tags, or also stars, are taken out of the question texts.
    """

    title: str
    names: int = 0
    wordings: int | None = None
    import_ids: int | None = None
    join: bool = False
    split: str | None = None
    strip: bool = False
    stars: bool = False
    signs: tuple[Mapping[str, Any], ...] = ()
    rows: int | None = None

    @property
    def heading_rows(self) -> int:
        """Number of heading rows."""
        if self.rows is not None:
            return self.rows
        return 1 + max(self.names, self.wordings or 0, self.import_ids or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What is known of one survey platform's exports.

    Attributes
    ----------
    columns, column_patterns : mapping
        Kind of metadata column to its names, or to a pattern of them.
    metadata, metadata_patterns, metadata_values : tuple of str, str
        Names and patterns of headings, and a pattern of cells, that are never items.
    first_column, people : str
        What the first column is, and by what people are counted where rows are not people.
    last_after, row_question, question_row : str
        How a heading holds group and question, or row and question.
    zone : mapping
        Where the time zone is named.
    no_days : tuple of str
        Days that the platform writes where it does not keep the day.
    refuse, refuse_mend : str
        Why such a file cannot be used, and what to do.
    """

    id: str
    title: str
    order: int
    forms: tuple[Form, ...]
    metadata: tuple[str, ...] = ()
    metadata_patterns: tuple[str, ...] = ()
    metadata_values: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    column_patterns: Mapping[str, str] = field(default_factory=dict)
    not_answers: tuple[str, ...] = ()
    drop: tuple[DropRule, ...] = ()
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    join: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zone: Mapping[str, Any] = field(default_factory=dict)
    no_days: tuple[str, ...] = ()
    first_column: str = ""
    people: str = ""
    last_after: str = ""
    row_question: str = ""
    question_row: str = ""
    refuse: str = ""
    refuse_mend: str = ""


@cache
def known_platforms() -> Mapping[str, Platform]:
    """Return the platforms that climatekit knows, by id, in the order they are tried."""
    folder = files("climatekit.ingest").joinpath("platforms")
    platforms = [
        _platform(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    return {one.id: one for one in sorted(platforms, key=lambda one: one.order)}


@cache
def _usual_facts() -> dict[str, Any]:
    text = files("climatekit.ingest").joinpath("dialects.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def usual_headings(kind: str) -> tuple[str, ...]:
    """Return the usual headings of the ``school``, ``role`` or ``respondent`` column."""
    return tuple(_usual_facts()["usual"][kind])


def usual_not_answers() -> tuple[str, ...]:
    """Return wordings that are no point of any scale (not applicable, do not know)."""
    return tuple(_usual_facts()["not_answers"]["words"])


def total_words() -> frozenset[str]:
    """Return, tidied, what rows of totals at the foot of a table are called."""
    return frozenset(_usual_facts()["totals"]["words"])


def _platform(name: str, facts: dict[str, Any]) -> Platform:
    forms = tuple(
        Form(**{**form, "signs": tuple(form.get("signs", ()))}) for form in facts["forms"]
    )
    drop = tuple(
        DropRule(**{**rule, "values": frozenset(one.casefold() for one in rule.get("values", ()))})
        for rule in facts.get("drop", ())
    )
    lists = {key: tuple(value) for key, value in facts.items() if isinstance(value, list)}
    tables = {
        key: {one: tuple(names) for one, names in facts.get(key, {}).items()}
        for key in ("columns", "kept", "join")
    }
    return Platform(**{**facts, **lists, **tables, "id": name, "forms": forms, "drop": drop})
