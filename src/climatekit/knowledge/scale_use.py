"""Scale use: a scale as a district asked it: its form, its referent, its edited items."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import floor

from climatekit.errors import DefinitionError, Problem
from climatekit.knowledge.definitions import suggest
from climatekit.knowledge.scale_model import Caution, Item, Scale, ScoreRule, list_rules
from climatekit.knowledge.settings import ScaleUse
from climatekit.knowledge.tidying import tidy_text

_DIGEST = 16


def adapt_scale(scale: Scale, use: ScaleUse, *, file: str | None = None) -> Scale:
    """Return a scale as it was asked.

    Another referent than the file's switches off norms and published reliability and
    calls up the caution for adaptations; an edited item does so for its scores.

    Raises
    ------
    DefinitionError
        With every form and item that the scale does not have, or if a form that began in a
        later wave has other items or another range than the file's own.
    """
    known = {str(item.number): item.id for item in scale.items.values()}
    problems = [
        _unknown(scale, "item", str(number), list(known), ("edited_items",), file)
        for number in use.edited_items
        if str(number) not in known
    ]
    if use.form is not None and use.form not in scale.forms:
        problems.append(_unknown(scale, "form", use.form, list(scale.forms), ("form",), file))
    if problems:
        raise DefinitionError(problems)
    edited = {known[str(number)] for number in use.edited_items}
    changed = use.referent is not None and tidy_text(use.referent) != tidy_text(scale.referent)
    asked = scale if use.form is None else take_form(scale, use.form)
    if use.form_since is not None and use.form is not None:
        asked = _change_form(scale, asked, use.form_since, file)
    return replace(
        asked,
        items={
            name: replace(item, edited=item.edited or name in edited)
            for name, item in asked.items.items()
        },
        referent=use.referent or asked.referent,
        adapted_referent=asked.adapted_referent or changed,
        referent_since=use.referent_since or "",
        published=() if changed else asked.published,
        # The file's translations name its own referent, not the district's.
        languages={
            tag: {**words, "scale": _drop_referent(words["scale"])}
            for tag, words in asked.languages.items()
        }
        if changed
        else asked.languages,
    )


def _drop_referent(words: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in words.items() if name != "referent"}


def _change_form(scale: Scale, asked: Scale, wave: str, file: str | None) -> Scale:
    """Return a scale whose form changed with `wave`: earlier waves were asked as the file has it.

    Answers of both forms are read. Only where the scale's file says that both forms share a
    line of trend are waves compared across the change.
    """
    ranges = {
        name: [(one.response_set_of(name).low, one.response_set_of(name).high) for one in pair]
        for name in asked.items
        for pair in [(scale, asked)]
    }
    if asked.items.keys() != scale.items.keys() or any(old != new for old, new in ranges.values()):
        raise DefinitionError(
            Problem(
                code="CK465",
                file=file,
                column=f"scale_use.{scale.id}.form_since",
                message=f"the form {asked.form!r} of {scale.title} has other items or another "
                "range of answers than the file's own form; one study cannot hold both",
                expected="forms with the same items and the same range",
                mend="leave the waves of one of the two forms out, or make the other form a scale "
                "of its own (climatekit scales new)",
            )
        )
    before = {
        name
        for name, form in scale.forms.items()
        if set(form.items) == scale.items.keys()
        and all(
            scale.items[item].response_set == (form.response_set or scale.items[item].response_set)
            for item in form.items
        )
    }
    line = scale.comparability.get("forms")
    shared = isinstance(line, list) and asked.form in line and bool(before & set(line))
    sets = dict(asked.response_sets)
    for name in asked.items:
        old, new = scale.response_set_of(name), asked.response_set_of(name)
        read = {tidy_text(text): code for code, text in old.labels.items()} | dict(old.synonyms)
        own = {tidy_text(text) for text in new.labels.values()}
        more = {text: code for text, code in read.items() if text not in own}
        sets[new.id] = replace(new, synonyms=more | dict(new.synonyms))
    return replace(asked, response_sets=sets, form_since="" if shared else wave)


def take_form(scale: Scale, form: str) -> Scale:
    """Return a scale in one of its forms: its items in order, its answers, its scores.

    Only scores all of whose items the form has are kept.
    """
    chosen = scale.forms[form]
    items = {
        name: replace(
            scale.items[name],
            response_set=chosen.response_set or scale.items[name].response_set,
        )
        for name in chosen.items
    }
    kept = {name for name, rule in scale.scores.items() if rule.items.keys() <= items.keys()}
    lost = set(scale.scores) - kept
    while lost:  # and what is made of a score that is lost
        lost = {name for name in kept if lost & set(scale.scores[name].inputs)}
        kept -= lost
    return replace(
        scale,
        form=form,
        items=items,
        scores={name: rule for name, rule in scale.scores.items() if name in kept},
        unscored=tuple(name for name in scale.unscored if name in items),
    )


def speak_language(scale: Scale, tag: str) -> Scale:
    """Return a scale with titles, labels and cautions in a language, where it has them."""
    words = scale.languages.get(tag)
    if words is None:
        return scale
    whole, bands = words["scale"], words["bands"]
    return replace(
        scale,
        title=whole.get("title", scale.title),
        referent=whole.get("referent", scale.referent),
        items={
            name: replace(item, label=words["items"].get(name, item.label))
            for name, item in scale.items.items()
        },
        scores={
            name: replace(
                rule,
                title=words["scores"].get(name, rule.title),
                bands=tuple(
                    replace(band, label=bands.get(band.name, band.label)) for band in rule.bands
                ),
            )
            for name, rule in scale.scores.items()
        },
        cautions=tuple(
            replace(one, text=words["cautions"].get(str(place), one.text))
            for place, one in enumerate(scale.cautions, start=1)
        ),
    )


def check_trend_lines(scales: Sequence[Scale]) -> list[Problem]:
    """Return a problem for scales of one study that claim the same line of trend.

    Waves are compared score by score within one file: two files on one line would each
    have a gap where the other was asked.
    """
    first: dict[str, Scale] = {}
    problems = []
    for scale in scales:
        group = str(scale.comparability.get("group", scale.id))
        other = first.setdefault(group, scale)
        if other is not scale:
            problems.append(
                Problem(
                    code="CK463",
                    message=f"{other.id} and {scale.id} are of one trend line, {group!r}; waves "
                    "are compared within one scale file only",
                    found=f"{other.id}, {scale.id}",
                    expected="one scale file for all waves, with a form for each way of asking",
                    mend="name one of the two in scales, or give one another group",
                )
            )
    return problems


def check_retest(scales: Sequence[Scale], assumed: float, *, file: str | None) -> list[Problem]:
    """Return a problem for each scale whose answers are less sure than a study assumes."""
    return [
        Problem(
            code="CK464",
            file=file,
            column="comparison.retest_reliability",
            message=f"a re-test reliability of {assumed:g} is assumed, but that of "
            f"{scale.title} is {known:.2f}; its changes would look surer than they are",
            found=f"{assumed:g}",
            expected=f"at most {known:.2f}: {scale.comparability.get('source')}",
            mend=f"write retest_reliability = {floor(known * 100) / 100:g} under [comparison]",
        )
        for scale in scales
        if (known := scale.retest_reliability) is not None and assumed > known
    ]


def join_references(scales: Sequence[Scale]) -> tuple[Scale, ...]:
    """Return scales in which items know the numbers they have in scales built on them.

    A column ``SAOS 13`` is then found as the item of the trust scale that it is.
    """
    more: dict[str, list[str]] = {}
    for scale in scales:
        for used in scale.uses.values():
            for number, item in used.items.items():
                more.setdefault(item, []).extend(
                    (f"{scale.id}_{number}", f"{scale.abbreviation} {number}")
                )
    return tuple(
        replace(scale, items={name: _add_aliases(item, more) for name, item in scale.items.items()})
        if more.keys() & scale.items.keys()
        else scale
        for scale in scales
    )


def find_by_heading(
    scale: Scale, heading: str, *, platform: str | None = None, wave: str | None = None
) -> str | None:
    """Return the item that a heading names by one of the scale's patterns, or None."""
    for one in scale.headings:
        if one.platform not in (None, platform) or one.wave not in (None, wave):
            continue
        pattern = re.escape(tidy_text(one.pattern)).replace(re.escape("{n}"), r"0*(\d{1,3})")
        found = re.fullmatch(pattern, tidy_text(heading))
        if found is None:
            continue
        number = int(found[1])
        if one.form is None:
            item = f"{scale.id}_{number}"
            return item if item in scale.items else None
        order = scale.forms[one.form].items
        return order[number - 1] if 1 <= number <= len(order) else None
    return None


