"""Each disclosure rule by its number: what it keeps, and that it alone keeps it.

Every check passes as the rules stand, and fails once its own rule is switched off.
"""

import contextlib
import itertools
import random
import sys
from dataclasses import replace

import numpy as np
import pytest

from climatekit.errors import DisclosureError
from climatekit.ingest import parts
from climatekit.ingest.matches import Columns, Match
from climatekit.knowledge.settings import DisclosureSettings
from climatekit.measure.change import Change
from climatekit.measure.role_groups import merge_single_holders
from climatekit.release import assembly, ledger, relations, rules, suppression
from climatekit.release.assembly import (
    ReleasedScore,
    ReleasedWave,
    SchoolFigures,
    SchoolRelease,
    hide_wave,
    release_benchmark,
    release_pools,
    release_school,
)
from climatekit.release.gate import Gate, round_points
from climatekit.release.ledger import Entry, merge_entries
from climatekit.release.pattern import find_pattern
from climatekit.release.relations import Group, list_relations
from climatekit.release.released import Released, require_released
from climatekit.release.rules import withhold
from climatekit.release.score_facts import ScoreFacts
from climatekit.release.suppression import choose_hidden, find_leaks
from climatekit.report.technical_note import NoteSection, TechnicalNote, render_note_html
from climatekit.run.publishing.republication import check_republication, gives_away
from climatekit.run.tables import tables
from climatekit.values import Estimate, Withheld

GATE = Gate(DisclosureSettings())


def score(value, n=30, reach=6.0):
    low, high = (value - reach, value + reach) if reach else (None, None)
    return GATE.release_score(Estimate(value=value, low=low, high=high, n=n), items=8)


def share(value, n, answered=None):
    shown = GATE.release_favourable(value, n=n, answered=answered)
    return shown.text if isinstance(shown, Released) else None


def schools(*sizes):
    return {Group("w", f"s{number}"): size for number, size in enumerate(sizes)}


def pool_of(*sizes):
    pattern = find_pattern(schools(*sizes), waves=("w",), min_n=10)
    return pattern, release_pools(pattern, gate=GATE, waves=("w",))["w"]


def check_d1():
    assert isinstance(GATE.release_people(9, answered=9), Withheld)
    assert choose_hidden(schools(30, 9), min_n=10) == {Group("w", "s1")}


def check_d2():
    people = {Group("w", "a"): 28, Group("w", "a", "r"): 22, Group("w", "a", "q"): 6}
    assert find_leaks(people, choose_hidden(people, min_n=10), min_n=10) == ()


def check_d3():
    """Two schools of nine: 18 in all would tell both."""
    pattern, pool = pool_of(30, 25, 9, 9)
    assert isinstance(pool.people, Withheld)
    assert not pattern.shows(Group("w"))
    assert pattern.shows(Group("w", "s1"))


def check_d4():
    """Nobody can prove that one person chose an answer, or that one did not."""
    for n in range(20, 200):
        assert share(0, n) == share(1 / n, n)
        assert share(1, n) == share(1 - 1 / n, n)


def check_d5_ends():
    assert getattr(score(99.0, reach=1.0), "text", "") == "95 or more"


def check_d5_spread():
    assert isinstance(score(60.0, n=12, reach=None), Withheld)
    assert isinstance(score(60.0, n=12, reach=0.5), Withheld)


def check_d5_moves():
    """Thirty linked people all moved by about eight points: a range would tell each move."""
    sides = Estimate(value=60.0, low=54.0, high=66.0, n=30), Estimate(value=68.0, n=30)
    moved = Change(
        school="a", score="s", before="v", after="w", mean_before=sides[0], mean_after=sides[1],
        difference=Estimate(value=8.0, low=7.8, high=8.2, n=30), detectable=0.3, verdict="rose",
        effect=Withheld("not-estimable", ""), verdict_as_answered="rose", tags=("linked",),
    )  # fmt: skip
    scores = {("v", "s"): sides[0], ("w", "s"): replace(sides[1], low=62.0, high=74.0)}
    counts = {"v": 30, "w": 30}
    figures = SchoolFigures(
        school="a", previous="v", answered=counts, eligible=counts, scores=scores,
        favourable={}, changes={"s": moved},
    )  # fmt: skip
    facts = {"s": ScoreFacts(score="s", items=8, low=1, high=5, options=5)}
    told = release_school(figures, gate=GATE, waves=("v", "w"), scores=facts).scores["s"].change
    assert told.difference.text == "+8"
    assert told.difference.low is None


