"""``climatekit scales``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from climatekit.cli._output import echo_text, format_option, write_table

if TYPE_CHECKING:
    from climatekit.knowledge.scales import ResponseSet, Scale, ScoreRule

_WIDTH = 96
_CONFIDENCE_NOTE = "high: seen in a source; medium: recalled and agreeing; low: not confirmed"


@click.command("scales")
@click.argument("scale_id", metavar="[ID]", required=False, help="Id of a scale, such as ots.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of your own scale files, besides the shipped ones.",
)
@format_option
def command(scale_id: str | None, folder: Path | None, format_: str | None) -> None:
    """List the scales; with an ID, tell everything that is known of one.

    A scale's items are shown by our own topic labels: the wording stays with the form.

    \b
    Examples:
      climatekit scales
      climatekit scales ots
      climatekit scales ots --format csv > ots-key.csv
    """
    import sys

    from climatekit.knowledge.scales import list_scales, load_scales

    if scale_id is None:
        _write_list(load_scales(list_scales(folder), folder), format_)
        return
    (scale,) = load_scales([scale_id], folder)
    if format_ == "table" or (format_ is None and sys.stdout.isatty()):
        echo_text(_describe_scale(scale))
    else:
        _write_key(scale, format_)


def _write_list(scales: tuple[Scale, ...], format_: str | None) -> None:
    write_table(
        ("id", "title", "construct", "items", "response_set", "status", "version"),
        [
            (
                scale.id,
                scale.title,
                ", ".join(scale.constructs),
                len(scale.items),
                ", ".join(scale.response_sets),
                scale.status,
                scale.version,
            )
            for scale in scales
        ],
        format=format_,
        title="Scales",
        schema="scales",
    )


def _write_key(scale: Scale, format_: str | None) -> None:
    """Write one row per item and score: CSV and Markdown hold the key, JSON the rest as well."""
    rows = [
        (
            item.id,
            item.number,
            item.label,
            rule.id,
            "yes" if rule.items[item.id] < 0 else "no",
            item.response_set,
        )
        for item in scale.items.values()
        for rule in scale.scores.values()
        if item.id in rule.items
    ]
    rows += [
        (item, scale.items[item].number, scale.items[item].label, "", "no", "")
        for item in scale.unscored
    ]
    write_table(
        ("item", "number", "label", "score", "reversed", "response_set"),
        rows,
        format=format_,
        schema="scale",
        notes=_collect_notes(scale),
    )


def _collect_notes(scale: Scale) -> dict[str, object]:
    import dataclasses

    plain = dataclasses.asdict(scale)
    return {
        "scale": {
            **{key: value for key, value in plain.items() if key != "evidence"},
            "evidence": {
                fact: {"confidence": confidence, "source": source}
                for fact, (confidence, source) in scale.evidence.items()
            },
        }
    }


def _describe_scale(scale: Scale) -> str:
    parts = [
        f"{scale.title} ({scale.id}, version {scale.version}, {scale.status})",
        f"{len(scale.items)} items on {', '.join(scale.constructs)}; about {scale.referent}"
        + (" (an adaptation)" if scale.adapted_referent else "")
        + f"; a score describes a {scale.level}.",
        _head("Scores (R is reverse-scored)", _list_scores(scale)),
        _head("Items (our topic labels, R is reverse-scored)", _list_items(scale)),
        *(_describe_answers(answers) for answers in scale.response_sets.values()),
        _head("Cautions", [f"{caution.text} [{caution.when}]" for caution in scale.cautions]),
        _head(
            "Rights",
            [f"{scale.rights['kind']}: {scale.rights['statement']}", scale.rights["evidence"]],
        ),
        _head(
            f"Evidence ({_CONFIDENCE_NOTE})",
            [f"{fact}: {level}; {source}" for fact, (level, source) in scale.evidence.items()],
        ),
        _head("Citations", list(scale.citations)),
        f"sha256 of the file: {scale.fingerprint}",
    ]
    return "\n\n".join(part for part in parts if part)


def _head(title: str, lines: list[str]) -> str:
    import textwrap

    wrapped = [
        textwrap.fill(
            line,
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in lines
    ]
    return "\n".join([title, *wrapped]) if lines else ""


def _list_scores(scale: Scale) -> list[str]:
    return [_describe_score(scale, rule) for rule in scale.scores.values()]


def _describe_score(scale: Scale, rule: ScoreRule) -> str:
    key = " ".join(
        f"{scale.items[item].number}{'R' if sign < 0 else ''}" for item, sign in rule.items.items()
    )
    order = "items first" if rule.order == "items_first" else "persons first"
    shown = ", leads its construct in the brief" if rule.lead else ""
    shown = shown if rule.in_brief else ", not in the brief"
    return (
        f"{rule.id}: {rule.title}{shown}; items {key}; "
        f"{rule.method}, {order}; needs {rule.min_answered} of {len(rule.items)} answers "
        f"({rule.min_answered_basis}); {rule.direction.replace('_', ' is ')}"
    )


def _list_items(scale: Scale) -> list[str]:
    turned = {item for rule in scale.scores.values() for item in rule.reversed_items}
    width = max(len(item) for item in scale.items) + 1
    return [
        f"{item.id + ('R' if item.id in turned else ''):<{width}}  {item.label}"
        + (" (not scored)" if item.id in scale.unscored else "")
        for item in scale.items.values()
    ]


def _describe_answers(answers: ResponseSet) -> str:
    lines = [f"{code}  {label}" for code, label in answers.labels.items()]
    favourable = ", ".join(map(str, answers.favourable))
    lines.append(f"favourable: {favourable}; read as no answer: {', '.join(answers.not_answers)}")
    return _head(
        f"Response set {answers.id} ({answers.kind}, {answers.low} to {answers.high})", lines
    )
