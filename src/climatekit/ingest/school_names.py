"""School names: which school of the roster an export means, by id or by any of its names.

A school keeps its id while its name changes from wave to wave, and exports write one name in
several ways. A name counts first in the wave whose row has it: another school may have had it
before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from climatekit.ingest.text import clean
from climatekit.knowledge.tidying import tidy_text

_ANY = ""  # no wave has this id


class SchoolNames:
    """The ids and names of a roster's schools.

    Parameters
    ----------
    ids : iterable of str
    named : iterable of (wave, name, school)
        Each name that a row of the roster gives a school, tidied.
    """

    def __init__(self, ids: Iterable[str], named: Iterable[tuple[str, str, str]]) -> None:
        self._ids = frozenset(ids)
        self._exact: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._folded: dict[tuple[str, str], set[str]] = defaultdict(set)
        for school in self._ids:
            self._folded[_ANY, tidy_text(school)].add(school)
        for wave, name, school in named:
            for place in (wave, _ANY):
                self._exact[place, name].add(school)
                self._folded[place, tidy_text(name)].add(school)

    def find(self, text: str, wave: str) -> str | None:
        """Return the id of the school that an export of a wave calls `text`; None where none is.

        An exact match counts first, hidden letters and odd blanks left aside as they are in
        the roster; then one that differs in case, or in how quotes and hyphens are written.
        A name of several schools names none.
        """
        wanted = clean(text)
        if wanted in self._ids:
            return wanted
        for names, name in ((self._exact, wanted), (self._folded, tidy_text(wanted))):
            for place in (wave, _ANY):
                schools = names.get((place, name))
                if schools:
                    return next(iter(schools)) if len(schools) == 1 else None
        return None

    def __iter__(self) -> Iterator[str]:
        """Yield every id and name once, in a fixed order."""
        return iter(sorted(self._ids | {name for _, name in self._exact}))
