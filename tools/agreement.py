"""Agreement: climatekit's statistics of public data sets beside those of R.

    Rscript tools/agreement.R FOLDER && python tools/agreement.py FOLDER

Prints the largest difference by statistic and data set, beside the tolerance asked for.
Exit status 1 if one is missed. The data sets come with R (attitude) and its packages psych
(bfi), lavaan (HolzingerSwineford1939) and multilevel (bh1996, lq2002, klein2000, cohesion), and
stay there.
"""

# ruff: noqa: INP001, T201, D103 - a script, for developers

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from climatekit.measure.alphas import alpha, alpha_standardized, standardize_alpha
from climatekit.measure.factor_analysis import find_full_omega, find_omega
from climatekit.measure.groups import describe
from climatekit.measure.invariance import STEPS, check_invariance
from climatekit.measure.item_analysis import (
    alpha_if_dropped,
    find_lambda6,
    item_rest,
    split_halves,
)
from climatekit.measure.polychoric import find_polychoric
from climatekit.measure.school_agreement import find_agreement, mean_over_items
from climatekit.measure.school_means import fit_described
from climatekit.measure.variance_table import build_table, icc1, icc2

# Of statistics by the beginning of their name; what is not named here is a closed formula.
TOLERANCES = {
    "lambda6": 1e-8, "omega": 1e-6, "chi_square": 1e-4, "cfi": 1e-6, "rmsea": 1e-6,
    "full_chi_square": 1e-4, "full": 1e-6,
    "polychoric": 1e-4, "ordinal_alpha": 1e-5, "reml": 1e-6, "shrunken": 1e-6,
    "mean_reliability": 1e-6, **{f"{step}_{name}": 1e-4 if name == "chisq" else 1e-6
    for step in STEPS for name in ("chisq", "cfi", "rmsea")},
}  # fmt: skip
EXACT = 1e-10
OPTIONS = {"lq2002_items": 5, "cohesion_items": 5}


def read(folder: Path, name: str) -> np.ndarray:
    return pd.read_csv(folder / f"{name}.csv").to_numpy(dtype=np.float64, na_value=np.nan)


def measure_items(keyed: np.ndarray, *, graded: bool) -> Iterator[tuple[str, float]]:
    whole = keyed[~np.isnan(keyed).any(axis=1)]
    yield "alpha", alpha(keyed).value
    for name, values in (("item_rest", item_rest(keyed)), ("if_dropped", alpha_if_dropped(keyed))):
        yield from ((f"{name}_{place}", one) for place, one in enumerate(values, start=1))
    complete = alpha(whole)
    yield "alpha_complete", complete.value
    yield "feldt_low", complete.low
    yield "feldt_high", complete.high
    yield "standardized_complete", alpha_standardized(whole)
    yield "lambda6_complete", find_lambda6(whole)
    halves = split_halves(whole)
    yield "lambda4", halves.best
    yield "beta", halves.worst
    factor = find_omega(keyed)
    yield "omega", factor.omega.value
    yield "omega_low", factor.omega.low
    yield "omega_high", factor.omega.high
    full = find_full_omega(keyed)
    yield "omega_full", full.omega.value
    yield "omega_full_low", full.omega.low
    yield "omega_full_high", full.omega.high
    yield "full_chi_square", full.fit.chi_square
    yield "full_cfi", full.fit.cfi
    yield "full_tli", full.fit.tli
    yield "full_rmsea", full.fit.rmsea
    yield "full_srmr", full.fit.srmr
    yield "chi_square", factor.fit.chi_square
    yield "cfi", factor.fit.cfi
    yield "rmsea", factor.fit.rmsea
    if not graded:
        return
    below = find_polychoric(whole - 1, [6] * whole.shape[1]).correlation
    # R hands the lower triangle out column by column.
    rho = below.T[np.triu_indices(len(below), 1)]
    yield from ((f"polychoric_{place}", one) for place, one in enumerate(rho, start=1))
    pairs = find_polychoric(keyed - 1, [6] * keyed.shape[1])
    yield "ordinal_alpha", standardize_alpha(pairs.correlation)


def measure_invariance(table: pd.DataFrame) -> Iterator[tuple[str, float]]:
    schools = pd.factorize(table["school"])[0].astype(np.intp)
    found = check_invariance(table.filter(like="x").to_numpy(dtype=np.float64), schools)
    for step, fit in zip(STEPS, found.fits, strict=True):
        yield f"{step}_chisq", fit.chi_square
        yield f"{step}_df", float(fit.df)
        yield f"{step}_cfi", fit.cfi
        yield f"{step}_rmsea", fit.rmsea


def measure_means(values: np.ndarray) -> Iterator[tuple[str, float]]:
    groups = values[:, 0].astype(np.intp) - 1
    told = describe(values[:, 1], groups, int(groups.max()) + 1)
    table, model = build_table(*told), fit_described(*told)
    yield "icc1", icc1(table).value
    yield "icc1_low", icc1(table).low
    yield "icc1_high", icc1(table).high
    yield "icc2", icc2(table).value
    yield "reml_between", model.between
    yield "reml_within", model.within
    yield from ((f"shrunken_{n}", one) for n, one in enumerate(model.shrunken[:5], start=1))
    yield "mean_reliability", float(np.median(model.reliability))


def measure_agreement(values: np.ndarray, options: int) -> Iterator[tuple[str, float]]:
    groups = values[:, 0].astype(np.intp) - 1
    steps = np.nan_to_num(values[:, 1:] - 1, nan=-1).astype(np.int8).T
    count = int(groups.max()) + 1
    found = find_agreement(steps, groups, count, [options] * len(steps))
    for name, own in (
        ("rwgj", np.maximum(found.rwgj(found.even), 0)),
        ("rwgj_slight", np.maximum(found.rwgj(found.slight), 0)),
        ("rwgj_star", found.rwgj_star(found.even)),
        ("ad_mean", mean_over_items(found.from_mean)),
        ("ad_median", mean_over_items(found.from_median)),
    ):
        yield name, float(np.nanmean(own))


def measure(folder: Path, data: str) -> dict[str, float]:
    if data == "holzinger":
        return dict(measure_invariance(pd.read_csv(folder / "holzinger.csv")))
    values = read(folder, data)
    if data in OPTIONS:
        return dict(measure_agreement(values, OPTIONS[data]))
    if data == "attitude" or data.startswith("bfi"):
        return dict(measure_items(values, graded=data != "attitude"))
    return dict(measure_means(values))


def main() -> int:
    folder = Path(sys.argv[1])
    theirs: dict[str, dict[str, float]] = {}
    with (folder / "values.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["value"] != "NA":
                theirs.setdefault(row["data"], {})[row["statistic"]] = float(row["value"])
    worst: dict[tuple[str, str], float] = {}
    for data, values in theirs.items():
        ours = measure(folder, data)
        for name, value in values.items():
            key = re.sub(r"_\d+$", "", name), data
            apart = abs(ours[name] - value) / max(1.0, abs(value))
            worst[key] = max(worst.get(key, 0.0), apart)
    missed = 0
    for (name, data), apart in sorted(worst.items()):
        goal = next((TOLERANCES[one] for one in TOLERANCES if name.startswith(one)), EXACT)
        missed += not apart <= goal
        print(f"{name:<24}{data:<20}{apart:10.1e}   at most {goal:.0e}"
              f"{'' if apart <= goal else '   MISSED'}")  # fmt: skip
    print(f"{len(worst)} statistics, {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
