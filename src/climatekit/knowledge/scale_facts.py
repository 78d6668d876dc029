"""Scale facts: the tables of a scale file that tell what is known about the instrument.

How the instrument is scored stands in `scale_format`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from climatekit.knowledge.definitions import Table

Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
Code = Annotated[str, StringConstraints(pattern=r"^-?\d+$")]
Confidence = Literal["high", "medium", "low"]
Unit = Literal["person", "team", "school"]
SchoolLevel = Literal["elementary", "middle", "high", "all"]


class LevelTable(Table):
    """``[level]``: whose property the score is, and when it may be told."""

    unit: Unit = Field(description="Whose property the score is: a person's, a team's, a school's.")
    referent: Text = Field(description="Whom or what the items speak about.")
    adapted_referent: bool = Field(
        default=False,
        description="The items are asked about something else than the original; switches off "
        "norms and published reliability.",
    )
    report_at: list[Literal["person", "team", "school"]] | None = Field(
        default=None,
        min_length=1,
        description="Levels at which a score may be told; where left out, the school, and the "
        "person too when the unit is the person.",
    )
    respondents: Text | None = Field(
        default=None, description="Who must answer, such as teachers; printed, not enforced."
    )
    min_respondents: int = Field(
        default=1, ge=1, le=1000, description="Fewest people for a school's score."
    )
    min_response_rate: float = Field(
        default=0.0, ge=0, le=1, description="Smallest share of staff for a school's score."
    )
    split_sample: bool = Field(
        default=False,
        description="Each person was asked only some of the scales, by design: fewer answers "
        "are then no refusal.",
    )


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
    allowed: list[Literal["ask", "score", "report", "adapt", "reprint"]] = Field(
        default_factory=list, description="What the evidence says may be done with the instrument."
    )
    wording_included: Literal[False]


class CitationTable(Table):
    """``[[citations]]``: one publication and the part it plays."""

    role: Literal["development", "validation", "norms", "short form", "adaptation"]
    text: Text
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,}/\S+$")] | None = None


class CautionTable(Table):
    """``[[cautions]]``: one caution and what calls it up."""

    when: Literal[
        "always",
        "draft",
        "adapted",
        "edited",
        "norms",
        "ranking",
        "small",
        "reversed_apart",
        "imported",
    ]
    text: Text
    below: int | None = Field(
        default=None, ge=2, description="With `small`: called up by fewer people than this."
    )


class EvidenceTable(Table):
    """One fact under ``[evidence]``: how sure it is and what it rests on."""

    confidence: Confidence
    source: Text
    checked: date | None = None


class NormTable(Table):
    """``[[norms]]``: schools that a school's score may be held against."""

    score: Name
    school_level: SchoolLevel = Field(
        description="`all` only where the source itself gives one norm for every kind of school."
    )
    country: Text
    years: Text
    form: Name | None = None
    unit: Literal["school"] = "school"
    mean: float
    sd: float = Field(gt=0)
    schools: int | None = Field(default=None, ge=2)
    confidence: Literal["high"] = Field(description="A norm that is not confirmed is not given.")
    source: Text


class PublishedTable(Table):
    """``[[published]]``: a value found elsewhere, to hold one's own against."""

    statistic: Literal["alpha", "omega", "icc1", "icc2", "school_reliability", "loading_share"]
    score: Name | None = None
    low: float
    high: float | None = None
    level: Literal["person", "team", "school"] = "person"
    sample: Text
    confidence: Confidence
    source: Text


class StructureTable(Table):
    """``[structures.NAME]``: a factor structure worth testing."""

    kind: Literal["published", "alternative", "wording"]
    factors: dict[Name, list[int]] = Field(min_length=1)
    confidence: Confidence
    source: Text


class AgreementTable(Table):
    """``[agreement]``: what answers without agreement look like, for rwg."""

    null: Literal["uniform", "slight skew"] = "uniform"
    options: int | None = Field(
        default=None,
        ge=2,
        description="Answer options of that null, evenly over the same range, where not those "
        "of the response set.",
    )


class ComparabilityTable(Table):
    """``[comparability]``: what may share one line of trend, and how sure one person's score is.

    Reliability is given as it is, or as an error of measurement and the standard deviation
    of persons' scores that it goes with: 1 - error^2 / sd^2.
    """

    group: Name = Field(description="Name of the line; two scales of one study may not share it.")
    versions: list[Version] = Field(
        default_factory=list, description="Versions of the file that share it, this one included."
    )
    forms: list[Name] = Field(
        default_factory=list,
        description="Forms that share it: from one to the other waves are compared.",
    )
    retest_reliability: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Of one person's score; a study may not assume a higher one.",
    )
    error_of_measurement: float | None = Field(
        default=None, gt=0, description="Standard error of one person's score."
    )
    persons_sd: float | None = Field(
        default=None, gt=0, description="Standard deviation of persons' scores, same sample."
    )
    source: Text | None = None


class LinkTable(Table):
    """``[links.SCALE]``: items of this scale that are items of another."""

    relation: Literal["short form of", "long form of", "part of", "revision of"]
    version: Version
    items: dict[Code, int] = Field(min_length=1)
    reworded: list[int] = Field(
        default_factory=list, description="Items of this scale worded a little otherwise there."
    )
    confidence: Confidence
    source: Text


class LanguageTable(Table):
    """``[languages.TAG]``: the words of the file in another language."""

    title: Text | None = None
    referent: Text | None = None
    scores: dict[Name, Text] = Field(default_factory=dict)
    items: dict[Code, Text] = Field(default_factory=dict)
    bands: dict[Name, Text] = Field(default_factory=dict)
    cautions: dict[Code, Text] = Field(
        default_factory=dict, description="By the caution's place in the file, from 1."
    )
