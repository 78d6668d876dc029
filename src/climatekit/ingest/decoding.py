"""Decoding: which encoding a file is in, said with the sign that decided it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from climatekit.errors import InputError, Problem
from climatekit.ingest.decisions import Decision
from climatekit.ingest.raw import RawFile

_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
# Windows-1252 comes first: it wins a draw, being by far the more frequent.
_FALLBACKS: tuple[tuple[str, str], ...] = (("cp1252", "Windows-1252"), ("mac_roman", "Mac Roman"))
_LETTERS = frozenset("áàâäãåæçéèêëíìîïñóòôöõøœúùûüßý")
_MARKS_IN_TEXT = frozenset(
    "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u2022\u00a0\u00ab\u00bb\u00bf\u00a1\u00b0"
    "\u20ac\u00a3\u00a9\u00ae\u2122\u00bd\u00bc"
)
_WORD_LETTERS = 3
_OPENING = frozenset("\u2018\u201c")
_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff'][A-Za-z0-9\x80-\xff'-]*")
_BEGINNING = 1_000
# Encodings in which nearly every byte stands for something, so that none is ever refused.
_ANY_BYTE = frozenset({"cp1252", "mac-roman", "iso8859-1", "iso8859-15", "latin-1", "cp1250"})
_TWICE_ENCODED = (b"\xc3\x83\xc2", b"\xc3\x82\xc2", b"\xc3\xa2\xe2\x82\xac")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text as UTF-8 bytes with ``\\n`` line ends, and how it was found.

    Attributes
    ----------
    codec : str
        Python's name of the encoding that the file was in.
    """

    content: bytes
    codec: str
    decision: Decision
    warnings: tuple[Problem, ...] = ()


def decode(raw: RawFile, encoding: str | None = None) -> Decoded:
    """Turn a file's bytes into UTF-8 text with plain line ends.

    By byte mark; else strict UTF-8; else Windows-1252 or Mac Roman, whichever gives
    letters where letters belong, with a warning. `encoding` overrules all of it.

    Raises
    ------
    InputError
        If the bytes fit no encoding, hold NUL or Ctrl-Z, or hold nothing but blanks.
    """
    text, codec, decision, warnings = (
        _decode_found(raw) if encoding is None else _decode_asked(raw, encoding)
    )
    _check_controls(raw.name, text)
    # Most files begin with something: the whole of a large one need not be copied to see it.
    if not (text[:_BEGINNING].strip() or text.strip()):
        raise InputError(tell_empty(raw.name))
    if not text.isascii() and any(sign in text for sign in _TWICE_ENCODED):
        warnings = (*warnings, _twice_encoded(raw.name))
    return Decoded(_plain_line_ends(text), codec, decision, warnings)


def tell_empty(name: str) -> Problem:
    """Return the problem of a file without a heading line."""
    return Problem(
        code="CK105",
        file=name,
        message="the file is empty",
        expected="a heading line and at least one row of answers",
        mend="export it again; the download may have been cut off",
    )


def _plain_line_ends(text: bytes) -> bytes:
    if b"\r" not in text:
        return text
    # CR CR LF is one line end that passed through a text-mode copy twice.
    for end in (b"\r\r\n", b"\r\n", b"\r"):
        # Each pass over a large text costs, even where it finds nothing.
        if b"\r" in text:
            text = text.replace(end, b"\n")
    return text


_Found = tuple[bytes, str, Decision, tuple[Problem, ...]]


def _decode_asked(raw: RawFile, encoding: str) -> _Found:
    try:
        codec = codecs.lookup(encoding).name
        b"".decode(codec)
    except LookupError as error:
        raise InputError(
            Problem(
                code="CK111",
                file=raw.name,
                message=f"there is no text encoding called {encoding!r}",
                expected="a name such as utf-8, cp1252, mac_roman or utf-16",
                mend="correct --encoding, or leave it out",
            )
        ) from error
    mark = next((mark for mark, own, _ in _MARKS if own == codec), b"")
    return (
        _transcode(raw.name, raw.content.removeprefix(mark), codec, encoding),
        codec,
        Decision("encoding", encoding, "asked for"),
        _doubt_asked(raw, codec, encoding),
    )


