"""Labels: answers as they stand in an export, to the codes of a response set.

Matching is exact after tidying; likeness only ever suggests. "Agree" and "Disagree"
are 77 of 100 alike, so a reader that guesses scores people upside down.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from climatekit.ingest.dialects import usual_not_answers
from climatekit.ingest.text import closest_label
from climatekit.knowledge.scales import ResponseSet
from climatekit.knowledge.tidying import tidy_text

_LEADING = re.compile(r"^\(?(-?\d{1,3})(?:\s*[-.:=)]|\s)\s*(?=\D)")
_LEADING_BRACKET = re.compile(r"^(-?\d{1,3})\s*\((\D.*)\)$")
_TRAILING = re.compile(r"^(.*[^\d.,])(\d{1,3})[)\]]?$")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_WHOLE_POINT = re.compile(r"(-?[0-9]{1,9})\.0+")
_LOOKS_NUMERIC = re.compile(r"^[\s+\-.,\d_]*\d[\s.,\d_]*$")
_LONGEST_SHOWN = 60


class Kind(Enum):
    """What one distinct cell text of an item column is."""

    BLANK = "blank"
    WORDS = "words"
    NUMBER = "number"
    BOTH = "words with number"
    NO_ANSWER = "no answer"
    UNKNOWN = "unknown"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one distinct cell text means.

    Attributes
    ----------
    code : int, optional
        The declared code; None unless it is an answer.
    number : int, optional
        The number that stood beside the words, where there was one.
    """

    text: str
    kind: Kind
    code: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """One response set made ready for looking answers up.

    Attributes
    ----------
    codes : mapping of str to int
        Tidied wording to code.
    no_answers : frozenset of str
        Tidied wordings, and numbers as text, that are no answer.
    said : frozenset of str
        Tidied wordings whose meaning the district has said.
    """

    response_set: ResponseSet
    codes: Mapping[str, int]
    no_answers: frozenset[str]
    said: frozenset[str] = frozenset()

    @property
    def expected(self) -> str:
        """The answer set in words, for messages."""
        labels = self.response_set.labels
        low, high = self.response_set.low, self.response_set.high
        ends = f" ({labels[low]} to {labels[high]})" if low in labels and high in labels else ""
        return f"set {self.response_set.id}: {low} to {high}{ends}, or left blank"


def make_answer_key(
    response_set: ResponseSet,
    *,
    extra: Mapping[str, int] | None = None,
    platform_no_answers: Sequence[str] = (),
    platform: str | None = None,
) -> AnswerKey:
    """Return the look-up of `response_set` with a district's own wordings.

    Parameters
    ----------
    response_set : ResponseSet
    extra : mapping of str to int, optional
        The district's wordings to code; they win over the set's own. A code outside
        the set's range says that the wording is no answer.
    platform_no_answers : sequence of str
        What the survey platform writes for a question seen and not answered.
    platform : str, optional
        The survey platform, for wordings that it alone writes.
    """
    codes = {tidy_text(label): code for code, label in response_set.labels.items()}
    codes |= {tidy_text(text): code for text, code in response_set.synonyms.items()}
    codes |= response_set.platforms.get(platform or "", {})
    silent = {tidy_text(text) for text in response_set.not_answers}
    silent |= {tidy_text(text) for text in (*usual_not_answers(), *platform_no_answers)}
    silent -= codes.keys()
    for text, code in (extra or {}).items():
        tidied = tidy_text(text)
        if response_set.low <= code <= response_set.high:
            codes[tidied] = code
            silent.discard(tidied)
        else:
            silent.add(tidied)
            codes.pop(tidied, None)
    return AnswerKey(
        response_set=response_set,
        codes=codes,
        no_answers=frozenset(silent),
        said=frozenset(tidy_text(text) for text in extra or {}),
    )


