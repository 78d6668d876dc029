"""What climatekit works out for each record of tests/reference, in the record's own shape.

`find_record` gives the values of a record that climatekit has: straight from its statistics,
or by the calculation that is shown here. `LEFT_OUT` says why it has not the others.
"""

import re
from functools import cache
from itertools import pairwise

import numpy as np
from measure_builders import make_people, make_scale, read_survey
from scipy.special import chdtrc, fdtrc, ndtr, stdtr
from scipy.stats import chi2

from climatekit.measure.agreement import RWG_PEOPLE, check_agreement
from climatekit.measure.alphas import alpha, alpha_duhachek, standardize_alpha
from climatekit.measure.careless import (
    correlate_pairs,
    find_distance,
    find_even_odd,
    find_pairs,
    find_runs,
    find_spread,
)
from climatekit.measure.covariances import find_correlation
from climatekit.measure.district_change import adjust_for_screening
from climatekit.measure.factor_analysis import find_full_omega, find_omega
from climatekit.measure.group_alphas import check_groups
from climatekit.measure.invariance import STEPS, check_invariance, lay_out_step
from climatekit.measure.item_analysis import (
    alpha_if_dropped,
    find_lambda6,
    item_rest,
    split_halves,
    standard_error,
)
from climatekit.measure.matrices import list_matrices
from climatekit.measure.ordinal import check_ordinal
from climatekit.measure.ordinal_factor import fit_loadings, work_ordinal_omega
from climatekit.measure.overlap import Overlap, compare_overlapping
from climatekit.measure.polychoric import find_polychoric
from climatekit.measure.school_agreement import find_agreement, mean_over_items
from climatekit.measure.school_means import estimate_school_means
from climatekit.measure.scoring import score
from climatekit.measure.summaries import summarize
from climatekit.measure.two_samples import Samples, adjust_p, compare_samples, standardize
from climatekit.measure.variance_table import analyse_variance, icc1, icc2

STEP = 20.0  # points between two of the six answers

# Why a value is not compared, by a pattern of "record:path".
LEFT_OUT = {
    r"^(attitude|traps:forgot_to_reverse)": "of R's own data, which tools/agreement.py compares",
    r"/scoreItems/(median|mean):": "nothing is imputed",
    r"/scoreItems/none:lambda6": "psych's scoreItems takes it from covariances",
    r"/alpha/pairwise:n$": "all rows, also of nobody's answers; the interval is held to this n",
    r"psych_2\.2\.9:(std_alpha|lambda6|average_r)": "an earlier psych's rule for missing answers",
    r"^traps:two_people": "withheld, since two items share under ten answers",
    r"^traps:reverse_observed_range/(data|default)": "reversed by what was observed: the trap",
    r":(r_raw|r_cor_smc|r_std)$": "a sum that holds the item; the rest of the score is told",
    r":lambda2$": "between alpha and lambda-6",
    r"omega_3factor:(omega|g_load)": "hangs on a rotation, and is .91 where one factor is behind",
    r"/icc:ML_": "too small with few schools; restricted maximum likelihood is told",
    r":reml_deviance$": "no statistic by itself",
    r":(student|tost_student)/": "the variances are never taken for equal",
    r":(hedges_g|cohens_d)_.*/ci$": "the interval told allows for the census, this one does not",
    r":hedges_g_unpooled_avg/g$": "with Welch's df in the bias factor, not n1 + n2 - 2",
    r":(dz|dav|drm|gz|gav|J_exact|effectsize_hedges_paired)": "measured in spread of changes",
    r"/(lmer_wave_effect|random_wave_slope):": "changes are told of schools, not modelled over all",
    r"^p_adjust:bonferroni$": "Holm's is as safe and finds more",
    r"/psychsyn_0\.5:(n_na|mean|sd)$": "drawn at random for people who did not vary",
    r"/invariance_wave_fiml:fit/\w+/(bic|logl)$": "compared where nobody skipped an item",
    r"/invariance_wave_listwise:latent\S+(se|pvalue)$": "by the expected information there",
    r"/cfa1_wlsmv_listwise:fit": "the fit of weighted least squares is not told",
    r"^[567]:(moderate|heavy|triangular|normal)": "two nulls are told, even and slight",
}


def complete(matrix):
    return matrix[~np.isnan(matrix).any(axis=1)]


