"""Scale format: the tables and keys of a scale file, as pydantic models.

`docs/scales.md` explains the format to a district; the rules that reach across tables
are in `scale_checks`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from climatekit.knowledge.definitions import Table
from climatekit.knowledge.scale_facts import (
    AgreementTable,
    CautionTable,
    CitationTable,
    Code,
    ComparabilityTable,
    Confidence,
    EvidenceTable,
    LanguageTable,
    LevelTable,
    LinkTable,
    Name,
    NormTable,
    PublishedTable,
    RightsTable,
    SchoolLevel,
    StructureTable,
    Text,
    Version,
)

Construct = Literal["trust", "community", "collective_efficacy", "related"]
Method = Literal[
    "mean",
    "sum",
    "weighted_mean",
    "weighted_sum",
    "mean_of_scores",
    "mean_of_standard_scores",
    "external",
]
Wordings = dict[Code, list[Text]]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class ResponseSetTable(Table):
    """``[response_sets.NAME]``: codes, labels and the wordings that mean the same."""

    kind: Literal["agreement", "frequency", "extent", "accuracy", "truth", "quantity", "importance"]
    low: int = Field(ge=-100, le=100)
    high: int = Field(ge=-100, le=100)
    labels: dict[str, Text] = Field(
        min_length=1, description="Code to label; both ends, and whatever else the form labels."
    )
    synonyms: dict[str, list[Text]] = Field(
        default_factory=dict, description="Code to further wordings of the same answer."
    )
    languages: dict[Tag, Wordings] = Field(
        default_factory=dict, description="Language to code to wordings."
    )
    platforms: dict[Name, Wordings] = Field(
        default_factory=dict, description="Survey platform to code to wordings it writes."
    )
    not_answers: list[Text] = Field(
        default_factory=list, description="Wordings that are no answer."
    )
    missing_codes: list[int] = Field(
        default_factory=list, description="Numbers that are no answer, such as -99."
    )
    favourable: list[int] = Field(min_length=1, description="Codes that count as favourable.")


class ItemTable(Table):
    """``NUMBER = { label = "..." }`` under ``[items]``."""

    label: Text = Field(description="What the item is about, in at most six words of your own.")
    response_set: str | None = None
    tags: list[Text] = Field(default_factory=list)
    aliases: list[Text] = Field(
        default_factory=list, description="Headings under which exports show the item."
    )
    respondents: Text | None = None
    edited: bool = Field(
        default=False,
        description="Its wording differs from the published one; switches off norms and "
        "published reliability.",
    )
    unscored: bool = False


class StepTable(Table):
    """One step of a linear transform; exactly one key."""

    add: float | None = None
    subtract: float | None = None
    multiply: float | None = None
    divide: float | None = None
    percent_of_maximum: Literal[True] | None = None


class BandTable(Table):
    """``[[scores.NAME.bands]]``: a named stretch of the score, lower end in, upper end out."""

    name: Name
    label: Text
    low: float | None = None
    high: float | None = None


class ScoreTable(Table):
    """``[scores.NAME]``: signed item numbers and how they become one number."""

    title: Text
    construct_: Construct = Field(alias="construct")
    items: list[int] = Field(
        default_factory=list, description="Item numbers; a minus sign reverses the item."
    )
    count: int | None = Field(default=None, description="Number of items, checked.")
    inputs: list[str] = Field(
        default_factory=list,
        description="For a score made of scores: names in this file, or scale.score.",
    )
    weights: dict[Code, float] = Field(
        default_factory=dict, description="Item number to weight, for the weighted methods."
    )
    method: Method = "mean"
    range_: list[float] | None = Field(
        default=None,
        alias="range",
        min_length=2,
        max_length=2,
        description="Lowest and highest value of an external score.",
    )
    rescale: Literal["none", "percent_of_maximum"] = Field(
        default="none",
        description="How items with different ranges are put on one scale before combining.",
    )
    own_signs: bool = Field(
        default=False, description="Keys an item otherwise than another score does, on purpose."
    )
    order: Literal["persons_first", "items_first"] = "persons_first"
    person_weights: Literal["never", "allowed"] = Field(
        default="never",
        description="Whether the instrument allows weighting people. Where it is allowed "
        "and `columns.weight` names a column, a school's mean and percentages are weighted.",
    )
    min_answered: int | None = None
    min_answered_share: float | None = Field(default=None, gt=0, le=1)
    min_answered_basis: Literal["published", "climatekit convention"] = "climatekit convention"
    prorate: bool = Field(
        default=True, description="Whether a sum with gaps is brought up to all items."
    )
    transform: list[StepTable] = Field(
        default_factory=list, description="Steps from the score to the number that is printed."
    )
    direction: Literal["higher_better", "lower_better", "neutral"] = "higher_better"
    reliability: Literal["alpha", "omega", "spearman_brown", "published", "none"] | None = Field(
        default=None, description="Statistic that suits; alpha, or Spearman-Brown for two items."
    )
    bands: list[BandTable] = Field(default_factory=list)
    bands_on: Literal["native", "points", "standard"] = "native"
    bands_basis: Literal["published", "ours"] = "ours"
    lead: bool = False
    about_leadership: bool = False
    in_brief: bool = True


class FormTable(Table):
    """``[forms.NAME]``: one print of the instrument."""

    title: Text
    items: list[int] = Field(
        default_factory=list, description="Item numbers in the form's order; all where left out."
    )
    response_set: str | None = None
    years: list[int] = Field(default_factory=list)
    confidence: Confidence
    source: Text


class HeadingTable(Table):
    """``[[headings]]``: how one platform's exports, or one wave's, head the items.

    `pattern` is the heading with ``{n}`` for the number on the form.
    """

    platform: Name | None = None
    wave: Text | None = None
    form: Name | None = None
    pattern: Text


class WordingHashTable(Table):
    """``[wording_hashes]``: digests by which a question text is known, without the text.

    Each is the first 16 hexadecimal digits of sha256 over salt and tidied text.
    """

    salt: Annotated[str, StringConstraints(min_length=8, max_length=64)]
    items: dict[Code, list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]]] = Field(
        min_length=1
    )


class ReferenceTable(Table):
    """``[uses.SCALE]``: another scale that this one is built on, in a pinned version.

    `items` maps this scale's item numbers to the other's.
    """

    version: Version
    items: dict[Code, int] = Field(default_factory=dict)


class PersonTable(Table):
    """One made-up respondent of a worked example.

    Every item has the answer `every`, but for those in `but` and `missing`; `expect`
    is each score in scale points, or ``"none"`` where too few items are answered; `weight`
    counts in the school's mean of a score that allows weights.
    """

    every: int
    weight: float = Field(default=1.0, gt=0)
    but: dict[str, int] = Field(default_factory=dict)
    missing: list[int] = Field(default_factory=list)
    expect: dict[str, float | Literal["none"]]


class VectorTable(Table):
    """``[[test_vectors]]``: respondents of one school and the scores they must give."""

    name: Text
    form: Name | None = None
    persons: list[PersonTable] = Field(min_length=1)
    expect_school: dict[str, float] = Field(default_factory=dict)


class StandardVectorTable(Table):
    """``[[standard_vectors]]``: a school's score and the standard score and band it must give."""

    score: Name
    school_level: SchoolLevel = "all"
    native: float
    expect: float | None = None
    band: Name | None = None


