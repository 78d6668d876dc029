"""``climatekit check``."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from climatekit.cli._context import config_option, load_study_settings, reading_options
from climatekit.cli._messages import escape_controls, fold, say, show_problems
from climatekit.cli._output import echo_text, format_option, takes_table, write_table
from climatekit.cli._problem_file import keeping_problems, problems_option
from climatekit.errors import InputError, Problem, count_of
from climatekit.ingest.decisions import find_way
from climatekit.ingest.numbered_answers import list_numbered_sets

if TYPE_CHECKING:
    from climatekit.ingest.intake import Examination
    from climatekit.ingest.parts import FileReport
    from climatekit.knowledge.scales import Scale
    from climatekit.knowledge.settings import Settings
    from climatekit.measure.coding import ItemCoding

COLUMNS = ("file", "item", "label", "column", "wording", "answers", "reversed", "matched by")

# Output may land in a log that others read; a small count could point at somebody.
_SMALLEST_SHOWN = 10
_LONGEST_WORDING = 48
_UNMATCHED = frozenset({"unknown", "contradiction"})
_ANSWERS_WAY = ("--answer SET:TEXT=CODE", "answers.SET")


@click.command("check")
@click.argument(
    "exports", nargs=-1, type=click.Path(path_type=Path), help="Survey exports, one wave each."
)
@config_option
@reading_options
@problems_option
@format_option
def command(
    exports: tuple[Path, ...],
    config: Path | None,
    format_: str | None,
    problem_file: Path | None,
    **flags: Any,  # noqa: ANN401 (the reader's flags, by name)
) -> None:
    """Look at exports: how each was read, and what is wrong.

    From 30 people on, each item is held against the others of its score and against what
    the scale file declares: reversed, shifted and constant items are told, never changed.

    Every decision is shown with the sign that it rests on and, in brackets, the flag and
    the configuration key that overrule it; then each item with its column and its answers
    beside their codes. Counts under 10 are shown as <10. With --format json all of it is on
    standard output, and rows are counted exactly; --problems keeps every problem in a CSV.

    \b
    Examples:
      climatekit check export.csv
      climatekit check fall.csv --school-column "Q1" --scale ots
    """
    from climatekit.measure.coding_problems import list_coding_problems

    with keeping_problems(problem_file) as kept:
        settings = load_study_settings(config, exports, **flags)
        examination, scales, faults = _look(settings)
        codings = _check_coding(examination, scales)
        problems = (*faults, *examination.problems, *list_coding_problems(codings))
        kept.problems += problems
        following = "run" if settings.file else "score, with the same flags"
        _show(examination, scales, codings, problems, format_, following)


def _show(
    examination: Examination,
    scales: tuple[Scale, ...],
    codings: tuple[ItemCoding, ...],
    problems: tuple[Problem, ...],
    format_: str | None,
    following: str,
) -> None:
    for report in examination.reports:
        _say_report(report, scales)
    rows = [row for report in examination.reports for row in _list_items(report, scales)]
    if takes_table(format_):
        _print_items(rows)
    else:
        _write_items(examination, codings, problems, rows, format_)
    if any(problem.severity == "error" for problem in problems):
        raise InputError(problems)
    _say_coding(codings)
    show_problems(problems)
    files = len(examination.reports)
    people = sum(report.rows_kept for report in examination.reports)
    warnings = sum(problem.count for problem in problems)
    say(
        f"climatekit: checked {count_of(files, 'file')}, "
        f"{_hide_small(people)} people; {count_of(warnings, 'warning')}; "
        f"next: climatekit {following}"
    )


def _print_items(rows: Sequence[Sequence[str]]) -> None:
    """Write the items for somebody at a terminal, one under the other, folded to its width."""
    width = max(shutil.get_terminal_size().columns, 40)
    file = ""
    for name, item, label, column, wording, answers, reversed_, how in rows:
        if name != file:
            file = name
            echo_text(f"\n{name}: items and the answers found")
        turned = {"no": "", "yes": ", reversed"}.get(reversed_, f", {reversed_}")
        told = [f"{label}  ({how}{turned})", column]
        if wording and wording.removesuffix("…") not in column:
            told.append(wording)
        for number, text in enumerate((*told, answers)):
            lead = f"  {item if not number else '':<9} "
            echo_text(textwrap.fill(text, width, initial_indent=lead, subsequent_indent=" " * 12))


def _write_items(
    examination: Examination,
    codings: tuple[ItemCoding, ...],
    problems: tuple[Problem, ...],
    rows: Sequence[Sequence[str]],
    format_: str | None,
) -> None:
    write_table(
        COLUMNS,
        rows,
        format=format_,
        schema="check",
        notes={
            "files": [describe_report(report) for report in examination.reports],
            "problems": [asdict(problem) for problem in problems],
            "coding": [asdict(coding) for coding in codings],
        },
    )


def _look(settings: Settings) -> tuple[Examination, tuple[Scale, ...], list[Problem]]:
    from climatekit.ingest.codebook import read_codebook
    from climatekit.ingest.intake import examine_exports
    from climatekit.ingest.roster import read_roster
    from climatekit.knowledge.needs import require_exports
    from climatekit.knowledge.scales import load_scales

    require_exports(settings)
    scales = load_scales(settings.scales, settings.scale_folder, settings.scale_use)
    faults: list[Problem] = []
    codebook = roster = None
    try:
        codebook = read_codebook(settings.codebook) if settings.codebook else None
    except InputError as error:
        faults += error.problems
    try:
        waves = [wave.id for wave in settings.waves]
        roster = read_roster(settings.roster, waves=waves) if settings.roster else None
    except InputError as error:
        faults += error.problems
    examination = examine_exports(settings, scales, codebook=codebook, roster=roster)
    return examination, scales, faults


def _check_coding(examination: Examination, scales: tuple[Scale, ...]) -> tuple[ItemCoding, ...]:
    """Hold each item against the others; nothing where the exports cannot be joined."""
    from climatekit.measure.coding import check_coding

    if examination.intake is None:
        return ()
    return check_coding(examination.intake.responses, scales)


def _say_coding(codings: tuple[ItemCoding, ...]) -> None:
    told = [one for one in codings if one.finding != "too_few"]
    if told:
        suspects = sum(one.suspect for one in told)
        say(f"coding: {len(told) - suspects} of {len(told)} items look as declared")


def _say_report(report: FileReport, scales: tuple[Scale, ...]) -> None:
    say(f"{report.name} (wave {report.wave})")
    for decision in report.decisions:
        way = _way_out(decision.flag, decision.key)
        say_pair(decision.what, f"{decision.value}  ({decision.sign}){way}")
    say_pair("rows", f"{report.rows_read} read, {_hide_small(report.rows_kept)} people kept")
    for rule, count in report.dropped.items():
        # Rows left out hold no answers that count; only beside a tiny file do they tell one.
        told = count if report.rows_kept >= _SMALLEST_SHOWN else _hide_small(count)
        say_pair("left out", f"{told} {rule}{_way_out(*find_way(rule))}")
    for rule, count in report.noted.items():
        way = _way_out(f'--drop-rows "{rule}"', "reading.drop_rows")
        say_pair("kept", f"{_hide_small(count)} {rule}{way}")
    items = f"{len(report.matches)} columns"
    say_pair("items", items + _way_out("--codebook", "codebook"))
    for style, number in sorted(Counter(report.styles.values()).items()):
        say_pair("answers", f"{style} in {number} item columns{_way_out(*_ANSWERS_WAY)}")
    for answers in list_numbered_sets([report], scales):
        codes = ", ".join(f"{code} {label}" for code, label in sorted(answers.labels.items()))
        say_pair("numbers", f"of {answers.id} taken as {codes}{_way_out(*_ANSWERS_WAY)}")
    strange = _unmatched(report)
    if strange:
        say_pair("not matched", f"{strange} different answers{_way_out(*_ANSWERS_WAY)}")
    if report.ignored:
        shown = ", ".join(report.ignored[:8])
        more = f" and {len(report.ignored) - 8} more" if len(report.ignored) > 8 else ""  # noqa: PLR2004
        say_pair("not used", f"{shown}{more}{_way_out('--codebook', 'codebook')}")
    say("")


def describe_report(report: FileReport) -> dict[str, object]:
    """Return how one export was read as plain values, rows counted exactly."""
    return {
        "file": report.name,
        "wave": report.wave,
        "sha256": report.sha256,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "heading_rows": report.heading_rows,
        "first_line": report.first_line,
        "platform": report.platform,
        "rows": report.rows_read,
        "respondents": report.respondents,
        "kept": report.rows_kept,
        "dropped": dict(report.dropped),
        "noted": dict(report.noted),
        "items": {match.item: match.heading for match in report.matches},
        "not_matched": _unmatched(report),
        "not_used": list(report.ignored),
        "decisions": [
            {
                "what": one.what,
                "value": one.value,
                "sign": one.sign,
                "flag": one.flag or None,
                "key": one.key or None,
            }
            for one in report.decisions
        ],
    }


def _unmatched(report: FileReport) -> int:
    return len({one.found for one in report.answers if one.kind in _UNMATCHED})


def _way_out(flag: str, key: str) -> str:
    return f"  [{flag} or {key}]" if flag else ""


def say_pair(what: str, value: str) -> None:
    """Write one aligned line of a report to standard error."""
    say(fold(f"  {what:<18} {escape_controls(value)}", indent=21))


def _list_items(report: FileReport, scales: tuple[Scale, ...]) -> list[list[str]]:
    items = {item.id: item for scale in scales for item in scale.items.values()}
    backwards = {
        item for scale in scales for rule in scale.scores.values() for item in rule.reversed_items
    }
    rows = []
    for match in report.matches:
        reading = "turned back" if "already_reversed" in match.flags else ""
        rows.append(
            [
                Path(report.name).name,
                match.item,
                items[match.item].label,
                match.heading,
                _shorten(match.wording),
                _describe_answers(report, match.item),
                reading or ("yes" if match.item in backwards else "no"),
                match.how,
            ]
        )
    return rows


def _describe_answers(report: FileReport, item: str) -> str:
    """Return each text found with its code and count, e.g. ``Agree → 5: 42``."""
    parts = []
    for answer in report.answers:
        if answer.item == item:
            found = answer.found or "blank"
            code = str(answer.code) if answer.code is not None else answer.kind
            text = found if found == code else f"{found} → {code}"
            parts.append(f"{text}: {_hide_small(answer.count)}")
    return "; ".join(parts)


def _hide_small(count: int) -> str:
    return str(count) if count == 0 or count >= _SMALLEST_SHOWN else f"<{_SMALLEST_SHOWN}"


def _shorten(text: str) -> str:
    part = text.rpartition(" - ")[2] or text
    return part if len(part) <= _LONGEST_WORDING else part[: _LONGEST_WORDING - 1].rstrip() + "…"
