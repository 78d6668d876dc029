"""Asking: the questions of ``init`` and ``match``, at a terminal or answered by flags."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from climatekit.cli._messages import escape_controls, say
from climatekit.errors import Problem

if TYPE_CHECKING:
    from climatekit.ingest.linking import Link
    from climatekit.knowledge.scales import Scale
    from climatekit.run.draft.person import UnknownAnswer

ACCEPTS = ("import-id", "wording", "like-wording", "order", "answers", "not-asked", "all")
_MOST_LISTED = 12
_LEAST_SCORE = 60
_WIDTH = 44
_LINE = 66
_FEW = 6
_TELLS = {
    "school": "names the school",
    "role": "names the staff group",
    "respondent": "tells respondents apart",
}


def may_ask() -> bool:
    """Return whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@dataclass(slots=True)
class Flags:
    """Nobody is there: what ``--accept`` names is taken, anything else stays open."""

    accepted: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def _takes(self, kind: str) -> bool:
        return bool(self.accepted & {kind, "all"})

    def take_links(self, export: str, links: Sequence[Link]) -> Sequence[Link]:
        """Return the links whose sign is accepted; ask about the others in a problem."""
        taken: list[Link] = []
        for kind, group in groupby(links, key=lambda link: link.kind):
            open_links: list[Link] = []
            for link in group:
                sure = kind != "import-id" or not link.compared or link.score >= _LEAST_SCORE
                (taken if self._takes(kind) and sure else open_links).append(link)
            if open_links:
                self.problems.append(_ask_links(export, kind, open_links))
        return taken

    def name_scales(self, usual: Sequence[str]) -> tuple[str, ...]:
        """Return the usual scales; that no heading names an item is an open question."""
        self.problems.append(
            Problem(
                code="CK227",
                message="no heading names an item or a topic of any scale, so that it is not "
                "known which were asked",
                expected="the ids of the scales, as climatekit scales lists them",
                mend='name them with --scale ID, and the columns with --map "COLUMN=ITEM"; or '
                "run climatekit init on a terminal, which asks",
            )
        )
        return tuple(usual)

    def begin_scale(self, _export: str, _scale: Scale, _headings: Sequence[str]) -> str | None:
        """Return nothing: a scale without any item in a file was not asked."""
        return None

    def find_item(
        self, _export: str, _scale: Scale, _item: str, _headings: Sequence[str]
    ) -> str | None:
        """Return nothing: `leave_out` has told of the lacking items."""
        return None

    def choose_column(self, kind: str, export: str, headings: Sequence[str]) -> str | None:
        """Return nothing; a school column that nobody named is a problem of reading."""
        if kind != "school":
            say(f"{export}: no {kind} column  [--{kind}-column or columns.{kind}]")
            return None
        from climatekit.ingest.likely_columns import name_likely

        self.problems.append(
            Problem(
                code="CK210",
                file=export,
                message=f"no column says which {kind} a person works at",
                found=name_likely(headings),
                expected="a heading such as School or Site",
                mend=f'name the column: --{kind}-column "HEADING", or --map "HEADING={kind}"',
            )
        )
        return None

    def leave_out(self, export: str, scale: Scale, items: Sequence[str]) -> bool:
        """Return whether lacking items may be taken as not asked."""
        if self._takes("not-asked"):
            return True
        self.problems.append(
            Problem(
                code="CK227",
                file=export,
                message=f"{len(items)} of {len(scale.items)} items of {scale.title} are not in "
                "the file",
                found=", ".join(items[:_MOST_LISTED]),
                expected="every item of a scale, or word that it was not asked",
                mend='name the columns with --map "COLUMN=ITEM", or pass --accept not-asked',
            )
        )
        return False

    def read_answers(self, unknown: Sequence[UnknownAnswer]) -> Mapping[tuple[str, str], int]:
        """Return the nearest label's code for each answer that has one, if accepted."""
        known = [one for one in unknown if one.code is not None and self._takes("answers")]
        self.problems += [_ask_answer(one) for one in unknown if one not in known]
        return {(one.response_set, one.text): one.code for one in known if one.code is not None}


