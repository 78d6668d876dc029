"""Scale making: a scale file that was read and checked, turned into a `Scale`."""

from __future__ import annotations

from climatekit.knowledge.scale_checks import ScaleDefinition
from climatekit.knowledge.scale_facts import CitationTable, LanguageTable
from climatekit.knowledge.scale_files import write_item_id
from climatekit.knowledge.scale_format import ScaleFile, ScoreTable, StepTable
from climatekit.knowledge.scale_model import (
    Band,
    Caution,
    Form,
    Heading,
    Item,
    Link,
    Norm,
    PublishedValue,
    Reference,
    ResponseSet,
    Scale,
    ScoreRule,
    Structure,
    tidy_wordings,
)
from climatekit.knowledge.tidying import tidy_text

_PAIR = 2


def make_scale(file: ScaleDefinition) -> Scale:
    """Return the scale that a sound file describes."""
    content = file.content
    level = content.level
    persons = ("person", "school") if level.unit == "person" else ("school",)
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
        level=level.unit,
        report_at=tuple(level.report_at or persons),
        respondents=level.respondents or "",
        min_respondents=level.min_respondents,
        min_response_rate=level.min_response_rate,
        split_sample=level.split_sample,
        rights=_make_rights(content),
        citations=tuple(_write_citation(citation) for citation in content.citations),
        cautions=tuple(Caution(one.when, one.text, one.below) for one in content.cautions),
        evidence={
            fact: (found.confidence, found.source) for fact, found in content.evidence.items()
        },
        adapted_referent=level.adapted_referent,
        fingerprint=file.fingerprint,
        aliases=tuple(content.aliases),
        referent=level.referent,
        unscored=tuple(
            write_item_id(content, number)
            for number, item in content.items.items()
            if item.unscored
        ),
        file_licence=content.file_licence,
        criterion=content.criterion or "",
        forms={name: _make_form(content, name) for name in content.forms},
        links=tuple(_make_link(content, name) for name in content.links),
        uses={
            name: Reference(
                version=used.version,
                items={int(own): f"{name}_{other}" for own, other in used.items.items()},
            )
            for name, used in content.uses.items()
        },
        headings=tuple(
            Heading(one.pattern, one.platform, one.wave, one.form) for one in content.headings
        ),
        hash_salt=content.wording_hashes.salt if content.wording_hashes else "",
        wording_hashes=_make_hashes(content),
        norms=tuple(_make_norms(content)),
        published=tuple(_make_published(content)),
        structures=tuple(_make_structures(content)),
        agreement_null=content.agreement.null,
        agreement_options=content.agreement.options,
        comparability=content.comparability.model_dump() if content.comparability else {},
        languages={tag: _make_language(content, words) for tag, words in content.languages.items()},
    )


def _make_rights(content: ScaleFile) -> dict[str, str]:
    rights = content.rights
    return {
        "kind": rights.kind,
        "statement": rights.statement,
        "evidence": rights.evidence,
        "checked": "" if rights.checked is None else str(rights.checked),
        "allowed": ", ".join(rights.allowed),
    }


def _make_response_set(content: ScaleFile, name: str) -> ResponseSet:
    table = content.response_sets[name]
    synonyms = tidy_wordings(table.synonyms)
    for wordings in table.languages.values():
        synonyms |= tidy_wordings(wordings)
    silent = (*table.not_answers, *map(str, table.missing_codes))
    return ResponseSet(
        id=name,
        kind=table.kind,
        low=table.low,
        high=table.high,
        labels={int(code): table.labels[code] for code in sorted(table.labels, key=int)},
        synonyms=synonyms,
        platforms={one: tidy_wordings(texts) for one, texts in table.platforms.items()},
        not_answers=tuple(dict.fromkeys(map(tidy_text, silent))),
        favourable=tuple(table.favourable),
    )


def _make_item(content: ScaleFile, number: str) -> Item:
    table = content.items[number]
    return Item(
        id=write_item_id(content, number),
        number=int(number),
        label=table.label,
        response_set=table.response_set or content.response_set or "",
        tags=tuple(table.tags),
        aliases=tuple(table.aliases),
        respondents=table.respondents or content.level.respondents or "",
        edited=table.edited,
    )


