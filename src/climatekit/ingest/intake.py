"""Intake: exports to `Responses`, with a report of every decision on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pandas as pd

from climatekit.errors import InputError, LimitError, Problem, count_of
from climatekit.ingest.codebook import Codebook, CodebookRow
from climatekit.ingest.doubles import drop_doubles
from climatekit.ingest.joined_names import find_joined_schools
from climatekit.ingest.joining import join_parts
from climatekit.ingest.parts import FileReport, Part, read_part
from climatekit.ingest.people import SchoolList, find_near_names, tell_many_schools
from climatekit.ingest.responses import Responses
from climatekit.ingest.said_answers import check_said_answers
from climatekit.ingest.text import closest, show_hidden
from climatekit.knowledge.scales import Scale
from climatekit.knowledge.settings import ReadingSettings, Settings


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveExport:
    """One export read: its people, and how it was read.

    Attributes
    ----------
    responses : Responses
        Of this one file and wave.
    report : FileReport
    warnings : tuple of Problem
    """

    responses: Responses
    report: FileReport
    warnings: tuple[Problem, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """One row per person, as `Responses.frame`."""
        return self.responses.frame


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Intake:
    """All exports of a study, read.

    Attributes
    ----------
    responses : Responses
    reports : tuple of FileReport
        One per export, in the order of the waves.
    warnings : tuple of Problem
        Of all files and of the files taken together.
    """

    responses: Responses
    reports: tuple[FileReport, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Examination:
    """All exports looked at, whatever is wrong with them.

    Attributes
    ----------
    reports : tuple of FileReport
        Of the files that could be read as tables.
    problems : tuple of Problem
        Errors and warnings of all files.
    intake : Intake, optional
        None when there is any error.
    """

    reports: tuple[FileReport, ...]
    problems: tuple[Problem, ...]
    intake: Intake | None


def read_export(
    path: Path,
    *,
    scales: Sequence[Scale],
    wave: str,
    settings: Settings,
    codebook: Codebook | None = None,
    roster: SchoolList | None = None,
    link_secret: bytes | None = None,
) -> WaveExport:
    """Read one export of one wave.

    Parameters
    ----------
    path : Path
        Delimited text, an ``.xlsx`` workbook or an SPSS ``.sav`` file.
    scales : sequence of Scale
        Scales whose items are looked for; one that is wholly absent was not asked.
    wave : str
        Id of the wave.
    settings : Settings
        Its `columns`, `reading` and `answers` are used.
    codebook : Codebook, optional
    roster : SchoolList, optional
        Such as `read_roster` gives.
    link_secret : bytes, optional
        Scrambles the codes of the column that links people between waves; without it
        nobody is linked.

    Returns
    -------
    WaveExport

    Raises
    ------
    InputError
        With every problem of the file at once, warnings last.
    LimitError
        If the file is larger than a limit.
    """
    numbers = {one.id: number for number, one in enumerate(settings.waves, start=1)}
    examination = _examine(
        {wave: (path,)},
        scales,
        settings,
        codebook,
        roster,
        {wave: numbers.get(wave, 1)},
        link_secret,
    )
    intake = _intake_of(examination)
    return WaveExport(
        responses=intake.responses, report=intake.reports[0], warnings=intake.warnings
    )


def read_responses(
    settings: Settings,
    scales: Sequence[Scale],
    *,
    codebook: Codebook | None = None,
    roster: SchoolList | None = None,
    link_secret: bytes | None = None,
) -> Intake:
    """Read every export that the settings name.

    Parameters
    ----------
    settings : Settings
        Its waves name the exports; waves without one are passed over.
    scales : sequence of Scale
    codebook : Codebook, optional
    roster : SchoolList, optional
        Such as `read_roster` gives.
    link_secret : bytes, optional
        Scrambles the codes of the column that links people between waves; without it
        nobody is linked.

    Returns
    -------
    Intake

    Raises
    ------
    InputError
        With the problems of all files at once, warnings last.
    LimitError
        If a file or the number of schools is larger than a limit.
    """
    return _intake_of(
        examine_exports(settings, scales, codebook=codebook, roster=roster, link_secret=link_secret)
    )


def examine_exports(
    settings: Settings,
    scales: Sequence[Scale],
    *,
    codebook: Codebook | None = None,
    roster: SchoolList | None = None,
    link_secret: bytes | None = None,
) -> Examination:
    """Read every export as far as it goes; problems are returned, not raised.

    Raises
    ------
    LimitError
        If a file or the number of schools is larger than a limit.
    """
    waves = [wave for wave in settings.waves if wave.exports]
    numbers = {wave.id: number for number, wave in enumerate(settings.waves, start=1)}
    exports = {wave.id: wave.exports for wave in waves}
    return _examine(exports, scales, settings, codebook, roster, numbers, link_secret)


def _intake_of(examination: Examination) -> Intake:
    if examination.intake is None:
        raise InputError(examination.problems)
    return examination.intake


def _examine(
    exports: Mapping[str, Sequence[Path]],
    scales: Sequence[Scale],
    settings: Settings,
    codebook: Codebook | None,
    roster: SchoolList | None,
    numbers: Mapping[str, int],
    link_secret: bytes | None,
) -> Examination:
    study = _Study(numbers=numbers)
    for wave, paths in exports.items():
        study.parts[wave] = []
        for path in paths:
            try:
                part = read_part(
                    path,
                    scales,
                    wave=wave,
                    settings=settings,
                    codebook=codebook,
                    roster=roster,
                    link_secret=link_secret,
                )
            except InputError as error:
                study.problems += error.problems
                study.unread = True
                continue
            study.parts[wave].append(part)
    study.check_files()
    study.check_reading(settings.reading)
    study.check_order(configured=settings.file is not None)
    study.check_codebook(codebook)
    study.problems += check_said_answers(settings, codebook, scales, exports)
    study.check_schools(settings.reading.max_schools, roster)
    study.check_wordings()
    if settings.reading.strict:
        study.problems = [replace(one, severity="error") for one in study.problems]
    return study.close(scales, settings, roster)


@dataclass(slots=True, kw_only=True)
class _Study:
    """All exports of all waves while they are being put together."""

    numbers: Mapping[str, int]
    parts: dict[str, list[Part]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: bool = False

    def all_parts(self) -> list[Part]:
        return [part for parts in self.parts.values() for part in parts]

    def check_files(self) -> None:
        first: dict[str, Part] = {}
        for part in self.all_parts():
            before = first.setdefault(part.sha256, part)
            if before is part:
                continue
            where = "this wave" if before.wave == part.wave else f"wave {before.wave}"
            self.problems.append(
                Problem(
                    code="CK128",
                    file=part.name,
                    message=f"the file is the same, byte for byte, as {before.name} of {where}",
                    expected="an export of its own for each wave",
                    mend="name the right file, or take one of the two away",
                )
            )

    def check_reading(self, reading: ReadingSettings) -> None:
        """Warn of what is asked of the reader and means nothing for any of the files."""
        if self.unread:
            return
        parts = self.all_parts()
        told = {
            *(decision.what for part in parts for decision in part.decisions),
            *(rule for part in parts for rule in (*part.dropped, *part.noted)),
        }
        asked = (
            ("sheet", reading.sheet, "sheet", "a workbook"),
            ("event", reading.event, "other event", "a REDCap export of a longitudinal project"),
            ("answers_from", reading.answers_from != "labels", "answers from", "an SPSS file"),
            ("encoding", reading.encoding, "delimiter", "a text file"),
            ("delimiter", reading.delimiter, "delimiter", "a text file"),
        )
        self.problems += [
            Problem(
                code="CK143",
                severity="warning",
                message=f"{key} is asked for and was used for nothing: no export is {kind}",
                mend=f"take --{key.replace('_', '-')} or {key} under [reading] away, or name the "
                "file that it was meant for",
            )
            for key, value, sign, kind in asked
            if value and sign not in told
        ]

    def check_order(self, *, configured: bool) -> None:
        """Refuse waves whose answers were all given before those of an earlier wave."""
        dated = [
            (wave, min(one.first for one in days), max(one.last for one in days))
            for wave, parts in self.parts.items()
            if (days := [part.days for part in parts if part.days is not None])
        ]
        for (before, first, _), (after, _, last) in pairwise(dated):
            if last < first:
                self.problems.append(
                    Problem(
                        code="CK241",
                        severity="error" if configured else "warning",
                        file=self.parts[after][0].name,
                        message=f"all answers of wave {after!r} are older than those of wave "
                        f"{before!r}, which comes before it",
                        found=f"{after} to {last}, {before} from {first}",
                        expected="waves in the order of time",
                        mend="swap the exports if they stand in each other's place, or put the "
                        "waves in order",
                    )
                )

    def check_codebook(self, codebook: Codebook | None) -> None:
        """Refuse rows of the codebook that fit no file they speak of."""
        if codebook is None or self.unread:
            return
        self.problems += _other_waves(codebook, set(self.numbers))
        used: set[int] = set()
        for part in self.all_parts():
            unused = {row.line for row in part.columns.unused_rows}
            used |= {row.line for row in codebook.rows_for(part.wave)} - unused
        names = ", ".join(part.name for part in self.all_parts())
        self.problems += [
            _unused(codebook.name, row, names)
            for row in codebook.rows
            if row.answer is None
            and row.line not in used
            and (not row.wave_id or row.wave_id in self.parts)
            and row.column
        ]

    def check_schools(self, most: int, roster: SchoolList | None) -> None:
        names = {name for part in self.all_parts() for name in pd.unique(part.school) if name}
        if len(names) > most:
            raise LimitError(tell_many_schools(most))
        if roster is None:
            self.problems += [*find_near_names(names), *find_joined_schools(names)]
            return
        silent = [school for school in roster.schools if school not in names]
        if silent and names:
            self.problems.append(
                Problem(
                    code="CK236",
                    severity="warning",
                    message=f"{count_of(len(silent), 'school')} of the roster without answers: "
                    + ", ".join(silent[:10])
                    + (" ..." if len(silent) > 10 else ""),  # noqa: PLR2004 (as above)
                    mend="if they took part, look for their answers",
                    count=len(silent),
                )
            )

    def check_wordings(self) -> None:
        """Warn when the text above the items of a matrix changed between exports."""
        stems: dict[str, set[str]] = defaultdict(set)
        for part in self.all_parts():
            for item, stem in part.stems.items():
                if part.wording.get(item):
                    stems[item].add(stem)
        changed = [item for item, texts in stems.items() if len(texts) > 1]
        if changed:
            self.problems.append(
                Problem(
                    code="CK219",
                    severity="warning",
                    message="the question text above these items is not the same in all "
                    f"exports: {', '.join(changed[:10])}"
                    + (f" and {len(changed) - 10} more" if len(changed) > 10 else ""),  # noqa: PLR2004
                    mend="if the change alters what is asked, give the items the flag edited "
                    "in the codebook for that wave",
                    count=len(changed),
                )
            )

    def check_counts(self, roster: SchoolList) -> list[Problem]:
        """Return a warning for each school and wave with more answers than the roster has staff."""
        problems = []
        read = {wave: parts for wave, parts in self.parts.items() if parts}
        for wave, parts in read.items():
            counts = pd.concat([pd.Series(part.school) for part in parts]).value_counts()
            for school, count in sorted(counts.items()):
                eligible = roster.eligible(str(school), wave)
                if eligible is not None and count > eligible:
                    problems.append(
                        Problem(
                            code="CK246",
                            severity="warning",
                            file=", ".join(part.name for part in parts),
                            message=f"more people answered in {wave} at {show_hidden(str(school))} "
                            "than the roster has staff; the roster was not used for its ranges",
                            mend="correct eligible in the roster, or look for people who answered "
                            "twice or chose the wrong school",
                        )
                    )
        return problems

    def close(
        self, scales: Sequence[Scale], settings: Settings, roster: SchoolList | None
    ) -> Examination:
        parts = self.all_parts()
        for wave_parts in self.parts.values():
            self.problems += drop_doubles(wave_parts, settings.reading.duplicates)
        if roster is not None and parts:
            severity: Literal["error", "warning"] = (
                "error" if settings.reading.strict else "warning"
            )
            counted = self.check_counts(roster)
            self.problems += [replace(one, severity=severity) for one in counted]
        reports = tuple(part.report for part in parts)
        problems = (*(one for part in parts for one in part.problems), *self.problems)
        if any(one.severity == "error" for one in problems) or not parts:
            return Examination(reports=reports, problems=problems, intake=None)
        intake = Intake(
            responses=join_parts(self.parts, scales, self.numbers),
            reports=reports,
            warnings=problems,
        )
        return Examination(reports=reports, problems=problems, intake=intake)


def _other_waves(codebook: Codebook, waves: set[str]) -> list[Problem]:
    """Return a warning for each wave that the codebook names and no export is of."""
    first: dict[str, CodebookRow] = {}
    for row in codebook.rows:
        if row.wave_id and row.wave_id not in waves:
            first.setdefault(row.wave_id, row)
    return [
        Problem(
            code="CK225",
            severity="warning",
            file=codebook.name,
            line=row.line,
            column="wave_id",
            message=f"no export is of wave {wave!r}; the codebook's rows for it were not used",
            expected=", ".join(sorted(waves)),
            closest=closest(wave, waves),
            mend="correct the wave if it is a slip",
        )
        for wave, row in first.items()
    ]


def _unused(file: str, row: CodebookRow, names: str) -> Problem:
    return Problem(
        code="CK224",
        file=file,
        line=row.line,
        column="column",
        message="no column is called so, by heading, import id or question text",
        found=row.column[:80],
        expected=f"a column of {names}",
        mend="correct the row; copy the heading from the export as it stands",
    )
