"""Page reader: every number in pages as a stranger finds it, in text, drawings and properties.

A page is flowing text: which number is meant cannot always be told. What is fixed (the words
of the messages, dates, names and sources) is taken out; each number that is left, with its
kind, has to be one that the ledger holds for the page's school or for the district.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import chain
from xml.parsers import expat

from climatekit.knowledge.scales import Scale
from climatekit.knowledge.wording import Messages
from climatekit.run.audit.drawings import Drawing, Kind, Number, read_drawings

_SILENT = frozenset({"style", "script"})
_TOLD = frozenset({"alt", "title", "aria-label", "content", "data-v", "data-one", "data-many"})
_ENTRY = re.compile(r"(?<![\w.,/#\-])([+\-\N{MINUS SIGN}]?)(\d+(?:[.,]\d+)?)(\s?%)?(?!\w)")
_VERSION = re.compile(r"\d+(?:\.\d+){2,}")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PLACE = re.compile(r"\{[^}]*\}")
_XML_TEXT = re.compile(r"<[^>]*>")
# Stand for what says nothing of anybody's answers: a number or two, and words of the
# district's own up to the dot that follows them, such as a school's grades.
ANY_COUNT, ANY_WORDS = "0\N{SECTION SIGN}", "0\N{PILCROW SIGN}"
_ANY = r"\d+(?:\W{1,3}\d+)?"
_ANYTHING = r"(?:[^\N{MIDDLE DOT}]{1,60}?(?=\s\N{MIDDLE DOT}|$)|" + _ANY + ")"
_STAMP = re.compile(
    r"10\.\d{4,}(?:/\S+)?|(?<!\d)20\d{6}\w*|WeasyPrint \d+\.\d+"
    # The study's hash, in the footer; one in a narrow column is broken over two lines.
    r"|(?<!\w)[0-9a-f]{12}(?!\w)"
    # A file's, of which the note prints the beginning: now and then it has digits alone.
    r"|(?<!\w)[0-9a-f]{16}\N{HORIZONTAL ELLIPSIS}"
    r"|(?<!\w)[0-9a-f]{20,63}\s[0-9a-f]{1,44}(?!\w)"
)
# A line through some places, as drawings have it.
_LINE = re.compile(r"M[\d.]+ [\d.]+(?:L[\d.]+ [\d.]+)+")
_PLACE_IN_LINE = re.compile(r"([\d.]+) ([\d.]+)")
_DIGITS = re.compile(r"\d+")
_LIST_NUMBER = re.compile(r"^\s*[1-9](?:\.\s|\s*$)")
# Words kept on either side of a fixed number, so that a line may break between others.
_NEIGHBOURS = 2
_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 3  # of a sentence

Heads = tuple[str, str]
NO_HEADS: Heads = ("", "")


@dataclass(slots=True)
class Page:
    """What one page says: its texts in order, its drawings, and the language it is in.

    `heads` has for each text the heads of the table row and column that it stands in; of a page
    whose rows cannot be told it is empty. Of a page that `flows` each text is a whole leaf.
    """

    texts: list[str] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    language: str = ""
    heads: list[Heads] = field(default_factory=list)
    flows: bool = False
    masked: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))

    def list_texts(self, *, rows: bool = True) -> Iterator[tuple[str, Heads]]:
        """Yield each text with the heads of its row and column, where `rows` count."""
        heads = self.heads if rows and self.heads else [NO_HEADS] * len(self.texts)
        yield from zip(self.texts, heads, strict=True)

    def find_digits(self, masked: str) -> Iterator[list[str]]:
        """Yield the numbers of each text that is a sentence but for them; see `mask`."""
        if not self.flows:
            if not self.masked:
                for text in filter(_holds_digit, self.texts):
                    self.masked[mask(text)].append(list_digits(text))
            yield from self.masked.get(masked, ())
            return
        words = (re.escape(word).replace(r"\#", r"(\d+)") for word in masked.split())
        pattern = re.compile(r"(?<!\w)" + r"\s+".join(words))
        for text in self.texts if "#" in masked else ():
            yield from (list(found.groups()) for found in pattern.finditer(text))


class _PageParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._silent = 0
        self._drawing: Drawing | None = None
        self._at: float | None = None
        self._head = ""
        self._heading = False
        self._columns: list[str] = []
        self._place = 0
        self._naming = 0
        self._is_lettering = False
        self._letters: list[str] = []

    def _tell(self, texts: Iterable[str]) -> None:
        column = ""
        if self._head and 0 < self._place <= len(self._columns):
            column = self._columns[self._place - 1]
        for text in texts:
            self.page.texts.append(text)
            self.page.heads.append((self._head, column))

    def _enter_cell(self, tag: str, told: Mapping[str, str]) -> None:
        """Count the columns of a row; a column's head counts for as many as it spans."""
        span = int(told.get("colspan") or 1)
        # The first row of heads is that of the columns.
        names = tag == "th" and told.get("scope") != "row" and self._place == len(self._columns)
        self._place += span
        self._naming = span if names else 0
        self._columns += [""] * self._naming

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._silent += tag in _SILENT
        if tag in {"td", "th"}:
            self._enter_cell(tag, told)
        if told.get("name") != "viewport" and "http-equiv" not in told:
            self._tell(text for name, text in told.items() if name in _TOLD and text)
        if tag == "table":
            self._columns = []
        elif tag == "tr":
            self._head, self._place = "", 0
        elif tag == "th":
            self._heading = told.get("scope") == "row"
        elif tag == "html":
            self.page.language = told.get("lang", "")
        elif tag == "svg":
            self._drawing = Drawing(float(told["width"]), float(told["height"]))
            self.page.drawings.append(self._drawing)
        elif self._drawing is not None:
            self._take_shape(self._drawing, tag, told)

    def _take_shape(self, drawing: Drawing, tag: str, told: Mapping[str, str]) -> None:
        if tag == "text":
            self._is_lettering = True
            self._at = float(told["y"]) if told.get("text-anchor") == "end" else None
        elif tag == "circle":
            drawing.circles.append((float(told["cx"]), float(told["cy"])))
        elif tag == "path" and _LINE.fullmatch(told["d"]):
            places = _PLACE_IN_LINE.findall(told["d"])
            drawing.add_line([(float(x), float(y)) for x, y in places])
        elif tag == "rect":
            x, y, width, height = (float(told[name]) for name in ("x", "y", "width", "height"))
            drawing.boxes.append((x, y, width, height))

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT
        if tag == "text":
            self._at, self._is_lettering = None, False
        elif tag == "svg":
            self._drawing = None
            # A label may stand in two lines.
            self._tell([" ".join(self._letters)] if self._letters else ())
            self._letters = []
        elif tag == "th":
            self._heading, self._naming = False, 0
        elif tag == "tr":
            self._head, self._place = "", 0

    def handle_data(self, data: str) -> None:
        if self._silent or not data.strip():
            return
        if self._is_lettering:
            self._letters.append(data.strip())
        else:
            self._tell([data])
        for place in range(self._naming):
            named = self._columns[-1 - place]
            self._columns[-1 - place] = " ".join(f"{named} {data}".split())
        if self._heading and self._drawing is None:
            self._head = " ".join(f"{self._head} {data}".split())
        if self._drawing is not None:
            self._drawing.texts.append(data)
            if self._at is not None and data.strip().isdigit():
                self._drawing.ticks.append((self._at, float(data)))


