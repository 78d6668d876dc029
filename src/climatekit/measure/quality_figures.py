"""Quality figures: every statistic on a score's quality, each under one name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from climatekit.measure.agreement import ScaleAgreement
from climatekit.measure.consistency import ScaleReliability
from climatekit.measure.drift import ScoreDrift
from climatekit.measure.invariance import STEPS, Invariance
from climatekit.measure.ordinal import OrdinalReliability
from climatekit.values import Estimate, Withheld

# Fit and its change are judged by their third decimal.
FINE = 3
PAIR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigure:
    """One statistic of one score, or of one of its items.

    Attributes
    ----------
    statistic : str
        Such as ``omega``; the technical note explains each.
    item : str
        Item id; empty where it is of the whole score.
    value : Estimate or Withheld
        `n` is people, and 0 where the statistic is a mean over schools.
    digits : int
        Decimals that are told.
    """

    statistic: str
    item: str = ""
    value: Estimate | Withheld
    digits: int = 2


def list_consistency(one: ScaleReliability) -> Iterator[QualityFigure]:
    """Yield what `check_reliability` says of one score and wave.

    Of a score of two items only what its halves share (Eisinga, te Grotenhuis and Pelzer
    2013): alpha says next to nothing of a pair.
    """
    halves = one.halves
    none = Withheld("not-estimable", "needs an alpha over all people")
    if isinstance(one.alpha, Withheld):
        none = one.alpha
    for name, value in (
        ("alpha_within", one.alpha_within),
        ("alpha_total", one.alpha),
        ("alpha_duhachek", one.alpha_duhachek),
        ("alpha_complete", one.alpha_complete),
        ("alpha_standardized", _hold(one.alpha_standardized, one.n, "pairwise correlations", none)),
        ("mean_correlation", _hold(one.mean_correlation, one.n, "pairwise correlations", none)),
        ("omega", one.omega),
        ("omega_full", one.omega_full),
        ("lambda6", _hold(one.lambda6, one.n, "Guttman 1945", none)),
        ("split_half", halves.correlation if halves else none),
        ("spearman_brown", halves.spearman_brown if halves else none),
        ("lambda4", _hold(halves.best if halves else None, one.n, "best split", none)),
        ("beta", _hold(halves.worst if halves else None, one.n, "worst split", none)),
        ("sem", _hold(one.error, one.error_n, "points, Lord and Novick 1968", none)),
    ):
        if len(one.items) + len(one.constant) > PAIR or name in ("split_half", "spearman_brown"):
            yield QualityFigure(statistic=name, value=value)
    if len(one.items) + len(one.constant) <= PAIR:
        return
    yield from _list_fit(one)
    for name, values, method in (
        ("item_rest", one.item_rest, "corrected item-rest correlation, pairwise"),
        ("alpha_if_dropped", one.alpha_if_dropped, "alpha without the item"),
    ):
        for item, number in values.items():
            yield QualityFigure(statistic=name, item=item, value=_hold(number, one.n, method, none))


def _list_fit(one: ScaleReliability) -> Iterator[QualityFigure]:
    """Yield how well one factor fits every answer, where there is an omega of them."""
    if one.factor is None or not one.factor.fit.df:
        return
    fit, method = one.factor.fit, "one factor, full-information maximum likelihood"
    for name, number, low, high in (
        ("factor_cfi", fit.cfi, None, None),
        ("factor_rmsea", fit.rmsea, fit.rmsea_low, fit.rmsea_high),
        ("factor_srmr", fit.srmr, None, None),
    ):
        value = Estimate(value=number, low=low, high=high, n=fit.n, method=method)
        yield QualityFigure(statistic=name, value=value, digits=FINE)


def list_ordinal(one: OrdinalReliability) -> Iterator[QualityFigure]:
    """Yield what `check_ordinal` says of one score and wave."""
    if len(one.pearson) <= PAIR:
        return
    for name, value in (
        ("ordinal_alpha", one.alpha),
        ("ordinal_omega", one.omega),
        ("pearson_alpha", one.alpha_pearson),
    ):
        yield QualityFigure(statistic=name, value=value)


def list_agreement(one: ScaleAgreement) -> Iterator[QualityFigure]:
    """Yield what `check_agreement` says of one score and wave."""
    few = Withheld("not-estimable", "no school has enough answers")
    unknown = Withheld("not-estimable", "no published variance for this number of answer options")
    slight = few if one.rwg_slight_mean is None and one.rwg_mean is None else unknown
    yield QualityFigure(statistic="icc1", value=one.icc1)
    yield QualityFigure(statistic="icc1_reml", value=one.icc1_reml)
    yield QualityFigure(statistic="icc2", value=one.icc2)
    for name, number, method, none in (
        ("mean_reliability", one.mean_reliability, "median over schools, each by its own n", few),
        ("rwgj_even", one.rwg_mean, "mean over schools, even null", few),
        ("rwgj_even_median", one.rwg_median, "median over schools, even null", few),
        ("rwgj_even_above", one.rwg_above, "share of schools above .70, even null", few),
        ("rwgj_slight", one.rwg_slight_mean, "mean over schools, slightly skewed null", slight),
        ("rwgj_slight_median", one.rwg_slight_median, "median, slightly skewed null", slight),
        ("rwgj_slight_above", one.rwg_slight_above, "share above .70, skewed null", slight),
        ("rwgj_star", one.rwg_star_mean, "mean over schools, r*wg(j), even null", few),
        ("rwg_score", one.rwg_score_mean, "mean over schools, rwg of the score itself", few),
        ("ad_mean", one.ad_mean, "scale points, mean over schools, from the mean", few),
        ("ad_median", one.ad_median, "scale points, mean over schools, from the median", few),
        ("ad_close", one.ad_close, "share of schools within a sixth of the options", few),
    ):
        yield QualityFigure(statistic=name, value=_hold(number, 0, method, none))
    for item in one.items:
        for name, number, method in (
            ("item_rwg", item.rwg_mean, "mean over schools, even null"),
            ("item_ad", item.ad_mean, "scale points, mean over schools, from the mean"),
        ):
            yield QualityFigure(statistic=name, item=item.item, value=_hold(number, 0, method, few))


def list_invariance(one: ScoreDrift) -> Iterator[QualityFigure]:
    """Yield fit and change of fit of each step; one reason where there is no model."""
    found = one.invariance
    if isinstance(found, Withheld):
        yield QualityFigure(statistic="configural_cfi", value=found)
        return
    n = sum(found.n)
    for place, (step, fit) in enumerate(zip(STEPS, found.fits, strict=True)):
        for name, number in (
            ("chi_square", fit.chi_square),
            ("df", float(fit.df)),
            ("cfi", fit.cfi),
            ("rmsea", fit.rmsea),
            *_list_changes(found, place),
        ):
            yield QualityFigure(
                statistic=f"{step}_{name}",
                value=Estimate(value=number, n=n, method="one factor, maximum likelihood"),
                digits={"chi_square": 2, "df": 0}.get(name, FINE),
            )


def _list_changes(found: Invariance, place: int) -> tuple[tuple[str, float], ...]:
    if not place:
        return ()
    return (
        ("cfi_change", found.cfi_changes[place - 1]),
        ("rmsea_change", found.rmsea_changes[place - 1]),
    )


def _hold(number: float | None, n: int, method: str, none: Withheld) -> Estimate | Withheld:
    return none if number is None else Estimate(value=number, n=n, method=method)
