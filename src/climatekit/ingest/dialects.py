"""Dialects: which platform wrote a table and which rows are headings, by content.

What is known of each platform stands in ``platforms/``; nothing here names one.
"""

from __future__ import annotations

from collections.abc import Sequence

from climatekit.errors import InputError, Problem
from climatekit.ingest.layouts import Layout, lay_out
from climatekit.ingest.platform_facts import (
    Form,
    Platform,
    known_platforms,
    usual_headings,
    usual_not_answers,
)
from climatekit.ingest.signs import looks_like_time, shows
from climatekit.ingest.tables import Table
from climatekit.ingest.text import clean, closest
from climatekit.knowledge.settings import ReadingSettings

__all__ = ["Layout", "known_platforms", "recognise", "usual_headings", "usual_not_answers"]

PLAIN = "plain"
_LOOKED_AT = 9
_WORDY = 4
_WORDY_SHARE = 0.4
_NO_HEADING_SHARE = 0.6


def recognise(table: Table, reading: ReadingSettings) -> Layout:
    """Find which platform wrote `table` and which of its rows are headings.

    Raises
    ------
    InputError
        If `reading.platform` is unknown, the second line looks like question texts
        that no known platform explains, or no row is left for answers.
    """
    head = [table.record(index) for index in range(min(len(table), _LOOKED_AT))]
    platform, form, sign = _choose(table, head, reading)
    if platform.refuse:
        raise InputError(
            Problem(
                code="CK133",
                file=table.name,
                message=platform.refuse,
                found=sign,
                expected="one row for each respondent",
                mend=f'{platform.refuse_mend}; if it is none, say so with platform = "plain" '
                "under [reading] (--platform plain)",
            )
        )
    if reading.heading_rows is not None and reading.heading_rows != form.heading_rows:
        form = _form_asked(platform, reading.heading_rows)
        sign = f"{sign}; number of heading rows asked for"
    elif platform.id == PLAIN and reading.heading_rows is None:
        _refuse_question_texts(table, head)
        _refuse_answers_above(table, head)
    if len(table) <= form.heading_rows:
        raise InputError(
            Problem(
                code="CK120",
                file=table.name,
                line=int(table.lines[-1]),
                message="there are no answers: the file ends with its headings",
                expected="at least one row of answers",
                mend="export again once answers have come in",
            )
        )
    return lay_out(head, platform, form, sign)


def _choose(
    table: Table, head: Sequence[Sequence[str]], reading: ReadingSettings
) -> tuple[Platform, Form, str]:
    platforms = known_platforms()
    if reading.platform is None:
        candidates = list(platforms.values())
    elif reading.platform in platforms:
        candidates = [platforms[reading.platform]]
    else:
        raise InputError(
            Problem(
                code="CK122",
                file=table.name,
                message=f"there is no platform called {reading.platform!r}",
                expected=", ".join(platforms),
                closest=closest(reading.platform, platforms),
                mend="correct platform under [reading] (--platform), or leave it out",
            )
        )
    for platform in candidates:
        for form in platform.forms:
            if all(shows(sign, head, table.kind) for sign in form.signs):
                said = "; ".join(sign["says"] for sign in form.signs)
                return platform, form, said or "no sign of a known platform"
    only = candidates[0]
    if reading.heading_rows is None:
        return only, only.forms[0], "platform asked for"
    return only, _form_asked(only, reading.heading_rows), "platform asked for"


def _form_asked(platform: Platform, rows: int) -> Form:
    for form in platform.forms:
        if form.heading_rows == rows:
            return form
    titles = ("no heading row", "one heading row", "two heading rows", "three heading rows")
    return Form(
        title=titles[rows],
        rows=rows,
        wordings=1 if rows > 1 else None,
        import_ids=rows - 1 if rows > 2 else None,  # noqa: PLR2004 (the third row)
    )


def _refuse_question_texts(table: Table, head: Sequence[Sequence[str]]) -> None:
    """Refuse a plain table whose second line looks like a second row of headings."""
    if len(head) < 3:  # noqa: PLR2004 (nothing to compare the second line with)
        return
    second = [clean(cell) for cell in head[1]]
    filled = [place for place, cell in enumerate(second) if cell]
    wordy = [
        place
        for place in filled
        if _is_wordy(second[place]) and not any(_is_wordy(row[place]) for row in head[2:])
    ]
    if len(wordy) < 2 or len(wordy) < _WORDY_SHARE * len(filled):  # noqa: PLR2004
        return
    raise InputError(
        Problem(
            code="CK121",
            file=table.name,
            line=int(table.lines[1]),
            message="this line looks like question texts, not like answers",
            expected="one heading line, then answers",
            mend="say that there are two with heading_rows = 2 under [reading] "
            "(--heading-rows 2), or delete the line",
        )
    )


def _is_wordy(cell: str) -> bool:
    words = cell.split()
    return len(words) > _WORDY or (len(words) > 1 and cell.rstrip().endswith(("?", ":")))


def _refuse_answers_above(table: Table, head: Sequence[Sequence[str]]) -> None:
    """Refuse a plain table whose first line looks like answers: its headings are lost."""
    if len(head) < 3:  # noqa: PLR2004 (nothing to compare the first line with)
        return
    first = [clean(cell) for cell in head[0]]
    filled = [place for place, cell in enumerate(first) if cell]
    below = [row for row in head[1:] if list(map(clean, row)) != first]
    numbers = [int(cell) for cell in first if cell.isdecimal()]
    numbered = len(numbers) > _WORDY and numbers == [*range(numbers[0], numbers[-1] + 1)]
    answers = [
        place
        for place in filled
        if (first[place].lstrip("-").isdecimal() and not numbered)
        or looks_like_time(first[place])
        or any(first[place] == clean(row[place]) for row in below)
    ]
    if len(filled) < 2 or len(answers) < _NO_HEADING_SHARE * len(filled):  # noqa: PLR2004
        return
    raise InputError(
        Problem(
            code="CK132",
            file=table.name,
            line=int(table.lines[0]),
            message="the first line looks like answers: the headings are missing",
            expected="a heading line above the answers",
            mend="write the headings above, or say that there are none with heading_rows = 0 "
            "under [reading] (--heading-rows 0) and name the columns in the codebook as "
            "column 1, column 2 and so on",
        )
    )
