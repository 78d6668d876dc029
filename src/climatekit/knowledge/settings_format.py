"""Settings format: every key of ``climatekit.toml``, its type, default and meaning.

An example is written as it would stand in the file, after the equals sign.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from climatekit.knowledge.definitions import Table


class ColumnsTable(Table):
    """Headings of the columns that are not items."""

    school: str | None = Field(
        default=None,
        description="Heading of the column that names the school.",
        examples=['"School"'],
    )
    role: str | None = Field(
        default=None,
        description="Heading of the column that names the staff group.",
        examples=['"Role"'],
    )
    respondent: str | None = Field(
        default=None,
        description="Heading of the column that tells respondents apart.",
        examples=['"ResponseId"'],
    )
    link: str | None = Field(
        default=None,
        description="Heading of a column with a code that a person gives alike in every wave; "
        "see docs/linking.md.",
        examples=['"Your own code"'],
    )
    weight: str | None = Field(
        default=None,
        description="Heading of a column with the weight of each person, for the scales that "
        "allow weights; see docs/weights.md.",
        examples=['"final_weight"'],
    )


class ReadingTable(Table):
    """How exports are read; what is left out is found from the file and told by `check`."""

    encoding: str | None = Field(
        default=None, description="Encoding of the exports.", examples=['"cp1252"']
    )
    delimiter: str | None = Field(
        default=None, description="Delimiter of the exports.", examples=['";"']
    )
    platform: str | None = Field(
        default=None,
        description="Survey platform that wrote the exports.",
        examples=['"qualtrics"'],
    )
    heading_rows: int | None = Field(
        default=None,
        ge=0,
        le=3,
        description="Number of heading rows, 0 for a table without headings.",
        examples=["2"],
    )
    first_row: int | None = Field(
        default=None,
        ge=1,
        description="Line of the file, from 1, where the headings begin.",
        examples=["4"],
    )
    sheet: str | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        description="Sheet of a workbook, by name or number.",
        examples=['"Responses"'],
    )
    event: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="The one event of a longitudinal REDCap project whose rows are people.",
        examples=['"spring_arm_1"'],
    )
    time_zone: str | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        description="Zone to count days in; times are moved there from the zone that the export "
        "names.",
        examples=['"America/Denver"'],
    )
    answers_from: Literal["labels", "codes"] = Field(
        default="labels",
        description="Whether an SPSS file's value labels or its numbers are the answers.",
        examples=['"codes"'],
    )
    gather: bool = Field(
        default=True,
        description="Whether a rating spread over one column per option is put back into one.",
        examples=["false"],
    )
    unfinished: Literal["drop", "keep"] = Field(
        default="keep",
        description="What becomes of people who did not reach the end.",
        examples=['"drop"'],
    )
    drop_rows: list[str] = Field(
        default_factory=list,
        description="Drop rules to use besides the usual ones.",
        examples=['["unfinished"]'],
    )
    keep_rows: list[str] = Field(
        default_factory=list, description="Drop rules not to use.", examples=['["preview"]']
    )
    duplicates: Literal["refuse", "first", "last"] = Field(
        default="refuse",
        description="What to do when one respondent answered twice, differently.",
        examples=['"last"'],
    )
    missing_weight: Literal["refuse", "drop"] = Field(
        default="refuse",
        description="What becomes of people without a weight, where a column of weights is named.",
        examples=['"drop"'],
    )
    skip_bad_rows: bool = Field(
        default=False,
        description="Leave out rows of the wrong length, and count them.",
        examples=["true"],
    )
    strict: bool = Field(
        default=False, description="Refuse what would be read with a warning.", examples=["true"]
    )
    max_bytes: int = Field(
        default=200_000_000, ge=1, description="Largest export, in bytes.", examples=["50_000_000"]
    )
    max_rows: int = Field(
        default=1_000_000, ge=1, description="Most rows of an export.", examples=["50_000"]
    )
    max_columns: int = Field(
        default=2_000, ge=1, description="Most columns of an export.", examples=["500"]
    )
    max_field: int = Field(
        default=10_000, ge=1, description="Longest cell, in characters.", examples=["20_000"]
    )
    max_heading: int = Field(
        default=10_000, ge=1, description="Longest heading, in characters.", examples=["20_000"]
    )
    max_schools: int = Field(
        default=5_000, ge=1, description="Most schools of a study.", examples=["300"]
    )


class WaveTable(Table):
    """One survey window; one `[[waves]]` each, in the order of time."""

    id: str = Field(
        min_length=1,
        max_length=60,
        description="Id of the wave, as the roster and the evidence log name it.",
        examples=['"2026-spring"'],
    )
    label: str | None = Field(
        default=None,
        max_length=60,
        description="Name of the wave in the briefs, its own in each language; else the id.",
        examples=['"Spring 2026"'],
    )
    opened: date | None = Field(
        default=None, description="First day of the survey window.", examples=["2026-04-06"]
    )
    closed: date | None = Field(
        default=None, description="Last day of the survey window.", examples=["2026-04-24"]
    )
    exports: list[str] = Field(
        default_factory=list,
        description="Export files of the wave.",
        examples=['["exports/spring_2026.csv"]'],
    )
    mode: str = Field(
        default="online",
        description="How people answered; a change between waves is told in the rating.",
        examples=['"paper"'],
    )
    labels: dict[str, Annotated[str, Field(min_length=1, max_length=60)]] = Field(
        default_factory=dict,
        description="Name of the wave in further languages, by language tag.",
        examples=['{ es = "Primavera 2026" }'],
    )


class ScaleUseTable(Table):
    """How a scale was asked, where not as its file says; one `[scale_use.ID]` each."""

    form: str | None = Field(
        default=None, description="Form that was asked, by its name.", examples=['"agree5"']
    )
    form_since: str | None = Field(
        default=None,
        description="Wave from which on that form was asked, before it the file's own; compared "
        "across where the scale file lets both share a trend line.",
        examples=['"2026-spring"'],
    )
    referent: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Whom or what the items were asked about; switches off norms.",
        examples=['"the grade team"'],
    )
    referent_since: str | None = Field(
        default=None,
        description="Wave from which on that is so; it is not compared with waves before.",
        examples=['"2026-spring"'],
    )
    edited_items: list[int] = Field(
        default_factory=list,
        description="Numbers of items whose wording was changed; switches off norms.",
        examples=["[13]"],
    )
    norm_country: str | None = Field(
        default=None,
        description="Country of the norm schools, where there are several norms.",
        examples=['"US"'],
    )


class ComparisonTable(Table):
    """Conventions of the wave comparison; settle them before you look."""

    smallest_change: float = Field(
        default=5.0,
        gt=0,
        le=50,
        description="Smallest change worth acting on, in points of 0 to 100.",
        examples=["4.0"],
    )
    retest_reliability: float = Field(
        default=0.60,
        ge=0,
        lt=1,
        description="Assumed re-test reliability of one person's score.",
        examples=["0.7"],
    )


class DisclosureTable(Table):
    """Thresholds of the release gate, counted in people who answered."""

    min_n: int = Field(
        default=10,
        ge=5,
        le=1000,
        description="Nothing is told about fewer people; under 10 with a reason, never under 5.",
        examples=["12"],
    )
    min_n_detail: int = Field(
        default=20,
        ge=20,
        le=1000,
        description="Percentages of single items are told from here on; not below 20 or `min_n`.",
        examples=["25"],
    )
    min_n_reliability: int = Field(
        default=30,
        ge=30,
        le=1000,
        description="A school's own reliability is told from here on; not below 30.",
        examples=["40"],
    )
    reason: str | None = Field(
        default=None,
        min_length=10,
        max_length=300,
        description="Why `min_n` is under 10; printed in the manifest and on each brief.",
        examples=['"Board policy of 2025: five"'],
    )
    republish: str | None = Field(
        default=None,
        min_length=10,
        max_length=300,
        description="Why a wave is published again with a few answers changed; printed on each "
        "brief.",
        examples=['"The vendor sent a corrected export on May 4"'],
    )


class RoleGroupTable(Table):
    """A group of staff whose scores are told beside the whole school, where the rules allow."""

    id: str = Field(
        max_length=40,
        pattern="^[a-z][a-z0-9_-]*$",
        description="Stable name of the group, as tables print it.",
        examples=['"teaching"'],
    )
    label: str | None = Field(
        default=None,
        max_length=60,
        description="Name of the group on pages; the id in words where there is none.",
        examples=['"Teaching staff"'],
    )
    roles: list[str] = Field(
        default_factory=list,
        description="Values of the role column that belong to the group; without them it is "
        "everybody in no other group.",
        examples=['["Teacher", "Counselor"]'],
    )
    labels: dict[str, Annotated[str, Field(min_length=1, max_length=60)]] = Field(
        default_factory=dict,
        description="Name of the group in further languages, by language tag.",
        examples=['{ es = "Docentes" }'],
    )


class RubricTable(Table):
    """How the use of the data is rated."""

    log_start: date | None = Field(
        default=None,
        description="First day the evidence log covers; use is not looked for before it.",
        examples=["2024-01-01"],
    )
    levels: dict[
        Literal["1", "2", "3", "4"], Annotated[str, Field(min_length=1, max_length=240)]
    ] = Field(
        default_factory=dict,
        description="Your own wording of the four levels, printed instead of ours; the rules "
        "stay the same.",
        examples=['{ 3 = "Staff data are collected, shared and acted on each year." }'],
    )
    wording_source: str | None = Field(
        default=None,
        min_length=1,
        max_length=120,
        description="Where your wording of the levels comes from; printed with it.",
        examples=['"District handbook, 2025"'],
    )


class LookTable(Table):
    """How the briefs look."""

    paper: Literal["letter", "a4"] = Field(
        default="letter", description="Paper of the PDFs.", examples=['"a4"']
    )
    accent: str = Field(
        default="#12304f",
        pattern="^#[0-9A-Fa-f]{6}$",
        description="Colour of the header; dark enough for white and gold text on it.",
        examples=['"#3b1f4a"'],
    )
    logo: str | None = Field(
        default=None,
        description="SVG or PNG file with your logo, at most 200 kB.",
        examples=['"logo.svg"'],
    )
    templates: str | None = Field(
        default=None,
        description="Folder of your own templates; see `climatekit templates`.",
        examples=['"templates"'],
    )
    question_page: bool = Field(
        default=True,
        description="Whether a brief with more than 8 questions to tell of lists them all on a "
        "third page.",
        examples=["false"],
    )
    question_words: Literal["export", "topics"] = Field(
        default="export",
        description="What stands for a question: its text in the wave's export, in briefs of "
        "the main language; or climatekit's topic label.",
        examples=['"topics"'],
    )


class FileTable(Table):
    """What a district decides about its staff survey: climatekit.toml."""

    config_version: Literal[1] = Field(
        description="Version of this format; always 1.", examples=["1"]
    )
    as_of: date | None = Field(
        default=None,
        description="Day as of which the use of the data is rated.",
        examples=["2026-11-01"],
    )
    district: str = Field(
        default="",
        max_length=120,
        description="Name of the district, as the briefs print it.",
        examples=['"Cedar Valley School District"'],
    )
    language: str = Field(
        default="en",
        description="Language of the briefs, as a tag; the roster may name another for a school.",
        examples=['"es"'],
    )
    also_in: list[str] = Field(
        default_factory=list,
        description="Further languages in which every page is written too, beside the first.",
        examples=['["es"]'],
    )
    codebook: str | None = Field(
        default=None,
        description="Codebook, CSV or .xlsx: which column is which item, what an answer means.",
        examples=['"codebook.csv"'],
    )
    roster: str | None = Field(
        default=None,
        description="Roster, CSV or .xlsx: the schools, and how many staff each had in each wave.",
        examples=['"roster.csv"'],
    )
    evidence_log: str | None = Field(
        default=None,
        description="Evidence log, CSV or .xlsx: what was done with the results.",
        examples=['"evidence_log.csv"'],
    )
    link_key: str = Field(
        default="linking.key",
        min_length=1,
        description="File with the secret that scrambles the codes of `columns.link`; made when "
        "it is not there.",
        examples=['"secrets/linking.key"'],
    )
    scales: list[str] = Field(
        default_factory=lambda: ["ots", "ces_sf", "bscs"],
        min_length=1,
        description="Ids of the scales that were asked.",
        examples=['["ots"]'],
    )
    scale_folder: str | None = Field(
        default=None, description="Folder of your own scale files.", examples=['"scales"']
    )
    scale_use: dict[str, ScaleUseTable] = Field(
        default_factory=dict,
        description="How a scale was asked, where not as its file says.",
        examples=['{ tps = { referent = "the grade team" } }'],
    )
    imported_scores: str | None = Field(
        default=None,
        description="CSV of school scores that an instrument's owner computed.",
        examples=['"imported_scores.csv"'],
    )
    output: str | None = Field(
        default=None,
        description="Folder that `climatekit run` writes its releases into.",
        examples=['"briefs"'],
    )
    formats: list[Literal["pdf", "html", "json", "staff"]] = Field(
        default=["pdf", "html", "json", "staff"],
        min_length=1,
        description="Forms of each brief; staff is the one-page sheet for everybody.",
        examples=['["pdf"]'],
    )
    keep: int = Field(
        default=8, ge=1, le=1000, description="How many releases are kept.", examples=["12"]
    )
    allow_empty: bool = Field(
        default=False,
        description="Whether `climatekit run` ends well, with nothing published, where an export "
        "has no answers yet.",
        examples=["true"],
    )
    columns: ColumnsTable = Field(
        default_factory=ColumnsTable, description="Headings of the columns that are not items."
    )
    reading: ReadingTable = Field(default_factory=ReadingTable, description="How exports are read.")
    waves: list[WaveTable] = Field(
        default_factory=list, description="The survey windows, in the order of time."
    )
    lead_scores: dict[Literal["trust", "community", "collective_efficacy"], str] = Field(
        default_factory=dict,
        description="Score shown first, by `trust`, `community` or `collective_efficacy`.",
        examples=['{ trust = "ots.tp" }'],
    )
    answers: dict[str, dict[str, int]] = Field(
        default_factory=dict,
        description="Further answer wordings by response set: the text and its code.",
        examples=['{ agree6 = { "Strongly agre" = 6 } }'],
    )
    comparison: ComparisonTable = Field(
        default_factory=ComparisonTable, description="Conventions of the wave comparison."
    )
    disclosure: DisclosureTable = Field(
        default_factory=DisclosureTable, description="Thresholds of the release gate."
    )
    role_groups: list[RoleGroupTable] = Field(
        default_factory=list,
        max_length=2,
        description="At most two groups of staff, the same in all waves.",
    )
    rubric: RubricTable = Field(
        default_factory=RubricTable, description="How the use of the data is rated."
    )
    look: LookTable = Field(default_factory=LookTable, description="How the briefs look.")
