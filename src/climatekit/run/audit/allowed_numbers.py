"""Allowed numbers: which of the ledger's numbers may stand at which place of a page.

A row of a table that is headed by a school, a score or a question holds that one's numbers
alone, and in a school's row a score's column holds those of both. Anywhere else it cannot be
told which of the page's numbers is meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import combinations

from climatekit.knowledge.scales import Scale
from climatekit.knowledge.wording import Messages
from climatekit.release.ledger import Entry
from climatekit.run.audit.drawings import Number
from climatekit.run.audit.output_reader import Output
from climatekit.run.audit.page_reader import Heads, list_numbers

Numbers = frozenset[Number]

_AXIS = frozenset(Number("whole", float(value)) for value in range(0, 101, 20))
_ENDS = frozenset({Number("percent", 0.0), Number("percent", 100.0)})
_TEXTS = 10_000  # a release says the same few thousand things of many groups
# Statistics that a page writes with a sign or, in a sentence, without.
_SIGNED = ("difference", "slope", "pooled", "best_guess", "tipping")


class AllowedNumbers:
    """What the ledger of a release lets its pages say.

    Parameters
    ----------
    output : Output
    names : mapping of str to str
        Every school's id to its name.
    scales : iterable of Scale
        Whose scores and questions head rows and columns, by their titles.
    languages : iterable of Messages
        In which these may be named.
    """

    def __init__(
        self,
        output: Output,
        names: Mapping[str, str],
        scales: Iterable[Scale],
        languages: Iterable[Messages],
    ) -> None:
        self._told = _list_told(output)
        own: dict[str, set[Number]] = {school: set() for school in ("", *names)}
        for (school, _), numbers in self._told.items():
            own[school] |= numbers
        self._by_school = {
            school: frozenset(numbers | own[""]) | _AXIS | _ENDS for school, numbers in own.items()
        }
        self._everything = frozenset().union(*self._by_school.values())
        self._schools: dict[str, list[str]] = defaultdict(list)
        for school, name in names.items():
            self._schools[name].append(school)
        self._subjects: dict[str, set[str]] = defaultdict(set)
        spoken = tuple(languages)
        for scale in scales:
            titles = {f"scores.{rule.id}": rule.title for rule in scale.scores.values()}
            titles |= {f"items.{item.id}": item.label for item in scale.items.values()}
            for key, title in titles.items():
                for named in {title, *(messages.name(key, title) for messages in spoken)}:
                    self._subjects[named].add(key.partition(".")[2])

    def find(self, school: str, heads: Heads, *, whole: bool = False) -> Numbers:
        """Return the numbers that may stand in a page, in a cell of it where that has heads.

        Parameters
        ----------
        school : str
            Whose page it is; empty for the district's.
        heads : tuple of str
            Of the row and the column; empty outside of tables.
        whole : bool
            Whether the page may tell of every school.
        """
        row, column = heads
        if row in self._subjects:
            return self._find_told({school, ""}, row)
        if whole and row in self._schools:
            if column in self._subjects:
                return self._find_told({*self._schools[row], ""}, column)
            return frozenset().union(*(self._by_school[one] for one in self._schools[row]))
        return self._everything if whole else self._by_school[school]

    def find_owner(self, school: str, heads: Heads) -> str:
        """Return the school that a cell of a page tells of, as far as its row says so."""
        named = self._schools.get(heads[0], [])
        return named[0] if not school and len(named) == 1 else school

    def _find_told(self, schools: Iterable[str], title: str) -> Numbers:
        places = [(of, one) for of in schools for one in self._subjects[title]]
        return frozenset().union(*(self._told.get(place, ()) for place in places))


def _list_told(output: Output) -> Mapping[tuple[str, str], set[Number]]:
    """Return the numbers of each school and subject, and those that pages make of them."""
    told: dict[tuple[str, str], set[Number]] = defaultdict(set)
    shares: dict[tuple[str, str], list[float]] = defaultdict(list)
    for entry in output.ledger:
        if entry.release == output.release:
            forms = list_forms(entry)
            # A coefficient of a question is of its score as well.
            for part in entry.subject.split() or [""]:
                told[entry.school, part] |= forms
            if entry.statistic == "favourable":
                shares[entry.school, entry.subject] += [form.size for form in forms]
    for about, sizes in shares.items():
        # How far a question moved is the difference of its two printed percentages.
        told[about] |= {_sign(abs(a - b)) for a, b in combinations(sizes, 2)}
    return told


@lru_cache(_TEXTS)
def _sign(size: float) -> Number:
    return Number("signed", size)


def list_forms(entry: Entry) -> Numbers:
    """Return the forms in which a row of the ledger may stand in a page."""
    return _list_forms(
        entry.text,
        signed=entry.statistic.startswith(_SIGNED),
        district=not entry.school,
        rate=entry.statistic == "rate",
    )


@lru_cache(_TEXTS)
def _list_forms(text: str, *, signed: bool, district: bool, rate: bool) -> Numbers:
    forms = set(list_numbers(text))
    if signed:
        forms |= {Number("signed", one.size) for one in forms}
    if signed or rate:
        forms |= {Number("whole", one.size) for one in forms}
    if district:  # coefficients stand in pages with all their decimals
        forms |= {Number("decimal", one.size) for one in forms}
    return frozenset(forms)
