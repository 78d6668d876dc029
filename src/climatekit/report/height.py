"""Height: about how tall each part of a brief will be, so that most are laid out only once.

A guess from the lengths of its texts. Whether a brief fits is always measured on the pages
themselves; a guess that is off costs a second layout, or a page set a little tighter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from climatekit.report.brief import Brief, DataUsePage, Panel, QuestionRow, Questions, RoleTable
from climatekit.report.columns import has_question_page, has_third_page, set_columns
from climatekit.report.environment import count_waves, show_any, show_roles
from climatekit.report.fit import LISTS, LONGEST_NAME, Fit, ListStep
from climatekit.report.svg import measure_text

WIDTH = 532.0  # points between the margins
FINE, BODY, LARGE = 11.2, 11.9, 19.4  # points from line to line

_REGULAR = 0.86  # how wide plain lettering is beside the generous measure of bold
_HEADING = 32.0  # a section's heading with its rule and margins
_ROW = 19.0
_PANEL_WIDTHS = {1: 532.0, 2: 252.0, 3: 166.0}
_COLUMN = 254.0
_NAMES = ((34, 24.0), (64, 19.0), (100, 16.0), (math.inf, 13.5))  # letters, size of the name
_WRITING = 24.0  # lines to write under the questions
_LIST_TEXTS = {1: 290.0, 2: 122.0}  # width of a question in the list, by its columns
_LIST_HEADING = 80.0
_LINE, _MOST_LINES, _FEWEST_LINES = 25.5, 14, 4  # to write on, under a short list


def guess_heights(brief: Brief, chart: float) -> tuple[float, float]:
    """Return about how many points the two parts of a brief take, set roomily.

    Parameters
    ----------
    brief : Brief
    chart : float
        Height of one trend chart, points.
    """
    first, second = _guess_first(brief, chart), _guess_second(brief)
    if not brief.prompts:
        return first, second
    # As the template has it: where page one has room, the talk stands there, with lines to write.
    talk = _guess_talk(brief)
    if talks_first(brief):
        return first + talk + _WRITING, second
    return first, second + talk


def choose_list(brief: Brief, room: float) -> tuple[int, int]:
    """Return the step of `LISTS` that the questions begin with, and the lines to write on."""
    if not has_third_page(brief):
        return 0, 0
    roles = _guess_roles(brief.roles) if brief.roles and show_roles(brief.roles) else 0.0
    for place, step in enumerate(LISTS[:-1]):
        height = roles
        if brief.questions is not None and has_question_page(brief):
            height += _guess_list(brief.questions, step)
        if height <= room:
            # The guess may be a tenth off; the heading of the lines takes room as well.
            free = int((room - 1.1 * height - _HEADING) / _LINE)
            return place, min(free, _MOST_LINES) if free >= _FEWEST_LINES else 0
    return len(LISTS) - 1, 0


def fill_list(fit: Fit, rest: float) -> Fit:
    """Return the fit with lines to write on where a list of many pages ends high on its last.

    Parameters
    ----------
    rest : float
        Points that are free on the last page.
    """
    lines = min(int((rest - _HEADING - 8) / _LINE), _MOST_LINES)
    if fit.third < len(LISTS) - 1 or fit.lines or lines < _FEWEST_LINES:
        return fit
    return replace(fit, lines=lines)


def _guess_list(asked: Questions, step: ListStep) -> float:
    width = _LIST_TEXTS[step.columns]
    heights = (
        sum(22 + sum(_guess_row(row, width, step) for row in table.group.rows) for table in column)
        for column in set_columns(asked.groups, step.columns)
    )
    hidden = FINE * _count(asked.hidden, 9, WIDTH) if asked.hidden else 0
    return _LIST_HEADING + max(heights) + hidden


def _guess_roles(table: RoleTable) -> float:
    width = (WIDTH - 12) / (len(table.titles) + 2)
    names = sum(_ROW + BODY * (_count(row.name, 9.2, width) - 1) for row in table.rows)
    return _HEADING + 2 + FINE * max(_count(title, 9, width) for title in table.titles) + names


def _guess_row(row: QuestionRow, width: float, step: ListStep) -> float:
    return 2 * step.padding + 0.5 + FINE * _count(row.label, 9, width)


def talks_first(brief: Brief) -> bool:
    """Return whether the questions to talk about stand on page one, under the results."""
    if brief.data_use is None or brief.movers:
        return False
    return count_waves(brief.panels) <= 1 or not show_any(brief.panels)


def _guess_first(brief: Brief, chart: float) -> float:
    answered = 62 + FINE * _count(brief.participation.sentence, 9, 158)
    name = next(size for letters, size in _NAMES if len(brief.school) <= letters)
    who = 30 + 1.12 * name * _count(brief.school[:LONGEST_NAME], name, 348)
    height = 27 + max(answered, who) + LARGE * _count(brief.headline, 16, WIDTH)
    height += FINE * _count(brief.subline, 9.2, WIDTH)
    if brief.panels:
        height += _guess_panels(brief.panels, chart)
    if brief.panels and not show_any(brief.panels):
        return height  # a page that tells nothing lists no changes
    if brief.changes:
        height += _HEADING + 28
        height += sum(_ROW + BODY * (_count(row.title, 9.2, 136) - 1) for row in brief.changes)
        height += sum(2 * FINE for row in brief.changes if row.verdict == "not_compared")
    ranked = brief.questions.highest + brief.questions.lowest if brief.questions else ()
    if ranked or brief.movers or brief.movers_note:
        height += _HEADING
    if ranked:
        lines = max(_count(row.label, 9.2, 118) for row in ranked)
        height += 30 + len(ranked) / 2 * (_ROW + BODY * (lines - 1))
    if brief.movers:
        height += 18
        height += sum(_ROW + BODY * (_count(row.label, 9.2, 190) - 1) for row in brief.movers)
    if brief.movers_note:
        height += 8 + BODY * _count(brief.movers_note, 9.5, WIDTH)
    return height


def _guess_panels(panels: tuple[Panel, ...], chart: float) -> float:
    width = _PANEL_WIDTHS.get(len(panels), _PANEL_WIDTHS[3])
    tallest = max(
        BODY * _count(panel.sentence, 9.5, width)
        + FINE * _count(panel.question, 9, width)
        + (FINE * _count(panel.trend, 9, width) if panel.trend else 0)
        for panel in panels
    )
    cautions = len({panel.note for panel in panels if panel.note})
    return _HEADING + 17 + 13 + chart + 7 + tallest + 15 + FINE * cautions


def _guess_second(brief: Brief) -> float:
    height = 0.0
    if brief.data_use is not None:
        height += _guess_use(brief.data_use, brief.since_last_time)
    notes = sum(2 + FINE * _count(f"{note.title} {note.text}", 9, _COLUMN) for note in brief.notes)
    height += 40 + notes / 2 + 2 * FINE
    if brief.withheld:
        height += FINE * _count(" ".join(brief.withheld), 9, WIDTH)
    return height


def _guess_talk(brief: Brief) -> float:
    lines = [_count(prompt, 9.5, 222) for prompt in brief.prompts]
    rows = (max(lines[place : place + 2]) for place in range(0, len(lines), 2))
    return _HEADING + FINE + sum(3 + 12.5 * row for row in rows)


def _guess_use(use: DataUsePage, news: tuple[str, ...]) -> float:
    height = 22 + 17.5 + FINE * _count(f"{use.completeness} {use.disclaimer}", 9, WIDTH)
    height += FINE * _count(use.own, 9, WIDTH) if use.own else 0
    texts = max((_count(box.text, 9, 116) for box in use.levels), default=0)
    height += (15 + 24 + FINE * texts) if texts else 0
    collected = [row for row in use.evidence if not row.indicator.startswith("U")]
    used = [row for row in use.evidence if row.indicator.startswith("U")]
    left = _guess_rows(f"{row.status} {row.detail}" for row in collected)
    left += 26 + sum(3 + 12.5 * _count(sentence, 9.5, 240) for sentence in news) if news else 0
    right = _guess_rows(f"{row.status} {row.detail}" for row in used)
    height += 9 + 16 + max(left, right)
    steps = (
        3 + 12.1 * _count(f"{step.lead} {step.text} {step.who_when}", 9.7, WIDTH)
        for step in use.next_steps
    )
    return height + _HEADING + (sum(steps) if use.next_steps else 18)


def _guess_rows(details: Iterable[str]) -> float:
    return sum(5.7 + 11.6 + 11 * _count(detail, 9, 236) for detail in details)


def _count(text: str, size: float, width: float) -> int:
    """Return in about how many lines of `width` points a text is set."""
    return max(1, math.ceil(_REGULAR * measure_text(text, size) / width))
