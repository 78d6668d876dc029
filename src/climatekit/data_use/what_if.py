"""What if: what one more record would change in a school's rating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from climatekit.data_use.facts import SchoolFacts
from climatekit.data_use.findings import LOWEST, Finding
from climatekit.data_use.rating import find_levels, rate_data_use
from climatekit.ingest.evidence_log import EvidenceRow
from climatekit.knowledge.rubric import IndicatorId, Rubric

_EVENTS: dict[IndicatorId, str] = {
    "U1": "shared_back",
    "U2": "sense_making",
    "U3": "goal",
    "U4": "action",
    "U5": "review",
    "U6": "decision",
}
_TARGET_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What one more record would change, all else as it is.

    Attributes
    ----------
    kind : {"record", "cells"}
        A row that the evidence log lacks, or the blank cells of what is on file.
    event : str
        Of the row, as the evidence log spells it; empty for cells.
    day : date, optional
        Day of the row: the deadline, or the day of the rating where that is earlier.
    low, high : int
        Levels of the indicator with it. For cells `high` is the best that they can tell.
    evidenced, possible : int
        Levels of the school with it; for cells, with the best that they can tell.
    """

    kind: Literal["record", "cells"]
    event: str = ""
    day: date | None = None
    low: int
    high: int
    evidenced: int
    possible: int


def find_what_ifs(
    facts: SchoolFacts,
    log: Sequence[EvidenceRow],
    findings: Sequence[Finding],
    rubric: Rubric,
    *,
    as_of: date,
    log_start: date | None = None,
) -> dict[IndicatorId, WhatIf]:
    """Return what one more record would change, by indicator.

    The record is really added, and the school really rated again: complete, attested by
    a role but without a document, of something that was done on `WhatIf.day`.

    Parameters
    ----------
    facts, log, rubric, as_of, log_start
        As `rate_data_use` took them.
    findings : sequence of Finding
        Of that rating.

    Returns
    -------
    dict of IndicatorId to WhatIf
        Without the indicators that no record of this school can lift.
    """
    found: dict[IndicatorId, WhatIf] = {}
    for finding in findings:
        name = finding.indicator
        if finding.status == "partly_evidenced" or (
            finding.status == "not_evidenced" and name not in _EVENTS
        ):
            found[name] = _fill_cells(finding, findings, log, rubric, as_of=as_of)
            continue
        row = _draft_row(finding, facts, log, as_of=as_of)
        if row is None:
            continue
        rating = rate_data_use(facts, [*log, row], rubric, as_of=as_of, log_start=log_start)
        after = next(one for one in rating.findings if one.indicator == name)
        if after.counts and after.low > (finding.low if finding.counts else LOWEST):
            found[name] = WhatIf(
                kind="record",
                event=row.event,
                day=row.date,
                low=after.low,
                high=after.high,
                evidenced=rating.evidenced,
                possible=rating.possible,
            )
    return found


def _fill_cells(
    finding: Finding,
    findings: Sequence[Finding],
    log: Sequence[EvidenceRow],
    rubric: Rubric,
    *,
    as_of: date,
) -> WhatIf:
    best = replace(finding, low=finding.high, status="evidenced")
    after = [best if one is finding else one for one in findings]
    evidenced, possible = find_levels(after, log, rubric, as_of=as_of)
    return WhatIf(
        kind="cells",
        low=finding.low,
        high=finding.high,
        evidenced=evidenced,
        possible=possible,
    )


def _draft_row(
    finding: Finding, facts: SchoolFacts, log: Sequence[EvidenceRow], *, as_of: date
) -> EvidenceRow | None:
    """Return the row that the log lacks; None where none is due, or none would help."""
    event = _EVENTS.get(finding.indicator)
    open_ = finding.status in ("not_evidenced", "not_yet_due")
    if event is None or not open_ or not finding.waves or finding.due is None:
        return None
    about = next((wave for wave in facts.waves if wave.wave == finding.waves[0]), None)
    if about is None:
        return None
    goals = [row.goal_id for row in log if row.event == "goal" and row.wave == about.wave]
    day = min(finding.due, as_of)
    row = EvidenceRow(
        line=max((one.line for one in log), default=1) + 1,
        school=facts.school,
        wave=about.wave,
        event=event,
        date=day,
        audience="all_staff",
        owner_role="data lead",
        goal_id=goals[0] if goals else "",
        status="done",
    )
    if event == "goal":
        construct = about.lowest or min(about.fell | about.constructs, default="")
        aim = day + timedelta(days=_TARGET_DAYS)
        row = replace(row, construct=construct, target="80", target_date=aim)
    return row