def read_web_page(text: str) -> Page:
    """Return what a web page says, in attributes and drawings as well."""
    page = _PageParser()
    reader = expat.ParserCreate()
    reader.buffer_text = True
    reader.StartElementHandler = lambda tag, told: page.handle_starttag(tag, [*told.items()])
    reader.EndElementHandler = page.handle_endtag
    reader.CharacterDataHandler = page.handle_data
    try:
        reader.Parse(text, True)  # noqa: FBT003 (the whole of it)
    except expat.ExpatError:  # our own pages are XML as well, which is read much faster
        page = _PageParser()
        page.feed(text)
    return page.page


def read_record(text: str) -> Page:
    """Return the sentences of a page's record, a data file."""
    record = json.loads(text)
    return Page(list(list_sentences(record)), language=record.get("language", ""))


def list_sentences(record: object) -> Iterator[str]:
    """Yield the texts of some words in a record, however deep they lie."""
    if isinstance(record, Mapping):
        for value in record.values():
            yield from list_sentences(value)
    elif isinstance(record, list):
        for value in record:
            yield from list_sentences(value)
    elif isinstance(record, str) and len(_WORD.findall(record)) >= _LEAST_WORDS:
        yield record


def mask(text: str) -> str:
    """Return a text with its numbers made alike, however long they are."""
    return _DIGITS.sub("#", " ".join(text.split()))