def list_below(square):
    return np.concatenate([square[place + 1 :, place] for place in range(len(square))])


@cache
def read():
    return read_survey()


@cache
def read_pooled():
    """Return the answers of each scale in scale points, both waves."""
    parts = [part for part in list_matrices(*read()) if part.wave is None]
    return {part.score.removesuffix(".s"): 1 + part.matrix / STEP for part in parts}


def read_waves():
    return (read()[0].frame["wave"] == "w2").to_numpy().astype(int)


def read_whole():
    """Return who answered all 14 items."""
    return ~np.isnan(np.hstack(list(read_pooled().values()))).any(axis=1)


@cache
def score_all(scale, least, method="mean"):
    responses, scales = read()
    signs = next(one for one in scales if one.id == scale).scores[f"{scale}.s"].items
    own = make_scale(scale, signs=signs, min_answered=least, method=method)
    return own, score(responses, [own])


def average(scale, least):
    """Return each person's score in scale points."""
    return score_all(scale, least)[1].find_native(f"{scale}.s")


def find_scored(scale, kind, name):
    matrix = read_pooled()[scale]
    k = matrix.shape[1]
    if kind == "scoreItems":
        if name != "none":
            return {}
        values, value = average(scale, 1), alpha(matrix).value
        return {
            "n_scored": (~np.isnan(values)).sum(),
            "mean": np.nanmean(values),
            "sd": np.nanstd(values, ddof=1),
            "first10": values[:10],
            "alpha": value,
            # Alpha is what items of this mean correlation would have.
            "av_r": value / (k - (k - 1) * value),
        }
    least = int(np.ceil({"0.667": 2 / 3}.get(name, float(name)) * k))
    own, scores = score_all(scale, least)
    (row,) = summarize(scores, [own], by=()).to_dict("records")
    own, sums = score_all(scale, least, "sum")
    (total,) = summarize(sums, [own], by=()).to_dict("records")
    return {
        "min_valid": least, "n_scored": row["n"], "mean": row["native_mean"],
        "sd": row["sd"] / STEP, "sum_prorated_mean": total["native_mean"],
    }  # fmt: skip


def find_alpha(scale, cases):
    matrix = read_pooled()[scale]
    matrix = matrix if cases == "pairwise" else complete(matrix)
    # R counts the rows.
    n, r = len(matrix), list_below(find_correlation(matrix))
    feldt, duhachek = alpha(matrix, n=n), alpha_duhachek(matrix, n=n)
    means = np.nanmean(matrix[~np.isnan(matrix).all(axis=1)], axis=1)
    found = {
        "raw_alpha": feldt.value,
        "std_alpha": standardize_alpha(find_correlation(matrix)),
        "lambda6": find_lambda6(matrix),
        "average_r": r.mean(),
        "median_r": np.median(r),
        "ase_duhachek": (duhachek.high - duhachek.low) / 2 / 1.96,
        "mean": means.mean(),
        "sd": means.std(ddof=1),
        "feldt_ci95": [feldt.low, feldt.high],
        "duhachek_ci95": [duhachek.low, duhachek.high],
        "sem_raw": standard_error(matrix, feldt.value)[0],
        "item_n": (~np.isnan(matrix)).sum(axis=0),
        "item_mean": np.nanmean(matrix, axis=0),
        "item_sd": np.nanstd(matrix, axis=0, ddof=1),
        "r_drop_corrected_item_total": item_rest(matrix),
        "alpha_if_dropped_raw": alpha_if_dropped(matrix),
        "alpha_if_dropped_std": [
            standardize_alpha(find_correlation(np.delete(matrix, place, axis=1)))
            for place in range(matrix.shape[1])
        ],
    }
    return found | ({"n": feldt.n} if cases == "listwise" else {})


def find_halves(scale, kind):
    matrix = read_pooled()[scale]
    if kind == "splitHalf":
        halves, standard = split_halves(matrix), standardize_alpha(find_correlation(matrix))
        return {
            "maxrb_lambda4": halves.best, "minrb_beta": halves.worst, "alpha_std": standard,
            # Over all splits of an even number of items the mean is standardized alpha.
            "mean_split": standard, "lambda6": find_lambda6(matrix),
            "average_r": list_below(find_correlation(matrix)).mean(),
        }  # fmt: skip
    whole = complete(matrix)
    halves = split_halves(whole)
    return {
        "n": halves.correlation.n,
        "r": halves.correlation.value,
        "spearman_brown": halves.spearman_brown.value,
        # Flanagan and Rulon's is alpha of the two half sums.
        "rulon": alpha(np.column_stack([whole[:, ::2].sum(1), whole[:, 1::2].sum(1)])).value,
    }


