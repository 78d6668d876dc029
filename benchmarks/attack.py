"""Attack: random districts, whole releases, every attacker, reading the files alone.

    python benchmarks/attack.py                     # 50 districts, for every change
    python benchmarks/attack.py --districts 1000    # before a release; an hour and more
    python benchmarks/attack.py --districts 6 --schools 20    # a small look

Each district has 4 to 60 schools of 5 to 120 staff in three roles, of whom 50 to 95% answer
in each of three waves; teachers and all other staff are told apart where the rules allow.
Every fourth district is published wave by wave, so that there are earlier releases to attack
as well, and every second of these begins with a lower least group size; every fifth district
with a web brief of each school in two languages, whose every number is read. Goal: nothing
recovered. The same run attacks weak releases, and must break each: a privacy test that has
stopped finding planted leaks is red. It then prints the price: what is published
beside the bare rule "nothing under 10".
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import itertools
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t

from climatekit.errors import ClimatekitError
from climatekit.knowledge.scales import Scale, load_scales
from climatekit.knowledge.settings_file import read_settings
from climatekit.measure.alphas import alpha
from climatekit.measure.variance_table import analyse_variance, icc2
from climatekit.release.audit import attack
from climatekit.release.histograms import find_recovered, fit_histograms
from climatekit.release.ledger import Entry
from climatekit.release.readout import FULL, Breach, Readout, ScoreShape
from climatekit.release.relations import Group
from climatekit.release.rules import REASONS
from climatekit.run import making, release
from climatekit.run.audit.auditing import Audited, attack_output, audit_pages, list_insiders
from climatekit.run.audit.number_reader import read_output
from climatekit.run.audit.numbers import audit_numbers
from climatekit.run.audit.output_reader import read_folder
from climatekit.run.study import Study
from climatekit.values import Withheld

SCALES = ("ots", "ces_sf", "bscs")
WAVES = {"w1": "2024-04-26", "w2": "2025-04-25", "w3": "2026-04-24"}
ROLES = ("Teacher", "Support staff", "Administrator")
ROLE_SHARES = (0.72, 0.22, 0.06)
ROLE_GROUPS = {"teachers": ROLES[:1], "others": ROLES[1:]}
PLAIN = 'formats = ["json"]\n'
PAGED = 'formats = ["json", "html"]\nalso_in = ["es"]\n'
MIN_N, MIN_N_DETAIL = 10, 20
LOWER_MIN_N = 8
EXTRA_GOAL = 0.20  # more cells hidden than the bare rule hides

_COUNTED = (
    "districts", "releases", "refused", "schools", "hidden", "least", "numbers", "people",
)  # fmt: skip

Rows = list[list[str]]


@dataclass(slots=True)
class Tally:
    """What came out of some districts."""

    districts: int = 0
    releases: int = 0
    refused: int = 0
    schools: int = 0
    hidden: int = 0
    least: int = 0
    numbers: int = 0
    people: int = 0
    breaches: list[Breach] = field(default_factory=list)
    shown: Counter[str] = field(default_factory=Counter)
    allowed: Counter[str] = field(default_factory=Counter)
    cells: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        for name in (
            "districts",
            "releases",
            "refused",
            "schools",
            "hidden",
            "least",
            "numbers",
            "people",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.breaches += other.breaches
        for name in ("shown", "allowed", "cells", "seconds"):
            getattr(self, name).update(getattr(other, name))


def draw_district(seed: int, most: int) -> tuple[dict[str, Rows], Rows]:
    """Return each wave's records, without a heading, and the roster's; of `most` schools."""
    dice = np.random.default_rng(seed)
    scales = load_scales(SCALES)
    schools = int(dice.integers(4, most + 1))
    sizes = np.clip(np.exp(dice.normal(3.4, 0.75, schools)), 5, 120).astype(int)
    exports: dict[str, Rows] = {wave: [] for wave in WAVES}
    roster: Rows = []
    for number, size in enumerate(sizes):
        name = f"School {number + 1}"
        mood = dice.normal(0, 0.35)
        for wave in WAVES:
            roles = dice.choice(len(ROLES), size=size, p=ROLE_SHARES)
            roles[0] = len(ROLES) - 1  # every school has somebody who runs it
            answered = dice.random(size) < dice.uniform(0.5, 0.95)
            roster.append([name, name, wave, "", str(size)])
            roster += [
                [name, name, wave, role, str(count)]
                for place, role in enumerate(ROLES)
                if (count := int((roles == place).sum()))
            ]
            answers = draw_answers(dice, scales, int(answered.sum()), mood)
            people = (f"{wave}-{number}-{one}" for one in range(size))
            for person, role, row in zip(people, roles[answered], answers, strict=False):
                exports[wave].append([person, name, ROLES[role], *row])
            mood += dice.normal(0, 0.15)
    return exports, roster


def draw_answers(
    dice: np.random.Generator, scales: Sequence[Scale], people: int, mood: float
) -> list[list[str]]:
    """Draw answers of one factor a person and one an item; 2% are left blank."""
    person = dice.normal(mood, 0.7, people)
    columns = []
    for scale in scales:
        view = person + dice.normal(0, 0.5, people)
        signs = {
            item: -1 if item in rule.reversed_items else 1
            for rule in scale.scores.values()
            for item in rule.items
        }
        for item in scale.items:
            options = scale.response_set_of(item)
            middle = (options.low + options.high + 1) / 2
            drawn = middle + signs.get(item, 1) * (view + dice.normal(0, 0.9, people))
            codes = np.clip(np.rint(drawn), options.low, options.high).astype(int)
            blank = dice.random(people) < 0.02
            columns.append(
                ["" if gone else str(code) for gone, code in zip(blank, codes, strict=True)]
            )
    return [list(row) for row in zip(*columns, strict=True)]


def write_district(
    folder: Path,
    exports: Mapping[str, Rows],
    roster: Rows,
    *,
    paged: bool = False,
    min_n: int = MIN_N,
) -> Path:
    """Write a district's files; a `paged` one has a web brief of each school in two languages."""
    items = [item for scale in load_scales(SCALES) for item in scale.items]
    heading = ["person", "school", "role", *items]
    for wave, rows in exports.items():
        write_rows(folder / f"{wave}.csv", heading, rows)
    write_rows(
        folder / "roster.csv",
        ["school_id", "school_name", "wave_id", "staff_group", "eligible"],
        [row for row in roster if row[2] in exports],
    )
    waves = "".join(
        f'[[waves]]\nid = "{wave}"\nlabel = "{wave}"\nclosed = {WAVES[wave]}\n'
        f'exports = ["{wave}.csv"]\n'
        for wave in exports
    )
    groups = "".join(
        f'[[role_groups]]\nid = "{group}"\nroles = {json.dumps(roles)}\n'
        for group, roles in ROLE_GROUPS.items()
    )
    config = folder / "climatekit.toml"
    config.write_text(
        'config_version = 1\nas_of = 2026-11-01\nroster = "roster.csv"\noutput = "briefs"\n'
        f'{PAGED if paged else PLAIN}[columns]\nschool = "school"\nrole = "role"\n'
        f'respondent = "person"\n{waves}{groups}'
        f"[disclosure]\nmin_n = {min_n}\n"
        + ('reason = "all of them are made up"\n' if min_n < MIN_N else ""),
        "utf-8",
    )
    return config


