"""Toml lines: on which line of a TOML file each key stands.

The standard reader checks a file but forgets where it found things. This scanner runs
after it, over a text already known to be sound, so it may be lenient.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

KeyPath = tuple[str | int, ...]

_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_HEX_ESCAPES = {"u": 4, "U": 8}


def locate_keys(text: str) -> Mapping[KeyPath, int]:
    """Return the line, from 1, of every key, table and list element in `text`.

    Parameters
    ----------
    text : str
        A whole TOML document that ``tomllib`` accepts.

    Returns
    -------
    mapping of tuple to int
        Key path such as ``("scores", "tp", "items", 2)`` to its line. Of a table that
        is opened more than once, the first line counts.
    """
    scanner = _Scanner(text)
    scanner.scan_document()
    return scanner.lines


def find_line(lines: Mapping[KeyPath, int], path: Sequence[str | int]) -> int | None:
    """Return the line of `path`, or of its nearest parent that has one."""
    for length in range(len(path), 0, -1):
        line = lines.get(tuple(path[:length]))
        if line is not None:
            return line
    return None


class _Scanner:
    """Walks one document from its first to its last character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._breaks = [index for index, char in enumerate(text) if char == "\n"]
        self._array_lengths: dict[KeyPath, int] = {}
        self.lines: dict[KeyPath, int] = {}

    def scan_document(self) -> None:
        table: KeyPath = ()
        while self._skip_blank():
            if self._text[self._at] == "[":
                table = self._scan_heading()
            else:
                self._scan_pair(table)

    def _scan_heading(self) -> KeyPath:
        start = self._at
        repeated = self._text.startswith("[[", start)
        self._at += 2 if repeated else 1
        path: KeyPath = ()
        parts = self._scan_key()
        for number, part in enumerate(parts):
            path = (*path, part)
            if repeated and number == len(parts) - 1:
                self._array_lengths[path] = self._array_lengths.get(path, 0) + 1
            self._note(path, start)
            if path in self._array_lengths:
                path = (*path, self._array_lengths[path] - 1)
                self._note(path, start)
        self._skip_past("]" * (2 if repeated else 1))
        return path

    def _scan_pair(self, table: KeyPath) -> None:
        start = self._at
        path = table
        for part in self._scan_key():
            path = (*path, part)
            self._note(path, start)
        self._skip_past("=")
        self._scan_value(path)

    def _scan_value(self, path: KeyPath) -> None:
        self._skip_blank()
        opening = self._text[self._at : self._at + 1]
        if opening == "{":
            self._at += 1
            while self._reach_element("}"):
                self._scan_pair(path)
        elif opening == "[":
            self._at += 1
            number = 0
            while self._reach_element("]"):
                self._note((*path, number), self._at)
                self._scan_value((*path, number))
                number += 1
        elif opening in ('"', "'"):
            self._scan_string()
        else:
            while self._at < len(self._text) and self._text[self._at] not in ",]}#\n":
                self._at += 1

    def _reach_element(self, closing: str) -> bool:
        """Go to the next element of a list or inline table; False at its end."""
        while self._skip_blank():
            char = self._text[self._at]
            if char not in (",", closing):
                return True
            self._at += 1
            if char == closing:
                return False
        return False

    def _scan_key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip_spaces()
            if self._text[self._at] in "\"'":
                parts.append(self._scan_string())
            else:
                start = self._at
                while self._text[self._at].isalnum() or self._text[self._at] in "-_":
                    self._at += 1
                parts.append(self._text[start : self._at])
            self._skip_spaces()
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _scan_string(self) -> str:
        quote = self._text[self._at]
        fence = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        self._at += len(fence)
        letters: list[str] = []
        while not self._text.startswith(fence, self._at):
            letters.append(self._scan_letter(escapes=quote == '"'))
        self._at += len(fence)
        # Up to two more quotes may close a string of three: they belong to it.
        while len(fence) == 3 and self._text.startswith(quote, self._at):  # noqa: PLR2004
            letters.append(quote)
            self._at += 1
        return "".join(letters)

    def _scan_letter(self, *, escapes: bool) -> str:
        char = self._text[self._at]
        self._at += 1
        if not (escapes and char == "\\"):
            return char
        char = self._text[self._at]
        self._at += 1
        digits = _HEX_ESCAPES.get(char, 0)
        if digits:
            self._at += digits
            return chr(int(self._text[self._at - digits : self._at], 16))
        return _ESCAPES.get(char, char)

    def _skip_blank(self) -> bool:
        """Skip blanks, line ends and comments; False at the end of the document."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif char.isspace():
                self._at += 1
            else:
                return True
        return False

    def _skip_spaces(self) -> None:
        while self._text[self._at] in " \t":
            self._at += 1

    def _skip_past(self, mark: str) -> None:
        self._at = self._text.index(mark, self._at) + len(mark)

    def _note(self, path: KeyPath, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._breaks, at - 1) + 1)