def find_minres(scale):
    r = find_correlation(read_pooled()[scale])
    load = fit_loadings(r)
    shared = load.sum() ** 2
    return {
        "loadings": load,
        "omega_total_model": shared / (shared + (1 - load**2).sum()),
        "omega_total_sumR": 1 - (1 - load**2).sum() / r.sum(),
    }


def find_factor(scale, kind):
    found = (find_omega if kind == "cfa1_ml_listwise" else find_full_omega)(read_pooled()[scale])
    fit, k = found.fit, len(found.loadings)
    told = {
        "chisq": fit.chi_square, "df": fit.df, "pvalue": fit.p, "cfi": fit.cfi, "tli": fit.tli,
        "rmsea": fit.rmsea, "srmr": fit.srmr,
    }  # fmt: skip
    if kind == "cfa1_ml_listwise":
        told |= {"rmsea.ci.lower": fit.rmsea_low, "rmsea.ci.upper": fit.rmsea_high}
        # R leaves out the k residuals of means, which are 0 where no answer is missing.
        told["srmr"] *= ((k + 3) / (k + 1)) ** 0.5
    return {
        "n": fit.n, "loadings": found.loadings, "theta": found.uniques,
        "omega_mcdonald": found.omega.value, "fit": told,
    }  # fmt: skip


def find_omega_interval(scale, cases, estimator):
    matrix = read_pooled()[scale]
    matrix = matrix if cases == "fiml" else complete(matrix)
    found = find_omega(matrix) if (cases, estimator) == ("listwise", "ML") else None
    found = found or find_full_omega(matrix)
    low, high = found.omega.low, found.omega.high
    if (cases, estimator) == ("fiml", "ML"):
        # By hand, from the observed information: omega = s^2 / (s^2 + u).
        s, u = found.loadings.sum(), found.uniques
        slope = np.concatenate([np.full(len(u), 2 * s * u.sum()), -(s**2) * u])
        slope /= (s**2 + u.sum()) ** 2
        error = np.sqrt(slope @ found.fit.covariance[: 2 * len(u), : 2 * len(u)] @ slope)
        low, high = (found.omega.value + end * 1.959963984540054 * error for end in (-1, 1))
    return {
        "omega": found.omega.value, "se": (high - low) / 2 / 1.959963984540054,
        "ci95": [low, high], "n": found.omega.n,
    }  # fmt: skip


def find_ordinal(scale):
    codes = read_pooled()[scale] - 1
    report = next(
        one for one in check_ordinal(*read()) if (one.score, one.wave) == (f"{scale}.s", None)
    )
    found = find_polychoric(codes, [6] * codes.shape[1])
    whole = find_polychoric(complete(codes), [6] * codes.shape[1])
    load = fit_loadings(found.correlation)
    items = [f"{scale[0].upper()}{place}" for place in range(1, codes.shape[1] + 1)]
    return {
        "rho_lower": list_below(found.correlation),
        "tau": dict(zip(items, found.thresholds, strict=True)),
        "alpha_ordinal": report.alpha.value,
        "omega_total_ordinal": load.sum() ** 2 / (load.sum() ** 2 + (1 - load**2).sum()),
        "loadings": load,
        "rho_lower_listwise": list_below(whole.correlation),
        "n_listwise": whole.shared.max(),
    }


def find_three_factors(scale):
    matrix = read_pooled()[scale]
    return {"alpha": standardize_alpha(find_correlation(matrix)), "G6": find_lambda6(matrix)}


def find_traps():
    # In school 5 everybody gave the first item of trust the same answer.
    table = check_groups(*read(), least=0).set_index(["wave", "school", "score"])
    flat = table.loc["w1", "5", "trust.s"]
    codes = [(1, 2, 5), (2, 1, 4), (3, 3, 3), (4, 4, 2), (5, 5, 1), (2, 5, 4), (3, 2, 3)]
    people = make_people(*[("w1", "a", *row) for row in codes], items=("a", "b", "c"))
    own = make_scale(signs={"a": 1, "b": 1, "c": -1})
    return {
        "constant_item": {"n": flat["n"], "items_used": flat["items"], "raw_alpha": flat["alpha"]},
        "reverse_observed_range": {"with_min1_max6": score(people, [own]).find_native("x.s")},
    }


