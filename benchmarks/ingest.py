"""Ingest: a made-up export read, checked and coded, beside pandas reading the same file.

    python benchmarks/ingest.py                 # 200,000 respondents x 120 columns
    python benchmarks/ingest.py --rows 20000    # a quick look

Every timing is of a fresh process, the best of three. Exit status 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from climatekit.ingest.intake import read_export
from climatekit.knowledge.scales import Item, ResponseSet, Scale, ScoreRule
from climatekit.knowledge.settings import ReadingSettings, Settings

SEED = 20261124
COLUMNS = 120
OTHERS = ("ResponseId", "School", "Role", "Recorded", "Minutes", "Device", "Language", "Comment")
ITEMS = COLUMNS - len(OTHERS)
LABELS = {
    1: "Strongly disagree",
    2: "Disagree",
    3: "Somewhat disagree",
    4: "Somewhat agree",
    5: "Agree",
    6: "Strongly agree",
}
TIME_GOAL = MEMORY_GOAL = 4.0
# Time per row may differ by this much between a quarter of the rows and all of them.
LINEAR_GOAL = 1.25
ROUNDS = 3


def make_scale() -> Scale:
    items = {
        f"mu_{number}": Item(
            id=f"mu_{number}", number=number, label=f"Topic {number}", response_set="agree6"
        )
        for number in range(1, ITEMS + 1)
    }
    return Scale(
        id="mu",
        version="1.0.0",
        title="Made-up scale",
        abbreviation="MU",
        status="checked",
        constructs=("trust",),
        response_sets={
            "agree6": ResponseSet(
                id="agree6", kind="agreement", low=1, high=6, labels=LABELS, synonyms={},
                not_answers=("Don't know",),
            )
        },
        items=items,
        scores={"mu.total": ScoreRule(id="mu.total", title="Total", items=dict.fromkeys(items, 1))},
        level="school",
        rights={},
        citations=(),
    )  # fmt: skip


def write_export(path: Path, rows: int, *, numbers: bool) -> None:
    """Write `rows` people: ids and minutes all different, comments, 2 in 100 answers blank."""
    random = np.random.default_rng(SEED)
    texts = [str(code) if numbers else label for code, label in LABELS.items()] + [""]
    share = np.array([0.05, 0.10, 0.15, 0.25, 0.28, 0.15, 0.02])
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join([*OTHERS, *(f"mu_{n}" for n in range(1, ITEMS + 1))]) + "\r\n")
        for first in range(0, rows, 10_000):
            size = min(10_000, rows - first)
            answers = np.array(texts, dtype=object)[random.choice(7, (size, ITEMS), p=share)]
            schools = random.integers(1, 301, size)
            minutes = random.integers(120, 3_000, size)
            for index in range(size):
                number = first + index
                role = ("Teacher", "Support staff", "Leader")[number % 10 // 5 + (number % 97 == 0)]
                comment = f'"Entry {number}, ""as said"""' if number % 20 == 0 else ""
                stream.write(
                    f"R_{number * 7919:012x},School {schools[index]:03d},{role},"
                    f"2026-04-{number % 28 + 1:02d} 09:{number % 60:02d}:{number % 59:02d},"
                    f"{minutes[index]},Desktop,EN,{comment},{','.join(answers[index])}\r\n"
                )


def read_here(path: Path) -> pd.DataFrame:
    settings = Settings(reading=ReadingSettings(max_bytes=2_000_000_000, max_rows=10_000_000))
    return read_export(path, scales=(make_scale(),), wave="w1", settings=settings).frame


def read_with_pandas(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str)


READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "climatekit": read_here,
    "pandas": read_with_pandas,
}


def resident(field: str) -> int:
    """Return VmRSS (now) or VmHWM (highest) of this process, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(one for one in status.read_text().splitlines() if one.startswith(field))
        return int(line.split()[1]) * 1024
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure(reader: str, path: Path, warm: Path) -> dict[str, float]:
    """Read `path` once in this process, all imports and look-ups done before."""
    READERS[reader](warm)
    gc.collect()
    before = resident("VmRSS")
    started = time.perf_counter()
    frame = READERS[reader](path)
    seconds = time.perf_counter() - started
    peak = resident("VmHWM") - before
    memory = int(frame.memory_usage(deep=True).sum())
    return {"seconds": seconds, "peak": peak, "frame": memory, "rows": len(frame)}


def measure_best(reader: str, path: Path, warm: Path) -> dict[str, float]:
    found = []
    for _ in range(ROUNDS):
        ended = subprocess.run(
            [sys.executable, __file__, "--one", reader, str(path), str(warm)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        found.append(json.loads(ended.stdout))
    return {name: min(one[name] for one in found) for name in found[0]}


def say(what: str, value: float, goal: float) -> bool:
    held = value <= goal
    print(f"{what:<46}{value:6.2f}   goal <= {goal:.2f}   {'held' if held else 'MISSED'}")
    return held


def compare(folder: Path, rows: int, *, numbers: bool) -> bool:
    warm = folder / "warm.csv"
    write_export(warm, 200, numbers=numbers)
    sizes = (rows // 4, rows // 2, rows)
    ours = {}
    for size in sizes:
        path = folder / f"export_{size}.csv"
        write_export(path, size, numbers=numbers)
        ours[size] = measure_best("climatekit", path, warm)
        if ours[size]["rows"] != size:
            print(f"climatekit kept {ours[size]['rows']:,.0f} of {size:,} people")
            return False
    theirs = measure_best("pandas", folder / f"export_{rows}.csv", warm)
    megabytes = (folder / f"export_{rows}.csv").stat().st_size / 1e6
    print(
        f"{rows:,} x {COLUMNS}, answers as {'numbers' if numbers else 'words'}, {megabytes:.0f} MB"
    )
    print(f"  pandas      {theirs['seconds']:6.2f} s   its frame {theirs['frame'] / 1e6:7.0f} MB")
    for size in sizes:
        one = ours[size]
        print(
            f"  climatekit  {one['seconds']:6.2f} s   peak {one['peak'] / 1e6:7.0f} MB   {size:,}"
        )
    growth = ours[sizes[2]]["seconds"] / sizes[2] / (ours[sizes[0]]["seconds"] / sizes[0])
    seconds = ours[rows]["seconds"] / theirs["seconds"]
    memory = ours[rows]["peak"] / theirs["frame"]
    return all(
        [
            say("time, times pandas'", seconds, TIME_GOAL),
            say("peak memory, times pandas' frame", memory, MEMORY_GOAL),
            say("time per row, all rows to a quarter of them", growth, LINEAR_GOAL),
        ]
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="people in the largest export")
    parser.add_argument("--answers", choices=("words", "numbers", "both"), default="both")
    parser.add_argument(
        "--one", nargs=3, metavar=("READER", "FILE", "WARM"), help=argparse.SUPPRESS
    )
    asked = parser.parse_args()
    if asked.one:
        reader, path, warm = asked.one
        print(json.dumps(measure(reader, Path(path), Path(warm))))
        return 0
    print(f"python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}")
    kinds = ("words", "numbers") if asked.answers == "both" else (asked.answers,)
    held = []
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="climatekit-benchmark-") as folder:
            held.append(compare(Path(folder), asked.rows, numbers=kind == "numbers"))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
