"""Reliability words: whether a school average means something, in a sentence per score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from climatekit.knowledge.scale_use import speak_language
from climatekit.knowledge.wording import Messages, load_messages
from climatekit.release.assembly import ScaleQuality
from climatekit.release.released import Released
from climatekit.release.rules import SHORT_SCORE_ITEMS
from climatekit.run.figures.screened import FLAGGED
from climatekit.run.study import Study, name_scale

# Conventions of climatekit: most schools have to agree, under the stricter null for a plain yes.
MOST_SCHOOLS = 2 / 3


def tell_agreement(
    study: Study,
    language: str | None = None,
    *,
    scores: Sequence[str] = (),
    waves: Sequence[str] = (),
) -> Iterator[str]:
    """Yield for each score of the latest wave whether a school average means something.

    Of `scores` and `waves` alone where there are any.

    Only from released numbers. Schools have to differ: ICC(1) and its interval above 0
    (Bliese 2000). Staff have to agree: rwg(j) above .70 in two schools of three under the
    slightly skewed null for a plain yes, under the even one for a partial one (LeBreton and
    Senter 2008 name both nulls; the share of schools is climatekit's convention). In the
    settings' language where none is given.
    """
    messages = load_messages(language or study.settings.language)
    words = messages.under("quality")
    latest = next((wave for wave in reversed(study.waves) if not waves or wave in waves), "")
    for scale in study.scales:
        spoken = speak_language(name_scale(scale, messages), messages.language)
        for rule in spoken.scores.values():
            quality = study.release.quality.get((latest, rule.id))
            if scores and rule.id not in scores:
                continue
            if quality is not None and len(rule.items) >= SHORT_SCORE_ITEMS:
                yield words.say("sentence", title=rule.title, verdict=_judge(quality, words))


def tell_screening(
    study: Study,
    language: str | None = None,
    labels: Mapping[str, str] | None = None,
    *,
    waves: Sequence[str] = (),
) -> Iterator[str]:
    """Yield for each wave how many people each flag is raised on, and what to do about it.

    Of `waves` alone where there are any.

    `labels` names the waves where their ids will not do.
    """
    words = load_messages(language or study.settings.language).under("screening")
    for wave in study.waves:
        if waves and wave not in waves:
            continue
        own = {one.statistic: one.shown for one in study.screening if one.wave == wave}
        raised = {
            name: shown.text for name, shown in own.items()
            if name.startswith("flag_") and isinstance(shown, Released)
        }  # fmt: skip
        flagged = own.get(FLAGGED)
        told = "; ".join(
            words.say("raised", flag=words.say(name), people=text) for name, text in raised.items()
        )
        yield words.say(
            "told" if told else "none",
            wave=(labels or {}).get(wave, wave),
            flags=told,
            flagged=words.say("flagged", people=flagged.text)
            if isinstance(flagged, Released)
            else words.say("few"),
        )


def _judge(quality: ScaleQuality, words: Messages) -> str:
    icc1 = quality.icc1
    if quality.held_back:
        return words.say("incoherent")
    if not isinstance(icc1, Released) or not isinstance(quality.rwgj, Released):
        return words.say("unknown")
    numbers = words.say("numbers", icc1=icc1.text, agree=_count_schools(quality, words))
    if icc1.value <= 0:
        return words.say("alike", numbers=numbers)
    if icc1.low is None or icc1.low <= 0:
        return words.say("unclear", numbers=numbers)
    even, slight = (
        count is not None and count >= MOST_SCHOOLS * quality.agreement_schools
        for count in quality.agreeing
    )
    strict = slight or (quality.agreeing[1] is None and even)
    return words.say("yes" if strict else "in_part" if even else "hardly", numbers=numbers)


def _count_schools(quality: ScaleQuality, words: Messages) -> str:
    schools = quality.agreement_schools
    even, slight = quality.agreeing
    if slight is None:
        return words.say("under_even", count=even, schools=schools)
    return words.say("under_both", count=slight, schools=schools, even=even)