def list_digits(text: str) -> list[str]:
    """Return every run of digits in a text, in order."""
    return _DIGITS.findall(text)


def read_pdf(content: bytes) -> Page:
    """Return what a PDF says: text, drawings, properties, outline, attachments' names."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    texts += [str(value) for value in (reader.metadata or {}).values()]
    if reader.xmp_metadata is not None:
        texts.append(_XML_TEXT.sub(" ", reader.xmp_metadata.stream.get_data().decode()))
    language = str(reader.root_object.get("/Lang", ""))
    drawings = [drawing for page in reader.pages for drawing in read_drawings(page)]
    return Page([*texts, *reader.attachments], drawings, language, flows=True)


def read_properties(workbook: bytes) -> Page:
    """Return what a workbook says beside its cells: properties, comments, names."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        apart = [
            archive.read(name).decode()
            for name in archive.namelist()
            if name == "docProps/core.xml" or "comments" in name
        ]
    return Page([_XML_TEXT.sub(" ", text) for text in apart])


class FixedText:
    """What stands in pages whoever answered: words of the messages, names, sources, dates.

    Parameters
    ----------
    messages : Messages
    scales : iterable of Scale
        Their titles and sources hold numbers of their own.
    names : iterable of str
        Of schools, waves and the district.
    facts : mapping of str to str
        Of the settings, such as ``min_n``.

    Attributes
    ----------
    sizes : frozenset of float
        The numbers in messages, titles and sources.
    """

    def __init__(
        self,
        messages: Messages,
        scales: Iterable[Scale],
        names: Iterable[str],
        facts: Mapping[str, str],
    ) -> None:
        pieces = {piece for text in messages.texts() for piece in _PLACE.split(_fill(text, facts))}
        own = {" ".join(name.split()) for name in names}
        whole = set(own)
        for scale in scales:
            whole |= {scale.title, scale.abbreviation, *scale.citations}
            whole |= {rule.title for rule in scale.scores.values()}
            whole |= {item.label for item in scale.items.values()}
        whole |= {window for piece in pieces for window in _list_windows(piece)}
        self._whole = {" ".join(part.split()) for part in whole}
        self.sizes = frozenset(one.size for part in whole - own for one in list_numbers(part))
        told = sorted((part for part in whole if _holds_digit(part)), key=len, reverse=True)
        self._patterns = [_write_pattern(part, name=part in own) for part in told]
        # Of the parts of a large district those alone are looked for whose number is there,
        # or of those with any number the longest word.
        self._by_number: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for place, part in enumerate(told):
            plain = part.replace(ANY_COUNT, "").replace(ANY_WORDS, "")
            numbers = _DIGITS.findall(plain)
            if numbers:
                self._by_number[numbers[0]].append(place)
            else:
                self._by_word[max(_WORD.findall(plain), key=len, default="")].append(place)
        self._compiled: dict[tuple[int, ...], re.Pattern[str]] = {}
        self._days = _compile_days(messages)
        # A name or a reason that a day is part of goes before the days do; days go before a
        # name that is part of them, as of a wave that is called 2026.
        dated = sorted(filter(self._holds_day, own), key=len, reverse=True)
        self._dated = re.compile("|".join(map(_write_pattern, dated)) or r"(?!)")
        self._known: dict[str, str] = {}

    def take_out(self, text: str) -> str:
        """Return a text without what is fixed."""
        if text not in self._known:  # pages repeat most of their sentences
            self._known[text] = self._take_out(text)
        return self._known[text]

    def _take_out(self, text: str) -> str:
        if not _holds_digit(text):
            return ""
        plain = " ".join(text.split())
        if plain in self._whole:  # as every cell with a school's name is
            return ""
        for pattern in (self._dated, self._days, _ISO_DAY):
            plain = pattern.sub(" ", plain)
        for pattern in (self._find_parts(plain), _STAMP, _VERSION, _YEAR, _LIST_NUMBER):
            plain = pattern.sub(" ", plain)
        return plain

    def _holds_day(self, name: str) -> bool:
        return bool(self._days.search(name) or _ISO_DAY.search(name))

    def _find_parts(self, text: str) -> re.Pattern[str]:
        """Return what matches every fixed part that can stand in a text, the longest first."""
        near = [self._by_number.get(number, ()) for number in _DIGITS.findall(text)]
        near += [places for word, places in self._by_word.items() if word in text]
        places = tuple(sorted({*chain.from_iterable(near)}))
        if places not in self._compiled:
            parts = "|".join(self._patterns[place] for place in places)
            self._compiled[places] = re.compile(parts or r"(?!)")
        return self._compiled[places]


