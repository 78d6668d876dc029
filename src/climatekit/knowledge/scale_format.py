"""Scale format: the tables and keys of a scale file, as pydantic models.

`docs/scales.md` explains the format to a district; the rules that reach across tables
are in `scale_checks`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from climatekit.knowledge.definitions import Table

Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Confidence = Literal["high", "medium", "low"]
Construct = Literal["trust", "community", "collective_efficacy", "related"]


class ResponseSetTable(Table):
    """``[response_sets.NAME]``: codes, labels and the wordings that mean the same."""

    kind: Literal["agreement", "frequency", "extent", "accuracy", "truth"]
    low: int = Field(ge=-1000, le=1000)
    high: int = Field(ge=-1000, le=1000)
    labels: dict[str, Text] = Field(min_length=1)
    synonyms: dict[str, list[Text]] = Field(default_factory=dict)
    not_answers: list[Text] = Field(default_factory=list)
    favourable: list[int] = Field(min_length=1)


class ItemTable(Table):
    """``NUMBER = { label = "..." }`` under ``[items]``."""

    label: Text
    response_set: str | None = None
    tags: list[Text] = Field(default_factory=list)
    aliases: list[Text] = Field(default_factory=list)
    unscored: bool = False


class ScoreTable(Table):
    """``[scores.NAME]``: signed item numbers and how they become one number."""

    title: Text
    construct_: Construct = Field(alias="construct")
    items: list[int] = Field(min_length=1)
    count: int | None = None
    method: Literal["mean", "sum"] = "mean"
    order: Literal["persons_first", "items_first"] = "persons_first"
    min_answered: int | None = None
    min_answered_basis: Literal["published", "climatekit convention"] = "climatekit convention"
    direction: Literal["higher_better", "lower_better", "neutral"] = "higher_better"
    lead: bool = False
    about_leadership: bool = False
    in_brief: bool = True


class LevelTable(Table):
    """``[level]``: whose property the score is."""

    unit: Literal["school", "team", "person"]
    referent: Text
    adapted_referent: bool = False


class RightsTable(Table):
    """``[rights]``: what is known about the instrument's rights, not this file's."""

    kind: Literal[
        "public domain",
        "open licence",
        "free for research",
        "author distribution",
        "register first",
        "published measure",
        "proprietary",
        "own survey",
    ]
    statement: Text
    evidence: Text
    checked: date | None = None
    wording_included: Literal[False]


class CitationTable(Table):
    """``[[citations]]``: one publication and the part it plays."""

    role: Literal["development", "validation", "norms", "short form", "adaptation"]
    text: Text
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,}/\S+$")] | None = None


class CautionTable(Table):
    """``[[cautions]]``: one caution and what calls it up."""

    when: Literal["always", "draft", "adapted", "norms", "ranking"]
    text: Text


class EvidenceTable(Table):
    """One fact under ``[evidence]``: how sure it is and what it rests on."""

    confidence: Confidence
    source: Text
    checked: date | None = None


class PersonTable(Table):
    """One made-up respondent of a worked example.

    Every item has the answer `every`, but for those in `but` and `missing`; `expect`
    is each score in scale points, or ``"none"`` where too few items are answered.
    """

    every: int
    but: dict[str, int] = Field(default_factory=dict)
    missing: list[int] = Field(default_factory=list)
    expect: dict[str, float | Literal["none"]]


class VectorTable(Table):
    """``[[test_vectors]]``: respondents of one school and the scores they must give."""

    name: Text
    persons: list[PersonTable] = Field(min_length=1)
    expect_school: dict[str, float] = Field(default_factory=dict)


class ScaleFile(Table):
    """A whole scale file."""

    format_version: Literal[1]
    id: Name
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: Text
    abbreviation: Text
    aliases: list[Text] = Field(default_factory=list)
    status: Literal["draft", "checked"]
    constructs: list[Construct] = Field(min_length=1)
    item_count: int = Field(ge=1)
    reversed_count: int = Field(ge=0)
    response_set: str
    level: LevelTable
    rights: RightsTable
    citations: list[CitationTable] = Field(min_length=1)
    cautions: list[CautionTable] = Field(default_factory=list)
    evidence: dict[Name, EvidenceTable]
    response_sets: dict[Name, ResponseSetTable] = Field(min_length=1)
    items: dict[str, ItemTable] = Field(min_length=1)
    scores: dict[Name, ScoreTable] = Field(min_length=1)
    test_vectors: list[VectorTable] = Field(default_factory=list)