def find_older_psych(scale):
    found = find_alpha(scale, "pairwise")
    return {name: found[name] for name in ("raw_alpha", "r_drop_corrected_item_total")}


@cache
def list_reports():
    responses, scales = read()
    scores = score(responses, scales)
    return (
        {(one.score, one.wave): one for one in check_agreement(scores, responses, scales)},
        {(one.score, one.wave): one for one in estimate_school_means(scores, responses, scales)},
        scores.frame,
    )


def find_icc(scale, wave):
    reports, means, frame = list_reports()
    key = f"{scale.lower()}.s", f"w{wave}"
    model = means[key].model
    mine = frame[(frame["score"] == key[0]) & (frame["wave"] == key[1])].dropna(subset=["native"])
    table = analyse_variance(mine["native"].to_numpy(), mine["school"].astype(int).to_numpy())
    n = table.people / table.schools
    ratio = table.between / table.within
    one, two = icc1(table), icc2(table)
    tau, sigma = model.between / STEP**2, model.within / STEP**2
    return {
        "n_groups": table.schools, "n": table.people, "mean_n": n, "n0_bartko": table.size,
        "harmonic_n": table.schools / (1 / means[key].n).sum(),
        "msb": table.between, "msw": table.within, "F": ratio,
        "p": fdtrc(table.schools - 1, table.people - table.schools, ratio),
        "ICC1_multilevel_mean_n": (ratio - 1) / (ratio + n - 1),
        "ICC1_n0": one.value, "ICC1_ci95_exactF_n0": [one.low, one.high],
        "ICC2_aov": two.value, "ICC2_ci95_F": [two.low, two.high],
        "REML_tau2": tau, "REML_sigma2": sigma, "ICC1_REML": reports[key].icc1_reml.value,
        "ICC2_REML_mean_n_SB": tau / (tau + sigma / n),
        "ICC2_REML_mean_of_school_reliabilities": model.reliability.mean(),
        "performance_icc_adjusted": model.icc1,
        "grand_mean_REML": 1 + model.grand / STEP, "singular": model.between == 0,
    }  # fmt: skip


def find_agreements(scale, wave, kind):
    """Return the schools' values, of those with five people or more who answered anything."""
    responses, _ = read()
    report = list_reports()[0][f"{scale.lower()}.s", f"w{wave}"]
    if kind == "rwg_on_scale_score_6pt":
        _, _, frame = list_reports()
        mine = frame[(frame["score"] == report.score) & (frame["wave"] == report.wave)]
        sd = mine.groupby(mine["school"].astype(str))["native"].std()
        n = mine.groupby(mine["school"].astype(str))["native"].count()
        values = (1 - sd**2 / (35 / 12)).clip(lower=0).to_dict()
        sizes = n.to_dict()
    else:
        part = next(
            part
            for part in list_matrices(*read())
            if (part.score, part.wave) == (report.score, report.wave)
        )
        names = responses.frame["school"].to_numpy()[part.rows].astype(int)
        steps = part.steps[:, :-1]
        if kind.endswith("listwise"):
            whole = (steps >= 0).all(axis=0)
            steps, names = steps[:, whole], names[whole]
        found = find_agreement(steps, names, 25, [6] * len(steps))
        own = {
            "rwg.j": np.maximum(found.rwgj(found.even), 0),
            "lindell": found.rwgj_star(found.even),
            "ad.m": mean_over_items(found.from_mean),
        }[re.match(r"rwg\.j|lindell|ad\.m", kind).group()]
        values = {str(school): own[school] for school in range(25)}
        # R counts a person without any answer too.
        sizes = dict(zip(*np.unique(names.astype(str), return_counts=True), strict=True))
    answering = count_answering(scale, wave)
    kept = [
        name
        for name in sorted(answering, key=int)
        if answering[name] >= RWG_PEOPLE and name in sizes
    ]
    every = np.array([values[school] for school in kept])
    told = every[~np.isnan(every)]
    if not kind.endswith("listwise"):
        ours = {"rwg.j": report.rwg_mean, "linde": report.rwg_star_mean}
        assert abs(told.mean() - ours.get(kind[:5], report.rwg_score_mean)) < 1e-12
    return {
        "n_groups": len(kept), "mean": told.mean(), "median": np.median(told),
        "min": told.min(), "max": told.max(),
        "first10": {school: values[school] for school in kept[:10]},
        "gsize_first10": [sizes[school] for school in kept[:10]],
    }  # fmt: skip