def list_numbers(text: str) -> Iterator[Number]:
    """Return the numbers of a text in order."""
    for sign, digits, percent in _ENTRY.findall(text):
        size = float(digits.replace(",", "."))
        kind: Kind = "whole"
        if percent:
            kind = "percent"
        elif sign:
            kind = "signed"
        elif not digits.isdigit():
            kind = "decimal"
        yield Number(kind, size)


def _fill(text: str, facts: Mapping[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _list_windows(text: str) -> Iterator[str]:
    """Return each number of a fixed text with the words beside it; near ones in one piece."""
    words = text.split()
    places = [place for place, word in enumerate(words) if _holds_digit(word)]
    while places:
        start = end = places.pop(0)
        while places and places[0] <= end + 2 * _NEIGHBOURS:  # they would share a word
            end = places.pop(0)
        yield " ".join(words[max(0, start - _NEIGHBOURS) : end + _NEIGHBOURS + 1])


def _write_pattern(part: str, *, name: bool = False) -> str:
    # A line may break behind a hyphen as well, and in a PDF's text what stands below a name
    # may follow it without a blank.
    words = r"\s+".join(re.escape(word).replace(r"\-", r"\-\s*") for word in part.split())
    words = words.replace(ANY_COUNT, _ANY).replace(ANY_WORDS, _ANYTHING)
    end = "" if name and part[-1:].isalpha() else r"(?!\w)"
    return r"(?<!\w)" + words + end


def _holds_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _compile_days(messages: Messages) -> re.Pattern[str]:
    """Return what matches every day and span of days as the language writes them."""
    months = "|".join(re.escape(messages.say(f"date.month_{n}")) for n in range(1, 13))
    forms = []
    for key in ("span_year", "span_month", "full"):
        form = re.escape(messages.name(f"date.{key}", ""))
        form = re.sub(r"\\\{[a-z_]*month\\\}", f"(?:{months})", form)
        form = re.sub(r"\\\{[a-z_]*day\\\}", r"\\d{1,2}", form)
        forms.append(re.sub(r"\\\{[a-z_]*year\\\}", r"\\d{4}", form))
    forms.append(rf"(?:{months}) \d{{1,2}}")
    return re.compile("|".join(forms))