def check_d6():
    """Of 41 people one passed an item over: the form of its percentage must not say so."""
    assert share(0.93, 40, answered=41) == share(0.93, 41, answered=41)


def check_d7():
    few, others = hide_wave("w"), withhold("protected")
    for shown in (few.answered, few.eligible, few.rate):
        assert shown == others


def check_d8():
    """Two groups of twelve: either could be hidden with the small one."""
    people = {
        Group("w", "a"): 30, Group("w", "a", "r"): 12, Group("w", "a", "q"): 12,
        Group("w", "a", "p"): 6,
    }  # fmt: skip
    patterns = set()
    for seed in range(4):
        rows = list(people.items())
        random.Random(seed).shuffle(rows)
        patterns.add(choose_hidden(dict(rows), min_n=10))
    assert len(patterns) == 1


def entries(people, exports):
    about = {"wave": "w", "school": "a", "exports": exports}
    return (Entry(**about, statistic="answered", low=people, high=people, text=str(people)),)


def is_refused(now, earlier):
    try:
        check_republication(now, earlier, labels={})
    except DisclosureError:
        return True
    return False


def check_d9():
    assert is_refused(entries(31, "y"), entries(30, "x"))


def check_d10():
    people = {
        Group("w", "a"): 40, Group("w", "a", "", "matched"): 36,
        Group("w", "a", "", "unmatched"): 4,
    }  # fmt: skip
    hidden = choose_hidden(people, min_n=10)
    assert Group("w", "a") in hidden or Group("w", "a", "", "matched") in hidden


def check_d11():
    def school(name, people):
        return SchoolRelease(
            school=name,
            waves={
                "w": ReleasedWave(
                    wave="w", answered=GATE.release_people(people, answered=people),
                    eligible=withhold("no-roster"), rate=withhold("no-roster"), shown=True,
                )
            },
            scores={"s": ReleasedScore(score="s", points={"w": score(60)}, native={})},
        )  # fmt: skip

    uneven = {f"s{n}": school(f"s{n}", people) for n, people in enumerate((90, 12, 12, 12, 12))}
    four = {f"s{n}": school(f"s{n}", 30) for n in range(4)}
    for told in (uneven, four):
        assert release_benchmark(told, waves=("w",), scores=("s",)) == {}


def check_d12():
    counts = {("w", "a", "teaching"): 40, ("w", "a", "principal"): 1}
    assert 1 not in merge_single_holders(counts).values()


def check_d13():
    shown = score(68.42857143, reach=6.123)
    assert all(float(one).is_integer() for one in (shown.value, shown.low, shown.high))
    assert shown.text == f"{shown.value:g}"


def check_d14():
    """Of what people wrote no word is repeated, not even to ask whether it was read well."""
    match = Match(item="bscs_1", column=2, heading="Q1", wording="", how="id")
    columns = Columns(matches=[match], special={"school": 0, "respondent": 1}, ignored=[3])
    # Columns of an export: school, respondent, an answer, a comment.
    assert parts.list_told(columns) == [2, 0]


def check_d18():
    """A template is given neither an estimate nor a number with a fraction."""
    page = {"title": "Trust", "texts": ("71 of 100",)}
    assert require_released(NoteSection(kind="plain", **page)).title == "Trust"
    for raw in (68.42857143, np.float64(68.4), Estimate(value=68, n=7), {"mean": 68}):
        with contextlib.suppress(TypeError):
            require_released(NoteSection(kind=raw, **page))
            raise AssertionError(raw)
        with contextlib.suppress(TypeError):
            render_note_html(TechnicalNote(**NOTE, sections=(NoteSection(kind=raw, **page),)))
            raise AssertionError(raw)


