"""Measure: every statistic of a made-up district, beside a bare kernel, pingouin and pandas.

    python benchmarks/measure.py                  # 80,000 respondents, and 8,000 to 800,000
    python benchmarks/measure.py --schools 50     # a quick look, without the large sizes

500 schools of 40 staff in 4 waves answer 60 items of 6 scales. Processor seconds of one
thread, the best of seven rounds in turn after one that is not timed. Exit status 1 if a goal is
missed.
"""

from __future__ import annotations

import os

# One thread of linear algebra, so that seconds can be compared; before numpy is loaded.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import gc
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Item, ResponseSet, Scale, ScoreRule
from climatekit.measure.agreement import check_agreement
from climatekit.measure.group_alphas import check_groups
from climatekit.measure.school_means import estimate_school_means
from climatekit.measure.scoring import score

SEED = 20261128
SCHOOLS, STAFF, WAVES, SCALES, LENGTH = 500, 40, 4, 6, 10
ROUNDS = 7
SAMPLE = 120
KERNEL_GOAL = 3.0
PINGOUIN_GOAL = 150.0
CSV_GOAL = 1.5
# Cost per respondent may differ by this much from a tenth of the respondents.
LINEAR_GOAL = 1.25
MEMORY_GOAL = 6.0
SIX = ResponseSet(id="six", kind="agreement", low=1, high=6, labels={}, favourable=(5, 6))


def name_items(scale: int) -> list[str]:
    return [f"s{scale}_{number}" for number in range(1, LENGTH + 1)]


def make_scales() -> list[Scale]:
    scales = []
    for number in range(SCALES):
        items = name_items(number)
        signs = {item: -1 if place % 5 == 4 else 1 for place, item in enumerate(items)}
        scales.append(
            Scale(
                id=f"s{number}",
                version="1.0.0",
                title="Made-up",
                abbreviation="MU",
                status="draft",
                constructs=("trust",),
                response_sets={"six": SIX},
                items={
                    item: Item(id=item, number=place, label=item, response_set="six")
                    for place, item in enumerate(items, start=1)
                },
                scores={f"s{number}.t": ScoreRule(id=f"s{number}.t", title="Total", items=signs)},
                level="school",
                rights={},
                citations=(),
            )
        )
    return scales


def make_responses(schools: int) -> Responses:
    """Return one factor a scale, schools that differ, two items in ten reversed, 3% missing."""
    random = np.random.default_rng(SEED)
    people = schools * STAFF * WAVES
    school = np.tile(np.repeat(np.arange(schools), STAFF), WAVES)
    wave = np.repeat(np.arange(WAVES), schools * STAFF)
    columns: dict[str, object] = {
        "wave": pd.array(np.array([f"w{one}" for one in range(WAVES)], dtype=object)[wave], "str"),
        "school": pd.array(
            np.array([f"S{one:05d}" for one in range(schools)], dtype=object)[school], "str"
        ),
        "respondent": pd.array([f"r{one:07d}" for one in range(people)], "str"),
        "role": pd.array(np.full(people, "", dtype=object), "str"),
    }
    for scale in range(SCALES):
        level = random.normal(0, 0.35, schools * WAVES).astype(np.float32)[wave * schools + school]
        level += 0.9 * random.standard_normal(people, dtype=np.float32)
        for place, item in enumerate(name_items(scale)):
            value = 0.7 * level + 0.7 * random.standard_normal(people, dtype=np.float32)
            codes = np.ones(people, dtype=np.int8)
            for cut in (-1.5, -0.8, 0.0, 0.8, 1.5):
                codes += value > cut
            codes = np.int8(7) - codes if place % 5 == 4 else codes
            missing = random.random(people, dtype=np.float32) < 0.03
            columns[item] = pd.arrays.IntegerArray(codes, missing)
        del level, value
    items = tuple(item for scale in range(SCALES) for item in name_items(scale))
    waves = tuple(f"w{one}" for one in range(WAVES))
    return Responses(
        _frame=pd.DataFrame(columns, copy=False),
        waves=waves,
        items=items,
        asked=dict.fromkeys(waves, frozenset(items)),
    )


