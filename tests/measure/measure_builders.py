"""Scales and responses built by hand, and the synthetic survey as responses."""

import csv
import io

import pandas as pd
from synthetic import write_survey

from climatekit.ingest.responses import Responses
from climatekit.knowledge.scales import Item, ResponseSet, Scale, ScoreRule

SIX = ResponseSet(id="six", kind="agreement", low=1, high=6, labels={}, favourable=(5, 6))


def make_scale(scale="x", *, signs, answers=None, **rule):
    """Return a scale with one score, ``<scale>.s``; `signs` maps item id to +1 or -1."""
    answers = answers or dict.fromkeys(signs, SIX)
    return Scale(
        id=scale,
        version="1",
        title=scale,
        abbreviation=scale,
        status="draft",
        constructs=("trust",),
        response_sets={one.id: one for one in answers.values()},
        items={
            item: Item(id=item, number=number, label=item, response_set=answers[item].id)
            for number, item in enumerate(signs, start=1)
        },
        scores={f"{scale}.s": ScoreRule(id=f"{scale}.s", title="s", items=signs, **rule)},
        level="school",
        rights={},
        citations=(),
    )


def make_responses(frame, *, items, waves, asked=None):
    """Return responses from a frame with wave, school, respondent, role and item columns."""
    frame = frame.astype(dict.fromkeys(items, "Int8"))
    asked = asked or dict.fromkeys(waves, frozenset(items))
    return Responses(_frame=frame, waves=tuple(waves), items=tuple(items), asked=asked)


def make_people(*people, items, waves=("w1",)):
    """Return responses; a person is wave, school, then one code or None per item."""
    rows = [
        {"wave": wave, "school": school, "respondent": f"p{place}", "role": ""}
        | dict(zip(items, codes, strict=True))
        for place, (wave, school, *codes) in enumerate(people)
    ]
    frame = pd.DataFrame(rows, columns=["wave", "school", "respondent", "role", *items])
    return make_responses(frame, items=items, waves=waves)


def read_survey():
    """Return the synthetic survey: responses, and the scales ``trust`` and ``ce``."""
    rows = list(csv.DictReader(io.StringIO(write_survey(), newline="")))
    trust = {f"T{n}": -1 if n in {7, 8} else 1 for n in range(1, 9)}
    efficacy = {f"C{n}": -1 if n == 6 else 1 for n in range(1, 7)}
    items = [*trust, *efficacy]
    frame = pd.DataFrame(
        {
            "wave": [f"w{row['wave']}" for row in rows],
            "school": [row["school"] for row in rows],
            "respondent": [row["staff"] for row in rows],
            "role": "",
        }
        | {item: pd.array([int(row[item] or -9) for row in rows]) for item in items}
    )
    frame[items] = frame[items].mask(frame[items] == -9)
    scales = (
        make_scale("trust", signs=trust, min_answered=6),
        make_scale("ce", signs=efficacy, min_answered=4),
    )
    return make_responses(frame, items=items, waves=("w1", "w2")), scales