@cache
def count_answering(scale, wave):
    """Return how many people of each school answered any item of the scale."""
    frame = read()[0].frame
    items = [item for item in read()[0].items if item[0] == scale[0]]
    mine = frame[frame["wave"] == f"w{wave}"].dropna(subset=items, how="all")
    return mine["school"].value_counts().to_dict()


def find_shrunken(scale, wave):
    means = list_reports()[1][f"{scale.lower()}.s", f"w{wave}"]
    model, order = means.model, np.argsort([int(school) for school in means.schools])
    rest = 1 - means.reliability[order]
    # Less the doubt about the grand mean, which lme4 leaves out.
    error = means.shrunken_error[order] ** 2 - (rest * model.grand_error) ** 2
    return {
        "school": [means.schools[place] for place in order],
        "n": means.n[order],
        "raw_mean": 1 + means.mean[order] / STEP,
        "eb_mean": 1 + means.shrunken[order] / STEP,
        "reliability": means.reliability[order],
        "post_sd_lme4_condVar": np.sqrt(error) / STEP,
        "grand_mean": 1 + model.grand / STEP,
        "se_grand": model.grand_error / STEP,
        "tau2": model.between / STEP**2,
        "sigma2": model.within / STEP**2,
    }


def find_complete_alpha():
    found = alpha(complete(read_pooled()["trust"]))
    return {"alpha": found.value, "multilevel_cronbach": {"Alpha": found.value, "N": found.n}}


def make_samples(values):
    described = values if isinstance(values, tuple) else None
    described = described or (values.mean(), values.std(ddof=1), len(values))
    mean, sd, n = (np.array([float(one)]) for one in described)
    return Samples(mean=mean, sd=sd, n=n, covered=np.zeros(1))


def tell_test(found):
    reach = found.reach(0.95)[0]
    difference, error = found.difference[0], found.error[0]
    return {
        "t": difference / error, "df": found.df[0], "p": found.find_p()[0], "diff": difference,
        "ci95": [difference - reach, difference + reach], "se": error,
    }  # fmt: skip


def tell_equivalence(found, bound):
    """Return two one-sided tests (Schuirmann 1987) of a comparison."""
    difference, error, df = found.difference[0], found.error[0], found.df[0]
    low, high = stdtr(df, -(difference + bound) / error), stdtr(df, (difference - bound) / error)
    reach = found.reach(0.90)[0]
    return {
        "p_lower": low, "p_upper": high, "p": max(low, high),
        "ci90": [difference - reach, difference + reach],
    }  # fmt: skip


def find_welch(name, expected):
    if name == "mtcars/mpg_by_am":
        # R's own data: only what follows from sizes, means and standard deviations.
        after, before = (
            make_samples(tuple(expected[key][place] for key in ("mean", "sd", "n")))
            for place in (0, 1)
        )
    else:
        scale, where = re.match(r"synth/(\w+)/(school14)?", name).groups()
        values = average(scale.lower(), {"TRUST": 6, "CE": 4}[scale])
        frame = read()[0].frame
        mine = (frame["school"] == "14").to_numpy() if where else np.full(len(frame), True)
        parts = [mine & (read_waves() == wave) & ~np.isnan(values) for wave in (1, 0)]
        after, before = (make_samples(values[part]) for part in parts)
    found = compare_samples(before, after, 0.0)
    g, unit = standardize(before, after, standardizer="pooled", correction="exact")
    return {
        "n": [after.n[0], before.n[0]], "mean": [after.mean[0], before.mean[0]],
        "sd": [after.sd[0], before.sd[0]], "welch": tell_test(found),
        "hedges_g_pooled": {"g": g[0]},
        "cohens_d_pooled": {"d": found.difference[0] / unit[0]},
        "tost_bound": expected["tost_bound"],
        "tost_welch": tell_equivalence(found, expected["tost_bound"]),
    }  # fmt: skip


