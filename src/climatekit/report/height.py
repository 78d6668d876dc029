"""Height: about how tall each part of a brief will be, so that most are laid out only once.

A guess from the lengths of its texts and the measures of `heights.toml`, which stands beside
the style sheet. Whether a brief fits is always measured on the pages themselves; a guess that
is off costs a second layout, or a page set a little tighter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from climatekit.report.brief import (
    Brief,
    DataUsePage,
    EvidenceRow,
    Panel,
    QuestionRow,
    Questions,
    RoleTable,
)
from climatekit.report.columns import has_question_page, has_third_page, set_columns
from climatekit.report.environment import count_waves, show_any, show_roles
from climatekit.report.fit import LISTS, LONGEST_NAME, Fit, ListStep
from climatekit.report.layout import load_layout

_MOST_LINES, _FEWEST_LINES = 14, 4  # to write on, under a short list


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
        return first + talk + load_layout().around["writing"], second
    return first, second + talk


def choose_list(brief: Brief, room: float) -> tuple[int, int]:
    """Return the step of `LISTS` that the questions begin with, and the lines to write on."""
    if not has_third_page(brief):
        return 0, 0
    around = load_layout().around
    roles = _guess_roles(brief.roles) if brief.roles and show_roles(brief.roles) else 0.0
    for place, step in enumerate(LISTS[:-1]):
        height = roles
        if brief.questions is not None and has_question_page(brief):
            height += _guess_list(brief.questions, step)
        if height <= room:
            # The guess may be a tenth off; the heading of the lines takes room as well.
            free = int((room - 1.1 * height - around["heading"]) / around["line"])
            return place, min(free, _MOST_LINES) if free >= _FEWEST_LINES else 0
    return len(LISTS) - 1, 0


def fill_list(fit: Fit, rest: float) -> Fit:
    """Return the fit with lines to write on where a list of many pages ends high on its last.

    Parameters
    ----------
    rest : float
        Points that are free on the last page.
    """
    around = load_layout().around
    free = rest - around["heading"] - around["line_margin"]
    lines = min(int(free / around["line"]), _MOST_LINES)
    if fit.third < len(LISTS) - 1 or fit.lines or lines < _FEWEST_LINES:
        return fit
    return replace(fit, lines=lines)


def _guess_list(asked: Questions, step: ListStep) -> float:
    layout = load_layout()
    width, around = layout.list_widths[step.columns - 1], layout.around
    heights = (
        sum(
            around["list_table"] + sum(_guess_row(row, width, step) for row in table.group.rows)
            for table in column
        )
        for column in set_columns(asked.groups, step.columns)
    )
    hidden = layout.texts["hidden"].measure(asked.hidden) if asked.hidden else 0
    return around["list"] + max(heights) + hidden


def _guess_row(row: QuestionRow, width: float, step: ListStep) -> float:
    layout = load_layout()
    height = layout.texts["listed"].measure(row.label, width)
    return 2 * step.padding + layout.around["list_row"] + height


def _guess_roles(table: RoleTable) -> float:
    layout = load_layout()
    texts, around = layout.texts, layout.around
    width = (layout.page_width - around["roles_left"]) / (len(table.titles) + 2)
    names = sum(_guess_table_row("role", row.name) for row in table.rows)
    titles = max(texts["role_title"].measure(title, width) for title in table.titles)
    return around["heading"] + around["roles"] + titles + names


def _guess_table_row(kind: str, text: str) -> float:
    """Return how tall a row of a table is: a line, and what its text takes beyond the first."""
    layout = load_layout()
    own = layout.texts[kind]
    return layout.around["row"] + own.line * (own.count(text) - 1)


def talks_first(brief: Brief) -> bool:
    """Return whether the questions to talk about stand on page one, under the results."""
    if brief.data_use is None or brief.movers:
        return False
    return count_waves(brief.panels) <= 1 or not show_any(brief.panels)


def _guess_first(brief: Brief, chart: float) -> float:
    texts, around = load_layout().texts, load_layout().around
    height = around["header"] + _guess_header(brief)
    height += texts["headline"].measure(brief.headline)
    height += texts["subline"].measure(brief.subline)
    if brief.panels:
        height += _guess_panels(brief.panels, chart)
    if brief.panels and not show_any(brief.panels):
        return height  # a page that tells nothing lists no changes
    if brief.changes:
        height += around["heading"] + around["changes"]
        height += sum(_guess_table_row("change", row.title) for row in brief.changes)
        why = sum(row.verdict == "not_compared" for row in brief.changes)
        height += why * around["not_compared"]
    ranked = brief.questions.highest + brief.questions.lowest if brief.questions else ()
    if ranked or brief.movers or brief.movers_note:
        height += around["heading"]
    if ranked:
        tallest = max(_guess_table_row("ranked", row.label) for row in ranked)
        height += around["ranked"] + len(ranked) / 2 * tallest
    if brief.movers:
        height += around["movers"]
        height += sum(_guess_table_row("mover", row.label) for row in brief.movers)
    if brief.movers_note:
        height += around["movers_note"] + texts["movers_note"].measure(brief.movers_note)
    return height


def _guess_header(brief: Brief) -> float:
    layout = load_layout()
    sentence = layout.texts["answered"].measure(brief.participation.sentence)
    name = layout.choose_name(brief.school).measure(brief.school[:LONGEST_NAME])
    return max(layout.around["answered"] + sentence, layout.around["school"] + name)


def _guess_panels(panels: tuple[Panel, ...], chart: float) -> float:
    layout = load_layout()
    width = layout.panel_widths[min(len(panels), len(layout.panel_widths)) - 1]
    sentence, question = layout.texts["panel_sentence"], layout.texts["panel_question"]
    tallest = max(
        sentence.measure(panel.sentence, width)
        + question.measure(panel.question, width)
        + (question.measure(panel.trend, width) if panel.trend else 0)
        for panel in panels
    )
    cautions = len({panel.note for panel in panels if panel.note})
    around = layout.around
    return around["heading"] + around["panels"] + chart + tallest + around["caution"] * cautions


def _guess_second(brief: Brief) -> float:
    texts, around = load_layout().texts, load_layout().around
    height = 0.0
    if brief.data_use is not None:
        height += _guess_use(brief.data_use, brief.since_last_time)
    notes = sum(
        around["note"] + texts["note"].measure(f"{note.title} {note.text}") for note in brief.notes
    )
    height += around["notes"] + notes / 2
    if brief.withheld:
        height += texts["withheld"].measure(" ".join(brief.withheld))
    return height


def _guess_talk(brief: Brief) -> float:
    layout = load_layout()
    around = layout.around
    heights = [layout.texts["prompt"].measure(prompt) for prompt in brief.prompts]
    rows = (max(heights[place : place + 2]) for place in range(0, len(heights), 2))
    return around["heading"] + around["talk"] + sum(around["prompt"] + row for row in rows)


def _guess_use(use: DataUsePage, news: tuple[str, ...]) -> float:
    texts, around = load_layout().texts, load_layout().around
    height = around["data_use"]
    height += texts["completeness"].measure(f"{use.completeness} {use.disclaimer}")
    height += texts["own_rating"].measure(use.own) if use.own else 0
    levels = max((texts["level"].measure(box.text) for box in use.levels), default=0)
    height += around["levels"] + levels if levels else 0
    collected = [row for row in use.evidence if not row.indicator.startswith("U")]
    used = [row for row in use.evidence if row.indicator.startswith("U")]
    left, right = _guess_evidence(collected), _guess_evidence(used)
    if news:
        told = (around["news_row"] + texts["news"].measure(sentence) for sentence in news)
        left += around["news"] + sum(told)
    height += around["evidence"] + max(left, right)
    steps = (
        around["step"] + texts["step"].measure(f"{step.lead} {step.text} {step.who_when}")
        for step in use.next_steps
    )
    if use.next_steps:
        return height + around["heading"] + sum(steps)
    # Only a school at the highest level is told to keep going.
    return height + (around["heading"] + around["no_steps"] if levels else 0)


def _guess_evidence(rows: Iterable[EvidenceRow]) -> float:
    layout = load_layout()
    return sum(
        layout.around["evidence_row"]
        + layout.texts["evidence"].measure(f"{row.status} {row.detail}")
        for row in rows
    )