def write_rows(path: Path, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)


def attack_district(seed: int, most: int) -> Tally:
    """Publish one district, then attack what lies in its folder."""
    tally = Tally(districts=1)
    exports, roster = draw_district(seed, most)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rounds = (
            [list(WAVES)[: count + 1] for count in range(3)] if seed % 4 == 0 else [list(WAVES)]
        )
        for waves in rounds:
            config = write_district(
                folder,
                {wave: exports[wave] for wave in waves},
                roster,
                paged=seed % 5 == 2,
                min_n=LOWER_MIN_N if seed % 8 == 0 and len(waves) == 1 else MIN_N,
            )
            started = time.process_time()
            with keeping_study() as kept:
                try:
                    path = release.run_study(read_settings(config)).path
                except ClimatekitError as error:
                    if error.exit_code != 7:
                        raise
                    tally.refused += 1
                    continue
            tally.seconds["run"] += time.process_time() - started
            tally.releases += 1
            started = time.process_time()
            files = read_folder(path)
            output = read_output(files)
            tally.breaches += attack_output(output, list_insiders(kept[0]))
            tally.breaches += audit_numbers(files, output)
            tally.breaches += audit_pages(files, output)[1]
            tally.seconds["attack"] += time.process_time() - started
        tally.numbers = len(output.ledger)
        tally.hidden = len(output.readout.hidden)
        tally.schools = len({row[1] for rows in exports.values() for row in rows})
        tally.people = sum(len(rows) for rows in exports.values())
        count_price(tally, output.read, exports)
    return tally