def _ask_answer(one: UnknownAnswer) -> Problem:
    code = "CODE" if one.code is None else str(one.code)
    flag = f'--answer "{one.response_set}:{one.text[:_WIDTH]}={code}"'
    accept = "take the closest with --accept answers, or " if one.code is not None else ""
    return Problem(
        code="CK204",
        file=one.export,
        message=f"an answer is not in the answer set {one.response_set}",
        found=one.text[:_WIDTH],
        expected=f"one of {_list_labels(one)}; or blank",
        closest=one.closest,
        mend=f"{accept}say what it means: {flag}; a code outside the set says no answer",
        count=one.count,
    )


def _ask_links(export: str, kind: str, links: Sequence[Link]) -> Problem:
    listed = "\n".join(describe_link(link) for link in links[:_MOST_LISTED])
    rest = len(links) - _MOST_LISTED
    return Problem(
        code="CK226",
        file=export,
        message=f"{len(links)} columns look like items, by {SIGNS[kind]}",
        found=listed + (f"\nand {rest} more" if rest > 0 else ""),
        expected="somebody who has looked at them",
        mend=f'take them with --accept {kind}, or say each with --map "COLUMN=ITEM"',
    )


SIGNS = {
    "import-id": "the import id of another export",
    "wording": "the question text of another export",
    "like-wording": "a question text that is much like one of another export",
    "order": "the order of the block alone",
}


def describe_link(link: Link) -> str:
    """Return one link in a line: column, item, likeness, and both texts where they differ."""
    score = f" ({link.score} of 100 alike)" if link.compared else ""
    if not link.earlier and link.topic:
        score = f", {link.topic}"
    texts = f": {_cut(link.wording)!r}" if link.wording else ""
    if link.reworded:
        texts += f", was {_cut(link.earlier)!r}; reworded, so not compared"
    return f"{link.heading[:_WIDTH]} -> {link.item}{score}{texts}"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}\N{HORIZONTAL ELLIPSIS}"


@dataclass(slots=True)
class Prompts:
    """Somebody at a terminal; nothing is taken without a yes."""

    problems: list[Problem] = field(default_factory=list)

    def take_links(self, export: str, links: Sequence[Link]) -> Sequence[Link]:
        """Show the links of each sign in a table and return those confirmed."""
        taken: list[Link] = []
        for kind, group in groupby(links, key=lambda link: link.kind):
            block = list(group)
            _show_links(export, kind, block)
            answer = _ask("Take these?", choices=("yes", "no", "each"), default="yes")
            if answer == "each":
                taken += [link for link in block if confirm(describe_link(link))]
            elif answer == "yes":
                taken += block
        return taken

    def name_scales(self, usual: Sequence[str]) -> tuple[str, ...]:
        """Ask which scales were asked."""
        from climatekit.knowledge.scales import list_scales

        known = list_scales()
        say(f"No heading names a scale. There are: {', '.join(known)}.")
        while True:
            said = ask_text("Which were asked? (ids, with commas)", default=", ".join(usual))
            ids = tuple(dict.fromkeys(one.strip() for one in said.split(",") if one.strip()))
            strange = [one for one in ids if one not in known]
            if ids and not strange:
                return ids
            say(f"There is no scale {', '.join(strange) or 'named'}.")

    def begin_scale(self, export: str, scale: Scale, headings: Sequence[str]) -> str | None:
        """Let the column where a scale begins be chosen by its number."""
        first = next(iter(scale.items.values()))
        say(f"{export}: no column of {scale.title} was found. Its first item: {first.label}.")
        return _choose(f"In which column do its {len(scale.items)} items begin?", headings)

    def find_item(
        self, export: str, scale: Scale, item: str, headings: Sequence[str]
    ) -> str | None:
        """Let the column of one item be chosen by its number."""
        label = scale.items[item].label
        return _choose(f"Which column of {export} is {item} ({label})?", headings)

    def choose_column(self, kind: str, export: str, headings: Sequence[str]) -> str | None:
        """Let one of the headings be chosen by its number."""
        return _choose(f"Which column of {export} {_TELLS[kind]}?", headings) if headings else None

    def leave_out(self, export: str, scale: Scale, items: Sequence[str]) -> bool:
        """Ask whether the lacking items were not asked."""
        say(f"{export} lacks of {scale.title}: {', '.join(items)}")
        return confirm("Were they not asked in this wave?", default=False)

    def read_answers(self, unknown: Sequence[UnknownAnswer]) -> Mapping[tuple[str, str], int]:
        """Ask what each unknown answer means."""
        from climatekit.ingest.codebook import NO_ANSWER

        codes: dict[tuple[str, str], int] = {}
        told = ""
        for one in sorted(unknown, key=lambda one: one.response_set):
            text = escape_controls(one.text[:_WIDTH])
            if one.response_set != told:
                told = one.response_set
                say(f"Answers of the set {told}: {_list_labels(one)}")
            if one.code is not None and confirm(f'Is "{text}" the same as "{one.closest}"?'):
                codes[one.response_set, one.text] = one.code
                continue
            allowed = tuple(str(code) for code in range(one.low, one.high + 1))
            said = _ask(
                f'Code of "{text}" ({one.low} to {one.high}; n: no answer; s: not now)',
                choices=(*allowed, "n", "s"),
                default="s",
            )
            if said != "s":
                codes[one.response_set, one.text] = NO_ANSWER if said == "n" else int(said)
        return codes