def find_by_wording(scale: Scale, wording: str) -> str | None:
    """Return the item whose wording has the digest of this text, or None."""
    if not scale.wording_hashes:
        return None
    return scale.wording_hashes.get(digest_wording(scale.hash_salt, wording))


def digest_wording(salt: str, wording: str) -> str:
    """Return the digest that a scale file holds in place of a question's text.

    The first 16 hexadecimal digits of sha256 over salt and tidied text.
    """
    return hashlib.sha256((salt + tidy_text(wording)).encode()).hexdigest()[:_DIGEST]


def find_cautions(
    scale: Scale,
    *,
    norms: bool = False,
    ranking: bool = False,
    reversed_apart: bool = False,
    edited: bool = False,
    people: int | None = None,
) -> tuple[Caution, ...]:
    """Return the cautions that the use of a scale calls up, in the file's order.

    Parameters
    ----------
    norms, ranking, reversed_apart, edited : bool
        Whether a standard score is shown, schools stand side by side, reverse-scored
        items do not go with the rest, an item was edited in some wave.
    people : int, optional
        The fewest people that a score is told of.
    """
    called = {
        "always": True,
        "draft": scale.status == "draft",
        "adapted": scale.adapted_referent,
        "edited": edited or bool(scale.edited),
        "norms": norms,
        "ranking": ranking,
        "reversed_apart": reversed_apart,
        "imported": any(rule.imported for rule in scale.scores.values()),
    }
    return tuple(
        one
        for one in scale.cautions
        if called.get(one.when, False)
        or (one.when == "small" and people is not None and people < (one.below or 0))
    )