@contextlib.contextmanager
def keeping_study() -> Iterator[list[Study]]:
    """Keep the study of a run, for what insiders know, and leave the audit to us."""
    kept: list[Study] = []
    own = making.audit_files

    def keep(_files: object, _manifest: object, study: Study, *_: object, **__: object) -> Audited:
        kept.append(study)
        return Audited((), {})

    making.audit_files = keep  # type: ignore[assignment]
    try:
        yield kept
    finally:
        making.audit_files = own


def count_price(tally: Tally, read: Sequence[Any], exports: Mapping[str, Rows]) -> None:
    """Count what is published, and what the bare rule would publish."""
    people: Counter[tuple[str, str, str]] = Counter()
    group_of = {role: group for group, roles in ROLE_GROUPS.items() for role in roles}
    for wave, rows in exports.items():
        for row in rows:
            people[wave, row[1], ""] += 1
            people[wave, row[1], group_of[row[2]]] += 1
    statistics = {"answered": "schools", "points": "scores", "favourable": "items"}
    # A table and a brief write the same number in other words.
    for entry in {one.about: one for one in read}.values():
        kind = statistics.get(entry.statistic)
        if kind and entry.school and not (entry.role and kind != "schools"):
            tally.shown["role cells" if entry.role else kind] += 1
    scales = load_scales(SCALES)
    each = {
        "schools": 1,
        "scores": sum(len(scale.scores) for scale in scales),
        "items": sum(len(scale.items) for scale in scales),
    }
    for wave, school in {(wave, school) for wave, school, _ in people}:
        groups = [people[wave, school, role] for role in ("", *ROLE_GROUPS)]
        tally.least += count_least(*groups)
    for (_, _, role), count in people.items():
        for kind, number in {"role cells": 1}.items() if role else each.items():
            tally.cells[kind] += number
            tally.allowed[kind] += number * (count >= MIN_N)


def count_least(whole: int, *roles: int) -> int:
    """Return how few of a school and its role groups can be hidden, trying every way.

    Small ones are hidden; what is hidden of a school that is shown is ten people in two
    groups at least; of a hidden school one group is hidden as well.
    """
    parts = [size for size in roles if size]
    sizes = [whole, *parts]
    least = len(sizes)
    for choice in itertools.product((False, True), repeat=len(sizes)):
        if any(size < MIN_N and not hide for size, hide in zip(sizes, choice, strict=True)):
            continue
        rest = [size for size, hide in zip(parts, choice[1:], strict=True) if hide]
        safe = bool(rest) if choice[0] else not rest or (sum(rest) >= MIN_N and len(rest) > 1)
        if safe or not parts:
            least = min(least, sum(choice))
    return least


# ----------------------------------------------------------------------------------------------
# Weak releases: files as a tool would write them that knows less about disclosure


WEAK_TABLES = {
    "scores.csv": "school role wave score answered points low high native withheld",
    "reliability_detail.csv": "wave since role score item statistic value low high people",
}


def write_weak(
    folder: Path,
    rows: Sequence[Mapping[str, object]],
    detail: Sequence[Mapping[str, object]] = (),
) -> Path:
    """Write a release of people and means of schools, roles and district, and coefficients."""
    folder.mkdir(parents=True)
    for (name, columns), own in zip(WEAK_TABLES.items(), (rows, detail), strict=True):
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, columns.split(), restval="")
        writer.writeheader()
        writer.writerows(own)
        (folder / name).write_text(stream.getvalue(), "utf-8")
    manifest = {
        "run_key": "0" * 64,
        "settings": {
            "disclosure": {"min_n": MIN_N},
            "comparison": {"retest_reliability": 0.6},
            "waves": [{"id": "w1", "label": "w1"}],
            "scales": ["ots", "ces_sf"],
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def attack_weak(
    folder: Path,
    rows: Sequence[Mapping[str, object]],
    detail: Sequence[Mapping[str, object]] = (),
    staff: Mapping[Group, float] | None = None,
) -> tuple[Breach, ...]:
    output = read_output(read_folder(write_weak(folder, rows, detail)))
    return attack(output.readout, retest=output.retest, staff=staff)


def tell(
    group: tuple[str, str], people: int, mean: float | None = None, *, shown: bool = True
) -> dict[str, object]:
    row: dict[str, object] = {"school": group[0], "role": group[1], "wave": "w1"}
    row["score"] = "ots.tp"
    if not shown:
        return row | {"withheld": "too few"}
    return row | {"answered": people, "points": "" if mean is None else f"{mean:.2f}"}


def draw_table(seed: int) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], float]]:
    """Draw people and score sums of each school and role."""
    dice = np.random.default_rng(seed)
    people: dict[tuple[str, str], int] = {}
    sums: dict[tuple[str, str], float] = {}
    for number in range(int(dice.integers(4, 13))):
        size = int(np.clip(np.exp(dice.normal(3.3, 0.75)), 5, 120) * dice.uniform(0.5, 0.95))
        counts = dice.multinomial(max(size, 3), ROLE_SHARES)
        for role, count in zip(ROLES, counts, strict=True):
            cell = f"s{number}", role
            people[cell] = int(count)
            sums[cell] = float(np.clip(dice.normal(60, 15, count), 0, 100).sum())
    return people, sums


