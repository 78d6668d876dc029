"""Page numbers: hold the numbers of a release's pages against its ledger, both ways.

Tables and data files are read number by number. In flowing text it cannot always be told
which number is meant: there, each must be one, of its kind, that the ledger holds for the
page's school or the district; and each row of the ledger must stand in some file.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from operator import ne
from typing import Any

from climatekit.knowledge.rubric import load_rubric
from climatekit.knowledge.scale_use import speak_language
from climatekit.knowledge.scales import Scale
from climatekit.knowledge.settings import RoleGroup
from climatekit.knowledge.wording import Messages, list_languages, load_messages
from climatekit.measure.change import NONRESPONSE
from climatekit.release.gate import round_points
from climatekit.release.ledger import Entry
from climatekit.report.trend import CUT, fold_label
from climatekit.run.audit.allowed_numbers import AllowedNumbers, Numbers, list_forms
from climatekit.run.audit.drawings import Number, measure_drawing
from climatekit.run.audit.numbers import find_unread
from climatekit.run.audit.output_reader import Files, Output, read_column, read_raw, read_text
from climatekit.run.audit.page_reader import (
    ANY_COUNT,
    ANY_WORDS,
    NO_HEADS,
    FixedText,
    Page,
    list_digits,
    list_numbers,
    list_sentences,
    mask,
    read_pdf,
    read_properties,
    read_record,
    read_web_page,
)
from climatekit.run.files.filenames import file_slug
from climatekit.run.study import name_scale
from climatekit.values import RESPONSE_FLOOR

_NOTE, _DISTRICT = "technical_note", "district"
_ENDING = re.compile(r"(?:\.staff)?\.(?:html|pdf)$")
_SAID = ("headline", "subline", "participation", "panels", "changes", "data_use")
_LEVELS = range(1, 5)
# The levels of the data-use check, and the places in a list.
_LISTED = frozenset(Number("whole", float(level)) for level in _LEVELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNumbers:
    """What the pages of a release say beside its ledger.

    Attributes
    ----------
    pages : int
        How many were read.
    numbers : int
        How many numbers stand in them.
    stray : tuple of (file, school, Number)
        Numbers in pages that the ledger does not hold for their school or the district.
    placed : frozenset of (file, school, Number)
        Those of them that stand in a row of their own or in a drawing, so that it is known
        which number is meant.
    doubtful : frozenset of (file, school, Number)
        Those of the others that may be part of a name or a reason that the district wrote,
        or of a message, a scale's title or its source.
    """

    pages: int
    numbers: int
    stray: tuple[tuple[str, str, Number], ...]
    placed: frozenset[tuple[str, str, Number]]
    doubtful: frozenset[tuple[str, str, Number]]
    _output: Output = field(repr=False)
    _seen: Mapping[str, AbstractSet[Number]] = field(repr=False)

    @property
    def unread(self) -> tuple[Entry, ...]:
        """Rows of the ledger that stand in no file; looked for when asked."""
        everywhere = self._seen.get("", frozenset())
        return tuple(
            entry
            for entry in find_unread(self._output)
            if list_forms(entry).isdisjoint(self._seen.get(entry.school, frozenset()) | everywhere)
        )


def compare_pages(files: Files, output: Output, scales: Iterable[Scale]) -> PageNumbers:
    """Read every page, PDF, drawing and property of a release, and hold it against the ledger.

    Parameters
    ----------
    files : mapping of str to (bytes or Path)
        All files of the release, its manifest among them.
    output : Output
        As `read_output` returns it.
    scales : iterable of Scale
        The scales that were asked.
    """
    manifest = json.loads(read_text(files["manifest.json"]))
    settings = manifest["settings"]
    names = {row["school"]: row["name"] for row in output.tables["scores"]}
    questions = read_column(files, "items.csv", "label")
    asked = tuple(scales)
    fixed: dict[str, FixedText] = {}
    spoken = {settings["language"], *settings.get("also_in", ()), *_list_languages(files)}
    allowed = AllowedNumbers(output, names, asked, map(load_messages, sorted(spoken)))
    settled = frozenset(_list_terms()) | _LISTED
    note = frozenset(_list_note_numbers(manifest, asked))
    schools = {file_slug(name, school): school for school, name in names.items()}
    stray: list[tuple[str, str, Number]] = []
    placed: set[tuple[str, str, Number]] = set()
    seen: dict[str, set[Number]] = defaultdict(set)
    pages = numbers = 0
    for name, page in _read_pages(files):
        stem = name.partition(".")[0]
        school = schools.get(stem, "")
        everywhere = settled
        if stem == _DISTRICT:
            everywhere |= _count_schools(len(names))
        elif stem == _NOTE:
            everywhere |= note
        language = page.language or settings["language"]
        if language not in fixed:
            fixed[language] = _find_fixed(language, asked, names, questions, settings)
        told = [
            (number, heads)
            # Rows of the note hold counts of schools as well, which are no row's own.
            for text, heads in page.list_texts(rows=stem != _NOTE)
            for number in list_numbers(fixed[language].take_out(text))
        ]
        known = {
            heads: allowed.find(school, heads, whole=stem == _DISTRICT)
            for heads in {NO_HEADS, *(heads for _, heads in told)}
        }
        wrong = [
            (number, heads)
            for number, heads in told
            if number not in everywhere and number not in known[heads]
        ]
        drawn = [one for drawing in page.drawings for one in measure_drawing(drawing)]
        found = [(name, allowed.find_owner(school, one), number) for number, one in wrong]
        stray += found
        placed |= {place for place, (_, heads) in zip(found, wrong, strict=True) if heads[0]}
        placed |= {
            (name, school, number)
            for number in drawn
            if number not in everywhere and number not in known[NO_HEADS]
        }
        placed |= {(name, school, number) for number in _find_changed(name, page, files)}
        told += [(number, NO_HEADS) for number in drawn]
        seen[school].update(number for number, _ in told)
        pages, numbers = pages + 1, numbers + len(told)
    return PageNumbers(
        pages=pages,
        numbers=numbers,
        stray=tuple(dict.fromkeys([*stray, *sorted(placed, key=repr)])),
        placed=frozenset(placed),
        doubtful=frozenset(_find_doubtful({*stray} - placed, names, settings, fixed.values())),
        _output=output,
        _seen=seen,
    )


def _read_pages(files: Files) -> Iterator[tuple[str, Page]]:
    for name, content in sorted(files.items()):
        raw = read_raw(content)
        if name.endswith(".html"):
            yield name, read_web_page(raw.decode())
        elif name.endswith(".pdf"):
            yield name, read_pdf(raw)
        elif name.endswith(".xlsx"):
            yield name, read_properties(raw)
        elif name.endswith(".json") and name != "manifest.json":
            yield name, read_record(raw.decode())


def _find_changed(name: str, page: Page, files: Files) -> Iterator[Number]:
    """Yield the numbers in which a page's sentences are not those of its record.

    A sentence with another number than the record's is the record's but for its numbers.
    """
    record = f"{_ENDING.sub('', name)}.json"
    if name == record or record not in files:
        return
    content = json.loads(read_text(files[record]))
    # In print, a list of questions is as long as there is room, and counts what it leaves out.
    said = {key: content.get(key) for key in _SAID} if page.flows else content
    told: dict[str, list[list[str]]] = defaultdict(list)
    for sentence in list_sentences(said):
        told[mask(sentence)].append(list_digits(sentence))
    for masked, known in told.items():
        for own in page.find_digits(masked):
            if own not in known:
                nearest = min(known, key=lambda one: sum(map(ne, one, own)))
                changed = (new for new, old in zip(own, nearest, strict=True) if new != old)
                yield from (Number("whole", float(digits)) for digits in changed)


def _find_doubtful(
    stray: Iterable[tuple[str, str, Number]],
    names: Mapping[str, str],
    settings: Mapping[str, Any],
    fixed: Iterable[FixedText],
) -> Iterator[tuple[str, str, Number]]:
    """Yield the numbers that stand in what the district or we wrote, as a school's name."""
    texts = [*_list_labels(settings), settings["district"] or "", *_list_reasons(settings)]
    common = {one.size for text in texts for one in list_numbers(text)}
    common = common.union(*(one.sizes for one in fixed))
    by_school = {school: {one.size for one in list_numbers(text)} for school, text in names.items()}
    everything = common.union(*by_school.values())
    for name, school, number in stray:
        if number.size in (common | by_school[school] if school else everything):
            yield name, school, number