def _make_score(content: ScaleFile, name: str, table: ScoreTable) -> ScoreRule:
    count = len(table.items)
    least = table.min_answered
    if least is None and table.min_answered_share is not None:
        # A tiny step back, so that 0.75 of 8 is 6 and not, by a last bit, 7.
        least = max(1, -int(-(table.min_answered_share * count - 1e-9) // 1))
    usual = "spearman_brown" if count == _PAIR else "alpha"
    return ScoreRule(
        id=f"{content.id}.{name}",
        title=table.title,
        items={
            write_item_id(content, str(abs(number))): 1 if number > 0 else -1
            for number in table.items
        },
        method=table.method,
        weights={write_item_id(content, number): one for number, one in table.weights.items()},
        inputs=tuple(one if "." in one else f"{content.id}.{one}" for one in table.inputs),
        span=(table.range_[0], table.range_[1]) if table.range_ else None,
        rescaled=table.rescale == "percent_of_maximum",
        prorated=table.prorate,
        transform=tuple(map(_make_step, table.transform)),
        order=table.order,
        person_weights=table.person_weights,
        min_answered=-(-2 * count // 3) if least is None else least,
        min_answered_basis=table.min_answered_basis,
        direction=table.direction,
        construct=table.construct_,
        reliability=table.reliability or (usual if count else "none"),
        bands=tuple(Band(one.name, one.label, one.low, one.high) for one in table.bands),
        bands_on=table.bands_on,
        bands_basis=table.bands_basis,
        lead=table.lead,
        about_leadership=table.about_leadership,
        in_brief=table.in_brief,
    )


def _make_step(step: StepTable) -> tuple[str, float]:
    ((name, value),) = step.model_dump(exclude_none=True).items()
    return name, 0.0 if value is True else float(value)


def _make_form(content: ScaleFile, name: str) -> Form:
    table = content.forms[name]
    numbers = table.items or [int(number) for number in content.items]
    return Form(
        id=name,
        title=table.title,
        items=tuple(write_item_id(content, str(number)) for number in numbers),
        response_set=table.response_set,
        years=tuple(table.years),
        confidence=table.confidence,
        source=table.source,
    )


def _make_link(content: ScaleFile, name: str) -> Link:
    table = content.links[name]
    return Link(
        scale=name,
        relation=table.relation,
        version=table.version,
        items={
            write_item_id(content, own): f"{name}_{other}" for own, other in table.items.items()
        },
        reworded=frozenset(write_item_id(content, str(number)) for number in table.reworded),
        confidence=table.confidence,
        source=table.source,
    )


def _make_hashes(content: ScaleFile) -> dict[str, str]:
    table = content.wording_hashes
    if table is None:
        return {}
    return {
        digest: write_item_id(content, number)
        for number, digests in table.items.items()
        for digest in digests
    }


def _make_norms(content: ScaleFile) -> list[Norm]:
    return [
        Norm(
            score=f"{content.id}.{one.score}",
            school_level=one.school_level,
            country=one.country,
            years=one.years,
            mean=one.mean,
            sd=one.sd,
            source=one.source,
            form=one.form,
            schools=one.schools,
        )
        for one in content.norms
    ]


def _make_published(content: ScaleFile) -> list[PublishedValue]:
    return [
        PublishedValue(
            statistic=one.statistic,
            score=f"{content.id}.{one.score}" if one.score else "",
            low=one.low,
            high=one.low if one.high is None else one.high,
            level=one.level,
            sample=one.sample,
            confidence=one.confidence,
            source=one.source,
        )
        for one in content.published
    ]


def _make_structures(content: ScaleFile) -> list[Structure]:
    return [
        Structure(
            id=name,
            kind=one.kind,
            factors={
                factor: tuple(write_item_id(content, str(number)) for number in numbers)
                for factor, numbers in one.factors.items()
            },
            confidence=one.confidence,
            source=one.source,
        )
        for name, one in content.structures.items()
    ]


def _make_language(content: ScaleFile, words: LanguageTable) -> dict[str, dict[str, str]]:
    whole = {"title": words.title, "referent": words.referent}
    return {
        "scale": {key: text for key, text in whole.items() if text},
        "scores": {f"{content.id}.{name}": text for name, text in words.scores.items()},
        "items": {write_item_id(content, number): text for number, text in words.items.items()},
        "bands": dict(words.bands),
        "cautions": dict(words.cautions),
    }


def _write_citation(citation: CitationTable) -> str:
    return f"{citation.text} https://doi.org/{citation.doi}" if citation.doi else citation.text