def add_totals(cells: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    totals = {cell: value for cell, value in cells.items() if value}
    for (school, role), value in cells.items():
        for total in ((school, ""), ("", role), ("", "")):
            totals[total] = totals.get(total, 0) + value
    return totals


def list_bare(seed: int) -> list[dict[str, object]]:
    """Hide what is under ten, and nothing else."""
    cells, sums = draw_table(seed)
    people, totals = add_totals(cells), add_totals(sums)
    return [
        tell(group, int(count), totals[group] / count, shown=count >= MIN_N)
        for group, count in people.items()
        if count
    ]


def list_two_a_line(seed: int) -> list[dict[str, object]]:
    """Hide what is under ten, and where one part of a total is hidden, the next smallest."""
    cells, sums = draw_table(seed)
    people, totals = add_totals(cells), add_totals(sums)
    hidden = {group for group, count in people.items() if count < MIN_N}
    lines = [
        (total, [part for part in people if part != total and is_part(part, total)])
        for total in people
        if "" in total
    ]
    for _ in range(len(people)):
        for total, parts in lines:
            inside = [part for part in parts if part in hidden]
            if total not in hidden and len(inside) == 1 and len(parts) > 1:
                hidden.add(min((p for p in parts if p not in hidden), key=people.__getitem__))
    return [
        tell(group, int(count), totals[group] / count, shown=group not in hidden)
        for group, count in people.items()
        if count
    ]


def is_part(part: tuple[str, str], total: tuple[str, str]) -> bool:
    school, role = total
    if not school and not role:
        return bool(part[0]) != bool(part[1])
    return all(part) and part[0 if school else 1] == (school or role)


# sdcTable (github.com/sdcTools/sdcTable), tests/testthat/test-simpleheuristic.R: two or more
# hidden cells in every line, and yet one of them, of 47, can be worked out.
_TABLE = {
    "w": {"a": 30, "b": 47, "c": 64, "d": 89},
    "x": {"a": 90, "b": 124, "c": 5, "d": 31},
    "y": {"a": 92, "b": 100, "c": 59, "d": 85},
    "z": {"a": 800, "b": 991, "c": 651, "d": 685},
}
_HIDDEN = frozenset({"wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"})


def list_sdctable() -> list[dict[str, object]]:
    cells = {(row, column): n for row, own in _TABLE.items() for column, n in own.items()}
    return [
        tell(group, int(count), shown="".join(group) not in _HIDDEN)
        for group, count in add_totals(cells).items()
    ]


def list_thirteen() -> list[dict[str, object]]:
    """Print a school of thirteen and its eleven teachers; hide the two others."""
    return [
        tell(("s", ""), 13, 58.46),
        tell(("s", "Teacher"), 11, 60.91),
        tell(("s", "Nurse"), 1, shown=False),
        tell(("s", "Principal"), 1, shown=False),
    ]


def list_half() -> list[dict[str, object]]:
    """Print a total and one of its halves; hide the other, in which all are of one mind."""
    rows = [tell(("s", ""), 14, mean) for mean in (68, 56, None)]
    for row, part in zip(rows, ("total", "gc", "ta"), strict=True):
        row |= {"score": f"ces_sf.{part}"}
    return [*rows[:2], rows[2] | {"withheld": REASONS["protected"]}]


EVERYBODY = (17, 17, 17, 17, 17, 17, 9, 8)  # staff of each school, who all answered


def list_everybody(
    seed: int,
) -> tuple[list[dict[str, object]], list[dict[str, object]], dict[Group, float]]:
    """Hide two small schools, print their pool, and coefficients of everybody, theirs too."""
    dice = np.random.default_rng(seed)
    schools = np.repeat(np.arange(len(EVERYBODY)), EVERYBODY)
    mood = dice.normal(0, 0.15, len(EVERYBODY))[schools]
    person = dice.normal(mood, 0.7)[:, None] + dice.normal(0, 0.9, (len(schools), 8))
    items = np.clip(np.rint(3.5 + person), 1, 6)
    points = FULL * (items.mean(axis=1) - 1) / 5
    rows = [tell(("", ""), len(schools), shown=True)]
    for number, size in enumerate(EVERYBODY):
        mean = round(float(points[schools == number].mean()))
        rows.append(tell((f"s{number}", ""), size, mean, shown=size >= MIN_N))
    whole = alpha(items)
    between = icc2(analyse_variance(points, schools))
    if isinstance(whole, Withheld) or isinstance(between, Withheld):
        raise TypeError("the coefficients of a planted release cannot be estimated")
    told = {
        "alpha_total": round(whole.value, 2),
        "sem": round(float(points.std(ddof=1)) * (1 - whole.value) ** 0.5, 2),
        "icc2": round(between.value, 2),
    }
    detail: list[dict[str, object]] = [
        {"wave": "w1", "score": "ots.tp", "statistic": name, "value": value}
        for name, value in told.items()
    ]
    staff = {Group("w1", f"s{number}"): float(size) for number, size in enumerate(EVERYBODY)}
    return rows, detail, staff


def attack_planted(folder: Path) -> list[tuple[str, str, int, int]]:
    """Return for each weak release its name, what had to be found, and how much was."""
    table = []
    for name, make, goal in (
        ("n < 10 alone, 40 districts", list_bare, 40),
        ("two hidden a line, 40 districts", list_two_a_line, 2),
    ):
        sizes, broken = 0, 0
        for seed in range(40):
            found = attack_weak(folder / f"{name}-{seed}", make(seed))
            exact = {
                (one.school, one.role)
                for one in found
                if one.attacker == "general" and one.found in {"people", "mean"}
            }
            sizes, broken = sizes + len(exact), broken + bool(exact)
        table.append((name, f"{goal} sizes or means", goal, sizes))
    found = attack_weak(folder / "sdctable", list_sdctable())
    hits = sum((one.school, one.role, one.found) == ("w", "b", "people") for one in found)
    table.append(("sdcTable's 4 x 4", "the cell of 47", 1, hits))
    found = attack_weak(folder / "thirteen", list_thirteen())
    hits = len({one.role for one in found if one.attacker == "general" and one.role})
    table.append(("the school of thirteen", "both hidden people", 2, hits))
    found = attack_weak(folder / "half", list_half())
    hits = sum(one.subject == "ces_sf.ta" for one in found if one.attacker == "parts")
    table.append(("a half beside its total", "the other half", 1, hits))
    broken = 0
    for seed in range(40):
        found = attack_weak(folder / f"everybody-{seed}", *list_everybody(seed))
        broken += any(one.attacker == "moments" for one in found)
    table.append(("coefficients of all, 40 districts", "10 districts", 10, broken))
    table.append(("mean, SD and percent, n = 10", "9 groups of 10", 90, count_pinned()))
    table.append(("a change to two decimals, n = 10", "1 group of 10", 10, count_moved()))
    return table


def count_moved(groups: int = 100) -> int:
    """Count groups of ten whose answers an exact interval of a change alone gives away.

    One question, asked of sixty people and then of ten; the means are printed in whole points
    and without intervals, that of the change with two decimals.
    """
    dice = np.random.default_rng(11)
    shapes = {"x": ScoreShape(items=("i",), options=5, favourable=2)}
    broken = 0
    for _ in range(groups):
        means, errors, parts = [], [], []
        entries: list[Entry] = []
        for wave, people, spread in (("a", 60, 0.6), ("b", 10, 1.1)):
            answers = np.clip(np.rint(dice.normal(3.4, spread, people)), 1, 5) * 25 - 25
            means.append(float(answers.mean()))
            errors.append(float(answers.var(ddof=1)) / people)
            parts.append(errors[-1] ** 2 / (people - 1))
            entries.append(print_number(wave, "answered", people, 0.0))
            # A staff list so long that next to nobody was asked.
            entries.append(print_number(wave, "eligible", 10**9, 0.0))
            entries.append(print_number(wave, "points", round(means[-1]), 0.5))
        reach = float(t.ppf(0.975, sum(errors) ** 2 / sum(parts))) * sum(errors) ** 0.5
        for side, sign in (("low", -1), ("high", 1)):
            end = round(means[1] - means[0] + sign * reach, 2)
            entries.append(print_number("b", f"difference_{side}", end, 0.005, since="a"))
        told = Readout(entries=tuple(entries), shapes=shapes)
        broken += any(one.wave == "b" for one in attack(told, retest=0.6))
    return broken


def print_number(wave: str, statistic: str, value: float, half: float, since: str = "") -> Entry:
    return Entry(
        exports=f"{since}+{wave}" if since else wave,
        wave=wave,
        since=since,
        school="s",
        statistic=statistic,
        subject="" if statistic in {"answered", "eligible"} else "x",
        low=value - half,
        high=value + half,
        text=f"{value:g}",
    )


def count_pinned(groups: int = 100) -> int:
    """Count groups of ten of which mean, SD and percent to two decimals give answers away."""
    dice = np.random.default_rng(7)
    shape = ScoreShape(items=("i",), options=5, favourable=2)
    pinned = 0
    for _ in range(groups):
        answers = np.clip(np.rint(dice.normal(3.6, 1.1, 10)), 1, 5)
        share = 100 * np.mean(answers >= 4)
        told = {
            "mean": (answers.mean() - 0.005, answers.mean() + 0.005),
            "sd": (answers.std(ddof=1) - 0.005, answers.std(ddof=1) + 0.005),
            "favourable": (share - 0.5, share + 0.5),
        }
        pinned += bool(find_recovered(fit_histograms(10, shape, told)))
    return pinned


# ----------------------------------------------------------------------------------------------


def report(tally: Tally, planted: Sequence[tuple[str, str, int, int]]) -> bool:
    """Print both tables; return whether all goals are met."""
    print(f"\nDistricts {tally.districts}, schools {tally.schools}, answers {tally.people}")
    print(f"  releases {tally.releases}, refused {tally.refused}")
    print(f"  printed numbers {tally.numbers}, hidden groups {tally.hidden}")
    print(f"  recovered {len(tally.breaches)}  (goal 0)")
    for (rule, attacker, found), count in sorted(
        Counter((one.rule, one.attacker, one.found) for one in tally.breaches).items()
    ):
        print(f"    {rule} {attacker}: {found} x {count}")
    print(
        f"  processor seconds: {tally.seconds['run']:.0f} publishing, "
        f"{tally.seconds['attack']:.0f} attacking"
    )
    print("\nPlanted weak releases: must be broken")
    for name, wanted, goal, found in planted:
        print(f"  {name:34} {found:5} found of at least {goal} ({wanted})")
    print("\nThe price: share published, beside the bare rule of ten")
    hidden = {"ours": 0, "bare": 0, "least": tally.least}
    for kind in ("schools", "role cells", "scores", "items"):
        total, ours, bare = tally.cells[kind], tally.shown[kind], tally.allowed[kind]
        print(f"  {kind:10} {ours / total:6.1%} of {total}; bare rule {bare / total:6.1%}")
        if kind in {"schools", "role cells"} and ours:
            hidden["ours"] += total - ours
            hidden["bare"] += total - bare
    extra, forced = (hidden[name] / hidden["bare"] - 1 for name in ("ours", "least"))
    print(f"  groups hidden beyond the bare rule's: {extra:+.1%}, {EXTRA_GOAL:+.0%} wanted; no")
    print(f"  pattern that is safe by D2 hides fewer than {forced:+.1%} beside the schools' scores")
    extra = hidden["ours"] / hidden["least"] - 1
    print(f"  groups hidden beyond what is safe: {extra:+.1%}  (goal at most {EXTRA_GOAL:+.0%})")
    broken = all(found >= goal for _, _, goal, found in planted)
    return not tally.breaches and not tally.refused and broken and extra <= EXTRA_GOAL


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--districts", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="seed of the first district")
    parser.add_argument("--schools", type=int, default=60, help="most schools of a district")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    wanted = parser.parse_args()
    tally = Tally()
    seeds = range(wanted.first, wanted.first + wanted.districts)
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(wanted.workers) as pool,
    ):
        weak = pool.submit(attack_planted, Path(folder))
        for done, one in enumerate(
            pool.map(partial(attack_district, most=wanted.schools), seeds), start=1
        ):
            tally.add(one)
            if sys.stderr.isatty():
                print(f"\r{done} of {wanted.districts}", end="", file=sys.stderr)
        planted = weak.result()
    met = report(tally, planted)
    print("\nAll goals met." if met else "\nA goal was missed.")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
