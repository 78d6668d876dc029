"""Batch: a district of 1,000 schools, the whole way, beside peers that only print.

    python benchmarks/batch.py                  # 1,000 schools, 40,000 answers, two workers
    python benchmarks/batch.py --schools 100    # a quick look
    python benchmarks/batch.py --bare           # without Chromium and typst

All ratios are of one run on one machine. The goals stand beside them; a missed goal is said
so, and the exit status is then 1.
"""

from __future__ import annotations

import os

# One thread of linear algebra, as the command line has it; before numpy is loaded.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import batch_peers as peers

from climatekit.knowledge.scales import load_scales
from climatekit.knowledge.settings_file import read_settings
from climatekit.report.brief import Brief
from climatekit.report.html import read_style, render_html
from climatekit.run import making
from climatekit.run.release import run_study
from climatekit.run.study import build_briefs, load_study
from climatekit.run.workshop.rendering import Job
from climatekit.run.workshop.workers import Limits, work_off

BARE_GOAL, BEFORE_GOAL, AGAIN_GOAL, GROWTH_GOAL = 0.85, 0.10, 0.05, 1.10
TOPS = {"ots": 6, "ces_sf": 6, "bscs": 5}
SCALES = tuple(TOPS)
WAVES = (("w1", "Spring 2025", "2025-04-25"), ("w2", "Spring 2026", "2026-04-24"))
STAFF = 20  # who answer, each wave
CHANGED = 10
ROUNDS = 3
CONFIG = """\
config_version = 1
as_of = 2026-11-01
district = "Benchmark District"
scales = {scales}
output = "briefs"
formats = ["pdf"]
roster = "roster.csv"
evidence_log = "log.csv"
"""


def write_study(folder: Path, schools: int) -> Path:
    """Write exports of two waves, a roster and a log of a made-up district; seeded."""
    dice = random.Random(20261101)
    scales = load_scales(SCALES)
    items = {item: TOPS[scale.id] for scale in scales for item in scale.items}
    turned = {
        item for scale in scales for rule in scale.scores.values() for item in rule.reversed_items
    }
    (folder / "exports").mkdir()
    ids = [f"{1000 + number}" for number in range(schools)]
    level = {one: dice.gauss(3.4, 0.3) for one in ids}
    config = CONFIG.format(scales=list(SCALES)).replace("'", '"')
    for place, (wave, label, closed) in enumerate(WAVES):
        with (folder / "exports" / f"{wave}.csv").open("w", newline="", encoding="utf-8") as file:
            sheet = csv.writer(file)
            sheet.writerow(["respondent_id", "school", *items])
            for school in ids:
                shift = level[school] + place * dice.choice((-0.4, 0.0, 0.0, 0.4))
                for person in range(STAFF):
                    own = shift + dice.gauss(0, 0.6)
                    answers = []
                    for item, top in items.items():
                        code = min(top, max(1, round(own + dice.gauss(0, 0.8))))
                        answers.append(top + 1 - code if item in turned else code)
                    sheet.writerow([f"{school}-{wave}-{person}", school, *answers])
        config += (
            f'\n[[waves]]\nid = "{wave}"\nlabel = "{label}"\nclosed = {closed}\n'
            f'exports = ["exports/{wave}.csv"]\n'
        )
    with (folder / "roster.csv").open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["school_id", "school_name", "wave_id", "staff_group", "eligible"])
        for wave, *_ in WAVES:
            sheet.writerows([one, f"School {one}", wave, "", STAFF + 5] for one in ids)
    write_log(folder, ids, 0)
    (folder / "climatekit.toml").write_text(config, encoding="utf-8")
    return folder / "climatekit.toml"


def write_log(folder: Path, ids: Sequence[str], changed: int) -> None:
    """Write a line for each school; the first `changed` schools shared on another day."""
    with (folder / "log.csv").open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["school_id", "wave_id", "event", "date", "audience", "status"])
        for place, school in enumerate(ids):
            day = 21 if place < changed else 20
            sheet.writerow([school, "w2", "shared_back", f"2026-05-{day}", "all_staff", "done"])