def _list_labels(one: UnknownAnswer) -> str:
    """Return the codes of an unknown answer's set with what each stands for."""
    codes = range(one.low, one.high + 1)
    return ", ".join(f"{code} {one.labels.get(code, '')}".rstrip() for code in codes)


def _show_links(export: str, kind: str, links: Sequence[Link]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{export}: by {SIGNS[kind]}", title_justify="left")
    # Without an earlier text the item's topic is all there is to hold the question against.
    alone = not any(link.earlier for link in links)
    more = ("question text", "topic") if alone else ("alike", "question text", "earlier text")
    for heading in ("column", "item", *more):
        table.add_column(heading, overflow="fold")
    for link in links:
        earlier = f"REWORDED: {link.earlier}" if link.reworded else "the same"
        told = earlier if link.compared else link.earlier
        score = str(link.score) if link.compared else ""
        # A grid's heading holds the question, which stands in a column of its own.
        long = link.wording and link.wording != link.heading
        cells = (
            link.heading.replace(link.wording, "...") if long else link.heading,
            link.item,
            *((link.wording, link.topic) if alone else (score, link.wording, told)),
        )
        table.add_row(*map(_plain, cells))
    Console(stderr=True).print(table)
    if any(link.reworded for link in links):
        say("A reworded item breaks comparability: scores that hold it are not compared.")


def _choose(question: str, headings: Sequence[str]) -> str | None:
    for number, heading in enumerate(headings, start=1):
        say(f"  {number:>3}  {escape_controls(_fold(heading))}")
    chosen = _ask(
        f"{question} (0: none)",
        choices=tuple(str(number) for number in range(len(headings) + 1)),
        default="0",
    )
    return headings[int(chosen) - 1] if chosen != "0" else None


def _fold(heading: str) -> str:
    """Return a long heading with its middle left out: a grid's end tells what it asks."""
    half = _LINE // 2
    return heading if len(heading) <= _LINE else f"{heading[:half]} ... {heading[-half:]}"


def confirm(question: str, *, default: bool = True) -> bool:
    """Ask a yes-or-no question on standard error."""
    from rich.console import Console
    from rich.prompt import Confirm

    return Confirm.ask(_plain(question), console=Console(stderr=True), default=default)


def ask_text(question: str, *, default: str) -> str:
    """Ask for a text on standard error."""
    from rich.console import Console
    from rich.prompt import Prompt

    return Prompt.ask(_plain(question), console=Console(stderr=True), default=default).strip()


def _ask(question: str, *, choices: Sequence[str], default: str) -> str:
    from rich.console import Console
    from rich.prompt import Prompt

    return Prompt.ask(
        _plain(question),
        console=Console(stderr=True),
        choices=list(choices),
        default=default,
        show_choices=len(choices) <= _FEW,
    )


def _plain(text: str) -> str:
    """Return text of a file so that neither the terminal nor rich takes it for commands."""
    from rich.markup import escape

    return escape(escape_controls(text))