def _doubt_asked(raw: RawFile, codec: str, encoding: str) -> tuple[Problem, ...]:
    """Warn where another encoding was asked for than the file shows, as last year's may be."""
    fits = codec in _ANY_BYTE and not raw.content.isascii() and _is_utf8(raw.content)
    if not fits:
        return ()
    return (
        Problem(
            code="CK141",
            severity="warning",
            file=raw.name,
            message=f"the file is UTF-8; it was read as {encoding}, as asked, and accents may be "
            "wrong",
            expected="UTF-8",
            mend="take encoding away under [reading] (--encoding), if the spellings are wrong",
        ),
    )


def _decode_found(raw: RawFile) -> _Found:
    for mark, codec, title in _MARKS:
        if raw.content.startswith(mark):
            content = raw.content
            while content.startswith(mark):  # a copy of a copy may have two
                content = content[len(mark) :]
            decision = Decision("encoding", title, "byte mark at the start")
            return _transcode(raw.name, content, codec, title), codec, decision, ()
    if raw.content.isascii():
        # Plain ASCII is UTF-8 as it stands.
        return raw.content, "utf-8", Decision("encoding", "UTF-8", "plain ASCII"), ()
    try:
        raw.content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_single_byte(raw, error)
    return raw.content, "utf-8", Decision("encoding", "UTF-8", "every byte fits"), ()


def _decode_single_byte(raw: RawFile, error: UnicodeDecodeError) -> _Found:
    if b"\0" in raw.content:
        _check_controls(raw.name, raw.content)
    if _is_utf8(raw.content, errors="surrogatepass"):
        # Halves of characters, written one by one: no other encoding has such bytes.
        raise InputError(_broken_byte(raw.name, raw.content, error.start, "utf-8", "UTF-8"))
    foreign = _foreign_words(raw.content)
    if not _mostly_utf8(raw.content):
        scores = [(_letter_score(foreign, codec), codec, title) for codec, title in _FALLBACKS]
        (score, codec, title), (second, rival, other) = sorted(scores, key=lambda one: -one[0])
        if score > 0:
            text = _transcode(raw.name, raw.content, codec, title)
            sign = "not UTF-8; this gives letters where letters belong"
            if 2 * second > score:
                sign += f"; {other} ({rival}) may be as right"
            warning = Problem(
                code="CK110",
                severity="warning",
                file=raw.name,
                message=f"the file is not UTF-8; it was read as {title}",
                found=list_spellings([re.split(rb"[\r\n]", text, maxsplit=1)[0].decode()]),
                expected="UTF-8",
                mend=f'check the spellings, then settle it with encoding = "{codec}" '
                f"(--encoding {codec}) where all exports are so"
                + (f", or {rival} where they are wrong" if 2 * second > score else "")
                + "; or export as UTF-8",
            )
            return text, codec, Decision("encoding", title, sign), (warning,)
    raise InputError(_broken_byte(raw.name, raw.content, error.start, "utf-8", "UTF-8"))


def _foreign_words(content: bytes) -> list[bytes]:
    """Return each word with a byte above ASCII once, in order."""
    lines = (line for line in re.split(rb"[\r\n]+", content) if not line.isascii())
    words = (word for line in lines for word in _WORD.findall(line))
    return list(dict.fromkeys(word for word in words if not word.isascii()))


def _spellings(words: list[str], most: int = 12) -> str | None:
    unique = list(dict.fromkeys(words))
    if not unique:
        return None
    more = f" and {len(unique) - most} more" if len(unique) > most else ""
    return ", ".join(unique[:most]) + more


def list_spellings(texts: list[str]) -> str | None:
    """Return each word of `texts` that is not plain ASCII, once, in order."""
    words = [word for text in texts if not text.isascii() for word in text.split()]
    return _spellings([word.strip(".,;:()[]\"'") for word in words if not word.isascii()])


def _mostly_utf8(content: bytes) -> bool:
    whole = re.findall(rb"[\xc3-\xf4][\x80-\xbf]+", content)
    good = sum(1 for run in whole if _is_utf8(run))
    lost = content.decode("utf-8", "replace").count("\ufffd")
    return good > lost


def _is_utf8(run: bytes, *, errors: str = "strict") -> bool:
    try:
        run.decode("utf-8", errors)
    except UnicodeDecodeError:
        return False
    return True


