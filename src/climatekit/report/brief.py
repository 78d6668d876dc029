"""Brief: everything that one school's brief prints, and nothing else.

Every number in it is `Released`; every sentence is finished. The template lays it
out and adds only the fixed headings of its language.
"""

from __future__ import annotations

from dataclasses import dataclass

from climatekit.release.released import Released
from climatekit.values import Withheld

Shown = Released | Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """Who answered. `floor` is the response rate (percent) below which nothing is compared."""

    answered: Shown
    eligible: Shown
    rate: Shown
    floor: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One wave of one score: its label, and the score with its likely range."""

    wave: str
    label: str
    score: Shown
    district: Released | None = None
    breaks: bool = False  # not comparable with the point before: the line is broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One construct's chart: title, question it answers, trend, and how far to trust it.

    `reliability` is one of ``good``, ``fair``, ``weak``, ``unknown``; `detectable` is the
    move that a school of this size can reliably spot. `trend` tells the points a year of
    three or more comparable waves, `slope` holds their number. `alt` is the chart's whole
    finding as a sentence.
    """

    construct: str
    title: str
    question: str
    score: str
    points: tuple[TrendPoint, ...]
    reliability: str
    reliability_text: str
    sentence: str
    alt: str
    detectable: Shown | None = None
    trend: str | None = None
    slope: Released | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One score's change since the wave before, in numbers and in words.

    `verdict` is one of ``rose``, ``fell``, ``moved_slightly``, ``held_steady``,
    ``too_close``, ``not_compared``, ``first_wave``, ``withheld``; `symbol` is drawn beside
    `word` so that colour is never alone. `detectable` is the move that a school of this
    size can reliably spot.
    """

    score: str
    title: str
    before: Shown | None
    after: Shown
    difference: Shown | None
    verdict: str
    symbol: str
    word: str
    sentence: str
    lead: bool = False
    detectable: Shown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoverRow:
    """One question that moved: percent favourable before and after."""

    item: str
    label: str
    before: Released
    after: Released
    difference: Released


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """One question of the latest wave: percent favorable now, and in the wave before."""

    item: str
    label: str
    after: Released
    before: Released | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionGroup:
    """The questions of one score, the most favorable first."""

    score: str
    title: str
    rows: tuple[QuestionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What single questions say: the two highest and two lowest, and all that may be told.

    `tied` tells how many others stand as high or as low, where one of each is printed, and
    where two are: a page with little room prints fewer. `hidden` tells which are not shown;
    it may be empty. `groups` is empty where the district wants no page of questions.
    """

    highest: tuple[QuestionRow, ...]
    lowest: tuple[QuestionRow, ...]
    tied: tuple[str, ...]
    groups: tuple[QuestionGroup, ...]
    hidden: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """One group of staff: who answered, and its scores in the order of the table's titles."""

    role: str
    name: str
    answered: Shown
    scores: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTable:
    """The groups of staff of the latest wave, beside the whole school; `scores` are ids."""

    scores: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[RoleRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One data-use indicator in words.

    `mark` is ``yes`` (level 3 or 4 evidenced), ``part`` (level 2, or partly evidenced),
    ``no`` (recorded as not done, or level 1), ``open`` (not on file), ``later`` (not yet
    due) or ``none`` (does not apply).
    """

    indicator: str
    question: str
    mark: str
    status: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One step towards the next level: what, who, by when."""

    lead: str
    text: str
    who_when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelBox:
    """One of the four levels; `state` is reached, here, possible or later."""

    level: int
    title: str
    text: str
    state: str
    state_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUsePage:
    """The data-use check of one school; `own` tells the team's own rating, may be empty."""

    headline: str
    disclaimer: str
    completeness: str
    levels: tuple[LevelBox, ...]
    evidence: tuple[EvidenceRow, ...]
    next_steps: tuple[NextStep, ...]
    own: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A titled paragraph of the methods and limits."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleStamp:
    """Which scale file the scores were made by; `kind` is ``scored`` or ``imported``."""

    id: str
    title: str
    version: str
    form: str
    status: str
    kind: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One school's brief for one wave, as printed.

    `wave_dates` and `as_of_text` are already written out in the brief's language;
    `created` is the ISO date that goes into the PDF's metadata.
    """

    schema: str
    language: str
    school_id: str
    school: str
    district: str
    grades: str
    wave: str
    wave_label: str
    wave_dates: str
    previous_label: str | None
    created: str
    participation: Participation
    headline: str
    subline: str
    panels: tuple[Panel, ...]
    changes: tuple[ChangeRow, ...]
    movers: tuple[MoverRow, ...]
    movers_note: str | None
    data_use: DataUsePage | None
    since_last_time: tuple[str, ...]
    prompts: tuple[str, ...]
    notes: tuple[Note, ...]
    withheld: tuple[str, ...]
    footer: str
    scales: tuple[ScaleStamp, ...] = ()
    roles: RoleTable | None = None
    questions: Questions | None = None
