"""Screening: who may have answered without reading; a flag advises and deletes nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from climatekit.ingest.responses import KEYS, Responses
from climatekit.knowledge.scales import Scale, list_rules
from climatekit.measure.careless import (
    correlate_pairs,
    find_distance,
    find_even_odd,
    find_pairs,
    find_runs,
    find_spread,
)
from climatekit.measure.groups import Flags, Floats, Ints, number_rows
from climatekit.measure.scoring import FULL, find_signs, key_answers

# Reading and answering takes two seconds an item at least: Huang, Curran, Keeney, Poposki
# and DeShon (2012), Journal of Business and Psychology 27, 99-114.
LEAST_SECONDS = 2.0
# Half of all items in a row: Curran (2016), Journal of Experimental Social Psychology 66, 4-19.
LONGEST_RUN = 0.5
# Johnson (2005), Journal of Research in Personality 39, 103-129, after Jackson (1976).
LEAST_EVEN_ODD = 0.30
CRITICAL = 0.60
LEAST_SYNONYMS, MOST_ANTONYMS = 0.22, -0.03
# Conventions of climatekit.
UNLIKELY = 0.001
MOST_MISSING = 0.5
LEAST_ITEMS = 6
LEAST_ALIKE = 10
LEAST_SCALES = 3
LEAST_PEOPLE = 100
LEAST_FLAGS = 2

FLAGS = (
    "long_run", "no_spread", "unusual", "even_odd", "synonyms", "antonyms", "missing", "fast",
    "duplicate",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Screening:
    """What speaks for careless answering, person by person.

    Attributes
    ----------
    _frame : DataFrame
        One row per respondent and wave, rows and keys as in `Responses`: ``answered`` and
        ``asked`` (items), ``missing`` (share not answered, 0 to 1), ``longest_run`` and
        ``mean_run`` (items), ``spread`` (IRV, in points of 0 to 100), ``distance``
        (squared Mahalanobis) and ``chance`` of a larger one, ``even_odd`` (-1 to 1, more is
        more careless), ``synonyms``, ``antonyms`` (correlations), ``seconds`` per answered
        item, ``alike`` (others of the school and wave with the very same answers), then one
        bool per name of `FLAGS`, as ``flag_missing``, and ``flags``, how many are raised;
        even-odd, synonyms and antonyms ask the same thing and count once. An index that
        cannot be had is NaN and raises no flag.
    """

    _frame: pd.DataFrame

    @property
    def frame(self) -> pd.DataFrame:
        """A shallow copy that the caller may change; the original stays."""
        return self._frame.copy(deep=False)

    @property
    def flagged(self) -> Flags:
        """Whether two flags or more are raised, per row: one alone has many good reasons."""
        flagged: Flags = self._frame["flags"].to_numpy() >= LEAST_FLAGS
        return flagged


def screen(responses: Responses, scales: Sequence[Scale]) -> Screening:
    """Screen respondents for signs of careless answering; flags advise, nothing is deleted.

    Runs, spread, distance, synonyms and antonyms are worked on the answers as given, none
    reversed; even-odd on keyed answers. Every wave by itself, items in the order of the
    scales. A flag is raised by

    - ``long_run``: half of the asked items or more, six at least, in a row (Curran 2016);
    - ``no_spread``: six answers or more, all alike though some items are reverse-scored
      (Dunn et al. 2018);
    - ``unusual``: a Mahalanobis distance with p under .001, from 100 people on;
    - ``even_odd``: an even-odd consistency under .30 over three scales or more (Johnson 2005);
    - ``synonyms``: under .22 over pairs that correlate above .60 (Meade and Craig 2012), and
      ``antonyms``: above -.03 over pairs that correlate under -.60 (Johnson 2005), from 100
      people on;
    - ``missing``: more than half of the asked items not answered;
    - ``fast``: under two seconds per answered item (Huang et al. 2012), where the export
      says how long it took;
    - ``duplicate``: ten answers or more, not all alike, that are the very same as those of
      somebody else in the school and wave.

    Returns
    -------
    Screening
        Every row, each with the columns of every index.
    """
    frame = responses._frame  # noqa: SLF001
    numbers, names = number_rows(responses, "wave")
    keyed = key_answers(responses, scales)
    plain, sets = _lay_out(responses, scales)
    signs = find_signs(scales)
    known = frozenset(plain)
    columns = {name: np.full(len(frame), np.nan) for name in _NAMES}
    for number, wave in enumerate(names):
        rows = np.flatnonzero(numbers == number)
        items = [item for item in plain if item in responses.asked.get(wave, known)]
        if not items or not len(rows):
            continue
        answers = np.column_stack([plain[item][rows] for item in items])
        halves = _list_scales(scales, keyed, items, rows)
        found = _measure(answers, [sets[item] for item in items], halves)
        turned = len({signs[item] for item in items}) > 1
        found["turned"] = np.full(len(rows), float(turned))
        found["alike"] = _count_alike(answers, frame["school"].iloc[rows])
        for name, values in found.items():
            columns[name][rows] = values
    if responses.seconds is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            columns["seconds"] = np.where(
                columns["answered"] > 0, responses.seconds / columns["answered"], np.nan
            )
    raised = _raise_flags(columns)
    del columns["turned"]
    told = {f"flag_{name}": raised[name] for name in FLAGS}
    table = {key: frame[key].array for key in KEYS} | columns | told
    table["flags"] = _count_flags(raised)
    return Screening(_frame=pd.DataFrame(table, index=range(len(frame))))


_NAMES = (
    "answered", "asked", "missing", "longest_run", "mean_run", "spread", "distance", "chance",
    "even_odd", "synonyms", "antonyms", "seconds", "alike", "turned",
)  # fmt: skip


def _lay_out(
    responses: Responses, scales: Sequence[Scale]
) -> tuple[dict[str, Floats], dict[str, tuple[object, ...]]]:
    """Return each item's raw answers in points of its range, and its response set."""
    frame = responses._frame  # noqa: SLF001
    plain: dict[str, Floats] = {}
    sets: dict[str, tuple[object, ...]] = {}
    for scale in scales:
        for item in scale.items:
            if item not in responses.items or item in plain:
                continue
            answers = scale.response_set_of(item)
            codes = frame[item].to_numpy(dtype=np.float64, na_value=np.nan)
            plain[item] = FULL * (codes - answers.low) / (answers.high - answers.low)
            sets[item] = (answers.low, answers.high, *sorted(answers.labels.items()))
    return plain, sets