def find_paired(name, expected):
    scale = re.match(r"synth/(\w+)/", name).group(1)
    values, frame = average(scale.lower(), {"TRUST": 6, "CE": 4}[scale]), read()[0].frame
    people = frame[["wave", "school", "respondent"]].assign(value=values)
    if name.endswith("school_means"):
        wide = people.groupby(["school", "wave"])["value"].mean().unstack()
    else:
        people = people[people["school"] == "14"] if "school14" in name else people
        wide = people.pivot(index="respondent", columns="wave", values="value").dropna()
    before, after = wide["w1"].to_numpy(), wide["w2"].to_numpy()
    r = np.corrcoef(before, after)[0, 1]
    # Where everybody answered twice, the test for overlapping samples is the paired one.
    overlap = Overlap(n=np.array([float(len(before))]), r=np.array([r]))
    found = compare_overlapping(make_samples(before), make_samples(after), overlap)
    return {
        "n": len(before), "r": r, "mean": [after.mean(), before.mean()],
        "sd_diff": found.error[0] * len(before) ** 0.5, "paired": tell_test(found),
        "tost_bound": expected["tost_bound"],
        "tost": tell_equivalence(found, expected["tost_bound"]),
    }  # fmt: skip


def find_adjusted(expected):
    p = np.array(expected["p"])
    return {
        "p": p,
        "holm": adjust_p(p, np.zeros(len(p), dtype=int)),
        "BH": adjust_for_screening(p),
    }


def find_careless(kind):
    responses, _ = read()
    raw = responses.frame[list(responses.items)].to_numpy(dtype=float, na_value=np.nan)
    if kind == "longstring":
        longest, mean = find_runs(raw)
        return {"longstr": tell_people(longest), "avgstr": tell_people(mean)}
    if kind == "mahad":
        distance, items = find_distance(raw)
        far = int((distance > chi2.ppf(0.99, items)).sum())
        return {"d_sq": tell_people(distance), "n_flag": far}
    if kind == "psychsyn_pairs":
        r = find_correlation(raw)
        pairs = sorted(zip(*np.tril_indices(len(r), -1), strict=True), key=lambda at: -r[at])
        top = [
            {"a": responses.items[row], "b": responses.items[column], "r": r[row, column]}
            for row, column in pairs[:5]
        ]
        return {"n_pairs_ge_.6": len(find_pairs(raw, 0.6)), "top5": top}
    if kind.startswith("psychsyn_"):
        found = tell_people(correlate_pairs(raw, find_pairs(raw, float(kind[-3:]))))
        drawn = ("n_na", "mean", "sd") if kind == "psychsyn_0.5" else ()
        return {name: value for name, value in found.items() if name not in drawn}
    values = {
        "irv": lambda: find_spread(raw),
        "evenodd": lambda: find_even_odd([raw[:, :8], raw[:, 8:]]),
    }
    return tell_people(values[kind]())


def tell_people(values):
    known = values[~np.isnan(values)]
    told = (known.mean(), known.std(ddof=1), known.min(), known.max()) if len(known) else [None] * 4
    return {
        "n": len(values), "n_na": int(np.isnan(values).sum()), "first10": values[:10],
        **dict(zip(("mean", "sd", "min", "max"), told, strict=True)),
    }  # fmt: skip


def find_steps(scale, cases):
    matrix, waves = read_pooled()[scale.lower()], read_waves()
    if cases == "listwise":
        matrix, waves = matrix[read_whole()], waves[read_whole()]
    found = check_invariance(matrix, waves)
    k, n = matrix.shape[1], sum(found.n)
    top = saturate_log_likelihood(matrix, waves)
    told, fits = {}, dict(zip(STEPS, found.fits, strict=True))
    for step, fit in fits.items():
        free = 2 * k * (k + 3) // 2 - fit.df
        log_likelihood = top - fit.chi_square / 2
        told[step] = {
            "chisq": fit.chi_square, "df": fit.df, "pvalue": fit.p, "cfi": fit.cfi, "tli": fit.tli,
            "rmsea": fit.rmsea, "srmr": fit.srmr,
        }  # fmt: skip
        if cases == "listwise":
            told[step] |= {
                "logl": log_likelihood,
                "bic": free * np.log(n) - 2 * log_likelihood,
            }
    moves = {}
    for place, (before, after) in enumerate(pairwise(STEPS)):
        chi_square = fits[after].chi_square - fits[before].chi_square
        df = fits[after].df - fits[before].df
        moves[f"{after}_vs_{before}"] = {
            "dchisq": chi_square, "ddf": df, "p": chdtrc(df, chi_square),
            "dcfi": found.cfi_changes[place], "drmsea": found.rmsea_changes[place],
        }  # fmt: skip
    # R's factor has the unit of the first item.
    scalar, places = fits["scalar"], lay_out_step(2, k, STEPS.index("scalar")).places
    mean, load = scalar.parameters[1, -1], scalar.loadings()[0]
    latent = {"est": mean * load}
    if cases == "fiml":
        at = places[1, -1], places[0, 0]
        slope = np.array([load, mean])
        latent["se"] = np.sqrt(slope @ scalar.covariance[np.ix_(at, at)] @ slope)
        latent["pvalue"] = 2 * ndtr(-abs(latent["est"] / latent["se"]))
    return {"n": found.n, "fit": told, "diff": moves, "latent_mean_diff_scalar": [latent]}