def check_references(scales: Sequence[Scale]) -> list[Problem]:
    """Return what is wrong with scales built on others: absent, other version, in a circle."""
    known = {scale.id: scale for scale in scales}
    rules = {rule.id: rule for rule in list_rules(scales)}
    problems = []
    for scale in scales:
        for name, used in scale.uses.items():
            other = known.get(name)
            if other is None or other.version != used.version:
                problems.append(_missing(scale, name, used.version, other))
                continue
            problems += [
                _unknown(scale, "item", item, list(other.items), ("uses", name), None)
                for item in used.items.values()
                if item not in other.items
            ]
        problems += [
            _unknown(scale, "score", one, list(rules), ("scores", rule.id), None)
            for rule in scale.scores.values()
            for one in rule.inputs
            if one not in rules and one.split(".")[0] in {*known, scale.id}
        ]
    return problems + _find_circles(rules)


def _find_circles(rules: Mapping[str, ScoreRule]) -> list[Problem]:
    def reaches(start: str, seen: frozenset[str]) -> bool:
        if start in seen:
            return True
        rule = rules.get(start)
        return rule is not None and any(reaches(one, seen | {start}) for one in rule.inputs)

    return [
        Problem(
            code="CK427",
            message=f"the score {name} is made of itself, by way of its inputs",
            found=", ".join(rule.inputs),
            mend="let no score be an input of its own inputs",
        )
        for name, rule in rules.items()
        if rule.inputs and reaches(name, frozenset())
    ]


def _missing(scale: Scale, name: str, version: str, other: Scale | None) -> Problem:
    return Problem(
        code="CK427",
        message=f"{scale.id} is built on {name} {version}"
        + (", which was not asked for" if other is None else f"; there is {name} {other.version}"),
        expected=f"{name} in version {version}",
        found=None if other is None else other.version,
        mend=f'add "{name}" to scales'
        if other is None
        else f"compare the two versions, then mend the pin in {scale.id}.toml",
    )


def _unknown(
    scale: Scale,
    what: str,
    name: str,
    known: Sequence[str],
    key: tuple[str, ...],
    file: str | None,
) -> Problem:
    closest = None if what == "item" else suggest(name, known)
    return Problem(
        code="CK411",
        message=f"{scale.id} has no {what} {name}",
        file=file,
        column=".".join(("scale_use", scale.id, *key) if key[0] not in ("uses", "scores") else key),
        found=name,
        expected=f"one of {', '.join(known)}" if known else f"no {what}: the scale has none",
        closest=closest,
        mend=f"write {closest}" if closest else "name one that the scale has",
    )


def _add_aliases(item: Item, more: Mapping[str, Sequence[str]]) -> Item:
    return replace(item, aliases=(*item.aliases, *more.get(item.id, ())))