def split_code(text: str) -> tuple[str, int | None]:
    """Return a tidied label without its leading or trailing number, and that number.

    ``"4 - agree"``, ``"(4) agree"``, ``"agree (4)"`` and ``"4 (agree)"`` all give
    ``("agree", 4)``; a label without a number gives itself and None.
    """
    found = _LEADING_BRACKET.match(text)
    if found:
        return found.group(2).strip(), int(found.group(1))
    found = _LEADING.match(text)
    if found:
        return text[found.end() :].lstrip(" -.:=)"), int(found.group(1))
    found = _TRAILING.match(text)
    if found:
        return found.group(1).rstrip(" ([-.:="), int(found.group(2))
    return text, None


def read_answer(text: str, answer_key: AnswerKey) -> Answer:
    """Return what one cell text means; nothing is converted silently.

    ``3.5``, full-width digits, ``TRUE``, ``inf`` and the like are UNKNOWN. ``4.0`` is 4.
    """
    tidied = tidy_text(text)
    if not tidied.strip("\u200b\u200c\u200d\u2060\ufeff"):
        return Answer(text=text, kind=Kind.BLANK)
    if not _plain_digits(text):
        return Answer(text=text, kind=Kind.UNKNOWN)
    if tidied in answer_key.codes:
        return Answer(text=text, kind=Kind.WORDS, code=answer_key.codes[tidied])
    if tidied in answer_key.no_answers:
        return Answer(text=text, kind=Kind.NO_ANSWER)
    if _LOOKS_NUMERIC.match(tidied):
        return _read_number(text, tidied, answer_key)
    return _read_with_number(text, tidied, answer_key)


def _read_with_number(text: str, tidied: str, answer_key: AnswerKey) -> Answer:
    words, number = split_code(tidied)
    if number is not None and words in answer_key.no_answers:
        return Answer(text=text, kind=Kind.NO_ANSWER, number=number)
    code = answer_key.codes.get(words)
    if number is None or code is None:
        return Answer(text=text, kind=Kind.UNKNOWN, number=number)
    kind = Kind.BOTH if code == number else Kind.CONTRADICTION
    return Answer(text=text, kind=kind, code=code, number=number)


def _read_number(text: str, tidied: str, answer_key: AnswerKey) -> Answer:
    found = _WHOLE_POINT.fullmatch(tidied)
    digits = found.group(1) if found else tidied
    if not _WHOLE.fullmatch(digits) or digits.removeprefix("-") != str(abs(int(digits))):
        return Answer(text=text, kind=Kind.UNKNOWN)
    if digits in answer_key.no_answers:
        return Answer(text=text, kind=Kind.NO_ANSWER)
    number = int(digits)
    if answer_key.response_set.low <= number <= answer_key.response_set.high:
        return Answer(text=text, kind=Kind.NUMBER, code=number)
    return Answer(text=text, kind=Kind.UNKNOWN, number=number)


def _plain_digits(text: str) -> bool:
    """Return whether all digits are the plain ones; others would convert silently."""
    return text.isascii() or not any(
        char > "\x7f" and unicodedata.category(char) in {"Nd", "No", "Nl"} for char in text
    )


def suggest_label(answer: Answer, answer_key: AnswerKey) -> str | None:
    """Return the label that an unknown answer surely means, for a message only."""
    response_set = answer_key.response_set
    words, number = split_code(tidy_text(answer.text))
    found = closest_label(words, response_set.labels.values()) if words else None
    if found is None and number is not None and number in response_set.labels:
        return None
    return found


def show_answer(text: str) -> str:
    """Return an answer for a message; long text is shown by its length only."""
    if len(text) > _LONGEST_SHOWN:
        return f"a text of {len(text)} characters"
    return repr(text) if text != text.strip() or not text.isprintable() else text


def name_style(answers: Sequence[Answer]) -> str:
    """Return how a column writes its answers: words, numbers, both or nothing."""
    kinds = {answer.kind for answer in answers}
    words = bool(kinds & {Kind.WORDS})
    numbers = Kind.NUMBER in kinds
    both = bool(kinds & {Kind.BOTH, Kind.CONTRADICTION})
    if both and not (words or numbers):
        return "words with numbers"
    if (words or both) and numbers:
        return "words and numbers mixed"
    if words or both:
        return "words"
    return "numbers" if numbers else "no answers"