def _list_languages(files: Files) -> Iterator[str]:
    """Yield the languages that file names tell of, as of a school with one of its own."""
    known = list_languages()
    for name in files:
        yield from (part for part in name.split(".")[1:-1] if part in known)


def _find_fixed(
    language: str,
    scales: Iterable[Scale],
    names: Mapping[str, str],
    questions: Iterable[str],
    settings: Mapping[str, Any],
) -> FixedText:
    messages = load_messages(language)
    own = tuple(scales)
    spoken = (speak_language(name_scale(scale, messages), language) for scale in own)
    return FixedText(
        messages,
        (*own, *spoken),
        [*_list_names(names, settings, messages), *questions],
        _list_facts(settings, messages),
    )


def _list_names(
    names: Mapping[str, str], settings: Mapping[str, Any], messages: Messages
) -> Iterator[str]:
    yield from names.values()
    yield from (file_slug(name, school) for school, name in names.items())
    yield from (messages.say("labels.code", code=school) for school in names)
    yield settings["district"] or ""
    for label in _list_labels(settings):
        yield label
        # A chart has room for so much of it.
        yield from (line for line in fold_label(label) if line.endswith(CUT))
    for level in _LEVELS:
        title = messages.say(f"level.{level}.title")
        yield from (title, f"{level} {title}")
    own = settings["rubric"]
    yield from (*own["levels"].values(), own["wording_source"] or "")
    yield from _list_reasons(settings)
    for group in settings.get("role_groups") or ():
        labels = group.get("labels", {})
        told = RoleGroup(id=group["id"], label=group.get("label", ""), labels=labels)
        yield from map(told.label_in, ("", *labels))


