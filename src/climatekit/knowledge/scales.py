"""Scales: what is known of one published instrument, never its wording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from climatekit.errors import DefinitionError, Problem
from climatekit.knowledge.definitions import suggest
from climatekit.knowledge.scale_checks import ScaleDefinition
from climatekit.knowledge.scale_files import find_scale_files, open_scale_file, write_item_id
from climatekit.knowledge.scale_format import CitationTable, Confidence, ScaleFile, ScoreTable
from climatekit.knowledge.tidying import tidy_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSet:
    """The answers that an item offers.

    Attributes
    ----------
    low, high : int
        Smallest and largest code, as declared; reversal is ``low + high - code``.
    labels : mapping of int to str
        Code to label, in order; a code without a label is allowed (partly labelled).
    synonyms : mapping of str to int
        Further wordings, already tidied, to their code.
    not_answers : tuple of str
        Wordings that are no answer (not applicable, do not know), already tidied.
    favourable : tuple of int
        Codes that count as favourable for an item that is not reversed; for a reversed
        item their mirror image does. The mirror image is unfavourable, the rest neutral.
    """

    id: str
    kind: str
    low: int
    high: int
    labels: Mapping[int, str]
    synonyms: Mapping[str, int] = field(default_factory=dict)
    not_answers: tuple[str, ...] = ()
    favourable: tuple[int, ...] = ()

    @property
    def options(self) -> int:
        """Number of declared answer options."""
        return self.high - self.low + 1

    def reverse(self, code: int) -> int:
        """Return `code` reverse-scored within the declared range: ``low + high - code``."""
        return self.low + self.high - code

    def favourable_codes(self, sign: int) -> frozenset[int]:
        """Return the codes that are favourable for an item of that `sign` (+1 or -1)."""
        return frozenset(self.favourable if sign > 0 else map(self.reverse, self.favourable))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item: its id (``ots_4``), published number, topic label (ours) and answers."""

    id: str
    number: int
    label: str
    response_set: str
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRule:
    """How one score is made of its items.

    Attributes
    ----------
    id : str
        Full id, ``<scale>.<score>``, e.g. ``"ots.tco"``.
    items : mapping of str to int
        Item id to sign: +1 as answered, -1 reverse-scored.
    method : {"mean", "sum"}
    order : {"persons_first", "items_first"}
        What is averaged first for a school: each person's items, or each item's people.
    min_answered : int
        Least number of answered items for a person to have the score.
    min_answered_basis : str
        ``"published"`` or ``"climatekit convention"``.
    direction : {"higher_better", "lower_better", "neutral"}
    construct : str
        ``trust``, ``community``, ``collective_efficacy`` or ``related``.
    lead : bool
        Shown first for its construct in the brief.
    about_leadership : bool
        About the school's head; somebody else then leads the talk about the results.
    in_brief : bool
        Whether the brief shows it at all (diagnostic part-scores are not shown).
    """

    id: str
    title: str
    items: Mapping[str, int]
    method: Literal["mean", "sum"] = "mean"
    order: Literal["persons_first", "items_first"] = "persons_first"
    min_answered: int = 1
    min_answered_basis: str = "climatekit convention"
    direction: Literal["higher_better", "lower_better", "neutral"] = "higher_better"
    construct: str = "related"
    lead: bool = False
    about_leadership: bool = False
    in_brief: bool = True

    @property
    def reversed_items(self) -> tuple[str, ...]:
        """Ids of the reverse-scored items, in order."""
        return tuple(item for item, sign in self.items.items() if sign < 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """One caution with its trigger: always, draft, adapted, norms or ranking."""

    when: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One instrument as a data file describes it.

    `status` is ``draft`` until its key is checked against the author's form; a brief
    says so. `fingerprint` is the sha256 of the file, 64 hexadecimal digits. `referent`
    is whom or what the items speak about; `unscored` are ids of items in no score.
    """

    id: str
    version: str
    title: str
    abbreviation: str
    status: Literal["draft", "checked"]
    constructs: tuple[str, ...]
    response_sets: Mapping[str, ResponseSet]
    items: Mapping[str, Item]
    scores: Mapping[str, ScoreRule]
    level: str
    rights: Mapping[str, str]
    citations: tuple[str, ...]
    cautions: tuple[Caution, ...] = ()
    evidence: Mapping[str, tuple[Confidence, str]] = field(default_factory=dict)
    adapted_referent: bool = False
    fingerprint: str = ""
    aliases: tuple[str, ...] = ()
    referent: str = ""
    unscored: tuple[str, ...] = ()

    def response_set_of(self, item: str) -> ResponseSet:
        """Return the response set of `item` (an item id)."""
        return self.response_sets[self.items[item].response_set]


def load_scale(name: str | Path) -> Scale:
    """Return one scale.

    Parameters
    ----------
    name : str or Path
        Id of a shipped scale (``"ots"``), or the path of a scale file (a Path, or text
        that ends in ``.toml``).

    Raises
    ------
    DefinitionError
        When there is no such scale, or with every fault of the file at once.
    """
    if isinstance(name, Path) or name.endswith(".toml"):
        return _make_scale(open_scale_file(Path(name)))
    (scale,) = load_scales([name])
    return scale


def load_scales(ids: Iterable[str], folder: Path | None = None) -> tuple[Scale, ...]:
    """Return several scales in the order of `ids`.

    Parameters
    ----------
    ids : iterable of str
        Scale ids; each is the name of its file without ``.toml``.
    folder : Path, optional
        A district's own scale files, looked at besides the shipped ones. It may not use
        the id of a shipped scale: two keys under one id would score the same answers
        differently without a word.

    Raises
    ------
    DefinitionError
        With the faults of all the files, unknown ids and ids given twice.
    """
    files, problems = find_scale_files(folder)
    scales: dict[str, Scale] = {}
    for wanted in ids:
        if wanted in scales:
            problems.append(
                Problem(
                    code="CK418",
                    message=f"the scale {wanted!r} is named twice",
                    mend="name each scale once",
                )
            )
        elif wanted not in files:
            problems.append(_unknown_scale(wanted, files, folder))
        else:
            try:
                scales[wanted] = _make_scale(open_scale_file(files[wanted]))
            except DefinitionError as error:
                problems.extend(error.problems)
    if problems:
        raise DefinitionError(problems)
    return tuple(scales.values())


def list_scales(folder: Path | None = None) -> tuple[str, ...]:
    """Return the ids of the shipped scales and of those in `folder`, in alphabetical order.

    Raises
    ------
    DefinitionError
        When `folder` is missing or uses the id of a shipped scale.
    """
    files, problems = find_scale_files(folder)
    if problems:
        raise DefinitionError(problems)
    return tuple(sorted(files))


def _unknown_scale(wanted: str, files: Mapping[str, Path], folder: Path | None) -> Problem:
    closest = suggest(wanted, files)
    return Problem(
        code="CK410",
        message=f"there is no scale {wanted!r}",
        file=None if folder is None else str(folder),
        found=wanted,
        expected=f"one of {', '.join(files)}",
        closest=closest,
        mend=f"write {closest}" if closest else "climatekit scales lists what there is",
    )


def _make_scale(file: ScaleDefinition) -> Scale:
    content = file.content
    return Scale(
        id=content.id,
        version=content.version,
        title=content.title,
        abbreviation=content.abbreviation,
        status=content.status,
        constructs=tuple(content.constructs),
        response_sets={name: _make_response_set(content, name) for name in content.response_sets},
        items={
            write_item_id(content, number): _make_item(content, number) for number in content.items
        },
        scores={
            f"{content.id}.{name}": _make_score(content, name, score)
            for name, score in content.scores.items()
        },
        level=content.level.unit,
        rights={
            "kind": content.rights.kind,
            "statement": content.rights.statement,
            "evidence": content.rights.evidence,
            "checked": "" if content.rights.checked is None else str(content.rights.checked),
        },
        citations=tuple(_write_citation(citation) for citation in content.citations),
        cautions=tuple(Caution(when=one.when, text=one.text) for one in content.cautions),
        evidence={
            fact: (found.confidence, found.source) for fact, found in content.evidence.items()
        },
        adapted_referent=content.level.adapted_referent,
        fingerprint=file.fingerprint,
        aliases=tuple(content.aliases),
        referent=content.level.referent,
        unscored=tuple(
            write_item_id(content, number)
            for number, item in content.items.items()
            if item.unscored
        ),
    )


def _make_response_set(content: ScaleFile, name: str) -> ResponseSet:
    table = content.response_sets[name]
    return ResponseSet(
        id=name,
        kind=table.kind,
        low=table.low,
        high=table.high,
        labels={int(code): table.labels[code] for code in sorted(table.labels, key=int)},
        synonyms={
            tidy_text(text): int(code) for code, texts in table.synonyms.items() for text in texts
        },
        not_answers=tuple(dict.fromkeys(map(tidy_text, table.not_answers))),
        favourable=tuple(table.favourable),
    )


def _make_item(content: ScaleFile, number: str) -> Item:
    table = content.items[number]
    return Item(
        id=write_item_id(content, number),
        number=int(number),
        label=table.label,
        response_set=table.response_set or content.response_set,
        tags=tuple(table.tags),
        aliases=tuple(table.aliases),
    )


def _make_score(content: ScaleFile, name: str, table: ScoreTable) -> ScoreRule:
    two_thirds = -(-2 * len(table.items) // 3)
    return ScoreRule(
        id=f"{content.id}.{name}",
        title=table.title,
        items={
            write_item_id(content, str(abs(number))): 1 if number > 0 else -1
            for number in table.items
        },
        method=table.method,
        order=table.order,
        min_answered=two_thirds if table.min_answered is None else table.min_answered,
        min_answered_basis=table.min_answered_basis,
        direction=table.direction,
        construct=table.construct_,
        lead=table.lead,
        about_leadership=table.about_leadership,
        in_brief=table.in_brief,
    )


def _write_citation(citation: CitationTable) -> str:
    return f"{citation.text} https://doi.org/{citation.doi}" if citation.doi else citation.text
