"""A brief's content set by typst: same words, numbers, tables and drawings, a plainer layout."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path

from fontTools.ttLib import TTFont

from climatekit.knowledge.wording import load_messages
from climatekit.report.brief import Brief
from climatekit.report.fonts import CUTS, read_font
from climatekit.report.html import draw_charts

_HEAD = """#set document(title: {title})
#set page(paper: "us-letter", margin: (x: 40pt, top: 36pt, bottom: 44pt))
#set text(font: "Climatekit Sans", size: 9.5pt, lang: {language})
#set table(stroke: none, inset: (x: 0pt, y: 3pt))
"""


def write_fonts(folder: Path) -> None:
    """Write the bundled fonts as typst reads them: unpacked."""
    for cut in CUTS:
        font = TTFont(io.BytesIO(read_font(cut.file)))
        font.flavor = None
        font.save(folder / f"{Path(cut.file).stem}.ttf")


def write_source(brief: Brief, folder: Path) -> Path:
    """Write a brief as a typst file, its drawings beside it; return the file."""
    messages = load_messages(brief.language)
    for name, svg in draw_charts(brief, messages, chart_height=150).items():
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    say = messages.say
    lines = [
        _HEAD.format(title=_quote(brief.school), language=_quote(brief.language)),
        _heading(1, brief.school),
        _text(brief.district, brief.wave_label, brief.participation.sentence),
        _draw("response", "Response rate"),
        _text(brief.headline, weight=600),
        _text(brief.subline),
        _heading(2, say("labels.panels")),
        _panels(brief),
        _heading(2, say("labels.changes", previous=brief.previous_label or "")),
        _table(
            ["", *(["" for _ in range(5)])],
            (
                [row.title, *(getattr(one, "text", "-") for one in
                              (row.before, row.after, row.difference, row.detectable)), row.word]
                for row in brief.changes
            ),
        ),
        _heading(2, say("labels.movers")),
        _table(
            ["", "", "", ""],
            (
                [row.label, row.before.text, row.after.text, row.difference.text]
                for row in brief.movers
            ),
        ),
        *(_draw(f"mover.{row.item}", row.label) for row in brief.movers),
        "#pagebreak()",
    ]  # fmt: skip
    if brief.data_use is not None:
        use = brief.data_use
        lines += [
            _heading(2, say("labels.data_use")),
            _text(use.headline, weight=600),
            _text(use.completeness, use.disclaimer),
            _table(
                [""] * 4, [[f"{box.level} {box.title}: {box.text}" for box in use.levels]]
            ),
            *(_text(row.question, row.status, row.detail) for row in use.evidence),
            _heading(2, say("labels.next_steps")),
            *(_text(step.lead, step.text, step.who_when) for step in use.next_steps),
        ]  # fmt: skip
    lines += [
        *(_text(sentence) for sentence in brief.since_last_time),
        _heading(2, say("labels.prompts")),
        *(_text(prompt) for prompt in brief.prompts),
        _heading(2, say("labels.notes")),
        "#columns(2)[",
        *(_text(note.title, note.text) for note in brief.notes),
        "]",
        _text(brief.footer),
    ]
    path = folder / "brief.typ"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _panels(brief: Brief) -> str:
    cells = [
        "["
        + _heading(3, panel.title)
        + _text(panel.question)
        + _draw(f"trend.{panel.construct}", panel.alt)
        + _text(panel.sentence)
        + _text(panel.reliability_text)
        + "]"
        for panel in brief.panels
    ]
    return f"#grid(columns: {max(1, len(cells))}, gutter: 16pt, {', '.join(cells)})"


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _heading(level: int, text: str) -> str:
    return f"#heading(level: {level}, {_quote(text)})\n"


def _text(*texts: str, weight: int = 400) -> str:
    return f"#par(text(weight: {weight}, {_quote(' '.join(filter(None, texts)))}))\n"


def _draw(name: str, alt: str) -> str:
    return f"#image({_quote(f'{name}.svg')}, alt: {_quote(alt)})\n"


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    cells = [f"text({_quote(cell)})" for row in rows for cell in row]
    return f"#table(columns: {len(heads)}, {', '.join(cells)})" if cells else ""