NOTE = {
    "language": "en", "kind": "note", "title": "Note", "description": "", "district": "",
    "wave_label": "", "created": "2026-01-01", "lead": "", "footer": "",
}  # fmt: skip


def check_d15():
    for raw in (68.42857143, Estimate(value=68.4, n=7), withhold("protected")):
        assert tables._text(raw) is None
    assert tables._text(score(68.4)) == 68


def check_d16():
    alpha = Estimate(value=0.87, low=0.85, high=0.89, n=99)
    for people, many in ((99, 9), (400, 4)):
        told = GATE.release_coefficient(alpha, people=people, schools=many)
        assert isinstance(told, Withheld)


def check_d17():
    """The first release is pruned; the second's ledger must still know of it."""
    carried = merge_entries(entries(42, "y"), entries(30, "x"))
    assert is_refused(entries(31, "z"), carried)


flips = itertools.cycle((False, True))


def split_without_panels(total, part, dimension, honest=(relations.splits,)):
    return dimension != "panel" and honest[0](total, part, dimension)


def tell_that_they_are_few(wave, *_):
    few = Withheld("few", "fewer than 10 people answered")
    return ReleasedWave(wave=wave, answered=few, eligible=few, rate=few, shown=False)


RULES = {
    "D1": (check_d1, rules.has_enough, lambda *_: True),
    "D2": (check_d2, suppression.demand_rest, lambda *_: []),
    "D3": (check_d3, rules.may_pool, lambda *_: True),
    "D4": (check_d4, rules.percent_step, lambda *_: (1, -1, 101)),
    "D5 ends": (check_d5_ends, rules.cap_score, lambda *_: ""),
    "D5 spread": (check_d5_spread, rules.tells_a_person, lambda *_: False),
    "D5 moves": (check_d5_moves, assembly._tells_moves, lambda *_: False),
    "D6": (check_d6, rules.count_asked, lambda *counts: counts[1]),
    "D7": (check_d7, hide_wave, tell_that_they_are_few),
    "D8": (
        check_d8,
        suppression.order_groups,
        lambda groups: sorted(groups, reverse=next(flips)),
    ),
    "D9": (check_d9, gives_away, lambda *_, **__: False),
    "D10": (check_d10, relations.splits, split_without_panels),
    "D11": (check_d11, rules.may_compare, lambda *_: True),
    "D12": (check_d12, merge_single_holders, dict),
    "D13": (check_d13, round_points, lambda value: value),
    "D14": (
        check_d14,
        parts.list_told,
        lambda columns: [2, *columns.special.values(), *columns.ignored],
    ),
    "D15": (check_d15, tables._text, lambda shown: getattr(shown, "value", shown)),
    "D16": (check_d16, rules.may_tell_coefficient, lambda *_: True),
    "D17": (check_d17, ledger.merge_entries, lambda *both: tuple(both[0])),
    "D18": (check_d18, require_released, lambda page: page),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_holds(rule):
    RULES[rule][0]()


@pytest.mark.parametrize("rule", RULES)
def test_without_the_rule_its_check_fails(rule, monkeypatch):
    check, function, instead = RULES[rule]
    for name, module in list(sys.modules.items()):
        if name.startswith("climatekit.") or name == __name__:
            for key, value in list(vars(module).items()):
                if value is function:
                    monkeypatch.setattr(module, key, instead)

    with pytest.raises(AssertionError):
        check()


def test_a_relation_of_matched_people_is_one_of_a_total_and_its_parts():
    people = {
        Group("w", "a"): 40, Group("w", "a", "", "matched"): 36,
        Group("w", "a", "", "unmatched"): 4,
    }  # fmt: skip

    (relation,) = list_relations(people)
    assert relation.total == Group("w", "a")
    assert len(relation.parts) == 2