def saturate_log_likelihood(matrix, waves):
    """Return the log likelihood of complete answers under their own means and covariances."""
    total = 0.0
    for wave in (0, 1):
        part = complete(matrix[waves == wave])
        n, k = part.shape
        log_det = np.linalg.slogdet(np.cov(part.T, ddof=0))[1]
        total -= n / 2 * (k * np.log(2 * np.pi) + log_det + k)
    return total


def find_weighted():
    codes = (read_pooled()["trust"] - 1)[read_whole()]
    found = find_polychoric(codes, [6] * 8)
    load = fit_loadings(found.correlation, found.variance)
    return {
        "n": len(codes),
        "loadings": load,
        "semTools_compRelSEM_ordinal_Green_Yang": work_ordinal_omega(
            load, found.thresholds, found.correlation
        ),
        "semTools_alpha_ord": 8 / 7 * (1 - 8 / found.correlation.sum()),
    }


def find_nulls(options):
    steps = np.tile(np.arange(options, dtype=np.int8), 2)[None]
    found = find_agreement(steps, np.zeros(2 * options, dtype=int), 1, [options])
    return {"uniform": found.even[0], "slight_skew": found.slight[0]}


FINDERS = (
    (r"synth:(trust|ce)/(scoreItems|rowmean_minvalid)[/_](.+)", find_scored),
    (r"synth:(trust|ce)/alpha/pairwise/psych_2.2.9", find_older_psych),
    (r"synth:(trust|ce)/alpha/(pairwise|listwise)", find_alpha),
    (r"synth:(trust|ce)/(splitHalf|odd_even)", find_halves),
    (r"synth:(trust|ce)/omega_total_1factor_minres", find_minres),
    (r"synth:(trust|ce)/(cfa1_ml_listwise|cfa1_fiml)", find_factor),
    (r"synth:(trust|ce)/omega_delta_ci/(\w+)/(\w+)", find_omega_interval),
    (r"synth:(trust|ce)/ordinal", find_ordinal),
    (r"synth:(trust|ce)/omega_3factor", find_three_factors),
    (r"traps", find_traps),
    (r"synth/(TRUST|CE)/wave(\d)/icc", find_icc),
    (r"synth/(TRUST|CE)/wave(\d)/eb_means", find_shrunken),
    (r"synth/(TRUST|CE)/wave(\d)/(.+)", find_agreements),
    (r"synth:trust/performance_cronbachs_alpha", find_complete_alpha),
    (r"synth/(TRUST|CE)/invariance_wave_(\w+)", find_steps),
    (r"synth/TRUST/cfa1_wlsmv_listwise", find_weighted),
    (r"synth/(longstring|irv|evenodd|mahad|psychsyn_\S+)", find_careless),
)


def find_record(name, expected):
    """Return the values of a record that climatekit has, in its shape; none for an unknown one."""
    if re.fullmatch(r"\d", name):
        return find_nulls(int(name))
    if name == "p_adjust":
        return find_adjusted(expected)
    if name.endswith("_welch") or name == "mtcars/mpg_by_am":
        return find_welch(name, expected)
    if "/paired" in name:
        return find_paired(name, expected)
    for pattern, find in FINDERS:
        match = re.fullmatch(pattern, name)
        if match:
            return find(*match.groups())
    return {}