def _letter_score(words: list[bytes], codec: str) -> int:
    """Count characters that stand where they belong, less those that do not."""
    score = 0
    for word in words:
        try:
            text = word.decode(codec)
        except UnicodeDecodeError:
            return -1
        for index, char in enumerate(text):
            if not char.isascii():
                before = text[index - 1] if index else ""
                after = text[index + 1] if index + 1 < len(text) else ""
                score += _join_fit(text, index) or _fit(char, before, after)
    return score


def _join_fit(text: str, index: int) -> int:
    """Return 2 for a dash that joins two words of three letters or more, else 0."""
    if text[index] not in "\u2013\u2014":
        return 0
    sides = (re.split(r"[^\w]", text[:index])[-1], re.split(r"[^\w]", text[index + 1 :])[0])
    return 2 * all(len(side) >= _WORD_LETTERS and side.isalpha() for side in sides)


def _fit(char: str, before: str, after: str) -> int:
    if char in _MARKS_IN_TEXT:
        return _mark_fit(char, before, after)
    if before.isdigit() or after.isdigit():
        return -2  # beside a figure it is rather a mark
    alone = before == after == ""
    if char in _LETTERS:
        # Alone, a byte is rather a dash, a bullet or a quotation mark.
        return 1 if alone else -1 if after.isupper() else 2
    if char.lower() in _LETTERS:
        # A capital belongs at the start of a word or among capitals.
        return -1 if before.islower() or alone else 2
    return -3


def _mark_fit(char: str, before: str, after: str) -> int:
    if char == "\u2019":
        return 2 if before.isalpha() or before == after == "" else 1
    if char in _OPENING:
        return -2 if before.isalpha() else 2
    if char == "\u201d":
        return -2 if after.isalpha() else 2
    # A no-break space is a blank: it belongs between letters too.
    return -2 if char != "\u00a0" and before.isalpha() and after.isalpha() else 1


def _transcode(name: str, content: bytes, codec: str, title: str) -> bytes:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise InputError(_broken_byte(name, content, error.start, codec, title)) from error
    try:
        return content if codec == "utf-8" else text.encode("utf-8")
    except UnicodeEncodeError as error:  # half a character, which few codecs let through
        before = text[: error.start].encode("utf-8", "replace")
        raise InputError(_no_text(name, _line_after(before), title)) from error


def _line_after(before: bytes) -> int:
    return _plain_line_ends(before).count(b"\n") + 1


def _broken_byte(name: str, content: bytes, at: int, codec: str, title: str) -> Problem:
    before = content[:at].decode(codec, "replace").encode("utf-8", "replace")
    found = f"byte {at + 1:,} of {len(content):,}"
    problem = replace(_no_text(name, _line_after(before), title), found=found)
    if _is_utf8(content):  # one encoding was said for all exports
        mend = "the file is UTF-8: take encoding away under [reading] (--encoding), which is found"
        return replace(problem, mend=mend)
    return problem


def _no_text(name: str, line: int, title: str) -> Problem:
    return Problem(
        code="CK109",
        file=name,
        line=line,
        message=f"a byte here is not {title}",
        expected=title,
        mend="export as UTF-8, or name the right encoding, e.g. --encoding cp1252",
    )


def _check_controls(name: str, text: bytes) -> None:
    if b"\0" in text:
        even, odd = text[0:4000:2].count(0), text[1:4000:2].count(0)
        wide = max(even, odd) * 4 > min(len(text), 4000)
        raise InputError(
            Problem(
                code="CK107",
                file=name,
                line=_line_after(text[: text.index(b"\0")]),
                message="the file holds NUL bytes"
                + ("; it may be UTF-16 without a byte mark" if wide else ""),
                expected="text",
                mend="export as UTF-8"
                + (", or try --encoding utf-16-le" if wide else "; the file may be damaged"),
            )
        )
    if b"\x1a" in text:
        raise InputError(
            Problem(
                code="CK108",
                file=name,
                line=_line_after(text[: text.index(b"\x1a")]),
                message="the file holds a Ctrl-Z character, where some programs stop reading",
                expected="text",
                mend="remove the character, or export the file again",
            )
        )


def _twice_encoded(name: str) -> Problem:
    return Problem(
        code="CK118",
        severity="warning",
        file=name,
        message="some text looks encoded twice; it was read as it stands",
        mend="export again as UTF-8 without passing it through another program",
    )
