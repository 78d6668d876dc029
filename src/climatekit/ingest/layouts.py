"""Layouts: where a table's headings end, and what each column is called and asks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from climatekit.ingest.decisions import Decision
from climatekit.ingest.platform_facts import DropRule, Form, Platform
from climatekit.ingest.signs import name_key
from climatekit.ingest.text import clean

_TAG = re.compile(r"<[^<>]{0,200}>|\{if\([^{}]{0,300}\)\}")
_STARS = re.compile(r"\*+([^*]+)\*+")
_IMPORT_ID = re.compile(r"""^\{\s*['"]ImportId['"]\s*:\s*['"]([^'"]*)['"]""")

Head = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a table's headings end and what its columns are called.

    Attributes
    ----------
    platform, form, sign : str
        What wrote the file, in which shape, and how that was seen.
    names, wordings, import_ids : tuple of str
        Per column, cleaned; empty text where the file has no such row.
    stems, options : tuple of str
        Per column, the question and its item or option, where headings hold both.
    first_data_record : int
        Index of the first record that is no heading.
    metadata : mapping of str to int
        Known metadata columns that mean something (``status``, ``finished``,
        ``progress``, ``channel``, ``respondent``, ``event`` ...), to their column index.
    metadata_columns : frozenset of int
        All columns that the platform writes by itself; never items.
    people : str
        By what people are counted, where rows are not people.
    zones : tuple of str
        The time zones that the file names, and in `zone_sign` where.
    no_days : frozenset of str
        Days that the platform writes where it does not keep the day.
    row_numbers : frozenset of int
        Columns that only number the rows.
    """

    platform: str
    form: str
    sign: str
    names: tuple[str, ...]
    wordings: tuple[str, ...]
    import_ids: tuple[str, ...]
    first_data_record: int
    stems: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    metadata: Mapping[str, int] = field(default_factory=dict)
    metadata_columns: frozenset[int] = frozenset()
    drop: tuple[DropRule, ...] = ()
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_answers: tuple[str, ...] = ()
    people: str = ""
    zones: tuple[str, ...] = ()
    zone_sign: str = ""
    no_days: frozenset[str] = frozenset()
    row_numbers: frozenset[int] = frozenset()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The platform, form and number of heading rows, each with its sign."""
        rows = Decision("heading rows", str(self.first_data_record), self.sign)
        platform = Decision("platform", f"{self.platform}, {self.form}", self.sign)
        return platform, rows

    def title(self, column: int) -> str:
        """Return a column's heading, numbered by position where it stands twice."""
        name = self.names[column]
        if not name:
            return f"number {column + 1}"
        return f"{name} (column {column + 1})" if self.names.count(name) > 1 else name


def lay_out(head: Head, platform: Platform, form: Form, sign: str) -> Layout:
    """Return the layout of a table whose platform and form are known.

    Parameters
    ----------
    head : sequence of sequence of str
        The first rows, headings first.
    """
    width = len(head[0])
    if form.heading_rows == 0:
        names = tuple(f"column {place + 1}" for place in range(width))
        wordings = import_ids = ("",) * width
        stems = options = ("",) * width
    elif form.join:
        stems, options = join_rows(head[form.names], head[form.names + 1], platform.join["single"])
        names = wordings = tuple(map(_joined, stems, options))
        import_ids = ("",) * width
    else:
        names = tuple(clean(cell) for cell in head[form.names])
        wordings = _row(head, form.wordings, width)
        import_ids = tuple(_import_id(cell) for cell in _row(head, form.import_ids, width))
        stems = options = ("",) * width
    names, wordings = _split(names, wordings, form)
    wordings = _tell_questions(names, wordings, platform)
    if form.strip:
        wordings = _strip(names, wordings, stars=form.stars)
    if platform.last_after:
        import_ids = tuple(name.rpartition(platform.last_after)[2] for name in names)
    metadata = _find_metadata(platform, names, wordings, import_ids)
    return Layout(
        platform=platform.id,
        form=form.title,
        sign=sign,
        names=names,
        wordings=wordings,
        import_ids=import_ids,
        stems=stems,
        options=options,
        first_data_record=form.heading_rows,
        metadata=metadata,
        metadata_columns=_own_columns(
            head, platform, form, metadata, (names, wordings, import_ids)
        ),
        drop=platform.drop,
        kept=platform.kept,
        not_answers=platform.not_answers,
        people=platform.people,
        zones=_find_zones(head, platform, form, names),
        zone_sign=platform.zone.get("sign", ""),
        no_days=frozenset(platform.no_days),
    )


def join_rows(
    questions: Sequence[str], items: Sequence[str], single: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fill the first heading row to the right; return question and item of each column.

    A question over one column only has no item, whatever stands in `single`.
    """
    stems, options = [], []
    last = ""
    for upper, lower in zip(map(clean, questions), map(clean, items), strict=True):
        last = upper or (last if lower else "")
        stems.append(last)
        options.append("" if lower in single else lower)
    return tuple(stems), tuple(options)


def _joined(stem: str, option: str) -> str:
    return f"{stem} - {option}" if stem and option else stem or option


def _split(
    names: tuple[str, ...], wordings: tuple[str, ...], form: Form
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split headings such as ``Q1[SQ001]. text`` into name and wording."""
    if form.split is None:
        return names, wordings
    found = [re.match(form.split, name) for name in names]
    return (
        tuple(one.group(1) if one else name for one, name in zip(found, names, strict=True)),
        tuple(one.group(2) if one else "" for one in found),
    )


def _tell_questions(
    names: tuple[str, ...], wordings: tuple[str, ...], platform: Platform
) -> tuple[str, ...]:
    """Write ``row:question`` and ``question >> row`` as ``question - row``."""
    if platform.question_row:
        parts = [name.partition(platform.question_row) for name in names]
        return tuple(
            f"{stem.strip()} - {row.strip()}" if mark else wording
            for (stem, mark, row), wording in zip(parts, wordings, strict=True)
        )
    if platform.row_question:
        return _split_rows(names, wordings, platform.row_question)
    return wordings


def _split_rows(names: tuple[str, ...], wordings: tuple[str, ...], mark: str) -> tuple[str, ...]:
    """Write ``row:question`` as ``question - row``, wherever row and question hold marks too.

    Only what several headings end with is a question of several rows; of two such ends the
    longer is the whole question.
    """
    ends = [
        [name[place + len(mark) :].strip() for place in _find_all(name, mark)] for name in names
    ]
    often = Counter(end for several in ends for end in set(several))
    told = []
    for name, wording, several in zip(names, wordings, ends, strict=True):
        shared = [end for end in several if end and often[end] > 1]
        most = max((often[end] for end in shared), default=0)
        question = next((end for end in shared if often[end] == most), "")
        row = name[: len(name) - len(question)].strip().removesuffix(mark) if question else ""
        told.append(f"{question} - {row.strip()}" if question else wording)
    return tuple(told)


def _find_all(text: str, mark: str) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(mark), text)]


def _strip(names: Sequence[str], wordings: Sequence[str], *, stars: bool) -> tuple[str, ...]:
    """Take tags (and stars) out of question texts, and out of headings that hold some."""
    stripped = []
    for name, wording in zip(names, wordings, strict=True):
        plain = _TAG.sub(" ", wording or name)
        plain = clean(_STARS.sub(r"\1", plain) if stars else plain)
        stripped.append(plain if wording or plain != name else "")
    return tuple(stripped)


def _find_metadata(
    platform: Platform,
    names: tuple[str, ...],
    wordings: tuple[str, ...],
    import_ids: tuple[str, ...],
) -> dict[str, int]:
    keyed = [[name_key(text) for text in texts] for texts in (names, wordings, import_ids)]
    metadata = {platform.first_column: 0} if platform.first_column else {}
    for kind, known in platform.columns.items():
        wanted = {name_key(name) for name in known}
        # A heading says more than a question text: somebody may ask about "progress".
        places = [place for row in keyed for place, text in enumerate(row) if text in wanted]
        if places:
            metadata[kind] = places[0]
    for kind, pattern in platform.column_patterns.items():
        places = [place for place, name in enumerate(names) if re.search(pattern, name)]
        if len(places) == 1:
            metadata[kind] = places[0]
    return metadata


def _own_columns(
    head: Head,
    platform: Platform,
    form: Form,
    metadata: Mapping[str, int],
    texts: Sequence[Sequence[str]],
) -> frozenset[int]:
    own = {name_key(name) for name in platform.metadata}
    patterns = [re.compile(pattern) for pattern in platform.metadata_patterns]
    below = head[form.heading_rows :]
    places = set(metadata.values())
    for place, name in enumerate(texts[0]):
        if {name_key(row[place]) for row in texts if row[place]} & own or any(
            pattern.search(name) for pattern in patterns
        ):
            places.add(place)
        elif platform.metadata_values:
            cells = [row[place].strip() for row in below if row[place].strip()]
            if cells and all(re.match(platform.metadata_values, cell) for cell in cells):
                places.add(place)
    return frozenset(places)


def _find_zones(
    head: Head, platform: Platform, form: Form, names: Sequence[str]
) -> tuple[str, ...]:
    if not platform.zone:
        return ()
    if platform.zone["row"] == "answers":
        cells = [row[platform.zone["column"]] for row in head[form.heading_rows :]]
    elif platform.zone["row"] == "import ids":
        cells = list(head[form.import_ids]) if form.import_ids is not None else []
    else:
        cells = list(names)
    found = [re.search(platform.zone["pattern"], cell.strip()) for cell in cells]
    return tuple(dict.fromkeys(one.group(1) for one in found if one))


def _row(head: Head, row: int | None, width: int) -> tuple[str, ...]:
    return ("",) * width if row is None else tuple(clean(cell) for cell in head[row])


def _import_id(cell: str) -> str:
    found = _IMPORT_ID.match(cell)
    return found.group(1) if found else cell
