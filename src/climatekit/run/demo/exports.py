"""Demo exports: the made-up answers as Qualtrics would export them, traps included.

Each wave was built by somebody else, as happens: 2024 has telling column names, 2025 was
exported as numbers and needs the codebook, 2026 has only Qualtrics' own names and the
questions' words. The words are climatekit's topic labels, never an instrument's wording.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from climatekit.knowledge.scales import Scale
from climatekit.run.demo.answers import Dice, Sheet
from climatekit.run.demo.schools import WINDOWS, Window

PROMPT = "Please say how far you agree."
ALREADY_REVERSED = "ots_8"
MISTYPED = "Strongly agre"
MISTYPED_SCALE = "ces_sf"

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_METADATA = {
    "StartDate": ("Start Date", "startDate"),
    "EndDate": ("End Date", "endDate"),
    "Status": ("Response Type", "status"),
    "Progress": ("Progress", "progress"),
    "Duration (in seconds)": ("Duration (in seconds)", "duration"),
    "Finished": ("Finished", "finished"),
    "RecordedDate": ("Recorded Date", "recordedDate"),
    "ResponseId": ("Response ID", "_recordId"),
    "RecipientEmail": ("Recipient Email", "recipientEmail"),
    "DistributionChannel": ("Distribution Channel", "distributionChannel"),
    "UserLanguage": ("User Language", "userLanguage"),
}
_COMMENTS = (
    "Thank you for asking us.",
    "More time to plan together would help.",
    "The new timetable is better, but lunch is still too short.",
    "n/a",
    'I would like to hear what happens with this; last time I didn\'t.\nNot even a "thanks".',
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How one wave's survey was built and exported."""

    headings: Mapping[str, str]  # item id to heading, in the file's order
    texts: Mapping[str, str]  # item id to question text
    school_text: str
    numbers: bool
    comments: bool
    school: Callable[[Sheet], str]
    answer: Callable[[str, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What the metadata say of one response."""

    preview: bool = False
    progress: int = 100


def write_exports(
    waves: Mapping[str, Sequence[Sheet]], scales: Sequence[Scale], *, seed: int
) -> dict[str, str]:
    """Return the text of each wave's export by file name."""
    layouts = {
        WINDOWS[0].id: _lay_out_first(scales),
        WINDOWS[1].id: _lay_out_second(scales),
        WINDOWS[2].id: _lay_out_third(scales),
    }
    return {
        window.export: _write_export(
            window, waves[window.id], layouts[window.id], Dice(seed * 1000 + 900 + number)
        )
        for number, window in enumerate(WINDOWS)
    }


def list_codebook(scales: Sequence[Scale]) -> list[tuple[str, str, str, str, str]]:
    """Return the codebook's rows: column, item, wave, flags and note.

    Only the export of numbers needs it; its headings and texts name no item.
    """
    wave = WINDOWS[1].id
    rows = []
    for item, heading in _number_headings(scales).items():
        reversed_already = item == ALREADY_REVERSED
        rows.append(
            (
                heading,
                item,
                wave,
                "already_reversed" if reversed_already else "",
                "the survey's recode values were turned round" if reversed_already else "",
            )
        )
    return rows


def _lay_out_first(scales: Sequence[Scale]) -> _Layout:
    words = _list_words(scales)
    labels = _list_labels(scales)

    def answer(item: str, code: int) -> str:
        top = code == max(words[item])
        return MISTYPED if item.startswith(MISTYPED_SCALE) and top else words[item][code]

    return _Layout(
        headings={item: item.upper() for item in labels},
        texts={item: f"{PROMPT} - {label}" for item, label in labels.items()},
        school_text="Which school do you work in?",
        numbers=False,
        comments=False,
        # As a Mac writes it: the accent as a letter of its own.
        school=lambda sheet: unicodedata.normalize("NFD", sheet.school.name),
        answer=answer,
    )


def _lay_out_second(scales: Sequence[Scale]) -> _Layout:
    ranges = {
        item: (answers.low, answers.high)
        for scale in scales
        for item in scale.items
        for answers in (scale.response_set_of(item),)
    }

    def answer(item: str, code: int) -> str:
        return str(sum(ranges[item]) - code if item == ALREADY_REVERSED else code)

    headings = _number_headings(scales)
    return _Layout(
        headings=headings,
        texts=dict.fromkeys(headings, ""),  # the words were in a picture
        school_text="School",
        numbers=True,
        comments=True,
        school=lambda sheet: sheet.school.id,
        answer=answer,
    )


def _lay_out_third(scales: Sequence[Scale]) -> _Layout:
    words = _list_words(scales)
    labels = _list_labels(scales)
    headings = {}
    for block, (items, per_block) in enumerate(
        ((_items_of(scales, "ots"), 13), (_items_of(scales, "ces_sf"), 12)), start=0
    ):
        for place, item in enumerate(items):
            number = 21 + 2 * block + place // per_block
            headings[item] = f"Q{number}_{place % per_block + 1}"
    # Another team's order: membership before needs.
    community = _items_of(scales, "bscs")
    for place, item in enumerate([*community[2:4], *community[:2], *community[4:]], start=1):
        headings[item] = f"Q24_{place}"
    return _Layout(
        headings=headings,
        texts={item: f"{PROMPT} - {labels[item]}" for item in headings},
        school_text="Which school do you work in?\n(Where you spend most of your week.)",
        numbers=False,
        comments=True,
        school=lambda sheet: sheet.school.name,
        answer=lambda item, code: words[item][code],
    )


def _number_headings(scales: Sequence[Scale]) -> dict[str, str]:
    return {
        item: f"Q{number}_{place}"
        for number, scale in enumerate(("ots", "ces_sf", "bscs"), start=14)
        for place, item in enumerate(_items_of(scales, scale), start=1)
    }


def _items_of(scales: Sequence[Scale], scale_id: str) -> list[str]:
    return [item for scale in scales if scale.id == scale_id for item in scale.items]


def _list_labels(scales: Sequence[Scale]) -> dict[str, str]:
    return {item.id: item.label for scale in scales for item in scale.items.values()}


def _list_words(scales: Sequence[Scale]) -> dict[str, dict[int, str]]:
    return {
        item: {
            code: label[:1].upper() + label[1:]
            for code, label in scale.response_set_of(item).labels.items()
        }
        for scale in scales
        for item in scale.items
    }


def _write_export(window: Window, sheets: Sequence[Sheet], layout: _Layout, dice: Dice) -> str:
    columns = [*_METADATA, "School", "Role", *layout.headings.values()]
    if layout.comments:
        columns.append("Q90")
    records = [_make_record(window, sheet, layout, dice, _Kind()) for sheet in sheets]
    if window is WINDOWS[1]:
        records.append(dict(dice.pick(records)))  # sent twice
    records += _plant_traps(window, sheets, layout, dice)
    records.sort(
        key=lambda record: (record.get("RecordedDate", "9999"), record.get("ResponseId", ""))
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerow(_question_texts(layout, columns))
    writer.writerow(_import_ids(layout, columns))
    writer.writerows([record.get(column, "") for column in columns] for record in records)
    return out.getvalue()


def _plant_traps(
    window: Window, sheets: Sequence[Sheet], layout: _Layout, dice: Dice
) -> list[dict[str, str]]:
    planted = [
        _make_record(window, dice.pick(sheets), layout, dice, _Kind(preview=True)) for _ in range(2)
    ]
    for progress in (31, 58, 77):
        begun = dice.pick(sheets)
        kept = len(begun.codes) * progress // 100
        part = Sheet(
            school=begun.school, role=begun.role, codes=dict(list(begun.codes.items())[:kept])
        )
        planted.append(_make_record(window, part, layout, dice, _Kind(progress=progress)))
    if window is WINDOWS[0]:
        planted.append({})  # a row of commas
        opened = dice.pick(sheets)
        nothing = Sheet(school=opened.school, role=opened.role, codes={})
        planted.append(_make_record(window, nothing, layout, dice, _Kind()))
    return planted


def _make_record(
    window: Window, sheet: Sheet, layout: _Layout, dice: Dice, kind: _Kind
) -> dict[str, str]:
    started = _draw_start(window, dice, preview=kind.preview)
    seconds = 240 + dice.below(900)
    ended = started + timedelta(seconds=seconds)
    finished = kind.progress == 100  # noqa: PLR2004 (per cent)
    record = {
        "StartDate": f"{started:%Y-%m-%d %H:%M:%S}",
        "EndDate": f"{ended:%Y-%m-%d %H:%M:%S}",
        "Status": _status(numbers=layout.numbers, preview=kind.preview),
        "Progress": str(kind.progress),
        "Duration (in seconds)": str(seconds),
        "Finished": str(int(finished)) if layout.numbers else str(finished),
        "RecordedDate": f"{ended + timedelta(seconds=1):%Y-%m-%d %H:%M:%S}",
        "ResponseId": "R_" + "".join(dice.pick(_LETTERS) for _ in range(15)),
        "DistributionChannel": "preview" if kind.preview else "anonymous",
        "UserLanguage": "EN",
        "School": layout.school(sheet),
        "Role": sheet.role,
    }
    for item, code in sheet.codes.items():
        record[layout.headings[item]] = layout.answer(item, code)
    if layout.comments and dice.share() < 0.05:  # noqa: PLR2004 (one in twenty writes something)
        record["Q90"] = dice.pick(_COMMENTS)
    return record


def _draw_start(window: Window, dice: Dice, *, preview: bool) -> datetime:
    if preview:
        day = window.opened - timedelta(days=3)
    else:
        day = window.opened + timedelta(days=dice.below((window.closed - window.opened).days))
    return datetime.combine(day, time(7)) + timedelta(seconds=dice.below(36_000))


def _status(*, numbers: bool, preview: bool) -> str:
    if numbers:
        return "1" if preview else "0"
    return "Survey Preview" if preview else "IP Address"


def _question_texts(layout: _Layout, columns: Sequence[str]) -> list[str]:
    texts = {heading: layout.texts[item] for item, heading in layout.headings.items()}
    texts |= {name: text for name, (text, _) in _METADATA.items()}
    texts["School"] = layout.school_text
    texts["Role"] = "Role" if layout.numbers else "Which best describes your work?"
    texts["Q90"] = "Is there anything that you would like to add?"
    return [texts[column] for column in columns]


def _import_ids(layout: _Layout, columns: Sequence[str]) -> list[str]:
    ids = {name: {"ImportId": import_id} for name, (_, import_id) in _METADATA.items()}
    for name in ("StartDate", "EndDate", "RecordedDate"):
        ids[name]["timeZone"] = "America/Denver"
    # In numbers, school and role came with the link and not from a question.
    ids["School"] = {"ImportId": "School" if layout.numbers else "QID1"}
    ids["Role"] = {"ImportId": "Role" if layout.numbers else "QID2"}
    ids["Q90"] = {"ImportId": "QID90_TEXT"}
    for place, heading in enumerate(layout.headings.values()):
        ids[heading] = {"ImportId": f"QID{13 + place // 13}_{place % 13 + 1}"}
    return [json.dumps(ids[column], separators=(",", ":")) for column in columns]
