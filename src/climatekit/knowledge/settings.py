"""Settings: what a district decides, read from ``climatekit.toml``.

The types are plain frozen dataclasses; `read_settings` fills them from the file.
Every default is a decision of `docs/methods.md`, printed in the manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveSettings:
    """One survey window: its id, label, dates and the exports that hold its answers.

    `labels` holds the label in further languages, by BCP 47 tag.
    """

    id: str
    label: str
    labels: Mapping[str, str] = field(default_factory=dict)
    opened: date | None = None
    closed: date | None = None
    exports: tuple[Path, ...] = ()
    mode: str = "online"

    def label_in(self, language: str) -> str:
        """Return the wave's label in `language`, or the one label where there is no other."""
        return self.labels.get(language, self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSettings:
    """Headings of the columns that are not items; None means: look for a usual name.

    Attributes
    ----------
    link : str, optional
        Column with a code that a person gives alike in every wave; it is never looked
        for, a district has to name it.
    weight : str, optional
        Column with the weight of each person, never looked for either.
    """

    school: str | None = None
    role: str | None = None
    respondent: str | None = None
    link: str | None = None
    weight: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """How exports are read; None means: found out from the file, and said.

    Attributes
    ----------
    heading_rows : int, optional
        0 for a table without headings, whose columns are then called ``column 1`` and
        so on.
    first_row : int, optional
        Line of the file, from 1, where the headings begin.
    sheet : str, optional
        Name or number of a workbook's sheet.
    event : str, optional
        The one event of a longitudinal project whose rows are people.
    time_zone : str, optional
        Zone to count days in; times are moved there from the zone that the export names.
    answers_from : {"labels", "codes"}
        Whether an SPSS file's value labels or its numbers are taken as the answers.
    unfinished : {"keep", "drop"}
        What becomes of people who did not reach the end; they are counted anyway.
    drop_rows, keep_rows : tuple of str
        Names of drop rules to use besides the usual ones, and not to use.
    gather : bool
        Whether a rating spread over one column per option is put back into one.
    """

    encoding: str | None = None
    delimiter: str | None = None
    platform: str | None = None
    heading_rows: int | None = None
    first_row: int | None = None
    sheet: str | None = None
    event: str | None = None
    time_zone: str | None = None
    answers_from: Literal["labels", "codes"] = "labels"
    gather: bool = True
    unfinished: Literal["drop", "keep"] = "keep"
    drop_rows: tuple[str, ...] = ()
    keep_rows: tuple[str, ...] = ()
    duplicates: Literal["refuse", "first", "last"] = "refuse"
    missing_weight: Literal["refuse", "drop"] = "refuse"
    skip_bad_rows: bool = False
    strict: bool = False
    max_bytes: int = 200_000_000
    max_rows: int = 1_000_000
    max_columns: int = 2_000
    max_field: int = 10_000
    max_heading: int = 10_000
    max_schools: int = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleUse:
    """How the district asked one scale, where not as its file says.

    Attributes
    ----------
    form : str, optional
        One of the scale's forms.
    form_since : str, optional
        Wave from which on that form was asked; waves before it in the file's own.
    referent : str, optional
        Whom or what the items were asked about; another than the file's is an adaptation.
    referent_since : str, optional
        Wave from which on that is so; waves before it are not compared with later ones.
    edited_items : tuple of int
        Numbers of items whose wording was changed.
    norm_country : str, optional
        Country of the norm schools, where there are several norms.
    """

    form: str | None = None
    form_since: str | None = None
    referent: str | None = None
    referent_since: str | None = None
    edited_items: tuple[int, ...] = ()
    norm_country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonSettings:
    """Conventions of the wave comparison; the district sets them before looking.

    Attributes
    ----------
    smallest_change : float
        Smallest change worth acting on, points of 0 to 100.
    retest_reliability : float
        Assumed re-test reliability of one person's score, 0 to 1.
    """

    smallest_change: float = 5.0
    retest_reliability: float = 0.60


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureSettings:
    """Thresholds of the release gate, counted in people who answered.

    Attributes
    ----------
    min_n : int
        Nothing at all below this; 10, or 5 to 9 with a written `reason`.
    min_n_detail : int
        Percentages of single items from here on.
    min_n_reliability : int
        A school's own reliability from here on.
    reason : str, optional
        Why `min_n` is under 10; printed in the manifest and on each brief.
    republish : str, optional
        Why a wave is published again although a few of its answers changed; printed in the
        manifest and on each brief.
    """

    min_n: int = 10
    min_n_detail: int = 20
    min_n_reliability: int = 30
    reason: str | None = None
    republish: str | None = None


NO_GROUP = "-"  # in the place of a role group's id, of people in none


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGroup:
    """A group of staff whose results may be told beside those of the whole school.

    Attributes
    ----------
    id : str
        Stable name, as tables and the ledger print it.
    roles : tuple of str
        Values of the role column that belong to it; empty for everybody in no other group.
    label : str
        As pages print it; empty for the id in words.
    labels : mapping of str to str
        The label in further languages, by BCP 47 tag.
    """

    id: str
    roles: tuple[str, ...] = ()
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def label_in(self, language: str) -> str:
        """Return the group's label in `language`, or the one label where there is no other."""
        words = self.id.replace("_", " ")
        return self.labels.get(language) or self.label or f"{words[:1].upper()}{words[1:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricSettings:
    """How the data-use criterion is read for this district.

    Attributes
    ----------
    log_start : date, optional
        Waves that closed before it are not searched for use.
    levels : mapping of int to str
        The district's own wording of the levels 1 to 4, printed instead of ours.
    wording_source : str, optional
        Where that wording comes from; printed with it.
    """

    log_start: date | None = None
    levels: Mapping[int, str] = field(default_factory=dict)
    wording_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookSettings:
    """How the briefs look.

    Attributes
    ----------
    paper : {"letter", "a4"}
    accent : str
        Colour of the header, ``#rrggbb``; dark enough for white and gold text.
    logo : Path, optional
        SVG or PNG.
    templates : Path, optional
        Folder whose templates replace the shipped ones of the same name.
    question_page : bool
        Whether a brief of many questions lists them all on a page of their own.
    question_words : {"export", "topics"}
        What stands for a question: its text as the wave's export has it, where that has
        one and is in the brief's language; or climatekit's topic label.
    """

    paper: Literal["letter", "a4"] = "letter"
    accent: str = "#12304f"
    logo: Path | None = None
    templates: Path | None = None
    question_page: bool = True
    question_words: Literal["export", "topics"] = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a district decides.

    Attributes
    ----------
    file : Path, optional
        The configuration file; None when made from flags alone.
    root : Path
        Folder that relative paths start from.
    as_of : date, optional
        The day as of which the data-use criterion is rated.
    records_until : date, optional
        The configuration's own `as_of` where a flag asks for another day: until then the
        evidence log may tell of what has happened.
    language : str
        BCP 47 tag of the briefs' language; one that there are messages for.
    also_in : tuple of str
        Further languages in which every page is written too.
    lead_scores : mapping of str to str
        For each construct (``trust``, ``community``, ``collective_efficacy``) the
        score id shown first in the brief, when the scale's own choice is not wanted.
    link_key : Path, optional
        File with the secret under which the codes of `columns.link` are scrambled.
    answers : mapping of str to mapping of str to int
        Extra answer wordings by response set: wording to code.
    scale_use : mapping of str to ScaleUse
        How a scale was asked, by its id, where not as its file says.
    imported_scores : Path, optional
        CSV of school scores that an instrument's owner computed.
    """

    file: Path | None = None
    root: Path = field(default_factory=Path)
    as_of: date | None = None
    records_until: date | None = None
    district: str = ""
    language: str = "en"
    also_in: tuple[str, ...] = ()
    codebook: Path | None = None
    roster: Path | None = None
    evidence_log: Path | None = None
    link_key: Path | None = None
    waves: tuple[WaveSettings, ...] = ()
    columns: ColumnSettings = field(default_factory=ColumnSettings)
    reading: ReadingSettings = field(default_factory=ReadingSettings)
    scales: tuple[str, ...] = ("ots", "ces_sf", "bscs")
    scale_folder: Path | None = None
    scale_use: Mapping[str, ScaleUse] = field(default_factory=dict)
    imported_scores: Path | None = None
    lead_scores: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    comparison: ComparisonSettings = field(default_factory=ComparisonSettings)
    disclosure: DisclosureSettings = field(default_factory=DisclosureSettings)
    role_groups: tuple[RoleGroup, ...] = ()
    rubric: RubricSettings = field(default_factory=RubricSettings)
    look: LookSettings = field(default_factory=LookSettings)
    output: Path | None = None
    formats: tuple[str, ...] = ("pdf", "html", "json", "staff")
    keep: int = 8
    allow_empty: bool = False

    @property
    def place(self) -> str | None:
        """The configuration file's name, as problems give it; None where there is none."""
        return None if self.file is None else str(self.file)
