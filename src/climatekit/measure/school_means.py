"""School means: how far each school's mean can be trusted, and what it is once shrunken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Scale, list_rules
from climatekit.measure.groups import Floats, Ints, describe, number_rows
from climatekit.measure.item_moments import find_item_moments, work_item_reliability
from climatekit.measure.matrices import ItemMatrix, list_matrices
from climatekit.measure.scoring import Scores
from climatekit.measure.stacks import NOT_ANSWERED, find_group_moments
from climatekit.values import Withheld

_CLOSE = 1e-14
# Between over within variance, where the search for the best begins.
_RATIOS = np.concatenate([[0.0], np.geomspace(1e-9, 1e9, 37)])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MeansModel:
    """One-way random-effects model of persons' values in schools, fitted by REML.

    Attributes
    ----------
    between, within : float
        Variance of true school means, and of colleagues in one school, in squared units
        of the values. `between` is exactly 0 where the likelihood is highest there:
        schools do not differ reliably.
    grand, grand_error : float
        Precision-weighted mean of schools and its standard error.
    n : ndarray of int
        People per school.
    mean : ndarray of float
        Plain mean of each school.
    """

    between: float
    within: float
    grand: float
    grand_error: float
    n: Ints
    mean: Floats

    @property
    def icc1(self) -> float:
        """ICC(1): between variance over all variance (0 to 1)."""
        return self.between / (self.between + self.within)

    @property
    def reliability(self) -> Floats:
        """Reliability of each school's mean by its own n: ``t / (t + s / n)``, 0 to 1.

        t is the between and s the within variance (Snijders and Bosker 2012, eq. 3.19). It
        is reliability for the lasting climate; as a statement on *present* staff a nearly
        complete survey is more exact than this.
        """
        reliability: Floats = self.between / (self.between + self.within / self.n)
        return reliability

    @property
    def shrunken(self) -> Floats:
        """Empirical-Bayes mean of each school: ``grand + reliability (mean - grand)``."""
        shrunken: Floats = self.grand + self.reliability * (self.mean - self.grand)
        return shrunken

    @property
    def shrunken_error(self) -> Floats:
        """Standard error of the empirical-Bayes means, the variances taken as known.

        ``t (1 - r) + (1 - r)^2 SE(grand)^2``, its root: prediction error of the best linear
        unbiased predictor (Searle, Casella and McCulloch 1992, ch. 7).
        """
        rest = 1 - self.reliability
        error: Floats = np.sqrt(self.between * rest + (rest * self.grand_error) ** 2)
        return error


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SchoolMeans:
    """The schools' means of one score in one wave.

    Attributes
    ----------
    model : MeansModel or Withheld
        In points of 0 to 100. Rule ``not-estimable`` with under two schools, nobody beside
        a colleague, or no differences among colleagues.
    schools : tuple of str
        Schools with anybody who has the score, sorted; the order of all arrays.
    n : ndarray of int
        People who have the score.
    mean : ndarray of float
        Plain mean of their points.
    reliability, shrunken, shrunken_error : ndarray of float
        Over people (see `MeansModel`); NaN where the model is withheld.
    item_reliability : ndarray of float
        Over people and items, see `work_item_reliability`; NaN for a single item.
    """

    score: str
    wave: str
    model: MeansModel | Withheld
    schools: tuple[str, ...]
    n: Ints
    mean: Floats
    reliability: Floats
    item_reliability: Floats
    shrunken: Floats
    shrunken_error: Floats

    @property
    def differ(self) -> bool:
        """Whether the model finds any difference between schools."""
        return isinstance(self.model, MeansModel) and self.model.between > 0

    @property
    def frame(self) -> pd.DataFrame:
        """One row per school: the arrays above as columns, after wave, score and school."""
        names = ("n", "mean", "reliability", "item_reliability", "shrunken", "shrunken_error")
        return pd.DataFrame(
            {"wave": self.wave, "score": self.score, "school": list(self.schools)}
            | {name: getattr(self, name) for name in names}
        )


def estimate_school_means(
    scores: Scores, responses: Responses, scales: Sequence[Scale], *, over_items: bool = True
) -> tuple[SchoolMeans, ...]:
    """Estimate each school's mean, its reliability, and its empirical-Bayes form.

    Rows are people who have the score; the items enter with every answer of those people
    (pairs of items by the people who answered both). Nothing here is gated: a school's own
    figures may be told from 30 people on, never used for ranks or for hiding anything.

    Parameters
    ----------
    over_items : bool
        Whether to work out the reliability over people and items too; NaN otherwise.

    Returns
    -------
    tuple of SchoolMeans
        By score, then wave (those in which anybody has the score).
    """
    schools, names = number_rows(scores.responses, "school")
    found: dict[tuple[str, str], SchoolMeans] = {}
    moments = {
        (part.score, part.wave): _find_item_moments(part, scores)
        for part in (list_matrices(responses, scales, pooled=False) if over_items else ())
    }
    waves, wave_names = number_rows(scores.responses, "wave")
    rows_of = [
        np.flatnonzero(waves == number).astype(np.int32) for number in range(len(wave_names))
    ]
    made_of_items = {rule.id for rule in list_rules(scales) if rule.items}
    for score, own in scores.rules.items():
        for wave, rows in zip(wave_names, rows_of, strict=True):
            if score not in made_of_items:
                continue
            n, mean, sd = describe(own.points[rows], schools[rows], len(names))
            present = np.flatnonzero(n)
            if len(present):
                found[score, wave] = _report(
                    (score, wave),
                    tuple(names[place] for place in present),
                    (n[present], mean[present], sd[present]),
                    moments.get((score, wave)),
                )
    return tuple(found.values())


def _find_item_moments(part: ItemMatrix, scores: Scores) -> tuple[Floats, Floats]:
    """Return the items' covariances between and within schools, of people with the score."""
    scored = ~np.isnan(scores.rules[part.score].points[part.rows])
    steps = part.steps.copy()
    steps[:, :-1][:, ~scored] = NOT_ANSWERED
    between, within = find_item_moments(find_group_moments(steps, part.stack))
    scale = np.outer(part.weights, part.weights)
    return between * scale, within * scale


