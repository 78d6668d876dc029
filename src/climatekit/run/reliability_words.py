"""Reliability words: whether a school average means something, in a sentence per score."""

from __future__ import annotations

from collections.abc import Iterator

from climatekit.measure.agreement import RWG_HIGH
from climatekit.release.assembly import ScaleQuality
from climatekit.release.released import Released
from climatekit.release.rules import SHORT_SCORE_ITEMS
from climatekit.run.study import Study


def tell_agreement(study: Study) -> Iterator[str]:
    """Yield for each score of the latest wave whether a school average means something.

    Only from released numbers. Yes where schools differ (ICC(1) above 0) and staff agree
    (mean rwg(j) above .70, even null): convention after LeBreton and Senter (2008).
    """
    rules = {rule.id: rule for scale in study.scales for rule in scale.scores.values()}
    for (wave, score), quality in study.release.quality.items():
        rule = rules[score]
        if wave == study.waves[-1] and len(rule.items) >= SHORT_SCORE_ITEMS:
            yield f"{rule.title}: {_judge(quality)}"


def _judge(quality: ScaleQuality) -> str:
    icc1, rwgj = quality.icc1, quality.rwgj
    if not isinstance(icc1, Released) or not isinstance(rwgj, Released):
        return "whether a school average means something cannot be told here"
    numbers = f"ICC(1) {icc1.text}, mean rwg(j) {rwgj.text} under the even null"
    if icc1.value <= 0:
        return f"schools do not differ reliably ({numbers})"
    agree = "yes" if rwgj.value > RWG_HIGH else "hardly"
    return f"staff agree enough for a school average to mean something: {agree} ({numbers})"
