"""Scale words: what is known of a scale, as text for a terminal and as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from climatekit.cli._table import Cell
    from climatekit.knowledge.scale_model import PublishedValue
    from climatekit.knowledge.scales import ResponseSet, Scale, ScoreRule

_CONFIDENCE_NOTE = "high: seen in a source; medium: recalled and agreeing; low: not confirmed"
_STATUS = {
    "checked": "key, reversals and scoring were seen in a source",
    "draft": "the key is not yet verified against the author's form",
    "local": "a district's own questions; not a validated scale",
    "import": "scores come ready-made from the owner; nothing is scored here",
}


def list_key(scale: Scale) -> list[tuple[Cell, ...]]:
    """Return one row per item and score: the key."""
    rows: list[tuple[Cell, ...]] = [
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
    return rows


def collect_notes(scale: Scale) -> dict[str, object]:
    """Return the whole definition as plain values, for JSON."""
    import dataclasses

    plain = dataclasses.asdict(scale)
    for link in plain["links"]:
        link["reworded"] = sorted(link["reworded"])
    return {
        "scale": {
            **{key: value for key, value in plain.items() if key != "evidence"},
            "evidence": {
                fact: {"confidence": confidence, "source": source}
                for fact, (confidence, source) in scale.evidence.items()
            },
        }
    }


def describe_scale(scale: Scale) -> str:
    """Return everything that is known of a scale, as text; a line is as long as its content."""
    about = f"{len(scale.items)} items on {', '.join(scale.constructs)}; about {scale.referent}"
    parts = [
        f"{scale.title} ({scale.id}, version {scale.version}, {scale.status}"
        + (f", form {scale.form})" if scale.form else ")"),
        f"{scale.status}: {_STATUS[scale.status]}. "
        + about
        + (" (an adaptation)" if scale.adapted_referent else "")
        + f"; a score describes a {scale.level} and may be told of a "
        + " or ".join(scale.report_at)
        + (f"; answered by {scale.respondents}." if scale.respondents else "."),
        _head(
            "Scores (R is reverse-scored)",
            [_describe_score(scale, rule) for rule in scale.scores.values()],
        ),
        _head("Items (our topic labels, R is reverse-scored)", _list_items(scale)),
        *(_describe_answers(answers) for answers in scale.response_sets.values()),
        _head("Forms", _list_forms(scale)),
        _head("Items of other scales", _list_links(scale)),
        _head("Norms (of schools, never for one person)", _list_norms(scale)),
        _head("Published values", [_describe_value(value) for value in scale.published]),
        _head("Factor structures", _list_structures(scale)),
        _head("Cautions", [f"{caution.text} [{caution.when}]" for caution in scale.cautions]),
        _head(
            "Rights",
            [
                f"{scale.rights['kind']}: {scale.rights['statement']}",
                f"may: {scale.rights['allowed'] or 'not told'}",
                scale.rights["evidence"],
            ],
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
    return "\n".join([title, *(f"  {line}" for line in lines)]) if lines else ""


def _describe_score(scale: Scale, rule: ScoreRule) -> str:
    shown = ", leads its construct in the brief" if rule.lead else ""
    shown = shown if rule.in_brief else ", not in the brief"
    start = f"{rule.id}: {rule.title}{shown}; "
    end = rule.direction.replace("_", " is ")
    if rule.imported:
        low, high = scale.range_of(rule)
        return f"{start}imported, {low:g} to {high:g}; {end}"
    if rule.inputs:
        return f"{start}{rule.method.replace('_', ' ')}: {', '.join(rule.inputs)}; {end}"
    key = " ".join(
        f"{scale.items[item].number}{'R' if sign < 0 else ''}" for item, sign in rule.items.items()
    )
    order = "items first" if rule.order == "items_first" else "persons first"
    more = [f"{step} {number:g}" for step, number in rule.transform]
    return (
        f"{start}items {key}; "
        f"{rule.method.replace('_', ' ')}, {order}; needs {rule.needed} of {len(rule.items)} "
        f"answers ({rule.min_answered_basis}); "
        + (f"then {', '.join(more)}; " if more else "")
        + end
    )


def _list_items(scale: Scale) -> list[str]:
    turned = {item for rule in scale.scores.values() for item in rule.reversed_items}
    width = max((len(item) for item in scale.items), default=0) + 1
    return [
        f"{item.id + ('R' if item.id in turned else ''):<{width}}  {item.label}"
        + (" (not scored)" if item.id in scale.unscored else "")
        for item in scale.items.values()
    ]


def _describe_answers(answers: ResponseSet) -> str:
    lines = [f"{code}  {label}" for code, label in answers.labels.items()]
    favourable = ", ".join(map(str, answers.favourable))
    silent = ", ".join(answers.not_answers) or "nothing of its own"
    lines.append(f"favourable: {favourable}; read as no answer: {silent}")
    return _head(
        f"Response set {answers.id} ({answers.kind}, {answers.low} to {answers.high})", lines
    )


def _list_forms(scale: Scale) -> list[str]:
    return [
        f"{form.id}: {form.title}; {len(form.items)} items"
        + (f", answers {form.response_set}" if form.response_set else "")
        + (f", {', '.join(map(str, form.years))}" if form.years else "")
        + f" [{form.confidence}; {form.source}]"
        for form in scale.forms.values()
    ]


def _list_links(scale: Scale) -> list[str]:
    return [
        f"{link.relation} {link.scale} {link.version}: "
        + ", ".join(
            f"{scale.items[own].number} is {other}{' (reworded)' if own in link.reworded else ''}"
            for own, other in link.items.items()
        )
        + f" [{link.confidence}; {link.source}]"
        for link in scale.links
    ] + [
        f"built on {name} {used.version}: "
        + ", ".join(f"{number} is {item}" for number, item in used.items.items())
        for name, used in scale.uses.items()
    ]


def _list_norms(scale: Scale) -> list[str]:
    return [
        f"{norm.score}, {norm.school_level}, {norm.country} {norm.years}: "
        f"mean {norm.mean:g}, sd {norm.sd:g} ({norm.source})"
        for norm in scale.norms
    ]


def _describe_value(value: PublishedValue) -> str:
    span = f"{value.low:g}" if value.high == value.low else f"{value.low:g} to {value.high:g}"
    return (
        f"{value.statistic}{f' of {value.score}' if value.score else ''}: {span}; "
        f"{value.sample} [{value.confidence}; {value.source}]"
    )


def _list_structures(scale: Scale) -> list[str]:
    return [
        f"{one.id} ({one.kind}): "
        + "; ".join(
            f"{factor} {' '.join(str(scale.items[item].number) for item in items)}"
            for factor, items in one.factors.items()
        )
        + f" [{one.confidence}; {one.source}]"
        for one in scale.structures
        if all(item in scale.items for items in one.factors.values() for item in items)
    ]