@dataclass
class Watch:
    """When briefs were begun and done, and what this process held then."""

    schools: int
    begun: float = 0.0
    ended: float = 0.0
    audit: float = 0.0
    memory: dict[int, float] = field(default_factory=dict)

    def time_audit(self) -> None:
        """Have the audit of this process timed, wherever in the run it stands."""
        honest = making.audit_files

        def audit(*args: Any, **how: Any) -> Any:  # noqa: ANN401
            started = time.perf_counter()
            try:
                return honest(*args, **how)
            finally:
                self.audit += time.perf_counter() - started

        making.audit_files = audit

    def tell(self, done: int, total: int, _failed: int) -> None:
        self.ended = time.perf_counter()
        self.begun = self.begun or self.ended
        if done in {total // 10, total}:
            self.memory[done] = measure_memory()


def measure_memory() -> float:
    """Return the resident memory of this process in MB."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def time_command(*args: str, folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *args], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def time_pool(task: Callable[[Any], bytes], things: Sequence[Any], workers: int) -> float:
    """Return the seconds that the pool takes for a thing, once each worker is warm."""
    # A browser reserves more addresses than a worker's limit allows.
    limits = Limits(
        workers=workers, megabytes=0, preload=("climatekit.run.workshop.rendering", "weasyprint")
    )
    jobs = [(str(number), one) for number, one in enumerate(things)]
    warm, started, done = 2 * workers, 0.0, 0
    for number, ended in enumerate(work_off(jobs, task, limits)):
        if ended.result is None or not ended.result.startswith(b"%PDF"):
            sys.exit(f"{task.__name__} gave no PDF: {ended.failure}")
        if number == warm - 1:
            started = time.perf_counter()
        done += number >= warm
    return (time.perf_counter() - started) / done


def with_style(page: str) -> str:
    """Return a page for the PDF engine with its style sheet inside, for a browser."""
    return page.replace("</head>", f"<style>{read_style()}</style></head>", 1)


def measure_peers(briefs: Sequence[Brief], workers: int, *, bare: bool) -> dict[str, float]:
    """Return briefs a second of ours and of each peer, in turn, so that all meet one load.

    On a sample of the briefs; with `bare`, of bare WeasyPrint alone.
    """
    pages = [render_html(brief, mode="pdf") for brief in briefs]
    jobs = [Job(brief, f"b{place}", ("pdf",)) for place, brief in enumerate(briefs)]
    ways: dict[str, tuple[Callable[[Any], bytes], Sequence[Any]]] = {
        "climatekit": (peers.make_ours, jobs),
        "bare WeasyPrint": (peers.print_bare, pages),
    }
    if not bare:
        ways |= _list_others(briefs)
    spent = dict.fromkeys(ways, 0.0)
    for turn in range(ROUNDS):
        for name, (task, things) in ways.items():
            spent[name] += time_pool(task, things[turn::ROUNDS], workers) / ROUNDS
    return {name: 1 / seconds for name, seconds in spent.items()}


def _list_others(
    briefs: Sequence[Brief],
) -> dict[str, tuple[Callable[[Any], bytes], Sequence[Any]]]:
    others: dict[str, tuple[Callable[[Any], bytes], Sequence[Any]]] = {}
    if peers.find_browser():
        web = [with_style(render_html(brief, mode="html")) for brief in briefs]
        others["headless Chromium"] = peers.print_by_browser, web
    sources = []
    for brief in briefs:
        images: dict[str, bytes] = {}
        sources.append((render_html(brief, mode="pdf", images=images), images))
    others["typst"] = peers.set_by_typst, sources
    return others


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=120, help="briefs that peers print")
    parser.add_argument("--bare", action="store_true", help="leave Chromium and typst out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = write_study(folder, given.schools)
        watch = Watch(given.schools)
        watch.time_audit()
        started = time.perf_counter()
        outcome = run_study(
            read_settings(config), limits=Limits(workers=given.workers), progress=watch.tell
        )
        whole = time.perf_counter() - started
        before = watch.begun - started
        if outcome.exit_code or outcome.schools != given.schools:
            sys.exit(outcome.last_line)
        rendering = watch.ended - watch.begun
        study = load_study(read_settings(config))
        briefs = build_briefs(study, tuple(study.release.schools)[: given.sample])
        rates = measure_peers(briefs, given.workers, bare=given.bare)
        start_up = time_command("-c", "import climatekit.run.release, weasyprint", folder=folder)
        write_log(folder, list(study.release.schools), CHANGED)
        again = time_command(
            "-m", "climatekit", "run", "--workers", str(given.workers), folder=folder
        )
        idle = time_command("-m", "climatekit", "run", folder=folder)
    early, late = watch.memory.values()
    rate, ours = given.schools / rendering, rates["climatekit"]
    lines = [
        ("briefs a second / bare WeasyPrint", ours / rates["bare WeasyPrint"], BARE_GOAL),
        ("reading to gate, and audit / whole run", (before + watch.audit) / whole, BEFORE_GOAL),
        (f"{CHANGED} changed, less start-up / whole run", (again - start_up) / whole, AGAIN_GOAL),
        ("memory at the end / at a tenth", late / early, GROWTH_GOAL),
    ]
    print(
        f"{given.schools} schools, {2 * STAFF * given.schools} answers, {given.workers} workers on "
        f"{os.cpu_count()} cores: {whole:.0f} s, of which {before:.0f} s before the "
        f"briefs, and beside them {watch.audit:.0f} s audit; {rate:.2f} briefs a second; "
        f"start-up {start_up:.1f} s, {CHANGED} changed {again:.1f} s, none {idle:.1f} s; memory "
        f"{early:.0f}, then {late:.0f} MB"
    )
    print(f"a sample of {len(briefs)} briefs by each way, on the same {given.workers} workers:")
    for peer, other in rates.items():
        print(f"{peer:40} {other:6.2f} a second; ours is {ours / other:.2f} of it")
    missed = 0
    for name, value, goal in lines:
        least = goal == BARE_GOAL
        good = value >= goal if least else value <= goal
        missed += not good
        way = "at least" if least else "at most"
        print(f"{name:40} {value:6.2f}   {way} {goal:g}   {'ok' if good else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