def _list_labels(settings: Mapping[str, Any]) -> Iterator[str]:
    for wave in settings["waves"]:
        yield from (wave["label"], *wave["labels"].values())


def _list_reasons(settings: Mapping[str, Any]) -> Iterator[str]:
    yield from (settings["disclosure"].get(why) or "" for why in ("reason", "republish"))


def _list_facts(settings: Mapping[str, Any], messages: Messages) -> dict[str, str]:
    """Return the numbers of the settings that sentences hold, by their names in the messages."""
    facts = {name: str(value) for name, value in settings["disclosure"].items() if value}
    facts["floor"] = str(RESPONSE_FLOOR)
    size = f"{settings['comparison']['smallest_change']:g}"
    facts |= dict.fromkeys(("compared", "more", "unshown"), ANY_COUNT)
    facts["grades"] = ANY_WORDS
    facts["smallest"] = messages.say("number.points", number=size, count=float(size))
    # What the nonresponse check supposes; better is as far from nothing as worse.
    supposed = max(NONRESPONSE)
    facts["delta"] = messages.say("number.points", number=f"{supposed:g}", count=supposed)
    return facts


def _count_schools(schools: int) -> Numbers:
    """Return what can be told of schools as such: how many, and what percent of so many."""
    shares = {
        round_points(100 * part / whole)
        # A hundred schools and more make every whole percent.
        for whole in range(1, min(schools, 100) + 1)
        for part in range(whole + 1)
    }
    return frozenset(
        [Number("whole", float(count)) for count in range(schools + 1)]
        + [Number("percent", float(share)) for share in shares]
    )


def _list_terms() -> Iterator[Number]:
    """Return the days, months and shares of the staff that the rubric asks for in a step."""
    rubric = load_rubric()
    for percent in (rubric.response.level_3, rubric.response.level_4):
        yield Number("whole", float(percent))
    waiting: list[Mapping[str, Any]] = [rubric.model_dump()]
    while waiting:
        for name, value in waiting.pop().items():
            if isinstance(value, Mapping):
                waiting.append(value)
            elif name.endswith(("days", "months")) and isinstance(value, int):
                yield Number("whole", float(value))


def _list_note_numbers(manifest: Mapping[str, Any], scales: Iterable[Scale]) -> Iterator[Number]:
    """Return the numbers of settings, versions and scale files, which the note lists whole."""
    for part in (manifest["settings"], manifest["versions"], [repr(scale) for scale in scales]):
        yield from list_numbers(json.dumps(part, ensure_ascii=False))