def run_kernel(blocks: list[np.ndarray]) -> np.ndarray:
    """Return the alphas of answers that lie ready: lay out, multiply, divide; nothing else."""
    found = []
    for block in blocks:
        items = block.shape[1]
        both = np.empty((len(block), 2 * items, block.shape[2]), np.float32)
        np.maximum(block, 0, out=both[:, :items])
        np.greater_equal(block, 0, out=both[:, items:])
        product = np.matmul(both, both.transpose(0, 2, 1)).astype(np.float64)
        n, sums = product[:, items:, items:], product[:, :items, items:]
        cov = (product[:, :items, :items] - sums * sums.transpose(0, 2, 1) / n) / (n - 1)
        trace = np.trace(cov, axis1=1, axis2=2)
        found.append(items / (items - 1) * (1 - trace / cov.sum(axis=(1, 2))))
    return np.concatenate(found)


def lay_blocks(responses: Responses, schools: int) -> list[np.ndarray]:
    """Return keyed steps as int8, schools by items by people, one block a scale and wave."""
    frame = responses.frame
    blocks = []
    for scale in range(SCALES):
        columns = []
        for place, item in enumerate(name_items(scale)):
            codes = frame[item].to_numpy(dtype=np.int8, na_value=0)
            steps = np.where(codes > 0, 6 - codes if place % 5 == 4 else codes - 1, -1)
            columns.append(steps.astype(np.int8).reshape(WAVES, schools, STAFF))
        whole = np.stack(columns, axis=2)
        blocks += [np.ascontiguousarray(whole[wave]) for wave in range(WAVES)]
    return blocks


def key_sample(responses: Responses, scales: list[Scale]) -> pd.DataFrame:
    """Return keyed answers of the first wave and some schools, as pingouin is given them."""
    frame = responses.frame
    some = (frame["wave"] == "w0") & (frame["school"] < f"S{SAMPLE // SCALES:05d}")
    part = replace(responses, _frame=frame[some].reset_index(drop=True), waves=("w0",))
    return score(part, scales).keyed


def run_pingouin(keyed: pd.DataFrame, scales: list[Scale]) -> dict[tuple[str, str], float]:
    """Return the alphas of a pingouin loop over some schools.

    As an analyst would write it: keyed answers that lie ready, one school after the other,
    the columns of one scale after the other.
    """
    import pingouin

    return {
        (f"{scale.id}.t", str(school)): float(
            pingouin.cronbach_alpha(data=rows[list(scale.items)])[0]
        )
        for school, rows in keyed.groupby("school")
        for scale in scales
    }


def measure_everything(responses: Responses, scales: list[Scale]) -> None:
    """Score, and work out alpha, ICC, rwg, AD and the empirical-Bayes means."""
    responses._numbered.clear()  # noqa: SLF001 (each round numbers schools anew)
    scores = score(responses, scales)
    check_groups(responses, scales)
    check_agreement(scores, responses, scales)
    estimate_school_means(scores, responses, scales, over_items=False)