def fit_described(n: Ints, mean: Floats, sd: Floats) -> MeansModel | Withheld:
    """Fit the one-way random-effects model by restricted maximum likelihood.

    With ratio ``q = between / within`` and ``w = n / (1 + q n)``, the restricted likelihood,
    profiled over grand mean and within variance, is minus half of
    ``(N - 1) log(SSW + sum w (mean - grand)^2) + sum log(1 + q n) + log sum w``
    (Patterson and Thompson 1971; Harville 1977). Its lowest point is sought on a
    logarithmic grid and then where the slope is 0 (Brent 1973), so that 0 comes out as exactly 0.

    Parameters
    ----------
    n : ndarray of int
        People per school, those whose value is missing left out.
    mean, sd : ndarray of float
        Of their values, as `describe` gives them.

    Returns
    -------
    MeansModel or Withheld
        Schools in the order given, those without people left out. Rule ``not-estimable``
        with under two schools, nobody beside a colleague, or colleagues who do not differ
        at all.
    """
    n, mean, sd = n[n > 0], mean[n > 0], sd[n > 0]
    k = len(n)
    total = int(n.sum())
    if k < 2 or total <= k:  # noqa: PLR2004 - two schools to differ
        return Withheld("not-estimable", "too few schools with two people who answered")
    inside = float((np.nan_to_num(sd) ** 2 * (n - 1)).sum())
    if not inside > 0:
        return Withheld("not-estimable", "colleagues do not differ in any school")
    ratio = _find_ratio(n, mean, inside)
    weights = n / (1 + ratio * n)
    grand = float(weights @ mean / weights.sum())
    within = (inside + float(weights @ (mean - grand) ** 2)) / (total - 1)
    return MeansModel(
        between=ratio * within,
        within=within,
        grand=grand,
        grand_error=float(np.sqrt(within / weights.sum())),
        n=n,
        mean=mean,
    )


def _find_ratio(n: Ints, mean: Floats, inside: float) -> float:
    """Return between over within variance where the restricted likelihood is highest."""
    best = int(_deviance(_RATIOS, n, mean, inside).argmin())
    low, high = float(_RATIOS[max(best - 1, 0)]), float(_RATIOS[min(best + 1, len(_RATIOS) - 1)])
    if _slope(low, n, mean, inside) >= 0:
        return low
    if _slope(high, n, mean, inside) <= 0:
        return high
    found = brentq(_slope, low, high, args=(n, mean, inside), xtol=_CLOSE * high, rtol=_CLOSE)
    return float(found)


def _deviance(ratios: Floats, n: Ints, mean: Floats, inside: float) -> Floats:
    swell = 1 + ratios[:, None] * n
    weights = n / swell
    total = weights.sum(axis=1)
    apart = mean - (weights @ mean / total)[:, None]
    rest = inside + (weights * apart**2).sum(axis=1)
    value: Floats = (n.sum() - 1) * np.log(rest) + np.log(swell).sum(axis=1) + np.log(total)
    return value


def _slope(ratio: float, n: Ints, mean: Floats, inside: float) -> float:
    weights = n / (1 + ratio * n)
    total = float(weights.sum())
    apart = (mean - float(weights @ mean) / total) ** 2
    rest = inside + float(weights @ apart)
    squares = weights**2
    return float(total - squares.sum() / total - (int(n.sum()) - 1) * float(squares @ apart) / rest)


def _report(
    where: tuple[str, str],
    schools: tuple[str, ...],
    described: tuple[Ints, Floats, Floats],
    moments: tuple[Floats, Floats] | None,
) -> SchoolMeans:
    n, mean, _ = described
    model = fit_described(*described)
    nothing = np.full(len(schools), np.nan)
    known = (
        (model.reliability, model.shrunken, model.shrunken_error)
        if isinstance(model, MeansModel)
        else (nothing, nothing, nothing)
    )
    return SchoolMeans(
        score=where[0],
        wave=where[1],
        model=model,
        schools=schools,
        n=n,
        mean=mean,
        reliability=known[0],
        item_reliability=nothing if moments is None else work_item_reliability(*moments, n),
        shrunken=known[1],
        shrunken_error=known[2],
    )
