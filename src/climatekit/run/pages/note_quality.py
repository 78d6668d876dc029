"""Note quality: the technical note's pages on how far the scores can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from climatekit.knowledge.scales import Scale, title_scores
from climatekit.knowledge.wording import Messages
from climatekit.measure.invariance import STEPS, Invariance
from climatekit.release.coefficients import Coefficient
from climatekit.release.released import Released
from climatekit.report.builder import BriefContext
from climatekit.report.technical_note import NoteSection
from climatekit.run.study import Study
from climatekit.run.tables.reliability_words import tell_screening

Told = Mapping[tuple[str, str], Coefficient]

# Column to the statistics that its cells tell; the second in brackets behind the first.
_TABLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "consistency": {
        "alpha_total": ("alpha_total",),
        "alpha_duhachek": ("alpha_duhachek",),
        "alpha_complete": ("alpha_complete",),
        "alpha_standardized": ("alpha_standardized",),
        "omega": ("omega",),
        "omega_full": ("omega_full",),
        "lambda6": ("lambda6",),
    },
    "ordinal": {
        "split_half": ("split_half",),
        "spearman_brown": ("spearman_brown",),
        "sem": ("sem",),
        "ordinal_alpha": ("ordinal_alpha",),
        "ordinal_omega": ("ordinal_omega",),
        "pearson_alpha": ("pearson_alpha",),
    },
    "agreement": {
        "icc1": ("icc1",),
        "icc1_reml": ("icc1_reml",),
        "icc2": ("icc2",),
        "mean_reliability": ("mean_reliability",),
        "rwgj_even": ("rwgj_even", "rwgj_even_above"),
        "rwgj_slight": ("rwgj_slight", "rwgj_slight_above"),
        "rwgj_star": ("rwgj_star",),
        "ad_mean": ("ad_mean",),
    },
}
_ITEMS = ("item_rest", "alpha_if_dropped", "item_rwg", "item_ad")


def tell_quality(study: Study, context: BriefContext, words: Messages) -> tuple[NoteSection, ...]:
    """Return the sections on consistency, agreement, items and invariance of the latest wave.

    From the released coefficients alone; a section of which nothing may be told is left out.
    """
    latest = study.waves[-1]
    own = [one for one in study.coefficients if one.wave == latest and not one.role]
    told = {
        score: {
            (one.statistic, one.item): one for one in own if one.score == score and not one.since
        }
        for score in dict.fromkeys(one.score for one in own)
    }
    titles = title_scores(context.scales)
    sections = [
        *(_tell_table(name, told, titles, words) for name in _TABLES),
        _tell_items(context.scales, told, words),
        _tell_invariance(study, own, titles, words),
    ]
    told_of = tuple(section for section in sections if section.rows)
    return (*told_of, _tell_screening(study, titles, context, words))


def _tell_table(
    name: str, told: Mapping[str, Told], titles: Mapping[str, str], words: Messages
) -> NoteSection:
    columns = _TABLES[name]
    rows = []
    for score, own in told.items():
        cells = [_write(own, parts) for parts in columns.values()]
        if any(cells):
            counts = [
                one.schools if name == "agreement" else one.people
                for (statistic, item), one in own.items()
                if not item and statistic in {part for parts in columns.values() for part in parts}
            ]
            most = max(count for count in counts if count is not None)
            rows.append((titles[score], str(most), *cells))
    return NoteSection(
        title=words.say(f"quality.{name}"),
        kind="quality",
        texts=(words.say(f"quality.{name}_lead"),),
        columns=(
            words.say("columns.title"),
            words.say("columns.schools" if name == "agreement" else "columns.people"),
            *(words.say(f"statistic.{column}") for column in columns),
        ),
        rows=tuple(rows),
    )


def _tell_items(scales: Sequence[Scale], told: Mapping[str, Told], words: Messages) -> NoteSection:
    """Tell each question once, in the longest score that it counts in."""
    rows: dict[str, tuple[str, ...]] = {}
    rules = [(scale, rule) for scale in scales for rule in scale.scores.values()]
    for scale, rule in sorted(rules, key=lambda pair: -len(pair[1].items)):
        for item in rule.items:
            cells = [_write(told.get(rule.id, {}), (name,), item) for name in _ITEMS]
            if cells[0]:
                rows.setdefault(item, (scale.items[item].label, *cells))
    order = [item for scale in scales for item in scale.items if item in rows]
    return NoteSection(
        title=words.say("quality.items"),
        kind="quality",
        texts=(words.say("quality.items_lead"),),
        columns=(
            words.say("quality.item"),
            *(words.say(f"statistic.{name}") for name in _ITEMS),
        ),
        rows=tuple(rows[item] for item in order),
    )


def _tell_invariance(
    study: Study, own: Sequence[Coefficient], titles: Mapping[str, str], words: Messages
) -> NoteSection:
    earlier = study.waves[-2] if len(study.waves) > 1 else ""
    told = {(one.score, one.statistic): one for one in own if one.since == earlier and one.since}
    rows = []
    for drift in study.figures.drifts:
        if (drift.before, drift.after) != (earlier, study.waves[-1]):
            continue
        if not isinstance(drift.invariance, Invariance):
            continue
        cells = [_write_step(told, drift.score, step) for step in STEPS]
        if any(cells):
            last = words.say(f"quality.step.{drift.invariance.holds}")
            rows.append((titles[drift.score], *cells, last))
    return NoteSection(
        title=words.say("quality.invariance"),
        kind="quality",
        texts=(words.say("quality.invariance_lead"),),
        columns=(
            words.say("columns.title"),
            *(words.say(f"quality.step.{step}") for step in STEPS),
            words.say("quality.holds"),
        ),
        rows=tuple(rows),
    )


def _write_step(told: Mapping[tuple[str, str], Coefficient], score: str, step: str) -> str:
    found = [told.get((score, f"{step}_{name}")) for name in ("chi_square", "df", "cfi", "rmsea")]
    shown = [one.shown.text for one in found if one and isinstance(one.shown, Released)]
    return "{} ({}), {}, {}".format(*shown) if len(shown) == len(found) else ""


def _tell_screening(
    study: Study, titles: Mapping[str, str], context: BriefContext, words: Messages
) -> NoteSection:
    parts = ("mean_points", "mean_points_unflagged", "alpha_screened", "alpha_unflagged")
    told = {
        (one.score, one.statistic): one for one in study.screening if one.wave == study.waves[-1]
    }
    rows = []
    for score in dict.fromkeys(score for score, _ in told if score):
        own = {(name, ""): told[score, name] for name in parts}
        cells = [_write(own, (name,)) for name in parts]
        if any(cells):
            rows.append((titles[score], *cells))
    labels = {wave.id: wave.label for wave in context.settings.waves}
    counted = list(tell_screening(study, context.messages.language, labels))[-1]
    return NoteSection(
        title=words.say("quality.screening"),
        kind="quality",
        texts=(counted, *([words.say("quality.screening_lead")] if rows else [])),
        columns=(
            words.say("columns.title"),
            *(
                words.say(f"quality.{name}")
                for name in ("points", "points_unflagged", "alpha_screened", "alpha_unflagged")
            ),
        ),
        rows=tuple(rows),
    )


def _write(told: Told, statistics: Sequence[str], item: str = "") -> str:
    """Return one cell: the number, its interval, and a second number in brackets."""
    found = [told.get((name, item)) for name in statistics]
    shown = [one.shown for one in found if one is not None and isinstance(one.shown, Released)]
    if not shown:
        return ""
    first = shown[0]
    text = first.text
    if first.low is not None and first.high is not None:
        text += f" ({first.low:.2f}, {first.high:.2f})"
    return text + "".join(f" ({one.text})" for one in shown[1:])