def _list_scales(
    scales: Sequence[Scale], keyed: Mapping[str, Floats], items: Sequence[str], rows: Ints
) -> list[Floats]:
    """Return the keyed answers of each score, every item in its shortest score only."""
    rules = list_rules(scales)
    owner: dict[str, str] = {}
    for rule in sorted(rules, key=lambda rule: len(rule.items)):
        for item in rule.items:
            owner.setdefault(item, rule.id)
    found = []
    for rule in rules:
        own = [item for item in rule.items if owner[item] == rule.id and item in set(items)]
        if len(own) > 1:
            found.append(np.column_stack([keyed[item][rows] for item in own]))
    return found


def _measure(
    answers: Floats, sets: Sequence[tuple[object, ...]], halves: Sequence[Floats]
) -> dict[str, Floats]:
    there = ~np.isnan(answers)
    answered, asked = there.sum(axis=1).astype(np.float64), float(answers.shape[1])
    longest, mean = find_runs(_part_sets(answers, sets))
    distance, items = find_distance(answers)
    nothing = np.full(len(answers), np.nan)
    many = int((answered > 0).sum()) >= LEAST_PEOPLE
    return {
        "answered": answered,
        "asked": np.full(len(answers), asked),
        "missing": 1 - answered / asked,
        "longest_run": longest,
        "mean_run": mean,
        "spread": find_spread(answers),
        "distance": distance if many else nothing,
        "chance": chdtrc(items, distance) if many else nothing,
        "even_odd": find_even_odd(halves) if len(halves) >= LEAST_SCALES else nothing,
        "synonyms": _correlate(answers, CRITICAL) if many else nothing,
        "antonyms": _correlate(answers, -CRITICAL) if many else nothing,
    }


def _part_sets(answers: Floats, sets: Sequence[tuple[object, ...]]) -> Floats:
    """Move the items of every other response set, so that no run goes from one to the next."""
    order = list(dict.fromkeys(sets))
    moved: Floats = answers + 2 * FULL * np.array([order.index(one) for one in sets])
    return moved


def _correlate(answers: Floats, critical: float) -> Floats:
    return correlate_pairs(answers, find_pairs(answers, critical))


def _count_alike(answers: Floats, school: pd.Series) -> Floats:
    """Count the others of the school with the very same answers, among ten answers or more."""
    kept = np.round(np.where(np.isnan(answers), -1.0, answers), 6)
    rows = np.ascontiguousarray(kept).view([("", kept.dtype)] * kept.shape[1]).ravel()
    schools, _ = pd.factorize(school)
    _, patterns = np.unique(rows, return_inverse=True)
    _, groups, sizes = np.unique(
        patterns.ravel() * (schools.max(initial=0) + 1) + schools,
        return_inverse=True,
        return_counts=True,
    )
    enough = (~np.isnan(answers)).sum(axis=1) >= LEAST_ALIKE
    return np.where(enough, sizes[groups] - 1.0, 0.0)


def _raise_flags(columns: Mapping[str, Floats]) -> dict[str, Flags]:
    with np.errstate(invalid="ignore"):
        level = columns["spread"] == 0
        return {
            "long_run": columns["longest_run"]
            >= np.maximum(LONGEST_RUN * columns["asked"], LEAST_ITEMS),
            "no_spread": level & (columns["turned"] > 0) & (columns["answered"] >= LEAST_ITEMS),
            "unusual": columns["chance"] < UNLIKELY,
            "even_odd": columns["even_odd"] > -LEAST_EVEN_ODD,
            "synonyms": columns["synonyms"] < LEAST_SYNONYMS,
            "antonyms": columns["antonyms"] > MOST_ANTONYMS,
            "missing": columns["missing"] > MOST_MISSING,
            "fast": columns["seconds"] < LEAST_SECONDS,
            "duplicate": (columns["alike"] > 0) & ~level,
        }


def _count_flags(raised: Mapping[str, Flags]) -> Ints:
    alike = ("even_odd", "synonyms", "antonyms")
    inconsistent = np.any([raised[name] for name in alike], axis=0)
    others = [raised[name] for name in FLAGS if name not in alike]
    count: Ints = np.sum([*others, inconsistent], axis=0, dtype=np.intp)
    return count