class ScaleFile(Table):
    """A whole scale file."""

    format_version: Literal[1] = Field(description="Version of this format; always 1.")
    id: Name = Field(description="Small letters, digits, underscores; also the file's name.")
    version: Version = Field(description="Raise it when anything in the file changes.")
    title: Text
    abbreviation: Text
    aliases: list[Text] = Field(default_factory=list)
    file_licence: Text = Field(
        default="GPL-3.0-or-later", description="Licence of this file, not of the instrument."
    )
    status: Literal["draft", "checked", "local", "import"] = Field(
        description="checked: key, reversals and scoring were all seen in a source. draft: not "
        "yet. local: a district's own questions, never called validated. import: scores come "
        "ready-made from the owner's platform."
    )
    constructs: list[Construct] = Field(min_length=1)
    criterion: Text | None = Field(
        default=None, description="Address of the criterion's page that the scale speaks to."
    )
    item_count: int = Field(ge=0, description="Number of items, checked.")
    reversed_count: int = Field(ge=0, description="Number of reversed items, checked.")
    response_set: str | None = Field(
        default=None, description="Response set of every item that names no other."
    )
    level: LevelTable
    rights: RightsTable
    citations: list[CitationTable] = Field(min_length=1)
    cautions: list[CautionTable] = Field(default_factory=list)
    evidence: dict[Name, EvidenceTable]
    response_sets: dict[Name, ResponseSetTable] = Field(default_factory=dict)
    items: dict[str, ItemTable] = Field(default_factory=dict)
    scores: dict[Name, ScoreTable] = Field(min_length=1)
    forms: dict[Name, FormTable] = Field(default_factory=dict)
    links: dict[Name, LinkTable] = Field(default_factory=dict)
    uses: dict[Name, ReferenceTable] = Field(default_factory=dict)
    headings: list[HeadingTable] = Field(default_factory=list)
    wording_hashes: WordingHashTable | None = None
    norms: list[NormTable] = Field(default_factory=list)
    published: list[PublishedTable] = Field(default_factory=list)
    structures: dict[Name, StructureTable] = Field(default_factory=dict)
    agreement: AgreementTable = Field(default_factory=AgreementTable)
    comparability: ComparabilityTable | None = None
    languages: dict[Tag, LanguageTable] = Field(default_factory=dict)
    test_vectors: list[VectorTable] = Field(default_factory=list)
    standard_vectors: list[StandardVectorTable] = Field(default_factory=list)
