"""Made-up schools and log rows for the data-use tests."""

from dataclasses import replace
from datetime import date

from climatekit.data_use.facts import SchoolFacts, WaveFacts
from climatekit.data_use.rating import rate_data_use
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.rubric import load_rubric
from climatekit.values import Estimate

RUBRIC = load_rubric()
AS_OF = date(2026, 11, 1)
LOG_START = date(2026, 1, 1)
CONSTRUCTS = ("trust", "community", "collective_efficacy")
ITEMS = {
    construct: frozenset(f"{construct}_{number}#a" for number in range(1, 7))
    for construct in CONSTRUCTS
}
RELIABLE = {
    construct: Estimate(value=value, low=value - 0.03, high=value + 0.03, n=212)
    for construct, value in zip(CONSTRUCTS, (0.91, 0.84, 0.88), strict=True)
}
W25 = WaveFacts(
    wave="w25",
    label="Spring 2025",
    opened=date(2025, 4, 7),
    closed=date(2025, 4, 25),
    answered=31,
    eligible=38,
    groups={"Teacher": (24, 28), "Support staff": (7, 10)},
    constructs=frozenset(CONSTRUCTS),
    items=ITEMS,
    reliability=RELIABLE,
    asks_leadership=True,
)
W26 = replace(
    W25,
    wave="w26",
    label="Spring 2026",
    opened=date(2026, 4, 6),
    closed=date(2026, 4, 24),
    answered=29,
    eligible=36,
    groups={"Teacher": (22, 26), "Support staff": (7, 10)},
    fell=frozenset({"collective_efficacy", "trust"}),
    lowest="collective_efficacy",
)
W24 = replace(
    W25, wave="w24", label="Spring 2024", opened=date(2024, 4, 8), closed=date(2024, 4, 26)
)
BOTH = (W25, W26)


THREE = (W24, W25, W26)
# Soon after the third wave, when nothing of it is due yet: the year before is judged.
MAY = date(2026, 5, 10)


def school(*waves):
    return SchoolFacts("101", waves)


def row(event, day=None, *, wave="w26", line=2, **more):
    return EvidenceRow(
        line=line,
        school="101",
        wave=wave,
        event=event,
        date=date.fromisoformat(day) if isinstance(day, str) else day,
        **more,
    )


def rate(waves=BOTH, log=(), *, as_of=AS_OF, log_start=LOG_START, rubric=RUBRIC):
    return rate_data_use(school(*waves), log, rubric, as_of=as_of, log_start=log_start)


def find(rating, indicator):
    return next(one for one in rating.findings if one.indicator == indicator)


def judge(indicator, waves=BOTH, log=(), **more):
    return find(rate(waves, log, **more), indicator)


SHARED = row(
    "shared_back",
    "2026-06-02",
    audience="all_staff",
    staff_groups=("Teacher", "Support staff"),
    protocol="response rate and limits shown",
    doc_ref="slides 2026-06-02",
    line=2,
)
SESSION = row("sense_making", "2026-08-20", audience="all_staff", line=3)
GOAL = row(
    "goal",
    "2026-08-20",
    construct="collective_efficacy",
    goal_id="G1",
    target="75",
    target_date=date(2027, 4, 23),
    line=4,
)
ACTION = row(
    "action", "2026-09-01", goal_id="G1", owner_role="team leader", status="started", line=5
)
WORKED = (SHARED, SESSION, GOAL, ACTION)

# A year in which everything was done and written down: level 4.
FULL_YEAR = (
    row("shared_back", "2025-06-03", wave="w25", audience="all_staff",
        staff_groups=("Teacher", "Support staff"), protocol="response rate and limits shown",
        doc_ref="slides", line=2),
    row("sense_making", "2025-08-01", wave="w25", audience="all_staff",
        staff_groups=("Teacher", "Support staff"), owner_role="teacher leader",
        protocol="data dialogue with stated norms", doc_ref="agenda", line=3),
    row("goal", "2025-08-05", wave="w25", construct="trust", goal_id="G1", target="75",
        target_date=date(2026, 4, 24), doc_ref="plan", line=4),
    row("action", "2025-09-01", wave="w25", goal_id="G1", owner_role="climate team",
        status="done", doc_ref="plan", line=5),
    row("review", "2025-10-01", wave="w25", goal_id="G1", audience="all_staff",
        doc_ref="minutes", line=6),
    row("review", "2025-12-15", wave="w25", goal_id="G1", audience="all_staff",
        doc_ref="minutes", line=7),
    row("review", "2026-02-20", wave="w25", goal_id="G1", audience="all_staff",
        doc_ref="minutes", line=8),
    row("decision", "2026-05-05", wave="w26", goal_id="G1", target="continue",
        doc_ref="minutes", line=9),
)  # fmt: skip