def time_in_turn(jobs: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return each job's times; in turn, so that a busy moment meets them alike.

    A first round, in which libraries load and caches fill, is not timed.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            gc.collect()
            started = time.process_time()
            job()
            times[name].append(time.process_time() - started)
    return times


def compare(times: dict[str, list[float]], upper: str, lower: str, scale: float = 1) -> float:
    """Return the ratio of two jobs' shortest times, and print it round by round."""
    by_round = [scale * a / b for a, b in zip(times[upper], times[lower], strict=True)]
    best = scale * min(times[upper]) / min(times[lower])
    print(f"  {upper} / {lower}: {best:.3g}, by round {min(by_round):.3g} to {max(by_round):.3g}")
    return best


def resident(field: str) -> int:
    status = Path("/proc/self/status").read_text()
    line = next(one for one in status.splitlines() if one.startswith(field))
    return int(line.split()[1]) * 1024


def measure_size(schools: int) -> dict[str, float]:
    """Measure everything once in a fresh process, with its highest memory above the start."""
    scales = make_scales()
    measure_everything(make_responses(2), scales)
    gc.collect()
    constant = resident("VmRSS")
    responses = make_responses(schools)
    held = resident("VmHWM") - constant
    seconds = []
    for _ in range(3 if schools <= SCHOOLS else 1):
        started = time.process_time()
        measure_everything(responses, scales)
        seconds.append(time.process_time() - started)
    return {
        "seconds": min(seconds), "constant": constant, "held": held,
        "peak": resident("VmHWM") - constant,
    }  # fmt: skip


def measure_apart(schools: int) -> dict[str, float]:
    ended = subprocess.run(
        [sys.executable, __file__, "--one", str(schools)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(ended.stdout)


def say(what: str, value: float, goal: float, *, least: bool = False) -> bool:
    held = value >= goal if least else value <= goal
    print(
        f"{what:<58}{value:8.2f}   goal {'>=' if least else '<='} {goal:6.2f}   "
        f"{'held' if held else 'MISSED'}"
    )
    return held


def compare_alphas(responses: Responses, schools: int) -> list[bool]:
    scales = make_scales()
    blocks = lay_blocks(responses, schools)
    keyed = key_sample(responses, scales)
    times = time_in_turn(
        {
            "kernel": lambda: run_kernel(blocks),
            "climatekit": lambda: check_groups(responses, scales),
            "pingouin": lambda: run_pingouin(keyed, scales),
        }
    )
    theirs = run_pingouin(keyed, scales)
    cells = schools * WAVES * SCALES
    table = check_groups(responses, scales)
    apart = np.abs(run_kernel(blocks) - table["alpha"].to_numpy()).max()
    ours = table[table["wave"] == "w0"].set_index(["score", "school"])["alpha"]
    apart = max(apart, *(abs(value - ours[key]) for key, value in theirs.items()))
    more = cells / len(theirs)
    print(f"{cells:,} school alphas with Feldt's intervals; all agree within {apart:.0e}")
    print(f"  kernel      {min(times['kernel']):8.3f} s   bare matrix products")
    print(f"  climatekit  {min(times['climatekit']):8.3f} s")
    print(
        f"  pingouin    {more * min(times['pingouin']):8.1f} s   scaled from {len(theirs)} alphas"
    )
    to_kernel = compare(times, "climatekit", "kernel")
    to_pingouin = compare(times, "pingouin", "climatekit", more)
    return [
        say("alphas, times the bare matrix products", to_kernel, KERNEL_GOAL),
        say("pingouin's time, times climatekit's", to_pingouin, PINGOUIN_GOAL, least=True),
        apart < 1e-10,
    ]


def compare_reading(responses: Responses, path: Path) -> list[bool]:
    responses.frame.to_csv(path, index=False)
    scales = make_scales()
    times = time_in_turn(
        {
            "read_csv": lambda: pd.read_csv(path),
            "everything": lambda: measure_everything(responses, scales),
        }
    )
    people = len(responses.frame)
    print(f"{people:,} x 60, {path.stat().st_size / 1e6:.0f} MB")
    print(f"  read_csv    {min(times['read_csv']):8.3f} s   pandas")
    print(f"  everything  {min(times['everything']):8.3f} s   score, alpha, ICC, rwg, AD, EB means")
    ratio = compare(times, "everything", "read_csv")
    return [say("everything, times reading the CSV", ratio, CSV_GOAL)]


def compare_sizes() -> list[bool]:
    found = {}
    for schools in (SCHOOLS // 10, SCHOOLS, SCHOOLS * 10):
        one = found[schools] = measure_apart(schools)
        people = schools * STAFF * WAVES
        print(
            f"  {people:8,} respondents {one['seconds']:8.3f} s   peak {one['peak'] / 1e6:6.0f} MB "
            f"(answers and keys {one['held'] / 1e6:.0f} MB) above {one['constant'] / 1e6:.0f} MB"
        )
    rate = {schools: one["seconds"] / schools for schools, one in found.items()}
    raw = SCHOOLS * 10 * STAFF * WAVES * SCALES * LENGTH
    return [
        say("cost per respondent, 80,000 to 8,000", rate[SCHOOLS] / rate[SCHOOLS // 10],
            LINEAR_GOAL),
        say("cost per respondent, 800,000 to 80,000", rate[SCHOOLS * 10] / rate[SCHOOLS],
            LINEAR_GOAL),
        say("peak memory at 800,000, times the raw answers", found[SCHOOLS * 10]["peak"] / raw,
            MEMORY_GOAL),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=SCHOOLS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure_size(asked.one)))
        return 0
    print(f"python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}")
    responses = make_responses(asked.schools)
    held = compare_alphas(responses, asked.schools)
    with tempfile.TemporaryDirectory(prefix="climatekit-benchmark-") as folder:
        held += compare_reading(responses, Path(folder) / "answers.csv")
    if asked.schools == SCHOOLS:
        held += compare_sizes()
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
