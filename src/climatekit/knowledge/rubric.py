"""The rubric: how CASEL's data-use criterion is read, as a data file states it.

Thresholds are days, months and whole percent; see `report_templates/rubrics/data_use.toml`,
which also names the source of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from climatekit.errors import Problem
from climatekit.knowledge.definitions import Definition, Table, open_definition
from climatekit.knowledge.resources import shipped

IndicatorId = Literal["C1", "C2", "C3", "C4", "C5", "U1", "U2", "U3", "U4", "U5", "U6"]
Role = Literal["data_lead", "principal", "team"]

INDICATORS: tuple[IndicatorId, ...] = (
    "C1", "C2", "C3", "C4", "C5", "U1", "U2", "U3", "U4", "U5", "U6"
)  # fmt: skip

_Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Days = Annotated[int, Field(ge=1, le=1000)]
_Months = Annotated[int, Field(ge=1, le=120)]
_Count = Annotated[int, Field(ge=1, le=100)]
_Percent = Annotated[int, Field(ge=1, le=100)]
_Share = Annotated[float, Field(gt=0, lt=1)]
_DayOfYear = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class Indicator(Table):
    """``[indicators.ID]``: the question, what each level asks, who acts, and by when.

    `due_days` counts from the day that the wave closed (of U6: the next wave).
    """

    core: bool
    question: _Text
    level_2: _Text
    level_3: _Text
    level_4: _Text
    role: Role
    due_days: _Days | None = None


class Usable(Table):
    """``[usable]``: what makes a wave count fully for a school."""

    least_answers: _Count
    least_response: _Percent
    least_eligible: _Count


class Regular(Table):
    """``[regular]``: C1."""

    recent_months: _Months
    longest_gap_months: _Months
    waves_level_3: _Count
    waves_level_4: _Count


class Response(Table):
    """``[response]``: C2, in percent of the eligible staff."""

    level_2: _Percent
    level_3: _Percent
    level_3_before: _Percent
    level_4: _Percent
    group: _Percent
    group_least_eligible: _Count


class Reliability(Table):
    """``[reliability]``: C4."""

    level_2: _Share
    level_3: _Share
    level_4_bound: _Share
    pooled_least_rows: int = Field(ge=2)
    own_least_answers: int = Field(ge=2)


class Comparable(Table):
    """``[comparable]``: C5, and what a re-measure of U6 is."""

    least_items: _Count
    level_3_constructs: _Count
    season_weeks: Annotated[int, Field(ge=1, le=26)]


class Sharing(Table):
    """``[sharing]``: U1; the words are looked for in the log's column ``protocol``."""

    level_4_days: _Days
    response_words: list[_Text]
    limits_words: list[_Text]


class SenseMaking(Table):
    """``[sense_making]``: U2; the words are looked for in the log's column ``protocol``."""

    least_groups: _Count
    norms_words: list[_Text]
    leader_roles: list[_Text]


class Goals(Table):
    """``[goals]``: U3."""

    most_goals: _Count


class Reviews(Table):
    """``[reviews]``: U5; days out of term (month-day, both included) do not count."""

    longest_gap_days: _Days
    least_reviews: _Count
    note_days: _Days
    year_days: _Days
    out_of_term_from: _DayOfYear
    out_of_term_to: _DayOfYear


class Levels(Table):
    """``[levels]``: how the indicators become one level."""

    level_3_share: _Percent
    always_needed: IndicatorId
    schedule_months: _Months


class Steps(Table):
    """``[steps]``: how many next steps are named, and the days given for them."""

    most: _Count
    record_days: _Days
    soon_days: _Days


class Source(Table):
    """``[[sources]]``: what a threshold rests on, and how surely that is known."""

    about: _Text
    source: _Text
    mark: Literal["read", "known", "convention"]


class Rubric(Table):
    """A whole rubric file."""

    format_version: Literal[1]
    id: _Text
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: _Text
    disclaimer: _Text
    link: _Text
    constructs: list[_Text] = Field(min_length=1)
    indicators: Mapping[IndicatorId, Indicator]
    usable: Usable
    regular: Regular
    response: Response
    reliability: Reliability
    comparable: Comparable
    sharing: Sharing
    sense_making: SenseMaking
    goals: Goals
    reviews: Reviews
    levels: Levels
    steps: Steps
    sources: list[Source] = Field(min_length=1)

    @property
    def core(self) -> frozenset[str]:
        """Ids of the core indicators, which level 3 cannot do without."""
        return frozenset(name for name, indicator in self.indicators.items() if indicator.core)

    def due_days(self, indicator: IndicatorId) -> int:
        """Return the deadline of a Use indicator in days; 0 for one without a deadline."""
        return self.indicators[indicator].due_days or 0


def load_rubric(path: Path | None = None) -> Rubric:
    """Return the rubric of a file.

    Parameters
    ----------
    path : Path, optional
        The shipped reading of the data-use criterion by default.

    Raises
    ------
    DefinitionError
        With every fault at once: unknown or missing keys, values out of range,
        indicators that are missing, thresholds in the wrong order.
    """
    place = path or shipped("report_templates") / "rubrics" / "data_use.toml"
    return open_definition(place, Rubric, _check_rubric).content


def _check_rubric(file: Definition[Rubric]) -> Iterator[Problem]:
    rubric = file.content
    for name in INDICATORS:
        if name not in rubric.indicators:
            yield file.make_problem(
                "CK425",
                f"the rubric lacks the indicator {name}",
                ("indicators", name),
                expected=", ".join(INDICATORS),
                mend="add its table",
            )
        elif name.startswith("U") and rubric.indicators[name].due_days is None:
            yield file.make_problem(
                "CK425",
                f"the indicator {name} has no deadline",
                ("indicators", name),
                expected="due_days",
                mend="add due_days = 90, or another number of days",
            )
    for table, lower, higher in (
        ("response", "level_2", "level_3"),
        ("response", "level_3", "level_4"),
        ("reliability", "level_2", "level_3"),
        ("regular", "waves_level_3", "waves_level_4"),
    ):
        values = getattr(rubric, table)
        if getattr(values, lower) > getattr(values, higher):
            yield file.make_problem(
                "CK426",
                f"{table}.{higher} asks for less than {table}.{lower}",
                (table, higher),
                expected=f"at least {getattr(values, lower)}",
                mend="mend one of the two; a higher level never asks for less",
            )
